"""What programs ask: every address that is public and no other, what to leave alone, whom to tell."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest
from flask import Flask
from time_machine import Traveller

from blog.clock import now
from blog.comments.acts import Actor, Deed, Status
from blog.comments.models import Comment
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Kind, Post
from blog.site import sitemap
from blog.site.models import Site
from tests.browser import BASE_URL, Browser
from tests.comments.conversation import leave
from tests.conftest import MakePost
from tests.lived_in import live_in

XMLNS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"

Sitemap = dict[str, datetime | None]


@pytest.fixture
def read(rita: Browser) -> Callable[[str], Sitemap]:
    """What a sitemap or an index has: addresses of this site, each with its date."""

    def read(path: str) -> Sitemap:
        answer = rita.get(path)
        assert answer.mimetype == "application/xml"
        root = ElementTree.fromstring(answer.data)
        assert root.tag in {f"{XMLNS}urlset", f"{XMLNS}sitemapindex"}
        places = [found.findtext(f"{XMLNS}loc", "") for found in root]
        dates = [found.findtext(f"{XMLNS}lastmod") for found in root]
        assert all(place.startswith(f"{BASE_URL}/") for place in places)
        paths = [place.removeprefix(BASE_URL) for place in places]
        assert len(set(paths)) == len(paths)
        return {
            path: date and datetime.fromisoformat(date)
            for path, date in zip(paths, dates, strict=True)
        }

    return read


def test_the_sitemap_has_what_is_public_and_nothing_else(
    app: Flask, olga: Browser, rita: Browser, read: Callable[[str], Sitemap]
) -> None:
    live_in(app)
    found = read("/sitemap.xml")
    assert set(found) == {
        "/", "/archive", "/posts/on-bees", "/posts/closed", "/about", "/tags/bees", "/tags/summer",
        "/series/our-garden",
    }  # fmt: skip
    for path in found:
        answer = rita.get(path, follow_redirects=False)
        assert answer.status_code == 200, path
        canonical = rita.page.select_one("link[rel=canonical]")
        assert canonical
        assert canonical["href"] == BASE_URL + path


def test_a_post_is_there_from_its_time_on(
    app: Flask, make_post: MakePost, read: Callable[[str], Sitemap], clock: Traveller
) -> None:
    post = make_post(published=False)
    with app.app_context(), write_tx():
        db.session.get_one(Post, post.id).publish(now() + timedelta(days=1))
    assert "/posts/on-bees" not in read("/sitemap.xml")
    clock.shift(timedelta(days=2))
    changed = read("/sitemap.xml")["/posts/on-bees"]
    assert changed
    assert timedelta(hours=23) < now() - changed < timedelta(hours=25)


@pytest.fixture
def has_changed(read: Callable[[str], Sitemap], clock: Traveller) -> Callable[[], bool]:
    """Whether the sitemap says that the post changed within the last hour; then a day goes by."""

    def ask() -> bool:
        changed = read("/sitemap.xml")["/posts/on-bees"]
        assert changed
        is_new = now() - changed < timedelta(hours=1)
        clock.shift(timedelta(days=1))
        return is_new

    return ask


def test_a_post_changes_with_its_words_and_with_each_comment_that_is_shown(
    app: Flask, post: Post, mo: Browser, olga: Browser, has_changed: Callable[[], bool]
) -> None:
    assert has_changed()
    assert not has_changed()
    olga.submit(f"/desk/posts/{post.id}", {"summary": "Bees."}, button="Publish the changes")
    assert has_changed()
    leave(app, post)
    assert has_changed()
    held = leave(app, post, status=Status.PENDING)
    leave(app, post, status=Status.SPAM)
    assert not has_changed()
    leave(app, post)
    assert has_changed()
    mo.submit(f"/moderation/comments/{held}", button="Approve")
    assert has_changed()
    assert not has_changed()


def test_a_post_changes_when_a_reply_is_proven_or_mended(
    app: Flask, post: Post, read: Callable[[str], Sitemap], has_changed: Callable[[], bool]
) -> None:
    assert has_changed()
    number = leave(app, post, status=Status.PENDING)
    assert not has_changed()
    for deed, from_ in ((Deed.CONFIRMATION, Status.PENDING), (Deed.EDIT, Status.APPROVED)):
        with app.app_context(), write_tx():
            comment = db.session.get_one(Comment, number)
            comment.move(Status.APPROVED, from_=from_, by=Actor.WRITER, deed=deed)
        assert has_changed(), deed
    assert not has_changed()
    assert read("/sitemap.xml")["/"] is None  # nobody knows


def test_a_long_sitemap_is_split_and_its_parts_have_everything(
    app: Flask,
    make_post: MakePost,
    rita: Browser,
    read: Callable[[str], Sitemap],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(9):
        make_post(
            f"Post {number}", tags=[f"Tag {number}", "all"], published=number not in {3, 4, 5}
        )
    make_post("About", kind=Kind.PAGE)
    whole = read("/sitemap.xml")
    assert len(whole) == 6 + 1 + 7 + 2
    monkeypatch.setattr(sitemap, "MOST_URLS", 3 + len(sitemap.ALWAYS_THERE))
    monkeypatch.setattr(sitemap, "AT_ONCE", 2)
    app.extensions["pages"].forget()
    parts = list(read("/sitemap.xml"))
    assert parts[:3] == ["/sitemap-posts-1.xml", "/sitemap-posts-3.xml", "/sitemap-posts-4.xml"]
    found = [read(part) for part in parts]
    assert all(0 < len(part) <= 3 + len(sitemap.ALWAYS_THERE) for part in found)
    assert {path: date for part in found for path, date in part.items()} == whole
    assert sum(map(len, found)) == len(whole)
    for nothing in ("posts-2", "posts-99", "posts-0", "lists-99", "comments-1", "posts-01"):
        assert rita.get(f"/sitemap-{nothing}.xml").status_code == 404


def test_a_site_without_posts_has_a_sitemap(read: Callable[[str], Sitemap]) -> None:
    assert list(read("/sitemap.xml")) == ["/", "/archive"]


@pytest.mark.one_database
def test_robots_leave_alone_what_is_private_and_find_the_sitemap(
    app: Flask, olga: Browser, rita: Browser
) -> None:
    lived_in = live_in(app)
    answer = rita.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    said = answer.get_data(as_text=True)
    assert f"\nSitemap: {BASE_URL}/sitemap.xml\n" in said
    closed = [line.removeprefix("Disallow: ") for line in said.splitlines() if "Disallow" in line]
    for path in (
        "/desk", "/desk/settings", "/moderation?status=spam", "/login", "/login?next=/desk", "/search?q=bees",
        *(f"/{first}/{lived_in.keys[first]}" for first in ("receipts", "confirmations", "resets")),
    ):  # fmt: skip
        assert is_closed(path.replace("receipts", "replies"), closed), path
    for path in (
        "/",
        "/posts/on-bees",
        "/desk-lamps",
        "/search-engines",
        "/comments/1/replies",
        "/feed.xml",
    ):
        assert not is_closed(path, closed), path


def is_closed(path: str, rules: list[str]) -> bool:
    """What RFC 9309 (2.2.2) says of a path: a rule is a beginning, `$` is the end."""
    return any(
        re.match(re.escape(rule).replace(r"\$", "$").replace(r"\*", ".*"), path) for rule in rules
    )


@pytest.mark.one_database
def test_who_finds_a_hole_is_told_whom_to_tell(
    olga: Browser, stranger: Browser, clock: Traveller
) -> None:
    path = "/.well-known/security.txt"
    assert stranger.get(path).status_code == 404
    olga.submit("/desk/settings", {"security_contact": "mailto:olga@example.org"})
    answer = stranger.get(path)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ") for line in answer.get_data(as_text=True).splitlines())
    assert fields["Contact"] == "mailto:olga@example.org"
    ahead = datetime.fromisoformat(fields["Expires"]) - now()
    assert timedelta(days=30) < ahead < timedelta(days=365)
    assert "Canonical" not in fields  # the RFC knows https alone


class TestWithHttps:
    @pytest.fixture
    def settings(self) -> dict[str, str]:
        return {"BLOG_BASE_URL": "https://blog.example"}

    def test_it_says_where_it_belongs(self, app: Flask, stranger: Browser) -> None:
        with app.app_context(), write_tx():
            Site(security_contact="https://blog.example/security").save()
        said = stranger.get("/.well-known/security.txt").get_data(as_text=True)
        assert "\nCanonical: https://blog.example/.well-known/security.txt\n" in said
