"""Who may do what: people, their browser sessions, and the tokens of programs. No secret is kept, only its hash."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from service.store.tables.columns import Row, UtcDateTime


class UserRow(Row, table=True):
    __tablename__ = "user"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    role: str
    password_hash: str | None = None
    active: bool = True
    created_at: datetime = Field(sa_type=UtcDateTime)


class WebSessionRow(Row, table=True):
    """A signed-in browser. `role_override` is the role a visitor of the demo chose to look through."""

    __tablename__ = "web_session"
    __table_args__ = (Index(None, "user_id"), Index(None, "expires_at"))

    token_sha256: str = Field(primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE")
    role_override: str | None = None
    csrf_token: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)


class ApiTokenRow(Row, table=True):
    __tablename__ = "api_token"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    name: str
    token_sha256: str = Field(unique=True)
    role: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
