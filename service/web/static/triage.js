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
    for (const [name, value] of new FormData(form)) sent.append(name, value);
    return sent;
  };

  const text = () => form.subject.value.trim() + form.body.value.trim();

  // What the server answered with the page is enough, however short it is.
  const tooShort = () => text().length < ENOUGH && (!text() || text() !== form.subject.defaultValue.trim() + form.body.defaultValue.trim());

  // Another problem is another question: what was answered belongs to the one before.
  const forgetAnswers = () => { for (const said of results.querySelectorAll("[data-answered]")) said.remove(); };

  // What a search was asked, with the answers that the page holds now: asked again, they change nothing. What was
  // typed since it was sent is not part of it and still to be asked.
  function answered(sent) {
    const asked = fields();
    for (const typed of form.querySelectorAll("[name]")) asked.set(typed.name, sent.get(typed.name));
    return asked.toString();
  }

  const revealCopy = () => {
    if (navigator.clipboard) for (const button of results.querySelectorAll("[data-copy]")) button.hidden = false;
  };

  async function search(said) {
    window.clearTimeout(timer);
    window.clearTimeout(settling);
    const short = tooShort();
    if (short) state.textContent = text() ? "Too short to be searched by itself: type on, or press Find precedents." : "";
    if (short && !results.querySelector("[data-similar]") && !running) return;
    const sent = fields();
    if (said) sent.append(said.name, said.value);
    if (short) for (const name of ["subject", "body"]) sent.set(name, "");
    const asked = sent.toString();
    if (asked === last) return;
    last = asked;
    running?.abort();
    running = new AbortController();
    const mine = running;
    results.setAttribute("aria-busy", "true");
    if (!short) state.textContent = "Searching";
    try {
      const answer = await fetch(form.dataset.live, {
        method: "POST", body: sent, signal: mine.signal, credentials: "same-origin",
        headers: { "X-CSRF-Token": sent.get("_csrf") }, redirect: "error",
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const html = await answer.text();
      if (mine !== running) return;
      results.innerHTML = html;
      if (["subject", "body"].some((name) => form[name].value !== sent.get(name))) forgetAnswers();
      last = answered(sent);
      if (short) return;
      revealCopy();
      similar(mine.signal);
      const found = results.querySelectorAll("[data-hit]:not(.miss)").length;
      state.textContent = found ? `${found} found` : "Nothing close enough";
      settling = window.setTimeout(() => count(sent), SETTLED);
    } catch (error) {
      if (error.name === "AbortError") return;
      last = "";
      state.textContent = "The search did not get through. Press Find precedents to try again.";
    } finally {
      if (mine === running) {
        running = null;
        results.setAttribute("aria-busy", "false");
      }
    }
  }

  // Who else has this now? A request of its own, so that no answer waits for it. Without it the page is complete.
  async function similar(signal) {
    const place = results.querySelector("[data-similar]");
    if (!place) return;
    const sent = fields();
    try {
      const answer = await fetch(place.dataset.similar, {
        method: "POST", body: sent, signal, credentials: "same-origin",
        headers: { "X-CSRF-Token": sent.get("_csrf") }, redirect: "error",
      });
      if (answer.ok) place.innerHTML = await answer.text();
    } catch (error) {
      if (error.name !== "AbortError") place.textContent = "Similar open tickets could not be looked up.";
    }
  }

  // The question stood: the server notes what was shown, or that knowledge was missing. Nothing on the page moves.
  function count(sent) {
    sent.set("settled", "1");
    fetch(form.dataset.live, {
      method: "POST", body: sent, credentials: "same-origin", headers: { "X-CSRF-Token": sent.get("_csrf") },
      redirect: "error", keepalive: true,
    }).catch(() => { state.textContent = "The server did not answer."; });
  }

  form.addEventListener("input", (event) => {
    if (event.target.matches("#subject, #body")) forgetAnswers();
    window.clearTimeout(settling);
    window.clearTimeout(timer);
    timer = window.setTimeout(() => search(), WAIT);
  });

  // Pages are stored nowhere, so the way back would show an empty form: what leads away from typed text opens beside it.
  const somethingToLose = () =>
    (text() && !new URLSearchParams(window.location.search).has("ticket")) ||
    [...form.querySelectorAll("input:not([type=hidden]), textarea")].some((typed) => typed.value !== typed.defaultValue) ||
    results.querySelector("[data-answered]") !== null;

  results.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    if (link && !("afresh" in link.dataset)) link.target = somethingToLose() ? "_blank" : "";
    const say = event.target.closest("[data-say]");
    if (say) {
      event.preventDefault();
      await search(say);
      results.querySelector("[data-hit]")?.focus();
      return;
    }
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const hit = button.closest("[data-hit]");
    const words = hit.querySelector("[data-reply]") ?? hit.querySelector("[data-fix]");
    try {
      await navigator.clipboard.writeText(words?.textContent ?? "");
      const marks = words?.dataset.marks;
      state.textContent = marks ? `Copied. Before you send it, replace ${marks}.` : "Copied";
    } catch {
      // The browser may refuse: then the words are opened and selected, for Ctrl+C.
      words?.closest("details")?.setAttribute("open", "");
      if (words) window.getSelection().selectAllChildren(words);
      state.textContent = "The browser does not let this page copy. The words are selected: press Ctrl+C.";
    }
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
  if (results.querySelector("[data-similar]")) similar();
}
