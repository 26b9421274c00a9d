"""Hosts of one blog as an operator sets them up: a folder of its own for each, one database, one secret."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from flask import Flask

from tests.blank import environment
from tests.server import Server

# Nobody has to wait between replies, or to type slowly.
UNHURRIED = {"BLOG_REPLY_INTERVAL": "0", "BLOG_REPLY_MIN_SECONDS": "0"}


def host(app: Flask, folder: Path, *options: str, **settings: str) -> Server:
    """A host of this blog, not started yet."""
    folder.mkdir(exist_ok=True)
    common = {"BLOG_SECRET_KEY": app.config["SECRET_KEY"], "BLOG_INSTANCE": str(folder)}
    return Server({**environment(app), **common, **UNHURRIED, **settings}, folder / "log", *options)


@contextmanager
def two_hosts(app: Flask, folder: Path, **settings: str) -> Iterator[list[Server]]:
    """Two hosts of this blog, one after the other as they are started."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(host(app, folder / name, **settings)) for name in ("one", "other")
        ]
