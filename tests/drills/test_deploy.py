"""The drill of docs/deploy/: the shipped configurations of nginx and Caddy before a real `flask serve`."""

import gzip
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask import Flask

from blog import compression, create_app, keys
from blog.comments.models import Comment
from blog.extensions import db
from blog.gate import READERS_BYTES, WRITERS_BYTES
from blog.headers import IMMUTABLE, SECURITY
from blog.networks import network
from tests.blank import environment
from tests.browser import fields_of
from tests.drills.proxies import DEPLOY, Proxy, proxy, trusting
from tests.server import Server, free_port

pytestmark = pytest.mark.drill

POST = "/posts/welcome"
RITA = "127.0.0.5"
SOMEBODY_ELSE = "203.0.113.5"
# More than any form of ours has, and than nginx is told to take.
FAR_TOO_MUCH = 4_000_000
# However it is spelt, this is what somebody says of themselves.
CLAIMS = {
    "X-Forwarded-For": SOMEBODY_ELSE,
    "X_Forwarded_For": SOMEBODY_ELSE,
    "x_forwarded-for": SOMEBODY_ELSE,
    "X-Real-IP": SOMEBODY_ELSE,
    "Forwarded": f"for={SOMEBODY_ELSE}",
}


@dataclass(frozen=True)
class Site:
    """A blog behind a proxy."""

    proxy: Proxy
    app: Flask

    def ask(
        self, path: str, data: bytes | None = None, **headers: str
    ) -> tuple[HTTPResponse, bytes]:
        """Rita asks for an address: the answer, and its body as it was sent."""
        connection = self.proxy.connect(RITA)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return _answer(connection, "GET" if data is None else "POST", path, data, names)

    def reply(self, body: str, claims: dict[str, str]) -> HTTPResponse:
        """Rita replies, and claims to be somebody else."""
        _answered, page = self.ask(POST)
        form = BeautifulSoup(page, "html.parser").select_one("form[action$='/comments']")
        assert form is not None
        typed = {"name": "Rita", "email": "rita@example.org", "body": body}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": self.proxy.url,
            **claims,
        }
        data = urlencode({**fields_of(form), **typed}).encode()
        return _answer(self.proxy.connect(RITA), "POST", f"{POST}/comments", data, headers)[0]


def _answer(
    connection: HTTPConnection, method: str, path: str, data: bytes | None, headers: dict[str, str]
) -> tuple[HTTPResponse, bytes]:
    connection.request(method, path, data, headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A blog behind each of them, with the settings that README.md names."""
    folder = tmp_path_factory.mktemp(request.param)
    port = free_port()
    settings = {
        "BLOG_INSTANCE": str(folder / "instance"),
        "BLOG_BASE_URL": f"https://localhost:{port}",
        "BLOG_TRUSTED_PROXIES": "127.0.0.1,::1",
        "BLOG_REPLY_INTERVAL": "0",
        "BLOG_REPLY_MIN_SECONDS": "0",
    }
    app = create_app(settings)
    with (
        Server({**environment(app), **settings}, folder / "server.log") as server,
        proxy(request.param, server.port, folder / "proxy", port) as found,
    ):
        yield Site(found, app)
    with app.app_context():
        db.engine.dispose()


def test_a_page_comes_through_with_its_headers(site: Site) -> None:
    answer, page = site.ask(POST)
    assert answer.status == 200
    assert f'rel="canonical" href="{site.proxy.url}{POST}"'.encode() in page
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "public, no-cache"


def test_http_leads_to_https(site: Site) -> None:
    if site.proxy.plain_port is None:
        return  # Caddy does it unasked, at port 80
    connection = HTTPConnection("127.0.0.1", site.proxy.plain_port, timeout=20)
    answer, _body = _answer(connection, "GET", POST, None, {"Host": "evil.example"})
    assert (answer.status, answer.headers["Location"]) == (308, f"https://localhost{POST}")


def test_browsers_may_speak_http_2(site: Site) -> None:
    with (
        socket.create_connection(("127.0.0.1", site.proxy.port)) as plain,
        trusting("h2", "http/1.1").wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        assert secure.selected_alpn_protocol() == "h2"


def test_a_page_is_packed_once_and_not_sent_to_who_has_it(site: Site) -> None:
    _answered, plain = site.ask(POST)
    sheet = BeautifulSoup(plain, "html.parser").select_one("link[rel=stylesheet]")
    assert sheet is not None
    for path in (POST, "/", "/feed.xml", str(sheet["href"])):
        _answered, plain = site.ask(path)
        packed, body = site.ask(path, Accept_Encoding="gzip, br, zstd")
        assert packed.headers.get_all("Content-Encoding") == ["gzip"], path
        assert gzip.decompress(body) == plain, path
        again, nothing = site.ask(
            path, Accept_Encoding="gzip, br, zstd", If_None_Match=packed.headers["ETag"]
        )
        assert (again.status, nothing) == (304, b""), path
        assert again.headers["ETag"] == packed.headers["ETag"], path


def test_static_files_are_kept_for_ever_packed_once_and_as_safe_as_pages(site: Site) -> None:
    page = BeautifulSoup(site.ask(POST)[1], "html.parser")
    files = {str(tag.get("href") or tag.get("src")) for tag in page.select("link, script[src]")}
    files = {file for file in files if file.startswith("/static/")}
    assert len(files) >= 2
    for file in files:
        _answered, plain = site.ask(file)
        packed, body = site.ask(file, Accept_Encoding="gzip")
        assert body == compression.pack(plain, compression.HARDEST), file
        assert packed.headers["Cache-Control"] == IMMUTABLE, file
        assert {name: packed.headers[name] for name in SECURITY} == SECURITY, file
        assert re.search(r"[.=][0-9a-f]{8}", file), file


@pytest.mark.parametrize("claim", [None, *CLAIMS])
def test_a_reply_comes_from_its_writer_whatever_they_claim(site: Site, claim: str | None) -> None:
    said = f"Hum, {claim}!"
    answer = site.reply(said, {claim: CLAIMS[claim]} if claim else {})
    assert answer.status == 303
    with site.app.app_context():
        kept = db.session.scalar(sa.select(Comment.address_hash).where(Comment.source == said))
        assert kept == keys.digest("address", network(RITA))
        assert kept != keys.digest("address", network("127.0.0.1"))


class Echo(BaseHTTPRequestHandler):
    """Says which headers reached it, one on a line."""

    def do_GET(self) -> None:
        """Answer."""
        said = str(self.headers).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize("name", ["nginx", "caddy"])
def test_the_blog_hears_of_an_address_from_its_proxy_alone(name: str, tmp_path: Path) -> None:
    # Which of two spellings wins in the blog is chance: neither may get there.
    with (
        HTTPServer(("127.0.0.1", 0), Echo) as echo,
        proxy(name, echo.server_port, tmp_path / name, free_port()) as found,
    ):
        threading.Thread(target=echo.serve_forever, daemon=True).start()
        _answered, said = _answer(found.connect(RITA), "GET", "/", None, {**CLAIMS, "A_b": "c"})
        echo.shutdown()
    headers = dict(line.split(": ", 1) for line in said.decode().split("\n") if line)
    assert headers["X-Forwarded-For"] == RITA
    assert not [header for header in headers if "_" in header or header == "Forwarded"]


@pytest.mark.parametrize("length", [READERS_BYTES + 1, WRITERS_BYTES, FAR_TOO_MUCH])
def test_who_sends_too_much_gets_a_page_of_the_site(site: Site, length: int) -> None:
    answer, page = site.ask(f"{POST}/comments", b"b" * length, Origin=site.proxy.url)
    assert answer.status == 413
    # nginx keeps what it takes, so it does not take everything.
    assert (b"Too much at once" in page) is (length < FAR_TOO_MUCH or site.proxy.name == "caddy")


def test_systemd_understands_the_service(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed: nothing was tried with it")
    service = (DEPLOY / "afterword.service").read_text()
    # The one thing that is not on this machine is the checkout.
    (tmp_path / "afterword.service").write_text(
        service.replace("/srv/afterword/.venv/bin/python ", "/bin/true ").replace(
            "/srv/afterword", str(tmp_path)
        )
    )
    command = ["systemd-analyze", "verify", "--man=no", str(tmp_path / "afterword.service")]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
