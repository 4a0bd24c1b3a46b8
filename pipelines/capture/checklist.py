"""Holds a record to the content standard of KCS: what the program can tell, with why. Pure; no link is ever fetched."""

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlsplit

from pipelines.domain.checklist import ChecklistItem, ItemState
from pipelines.domain.confirmations import VERSION, SettledState
from pipelines.domain.drafts import FieldName
from pipelines.domain.recurrences import DedupeVerdict, Recurrence
from pipelines.domain.resolutions import ResolutionContent

_MET, _NOT, _UNKNOWN = ItemState.MET, ItemState.NOT_MET, ItemState.CANNOT_TELL
_SHARE = 0.5
"""Of the words that matter, how many have to be found again."""

_LEAST_TITLE = 3
_ROOT = 5
"""Letters by which two forms of a word are taken for one: export, exporter, exporting."""

_WORD = re.compile(r"[^\W_]{3,}")
_LINK = re.compile(r"\b(?:https?|ftp|file|ssh)://[^\s<>\"'|\])}]+|\bwww\.[^\s<>\"'|\])}]+", re.IGNORECASE)
_HOST = re.compile(r"^(?=.{4,253}$)(?:(?!-)[\w-]{1,63}(?<!-)\.)+[^\W\d_]{2,63}$")
_INTERNAL = (
    ".local",
    ".localhost",
    ".internal",
    ".intranet",
    ".lan",
    ".corp",
    ".home",
    ".test",
    ".invalid",
    ".private",
)
_COMMON = frozenset(
    "the and for with that this from have has are was were not but when after before into only does did can cannot "
    "will they them their there then than its you your our out all any one two get gets got who what also".split()
)
_FIELD_WORDS = {
    FieldName.SYMPTOM: "symptom",
    FieldName.ROOT_CAUSE: "root cause",
    FieldName.FIX: "fix",
    FieldName.ENVIRONMENT: "environment",
}


def checklist(
    record: ResolutionContent,
    *,
    alike: Sequence[Recurrence] | None,
    customer: Iterable[str],
    redact: Callable[[str], str],
) -> tuple[ChecklistItem, ...]:
    """The six items for a record as it stands or as it is being typed.

    `alike` are the resolutions found to be near it, None where nothing was compared. `customer` is what the customer
    wrote, redacted; `redact` takes out of a text what identifies somebody.
    """
    return (
        _unique(alike),
        _complete(record),
        _customers_words(record, customer),
        _title(record),
        _nothing_personal(record, redact),
        _links(record),
    )


def _unique(alike: Sequence[Recurrence] | None) -> ChecklistItem:
    if alike is None:
        return _item("unique", _UNKNOWN, "it was not compared with the other resolutions")
    for verdict, said in (
        (DedupeVerdict.CONTRADICTS, "gives another fix for the same condition"),
        (DedupeVerdict.SAME_AS, "says the same"),
        (DedupeVerdict.UPDATE_OF, "holds the same cause and fix already"),
    ):
        names = [one.resolution_id for one in alike if one.verdict is verdict]
        if names:
            return _item("unique", _NOT, f"{', '.join(names)} {said}")
    return _item("unique", _MET, "no other resolution was found to say the same")


def _complete(record: ResolutionContent) -> ChecklistItem:
    missing = [
        words for name, words in _FIELD_WORDS.items() if not record.text(name) and not _not_applicable(record, name)
    ]
    versions = record.versions
    if not (versions.affected or versions.fixed_in) and versions.state is not SettledState.NOT_APPLICABLE:
        missing.append(VERSION)
    if missing:
        return _item("complete", _NOT, f"nothing is said of: {', '.join(missing)}")
    return _item("complete", _MET, "symptom, root cause, fix, environment and version are said, or do not apply")


def _not_applicable(record: ResolutionContent, name: FieldName) -> bool:
    field = record.fields.get(name)
    return field is not None and field.state is SettledState.NOT_APPLICABLE


def _customers_words(record: ResolutionContent, customer: Iterable[str]) -> ChecklistItem:
    if record.wordings:
        return _item("customers_words", _MET, "customers' own wordings of the symptom stand beside it")
    told = _roots(record.text(FieldName.SYMPTOM) or "")
    if not told:
        return _item("customers_words", _NOT, "no symptom is told")
    said = {root for text in customer for root in _roots(text)}
    if not said:
        return _item("customers_words", _UNKNOWN, "the ticket holds nothing that the customer wrote")
    share = len(told & said) / len(told)
    if share >= _SHARE:
        return _item("customers_words", _MET, f"{share:.0%} of the symptom's words are the customer's")
    return _item(
        "customers_words",
        _NOT,
        f"only {share:.0%} of the symptom's words are the customer's, who will search by theirs",
    )


def _title(record: ResolutionContent) -> ChecklistItem:
    words = _roots(record.title)
    if len(words) < _LEAST_TITLE:
        return _item("title", _NOT, "the title is too short to tell this record from others")
    body = "\n".join(field.text or "" for field in record.fields.values())
    there = _roots(body)
    if not there:
        return _item("title", _UNKNOWN, "there is no content yet to match it with")
    missing = words - there
    if 1 - len(missing) / len(words) >= _SHARE:
        return _item("title", _MET, "the content says what the title promises")
    return _item("title", _NOT, "most words of the title do not occur in symptom, cause, fix or environment")


def _nothing_personal(record: ResolutionContent, redact: Callable[[str], str]) -> ChecklistItem:
    texts = [("title", record.title), *((_FIELD_WORDS[n], f.text or "") for n, f in record.fields.items())]
    found = [name for name, text in texts if redact(text) != text]
    if found:
        return _item(
            "nothing_personal", _NOT, f"a name, an address or a secret stands in: {', '.join(found)}; it will be masked"
        )
    return _item("nothing_personal", _MET, "nothing was found that identifies the requestor")


def _links(record: ResolutionContent) -> ChecklistItem:
    texts = [record.title, *(field.text or "" for field in record.fields.values())]
    links = [match.group().rstrip(".,;:!?") for text in texts for match in _LINK.finditer(text)]
    if not links:
        return _item("links", _MET, "it holds no links")
    wrong = sorted({why for link in links if (why := _wrong_link(link))})
    if wrong:
        return _item("links", _NOT, "; ".join(wrong))
    return _item("links", _MET, f"{len(links)} well-formed; whether they still lead anywhere was not tried")


def _wrong_link(link: str) -> str | None:
    """What is wrong with a link as it is written; None: nothing that can be told without opening it."""
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return "a link is not well formed"
    if parts.scheme.lower() not in ("http", "https"):
        return f"a link begins with {parts.scheme}:, which a browser does not open"
    if parts.username or parts.password:
        return "a link carries a user name or password"
    if _is_internal(host):
        return "a link leads to a host that only the customer's or the vendor's own network knows"
    if not _HOST.match(host) and not _is_address(host):
        return "a link is not well formed"
    return None if port is None or port > 0 else "a link is not well formed"


def _is_internal(host: str) -> bool:
    if _is_address(host):
        return not ipaddress.ip_address(host).is_global
    return "." not in host or host.lower().endswith(_INTERNAL)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _roots(text: str) -> set[str]:
    return {word[:_ROOT] for word in _WORD.findall(text.casefold()) if word not in _COMMON}


def _item(key: str, state: ItemState, why: str) -> ChecklistItem:
    return ChecklistItem(key=key, state=state, why=why)
