"""Who is asking, when proxies stand in between: forwarded headers count from trusted peers alone."""

import ipaddress
import logging
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from flask import Flask

from blog.config import Network

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

log = logging.getLogger(__name__)

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_X_FORWARDED_PROTO")

WITH_PORT = re.compile(r"(\[(?P<ipv6>[^\]]+)\]|(?P<ipv4>[0-9.]+))(:\d+)?")

# The desk names a few; more than that is a crawl, and memory is not for sale.
MOST_REMEMBERED = 8


class TrustedProxies:
    """WSGI middleware: REMOTE_ADDR becomes the last peer in X-Forwarded-For that is not ours.

    `ignored` holds the peers that sent forwarded headers and are not trusted, for the desk to show.
    """

    def __init__(self, app: "WSGIApplication", networks: Sequence[Network]) -> None:
        self.app = app
        self.networks = networks
        self.ignored: set[str] = set()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        peer = environ.get("REMOTE_ADDR", "")
        address = _read(peer)
        if isinstance(address, ipaddress.IPv4Address):
            peer = str(address)  # a socket of both kinds writes it as IPv6: one person, one address
        if address and self._trusts(address):
            peer = self._client(environ.get("HTTP_X_FORWARDED_FOR", ""), address)
        elif any(name in environ for name in FORWARDED):
            self._tell_once(peer)
        environ["REMOTE_ADDR"] = peer
        return self.app(environ, start_response)

    def line_to_trust(self, peer: str) -> str:
        """The setting that trusts this peer, and those that are trusted already."""
        return f"BLOG_TRUSTED_PROXIES={','.join([*map(str, self.networks), peer])}"

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self.networks)

    def _client(self, forwarded_for: str, proxy: Address) -> str:
        for hop in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
            address = _read(hop)
            if address is None:
                break  # whoever wrote that is not to be believed about what stands before it
            proxy = address
            if not self._trusts(address):
                break
        return str(proxy)

    def _tell_once(self, peer: str) -> None:
        if peer in self.ignored or len(self.ignored) >= MOST_REMEMBERED:
            return
        self.ignored.add(peer)
        log.warning(
            "%s sends forwarded headers and is not trusted, so they are ignored. "
            "If it is your proxy, set %s",
            peer,
            self.line_to_trust(peer),
        )


def _read(hop: str) -> Address | None:
    """The address of a hop: some proxies add the port, some sockets write IPv4 as IPv6."""
    if found := WITH_PORT.fullmatch(hop):
        hop = found["ipv6"] or found["ipv4"]
    try:
        address = ipaddress.ip_address(hop)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def init_app(app: Flask) -> None:
    """Put the middleware in front of the application."""
    proxies = TrustedProxies(app.wsgi_app, app.config["TRUSTED_PROXIES"])
    app.extensions["proxies"] = proxies
    app.wsgi_app = proxies  # type: ignore[method-assign]  # the documented way to add middleware
