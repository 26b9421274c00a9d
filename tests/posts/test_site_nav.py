"""What stands beside the posts, at the top of every page for readers."""

import pytest

from blog.posts.models import Kind
from tests.browser import Browser
from tests.conftest import MakePost

pytestmark = pytest.mark.one_database


def beside(browser: Browser) -> list[tuple[str, str]]:
    """The author's pages that the header names: where, and what they are called."""
    links = browser.page.select(".site-nav a[dir]")
    return [(str(link["href"]), link.text) for link in links]


def test_pages_are_named_by_title_on_every_page(rita: Browser, make_post: MakePost) -> None:
    make_post("now", kind=Kind.PAGE)
    make_post("About", kind=Kind.PAGE, language="de")
    make_post("Not yet", kind=Kind.PAGE, published=False)
    make_post("On bees")
    for path in ("/", "/posts/on-bees", "/about", "/nowhere", "/login"):
        rita.get(path)
        assert beside(rita) == [("/about", "About"), ("/now", "now")], path
    rita.get("/about")
    assert [link["href"] for link in rita.page.select(".site-nav a:not([dir])")] == [
        "/archive",
        "/search",
    ]
    [here] = rita.page.select(".site-nav [aria-current=page]")
    assert (here["href"], here["lang"]) == ("/about", "de")


def test_the_desk_is_left_in_peace(olga: Browser, make_post: MakePost) -> None:
    make_post("About", kind=Kind.PAGE)
    olga.get("/desk/posts")
    assert olga.page.select_one(".site-nav") is None
