"""What is no text reaches no form: each says so at the field, and changes nothing."""

import io
from itertools import product
from typing import Any

import pytest
from flask import Flask

from blog.auth.models import Attempt, Invitation, SignIn, User
from blog.extensions import db
from tests.auth.test_joining import invite, setup_path
from tests.browser import Browser
from tests.conftest import PASSWORD

pytestmark = pytest.mark.one_database

NUL = b"before\0after@example.org"
SURROGATE = b"before\xed\xa0\x80after@example.org"
BROKEN = b"before\xff\xfeafter@example.org"


def multipart(fields: dict[str, bytes]) -> dict[str, Any]:
    """A form as bytes, for what no browser and no library would write."""
    parts = (
        b'--bee\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)
        for name, value in fields.items()
    )
    body = b"".join(parts) + b"--bee--\r\n"
    return {"data": body, "content_type": "multipart/form-data; boundary=bee"}


def counts(app: Flask) -> list[int]:
    with app.app_context():
        return [db.session.query(kind).count() for kind in (User, SignIn, Invitation, Attempt)]


def token_of(browser: Browser, path: str) -> str:
    browser.get(path)
    field = browser.page.select_one("input[name=csrf_token]")
    assert field is not None
    return str(field["value"])


GOOD = {
    "name": b"Mia",
    "email": b"mia@example.org",
    "password": b"tall orange kettle",
    "current_password": PASSWORD.encode(),
}
FORMS = pytest.mark.parametrize(
    ("page", "action", "names"),
    [
        ("/login", "/login", ("email", "password")),
        ("/resets", "/resets", ("email",)),
        ("/desk/people", "/desk/people/invitations", ("name", "email")),
        ("/account", "/account/password", ("current_password", "password")),
    ],
)


def refuses_damage(app: Flask, who: Browser, action: str, names: tuple[str, ...]) -> bool:
    """Whether the form that is open refuses every kind of damage in every field."""
    field = who.page.select_one("main input[name=csrf_token]")
    assert field is not None
    good = {name: GOOD[name] for name in names} | {"csrf_token": str(field["value"]).encode()}
    before = counts(app)
    for bad, value in product(names, (NUL, SURROGATE, BROKEN)):
        answer = who.post(action, **multipart({**good, bad: value}))
        assert (answer.status_code, bad in who.errors) == (422, True), (bad, value)
    return counts(app) == before


@FORMS
def test_damaged_text_is_an_error_at_its_field(
    app: Flask, olga: Browser, page: str, action: str, names: tuple[str, ...]
) -> None:
    who = olga if page.startswith(("/desk", "/account")) else Browser(app)
    who.get(page)
    assert refuses_damage(app, who, action, names)


def test_damaged_text_sets_up_no_blog(app: Flask, stranger: Browser) -> None:
    link = setup_path(app)
    stranger.get(link)
    assert refuses_damage(app, stranger, link, ("name", "email", "password"))


def test_damaged_text_accepts_no_invitation(app: Flask, olga: Browser, stranger: Browser) -> None:
    link = invite(olga)
    stranger.get(link)
    assert refuses_damage(app, stranger, link, ("name", "password"))


@FORMS
def test_a_file_is_no_text(
    app: Flask, olga: Browser, page: str, action: str, names: tuple[str, ...]
) -> None:
    who = olga if page.startswith(("/desk", "/account")) else Browser(app)
    token = token_of(who, page)
    before = counts(app)
    for bad in names:
        data: dict[str, object] = {name: GOOD[name].decode() for name in names}
        data |= {bad: (io.BytesIO(b"a picture"), "bee.png"), "csrf_token": token}
        answer = who.post(action, data, content_type="multipart/form-data")
        assert (answer.status_code, set(who.errors)) == (422, {bad})
    assert counts(app) == before


def test_bytes_that_are_no_text_do_no_harm_in_a_plain_form(olga: Browser, app: Flask) -> None:
    token = token_of(olga, "/desk/people").encode()
    body = b"name=Mia%ED%A0%80&email=mia@x.org&csrf_token=" + token
    form = "application/x-www-form-urlencoded"
    olga.post("/desk/people/invitations", body, content_type=form)
    with app.app_context():
        assert db.session.query(Invitation).one().name == "Mia%ED%A0%80"
    raw = body.replace(b"%ED%A0%80", b"\xed\xa0\x80")
    assert olga.post("/desk/people/invitations", raw, content_type=form).status_code == 403


def test_json_and_nothing_at_all_are_empty_forms(stranger: Browser) -> None:
    for path in ("/login", "/resets"):
        assert stranger.post(path, json={"email": ["a"], "password": 7}).status_code == 400
        assert stranger.post(path).status_code == 400
        assert stranger.post(path, b"\xff\xfe", content_type="text/plain").status_code == 400


def test_the_same_field_twice_is_the_first_one(olga: Browser, app: Flask) -> None:
    token = token_of(olga, "/desk/people")
    data = {"name": ["Mia", "Eve"], "email": ["mia@x.org", "eve@x.org"], "csrf_token": token}
    assert olga.post("/desk/people/invitations", data).status_code == 303
    with app.app_context():
        assert db.session.query(Invitation).one().email == "mia@x.org"


def test_a_name_is_one_visible_line(olga: Browser, app: Flask) -> None:
    token = token_of(olga, "/desk/people")
    data = {"name": " Mia\r\n\tthe\u202e  bee ", "email": "mia@x.org", "csrf_token": token}
    assert olga.post("/desk/people/invitations", data).status_code == 303
    with app.app_context():
        assert db.session.query(Invitation).one().name == "Mia the bee"
