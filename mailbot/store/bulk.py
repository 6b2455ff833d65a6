"""Many rows at once, past the ORM: its bookkeeping for each object costs ten times the insert."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from mailbot.store.tables.base import Base


def insert_rows(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert `rows` (column: value, the same columns in each). What the session holds back is written first."""
    if rows:
        session.flush()
        session.execute(insert(_table(table)), rows)


def insert_numbered(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> Sequence[int]:
    """Insert `rows` as `insert_rows` does; the numbers (`id`) that they were given, in the same order."""
    if not rows:
        return ()
    session.flush()
    wanted = _table(table)
    return session.scalars(insert(wanted).returning(wanted.c.id, sort_by_parameter_order=True), rows).all()


def _table(table: type[Base]) -> Table:
    return cast(Table, table.__table__)
