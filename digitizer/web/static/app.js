"use strict";
// What every page does: our token goes with each request, a finished session leads to the log-in.
(() => {
  const token = document.querySelector('meta[name="csrf"]').content;
  document.addEventListener("htmx:config:request", (event) => {
    event.detail.ctx.request.headers["X-CSRF-Token"] = token;
  });
  const menu = document.querySelector(".me");
  document.addEventListener("click", (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) { menu.open = false; menu.querySelector("summary").focus(); }
    const typing = event.target.closest("input, textarea, select");
    const search = document.querySelector("#q");
    if (event.key === "/" && !typing && search) { event.preventDefault(); search.focus(); search.select(); }
  });
  // On a narrow screen rows become cards, and each cell says what it is.
  const label = () => document.querySelectorAll("main table").forEach((table) => {
    if (!table.tHead || table.dataset.labelled) return;
    const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim()).map((text) => text.charAt(0).toLocaleUpperCase("vi") + text.slice(1));
    table.dataset.labelled = "1";
    [...table.tBodies].flatMap((body) => [...body.rows]).forEach((row) => {
      if (row.cells.length === heads.length) [...row.cells].forEach((cell, at) => { cell.dataset.label = heads[at]; });
    });
  });
  label();
  document.addEventListener("htmx:after:swap", label);
  // A file that was chosen is named in our words: the browser would say it in its own language.
  document.querySelectorAll("input[type=file][data-told]").forEach((input) => input.addEventListener("change", () => {
    document.getElementById(input.dataset.told).textContent = [...input.files].map((file) => file.name).join(", ");
  }));
  const current = document.querySelector("nav.main [aria-current]");
  if (current) current.scrollIntoView({ block: "nearest", inline: "center" });
})();
