"""Posts may belong to a series; tags are described and renamed; the navigation has an order."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and the columns of posts and tags."""
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("slug", name=op.f("uq_series_slug")),
    )
    _old_slugs_of("series")
    _old_slugs_of("tag")
    _add_empty("tag", sa.String(length=500), "description")
    _add_empty("revision", sa.Text(), "series", "series_number")
    with op.batch_alter_table("post") as table:
        table.add_column(sa.Column("series_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("series_number", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_post_series_id"), "series", ["series_id"], ["id"], ondelete="SET NULL"
        )
        table.create_index(op.f("ix_post_series_id"), ["series_id"])
    op.create_table(
        "navigation_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(length=50), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_navigation_entry_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_navigation_entry")),
        sa.UniqueConstraint("post_id", name=op.f("uq_navigation_entry_post_id")),
    )


def _old_slugs_of(thing: str) -> None:
    table, column = f"old_{thing}_slug", f"{thing}_id"
    op.create_table(
        table,
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column(column, sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            [column], [f"{thing}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _add_empty(table_name: str, kind: sa.String, *names: str) -> None:
    rows = sa.table(table_name, *(sa.column(name, sa.String) for name in names))
    for name in names:
        op.add_column(table_name, sa.Column(name, kind, nullable=True))
    op.execute(rows.update().values(dict.fromkeys(names, "")))
    with op.batch_alter_table(table_name) as table:
        for name in names:
            table.alter_column(name, existing_type=kind, nullable=False)


def downgrade() -> None:
    """Drop all of it."""
    op.drop_table("navigation_entry")
    with op.batch_alter_table("post") as table:
        table.drop_index(op.f("ix_post_series_id"))
        table.drop_constraint(op.f("fk_post_series_id"), type_="foreignkey")
        table.drop_column("series_number")
        table.drop_column("series_id")
    with op.batch_alter_table("tag") as table:
        table.drop_column("description")
    with op.batch_alter_table("revision") as table:
        table.drop_column("series_number")
        table.drop_column("series")
    op.drop_table("old_tag_slug")
    op.drop_table("old_series_slug")
    op.drop_table("series")
