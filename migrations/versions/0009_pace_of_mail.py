"""Each member of the staff chooses how soon to be told, of what waits and of what came onto the page."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COLUMNS = ("held_pace", "approved_pace")


def upgrade() -> None:
    """Everybody is told at once, as before."""
    with op.batch_alter_table("user_account") as table:
        for name in COLUMNS:
            table.add_column(
                sa.Column(name, sa.String(20), nullable=False, server_default="at-once")
            )


def downgrade() -> None:
    """Forget the choices."""
    with op.batch_alter_table("user_account") as table:
        for name in COLUMNS:
            table.drop_column(name)
