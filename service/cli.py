"""The command line `precedent`. Each command imports what it needs when it runs, so that --help starts fast."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from service.cli_access import token, user
from service.cli_articles import articles
from service.terminal import DONE, FAILED, SOME_REJECTED, quiet_logs, read_settings, run, say

CAPTURE = click.Choice(["escalated", "all", "none"])


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="precedent", prog_name="precedent")
def precedent() -> None:
    """Turns every closed support escalation into a precedent for the next ticket.

    Settings are environment variables that start with PRECEDENT_; the README lists them.
    """


@precedent.command()
def demo() -> None:
    """Load the demo tickets, run the pipeline on them, and serve the result on this machine."""
    from service.commands.serving import serve_demo

    serve_demo(read_settings(), say)


@precedent.command()
def serve() -> None:
    """Serve the pages and the API; without PRECEDENT_CHROMA_URL also work on jobs."""
    from service.commands.serving import serve as run

    run(read_settings())


@precedent.command()
@click.option("--until-idle", is_flag=True, help="Stop when no job is due.")
def worker(*, until_idle: bool) -> None:
    """Work on queued jobs."""
    from service.commands.serving import work

    work(read_settings(), until_idle=until_idle)


@precedent.command()
def migrate() -> None:
    """Bring the database to this program's schema."""
    from service.container import open_database

    with open_database(read_settings()):
        say("The database is at the newest schema.")


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

    settings = read_settings()
    quiet_logs()
    policy: Any = capture or settings.capture
    if accept_drafts and policy == "none":
        raise click.UsageError("--accept-drafts has nothing to accept with --capture none.")
    summary = import_command(settings, file, policy, accept_drafts=accept_drafts, rejects=rejects, say=say)
    click.echo(json_line(summary))
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

    settings = read_settings()
    quiet_logs()
    click.echo(suggest_command(settings, text, product_area, version, environment, as_json=as_json))


@precedent.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--summariser", type=click.Choice(["offline", "llm"]), help="[default: llm where PRECEDENT_LLM_MODEL is set]"
)
def draft(file: Path, summariser: str | None) -> int:
    """Print what capture would propose for each ticket of a file. Stores nothing."""
    from service.commands.drafting import draft_file

    settings = read_settings()
    quiet_logs()
    rejected = draft_file(settings, file, summariser, click.echo, say)
    return SOME_REJECTED if rejected else DONE


@precedent.group()
def gaps() -> None:
    """What customers keep asking that nobody has written down."""


@gaps.command(name="build")
@click.option("--json", "as_json", is_flag=True)
def gaps_build(*, as_json: bool) -> None:
    """Build a gap report now."""
    from service.commands.asking import gaps_text
    from service.commands.progress import shown
    from service.container import open_services
    from service.usecases.report_gaps import build_report

    settings = read_settings()
    quiet_logs()
    with open_services(settings) as services, shown() as progress:
        report = build_report(services, progress=progress)
    click.echo(gaps_text(report, as_json=as_json))


@gaps.command(name="show")
@click.option("--json", "as_json", is_flag=True)
@click.option("--since", metavar="REPORT", help="what changed since an earlier report, by its number")
def gaps_show(*, as_json: bool, since: str | None) -> None:
    """Show the newest gap report."""
    from service.commands.asking import changes_text, gaps_text
    from service.container import open_database
    from service.usecases.compare_gaps import changes_since
    from service.usecases.read_gaps import latest_report

    settings = read_settings()
    quiet_logs()
    with open_database(settings) as db:
        report = latest_report(db)
        if report is None:
            raise click.ClickException("There is no gap report yet; run `precedent gaps build`.")
        if since is not None:
            click.echo(changes_text(changes_since(db, since=since), as_json=as_json))
            return
    click.echo(gaps_text(report, as_json=as_json))


@precedent.command()
@click.argument("directory", type=click.Path(path_type=Path))
def backup(directory: Path) -> None:
    """Copy an embedded installation into a directory, also while it runs."""
    from service.container import open_database
    from service.usecases import keep

    settings = read_settings()
    with open_database(settings):
        written = keep.backup(settings, directory)
    say(f"Backed up to {written}. The search index is rebuilt from it at restore.")


@precedent.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask before replacing what is there.")
def restore(directory: Path, *, yes: bool) -> None:
    """Replace an embedded installation's data by a backup, also while it runs."""
    from service.usecases import keep

    settings = read_settings()
    there = not settings.database_url and (settings.data_dir / keep.DATABASE).is_file()
    if there and not yes and sys.stdin.isatty():
        click.confirm(f"Replace everything in {settings.data_dir}?", abort=True, err=True)
    keep.restore(settings, directory)
    say("Restored. The server that runs, or the next to start, rebuilds the search index.")


@precedent.command()
def reindex() -> None:
    """Build the vector index anew from the database."""
    from service.container import open_services
    from service.usecases.index import reindex as rebuild

    settings = read_settings()
    quiet_logs()
    with open_services(settings) as services:
        written = rebuild(services)
    say(f"{written} resolutions indexed.")


@precedent.command()
@click.option("--model", is_flag=True, help="Fine-tune the embedding model instead; takes 10 minutes or more.")
def tune(*, model: bool) -> None:
    """Learn the ranking from confirmed links and outcomes; kept only where it is surely better."""
    from service.commands.tuning import tune_command, tune_model_command

    settings = read_settings()
    quiet_logs()
    click.echo(tune_model_command(settings) if model else tune_command(settings))


@precedent.command()
@click.argument("ticket", metavar="SOURCE/ID")
def erase(ticket: str) -> None:
    """Erase a ticket and all that was made of it; resolutions keep what is not the customer's."""
    from service.commands.erasing import erase_command, ticket_named

    key = ticket_named(ticket)
    settings = read_settings()
    quiet_logs()
    erase_command(settings, key, say)


@precedent.command()
@click.option("--retry-dead", is_flag=True, help="Queue the jobs anew that were given up.")
def doctor(*, retry_dead: bool) -> int:
    """Tell what is configured, reachable, pending and broken. Exits 1 where something is broken."""
    from service.commands.doctor import examine

    settings = read_settings()
    quiet_logs()
    return FAILED if examine(settings, click.echo, retry_dead=retry_dead) else DONE


def json_line(value: Any) -> str:
    import json

    return json.dumps(value)


precedent.add_command(user)
precedent.add_command(token)
precedent.add_command(articles)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 done, 1 failed, 2 wrong usage, 3 done but some input was rejected, 130 stopped."""
    run(precedent, arguments)
