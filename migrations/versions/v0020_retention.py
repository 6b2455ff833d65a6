"""When the bytes and the personal data of a message were removed: the time of keeping them is over."""

import sqlalchemy as sa
from alembic import op

from mailbot.store import columns

revision = "0020"
down_revision = "0004"
branch_labels = None
depends_on = None

COMMENTS = {
    "raw_purged_at": "When its bytes were removed because the time of keeping them was over; null while they are kept",
    "personal_purged_at": "When the personal data in it were removed for the same reason; null while they are kept",
}


def upgrade() -> None:
    for name, comment in COMMENTS.items():
        op.add_column("messages", sa.Column(name, columns.UtcDateTime(), nullable=True, comment=comment))


def downgrade() -> None:
    for name in COMMENTS:
        op.drop_column("messages", name)
