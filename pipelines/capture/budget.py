"""Cuts a thread to a token budget from the middle. The end stays, for there stands the resolution. Used by condense."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from pipelines.capture.offsets import Edit

MESSAGE_TOKENS = 12  # what a summariser's own line about a message (id, role, time) costs, about
_MARK_TOKENS = 16
_FROM_THE_END = 3  # messages kept from the end for each one kept from the start
_COUNTED_AT_ONCE = 4_000  # characters: tokenizers are not linear in the length of a run without spaces


@dataclass(frozen=True, slots=True)
class Trim:
    """What the budget takes from one message: all of it, or a range out of its middle."""

    message: int
    whole: bool
    edit: Edit | None = None


def count(text: str, count_tokens: Callable[[str], int]) -> int:
    """Tokens of a text of any length, counted in parts."""
    return sum(count_tokens(part) for part in _parts(text, _COUNTED_AT_ONCE))


def trims(texts: Sequence[str], budget: int, count_tokens: Callable[[str], int]) -> list[Trim]:
    """What has to go so that the messages fit `budget` tokens; empty where they fit.

    First the longest messages lose their middles; if that is not enough, whole messages go, from the middle of the
    thread. The start of the first message and the end of the last one always stay.
    """
    costs = [count(text, count_tokens) + MESSAGE_TOKENS for text in texts]
    if sum(costs) <= budget or not texts:
        return []
    floor = max(MESSAGE_TOKENS + 3 * _MARK_TOKENS, budget // 10)
    cap = max(_water_level(costs, budget), floor)
    capped = [min(cost, cap) for cost in costs]
    kept = _ends_that_fit(capped, budget)
    if len(kept) == 1 or sum(capped[i] for i in kept) > budget:
        cap = max(budget // len(kept), MESSAGE_TOKENS + _MARK_TOKENS)
    found = [Trim(i, whole=True) for i in range(len(texts)) if i not in kept]
    for index in kept:
        if costs[index] > cap:
            share = 0.7 if index == 0 and len(texts) > 1 else 0.3 if index == len(texts) - 1 else 0.5
            edit = _middle(texts[index], cap - MESSAGE_TOKENS - _MARK_TOKENS, share, count_tokens)
            found += [Trim(index, whole=False, edit=edit)] if edit else []
    return sorted(found, key=lambda t: t.message)


def _water_level(costs: Sequence[int], budget: int) -> int:
    """The largest cap such that the costs, each cut to it, fit the budget; 0 where none does."""
    ordered = sorted(costs)
    left = budget
    for index, cost in enumerate(ordered):
        share = left // (len(ordered) - index)
        if cost > share:
            return max(share, 0)
        left -= cost
    return ordered[-1] if ordered else 0


def _ends_that_fit(costs: Sequence[int], budget: int) -> list[int]:
    """Indexes of the messages that stay, from both ends inwards, more from the end.

    The first and the last stay in any case.
    """
    first, last = 0, len(costs) - 1
    kept = {first, last}
    used = sum(costs[i] for i in kept)
    start, end, turn = first + 1, last - 1, 0
    while start <= end:
        index = start if turn % (_FROM_THE_END + 1) == _FROM_THE_END else end
        if used + costs[index] > budget:
            break
        kept.add(index)
        used += costs[index]
        start, end, turn = (start + 1, end, turn + 1) if index == start else (start, end - 1, turn + 1)
    return sorted(kept)


def _middle(text: str, tokens: int, share: float, count_tokens: Callable[[str], int]) -> Edit | None:
    """The edit that leaves about `tokens` of a text, `share` of them at its start and the rest at its end."""
    size = min(max(tokens // 5, 12), 300)
    parts = _parts(text, size)
    costs = [count_tokens(part) for part in parts]
    if sum(costs) <= tokens or len(parts) <= 2:  # noqa: PLR2004 - a start and an end leave no middle
        return None
    ends = list(accumulate(len(part) for part in parts))
    head = used = 0
    while head < len(parts) and (head == 0 or used + costs[head] <= tokens * share):
        used += costs[head]
        head += 1
    tail = len(parts)
    while tail > head + 1 and (tail == len(parts) or used + costs[tail - 1] <= tokens):
        tail -= 1
        used += costs[tail]
    start, end = ends[head - 1], ends[tail - 1]
    if start >= end:
        return None
    return Edit(start, end, f"\n[... {end - start} characters left out ...]\n", "budget")


def _parts(text: str, size: int) -> list[str]:
    """Runs of at most `size` characters, ended at a line end or else at a space where one is near."""
    parts: list[str] = []
    at = 0
    while at < len(text):
        end = min(at + size, len(text))
        if end < len(text):
            near = at + size // 2
            line, space = text.rfind("\n", near, end), text.rfind(" ", near, end)
            end = (line if line >= 0 else space if space >= 0 else end - 1) + 1
        parts.append(text[at:end])
        at = end
    return parts
