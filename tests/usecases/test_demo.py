"""The demo loads once, never into a real installation, and shows the whole loop."""

from datetime import timedelta

import pytest

from pipelines.domain.errors import Conflict
from service.jobs.runner import Worker
from service.usecases import clock
from service.usecases.access import create_user
from service.usecases.actors import UserRole
from service.usecases.demo import load_demo
from service.usecases.queue import count_awaiting, list_drafts
from service.usecases.read_gaps import latest_report
from service.usecases.resolutions import list_resolutions, read_resolution
from service.usecases.services import Services
from service.usecases.track_record import read_track_record
from service.usecases.views import ResolutionHistory
from tests.usecases.cases import case, send

LINKED = ("demo/T-1951", "demo/T-1960", "demo/T-1968", "demo/T-1977")


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
    assert 12 == count_awaiting(services.db)
    assert latest_report(services.db) is not None
    decisions = {h.why for line in found for h in history(services, line.id)}
    assert {"confirmed", *(f"symptom of {key} added" for key in LINKED)} == decisions
    assert not [line for line in list_drafts(services.db).items if line.summariser != "offline"]
    assert (False, []) == load(services)
    assert 27 == len(list_resolutions(services.db, limit=200).items)


def test_what_the_demo_replays_is_dated_when_it_happened_and_shows_that_fixes_held(services: Services) -> None:
    load(services)

    lines = list_resolutions(services.db, limit=200).items
    records = {line.title: read_track_record(services.db, line.id) for line in lines}
    reused = {title: (one.counts.reused, one.counts.held) for title, one in records.items() if one.counts.reused}
    assert 4 == len(reused)
    assert {(1, 1)} == set(reused.values())
    assert max(line.updated_at for line in lines) < clock.now() - timedelta(days=1)


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
