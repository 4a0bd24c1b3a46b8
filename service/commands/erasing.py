"""The `erase` command: at once where nobody owns the index, else beside the process that does."""

from collections.abc import Callable
from datetime import timedelta

import click

from pipelines.domain.errors import IndexLocked
from pipelines.domain.tickets import TicketKey
from service.container import open_database, open_services
from service.settings import Settings
from service.store.engine import Database
from service.store.queries import work
from service.usecases.erase import Erased, erase_ticket, rewrite_data
from service.usecases.index import REINDEX_JOB, reindex

ERASED_BY = "command line"

HEAD_START = timedelta(minutes=2)
"""How long this command has for rewriting the files before a worker takes it for dead and does it."""


def ticket_named(text: str) -> TicketKey:
    """The ticket of a name `SOURCE/ID`. Raises click's error of wrong usage for anything else."""
    try:
        return TicketKey.parse(text)
    except ValueError as error:
        raise click.UsageError(f"{error}.") from None


def erase_command(settings: Settings, key: TicketKey, say: Callable[[str], None]) -> None:
    """Erase a ticket and rewrite the files, and say what is left to others. Raises NotFound, Unavailable."""
    who = "a worker"
    if settings.embedded_index:
        try:
            with open_services(settings) as services:
                erased = _erase(services.db, settings, key, say)
                if erased.index_pending:
                    reindex(services)
                    with services.db.write() as session:
                        work.finish_queued(session, REINDEX_JOB)
                rewrite_data(services.db)
        except IndexLocked as locked:
            who = f"process {locked.holder_pid}" if locked.holder_pid else "the process that owns it"
        else:
            say("Nothing of it is left in the files.")
            return
    with open_database(settings) as db:
        erased = _erase(db, settings, key, say)
        rewrite_data(db)
    left = f"; {who} builds the search index anew" if erased.index_pending else ""
    say(f"Nothing of it is left in the database's files{left}.")


def _erase(db: Database, settings: Settings, key: TicketKey, say: Callable[[str], None]) -> Erased:
    erased = erase_ticket(db, key, settings.data_dir, ERASED_BY, rewrite_in=HEAD_START)
    names = ", ".join(erased.resolutions)
    kept = f"; these resolutions stand with what is not the customer's: {names}" if names else ""
    say(f"Erased {key} and {erased.searches} searches for it{kept}.")
    return erased
