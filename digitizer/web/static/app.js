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
  const current = document.querySelector("nav.main [aria-current]");
  if (current) current.scrollIntoView({ block: "nearest", inline: "center" });
})();
