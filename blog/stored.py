"""A stored page: its headers, its body and the ETags of both its forms, and what is sent of it.

Nearly everybody takes gzip, so that is how a page is kept; as it is, it is made again for those who do
not, and then kept too.
"""

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from werkzeug.datastructures import Headers
from werkzeug.http import parse_date

from blog import compression
from blog.freshness import Moment

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# What a 304 repeats (RFC 9110, 15.4.5), and what lets other sites read a feed's.
REPEATED = ("Cache-Control", "Vary", "Last-Modified", "Access-Control-Allow-Origin")

# What a stored page takes beside its bodies: its key, its lists of headers, its ETags (1,020 bytes,
# measured), and a place in dictionaries that keep room to grow.
OVERHEAD = 1_200

# Nearly all pages have the same headers but for ETag and length; feeds and pictures have some more.
KINDS_OF_HEADERS = 64

Pairs = list[tuple[str, str]]
Common = tuple[tuple[str, str], ...]


class Variant(NamedTuple):
    """A page in one encoding, as it is sent."""

    etag: str
    headers: Pairs
    unchanged: Pairs
    body: tuple[bytes]


@dataclass(slots=True)
class Page:
    """A stored page: what it shows, the moment it was made, and what is sent.

    `headers` are those of both variants; pages that have the same share them. `packed` is gzipped, unless
    that would not make it shorter. `plain` is None until it is asked for.
    """

    shows: tuple[str, ...]
    made: Moment
    headers: Common
    packed: Variant
    plain: Variant | None

    @classmethod
    def of(
        cls,
        shows: tuple[str, ...],
        made: Moment,
        body: bytes,
        headers: Headers,
        packed: bytes | None = None,
    ) -> "Page":
        """A page that was just made, with both its variants. `packed` is its body, gzipped ahead."""
        for name in ("ETag", "Content-Length"):
            headers.remove(name)
        common = _common(tuple(headers.to_wsgi_list()))
        mark = hashlib.sha256(body).hexdigest()[:16]
        plain = _variant(common, f'"{mark}"', body)
        if not compression.is_worth_it(headers.get("Content-Type", ""), len(body)):
            return cls(shows, made, common, plain, plain)
        if packed is None:
            # What shows nothing that changes is packed once for as long as a release lives.
            packed = compression.pack(body, compression.LEVEL if shows else compression.HARDEST)
        encoding = ("Content-Encoding", compression.GZIP)
        return cls(shows, made, common, _variant(common, f'"{mark}-gzip"', packed, encoding), plain)

    @property
    def size(self) -> int:
        """How many bytes of memory it takes, about."""
        bodies = {
            id(variant): len(variant.body[0]) for variant in (self.packed, self.plain) if variant
        }
        return sum(bodies.values()) + OVERHEAD

    def has_variant_for(self, environ: "WSGIEnvironment") -> bool:
        """Whether it is there in the form that this request wants."""
        return self.plain is not None or _takes_gzip(environ)

    def unpack(self) -> None:
        """Make what it is without gzip."""
        etag = self.packed.etag.replace("-gzip", "")
        self.plain = _variant(self.headers, etag, gzip.decompress(self.packed.body[0]))

    def let_go_of_plain(self) -> None:
        """Keep the packed form alone, where there is one."""
        if self.packed is not self.plain:
            self.plain = None

    def answer(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Send it, or that it is what the reader has already. The variant has to be there."""
        variant = self.packed if self.plain is None or _takes_gzip(environ) else self.plain
        if self._is_had(environ, variant.etag):
            start_response("304 NOT MODIFIED", variant.unchanged)
            return ()
        start_response("200 OK", variant.headers)
        return variant.body if environ["REQUEST_METHOD"] == "GET" else ()

    def _is_had(self, environ: "WSGIEnvironment", etag: str) -> bool:
        """Whether the reader has this variant. Where both are asked, the ETag decides (RFC 9110, 13.2.2)."""
        had = environ.get("HTTP_IF_NONE_MATCH")
        if had is not None:
            return had == etag or had.strip() == "*" or etag in _etags(had)
        since = environ.get("HTTP_IF_MODIFIED_SINCE")
        modified = dict(self.headers).get("Last-Modified", "") if since else ""
        return bool(since and modified and _is_the_same_time(since, modified))


def _takes_gzip(environ: "WSGIEnvironment") -> bool:
    return compression.is_wanted(environ.get("HTTP_ACCEPT_ENCODING", ""))


@lru_cache(KINDS_OF_HEADERS)
def _common(headers: Common) -> Common:
    """The same headers as the last page had that had the same."""
    return headers


def _variant(headers: Common, etag: str, body: bytes, *more: tuple[str, str]) -> Variant:
    tag = ("ETag", etag)
    length = ("Content-Length", str(len(body)))
    repeated = [pair for pair in headers if pair[0] in REPEATED]
    return Variant(etag, [*headers, tag, length, *more], [*repeated, tag], (body,))


@lru_cache(maxsize=1024)
def _etags(had: str) -> frozenset[str]:
    """The entity tags of If-None-Match; for a 304 a weak one does as well (RFC 9110, 13.1.2)."""
    return frozenset(tag.strip().removeprefix("W/") for tag in had.split(","))


@lru_cache(maxsize=1024)
def _is_the_same_time(since: str, modified: str) -> bool:
    """Whether both name the same second. An earlier one is no good: when the newest vanishes, the date
    of what is left goes back.
    """
    return parse_date(since) == parse_date(modified)
