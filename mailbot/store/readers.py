"""Roles of Postgres that may read the public views and nothing else."""

from __future__ import annotations

from psycopg import sql
from sqlalchemy import Connection, Engine, text

from mailbot.store import views
from mailbot.store.errors import ReaderError


def grant_reader(engine: Engine, name: str, password: str | None = None) -> bool:
    """Let the role `name` read the public views of this database, and nothing else of it. True where it was made.

    A role that isn't there is made, with `password` if one is given, and its transactions are read-only. The tables
    stay closed to it: the views read them with their owner's rights. The right outlives views that are made anew.
    Raises `ReaderError` on SQLite, which has no roles, for the database's own user, and for a role that could write.
    """
    if engine.dialect.name != "postgresql":
        raise ReaderError("SQLite has no roles: whoever may read the file, and not write it, is a reader")
    with engine.begin() as connection:
        made = not _exists(connection, name)
        if made:
            _create(connection, name, password)
        _refuse_writers(connection, name)
        database = connection.scalar(text("SELECT current_database()"))
        schema = connection.scalar(text("SELECT current_schema()"))
        _execute(connection, "GRANT CONNECT ON DATABASE {} TO {}", database, name)
        _execute(connection, "GRANT USAGE ON SCHEMA {} TO {}", schema, name)
        for view in views.VIEW_NAMES:
            _execute(connection, "GRANT SELECT ON {} TO {}", view, name)
    return made


def _exists(connection: Connection, name: str) -> bool:
    return connection.scalar(text("SELECT true FROM pg_roles WHERE rolname = :name"), {"name": name}) is not None


def _create(connection: Connection, name: str, password: str | None) -> None:
    if password is None:
        _execute(connection, "CREATE ROLE {} LOGIN", name)
    else:
        statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(name), sql.Literal(password))
        _cursor_execute(connection, statement)
    _execute(connection, "ALTER ROLE {} SET default_transaction_read_only = on", name)


def _refuse_writers(connection: Connection, name: str) -> None:
    """A role that can write already would not become a reader by a grant; and everybody may write in an open schema."""
    mighty = "SELECT rolsuper OR pg_has_role(oid, current_user, 'MEMBER') FROM pg_roles WHERE rolname = :name"
    if connection.scalar(text(mighty), {"name": name}):
        raise ReaderError(f"the role «{name}» is the database's owner or may act as it: take another name")
    if connection.scalar(text("SELECT has_schema_privilege(:name, current_schema(), 'CREATE')"), {"name": name}):
        schema = connection.scalar(text("SELECT current_schema()"))
        raise ReaderError(
            f"everybody may create tables in the schema «{schema}» (as was usual before Postgres 15): "
            f'have the owner of the database run REVOKE CREATE ON SCHEMA "{schema}" FROM PUBLIC'
        )


def _execute(connection: Connection, statement: str, *names: str | None) -> None:
    _cursor_execute(connection, sql.SQL(statement).format(*(sql.Identifier(str(name)) for name in names)))


def _cursor_execute(connection: Connection, statement: sql.Composed) -> None:
    """Past SQLAlchemy: names and passwords can't be parameters in these statements, so psycopg quotes them."""
    raw = connection.connection.driver_connection
    connection.exec_driver_sql(statement.as_string(raw).replace("%", "%%"))
