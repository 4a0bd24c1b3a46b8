"""Tracebacks fit for a log, as service.tracebacks makes them: what a request failed of is logged without its data."""

from service.tracebacks import safe_traceback

__all__ = ["safe_traceback"]
