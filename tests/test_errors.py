"""Errors in the site's own look, and what happens when the database is busy or gone."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, abort
from sqlalchemy import event
from sqlalchemy.exc import DataError, InterfaceError, OperationalError, TimeoutError
from werkzeug.test import TestResponse

from blog import database
from blog.database import DatabaseBusy, write_tx
from blog.extensions import db
from blog.gate import public, tokenless
from blog.posts.models import Post
from blog.site.models import Site
from tests.browser import Browser
from tests.comments.conversation import leave, say
from tests.lived_in import dump

REPLY = {
    "body": "Bees <b>dance</b>.\n\n> And hum",
    "name": "Rita & Co",
    "email": "rita@example.org",
    "website": "https://rita.example/?a=1&b=2",
}

HEADINGS = {
    400: "That could not be read",
    401: "That could not be read",
    403: "Not for you",
    404: "Not found",
    405: "Not that way",
    409: "Somebody was faster",
    410: "Gone",
    413: "Too much at once",
    415: "That could not be read",
    418: "That could not be read",
    422: "Something is not right yet",
    429: "Too fast",
    500: "That is our fault",
    501: "That is our fault",
    503: "Busy",
}


@pytest.fixture
def failing(app_of_its_own: None, app: Flask) -> str:
    """The beginning of addresses whose views fail with the status at their end."""

    @public
    @tokenless
    def fail(status: int) -> str:
        if status == 500:
            raise ZeroDivisionError("a secret of ours")
        abort(status)

    app.add_url_rule("/failing/<int:status>", view_func=fail, methods=["GET", "POST"])
    return "/failing/"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writers give up at once, and nobody waits for the test."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    monkeypatch.setattr(database, "SQLITE_PRAGMAS", ("journal_mode=WAL", "busy_timeout=50"))


@pytest.fixture
def no_database(app_of_its_own: None, app: Flask) -> Callable[[], Callable[[], None]]:
    """Call it, and nobody gets a connection to the database until what it returns is called."""

    def go() -> Callable[[], None]:
        with app.app_context():
            engine = db.engine
        dbapi = engine.dialect.dbapi
        assert dbapi is not None

        def refuse(*_args: object) -> None:
            raise dbapi.OperationalError("connection refused")

        engine.dispose()
        event.listen(engine, "do_connect", refuse)
        return lambda: event.remove(engine, "do_connect", refuse)

    return go


@pytest.mark.one_database
def test_every_error_has_a_page_of_the_sites_own_look(failing: str, stranger: Browser) -> None:
    for status, heading in HEADINGS.items():
        for method in ("GET", "POST"):
            assert stranger.open(method, f"{failing}{status}").status_code == status
            assert stranger.page.h1.text == heading
            assert looks_like_ours(stranger)
            assert len(stranger.page.select_one("main p").text) > 20
            assert "secret" not in stranger.text


@pytest.mark.one_database
def test_a_person_who_is_signed_in_stays_so_on_an_error_page(olga: Browser) -> None:
    assert olga.get("/nothing").status_code == 404
    assert olga.page.select_one(".staff-bar")


@pytest.mark.one_database
def test_what_broke_is_written_down(
    failing: str, stranger: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    stranger.get(f"{failing}500")
    [record] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "ZeroDivisionError" in str(record.exc_text or record.exc_info)


@pytest.mark.one_database
def test_an_unknown_address_is_not_found(stranger: Browser) -> None:
    for path in ("/nothing", "/posts/nothing", "/posts/", "/posts/UPPER", "/comments/0", "/../etc"):
        assert stranger.get(path).status_code == 404, path
        assert looks_like_ours(stranger)


def test_busy_is_said_with_the_words_in_the_form(
    impatient: None, app: Flask, database_url: str, rita: Browser, post: Post
) -> None:
    rita.get("/posts/on-bees")
    before = dump(app)
    with another_writer(database_url):
        answer = rita.submit(None, REPLY, form="#respond form")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert "busy" in rita.errors["body"]
    assert dump(app) == before
    assert rita.submit(None, {}, form="#respond form").status_code == 303
    rita.get(rita.answer.headers["Location"])
    assert rita.page.select_one("#edit textarea").text.strip() == REPLY["body"]


def test_reading_does_not_wait_for_a_writer(
    impatient: None, database_url: str, rita: Browser, post: Post
) -> None:
    with another_writer(database_url):
        assert rita.get("/posts/on-bees").status_code == 200


def test_a_form_of_the_staff_says_that_the_site_is_busy(
    impatient: None, app: Flask, database_url: str, olga: Browser, post: Post
) -> None:
    olga.get("/desk/posts/1")
    before = dump(app)
    with another_writer(database_url):
        answer = olga.submit(None, {"title": "On wasps"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert looks_like_ours(olga)
    assert dump(app) == before


def test_without_its_database_the_blog_says_so(
    stranger: Browser, post: Post, no_database: Callable[[], object]
) -> None:
    assert stranger.get("/readyz").status_code == 200
    no_database()
    for path in ("/", "/posts/on-bees", "/login", "/readyz", "/nothing"):
        assert stranger.get(path).status_code == 503, path
        assert stranger.page.h1.text == "Busy"
        assert looks_like_ours(stranger)


def test_a_reply_comes_back_with_every_word_when_the_database_is_gone(
    app: Flask,
    rita: Browser,
    olga: Browser,
    post: Post,
    no_database: Callable[[], Callable[[], None]],
) -> None:
    number = leave(app, post)
    receipt = say(rita, "And wasps?")
    addresses = ("/posts/on-bees", f"/comments/{number}/replies")
    for person, typed in ((rita, REPLY), (olga, {"body": REPLY["body"]})):
        for address in addresses:
            for button in ("Preview", "Post Comment"):
                person.get(address)
                come_back = no_database()
                answer = person.submit(None, typed, form="#respond form", button=button)
                comes_back(person, answer, typed)
                come_back()
            answer = person.submit(None, form="#respond form", button="Post Comment")
            assert answer.status_code in {303, 409}, person.text
    assert "Set-Cookie" not in olga.answer.headers
    rita.get(receipt)
    come_back = no_database()
    comes_back(rita, rita.submit(None, {"body": REPLY["body"]}, form="#edit form"), {})
    come_back()
    assert rita.submit(None, form="#edit form").status_code == 303
    assert rita.page.select_one("textarea") is None


def comes_back(person: Browser, answer: TestResponse, typed: dict[str, str]) -> None:
    """The form comes back with every word in it, and says what to do."""
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert looks_like_ours(person)
    assert "again in a moment" in person.errors["body"]
    assert person.page.select_one("textarea").text.strip() == REPLY["body"]
    for name, value in typed.items():
        field = person.page.select_one(f"[name={name}]")
        assert field.get("value", field.text.strip()) == value


def test_a_reply_from_another_site_is_doubted_also_after_the_database_was_gone(
    rita: Browser, post: Post, no_database: Callable[[], Callable[[], None]]
) -> None:
    rita.get("/posts/on-bees")
    come_back = no_database()
    foreign = {"headers": {"Sec-Fetch-Site": "cross-site"}}
    assert rita.submit(None, REPLY, form="#respond form", **foreign).status_code == 503
    come_back()
    assert rita.submit(None, form="#respond form").status_code == 200
    assert "could not tell" in rita.errors["body"]


def test_what_else_a_writer_does_says_that_the_site_is_busy_when_the_database_is_gone(
    rita: Browser, post: Post, no_database: Callable[[], object]
) -> None:
    receipt = say(rita)
    no_database()
    for status in (
        rita.post(f"{receipt}/withdrawal").status_code,
        rita.get("/comments/1").status_code,
        rita.get(receipt).status_code,
    ):
        assert status == 503
        assert rita.page.h1.text == "Busy"


def test_the_sites_title_and_language_are_remembered_without_its_database(
    app: Flask, stranger: Browser, no_database: Callable[[], object]
) -> None:
    with app.app_context(), write_tx():
        Site(title="Olga's Bees", language="de").save()
    stranger.get("/")
    no_database()
    stranger.get("/archive")
    assert (stranger.page.html["lang"], stranger.page.h1.text) == ("de", "Viel los")
    assert stranger.page.select_one(".site-title").text == "Olga's Bees"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DatabaseBusy(), 503),
        (OperationalError("", {}, Exception("the server went away")), 503),
        (InterfaceError("", {}, Exception("the connection is closed")), 503),
        (TimeoutError("no connection is free"), 503),
        (DataError("", {}, Exception("no such text")), 400),
        (ValueError("a bug"), 500),
    ],
)
def test_what_a_database_refuses_has_its_page(
    app_of_its_own: None, app: Flask, stranger: Browser, error: Exception, status: int
) -> None:
    @public
    def fail() -> str:
        raise error

    app.add_url_rule("/failing", view_func=fail)
    assert stranger.get("/failing").status_code == status
    assert looks_like_ours(stranger)


def test_without_its_database_the_blog_says_so_to_the_staff_and_does_not_sign_them_out(
    app: Flask, olga: Browser, post: Post, no_database: Callable[[], object]
) -> None:
    no_database()
    assert olga.get("/desk/posts").status_code == 503
    assert olga.post("/desk/posts/1", {"title": "On wasps"}).status_code == 503
    assert looks_like_ours(olga)
    assert "Set-Cookie" not in olga.answer.headers


def test_a_process_without_its_database_is_alive(
    stranger: Browser, no_database: Callable[[], object]
) -> None:
    no_database()
    assert stranger.get("/healthz").data == b"ok\n"


@contextmanager
def another_writer(url: str) -> Iterator[None]:
    """Somebody else who writes, and does not finish."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(Path(sa.make_url(url).database or ""))) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.rollback()
        return
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({database.POSTGRES_WRITER_LOCK})")
        yield
    engine.dispose()


def looks_like_ours(person: Browser) -> bool:
    """Whether the page is one of the site's own: its name, its styles, a way on."""
    page = person.page
    title = page.select_one("header a.site-title")
    return bool(
        title
        and title.text == "Your Website"
        and page.title.text.endswith("· Your Website")
        and page.select_one("link[rel=stylesheet]")
        and page.select_one("main a[href]")
    )
