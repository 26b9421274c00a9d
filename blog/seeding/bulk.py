"""Many rows into one table, by the quickest way each database has.

SQLAlchemy would look at every value of every row. Here whoever makes the rows makes them as the
database keeps them: JSON as text, and instants as text, too, in UTC.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, cast

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.schema import AddConstraint, DropConstraint
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from blog.dumps import DatabaseInUse
from blog.extensions import Base, db

Row = tuple[Any, ...]


# How much of the file SQLite has in memory meanwhile, so that what an answer answers is looked for
# there, and indexes are sorted there.
SQLITE_CACHE_KB = 128 * 1024


@contextmanager
def alone() -> Iterator[None]:
    """Have a SQLite file for oneself, without its write-ahead log. Raises DatabaseInUse.

    All rows come in one transaction. It would be written twice, and looking for a page in a log of a
    gigabyte takes longer than reading it from the file.
    """
    if db.engine.dialect.name != "sqlite":
        yield
        return
    _reconnect()
    try:
        with closing(db.engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise DatabaseInUse("Somebody has the database open. Stop the blog first.") from error
    try:
        yield
    finally:
        _reconnect()  # a new connection has the log again


def _reconnect() -> None:
    db.session.remove()
    db.engine.dispose()


class Bulk:
    """A way into one empty table. A column that is not named gets what its model says it is at first.

    The table has no indexes but its key until it is finished: each is made at once from what is there,
    in a third of the time. So it is with foreign keys on PostgreSQL, which looks each up on its own;
    SQLite can neither drop them nor needs to. All of it in the transaction of `connection`, which undoes
    that, too.
    """

    def __init__(self, connection: Connection, model: type[Base], named: Sequence[str]) -> None:
        self.connection = connection
        self.table = cast(Table, model.__table__)
        at_first = _at_first(self.table, named)
        self.columns = [*named, *at_first]
        self.rest = tuple(at_first.values())
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA cache_size = -{SQLITE_CACHE_KB}")
        else:
            connection.exec_driver_sql("SET LOCAL TIME ZONE 'UTC'")
            for key in self.table.foreign_key_constraints:
                connection.execute(DropConstraint(key))
        for index in self.table.indexes:
            index.drop(connection)

    def write(self, rows: Iterable[Row]) -> None:
        """Write rows whose values stand in the order in which the columns were named."""
        whole = (row + self.rest for row in rows)
        if self.connection.dialect.name == "sqlite":
            self._insert(whole)
        else:
            self._copy(whole)

    def _insert(self, rows: Iterable[Row]) -> None:
        places = ", ".join("?" * len(self.columns))
        statement = f"INSERT INTO {self._target()} VALUES ({places})"  # noqa: S608  # names of ours
        self._cursor().executemany(statement, rows)

    def _copy(self, rows: Iterable[Row]) -> None:
        with self._cursor().copy(f"COPY {self._target()} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def _target(self) -> str:
        return f"{self.table.name} ({', '.join(self.columns)})"

    def _cursor(self) -> Any:
        """The driver's own."""
        return self.connection.connection.cursor()

    def finish(self) -> None:
        """Make again what was dropped."""
        for index in self.table.indexes:
            index.create(self.connection)
        if self.connection.dialect.name == "postgresql":
            self._finish_on_postgresql()

    def _finish_on_postgresql(self) -> None:
        """Look all foreign keys up at once. Numbers were given with the rows: go on after those."""
        for key in self.table.foreign_key_constraints:
            # Else the model would be without it from now on.
            self.connection.execute(AddConstraint(key, isolate_from_table=False))
        ids = func.pg_get_serial_sequence(self.table.name, "id")
        self.connection.execute(select(func.setval(ids, func.max(self.table.c.id))))


def _at_first(table: Table, named: Sequence[str]) -> dict[str, Any]:
    """What the model says of the columns that are not named, where it is the same for every row."""
    others = [column for column in table.columns if column.name not in named]
    return {
        column.name: column.default.arg
        for column in others
        if isinstance(column.default, ScalarElementColumnDefault)
    }
