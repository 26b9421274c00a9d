"""The drill of the dripping taps: 60 clients send their bodies a byte a second. What of everybody else?

What is asserted here is what docs/deploy/README.md tells operators.
"""

import socket
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ssl import SSLWantReadError

import pytest

from blog import create_app
from blog.bodies import MOST, MOST_OF_ONE
from tests.blank import environment
from tests.drills.proxies import proxy, trusting
from tests.server import Server, free_port

pytestmark = pytest.mark.drill

CLIENTS = 60
# After this, those who cannot be served have been told so.
SETTLED_SECONDS = 4
ROUNDS = 20
POST = "/posts/welcome"
ADDRESS = f"{POST}/comments/preview"
HEAD = (
    f"POST {ADDRESS} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
).encode()


class Taps(threading.Thread):
    """Clients that send a byte a second, each from its address. `refused` are those that got a 503."""

    def __init__(self, port: int, addresses: list[str], *, secure: bool = False) -> None:
        super().__init__(daemon=True)
        self.stopped = threading.Event()
        self.dripping = [self._open(port, address, secure) for address in addresses]
        self.refused = 0

    def _open(self, port: int, address: str, secure: bool) -> socket.socket:
        tap = socket.create_connection(("127.0.0.1", port), 20, source_address=(address, 0))
        if secure:
            tap = trusting().wrap_socket(tap, server_hostname="localhost")
        tap.sendall(HEAD)
        tap.setblocking(False)
        return tap

    def run(self) -> None:
        """Drip, until everybody was told to go or it is over."""
        while not self.stopped.wait(1):
            self.dripping = [tap for tap in self.dripping if self._drips(tap)]

    def _drips(self, tap: socket.socket) -> bool:
        try:
            tap.send(b"b")
            self.refused += tap.recv(12).endswith(b"503")
        except (BlockingIOError, SSLWantReadError):
            return True  # it has not been answered
        except OSError:
            pass
        tap.close()
        return False


@contextmanager
def dripping(port: int, addresses: list[str], *, secure: bool = False) -> Iterator[Taps]:
    """Meanwhile they drip."""
    taps = Taps(port, addresses, secure=secure)
    taps.start()
    time.sleep(SETTLED_SECONDS)
    yield taps
    taps.stopped.set()
    taps.join()
    for tap in taps.dripping:
        tap.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`flask serve` with one worker, as it is."""
    folder = tmp_path_factory.mktemp("slow")
    app = create_app({"BLOG_INSTANCE": str(folder / "instance")})
    trusting_its_proxy = {"BLOG_TRUSTED_PROXIES": "127.0.0.1"}
    with Server({**environment(app), **trusting_its_proxy}, folder / "log") as server:
        server.get(ADDRESS, b"body=Hum!", Origin=server.url)
        yield server


def reading_takes(server: Server) -> float:
    """How long a stored page usually takes now, in seconds."""
    took = []
    for _round in range(ROUNDS):
        begun = time.monotonic()
        assert server.get(POST)[0] == 200
        took.append(time.monotonic() - begun)
    return statistics.median(took)


def previews(server: Server) -> set[int]:
    """What others are told who send a body meanwhile."""
    return {server.get(ADDRESS, b"body=Hum!", Origin=server.url)[0] for _round in range(5)}


def test_one_machine_that_drips_is_noticed_by_nobody_else(server: Server) -> None:
    before = previews(server)
    with dripping(server.port, ["127.0.0.2"] * CLIENTS) as taps:
        assert reading_takes(server) < 0.1
        assert previews(server) == before
        assert len(taps.dripping) == MOST_OF_ONE
    assert taps.refused == CLIENTS - MOST_OF_ONE


def test_many_machines_that_drip_keep_others_from_replying_but_not_from_reading(
    server: Server,
) -> None:
    before = previews(server)
    with dripping(server.port, [f"127.0.1.{host + 1}" for host in range(CLIENTS)]) as taps:
        assert reading_takes(server) < 0.1
        assert previews(server) == {503}
        assert len(taps.dripping) == MOST
    until = time.monotonic() + 5
    while previews(server) != before:  # they are gone
        assert time.monotonic() < until


def test_behind_nginx_nobody_notices(
    server: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = previews(server)
    folder = tmp_path_factory.mktemp("proxy") / "nginx"
    with proxy("nginx", server.port, folder, free_port()) as nginx:
        addresses = [f"127.0.1.{host + 1}" for host in range(CLIENTS)]
        with dripping(nginx.port, addresses, secure=True) as taps:
            assert reading_takes(server) < 0.1
            assert previews(server) == before
            connection = nginx.connect("127.0.0.5")
            connection.request("GET", POST)
            assert connection.getresponse().status == 200
            connection.close()
            assert (len(taps.dripping), taps.refused) == (CLIENTS, 0)
