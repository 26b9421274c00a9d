"""A page has one stylesheet: joined, packed, kept for ever under the mark of its content."""

import gzip

import pytest
from flask import Flask

from blog.config import ROOT
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post
from blog.site.models import Setting, Site
from blog.site.stylesheet import MOST_KEPT, STAFF, Stylesheets, squeeze
from tests.browser import BASE_URL, Browser

pytestmark = pytest.mark.one_database


def address(person: Browser, path: str = "/") -> str:
    person.get(path)
    (link,) = person.page.select("link[rel=stylesheet]")
    return str(link["href"])


def test_a_page_asks_for_one_stylesheet(rita: Browser, post: Post) -> None:
    path = address(rita, "/posts/on-bees")
    answer = rita.get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert ".thread" in answer.text
    assert "/*" not in answer.text


def test_it_says_the_same_in_fewer_bytes() -> None:
    written = """/* "Why." */
    .field > :is(a, .b c):hover,
    p::before { content: "a:  b; {" / ""; color : red;
      margin: calc(1em + 0.2px) 10.5px -0.5px auto !important; }
    @media (width >= 60rem) { [dir="rtl"] { --line: light-dark(#000, #fff); } }
    """
    assert squeeze(written) == (
        '.field > :is(a,.b c):hover,p::before{content:"a:  b; {" / "";color :red;'
        "margin:calc(1em + .2px) 10.5px -.5px auto !important}"
        '@media (width >= 60rem){[dir="rtl"]{--line:light-dark(#000,#fff)}}'
    )


def test_it_was_packed_before_anybody_asked_for_it(
    rita: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = address(rita)
    monkeypatch.setattr("blog.compression.pack", None)
    assert rita.get(path, headers={"Accept-Encoding": "gzip"}).status_code == 200


def test_it_is_sent_packed_to_who_can_unpack_it(rita: Browser) -> None:
    path = address(rita)
    packed = rita.get(path, headers={"Accept-Encoding": "gzip, br"})
    plain = rita.get(path, headers={"Accept-Encoding": "gzip;q=0"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.vary


def test_a_page_from_before_an_upgrade_still_gets_one_but_not_for_ever(rita: Browser) -> None:
    answer = rita.get("/static/readers.00000000.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


def test_it_follows_the_accent_at_once_in_every_process(
    app: Flask, rita: Browser, olga: Browser
) -> None:
    before = address(rita)
    usual = rita.get(before).text
    olga.submit("/desk/settings", {"accent": "#8a2be2"})
    after = address(rita)
    assert after != before
    app.extensions["stylesheets"] = Stylesheets(ROOT / "static" / "css")  # of another process
    asked = rita.get(after)
    assert "--accent:#8a2be2" in asked.text
    assert "immutable" in asked.headers["Cache-Control"]
    # A page that was opened before has lost nothing.
    assert rita.get(before).text.replace("#8a2be2", Site.accent) == usual


@pytest.mark.parametrize("accent", ["#006b6b}*{display:none", "", None])
def test_what_is_no_colour_is_the_usual_accent_wherever_one_is_asked_for(
    app: Flask, rita: Browser, post: Post, accent: str | None
) -> None:
    """However it came into the database."""
    usual = address(rita)
    with app.app_context(), write_tx():
        db.session.merge(Setting(name="accent", value=accent))
    assert address(rita, "/posts/on-bees") == usual
    picture = rita.page.select_one("meta[property='og:image']")
    assert picture
    for path in (
        usual, "/icon.svg", "/favicon.ico", "/icon-180.png", "/manifest.webmanifest",
        str(picture["content"]).removeprefix(BASE_URL),
    ):  # fmt: skip
        assert rita.get(path).status_code == 200, path


def test_an_author_who_tries_many_colours_does_not_fill_the_memory() -> None:
    sheets = Stylesheets(ROOT / "static" / "css")
    marks = [sheets.of("readers", f"#{number:06x}").mark for number in range(2 * MOST_KEPT)]
    assert len(set(marks)) == len(marks)
    assert [sheets.marked("readers", mark) is None for mark in marks] == [
        *[True] * MOST_KEPT,
        *[False] * MOST_KEPT,
    ]


def test_who_is_signed_in_gets_the_desk_as_well(olga: Browser, rita: Browser) -> None:
    assert address(olga, "/desk/posts") != address(rita)
    assert ".queue" in olga.get(address(olga, "/moderation")).text


def test_every_file_is_in_it() -> None:
    assert {path.name for path in (ROOT / "static" / "css").glob("*.css")} == set(STAFF)
