"""Which use case does which kind of job, and what happens when one is given up."""

from collections.abc import Callable, Mapping

from service.store.jobs import Claimed
from service.store.session import Session
from service.usecases import contradictions, draft, erase, index, index_articles, nightly, report_gaps
from service.usecases.receive import DRAFT_JOB
from service.usecases.services import Services

Work = Callable[[Services, Claimed], object]
GivenUp = Callable[[Services, Session, str, str], None]


def _build_report(services: Services, claimed: Claimed) -> object:
    """A report on much demand takes minutes: as often as it tells how far it is, it asks whether the process ends."""
    return report_gaps.build_report(services, claimed, lambda *_: services.go_on())


WORK: Mapping[str, Work] = {
    DRAFT_JOB: draft.draft_ticket,
    contradictions.COMPARE_JOB: contradictions.compare_resolution,
    index.INDEX_JOB: index.index_resolution,
    index_articles.INDEX_ARTICLE_JOB: index_articles.index_article,
    index.REINDEX_JOB: index.reindex,
    index.SWEEP_JOB: index.sweep_index,
    nightly.GAPS_JOB: _build_report,
    erase.REWRITE_JOB: lambda services, claimed: erase.rewrite_data(services.db, claimed),
}

GIVEN_UP: Mapping[str, GivenUp] = {
    DRAFT_JOB: lambda _services, session, subject, code: draft.needs_manual(session, subject, code),
    nightly.GAPS_JOB: lambda services, session, subject, _code: nightly.tomorrow_again(
        session, subject, services.settings.gaps_at
    ),
}
"""Called within the transaction that makes a job dead, with its subject and the error's code."""
