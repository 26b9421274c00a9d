"""Many rows into one table, by the quickest way each database has.

SQLAlchemy would look at every value of every row. Here whoever makes the rows makes them as the
database keeps them: JSON as text, and instants as `stored_instant` has them.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from blog.clock import Instant
from blog.extensions import Base

Row = tuple[Any, ...]


class Bulk:
    """A way into one table. A column that is not named gets what its model says it is at first."""

    def __init__(self, connection: Connection, model: type[Base], named: Sequence[str]) -> None:
        self.connection = connection
        self.table = cast(Table, model.__table__)
        at_first = _at_first(self.table, named)
        self.columns = [*named, *at_first]
        self.rest = tuple(at_first.values())

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

    def go_on_from_here(self) -> None:
        """Numbers were given with the rows: PostgreSQL gives the next ones after those."""
        if self.connection.dialect.name == "postgresql":
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


def stored_instant(connection: Connection) -> Callable[[datetime], Any]:
    """How this database keeps an instant."""
    process = Instant().bind_processor(connection.dialect)
    return process or (lambda instant: instant)
