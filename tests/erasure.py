"""Looks for a word in everything an installation keeps: each byte of its files, each row of its tables."""

from pathlib import Path

from sqlalchemy import TextClause, text

from service.store.engine import Database


def files_with(folder: Path, *needles: str | bytes) -> list[str]:
    """The files below a folder that hold any of these bytes, in any case of letters where they are text."""
    texts = [needle.lower().encode() for needle in needles if isinstance(needle, str)]
    exact = [needle for needle in needles if isinstance(needle, bytes)]
    found = []
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            content = file.read_bytes()
            lowered = content.lower() if texts else b""
            if any(text in lowered for text in texts) or any(needle in content for needle in exact):
                found.append(file.relative_to(folder).as_posix())
    return found


def tables_with(database: Database, needle: str) -> list[str]:
    """The tables with a row that holds the needle in any column, and the planner's samples of their values."""
    with database.read() as session:
        if database.dialect == "sqlite":
            names = session.execute(text("SELECT name FROM sqlite_schema WHERE type = 'table'")).scalars().all()
            columns = {n: session.execute(_all_of("*", n)).all() for n in names}
            return sorted(n for n, rows in columns.items() if needle in str(rows).lower())
        names = session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        found = {n: session.execute(_all_of("CAST(t AS text)", n)).scalars().all() for n in names}
        found["pg_stats"] = (
            session.execute(text("SELECT CAST(s AS text) FROM pg_stats s WHERE schemaname = 'public'")).scalars().all()
        )
        return sorted(n for n, rows in found.items() if needle in str(rows).lower())


def _all_of(what: str, table: str) -> TextClause:
    return text(f'SELECT {what} FROM "{table}" t')  # noqa: S608 - the name comes from the database itself
