"""Retention: when the bytes and the personal data of a message were removed.

And of the campaign: who counts as one sender, and when the database was restored from a backup.
"""

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


SENDERS = {
    "shared_domains": "Mail domains that many respondents share: there, only equal addresses are one sender",
    "own_addresses": "The authority's own addresses",
    "authserv_ids": "The names under which the mailbox's own server adds Authentication-Results",
}
RESTORED = "When this database was last restored from a backup; null where it never was"


def upgrade() -> None:
    op.add_column("campaign", sa.Column("restored_at", columns.UtcDateTime(), nullable=True, comment=RESTORED))
    for name, comment in SENDERS.items():
        op.add_column(
            "campaign",
            sa.Column(name, columns.Document, server_default=sa.text("'[]'"), nullable=False, comment=comment),
        )
    for name, comment in COMMENTS.items():
        op.add_column("messages", sa.Column(name, columns.UtcDateTime(), nullable=True, comment=comment))


def downgrade() -> None:
    op.drop_column("campaign", "restored_at")
    for name in SENDERS:
        op.drop_column("campaign", name)
    for name in COMMENTS:
        op.drop_column("messages", name)
