"""Who is asking, when proxies stand in between: forwarded headers count from trusted peers alone."""

import ipaddress
import logging
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from flask import Flask

from blog.config import Network

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_X_FORWARDED_PROTO")

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
        if self._trusts(peer):
            environ["REMOTE_ADDR"] = self._client(environ.get("HTTP_X_FORWARDED_FOR", ""), peer)
        elif any(name in environ for name in FORWARDED):
            self._tell_once(peer)
        return self.app(environ, start_response)

    def _trusts(self, peer: str) -> bool:
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self.networks)

    def _client(self, forwarded_for: str, peer: str) -> str:
        for hop in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
            try:
                ipaddress.ip_address(hop)
            except ValueError:
                return peer  # whoever wrote that is not to be believed about what stands before it
            peer = hop
            if not self._trusts(hop):
                return hop
        return peer

    def _tell_once(self, peer: str) -> None:
        if peer in self.ignored or len(self.ignored) >= MOST_REMEMBERED:
            return
        self.ignored.add(peer)
        log.warning(
            "%s sends forwarded headers and is not trusted, so they are ignored. "
            "If it is your proxy, set BLOG_TRUSTED_PROXIES=%s",
            peer,
            peer,
        )


def init_app(app: Flask) -> None:
    """Put the middleware in front of the application."""
    proxies = TrustedProxies(app.wsgi_app, app.config["TRUSTED_PROXIES"])
    app.extensions["proxies"] = proxies
    app.wsgi_app = proxies  # type: ignore[method-assign]  # the documented way to add middleware
