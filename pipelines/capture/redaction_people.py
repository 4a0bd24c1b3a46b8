# ruff: noqa: E501, RUF001 - lists of words stand on few lines; the typographic apostrophe
"""Finds people whom a thread speaks of and the ticket does not name: greeted, signing, spoken with. Used by redact.

A sentence gives a name away by its form alone; what is no name there (a team, a product, the next word of the
sentence) is told by lists.
"""

import re
from collections.abc import Iterator

from pipelines.capture.redaction_names import is_of_a_team

_NAME = r"[A-ZÀ-ÖØ-Þ](?:['’][A-ZÀ-ÖØ-Þ])?[a-zß-öø-ÿāčćđēěğīłńňōřśšşťūůźżž]{1,20}(?:[-'’]?[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]{1,20})?"
_ONE = rf"(?P<name>{_NAME})"
_UP_TO_TWO = rf"(?P<name>{_NAME}(?: {_NAME})?)"
_TWO = rf"(?P<name>{_NAME}(?: [A-Z]\.)? (?:(?:van|von|de|der|den|da|di|del|la|le|bin|al) ){{0,2}}{_NAME})"
_END = r"(?=[ \t]{0,3}(?:[,.!?;:)\]]|-|–|—|$|\n|and\b|und\b))(?!['’.]\w)"
_START = r"(?m:^|(?<=[.!?>*\"] )|(?<=\n))[>\s*]{0,6}"

_GREETED = re.compile(
    rf"{_START}(?i:hi|hello|hey|dear|hallo|hola|bonjour|moin|ciao|olá|good\s(?:morning|afternoon|evening)|guten\s(?:tag|morgen)|liebe[rs]?)"
    rf"[ ](?!(?i:mr|mrs|ms|dr|herr|frau)\b){_UP_TO_TWO}(?=[ \t]{{0,3}}(?:[,.!;:\n]|-|–|—|$|and\b|&|/)|[ ](?-i:I\b|[a-z]))(?!['’.]\w)"
)
_THANKED = re.compile(
    rf"\b(?:[Tt]hanks|[Tt]hank\s[Yy]ou|[Tt]hx|[Dd]anke|[Gg]racias|[Mm]erci|[Cc]heers),?[ ]{_UP_TO_TWO}{_END}"
)
_SIGNED = re.compile(
    r"(?:(?m:^)[>\s]{0,4}|(?<=[.!?] ))(?:(?i:(?:(?:best|kind|warm|many)\s)?(?:regards|wishes|thanks)|best|cheers|thanks(?:\sagain|\sin\sadvance|\sa\slot)?|thank\syou|sincerely|yours(?:\s\w{1,12})?"
    r"|(?:mit\s)?(?:freundlichen|besten|vielen?|liebe|viele)\s(?:grüßen?|dank)|saludos|un\ssaludo|atentamente|cordialement|bien\sà\svous))"
    rf"[ ]?[,.!-]{{0,2}}[ \t]*\n(?:[ \t>]*\n)?[>\s~-]{{0,4}}(?P<name>{_NAME}(?: [A-Z]\.)?(?: {_NAME}){{0,2}})[ \t]*(?=\n|$)"
)
_SPOKEN = re.compile(
    rf"\b(?i:spoke|spoken|speaking|talked|talking|met|chatted|chatting)[ ](?:with|to)[ ]{_UP_TO_TWO}(?!['’]?\w|[ ][A-Z])"
)
_NAMED_IN_FULL = re.compile(
    r"\b(?:(?i:according\sto|thanks\sto|credit\sto|forwarded\sby|reported\sby|confirmed\sby|suggested\sby|assigned\sto|discovered\sby|written\sby|call\swith|call\sfrom|mail\sfrom|email\sfrom|word\sfrom)"
    rf"|contact|ask|asked|called|emailed|phoned|cc|CC|Cc|ping|attn|ATTN|Attn)[:]?[ ]{_TWO}(?![ ]?[A-Z(<]|['’.]\w)"
)
_TITLED = re.compile(
    rf"(?<![\w.])(?:Mr|Mrs|Ms|Miss|Herrn?|Frau|Señora?|Sra?|Monsieur|Madame|Mme|Signora?)\.?[ ](?P<name>{_NAME}(?: {_NAME})?)(?!['’.]\w)"
)
_COLLEAGUE = re.compile(
    r"\b(?i:my|our|his|her|their|the)[ ](?:(?:\w{2,12})[ ])?(?i:colleagues?|co-?worker|manager|boss|admin|administrator|supervisor|teammate|team\slead|kollegen?|kollegin|collègue)[ ,]{1,2}"
    rf"{_UP_TO_TWO}(?!['’.]\w|[ ][A-Z])"
)
_WROTE = re.compile(
    rf"(?m:^)[>\s]{{0,8}}(?:(?:On|Am|El|Le)[ ][^\n]{{4,60}}?[,\d][ ])?{_TWO}(?:[ ]<[^>\n]{{3,80}}>)?[ ](?:wrote|schrieb|escribió|a\sécrit)[ ]?:"
)
_FIELD = re.compile(
    r"(?m:^)[>\s*-]{0,4}(?i:(?:full\s|contact\s|caller\s|user'?s?\s|customer\s|first\s|last\s|real\s|display\s)?name|contact(?:\sperson)?|caller|reporter|requester|requestor|customer|owner|manager|user|employee|attn)[ ]?[:=][ ]?"
    rf"{_TWO}(?=[ \t]*(?:[,;(<]|\n|$))"
)

_NO_NAME = frozenset(
    "a about above access account actually adobe after again alice all alloy also although always amazing an and android any anybody"
    " anyone apologies api app appcelerator apple application april are as at august awesome azure be because before below best blackberry"
    " both browser bug build but button buddy bye by can chrome class click client cloud code colleagues community company console"
    " contact core could customer customers dashboard data database day dear december default detail details developer developers device"
    " devs did do does done dropbox each eclipse engineering error even every everybody everyone excel exchange facebook february feel file"
    " firefox first flash folder folks for form found friday friend friends from further gentlemen git github gitlab go good google got great"
    " group guidelines guys had has have having he hello help helpdesk her here hi his home how however if image images in info information"
    " instagram install internet ios is issue it its january java javascript jenkins jira july june just kernel kibana kindly ladies"
    " last later let like linkedin linux list looking mac madam main management many map march master may maybe me meanwhile microsoft"
    " mobile mode module monday money more most my name native need never new nice no none not note nothing now november october of office"
    " okay on once one only open oracle other our out outlook page paypal people per phone plan platform please plus power preview problem"
    " product project qa quick ready really regarding regards release request res safari salesforce saturday search see september server"
    " service service-now settings she should since sir sirs skype slack so some somebody someone something sorry sql status still store"
    " stripe studio such sunday super support sure system table team teams thank thanks that the their them then there these they thing"
    " things this those though thursday ticket time titanium to today tomcat tomorrow tuesday twitter ubuntu unfortunately until up update us"
    " user users using version very view views virtual visual vendor was we web wednesday welcome well what when where whether which while who why"
    " will windows with without word work world would xcode yes yesterday yet you your youtube zendesk"
    " alle alles bitte danke hallo herr kunden leute liebe nicht und zusammen todos equipo señor señores tous tout le monde equipe"
    " cheers regards mootools guy man mate dude hidden best warm kind unknown anonymous admin administrator manager studios desktop laptop spring boot".split()
)
"""Words that stand where a name could: the next word of the sentence, a team, a product, a day."""


def told_people(text: str) -> Iterator[tuple[int, int, str]]:
    """Ranges of names that sentences of a text give away."""
    folded = text.casefold()
    for words, pattern in _SENTENCES:
        if any(word in folded for word in words):
            for match in pattern.finditer(text):
                if _is_name(match.group("name").split()):
                    yield *match.span("name"), match.group("name")


def _is_name(words: list[str]) -> bool:
    """Whether none of the words is one that stands where a name could."""
    if any(is_of_a_team(word) or word.casefold() in _NO_NAME for word in words):
        return False
    # A product may be called like a person: what is greeted as `Jenkins` is the build server.
    return len(words) > 1 or words[0].casefold() not in _PRODUCTS


_SENTENCES = (
    (
        ("hi ", "hello", "hey", "dear", "hallo", "hola", "bonjour", "moin", "ciao", "olá", "good", "guten", "liebe"),
        _GREETED,
    ),
    (("thank", "thx", "danke", "gracias", "merci", "cheers"), _THANKED),
    (
        (
            "regards",
            "wishes",
            "thank",
            "best",
            "cheers",
            "sincerely",
            "yours",
            "grü",
            "dank",
            "saludo",
            "atenta",
            "cordial",
            "bien ",
        ),
        _SIGNED,
    ),
    (("spoke", "speaking", "talk", "met ", "chat"), _SPOKEN),
    (
        (
            "according",
            "thanks to",
            "credit to",
            " by ",
            "assigned to",
            "call ",
            "mail from",
            "word from",
            "contact",
            "ask",
            "called",
            "phoned",
            "cc",
            "ping",
            "attn",
        ),
        _NAMED_IN_FULL,
    ),
    (("mr", "ms", "miss", "herr", "frau", "señor", "sr", "mme", "monsieur", "madame", "signor"), _TITLED),
    (
        ("colleague", "worker", "manager", "boss", "admin", "supervisor", "teammate", "lead", "kolleg", "collègue"),
        _COLLEAGUE,
    ),
    (("wrote", "schrieb", "escribió", "écrit"), _WROTE),
    (
        (
            "name",
            "contact",
            "caller",
            "reporter",
            "request",
            "customer",
            "owner",
            "manager",
            "user",
            "employee",
            "attn",
        ),
        _FIELD,
    ),
)
"""Each pattern with words of which all its matches have one: most texts have none."""


_PRODUCTS = frozenset(
    "ansible apache chef dart delta docker gradle jenkins jetty jira kotlin maven oracle perl phoenix puppet python"
    " ruby rust sage scala spark spring swift tomcat".split()
)
