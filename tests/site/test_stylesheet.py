"""A page has one stylesheet: joined, packed, kept for ever under the mark of its content."""

import gzip

from blog.config import ROOT
from blog.posts.models import Post
from blog.site.stylesheet import STAFF
from tests.browser import Browser


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


def test_who_is_signed_in_gets_the_desk_as_well(olga: Browser, rita: Browser) -> None:
    assert address(olga, "/desk/posts") != address(rita)
    assert ".queue" in olga.get(address(olga, "/moderation")).text


def test_every_file_is_in_it() -> None:
    assert {path.name for path in (ROOT / "static" / "css").glob("*.css")} == set(STAFF)
