"""Column types that mean the same on SQLite and Postgres."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, DateTime, Dialect, Index, Integer, String, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in, aware (UTC) out.

    Postgres keeps `timestamp with time zone`. SQLite has no such type, so the text «2021-08-17 12:00:00.000000+00:00»
    stands there: always in UTC and of one length, hence it sorts and compares as time does.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type that the database at hand stores."""
        return dialect.type_descriptor(String(32) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse a naive time: nobody can tell afterwards which zone it meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone can't be stored: {value!r}")
        utc = value.astimezone(UTC)
        return utc.isoformat(sep=" ", timespec="microseconds") if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base's signature
        """The stored instant, aware, in UTC."""
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(UTC)


class CleanText(TypeDecorator[str]):
    """Text from mails: what a database can't hold (NUL, lone surrogates) becomes U+FFFD instead of an error.

    Postgres refuses NUL in text, and neither database takes a lone surrogate; a hostile subject must not be able to
    keep its message from being stored (promise 7).
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the base's signature
        """The text with every character that can't be stored replaced."""
        return None if value is None else _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)


BigKey = BigInteger().with_variant(Integer, "sqlite")
"""64 bits on Postgres; SQLite numbers rows itself only where the type is INTEGER, which is 64 bits there."""


class Document(TypeDecorator[Any]):
    """JSON, for what people don't query; on Postgres «jsonb»."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type that the database at hand stores. Postgres' own is 4 MB of modules: loaded where it is met."""
        if dialect.name != "postgresql":
            return dialect.type_descriptor(JSON())
        from sqlalchemy.dialects.postgresql import JSONB  # noqa: PLC0415

        return dialect.type_descriptor(JSONB())


def partial_index(name: str, column: str, where: str, *, unique: bool = False) -> Index:
    """An index on `column` of the rows under the condition `where`, as its migration makes it.

    Given to SQLAlchemy by its own options, the condition would load Postgres' dialect in every process: 2 MB, 25 ms.
    """
    return Index(name, column, unique=unique, info={"where": where})


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """A constraint that `column` is one of `values` (or null, where the column may be)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
