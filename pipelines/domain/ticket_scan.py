"""Looks through a ticket's JSON object for what cannot be kept. Called once, before anything of it is read."""

import math
from collections.abc import Mapping
from typing import Any

from pipelines.domain.errors import InvalidTicket
from pipelines.domain.storable import why_unstorable

MAX_DEPTH = 100
"""Levels of lists and objects in a ticket. What JSON reads at a depth of nearly 1000 cannot be written again."""

NUL_SHOWN = "\u2400"
"""Stands for a NUL in a stored message body: the Unicode symbol for it."""


def refuse_unstorable(raw: Mapping[str, Any]) -> None:
    """What no database keeps, wherever it stands. A NUL in a message body is taken.

    Raises InvalidTicket.
    """
    stack: list[tuple[object, str, int]] = []
    for key, value in raw.items():
        _refuse_text(key, "a key of the ticket")
        stack.append((_without_nul_bodies(value) if key == "messages" else value, _named(key, "the ticket"), 2))
    while stack:
        item, where, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise InvalidTicket(f"nested too deeply; {MAX_DEPTH} levels are taken")
        if isinstance(item, str):
            _refuse_text(item, where)
        elif isinstance(item, float) and not math.isfinite(item):
            raise InvalidTicket(f"{where} is no number that JSON has")
        elif isinstance(item, Mapping):
            for key, inner in item.items():
                _refuse_text(key, f"a key of {where}")
                stack.append((inner, _named(key, where), depth + 1))
        elif isinstance(item, list):
            stack.extend((inner, where, depth + 1) for inner in item)


def _refuse_text(text: str, place: str) -> None:
    why = why_unstorable(text)
    if why:
        raise InvalidTicket(f"{place} {why}")


def _named(key: str, where: str) -> str:
    return f"{key if key.isascii() and key.isprintable() else 'a value'} of {where}"[:120]


def _without_nul_bodies(messages: object) -> object:
    if not isinstance(messages, list):
        return messages
    return [
        {**m, "body": m["body"].replace("\x00", NUL_SHOWN)}
        if isinstance(m, dict) and isinstance(m.get("body"), str) and "\x00" in m["body"]
        else m
        for m in messages
    ]
