"""How alike two records are, part by part: what de-duplication judges. Records in, cosines and hard facts out."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from pipelines.domain.confirmations import LinkAddition
from pipelines.domain.drafts import FieldName, FixKind
from pipelines.domain.resolutions import ResolutionContent
from pipelines.domain.value import Value
from pipelines.ports import Vectors

Embed = Callable[[Sequence[str]], Vectors]
"""Texts to rows of length 1, in their order."""

READ = 1_100
"""Characters of a part that are compared: about what a sentence model reads."""

_LEAST_WORDS = 4
_WORD = re.compile(r"[^\W\d_]{3,}")
_CODE = re.compile(r"(?<![\w-])([A-Z][A-Z_]{1,11})[-_]?(\d{2,8})(?![\w-])")
_BOILERPLATE = frozenset(
    "fix fixed fixes fixing resolve resolved resolves solve solved merge merged commit commits committed code change "
    "changes changed patch patched pull request requests linked branch master pushed push this issue the was has been "
    "with and for now that done closed closing update updated latest release released version next will".split()
)


class Likeness(Value):
    """Cosines of the parts, None where either record says nothing there; codes as they are written.

    `symptom` is that of the draft's symptom and the nearest wording which the record knows.
    """

    problem: float | None = None
    symptom: float | None = None
    cause: float | None = None
    fix: float | None = None
    answer: float | None = None
    codes_shared: tuple[str, ...] = ()
    codes_apart: tuple[str, str] | None = None
    same_area: bool | None = None
    kinds: tuple[FixKind, FixKind] | None = None

    @property
    def most(self) -> float:
        return max((v for v in (self.problem, self.symptom, self.answer) if v is not None), default=0.0)


def likenesses(
    ours: ResolutionContent,
    others: Sequence[ResolutionContent],
    embed: Embed,
    *,
    no_codes: frozenset[str] = frozenset(),
) -> list[Likeness]:
    """The draft, in the form of a record, against each of the others. Embeds every text once.

    `no_codes` are letters that stand before numbers without making an error code, such as the tickets' own prefix.
    """
    mine, theirs = _parts(ours), [_parts(other) for other in others]
    wordings = [symptom_wordings(other) for other in others]
    texts = [*mine.values(), *(t for parts in theirs for t in parts.values()), *(w for some in wordings for w in some)]
    distinct = list(dict.fromkeys(text[:READ] for text in texts))
    rows = dict(zip(distinct, embed(distinct), strict=True)) if distinct else {}

    def cosine(one: str | None, other: str | None) -> float | None:
        if not one or not other:
            return None
        return float(np.clip(rows[one[:READ]] @ rows[other[:READ]], -1.0, 1.0))

    found = []
    for other, parts, said in zip(others, theirs, wordings, strict=True):
        alike = {name: cosine(mine.get(name), parts.get(name)) for name in ("problem", "cause", "fix", "answer")}
        near = [c for wording in said if (c := cosine(mine.get("symptom"), wording)) is not None]
        found.append(Likeness(symptom=max(near, default=None), **alike, **_facts(ours, other, no_codes)))
    return found


def symptom_wordings(content: ResolutionContent) -> list[str]:
    """Every way in which a record tells its symptom: the field's lines, and what recurrences added."""
    lines = (content.text(FieldName.SYMPTOM) or "").split("\n")
    added = (a.text for a in content.additions if a.part is LinkAddition.SYMPTOM)
    return [line.strip() for line in (*lines, *added) if line.strip()]


def tells(text: str | None) -> bool:
    """Whether a fix says what was done: "fixed by a pull request" is said of anything."""
    words = {word.casefold() for word in _WORD.findall(text or "")} - _BOILERPLATE
    return len(words) >= _LEAST_WORDS


def _parts(content: ResolutionContent) -> Mapping[str, str]:
    symptom = (content.text(FieldName.SYMPTOM) or "").strip()
    cause = (content.text(FieldName.ROOT_CAUSE) or "").strip()
    fix = (content.text(FieldName.FIX) or "").strip()
    fix = fix if tells(fix) else ""
    parts = {
        "problem": f"{content.title.strip()}\n{symptom}".strip(),
        "symptom": symptom,
        "cause": cause,
        "fix": fix,
        "answer": f"{cause} {fix}".strip(),
    }
    return {name: text for name, text in parts.items() if text}


def _facts(ours: ResolutionContent, other: ResolutionContent, no_codes: frozenset[str]) -> Mapping[str, object]:
    mine, theirs = _codes(ours, no_codes), _codes(other, no_codes)
    shared = tuple(sorted(mine.keys() & theirs.keys()))
    apart = None
    if not shared:
        # Another code of the same family (SAML-0417, SAML-0422) is another problem however alike the words are.
        pairs = [(m, t) for m, family in sorted(mine.items()) for t, f in sorted(theirs.items()) if f == family]
        apart = pairs[0] if pairs else None
    areas = (ours.product_area, other.product_area)
    return {
        "codes_shared": shared,
        "codes_apart": apart,
        "same_area": areas[0].strip().casefold() == areas[1].strip().casefold() if areas[0] and areas[1] else None,
        "kinds": (ours.fix_kind, other.fix_kind) if ours.fix_kind and other.fix_kind else None,
    }


def _codes(content: ResolutionContent, no_codes: frozenset[str]) -> dict[str, str]:
    """The error codes in what is told of the problem and its cause, each with its family."""
    told: Iterable[str] = (content.title, *symptom_wordings(content), content.text(FieldName.ROOT_CAUSE) or "")
    return {
        match.group(): match.group(1)
        for text in told
        for match in _CODE.finditer(text)
        if match.group(1) not in no_codes
    }
