"""YAML front matter that Hugo, Jekyll and MkDocs read: every text quoted, so that none is taken for anything else."""

import json
import re
from collections.abc import Mapping, Sequence

Scalar = str | int | bool | None
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def front_matter(facts: Mapping[str, Scalar | Sequence[str]]) -> str:
    """The block between its two lines of dashes; what is None is left out."""
    lines = [f"{key}: {_value(value)}" for key, value in facts.items() if value is not None]
    return "\n".join(("---", *lines, "---", ""))


def quoted(text: str) -> str:
    """A double-quoted YAML scalar: JSON's form, but for characters that YAML takes for line ends or not at all."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found.group()):04x}", json.dumps(text, ensure_ascii=False))


def _value(value: Scalar | Sequence[str]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return quoted(value)
    return f"[{', '.join(map(quoted, value or ()))}]"
