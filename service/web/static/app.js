// What every page adds when scripts run: the keys dialog, going places by key, and j/k through a table.
"use strict";

const typing = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select"));

const inDialog = () => document.querySelector("dialog[open]") !== null;

// Plain letters are shortcuts only where nobody is typing and no browser shortcut is meant.
const plainKey = (event) => !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target) && !inDialog();

function showKeys() {
  const dialog = document.getElementById("keys");
  if (dialog && !dialog.open) dialog.showModal();
}

function step(items, forward) {
  const at = items.findIndex((item) => item === document.activeElement || item.contains(document.activeElement));
  const next = at < 0 ? (forward ? 0 : items.length - 1) : Math.min(items.length - 1, Math.max(0, at + (forward ? 1 : -1)));
  if (items[next]) {
    items[next].focus();
    items[next].scrollIntoView({ block: "nearest" });
  }
}

const PLACES = { t: "/", q: "/queue", r: "/resolutions", g: "/gaps", a: "/articles" };
let going = 0;

document.addEventListener("keydown", (event) => {
  if (!plainKey(event)) return;
  if (event.key === "?") {
    event.preventDefault();
    showKeys();
  } else if (performance.now() - going < 1200 && PLACES[event.key]) {
    event.preventDefault();
    window.location.assign(PLACES[event.key]);
  } else if (event.key === "g") {
    going = performance.now();
  } else if (event.key === "j" || event.key === "k") {
    const rows = [...document.querySelectorAll(".table td.title > a")];
    if (rows.length > 0) step(rows, event.key === "j");
  }
});

const keysButton = document.getElementById("show-keys");
if (keysButton) {
  keysButton.hidden = false;
  keysButton.addEventListener("click", showKeys);
}

// What the confirmation screen could not send is kept in the browser: no longer than a day, nor after signing out.
function forgetUnsent(older) {
  try {
    for (const key of Object.keys(window.localStorage)) {
      if (key.startsWith("precedent-work:") && older(JSON.parse(window.localStorage.getItem(key))?.at ?? 0)) window.localStorage.removeItem(key);
    }
  } catch {
    // Storage is switched off: nothing can have been kept there.
  }
}
const A_DAY = 86_400_000;
forgetUnsent((at) => Date.now() - at > A_DAY);
document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action") === "/sign-out" && !event.defaultPrevented) forgetUnsent(() => true);
});
