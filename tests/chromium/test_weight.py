"""The first view of a post costs one round trip: a budget of bytes and requests, over the real server."""

import ast
import re
import time
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from blog import create_app
from blog.clock import now
from blog.comments.acts import Status
from blog.comments.models import Comment, Words
from blog.config import ROOT
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post
from blog.text import render_comment, render_post
from tests.chromium.conftest import Served

pytestmark = pytest.mark.browser

POST_WORDS = 1_000
REPLIES = 20
REPLY_WORDS = 40

# What a server sends before it waits for the reader to say that it arrived: ten segments (RFC 6928),
# of which headers take their part.
READING = 14 * 1024
SCRIPTS = 10 * 1024  # all there are, in one answer

PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 800}

# Adds up how far things jump, from the first moment on.
WATCH_SHIFTS = """
  globalThis.shifted = 0;
  new PerformanceObserver(list => {
    for (const shift of list.getEntries()) shifted += shift.value;
  }).observe({ type: "layout-shift", buffered: true });
"""
BLOCKING = """performance.getEntriesByType("resource")
  .filter(entry => entry.renderBlockingStatus === "blocking").map(entry => entry.name)"""
LATE = 0.15  # seconds
# What this browser keeps of an earlier visit, when one comment was there, and of two replies.
AWAY = """post => {
  const seen = [{ at: 0, ids: [document.querySelector(".comment").id] }];
  const replies = [1, 2].map(n => ({ post, receipt: `/replies/${n}`, text: "Bees" }));
  localStorage["afterword.seen"] = JSON.stringify({ [post]: seen });
  localStorage["afterword.replies"] = JSON.stringify(replies);
}"""
SETTLED = 300  # milliseconds in which whatever would jump has jumped
# Pushes everything down, and ends when that has been seen, or was not: what asks again and again from outside
# is refused by the page's own policy.
PUSH = """() => new Promise(done => {
  new PerformanceObserver(() => done()).observe({ type: "layout-shift" });
  setTimeout(done, 10_000);
  window.scrollTo(0, 0);
  document.body.prepend(Object.assign(document.createElement("pre"), { textContent: "\\n".repeat(9) }));
})"""
SCROLL = "window.scrollTo(0, document.body.scrollHeight)"


@pytest.fixture
def post(served: Served, tmp_path: Path) -> str:
    """A post of 1,000 words with 20 replies, on the blog that is served."""
    app = create_app({"BLOG_INSTANCE": str(tmp_path / "instance"), "BLOG_BASE_URL": served.url})
    words = prose()
    paragraphs = [" ".join(islice(words, 125)) for _ in range(POST_WORDS // 125)]
    source = "\n\n## A part of it\n\n".join(
        "\n\n".join(paragraphs[n : n + 2]) for n in (0, 2, 4, 6)
    )
    with app.app_context():
        with write_tx():
            made = Post.write(
                title="On bees", slug="on-bees", summary="", tags=["Bees", "Summer"],
                source=source, html=render_post(source),
            )  # fmt: skip
            made.publish(now())
            reply_to(made, words)
        db.engine.dispose()
    return "/posts/on-bees"


def reply_to(post: Post, words: Iterator[str]) -> None:
    """Twenty replies, every other one to the one before it, as conversations are."""
    last: Comment | None = None
    for number in range(REPLIES):
        source = " ".join(islice(words, REPLY_WORDS))
        said = Words(
            source, render_comment(source), f"{next(words)} {number}", f"r{number}@example.org"
        )
        parent = last if number % 2 else None
        last = Comment.leave(post, parent, said, verdict=Status.APPROVED, findings=[])


def prose() -> Iterator[str]:
    """Words as people write them, which do not pack as well as the same few over and over: our docstrings."""
    trees = (
        ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / "blog").rglob("*.py"))
    )
    nodes = chain.from_iterable(ast.walk(tree) for tree in trees)
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    said = (ast.get_docstring(node) or "" for node in nodes if isinstance(node, kinds))
    return chain.from_iterable(re.findall(r"[A-Za-z]{1,15}[.,:;]?", words) for words in said)


class Wire:
    """What goes over the wire for a page: bytes as they are sent, headers and all."""

    def __init__(self, page: Page) -> None:
        self.answers: dict[str, dict[str, Any]] = {}
        self.lengths: dict[str, float] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.responseReceived", self._received)
        session.on("Network.loadingFinished", self._finished)

    def _received(self, event: dict[str, Any]) -> None:
        self.answers[event["requestId"]] = {**event["response"], "kind": event["type"]}

    def _finished(self, event: dict[str, Any]) -> None:
        self.lengths[event["requestId"]] = event["encodedDataLength"]

    def urls_of(self, *kinds: str) -> list[str]:
        """What was asked for: what is of these kinds, or everything."""
        return [a["url"] for a in self.answers.values() if not kinds or a["kind"] in kinds]

    def headers_of(self, kind: str) -> dict[str, str]:
        """The headers of the answer of this kind."""
        [answer] = [answer for answer in self.answers.values() if answer["kind"] == kind]
        return {name.title(): value for name, value in answer["headers"].items()}

    def bytes_of(self, *kinds: str) -> float:
        """How many bytes the answers of these kinds took."""
        return sum(
            self.lengths[of] for of, answer in self.answers.items() if answer["kind"] in kinds
        )


def test_the_first_view_of_a_post_fits_into_one_round_trip(
    chromium: Browser, served: Served, post: str
) -> None:
    context = chromium.new_context(base_url=served.url)
    page = context.new_page()
    wire = Wire(page)
    page.goto(post, wait_until="networkidle")
    assert wire.headers_of("Document")["Content-Encoding"] == "gzip"
    assert wire.bytes_of("Document", "Stylesheet") <= READING
    assert len(wire.urls_of("Script")) == 1
    assert wire.headers_of("Script")["Content-Encoding"] == "gzip"
    assert wire.bytes_of("Script") <= SCRIPTS
    assert len(page.evaluate(BLOCKING)) <= 1
    assert {urlsplit(url).netloc for url in wire.urls_of()} == {urlsplit(served.url).netloc}
    assert wire.urls_of("Image", "Font", "Media") == []
    assert context.cookies() == []
    context.close()
    assert_all_can_be_read(
        chromium.new_context(base_url=served.url, java_script_enabled=False), post
    )


def assert_all_can_be_read(context: BrowserContext, post: str) -> None:
    """What was weighed is all that is needed: no script runs here."""
    page = context.new_page()
    page.goto(post)
    assert len(page.locator(".prose").first.inner_text().split()) >= POST_WORDS
    assert page.locator(".comment-body").count() == REPLIES
    expect(page.get_by_role("heading", name="20 replies")).to_be_visible()
    expect(page.get_by_role("button", name="Post Comment")).to_be_visible()
    context.close()


@pytest.mark.drill
def test_nothing_jumps(chromium: Browser, served: Served, post: str) -> None:
    """Not on a phone and not on a screen, not while it loads and not while it is read.

    Nor for who comes back and is shown all that such readers are shown, however late the script is.
    """
    for size in (PHONE, WIDE):
        context = chromium.new_context(base_url=served.url, viewport=size)
        page = context.new_page()
        page.add_init_script(WATCH_SHIFTS)
        for _visit in ("first", "second"):
            assert_nothing_jumps(page, post)
        page.route("**/scripts.*.js", late)
        page.evaluate(AWAY, post)
        for part in ("", "#comments", "#respond", "#comment-2"):
            page.goto("about:blank")
            assert_nothing_jumps(page, post + part)
            expect(page.get_by_role("link", name="New since your last visit: 19")).to_be_visible()
            expect(page.get_by_text("Your replies here")).to_be_visible()
            expect(page.get_by_label("Save my name")).to_be_visible()
        page.evaluate(PUSH)
        assert page.evaluate("shifted") > 0
        context.close()


def assert_nothing_jumps(page: Page, address: str) -> None:
    """Open a page and read it to its end."""
    page.goto(address, wait_until="networkidle")
    page.wait_for_timeout(SETTLED)
    page.evaluate(SCROLL)
    page.wait_for_timeout(SETTLED)
    assert page.evaluate("shifted") == 0, (address, page.viewport_size)


def late(route: Route) -> None:
    """Long after the page has been painted."""
    time.sleep(LATE)
    route.continue_()
