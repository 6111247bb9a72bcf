"use strict";
// The page's text by keyboard: a line is opened, put right and saved with Enter; Esc leaves it as it was.
(() => {
  const root = document.querySelector(".reader[data-editable]");
  const text = document.querySelector("#text");
  if (!root || !text) return;
  const csrf = document.querySelector('meta[name="csrf"]').content;
  const say = (words) => { document.querySelector("#live").textContent = words; };
  const boxOf = (p) => p.dataset.box.split(",").map(Number);
  const shownPage = () => Number(root.dataset.shown);

  function closed(p, words, put) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = put ? "textline put" : "textline";
    button.textContent = words || " ";
    button.title = text.dataset.edit;
    button.addEventListener("click", () => open(p, words));
    button.addEventListener("focus", () => window.digitizerShow(shownPage(), boxOf(p)));
    p.className = "editable";
    p.replaceChildren(button);
    return button;
  }
  function open(p, words) {
    const input = document.createElement("input");
    input.className = "line-edit";
    input.value = words;
    input.spellcheck = false;
    input.autocomplete = "off";
    input.setAttribute("aria-label", text.dataset.edit);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape") { event.stopPropagation(); closed(p, words).focus(); }
      if (event.key === "Enter") { event.preventDefault(); save(p, words, input); }
    });
    p.replaceChildren(input);
    input.focus();
  }
  async function save(p, was, input) {
    const next = p.nextElementSibling && p.nextElementSibling.querySelector(".textline");
    if (input.value === was) { const same = closed(p, was); (next || same).focus(); return; }
    const form = new URLSearchParams({ attempt: root.dataset.attempt, was, text: input.value });
    boxOf(p).forEach((each) => form.append("box", each));
    const answer = await fetch(`/documents/${root.dataset.document}/pages/${shownPage()}/lines`, {
      method: "POST", body: form, headers: { "x-csrf-token": csrf, accept: "application/json" },
    }).catch(() => null);
    if (!answer || !answer.ok) { input.classList.add("refused"); say(root.dataset.refused); return; }
    const told = await answer.json();
    const line = told.lines.find((each) => each.text === input.value.trim().replace(/\s+/g, " ")) || told.lines[0];
    say(root.dataset.saved);
    if (!line || !input.value.trim()) { p.remove(); if (next) next.focus(); return; }
    p.dataset.box = line.box.join(",");
    const done = closed(p, line.text, true);
    (next || done).focus();
  }
  function dress() { text.querySelectorAll("p[data-box]:not(.editable)").forEach((p) => closed(p, p.textContent)); }
  new MutationObserver(() => {
    dress();
    root.classList.toggle("texting", !text.hidden);
  }).observe(text, { childList: true, attributes: true, attributeFilter: ["hidden"] });
  dress();
})();
