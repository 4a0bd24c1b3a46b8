// Live search and keys of the triage page. Results are rendered by the server; without this script the form just posts.
"use strict";

{
  const WAIT = 250; // milliseconds without a key before a search
  const SETTLED = 5000; // milliseconds unchanged after which a search counts: half a sentence is nobody's question
  const ENOUGH = 8; // characters below which a search says nothing
  const form = document.getElementById("search");
  const results = document.getElementById("results");
  const state = document.getElementById("search-state");
  let timer = 0;
  let settling = 0;
  let running = null;
  let last = "";

  const fields = () => {
    const sent = new URLSearchParams();
    for (const [name, value] of new FormData(form)) sent.set(name, value);
    return sent;
  };

  const revealCopy = () => {
    if (navigator.clipboard) for (const button of results.querySelectorAll("[data-copy]")) button.hidden = false;
  };

  async function search() {
    window.clearTimeout(timer);
    window.clearTimeout(settling);
    const sent = fields();
    const asked = sent.toString();
    if (asked === last || (sent.get("subject") + sent.get("body")).trim().length < ENOUGH) return;
    running?.abort();
    running = new AbortController();
    const mine = running;
    results.setAttribute("aria-busy", "true");
    state.textContent = "Searching";
    try {
      const answer = await fetch(form.dataset.live, {
        method: "POST", body: sent, signal: mine.signal, credentials: "same-origin",
        headers: { "X-CSRF-Token": sent.get("_csrf") }, redirect: "error",
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const html = await answer.text();
      if (mine !== running) return;
      results.innerHTML = html;
      last = asked;
      revealCopy();
      const found = results.querySelectorAll("[data-hit]:not(.miss)").length;
      state.textContent = found ? `${found} found` : "Nothing close enough";
      if (!found) settling = window.setTimeout(() => count(sent), SETTLED);
    } catch (error) {
      if (error.name === "AbortError") return;
      state.textContent = "The search did not get through. Press Find precedents to try again.";
    } finally {
      if (mine === running) results.setAttribute("aria-busy", "false");
    }
  }

  // Nothing was found, and the question stood: the server notes that knowledge was missing. Nothing on the page moves.
  function count(sent) {
    sent.set("settled", "1");
    fetch(form.dataset.live, {
      method: "POST", body: sent, credentials: "same-origin", headers: { "X-CSRF-Token": sent.get("_csrf") },
      redirect: "error", keepalive: true,
    }).catch(() => { state.textContent = "The server did not answer."; });
  }

  form.addEventListener("input", () => {
    window.clearTimeout(settling);
    window.clearTimeout(timer);
    timer = window.setTimeout(search, WAIT);
  });

  results.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.closest("[data-hit]").querySelector("[data-fix]")?.textContent ?? "");
    state.textContent = "Copied";
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form.contains(event.target)) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (!plainKey(event)) return;
    if (event.key === "/") {
      event.preventDefault();
      document.getElementById("subject").focus();
    } else if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      step([...results.querySelectorAll("[data-hit]")], event.key === "j");
    } else {
      const action = document.activeElement?.closest?.("[data-hit]")?.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
      if (action && !action.hidden) {
        event.preventDefault();
        action.click();
      }
    }
  });

  revealCopy();
}
