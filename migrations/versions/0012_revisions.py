"""What the author wrote is kept sitting by sitting; what stands now is the first revision of each post."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Long texts: as many at once as a small machine has in memory without noticing.
POSTS_AT_ONCE = 50

WORDS = ("title", "slug", "summary", "source", "kind", "language")
POST = sa.table(
    "post",
    sa.column("id", sa.Integer),
    *(sa.column(name, sa.String) for name in WORDS),
    sa.column("updated_at", sa.DateTime(timezone=True)),
)
POST_TAG = sa.table("post_tag", sa.column("post_id", sa.Integer), sa.column("tag_id", sa.Integer))
TAG = sa.table(
    "tag", sa.column("id", sa.Integer), sa.column("slug", sa.String), sa.column("name", sa.String)
)


def upgrade() -> None:
    """Make the table, and in it a revision of every post."""
    op.add_column("post", sa.Column("version", sa.Integer(), nullable=True))
    op.execute(sa.table("post", sa.column("version", sa.Integer)).update().values(version=1))
    with op.batch_alter_table("post") as table:
        table.alter_column("version", existing_type=sa.Integer(), nullable=False)
    revisions = op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("sitting", sa.String(length=64), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_set_aside", sa.Boolean(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_revision_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
    )
    op.create_index("ix_revision_post", "revision", ["post_id", "id"])
    op.create_index(op.f("ix_revision_sitting"), "revision", ["sitting"])
    _keep_what_stands(revisions)


def _keep_what_stands(revisions: sa.Table) -> None:
    connection = op.get_bind()
    last = 0
    while True:
        query = sa.select(POST).where(POST.c.id > last).order_by(POST.c.id).limit(POSTS_AT_ONCE)
        posts = connection.execute(query).all()
        if not posts:
            return
        last = posts[-1].id
        tags = _tags([post.id for post in posts])
        op.bulk_insert(revisions, [_first(post, tags.get(post.id, [])) for post in posts])


def _tags(post_ids: list[int]) -> dict[int, list[str]]:
    query = sa.select(POST_TAG.c.post_id, TAG.c.name).join(TAG, TAG.c.id == POST_TAG.c.tag_id)
    found: dict[int, list[str]] = {}
    for row in op.get_bind().execute(
        query.where(POST_TAG.c.post_id.in_(post_ids)).order_by(TAG.c.slug)
    ):
        found.setdefault(row.post_id, []).append(row.name)
    return found


def _first(post: sa.Row, tags: list[str]) -> dict[str, object]:
    words = {name: getattr(post, name) for name in WORDS}
    when = {"began_at": post.updated_at, "saved_at": post.updated_at}
    kept = {"sitting": "", "base": 0, "version": 1, "turn": 0}
    return {
        "post_id": post.id,
        "tags": tags,
        "is_set_aside": False,
        "is_shown": True,
        **words,
        **when,
        **kept,
    }


def downgrade() -> None:
    """Drop it: the words that the public sees stay, drafts beside them are lost."""
    op.drop_table("revision")
    with op.batch_alter_table("post") as table:
        table.drop_column("version")
