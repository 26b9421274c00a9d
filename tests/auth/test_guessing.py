"""Guessing passwords is slow work, and keeps nobody out who belongs here."""

import threading
from typing import Any

import pytest
import time_machine
from flask import Flask

from blog.auth.models import Attempt
from blog.extensions import db
from tests.browser import Browser
from tests.conftest import PASSWORD, MakeBrowser

OLGA, MO = "olga@staff.example", "mo@staff.example"

HOST = "127.0.0.1"  # where cookies belong


def guess(browser: Browser, email: str, password: str = "wrong wrong wrong") -> int:
    if browser.answer is None or not browser.page.select("input[name=password]"):
        browser.get("/login")
    return browser.submit(None, {"email": email, "password": password}).status_code


def guess_often(make: MakeBrowser, email: str, times: int = 10) -> list[int]:
    """Guess from another address each time, as a botnet would."""
    guesser, codes = make(), []
    for n in range(times):
        guesser.address = f"203.0.113.{n}"
        codes.append(guess(guesser, email))
    return codes


def test_after_ten_failures_even_the_right_password_waits(
    olga: Browser, browser: MakeBrowser, stranger: Browser
) -> None:
    assert guess_often(browser, OLGA) == [422] * 10
    assert guess(stranger, OLGA, PASSWORD) == 429
    assert stranger.answer is not None
    assert 1 <= int(stranger.answer.headers["Retry-After"]) <= 60
    assert "a browser in which you signed in before" in stranger.text
    assert stranger.page.select_one('a[href="/resets"]') is not None
    field = stranger.page.select_one("input[name=email]")
    assert field is not None
    assert field["value"] == OLGA


def test_an_account_that_does_not_exist_is_slowed_alike(
    browser: MakeBrowser, stranger: Browser
) -> None:
    assert guess_often(browser, "nobody@staff.example") == [422] * 10
    assert guess(stranger, "nobody@staff.example") == 429


def test_the_slowed_may_try_once_a_minute(
    olga: Browser, browser: MakeBrowser, stranger: Browser, clock: time_machine.Traveller
) -> None:
    guess_often(browser, OLGA)
    clock.shift(61)
    assert guess(stranger, OLGA) == 422
    assert guess(stranger, OLGA) == 429
    clock.shift(61)
    assert guess(stranger, OLGA, PASSWORD) == 303


def test_an_hour_later_all_is_forgotten(
    olga: Browser, browser: MakeBrowser, stranger: Browser, clock: time_machine.Traveller
) -> None:
    guess_often(browser, OLGA)
    clock.shift(3601)
    assert [guess(stranger, OLGA) for _ in range(2)] == [422, 422]


def test_the_browser_that_olga_used_before_is_not_slowed(
    olga: Browser, browser: MakeBrowser
) -> None:
    olga.submit("/account", form='form[action="/logout"]')
    guess_often(browser, OLGA)
    assert guess(olga, OLGA) == 422
    assert guess(olga, OLGA, PASSWORD) == 303


def test_a_known_browser_has_ten_tries_of_its_own(olga: Browser, browser: MakeBrowser) -> None:
    olga.submit("/account", form='form[action="/logout"]')
    olga.address = "192.0.2.50"
    assert [guess(olga, OLGA) for _ in range(10)] == [422] * 10
    assert guess(olga, OLGA, PASSWORD) == 429
    assert guess(browser(), OLGA, PASSWORD) == 303


def test_the_browser_of_one_person_is_not_known_for_another(
    olga: Browser, mo: Browser, browser: MakeBrowser
) -> None:
    mo.submit("/account", form='form[action="/logout"]')
    guess_often(browser, OLGA)
    assert guess(mo, OLGA, PASSWORD) == 429


def test_a_mark_that_was_made_up_is_worth_nothing(
    olga: Browser, browser: MakeBrowser, stranger: Browser
) -> None:
    guess_often(browser, OLGA)
    stranger.client.set_cookie("known-1", "WzEsImEuYiJd.made.up", domain=HOST)
    assert guess(stranger, OLGA, PASSWORD) == 429


def test_an_address_that_guesses_is_slowed_for_every_account(
    olga: Browser, mo: Browser, stranger: Browser, browser: MakeBrowser
) -> None:
    codes = [guess(stranger, f"somebody{n}@staff.example") for n in range(10)]
    assert codes == [422] * 10
    assert guess(stranger, MO, PASSWORD) == 429
    assert guess(browser(address="192.0.2.1"), MO, PASSWORD) == 303


def test_the_neighbours_of_who_guesses_get_in_with_browsers_they_used_before(
    olga: Browser, stranger: Browser
) -> None:
    olga.submit("/account", form='form[action="/logout"]')
    olga.address = stranger.address
    for n in range(10):
        guess(stranger, f"somebody{n}@staff.example")
    assert guess(olga, OLGA, PASSWORD) == 303


def test_a_whole_ipv6_network_is_one_address(browser: MakeBrowser) -> None:
    guesser = browser()
    for n in range(10):
        guesser.address = f"2001:db8:1:2::{n:x}"
        guess(guesser, f"somebody{n}@staff.example")
    assert guess(browser(address="2001:db8:1:2:ffff::1"), MO) == 429
    assert guess(browser(address="2001:db8:1:3::1"), MO) == 422


def test_good_sign_ins_are_not_counted(olga: Browser, browser: MakeBrowser, app: Flask) -> None:
    for _ in range(12):
        assert guess(browser(), OLGA, PASSWORD) == 303
    with app.app_context():
        assert db.session.query(Attempt).count() == 0


def test_tries_are_forgotten_after_a_day_and_name_nobody(
    app: Flask, stranger: Browser, clock: time_machine.Traveller
) -> None:
    guess(stranger, OLGA)
    with app.app_context():
        kept = db.session.query(Attempt).one()
        assert OLGA not in f"{kept.account} {kept.address}"
        assert stranger.address not in f"{kept.account} {kept.address}"
    clock.shift(86_401)
    guess(stranger, "another@staff.example")
    with app.app_context():
        assert db.session.query(Attempt).count() == 1


def test_many_guesses_at_once_are_counted_too(
    app: Flask, olga: Browser, browser: MakeBrowser
) -> None:
    guessers = [browser(address=f"203.0.113.{n}") for n in range(14)]
    for guesser in guessers:
        guesser.get("/login")
    codes: list[Any] = []

    def try_it(guesser: Browser) -> None:
        data = {"email": OLGA, "password": "wrong wrong wrong"}
        codes.append(guesser.submit(None, data).status_code)

    threads = [threading.Thread(target=try_it, args=(each,)) for each in guessers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [422] * 10 + [429] * 4


def test_a_password_is_not_guessed_from_a_session_that_was_left_open(olga: Browser) -> None:
    words = {"current_password": "wrong wrong wrong", "password": "tall orange kettle"}
    olga.get("/account")
    codes = [olga.submit(None, words).status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]
    assert "current_password" in olga.errors


@pytest.mark.one_database
@pytest.mark.parametrize("page", ["/login", "/resets"])
def test_requests_are_limited_for_the_sake_of_the_machine(
    app: Flask, stranger: Browser, page: str
) -> None:
    from blog.extensions import limiter

    limiter.enabled = True
    limiter.reset()
    try:
        stranger.get(page)
        answers = [stranger.post(page, {"email": "x"}).status_code for _ in range(61)]
    finally:
        limiter.enabled = False
        limiter.reset()
    assert answers[-1] == 429
    assert answers.count(429) == 1
