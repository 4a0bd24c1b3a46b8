"""What an article may be written from: confirmed records as far as an audience may read them, and customers' words."""

from collections.abc import Mapping

from pipelines.domain.articles import SourceRef
from pipelines.domain.audience import text_for
from pipelines.domain.confirmations import LinkAddition
from pipelines.domain.drafts import FieldName, FixKind
from pipelines.domain.resolutions import Audience, Resolution
from pipelines.domain.value import Value

VERSION, TITLE, KIND, WORDING = "version", "title", "fix_kind", "customers_words"
"""Fields of a record that a sentence can rest on, beside those of FieldName."""


class Told(Value):
    """What one customer said of the problem, redacted, from messages that the customer wrote or could read."""

    ticket: str  # SOURCE/ID
    text: str


class RecordEvidence(Value):
    """A resolution as far as its audience may read it. `withheld` names the fields that rest on internal notes."""

    id: str
    version: int
    title: str | None = None
    fields: Mapping[FieldName, str] = {}
    fix_kind: FixKind | None = None
    affected: tuple[str, ...] = ()
    fixed_in: tuple[str, ...] = ()
    wordings: tuple[str, ...] = ()
    product_area: str | None = None
    withheld: tuple[str, ...] = ()

    def ref(self, field: str) -> SourceRef:
        return SourceRef(record=self.id, version=self.version, field=field)


def evidence_of(resolution: Resolution, audience: Audience) -> RecordEvidence:
    """What of a resolution this audience may read."""
    content = resolution.content
    safe = text_for(content, audience)
    wordings = tuple(
        added.text
        for added in content.additions
        if added.part is LinkAddition.SYMPTOM and (audience is Audience.INTERNAL or added.internal is False)
    )
    return RecordEvidence(
        id=resolution.id,
        version=resolution.version,
        title=safe.title,
        fields=safe.fields,
        fix_kind=safe.fix_kind,
        affected=safe.affected,
        fixed_in=safe.fixed_in,
        wordings=wordings,
        product_area=content.product_area,
        withheld=safe.left_out,
    )


def open_fields(resolution: Resolution, audience: Audience) -> frozenset[str]:
    """The fields that sentences for this audience may rest on."""
    found = evidence_of(resolution, audience)
    names = {name.value for name in found.fields} | ({VERSION} if found.affected or found.fixed_in else set())
    names |= {TITLE} if found.title else set()
    names |= {KIND} if FieldName.FIX in found.fields else set()
    return frozenset(names | ({WORDING} if found.wordings else set()))
