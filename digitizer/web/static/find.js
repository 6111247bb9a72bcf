"use strict";
// The results by keyboard: ↓ from the box goes to the first one, ↓ ↑ go on from there.
(() => {
  const links = () => [...document.querySelectorAll(".hit h2 a")];
  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
    const all = links();
    const at = all.indexOf(document.activeElement);
    const box = document.querySelector("#q");
    if (at < 0 && document.activeElement !== box) return;
    if (at < 0 && step < 0) return;
    event.preventDefault();
    if (at + step < 0) box.focus();
    else if (all[at + step]) { all[at + step].focus(); all[at + step].closest(".hit").scrollIntoView({ block: "nearest" }); }
  });
  document.addEventListener("htmx:after:swap", () => document.querySelector(".search").classList.toggle("start", !document.querySelector(".found")));
  const narrow = matchMedia("(max-width: 760px)");
  const fold = () => { const facets = document.querySelector(".facets details"); if (facets) facets.open = !narrow.matches; };
  if (narrow.matches) fold();
  narrow.addEventListener("change", fold);
  document.addEventListener("htmx:after:swap", fold);
})();
