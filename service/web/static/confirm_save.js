// Keeps what is typed on the confirmation screen: on the server a second after typing stops, in this browser while the
// server cannot be reached. What is later stands, and what it would put aside is offered, never dropped unsaid.
"use strict";

{
  const form = document.getElementById("confirm");
  const line = document.getElementById("saved");
  const notice = document.getElementById("work-notice");
  const PREFIX = "precedent-work:"; // app.js removes these at sign-out and after a day
  const PAUSE = 1000;
  const LONGEST_WAIT = 30_000;
  const PATIENCE = 10_000;

  const local = {
    read(key) {
      try {
        return JSON.parse(window.localStorage.getItem(PREFIX + key));
      } catch {
        return null; // storage is switched off, or holds what we did not write
      }
    },
    write(key, copy) {
      try {
        window.localStorage.setItem(PREFIX + key, JSON.stringify(copy));
        return true;
      } catch {
        return false; // switched off, or full
      }
    },
    remove(key) {
      try {
        window.localStorage.removeItem(PREFIX + key);
      } catch {
        // nothing can have been kept there
      }
    },
  };
  const clock = (time) => new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

  if (!form) {
    // Decided: a copy that was never sent is of no use any more.
    const shown = document.querySelector("[data-decided]");
    if (shown) local.remove(shown.dataset.decided);
  } else if (!form.dataset.work) {
    // Somebody else has decided: nothing is kept any more, so leaving with something typed asks first.
    let typed = false;
    form.addEventListener("input", () => {
      typed = true;
    });
    document.addEventListener("submit", () => {
      typed = false;
    });
    window.addEventListener("beforeunload", (event) => {
      if (typed) event.preventDefault();
    });
  } else {
    const key = form.dataset.key;
    const ahead = Number(form.dataset.now) - Date.now(); // the server's clock against this machine's
    const writer = [...window.crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("");
    let serial = Number(form.dataset.serial);
    let edits = 0; // how often something changed, and how much of that the server has
    let sent = 0;
    let stopped = ""; // why nothing more is sent, until the agent says what to do; "conflict": decided, or erased
    let wait = PAUSE;
    let timer = 0;
    let busy = null;

    const dirty = () => edits > sent;
    const say = (text, urgent = false) => {
      line.setAttribute("role", urgent ? "status" : "presentation");
      line.classList.toggle("doubt", urgent);
      line.textContent = text;
    };
    const UNKEPT = new Set(["_csrf", "version", "opened", "seconds"]);
    const answers = () => [...new FormData(form)].filter(([name]) => !UNKEPT.has(name));
    const here = () => ({ at: Date.now() + ahead, follows: serial, writer, version: form.elements.version.value, answers: answers() });
    const keepHere = () => local.write(key, here());

    function tell(text, ...choices) {
      notice.hidden = false;
      notice.children[0].textContent = text;
      notice.children[1].replaceChildren(
        ...choices.map(([label, act]) => {
          const button = document.createElement("button");
          button.type = "button";
          button.className = "small";
          button.textContent = label;
          button.addEventListener("click", () => {
            notice.hidden = true;
            act();
          });
          return button;
        }),
      );
    }

    // saved: the server has it. away: it does not answer. refused: it will not take it.
    async function send(keepalive) {
      const body = new URLSearchParams([...new FormData(form)]);
      body.set("follows", String(serial));
      body.set("writer", writer);
      const upTo = edits;
      let answer;
      try {
        answer = await fetch(form.dataset.work, {
          method: "POST",
          body,
          keepalive,
          redirect: "error",
          headers: { Accept: "application/json", "X-CSRF-Token": form.elements._csrf.value },
          signal: AbortSignal.timeout(PATIENCE),
        });
      } catch {
        return "away"; // no network, no server, or too slow
      }
      const said = await answer.json().catch(() => ({}));
      if (answer.ok) {
        serial = said.serial;
        sent = Math.max(sent, upTo);
        wait = PAUSE;
        if (!dirty()) local.remove(key);
        say(`saved ${clock(said.saved_at)}`);
        return "saved";
      }
      return refused(answer.status, said);
    }

    function refused(status, said) {
      if (status >= 500 || status === 429) return "away";
      stopped = said.code ?? "refused";
      if (stopped === "other_window") {
        say("not saved", true);
        tell(
          `Saved in another window at ${clock(said.saved_at)}; what you typed here is later, and not saved yet.`,
          ["Keep what is here", () => resume(said.serial)],
          ["Load the other", () => startOver()],
        );
      } else if (status === 404 || stopped === "conflict") {
        stopped = "conflict";
        local.remove(key); // there is nothing left to keep it for
        say("not saved", true);
        tell(said.detail ?? "This draft is gone.", ["See what was decided", () => window.location.assign(window.location.pathname)]);
      } else if (status === 401 || stopped === "cross_site") {
        const kept = keepHere();
        say(`not saved: you are signed out${kept ? "; it is kept in this browser" : ""}`, true);
        tell("You are signed out. Sign in, and what you typed is here again.", [
          "Sign in",
          () => window.location.assign(`/sign-in?next=${encodeURIComponent(window.location.pathname)}`),
        ]);
      } else {
        say(`not saved: ${said.detail ?? "it cannot be kept"}`, true);
        stopped = ""; // something in it is too long: the next change may be taken
      }
      return "refused";
    }

    function resume(follows) {
      serial = follows;
      stopped = "";
      edits += 1;
      void save();
    }
    function startOver() {
      local.remove(key);
      sent = edits;
      window.location.assign(window.location.pathname);
    }

    async function save(keepalive = false) {
      window.clearTimeout(timer);
      const waited = busy !== null;
      while (busy) await busy; // one at a time: the answers carry what the next one follows
      if (waited && !dirty()) return "saved";
      if (stopped) return "refused";
      busy = send(keepalive);
      const result = await busy;
      busy = null;
      if (result === "away") {
        const kept = keepHere();
        say(`not saved, will retry${kept ? "" : ": keep this page open"}`, true);
        wait = Math.min(wait * 2, LONGEST_WAIT);
        timer = window.setTimeout(() => void save(), wait);
      } else if (result === "saved" && dirty()) later();
      return result;
    }
    function later() {
      window.clearTimeout(timer);
      if (!stopped) timer = window.setTimeout(() => void save(), Math.max(PAUSE, wait));
    }
    function changed() {
      edits += 1;
      if (wait > PAUSE || stopped) keepHere(); // the server was away when last asked
      later();
    }

    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    window.addEventListener("online", () => {
      if (dirty()) void save();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "hidden" || !dirty() || stopped === "conflict") return;
      keepHere();
      void save(true);
    });
    window.addEventListener("pagehide", () => {
      if (dirty() && stopped !== "conflict") keepHere();
    });
    window.addEventListener("beforeunload", (event) => {
      // Only where it is neither on the server nor in this browser would leaving lose something.
      if (dirty() && (stopped === "conflict" || !keepHere())) event.preventDefault();
    });

    // Whatever is sent from this page goes after what was typed, and leaves no copy behind.
    let passing = false;
    document.addEventListener("submit", async (event) => {
      const target = event.target;
      if (passing || event.defaultPrevented || target.method !== "post") return;
      const restart = target.hasAttribute("data-restart");
      window.clearTimeout(timer);
      if (restart || stopped === "conflict" || (!dirty() && !busy)) {
        sent = edits;
        local.remove(key);
        return;
      }
      event.preventDefault();
      const submitter = event.submitter;
      const result = await save();
      if (result === "away") {
        say("no connection: nothing was sent; what you typed is kept in this browser", true);
        return;
      }
      if (result === "refused" && stopped && stopped !== "other_window" && stopped !== "conflict") return;
      window.clearTimeout(timer);
      sent = edits;
      local.remove(key);
      passing = true;
      target.requestSubmit(submitter);
      passing = false;
    });

    function put(kept) {
      const given = new Map(kept);
      for (const input of form.elements) {
        if (!input.name || UNKEPT.has(input.name)) continue;
        if (input.type === "radio") input.checked = given.get(input.name) === input.value;
        else if (input.type === "checkbox") input.checked = given.has(input.name);
        else if (input.type !== "submit") input.value = given.get(input.name) ?? "";
      }
      form.dispatchEvent(new Event("change"));
    }

    // A copy that could not be sent when this draft was last open here.
    const found = local.read(key);
    if (found && !("answered" in form.dataset)) {
      const other = answers();
      const same = JSON.stringify(found.answers) === JSON.stringify(other);
      const follows = found.follows === serial || (found.writer !== "" && found.writer === form.dataset.writer);
      if (same) local.remove(key);
      else if (found.version !== form.elements.version.value) {
        tell(`This draft was changed since you typed on it here at ${clock(found.at - ahead)}.`, ["Put in what was typed here", () => put(found.answers)], ["Drop it", () => local.remove(key)]);
      } else if (follows || found.at > Date.parse(form.dataset.savedAt)) {
        put(found.answers);
        const typed = `Here is what you typed at ${clock(found.at - ahead)}, while the server could not be reached`;
        if (follows) tell(`${typed}.`);
        else tell(`${typed}. Another window had saved something else before, at ${clock(form.dataset.savedAt)}.`, ["Put that back", () => put(other)]);
      } else {
        tell(
          `Here is what was saved last, at ${clock(form.dataset.savedAt)}. In this browser you had typed something else before, at ${clock(found.at - ahead)}, which could not be saved.`,
          ["Put that in instead", () => put(found.answers)],
          ["Drop it", () => local.remove(key)],
        );
      }
    } else if (form.dataset.savedAt) say(`saved ${clock(form.dataset.savedAt)}`);
  }
}
