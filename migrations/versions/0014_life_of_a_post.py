"""Trash, pins and the end of replies: what may become of a post; and links that show one to outsiders."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INSTANTS = ("trashed_at", "pinned_at", "closes_at")

# Where something else stands from now on.
TAKEN = ("p", "previews")


def upgrade() -> None:
    """Add the columns, and the table of links."""
    for name in INSTANTS:
        op.add_column("post", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("post", sa.Column("trashed_from", sa.String(length=20), nullable=True))
    op.add_column("post", sa.Column("close_after_days", sa.Integer(), nullable=True))
    for name in ("pinned_at", "closes_at"):
        has_it = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"ix_post_{name}", "post", [name], sqlite_where=has_it, postgresql_where=has_it
        )
    op.create_table(
        "preview_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_preview_link_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preview_link")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_preview_link_post_id"), "preview_link", ["post_id"])
    _make_room()


def _make_room() -> None:
    """A page that stands where the site has something else now gets its number behind its name."""
    for table, number in (("post", "id"), ("revision", "post_id")):
        words = sa.table(table, *(sa.column(name) for name in (number, "kind", "slug")))
        op.execute(
            words.update()
            .where(words.c.kind == "page", words.c.slug.in_(TAKEN))
            .values(slug=words.c.slug + "-page-" + sa.cast(words.c[number], sa.String))
        )


def downgrade() -> None:
    """Drop all of it. What lies in the trash is withdrawn, or a draft, as it was."""
    op.drop_table("preview_link")
    post = sa.table("post", *(sa.column(name) for name in ("status", "trashed_from")))
    op.execute(
        post.update()
        .where(post.c.status == "trashed")
        .values(
            status=sa.case(
                (post.c.trashed_from == "published", "withdrawn"), else_=post.c.trashed_from
            )
        )
    )
    for name in ("closes_at", "pinned_at"):
        op.drop_index(f"ix_post_{name}", table_name="post")
    with op.batch_alter_table("post") as table:
        for name in (*INSTANTS, "trashed_from", "close_after_days"):
            table.drop_column(name)
