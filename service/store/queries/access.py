"""People, browser sessions, tokens and the audit trail."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam
from sqlalchemy import select as columns
from sqlmodel import Session, col, delete, func, select, update

from service.store.tables import ApiTokenRow, AuditEventRow, UserRow, WebSessionRow


class UserRecord(NamedTuple):
    id: int
    name: str
    role: str
    password_hash: str | None
    active: bool


class SessionRecord(NamedTuple):
    user_id: int
    name: str
    role: str
    csrf: str


class TokenRecord(NamedTuple):
    id: int
    name: str
    role: str
    last_used_at: datetime | None


def find_user(session: Session, name: str) -> UserRecord | None:
    row = session.exec(select(UserRow).where(UserRow.name == name)).one_or_none()
    return UserRecord(row.id or 0, row.name, row.role, row.password_hash, row.active) if row else None


def add_user(session: Session, name: str, role: str, password_hash: str | None, now: datetime) -> int:
    row = UserRow(name=name, role=role, password_hash=password_hash, created_at=now)
    session.add(row)
    session.flush()
    assert row.id is not None  # noqa: S101 - set by the flush
    return row.id


def taken(session: Session, name: str) -> bool:
    """Whether a user has this name, in whatever case: two people must not be told apart by a capital."""
    return session.exec(select(UserRow.id).where(func.lower(UserRow.name) == name.lower())).first() is not None


def change_password(session: Session, user_id: int, password_hash: str) -> None:
    """Set the password and end every session of the user."""
    session.exec(update(UserRow).where(col(UserRow.id) == user_id).values(password_hash=password_hash))
    session.exec(delete(WebSessionRow).where(col(WebSessionRow.user_id) == user_id))


def count_users(session: Session) -> int:
    return len(session.exec(select(UserRow.id).where(col(UserRow.password_hash).is_not(None))).all())


def add_session(
    session: Session, token_sha256: str, user_id: int, csrf: str, now: datetime, expires_at: datetime
) -> None:
    session.exec(delete(WebSessionRow).where(col(WebSessionRow.expires_at) < now))
    session.add(
        WebSessionRow(
            token_sha256=token_sha256, user_id=user_id, csrf_token=csrf, created_at=now, expires_at=expires_at
        )
    )


def find_session(session: Session, token_sha256: str, now: datetime) -> SessionRecord | None:
    found = session.exec(
        select(WebSessionRow, UserRow)
        .where(WebSessionRow.token_sha256 == token_sha256, WebSessionRow.expires_at > now)
        .where(UserRow.id == WebSessionRow.user_id, col(UserRow.active).is_(True))
    ).one_or_none()
    if found is None:
        return None
    browser, user = found
    return SessionRecord(browser.user_id, user.name, browser.role_override or user.role, browser.csrf_token)


def remove_session(session: Session, token_sha256: str) -> None:
    session.exec(delete(WebSessionRow).where(col(WebSessionRow.token_sha256) == token_sha256))


def override_role(session: Session, token_sha256: str, role: str) -> None:
    session.exec(
        update(WebSessionRow).where(col(WebSessionRow.token_sha256) == token_sha256).values(role_override=role)
    )


def add_token(session: Session, name: str, token_sha256: str, role: str, now: datetime) -> None:
    session.add(ApiTokenRow(name=name, token_sha256=token_sha256, role=role, created_at=now))


def find_token(session: Session, token_sha256: str) -> TokenRecord | None:
    row: Any = session.connection().execute(_TOKEN, {"sha256": token_sha256}).one_or_none()
    return TokenRecord(*row) if row else None


# Made once: it is asked before every request of a program.
_TOKEN = columns(
    col(ApiTokenRow.id), col(ApiTokenRow.name), col(ApiTokenRow.role), col(ApiTokenRow.last_used_at)
).where(col(ApiTokenRow.token_sha256) == bindparam("sha256"), col(ApiTokenRow.revoked_at).is_(None))


def token_used(session: Session, token_id: int, now: datetime) -> None:
    session.exec(update(ApiTokenRow).where(col(ApiTokenRow.id) == token_id).values(last_used_at=now))


def audit(session: Session, actor: str, action: str, subject: str, now: datetime) -> None:
    """Who did what to which thing; never what it said."""
    session.add(AuditEventRow(at=now, actor=actor, action=action, subject=subject))


def count_audited(session: Session, action: str, subject: str, since: datetime) -> int:
    """How often something was done to a thing since a time."""
    return session.exec(
        select(func.count())
        .select_from(AuditEventRow)
        .where(AuditEventRow.subject == subject, AuditEventRow.action == action, AuditEventRow.at > since)
    ).one()
