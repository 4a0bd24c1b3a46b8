"""The demo loads once, never into a real installation, and shows the whole loop."""

import pytest

from pipelines.domain.errors import Conflict
from service.jobs.runner import Worker
from service.usecases.access import create_user
from service.usecases.actors import UserRole
from service.usecases.demo import load_demo
from service.usecases.queue import count_awaiting, list_drafts
from service.usecases.read_gaps import latest_report
from service.usecases.resolutions import list_resolutions, read_resolution
from service.usecases.services import Services
from service.usecases.views import ResolutionHistory
from tests.usecases.cases import case, send


def load(services: Services) -> tuple[bool, list[str]]:
    said: list[str] = []
    return load_demo(services, said.append, Worker(services).run_until_idle), said


def test_an_interrupted_demo_goes_on_to_show_the_whole_loop_and_loads_once(services: Services) -> None:
    def interrupted(_text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_demo(services, interrupted, Worker(services).run_until_idle)
    loaded, said = load(services)
    assert loaded
    assert "64 demo tickets imported" == said[0]
    found = list_resolutions(services.db, limit=200).items
    assert 27 == len(found)
    assert all(read_resolution(services.db, line.id).indexed for line in found)
    assert 16 == count_awaiting(services.db)
    assert latest_report(services.db) is not None
    (decision,) = {h.why for line in found for h in history(services, line.id)}
    assert "confirmed" == decision
    assert not [line for line in list_drafts(services.db).items if line.summariser != "offline"]
    assert (False, []) == load(services)
    assert 27 == len(list_resolutions(services.db, limit=200).items)


def history(services: Services, resolution_id: str) -> tuple[ResolutionHistory, ...]:
    return read_resolution(services.db, resolution_id).history


def test_a_real_installation_is_refused(services: Services) -> None:
    send(services, case())
    with pytest.raises(Conflict, match="real installation"):
        load(services)


def test_an_installation_with_users_is_refused(services: Services) -> None:
    create_user(services.db, "Ada", UserRole.ADMIN, "a long password")
    with pytest.raises(Conflict, match="real installation"):
        load(services)
