"""One resolution with all that its page shows: history, uses, evidence, contradictions and the checklist."""

from collections.abc import Sequence

from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import ResolutionContent
from service.store.ids import resolution_name
from service.store.queries import contradictions, resolutions, suggestions, uses
from service.store.queries.resolutions import ResolutionRecord, VersionRecord
from service.store.session import Session
from service.usecases.checklist import record_checklist
from service.usecases.contradictions import contradiction_views
from service.usecases.resolution_evidence import evidence_quotes
from service.usecases.views import ResolutionHistory, ResolutionUse, ResolutionView


def resolution_view(session: Session, record: ResolutionRecord) -> ResolutionView:
    """A resolution with all that its page shows."""
    replaced_by = contradictions.superseded_by(session, record.number)
    opposed = contradiction_views(session, contradictions.of_resolution(session, record.number))
    return ResolutionView(
        resolution=record.resolution,
        history=_history(resolutions.versions(session, record.number)),
        uses=tuple(
            ResolutionUse(ticket=u.ticket, kind=u.kind, at=u.at, outcome=u.outcome)
            for u in uses.of_resolution(session, record.number)
        ),
        evidence=tuple(evidence_quotes(session, record.resolution.content)),
        track_record=suggestions.track_records(session, [record.number])[record.number],
        contradictions=tuple(opposed),
        superseded_by=resolution_name(replaced_by) if replaced_by is not None else None,
        checklist=record_checklist(session, record, opposed),
        indexed=record.indexed_version == record.resolution.version,
        created_at=record.created_at,
        updated_at=record.updated_at,
    )


def _history(versions: Sequence[VersionRecord]) -> tuple[ResolutionHistory, ...]:
    found: list[ResolutionHistory] = []
    before: ResolutionContent | None = None
    for version in versions:
        changed = _changed_fields(before, version.content) if before else ()
        found.append(
            ResolutionHistory(
                version=version.version, actor=version.actor, at=version.at, why=version.why, changed_fields=changed
            )
        )
        before = version.content
    return tuple(found)


def _changed_fields(before: ResolutionContent, after: ResolutionContent) -> tuple[str, ...]:
    changed = [name.value for name in FieldName if before.text(name) != after.text(name)]
    if before.wordings != after.wordings:
        changed.append("customers_words")
    changed += [
        name
        for name in ("title", "fix_kind", "versions", "product_area")
        if getattr(before, name) != getattr(after, name)
    ]
    return tuple(changed)
