"""The page cache's line in the log: an operator counts hits and misses there."""

import logging
import re
from pathlib import Path

import pytest
from flask import Flask

from blog import create_app, hits
from blog.extensions import db
from blog.hits import Line
from tests.blank import environment
from tests.browser import Browser
from tests.server import Server

sqlite_alone = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

LINE = re.compile(
    r"^20\S+ \S+ INFO worker (\d+), stored pages: (\d+) hits, (\d+) misses, (\d+) bytes in (\d+) pages$",
    re.MULTILINE,
)


@sqlite_alone
def test_the_line_is_written_when_there_is_something_new(
    app: Flask, stranger: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, hits.__name__)
    line = Line(app.extensions["pages"])
    line.write()
    assert not caplog.messages
    stranger.get("/")
    for _time in range(2):
        line.write()
    assert len(caplog.messages) == 1
    stranger.get("/")
    line.end()
    assert "1 hits, 1 misses" in caplog.messages[1]


@sqlite_alone
def test_it_is_written_once_in_a_while(
    app: Flask,
    stranger: Browser,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.INFO, hits.__name__)
    line = Line(app.extensions["pages"])
    stranger.get("/")
    waited: list[float] = []
    monkeypatch.setattr(line._ended, "wait", lambda time: waited.append(time) or len(waited) > 1)
    line.run()
    assert (waited, len(caplog.messages)) == ([hits.EVERY_SECONDS] * 2, 1)


def test_a_worker_that_ends_says_what_its_cache_did(tmp_path: Path) -> None:
    app = create_app({"BLOG_INSTANCE": str(tmp_path)})
    with Server(environment(app), tmp_path / "log") as server:
        for _time in range(3):
            assert server.get("/archive")[0] == 200
        server.stop()
        (said,) = LINE.findall(server.said())
    assert said[1:3] == ("2", "2")  # whether it answers at all was asked too, and is never stored
    assert int(said[3]) > 0
    with app.app_context():
        db.engine.dispose()
