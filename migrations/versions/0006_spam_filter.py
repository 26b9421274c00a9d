"""What the spam filter has learnt from this blog's decisions: sums, and which decisions are in them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both, empty: a filter is trained by what is decided from now on."""
    op.create_table(
        "spam_evidence",
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("spam", sa.Integer(), nullable=False),
        sa.Column("ham", sa.Integer(), nullable=False),
        sa.Column("for_spam", sa.Integer(), nullable=False),
        sa.Column("for_ham", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_spam_evidence")),
    )
    op.create_table(
        "spam_lesson",
        sa.Column("comment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_spam", sa.Boolean(), nullable=False),
        sa.Column("surprise", sa.Integer(), nullable=False),
        sa.Column("buckets", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comment.id"],
            name=op.f("fk_spam_lesson_comment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_spam_lesson")),
    )


def downgrade() -> None:
    """Forget it."""
    op.drop_table("spam_lesson")
    op.drop_table("spam_evidence")
