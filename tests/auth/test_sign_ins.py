"""What people see and change about themselves: their sign-ins and their password."""

import pytest
from flask import Flask

from blog.auth.models import SignIn
from blog.extensions import db
from tests.browser import Browser, path_of
from tests.conftest import PASSWORD, MakeBrowser

OLGA = "olga@staff.example"
NEW = "tall orange kettle"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def phone(olga: Browser, browser: MakeBrowser) -> Browser:
    """Olga's telephone, signed in as well."""
    return browser().signed_in(OLGA, PASSWORD)


def is_in(browser: Browser) -> bool:
    return browser.get("/account", follow_redirects=False).status_code == 200


def test_olga_sees_where_she_is_signed_in(olga: Browser, browser: MakeBrowser) -> None:
    data = {"email": OLGA, "password": PASSWORD}
    browser().submit("/login", data, headers={"User-Agent": FIREFOX})
    olga.get("/account")
    rows = [row.get_text(" ", strip=True) for row in olga.page.select("table.rows tbody tr")]
    assert len(rows) == 2
    assert rows[0].startswith("Firefox on Linux")
    assert "(this one)" not in rows[0]
    assert "(this one)" in rows[1]


def test_olga_signs_her_telephone_out_from_afar(olga: Browser, phone: Browser) -> None:
    olga.get("/account")
    row = olga.page.select("table.rows tbody tr")[0]
    form = row.select_one("form")
    assert form is not None
    answer = olga.submit(None, form=f'form[action="{form["action"]}"]')
    assert (answer.status_code, path_of(answer)) == (303, "/account")
    assert is_in(olga)
    assert not is_in(phone)


def test_ending_the_sign_in_that_one_uses_is_signing_out(olga: Browser) -> None:
    olga.get("/account")
    answer = olga.submit(None, form='form[action="/account/sign-ins/1/end"]')
    assert path_of(answer) == "/"
    assert not is_in(olga)


def test_mo_cannot_end_a_sign_in_of_olgas(olga: Browser, mo: Browser) -> None:
    mo.get("/account")
    token = mo.page.select_one("input[name=csrf_token]")
    assert token is not None
    answer = mo.post("/account/sign-ins/1/end", {"csrf_token": token["value"]})
    assert answer.status_code == 404
    assert is_in(olga)


def test_numbers_that_are_no_sign_in_are_not_found(olga: Browser) -> None:
    olga.get("/account")
    token = olga.page.select_one("input[name=csrf_token]")
    assert token is not None
    for number in ("0", "-1", "99", "9" * 30, "1x"):
        answer = olga.post(f"/account/sign-ins/{number}/end", {"csrf_token": token["value"]})
        assert answer.status_code == 404, number


def test_a_new_password_ends_the_other_sign_ins(olga: Browser, phone: Browser) -> None:
    answer = olga.submit("/account", {"current_password": PASSWORD, "password": NEW})
    assert answer.status_code == 303
    olga.get(path_of(answer))
    assert "Your password was changed" in olga.text
    assert is_in(olga)
    assert not is_in(phone)
    assert phone.submit("/login", {"email": OLGA, "password": PASSWORD}).status_code == 422
    assert phone.submit("/login", {"email": OLGA, "password": NEW}).status_code == 303


def test_after_a_new_password_only_this_browser_is_known(
    olga: Browser, phone: Browser, browser: MakeBrowser
) -> None:
    olga.submit("/account", {"current_password": PASSWORD, "password": NEW})
    olga.submit("/account", form='form[action="/logout"]')
    other = browser()
    for n in range(10):
        other.address = f"203.0.113.{n}"
        other.submit("/login", {"email": OLGA, "password": "wrong wrong wrong"})
    assert phone.submit("/login", {"email": OLGA, "password": NEW}).status_code == 429
    assert olga.submit("/login", {"email": OLGA, "password": NEW}).status_code == 303


@pytest.mark.one_database
def test_the_current_password_is_asked(olga: Browser, phone: Browser) -> None:
    answer = olga.submit("/account", {"current_password": "not my password", "password": NEW})
    assert answer.status_code == 422
    assert olga.errors == {"current_password": "That is not your current password."}
    assert is_in(phone)


@pytest.mark.one_database
def test_a_bad_new_password_changes_nothing(olga: Browser, browser: MakeBrowser) -> None:
    for password in ("short", "password1234", "olga@staff.example", "x" * 1025, ""):
        answer = olga.submit("/account", {"current_password": PASSWORD, "password": password})
        assert answer.status_code == 422
        assert set(olga.errors) == {"password"}
    assert browser().submit("/login", {"email": OLGA, "password": PASSWORD}).status_code == 303


def test_looking_at_the_account_changes_nothing(app: Flask, olga: Browser) -> None:
    with app.app_context():
        before = db.session.query(SignIn).one().started_at
    answer = olga.get("/account")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "private, no-store"
    with app.app_context():
        assert db.session.query(SignIn).one().started_at == before


@pytest.mark.one_database
def test_rita_and_a_stranger_have_no_account(rita: Browser) -> None:
    answer = rita.get("/account", follow_redirects=False)
    assert (answer.status_code, path_of(answer)) == (303, "/login?next=/account")


@pytest.mark.one_database
def test_a_browser_that_says_strange_things_is_shown_as_text(
    olga: Browser, browser: MakeBrowser
) -> None:
    data = {"email": OLGA, "password": PASSWORD}
    strange = "<script>alert(1)</script>" + "x" * 5000
    browser().submit("/login", data, headers={"User-Agent": strange})
    olga.get("/account")
    assert olga.page.select("main script") == []
    assert "<script>alert(1)</script>" in olga.page.get_text()
