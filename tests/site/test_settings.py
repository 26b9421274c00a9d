"""Olga sets her site: what she chooses holds at once, and nothing that she types is lost."""

from typing import Any

import pytest
from flask import Flask

from blog.posts.models import Post
from blog.site.models import Hold, Site
from tests.browser import Browser, fields_of
from tests.lived_in import dump

CHOSEN = {
    "title": "Olga’s <Bees> & more",
    "tagline": "Since 1999",
    "language": "de",
    "accent": "#8a2be2",
    "hold": "everything",
    "held_links": "0",
    "hold_words": "honey\nwax & wool",
    "trash_words": "wasp",
    "rel_me": "https://social.example/@olga\nhttps://code.example/olga",
    "security_contact": "mailto:olga@example.org",
}

# What is not among them cannot be shown again.
CHOICES = {"hold", "language"}

WRONG = (
    ("title", ""),
    ("title", "   "),
    ("title", "x" * 101),
    ("title", "a\0b"),
    ("tagline", "x" * 201),
    ("language", "xx"),
    ("accent", "red"),
    ("accent", "#12345"),
    ("accent", "#123456;"),
    ("hold", "sometimes"),
    ("hold", ""),
    ("held_links", ""),
    ("held_links", "two"),
    ("held_links", "-1"),
    ("held_links", "101"),
    ("held_links", "2.5"),
    ("held_links", "9" * 30),
    ("held_links", "9" * 5_000),
    ("hold_words", "x" * 20_001),
    ("trash_words", "x" * 20_001),
    ("trash_words", "a\0b"),
    ("rel_me", "https://social.example/@olga\njavascript:alert(1)"),
    ("rel_me", "social.example/@olga"),
    ("rel_me", "https://olga@evil.example"),
    ("rel_me", "https://example.org/" + "x" * 2_000),
    ("security_contact", "olga@example.org"),
    ("security_contact", "mailto:olga"),
    ("security_contact", "http://example.org/security"),
    ("security_contact", "mailto:olga@example.org Expires: never"),
)


def settings_of(app: Flask) -> Site:
    with app.app_context():
        return Site.load()


def test_a_new_site_is_called_your_website_and_holds_first_timers(
    olga: Browser, app: Flask
) -> None:
    olga.get("/desk/settings")
    assert fields_of(form_of(olga)) | {"csrf_token": ""} == {
        "title": "Your Website",
        "tagline": "",
        "language": "en",
        "accent": "#006b6b",
        "hold": "first-timers",
        "held_links": "2",
        "hold_words": "",
        "trash_words": "",
        "rel_me": "",
        "security_contact": "",
        "csrf_token": "",
    }


def test_what_olga_chooses_is_kept_and_shown_at_once(
    olga: Browser, rita: Browser, app: Flask
) -> None:
    answer = olga.submit("/desk/settings", CHOSEN)
    assert answer.status_code == 303
    olga.get(answer.headers["Location"])
    assert olga.page.select_one("[role=status]").text == "Saved."
    assert fields_of(form_of(olga)).items() >= CHOSEN.items()
    assert settings_of(app) == Site(**{**CHOSEN, "held_links": 0, "hold": Hold.EVERYTHING})
    rita.get("/")
    assert rita.page.select_one("header .site-title").text == CHOSEN["title"]
    assert rita.page.select_one(".site-tagline").text == CHOSEN["tagline"]
    assert rita.page.title.text.endswith(CHOSEN["title"])


@pytest.mark.parametrize(
    ("hold", "status"),
    [("everything", "awaiting"), ("first-timers", "awaiting"), ("nothing", "approved")],
)
def test_what_is_held_follows_the_settings_from_the_next_reply_on(
    olga: Browser, rita: Browser, post: Post, hold: str, status: str
) -> None:
    olga.submit("/desk/settings", {"hold": hold})
    fields = {"body": "Hello bees", "name": "Rita", "email": "rita@example.org"}
    rita.submit("/posts/on-bees", fields, form="#respond form", follow=True)
    assert status in rita.page.select_one("[role=status]").text


def test_a_wrong_value_is_said_at_its_field_and_everything_typed_stays(
    olga: Browser, app: Flask
) -> None:
    before = dump(app)
    for field, value in WRONG:
        assert olga.submit("/desk/settings", {**CHOSEN, field: value}).status_code == 422
        assert list(olga.errors) == [field], value
        kept = fields_of(form_of(olga))
        others = {name: typed for name, typed in CHOSEN.items() if name != field}
        assert kept.items() >= others.items()
        if field not in CHOICES and value.strip() and "\0" not in value:
            assert kept[field] == value
    assert dump(app) == before


def test_the_settings_say_that_without_mail_everybody_is_held(olga: Browser) -> None:
    olga.get("/desk/settings")
    assert "No mail is set up (BLOG_MAIL_URL)" in olga.page.select_one("#hold-note").text


class TestWithMail:
    @pytest.fixture
    def settings(self) -> dict[str, str]:
        return {"BLOG_MAIL_URL": "smtp://127.0.0.1:1"}

    def test_the_settings_say_nothing_of_mail(self, olga: Browser) -> None:
        olga.get("/desk/settings")
        assert "No mail is set up" not in olga.text


@pytest.mark.parametrize("fields", [{}, {"title": "Bees"}])
def test_a_form_without_its_fields_changes_nothing(
    olga: Browser, app: Flask, fields: dict[str, Any]
) -> None:
    olga.get("/desk/settings")
    fields["csrf_token"] = fields_of(form_of(olga))["csrf_token"]
    before = dump(app)
    assert olga.post("/desk/settings", fields).status_code == 422
    assert dump(app) == before


def form_of(person: Browser) -> Any:
    """The form with the settings."""
    return person.page.select_one("form[action='/desk/settings']")
