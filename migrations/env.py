"""How migrations run: all of them in one transaction, under the one writer's lock, on both databases.

One that fails leaves the database as it was. Two that start at once wait for each other, and the
second finds nothing left to do.
"""

from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.util import CommandError

from blog.clock import Instant
from blog.database import POSTGRES_WRITER_LOCK
from blog.extensions import Base, db
from blog.posts.index import is_modelled

# Somebody else's migration may take long, and is worth waiting for.
WAIT_FOR_OTHERS = "10min"
WAIT_FOR_OTHERS_MS = 10 * 60 * 1000

# Readers keep a table for milliseconds. Whoever has one for longer (a backup) is not interrupted, and
# everybody else would have to wait behind us.
WAIT_FOR_READERS = "30s"


def run() -> None:
    """Run what Alembic was asked for."""
    if context.is_offline_mode():
        raise CommandError("A migration needs its database: --sql is not supported.")
    with db.engine.connect() as connection:
        # No other use of this connection may find what is switched off here.
        connection.detach()
        if connection.dialect.name == "sqlite":
            _run_on_sqlite(connection)
        else:
            _run_on_postgres(connection)


def _run_on_sqlite(connection: sa.Connection) -> None:
    # To change a table SQLite copies it and drops the old one, and with foreign keys on, everything
    # that refers to it is dropped along. Inside a transaction this pragma would do nothing.
    cursor = connection.connection.cursor()
    for pragma in ("foreign_keys=OFF", f"busy_timeout={WAIT_FOR_OTHERS_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    connection = connection.execution_options(write=True)
    _configure(connection)
    with context.begin_transaction():
        context.run_migrations()
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise CommandError(f"{len(broken)} rows would refer to nothing, the first: {broken[0]}")


def _run_on_postgres(connection: sa.Connection) -> None:
    _configure(connection)
    with context.begin_transaction():
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_FOR_OTHERS}'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({POSTGRES_WRITER_LOCK})")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_FOR_READERS}'")
        context.run_migrations()


def _configure(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        compare_server_default=True,
        transactional_ddl=True,
        # SQLite changes a table by copying it. The first migration only makes tables.
        render_as_batch=context.script.get_current_head() is not None,
        render_item=_plain,
        include_object=is_modelled,
        process_revision_directives=_drop_if_empty,
    )


def _plain(kind: str, thing: Any, _context: object) -> str | bool:
    """Our own types as what they are in the database: a migration must not change when they do."""
    if kind == "type" and isinstance(thing, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, sa.Enum):
        return f"sa.String({thing.length})"
    return False


def _drop_if_empty(_context: object, _revision: object, directives: list[Any]) -> None:
    """No file for a migration that changes nothing."""
    options = context.config.cmd_opts
    if getattr(options, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives.clear()


run()
