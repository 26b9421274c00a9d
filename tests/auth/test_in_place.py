"""A session that ended, or a token that does not fit, costs nobody what they typed."""

import pytest
from flask import Flask

from blog.auth import sessions
from blog.auth.models import SignIn
from blog.database import DatabaseBusy, write_tx
from blog.extensions import db
from tests.browser import Browser, fields_of, path_of
from tests.conftest import PASSWORD

pytestmark = pytest.mark.one_database

OLGA = "olga@staff.example"
SIGN_IN = {"sign-in-email": OLGA, "sign-in-password": PASSWORD}
INVITE = "/desk/people/invitations"

HOST = "127.0.0.1"  # where cookies belong


@pytest.fixture
def words(olga: Browser) -> dict[str, str]:
    """What Olga typed into the form on her desk: an invitation."""
    olga.get("/desk/people")
    form = olga.page.select_one(f'form[action="{INVITE}"]')
    assert form is not None
    return {**fields_of(form), "name": 'Mia "the bee" <b>', "email": "mia@example.org"}


def sign_in_and_send(browser: Browser) -> None:
    """Sign in on the page that is open; the answer 307 makes a browser send the same fields on."""
    form = browser.page.select_one("main form")
    assert form is not None
    answer = browser.submit(None, SIGN_IN)
    assert answer.status_code == 307
    sent = {**fields_of(form), **SIGN_IN}
    assert browser.post(path_of(answer), sent).status_code == 303


def end_all_sign_ins(app: Flask) -> None:
    with app.app_context(), write_tx():
        db.session.query(SignIn).delete()


def invited(browser: Browser) -> list[str]:
    browser.get("/desk/people")
    return [heading.get_text() for heading in browser.page.select("article h3")]


def test_the_sign_in_page_stands_in_place_and_says_that_nothing_is_lost(
    app: Flask, olga: Browser, words: dict[str, str]
) -> None:
    end_all_sign_ins(app)
    answer = olga.post(INVITE, words)
    assert answer.status_code == 403
    assert "What you typed is kept and will be sent when you have signed in" in olga.text
    shown = olga.page.select_one("details")
    assert shown is not None
    assert 'Mia "the bee" <b>' in shown.get_text()
    form = olga.page.select_one("main form")
    assert form is not None
    assert form["action"] == f"/login?next={INVITE}"
    assert fields_of(form)["name"] == 'Mia "the bee" <b>'


def test_what_was_typed_is_sent_after_signing_in(
    app: Flask, olga: Browser, words: dict[str, str]
) -> None:
    end_all_sign_ins(app)
    olga.post(INVITE, words)
    answer = olga.submit(None, SIGN_IN)
    assert (answer.status_code, path_of(answer)) == (307, INVITE)


def test_the_browser_sends_it_and_it_is_taken(
    app: Flask, olga: Browser, words: dict[str, str]
) -> None:
    end_all_sign_ins(app)
    olga.post(INVITE, words)
    sign_in_and_send(olga)
    assert invited(olga) == ['Mia "the bee" <b>']


def test_a_button_without_fields_is_pressed_after_signing_in(
    app: Flask, olga: Browser, words: dict[str, str]
) -> None:
    olga.post(INVITE, words)
    end_all_sign_ins(app)
    olga.post(f"{INVITE}/1/revocation", {"csrf_token": words["csrf_token"]})
    sign_in_and_send(olga)
    assert invited(olga) == []


def test_a_lost_cookie_costs_nothing_either(olga: Browser, words: dict[str, str]) -> None:
    olga.client.delete_cookie("afterword", domain=HOST)
    assert olga.post(INVITE, words).status_code == 403
    sign_in_and_send(olga)
    assert invited(olga) == ['Mia "the bee" <b>']


def test_a_token_that_does_not_fit_costs_nothing_either(
    olga: Browser, words: dict[str, str]
) -> None:
    assert olga.post(INVITE, {**words, "csrf_token": "of another day"}).status_code == 403
    assert "sign-in-email" in str(olga.page)
    sign_in_and_send(olga)
    assert invited(olga) == ['Mia "the bee" <b>']


def test_a_wrong_password_keeps_it_all(app: Flask, olga: Browser, words: dict[str, str]) -> None:
    end_all_sign_ins(app)
    olga.post(INVITE, words)
    for _ in range(2):
        answer = olga.submit(None, {**SIGN_IN, "sign-in-password": "not the password"})
        assert answer.status_code == 422
        assert "not the password" not in str(olga.page)
    sign_in_and_send(olga)
    assert invited(olga) == ['Mia "the bee" <b>']


def test_a_slowed_sign_in_keeps_it_all(app: Flask, olga: Browser, words: dict[str, str]) -> None:
    end_all_sign_ins(app)
    olga.post(INVITE, words)
    for _ in range(11):
        answer = olga.submit(None, {**SIGN_IN, "sign-in-password": "not the password"})
    assert answer.status_code == 429
    form = olga.page.select_one("main form")
    assert form is not None
    assert fields_of(form)["email"] == "mia@example.org"


def test_a_busy_database_keeps_it_all(
    app: Flask, olga: Browser, words: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_user: object) -> None:
        raise DatabaseBusy

    end_all_sign_ins(app)
    olga.post(INVITE, words)
    with monkeypatch.context() as patch:
        patch.setattr(sessions, "begin", busy)
        assert olga.submit(None, SIGN_IN).status_code == 503
    sign_in_and_send(olga)
    assert invited(olga) == ['Mia "the bee" <b>']


def test_a_cookie_lost_at_the_second_step_keeps_it_all(
    app: Flask, olga: Browser, words: dict[str, str]
) -> None:
    olga.client.delete_cookie("afterword", domain=HOST)
    olga.post(INVITE, words)
    olga.client.delete_cookie("afterword", domain=HOST)
    assert olga.submit(None, SIGN_IN).status_code == 400
    sign_in_and_send(olga)
    assert invited(olga) == ['Mia "the bee" <b>']


def test_a_long_post_is_kept_whole(app: Flask, olga: Browser) -> None:
    olga.get("/desk/people")
    end_all_sign_ins(app)
    text = "Bees & <wasps>\r\n" * 12_500
    assert olga.post("/desk/posts", {"title": "On bees", "body": text}).status_code == 403
    form = olga.page.select_one("main form")
    assert form is not None
    assert fields_of(form)["body"].replace("\r\n", "\n") == text.replace("\r\n", "\n")
    assert olga.submit(None, SIGN_IN).status_code == 307


def test_passwords_and_tokens_are_not_carried(olga: Browser, app: Flask) -> None:
    olga.get("/account")
    end_all_sign_ins(app)
    data = {"current_password": PASSWORD, "password": "tall orange kettle", "csrf_token": "token"}
    olga.post("/account/password", data)
    assert PASSWORD not in str(olga.page)
    assert "tall orange kettle" not in str(olga.page)
    form = olga.page.select_one("main form")
    assert form is not None
    names = {name for name in fields_of(form) if "csrf_token" not in name}
    assert names == {"sign-in-email", "sign-in-password"}


NOT_OURS: tuple[dict[str, str | None], ...] = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": None},
)


@pytest.mark.parametrize("signed_in", [True, False])
def test_what_another_site_sends_is_never_kept_to_be_signed(
    app: Flask, olga: Browser, words: dict[str, str], signed_in: bool
) -> None:
    if not signed_in:
        end_all_sign_ins(app)
    for headers in NOT_OURS:
        answer = olga.post(INVITE, {**words, "csrf_token": "made up"}, headers=headers)
        assert answer.status_code == 403
        assert "Mia" not in str(olga.page)
        assert "sign-in-email" not in str(olga.page)


def test_no_page_elsewhere_brings_words_to_the_sign_in_page(
    olga: Browser, stranger: Browser
) -> None:
    forged = {**SIGN_IN, "name": "Eve", "email": "eve@x.org"}
    for headers in ({"Origin": None}, {"Origin": "https://evil.example"}):
        stranger.post(f"/login?next={INVITE}", forged, headers=headers)
        assert "Eve" not in str(stranger.page)
        assert "sign-in-email" not in str(stranger.page)


def test_a_link_to_the_sign_in_page_makes_nobody_send_anything(
    olga: Browser, stranger: Browser
) -> None:
    data = {"email": OLGA, "password": PASSWORD}
    answer = stranger.submit(f"/login?next={INVITE}", data)
    assert answer.status_code == 303


def test_kept_words_never_leave_the_site(app: Flask, olga: Browser, words: dict[str, str]) -> None:
    end_all_sign_ins(app)
    olga.post(INVITE, words)
    form = olga.page.select_one("main form")
    assert form is not None
    answer = olga.post("/login?next=//evil.example/", {**fields_of(form), **SIGN_IN})
    assert answer.status_code == 303
    assert path_of(answer) == "/desk"


def test_reading_a_closed_page_leads_to_sign_in_and_back(rita: Browser) -> None:
    answer = rita.get("/moderation?status=spam", follow_redirects=False)
    assert answer.status_code == 303
    assert path_of(answer) == "/login?next=/moderation?status%3Dspam"


def test_the_way_on_keeps_what_stood_behind_the_question_mark(app: Flask, olga: Browser) -> None:
    end_all_sign_ins(app)
    olga.post(f"{INVITE}?from=here", {"name": "Mia", "email": "mia@example.org"})
    answer = olga.submit(None, SIGN_IN)
    assert path_of(answer) == f"{INVITE}?from=here"
