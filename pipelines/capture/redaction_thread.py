"""A ticket's thread as the redaction numbers it: subject first, then the messages as the ticket keeps them."""

from dataclasses import dataclass
from zlib import crc32

from pipelines.domain.drafts import SUBJECT, MarkPlace
from pipelines.domain.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Thread:
    """Raw texts in a fixed order, each with its message and revision."""

    texts: tuple[str, ...] = ()
    names: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, ticket: Ticket) -> "Thread":
        subject = ((SUBJECT, subject_revision(ticket.subject)), ticket.subject)
        named = (subject, *(((m.id, m.revision), m.body) for m in ticket.messages))
        return cls(texts=tuple(text for _, text in named), names=tuple(name for name, _ in named))

    @property
    def bodies(self) -> dict[tuple[str, int], str]:
        return dict(zip(self.names, self.texts, strict=True))

    def place(self, mark: str, number: int, start: int, end: int) -> MarkPlace:
        message, revision = self.names[number]
        return MarkPlace(mark=mark, message=message, revision=revision, start=start, end=end)


def subject_revision(subject: str) -> int:
    """A number for a wording of the subject, of which the former ones are not kept: in another, places mean nothing."""
    return crc32(subject.encode("utf-8", "surrogatepass"))
