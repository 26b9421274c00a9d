"""How feeds are asked for: over and over, by programs that have most of it already, from anywhere."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from werkzeug.http import http_date
from werkzeug.test import TestResponse

from blog.clock import now
from blog.comments.acts import Status
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post
from blog.site.models import Site
from tests.browser import Browser
from tests.comments.conversation import POST, leave
from tests.conftest import MakePost
from tests.feeds.test_comments import remove
from tests.feeds.test_posts import change

TYPES = {
    "/feed.xml": "application/atom+xml; charset=utf-8",
    "/feed.rss": "application/rss+xml; charset=utf-8",
    "/feed.json": "application/feed+json; charset=utf-8",
    "/tags/bees/feed.xml": "application/atom+xml; charset=utf-8",
    "/comments.xml": "application/atom+xml; charset=utf-8",
    f"{POST}/comments.xml": "application/atom+xml; charset=utf-8",
}


def ask(browser: Browser, path: str, known: str) -> TestResponse:
    """Ask for a feed, saying which mark of it is known."""
    return browser.get(path, headers={"If-None-Match": known})


def mark(browser: Browser, path: str = "/feed.xml") -> str:
    """The mark of what a feed says now."""
    return browser.get(path).headers["ETag"]


@pytest.mark.one_database
def test_any_site_may_read_a_feed_and_any_cache_may_keep_it(
    app: Flask, rita: Browser, make_post: MakePost
) -> None:
    leave(app, make_post("On bees", tags=["Bees"]))
    for path, kind in TYPES.items():
        for method in ("GET", "HEAD"):
            answer = rita.open(method, path)
            assert answer.status_code == 200
            assert answer.headers["Content-Type"] == kind
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
            assert answer.headers["Cache-Control"] == "public, no-cache"
            assert "Set-Cookie" not in answer.headers
            assert (answer.data == b"") is (method == "HEAD")
            assert int(answer.headers["Content-Length"]) == len(rita.get(path).data)
            assert not answer.get_etag()[1]


def test_who_has_the_feed_already_is_told_so(
    app: Flask, rita: Browser, make_post: MakePost
) -> None:
    leave(app, make_post("On bees", tags=["Bees"]))
    for path in TYPES:
        etag = mark(rita, path)
        for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            answer = ask(rita, path, known)
            assert (answer.status_code, answer.data) == (304, b""), (path, known)
            assert answer.headers["ETag"] == etag
            assert answer.headers["Cache-Control"] == "public, no-cache"
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
        for known in ('"other"', "nonsense", ""):
            assert ask(rita, path, known).status_code == 200, (path, known)


def test_a_date_says_nothing_of_what_was_taken_away(
    app: Flask, rita: Browser, make_post: MakePost, clock: time_machine.Traveller
) -> None:
    """Neither a withdrawn post nor another title makes anything in the feed newer."""
    older = make_post("On wasps")
    leave(app, make_post("On bees", tags=["Bees"]))
    clock.shift(timedelta(days=1))
    for path in TYPES:
        assert "Last-Modified" not in rita.get(path).headers
        answer = rita.get(path, headers={"If-Modified-Since": http_date(now())})
        assert answer.status_code == 200, path
    etag = mark(rita)
    with app.app_context(), write_tx():
        db.session.get_one(Post, older.id).withdraw(now())
    assert ask(rita, "/feed.xml", etag).status_code == 200
    etag = mark(rita)
    with app.app_context(), write_tx():
        Site(title="Another title").save()
    assert ask(rita, "/feed.xml", etag).status_code == 200


def test_every_change_that_is_shown_is_another_feed(
    app: Flask, rita: Browser, make_post: MakePost
) -> None:
    post, other = make_post("On bees", tags=["Bees"]), make_post("On wasps")
    seen = [mark(rita)]

    def look() -> str:
        seen.append(mark(rita))
        return seen[-1]

    number = leave(app, post)
    assert look() not in seen[:-1]
    leave(app, post, status=Status.PENDING)
    assert look() == seen[-2]
    remove(app, number)
    assert look() == seen[0]
    change(app, post, title="Bees")
    assert look() not in seen[:-1]
    with app.app_context(), write_tx():
        db.session.get_one(Post, other.id).withdraw(now())
    assert look() not in seen[:-1]


@pytest.mark.one_database
def test_what_a_signed_in_person_gets_is_kept_by_nobody(olga: Browser, post: Post) -> None:
    answer = olga.get("/feed.xml")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer.headers
