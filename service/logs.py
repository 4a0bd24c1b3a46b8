"""Logs are events with ids, never text of tickets. Called once by the command line before anything starts."""

import logging
import sys
from typing import Literal, TextIO

import structlog


def configure_logs(
    level: str = "info", form: Literal["json", "console"] = "json", stream: TextIO | None = None
) -> None:
    """Send structlog and the standard library's loggers to one stream (standard error) in one form.

    Tracebacks are rendered without local variables: those hold ticket text.
    """
    stream = stream or sys.stderr
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    final: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if form == "json"
        else [structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback)]
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
    root.setLevel(level.upper())
    # These two write request and response lines; what they carry is the tickets'.
    for noisy in ("httpx", "openai", "chromadb", "uvicorn.access", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
