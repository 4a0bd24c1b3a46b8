"""Headings and labels inside a message ("Root cause:", "h2. Steps to reproduce") and what kind of text follows them."""

import re
from dataclasses import dataclass

SYMPTOM, STEPS, EXPECTED, CAUSE, FIX = "symptom", "steps", "expected", "cause", "fix"
WORKAROUND, ENVIRONMENT, AFFECTED, FIXED_IN, TRIED, OTHER = (
    "workaround",
    "environment",
    "affected",
    "fixed_in",
    "tried",
    "other",
)

_LABELS = {
    SYMPTOM: """
        problem | problem description | description | issue | issue description | symptom | symptoms | actual
        | actual result | actual results | actual behavior | actual behaviour | observed | observed result |
        result | results | error | error message | what happens | summary | details | impact | bug |
        fehlerbild | problembeschreibung | beschreibung | symptôme | síntoma
    """,
    STEPS: """
        steps | steps to reproduce | test steps | repro | repro steps | reproduction | reproduction steps |
        how to reproduce | test case | test | sample code | steps to test | to reproduce | code | code example
        | schritte | steps to reproduce and sample code
    """,
    EXPECTED: """
        expected | expected result | expected results | expected behavior | expected behaviour | expected
        outcome | erwartet
    """,
    CAUSE: """
        root cause | rootcause | root-cause | cause | rca | reason | root cause analysis | diagnosis | finding
        | findings | confirmed cause | actual cause | underlying cause | probable cause | ursache | cause
        racine | causa | causa raíz | grund
    """,
    FIX: """
        fix | resolution | solution | remedy | resolved by | fixed by | permanent fix | final fix | corrective
        action | action taken | fix applied | answer | lösung | loesung | behebung | résolution | solución |
        resolution summary | what fixed it
    """,
    WORKAROUND: """
        workaround | work around | work-around | quick workaround | temporary fix | mitigation | interim fix |
        interim workaround | temporary workaround
    """,
    ENVIRONMENT: """
        environment | env | environment details | platform | platforms | os | operating system | device |
        devices | browser | deployment | hardware | device info | machine os | environment affected | umgebung
        | environnement | entorno | devices tested | tested on device | os/browser
    """,
    AFFECTED: """
        affected version | affected versions | affects version | affects versions | version affected |
        versions affected | product version | version | affected | affects | betroffene version | version
        concernée | running version
    """,
    FIXED_IN: """
        fixed in | fix version | fix versions | fixed version | fixed versions | resolved in | fix in | fixed
        in version | released in | behoben in | ships in | fix release
    """,
    TRIED: """
        tried | already tried | tried so far | what we tried | things tried | attempted | attempts |
        troubleshooting | troubleshooting done | bereits versucht
    """,
    OTHER: """
        logs | log | note | notes | additional notes | additional info | additional information | discussion |
        discussions | next steps | next step | associated helpdesk ticket | helpdesk ticket | customer |
        attachments | references | status | update | pr | console output
    """,
}
_KIND = {" ".join(label.split()): kind for kind, labels in _LABELS.items() for label in labels.split("|")}
_WIKI = re.compile(r"\s*(?:h[1-6]\.|\#{2,6})\s*(?P<label>[^\n]{1,60}?)\s*:?\s*$")
_LABEL = re.compile(
    r"\s*(?:[-*•]\s+)?[*_]{0,2}(?P<label>[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ "
    r"/()-]{1,40}?)[*_]{0,2}\s?[:\uff1a][*_]{0,2}(?P<gap>\s+|$)"
)
_DASH = re.compile(
    r"\s*(?:[-*•]\s+)?[*_]{0,2}(?P<label>[A-Za-z][A-Za-z ]{1,30}?)[*_]{0,2}\s+(?:-|\u2013|\u2014|=)\s+(?=\S)"
)
_QUALIFIER = re.compile(
    r"\((?:confirmed|suspected|internal|final|likely|probable|draft|optional)\)|\b(?:confirmed|suspected|final"
    r"|the|our|likely)\b"
)
_BARE = re.compile(r"\s*\*(?P<label>[A-Za-z][A-Za-z ]{1,40}?):?\*\s*$")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a known kind. `content`: where the text after it starts within the line. A heading with a line
    of its own and wiki marks lasts until the next one; a label lasts until the paragraph ends.
    """

    section: str
    content: int
    inline: bool
    lasting: bool = False


def read_heading(line: str) -> Heading | None:
    """The heading that a line is, or starts with; None for a line that only looks like one."""
    if (
        ":" not in line
        and "." not in line
        and "#" not in line
        and "*" not in line
        and " - " not in line
        and "=" not in line
    ):
        return None
    wiki = _WIKI.match(line)
    if wiki:
        return Heading(_KIND.get(_normal(wiki["label"]), OTHER), len(line), inline=False, lasting=True)
    bare = _BARE.match(line)
    if bare and _normal(bare["label"]) in _KIND:
        return Heading(_KIND[_normal(bare["label"])], len(line), inline=False, lasting=True)
    label = _LABEL.match(line) or _DASH.match(line)
    if label is None:
        return None
    kind = _KIND.get(_normal(label["label"]))
    if kind is None:
        return None
    return Heading(kind, label.end(), inline=bool(line[label.end() :].strip()))


def _normal(label: str) -> str:
    return " ".join(_QUALIFIER.sub(" ", label.lower()).split()).strip("*_: ")
