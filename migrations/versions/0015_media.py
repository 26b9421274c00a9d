"""Pictures: the library, and which texts name them. None did before: there was no such address."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "media",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=1000), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trashed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("mark", name=op.f("uq_media_mark")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "media_use",
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_media_use_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mark", "post_id", "is_live", name=op.f("pk_media_use")),
    )
    op.create_index("ix_media_use_post_id", "media_use", ["post_id"])


def downgrade() -> None:
    """Forget them. The files stay in the instance folder."""
    op.drop_table("media_use")
    op.drop_table("media")
