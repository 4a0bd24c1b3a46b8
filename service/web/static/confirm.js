// The confirmation screen by keyboard: highlighting evidence, moving between open questions, counting seconds.
"use strict";

{
  const form = document.getElementById("confirm");
  const conversation = document.querySelector(".conversation");
  const questions = [...document.querySelectorAll("[data-question]")];
  const byName = new Map(questions.map((question) => [question.dataset.question, question]));
  const marksOf = (name) => [...conversation.querySelectorAll(`mark[data-fields~="${CSS.escape(name)}"]`)];
  let current = null; // the question whose evidence is lit
  let cameFrom = null; // the field to go back to from a quote

  // Only the conversation's own pane scrolls, so that nothing moves under the pointer; stacked panes do not scroll.
  const scrollsAlone = () => window.matchMedia("(min-width: 62rem)").matches;

  function bringIntoView(mark) {
    const fold = mark.closest("details");
    if (fold) fold.open = true;
    if (!scrollsAlone()) return;
    const pane = conversation.getBoundingClientRect();
    const place = mark.getBoundingClientRect();
    if (place.top < pane.top + 24 || place.bottom > pane.bottom - 24) {
      conversation.scrollTop += place.top - pane.top - pane.height / 3;
    }
  }

  function light(name) {
    if (name === current) return;
    for (const mark of conversation.querySelectorAll("mark.on")) mark.classList.remove("on");
    current = name;
    const marks = name ? marksOf(name) : [];
    for (const mark of marks) mark.classList.add("on");
    if (marks.length > 0) bringIntoView(marks[0]);
  }

  function showFields(mark) {
    const names = mark ? mark.dataset.fields.split(" ") : [];
    for (const question of questions) question.classList.toggle("lit", names.includes(question.dataset.question));
  }

  for (const question of questions) {
    question.addEventListener("focusin", () => light(question.dataset.question));
    question.addEventListener("pointerenter", () => light(question.dataset.question));
    question.addEventListener("pointerleave", () => {
      const focused = document.activeElement?.closest("[data-question]");
      if (focused) light(focused.dataset.question);
    });
  }
  conversation.addEventListener("focusin", (event) => showFields(event.target.closest("mark")));
  conversation.addEventListener("focusout", () => showFields(null));
  conversation.addEventListener("pointerover", (event) => showFields(event.target.closest("mark")));
  conversation.addEventListener("pointerleave", () => showFields(null));

  document.addEventListener("click", (event) => {
    const chip = event.target.closest("a[data-quote]");
    if (!chip) return;
    const target = document.getElementById(decodeURIComponent(chip.hash.slice(1)));
    const mark = target?.closest("mark");
    if (!mark) return;
    event.preventDefault();
    cameFrom = chip;
    bringIntoView(mark);
    mark.focus({ preventScroll: scrollsAlone() });
  });
  conversation.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && cameFrom) {
      event.preventDefault();
      cameFrom.focus({ preventScroll: scrollsAlone() });
      cameFrom = null;
    }
  });

  if (form) {
    // In the order of the page: what is asked first, most valuable first, then what the thread answered.
    const all = questions.filter((question) => form.contains(question));
    const ORDER = ["symptom", "root_cause", "fix", "environment", "version"];
    const stateOf = (question) => form.querySelector(`input[name="${question.dataset.question}_state"]:checked`)?.value ?? "";
    const choose = (question, value) => {
      const radio = form.querySelector(`input[name="${question.dataset.question}_state"][value="${value}"]`);
      if (radio) radio.checked = true;
    };
    const texts = (question) => [...question.querySelectorAll("textarea, input:not([type=radio]):not([type=checkbox])")];
    const squeeze = (text) => text.replace(/\r\n?/g, "\n").trim();

    // The server decides; this only keeps the count true while the agent types.
    function isSettled(question) {
      const state = stateOf(question);
      if (state === "") return false;
      if (state !== "stated") return true;
      const fields = texts(question);
      if (fields.every((field) => squeeze(field.value) === "")) return false;
      const kind = question.querySelector("select");
      if (kind && kind.value === "") return false;
      const affirm = question.querySelector("[data-affirm]");
      const untouched = fields.every((field) => squeeze(field.value) === squeeze(field.dataset.proposed ?? ""));
      return !(affirm && untouched && !affirm.checked);
    }

    // What stands against what the draft proposed: the changes below the field, and the reading of a closed one.
    function paint(holder, name) {
      const state = ORDER.includes(name) ? stateOf(holder) : "stated";
      const stands = state === "stated" || state === "";
      const inputs = [...holder.querySelectorAll("[data-proposed]")];
      const value = (input) => (stands ? squeeze(input.value) : "");
      const changed = inputs.filter((input) => input.dataset.proposed && value(input) !== squeeze(input.dataset.proposed));
      const said = (input, at) => {
        const label = document.createElement("span");
        label.className = "muted";
        label.textContent = `${at > 0 ? "; " : ""}${input.dataset.of ? `${input.dataset.of} ` : ""}`;
        return [label, ...(changed.includes(input) ? wordDiff(squeeze(input.dataset.proposed), value(input)) : [squeeze(input.value)])];
      };
      const changes = holder.querySelector("[data-changes]");
      changes.hidden = changed.length === 0;
      changes.querySelector("[data-runs]").replaceChildren(...changed.flatMap(said));
      const reading = holder.querySelector("[data-reading]");
      if (!reading) return;
      const told = inputs.filter((input) => changed.includes(input) || (value(input) && !input.matches("select")));
      reading.replaceChildren(...(stands ? [] : [state.replaceAll("_", " ") + (told.length > 0 ? ": " : "")]), ...told.flatMap(said));
      const kind = holder.querySelector("[data-kind]");
      if (kind) kind.textContent = form.elements.fix_kind.value;
      const area = holder.querySelector("[data-area]");
      if (area) area.textContent = form.elements.product_area.value;
    }
    const naming = form.querySelector("[data-naming]");
    function paintAll() {
      for (const question of all) paint(question, question.dataset.question);
      paint(naming, "title");
      count();
    }

    const button = document.getElementById("confirm-button");
    const counter = document.getElementById("settled");
    function count() {
      let settled = 0;
      for (const question of all) {
        const done = isSettled(question);
        settled += done ? 1 : 0;
        question.classList.toggle("open", !done && !question.classList.contains("failed"));
        if (done) question.classList.remove("failed");
      }
      const said = `${settled} of ${all.length} settled`;
      if (counter.textContent !== said) counter.textContent = said;
    }

    const entry = (question) => texts(question)[0];
    // What keeps a question open whose text stands: the kind of fix, or for somebody who stays in it, the affirmation.
    function lacking(question, staying) {
      if (stateOf(question) !== "stated" || texts(question).every((field) => squeeze(field.value) === "")) return null;
      const kind = question.querySelector("select");
      if (kind && kind.value === "") return kind;
      return staying ? question.querySelector("[data-affirm]:not(:checked)") : null;
    }
    function goTo(holder, field = entry(holder)) {
      const details = holder.querySelector("details.edit");
      if (details) details.open = true;
      field.focus();
      if (scrollsAlone()) holder.scrollIntoView({ block: "nearest" });
    }
    const questionOf = (element) => element?.closest?.("[data-question]") ?? null;
    // The question that somebody in the conversation came from is still theirs.
    const currentQuestion = () => questionOf(document.activeElement) ?? (conversation.contains(document.activeElement) ? questionOf(cameFrom) : null);

    function nextOpen(from) {
      const here = questionOf(from);
      const kind = here && form.contains(here) && !from.matches("select") ? lacking(here, false) : null;
      if (kind) {
        goTo(here, kind); // its text stands, and one key says the rest
        return here;
      }
      const at = all.indexOf(here);
      const order = [...all.slice(at + 1), ...all.slice(0, at + 1)];
      const open = order.find((question) => !isSettled(question));
      if (open) goTo(open, lacking(open, open === here) ?? entry(open));
      else button?.focus();
      return open ?? null;
    }
    // A question that was answered by a key is done with: on to the next, or to Confirm.
    function answered(question) {
      paint(question, question.dataset.question);
      count();
      form.dispatchEvent(new Event("change"));
      nextOpen(question);
    }

    form.addEventListener("input", (event) => {
      const question = questionOf(event.target);
      if (question && texts(question).includes(event.target) && event.target.value.trim() !== "") choose(question, "stated");
      if (question) paint(question, question.dataset.question);
      else if (naming.contains(event.target)) paint(naming, "title");
      count();
    });
    form.addEventListener("change", paintAll);

    form.addEventListener("click", (event) => {
      const use = event.target.closest("[data-use]");
      const back = event.target.closest("[data-back]");
      if (!use && !back) return;
      event.preventDefault();
      if (use) takeOver(byName.get(use.dataset.use));
      else putBack(back.closest("[data-question], [data-naming]"), back.dataset.back);
    });
    function takeOver(question) {
      const field = entry(question);
      field.value = question.querySelector("[data-hint]").textContent;
      choose(question, "stated");
      goTo(question, field);
      form.dispatchEvent(new Event("change"));
    }
    function putBack(holder, name) {
      for (const input of holder.querySelectorAll("[data-proposed]")) input.value = input.dataset.proposed;
      if (ORDER.includes(name)) choose(holder, "stated");
      goTo(holder);
      form.dispatchEvent(new Event("change"));
    }

    const actions = {
      KeyN: () => mark("not_known"),
      KeyA: () => mark("not_applicable"),
      KeyS: () => mark("stated"),
      KeyY: accept,
      KeyU: () => currentQuestion()?.querySelector("[data-use]")?.click(),
      KeyE: edit,
      KeyB: () => (document.activeElement?.closest("[data-question], [data-naming]") ?? currentQuestion())?.querySelector("[data-changes]:not([hidden]) [data-back]")?.click(),
      KeyQ: nextQuote,
      KeyL: () => document.querySelector("[data-link-button]")?.focus(),
      KeyX: openReject,
      KeyW: () => document.getElementById("later-button").click(),
      Slash: showKeys,
      Digit0: () => goTo(naming, form.elements.title),
    };
    function mark(value) {
      const question = currentQuestion();
      if (!question || !form.contains(question)) return;
      choose(question, value);
      if (value === "stated") form.dispatchEvent(new Event("change"));
      else answered(question);
    }
    // Yes to what stands there: a claim in doubt is affirmed, an empty field takes what the ticket's own field says.
    function accept() {
      const question = currentQuestion();
      if (!question || !form.contains(question)) return;
      const affirm = question.querySelector("[data-affirm]");
      if (affirm) affirm.checked = true;
      else if (texts(question).every((field) => squeeze(field.value) === "") && question.querySelector("[data-hint]")) takeOver(question);
      if (stateOf(question) === "") return;
      answered(question);
    }
    function edit() {
      const question = currentQuestion() ?? all.find((one) => one.querySelector("details.edit:not([open])"));
      if (question && form.contains(question)) goTo(question);
      else goTo(naming, form.elements.title);
    }
    function nextQuote() {
      const question = questionOf(document.activeElement);
      if (question) {
        const from = document.activeElement;
        question.querySelector("a[data-quote]")?.click();
        if (document.activeElement?.closest("mark")) cameFrom = from;
      } else {
        const marks = [...conversation.querySelectorAll("mark[id]")];
        const at = marks.indexOf(document.activeElement);
        marks[(at + 1) % marks.length]?.focus();
      }
    }
    function openReject() {
      const reject = document.getElementById("reject");
      reject.open = true;
      reject.scrollIntoView({ block: "nearest" });
      reject.querySelector("input[name=reason]").focus();
    }
    document.getElementById("reject-link").addEventListener("click", (event) => {
      event.preventDefault();
      openReject();
    });

    document.addEventListener("keydown", (event) => {
      if (document.querySelector("dialog[open]")) return;
      if (event.altKey && !event.ctrlKey && !event.metaKey) {
        const digit = /^Digit([1-5])$/.exec(event.code);
        if (digit) goTo(byName.get(ORDER[Number(digit[1]) - 1]));
        else if (actions[event.code]) actions[event.code]();
        else return;
        event.preventDefault();
        return;
      }
      if (event.key !== "Enter" || event.isComposing) return;
      if (event.ctrlKey || event.metaKey) {
        // From a quote, or from nowhere in particular, as well: the key means the same all over the screen.
        if (event.target.closest("form") && !form.contains(event.target)) return;
        event.preventDefault();
        if (nextOpen(currentQuestion() ?? event.target) === null && button) form.requestSubmit(button);
      } else if (form.contains(event.target) && !event.shiftKey && event.target.matches("input, select, textarea[rows='1']")) {
        event.preventDefault();
        nextOpen(event.target);
      }
    });

    // Seconds count while the page can be seen: nobody is confirming behind another tab.
    const timer = document.getElementById("timer");
    let counted = 1000 * (Number(form.elements.seconds.value) || 0);
    let since = document.visibilityState === "visible" ? performance.now() : null;
    const elapsed = () => (counted + (since === null ? 0 : performance.now() - since)) / 1000;
    document.addEventListener("visibilitychange", () => {
      const visible = document.visibilityState === "visible";
      if (!visible && since !== null) {
        counted += performance.now() - since;
        since = null;
      } else if (visible && since === null) since = performance.now();
    });
    const show = () => {
      const whole = Math.floor(elapsed());
      timer.textContent = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
      form.elements.seconds.value = elapsed().toFixed(1);
    };
    timer.hidden = false;
    show();
    window.setInterval(show, 1000);
    for (const one of document.querySelectorAll("form")) {
      one.addEventListener("submit", () => {
        if (one.elements.seconds) one.elements.seconds.value = elapsed().toFixed(1);
      });
    }

    paintAll();
    const first = document.getElementById("conflict") ?? document.getElementById("errors");
    if (first) first.focus();
    else if (!window.location.hash) {
      const open = all.find((question) => !isSettled(question));
      const field = open ? lacking(open, false) ?? entry(open) : button;
      field?.focus({ preventScroll: !scrollsAlone() });
    }
  }
}
