"""What is the same for everyone goes over the wire packed; what is somebody's own never does."""

import gzip

import pytest
import time_machine
from flask import Flask, Response, make_response, send_file
from werkzeug.test import TestResponse

from blog.clock import now
from blog.compression import SHORTEST
from blog.gate import public
from blog.headers import shared
from tests.browser import Browser
from tests.lived_in import live_in

# What is packed is the same whatever database stands behind it.
pytestmark = pytest.mark.one_database

PACKED = {"Accept-Encoding": "gzip, deflate, br, zstd"}
TEXT = "Bees are busy. " * 100


# What a browser says it can unpack, and whether it gets a page packed.
ACCEPTED = {
    "gzip": True,
    "GZIP;q=0.5": True,
    "br, gzip;q=0.1": True,
    "*": True,
    "identity;q=0.5, *": True,
    "": False,
    None: False,
    "gzip;q=0": False,
    "gzip;q=0, *": False,
    "identity": False,
    "identity, gzip;q=0.5": False,
    "br": False,
}


@pytest.fixture
def texts(app_of_its_own: None, app: Flask) -> None:
    """Addresses that answer with a text, a file for everyone, and a page of somebody's own."""

    @public
    def text(kind: str, length: int) -> Response:
        response = shared(make_response("b" * length))
        response.mimetype = kind
        return response

    @public
    def file() -> Response:
        return shared(send_file(__file__, "text/plain"))

    @public
    def own() -> str:
        return TEXT

    app.add_url_rule("/texts/<int:length>/<path:kind>", view_func=text)
    app.add_url_rule("/file", view_func=file)
    app.add_url_rule("/own", view_func=own)


def test_every_page_for_everyone_is_packed_and_is_the_same_page(
    app: Flask, olga: Browser, stranger: Browser
) -> None:
    packed = 0
    for path in live_in(app).addresses():
        with time_machine.travel(now(), tick=False):  # a form says when it was made
            plain = stranger.get(path, follow_redirects=False)
            sent = stranger.get(path, follow_redirects=False, headers=PACKED)
        kept = plain.cache_control.public and plain.status_code == 200
        if kept and plain.mimetype == "text/html":
            packed += 1
            assert is_packed(sent), path
            assert unpacked(sent) == plain.data, path
            assert set(sent.vary) == {"Accept-Encoding", "Cookie"}, path
            assert sent.content_length == len(sent.data) < len(plain.data), path
    assert packed > 3


def test_nothing_of_somebodys_own_is_packed(app: Flask, olga: Browser, stranger: Browser) -> None:
    """A token beside words that somebody else chose could be guessed from the length of the whole."""
    lived_in = live_in(app)
    for path in lived_in.addresses():
        answer = olga.get(path, headers=PACKED)
        assert not is_packed(answer) or path.startswith("/static/"), path
    for path in (f"/replies/{lived_in.keys['receipts']}", "/login", "/nothing", "/own"):
        assert not is_packed(stranger.get(path, headers=PACKED)), path
    for path in ("/posts/on-bees/comments/preview", "/posts/on-bees/comments"):
        answer = stranger.post(path, {"body": TEXT}, headers=PACKED)
        assert answer.mimetype == "text/html"
        assert not is_packed(answer), path


def test_a_page_is_packed_for_who_can_unpack_it_and_would_have_it_so(
    texts: None, stranger: Browser
) -> None:
    for accepted, expected in ACCEPTED.items():
        headers = {} if accepted is None else {"Accept-Encoding": accepted}
        answer = stranger.get("/texts/1000/text/html", headers=headers)
        assert is_packed(answer) is expected, accepted
        assert "Accept-Encoding" in answer.vary
        assert unpacked(answer) == b"b" * 1000


def test_texts_are_packed_when_that_is_worth_it(texts: None, stranger: Browser) -> None:
    for kind in (
        "text/html",
        "text/css",
        "text/javascript",
        "application/atom+xml",
        "application/rss+xml",
        "application/feed+json",
        "application/xml",
        "application/json",
        "image/svg+xml",
    ):
        assert is_packed(stranger.get(f"/texts/{SHORTEST}/{kind}", headers=PACKED)), kind
        assert not is_packed(stranger.get(f"/texts/{SHORTEST - 1}/{kind}", headers=PACKED)), kind
    for kind in ("image/png", "font/woff2", "application/octet-stream", "application/zip"):
        answer = stranger.get(f"/texts/{SHORTEST}/{kind}", headers=PACKED)
        assert not is_packed(answer), kind


def test_packed_and_plain_have_marks_of_their_own(texts: None, stranger: Browser) -> None:
    path = f"/texts/{SHORTEST}/application/atom+xml"
    plain, packed = stranger.get(path), stranger.get(path, headers=PACKED)
    marks = plain.headers["ETag"], packed.headers["ETag"]
    assert len(set(marks)) == 2
    assert not any(mark.startswith("W/") for mark in marks)
    for mark, accepted in zip(marks, ({}, PACKED), strict=True):
        for known in (mark, f"W/{mark}", f'"wasps", W/{mark}', "*"):
            answer = stranger.get(path, headers={"If-None-Match": known, **accepted})
            assert answer.status_code == 304, known
            assert answer.data == b""
            assert "Content-Encoding" not in answer.headers
            assert "Accept-Encoding" in answer.vary
            assert answer.headers["ETag"] == mark
        asked = {"If-None-Match": 'W/"wasps"', **accepted}
        assert stranger.get(path, headers=asked).status_code == 200


def test_the_head_of_a_packed_answer_is_that_of_the_answer(texts: None, stranger: Browser) -> None:
    whole = stranger.get("/texts/1000/text/html", headers=PACKED)
    head = stranger.open("HEAD", "/texts/1000/text/html", headers=PACKED)
    assert head.data == b""
    for name in ("Content-Length", "Content-Encoding", "ETag", "Vary", "Content-Type"):
        assert head.headers[name] == whole.headers[name], name


def test_the_same_answer_is_the_same_bytes(texts: None, stranger: Browser) -> None:
    answers = {stranger.get("/texts/1000/text/html", headers=PACKED).data for _ in range(2)}
    (packed,) = answers
    assert packed[4:8] == bytes(4)  # RFC 1952, 2.3.1: no time stamp


def test_a_file_for_everyone_is_packed_whole(texts: None, stranger: Browser) -> None:
    plain, packed = stranger.get("/file"), stranger.get("/file", headers=PACKED)
    assert is_packed(packed)
    assert unpacked(packed) == plain.data
    # A server may send all of what a part was asked of (RFC 9110, 14.2).
    part = stranger.get("/file", headers={"Range": "bytes=0-9", **PACKED})
    assert (part.status_code, unpacked(part)) == (200, plain.data)


def is_packed(answer: TestResponse) -> bool:
    """Whether an answer came gzipped."""
    return answer.headers.get("Content-Encoding") == "gzip"


def unpacked(answer: TestResponse) -> bytes:
    """What an answer says, packed or not."""
    return gzip.decompress(answer.data) if is_packed(answer) else answer.data
