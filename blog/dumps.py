"""The whole database into one file, and back, while the blog runs.

SQLite by VACUUM INTO, which reads one moment of a database that others go on writing. PostgreSQL by
pg_dump; what it wrote is read here and not by psql, which would run programs named in a forged file.
It is SQL all the same, and may do what the blog's own role may: a blog that connects as a superuser
should restore no file of which it does not know who made it.
"""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import URL, text

from blog.database import POSTGRES_WRITER_LOCK
from blog.extensions import Base, db

# A migration that drops a table adds its name: a database that is older still has it.
FORMER_TABLES: tuple[str, ...] = ()

# Whoever restores it may have another name and other rights there.
PG_DUMP_OPTIONS = ("--no-owner", "--no-privileges", "--encoding=UTF8")

# How long a restore waits for whoever still uses the database.
PATIENCE_SECONDS = 5

_COPY = re.compile(rb"COPY [^;]* FROM stdin;\n")
# pg_dump guards against psql with these; nothing else may begin with a backslash.
_GUARDS = (b"\\restrict ", b"\\unrestrict ")
_END_OF_ROWS = b"\\.\n"

NO_PG_DUMP = (
    "PostgreSQL is backed up with pg_dump, and there is none on the PATH. Install PostgreSQL's client "
    "programs (on Debian and Ubuntu: apt install postgresql-client)."
)


class DumpFailed(Exception):
    """The database was not written to a file, or not read from it. Says why, in words."""


class DatabaseInUse(DumpFailed):
    """Somebody has the database open: most likely the blog still runs."""


def write(path: Path) -> None:
    """Write the database as it is now into a new file. Raises DumpFailed."""
    if db.engine.dialect.name == "sqlite":
        _write_sqlite(path)
    else:
        _write_postgres(path)


def load(path: Path) -> None:
    """Put what `write` wrote in the place of the present database, all of it or nothing.

    Nobody is signed in afterwards: a sign-in that was ended since must not come back to life. On
    SQLite the file itself takes that place. Raises DumpFailed, DatabaseInUse.
    """
    db.session.remove()
    db.engine.dispose()
    if db.engine.dialect.name == "sqlite":
        _sign_everybody_out_of(path)
        _swap_sqlite(path, sqlite_file())
    else:
        _load_postgres(path)


def sqlite_file() -> Path:
    """Where the SQLite database is."""
    return Path(str(db.engine.url.database))


def _write_sqlite(path: Path) -> None:
    try:
        # Not by way of the engine: its connections begin a transaction, and VACUUM refuses to be in one.
        with closing(sqlite3.connect(sqlite_file(), timeout=PATIENCE_SECONDS)) as present:
            present.isolation_level = None
            present.execute("VACUUM INTO ?", (str(path),))
    except sqlite3.Error as error:
        raise DumpFailed(f"The database could not be copied: {error}") from error
    path.chmod(0o600)  # it holds addresses and password hashes
    _sync(path)


def quick_check(path: Path) -> str | None:
    """The revision of a SQLite file that is whole. Raises DumpFailed for one that is not."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as file:
            (found,) = file.execute("PRAGMA quick_check(1)").fetchone()
            revision = file.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise DumpFailed(f"The database in it is damaged: {error}") from error
    if found != "ok":
        raise DumpFailed(f"The database in it is damaged: {found}")
    return str(revision[0]) if revision else None


def _sign_everybody_out_of(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as file, file:
            file.execute("DELETE FROM sign_in")
    except sqlite3.Error as error:
        raise DumpFailed(f"The database in it is damaged: {error}") from error


def _swap_sqlite(new: Path, present: Path) -> None:
    """One rename, while nobody can open the present file."""
    try:
        with closing(sqlite3.connect(present, timeout=PATIENCE_SECONDS)) as held:
            held.isolation_level = None
            # Empties and removes the write-ahead log, which would else be replayed into the new file.
            # It takes a database that nobody else has open.
            held.execute("PRAGMA journal_mode=DELETE")
            held.execute("BEGIN EXCLUSIVE")
            _put_in_place(new, present)
    except sqlite3.OperationalError as error:
        raise DatabaseInUse(f"Somebody has the database open ({error}).") from error
    except sqlite3.DatabaseError:
        _clear_logs(present)  # not even SQLite can read it: there is nothing to be careful with
        _put_in_place(new, present)


def _put_in_place(new: Path, present: Path) -> None:
    shutil.copymode(present, new)
    _sync(new)
    new.replace(present)
    _sync(present.parent)


def _clear_logs(present: Path) -> None:
    for suffix in ("-wal", "-shm", "-journal"):
        present.with_name(present.name + suffix).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def our_tables() -> list[str]:
    """The tables of the blog, and no others that may live beside them."""
    return [*Base.metadata.tables, *FORMER_TABLES, "alembic_version"]


def schema() -> str:
    """The PostgreSQL schema that the blog's tables are in."""
    with db.engine.connect() as connection:
        return str(connection.execute(text("SELECT current_schema()")).scalar_one())


def _write_postgres(path: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise DumpFailed(NO_PG_DUMP)
    url, environment = _for_libpq(db.engine.url)
    ours = schema()
    tables = [f"--table={_qualified(ours, table)}" for table in our_tables()]
    path.touch(mode=0o600)
    done = subprocess.run(  # noqa: S603  # no shell, and every argument is ours or the operator's
        [program, *PG_DUMP_OPTIONS, f"--file={path}", f"--dbname={url}", *tables],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DumpFailed(_explained(done.stderr, program))


def _explained(said: str, program: str) -> str:
    words = f"{program} could not write the database: {said.strip()}"
    if "version mismatch" in said:
        words += (
            "\nIt is older than the server. Put the pg_dump of the server's version, or of a newer one, "
            "first on the PATH."
        )
    return words


def _for_libpq(url: URL) -> tuple[str, dict[str, str]]:
    """The address without its password, which others could read in the list of processes."""
    environment = dict(os.environ)
    if url.password:
        environment["PGPASSWORD"] = url.password
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return bare.render_as_string(), environment


def _load_postgres(path: Path) -> None:
    """All in one transaction: what fails leaves the present database as it was."""
    import psycopg

    ours = schema()
    connection: Any = db.engine.raw_connection()
    try:
        with path.open("rb") as dump, connection.cursor() as cursor:
            for statement in _clearing(ours):
                cursor.execute(statement)
            _run(cursor, dump)
            cursor.execute(f"TRUNCATE {_qualified(ours, 'sign_in')}")
        connection.commit()
    except psycopg.errors.LockNotAvailable as error:
        raise DatabaseInUse(f"Somebody uses the database ({error}).") from error
    except psycopg.Error as error:
        raise DumpFailed(f"PostgreSQL did not take the backup: {error}") from error
    finally:
        # Not back into the pool: the dump has changed its settings.
        connection.invalidate()


def _qualified(schema_name: str, table: str) -> str:
    # Another schema on the search path may have a table of the same name, which is not ours.
    return f'"{schema_name}"."{table}"'


def _clearing(schema_name: str) -> Iterator[str]:
    yield f"SET LOCAL lock_timeout = '{PATIENCE_SECONDS}s'"
    yield f"SELECT pg_advisory_xact_lock({POSTGRES_WRITER_LOCK})"
    tables = ", ".join(_qualified(schema_name, table) for table in our_tables())
    yield f"DROP TABLE IF EXISTS {tables} CASCADE"


def _run(cursor: Any, dump: BinaryIO) -> None:
    """Run a plain dump: statements, and between them the rows of a table after its COPY."""
    statements: list[bytes] = []
    for line in dump:
        if line.startswith(b"\\"):
            if not line.startswith(_GUARDS):
                raise DumpFailed("The dump in it was not written by pg_dump.")
        elif _COPY.fullmatch(line):
            cursor.execute(b"".join(statements))
            statements.clear()
            _copy(cursor, line, dump)
        else:
            statements.append(line)
    cursor.execute(b"".join(statements))


def _copy(cursor: Any, statement: bytes, rows: Iterable[bytes]) -> None:
    with cursor.copy(statement) as copy:
        for row in rows:
            if row == _END_OF_ROWS:
                return
            copy.write(row)
    raise DumpFailed("The dump in it ends within a table.")
