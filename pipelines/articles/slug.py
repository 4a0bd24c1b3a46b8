"""Names of exported files: safe on every file system, and the same for the same article as long as its title stands."""

import re
import unicodedata

_OTHER = re.compile(r"[^a-z0-9]+")
_LONGEST = 60
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))})
NO_AREA = "general"


def slug(title: str, article_id: str) -> str:
    """`a-3-nightly-export-stops`. The id comes first: no two articles ever share a name."""
    start, words = article_id.lower(), _plain(title)
    return f"{start}-{words}" if words else start


def folder(product_area: str | None) -> str:
    """The folder of a product area; what no name can be made of goes where articles without an area go."""
    name = _plain(product_area or "")
    return f"{name}-area" if name in _RESERVED else name or NO_AREA


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.replace("\u00df", "ss")).encode("ascii", "ignore").decode()
    words = _OTHER.sub("-", folded.lower()).strip("-")
    return words if len(words) <= _LONGEST else words[: _LONGEST + 1].rpartition("-")[0] or words[:_LONGEST]
