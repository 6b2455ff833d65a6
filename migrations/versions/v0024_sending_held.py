"""Sending: until when the mail server wants nothing of ours, whatever mail it refused."""

import sqlalchemy as sa
from alembic import op

from mailbot.store import columns

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

HOLDS = (
    "The server refused the account, not this mail (a limit, a log-in): until then nothing at all is sent; else null"
)


def upgrade() -> None:
    op.add_column("outbox", sa.Column("holds_all_until", columns.UtcDateTime(), nullable=True, comment=HOLDS))


def downgrade() -> None:
    op.drop_column("outbox", "holds_all_until")
