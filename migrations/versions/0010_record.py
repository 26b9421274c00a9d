"""The record is read by person, deed, day and post; what was put away is purged when its time has come."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_moderation_at": ("moderation", ["at", "id"]),
    "ix_moderation_user": ("moderation", ["user_id", "at", "id"]),
    "ix_moderation_actor": ("moderation", ["actor", "at", "id"]),
    "ix_moderation_deed": ("moderation", ["deed", "at", "id"]),
    "ix_moderation_post": ("moderation", ["post_id", "at", "id"]),
    "ix_change_at": ("change", ["at", "id"]),
    "ix_change_user": ("change", ["user_id", "at", "id"]),
    "ix_change_kind": ("change", ["subject", "at", "id"]),
}
IS_PUT_AWAY = sa.text("put_away_at IS NOT NULL")

MODERATION = sa.table(
    "moderation",
    sa.column("comment_id", sa.Integer),
    sa.column("post_id", sa.Integer),
    sa.column("to_status", sa.String),
    sa.column("found", sa.String),
    sa.column("at", sa.DateTime(timezone=True)),
)
COMMENT = sa.table(
    "comment",
    sa.column("id", sa.Integer),
    sa.column("post_id", sa.Integer),
    sa.column("status", sa.String),
    sa.column("submitted_at", sa.DateTime(timezone=True)),
    sa.column("put_away_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    """Add the columns, say in them what is known, and make the indexes."""
    op.add_column("comment", sa.Column("put_away_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("moderation", sa.Column("post_id", sa.Integer(), nullable=True))
    op.add_column("moderation", sa.Column("found", sa.String(length=200), nullable=True))
    _say_where()
    with op.batch_alter_table("moderation") as table:
        table.alter_column("post_id", existing_type=sa.Integer(), nullable=False)
        table.create_foreign_key(op.f("fk_moderation_post_id"), "post", ["post_id"], ["id"])
        table.alter_column("found", existing_type=sa.String(length=200), nullable=False)
    for name, (table_name, columns) in INDEXES.items():
        op.create_index(name, table_name, columns)
    op.create_index(
        "ix_comment_put_away",
        "comment",
        ["put_away_at"],
        sqlite_where=IS_PUT_AWAY,
        postgresql_where=IS_PUT_AWAY,
    )


def _say_where() -> None:
    """Of which post each act is; and since when that is put away which is."""
    post = sa.select(COMMENT.c.post_id).where(COMMENT.c.id == MODERATION.c.comment_id)
    op.execute(MODERATION.update().values(post_id=post.scalar_subquery(), found=""))
    since = sa.select(sa.func.max(MODERATION.c.at)).where(
        MODERATION.c.comment_id == COMMENT.c.id, MODERATION.c.to_status == COMMENT.c.status
    )
    op.execute(
        COMMENT.update()
        .where(COMMENT.c.status.in_(("spam", "trashed")))
        .values(put_away_at=sa.func.coalesce(since.scalar_subquery(), COMMENT.c.submitted_at))
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_comment_put_away", table_name="comment")
    for name, (table_name, _columns) in INDEXES.items():
        op.drop_index(name, table_name=table_name)
    with op.batch_alter_table("moderation") as table:
        table.drop_constraint(op.f("fk_moderation_post_id"), type_="foreignkey")
        table.drop_column("found")
        table.drop_column("post_id")
    with op.batch_alter_table("comment") as table:
        table.drop_column("put_away_at")
