"""What can be seen of a clause, beside what `extract_features` sees of the sentence that it is part of.

The fitted models over these features are in extract_models.json; see `evals.fit_capture`.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.capture import cue_phrases as cues
from pipelines.capture import cue_tones as tones
from pipelines.capture import extract_sections as sections
from pipelines.capture.environment_terms import TERM_RE
from pipelines.capture.extract_clauses import Clause
from pipelines.capture.extract_features import NAMES, NEGATION, TECHNICAL, features, telling_words
from pipelines.capture.extract_stance import CHANGE_LINK, Stance
from pipelines.capture.extract_units import Unit
from pipelines.domain.drafts import TicketView
from pipelines.domain.tickets import Role

Matrix = NDArray[np.float32]
_TROUBLE = re.compile(
    r"\b\w*(?:exception|error|errno|fatal|failure|fail(?:ed|s)?|cannot|can't|unable|undefined|not found|not defined"
    r"|has no method|denied|crash\w*|signal|invalid|abort\w*|segmentation|unrecognized|uncaught)\b",
    re.IGNORECASE,
)
ERROR_MESSAGE = re.compile(
    r"\b[A-Z]\w*(?:Exception|Error)\b\s*:|\berror\b\s*[:\]]|'[^']+' is not|has no method|Couldn't|terminat",
    re.IGNORECASE,
)
"""How programs word what went wrong."""
_OPENINGS = tuple(
    re.compile(rf"^(?:{words})")
    for words in (
        r"(?:because|since|due to|caused by|causing|as)\b",
        r"(?:but|however|although|though)\b",
        r"(?:so|thus|then|hence|which means)\b",
        r"(?:when|if|while|after|before|until|where|once|whenever|unless|as soon as|in|on|for|under|with)\b",
        r"(?:which|that)\b",
        r"(?:and|or)\b",
        r"(?:instead|by|in order|to)\b",
        r"\(",
        r"(?:i|we|you)\b",
        r"(?:it|this|that|they|these)\b",
    )
)
_LEADS = re.compile(
    r"^(?:\W*(?:i|we|it|this|that|apparently|basically|actually|so|well|ok|hi|hello|however)\W*){1,3}"
    r"(?:think|believe|guess|looks?|seems?|appears?|turn\w*|found|just|have|has)?(?: out| like| that| to be)*\W*$"
)
"""Nothing but a way to begin: "It turns out that"."""
_COMPARED = re.compile(r"\b(?:actual|observed) results?\b|\bresults?\b|\bexpected\b|\bsteps?\b|\bshould\b")
_QUOTED = re.compile(r"[\"'`]|\{\{")
_LONG_LINE = 160
_NONE = [0.0] * 3
CLAUSE_NAMES = (
    *NAMES,
    *("code", "code_trouble", "code_message", "first_code_message", "code_goes_on", "code_long", "code_place"),
    *("in_symptom", "in_expected", "in_steps", "in_environment", "share_of_message", "message_size", "thread_size"),
    *("second_message", "code_link", "link", "link_last", "links_in_thread", "beside_link", "beside_commit"),
    *("first", "last", "parts", "place", "share", "length", "technical_here"),
    *(f"opens_{kind}" for kind in ("cause", "but", "so", "when", "which", "and", "by", "bracket", "person", "it")),
    *("leads", "cause_here", "fix_here", "problem_here", "hedge_here", "negation_here", "works_here", "failed_here"),
    *("cause_before", "fix_before", "problem_before", "cause_after", "fix_after", "problem_after"),
    *(
        "subject_here",
        "terms_here",
        "trouble_here",
        "quotes_here",
        "compares_here",
        "ends_colon",
        "asks",
        "web",
        "digit",
    ),
)


def clause_features(
    view: TicketView, units: Sequence[Unit], clauses: Sequence[Clause], stance: Sequence[Stance]
) -> Matrix:
    """Shape (len(clauses), len(CLAUSE_NAMES)); every value is about -1 to 1."""
    if not clauses:
        return np.zeros((0, len(CLAUSE_NAMES)), dtype=np.float32)
    seen = _with_places_of_code(view, units, features(view, units, stance))
    beside = _beside(view, units)
    links = [at for at, clause in enumerate(clauses) if clause.link]
    linked = {units[clauses[at].unit].message: "/commit" in clauses[at].text for at in links}
    told = [_told(clause, units) for clause in clauses]
    subject = telling_words(view.subject.text.lower())
    rows = []
    for at, clause in enumerate(clauses):
        before = told[at - 1][:3] if clause.nth else _NONE
        after = told[at + 1][:3] if clause.nth < clause.of - 1 else _NONE
        of_message = linked.get(units[clause.unit].message)
        link = [clause.link, clause.link and at == links[-1], min(1.0, len(links) / 4)]
        link += [of_message is not None, bool(of_message)]
        shape = _shape(clause, units[clause.unit])
        rows.append([*link, *shape, *told[at], *before, *after, *_marks(clause, subject)])
    of = [clause.unit for clause in clauses]
    return np.hstack([seen[of], beside[of], np.array(rows, dtype=np.float32)])


def _with_places_of_code(view: TicketView, units: Sequence[Unit], seen: Matrix) -> Matrix:
    """`features` sees nothing of code: where it stands and who wrote it is put in."""
    column = {name: NAMES.index(name) for name in ("first_message", "position", "engineer", "agent", "customer")}
    last = max(1, len(view.messages) - 1)
    for at, unit in enumerate(units):
        if unit.code:
            role = view.messages[unit.message].role
            seen[at, column["first_message"]] = unit.message == 0
            seen[at, column["position"]] = unit.message / last
            for name, kind in (("engineer", Role.ENGINEER), ("agent", Role.AGENT), ("customer", Role.CUSTOMER)):
                seen[at, column[name]] = role is kind
    return seen


def _beside(view: TicketView, units: Sequence[Unit]) -> Matrix:
    size, reached = Counter(unit.message for unit in units), Counter[int]()
    found = np.zeros((len(units), 16), dtype=np.float32)
    first = True
    for at, unit in enumerate(units):
        reached[unit.message] += 1
        previous = units[at - 1] if at else None
        code, message = unit.code, unit.code and bool(ERROR_MESSAGE.search(unit.raw))
        found[at] = [
            code,
            code and bool(_TROUBLE.search(unit.raw)),
            message,
            message and first,
            code and previous is not None and previous.code and previous.message == unit.message,
            code and len(unit.raw) > _LONG_LINE,
            code * min(1.0, reached[unit.message] / 10),
            *(unit.section == kind for kind in (sections.SYMPTOM, sections.EXPECTED, sections.STEPS)),
            unit.section == sections.ENVIRONMENT,
            reached[unit.message] / size[unit.message],
            min(1.0, size[unit.message] / 20),
            min(1.0, len(view.messages) / 10),
            unit.message == 1,
            code and bool(CHANGE_LINK.search(unit.raw)),
        ]
        first = first and not message
    return found


def _shape(clause: Clause, unit: Unit) -> list[float]:
    words = len(clause.text.split())
    return [
        clause.nth == 0,
        clause.nth == clause.of - 1,
        min(1.0, clause.of / 6),
        clause.nth / max(1, clause.of - 1),
        clause.length / max(1, len(unit.raw)),
        min(1.0, math.log1p(words) / 4),
        min(1.0, len(TECHNICAL.findall(clause.text)) / 4),
        *(bool(p.search(clause.low)) for p in _OPENINGS),
        bool(_LEADS.search(clause.low)),
    ]


def _told(clause: Clause, units: Sequence[Unit]) -> list[float]:
    if units[clause.unit].code:
        return [0.0] * 7
    low = clause.low
    patterns = (tones.PROBLEM, tones.HEDGE, NEGATION, tones.RECOVERED, tones.FAILED)
    strength = [min(5.0, cues.strongest(kind, low)) / 5 for kind in (cues.CAUSE, cues.FIX)]
    return [*strength, *(bool(p.search(low)) for p in patterns)]


def _marks(clause: Clause, subject: set[str]) -> list[float]:
    low = clause.low
    return [
        len(subject & telling_words(low)) / max(1, len(subject)),
        min(1.0, len(TERM_RE.findall(low)) / 3),
        bool(_TROUBLE.search(low)),
        bool(_QUOTED.search(low)),
        bool(_COMPARED.search(low)),
        low.endswith(":"),
        low.endswith("?"),
        "http" in low,
        any(c.isdigit() for c in low),
    ]
