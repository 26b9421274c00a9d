"""Posts and the site have names that their feeds keep for ever; pages stand beside posts; a post may be
in a language of its own.
"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


setting = sa.table("setting", sa.column("name", sa.String), sa.column("value", sa.JSON))
post = sa.table(
    "post",
    sa.column("id", sa.Integer),
    sa.column("uid", sa.Uuid),
    sa.column("kind", sa.String),
    sa.column("language", sa.String),
)

NEW = {"uid": sa.Uuid(), "kind": sa.String(20), "language": sa.String(35)}


def upgrade() -> None:
    """Name what is there."""
    op.bulk_insert(setting, [{"name": "uid", "value": str(uuid4())}])
    with op.batch_alter_table("post") as table:
        for name, kind in NEW.items():
            table.add_column(sa.Column(name, kind, nullable=True))
    connection = op.get_bind()
    for (number,) in connection.execute(sa.select(post.c.id)).all():
        named = {"uid": uuid4(), "kind": "post", "language": ""}
        connection.execute(post.update().where(post.c.id == number).values(named))
    with op.batch_alter_table("post") as table:
        for name, kind in NEW.items():
            table.alter_column(name, existing_type=kind, nullable=False)
        table.create_unique_constraint("uq_post_uid", ["uid"])
        table.drop_index("ix_post_newest")
        table.create_index("ix_post_newest", ["kind", "status", "published_at", "id"])


def downgrade() -> None:
    """Forget the names."""
    with op.batch_alter_table("post") as table:
        table.drop_index("ix_post_newest")
        table.create_index("ix_post_newest", ["status", "published_at", "id"])
        table.drop_constraint("uq_post_uid", type_="unique")
        for name in NEW:
            table.drop_column(name)
    op.execute(setting.delete().where(setting.c.name == "uid"))
