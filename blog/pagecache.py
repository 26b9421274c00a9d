"""The page cache: WSGI middleware that answers anonymous readers before Flask is asked.

A page that a view gave to everyone (headers.shared) is kept in this worker's memory, as is and gzipped,
each with its headers and a strong ETag (RFC 9110, 8.8.3). It is served for as long as nothing that it
shows has changed, which is asked each time (freshness.py). Whoever has a session is not served from
here, and nothing that they get is kept.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import run_wsgi_app

from blog.freshness import Watch
from blog.stored import Page

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# What stands here is everyone's, signed in or not.
STATIC = "/static/"

# Files, which browsers and proxies keep: here they would only take the place of pages.
PICTURES = "/media/"

# Where a request carries what its view says of its page.
OFFER = "afterword.offer"

# A page that may be kept is made for everyone. What is asked for one request is answered here.
FOR_ONE_REQUEST = (
    "HTTP_ACCEPT_ENCODING",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_RANGE",
    "HTTP_RANGE",
)

# How long a request waits for another that makes the same page, before it makes one of its own.
PATIENCE_SECONDS = 10

Key = tuple[str, tuple[str | None, ...]]


@dataclass
class Offer:
    """What a view says of its page: what it shows, which parameters it read, whether to keep it.

    `packed` is the page gzipped, where that was done ahead. As long as `shows` is None, the page is not
    for everyone.
    """

    shows: tuple[str, ...] | None = None
    reads: tuple[str, ...] = ()
    is_kept: bool = True
    packed: bytes | None = None


class PageCache:
    """The middleware. `room` is how many bytes this worker may keep; 0 keeps nothing."""

    def __init__(
        self, app: "WSGIApplication", watch: Watch, room: int, session_cookie: str
    ) -> None:
        self.app = app
        self.room = room
        self.stored = 0
        self.hits = 0
        self.misses = 0
        self._watch = watch
        self._session_cookie = session_cookie
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._reads: dict[str, tuple[str, ...]] = {}
        self._making: dict[Key, threading.Event] = {}
        self._changing = threading.Lock()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        is_asked = environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        if not is_asked or environ["PATH_INFO"].startswith(PICTURES):
            return self.app(environ, start_response)
        if not self._is_for_everyone(environ):
            return self._make(environ, start_response, is_kept=False)
        page = self._find(environ)
        if page is None:
            return self._make_once(environ, start_response)
        self.hits += 1
        return page.answer(environ, start_response)

    def __str__(self) -> str:
        return f"{self.hits} hits, {self.misses} misses, {self.stored} bytes in {len(self._pages)} pages"

    def forget(self) -> None:
        """Keep nothing of what was kept."""
        with self._changing:
            self._pages.clear()
            self._reads.clear()
            self.stored = self.hits = self.misses = 0

    def _is_for_everyone(self, environ: "WSGIEnvironment") -> bool:
        """Whether this may be answered with what everyone gets. In doubt it is not."""
        return self._session_cookie not in environ.get("HTTP_COOKIE", "") or environ[
            "PATH_INFO"
        ].startswith(STATIC)

    def _find(self, environ: "WSGIEnvironment") -> Page | None:
        reads = self._reads.get(environ["PATH_INFO"])
        if reads is None:
            return None
        key = _key(environ, reads)
        page = self._pages.get(key)
        if page is None or not self._watch.is_fresh(page.shows, page.made):
            return None
        with suppress(KeyError):  # another thread may have let it go just now
            self._pages.move_to_end(key)
        if not page.has_variant_for(environ):
            self._unpack(key, page)
        return page

    def _make_once(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Make a page; whoever asks for the same one meanwhile waits for it."""
        asked = environ["PATH_INFO"], (environ["QUERY_STRING"],)
        with self._changing:
            made = self._making.get(asked)
            if made is None:
                self._making[asked] = mine = threading.Event()
        if made is not None:
            made.wait(PATIENCE_SECONDS)
            page = self._find(environ)
            return (
                page.answer(environ, start_response)
                if page
                else self._make(environ, start_response)
            )
        try:
            return self._make(environ, start_response)
        finally:
            del self._making[asked]
            mine.set()

    def _make(
        self,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        *,
        is_kept: bool = True,
    ) -> Iterable[bytes]:
        """Have Flask make an answer, and keep it if it is for everyone and may be kept."""
        self.misses += is_kept
        made = self._watch.moment()  # before the page looks at anything
        offer = Offer()
        asked = {name: environ[name] for name in environ if name not in FOR_ONE_REQUEST}
        asked.update({"REQUEST_METHOD": "GET", OFFER: offer})
        body, status, headers = run_wsgi_app(self.app, asked)
        if offer.shows is None or not status.startswith("200") or "Set-Cookie" in headers:
            return self._pass_on(environ, start_response, body, status, headers)
        page = Page.of(offer.shows, made, _read(body), headers, offer.packed)
        answer = page.answer(environ, start_response)
        if is_kept and offer.is_kept:
            page.let_go_of_plain()
            self._keep(environ, offer.reads, page)
        return answer

    def _pass_on(
        self,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        body: Iterable[bytes],
        status: str,
        headers: Headers,
    ) -> Iterable[bytes]:
        """Answer with what is not for everyone, or not for long."""
        if "ETag" in headers and any(name in environ for name in FOR_ONE_REQUEST):
            _close(body)  # a file: Flask itself knows how to send a part of it, or nothing
            return self.app(environ, start_response)
        start_response(status, headers.to_wsgi_list())
        if environ["REQUEST_METHOD"] == "HEAD":
            _close(body)
            return ()
        return body

    def _keep(self, environ: "WSGIEnvironment", reads: tuple[str, ...], page: Page) -> None:
        """Keep a page, and let those go that were not asked for the longest time."""
        if page.size > self.room:
            return
        with self._changing:
            self._reads[environ["PATH_INFO"]] = reads
            key = _key(environ, reads)
            self._drop(key)
            self._pages[key] = page
            self.stored += page.size
            self._make_room()

    def _unpack(self, key: Key, page: Page) -> None:
        """Have a page in both forms: somebody reads it who takes no gzip."""
        with self._changing:
            before = page.size
            page.unpack()
            if self._pages.get(key) is page:
                self.stored += page.size - before
                self._make_room()

    def _make_room(self) -> None:
        while self.stored > self.room:
            oldest = next(iter(self._pages))
            self._drop(oldest)
            # There may be a million paths. If other pages of this one are here, the next says it again.
            self._reads.pop(oldest[0], None)

    def _drop(self, key: Key) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self.stored -= page.size


def _key(environ: "WSGIEnvironment", reads: tuple[str, ...]) -> Key:
    """Under what a page is kept: its path, and what the parameters say that it is known to read."""
    path = environ["PATH_INFO"]
    query = environ["QUERY_STRING"]
    if not (reads and query):
        return path, (None,) * len(reads)
    given: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        given.setdefault(name, value)  # of several, Flask takes the first
    return path, tuple(given.get(name) for name in reads)


def _read(body: Iterable[bytes]) -> bytes:
    try:
        return b"".join(body)
    finally:
        _close(body)


def _close(body: Iterable[bytes]) -> None:
    close = getattr(body, "close", None)
    if close is not None:
        close()


def init_app(app: Flask) -> None:
    """Stand in front of the application, once all else does."""
    cache = PageCache(
        app.wsgi_app,
        app.extensions["watch"],
        app.config["PAGE_CACHE_MB"] * 1_000_000,
        app.config["SESSION_COOKIE_NAME"],
    )
    app.extensions["pages"] = cache
    app.wsgi_app = cache  # type: ignore[method-assign]  # the documented way to add middleware
