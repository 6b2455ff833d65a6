"""The schema's version: bringing a database up to date, back, and telling whether it is.

The migrations are Alembic's. They lie in `migrations/` at the top of the repository and are installed as
`mailbot.migrations`; nobody needs an alembic.ini.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, inspect, text

import mailbot
from mailbot.store.engine import take_turns
from mailbot.store.errors import SchemaError
from mailbot.store.tables import Base

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["SchemaError", "check", "create", "current", "downgrade", "head", "migrating", "require_head", "upgrade"]


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema up to `revision`, with the data in place, and make the public views anew.

    All or nothing: on a failure the database is as before. Runs are serialised.
    """
    from alembic import command  # noqa: PLC0415 - 9 MB that a running service doesn't need

    with migrating(engine) as connection:
        command.upgrade(_config(connection), revision)


def create(engine: Engine) -> None:
    """Make the schema where there is none; nothing where another process has just made it.

    An upgrade would make the views anew, in the way of the other, which is at work with them already.
    """
    from alembic import command  # noqa: PLC0415 - 9 MB that a running service doesn't need

    with migrating(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            command.upgrade(_config(connection), "head")


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema back to `revision` («base»: to nothing). The public views are gone until the next upgrade."""
    from alembic import command  # noqa: PLC0415 - 9 MB that a running service doesn't need

    with migrating(engine) as connection:
        command.downgrade(_config(connection), revision)


def current(engine: Engine) -> str | None:
    """The revision that the database stands at; None where there is no schema."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return version


def head() -> str:
    """The revision that this version of mailbot needs: the last of «v0001_first_schema.py», «v0002_…»."""
    return _revisions()[-1]


def check(engine: Engine) -> list[str]:
    """What is wrong with the schema, a line each; nothing where it is as this version needs it."""
    found = current(engine)
    from mailbot.store import views  # noqa: PLC0415 - 3 MB that a running service doesn't need

    if found is None:
        return ["the database has no tables yet: run «mailbot db upgrade»"]
    if found not in _revisions():
        return [f"the database (revision {found}) was made by a newer mailbot: install that version"]
    if found != head():
        return [f"the database stands at revision {found}, this mailbot needs {head()}: run «mailbot db upgrade»"]
    with engine.connect() as connection:
        problems = [f"the schema was changed by hand: {difference}" for difference in _differences(connection)]
        missing = sorted(set(views.VIEW_NAMES) - set(inspect(connection).get_view_names()))
    return problems + [f"the view {name} is missing: run «mailbot db upgrade»" for name in missing]


def require_head(engine: Engine) -> None:
    """Raise `SchemaError` unless the schema is of the revision that this version needs; cheap, for every start."""
    found = current(engine)
    if found != head():
        raise SchemaError(
            f"the database stands at revision {found or '(none)'}, this mailbot needs {head()}: "
            "run «mailbot db upgrade»"
        )


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction in which tables may be rebuilt; used by `migrations/env.py` too.

    SQLite rebuilds a table by dropping it, which would delete all rows that refer to it: foreign keys are off
    meanwhile, and checked before the commit.
    """
    with engine.connect() as connection:
        _set_foreign_keys(connection, on=False)
        try:
            with connection.begin():
                take_turns(connection, "migration")
                yield connection
                _check_foreign_keys(connection)
        finally:
            _set_foreign_keys(connection, on=True)


def _set_foreign_keys(connection: Connection, *, on: bool) -> None:
    if (
        connection.dialect.name == "sqlite"
    ):  # a no-op within a transaction, hence past SQLAlchemy, which would begin one
        raw = connection.connection.driver_connection
        if raw is not None:
            raw.execute(f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}").close()


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise SchemaError(f"the migration would break references, so it was undone: {broken[:5]}")


def _differences(connection: Connection) -> list[Any]:
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - 9 MB that a running service doesn't need
    from alembic.migration import MigrationContext  # noqa: PLC0415 - the same

    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


def _config(connection: Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415 - 9 MB that a running service doesn't need

    config = Config()
    config.set_main_option("script_location", str(_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _revisions() -> list[str]:
    return sorted(file.name[1:].split("_")[0] for file in (_folder() / "versions").glob("v*.py"))


def _folder() -> Path:
    """Where the migrations lie: in the installed package, or beside it in the repository."""
    package = Path(mailbot.__file__).parent
    installed = package / "migrations"
    return installed if installed.is_dir() else package.parent / "migrations"
