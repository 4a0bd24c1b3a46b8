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
    const asked = questions.filter((question) => form.contains(question));
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

    const button = document.getElementById("confirm-button");
    const counter = document.getElementById("settled");
    function count() {
      let settled = 0;
      for (const question of asked) {
        const done = isSettled(question);
        settled += done ? 1 : 0;
        question.classList.toggle("open", !done && !question.classList.contains("failed"));
        if (done) question.classList.remove("failed");
      }
      const said = `${settled} of ${asked.length} settled`;
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
    function goTo(question, field = entry(question)) {
      field.focus();
      if (scrollsAlone()) question.scrollIntoView({ block: "nearest" });
    }
    const questionOf = (element) => element?.closest?.("[data-question]") ?? null;

    function nextOpen(from) {
      const at = asked.indexOf(questionOf(from));
      const order = [...asked.slice(at + 1), ...asked.slice(0, at + 1)];
      const open = order.find((question) => !isSettled(question));
      if (open) goTo(open, lacking(open, open === questionOf(from)) ?? entry(open));
      else button?.focus();
      return open ?? null;
    }

    // Leaving with something typed asks first; sending it does not.
    let typed = false;
    window.addEventListener("beforeunload", (event) => {
      if (typed) event.preventDefault();
    });

    form.addEventListener("input", (event) => {
      typed = true;
      const question = questionOf(event.target);
      if (question && texts(question).includes(event.target) && event.target.value.trim() !== "") choose(question, "stated");
      count();
    });
    form.addEventListener("change", count);

    form.addEventListener("click", (event) => {
      const use = event.target.closest("[data-use]");
      if (!use) return;
      event.preventDefault();
      const question = byName.get(use.dataset.use);
      const field = entry(question);
      field.value = question.querySelector("[data-hint]").textContent;
      choose(question, "stated");
      field.focus();
      count();
    });

    const press = (selector) => document.activeElement?.closest?.("[data-question]")?.querySelector(selector)?.click();
    const actions = {
      KeyN: () => mark("not_known"),
      KeyA: () => mark("not_applicable"),
      KeyS: () => mark("stated"),
      KeyY: () => press("[data-affirm]"),
      KeyU: () => press("[data-use]"),
      KeyQ: nextQuote,
      KeyL: () => document.querySelector("[data-link-button]")?.focus(),
      KeyX: openReject,
      KeyW: () => document.getElementById("later-link").click(),
    };
    function mark(value) {
      const question = questionOf(document.activeElement);
      if (!question || !form.contains(question)) return;
      choose(question, value);
      count();
    }
    function nextQuote() {
      const question = questionOf(document.activeElement);
      if (question) {
        const first = question.querySelector("a[data-quote]");
        first?.click();
        cameFrom = document.activeElement?.closest("mark") ? entry(question) : cameFrom;
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
        if (digit) goTo(asked[Number(digit[1]) - 1]);
        else if (actions[event.code]) actions[event.code]();
        else return;
        event.preventDefault();
        return;
      }
      if (event.key !== "Enter" || event.isComposing || !form.contains(event.target)) return;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        if (nextOpen(event.target) === null) form.requestSubmit(button);
      } else if (!event.shiftKey && event.target.matches("input, select, textarea[rows='1']")) {
        event.preventDefault();
        nextOpen(event.target);
      }
    });

    const timer = document.getElementById("timer");
    const begun = performance.now() - 1000 * (Number(form.elements.seconds.value) || 0);
    const elapsed = () => (performance.now() - begun) / 1000;
    const show = () => {
      const whole = Math.floor(elapsed());
      timer.textContent = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
    };
    timer.hidden = false;
    show();
    window.setInterval(show, 1000);
    for (const one of document.querySelectorAll("form")) {
      one.addEventListener("submit", () => {
        typed = false;
        if (one.elements.seconds) one.elements.seconds.value = elapsed().toFixed(1);
      });
    }

    count();
    const first = document.getElementById("conflict") ?? document.getElementById("errors");
    if (first) first.focus();
    else if (!window.location.hash) {
      const open = asked.find((question) => !isSettled(question));
      if (open) entry(open).focus({ preventScroll: !scrollsAlone() });
      else button?.focus({ preventScroll: !scrollsAlone() });
    }
  }
}
