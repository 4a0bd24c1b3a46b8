"""Is this new? Judges how a draft stands to known resolutions, on symptom, cause and fix, with reasons in words.

Called for each draft before an agent sees it, and for each confirmed record when contradictions are looked for. What
may be alike is found by retrieval and passed in; the thresholds are those that `python -m evals dedupe` measures.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from pipelines.capture.likeness import Embed, Likeness, likenesses, symptom_wordings
from pipelines.domain.confirmations import LinkAddition
from pipelines.domain.drafts import FieldName
from pipelines.domain.recurrences import Added, DedupeVerdict, Reason, Recurrence
from pipelines.domain.resolutions import Resolution, ResolutionContent
from pipelines.domain.value import Value


class Thresholds(Value):
    """Cosines at which two texts of one product are taken to say the same. Chosen by `python -m evals.fit_dedupe`.

    `near`: two problems below it are different ones. `problem`: the problem alone, where no cause or fix could tell
    otherwise. `answer`: cause and fix together. `fix`: below it two fixes of one condition are different ones, where
    the causes are at least as near as `opposed` and the problems as `seen`: a wrong one costs two people their time.
    `words`: a symptom this near to a wording on record is no symptom of its own (its words are kept all the same).
    """

    near: float = 0.25
    problem: float = 0.66
    cause: float = 0.5
    answer: float = 0.34
    fix: float = 0.5
    opposed: float = 0.38
    seen: float = 0.35
    words: float = 0.45


SHIPPED = Thresholds()

MOST_SHOWN = 3

_TOKEN = re.compile(r"\w[\w.+#-]*\w|\w")
_KNOWN_SHARE = 0.6
_RANK = {DedupeVerdict.CONTRADICTS: 0, DedupeVerdict.SAME_AS: 0, DedupeVerdict.UPDATE_OF: 1}

Covers = Callable[[str, Sequence[str]], bool]
"""Whether a version is among those listed, or within a range listed."""


def judge(
    likeness: Likeness, adds: Sequence[Added] = (), at: Thresholds = SHIPPED, *, nearest: bool = True
) -> DedupeVerdict:
    """What one resolution is to the draft. `adds` is what the draft's ticket says beyond it.

    `nearest`: see `nearest_problem`. Without it only the same cause makes other fixes contradict one another.
    """
    if not same_condition(likeness, at, nearest=nearest):
        return DedupeVerdict.NEW
    if _opposed(likeness, at, nearest=nearest):
        return DedupeVerdict.CONTRADICTS
    return DedupeVerdict.UPDATE_OF if adds or likeness.answer is None else DedupeVerdict.SAME_AS


def nearest_problem(likeness: Likeness, ours: Iterable[Likeness], theirs: Iterable[Likeness]) -> bool:
    """Whether the problem of one of the two is no nearer to any other record than to the other of the two.

    Where both have something nearer, what the two share is how people speak of their product. `ours`, `theirs`: the
    likenesses of either to the other records.
    """
    return any(all(_problem(one) <= _problem(likeness) for one in others) for others in (ours, theirs))


def _problem(likeness: Likeness) -> float:
    return max(likeness.problem or 0.0, likeness.symptom or 0.0)


def same_condition(likeness: Likeness, at: Thresholds = SHIPPED, *, nearest: bool = True) -> bool:
    """Whether symptom and cause are the same, as far as both state them."""
    problem = _problem(likeness)
    if likeness.codes_apart is not None or problem < at.near:
        return False
    if likeness.cause is not None and likeness.cause >= at.cause:
        return True
    if likeness.answer is not None and likeness.answer >= at.answer:
        # Words that cause and fix share by chance are many; with different fixes, something else has to agree.
        agrees = likeness.fix is None or likeness.fix >= at.fix or _opposed(likeness, at, nearest=nearest)
        return agrees or bool(likeness.codes_shared)
    return likeness.cause is None and problem >= at.problem


def _opposed(likeness: Likeness, at: Thresholds, *, nearest: bool) -> bool:
    """Whether the fixes differ though the condition is the same as far as both state it."""
    if likeness.fix is None or likeness.fix >= at.fix:
        return False
    problem = _problem(likeness)
    if likeness.cause is None:
        return problem >= at.problem
    return likeness.cause >= (at.opposed if nearest else at.cause) and problem >= at.seen


def recurrences(
    draft: ResolutionContent,
    candidates: Sequence[Resolution],
    embed: Embed,
    covers: Covers,
    *,
    no_codes: frozenset[str] = frozenset(),
) -> tuple[Recurrence, ...]:
    """The resolutions that the draft repeats, adds to or contradicts, likeliest first; empty: it is new.

    Few, since a person reads them. `no_codes`: see `likenesses`.
    """
    contents = [candidate.content for candidate in candidates]
    alikes = likenesses(draft, contents, embed, no_codes=no_codes)
    found = []
    for place, (candidate, alike) in enumerate(zip(candidates, alikes, strict=True)):
        adds = additions(draft, candidate.content, alike, covers)
        verdict = judge(alike, adds)
        if verdict is DedupeVerdict.CONTRADICTS:
            others = contents[:place] + contents[place + 1 :]
            theirs = likenesses(candidate.content, others, embed, no_codes=no_codes)
            ours = alikes[:place] + alikes[place + 1 :]
            verdict = judge(alike, adds, nearest=nearest_problem(alike, ours, theirs))
        if verdict is not DedupeVerdict.NEW:
            found.append(_recurrence(candidate.id, verdict, alike, adds))
    found.sort(key=lambda r: (_RANK[r.verdict], -r.similarity, r.resolution_id))
    return tuple(found[:MOST_SHOWN])


def additions(
    ours: ResolutionContent,
    theirs: ResolutionContent,
    likeness: Likeness,
    covers: Covers,
    at: Thresholds = SHIPPED,
) -> tuple[Added, ...]:
    """What ours says that theirs does not: a symptom in other words, an environment, versions."""
    found = []
    symptom = ours.text(FieldName.SYMPTOM)
    if symptom and not known(symptom, symptom_wordings(theirs)) and (likeness.symptom or 0.0) < at.words:
        found.append(Added(part=LinkAddition.SYMPTOM, text=symptom))
    environment = ours.text(FieldName.ENVIRONMENT)
    if environment and not _told(environment, _everything(theirs)):
        found.append(Added(part=LinkAddition.ENVIRONMENT, text=environment))
    versions = [v for v in ours.versions.affected if not covers(v, theirs.versions.affected)]
    if versions:
        found.append(Added(part=LinkAddition.VERSIONS, text=", ".join(versions)))
    return tuple(found)


def known(text: str, texts: Iterable[str]) -> bool:
    """Whether the words stand in one of the texts already, whatever the case, blanks and marks between them."""
    wanted = f" {_plain(text)} "
    return any(wanted in f" {_plain(other)} " for other in texts)


def _plain(text: str) -> str:
    return " ".join(_TOKEN.findall(text.casefold()))


def _told(text: str, record: str) -> bool:
    """Whether most of the words of a text stand in the record, in whatever order."""
    words = {w for w in _plain(text).split() if len(w) > 2}  # noqa: PLR2004 - on, to, in
    there = set(_plain(record).split())
    return bool(words) and len(words & there) >= _KNOWN_SHARE * len(words)


def _everything(content: ResolutionContent) -> str:
    texts = (content.title, *(f.text or "" for f in content.fields.values()), *(a.text for a in content.additions))
    return "\n".join(texts)


def _recurrence(name: str, verdict: DedupeVerdict, alike: Likeness, adds: tuple[Added, ...]) -> Recurrence:
    reasons = tuple(_reasons(alike, adds))
    return Recurrence(
        resolution_id=name,
        verdict=verdict,
        similarity=round(alike.most, 4),
        why="; ".join(reason.text for reason in reasons),
        reasons=reasons,
        adds=adds,
    )


def _reasons(alike: Likeness, adds: Sequence[Added]) -> Iterable[Reason]:
    """In the order in which a person checks them."""
    for code in alike.codes_shared:
        yield Reason(kind="code", text=f"same error code {code}")
    problem = "same problem" if (alike.problem or 0.0) >= SHIPPED.problem else "the problem in other words"
    yield Reason(kind="problem", text=problem)
    if alike.cause is None:
        yield Reason(kind="cause", text="the cause is not stated on both sides")
    else:
        same = alike.cause >= SHIPPED.cause
        yield Reason(kind="cause", text="same cause" if same else "the cause is told differently")
    if alike.fix is None:
        yield Reason(kind="fix", text="the fix is not stated on both sides")
    else:
        yield Reason(kind="fix", text="same fix" if alike.fix >= SHIPPED.fix else "other fix")
    if alike.kinds and alike.kinds[0] is not alike.kinds[1]:
        yield Reason(kind="fix_kind", text=f"kind of fix: {alike.kinds[0].value} here, {alike.kinds[1].value} there")
    if alike.same_area:
        yield Reason(kind="area", text="same product area")
    for added in adds:
        yield Reason(kind="adds", text=_adds(added))


def _adds(added: Added) -> str:
    if added.part is LinkAddition.SYMPTOM:
        return "adds the symptom in the customer's words"
    if added.part is LinkAddition.ENVIRONMENT:
        return "adds an environment"
    return f"adds version {added.text}"
