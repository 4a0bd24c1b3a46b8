"""Logs are events with ids, never text of tickets. Called once by the command line before anything starts."""

import logging
import sys
from typing import Literal, TextIO

import structlog
from structlog.typing import ExcInfo

from service.tracebacks import safe_traceback


def configure_logs(
    level: str = "info", form: Literal["json", "console"] = "json", stream: TextIO | None = None
) -> None:
    """Send structlog and the standard library's loggers to one stream (standard error) in one form.

    Tracebacks come without local variables and without the messages of foreign errors: both hold ticket text. For the
    same reason `debug` is for this program's own events alone; libraries at that level write what passes through them.
    """
    stream = stream or sys.stderr
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    final: list[structlog.typing.Processor] = (
        [structlog.processors.ExceptionRenderer(_traceback), structlog.processors.JSONRenderer()]
        if form == "json"
        else [structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=_write_traceback)]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *final],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel("INFO" if level == "debug" else level.upper())
    for own in ("service", "pipelines"):
        logging.getLogger(own).setLevel("DEBUG" if level == "debug" else "NOTSET")
    # These two write request and response lines; what they carry is the tickets'.
    for noisy in ("httpx", "openai", "chromadb", "uvicorn.access", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _traceback(exc_info: ExcInfo) -> str:
    return safe_traceback(exc_info[1])


def _write_traceback(stream: TextIO, exc_info: ExcInfo) -> None:
    stream.write("\n" + _traceback(exc_info))
