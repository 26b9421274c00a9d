"""Fetching a picture of another site, at the author's wish: into the library, and from nowhere near us.

The machine that a blog runs on reaches more than its author does: its own services, its neighbours, the
cloud's page of secrets. So a host is looked up once, every address that it has must be the internet's,
and that very address is connected to (a name may lead elsewhere a moment later). A redirect is a new
address, and looked at like the first.
"""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from io import BytesIO
from typing import IO
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from flask_babel import lazy_gettext as _l

from blog.forms import is_whole_address
from blog.media.pictures import MOST_BYTES, TOO_LONG, Refused

# For looking up, connecting, redirects and the picture together: a person waits.
MOST_SECONDS = 15
MOST_REDIRECTS = 3
REDIRECTS = (301, 302, 303, 307, 308)

PORTS = {"http": 80, "https": 443}

HEADERS = {
    "Accept": "image/avif,image/webp,image/png,image/jpeg,image/gif",
    "Accept-Encoding": "identity",
    "Connection": "close",
    "User-Agent": "Afterword (a picture, fetched for its author)",
}

# What an address may have in it as it is; all else is percent-encoded, and % with two digits is already.
AS_THEY_ARE = "%/:=&?~+!$,;'@()*[]"

# Where the registries and Python's table of them are at odds, and IPv6 addresses that hold an IPv4 address,
# which another machine would connect to: 6to4 (RFC 3056, 7526), Teredo (RFC 4380).
NOT_OUTSIDE_EITHER = tuple(
    map(ipaddress.ip_network, ("192.88.99.0/24", "2002::/16", "2001::/32", "3fff::/20"))
)
# All that was ever given to anybody (IANA); so none of ::ffff:0:0/96, 64:ff9b::/96, fc00::/7, fe80::/10.
GIVEN_OUT = ipaddress.ip_network("2000::/3")

NO_ADDRESS = _l("This is not the address of a picture. One begins with https:// or http://.")
NOT_THERE = _l("There is no such site, or it does not answer.")
NOT_OUTSIDE = _l(
    "This address leads into a private network. Only what is on the internet is fetched."
)
NOT_GIVEN = _l("The other site does not give this picture away.")
TOO_SLOW = _l("The other site took longer than 15 seconds.")
LED_ASTRAY = _l(
    "The other site leads from one address to the next. Take the address of the picture itself."
)


def is_outside(address: str) -> bool:
    """Whether an IP address is one of the internet's: no private, local, shared or reserved one (the
    registries of RFC 6890), no group of hosts, and no IPv6 address that carries an IPv4 address.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False  # with a zone (fe80::1%eth0), or none at all
    if found.version == GIVEN_OUT.version and found not in GIVEN_OUT:
        return False
    odd = any(found in network for network in NOT_OUTSIDE_EITHER)
    return found.is_global and not (odd or found.is_multicast or found.is_reserved)


def fetch(address: str) -> IO[bytes]:
    """What is at this address, at most as much as a picture may have. Raises Refused, saying why."""
    until = time.monotonic() + MOST_SECONDS
    try:
        for _ in range(MOST_REDIRECTS + 1):
            with _opened(address, until) as response:
                if response.status not in REDIRECTS:
                    return BytesIO(_body(response))
                address = urljoin(address, response.getheader("Location") or "")
    except (OSError, HTTPException, ValueError) as error:
        words = TOO_SLOW if time.monotonic() >= until else NOT_THERE
        raise Refused(words) from error
    raise Refused(LED_ASTRAY)


@contextmanager
def _opened(address: str, until: float) -> Iterator[HTTPResponse]:
    """The answer to one request, whose connection is cut when the time is over."""
    parts = _parts(address)
    connection = _connected(parts, until)
    # However slowly it sends: each byte in time would begin the time limit of a socket anew.
    cut = threading.Timer(until - time.monotonic(), _cut, (connection.sock,))
    cut.daemon = True
    cut.start()
    try:
        connection.request("GET", _target(parts), headers=HEADERS)
        with connection.getresponse() as response:  # it holds the socket, too
            yield response
        if time.monotonic() >= until:
            raise TimeoutError  # where no length was given, the cut looked like the end
    finally:
        cut.cancel()
        connection.close()


def _parts(address: str) -> SplitResult:
    if not is_whole_address(address):
        raise Refused(NO_ADDRESS)
    return urlsplit(address)


def _connected(parts: SplitResult, until: float) -> HTTPConnection:
    """A connection to the one address that was looked up. Raises Refused, OSError."""
    host = (parts.hostname or "").encode("idna").decode()
    port = parts.port or PORTS[parts.scheme]
    peer = _looked_up(host, port)
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    # The name goes into the request and is what the certificate must be of; nobody looks it up again.
    connection = HTTPConnection(host, port, timeout=left)
    connection.sock = socket.create_connection((peer, port), timeout=left)
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection.default_port = PORTS["https"]
        connection.sock = context.wrap_socket(connection.sock, server_hostname=host)
    return connection


def _looked_up(host: str, port: int) -> str:
    """The address of a host. Raises Refused when any that it has is not the internet's."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    peers = [str(place[0]) for *_, place in found]
    if not all(map(is_outside, peers)):
        raise Refused(NOT_OUTSIDE)
    return peers[0]


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe=AS_THEY_ARE)
    return f"{path}?{quote(parts.query, safe=AS_THEY_ARE)}" if parts.query else path


def _cut(connected: socket.socket) -> None:
    """Whoever reads from it sees its end."""
    with suppress(OSError):  # it may have ended by itself
        connected.shutdown(socket.SHUT_RDWR)


def _body(response: HTTPResponse) -> bytes:
    if response.status != HTTPStatus.OK:
        raise Refused(NOT_GIVEN)
    body = response.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise Refused(TOO_LONG)
    return body
