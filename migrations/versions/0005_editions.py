"""What pages show is numbered in a table of its own: posts, lists and the site alike."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Begin to count: nothing is stored yet that could be out of date."""
    op.create_table(
        "edition",
        sa.Column("thing", sa.String(length=30), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("thing", name=op.f("pk_edition")),
        sa.UniqueConstraint("number", name=op.f("uq_edition_number")),
    )
    with op.batch_alter_table("post") as table:
        table.drop_column("edition")


def downgrade() -> None:
    """Stop counting."""
    with op.batch_alter_table("post") as table:
        table.add_column(sa.Column("edition", sa.Integer(), nullable=False, server_default="0"))
    op.drop_table("edition")
