"""Who may come in, for how long, and as what."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from pipelines.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted, NotSignedIn, TooManyAttempts
from service.store.engine import Database
from service.usecases import access, clock
from service.usecases.actors import PERMISSIONS, Actor, Permission, UserRole

PASSWORD = "correct horse battery"


def later(monkeypatch: pytest.MonkeyPatch, **wait: float) -> None:
    moment = datetime.now(UTC) + timedelta(**wait)
    monkeypatch.setattr(clock, "now", lambda: moment)


def signed_in(database: Database, hours: int = 12) -> str:
    access.create_user(database, " Kim ", UserRole.KB_MANAGER, PASSWORD)
    return access.sign_in(database, "Kim", PASSWORD, hours).token


def test_a_session_is_its_users_and_has_a_csrf_token_of_its_own(database: Database) -> None:
    token = signed_in(database)
    found = access.session_actor(database, token)
    assert found is not None
    actor, csrf = found
    assert ("Kim", UserRole.KB_MANAGER) == (actor.name, actor.role)
    assert csrf not in ("", token)


def test_a_session_ends_after_its_hours_and_when_signed_out(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = signed_in(database, hours=2)
    other = access.sign_in(database, "Kim", PASSWORD, 2).token
    access.sign_out(database, other)
    assert access.session_actor(database, other) is None
    later(monkeypatch, hours=1, minutes=59)
    assert access.session_actor(database, token) is not None
    later(monkeypatch, hours=2, seconds=1)
    assert access.session_actor(database, token) is None


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("Kim", "wrong horse battery"),
        ("Kim", ""),
        ("kim", PASSWORD),
        ("Nobody", PASSWORD),
        ("Kim\0", PASSWORD),
        ("", ""),
    ],
)
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(database: Database, name: str, password: str) -> None:
    signed_in(database)
    with pytest.raises(NotSignedIn, match=r"^Name or password is wrong\.$"):
        access.sign_in(database, name, password, 12)


def test_guessing_is_stopped_for_a_while_also_for_a_name_that_there_is_not(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(database)
    for name in ("Kim", "Nobody"):
        for _ in range(access.MOST_FAILURES):
            with pytest.raises(NotSignedIn):
                access.sign_in(database, name, "wrong", 12)
        with pytest.raises(TooManyAttempts):
            access.sign_in(database, name, PASSWORD, 12)
    later(monkeypatch, seconds=access.FAILURES_WITHIN.total_seconds() + 5)
    assert access.sign_in(database, "Kim", PASSWORD, 12).token


def test_bytes_that_no_password_can_have_do_not_break_signing_in(database: Database) -> None:
    signed_in(database)
    with pytest.raises(NotSignedIn):
        access.sign_in(database, "Kim\ud800", "\ud800", 12)


def test_somebody_who_was_shut_out_is_out_at_once(database: Database) -> None:
    token = signed_in(database)
    with database.write() as session:
        session.execute(text('UPDATE "user" SET active = false'))
    assert access.session_actor(database, token) is None
    with pytest.raises(NotSignedIn):
        access.sign_in(database, "Kim", PASSWORD, 12)


def test_neither_passwords_nor_tokens_are_kept_as_they_are(database: Database) -> None:
    session_token = signed_in(database)
    api_token = access.create_token(database, UserRole.AGENT, "bot")
    with database.read() as session:
        kept = "\n".join(
            str(row)
            for table in ('"user"', "web_session", "api_token")
            for row in session.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - constants
        )
    assert "Kim" in kept
    for secret in (PASSWORD, session_token, api_token):
        assert secret not in kept


@pytest.mark.parametrize(
    ("name", "role", "password"),
    [
        (" ", UserRole.AGENT, PASSWORD),
        ("Lee", UserRole.AGENT, "too short"),
        ("Lee", UserRole.INTEGRATION, PASSWORD),
        ("Lee\0", UserRole.AGENT, PASSWORD),
    ],
)
def test_an_unusable_user_is_refused(database: Database, name: str, role: UserRole, password: str) -> None:
    with pytest.raises(InvalidInput):
        access.create_user(database, name, role, password)


def test_a_name_is_taken_once(database: Database) -> None:
    signed_in(database)
    with pytest.raises(Conflict):
        access.create_user(database, "Kim", UserRole.AGENT, PASSWORD)


@pytest.mark.parametrize("role", UserRole)
def test_a_token_acts_in_its_role(database: Database, role: UserRole) -> None:
    token = access.create_token(database, role, "bot")
    assert Actor(name="bot", role=role) == access.token_actor(database, token)
    assert access.token_actor(database, token + "x") is None


def test_a_revoked_token_opens_nothing(database: Database) -> None:
    token, kept = (access.create_token(database, UserRole.ADMIN, name) for name in ("lost", "kept"))
    with database.write() as session:
        session.execute(text("UPDATE api_token SET revoked_at = created_at WHERE name = 'lost'"))
    assert access.token_actor(database, token) is None
    assert access.token_actor(database, kept) is not None


def test_the_visitor_of_the_demo_can_change_roles_and_nobody_else(database: Database) -> None:
    visitor = access.demo_session(database, 12).token
    access.switch_role(database, visitor, UserRole.AGENT)
    found = access.session_actor(database, visitor)
    assert found is not None
    assert UserRole.AGENT is found[0].role
    with pytest.raises(NotPermitted):
        access.switch_role(database, visitor, UserRole.INTEGRATION)
    with pytest.raises(NotPermitted):
        access.switch_role(database, signed_in(database), UserRole.ADMIN)


def test_nobody_signs_in_as_the_visitor_of_the_demo(database: Database) -> None:
    access.demo_session(database, 12)
    with pytest.raises(NotSignedIn):
        access.sign_in(database, access.DEMO_USER, "", 12)


def test_every_role_may_read_gaps_and_two_may_change_them() -> None:
    assert set(UserRole) == {role for role in UserRole if Permission.READ_GAPS in PERMISSIONS[role]}
    assert {UserRole.KB_MANAGER, UserRole.ADMIN} == {
        role for role in UserRole if Permission.CHANGE_GAPS in PERMISSIONS[role]
    }


def test_what_a_role_may_not_do_is_refused() -> None:
    program = Actor(name="bot", role=UserRole.INTEGRATION)
    program.require(Permission.SEND_TICKETS)
    with pytest.raises(NotPermitted, match="may not decide drafts"):
        program.require(Permission.DECIDE_DRAFTS)


def test_a_password_set_anew_opens_the_door_and_ends_what_was_open(database: Database) -> None:
    access.create_user(database, "Ada", UserRole.AGENT, "the first password")
    open_before = access.sign_in(database, "Ada", "the first password", 1)
    access.set_password(database, "Ada", "the second password")
    assert access.session_actor(database, open_before.token) is None
    with pytest.raises(NotSignedIn):
        access.sign_in(database, "Ada", "the first password", 1)
    assert access.sign_in(database, "Ada", "the second password", 1).token


def test_a_password_is_set_for_a_user_there_is_and_long_enough(database: Database) -> None:
    access.create_user(database, "Ada", UserRole.AGENT, "the first password")
    with pytest.raises(NotFound):
        access.set_password(database, "Ben", "the second password")
    with pytest.raises(InvalidInput, match="too short"):
        access.set_password(database, "Ada", "short")


def test_two_people_are_not_told_apart_by_a_capital(database: Database) -> None:
    access.create_user(database, "A. Okafor", UserRole.AGENT, "the first password")
    with pytest.raises(Conflict):
        access.create_user(database, "a. okafor", UserRole.ADMIN, "the second password")
