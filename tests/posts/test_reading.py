"""Rita reads: the first page, its older pages, a post, a tag."""

from datetime import timedelta

import pytest
from flask import Flask
from time_machine import Traveller

from blog.clock import now
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post
from blog.site.models import Site
from tests.browser import Browser
from tests.conftest import MakePost


@pytest.mark.one_database
def test_an_empty_blog_says_so(rita: Browser) -> None:
    assert rita.get("/").status_code == 200
    assert "Nothing has been published here yet" in rita.text


def test_the_newest_post_comes_first_and_older_ones_on_the_next_page(
    rita: Browser, make_post: MakePost, clock: Traveller
) -> None:
    for number in range(1, Site.posts_per_page + 3):
        make_post(f"Post {number}")
        clock.shift(60)
    rita.get("/")
    titles = [found.text for found in rita.page.select("article h2")]
    assert titles == [f"Post {number}" for number in range(Site.posts_per_page + 2, 2, -1)]
    rita.get(str(rita.page.select_one("a[rel=next]")["href"]))
    assert [found.text for found in rita.page.select("article h2")] == ["Post 2", "Post 1"]
    rita.get(str(rita.page.select_one("a[rel=prev]")["href"]))
    assert rita.path == "/"


@pytest.mark.parametrize("page", ["0", "2", "-1", "x", "1" * 30, "٢", ""])
def test_a_page_that_is_not_there_is_not_found(rita: Browser, post: Post, page: str) -> None:
    assert rita.get(f"/?page={page}").status_code == 404
    assert rita.get(f"/posts/on-bees?comments={page}").status_code == 404


def test_a_post_to_come_appears_because_its_time_has_come(
    rita: Browser, post: Post, app: Flask, clock: Traveller
) -> None:
    with app.app_context(), write_tx():
        db.session.get_one(Post, post.id).published_at = now() + timedelta(minutes=1)
    assert rita.get("/posts/on-bees").status_code == 404
    assert "On bees" not in rita.read("/")
    clock.shift(61)
    assert rita.get("/posts/on-bees").status_code == 200
    assert "On bees" in rita.read("/")


def test_a_post_says_how_many_replies_it_has(rita: Browser, post: Post) -> None:
    rita.get("/posts/on-bees")
    assert rita.page.select_one("#comments h2").text == "No reply yet"


@pytest.mark.one_database
def test_the_form_says_that_the_email_is_never_shown(rita: Browser, post: Post) -> None:
    rita.get("/posts/on-bees")
    assert rita.page.select_one("#respond h2").text == "Leave a Reply"
    assert "Never shown" in rita.page.select_one("#email-note").text
    names = [field["name"] for field in rita.page.select("#respond .field [name]")]
    assert names == ["body", "name", "email", "website"]


@pytest.mark.one_database
def test_a_post_that_takes_no_replies_has_no_form(rita: Browser, make_post: MakePost) -> None:
    make_post("Quiet", takes_comments=False)
    rita.get("/posts/quiet")
    assert not rita.page.select("#respond")
    assert "closed" in rita.text


@pytest.mark.one_database
def test_every_reader_gets_the_same_bytes(
    rita: Browser, stranger: Browser, post: Post, clock: Traveller
) -> None:
    clock.move_to(now(), tick=False)
    assert rita.get("/posts/on-bees").data == stranger.get("/posts/on-bees").data
