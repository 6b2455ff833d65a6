"""Past the ORM: many rows at once, whose bookkeeping costs ten times the insert, and what every saving asks.

A statement on a bare table (`table_of`), made once with `bindparam`, costs a quarter of one that is put together of
mapped attributes anew for each execution. It doesn't flush: whoever uses it has flushed what it depends on.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Insert, Integer, Select, Table, TableClause, column, func, insert, select
from sqlalchemy.orm import Session

from mailbot.store.tables.base import Base


def insert_rows(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert `rows` (column: value, the same columns in each). What the session holds back is written first."""
    if rows:
        session.flush()
        session.execute(insert(table_of(table)), rows)


def insert_numbered(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> Sequence[int]:
    """Insert `rows` as `insert_rows` does; the numbers (`id`) that they were given, in the same order."""
    if not rows:
        return ()
    session.flush()
    if session.get_bind().dialect.name == "sqlite":
        return _insert_numbering(session, table_of(table), rows)
    wanted = table_of(table)
    return session.scalars(insert(wanted).returning(wanted.c.id, sort_by_parameter_order=True), rows).all()


def table_of(table: type[Base]) -> Table:
    """The bare table under a mapped class."""
    return cast(Table, table.__table__)


def _insert_numbering(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> Sequence[int]:
    """The same where RETURNING takes a statement for each row; a transaction of SQLite's is alone, so it may number."""
    last, adding = _numbering(table)
    first = session.scalars(last).one() + 1
    numbers = range(first, first + len(rows))
    session.execute(adding, [{"id": number, **row} for number, row in zip(numbers, rows, strict=True)])
    return numbers


@cache
def _numbering(table: Table) -> tuple[Select[int], Insert]:
    """The statements that tell the last number given out, and that insert rows."""
    highest: Select[int] = select(func.coalesce(func.max(table.c.id), 0))
    if table.dialect_options["sqlite"]["autoincrement"]:  # where no number is given twice, not even a deleted row's
        given = TableClause("sqlite_sequence", column("name"), column("seq", Integer))
        highest = select(func.coalesce(func.max(given.c.seq), 0)).where(given.c.name == table.name)
    return highest, insert(table)
