"""The headers of every answer: what a browser may do with a page, and who may keep it."""

import re

import pytest
from flask import Flask, abort
from werkzeug.test import TestResponse

from blog.gate import public
from blog.posts.models import Post
from tests.browser import Browser
from tests.conftest import MakeBrowser
from tests.lived_in import live_in

# A header is the same whatever database stands behind it.
pytestmark = pytest.mark.one_database

STATUSES = (400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503)

ON_EVERY_ANSWER = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# What the pages need, and nothing else.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "manifest-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}

# A picture is no page: nothing in it may do anything.
POLICY_OF_PICTURES = {"default-src": "'none'", "sandbox": ""}

SHARED = "public, no-cache"
PRIVATE = "private, no-store"
# Feeds are read by pages of other sites, too.
ELSEWHERE = {"Cross-Origin-Resource-Policy": "cross-origin"}
SHARED_PAGES = re.compile(
    r"/(about|search|archive(/\d+)*|posts/[^/]+|(tags|series)/[^/]+|comments/\d+/(replies|reports)"
    r"|sitemap.*\.xml|robots\.txt|\.well-known/security\.txt|manifest\.webmanifest|oembed"
    r"|icon[^?]+|favicon\.ico|(.+/)?(feed|comments)\.(xml|rss|json)|(.+/)?feed(/\w+)?)?(\?.*)?"
)

# With the mark of its content in its address, an answer is the same for everyone for ever.
MARKED = re.compile(r"/(static/|social/|media/|icon.+\?v=)")

# Where none of these stands, there is no need to look closer.
SUSPECT = re.compile(
    r"<(style|iframe|object)|<script(?! src=)|\son\w*=|\sstyle|javascript:", re.IGNORECASE
)

REPLY = {"body": "Hello bees", "name": "Rita", "email": "rita@example.org"}


@pytest.fixture
def failing(app_of_its_own: None, app: Flask) -> str:
    """The beginning of addresses whose views fail with the status at their end."""

    @public
    def fail(status: int) -> str:
        if status == 500:
            raise ZeroDivisionError
        abort(status)

    app.add_url_rule("/failing/<int:status>", view_func=fail, methods=["GET", "POST"])
    return "/failing/"


@pytest.mark.parametrize(
    "person", ["stranger", pytest.param("mo", marks=pytest.mark.drill), "olga"]
)
def test_every_answer_says_what_may_be_done_with_it_and_needs_no_more(
    app: Flask, olga: Browser, person: str, request: pytest.FixtureRequest
) -> None:
    """The policy would stop a script, style or handler in a page; one that has any would be broken.

    Who may keep it is said too: everybody what is everybody's, and nobody what is somebody's.
    """
    somebody: Browser = request.getfixturevalue(person)
    walked = live_in(app).walk(somebody)
    assert sum(answer.mimetype == "text/html" for answer in walked.values()) > 15
    for path, answer in walked.items():
        somebody.answer = answer
        assert wrong_headers(answer) == {}, path
        assert answer.mimetype != "text/html" or inline(somebody) == [], path
        assert MARKED.match(path) or may_be_kept_by_the_right(answer, path, person), path


def test_errors_say_it_too_and_are_kept_by_nobody(failing: str, stranger: Browser) -> None:
    for status in STATUSES:
        answer = stranger.get(f"{failing}{status}")
        assert answer.status_code == status
        assert wrong_headers(answer) == {}
        assert answer.headers["Cache-Control"] == PRIVATE
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"BLOG_BASE_URL": "http://127.0.0.1:8000"}, None),
        ({"BLOG_BASE_URL": "https://blog.example"}, "max-age=31536000"),
    ],
)
def test_https_is_insisted_on_where_the_blog_has_it(
    browser: MakeBrowser, settings: dict[str, str], expected: str | None
) -> None:
    for path in ("/", "/nothing", "/login"):
        answer = browser(base_url=settings["BLOG_BASE_URL"]).get(path)
        assert answer.headers.get("Strict-Transport-Security") == expected


def test_nobody_gets_a_cookie_before_they_open_a_page_of_sign_in(
    app: Flask, olga: Browser, browser: MakeBrowser
) -> None:
    answers = {path: browser().get(path) for path in live_in(app).addresses()}
    given = {path for path, answer in answers.items() if answer.headers.getlist("Set-Cookie")}
    asks_to_sign_in = {path for path, answer in answers.items() if answer.request.path == "/login"}
    others = {path.split("/")[1] for path in given - asks_to_sign_in}
    assert others == {"invitations", "resets"}
    assert "/resets/asked" not in given


def test_replying_gives_no_cookie(post: Post, rita: Browser) -> None:
    for path in ("/posts/on-bees/comments/preview", "/posts/on-bees/comments"):
        for fields in ({}, REPLY):
            rita.post(path, fields)
            assert "Set-Cookie" not in rita.answer.headers
    rita.submit("/posts/on-bees", REPLY, form="#respond form")
    rita.get(rita.answer.headers["Location"])
    for button in ("Save the change", "Tell me by mail what becomes of it", "Take my reply back"):
        rita.submit(rita.path, button=button)
        assert rita.answer.status_code == 303, button
        assert "Set-Cookie" not in rita.answer.headers
        rita.get(rita.answer.headers["Location"])
    assert not rita.client._cookies


def test_a_static_file_is_kept_for_a_year_and_its_address_changes_with_it(
    post: Post, stranger: Browser
) -> None:
    stranger.get("/posts/on-bees")
    kept = "[rel=icon], [rel=apple-touch-icon], [rel=stylesheet], script[src]"
    files = [str(tag.get("href") or tag.get("src")) for tag in stranger.page.select(kept)]
    assert files
    for path in files:
        assert re.search(r"[.=][0-9a-f]{8}(\.css|\.js)?$", path)
        answer = stranger.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["Cache-Control"].startswith("public, max-age=31536000")
        assert wrong_headers(answer) == {}
        assert answer.mimetype in {
            "text/css",
            "text/javascript",
            "image/svg+xml",
            "image/png",
        }


def test_a_page_names_its_icon_so_that_no_browser_asks_in_vain(stranger: Browser) -> None:
    stranger.get("/")
    icon = stranger.page.select_one("link[rel=icon]")
    assert icon
    assert stranger.get(str(icon["href"])).mimetype.startswith("image/")


@pytest.mark.parametrize("path", ["nothing.css", "..%2fapp.py", "%2e%2e/app.py", "css/", "a%00b"])
def test_a_static_file_that_is_not_there_is_not_found_and_not_kept(
    stranger: Browser, path: str
) -> None:
    answer = stranger.get(f"/static/{path}")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == PRIVATE


def wrong_headers(answer: TestResponse) -> dict[str, str | None]:
    """The headers that every answer should have, as far as this one has them otherwise."""
    expected = {**ON_EVERY_ANSWER, **(ELSEWHERE if is_read_elsewhere(answer) else {})}
    wrong = {
        name: answer.headers.get(name)
        for name, value in expected.items()
        if answer.headers.get(name) != value
    }
    policy = answer.headers.get("Content-Security-Policy", "")
    said = {name: value for name, _, value in (part.partition(" ") for part in policy.split("; "))}
    expected = POLICY_OF_PICTURES if answer.mimetype == "image/webp" else POLICY
    return wrong if said == expected else {**wrong, "Content-Security-Policy": policy}


def is_read_elsewhere(answer: TestResponse) -> bool:
    """Whether pages of other sites may read it."""
    return answer.headers.get("Access-Control-Allow-Origin") == "*"


def inline(somebody: Browser) -> list[str]:
    """What the policy of the page would stop."""
    if not SUSPECT.search(somebody.source):
        return []
    # A data block is not run, whatever is in it.
    code = "script:not([src], [type='application/ld+json']), style, iframe, object"
    scripts = [str(tag) for tag in somebody.page.select(code)]
    return scripts + [
        f"{tag.name} {name}={value}"
        for tag in somebody.page.find_all(True)
        for name, value in tag.attrs.items()
        if name == "style" or name.startswith("on") or str(value).startswith("javascript:")
    ]


def may_be_kept_by_the_right(answer: TestResponse, path: str, person: str) -> bool:
    """Whether everybody may keep a page for everyone, and nobody any other."""
    if person == "stranger" and SHARED_PAGES.fullmatch(path):
        varies = set(answer.vary) == {"Accept-Encoding", "Cookie"}
        return varies and answer.headers["Cache-Control"] == SHARED
    return answer.headers["Cache-Control"] == PRIVATE
