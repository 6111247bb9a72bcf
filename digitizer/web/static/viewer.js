"use strict";
// The picture of a page: zoom, turning, boxes over words and fields, the page's text, all by keyboard too.
(() => {
  const root = document.querySelector(".reader");
  const holder = document.querySelector("#viewer");
  if (!root || !holder) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let view = null;
  function made() {
    // The viewer would write a style into the page, which our policy refuses, unless one of this name is
    // there: this one is of no language that has styles. app.css has the rule.
    const own = document.createElementNS("urn:digitizer", "style");
    own.setAttribute("data-openseadragon-mobile-css", "");
    document.head.append(own);
    view = OpenSeadragon({
      element: holder, showNavigationControl: false, gestureSettingsMouse: { clickToZoom: false },
      animationTime: still ? 0 : 0.4, maxZoomPixelRatio: 3, visibilityRatio: 0.5, drawer: "canvas", crossOriginPolicy: false,
    });
    window.digitizerView = view;
    holder.querySelectorAll("[tabindex], canvas").forEach((e) => e.setAttribute("aria-label", holder.getAttribute("aria-label")));
  }
  // The viewer is most of the page's bytes: it comes when fields and text can be used already.
  const idle = window.requestIdleCallback || ((begin) => setTimeout(begin, 50));
  const ready = new Promise((done) => idle(() => {
    const script = document.createElement("script");
    script.src = root.dataset.viewer;
    script.addEventListener("load", () => { made(); done(); });
    document.head.append(script);
  }, { timeout: 1000 }));
  const pages = Number(root.dataset.pages);
  const query = root.dataset.query || "";
  let number = 0;
  let facts = null;
  let asked = 0;

  const rect = ([l, t, r, b]) => new OpenSeadragon.Rect(l / facts.width, t / facts.width, (r - l) / facts.width, (b - t) / facts.width);
  function mark(box, kind) {
    const element = document.createElement("div");
    element.className = `mark ${kind}`;
    view.addOverlay({ element, location: rect(box) });
    return element;
  }
  function look(box) {
    const at = rect(box);
    const wide = Math.max(at.width * 2.2, 0.55);
    view.viewport.fitBoundsWithConstraints(new OpenSeadragon.Rect(at.x + at.width / 2 - wide / 2, at.y + at.height / 2 - wide / 5, wide, wide / 2.5), still);
  }
  // Field and viewer ask for the first page at the same moment: one answer serves both.
  const coming = new Map();
  function factsOf(page) {
    if (!coming.has(page)) coming.set(page, fetched(page).finally(() => coming.delete(page)));
    return coming.get(page);
  }
  async function fetched(page) {
    const answer = await fetch(`/documents/${root.dataset.document}/pages/${page}?q=${encodeURIComponent(query)}`, { headers: { accept: "application/json" } });
    if (answer.status === 401) location.reload();
    return answer.ok ? answer.json() : null;
  }
  async function show(next, box) {
    if (next < 1 || next > pages) return;
    if (next === number && box && root.dataset.ready === String(next)) { view.clearOverlays(); mark(box, "field"); look(box); return; }
    const ticket = ++asked;
    const told = await factsOf(next);
    if (ticket !== asked || !told) return;
    facts = told;
    number = next;
    root.dataset.shown = String(next);
    document.querySelector("#goto").value = next;
    const proof = document.querySelector("#proof");
    if (proof) proof.href = `/documents/${root.dataset.document}/pages/${next}/proof.zip`;
    document.querySelectorAll(".thumbs a").forEach((a) => {
      if (Number(a.dataset.page) === next) { a.setAttribute("aria-current", "page"); a.scrollIntoView({ block: "nearest", inline: "nearest" }); }
      else a.removeAttribute("aria-current");
    });
    document.querySelector("#text").replaceChildren(...facts.lines.map((line) => {
      const p = document.createElement("p");
      p.textContent = line.text;
      p.dataset.box = line.box.join(",");
      return p;
    }));
    document.querySelector("#live").textContent = `${next} / ${pages}`;
    remember(next, box);
    await ready;
    if (ticket !== asked) return;
    view.addOnceHandler("open", () => {
      facts.marked.forEach((each) => mark(each, "hit"));
      if (box) { mark(box, "field"); look(box); } else if (facts.marked.length) look(facts.marked[0]);
      root.dataset.ready = String(next);
    });
    view.open({ type: "image", url: facts.picture });
  }
  function remember(next, box) {
    const here = new URL(location);
    here.searchParams.set("page", next);
    here.hash = box ? `box=${box.join(",")}` : "";
    history.replaceState(null, "", here);
  }
  const text = document.querySelector("#text");
  const does = {
    previous: () => show(number - 1), next: () => show(number + 1),
    in: () => ready.then(() => { view.viewport.zoomBy(1.4); view.viewport.applyConstraints(); }),
    out: () => ready.then(() => { view.viewport.zoomBy(1 / 1.4); view.viewport.applyConstraints(); }),
    fit: () => ready.then(() => { view.viewport.setRotation(0); view.viewport.goHome(); }),
    turn: () => ready.then(() => view.viewport.setRotation(view.viewport.getRotation() + 90)),
    text: () => {
      text.hidden = !text.hidden;
      document.querySelector('[data-do="text"]').setAttribute("aria-pressed", String(!text.hidden));
    },
  };
  const keys = { "+": "in", "=": "in", "-": "out", 0: "fit", r: "turn", t: "text", PageUp: "previous", PageDown: "next" };
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select") || event.ctrlKey || event.altKey || event.metaKey) return;
    let name = keys[event.key];
    if (!event.target.closest("#viewer")) name = name || { ArrowLeft: "previous", ArrowRight: "next" }[event.key];
    if (name) { event.preventDefault(); event.stopPropagation(); does[name](); }
  }, true);
  document.querySelector(".tools").addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) does[button.dataset.do]();
  });
  document.querySelector("#goto").addEventListener("change", (event) => show(Number(event.target.value)));
  document.querySelector(".thumbs").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link && !event.ctrlKey && !event.metaKey) { event.preventDefault(); show(Number(link.dataset.page)); }
  });
  document.addEventListener("click", (event) => {
    const place = event.target.closest(".place");
    if (!place) return;
    document.querySelectorAll(".place").forEach((each) => each.setAttribute("aria-pressed", String(each === place)));
    show(Number(place.dataset.page), place.dataset.box.split(",").map(Number));
  });
  window.digitizerShow = show;
  const wanted = /box=(\d+),(\d+),(\d+),(\d+)/.exec(location.hash);
  show(Number(root.dataset.page), wanted ? wanted.slice(1).map(Number) : null);
})();
