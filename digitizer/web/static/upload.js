"use strict";
// Thousands of files, three at a time, each in pieces; a break is waited out, a closed browser goes on where it was.
(() => {
  const form = document.querySelector("#upload");
  const words = document.querySelector("#words").dataset;
  const csrf = document.querySelector('meta[name="csrf"]').content;
  const rows = document.querySelector("#rows");
  const PIECE = 8 * 1024 * 1024, AT_ONCE = 3, SHOWN = 500;
  const queue = [], running = new Set();
  const sums = { files: 0, done: 0, duplicate: 0, refused: 0, bytes: 0, sent: 0 };
  let paused = false;
  const size = (bytes) => {
    const unit = bytes < 1e3 ? [1, "B"] : bytes < 1e6 ? [1e3, "KB"] : bytes < 1e9 ? [1e6, "MB"] : [1e9, "GB"];
    return `${new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(bytes / unit[0])} ${unit[1]}`;
  };

  function row(job) {
    const line = document.createElement("tr");
    const heads = [...rows.closest("table").tHead.rows[0].cells];
    const cells = [document.createElement("td"), document.createElement("td"), document.createElement("td")];
    cells[0].textContent = job.path; cells[1].textContent = size(job.file.size); cells[1].className = "num";
    cells.forEach((cell, at) => { cell.dataset.label = heads[at].textContent; });
    line.append(...cells); job.cell = cells[2]; job.line = line;
    say(job, "waiting");
    if (rows.children.length < SHOWN) rows.append(line);
  }
  function say(job, state, detail) {
    const tag = document.createElement("span");
    tag.className = `tag ${{ new: "good", unpacked: "good", known: "warn", duplicate: "warn", refused: "bad", interrupted: "warn", sending: "live" }[state] || ""}`;
    tag.textContent = words[state] || state;
    job.cell.replaceChildren(tag);
    if (detail instanceof Node) job.cell.append(" ", detail); else if (detail) job.cell.append(` ${detail}`);
    if (["refused", "sending"].includes(state) && job.line.parentNode !== rows) rows.prepend(job.line);
  }
  function whole() {
    document.querySelector("#progress").hidden = false;
    document.querySelector("#pause").hidden = sums.done === sums.files;
    const bar = document.querySelector("#whole");
    bar.max = Math.max(1, sums.bytes); bar.value = sums.sent;
    const parts = [`${sums.done} / ${sums.files}`, `${size(sums.sent)} / ${size(sums.bytes)}`];
    if (sums.duplicate) parts.push(`${sums.duplicate} ${words.duplicate}`);
    if (sums.refused) parts.push(`${sums.refused} ${words.refused}`);
    document.querySelector("#sum").textContent = parts.join(" · ");
    if (sums.files && sums.done === sums.files) { document.querySelector("#live").textContent = parts.join(", "); document.body.dataset.uploaded = sums.done; }
  }
  async function ended(job, upload) {
    const ask = () => fetch(upload.url, { headers: { accept: "application/json" } }).catch(() => null);
    let answer = await ask();
    while (!answer || answer.status === 409 || answer.status >= 500) {  // the line is cut, or a ZIP is being taken in
      await new Promise((go) => setTimeout(go, 1500));
      answer = await ask();
    }
    const told = await answer.json();
    let detail = told.code ? `${told.told || told.message || ""} (${told.code})` : "";
    if (told.counts) {
      detail = Object.entries(told.counts).map(([state, count]) => `${count} ${words[state] || state}`).join(", ");
      for (const each of told.refused.slice(0, 20)) detail += ` · ${each.path}: ${each.code}`;
      sums.duplicate += told.counts.duplicate || 0; sums.refused += told.counts.refused || 0;
    }
    if (told.document) { detail = document.createElement("a"); detail.href = `/documents/${told.document}`; detail.textContent = told.first_path || "→"; }
    say(job, told.state, detail);
    if (told.state in sums) sums[told.state] += 1;
    sums.done += 1; running.delete(job); whole(); next();
  }
  function send(job) {
    running.add(job);
    say(job, "sending");
    const upload = new tus.Upload(job.file, {
      endpoint: "/uploads", chunkSize: PIECE, headers: { "X-CSRF-Token": csrf },
      retryDelays: [500, 1000, 2000, 4000, 8000, 15000, 30000, 60000, 60000, 60000],
      metadata: { path: job.path, ...job.facts }, removeFingerprintOnSuccess: true,
      fingerprint: async () => ["digitizer", job.facts.fonds, job.facts.batch, job.path, job.file.size, job.file.lastModified].join("|"),
      onShouldRetry: (error) => { const r = error.originalResponse; const status = r ? r.getStatus() : 0; if (status === 0) say(job, "interrupted"); return status === 0 || status === 409 || status === 423 || status >= 500; },
      onProgress: (sent) => { sums.sent += sent - job.sent; job.sent = sent; say(job, "sending", `${Math.round(100 * sent / Math.max(1, job.file.size))} %`); whole(); },
      onSuccess: () => { sums.sent += job.file.size - job.sent; job.sent = job.file.size; ended(job, upload); },
      onError: (error) => {
        const r = error.originalResponse;
        let line = r ? r.getBody() : String(error.message || error);
        try { line = JSON.parse(line).error || line; } catch { /* a plain line */ }
        say(job, "refused", line); sums.refused += 1; sums.done += 1; running.delete(job); whole(); next();
      },
    });
    job.upload = upload;
    upload.findPreviousUploads().then((earlier) => { if (earlier.length) upload.resumeFromPreviousUpload(earlier[0]); if (!paused) upload.start(); });
  }
  function next() { while (!paused && running.size < AT_ONCE && queue.length) send(queue.shift()); }
  function take(files) {
    if (!form.reportValidity()) return;
    const facts = Object.fromEntries(["fonds", "batch", "secrecy", "box"].map((name) => [name, form.elements[name].value.trim()]));
    declare(facts);
    for (const [file, path] of files) {
      if (file.name.startsWith(".")) continue;
      const job = { file, path, facts, sent: 0 };
      queue.push(job); sums.files += 1; sums.bytes += file.size; row(job);
    }
    whole(); next();
  }
  function declare(facts) {
    const told = Object.fromEntries(["inventory", "box", "sheets"].map((name) => [name, form.elements[name].value.trim()]));
    if (!Object.values(told).some(Boolean)) return;
    const path = ["", "batches", facts.fonds, facts.batch, "facts"].map(encodeURIComponent).join("/");
    fetch(path, { method: "POST", headers: { "X-CSRF-Token": csrf }, body: new URLSearchParams(told), redirect: "manual" });
  }
  async function walk(entry, found) {
    if (entry.isFile) found.push([await new Promise((good, bad) => entry.file(good, bad)), entry.fullPath.replace(/^\//, "")]);
    else {
      const reader = entry.createReader();
      for (;;) {
        const some = await new Promise((good, bad) => reader.readEntries(good, bad));
        if (!some.length) break;
        for (const each of some) await walk(each, found);
      }
    }
  }
  for (const id of ["files", "folder"]) {
    document.getElementById(id).addEventListener("change", (event) => {
      take([...event.target.files].map((file) => [file, file.webkitRelativePath || file.name]));
      event.target.value = "";
    });
  }
  const drop = document.querySelector("#drop");
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", async (event) => {
    event.preventDefault(); drop.classList.remove("over");
    const found = [];
    for (const entry of [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean)) await walk(entry, found);
    take(found);
  });
  document.querySelector("#pause").addEventListener("click", (event) => {
    paused = !paused;
    event.target.textContent = paused ? event.target.dataset.go : event.target.dataset.stop;
    running.forEach((job) => { if (paused) job.upload.abort(); else job.upload.start(); });
    next();
  });
  window.addEventListener("beforeunload", (event) => { if (running.size) event.preventDefault(); });
  form.addEventListener("submit", (event) => event.preventDefault());
})();
