"""Signing in, tokens, and who a request comes from. Secrets are shown once and kept as hashes."""

import hashlib
import secrets
from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from pipelines.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted, NotSignedIn, TooManyAttempts
from pipelines.domain.storable import require_storable, storable, why_unstorable
from service.store.engine import Database
from service.store.queries import access
from service.usecases import clock
from service.usecases.actors import Actor, UserRole
from service.usecases.views import SignedIn

SHORTEST_PASSWORD = 10
TOKEN_PREFIX = "prec_"  # noqa: S105 - how a token starts, so that secret scanners find a leaked one
DEMO_USER = "Demo visitor"
SIGN_IN_FAILED = "sign_in.failed"
MOST_FAILURES = 10
FAILURES_WITHIN = timedelta(minutes=10)
_TOKEN_SEEN_EVERY = timedelta(minutes=5)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys_hash() -> str:
    """Checked when the name is unknown, so that the time of an answer does not tell which names exist."""
    return _hasher().hash(secrets.token_urlsafe(16))


def create_user(db: Database, name: str, role: UserRole, password: str) -> int:
    """Add a person. Raises InvalidInput for an unusable name, role or password, Conflict for a taken name."""
    name = name.strip()
    if not name:
        raise InvalidInput("A user needs a name.")
    require_storable(name, "The name")
    if role is UserRole.INTEGRATION:
        raise InvalidInput("integration is a role of programs; use `precedent token create --role integration`.")
    hashed = _hashed(password)
    with db.write() as session:
        if access.taken(session, name):
            raise Conflict(f"There is a user {name!r} already (capitals make no difference).")
        now = clock.now()
        user_id = access.add_user(session, name, role, hashed, now)
        access.audit(session, "command line", "user.created", f"user/{user_id}", now)
    return user_id


def set_password(db: Database, name: str, password: str) -> None:
    """A new password for a person, whose sessions end with it. Raises NotFound, InvalidInput for a short password."""
    hashed = _hashed(password)
    with db.write() as session:
        user = access.find_user(session, storable(name.strip()))
        if user is None:
            raise NotFound(f"There is no user {name.strip()!r}; names are written as they were created.")
        access.change_password(session, user.id, hashed)
        access.audit(session, "command line", "password.set", f"user/{user.id}", clock.now())


def _hashed(password: str) -> str:
    require_storable(password, "The password")
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput(f"The password is too short; use at least {SHORTEST_PASSWORD} characters.")
    return _hasher().hash(password)


def create_token(db: Database, role: UserRole, name: str) -> str:
    """A new bearer token, which is shown this once. Raises InvalidInput for an unusable name."""
    require_storable(name, "The name")
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    with db.write() as session:
        now = clock.now()
        access.add_token(session, name, _sha256(token), role, now)
        access.audit(session, "command line", "token.created", f"token/{name}", now)
    return token


def sign_in(db: Database, name: str, password: str, hours: int) -> SignedIn:
    """A browser session. Raises NotSignedIn without saying which of the two was wrong.

    Raises TooManyAttempts after many wrong passwords for one name, whether there is such a user or not.
    """
    if why_unstorable(name) or why_unstorable(password):
        # Nobody is called so, and no password is: but neither the database nor the hash can be asked.
        name, password = "", ""
    now = clock.now()
    tried = f"name/{_sha256(name.strip())[:16]}"
    with db.read() as session:
        user = access.find_user(session, name.strip())
        failures = access.count_audited(session, SIGN_IN_FAILED, tried, now - FAILURES_WITHIN)
    if failures >= MOST_FAILURES:
        raise TooManyAttempts("Too many wrong passwords for this name; try again in a few minutes.")
    usable = user is not None and user.active and user.password_hash is not None
    try:
        _hasher().verify((user.password_hash if user and usable else None) or _nobodys_hash(), password)
    except VerificationError:
        usable = False
    if user is None or not usable:
        with db.write() as session:
            access.audit(session, "sign-in", SIGN_IN_FAILED, tried, now)
        raise NotSignedIn("Name or password is wrong.")
    return _open_session(db, user.id, hours)


def demo_session(db: Database, hours: int) -> SignedIn:
    """The session of a visitor of the demo: signed in by itself, as an administrator without a password."""
    with db.write() as session:
        user = access.find_user(session, DEMO_USER)
        user_id = user.id if user else access.add_user(session, DEMO_USER, UserRole.ADMIN, None, clock.now())
    return _open_session(db, user_id, hours)


def _open_session(db: Database, user_id: int, hours: int) -> SignedIn:
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    now = clock.now()
    expires_at = now + timedelta(hours=hours)
    with db.write() as session:
        access.add_session(session, _sha256(token), user_id, csrf, now, expires_at)
    return SignedIn(token=token, csrf=csrf, expires_at=expires_at)


def sign_out(db: Database, token: str) -> None:
    with db.write() as session:
        access.remove_session(session, _sha256(token))


def session_actor(db: Database, token: str) -> tuple[Actor, str] | None:
    """Whose session it is, with its CSRF token; None where there is no such session any more."""
    with db.read() as session:
        found = access.find_session(session, _sha256(token), clock.now())
    return (Actor(name=found.name, role=UserRole(found.role), id=found.user_id), found.csrf) if found else None


def token_actor(db: Database, token: str) -> Actor | None:
    """The program that a bearer token stands for; None where the token is unknown or revoked."""
    now = clock.now()
    with db.read() as session:
        found = access.find_token(session, _sha256(token))
    if found is None:
        return None
    if found.last_used_at is None or now - found.last_used_at > _TOKEN_SEEN_EVERY:
        with db.write() as session:
            access.token_used(session, found.id, now)
    return Actor(name=found.name, role=UserRole(found.role))


def switch_role(db: Database, token: str, role: UserRole) -> None:
    """Let the visitor of the demo look through another role. Raises NotPermitted for anybody else."""
    with db.write() as session:
        found = access.find_session(session, _sha256(token), clock.now())
        if found is None or found.name != DEMO_USER or role is UserRole.INTEGRATION:
            raise NotPermitted("Only the visitor of the demo can switch roles.")
        access.override_role(session, _sha256(token), role)


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
