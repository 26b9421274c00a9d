"""Blocks of people, what readers report, and all that one person wrote found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

HASHES = ("address", "network", "wide_network")


def upgrade() -> None:
    """Make the tables, the columns of comments that tell of reports, and the indexes."""
    op.create_table(
        "block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=100), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_block_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_block_value", "block", ["value"])
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address_hash", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_report_comment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_report_comment", "report", ["comment_id", "id"])
    for name in ("reported", "dismissed"):
        op.add_column("comment", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_comment_of_email", "comment", ["email", "id"])
    for name in HASHES:
        _index(f"of_{name}", [f"{name}_hash", "id"], f"{name}_hash <> ''")
    _index("proven", ["email", "proven_at"], "proven_at IS NOT NULL")
    _index("reported", ["status", "reported"], "reported > dismissed")


def _index(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        f"ix_comment_{name}",
        "comment",
        columns,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def downgrade() -> None:
    """Drop all of it."""
    for name in ("reported", "proven", *(f"of_{name}" for name in HASHES), "of_email"):
        op.drop_index(f"ix_comment_{name}", table_name="comment")
    for name in ("dismissed", "reported"):
        with op.batch_alter_table("comment") as table:
            table.drop_column(name)
    op.drop_table("report")
    op.drop_table("block")
