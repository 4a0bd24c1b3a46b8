"""The commands about people and tokens."""

import sys

import click

from service.terminal import read_settings, say

ROLES = ("agent", "kb_manager", "lead", "admin", "integration")


@click.group()
def user() -> None:
    """People who sign in."""


@user.command(name="create")
@click.argument("name")
@click.option("--role", type=click.Choice([r for r in ROLES if r != "integration"]), required=True)
def user_create(name: str, role: str) -> None:
    """Add a person; asks for the password, or reads it from standard input."""
    from service.container import open_database
    from service.usecases.access import create_user
    from service.usecases.actors import UserRole

    password = _password()
    with open_database(read_settings()) as db:
        create_user(db, name, UserRole(role), password)
    say(f"{name} can sign in as {role}.")


@user.command(name="password")
@click.argument("name")
def user_password(name: str) -> None:
    """Set a person's password anew; asks for it, or reads it from standard input. Their sessions end."""
    from service.container import open_database
    from service.usecases.access import set_password

    password = _password()
    with open_database(read_settings()) as db:
        set_password(db, name, password)
    say(f"{name} has a new password and is signed out everywhere.")


def _password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")


@click.group()
def token() -> None:
    """Tokens for programs."""


@token.command(name="create")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--name", default="token", help="What it is for, as the audit trail names it.")
def token_create(role: str, name: str) -> None:
    """Print a new bearer token. It is shown this once."""
    from service.container import open_database
    from service.usecases.access import create_token
    from service.usecases.actors import UserRole

    with open_database(read_settings()) as db:
        click.echo(create_token(db, UserRole(role), name))
