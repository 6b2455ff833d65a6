"""How Alembic reaches the database.

From mailbot (`mailbot db upgrade`) it gets a connection that is in a transaction already. From a checkout, where a
developer writes a migration, the database is named on the command line:

    alembic -x url=sqlite:///scratch.db upgrade head
    alembic -x url=sqlite:///scratch.db revision --autogenerate -m "what it is for"
"""

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection

from mailbot.store import views
from mailbot.store.engine import open_engine
from mailbot.store.schema import migrating
from mailbot.store.tables import Base


def migrate(connection: Connection) -> None:
    moving = _is_moving()
    rights = views.drop(connection) if moving else {}  # they stand on the tables that change
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        transactional_ddl=True,
        user_module_prefix="columns.",
    )
    with context.begin_transaction():
        context.run_migrations()
    if moving and context.get_context().get_current_revision() == context.script.get_current_head():
        views.refresh(connection, rights)


def _is_moving() -> bool:
    """Whether this is an upgrade or a downgrade, not merely a look at the database."""
    try:
        context.get_revision_argument()
    except KeyError:
        return False
    return True


def _from_command_line() -> None:
    url = context.get_x_argument(as_dictionary=True).get("url")
    if not url:
        raise CommandError("name the database: alembic -x url=sqlite:///scratch.db …")
    with migrating(open_engine(url)) as connection:
        migrate(connection)


if context.is_offline_mode():
    raise CommandError("mailbot's migrations need a connection: the public views are built from the configured fields")
given = context.config.attributes.get("connection")
if given is None:
    _from_command_line()
else:
    migrate(given)
