"""The drill of the pulled plug: whatever was acknowledged is there when the blog comes back."""

import random
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from http.client import HTTPException
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup

from blog import create_app
from blog.comments import check
from blog.extensions import db
from tests.blank import environment
from tests.browser import fields_of
from tests.server import Server

pytestmark = pytest.mark.drill

KILLS = 6
KILLS_WHILE_STARTING = 5
WRITERS = 3
POST = "/posts/welcome"


def blog_at(folder: Path, log: Path) -> Server:
    app = create_app({"BLOG_INSTANCE": str(folder)})
    unhurried = {"BLOG_REPLY_INTERVAL": "0", "BLOG_REPLY_MIN_SECONDS": "0"}
    return Server({**environment(app), **unhurried}, log)


def reply(server: Server, body: str) -> bool:
    """Reply as a browser does. True when the server said that it has it."""
    _status, page, _headers = server.get(POST)
    form = BeautifulSoup(page, "html.parser").select_one("form[action$='/comments']")
    assert form is not None
    typed = {"name": "Rita", "email": "rita@example.org", "body": body}
    data = urlencode({**fields_of(form), **typed}).encode()
    status, page, _headers = server.get(f"{POST}/comments", data, Origin=server.url)
    assert status == 303, page
    return True


class Writer(threading.Thread):
    """Somebody who replies over and over, and keeps every reply that was acknowledged."""

    def __init__(self, server: Server, name: str, last: Callable[[], bool]) -> None:
        super().__init__(name=name)
        self.server = server
        self.last = last
        self.acknowledged: list[str] = []
        self.error: Exception | None = None

    def run(self) -> None:
        """Reply until the server is gone."""
        try:
            for number in count():
                body = f"{self.name}, number {number}"
                reply(self.server, body)
                self.acknowledged.append(body)
        except (OSError, HTTPException):
            assert self.last()
        except Exception as error:
            self.error = error


def kept(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / "blog.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {row[0] for row in database.execute("SELECT source FROM comment")}


def differences(folder: Path) -> list[str]:
    with create_app({"BLOG_INSTANCE": str(folder)}).app_context():
        found = [str(difference) for difference in check.find()]
        db.engine.dispose()
    return found


def test_every_acknowledged_reply_survives_a_killed_server(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    server = blog_at(folder, tmp_path / "log")
    acknowledged: set[str] = set()
    for round_ in range(KILLS):
        killed = threading.Event()
        with server:
            writers = [
                Writer(server, f"Round {round_}, writer {number}", killed.is_set)
                for number in range(WRITERS)
            ]
            for writer in writers:
                writer.start()
            time.sleep(random.uniform(0.5, 2))
            killed.set()
            server.kill()
        for writer in writers:
            writer.join()
            assert writer.error is None, writer.error
            acknowledged.update(writer.acknowledged)
    assert len(acknowledged) > KILLS
    assert acknowledged - kept(folder) == set()
    with server:
        assert reply(server, "And it goes on.")
    assert differences(folder) == []


def test_a_blog_that_is_killed_while_it_starts_starts_the_next_time(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    server = blog_at(folder, tmp_path / "log")
    with server:
        pass
    (folder / "blog.sqlite3").unlink()
    begun = time.monotonic()
    with server:
        takes = time.monotonic() - begun
    for _ in range(KILLS_WHILE_STARTING):
        for left in folder.glob("blog.sqlite3*"):
            left.unlink()
        impatient = threading.Timer(random.uniform(0.3, 1) * takes, server.kill)
        impatient.start()
        with suppress(AssertionError):  # it was killed before it answered
            server.start()
        impatient.join()
        server.kill()
        with server:
            assert "Welcome to your blog" in server.get("/")[1]
        assert len(kept(folder)) == 2
        assert differences(folder) == []
