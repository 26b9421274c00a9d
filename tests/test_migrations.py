"""Migrations: they make what the models say, they can be taken back, and they lose nothing."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.command import downgrade
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.exc import IntegrityError

import blog
from blog import upgrades, welcome
from blog.auth.models import Role, User
from blog.database import write_tx
from blog.extensions import Base, db
from blog.outbox import Outbox, Outcome, want
from blog.posts.index import is_modelled
from blog.posts.models import Post
from blog.posts.revisions import Revision
from blog.site.models import Setting
from tests.blank import blank_blog, environment
from tests.conftest import DATABASES

ROOT = Path(blog.__file__).parent.parent


@pytest.fixture(params=DATABASES)
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A blog that was never started."""
    with blank_blog(request.param, request, tmp_path) as app:
        yield app


@pytest.fixture
def blank_sqlite(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The same, on SQLite alone."""
    with blank_blog("sqlite", request, tmp_path) as app:
        yield app


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The migrations of a next version of this code: with room for one more."""
    folder = tmp_path / "migrations"
    shutil.copytree(upgrades.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(upgrades, "MIGRATIONS", folder)
    return folder


def one_more(folder: Path, body: str, revision: str = "9999") -> None:
    """Write one more migration, which does this."""
    (folder / "versions" / f"{revision}_next.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n\n"
        f"revision = {revision!r}\ndown_revision = {upgrades.known_revisions()[0]!r}\n\n"
        f"def upgrade():\n    {body}\n\ndef downgrade():\n    pass\n"
    )
    upgrades._known_revisions.cache_clear()


def copies(app: Flask) -> list[Path]:
    return sorted((app.config["INSTANCE"] / "backups").glob("*"))


def tables() -> set[str]:
    return set(sa.inspect(db.engine).get_table_names())


def indexes(engine: sa.Engine) -> list[str]:
    """Every index as the database describes it, with its condition."""
    if engine.dialect.name == "sqlite":
        query = (
            "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name != 'alembic_version'"
        )
    else:
        query = "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() "
        query += "AND tablename != 'alembic_version'"
    with engine.connect() as connection:
        return sorted(str(row[0]) for row in connection.exec_driver_sql(query))


def test_every_table_is_known_to_whoever_makes_the_application() -> None:
    known = set(Base.metadata.tables)
    for module in walk_packages(blog.__path__, "blog."):
        __import__(module.name)
    assert set(Base.metadata.tables) == known


def test_a_start_knows_the_revisions_that_alembic_knows() -> None:
    scripts = ScriptDirectory(str(upgrades.MIGRATIONS)).walk_revisions()
    assert upgrades.known_revisions() == [script.revision for script in scripts]


def test_migrations_make_what_the_models_say(blank: Flask) -> None:
    upgrades.upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_object": is_modelled,
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def test_indexes_are_the_same_to_the_letter(blank: Flask, request: pytest.FixtureRequest) -> None:
    upgrades.upgrade()
    made = indexes(db.engine)
    other = request.getfixturevalue(f"empty_{db.engine.dialect.name.removesuffix('ql')}")
    if isinstance(other, Path):
        other = f"sqlite:///{other}"
    engine = sa.create_engine(other)
    modelled = indexes(engine)
    engine.dispose()
    assert made == modelled


def test_a_blog_has_one_author_and_many_moderators(blank: Flask) -> None:
    upgrades.upgrade()

    def add(role: Role, email: str) -> None:
        with write_tx() as session:
            session.add(User(role=role, name="Somebody", email=email, password_hash="x"))

    add(Role.MODERATOR, "mo@staff.example")
    add(Role.MODERATOR, "mia@staff.example")
    add(Role.AUTHOR, "olga@staff.example")
    with pytest.raises(IntegrityError):
        add(Role.AUTHOR, "second@staff.example")


def test_one_mail_of_a_kind_waits_for_a_person(blank: Flask) -> None:
    upgrades.upgrade()
    for _ in range(2):
        with write_tx() as session:
            want("held", "mo@staff.example")
            session.scalars(sa.select(Outbox)).all()[-1].settle(Outcome.DROPPED)
    with write_tx():
        want("held", "mo@staff.example")
    waiting = db.session.scalars(sa.select(Outbox).where(Outbox.settled_at.is_(None))).one()
    values = {
        column.name: getattr(waiting, column.name)
        for column in Outbox.__table__.columns
        if column.name != "id"
    }
    with pytest.raises(IntegrityError), write_tx() as session:
        session.add(Outbox(**values))


def test_migrations_can_be_taken_back_and_made_again(blank: Flask) -> None:
    upgrades.upgrade()
    before = tables()
    downgrade(upgrades.configuration(), "base")
    assert tables() == {"alembic_version"}
    upgrades.upgrade()
    assert tables() == before


RULES = sa.text("SELECT kind, verdict, patterns, number, is_on FROM rule ORDER BY place")
SETTINGS = sa.text("SELECT name, value FROM setting WHERE name LIKE 'h%' OR name LIKE 't%'")


@pytest.mark.drill
@pytest.mark.parametrize(
    ("chosen", "rules"),
    [
        (
            {},
            [("unproven", "hold", [], 0), ("first-timer", "hold", [], 0), ("links", "hold", [], 2)],
        ),
        ({"hold": "everything", "held_links": 0}, [("everything", "hold", [], 0)]),
        (
            {
                "hold": "nothing",
                "held_links": 3,
                "hold_words": "why?\r\n\n a b ",
                "trash_words": "x*",
            },
            [
                ("links", "hold", [], 3),
                ("words", "hold", [r"why\?", "a b"], 0),
                ("words", "trash", [r"x\*"], 0),
            ],
        ),
    ],
)
def test_what_was_set_about_replies_becomes_rules_and_settings_again(
    blank: Flask, chosen: dict[str, Any], rules: list[tuple[object, ...]]
) -> None:
    upgrades.upgrade()
    downgrade(upgrades.configuration(), "0006")
    with write_tx() as session:
        session.execute(sa.delete(Setting))
        session.add_all(Setting(name=name, value=value) for name, value in chosen.items())
    upgrades.upgrade()
    made = db.session.execute(RULES.columns(patterns=sa.JSON, is_on=sa.Boolean)).all()
    asked = [tuple(rule[:4]) for rule in made if rule.is_on]
    assert asked == [*rules, ("imitation", "hold", [], 0)]
    assert db.session.execute(SETTINGS).all() == []
    db.session.remove()
    downgrade(upgrades.configuration(), "0006")
    found = db.session.execute(SETTINGS.columns(value=sa.JSON))
    kept = {name: value for name, value in found}  # noqa: C416  # a row is no pair to dict()
    first = {"hold": "first-timers", "held_links": 2, "hold_words": "", "trash_words": ""}
    again = {**first, **chosen}
    again["hold_words"] = "\n".join(
        line.strip() for line in again["hold_words"].split("\n") if line.strip()
    )
    assert kept == again


def test_upgrading_what_is_up_to_date_does_nothing(blank: Flask) -> None:
    assert upgrades.upgrade() is None  # a first start has nothing to set aside
    assert upgrades.upgrade() is None
    assert copies(blank) == []


def test_a_copy_is_set_aside_before_an_upgrade(blank_sqlite: Flask, next_version: Path) -> None:
    upgrades.upgrade()
    welcome.open_new_blog()
    revision = upgrades.present_revision()
    one_more(next_version, 'op.execute("DELETE FROM moderation")')
    copy = upgrades.upgrade()
    assert copies(blank_sqlite) == [copy]
    assert copy is not None
    assert f"from-{revision}" in copy.name
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("SELECT version_num FROM alembic_version").fetchone() == (revision,)
        assert kept.execute("SELECT count(*) FROM moderation").fetchone() == (2,)
    assert upgrades.present_revision() == "9999"


def test_the_newest_copies_are_kept(blank_sqlite: Flask, next_version: Path) -> None:
    upgrades.upgrade()
    made = []
    for number in range(upgrades.COPIES_KEPT + 2):
        one_more(next_version, "pass", revision=f"90{number:02}")
        made.append(upgrades.upgrade())
    assert copies(blank_sqlite) == made[2:]


def test_no_copy_no_upgrade(
    blank_sqlite: Flask, next_version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrades.upgrade()
    revision = upgrades.present_revision()
    (blank_sqlite.config["INSTANCE"] / "backups").write_text("in the way")
    one_more(next_version, "pass")
    with pytest.raises(upgrades.CannotPrepare, match="set aside"):
        upgrades.upgrade()
    assert upgrades.present_revision() == revision


BROKEN = (
    'op.create_table("half", sa.Column("id", sa.Integer))\n'
    '    op.execute("DELETE FROM moderation")\n'
    '    op.execute("INSERT INTO nowhere VALUES (1)")'
)


def test_a_failed_migration_leaves_everything_as_it_was(blank: Flask, next_version: Path) -> None:
    upgrades.upgrade()
    welcome.open_new_blog()
    before, revision = tables(), upgrades.present_revision()
    one_more(next_version, BROKEN)
    with pytest.raises(upgrades.CannotPrepare, match=r"as it was.*nowhere"):
        upgrades.upgrade()
    assert tables() == before
    assert upgrades.present_revision() == revision
    assert db.session.scalar(sa.text("SELECT count(*) FROM moderation")) == 2


CHANGES_POSTS = (
    'with op.batch_alter_table("post") as table:\n'
    '        table.add_column(sa.Column("mood", sa.String(10)))\n'
    '        table.alter_column("title", type_=sa.String(300), existing_type=sa.String(200))'
)


def test_a_changed_table_keeps_what_refers_to_it(blank: Flask, next_version: Path) -> None:
    upgrades.upgrade()
    welcome.open_new_blog()
    with write_tx() as session:
        post = session.scalars(sa.select(Post)).one()
        post.revise(
            title=post.title,
            slug="another",
            summary="",
            tags=["bees"],
            source=post.source,
            html=post.html,
            kind=post.kind,
            language=post.language,
            takes_comments=True,
        )
    db.session.remove()
    one_more(next_version, CHANGES_POSTS)
    upgrades.upgrade()
    for table, number in (("comment", 2), ("post_tag", 1), ("old_slug", 1)):
        assert db.session.scalar(sa.text(f"SELECT count(*) FROM {table}")) == number, table
    assert db.session.scalar(sa.text("SELECT mood FROM post")) is None


def test_what_stands_in_a_post_becomes_its_first_revision(blank: Flask) -> None:
    upgrades.upgrade()
    welcome.open_new_blog()
    with write_tx() as session:
        post = session.scalars(sa.select(Post)).one()
        words = {**post.words._asdict(), "tags": ["Wasps", "Bees"]}
        words = {**words, "kind": post.kind, "series_number": None}
        post.revise(**words, html=post.html, takes_comments=True)
        published_at = post.published_at
    db.session.remove()
    downgrade(upgrades.configuration(), "0011")
    upgrades.upgrade()
    revision = db.session.scalars(sa.select(Revision)).one()
    post = db.session.scalars(sa.select(Post)).one()
    assert revision.words == post.words
    assert (revision.tags, revision.is_shown) == (["Bees", "Wasps"], True)
    assert (revision.version, post.version) == (1, 1)
    assert (revision.saved_at, post.published_at) == (post.updated_at, published_at)


def test_rows_that_would_refer_to_nothing_stop_a_migration(
    blank_sqlite: Flask, next_version: Path
) -> None:
    upgrades.upgrade()
    welcome.open_new_blog()
    one_more(next_version, 'op.execute("DELETE FROM post")')
    with pytest.raises(upgrades.CannotPrepare, match="refer to nothing"):
        upgrades.upgrade()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Post)) == 1


def test_what_a_newer_version_made_is_refused(blank: Flask) -> None:
    upgrades.upgrade()
    with write_tx() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(upgrades.CannotPrepare, match="newer Afterword"):
        upgrades.upgrade()


@pytest.mark.drill
def test_two_that_start_at_once_migrate_once(blank: Flask) -> None:
    program = (
        "from blog import create_app, upgrades, welcome\n"
        "with create_app().app_context():\n"
        "    upgrades.upgrade(), welcome.open_new_blog()\n"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=environment(blank),
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [one.communicate(timeout=60)[1] for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert upgrades.present_revision() == upgrades.known_revisions()[0]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Post)) == 1


def test_every_connection_keeps_the_rules_of_the_house(blank_sqlite: Flask) -> None:
    upgrades.upgrade()  # it switches some of them off for itself
    connections = [db.engine.connect() for _ in range(8)]
    for connection in connections:
        read = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("synchronous", "foreign_keys", "journal_mode", "busy_timeout")
        }
        assert read == {
            "synchronous": 2,  # FULL: what was acknowledged survives a power cut
            "foreign_keys": 1,
            "journal_mode": "wal",
            "busy_timeout": 5000,
        }
    for connection in connections:
        connection.close()
    assert os.path.exists(str(db.engine.url.database) + "-wal")
