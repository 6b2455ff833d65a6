"""How the jobs of the service fare."""

import sqlalchemy as sa
from alembic import op

from mailbot.store import columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "health",
        sa.Column(
            "component",
            columns.CleanText(),
            nullable=False,
            comment="The job: receive:MAILBOX, read, report, deliver",
        ),
        sa.Column("succeeded_at", columns.UtcDateTime(), nullable=True, comment="When it last did its work"),
        sa.Column("failed_at", columns.UtcDateTime(), nullable=True, comment="When it last failed"),
        sa.Column(
            "fault", columns.CleanText(), nullable=True, comment="Why, in a Russian sentence; null once it works again"
        ),
        sa.PrimaryKeyConstraint("component", name=op.f("pk_health")),
        comment="How the jobs of the service fare: what «mailbot status» shows",
    )


def downgrade() -> None:
    op.drop_table("health")
