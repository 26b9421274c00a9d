"""The servers that are compared: the blog as an operator starts it, bare Flask, and nginx."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from bench.corpus import environment
from bench.processes import Tree
from bench.trouble import CannotMeasure

HOST = "127.0.0.1"
STARTS_WITHIN = 60
LOOKS_EVERY = 0.005  # seconds: a start takes a hundred times as long
SAID = 2_000  # characters of its log: the last, when something went wrong

# One worker, as the others have. Everything it writes stays in the folder of the run.
NGINX = """\
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  keepalive_requests 100000000;
  client_body_temp_path {folder}/nginx-body;
  proxy_temp_path {folder}/nginx-proxy;
  fastcgi_temp_path {folder}/nginx-fastcgi;
  uwsgi_temp_path {folder}/nginx-uwsgi;
  scgi_temp_path {folder}/nginx-scgi;
  default_type "text/html; charset=utf-8";
  server {{
    listen {host}:{port};
    root {root};
    location ~ "\\.gz$" {{ add_header Content-Encoding gzip; }}
  }}
}}
"""


@dataclass(frozen=True)
class Server:
    """A server that runs: where it is, and its processes."""

    name: str
    url: str
    tree: Tree
    started_in: float  # seconds to the first good answer


@contextlib.contextmanager
def blog(instance: Path, log: Path, **settings: str) -> Iterator[Server]:
    """`flask serve` on this instance, with these settings and otherwise with none."""
    port = _free_port()
    command = [sys.executable, "-m", "flask", "serve", "--port", str(port)]
    with _running(
        "afterword", command, environment(instance, **settings), port=port, path="/", log=log
    ) as it:
        yield it


@contextlib.contextmanager
def bare_flask(pages: Path, log: Path) -> Iterator[Server]:
    """Flask alone, answering with what is in this folder (bare.py)."""
    port = _free_port()
    command = [sys.executable, "-m", "bench.bare", str(pages), str(port)]
    with _running(
        "bare Flask", command, environment(pages), port=port, path="/post", log=log
    ) as it:
        yield it


@contextlib.contextmanager
def nginx(pages: Path, folder: Path, log: Path) -> Iterator[Server | None]:
    """nginx with what is in this folder as files; None where it is not installed."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        print("nginx is not installed: its column stays empty. On Debian: apt install nginx")
        yield None
        return
    port = _free_port()
    configuration = folder / "nginx.conf"
    # Started by root it would become somebody who may not read the folder of the run.
    user = "" if os.getuid() else "user root;"
    words = NGINX.format(folder=folder, root=pages, host=HOST, port=port, user=user)
    configuration.write_text(words, encoding="utf-8")
    command = [program, "-p", str(folder), "-e", str(folder / "nginx.log"), "-c"]
    command.append(str(configuration))
    with _running("nginx", command, environment(folder), port=port, path="/post", log=log) as it:
        yield it


@contextlib.contextmanager
def _running(
    name: str, command: list[str], told: dict[str, str], *, port: int, path: str, log: Path
) -> Iterator[Server]:
    with log.open("ab") as file:
        begun = time.monotonic()
        tree = Tree(command, told, file)
    url = f"http://{HOST}:{port}"
    try:
        yield Server(name, url, tree, _first_answer(url + path, tree) - begun)
    except CannotMeasure as error:
        error.add_note(f"{name} said: {log.read_text()[-SAID:]}")
        raise
    finally:
        tree.stop()


def _first_answer(url: str, tree: Tree) -> float:
    """When it answered for the first time."""
    until = time.monotonic() + STARTS_WITHIN
    while tree.is_running and time.monotonic() < until:
        try:
            with urlopen(url, timeout=STARTS_WITHIN) as answer:
                answer.read()
            return time.monotonic()
        except HTTPError as error:
            error.close()
            break
        except OSError:
            time.sleep(LOOKS_EVERY)
    raise CannotMeasure(f"No good answer from {url}.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def version_of(*command: str) -> str:
    """What a program says of its version, in its first line; empty where there is none."""
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except OSError:
        return ""
    return (said.stdout + said.stderr).strip().partition("\n")[0]
