"""How the author and the moderators get their accounts."""

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from blog import keys
from blog.auth import links, mails
from blog.auth.models import Invitation, Role, SecondAuthor, TakenEmail, User
from blog.database import write_tx
from blog.extensions import db
from blog.outbox import Outbox
from tests.browser import BASE_URL, Browser, path_of
from tests.conftest import PASSWORD, MakeBrowser

WORDS = {"name": "Olga", "email": "Olga@Example.org", "password": PASSWORD}
MIAS_WORDS = {"name": "Mia", "password": PASSWORD}

HOST = "127.0.0.1"  # where cookies belong


def setup_path(app: Flask) -> str:
    """Where the printed set-up link leads."""
    with app.app_context():
        return links.to_set_up().removeprefix(BASE_URL)


@pytest.fixture
def setup_link(app: Flask) -> str:
    return setup_path(app)


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    """What a command or a worker does: no request is under way."""
    with app.app_context():
        yield


def invite(olga: Browser, name: str = "Mia", email: str = "mia@example.org") -> str:
    """Olga invites somebody; the link that she passes on."""
    answer = olga.submit("/desk/people", {"name": name, "email": email})
    assert answer.status_code == 303, olga.text
    olga.get("/desk/people")
    field = olga.page.select_one("input[id^=link-]")
    assert field is not None
    return str(field["value"]).removeprefix(BASE_URL)


def test_the_set_up_link_makes_olga_the_author_and_lets_her_in(
    setup_link: str, browser: MakeBrowser, app: Flask
) -> None:
    someone = browser()
    answer = someone.submit(setup_link, WORDS)
    assert (answer.status_code, path_of(answer)) == (303, "/desk")
    someone.get("/account")
    assert "the author" in someone.text
    with app.app_context():
        author = User.author()
        assert author is not None
        assert (author.name, author.email) == ("Olga", "olga@example.org")


def test_the_set_up_link_works_once(setup_link: str, browser: MakeBrowser) -> None:
    browser().submit(setup_link, WORDS)
    late = browser()
    assert late.get(setup_link).status_code == 410
    assert "This blog has its author" in late.text
    assert late.post(setup_link, {**WORDS, "email": "eve@example.org"}).status_code == 410


def test_two_set_up_pages_at_once_make_one_author(
    setup_link: str, browser: MakeBrowser, app: Flask
) -> None:
    people = [browser() for _ in range(3)]
    for person in people:
        person.get(setup_link)
    codes: list[int] = []

    def begin(person: Browser, number: int) -> None:
        words = {**WORDS, "email": f"olga{number}@example.org"}
        codes.append(person.submit(None, words).status_code)

    threads = [threading.Thread(target=begin, args=(each, n)) for n, each in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [303, 410, 410]
    with app.app_context():
        assert len(User.staff()) == 1


def test_the_set_up_link_is_good_for_a_day(
    setup_link: str, stranger: Browser, clock: time_machine.Traveller
) -> None:
    clock.shift(86_390)
    assert stranger.get(setup_link).status_code == 200
    clock.shift(30)
    assert stranger.get(setup_link).status_code == 410


@pytest.mark.one_database
def test_a_key_for_one_thing_opens_no_other(app: Flask, stranger: Browser, olga: Browser) -> None:
    with app.app_context():
        author = User.author()
        assert author is not None
        reset = keys.reset(author.id, author.reset_nonce)
        setup = keys.setup("author")
    assert stranger.get(f"/setup/{reset}").status_code == 404
    assert stranger.get(f"/invitations/{reset}").status_code == 404
    assert stranger.get(f"/resets/{setup}").status_code == 404
    assert stranger.get("/setup/made-up-by-a-stranger").status_code == 404


BAD_WORDS = (
    ("name", ""),
    ("name", "\u200b"),
    ("name", "n" * 101),
    ("email", "olga"),
    ("email", "olga@example.org\nBcc: all@example.org"),
    ("email", "olga@" + "e" * 250 + ".org"),
    ("password", "short"),
    ("password", "password1234"),
    ("password", "olga@example.org"),
    ("password", "k" * 1025),
)


@pytest.mark.one_database
def test_bad_words_set_up_nothing(setup_link: str, stranger: Browser, app: Flask) -> None:
    for field, value in BAD_WORDS:
        assert stranger.submit(setup_link, {**WORDS, field: value}).status_code == 422
        assert set(stranger.errors) == {field}
        kept = stranger.page.select_one("input[name=name]")
        assert kept is not None
        assert field == "name" or kept["value"] == "Olga"
        assert PASSWORD not in str(stranger.page)
    with app.app_context():
        assert User.author() is None


def test_there_is_one_author_whoever_asks(olga: Browser, inside: None) -> None:
    with pytest.raises(SecondAuthor), write_tx():
        User.create(role=Role.AUTHOR, name="Eve", email="eve@example.org", password_hash="x")


def test_the_database_itself_refuses_a_second_author(olga: Browser, inside: None) -> None:
    with pytest.raises(sa.exc.IntegrityError), write_tx():
        db.session.add(User(role=Role.AUTHOR, name="Eve", email="eve@x.org", password_hash="x"))


def test_there_may_be_many_moderators_with_an_address_each(mo: Browser, inside: None) -> None:
    with write_tx():
        User.create(role=Role.MODERATOR, name="Eve", email="eve@x.org", password_hash="x")
    with pytest.raises(TakenEmail), write_tx():
        User.create(role=Role.MODERATOR, name="Mo", email="MO@Staff.example", password_hash="x")


def test_mia_is_invited_and_joins_as_a_moderator(
    olga: Browser, browser: MakeBrowser, app: Flask
) -> None:
    link = invite(olga)
    mia = browser()
    mia.get(link)
    name = mia.page.select_one("input[name=name]")
    assert name is not None
    assert name["value"] == "Mia"
    answer = mia.submit(None, MIAS_WORDS)
    assert (answer.status_code, path_of(answer)) == (303, "/moderation")
    mia.get("/account")
    assert "a moderator" in mia.text
    assert "mia@example.org" in mia.text
    assert mia.get("/desk/people").status_code == 403


def test_an_invitation_is_good_for_one(olga: Browser, browser: MakeBrowser) -> None:
    link = invite(olga)
    browser().submit(link, MIAS_WORDS)
    late = browser()
    assert late.get(link).status_code == 410
    assert late.post(link, MIAS_WORDS).status_code == 410
    olga.get("/desk/people")
    assert olga.page.select("input[id^=link-]") == []
    assert "mia@example.org" in olga.text


def test_an_invitation_that_was_used_on_another_page_meanwhile_is_gone(
    olga: Browser, browser: MakeBrowser
) -> None:
    link = invite(olga)
    slow = browser()
    slow.get(link)
    browser().submit(link, MIAS_WORDS)
    assert slow.submit(None, MIAS_WORDS).status_code == 410


def test_an_invited_person_cannot_choose_another_address_or_role(
    olga: Browser, browser: MakeBrowser, app: Flask
) -> None:
    mia = browser()
    mia.get(invite(olga))
    token = mia.page.select_one("input[name=csrf_token]")
    assert token is not None
    words = {**MIAS_WORDS, "email": "eve@x.org", "role": "author", "csrf_token": token["value"]}
    assert mia.post(mia.path, words).status_code == 303
    with app.app_context():
        user = User.by_email("mia@example.org")
        assert user is not None
        assert user.role is Role.MODERATOR


def test_olga_takes_an_invitation_back(olga: Browser, stranger: Browser) -> None:
    link = invite(olga)
    answer = olga.submit(None, form="form[action$=revocation]")
    assert answer.status_code == 303
    assert stranger.get(link).status_code == 410
    assert (
        olga.submit("/desk/people", {"name": "Mia", "email": "mia@example.org"}).status_code == 303
    )


def test_taking_back_what_is_not_there_is_not_found(olga: Browser) -> None:
    invite(olga)
    token = olga.page.select_one("input[name=csrf_token]")
    assert token is not None
    for number in ("99", "9" * 30):
        answer = olga.post(
            f"/desk/people/invitations/{number}/revocation", {"csrf_token": token["value"]}
        )
        assert answer.status_code == 404


def test_an_invitation_lasts_a_fortnight_however_often_olga_looks_at_it(
    olga: Browser, stranger: Browser, clock: time_machine.Traveller
) -> None:
    invite(olga)
    clock.shift(13 * 86_400)
    olga.get("/desk/people")
    field = olga.page.select_one("input[id^=link-]")
    assert field is not None
    link = str(field["value"]).removeprefix(BASE_URL)
    assert stranger.get(link).status_code == 200
    clock.shift(2 * 86_400)
    assert stranger.get(link).status_code == 410
    olga.get("/desk/people")
    assert "too old to be followed" in olga.text


def test_a_mail_carries_nobody_elses_invitation(olga: Browser, inside: None) -> None:
    """SQLite gives the number of an invitation that was taken back to the next one."""
    invite(olga)
    row = db.session.scalars(sa.select(Outbox).where(Outbox.kind == "invitation")).one()
    assert mails.compose_invitation(row) is not None
    with write_tx():
        invitation = db.session.get_one(Invitation, row.subject_id)
        invitation.email = "nina@example.org"
    assert mails.compose_invitation(row) is None


def test_inviting_again_voids_the_first_link(olga: Browser, stranger: Browser) -> None:
    first = invite(olga)
    second = invite(olga, email="MIA@example.org")
    assert stranger.get(first).status_code == 410
    assert stranger.get(second).status_code == 200


def test_nobody_is_invited_who_is_here_already(olga: Browser, mo: Browser) -> None:
    answer = olga.submit("/desk/people", {"name": "Mo", "email": "mo@staff.example"})
    assert answer.status_code == 409
    assert set(olga.errors) == {"email"}


@pytest.mark.one_database
def test_bad_words_invite_nobody(olga: Browser, app: Flask) -> None:
    for field, value in (("name", ""), ("email", "mia"), ("email", "mia@x")):
        words = {"name": "Mia", "email": "mia@example.org", field: value}
        assert olga.submit("/desk/people", words).status_code == 422
        assert set(olga.errors) == {field}
    with app.app_context():
        assert db.session.query(Invitation).count() == 0


def test_the_invitation_is_mailed(olga: Browser, app: Flask) -> None:
    invite(olga)
    with app.app_context():
        row = db.session.query(Outbox).filter_by(kind="invitation").one()
        assert row.person == "mia@example.org"
        letter = mails.compose_invitation(row)
        assert letter is not None
        assert letter.subject == "Olga invites you to Your Website"
        assert f"{BASE_URL}/invitations/" in letter.text


def test_a_mail_about_an_invitation_that_was_taken_back_is_not_sent(
    olga: Browser, app: Flask
) -> None:
    invite(olga)
    olga.submit(None, form="form[action$=revocation]")
    with app.app_context():
        row = db.session.query(Outbox).filter_by(kind="invitation").one()
        assert mails.compose_invitation(row) is None


@pytest.mark.one_database
def test_only_the_author_sees_and_invites_people(mo: Browser, rita: Browser) -> None:
    assert mo.get("/desk/people").status_code == 403
    assert rita.get("/desk/people", follow_redirects=False).status_code == 303
    mo.get("/account")
    token = mo.page.select_one("input[name=csrf_token]")
    assert token is not None
    words = {"name": "Eve", "email": "eve@x.org", "csrf_token": token["value"]}
    assert mo.post("/desk/people/invitations", words).status_code == 403


@pytest.mark.one_database
def test_opening_the_links_changes_nothing(olga: Browser, browser: MakeBrowser, app: Flask) -> None:
    link = invite(olga)
    scanner = browser()
    for _ in range(3):
        assert scanner.get(link).status_code == 200
    with app.app_context():
        assert db.session.query(Invitation).one().accepted_at is None
        assert len(User.staff()) == 1


@pytest.mark.one_database
def test_a_lost_cookie_keeps_what_was_typed(setup_link: str, stranger: Browser) -> None:
    stranger.get(setup_link)
    stranger.client.delete_cookie("afterword", domain=HOST)
    assert stranger.submit(None, WORDS).status_code == 400
    assert "cookie" in stranger.text
    name = stranger.page.select_one("input[name=name]")
    assert name is not None
    assert name["value"] == "Olga"
    assert stranger.submit(None, {"password": PASSWORD}).status_code == 303


@pytest.mark.one_database
def test_a_lost_cookie_on_a_dead_link_says_that_the_link_is_dead(
    setup_link: str, olga: Browser, stranger: Browser
) -> None:
    assert stranger.post(setup_link, WORDS).status_code == 410
    assert stranger.post("/setup/made-up-by-a-stranger", WORDS).status_code == 404
