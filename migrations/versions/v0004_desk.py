"""The desk: replies to roll-ups, the key that signs them; and the weights of the thermometer."""

import sqlalchemy as sa
from alembic import op

from mailbot.store import columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# The view is there before the next start copies the configuration.
DEFAULTS = {
    "speed": 3.0,
    "completeness": 3.0,
    "quota": 3.0,
    "steadiness": 1.0,
    "early_days": 3.0,
    "late_days": 3.0,
    "correction_cost": 0.25,
    "contradiction_cost": 0.5,
}


def upgrade() -> None:
    op.create_table(
        "desk_replies",
        sa.Column("message_id", columns.BigKey, autoincrement=False, nullable=False, comment="The message"),
        sa.Column(
            "verdict",
            columns.CleanText(),
            nullable=False,
            comment="applied: from the contact person, carried out as far as possible; refused: nothing of it was done",
        ),
        sa.Column(
            "reason",
            columns.CleanText(),
            server_default="",
            nullable=False,
            comment="Why it was refused, in a Russian sentence",
        ),
        sa.Column(
            "rollup",
            columns.CleanText(),
            server_default="",
            nullable=False,
            comment="The roll-up that it answers: date and kind",
        ),
        sa.Column("handled_at", columns.UtcDateTime(), nullable=False, comment="When that was decided"),
        sa.Column("receipt_id", columns.BigKey, nullable=True, comment="The mail that told its sender what was done"),
        sa.Column("outcome", columns.Document, nullable=True, comment="What was done and what was not, order by order"),
        sa.CheckConstraint("verdict IN ('applied', 'refused')", name=op.f("ck_desk_replies_verdict")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_desk_replies_message_id_messages")),
        sa.ForeignKeyConstraint(["receipt_id"], ["outbox.id"], name=op.f("fk_desk_replies_receipt_id_outbox")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_desk_replies")),
        comment="The replies to roll-ups that gave orders: each is carried out once, or refused",
    )
    op.create_table(
        "signing_keys",
        sa.Column("name", columns.CleanText(), nullable=False, comment="What it signs: replies"),
        sa.Column("key", sa.LargeBinary(), nullable=False, comment="The key"),
        sa.Column("made_at", columns.UtcDateTime(), nullable=False, comment="When it was generated"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_signing_keys")),
        comment="Keys that sign what we send, so that an answer to it can be told; secret",
    )
    weights = op.create_table(
        "thermometer_weights",
        sa.Column(
            "name", columns.CleanText(), nullable=False, comment="Which: speed, completeness, quota, steadiness…"
        ),
        sa.Column("value", sa.Double(), nullable=False, comment="Weight; days; or the share that one event costs"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_thermometer_weights")),
        comment="The weights and scales of the thermometer, copied from the configuration",
    )
    op.bulk_insert(weights, [{"name": name, "value": value} for name, value in DEFAULTS.items()])


def downgrade() -> None:
    op.drop_table("thermometer_weights")
    op.drop_table("signing_keys")
    op.drop_table("desk_replies")
