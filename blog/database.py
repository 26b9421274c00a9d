"""Talking to SQLite and PostgreSQL safely: how a connection is set up, and the one way to write.

On both databases there is one writer at a time. SQLite knows no other way; on PostgreSQL an advisory
lock gives the same, so that a rule which holds on one holds on the other, and nothing deadlocks.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from blog import editions, freshness
from blog.extensions import db
from blog.turns import NoTurn, Turns

# How long a writer waits for the one before it. Longer than any of our transactions takes, shorter
# than a person waits before pressing the button again.
BUSY_SECONDS = 5

# FULL: an acknowledged reply survives a power cut. No mmap and no checkpoints by hand, because of
# the WAL-reset bug in SQLite before 3.51.3.
SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "synchronous=FULL",
    "foreign_keys=ON",
)

POSTGRES_ENGINE: dict[str, Any] = {
    # Seconds and milliseconds: a server that vanished without a word is given up, and not waited for
    # as long as TCP would.
    "connect_args": {"connect_timeout": BUSY_SECONDS, "tcp_user_timeout": BUSY_SECONDS * 1000},
    # A server that was restarted is noticed before a query is lost on it.
    "pool_pre_ping": True,
    # Whatever the server's default: the lock is taken first, and each statement then sees what is
    # true under it. A stricter level would show what was true before the wait for the lock.
    "isolation_level": "READ COMMITTED",
}

# The threads of a process take turns here before they ask the database. SQLite alone is unfair: a
# waiting writer sleeps and looks again, and under load others can overtake it until it gives up.
_turns = Turns()

# Any number will do, as long as nothing else in the database locks the same one.
POSTGRES_WRITER_LOCK = 0x61667465


class DatabaseBusy(Exception):
    """Another writer kept the database for too long; the same request may be sent again."""


def init_app(app: Flask) -> None:
    """Bind the database to the application. Opens no connection."""
    url = app.config["DATABASE_URL"]
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    if url.startswith("postgresql"):
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = POSTGRES_ENGINE
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


def prepare_engine(engine: Engine) -> None:
    """Make every connection of the engine follow the house's rules. Call once per engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgres)


def _set_up_sqlite(dbapi_connection: Any, _record: object) -> None:
    # sqlite3 would send BEGIN by itself, too late and of the wrong kind.
    dbapi_connection.isolation_level = None
    for pragma in SQLITE_PRAGMAS:
        dbapi_connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _begin_postgres(connection: Connection) -> None:
    if connection.get_execution_options().get("write"):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({POSTGRES_WRITER_LOCK})")


@contextmanager
def write_tx() -> Iterator[Session]:
    """The one way to write: a transaction that holds the write lock from its first statement.

    Yields the session; commits at the end, or rolls back and raises on again. Whatever was loaded
    before is loaded anew inside, so that a decision is made on what is true under the lock.
    Raises DatabaseBusy when another writer does not finish, and RuntimeError when changes were
    made before it: they would be lost.
    """
    session: Session = db.session()
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes were made before write_tx()")
    session.rollback()
    session.expire_all()  # where no transaction was under way, the rollback lets nothing go
    with _turn():
        _take_the_write_lock(session)
        session.info["writing"] = True
        try:
            yield session
            is_shown = editions.record(session)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop("writing", None)
            editions.forget(session)
    if is_shown:
        freshness.watch().hear()


def direct() -> Connection:
    """The session's connection, for statements that are asked often and hand out no objects.

    There they take half the time, and updates a fifth. What the session has yet to write comes first,
    as it does when the session itself is asked.
    """
    db.session.flush()
    return db.session.connection()


@contextmanager
def _turn() -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(_turns.one(BUSY_SECONDS))
        except NoTurn as error:
            raise DatabaseBusy from error
        yield


def _take_the_write_lock(session: Session) -> None:
    try:
        session.connection(execution_options={"write": True})
    except OperationalError as error:
        session.rollback()
        if is_busy(error):
            raise DatabaseBusy from error
        raise


def is_busy(error: DBAPIError) -> bool:
    """Whether the database refused because somebody else is writing."""
    words = str(error.orig)
    return "locked" in words or "lock timeout" in words


@event.listens_for(Session, "before_flush")
def _refuse_to_write_elsewhere(session: Session, _context: object, _instances: object) -> None:
    if not session.info.get("writing"):
        raise RuntimeError("a change outside write_tx() was about to be written")
