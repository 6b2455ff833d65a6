"""What each public view follows from, as a digest: a start tells by it that there is nothing to make."""

import sqlalchemy as sa
from alembic import op

from mailbot.store import columns

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ORIGIN = "Digest of what that SQL follows from: the code, the fields, the names of all views"


def upgrade() -> None:
    op.add_column("public_views", sa.Column("origin", columns.CleanText(), nullable=True, comment=ORIGIN))


def downgrade() -> None:
    op.drop_column("public_views", "origin")
