"""The unit of work's handle, by a name that use cases may import: they know no SQL library."""

from sqlmodel import Session

__all__ = ["Session"]
