"""The command line `precedent`. Each command imports what it needs when it runs, so that --help starts fast."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from service.settings import Settings

DONE, FAILED, USAGE, SOME_REJECTED, INTERRUPTED = 0, 1, 2, 3, 130
ROLES = ("agent", "kb_manager", "lead", "admin", "integration")
CAPTURE = click.Choice(["escalated", "all", "none"])


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="precedent", prog_name="precedent")
def precedent() -> None:
    """Turns every closed support escalation into a precedent for the next ticket.

    Settings are environment variables that start with PRECEDENT_; the README lists them.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 done, 1 failed, 2 wrong usage, 3 done but some input was rejected, 130 stopped."""
    try:
        status = precedent.main(args=arguments, prog_name="precedent", standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        _say("Stopped. What was done so far is kept; run the same command again to go on.")
        status = INTERRUPTED
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except BrokenPipeError:
        status = FAILED
    except Exception as error:  # noqa: BLE001 - told to the person
        status = _failed(error)
    sys.exit(status if isinstance(status, int) else DONE)


def _failed(error: Exception) -> int:
    """Tell what went wrong; of what nobody foresaw, where it happened, so that it can be reported."""
    from pipelines.domain.errors import PrecedentError

    if isinstance(error, PrecedentError):
        _say(f"precedent: {error}")
        return FAILED
    from service.tracebacks import safe_traceback

    _say(f"precedent: an error that nobody foresaw; please report it.\n{safe_traceback(error)}")
    return FAILED


def _say(text: str) -> None:
    click.echo(text, err=True)


def _settings() -> "Settings":
    """The settings, with logs configured by them. Raises click's error for a setting that cannot be read."""
    from pydantic import ValidationError

    from service.logs import configure_logs
    from service.settings import Settings

    try:
        settings = Settings()
    except ValidationError as error:
        wrong = "; ".join(f"PRECEDENT_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        raise click.ClickException(f"A setting cannot be used. {wrong}") from None
    configure_logs(settings.log_level, settings.log_format)
    return settings


def _quiet_logs() -> None:
    """Commands that talk to a person on a terminal log warnings only."""
    import logging

    logging.getLogger().setLevel(logging.WARNING)


@precedent.command()
def demo() -> None:
    """Load the demo tickets, run the pipeline on them, and serve the result on this machine."""
    from service.commands.serving import serve_demo

    serve_demo(_settings(), _say)


@precedent.command()
def serve() -> None:
    """Serve the pages and the API; without PRECEDENT_CHROMA_URL also work on jobs."""
    from service.commands.serving import serve as run

    run(_settings())


@precedent.command()
@click.option("--until-idle", is_flag=True, help="Stop when no job is due.")
def worker(*, until_idle: bool) -> None:
    """Work on queued jobs."""
    from service.commands.serving import work

    work(_settings(), until_idle=until_idle)


@precedent.command()
def migrate() -> None:
    """Bring the database to this program's schema."""
    from service.container import open_database

    with open_database(_settings()):
        _say("The database is at the newest schema.")


@precedent.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--capture", type=CAPTURE, help="Which closed tickets get drafts. [default: PRECEDENT_CAPTURE]")
@click.option("--accept-drafts", is_flag=True, help="Accept and index the drafts unseen, as an administrator.")
@click.option(
    "--rejects", type=click.Path(path_type=Path), help="Where rejected lines go. [default: FILE.rejects.jsonl]"
)
def import_(file: Path, capture: str | None, *, accept_drafts: bool, rejects: Path | None) -> int:
    """Import a ticket file (JSON Lines, plain or gzip). Importing it again changes nothing."""
    from service.commands.importing import import_command

    settings = _settings()
    _quiet_logs()
    policy: Any = capture or settings.capture
    if accept_drafts and policy == "none":
        raise click.UsageError("--accept-drafts has nothing to accept with --capture none.")
    summary = import_command(settings, file, policy, accept_drafts=accept_drafts, rejects=rejects, say=_say)
    click.echo(_json(summary))
    return SOME_REJECTED if summary["rejected"] else DONE


@precedent.command()
@click.argument("text")
@click.option("--product-area")
@click.option("--version")
@click.option("--environment")
@click.option("--json", "as_json", is_flag=True, help="The API's answer, for programs.")
def suggest(
    text: str, product_area: str | None, version: str | None, environment: str | None, *, as_json: bool
) -> None:
    """Ask what solved a problem before."""
    from service.commands.asking import suggest_command

    settings = _settings()
    _quiet_logs()
    click.echo(suggest_command(settings, text, product_area, version, environment, as_json=as_json))


@precedent.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--summariser", type=click.Choice(["offline", "llm"]), help="[default: llm where PRECEDENT_LLM_MODEL is set]"
)
def draft(file: Path, summariser: str | None) -> int:
    """Print what capture would propose for each ticket of a file. Stores nothing."""
    from service.commands.drafting import draft_file

    settings = _settings()
    _quiet_logs()
    rejected = draft_file(settings, file, summariser, click.echo, _say)
    return SOME_REJECTED if rejected else DONE


@precedent.group()
def gaps() -> None:
    """What customers keep asking that nobody has written down."""


@gaps.command(name="build")
@click.option("--json", "as_json", is_flag=True)
def gaps_build(*, as_json: bool) -> None:
    """Build a gap report now."""
    from service.commands.asking import gaps_text
    from service.container import open_services
    from service.usecases.report_gaps import build_report

    settings = _settings()
    _quiet_logs()
    with open_services(settings) as services:
        click.echo(gaps_text(build_report(services), as_json=as_json))


@gaps.command(name="show")
@click.option("--json", "as_json", is_flag=True)
def gaps_show(*, as_json: bool) -> None:
    """Show the newest gap report."""
    from service.commands.asking import gaps_text
    from service.container import open_database
    from service.usecases.report_gaps import latest_report

    settings = _settings()
    _quiet_logs()
    with open_database(settings) as db:
        report = latest_report(db)
    if report is None:
        raise click.ClickException("There is no gap report yet; run `precedent gaps build`.")
    click.echo(gaps_text(report, as_json=as_json))


@precedent.command()
@click.argument("directory", type=click.Path(path_type=Path))
def backup(directory: Path) -> None:
    """Copy an embedded installation into a directory, also while it runs."""
    from service.container import open_database
    from service.usecases import keep

    settings = _settings()
    with open_database(settings):
        written = keep.backup(settings, directory)
    _say(f"Backed up to {written}. The search index is rebuilt from it at restore.")


@precedent.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask before replacing what is there.")
def restore(directory: Path, *, yes: bool) -> None:
    """Replace an embedded installation's data by a backup, also while it runs."""
    from service.usecases import keep

    settings = _settings()
    there = not settings.database_url and (settings.data_dir / keep.DATABASE).is_file()
    if there and not yes and sys.stdin.isatty():
        click.confirm(f"Replace everything in {settings.data_dir}?", abort=True, err=True)
    keep.restore(settings, directory)
    _say("Restored. The server that runs, or the next to start, rebuilds the search index.")


@precedent.command()
def reindex() -> None:
    """Build the vector index anew from the database."""
    from service.container import open_services
    from service.usecases.index import reindex as rebuild

    settings = _settings()
    _quiet_logs()
    with open_services(settings) as services:
        written = rebuild(services)
    _say(f"{written} resolutions indexed.")


@precedent.group()
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

    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    with open_database(_settings()) as db:
        create_user(db, name, UserRole(role), password)
    _say(f"{name} can sign in as {role}.")


@precedent.group()
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

    with open_database(_settings()) as db:
        click.echo(create_token(db, UserRole(role), name))


@precedent.command()
@click.option("--retry-dead", is_flag=True, help="Queue the jobs anew that were given up.")
def doctor(*, retry_dead: bool) -> int:
    """Tell what is configured, reachable, pending and broken. Exits 1 where something is broken."""
    from service.commands.doctor import examine

    settings = _settings()
    _quiet_logs()
    return FAILED if examine(settings, click.echo, retry_dead=retry_dead) else DONE


def _json(value: Any) -> str:
    import json

    return json.dumps(value)
