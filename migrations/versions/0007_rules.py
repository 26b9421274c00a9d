"""What the author set about replies becomes rows in an order; whatever is changed of them is on record."""

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

RULE = sa.table(
    "rule",
    sa.column("place", sa.Integer),
    sa.column("kind", sa.String),
    sa.column("verdict", sa.String),
    sa.column("patterns", sa.JSON),
    sa.column("number", sa.Integer),
    sa.column("note", sa.String),
    sa.column("is_on", sa.Boolean),
)
SETTING = sa.table("setting", sa.column("name", sa.String), sa.column("value", sa.JSON))

# What stands in for what the author never set.
AT_FIRST = {"hold": "first-timers", "held_links": 2, "hold_words": "", "trash_words": ""}


def upgrade() -> None:
    """Make the tables, and of the settings the rules that come to the same."""
    op.create_table(
        "rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("patterns", sa.JSON(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["undoes"], ["change.id"], name=op.f("fk_change_undoes")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_change_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    op.create_index(op.f("ix_change_batch"), "change", ["batch"])
    op.create_index("ix_change_subject", "change", ["subject", "subject_id", "id"])
    op.create_index(op.f("ix_change_undoes"), "change", ["undoes"])
    op.add_column("comment", sa.Column("took", sa.Integer(), nullable=True))
    op.create_index("ix_comment_decided", "comment", ["decided_at"])
    chosen = AT_FIRST | _settings()
    op.bulk_insert(
        RULE, [{"place": place, **rule} for place, rule in enumerate(_rules(chosen), start=1)]
    )
    _forget_settings()


def _settings() -> dict[str, Any]:
    asked = sa.select(SETTING).where(SETTING.c.name.in_(AT_FIRST))
    return {row.name: row.value for row in op.get_bind().execute(asked)}


def _forget_settings() -> None:
    op.get_bind().execute(SETTING.delete().where(SETTING.c.name.in_(AT_FIRST)))


def _rules(chosen: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """In the order in which they were asked. What was not chosen stands there, switched off."""
    yield _rule("everything", is_on=chosen["hold"] == "everything")
    for kind in ("unproven", "first-timer"):
        yield _rule(kind, is_on=chosen["hold"] == "first-timers")
    yield _rule("links", number=chosen["held_links"] or 2, is_on=bool(chosen["held_links"]))
    for verdict in ("hold", "trash"):
        lines = [line.strip() for line in chosen[f"{verdict}_words"].splitlines()]
        # What was a sign like any other is one still.
        words = [re.sub(r"([*?\\])", r"\\\1", line) for line in lines if line]
        if words:
            yield _rule("words", verdict=verdict, patterns=words)
    yield _rule("imitation")


def _rule(kind: str, **said: Any) -> dict[str, Any]:
    plain = {"verdict": "hold", "patterns": [], "number": 0, "note": "", "is_on": True}
    return {"kind": kind, **plain, **said}


def downgrade() -> None:
    """Make settings of those rules that were settings once, and drop the tables."""
    op.get_bind().execute(SETTING.insert(), _as_settings())
    op.drop_index("ix_comment_decided", table_name="comment")
    with op.batch_alter_table("comment") as table:
        table.drop_column("took")
    op.drop_table("change")
    op.drop_table("rule")


def _as_settings() -> list[dict[str, Any]]:
    rules = op.get_bind().execute(sa.select(RULE).where(RULE.c.is_on)).all()
    kinds = {rule.kind for rule in rules}
    hold = "first-timers" if kinds & {"unproven", "first-timer"} else "nothing"
    links = [rule.number for rule in rules if rule.kind == "links"]
    chosen = {
        "hold": "everything" if "everything" in kinds else hold,
        "held_links": min(links, default=0),
        "hold_words": _words(rules, "hold"),
        "trash_words": _words(rules, "trash"),
    }
    return [{"name": name, "value": value} for name, value in chosen.items()]


def _words(rules: Any, verdict: str) -> str:
    asked = [rule for rule in rules if rule.kind == "words" and rule.verdict == verdict]
    lines = [pattern for rule in asked for pattern in rule.patterns]
    return "\n".join(re.sub(r"\\([*?\\])", r"\1", line) for line in lines)
