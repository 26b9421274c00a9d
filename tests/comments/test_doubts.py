"""What is doubtful is not refused: it comes back with its words, and sent again it is held."""

import pytest
from flask import Flask
from time_machine import Traveller

from blog.clock import now
from blog.posts.models import Post
from tests.browser import Browser
from tests.comments.conversation import hold_nothing
from tests.comments.test_replies import PAGE, REPLY, assert_given_back, comments
from tests.conftest import MakePost

pytestmark = pytest.mark.one_database


@pytest.fixture(autouse=True)
def nothing_is_held(app: Flask) -> None:
    hold_nothing(app)


def rules(app: Flask) -> set[str]:
    """The rules that fired on the one reply there is."""
    (comment,) = comments(app)
    assert comment.status == "pending"
    return {finding["rule"] for finding in comment.findings}


def send_again(person: Browser) -> None:
    assert person.submit(None, {}, button="Post Comment").status_code == 303


def test_a_reply_from_another_site_comes_back_and_is_held(
    rita: Browser, app: Flask, post: Post
) -> None:
    answer = rita.submit(PAGE, REPLY, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert_given_back(rita, REPLY, "send it again")
    assert comments(app) == []
    send_again(rita)
    assert rules(app) == {"foreign-origin"}


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "nonsense"])
def test_what_the_browser_calls_foreign_is_foreign(rita: Browser, post: Post, site: str) -> None:
    assert rita.submit(PAGE, REPLY, headers={"Sec-Fetch-Site": site}).status_code == 403


def test_what_the_browser_calls_ours_is_ours(rita: Browser, app: Flask, post: Post) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": None}
    assert rita.submit(PAGE, REPLY, headers=headers).status_code == 303
    assert comments(app)[0].status == "approved"


def test_a_browser_that_says_nothing_is_doubtful(rita: Browser, app: Flask, post: Post) -> None:
    silent = {"Origin": None}
    assert rita.submit(PAGE, REPLY, headers=silent).status_code == 200
    assert_given_back(rita, REPLY, "send it again")
    assert rita.submit(None, {}, headers=silent).status_code == 303
    assert rules(app) == {"unknown-origin"}


def test_a_foreign_page_cannot_have_its_words_rendered(rita: Browser, post: Post) -> None:
    headers = {"Origin": "https://evil.example"}
    answer = rita.submit(PAGE, REPLY, button="Preview", headers=headers)
    assert answer.status_code == 403
    assert not rita.page.select(".preview")
    assert_given_back(rita, REPLY, "send it again")


def test_a_filled_trap_is_doubtful(rita: Browser, app: Flask, post: Post) -> None:
    assert rita.submit(PAGE, {**REPLY, "subject": "SEO"}).status_code == 200
    assert_given_back(rita, REPLY, "send it again")
    send_again(rita)
    assert rules(app) == {"trap"}
    assert comments(app)[0].findings[0]["words"] == ["SEO"]


@pytest.mark.parametrize("made", ["", "forged", None])
def test_a_form_that_we_did_not_make_is_doubtful(
    rita: Browser, app: Flask, post: Post, made: str | None
) -> None:
    assert rita.submit(PAGE, {**REPLY, "made": made}).status_code == 200
    send_again(rita)
    assert rules(app) == {"no-page"}


def test_the_form_of_another_post_is_doubtful(
    rita: Browser, app: Flask, post: Post, make_post: MakePost
) -> None:
    make_post("Elsewhere")
    rita.get("/posts/elsewhere")
    made = rita.page.select_one("[name=made]")["value"]
    assert rita.submit(PAGE, {**REPLY, "made": made}).status_code == 200
    send_again(rita)
    assert rules(app) == {"other-page"}


@pytest.mark.parametrize("settings", [{"BLOG_REPLY_MIN_SECONDS": "3"}])
def test_who_types_too_quickly_is_doubtful_and_who_takes_a_year_is_not(
    rita: Browser, app: Flask, post: Post, clock: Traveller, settings: dict[str, str]
) -> None:
    clock.move_to(now(), tick=False)
    rita.get(PAGE)
    assert rita.submit(None, REPLY).status_code == 200
    send_again(rita)
    assert rules(app) == {"too-quick"}
    rita.get(PAGE)
    clock.shift(365 * 24 * 3600)
    assert rita.submit(None, {**REPLY, "body": "At last."}).status_code == 303
    assert comments(app)[1].status == "approved"


def test_a_key_for_one_post_opens_no_other(
    rita: Browser, app: Flask, post: Post, make_post: MakePost
) -> None:
    make_post("Elsewhere")
    rita.submit(PAGE, {**REPLY, "subject": "SEO"})
    doubt = rita.page.select_one("[name=doubt]")["value"]
    words = {**REPLY, "subject": "SEO", "doubt": doubt}
    assert rita.submit("/posts/elsewhere", words).status_code == 200
    assert comments(app) == []


def test_words_may_be_changed_before_a_doubtful_reply_is_sent_again(
    rita: Browser, app: Flask, post: Post
) -> None:
    rita.submit(PAGE, {**REPLY, "subject": "SEO"})
    rita.submit(None, {"body": "Better words."}, button="Preview")
    send_again(rita)
    assert comments(app)[0].source == "Better words."
    assert rules(app) == {"trap"}
