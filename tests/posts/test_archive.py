"""Rita looks things up by when they were: the archive, a year, a month, the posts before and after."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from blog.clock import now
from blog.database import write_tx
from blog.extensions import db
from blog.posts import archive
from blog.posts.archive import Period
from blog.posts.models import Kind, Post
from blog.site.models import Site
from tests.browser import Browser
from tests.comments.test_statements import recorded
from tests.conftest import MakePost

DAYS = ("2024-12-31T23:59:59", "2025-01-01T00:00:00", "2025-01-31T12:00:00", "2025-03-01T00:00:00")


@pytest.fixture
def four(app: Flask, make_post: MakePost) -> list[Post]:
    """Four posts of two years, and what is in no archive."""
    posts = [make_post(f"Post {number}") for number in range(1, 5)]
    make_post("Draft", published=False)
    to_come, withdrawn = make_post("To come"), make_post("Withdrawn")
    make_post("About", kind=Kind.PAGE)
    with app.app_context(), write_tx():
        for post, day in zip(posts, DAYS, strict=True):
            date(post, datetime.fromisoformat(day).replace(tzinfo=UTC))
        date(to_come, now() + timedelta(days=1))
        db.session.get_one(Post, withdrawn.id).withdraw(now())
    return posts


def date(post: Post, moment: datetime) -> None:
    db.session.get_one(Post, post.id).published_at = moment


def outline(person: Browser) -> list[str]:
    """The headings and titles of a page below its own."""
    return [found.text for found in person.page.select("main h2, main h3, main li a")]


def test_the_archive_lists_years_months_and_titles(rita: Browser, four: list[Post]) -> None:
    rita.get("/archive")
    assert outline(rita) == [
        *("2025", "March 2025", "Post 4", "January 2025", "Post 3", "Post 2"),
        *("2024", "December 2024", "Post 1"),
    ]
    links = {str(link["href"]) for link in rita.page.select("main a")}
    assert {"/archive/2025", "/archive/2025/01", "/archive/2024/12", "/posts/post-1"} <= links
    for link in links:
        assert rita.get(link).status_code == 200


def test_of_many_posts_the_archive_shows_the_months_with_their_number(
    rita: Browser, four: list[Post], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_TITLES", 4)
    rita.get("/archive")
    assert outline(rita) == ["2025", "March 2025", "January 2025", "2024", "December 2024"]
    assert "January 2025 2 posts" in rita.text
    assert "December 2024 1 post" in rita.text
    app.extensions["pages"].forget()
    with recorded(app) as statements:
        rita.get("/archive")
    asked = [one for one, _values in statements]
    titles, ends = [one for one in asked if "post.published_at" in one.partition("\nFROM")[0]]
    assert "LIMIT" in titles  # no more than would be shown, however many there are
    assert "min(" in ends
    assert len([one for one in asked if "GROUP BY" in one]) == 1  # the database counts


def test_days_and_months_are_those_of_the_sites_time_zone(
    rita: Browser, make_post: MakePost, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    begins = datetime(2025, 3, 1, tzinfo=ZoneInfo("Asia/Tokyo"))
    posts = [make_post(f"Post {number}", published=False) for number in range(2)]
    with app.app_context(), write_tx():
        replace(Site.load(), time_zone="Asia/Tokyo").save()
        for post, seconds in zip(posts, (-1, 0), strict=True):
            db.session.get_one(Post, post.id).publish(now(), begins + timedelta(seconds=seconds))
    rita.get("/archive")
    assert outline(rita) == ["2025", "March 2025", "Post 1", "February 2025", "Post 0"]
    assert "28 February" in rita.text
    assert "1 March" in rita.text
    rita.get("/archive/2025/03")
    assert outline(rita) == ["Post 1"]
    assert "28 February 2025" in rita.read("/posts/post-0")
    monkeypatch.setattr(archive, "MOST_TITLES", 2)
    app.extensions["pages"].forget()
    assert "March 2025 1 post February 2025 1 post" in rita.read("/archive")


def test_a_year_and_a_month_show_their_posts_page_by_page(
    app: Flask, rita: Browser, four: list[Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    rita.get("/archive/2025")
    assert outline(rita) == ["March 2025", "Post 4", "January 2025", "Post 3", "Post 2"]
    rita.get("/archive/2025/01")
    assert outline(rita) == ["Post 3", "Post 2"]
    assert rita.page.h1.text == "Posts of January 2025"
    monkeypatch.setattr(archive, "TITLES", 1)
    app.extensions["pages"].forget()
    rita.get("/archive/2025/01")
    assert outline(rita) == ["Post 3"]
    rita.get(str(rita.page.select_one("a[rel=next]")["href"]))
    assert (rita.path, outline(rita)) == ("/archive/2025/01?page=2", ["Post 2"])
    rita.get(str(rita.page.select_one("a[rel=prev]")["href"]))
    assert rita.path == "/archive/2025/01"
    assert rita.get("/archive/2025/01?page=3").status_code == 404


def test_a_time_without_posts_or_that_never_was_is_not_found(
    rita: Browser, four: list[Post]
) -> None:
    tomorrow = now() + timedelta(days=1)
    for path in (
        *("0000", "0001", "999", "99999", "9999", "2999", "2023", "-2025", "2025.0", "x", "٢٠٢٥"),
        *("2025/1", "2025/00", "2025/13", "2025/02", "2025/01/", "2025/٠١", "2025/001", "0000/01"),
        f"{tomorrow:%Y}",
        f"{tomorrow:%Y/%m}",
    ):
        assert rita.get(f"/archive/{path}").status_code == 404, path


def test_an_empty_archive_says_so(rita: Browser) -> None:
    assert "Nothing has been published here yet" in rita.read("/archive")


def test_a_month_ends_where_the_next_begins() -> None:
    for period, first, after in (
        (Period(2024, 2), "2024-02-01", "2024-03-01"),
        (Period(2025, 12), "2025-12-01", "2026-01-01"),
        (Period(2025), "2025-01-01", "2026-01-01"),
    ):
        days = [datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (first, after)]
        assert list(period.bounds(UTC)) == days


def test_a_post_leads_to_the_public_ones_before_and_after_it(
    rita: Browser, four: list[Post], app: Flask
) -> None:
    def beside(path: str) -> dict[str, str]:
        rita.get(path)
        return {link["rel"][0]: link.text for link in rita.page.select(".neighbours a")}

    assert beside("/posts/post-1") == {"next": "Post 2"}
    assert beside("/posts/post-2") == {"prev": "Post 1", "next": "Post 3"}
    assert beside("/posts/post-4") == {"prev": "Post 3"}
    assert beside("/about") == {}
    with app.app_context(), write_tx():
        for post in four:  # at the same moment, their numbers decide
            date(post, datetime(2025, 1, 1, tzinfo=UTC))
    assert beside("/posts/post-2") == {"prev": "Post 1", "next": "Post 3"}
    with app.app_context(), recorded(app) as statements:
        post = db.session.get_one(Post, four[1].id)
        before = len(statements)
        post.neighbours(now())
        assert len(statements) == before + 1
