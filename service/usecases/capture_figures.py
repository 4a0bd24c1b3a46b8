"""How confirming goes: seconds, edits and affirmations of the decisions taken, as distributions."""

from datetime import timedelta

from pipelines.capture.figures import Decided, Figures, figures
from pipelines.domain.drafts import Provenance
from pipelines.domain.errors import InvalidInput
from service.store.engine import Database
from service.store.queries import drafts
from service.usecases import clock

WINDOWS = (30, 90, 365)
"""Days looked back. Few and far apart: the difference of two windows must not single anybody out."""


def capture_figures(db: Database, days: int = 90) -> Figures:
    """The figures of the confirmations of the last `days`; links, rejections and bulk acceptance left out.

    Raises InvalidInput for a window that is not offered.
    """
    if days not in WINDOWS:
        raise InvalidInput(f"days must be one of {', '.join(map(str, WINDOWS))}.")
    with db.read() as session:
        found = drafts.confirmed_since(session, clock.now() - timedelta(days=days))
    return figures(
        [
            Decided(
                agent=one.actor,
                seconds=one.seconds,
                edited=one.edited_fields,
                affirmed=one.affirmed_fields,
                summariser=_written_by(one.provenance),
            )
            for one in found
        ]
    )


def _written_by(provenance: Provenance) -> str:
    if provenance.prompt_id is None:
        return provenance.summariser
    return f"{provenance.summariser}, {provenance.prompt_id} v{provenance.prompt_version}"
