"""Says when a closed ticket holds nothing to keep: "reset the password" records an action, not knowledge.

Called when a draft is stored and when a screen shows it. A rule with its reasons, so that an agent can disagree.
"""

import re

from pipelines.capture.likeness import tells
from pipelines.domain.drafts import DraftContent, DraftField, FieldName
from pipelines.domain.tickets import Role, Ticket

SHORT = 4
"""Messages up to which a thread is short."""

_ACTION = re.compile(
    r"\b(?:re-?set|re-?sen[dt]|sent|unlock(?:ed)?|re-?enabl(?:e|ed)|(?:re-?)?activat(?:e|ed)|deactivat(?:e|ed)|creat(?:e|ed)|"
    r"delet(?:e|ed)|remov(?:e|ed)|add(?:ed)?|refund(?:ed)?|credit(?:ed)?|cancel(?:l?ed)?|extend(?:ed)?|grant(?:ed)?|"
    r"assign(?:ed)?|invit(?:e|ed)|issu(?:e|ed)|correct(?:ed)?|updat(?:e|ed)|chang(?:e|ed)|moved?|merg(?:e|ed))\b",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"\b(?:passwords?|passwort|pins?|(?:your|the|this|his|her|their|one|user'?s?) (?:user |test )?accounts?|"
    r"log-?ins?|reset links?|invitations?|invites?|(?:confirmation|welcome|activation) (?:e-?)?mails?|licen[cs]es?|"
    r"seats?|refunds?|credit notes?|invoices?|subscriptions?|trials?|mailbox(?:es)?|quotas?)\b",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\b(?:clos(?:e|ed|ing)(?: this| the| it)?(?: ticket| issue| case)?|no (?:response|reply|answer|feedback)|"
    r"(?:could|can) ?not (?:be )?reproduced?|unable to reproduce|stale|won'?t fix|works? (?:for me|now|again))\b",
    re.IGNORECASE,
)
# A setting, a command, a path or a menu: what the next agent can follow.
_FOLLOWABLE = re.compile(r"[\w-]+[._/=][\w-]+[._/=]?|\s>\s|`|\"[^\"]{3,}\"|\d+\.\d+")
_WORDS_OF_A_CLOSING = 25


def thin_reasons(draft: DraftContent, ticket: Ticket) -> tuple[str, ...]:
    """Why there may be nothing to keep of a ticket, in words; empty: it holds knowledge, or may."""
    cause, fix = _stated(draft, FieldName.ROOT_CAUSE), _stated(draft, FieldName.FIX)
    if cause is not None:
        return ()
    if fix is None:
        return ("the thread states neither a cause nor a fix", *_beside(draft, ticket))
    if _only_action(fix.text):
        return (
            "the fix is an action on one account, which helps nobody else",
            "no cause is stated",
            *_beside(draft, ticket),
        )
    if _only_closing(fix.text):
        return (
            "the fix says that the ticket was closed, not what solved it",
            "no cause is stated",
            *_beside(draft, ticket),
        )
    return ()


def _stated(draft: DraftContent, name: FieldName) -> DraftField | None:
    field = draft.fields.get(name)
    return field if field is not None and field.supported and field.text.strip() else None


def _only_action(fix: str) -> bool:
    return bool(_ACTION.search(fix) and _OBJECT.search(fix)) and not _FOLLOWABLE.search(fix)


def _only_closing(fix: str) -> bool:
    short = len(fix.split()) <= _WORDS_OF_A_CLOSING
    return short and bool(_CLOSING.search(fix)) and not _FOLLOWABLE.search(fix) and not _instructs(fix)


def _instructs(fix: str) -> bool:
    """Whether words are left that say what to do, once the closing is taken out."""
    return tells(_CLOSING.sub(" ", fix))


def _beside(draft: DraftContent, ticket: Ticket) -> tuple[str, ...]:
    """What makes it more likely, though none of it would by itself."""
    said = [message for message in ticket.messages if message.role is not Role.SYSTEM]
    reasons = []
    if len(said) <= SHORT:
        reasons.append(f"the thread is short: {len(said)} message{'' if len(said) == 1 else 's'}")
    if FieldName.ENVIRONMENT not in draft.fields:
        reasons.append("no environment is named")
    return tuple(reasons)
