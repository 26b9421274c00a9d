"""Olga sets her site: what she chooses holds at once, and nothing that she types is lost."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from blog.site.models import Site
from tests.browser import Browser, fields_of
from tests.lived_in import dump

CHOSEN = {
    "title": "Olga’s <Bees> & more",
    "tagline": "Since 1999",
    "language": "de",
    "time_zone": "Europe/Berlin",
    "accent": "#8a2be2",
    "rel_me": "https://social.example/@olga\nhttps://code.example/olga",
    "security_contact": "mailto:olga@example.org",
}

# What is not among them cannot be shown again.
CHOICES = {"language"}

WRONG = (
    ("title", ""),
    ("title", "   "),
    ("title", "x" * 101),
    ("title", "a\0b"),
    ("tagline", "x" * 201),
    ("language", "xx"),
    ("time_zone", ""),
    ("time_zone", "Middle/Earth"),
    ("time_zone", "localtime"),
    ("time_zone", "../../etc/passwd"),
    ("accent", "red"),
    ("accent", "#12345"),
    ("accent", "#123456;"),
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


def test_a_new_site_is_called_your_website(olga: Browser, app: Flask) -> None:
    olga.get("/desk/settings")
    assert fields_of(form_of(olga)) | {"csrf_token": ""} == {
        "title": "Your Website",
        "tagline": "",
        "language": "en",
        "time_zone": "UTC",
        "accent": "#006b6b",
        "rel_me": "",
        "security_contact": "",
        "spam_filter": "y",
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
    assert settings_of(app) == Site(**CHOSEN)
    rita.get("/")
    assert rita.page.select_one("header .site-title").text == CHOSEN["title"]
    assert rita.page.select_one(".site-tagline").text == CHOSEN["tagline"]
    assert rita.page.title.text.endswith(CHOSEN["title"])


@pytest.mark.one_database
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


def test_a_time_zone_is_found_however_it_is_typed(olga: Browser, app: Flask) -> None:
    olga.get("/desk/settings")
    offered = {option["value"] for option in olga.page.select("datalist option")}
    assert {"UTC", "Asia/Tokyo", "America/Argentina/Buenos_Aires"} <= offered
    olga.submit("/desk/settings", {"time_zone": " america/new york "})
    assert settings_of(app).time_zone == "America/New_York"
    summer = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert summer.astimezone(settings_of(app).zone).hour == 8
    assert Site(time_zone="Middle/Earth").zone is UTC


@pytest.mark.one_database
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
