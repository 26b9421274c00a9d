"""How many threads may wait for the bodies of requests, which arrive as slowly as their senders please.

The server answers with a few threads (serving.py), and one that waits for a body answers nobody else: a
handful of people on bad lines, or one who sends a byte a second on purpose, would be enough to stop the
site. So there are places for those that wait, fewer than threads, and for one sender fewer still. Who
finds none is told to come again; whoever only reads notices nothing. The server cannot be told to give up
a body that it has begun to read: a place is free when its sender is done, or gone.
"""

import threading
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from flask import Flask
from werkzeug.exceptions import ServiceUnavailable

from blog.networks import network

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Half of the server's threads. The others answer those who send no body.
MOST = 4

# Who is on a bad line presses the button twice. With more than that, nobody else could reply.
MOST_OF_ONE = 2

# So much of what is refused is still taken in, so that its sender hears why. Beyond it are no slips.
SWALLOWED_BYTES = 64_000_000
PIECE_BYTES = 65_536

# What was sent together with its headers is read within this, on a busy machine as well.
MOMENT_SECONDS = 0.1


@dataclass(eq=False)
class Place:
    """A body that is being read: whose, and since when."""

    sender: str
    since: float = field(default_factory=time.monotonic)

    @property
    def is_slow(self) -> bool:
        """Whether it takes longer than most do: nobody should wait for this place."""
        return time.monotonic() - self.since > MOMENT_SECONDS


class Bodies:
    """WSGI middleware: so many bodies are read at once, and not more."""

    def __init__(self, app: "WSGIApplication") -> None:
        self.app = app
        self._changing = threading.Condition()
        self._taken: list[Place] = []

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        environ["wsgi.input"] = Body(self, environ["wsgi.input"], environ.get("REMOTE_ADDR", ""))
        return self.app(environ, start_response)

    @contextmanager
    def place(self, sender: str) -> Iterator[None]:
        """A place for a body of this sender. Raises ServiceUnavailable when none is free in a moment."""
        place = self._take(sender)
        try:
            yield
        finally:
            with self._changing:
                self._taken.remove(place)
                self._changing.notify_all()

    def _take(self, sender: str) -> Place:
        with self._changing:
            slow = [place for place in self._taken if place.is_slow]
            if _are_too_many(slow, sender) or not self._changing.wait_for(
                lambda: not _are_too_many(self._taken, sender), MOMENT_SECONDS
            ):
                raise ServiceUnavailable
            place = Place(sender)
            self._taken.append(place)
            return place


def _are_too_many(places: Collection[Place], sender: str) -> bool:
    """Whether so many are taken that this sender gets none."""
    theirs = sum(place.sender == sender for place in places)
    return len(places) >= MOST or theirs >= MOST_OF_ONE


class Body:
    """`wsgi.input`: Werkzeug reads it in this way alone, piece by piece."""

    def __init__(self, bodies: Bodies, source: IO[bytes], address: str) -> None:
        self._bodies = bodies
        self._source = source
        self._address = address

    def read(self, size: int = -1) -> bytes:
        """The next piece. Raises ServiceUnavailable when too many others wait for theirs."""
        with self._bodies.place(network(self._address)):
            return self._source.read(size)


def swallow(environ: "WSGIEnvironment") -> None:
    """Take in a body that nobody will read, piece by piece, and keep nothing of it.

    Raises ServiceUnavailable when too many others wait for theirs.
    """
    for _piece in range(SWALLOWED_BYTES // PIECE_BYTES):
        if not environ["wsgi.input"].read(PIECE_BYTES):
            return


def init_app(app: Flask) -> None:
    """Stand in front of the application, behind what says who is asking."""
    app.wsgi_app = Bodies(app.wsgi_app)  # type: ignore[method-assign]  # the documented way to add middleware
