"""What the public views are built of, alike on SQLite and Postgres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Label,
    Select,
    SQLColumnExpression,
    String,
    and_,
    case,
    cast,
    collate,
    func,
    null,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from mailbot.store.fields import Field
from mailbot.store.tables import CampaignRow, MessageRow


@dataclass(frozen=True, slots=True)
class Fields:
    """The configured fields by kind, each in the campaign's order."""

    figures: tuple[Field, ...]
    audience: tuple[Field, ...]

    @classmethod
    def of(cls, fields: Sequence[Field]) -> Fields:
        """The fields sorted out."""
        return cls(
            figures=tuple(field for field in fields if field.kind != "audience"),
            audience=tuple(field for field in fields if field.kind == "audience"),
        )

    def names(self, kind: str) -> list[str]:
        """The names of the fields of a kind."""
        return [field.name for field in (*self.figures, *self.audience) if field.kind == kind]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a view: the expression, and what it means."""

    name: str
    expression: SQLColumnExpression[Any]
    comment: str

    @property
    def label(self) -> Label[Any]:
        """The expression under its public name."""
        return self.expression.label(self.name)


@dataclass(frozen=True, slots=True)
class View:
    """A public view: its name, what it is for, its columns, the query behind them, and its order in words."""

    name: str
    comment: str
    columns: tuple[Column, ...]
    query: Select[Any]
    order: str


class binary_order(FunctionElement[str]):  # noqa: N801 - reads as the SQL function that it is
    """Text to sort by its characters' codes: the same order on both databases, whatever Postgres' locale."""

    inherit_cache = True
    type = String()


@compiles(binary_order)
def _as_it_is(element: binary_order, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(binary_order, "postgresql")
def _c_collation(element: binary_order, compiler: SQLCompiler, **options: Any) -> str:
    (text,) = element.clauses
    return compiler.process(collate(text, "C"), **options)


def yes_no(condition: ColumnElement[bool]) -> ColumnElement[str | None]:
    """«yes» or «no», null where the condition is unknown: SQLite would show booleans as 1 and 0."""
    return case((condition, "yes"), (~condition, "no"), else_=null())


def whole(number: SQLColumnExpression[Any]) -> ColumnElement[int]:
    """A 64-bit integer; Postgres would make sums of sums `numeric`."""
    return cast(number, BigInteger)


def no_later_than_deadline(message: type[MessageRow]) -> ColumnElement[bool]:
    """Whether a message reached the server in time; null where only the sender or the importer says when it did."""
    by_server = message.sent_at_source.in_(("received", "internaldate"))
    return case((by_server, message.sent_at <= CampaignRow.deadline), else_=null())


def maximum_where(value: SQLColumnExpression[Any], condition: ColumnElement[bool]) -> ColumnElement[Any]:
    """The maximum of `value` over the group's rows that meet the condition."""
    return func.max(value).filter(condition)


def sum_where(value: SQLColumnExpression[Any], *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    """The sum of `value` over the group's rows that meet the conditions, null where there is none."""
    return whole(func.sum(value).filter(and_(*conditions)))


def count_where(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many of the group's rows meet the condition."""
    return func.count().filter(condition)
