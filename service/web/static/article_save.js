// Keeps what is typed into an article in this browser until it is saved, and asks before a page with such text is left.
"use strict";

{
  const form = document.getElementById("article-form");
  const shown = document.querySelector("[data-article]");
  const PREFIX = "precedent-work:article:"; // app.js removes these at sign-out and after a day
  const UNKEPT = new Set(["_csrf", "version"]);
  const { article, version } = shown.dataset;
  const key = `${PREFIX}${article}:${version}`;

  function read(name) {
    try {
      return JSON.parse(window.localStorage.getItem(name));
    } catch {
      return null; // storage is switched off, or holds what we did not write
    }
  }
  function write(copy) {
    try {
      window.localStorage.setItem(key, JSON.stringify(copy));
    } catch {
      // switched off, or full: leaving the page asks all the same
    }
  }
  function forget(which) {
    try {
      for (const name of Object.keys(window.localStorage)) if (which(name)) window.localStorage.removeItem(name);
    } catch {
      // nothing can have been kept there
    }
  }

  // What was sent as one version, and is another by now, was saved.
  forget((name) => name.startsWith(`${PREFIX}${article}:`) && name !== key && read(name)?.sent);

  if (form) {
    const notice = document.getElementById("kept-notice");
    let unsaved = "unsaved" in form.dataset;
    const fields = () => [...new FormData(form)].filter(([name]) => !UNKEPT.has(name));
    const keep = (sent) => write({ at: Date.now(), fields: fields(), sent });

    const kept = read(key);
    if (unsaved) keep(false);
    else if (kept && JSON.stringify(kept.fields) === JSON.stringify(fields())) forget((name) => name === key);
    else if (kept) {
      for (const [name, value] of kept.fields) if (form.elements[name]) form.elements[name].value = value;
      unsaved = true;
      notice.hidden = false;
      notice.querySelector("p").textContent = `Here is what you typed at ${new Date(kept.at).toLocaleString()}, which was not saved.`;
      notice.querySelector("button").addEventListener("click", () => {
        forget((name) => name === key);
        form.reset();
        unsaved = false;
        notice.hidden = true;
      });
    }

    form.addEventListener("input", () => {
      unsaved = true;
      keep(false);
    });
    form.addEventListener("submit", () => {
      unsaved = false;
      keep(true);
    });
    document.addEventListener("submit", (event) => {
      if (event.target.getAttribute("action") === "/sign-out") unsaved = false; // app.js forgets the copy
    });
    window.addEventListener("beforeunload", (event) => {
      if (unsaved) event.preventDefault();
    });
  }
}
