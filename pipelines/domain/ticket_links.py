"""What a ticket's links to others say of its problem: whether it is the same one, back again."""

import re
from collections.abc import Mapping
from enum import StrEnum

from pipelines.domain.tickets import Ticket, TicketKey
from pipelines.domain.value import Value


class Relation(StrEnum):
    """same: both tell one problem; return_of: this ticket came of the other; returned_as: the other came of this."""

    SAME = "same"
    RETURN_OF = "return_of"
    RETURNED_AS = "returned_as"


class TicketLink(Value):
    other: TicketKey
    relation: Relation


_DENIED = re.compile(r"\b(?:not|no|nothing|un\w+)\b")
# The passive and "of" point back, the active forward: "is caused by", "regression of"; "causes", "regressed by".
_RELATIONS = (
    (Relation.SAME, re.compile(r"\bduplicat|\bsame (?:problem|issue|incident|as)\b")),
    (
        Relation.RETURNED_AS,
        re.compile(
            r"\bcauses\b|\bcaused(?! by)\b|\bregress(?:ed|es) (?:by|in|as)\b|\bfollowed\b|\brecurs? (?:as|in)\b"
        ),
    ),
    (Relation.RETURN_OF, re.compile(r"\bcaused by\b|\bregress|\bfollow(?:s| ?up)\b|\brecur")),
)
_LONGEST = 200


def problem_links(ticket: Ticket) -> tuple[TicketLink, ...]:
    """The links that say that two tickets have one problem, each once; "relates to", "blocks" and the like say nothing.

    A link is an object with `type` and `ticket`, which is an id of the same source or SOURCE/ID.
    """
    found = (_read(link, ticket.key) for link in ticket.links)
    return tuple(dict.fromkeys(link for link in found if link is not None))


def _read(link: object, key: TicketKey) -> TicketLink | None:
    if not isinstance(link, Mapping):
        return None
    named, said = link.get("ticket"), link.get("type")
    if not isinstance(named, str) or not isinstance(said, str) or max(len(named), len(said)) > _LONGEST:
        return None
    relation, other = relation_of(said), _key(named.strip(), key.source)
    if relation is None or other is None or other == key:
        return None
    return TicketLink(other=other, relation=relation)


def relation_of(said: str) -> Relation | None:
    """What a link's type says, in whatever spelling: `Is-Caused_by` is "is caused by"."""
    plain = " ".join(re.findall(r"[a-z]+", said.casefold()))
    if _DENIED.search(plain):
        return None
    return next((relation for relation, words in _RELATIONS if words.search(plain)), None)


def _key(named: str, source: str) -> TicketKey | None:
    """None where it names no ticket, as an address of a page does not."""
    parts = named.split("/")
    if not all(parts) or len(parts) > 2:  # noqa: PLR2004 - SOURCE/ID
        return None
    return TicketKey(source=parts[0], id=parts[1]) if len(parts) > 1 else TicketKey(source=source, id=named)
