"""Olga types, and what she typed is kept as she goes; nobody else sees any of it."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from blog.auth.models import SignIn
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post
from tests.browser import Browser, fields_of

JSON = {"Accept": "application/json"}
NEW = "/desk/posts/new"


def open_sheet(olga: Browser, at: str = NEW) -> dict[str, Any]:
    """What the sheet holds when it is opened."""
    olga.get(at)
    form = olga.page.select_one("form.form")
    assert form is not None
    return fields_of(form)


def autosave(olga: Browser, sheet: dict[str, Any], **words: Any) -> TestResponse:
    """What the script of the editor sends, as often as it wants to. Heard, it knows the new version."""
    sheet.update(words, turn=str(int(sheet["turn"] or 0) + 1))
    at = sheet.get("at", "/desk/posts/autosave")
    answer = olga.post(at, {k: v for k, v in sheet.items() if k != "at"}, headers=JSON)
    if answer.status_code in {200, 201}:
        sheet["at"], sheet["base"] = answer.json["autosave"], str(answer.json["version"])
    return answer


def test_what_is_typed_on_a_new_sheet_becomes_a_draft_that_can_be_opened_again(
    olga: Browser, stranger: Browser, app: Flask
) -> None:
    sheet = open_sheet(olga)
    assert autosave(olga, sheet, title="", body="").status_code == 422  # nobody has typed anything
    answer = autosave(olga, sheet, title="", body="It was a dark", tags="Ni", slug="No Slug!")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "private, no-store")
    assert set(answer.json) == {"id", "version", "saved_at", "edit", "autosave"}
    assert autosave(olga, sheet, body="It was a dark and stormy").status_code == 200
    again = open_sheet(olga, answer.json["edit"])
    assert (again["body"], again["tags"]) == ("It was a dark and stormy", "Ni")
    for path in ("/", "/feed.xml", "/sitemap.xml", "/archive"):
        assert b"stormy" not in stranger.get(path).data
    assert "Untitled" in olga.read("/desk/posts")
    olga.submit(answer.json["edit"], {"title": "Night", "slug": ""}, button="Publish")
    assert "It was a dark and stormy" in stranger.read("/posts/night")


def test_a_sheet_whose_first_answer_was_lost_begins_no_second_post(
    olga: Browser, app: Flask
) -> None:
    sheet = open_sheet(olga)
    for body in ("One", "One two"):
        assert autosave(olga, {**sheet}, title="Bees", body=body).status_code in {200, 201}
    olga.post("/desk/posts", {**sheet, "title": "Bees", "body": "One two three", "turn": "9"})
    olga.post("/desk/posts", {**sheet, "title": "Bees", "body": "One two three", "turn": "9"})
    with app.app_context():
        post = db.session.scalars(db.select(Post)).one()
        assert (post.slug, post.source) == ("bees", "One two three")


@pytest.mark.one_database
def test_an_autosave_refuses_only_what_is_too_long(olga: Browser) -> None:
    sheet = open_sheet(olga)
    for field, too_long in {"title": 201, "body": 200_001, "summary": 501, "slug": 101}.items():
        answer = autosave(olga, {**sheet}, **{field: "x" * too_long})
        assert answer.status_code == 422
        assert list(answer.json["errors"]) == [field]


def test_a_script_is_told_to_sign_in_and_goes_on_with_what_it_holds(
    olga: Browser, app: Flask
) -> None:
    sheet = open_sheet(olga)
    with app.app_context(), write_tx():
        db.session.query(SignIn).delete()
    referred = {"Referer": f"{olga.base_url}{NEW}"}
    answer = olga.post("/desk/posts/autosave", {**sheet, "body": "One"}, headers=JSON | referred)
    assert (answer.status_code, answer.json) == (401, {"sign_in": f"/login?next={NEW}"})
    olga.signed_in("olga@staff.example", "correct horse battery staple")
    sheet["csrf_token"] = "of another day"
    answer = autosave(olga, sheet, body="One")
    assert answer.status_code == 403
    sheet["csrf_token"] = answer.json["csrf_token"]
    assert autosave(olga, sheet, body="One").status_code == 201
    answer = olga.post("/desk/posts/99/autosave", sheet, headers=JSON)
    assert (answer.status_code, list(answer.json)) == (404, ["error"])


def test_the_editor_is_shown_what_the_public_would_see(olga: Browser) -> None:
    token = {"csrf_token": open_sheet(olga)["csrf_token"]}
    body = "# Bees\n\nThey are *busy*: 蜜蜂很忙. ![Theirs](https://bees.example/b.png) <script>"
    answer = olga.post("/desk/posts/rendering", {**token, "body": body}, headers=JSON)
    assert "<em>busy</em>" in answer.json["html"]
    assert "<script>" not in answer.json["html"]
    assert (answer.json["words"], answer.json["minutes"]) == (10, 1)
    assert answer.json["foreign_images"] == ["https://bees.example/b.png"]
    two = {"one": "Bees <b> are busy.", "other": "Bees <b> were busy."}
    answer = olga.post("/desk/posts/comparison", {**token, **two}, headers=JSON)
    assert "Bees &lt;b&gt; <del>" in answer.json["html"]
    assert "were" in answer.json["html"].partition("<ins>")[2].partition("</ins>")[0]
