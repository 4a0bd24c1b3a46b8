"""Finds the people and the customer of one ticket by name. Used by redact.

Full names and handles are taken wherever they stand; a given name or a surname alone only where it is unlikely to
be an ordinary word.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_ROLES = frozenset(
    "admin administrator ag agent al and anonymous api automation billing bin bot client cloud customer da "
    "data de del den der desk dev development devops di dr el engineer engineering for gmbh guest helpdesk ibn "
    "inc info integration it jira jr l1 l2 l3 la le level llc ltd mac manager mc mr mrs ms no nobody none "
    "noreply null of operations operator ops owner product qa reply root sa sales security server service sr "
    "sre support system team test testing the tier unknown user van von webhook zendesk".split()
)
_TEAMS = frozenset(
    "team teams desk support service services vendor partner partners provider supplier carrier timer bot bots system "
    "engineering operations queue automation monitor monitoring alert alerts alerting helpdesk customer department "
    "dept incident incidents committee escalation escalations center centre management sla noc soc hotline office rota "
    "on-call oncall webhook integration api notifications notifier".split()
)
"""A name with one of these words is that of a team, a company or a program."""

_PROPER = frozenset(
    "amazon android ansible apache apple april asia august austin boston chef china dallas dart delta denver docker "
    "france google gradle houston india intel iris israel java jenkins jetty jira jordan juli julia june kotlin linux "
    "london mai mail main maven may microsoft montag oracle page paris perl phoenix puppet python root ruby rust sage "
    "scala spark spring stack swift sydney tomcat travis update virginia washington window windows york".split()
)
"""Names that are written in capitals for other reasons too: months, places, products, parts of a screen."""

_COMMON = frozenset(
    "ada alpha alt amazon amber android ansible apache apple april art asia august austin autumn baker ball "
    "banks basic basis bean bear bell berry best bill bird black blanco bond book boot boston box branch "
    "bridge bright brook brown buck burn bush butcher case cash chance chase check chef china chip church clay "
    "cliff cloud code coin cole colt cook cross crystal dale dallas dart dash dawn day dean dell delta denver diamond "
    "docker don down drake drew driver duke earl east edge error eve even fair faith fast ferry field fields "
    "first fisher flint flow ford forest fox france frank frost gardener gates gay gene glen gold good google "
    "grace gradle grant gray green grey gross groß guard guy hall ham hand harbor hard hardy hart hawk head "
    "high hill holiday home hood hook hope host house houston hunter india ink intel iris iron israel ivy jack "
    "java jay jenkins jet jetty job jobs join joint jordan joy judge juli julia june keen key keys king klein "
    "knight kotlin lake lamb land lane lang large last law lead lean light lily link linux lion little lock "
    "london long love low luck luz mai mail main major male mar mark mars marsh maven max may merry microsoft "
    "mild miles mills min montag moody moon neu new newman nice noble node north old olive oracle pace page "
    "paris park parks pat paz peace pearl peck penny perl phoenix pike pope porter post potter pound power "
    "powers price pride prince print proper puppet python rain ray rice rich richter river rob root rosa rose "
    "ruby rush rust sage salt sandy scala sharp shell ship shore short silk silver simple singer skinner sky "
    "sly small snow sol son song south space spark speed spring square stack star stark state steel still "
    "stock stone storm strange street strong sue summer sun swan sweet swift sydney temple thorn tomcat tower "
    "town train travis trip true tucker update vice virginia wade wait wake wall walls ware washington way "
    "weeks west white will window windows wise wolf wood woods work worth york young".split()
)
_NEAR_NAME = (
    r"(?:\b(?:hi|hello|hey|dear|morning|afternoon|evening|hallo|hola|bonjour|moin|liebe[rs]?|guten\s(?:tag|morgen)|thanks"
    r"|thank\syou|thx|danke|gracias|merci|cheers|regards|wishes|saludos|grüßen?|ping|cc|from|by|with|to|asked?|per|@"
    r"|mr\.?|mrs\.?|ms\.?|herrn?|frau|señora?|sr\.|sra\.)[ \t,]{1,3}|@|(?:users|home|settings)[\\/])"
)
_LOWER = 5  # letters: a shorter name in small letters is too often a word or an abbreviation
_SHORT = 3  # letters: a shorter name alone is too often something else
_GREETINGS = frozenset(
    "hi hello hey dear hallo hola bonjour moin liebe lieber liebes thanks thx danke gracias merci".split()
)
_SUFFIX = re.compile(
    r"[\s,]+(?:inc|incorporated|ltd|limited|llc|llp|plc|gmbh(?:\s*&\s*co\.?\s*kg)?|ag|kg|se|s\.?a\.?(?:\sde\sc\.?v\.?)?|s\.?l\.?|s\.?r\.?l\.?"
    r"|b\.?v\.?|n\.?v\.?|oy|ab|as|a/s|aps|pty(?:\s+ltd)?|k\.?k\.?|co|corp|corporation|company|group"
    r"|holdings?)\.?$",
    re.IGNORECASE,
)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HONORIFIC = r"(?=\s?(?:さん|様|氏|先生|殿|くん|ちゃん|部長|課長|님|씨|先生|女士|经理))"
_PARTS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")  # noqa: RUF001 - the typographic apostrophe
_LEFT, _RIGHT = r"(?<![^\W_])", r"(?![^\W_])"


@dataclass(frozen=True, slots=True)
class Named:
    """A name found: view range, kind (`person` or `account`), and a key that all names of one person share."""

    start: int
    end: int
    kind: str
    key: str


class NameFinder:
    """Compiled once for a ticket; finds its names in any of its texts."""

    def __init__(self, people: Sequence[str], account: Sequence[str], told: Sequence[str] = ()) -> None:
        """`told`: people whom the thread names; a single name of theirs is taken only as it is written there."""
        self._owner: dict[str, tuple[str, str]] = {}
        exact: dict[str, None] = {}
        careful: dict[str, None] = {}
        greeted: dict[str, None] = {}
        common_forms: dict[str, None] = {}
        for name in account:
            for form in _account_forms(name):
                exact[_any_case(form)] = None
                self._owner.setdefault(_fold(form), ("account", ""))
        for name in people:
            full, single, common = _person_forms(name)
            for form in (*full, *single, *common):
                self._owner.setdefault(_fold(form), ("person", _fold(name)))
            exact.update(dict.fromkeys(map(_any_case, full)))
            common_forms.update(dict.fromkeys(form for form in common if _fold(form) not in _PROPER))
            careful.update(dict.fromkeys(map(_as_name, single)))
            greeted.update(dict.fromkeys(_any_case(form, bounded=False) for form in (*single, *common)))
        for name in sorted(told, key=lambda name: -len(name.split())):
            full, single, common = _person_forms(name)
            self._owner.setdefault(_fold(name), ("person", _fold(name)))
            owner = self._owner[_fold(name)]
            for form in (*full, *single, *common):
                self._owner.setdefault(_fold(form), owner)
            exact.update({_any_case(form): None for form in full})
            careful.update({_as_written(form): None for form in single})
            greeted.update({_any_case(form, bounded=False): None for form in (*single, *common)})
        amid = _alternation({_amid(form): None for form in common_forms})
        self._patterns = [_alternation(exact), _alternation(careful), amid]
        near = _alternation(greeted)
        self._near = re.compile(f"(?i:{_NEAR_NAME})(?P<name>{near.pattern}){_RIGHT}") if near else None
        self._signed = (
            re.compile(rf"(?m)^[ \t~-]{{0,4}}(?P<name>{near.pattern})[ \t]{{0,3}}(?:[,:!]|\.?$)") if near else None
        )

    def find(self, text: str) -> Iterator[Named]:
        """Every name in a text; those of one sort may overlap those of another."""
        for pattern in self._patterns:
            for match in pattern.finditer(text) if pattern else ():
                if not _in_dotted_name(match):
                    yield self._named(match, 0)
        for match in self._near.finditer(text) if self._near else ():
            name = match.group("name")
            greeting = match.group()[: match.start("name") - match.start()].strip(" \t,").casefold()
            if (
                not name.islower()
                or greeting.endswith(("@", "/", "\\"))
                or (greeting in _GREETINGS and _fold(name) not in _COMMON)
            ):
                yield self._named(match, "name")
        for match in self._signed.finditer(text) if self._signed else ():
            if not match.group("name").islower():
                yield self._named(match, "name")

    def owner(self, name: str) -> tuple[str, str]:
        """Kind and key of a name as it is written in a text."""
        return self._owner.get(_fold(name), ("person", _fold(name)))

    def _named(self, match: re.Match[str], group: int | str) -> Named:
        start, end = match.span(group)
        # A few letters change case one to many, so that a match need not fold to the form that it matched.
        kind, key = self.owner(match.group(group))
        return Named(start, end, kind, key)


def _in_dotted_name(match: re.Match[str]) -> bool:
    """Whether a name joined by dots is part of a longer dotted name, as of a class or a host."""
    if "." not in match.group():
        return False
    text, start, end = match.string, match.start(), match.end()
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    return bool(re.fullmatch(r"\w\.", before) or re.match(r"\.\w|\$", after))


def _fold(text: str) -> str:
    return re.sub(r"[\s._\-]+", " ", text.casefold()).strip()


def _any_case(form: str, *, bounded: bool = True) -> str:
    """A pattern for a form in any case, with any of the usual joints between its words."""
    words = [re.escape(word) for word in re.split(r"[\s._\-]+", form) if word]
    body = f"(?i:{r'[ ._-]{1,3}'.join(words)})"
    return body if not bounded or _CJK.search(form) else _LEFT + body + _RIGHT


def _as_name(form: str) -> str:
    """A pattern for a given name or surname as names are written: as it is, capitalised, or in capitals."""
    if _CJK.search(form):
        return re.escape(form) + _HONORIFIC
    written = dict.fromkeys((form if not form.islower() else form.capitalize(), form.capitalize(), form.upper()))
    if len(form) >= _LOWER:
        written[form.lower()] = None
    return f"{_LEFT}(?:{'|'.join(map(re.escape, written))}){_RIGHT}(?![/\\\\]|\\.\\w)"


def _as_written(form: str) -> str:
    return f"{_LEFT}{re.escape(form)}{_RIGHT}(?![/\\\\]|\\.\\w)"


def _amid(form: str) -> str:
    """A pattern for a name that is also a word, capitalised in the middle of a sentence."""
    return rf"(?<=[a-z,;] ){re.escape(form.capitalize())}{_RIGHT}(?![/\\]|\.\w|[ -][A-Z])"


def _alternation(patterns: dict[str, None]) -> re.Pattern[str] | None:
    return re.compile("|".join(sorted(patterns, key=lambda p: (-len(p), p)))) if patterns else None


def _person_forms(name: str) -> tuple[list[str], list[str], list[str]]:
    """Of a person as the ticket names them: whole names and handles, single names, and single names that are words."""
    plain = re.sub(r"\s*[(<\[].*$", "", name).strip() or name
    local, at, _ = plain.partition("@")
    plain = local if at else plain
    if "," in plain:
        last, _, first = plain.partition(",")
        plain = f"{first.strip()} {last.strip()}"
    words = [w for w in re.split(r"[\s._\-]+", plain) if w]
    if all(_fold(w) in _ROLES or len(w) == 1 for w in words) or any(_fold(w) in _TEAMS for w in words):
        return [], [], []
    if len(words) == 1:
        return _single_word(words[0])
    full = [" ".join(words)]
    letters = [w for w in words if _PARTS.fullmatch(w)]
    if len(letters) > 1:
        full.append(f"{letters[-1]} {' '.join(letters[:-1])}")
        full.append(f"{letters[-1]}, {' '.join(letters[:-1])}")
        full.append(f"{letters[0]} {letters[-1]}")
        if _CJK.search(plain):
            full.append("".join(letters))
    outer = [w for w in dict.fromkeys((letters[0], letters[-1])) if _fold(w) not in _ROLES] if letters else []
    long = [w for w in outer if len(w) >= _SHORT or _CJK.search(w)]
    return (
        full,
        [w for w in long if _fold(w) not in _COMMON],
        [w for w in long if _fold(w) in _COMMON],
    )


def _single_word(word: str) -> tuple[list[str], list[str], list[str]]:
    """A handle with a digit is unmistakable; another single word is treated like a given name."""
    if len(word) < _SHORT and not _CJK.search(word):
        return [], [], []
    if any(c.isdigit() for c in word):
        return ([word] if any(c.isalpha() for c in word) else []), [], []
    if _fold(word) in _COMMON:
        return [], [], [word]
    return ([word] if word.islower() or _CJK.search(word) else []), [word], []


def without_legal_form(company: str) -> str:
    """A company's name without `GmbH`, `Ltd` and the like."""
    return _SUFFIX.sub("", company.strip()).strip(" ,.&")


def is_ordinary(word: str) -> bool:
    """Whether a word means something by itself, so that it names nobody where it stands alone."""
    return _fold(word) in _COMMON | _ROLES | _PROPER


def is_of_a_team(word: str) -> bool:
    """Whether a name with this word is that of a team, a company or a program."""
    return _fold(word) in _TEAMS


def _account_forms(name: str) -> list[str]:
    """An account's name with and without its legal form, or an account's id, where it is no ordinary word."""
    whole = name.strip()
    core = without_legal_form(whole)
    forms = [form for form in dict.fromkeys((whole, core)) if len(form) >= _SHORT or _CJK.search(form)]
    usable = [form for form in forms if form and _fold(form) not in _COMMON | _ROLES and not form.isdigit()]
    return [form for form in usable if len(form) > _SHORT or not form.islower()]
