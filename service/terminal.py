"""How the command line meets the person: settings, messages, exit status. Nothing heavy is imported here."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from service.jobs.left_behind import end_process

if TYPE_CHECKING:
    from service.settings import Settings

DONE, FAILED, USAGE, SOME_REJECTED, INTERRUPTED = 0, 1, 2, 3, 130


def run(group: click.Group, arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 done, 1 failed, 2 wrong usage, 3 done but some input was rejected, 130 stopped."""
    interrupted = _note_interrupts()
    try:
        status = group.main(args=arguments, prog_name="precedent", standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        status = _stopped()
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except BrokenPipeError:
        status = FAILED
    except Exception as error:  # noqa: BLE001 - told to the person
        status = _stopped() if interrupted else _failed(error)
    end_process(status if isinstance(status, int) else DONE)


def _note_interrupts() -> list[int]:
    """Grows with each Ctrl-C: extensions in C, such as pydantic's, turn a KeyboardInterrupt into an error of theirs."""
    import signal
    import threading

    seen: list[int] = []
    before = signal.getsignal(signal.SIGINT)

    def interrupt(number: int, frame: Any) -> None:
        seen.append(number)
        signal.default_int_handler(number, frame)

    # Not where SIGINT is ignored, as under nohup.
    if before is signal.default_int_handler and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, interrupt)
    return seen


def _stopped() -> int:
    say("Stopped. What was done so far is kept; run the same command again to go on.")
    return INTERRUPTED


def _failed(error: Exception) -> int:
    """Tell what went wrong; of what nobody foresaw, where it happened, so that it can be reported."""
    from pipelines.domain.errors import PrecedentError

    if isinstance(error, PrecedentError):
        say(f"precedent: {error}")
        return FAILED
    if isinstance(error, OSError) and error.strerror:
        named = f": {error.filename}" if error.filename else ""
        say(f"precedent: {error.strerror}{named}")
        return FAILED
    from service.tracebacks import safe_traceback

    say(f"precedent: an error that nobody foresaw; please report it.\n{safe_traceback(error)}")
    return FAILED


def say(text: str) -> None:
    click.echo(text, err=True)


def read_settings() -> "Settings":
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


def quiet_logs() -> None:
    """Commands that talk to a person on a terminal log warnings only."""
    import logging

    logging.getLogger().setLevel(logging.WARNING)
