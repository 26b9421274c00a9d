"""Setting a new password without the old one."""

import threading
import time

import pytest
import time_machine
from flask import Flask

from blog.auth import mails
from blog.auth.models import User
from blog.auth.passwords import hash_password
from blog.auth.resets import ANSWER_SECONDS
from blog.database import write_tx
from blog.extensions import db
from blog.outbox import Outbox
from tests.browser import BASE_URL, Browser, path_of
from tests.conftest import PASSWORD, MakeBrowser

OLGA = "olga@staff.example"
NEW = "tall orange kettle"

HOST = "127.0.0.1"  # where cookies belong


def ask(browser: Browser, email: str = OLGA) -> None:
    answer = browser.submit("/resets", {"email": email})
    assert (answer.status_code, path_of(answer)) == (303, "/resets/asked")


def mailed_link(app: Flask) -> str:
    with app.app_context():
        row = db.session.query(Outbox).filter_by(kind="reset").one()
        letter = mails.compose_reset(row)
        assert letter is not None
        found = next(line for line in letter.text.splitlines() if line.startswith(BASE_URL))
        return found.removeprefix(BASE_URL)


def mails_wanted(app: Flask) -> int:
    with app.app_context():
        return db.session.query(Outbox).filter_by(kind="reset").count()


def test_olga_sets_a_new_password_and_is_let_in(
    app: Flask, olga: Browser, browser: MakeBrowser
) -> None:
    someone = browser()
    ask(someone)
    answer = someone.submit(mailed_link(app), {"password": NEW})
    assert (answer.status_code, path_of(answer)) == (303, "/desk")
    assert someone.get("/account", follow_redirects=False).status_code == 200
    assert browser().submit("/login", {"email": OLGA, "password": PASSWORD}).status_code == 422
    assert browser().submit("/login", {"email": OLGA, "password": NEW}).status_code == 303


def test_a_reset_ends_every_sign_in(app: Flask, olga: Browser, browser: MakeBrowser) -> None:
    ask(browser())
    browser().submit(mailed_link(app), {"password": NEW})
    assert olga.get("/account", follow_redirects=False).status_code == 303


def test_a_reset_makes_all_browsers_strangers(
    app: Flask, olga: Browser, browser: MakeBrowser
) -> None:
    ask(browser())
    browser().submit(mailed_link(app), {"password": NEW})
    guesser = browser()
    for n in range(10):
        guesser.address = f"203.0.113.{n}"
        guesser.submit("/login", {"email": OLGA, "password": "wrong wrong wrong"})
    assert olga.submit("/login", {"email": OLGA, "password": NEW}).status_code == 429


def test_the_link_gets_through_when_sign_ins_are_slowed(
    app: Flask, olga: Browser, browser: MakeBrowser, stranger: Browser
) -> None:
    for _ in range(11):
        stranger.submit("/login", {"email": OLGA, "password": "wrong wrong wrong"})
    ask(stranger)
    assert stranger.submit(mailed_link(app), {"password": NEW}).status_code == 303


def test_the_link_dies_with_its_use(app: Flask, olga: Browser, browser: MakeBrowser) -> None:
    ask(browser())
    link = mailed_link(app)
    browser().submit(link, {"password": NEW})
    late = browser()
    assert late.get(link).status_code == 410
    assert "Ask for another one" in late.text
    assert late.post(link, {"password": "another good kettle"}).status_code == 410


def test_the_link_dies_when_the_password_is_changed_otherwise(
    app: Flask, olga: Browser, stranger: Browser
) -> None:
    ask(stranger)
    link = mailed_link(app)
    olga.submit("/account", {"current_password": PASSWORD, "password": NEW})
    assert stranger.get(link).status_code == 410


def test_the_link_is_good_for_an_hour(
    app: Flask, olga: Browser, stranger: Browser, clock: time_machine.Traveller
) -> None:
    ask(stranger)
    link = mailed_link(app)
    clock.shift(3590)
    assert stranger.get(link).status_code == 200
    clock.shift(30)
    assert stranger.get(link).status_code == 410


def test_of_two_who_use_the_link_at_once_one_succeeds(
    app: Flask, olga: Browser, browser: MakeBrowser
) -> None:
    ask(browser())
    link = mailed_link(app)
    people = [browser() for _ in range(3)]
    for person in people:
        person.get(link)
    codes: list[int] = []

    def use(person: Browser) -> None:
        codes.append(person.submit(None, {"password": NEW}).status_code)

    threads = [threading.Thread(target=use, args=(each,)) for each in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [303, 410, 410]


@pytest.mark.one_database
def test_known_and_unknown_accounts_get_the_same_answer(
    app: Flask, olga: Browser, browser: MakeBrowser
) -> None:
    known, unknown = browser(), browser()
    ask(known)
    ask(unknown, "nobody@staff.example")
    assert mails_wanted(app) == 1
    known.get("/resets/asked")
    unknown.get("/resets/asked")
    assert known.text == unknown.text


def test_the_answer_takes_as_long_for_an_unknown_account(
    olga: Browser, browser: MakeBrowser
) -> None:
    someone = browser()
    for email in (OLGA, "nobody@staff.example"):
        someone.get("/resets")
        began = time.monotonic()
        someone.submit(None, {"email": email})
        assert time.monotonic() - began >= ANSWER_SECONDS


def test_nobody_fills_olgas_mailbox(app: Flask, olga: Browser, browser: MakeBrowser) -> None:
    wanted = []
    for n in range(6):
        ask(browser(address=f"203.0.113.{n}"))
        wanted.append(mails_wanted(app))
        with app.app_context(), write_tx():  # the worker sends it
            db.session.query(Outbox).filter_by(kind="reset").delete()
    assert wanted == [1, 1, 1, 0, 0, 0]


def test_asking_for_links_slows_no_sign_in(olga: Browser, browser: MakeBrowser) -> None:
    someone = browser()
    for _ in range(11):
        ask(someone)
    assert someone.submit("/login", {"email": OLGA, "password": PASSWORD}).status_code == 303


@pytest.mark.one_database
def test_a_bad_password_sets_nothing_and_the_link_lives(
    app: Flask, olga: Browser, stranger: Browser
) -> None:
    ask(stranger)
    link = mailed_link(app)
    for password in ("short", "password1234", OLGA, "k" * 1025, ""):
        assert stranger.submit(link, {"password": password}).status_code == 422
        assert set(stranger.errors) == {"password"}
    assert stranger.submit(link, {"password": NEW}).status_code == 303


@pytest.mark.one_database
def test_opening_the_link_changes_nothing(app: Flask, olga: Browser, browser: MakeBrowser) -> None:
    ask(browser())
    link = mailed_link(app)
    scanner = browser()
    for _ in range(3):
        assert scanner.get(link).status_code == 200
    assert olga.get("/account", follow_redirects=False).status_code == 200


def test_no_mail_goes_to_an_account_that_has_moved(app: Flask, olga: Browser) -> None:
    ask(olga)
    with app.app_context():
        with write_tx():
            author = User.author()
            assert author is not None
            author.email = "olga@elsewhere.example"
        assert mails.compose_reset(db.session.query(Outbox).one()) is None


def test_whoever_runs_the_blog_sets_a_password_and_all_sign_ins_end(
    app: Flask, olga: Browser, browser: MakeBrowser
) -> None:
    kept = hash_password(NEW)
    with app.app_context(), write_tx():
        author = User.by_email(OLGA)
        assert author is not None
        author.set_password(kept)
    assert olga.get("/account", follow_redirects=False).status_code == 303
    assert browser().submit("/login", {"email": OLGA, "password": NEW}).status_code == 303


@pytest.mark.one_database
def test_a_lost_cookie_is_told_and_the_address_kept(stranger: Browser) -> None:
    stranger.get("/resets")
    stranger.client.delete_cookie("afterword", domain=HOST)
    assert stranger.submit(None, {"email": OLGA}).status_code == 400
    field = stranger.page.select_one("input[name=email]")
    assert field is not None
    assert field["value"] == OLGA
