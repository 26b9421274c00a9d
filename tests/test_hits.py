"""The page cache's line in the log: an operator counts hits and misses there."""

import logging

import pytest
from flask import Flask

from blog import hits
from blog.hits import Line
from tests.browser import Browser

pytestmark = pytest.mark.one_database


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
