"""Invented people and customers, and the ways a thread speaks of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

NAMES: Sequence[tuple[str, str]] = (
    ("Marta", "Lindqvist"),
    ("Devon", "Achterberg"),
    ("Priya", "Raghunathan"),
    ("Tomasz", "Wilczek"),
    ("Grace", "Okonkwo"),
    ("Luis", "Echeverria"),
    ("Hannah", "Baker"),
    ("Owen", "Fitzgerald"),
    ("Chloe", "Marchand"),
    ("Kenji", "Morimoto"),
)
HELD_OUT_NAMES: Sequence[tuple[str, str]] = (
    ("Ingrid", "Solheim"),
    ("Rajesh", "Venkataraman"),
    ("Amelie", "Dufresne"),
    ("Will", "Harkness"),
    ("Sofia", "Castellanos"),
    ("Piotr", "Zawadzki"),
    ("Rosa", "Young"),
    ("Bogdan", "Ionescu"),
    ("Yuki", "Tanabe"),
    ("Fatima", "Haddad"),
)
ACCOUNTS = ("Kelvara Logistics GmbH", "Brightforge Ltd", "Tamarack Foods Inc.", "Nordhavn Shipping A/S")
HELD_OUT_ACCOUNTS = ("Osterby Marine AB", "Quillon Health Pty Ltd", "Palisade Insurance LLC", "Münzwerk AG")


@dataclass(frozen=True, slots=True)
class Form:
    """A way to speak of a person: a sentence with `{}` where the name stands, and how the name is written there."""

    sentence: str
    written: Callable[[str, str], str]


def _full(given: str, surname: str) -> str:
    return f"{given} {surname}"


def _given(given: str, surname: str) -> str:  # noqa: ARG001 - every way of writing takes both parts
    return given


def _surname(given: str, surname: str) -> str:  # noqa: ARG001
    return surname


def _handle(given: str, surname: str) -> str:
    return f"{given}.{surname}".lower()


def _listed(given: str, surname: str) -> str:
    return f"{surname}, {given}"


FORMS: Sequence[Form] = (
    Form("{} confirmed it on the phone.", _full),
    Form("Hi {}, thanks for the quick answer.", _given),
    Form("The trace was sent by Mr. {} yesterday.", _surname),
    Form("Assigned to {} for now.", _handle),
    Form("Contact: {}", _listed),
    Form("I asked {} to try it again.", _given),
    Form("The log is under /home/{}/traces now.", _handle),
    Form("According to {} this started on Monday.", _full),
    Form("@{}: can you look at this?", _handle),
    Form("Spoke with {} about the outage.", _given),
)
HELD_OUT_FORMS: Sequence[Form] = (
    Form("We had a call with {} this morning.", _full),
    Form("{} wrote: it fails again.", _given),
    Form("Reported by {} from the warehouse.", _listed),
    Form("Best regards,\n{}", _full),
    Form("Ms. {} reopened the case.", _surname),
    Form("Path is C:\\Users\\{}\\Desktop\\trace.", _handle),
    Form("cc {}", _full),
    Form("Thank you {}!", _given),
    Form("FYI {}, this is the same as before.", _given),
    Form("owner={} state=waiting", _handle),
    Form("It works for {} but not for me.", _given),
)


def account_forms(account: str) -> tuple[str, ...]:
    """The customer's name whole and without its legal form."""
    return (
        account,
        " ".join(account.split()[:-2] or account.split()[:1]) if "Pty" in account else account.rsplit(" ", 1)[0],
    )
