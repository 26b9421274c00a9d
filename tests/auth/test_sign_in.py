"""Signing in and out."""

from urllib.parse import urlencode

import pytest
import time_machine
from flask import Flask

from blog.auth.models import Role, SignIn, User
from blog.auth.passwords import hash_password
from blog.database import write_tx
from blog.extensions import db
from tests.browser import Browser, path_of
from tests.conftest import PASSWORD, MakeBrowser

HTTPS = {"BLOG_BASE_URL": "https://blog.example.org"}

HOST = "127.0.0.1"  # where cookies belong


def sign_in(browser: Browser, email: str, password: str, page: str = "/login") -> int:
    return browser.submit(page, {"email": email, "password": password}).status_code


def test_olga_signs_in_and_comes_to_her_desk(olga: Browser, browser: MakeBrowser) -> None:
    again = browser()
    answer = again.submit("/login", {"email": "olga@staff.example", "password": PASSWORD})
    assert (answer.status_code, path_of(answer)) == (303, "/desk")
    again.get("/account")
    assert "Olga" in again.text


def test_mo_signs_in_and_comes_to_the_queue(mo: Browser, browser: MakeBrowser) -> None:
    again = browser()
    answer = again.submit("/login", {"email": "mo@staff.example", "password": PASSWORD})
    assert path_of(answer) == "/moderation"


def test_the_letters_of_an_address_may_be_large_or_small(
    olga: Browser, browser: MakeBrowser
) -> None:
    assert sign_in(browser(), " OLGA@Staff.Example ", PASSWORD) == 303


@pytest.mark.one_database
def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(
    olga: Browser, browser: MakeBrowser
) -> None:
    known, unknown = browser(), browser()
    assert sign_in(known, "olga@staff.example", "not the password") == 422
    assert sign_in(unknown, "nobody@staff.example", "not the password") == 422
    assert known.text == unknown.text
    assert "do not belong together" in known.text


@pytest.mark.one_database
def test_what_was_typed_stays_but_never_the_password(stranger: Browser) -> None:
    sign_in(stranger, "olga@staff.example", "not the password")
    field = stranger.page.select_one("input[name=email]")
    assert field is not None
    assert field["value"] == "olga@staff.example"
    assert "not the password" not in str(stranger.page)


@pytest.mark.one_database
def test_nobody_is_hashed_for_who_sends_half_a_form(stranger: Browser) -> None:
    assert sign_in(stranger, "olga@staff.example", "") == 422
    assert set(stranger.errors) == {"password"}


@pytest.mark.one_database
def test_a_browser_never_cuts_a_password_that_is_pasted(stranger: Browser) -> None:
    stranger.get("/login")
    field = stranger.page.select_one("input[name=password]")
    assert field is not None
    assert not field.has_attr("maxlength")


@pytest.mark.one_database
def test_whoever_wanted_to_be_elsewhere_goes_on_there(olga: Browser, browser: MakeBrowser) -> None:
    for target in ("/desk", "/moderation?status=spam", "/account"):
        someone = browser()
        way = path_of(someone.get(target, follow_redirects=False))
        answer = someone.submit(way, {"email": "olga@staff.example", "password": PASSWORD})
        assert (answer.status_code, path_of(answer)) == (303, target)


AWAY = (
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "/%09/evil.example\n",
    "javascript:alert(1)",
    "evil.example",
    "",
    " /desk",
    "http:/desk",
)


@pytest.mark.one_database
def test_next_stays_on_this_site(olga: Browser) -> None:
    for target in AWAY:
        way = urlencode({"next": target})
        assert path_of(olga.get(f"/login?{way}", follow_redirects=False)) == "/desk", target


@pytest.mark.one_database
def test_next_stays_on_this_site_after_signing_in(olga: Browser, browser: MakeBrowser) -> None:
    someone = browser()
    data = {"email": "olga@staff.example", "password": PASSWORD}
    assert path_of(someone.submit("/login?next=//evil.example/", data)) == "/desk"


def test_who_is_signed_in_is_not_asked_again(olga: Browser) -> None:
    assert path_of(olga.get("/login?next=/account", follow_redirects=False)) == "/account"


def test_a_new_sign_in_takes_the_place_of_the_one_before(app: Flask, olga: Browser) -> None:
    before = olga.client.get_cookie("afterword", domain=HOST)
    olga.get("/account")
    token = olga.page.select_one("input[name=csrf_token]")
    assert token is not None
    data = {"email": "olga@staff.example", "password": PASSWORD, "csrf_token": token["value"]}
    assert olga.post("/login", data).status_code == 303
    with app.app_context():
        assert db.session.query(SignIn).count() == 1
    assert olga.client.get_cookie("afterword", domain=HOST) != before


def test_olga_signs_out_and_the_old_cookie_opens_nothing(olga: Browser, app: Flask) -> None:
    cookie = olga.client.get_cookie("afterword", domain=HOST)
    assert cookie is not None
    answer = olga.submit("/account", form='form[action="/logout"]')
    assert (answer.status_code, path_of(answer)) == (303, "/")
    olga.client.set_cookie("afterword", cookie.value, domain=HOST)
    assert olga.get("/account", follow_redirects=False).status_code == 303
    with app.app_context():
        assert db.session.query(SignIn).count() == 0


def test_signing_out_twice_is_no_error(olga: Browser) -> None:
    olga.submit("/account", form='form[action="/logout"]')
    assert olga.post("/logout").status_code == 303


@pytest.mark.one_database
def test_nobody_is_signed_out_by_looking(olga: Browser) -> None:
    assert olga.get("/logout").status_code == 405
    assert olga.get("/account").status_code == 200


@pytest.mark.one_database
def test_nobody_is_signed_out_by_another_site(olga: Browser) -> None:
    assert olga.post("/logout", headers={"Origin": "https://evil.example"}).status_code == 403
    assert olga.get("/account", follow_redirects=False).status_code == 200


@pytest.mark.one_database
def test_reading_and_asking_for_doors_gives_no_cookie(rita: Browser) -> None:
    for path in ("/", "/nowhere", "/moderation", "/desk", "/account", "/feed.xml", "/logout"):
        answer = rita.get(path, follow_redirects=False)
        assert "Set-Cookie" not in answer.headers, path


@pytest.mark.one_database
def test_the_sign_in_page_gives_the_first_cookie(rita: Browser) -> None:
    answer = rita.get("/login")
    assert [cookie.split("=")[0] for cookie in answer.headers.getlist("Set-Cookie")] == [
        "afterword"
    ]
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.one_database
def test_over_http_cookies_are_hidden_from_scripts_and_other_sites(
    olga: Browser, browser: MakeBrowser
) -> None:
    answer = browser().submit("/login", {"email": "olga@staff.example", "password": PASSWORD})
    cookies = answer.headers.getlist("Set-Cookie")
    assert sorted(cookie.split("=")[0] for cookie in cookies) == ["afterword", "known-1"]
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" not in cookie


class TestOverHttps:
    """The blog has an https address."""

    @pytest.fixture
    def settings(self) -> dict[str, str]:
        return HTTPS

    def test_cookies_are_secure_and_bound_to_the_host(
        self, app: Flask, browser: MakeBrowser, password_hash: str
    ) -> None:
        with app.app_context(), write_tx():
            User.create(
                role=Role.AUTHOR,
                name="Olga",
                email="olga@staff.example",
                password_hash=password_hash,
            )
        someone = browser(base_url=HTTPS["BLOG_BASE_URL"])
        answer = someone.submit("/login", {"email": "olga@staff.example", "password": PASSWORD})
        cookies = answer.headers.getlist("Set-Cookie")
        names = sorted(cookie.split("=")[0] for cookie in cookies)
        assert names == ["__Host-afterword", "__Host-known-1"]
        for cookie in cookies:
            assert "Secure; HttpOnly; Path=/; SameSite=Lax" in cookie
            assert "Domain" not in cookie


def test_the_session_lasts_a_year_and_no_longer(
    olga: Browser, clock: time_machine.Traveller
) -> None:
    clock.shift(364 * 86400)
    assert olga.get("/account", follow_redirects=False).status_code == 200
    clock.shift(2 * 86400)
    assert olga.get("/account", follow_redirects=False).status_code == 303


@pytest.mark.one_database
def test_the_cookie_names_neither_person_nor_address(
    app: Flask, olga: Browser, browser: MakeBrowser
) -> None:
    olga.submit("/account", form='form[action="/logout"]')
    again = browser().signed_in("olga@staff.example", PASSWORD)
    with again.client.session_transaction(base_url=again.base_url) as session:
        assert set(session) == {"_permanent", "_user_id", "csrf_token"}
        with app.app_context():
            row = db.session.query(SignIn).one()
            assert session["_user_id"] != row.token_hash


@pytest.mark.dear_passwords
def test_a_hash_of_other_costs_is_made_anew(app: Flask, browser: MakeBrowser) -> None:
    from argon2 import PasswordHasher

    cheap = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with app.app_context(), write_tx():
        User.create(role=Role.MODERATOR, name="Mo", email="mo@staff.example", password_hash=cheap)
    assert sign_in(browser(), "mo@staff.example", PASSWORD) == 303
    with app.app_context():
        user = User.by_email("mo@staff.example")
        assert user is not None
        assert "m=19456,t=2,p=1" in user.password_hash
    assert sign_in(browser(), "mo@staff.example", PASSWORD) == 303


def test_passwords_that_differ_at_the_very_end_are_two(app: Flask, browser: MakeBrowser) -> None:
    long = "a few words that do not belong together " * 25
    with app.app_context(), write_tx():
        User.create(
            role=Role.MODERATOR,
            name="Mo",
            email="mo@staff.example",
            password_hash=hash_password(long + "a"),
        )
    assert sign_in(browser(), "mo@staff.example", long + "b") == 422
    assert sign_in(browser(), "mo@staff.example", long + "a") == 303


@pytest.mark.one_database
def test_the_sign_in_page_refuses_what_comes_without_its_cookie(stranger: Browser) -> None:
    stranger.get("/login")
    stranger.client.delete_cookie("afterword", domain=HOST)
    answer = stranger.submit(None, {"email": "olga@staff.example", "password": PASSWORD})
    assert answer.status_code == 400
    assert "cookie" in stranger.text
    field = stranger.page.select_one("input[name=email]")
    assert field is not None
    assert field["value"] == "olga@staff.example"
    assert PASSWORD not in str(stranger.page)


@pytest.mark.one_database
def test_what_was_refused_for_its_token_is_good_when_sent_again(
    olga: Browser, browser: MakeBrowser
) -> None:
    someone = browser()
    someone.get("/login")
    someone.client.delete_cookie("afterword", domain=HOST)
    someone.submit(None, {"email": "olga@staff.example", "password": PASSWORD})
    assert someone.submit(None, {"password": PASSWORD}).status_code == 303


@pytest.mark.one_database
def test_another_site_signs_nobody_in(olga: Browser, browser: MakeBrowser) -> None:
    someone = browser()
    someone.get("/login")
    data = {"email": "olga@staff.example", "password": PASSWORD}
    answer = someone.submit(None, data, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    answer = someone.submit("/login", data, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
