"""nginx and Caddy with the files of docs/deploy/, edited as an operator would: other ports, other folders."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path
from ssl import CERT_NONE, SSLContext, create_default_context

from tests.server import ROOT, free_port
from tests.services import program

DEPLOY = ROOT / "docs" / "deploy"
OURS = "127.0.0.1:8000"
HOST = "blog.example.org"
STARTS_WITHIN = 30

# What stands around a site's file in /etc/nginx, with nothing outside of one folder.
AROUND = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site;
}}
"""

# A site of nobody's: its certificate is made on the spot, and no port below 1024 is listened at.
AT_HOME = """{
	admin off
	auto_https disable_redirects
	default_bind 127.0.0.1
	skip_install_trust
"""


@dataclass(frozen=True)
class Proxy:
    """A proxy that runs: its name, and the ports at which it speaks https and (if it does) http."""

    name: str
    port: int
    plain_port: int | None = None

    @property
    def url(self) -> str:
        """The address of the site."""
        return f"https://localhost:{self.port}"

    def connect(self, address: str = "127.0.0.1") -> HTTPSConnection:
        """A connection of somebody with this address."""
        return HTTPSConnection(
            "localhost", self.port, timeout=20, source_address=(address, 0), context=trusting()
        )


def trusting(*protocols: str) -> SSLContext:
    """What takes any certificate, and offers to speak these protocols."""
    context = create_default_context()
    context.check_hostname = False
    context.verify_mode = CERT_NONE
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context


@contextmanager
def proxy(name: str, upstream: int, folder: Path, port: int) -> Iterator[Proxy]:
    """nginx or Caddy at that port, before what listens at `upstream`. Skipped aloud where missing."""
    command = program(name)
    folder.mkdir()
    prepare = _nginx if name == "nginx" else _caddy
    options, plain_port = prepare(folder, port, upstream)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [command, *options],
            env={**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder)},
            stdout=log,
            stderr=log,
        )
    try:
        _wait(found := Proxy(name, port, plain_port), folder / "log")
        yield found
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(proxy: Proxy, log: Path) -> None:
    """Until it speaks to us: a certificate of its own takes Caddy a moment."""
    until = time.monotonic() + STARTS_WITHIN
    while True:
        connection = proxy.connect()
        try:
            connection.connect()
            return
        except OSError:
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        finally:
            connection.close()


def _nginx(folder: Path, port: int, upstream: int) -> tuple[list[str], int]:
    plain_port = free_port()
    certificate, key = _certificate(folder)
    site = _edited(
        "nginx.conf",
        {
            OURS: f"127.0.0.1:{upstream}",
            "listen [::]:80;": "",
            "listen [::]:443 ssl http2;": "",
            "listen 80;": f"listen 127.0.0.1:{plain_port};",
            "listen 443 ": f"listen 127.0.0.1:{port} ",
            f"/etc/letsencrypt/live/{HOST}/fullchain.pem": str(certificate),
            f"/etc/letsencrypt/live/{HOST}/privkey.pem": str(key),
            f"server_name {HOST};": "server_name localhost;",
        },
    )
    (folder / "site").write_text(site)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
    return ["-p", str(folder), "-e", f"{folder}/log", "-c", f"{folder}/nginx.conf"], plain_port


def _caddy(folder: Path, port: int, upstream: int) -> tuple[list[str], None]:
    changes = {OURS: f"127.0.0.1:{upstream}", f"\n{HOST} {{": f"\nlocalhost:{port} {{"}
    changes["\n{\n"] = f"\n{AT_HOME}"
    (folder / "Caddyfile").write_text(_edited("Caddyfile", changes))
    return ["run", "--config", f"{folder}/Caddyfile", "--adapter", "caddyfile"], None


def _edited(name: str, changes: dict[str, str]) -> str:
    """One of our files after these changes. Each must find what it changes."""
    text = (DEPLOY / name).read_text()
    for before, after in changes.items():
        assert before in text, f"{name} has no {before!r}"
        text = text.replace(before, after)
    return text


def _certificate(folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    made = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    command = ["openssl", "req", *made, "-subj", "/CN=localhost", *files]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key
