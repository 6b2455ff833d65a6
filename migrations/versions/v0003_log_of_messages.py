"""What the log of messages shows of each, beside the message: counting anew for 20,000 messages took too long."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COUNTS = {
    "report_count": "How many reports hold: those of the decision in force, else the reader's",
    "finding_count": "How many findings there are",
    "attachment_count": "How many attachments it has",
}
FOLDER = "The folder where it was last met; null where it was imported"


def upgrade() -> None:
    # one statement for both databases: as an operation, SQLite would have to rebuild the table for the reference
    number = "INTEGER" if op.get_context().dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"ALTER TABLE messages ADD COLUMN folder_id {number} "
        "CONSTRAINT fk_messages_folder_id_folders REFERENCES folders (id)"
    )
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"COMMENT ON COLUMN messages.folder_id IS '{FOLDER}'")
    for name, comment in COUNTS.items():
        op.add_column("messages", sa.Column(name, sa.Integer(), server_default="0", nullable=False, comment=comment))
    op.execute("""
        UPDATE messages SET
          folder_id = (SELECT l.folder_id FROM message_locations l WHERE l.message_id = messages.id
                       ORDER BY l.id DESC LIMIT 1),
          report_count = (SELECT count(*) FROM reports r WHERE r.message_id = messages.id
                          AND coalesce(r.decision_id, 0) = coalesce((SELECT d.id FROM decisions d
                              WHERE d.message_id = messages.id AND d.standing), 0)),
          finding_count = (SELECT count(*) FROM findings f WHERE f.message_id = messages.id),
          attachment_count = (SELECT count(*) FROM attachments a WHERE a.message_id = messages.id)
    """)


def downgrade() -> None:
    for name in ("folder_id", *COUNTS):
        op.drop_column("messages", name)
