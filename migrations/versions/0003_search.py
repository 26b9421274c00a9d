"""What search knows of each post: empty, until `flask serve` or `flask search reindex` fills it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


ON_SQLITE = (
    """
    CREATE VIRTUAL TABLE search_index USING fts5(
        title, summary, text,
        content='search_entry', content_rowid='post_id', detail='none', columnsize=0,
        tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* C*'"
    )
    """,
    """
    CREATE TRIGGER search_entry_comes AFTER INSERT ON search_entry BEGIN
        INSERT INTO search_index(rowid, title, summary, text)
        VALUES (new.post_id, new.title, new.summary, new.text);
    END
    """,
    """
    CREATE TRIGGER search_entry_changes AFTER UPDATE ON search_entry BEGIN
        INSERT INTO search_index(search_index, rowid, title, summary, text)
        VALUES ('delete', old.post_id, old.title, old.summary, old.text);
        INSERT INTO search_index(rowid, title, summary, text)
        VALUES (new.post_id, new.title, new.summary, new.text);
    END
    """,
    """
    CREATE TRIGGER search_entry_goes AFTER DELETE ON search_entry BEGIN
        INSERT INTO search_index(search_index, rowid, title, summary, text)
        VALUES ('delete', old.post_id, old.title, old.summary, old.text);
    END
    """,
)

ON_POSTGRESQL = (
    """
    ALTER TABLE search_entry ADD COLUMN words tsvector NOT NULL GENERATED ALWAYS AS (
        array_to_tsvector(array_remove(string_to_array(title || summary || text, ' '), ''))
    ) STORED
    """,
    "CREATE INDEX ix_search_entry_words ON search_entry USING gin (words)",
)


def upgrade() -> None:
    """Make the table, and what the database derives from it."""
    op.create_table(
        "search_entry",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("often", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_search_entry_post_id_post"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_search_entry")),
    )
    on_sqlite = op.get_context().dialect.name == "sqlite"
    for statement in ON_SQLITE if on_sqlite else ON_POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Take it away: all of it can be made again."""
    if op.get_context().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
    op.drop_table("search_entry")
