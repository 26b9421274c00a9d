"""Pages: what stands beside the posts, at the top of the site."""

import pytest
from flask import Flask

from blog.database import write_tx
from blog.posts.models import Kind, Post
from tests.browser import Browser, path_of
from tests.comments.conversation import leave, say
from tests.conftest import MakePost


def save(olga: Browser, **words: str) -> str:
    """Olga writes something and saves it; its sheet on her desk."""
    answer = olga.submit("/desk/posts/new", {"title": "About", "body": "Me.", **words})
    assert answer.status_code == 303, olga.errors
    return path_of(answer)


def test_a_page_stands_at_the_top_of_the_site(make_post: MakePost, rita: Browser) -> None:
    make_post("About", kind=Kind.PAGE)
    assert rita.get("/about").status_code == 200
    assert "About" in rita.page.h1.text


def test_a_page_is_not_among_the_newest_posts_nor_the_posts_of_its_tags(
    make_post: MakePost, rita: Browser
) -> None:
    make_post("About", kind=Kind.PAGE, tags=["bees"])
    make_post("On bees", tags=["bees"])
    for address in ("/", "/tags/bees"):
        rita.get(address)
        assert [title.text for title in rita.page.select("article h2")] == ["On bees"]
    # Its own tags, which no list would show, are found by search alone.
    make_post("Colophon", kind=Kind.PAGE, tags=["Typefaces"])
    for address, tags in (("/posts/on-bees", ["bees"]), ("/about", []), ("/colophon", [])):
        rita.get(address)
        assert [tag.text for tag in rita.page.select("article .p-category")] == tags
    rita.get("/search?q=typefaces")
    assert [title.text for title in rita.page.select("article h2")] == ["Colophon"]


def test_each_text_has_one_address_and_the_other_kind_of_address_leads_there(
    make_post: MakePost, rita: Browser
) -> None:
    make_post("About", kind=Kind.PAGE)
    make_post("On bees")
    for wrong, right in (
        ("/posts/about?comments=1", "/about?comments=1"),
        ("/on-bees", "/posts/on-bees"),
    ):
        answer = rita.get(wrong, follow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (301, right)


def test_readers_may_answer_a_page(make_post: MakePost, rita: Browser, app: Flask) -> None:
    page = make_post("About", kind=Kind.PAGE)
    rita.get(say(rita, "Hello!", at="/about"))
    assert rita.page.select_one('a[href="/about"]')
    number = leave(app, page, "Good day!")
    answer = rita.get(f"/comments/{number}", follow_redirects=False)
    assert answer.headers["Location"] == f"/about#comment-{number}"


def test_a_page_takes_no_address_where_something_else_stands(olga: Browser) -> None:
    answer = olga.submit(
        "/desk/posts/new", {"title": "S", "body": "S", "kind": "page", "slug": "search"}
    )
    assert answer.status_code == 422
    assert "something else stands there" in olga.errors["slug"]
    assert olga.page.select_one("#slug")["value"] == "search"
    save(olga, kind="post", slug="search")


def test_a_page_named_like_such_an_address_gets_another(app: Flask) -> None:
    with app.app_context():
        with write_tx():
            page = Post.write(
                title="Search", slug="", summary="", tags=[], source="", html="", kind=Kind.PAGE
            )
        assert page.slug == "search-2"
        assert page.is_page


def test_a_post_with_such_an_address_cannot_become_a_page(olga: Browser) -> None:
    sheet = save(olga, kind="post", slug="search")
    assert olga.submit(sheet, {"kind": "page"}).status_code == 422
    assert olga.submit(sheet, {"kind": "page", "slug": "finding"}).status_code == 303


@pytest.mark.one_database
def test_an_address_that_takes_only_forms_says_so_to_who_looks(rita: Browser) -> None:
    answer = rita.get("/logout")
    assert answer.status_code == 405
    assert set(answer.allow) == {"POST", "OPTIONS"}
    assert rita.get("/nowhere").status_code == 404
