"""Everyone who replies has a flower: the same everywhere, their own, and it gives nobody away."""

import gzip
import re
from xml.etree import ElementTree

import pytest
from flask import Flask

from blog.comments import avatars, threads
from blog.config import ROOT
from blog.extensions import db
from blog.posts.models import Post
from tests.browser import Browser
from tests.comments.conversation import POST, hold_nothing, leave, say
from tests.comments.growing import grow

pytestmark = pytest.mark.one_database

A_KILOBYTE = 1024


def flowers(browser: Browser) -> list[str]:
    """The drawings on the page, with their hues."""
    return [f"{svg['class'][1]} {svg.path['d']}" for svg in browser.page.select("svg.avatar")]


def test_a_reader_has_the_same_flower_everywhere_and_another_has_another(
    app: Flask, post: Post, rita: Browser
) -> None:
    hold_nothing(app)
    say(rita, "Bees hum.")
    say(rita, "They do, they do.", name="RITA", email="RITA@example.org")
    say(rita, "Do they?", name="The Bee Queen")
    leave(app, post, name="Sibyl")
    rita.get(POST)
    hers, hers_again, under_another_name, sibyls = flowers(rita)
    assert hers == hers_again
    assert len({hers, under_another_name, sibyls}) == 3


def test_the_author_wears_the_colour_of_the_site(post: Post, olga: Browser, rita: Browser) -> None:
    olga.submit(POST, {"body": "Bees hum."})
    rita.get(POST)
    [card] = rita.page.select(".comment-by-author > .comment-card")
    assert card.select_one("svg.avatar")


def test_a_flower_is_a_picture_without_words(post: Post, app: Flask, rita: Browser) -> None:
    leave(app, post)
    rita.get(POST)
    [svg] = rita.page.select("svg.avatar")
    assert svg["aria-hidden"] == "true"
    assert ElementTree.fromstring(str(svg)).find("path") is not None  # it is well-formed
    assert re.fullmatch(r"[MLQ\d -]+", svg.path["d"])


def test_who_is_gone_has_none(app: Flask, post: Post, rita: Browser) -> None:
    grow(app, post, [None, 0], gone={0})
    rita.get(POST)
    assert len(flowers(rita)) == 1


def test_the_page_is_given_the_drawing_and_never_the_address(
    app: Flask, post: Post, rita: Browser
) -> None:
    leave(app, post, name="Sibyl")
    with app.test_request_context():
        [[line]] = threads.page(db.session.get_one(Post, post.id)).branches
    assert "email" not in {*line._fields, *line.card._fields}
    assert "sibyl@" not in repr(line) + rita.get(POST).text


def test_without_the_secret_nobody_draws_it(app: Flask) -> None:
    with app.app_context():
        ours = [avatars.of(f"r{n}@example.org", "Rita") for n in range(20)]
        app.config["SECRET_KEY"] = "another"
        assert [avatars.of(f"r{n}@example.org", "Rita") for n in range(20)] != ours


def test_many_people_share_a_flower_so_that_it_proves_no_guess() -> None:
    drawings = avatars.HUES
    for row in avatars.SHAPES:
        drawings *= len(row)
    assert 1_000 < drawings < 10_000


def test_every_hue_has_a_colour() -> None:
    css = (ROOT / "static" / "css" / "comments.css").read_text()
    assert re.findall(r"\.hue-(\d+) \{", css) == [str(n) for n in range(avatars.HUES)]


def test_twenty_flowers_weigh_less_than_a_kilobyte(app: Flask, post: Post, rita: Browser) -> None:
    grow(app, post, [None] * 20)
    rita.get(POST)
    drawn = "\n".join(str(svg) for svg in rita.page.select("svg.avatar"))
    assert len(flowers(rita)) == 20
    assert len(gzip.compress(drawn.encode())) < A_KILOBYTE
