"""The commands about articles."""

from pathlib import Path

import click

from service.terminal import quiet_logs, read_settings


@click.group()
def articles() -> None:
    """Knowledge-base articles."""


@articles.command(name="export")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--audience",
    type=click.Choice(["internal", "partner", "customer", "public"]),
    default="public",
    show_default=True,
    help="Whose articles; those for wider audiences come with them.",
)
@click.option("--format", "form", type=click.Choice(["markdown", "html"]), default="markdown", show_default=True)
def export(directory: Path, audience: str, form: str) -> None:
    """Write the published articles into a folder, for a static site or a helpdesk; again brings it up to date."""
    from service.commands.exporting import export_command

    settings = read_settings()
    quiet_logs()
    told, hint = export_command(settings, directory, audience, form)
    click.echo(told)
    if hint:
        click.echo(hint, err=True)
