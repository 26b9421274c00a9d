"""A database that somebody else keeps busy."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from flask import Flask

from blog import database
from blog.extensions import db


@contextmanager
def busy(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Somebody else is writing, and does not stop. Nobody waits for them as long as usual."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 1)
    monkeypatch.setattr(database, "SQLITE_PRAGMAS", ("journal_mode=WAL", "busy_timeout=100"))
    with app.app_context():
        db.engine.dispose()
    writer = _sqlite(app) if app.config["DATABASE_URL"].startswith("sqlite") else _postgres(app)
    try:
        yield
    finally:
        writer.close()


def _sqlite(app: Flask) -> sqlite3.Connection:
    path = app.config["DATABASE_URL"].removeprefix("sqlite:///")
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    return writer


def _postgres(app: Flask) -> "psycopg.Connection[tuple[object, ...]]":
    writer = psycopg.connect(app.config["DATABASE_URL"].replace("+psycopg", ""))
    writer.execute("SELECT pg_advisory_lock(%s)", (database.POSTGRES_WRITER_LOCK,))
    return writer
