"""The newest comments are found without a look at all others: feeds are made of them."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two indexes."""
    op.create_index("ix_comment_newest", "comment", ["shown", "id"])
    op.create_index("ix_comment_newest_of_post", "comment", ["post_id", "shown", "id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_comment_newest_of_post", table_name="comment")
    op.drop_index("ix_comment_newest", table_name="comment")
