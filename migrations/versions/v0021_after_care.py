"""After-care: what was done in the mailbox to the copies of messages that have been read."""

import sqlalchemy as sa
from alembic import op

from mailbot.store import columns

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

DONE = "What was done to the copy once it was read: seen, flag, keyword NAME, moved to FOLDER; null: nothing"
COPIED = "While it is being moved by a copy (a server without MOVE): the UID from which on the copy is found"


def upgrade() -> None:
    op.add_column("message_locations", sa.Column("after_care", columns.CleanText(), nullable=True, comment=DONE))
    op.add_column("message_locations", sa.Column("copied_from_uid", sa.BigInteger(), nullable=True, comment=COPIED))


def downgrade() -> None:
    op.drop_column("message_locations", "copied_from_uid")
    op.drop_column("message_locations", "after_care")
