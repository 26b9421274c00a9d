"""Fetching a picture of another site: from the internet alone, in time, and not too much of it."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from flask import Flask

from blog.extensions import db, limiter
from blog.media import fetching, uploads
from blog.media.fetching import fetch, is_outside
from blog.media.models import Media
from blog.media.pictures import Refused
from tests.browser import Browser
from tests.media.drawing import file_of, flag

JSON = {"Accept": "application/json"}

OUTSIDE = "8.8.8.8 1.1.1.1 93.184.215.14 2606:4700:4700::1111 2a00:1450:4001:81b::200e"
INSIDE = """
    127.0.0.1 127.8.9.1 0.0.0.0 0.1.2.3 10.1.2.3 172.16.0.1 172.31.255.255 192.168.0.1 169.254.169.254
    100.64.0.1 192.0.0.1 192.0.2.1 198.51.100.1 203.0.113.1 198.18.0.1 192.88.99.1 224.0.0.1 239.1.2.3
    240.0.0.1 255.255.255.255
    ::1 :: fe80::1 fe80::1%eth0 fc00::1 fdff::1 fec0::1 ff02::1 2001:db8::1 3fff::1 100::1 2001::1
    ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1
    2002:7f00:1:: 2002:808:808:: 5f00::1
    localhost 127.1 2130706433 0x7f.1 8.8.8.8/32
"""


def test_what_is_on_the_internet_and_what_is_not() -> None:
    assert [address for address in OUTSIDE.split() if not is_outside(address)] == []
    assert [address for address in [*INSIDE.split(), "", " 8.8.8.8"] if is_outside(address)] == []


class Elsewhere(BaseHTTPRequestHandler):
    """Another site, with a picture, and with all that a bad one would try."""

    def do_GET(self) -> None:
        kind, _, rest = self.path[1:].partition("/")
        getattr(self, f"_{kind}")(rest)

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def _bee(self, _rest: str) -> None:
        self._say(200, file_of(flag(), "JPEG").getvalue())

    def _gone(self, _rest: str) -> None:
        self._say(404, b"")

    def _page(self, _rest: str) -> None:
        self._say(200, b"<!doctype html><html>No bee</html>")

    def _hop(self, rest: str) -> None:
        number = int(rest or 0)
        self.send_response(302)
        self.send_header("Location", f"/hop/{number - 1}" if number > 1 else "/bee/a%20bee.jpg")
        self.end_headers()

    def _inside(self, rest: str) -> None:
        self.send_response(301)
        self.send_header("Location", f"http://{rest}/bee")
        self.end_headers()

    def _endless(self, _rest: str) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b"\0" * 1_000_000)
        except OSError:
            pass

    def _drop_by_drop(self, _rest: str) -> None:
        try:
            for letter in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000:
                self.wfile.write(bytes([letter]))
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of another site. It is on this machine, which passes for the internet meanwhile."""
    monkeypatch.setattr(fetching, "is_outside", lambda peer: peer == "127.0.0.1")
    server = HTTPServer(("127.0.0.1", 0), Elsewhere)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def why(address: str) -> str:
    """Why this is not fetched."""
    with pytest.raises(Refused) as caught:
        fetch(address)
    return str(caught.value.words)


def test_a_picture_is_fetched_by_few_detours_in_time_and_with_measure(
    elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bee = file_of(flag(), "JPEG").getvalue()
    for path in ("/bee", "/bee/ünïcode%20and?a=b&ç", "/hop/1", "/hop/3"):
        assert fetch(elsewhere + path).read() == bee, path
    for path, words in {
        "/hop/4": "leads from one address to the next",
        "/gone": "does not give this picture away",
        "/inside/127.0.0.2": "private network",
        "/inside/user@127.0.0.1": "not the address",
        "/endless": "20 MB",
    }.items():
        assert words in why(elsewhere + path), path
    assert "no such site" in why("http://127.0.0.1:1/bee")
    monkeypatch.setattr(fetching, "MOST_SECONDS", 0.5)
    begun = time.monotonic()
    assert "longer than" in why(f"{elsewhere}/drop_by_drop")
    assert time.monotonic() - begun < 5


def test_a_host_is_looked_up_once_and_every_address_of_it_counts(
    elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is the internet's when it is asked about, and this machine's when it is connected to."""
    port = int(elsewhere.rpartition(":")[2])
    asked: list[str] = []
    answers = [["127.0.0.1"], ["127.0.0.1", "10.0.0.1"]]

    real = socket.getaddrinfo

    def look_up(host: str, wanted: int, *args: int, **options: int) -> list[tuple[object, ...]]:
        if host != "bees.example":
            return real(host, wanted, *args, **options)
        asked.append(host)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 0, "", (ip, wanted))
            for ip in answers[len(asked) - 1]
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert fetch(f"http://bees.example:{port}/bee").read()
    assert asked == ["bees.example"]
    assert "private network" in why(f"http://bees.example:{port}/bee")


def test_what_is_no_address_of_the_internet_is_not_asked() -> None:
    for address in (
        "ftp://bees.example/a",
        "file:///etc/passwd",
        "bees",
        "http://",
        "//bees.example",
    ):
        assert "not the address" in why(address), address
    for address in ("http://127.0.0.1:8000/", "https://10.0.0.1/", "http://169.254.169.254/latest"):
        assert "private network" in why(address), address


def test_olga_fetches_a_picture_into_the_library(
    olga: Browser, elsewhere: str, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga.submit("/desk/media", {"address": f"{elsewhere}/hop/2"}, button="Fetch it", follow=True)
    assert "1 picture is in the library now." in olga.text
    token = {"csrf_token": olga.page.select_one("[name=csrf_token]")["value"]}

    def ask(address: str) -> tuple[int, dict[str, str]]:
        fields = {**token, "address": address, "alt": "A bee"}
        answer = olga.post("/desk/media/fetched", fields, headers=JSON)
        return answer.status_code, answer.json

    status, told = ask(f"{elsewhere}/bee/a%20bee.jpg")
    assert (status, told["was_there"], told["alt"]) == (201, True, "A bee")
    assert ask(f"{elsewhere}/page")[0] == ask("")[0] == 422
    assert "web page" in ask(f"{elsewhere}/page")[1]["error"]
    olga.submit("/desk/media", {"address": f"{elsewhere}/gone"}, button="Fetch it")
    assert "does not give" in olga.errors["address"]
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()  # another test may have asked
    monkeypatch.setattr(uploads, "FETCHES", "1 per hour")
    assert [ask(f"{elsewhere}/bee")[0] for _ in "12"] == [201, 429]
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count(Media.id))) == 1
