"""What has changed since: each worker knows the editions of the day, at the cost of a glance.

On SQLite every glance asks the database, in microseconds, so that a change is known everywhere the
moment it is committed. PostgreSQL is too far away for that: there the workers of a host share a number
in a small file. Whoever writes raises it before the answer goes out, and a listener raises it for what
other hosts write. While the database cannot be asked, what was true last is taken for true.
"""

import fcntl
import logging
import mmap
import os
import sqlite3
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from datetime import datetime
from math import inf
from pathlib import Path
from typing import NamedTuple

from flask import Flask, current_app
from sqlalchemy import Select, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from blog import clock
from blog.editions import CHANNEL, Edition
from blog.extensions import db

log = logging.getLogger(__name__)

# A host that misses a NOTIFY, because its connection broke, finds out within this.
POLL_SECONDS = 1.0

# A database that was asked in vain is not asked by every reader, but once in this time; and by one of
# them, who alone waits for it. (Whoever has just written here asks at once: it is there, after all.)
ASK_AGAIN_SECONDS = 1.0

# A listener on a host that vanished without a word hears nothing, and would never know.
LISTENS_WITHIN = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}

HIGHEST = "SELECT max(number) FROM edition"

# The file in the instance folder that the workers of a host share: one number of eight bytes.
BOARD = "edition"
NUMBER = struct.Struct("<q")

# By how much it is raised when somebody may have written elsewhere, and when somebody has written here: then
# the database has answered. The first is done once a second, and does not come near the other.
SUSPECTED = 1
WRITTEN = 1 << 32

# When the clock will next change what the public sees: a query for one instant, or none.
NextDue = Callable[[datetime], "Select[datetime | None]"]


class Moment(NamedTuple):
    """What a page keeps of the moment at which it is made: the highest edition, and when it ends."""

    number: int
    until: float


class Watch:
    """Knows what changed since this process began. One for an application; its threads share it."""

    def __init__(self, app: Flask, next_due: NextDue) -> None:
        self._app = app
        self._next_due = next_due
        self._learning = threading.Lock()
        self._changed: dict[str, int] = {}
        self._moment = Moment(-1, -inf)
        self._seen = -1
        # Whether the database was last asked in vain; at which sign, and until when that will do.
        self._is_lost = False
        self._in_vain = (-1, -inf)

    def moment(self) -> Moment:
        """The present moment, for a page that is about to be made."""
        self._glance()
        return self._moment

    def is_fresh(self, shows: Collection[str], made: Moment) -> bool:
        """Whether nothing that a page shows has changed since the moment at which it was made."""
        self._glance()
        if time.time() >= made.until and not self._is_lost:
            return False
        changed = self._changed
        return all(changed.get(thing, 0) <= made.number for thing in shows)

    def hear(self) -> None:
        """Somebody committed something that pages show."""

    def forget(self) -> None:
        """Begin anew: the database is another one."""
        with self._learning:
            self._changed = {}
            self._moment = Moment(-1, -inf)
            self._seen = -1
            self._is_lost = False
            self._in_vain = (-1, -inf)

    def _glance(self) -> None:
        sign = self._sign()
        if not self._is_news(sign) or self._was_in_vain(sign):
            return
        if not self._learning.acquire(blocking=not self._is_lost or self._is_back(sign)):
            return
        try:
            if self._is_news(sign):  # nobody else has asked meanwhile
                self._ask(sign)
        finally:
            self._learning.release()

    def _is_news(self, sign: int) -> bool:
        return sign != self._seen or time.time() >= self._moment.until

    def _is_back(self, sign: int) -> bool:
        """Whether the sign shows that the database, asked in vain before, has answered somebody since."""
        return sign != self._in_vain[0]

    def _was_in_vain(self, sign: int) -> bool:
        asked, until = self._in_vain
        return sign == asked and time.monotonic() < until

    def _ask(self, sign: int) -> None:
        if self._learn():
            self._seen = sign
        else:
            self._in_vain = sign, time.monotonic() + ASK_AGAIN_SECONDS

    def _learn(self) -> bool:
        """Bring what is known up to what is so. False when the database cannot be asked: ask again."""
        known = self._moment.number
        try:
            with self._app.app_context(), db.engine.connect() as connection:
                newer = select(Edition.thing, Edition.number).where(Edition.number > known)
                news = {row.thing: row.number for row in connection.execute(newer)}
                due = connection.scalar(self._next_due(clock.now()))
        except (DBAPIError, NoConnectionFree) as error:
            if not self._is_lost:
                why = str(error).partition("\n")[0]
                log.warning("pages are served as they were: no answer from the database: %s", why)
            self._is_lost = True
            return False
        if self._is_lost:
            log.warning("the database answers again, and pages are served as they are")
        self._is_lost = False
        # A new dictionary: others are reading the old one.
        self._changed = {**self._changed, **news}
        self._moment = Moment(max(known, 0, *news.values()), due.timestamp() if due else inf)
        return True

    def _sign(self) -> int:
        """Another number whenever something may have been committed. At once, without delay."""
        raise NotImplementedError


class SqliteWatch(Watch):
    """Asks the database file itself, over connections that only read."""

    def __init__(self, app: Flask, next_due: NextDue, file: str) -> None:
        super().__init__(app, next_due)
        self._file = Path(file)
        # Those that nobody uses just now: as many as were ever used at once. Not one for each thread:
        # a server ends idle threads and starts others, and theirs would stay open.
        self._free: deque[sqlite3.Connection] = deque()

    def forget(self) -> None:
        """Begin anew: the file is another one."""
        super().forget()
        while self._free:
            self._free.pop().close()

    def _sign(self) -> int:
        try:
            connection = self._free.pop()
        except IndexError:
            connection = self._connect()
        try:
            return connection.execute(HIGHEST).fetchone()[0] or 0
        except sqlite3.Error:
            return self._seen
        finally:
            self._free.append(connection)

    def _was_in_vain(self, sign: int) -> bool:
        return False  # a file of this machine answers at once, if only that it cannot

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(
            f"{self._file.as_uri()}?mode=ro",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
        )


class PostgresWatch(Watch):
    """Looks at a number that the workers of this host share, and listens for what others write."""

    def __init__(self, app: Flask, next_due: NextDue, folder: Path) -> None:
        super().__init__(app, next_due)
        self._path = folder / BOARD
        self._opening = threading.Lock()
        self._board: mmap.mmap | None = None
        self._listener: Listener | None = None
        # Whether to hear of what other hosts write: those who write here tell by themselves.
        self.listens = True

    def hear(self) -> None:
        """Tell all workers of this host, before anybody is told that it was done."""
        self._count_on(WRITTEN)

    def _suspect(self) -> None:
        """Have all workers of this host ask: another host may have written."""
        self._count_on(SUSPECTED)

    def _is_back(self, sign: int) -> bool:
        return sign // WRITTEN != self._in_vain[0] // WRITTEN

    def _count_on(self, step: int) -> None:
        board = self._open()
        with self._path.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # of two that count on, neither is lost
            NUMBER.pack_into(board, 0, NUMBER.unpack_from(board)[0] + step)

    def forget(self) -> None:
        """Begin anew, and listen no longer."""
        super().forget()
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.stop()

    def _sign(self) -> int:
        if self._listener is None and self.listens:
            self._listen()
        return int(NUMBER.unpack_from(self._board or self._open())[0])

    def _open(self) -> mmap.mmap:
        with self._opening:
            self._board = self._board or _map(self._path)
            return self._board

    def _listen(self) -> None:
        """Listen, in a process that will not be forked any more: the first page is asked for."""
        with self._opening:
            if self._listener is None:
                with self._app.app_context():
                    url = db.engine.url.set(drivername="postgresql")
                where = url.render_as_string(hide_password=False)
                self._listener = Listener(where, self._suspect)
                self._listener.start()


class Listener(threading.Thread):
    """Hears of what is committed on any host, for as long as its process lives."""

    def __init__(self, url: str, tell: Callable[[], None]) -> None:
        super().__init__(name="edition listener", daemon=True)
        self._url = url
        self._tell = tell
        self._stopped = threading.Event()
        self._is_deaf = False

    def stop(self) -> None:
        """End, within a moment."""
        self._stopped.set()

    def run(self) -> None:
        """Listen; and when the connection breaks, listen again."""
        while not self._stopped.is_set():
            try:
                self._listen()
            except Exception as error:
                if not self._is_deaf:
                    log.warning("other hosts are not heard, only asked: %s", error)
                self._is_deaf = True
            self._tell()  # who cannot listen asks
            self._stopped.wait(POLL_SECONDS)

    def _listen(self) -> None:
        """Raises what the connection breaks with."""
        import psycopg
        from psycopg.conninfo import make_conninfo

        where = make_conninfo(self._url, **LISTENS_WITHIN)
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            if self._is_deaf:
                log.warning("other hosts are heard again")
            self._is_deaf = False
            while not self._stopped.is_set():
                self._tell()  # once in a while in any case: something may have been missed
                for _news in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
                    pass


def _map(path: Path) -> mmap.mmap:
    """The file of the shared number in memory; a new one says 0."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if os.fstat(handle).st_size < NUMBER.size:
            os.ftruncate(handle, NUMBER.size)
        return mmap.mmap(handle, NUMBER.size)
    finally:
        os.close(handle)


def init_app(app: Flask, next_due: NextDue) -> None:
    """Watch the application's database. Opens nothing yet: a worker is forked from here."""
    with app.app_context():
        url = db.engine.url
    if url.drivername.startswith("sqlite"):
        app.extensions["watch"] = SqliteWatch(app, next_due, str(url.database))
    else:
        app.extensions["watch"] = PostgresWatch(app, next_due, app.config["INSTANCE"])


def watch() -> Watch:
    """The watch of the present application."""
    found: Watch = current_app.extensions["watch"]
    return found
