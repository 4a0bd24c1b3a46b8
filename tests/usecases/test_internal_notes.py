"""What only internal notes say is known as such from the draft to the resolution, whatever becomes of the ticket."""

from pathlib import Path

import pytest

from pipelines.domain.audience import text_for
from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import Audience
from pipelines.domain.tickets import Role, Visibility
from service.store.engine import Database
from service.usecases.queue import read_draft
from service.usecases.resolutions import read_resolution
from service.usecases.services import Services
from tests.usecases.cases import CAUSE, case, confirmed, drafted, export_thread, said, send
from tests.web.installation import services_over


@pytest.fixture
def services(sqlite_database: Database, tmp_path: Path) -> Services:
    return services_over(sqlite_database, tmp_path)


def test_a_draft_knows_which_of_its_fields_rest_on_notes(services: Services) -> None:
    fields = read_draft(services.db, drafted(services).id).content.fields
    assert (True, False) == (fields[FieldName.ROOT_CAUSE].internal, fields[FieldName.FIX].internal)
    assert {Visibility.INTERNAL} == {place.visibility for place in fields[FieldName.ROOT_CAUSE].evidence}


@pytest.mark.parametrize("cause", [CAUSE, "A previous run has not released its lock when the exporter opens the file."])
def test_what_an_engineer_wrote_to_colleagues_is_not_in_what_customers_read(services: Services, cause: str) -> None:
    """Neither as the draft has it nor in the agent's own words."""
    content = read_resolution(services.db, confirmed(services, root_cause=cause)).resolution.content
    safe = text_for(content, Audience.CUSTOMER)
    assert ("root_cause",) == safe.left_out
    assert {FieldName.SYMPTOM, FieldName.FIX, FieldName.ENVIRONMENT} == set(safe.fields)


def test_a_note_made_public_later_was_internal_when_it_was_quoted(services: Services) -> None:
    """The evidence keeps who could read the message at the time."""
    draft = drafted(services).id
    first, _, fix = export_thread()
    send(services, case("T-1", first, said("m2", CAUSE, Role.ENGINEER, hours=5, author="Tomas Rey"), fix))
    view = read_draft(services.db, draft)
    assert [Visibility.PUBLIC] == [m.visibility for m in view.ticket.messages if m.id == "m2"]
    assert view.content.fields[FieldName.ROOT_CAUSE].internal
