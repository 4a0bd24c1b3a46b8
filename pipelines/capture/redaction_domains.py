"""Which network domains are the customer's own, by the ticket. Used by redact."""

import re

from pipelines.capture.redaction_names import is_ordinary, without_legal_form
from pipelines.domain.tickets import Role, Ticket

_PROVIDERS = frozenset(
    "gmail googlemail outlook hotmail live msn yahoo ymail icloud me mac aol gmx web t-online freenet mail proton"
    " protonmail posteo orange free laposte libero wanadoo qq 163 126 naver hey fastmail zoho yandex comcast verizon"
    " att btinternet".split()
)
"""Second-level names of mail providers that everybody uses."""
_SHORTEST = 5  # letters of a company's first word that may be its domain


def customer_domains(ticket: Ticket) -> frozenset[str]:
    """Second-level labels made of the account's name, and the mail domains of the customer's people.

    A mail domain that those answering share is the vendor's, and stays.
    """
    answering = {m.author for m in ticket.messages if m.role in (Role.AGENT, Role.ENGINEER)} | {ticket.assignee}
    asking = {m.author for m in ticket.messages if m.role is Role.CUSTOMER} | {ticket.reporter}
    own = {domain for name in answering if (domain := _mail_domain(name))}
    theirs = {domain for name in asking if (domain := _mail_domain(name))}
    return frozenset(theirs - own) | _labels(ticket.account.name or "")


def _mail_domain(name: str | None) -> str | None:
    found = re.search(r"@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)", name or "")
    if not found:
        return None
    domain = found.group(1).casefold()
    return None if domain.split(".")[0] in _PROVIDERS or domain.split(".")[-2] in _PROVIDERS else domain


def _labels(account: str) -> frozenset[str]:
    """`Northwind Freight GmbH` may own northwindfreight, northwind-freight and northwind."""
    words = re.findall(r"[a-z0-9]+", without_legal_form(account).casefold())
    if not words or (len(words) == 1 and is_ordinary(words[0])):
        return frozenset()
    first = {words[0]} if len(words[0]) >= _SHORTEST and not is_ordinary(words[0]) else set()
    return frozenset({"".join(words), "-".join(words)} | first)
