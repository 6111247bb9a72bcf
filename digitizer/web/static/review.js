"use strict";
// The desk by keyboard: Enter keeps and goes on, Esc takes the earlier value back, Ctrl+Enter keeps everything.
(() => {
  const form = document.querySelector("#desk");
  if (!form) return;
  const fields = [...form.querySelectorAll("[data-machine]")];
  const keep = document.querySelector("#keep");
  const placed = (field) => field.dataset.box.split(",").some(Number);
  const show = (field) => window.digitizerShow && window.digitizerShow(Number(field.dataset.page), placed(field) ? field.dataset.box.split(",").map(Number) : undefined);
  const changed = (field) => { field.closest(".checked").querySelector(".was").hidden = field.value === field.dataset.machine; };
  fields.forEach((field, at) => {
    field.addEventListener("focus", () => { show(field); field.select(); });
    field.addEventListener("input", () => changed(field));
    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape") { field.value = field.dataset.machine; changed(field); field.select(); }
      if (event.key !== "Enter" || event.shiftKey) return;
      event.preventDefault();
      field.closest(".checked").classList.add("kept");
      if (event.ctrlKey || at + 1 === fields.length) keep.click(); else fields[at + 1].focus();
    });
  });
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  document.querySelectorAll(".sheets [data-first]").forEach((box) => box.addEventListener("change", () => { box.checked = true; }));
  document.querySelectorAll('.sheets input[name="start"]').forEach((box) => box.addEventListener("change", () => {
    const row = box.closest("li");
    const choice = row.querySelector("select");
    row.classList.toggle("begins", box.checked);
    choice.hidden = choice.disabled = !box.checked;
  }));
  const hidden = document.querySelector("#reason");
  const first = hidden || fields.find((field) => field.closest(".doubtful")) || fields[0] || keep;
  // Who was quicker than this script keeps the cursor where they put it.
  const there = document.activeElement;
  if (!there.closest("#desk, #unmask")) first.focus();
  else if (fields.includes(there)) show(there);
})();
