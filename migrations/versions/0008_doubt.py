"""The queue can be sorted by doubt: what the findings about a comment come to, beside them."""

from collections.abc import Sequence
from math import prod
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# What waits is weighed as it was on the day of this migration; everything else when it next changes.
WEIGHTS = {
    "everything": 0.0,
    "by-hand": 0.0,
    "unproven": 0.05,
    "first-timer": 0.1,
    "other-page": 0.2,
    "unknown-origin": 0.2,
    "too-quick": 0.4,
    "no-page": 0.4,
    "foreign-origin": 0.5,
    "trap": 0.9,
    "trash-words": 0.9,
}
OTHERS = 0.4
AT_ONCE = 1_000

COMMENT = sa.table(
    "comment",
    sa.column("id", sa.Integer),
    sa.column("status", sa.String),
    sa.column("findings", sa.JSON),
    sa.column("doubt", sa.Integer),
)


def upgrade() -> None:
    """Add the column, weigh what waits, and make the index."""
    with op.batch_alter_table("comment") as table:
        table.add_column(sa.Column("doubt", sa.Integer(), nullable=False, server_default="0"))
    last = 0
    while waiting := _waiting(last):
        op.get_bind().execute(
            COMMENT.update()
            .where(COMMENT.c.id == sa.bindparam("number"))
            .values(doubt=sa.bindparam("weight")),
            [{"number": row.id, "weight": _doubt(row.findings)} for row in waiting],
        )
        last = waiting[-1].id
    op.create_index("ix_comment_doubt", "comment", ["status", "doubt", "id"])


def _waiting(after: int) -> Sequence[Any]:
    """Some of what waits, in the order of its numbers."""
    return (
        op.get_bind()
        .execute(
            sa.select(COMMENT.c.id, COMMENT.c.findings)
            .where(COMMENT.c.status == "pending", COMMENT.c.id > after)
            .order_by(COMMENT.c.id)
            .limit(AT_ONCE)
        )
        .all()
    )


def _doubt(findings: list[dict[str, Any]]) -> int:
    return round(
        1000 * (1 - prod(1 - WEIGHTS.get(finding["rule"], OTHERS) for finding in findings))
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_index("ix_comment_doubt", table_name="comment")
    with op.batch_alter_table("comment") as table:
        table.drop_column("doubt")
