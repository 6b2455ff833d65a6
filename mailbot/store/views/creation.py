"""Creating the public views, and reading them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    RowMapping,
    TableClause,
    column,
    delete,
    insert,
    inspect,
    literal,
    select,
    table,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from mailbot.store.engine import take_turns
from mailbot.store.errors import ViewError
from mailbot.store.fields import active_fields
from mailbot.store.tables import PublicViewRow
from mailbot.store.view_origin import origin
from mailbot.store.views.building import View
from mailbot.store.views.catalogue import definitions

_STILL_NEEDED = "2BP01"
"""Postgres' state for «dependent objects still exist»."""
Rights = dict[str, list[str]]
"""For each view the roles of Postgres that may read it."""


def refresh(connection: Connection, rights: Rights | None = None) -> bool:
    """Create the public views anew if they aren't as the configured fields demand; True where they weren't.

    Readers' rights on them (Postgres) are kept: those that are there, or `rights`, which `drop` returned. Nothing is
    locked where nothing has changed. Raises `ViewError` where something else in the database stands on them.
    """
    take_turns(connection, "views")
    fields = active_fields(connection)
    views = definitions(fields)
    wanted = {view.name: _statements(connection, view) for view in views}
    made = dict(connection.execute(select(PublicViewRow.name, PublicViewRow.definition)).all())
    if (
        made == {name: "\n".join(statements) for name, statements in wanted.items()}
        and _existing(connection) >= made.keys()
    ):
        connection.execute(update(PublicViewRow).values(origin=origin(connection, fields, made)))
        return False
    kept = drop(connection) | (rights or {})
    everywhere = sorted(set.intersection(*map(set, kept.values()))) if kept else []
    for name, statements in wanted.items():
        for statement in statements:
            connection.exec_driver_sql(statement)
        for role in kept.get(name, everywhere):
            connection.exec_driver_sql(f"GRANT SELECT ON {_quoted(connection, name)} TO {_quoted(connection, role)}")
        connection.execute(insert(PublicViewRow).values(name=name, definition="\n".join(statements)))
    connection.execute(update(PublicViewRow).values(origin=origin(connection, fields, wanted)))
    return True


def drop(connection: Connection) -> Rights:
    """Remove the public views (migrations change what they stand on); returns who might read which.

    Raises `ViewError` where something else in the database stands on them.
    """
    if not inspect(connection).has_table(PublicViewRow.__tablename__):
        return {}
    rights = _reading_rights(connection)
    for name in connection.scalars(select(PublicViewRow.name)).all():
        try:
            connection.exec_driver_sql(f"DROP VIEW IF EXISTS {_quoted(connection, name)}")
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) == _STILL_NEEDED:
                words = " ".join(str(error.orig).split())
                raise ViewError(
                    f"the view {name} must be made anew, but something else in the database stands on it ({words}): "
                    "remove that, and create it again afterwards"
                ) from error
            raise
    connection.execute(delete(PublicViewRow))
    return rights


def as_table(view: View) -> TableClause:
    """The view as something to select from, with typed columns (times come aware, in UTC)."""
    return table(view.name, *(column(item.name, item.label.type) for item in view.columns))


def read(session: Session, name: str) -> list[RowMapping]:
    """All rows of the public view `name`, in its documented order; `KeyError` for a name that is none."""
    views = {view.name: view for view in definitions(active_fields(session))}
    return list(session.execute(select(as_table(views[name]))).mappings())


def rows(session: Session, view: View) -> Iterator[Row[*tuple[Any, ...]]]:
    """The rows of a view in its documented order, a portion at a time, however many there are."""
    query = select(as_table(view)).execution_options(yield_per=1000)
    yield from session.execute(query)


def _statements(connection: Connection, view: View) -> list[str]:
    """The DDL of a view: itself, and on Postgres its comments."""
    dialect = connection.dialect
    body = view.query.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    name = _quoted(connection, view.name)
    statements = [f"CREATE VIEW {name} AS {body}"]
    if dialect.name == "postgresql":
        statements.append(f"COMMENT ON VIEW {name} IS {_literal(connection, f'{view.comment}. Order: {view.order}.')}")
        statements += [
            f"COMMENT ON COLUMN {name}.{_quoted(connection, item.name)} IS {_literal(connection, item.comment)}"
            for item in view.columns
        ]
    return statements


def _existing(connection: Connection) -> set[str]:
    return set(inspect(connection).get_view_names())


def _reading_rights(connection: Connection) -> Rights:
    """Who may read which view, beside its owner; dropping a view forgets it."""
    if connection.dialect.name != "postgresql":
        return {}
    query = text(
        "SELECT c.relname, r.rolname FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee "
        "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'v' AND a.privilege_type = 'SELECT' "
        "AND a.grantee <> c.relowner ORDER BY 1, 2"
    )
    rights: Rights = {}
    for view, role in connection.execute(query):
        rights.setdefault(view, []).append(role)
    return rights


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)


def _literal(connection: Connection, value: str) -> str:
    return str(literal(value).compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
