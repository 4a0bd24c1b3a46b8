// Word by word, what an agent changed in a draft's text. The server says the same where no script runs.
"use strict";

globalThis.wordDiff = (() => {
  const WORD = /\s+|[\p{L}\p{N}_]+(?:[.:/-][\p{L}\p{N}_]+)*|[^\p{L}\p{N}_\s]/gu; // a version or a path is one word
  const MOST_PAIRS = 1_000_000; // compared within a keystroke's time; longer texts are shown as replaced

  function common(one, other) {
    let count = 0;
    while (count < one.length && count < other.length && one[count] === other[count]) count += 1;
    return count;
  }

  // The longest run of words that both have in order, as a table of lengths from each pair of places to the ends.
  function lengths(old, now) {
    const width = now.length + 1;
    const table = new Uint16Array((old.length + 1) * width);
    for (let a = old.length - 1; a >= 0; a -= 1) {
      for (let b = now.length - 1; b >= 0; b -= 1) {
        table[a * width + b] =
          old[a] === now[b] ? table[(a + 1) * width + b + 1] + 1 : Math.max(table[(a + 1) * width + b], table[a * width + b + 1]);
      }
    }
    return (a, b) => table[a * width + b];
  }

  function* middle(old, now) {
    if (old.length * now.length > MOST_PAIRS) {
      yield ["del", old.join("")];
      yield ["ins", now.join("")];
      return;
    }
    const length = lengths(old, now);
    let a = 0;
    let b = 0;
    while (a < old.length || b < now.length) {
      if (a < old.length && b < now.length && old[a] === now[b]) {
        yield ["same", old[a]];
        a += 1;
        b += 1;
      } else if (b >= now.length || (a < old.length && length(a + 1, b) >= length(a, b + 1))) {
        yield ["del", old[a++]];
      } else {
        yield ["ins", now[b++]];
      }
    }
  }

  // Neighbouring changes as one: what was taken out, then what was put in. A blank between two changes joins them.
  function joined(runs) {
    const made = [];
    let change = null;
    for (let at = 0; at < runs.length; at += 1) {
      const [kind, text] = runs[at];
      if (kind === "same") {
        const between = change && /^\s+$/.test(text) && runs[at + 1] && runs[at + 1][0] !== "same";
        if (between) {
          change.del += text;
          change.ins += text;
          continue;
        }
        change = null;
        if (made.length > 0 && made.at(-1).same !== undefined) made.at(-1).same += text;
        else made.push({ same: text });
      } else {
        if (!change) made.push((change = { del: "", ins: "" }));
        change[kind] += text;
      }
    }
    return made;
  }

  // The middle of a long unchanged run is left out: what was changed has to be found at a glance.
  const LONGEST_SAME = 300;
  const CONTEXT = 80;
  const shortened = (text) => (text.length > LONGEST_SAME ? `${text.slice(0, CONTEXT)} \u2026 ${text.slice(-CONTEXT)}` : text);

  // The changes as nodes, <del> and <ins> among plain text.
  return function wordDiff(before, after) {
    const old = before.match(WORD) ?? [];
    const now = after.match(WORD) ?? [];
    const start = common(old, now);
    const end = common(old.slice(start).reverse(), now.slice(start).reverse());
    const runs = [
      ["same", old.slice(0, start).join("")],
      ...middle(old.slice(start, old.length - end), now.slice(start, now.length - end)),
      ["same", old.slice(old.length - end).join("")],
    ].filter(([, text]) => text);
    return joined(runs).flatMap((run) => {
      if (run.same !== undefined) return [document.createTextNode(shortened(run.same))];
      return ["del", "ins"].filter((kind) => run[kind]).map((kind) => {
        const node = document.createElement(kind);
        node.textContent = run[kind];
        return node;
      });
    });
  };
})();
