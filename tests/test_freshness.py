"""What has changed elsewhere is known in time; and a database that is gone leaves readers their pages."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from blog import freshness
from blog.clock import now
from blog.database import write_tx
from blog.editions import CHANNEL, SITE
from blog.extensions import db
from blog.pagecache import PageCache
from blog.posts.models import Post
from tests.browser import Browser
from tests.comments.conversation import POST
from tests.conftest import MakePost

# What the design promises, and some patience with a machine that does much else.
ONE_SECOND = freshness.POLL_SECONDS
PATIENCE = 10.0

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def change_elsewhere(app: Flask, *, tells: bool = False) -> None:
    """Another host writes. Unless it tells, the NOTIFY is lost."""
    engine = sa.create_engine(app.config["DATABASE_URL"])
    change = (
        "INSERT INTO edition (thing, number) VALUES (:thing, :number) "
        "ON CONFLICT (thing) DO UPDATE SET number = :number"
    )
    with engine.begin() as connection:
        connection.execute(sa.text(change), {"thing": SITE, "number": time.time_ns() // 1000})
        if tells:
            connection.execute(sa.text(f"NOTIFY {CHANNEL}"))
    engine.dispose()


def suspect(app: Flask) -> None:
    """Do what the listener does once in a while. On SQLite everybody asks in any case."""
    if is_far_away(app):
        app.extensions["watch"]._suspect()


def is_far_away(app: Flask) -> bool:
    """Whether the database is no file of this machine."""
    return isinstance(app.extensions["watch"], freshness.PostgresWatch)


@contextmanager
def gone(app: Flask) -> Iterator[list[float]]:
    """No connection to the database is had meanwhile. Yields when one was asked for."""
    asked = []
    with app.app_context():
        engine = db.engine
    refusal = engine.dialect.dbapi.OperationalError

    def refuse(*_args: object) -> None:
        asked.append(time.monotonic())
        raise refusal("connection refused")

    engine.dispose()
    event.listen(engine, "do_connect", refuse)
    yield asked
    event.remove(engine, "do_connect", refuse)


def within(seconds: float, is_so: Callable[[], bool]) -> float:
    """Wait until something is so, and say how long that took. Not for ever."""
    begun = time.monotonic()
    while not is_so():
        assert time.monotonic() - begun < seconds
        time.sleep(0.02)
    return time.monotonic() - begun


def test_what_is_stored_is_answered_while_the_database_is_gone_and_made_anew_after(
    app_of_its_own: None,
    app: Flask,
    post: Post,
    rita: Browser,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(freshness, "ASK_AGAIN_SECONDS", 0.3)
    cache: PageCache = app.extensions["pages"]
    first = rita.get(POST).data
    made = cache.misses
    change_elsewhere(app)
    suspect(app)
    with gone(app) as asked:
        assert [rita.get(POST).data for _ in range(5)] == [first] * 5
        if is_far_away(app):
            assert len(asked) == 1  # not by every reader
        assert cache.misses == made
        assert rita.get("/archive").status_code == 503
        time.sleep(0.3)
        assert rita.get(POST).data == first
    time.sleep(0.3)
    assert rita.get(POST).status_code == 200
    assert cache.misses == made + 2
    said = [record.getMessage() for record in caplog.records]
    assert ["no answer" in words for words in said] == [True, False]
    assert "again" in said[1]


def test_whoever_has_just_written_is_not_told_what_was_so_before(
    app_of_its_own: None, app: Flask, post: Post, rita: Browser
) -> None:
    rita.get(POST)
    change_elsewhere(app)
    suspect(app)
    with gone(app):
        rita.get(POST)
    with app.app_context(), write_tx():
        db.session.get_one(Post, post.id).withdraw(now())
    assert rita.get(POST).status_code == 410


def test_a_page_whose_time_is_over_is_answered_while_the_database_is_gone(
    app_of_its_own: None, app: Flask, make_post: MakePost, rita: Browser, clock: object
) -> None:
    post = make_post("Soon", published=False)
    with app.app_context(), write_tx():
        db.session.get_one(Post, post.id).publish(now().replace(year=2100))
    first = rita.get("/").data
    clock.move_to(now().replace(year=2101))
    with gone(app):
        assert rita.get("/").data == first
    time.sleep(freshness.ASK_AGAIN_SECONDS)
    assert "Soon" in rita.read("/")


def test_nobody_is_told_what_was_so_before_because_somebody_else_still_asks_in_vain(
    app_of_its_own: None, app: Flask, post: Post, rita: Browser
) -> None:
    rita.get(POST)
    change_elsewhere(app)
    suspect(app)
    watch: freshness.Watch = app.extensions["watch"]
    with gone(app):
        rita.get(POST)
    with app.app_context(), write_tx():
        db.session.get_one(Post, post.id).withdraw(now())
    watch._learning.acquire()  # somebody began to ask when the database was still gone
    answers: list[int] = []
    reader = threading.Thread(target=lambda: answers.append(rita.get(POST).status_code))
    reader.start()
    time.sleep(0.2)
    watch._learning.release()
    reader.join()
    assert answers == [410]


@on_postgresql
def test_another_host_is_heard_at_once_and_asked_where_it_is_not_heard(
    app: Flask, post: Post, rita: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    cache: PageCache = app.extensions["pages"]
    app.extensions["watch"].listens = True

    def is_made_anew() -> bool:
        before = cache.misses
        rita.get(POST)
        return cache.misses > before

    rita.get(POST)
    within(PATIENCE, lambda: listeners(app) == 1)
    took = []
    for tells in (True, False, True, False):
        within(PATIENCE, lambda: not is_made_anew())
        change_elsewhere(app, tells=tells)
        took.append(within(PATIENCE, is_made_anew))
    assert min(took[::2]) < ONE_SECOND / 2
    assert max(took) < ONE_SECOND + 1
    assert listeners(app, end=True) == 1
    change_elsewhere(app, tells=True)
    within(PATIENCE, is_made_anew)
    within(PATIENCE, lambda: listeners(app) == 1)
    within(PATIENCE, lambda: "heard again" in caplog.text)
    assert caplog.text.count("not heard") == 1


def listeners(app: Flask, *, end: bool = False) -> int:
    """How many connections of this database listen. With `end`, theirs is the fate of a lost one."""
    act = "pg_terminate_backend(pid)" if end else "pid"
    found = (
        f"SELECT {act} FROM pg_stat_activity WHERE datname = current_database() "
        f"AND query = 'LISTEN {CHANNEL}'"
    )
    engine = sa.create_engine(app.config["DATABASE_URL"])
    with closing(engine.connect()) as connection:
        number = len(connection.exec_driver_sql(found).all())
    engine.dispose()
    return number
