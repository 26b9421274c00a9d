"""How feeds are asked for: over and over, by programs that have most of it already, from anywhere."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import time_machine
from flask import Flask
from werkzeug.http import http_date
from werkzeug.test import TestResponse

from blog.clock import now
from blog.comments.acts import Status
from blog.database import write_tx
from blog.extensions import db
from blog.feeds.answers import SETTLED_AFTER
from blog.posts.models import Post
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
SETTLED = SETTLED_AFTER + timedelta(seconds=1)


def ask(browser: Browser, path: str, **known: str | None) -> TestResponse:
    """Ask for a feed, saying what is known of it: `etag`, `date`."""
    names = {"etag": "If-None-Match", "date": "If-Modified-Since"}
    headers = {names[name]: value for name, value in known.items() if value}
    return browser.get(path, headers=headers)


def marks(browser: Browser, path: str) -> tuple[str, str | None]:
    answer = ask(browser, path)
    return answer.headers["ETag"], answer.headers.get("Last-Modified")


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
    app: Flask, rita: Browser, make_post: MakePost, clock: time_machine.Traveller
) -> None:
    leave(app, make_post("On bees", tags=["Bees"]))
    clock.shift(SETTLED)
    for path in TYPES:
        etag, date = marks(rita, path)
        for known in (
            {"etag": etag},
            {"etag": f"W/{etag}"},
            {"etag": f'"other", {etag}'},
            {"etag": "*"},
            {"date": date},
            {"etag": etag, "date": "Mon, 01 Jan 2001 00:00:00 GMT"},
        ):
            answer = ask(rita, path, **known)
            assert (answer.status_code, answer.data) == (304, b""), (path, known)
            assert answer.headers["ETag"] == etag
            assert answer.headers["Cache-Control"] == "public, no-cache"
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
        for known in (
            {"etag": '"other"'},
            {"etag": '"other"', "date": date},  # the mark decides where both are sent
            {"etag": "nonsense", "date": date},
            {"date": "Mon, 01 Jan 2001 00:00:00 GMT"},
            {"date": "nonsense"},
        ):
            assert ask(rita, path, **known).status_code == 200, (path, known)


def test_the_date_is_that_of_the_latest_change_that_is_shown(
    app: Flask, rita: Browser, post: Post, clock: time_machine.Traveller
) -> None:
    clock.shift(SETTLED)
    of_post = str(marks(rita, "/feed.xml")[1])
    assert of_post == http_date(post.published_at)
    clock.shift(3600)
    number = leave(app, post)
    clock.shift(SETTLED)
    of_comment = str(marks(rita, "/feed.xml")[1])
    assert parsedate_to_datetime(of_comment) > parsedate_to_datetime(of_post)
    assert marks(rita, "/comments.xml")[1] == of_comment
    remove(app, number)
    # What was newest is gone: the date goes back, and who has the later one does not have this.
    assert marks(rita, "/feed.xml")[1] == of_post
    assert ask(rita, "/feed.xml", date=of_comment).status_code == 200
    assert ask(rita, "/comments.xml", date=of_comment).status_code == 200


def test_two_changes_within_a_second_are_two(
    app: Flask, rita: Browser, post: Post, clock: time_machine.Traveller
) -> None:
    clock.move_to(now().replace(microsecond=0) + timedelta(hours=1), tick=False)
    change(app, post, title="One")
    etag, date = marks(rita, "/feed.xml")
    assert date is None  # a date would not tell the two from each other
    change(app, post, title="Two")
    assert ask(rita, "/feed.xml", etag=etag, date=http_date(now())).status_code == 200
    assert ask(rita, "/feed.xml", date=http_date(now())).status_code == 200


def test_every_change_that_is_shown_is_another_feed(
    app: Flask, rita: Browser, make_post: MakePost
) -> None:
    post, other = make_post("On bees", tags=["Bees"]), make_post("On wasps")
    seen = [marks(rita, "/feed.xml")[0]]

    def look() -> str:
        seen.append(marks(rita, "/feed.xml")[0])
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


def test_what_a_signed_in_person_gets_is_kept_by_nobody(olga: Browser, post: Post) -> None:
    answer = olga.get("/feed.xml")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert (
        olga.get("/feed.xml", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    )
