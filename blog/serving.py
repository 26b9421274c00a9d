"""`flask serve`: get the database ready in a child process, then serve with granian.

Workers are forked from the launcher and go on with the application that it has loaded. A connection,
a lock or a thread does not survive that: so the launcher opens no database and starts no thread.
"""

import errno
import gc
import ipaddress
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError

from blog import hits, outbox, postman, rerender, upgrades, welcome
from blog.auth import links
from blog.auth.models import User
from blog.comments import purge
from blog.comments.models import Comment
from blog.comments.reports.models import Report
from blog.database import DatabaseBusy
from blog.media.models import Media
from blog.posts import reindex

if TYPE_CHECKING:
    from granian.server import MPServer, MTServer

# The database lets one write at a time, and Python one compute: more threads than this would only wait.
THREADS = 8

# Stopping lets the answers under way be finished. Supervisors get impatient, and so do people; a
# connection that is merely kept open must not make them wait.
STOP_SECONDS = 2

# A worker is forked, so it is up within a fraction of this; only then does the one it replaces go.
BOOT_SECONDS = 2

# Waits for the requests of a burst; each costs little until it is its turn.
BACKLOG = 1024

# The lines of the server itself, errors alone, and of the page cache: to where errors go.
SERVER_LOG = {
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(message)s"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "stream": "ext://sys.stderr",
        }
    },
    "loggers": {
        "_granian": {"handlers": ["console"], "propagate": False},
        hits.__name__: {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}

SERVER_OPTIONS: dict[str, Any] = {
    "websockets": False,
    "blocking_threads": THREADS,
    "backlog": BACKLOG,
    "respawn_failed_workers": True,
    "respawn_interval": BOOT_SECONDS,
    "workers_kill_timeout": STOP_SECONDS,
    "log_dictconfig": SERVER_LOG,
}

HTTP_PORT = 80

# What is kept for a time only, and who forgets it.
CHORES = (
    Comment.forget_senders,
    Report.forget_senders,
    outbox.forget_settled,
    purge.purge,
    Media.purge,
)

BEHIND_A_PROXY = (
    "It can be reached from other machines. Put Caddy or nginx in front of it: they bring https and keep "
    "slow connections away. Then set BLOG_BASE_URL and BLOG_TRUSTED_PROXIES."
)


class CannotServe(Exception):
    """The blog cannot listen there. Says why, in words, and what to do."""


@dataclass(frozen=True)
class Address:
    """Where the blog listens."""

    host: str
    port: int

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        return ipaddress.ip_address(self.host).is_loopback

    @property
    def url(self) -> str:
        """The address as a browser on this machine takes it."""
        ip = ipaddress.ip_address(self.host)
        if ip.is_unspecified:  # all addresses of the machine, its own among them
            ip = ipaddress.ip_address("::1" if ":" in self.host else "127.0.0.1")
        host = f"[{ip}]" if ":" in str(ip) else str(ip)
        return f"http://{host}" + ("" if self.port == HTTP_PORT else f":{self.port}")


def serve(app: Flask, host: str, port: int, workers: int) -> None:
    """Serve the blog until a signal ends it. Raises CannotServe."""
    _insist_on_fork()
    address = find(host, port)
    if not app.config["BASE_URL_IS_GIVEN"]:
        app.config["BASE_URL"] = address.url
    app.extensions["pages"].room //= workers  # each has its own memory
    _prepare_in_child(app)
    server = _server(app, address, workers)
    # What is loaded stays for good. A worker that looked through it for garbage would write into all of it,
    # and have it for itself instead of sharing it with the launcher.
    gc.freeze()
    server.serve(target_loader=partial(_start_worker, app), wrap_loader=False)


def _insist_on_fork() -> None:
    """Workers go on with the application as it stands here. Raises CannotServe."""
    try:
        multiprocessing.set_start_method("fork", force=True)
    except ValueError as error:
        raise CannotServe(
            "flask serve runs on Linux, macOS and the like. Windows has WSL."
        ) from error


def find(host: str, port: int) -> Address:
    """The address to listen at, which nobody else listens at. Raises CannotServe.

    The server itself would share a port with another server of the same person, and each would get
    some of the requests.
    """
    try:
        family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except (OSError, UnicodeError) as error:
        raise CannotServe(_why_not(error, host, port)) from error
    return Address(str(place[0]), port)


def _why_not(error: OSError | UnicodeError, host: str, port: int) -> str:
    reason = error.errno if isinstance(error, OSError) else None
    if reason == errno.EADDRINUSE:
        return (
            f"Port {port} of {host} is taken: perhaps the blog runs already. Stop what uses it, or choose "
            "another port, with --port or (for make run) with PORT=."
        )
    if reason == errno.EACCES:
        return f"Port {port} is for the system's own programs. Choose one above 1023."
    return f"{host!r} is no address of this machine ({error}). Most likely you want 127.0.0.1."


def _prepare_in_child(app: Flask) -> None:
    """Get the database ready in a process of its own, and end when it could not be."""
    # Ended by a signal, the launcher takes its child along.
    signal.signal(signal.SIGTERM, _end)
    child = multiprocessing.Process(target=_prepare, args=(app,), daemon=True)
    child.start()
    child.join()
    if child.exitcode:
        sys.exit(1)


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _prepare(app: Flask) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the launcher gets it too, and ends this process
    try:
        with app.app_context():
            _open_the_house()
    except upgrades.CannotPrepare as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
    except (DatabaseBusy, DBAPIError) as error:
        click.echo(f"Error: The database did not answer: {upgrades.first_line(error)}", err=True)
        sys.exit(1)


def _open_the_house() -> None:
    copy = upgrades.upgrade()
    if copy is not None:
        click.echo(f"The database was upgraded. What it was before is in {copy}")
    _index_posts()
    _tell_of_old_texts()
    welcome.open_new_blog()
    if User.author() is None:
        click.echo(f"This blog has no author yet. Become it here: {links.to_set_up()}")


def _index_posts() -> None:
    """After an upgrade that changes how words are found. It takes a while for thousands, so say so."""
    number = reindex.count()
    if number:
        click.echo(f"Indexing {number} posts, so that search finds them ...")
        for _step in reindex.run():
            pass


def _tell_of_old_texts() -> None:
    """After an upgrade that changes how texts are rendered. A million takes hours: that is for its
    author to begin, beside the running site.
    """
    if rerender.is_done():
        return  # a start does not look at a million texts
    number = rerender.count(everything=False)
    if not number:
        rerender.note_done()
        return
    click.echo(
        f"Texts rendered by older rules: {number}. To bring them up to date: flask text rerender"
    )


def _server(app: Flask, address: Address, workers: int) -> "MPServer | MTServer":
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    server = Granian(
        app.name,
        address.host,
        address.port,
        workers=workers,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        log_level=LogLevels.error,
        **SERVER_OPTIONS,
    )
    server.on_startup(partial(_announce, app, address))
    return server


def _announce(app: Flask, address: Address) -> None:
    click.echo(f"Afterword is at {app.config['BASE_URL']}")
    if not address.is_local:
        click.echo(BEHIND_A_PROXY)


def _start_worker(app: Flask) -> Flask:
    """Run in each worker when it begins: here threads may start and databases be opened."""
    threading.Thread(target=_end_with_launcher, name="launcher watch", daemon=True).start()
    postman.start_worker(app, CHORES)
    hits.start_worker(app)
    return app


def _end_with_launcher() -> None:
    """A launcher that was killed cannot stop its workers, and they would keep the port."""
    launcher = multiprocessing.parent_process()
    if launcher is None:
        return
    launcher.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_SECONDS)
    os._exit(1)
