// Holds the confirmation form against the content standard while somebody types: half a second after the last key.
"use strict";

(() => {
  const form = document.getElementById("confirm");
  if (!form || !document.getElementById("checklist")) return;
  let waiting = 0;
  let asked = 0;

  async function refresh() {
    const turn = ++asked;
    try {
      const answer = await fetch(`${form.getAttribute("action")}/checklist`, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "text/html" },
      });
      if (!answer.ok || turn !== asked) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("checklist");
      if (fresh) document.getElementById("checklist").replaceWith(fresh);
    } catch {
      // The list on the page stays as it was; the server evaluates it again when the form is sent.
    }
  }

  form.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(refresh, 500);
  });
})();
