"""What an agent types is kept until they decide: for them alone, in the order it was typed, and no longer."""

import pytest

from pipelines.domain.confirmations import RejectReason
from pipelines.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from service.usecases.access import create_user
from service.usecases.actors import Actor, UserRole
from service.usecases.confirm import confirm_draft, reject_draft
from service.usecases.services import Services
from service.usecases.usable import LONGEST_TEXT
from service.usecases.work_in_progress import OtherWindow, Work, forget_work, read_work, save_work
from tests.usecases.cases import case as a_case
from tests.usecases.cases import decision, drafted, reclosed, reopened, send, work

TYPED = {"environment_text": "Debian 12", "environment_state": "stated", "seconds": "12.0"}


@pytest.fixture
def ada(services: Services) -> Actor:
    return person(services, "Ada")


def person(services: Services, name: str) -> Actor:
    number = create_user(services.db, name, UserRole.AGENT, "long enough a password")
    return Actor(name=name, role=UserRole.AGENT, id=number)


def kept(services: Services, draft: str, who: Actor) -> Work:
    found = read_work(services.db, draft, who)
    assert found is not None
    return found


def test_what_was_typed_last_is_read_back_by_its_own_agent_alone(services: Services, ada: Actor) -> None:
    line = drafted(services)
    assert None is read_work(services.db, line.id, ada)
    save_work(services.db, line.id, 1, TYPED, ada, writer="a", follows=0)
    saved = save_work(services.db, line.id, 1, TYPED | {"title": "T"}, ada, writer="a", follows=1)
    found = kept(services, line.id, ada)
    assert (TYPED | {"title": "T"}, 1, "a", saved) == (found.answers, found.on_version, found.writer, found.saved)
    assert 2 == saved.serial
    assert None is read_work(services.db, line.id, person(services, "Ben"))
    forget_work(services.db, line.id, ada)
    assert None is read_work(services.db, line.id, ada)


def test_another_window_is_told_before_it_overwrites(services: Services, ada: Actor) -> None:
    line = drafted(services)
    first = save_work(services.db, line.id, 1, TYPED, ada, writer="a", follows=0)
    with pytest.raises(OtherWindow) as told:
        save_work(services.db, line.id, 1, {"title": "B"}, ada, writer="b", follows=0)
    assert {"serial": 1, "saved_at": first.saved_at.isoformat()} == told.value.details()
    assert TYPED == kept(services, line.id, ada).answers
    save_work(services.db, line.id, 1, {"title": "B"}, ada, writer="b", follows=1)
    assert {"title": "B"} == kept(services, line.id, ada).answers


def test_a_window_that_missed_the_answer_to_its_own_saving_goes_on(services: Services, ada: Actor) -> None:
    """The connection broke after the server had saved: the window still believes in what it followed."""
    line = drafted(services)
    save_work(services.db, line.id, 1, TYPED, ada, writer="a", follows=0)
    assert 2 == save_work(services.db, line.id, 1, TYPED, ada, writer="a", follows=0).serial


def test_a_decision_ends_everybodys_work_and_says_so_to_who_goes_on(services: Services, ada: Actor) -> None:
    line = drafted(services)
    ben = person(services, "Ben")
    for who in (ada, ben):
        save_work(services.db, line.id, 1, TYPED, who)
    confirm_draft(services.db, line.id, 1, decision(), ada)
    assert [None, None] == [read_work(services.db, line.id, who) for who in (ada, ben)]
    with pytest.raises(Conflict, match="Ada has confirmed this draft meanwhile"):
        save_work(services.db, line.id, 1, TYPED, ben)


def test_a_rejection_and_a_newer_closing_end_it_too(services: Services, ada: Actor) -> None:
    first = drafted(services)
    save_work(services.db, first.id, 1, TYPED, ada)
    send(services, reopened(a_case()))
    send(services, reclosed(a_case()))
    work(services)
    assert None is read_work(services.db, first.id, ada)
    with pytest.raises(Conflict, match="superseded"):
        save_work(services.db, first.id, 1, TYPED, ada)
    second = drafted(services, a_case("T-2"))
    save_work(services.db, second.id, 1, TYPED, ada)
    reject_draft(services.db, second.id, 1, RejectReason.WRONG, None, None, ada)
    assert None is read_work(services.db, second.id, ada)


def test_what_cannot_be_kept_is_refused(services: Services, ada: Actor) -> None:
    line = drafted(services)
    for answers in ({"title": "a\0b"}, {"title": "x" * (LONGEST_TEXT + 1)}):
        with pytest.raises(InvalidInput):
            save_work(services.db, line.id, 1, answers, ada)
    with pytest.raises(InvalidInput):
        save_work(services.db, line.id, 1, TYPED, ada, writer="w" * 65)
    with pytest.raises(NotFound):
        save_work(services.db, "D-99", 1, TYPED, ada)
    with pytest.raises(NotPermitted):
        save_work(services.db, line.id, 1, TYPED, Actor(name="program", role=UserRole.ADMIN))
