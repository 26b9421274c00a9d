"""The drill of the pulled plug: whatever was acknowledged is there when the blog comes back."""

import random
import sqlite3
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import current_app

from blog import create_app
from blog.comments import check
from blog.extensions import db
from tests.blank import environment
from tests.drills.people import POST, Person, Typist, Writer, signed_in
from tests.server import Server

pytestmark = pytest.mark.drill

KILLS = 6
KILLS_WHILE_STARTING = 5
WRITERS = 3


def blog_at(folder: Path, log: Path) -> Server:
    app = create_app({"BLOG_INSTANCE": str(folder)})
    unhurried = {"BLOG_REPLY_INTERVAL": "0", "BLOG_REPLY_MIN_SECONDS": "0"}
    return Server({**environment(app), **unhurried}, log)


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
                Writer(server, killed, f"Round {round_}, writer {number}")
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
    with server, Person(server) as person:
        assert person.send(f"{POST}/comments", person.form()).status == 303
    assert differences(folder) == []


def test_a_killed_server_has_every_word_that_was_acknowledged_to_its_author(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "instance"
    server = blog_at(folder, tmp_path / "log")
    with server:
        pass
    with create_app({"BLOG_INSTANCE": str(folder)}).app_context():
        author = signed_in(current_app)
        db.engine.dispose()
    killed = threading.Event()
    with server:
        typist = Typist(server, killed, author)
        typist.start()
        time.sleep(random.uniform(1, 2))
        killed.set()
        server.kill()
    typist.join()
    assert typist.error is None, typist.error
    assert typist.acknowledged
    with server, Person(server, author.cookie) as olga:
        desk = BeautifulSoup(olga.get("/desk/posts").text, "html.parser")
        opened = olga.get(desk.select_one("tbody a")["href"]).text
    there = BeautifulSoup(opened, "html.parser").select_one("#body").text
    assert there.strip().startswith(typist.acknowledged.strip())


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
