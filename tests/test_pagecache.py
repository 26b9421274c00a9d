"""The page cache: a page that has not changed is answered before Flask is asked, and no other ever is."""

import gc
import gzip
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from flask import Flask

from blog.clock import now
from blog.comments.acts import Status
from blog.database import write_tx
from blog.extensions import db
from blog.pagecache import PageCache
from blog.posts.models import Post
from blog.stored import Page
from tests.browser import Browser
from tests.comments.conversation import POST, leave, say
from tests.conftest import MakePost

BURST = 50
PACKED = {"Accept-Encoding": "gzip"}


@pytest.fixture
def cache(app: Flask) -> PageCache:
    """The page cache of this blog."""
    cache: PageCache = app.extensions["pages"]
    return cache


def shown(page: Page) -> bytes:
    """What a stored page says."""
    body = page.packed.body[0]
    return gzip.decompress(body) if ("Content-Encoding", "gzip") in page.packed.headers else body


@contextmanager
def made(cache: PageCache, pages: int) -> Iterator[None]:
    """So many pages are made meanwhile."""
    before = cache.misses
    yield
    assert cache.misses - before == pages


def test_a_page_that_has_not_changed_is_made_once(
    cache: PageCache, post: Post, rita: Browser
) -> None:
    for address in ("/", POST):
        with made(cache, 1):
            first, second = rita.get(address), rita.get(address)
        assert first.data == second.data
        assert first.headers == second.headers


def test_a_page_is_kept_packed_and_as_it_is_once_somebody_cannot_unpack_it(
    cache: PageCache, post: Post, rita: Browser
) -> None:
    first = rita.get(POST, headers=PACKED)
    stored = cache.stored
    with made(cache, 0):
        assert rita.get(POST, headers=PACKED).data == first.data
        assert cache.stored == stored
        plain = rita.get(POST, headers={"Accept-Encoding": ""})
        assert plain.data == gzip.decompress(first.data)
        assert cache.stored == stored + len(plain.data)
        assert plain.headers["ETag"] == first.headers["ETag"].replace("-gzip", "")
        again = rita.get(POST, headers={"If-None-Match": plain.headers["ETag"]})
        assert again.status_code == 304
    assert cache.stored == sum(page.size for page in cache._pages.values())


def test_an_approval_shows_at_once_and_leaves_other_posts_stored(
    cache: PageCache, app: Flask, make_post: MakePost, mo: Browser, rita: Browser
) -> None:
    bees, _wasps = make_post("On bees"), make_post("On wasps")
    number = leave(app, bees, "Hum!", status=Status.PENDING)
    for address in ("/", "/posts/on-bees", "/posts/on-wasps"):
        rita.get(address)
    mo.submit("/moderation", form=f"#comment-{number} form", button="Approve")
    with made(cache, 0):
        rita.get("/posts/on-wasps")
    with made(cache, 2):
        assert "Hum!" in rita.read("/posts/on-bees")
        assert "1 reply" in rita.read("/")


def test_a_held_reply_leaves_everything_stored(
    cache: PageCache, post: Post, rita: Browser, app: Flask
) -> None:
    rita.get(POST)
    leave(app, post, status=Status.PENDING)
    with made(cache, 0):
        rita.get(POST)


def test_settings_posts_and_tags_change_every_page(
    cache: PageCache, post: Post, olga: Browser, rita: Browser
) -> None:
    for change in (
        lambda: olga.submit("/desk/settings", {"title": "Another name"}),
        lambda: olga.submit(
            f"/desk/posts/{post.id}",
            {"title": "On wasps", "tags": "Summer"},
            button="Publish the changes",
        ),
        lambda: olga.submit(f"/desk/posts/{post.id}", button="Withdraw"),
    ):
        rita.get("/")
        change()
        with made(cache, 1):
            rita.get("/")


def test_a_post_to_come_appears_on_a_stored_page_when_its_time_has_come(
    cache: PageCache, app: Flask, make_post: MakePost, rita: Browser, clock: object
) -> None:
    post = make_post("Soon", published=False)
    with app.app_context(), write_tx():
        db.session.get_one(Post, post.id).publish(now().replace(year=2100))
    assert "Soon" not in rita.read("/")
    with made(cache, 0):
        rita.get("/")
    clock.move_to(now().replace(year=2101))
    assert "Soon" in rita.read("/")
    with made(cache, 0):
        rita.get("/")


def test_what_is_one_persons_is_never_stored_in_whatever_order(
    cache: PageCache, post: Post, olga: Browser, rita: Browser
) -> None:
    receipt = say(rita)
    for _time in range(2):
        assert "Sign out" in olga.read(POST)
        assert "Sign out" not in rita.read(POST)
        rita.get(receipt)
        assert rita.answer.headers["Cache-Control"] == "private, no-store"
        rita.get("/login")
        rita.client.delete_cookie("afterword")
    assert {path for path, _values in cache._pages} == {POST}
    assert "set-cookie" not in rita.get(POST).headers


def test_nobody_else_can_change_or_multiply_what_others_get(
    cache: PageCache, post: Post, rita: Browser, stranger: Browser
) -> None:
    first = rita.get(POST).data
    poison = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Host": "evil.example",
    }
    for query in (
        "?utm_source=x",
        "?page=7",
        "?a=1&b=2",
        "?",
        "?comments",
        "?comments=1&comments=x",
    ):
        stranger.open("GET", f"{POST}{query}", headers=poison)
        stranger.open("GET", f"{POST}{query}", headers={"Cookie": "afterword=poison"})
    stranger.open("GET", POST, headers={"Cookie": "theme=evil"})
    assert rita.get(POST).data == first
    assert {values for _path, values in cache._pages} == {(None,), ("1",)}
    assert b"evil" not in b"".join(shown(page) for page in cache._pages.values())


def test_nothing_of_one_persons_enters_the_store_whoever_comes_first(
    cache: PageCache, post: Post, olga: Browser, rita: Browser, stranger: Browser
) -> None:
    receipt = say(rita)
    visits = (
        lambda: olga.get(POST),
        lambda: rita.get(receipt),
        lambda: rita.post(f"{POST}/comments/preview", {"body": "Hum, *secretly*!"}),
        lambda: rita.get("/login"),  # which sets a cookie
        lambda: stranger.get(POST),
    )
    for first in range(len(visits) * 2):
        order = (visits if first % 2 else visits[::-1]) * 2
        cache.forget()
        for visit in order[first // 2 :][: len(visits)]:
            visit()
            for browser in (rita, stranger):
                browser.client.delete_cookie("afterword")
        assert [path for path, _values in cache._pages] == [POST]
        (page,) = cache._pages.values()
        assert b"Sign out" not in shown(page)
        assert b"secretly" not in shown(page)
        assert not {name for name, _value in page.headers} & {"Set-Cookie", "Expires"}


# What somebody might send to have a page made for others that is another one, or many of them.
POISONS = (
    {"headers": {"Host": "evil.example"}},
    {"headers": {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}},
    {"headers": {"X-Forwarded-For": "203.0.113.5", "Forwarded": "for=1.1.1.1;host=evil.example"}},
    {
        "headers": {
            "X-Forwarded-Prefix": "/evil",
            "X-Original-URL": "/evil",
            "X-Rewrite-URL": "/evil",
        }
    },
    {"headers": {"Cookie": "theme=evil; afterword=evil"}},
    {"headers": {"Cookie": "evil=1"}},
    {"headers": {"Accept-Language": "ar", "User-Agent": "evil", "Origin": "https://evil.example"}},
    {"headers": {"Range": "bytes=0-9", "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}},
    {"query_string": "utm_source=evil&q=evil"},
    {"query_string": "Comments=7&comment=7&%63omments"},
    {"headers": {"X-HTTP-Method-Override": "POST"}, "query_string": "_method=DELETE"},
)


def test_whoever_comes_first_others_get_the_page_that_they_would_have_got(
    cache: PageCache, post: Post, rita: Browser, stranger: Browser
) -> None:
    with time_machine.travel(now(), tick=False):  # a form says when it was made
        page = rita.get(POST)
        for poison in POISONS:
            cache.forget()
            stranger.open("GET", POST, **poison)
            assert rita.get(POST).data == page.data, poison
            assert rita.answer.headers == page.headers, poison
            assert len(cache._pages) <= 2, poison  # with ?comments= there is one more
            assert not [path for path, _values in cache._pages if path != POST], poison


def test_each_page_of_a_list_is_a_page(
    cache: PageCache, make_post: MakePost, rita: Browser
) -> None:
    for number in range(12):
        make_post(f"Post {number}")
    assert "Post 11" in rita.read("/?page=1")
    assert "Post 0" in rita.read("/?page=2")
    assert "Post 11" in rita.read("/")
    with made(cache, 0):
        assert "Post 0" in rita.read("/?utm_source=x&page=2")
    assert rita.get("/?page=3").status_code == 404


def test_a_reader_who_has_the_page_is_told_so(cache: PageCache, post: Post, rita: Browser) -> None:
    plain = rita.open("GET", POST)
    packed = rita.open("GET", POST, headers={"Accept-Encoding": "br, gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert (plain.headers["ETag"], packed.headers["Content-Encoding"]) != (
        packed.headers["ETag"],
        None,
    )
    for had, accepts, status in (
        (plain.headers["ETag"], "", 304),
        (packed.headers["ETag"], "gzip", 304),
        (f"W/{plain.headers['ETag']}", "", 304),
        (f'"other", {plain.headers["ETag"]}', "identity", 304),
        ("*", "", 304),
        (packed.headers["ETag"], "gzip;q=0", 200),
        ('"other"', "", 200),
    ):
        answer = rita.open("GET", POST, headers={"If-None-Match": had, "Accept-Encoding": accepts})
        assert answer.status_code == status, (had, accepts)
        if status == 304:
            assert not answer.data
            assert answer.headers["Cache-Control"] == "public, no-cache"
            assert answer.headers["Vary"] == plain.headers["Vary"]


def test_head_says_what_get_says(cache: PageCache, post: Post, rita: Browser) -> None:
    for _time in ("made", "stored"):
        head, got = rita.open("HEAD", POST), rita.open("GET", POST)
        assert head.headers == got.headers
        assert not head.data
    head = rita.open("HEAD", "/nowhere")
    assert (head.status_code, head.data) == (404, b"")


def test_many_who_ask_for_a_cold_page_cause_one_to_be_made(
    cache: PageCache, app: Flask, post: Post
) -> None:
    answers: list[bytes] = []
    together = threading.Barrier(BURST)

    def ask() -> None:
        together.wait()
        answers.append(Browser(app).get(POST).data)

    readers = [threading.Thread(target=ask) for _ in range(BURST)]
    with made(cache, 1):
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
    assert len(answers) == BURST
    assert len(set(answers)) == 1


def test_the_page_asked_for_least_lately_is_let_go(
    cache: PageCache, make_post: MakePost, rita: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_post("On bees"), make_post("On wasps")
    rita.get("/posts/on-bees")
    monkeypatch.setattr(cache, "room", cache.stored * 5 // 2)
    for path in ("/posts/on-wasps", "/posts/on-bees", "/"):
        rita.get(path, headers=PACKED)
    assert [path for path, _values in cache._pages] == ["/posts/on-bees", "/"]
    assert cache.stored == sum(page.size for page in cache._pages.values()) <= cache.room
    monkeypatch.setattr(cache, "room", 0)
    with made(cache, 0):
        assert rita.get("/").status_code == 200


def test_a_thread_that_ends_leaves_no_connection_behind(app: Flask, post: Post) -> None:
    def connections() -> int:
        gc.collect()
        return sum(isinstance(one, sqlite3.Connection) for one in gc.get_objects())

    Browser(app).get(POST)
    before = connections()
    for _time in range(5):
        reader = threading.Thread(target=lambda: Browser(app).get(POST))
        reader.start()
        reader.join()
    assert connections() == before


def test_errors_are_not_stored(cache: PageCache, post: Post, rita: Browser, olga: Browser) -> None:
    for address in ("/nowhere", "/posts/nothing", f"{POST}?comments=7", "/?page=x"):
        assert rita.get(address).status_code == 404
    olga.submit(f"/desk/posts/{post.id}", button="Withdraw")
    assert rita.get(POST).status_code == 410
    assert not cache._pages
