"""Olga sets her site: what she chooses holds at once, and nothing that she types is lost."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.robotparser import RobotFileParser

import pytest
from flask import Flask
from time_machine import Traveller

from blog.posts.models import Kind
from blog.site.models import Site
from tests.browser import Browser, fields_of
from tests.conftest import MakeBrowser, MakePost
from tests.lived_in import dump

CHOSEN = {
    "title": "Olga’s <Bees> & more",
    "tagline": "Since 1999",
    "language": "de",
    "time_zone": "Europe/Berlin",
    "accent": "#8a2be2",
    "rel_me": "https://social.example/@olga\nhttps://code.example/olga",
    "security_contact": "mailto:olga@example.org",
    "posts_per_page": "3",
    "author_card": "I keep *bees*.",
    "close_after_days": "90",
    "custom_css": "p { color: red; }",
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
    *(("posts_per_page", wrong) for wrong in ("", "0", "51", "many", "1.5")),
    *(("close_after_days", wrong) for wrong in ("", "-1", "3651")),
    ("author_card", "x" * 1_001),
    ("custom_css", "p { color: red; "),
    ("custom_css", "p {}" * 5_001),
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
    assert fields_of(form_of(olga)) | {"csrf_token": "", "shown": ""} == {
        "shown": "",
        "title": "Your Website",
        "tagline": "",
        "language": "en",
        "time_zone": "UTC",
        "accent": "#006b6b",
        "rel_me": "",
        "security_contact": "",
        "spam_filter": "y",
        "posts_per_page": "10",
        "author_card": "",
        "opens_posts": "y",
        "close_after_days": "0",
        "custom_css": "",
        "robots": "y",
        "ai_crawlers": "y",
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
    kept = {**CHOSEN, "posts_per_page": 3, "close_after_days": 90}
    assert settings_of(app) == Site(**kept)
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


def test_two_tabs_save_what_was_changed_in_each(
    olga: Browser, browser: MakeBrowser, app: Flask
) -> None:
    other = browser()
    other.client = olga.client  # another tab of the same browser
    olga.get("/desk/settings")
    other.get("/desk/settings")
    assert other.submit(None, {"tagline": "From there", "robots": None}).status_code == 303
    # The first tab still shows the settings from before.
    assert olga.submit(None, {"title": "From here"}).status_code == 303
    assert settings_of(app) == Site(title="From here", tagline="From there", robots=False)
    # Both change the same.
    olga.get("/desk/settings")
    other.get("/desk/settings")
    other.submit(None, {"tagline": "Theirs"})
    answer = olga.submit(None, {"tagline": "Mine", "title": "Mine, too"})
    assert answer.status_code == 409
    assert "to “Theirs”" in olga.errors["tagline"]
    assert list(olga.errors) == ["tagline"]
    assert settings_of(app).title == "From here"
    assert olga.submit(None, button="Save the settings").status_code == 303
    assert settings_of(app) == Site(title="Mine, too", tagline="Mine", robots=False)


def test_a_page_has_as_many_posts_as_olga_says(
    olga: Browser, rita: Browser, make_post: MakePost
) -> None:
    for number in range(5):
        make_post(f"Post {number}", tags=["Bees"])
    rita.get("/")
    olga.submit("/desk/settings", {"posts_per_page": "2"})
    for path, titles in {
        "/": ["Post 4", "Post 3"],
        "/?page=3": ["Post 0"],
        "/tags/bees?page=2": ["Post 2", "Post 1"],
    }.items():
        rita.get(path)
        assert [found.text for found in rita.page.select(".post-summary-title")] == titles
    assert rita.get("/?page=4").status_code == 404


def test_a_card_of_the_author_stands_below_posts_when_olga_says_so(
    olga: Browser, rita: Browser, make_post: MakePost
) -> None:
    make_post("On bees")
    make_post("About", kind=Kind.PAGE)
    olga.submit("/desk/settings", {"author_card": "I keep *bees*. <script>alert(1)</script>"})
    rita.get("/posts/on-bees")
    assert not rita.page.select("aside")
    olga.submit("/desk/settings", {"shows_author_card": "y"})
    rita.get("/posts/on-bees")
    card = rita.page.select_one("aside")
    assert card.h2.text == "About the author"
    assert card.em.text == "bees"
    assert not card.script
    rita.get("/about")
    assert not rita.page.select("aside")


def test_new_posts_begin_as_olga_says(olga: Browser) -> None:
    olga.submit("/desk/settings", {"opens_posts": None})
    olga.get("/desk/posts/new")
    assert olga.page.select_one("[name=closed]").has_attr("checked")
    olga.submit(None, {"title": "Bees", "body": "Bees."}, button="Save draft")
    olga.submit("/desk/posts/1", button="Publish")
    olga.get("/posts/bees")
    assert not olga.page.select("#respond form")


def test_posts_that_say_nothing_of_their_own_close_when_the_site_says_so(
    olga: Browser, rita: Browser, make_post: MakePost, clock: Traveller
) -> None:
    make_post("Follows")
    make_post("About", kind=Kind.PAGE)
    clock.shift(timedelta(days=3))

    def takes_replies(path: str) -> bool:
        rita.get(path)
        return bool(rita.page.select("#respond form"))

    for days, is_open in (("0", True), ("2", False), ("4", True)):
        olga.submit("/desk/settings", {"close_after_days": days})
        assert takes_replies("/posts/follows") is is_open, days
        assert takes_replies("/about")
    clock.shift(timedelta(days=2))
    assert not takes_replies("/posts/follows")


def test_search_engines_and_crawlers_are_told_what_olga_says(
    olga: Browser, rita: Browser, make_post: MakePost
) -> None:
    make_post("On bees")
    pages = ("/", "/posts/on-bees", "/feed.xml", "/archive", "/robots.txt", "/nowhere", "/login")
    for path in pages:
        assert "X-Robots-Tag" not in rita.get(path).headers
    usual = rita.get("/robots.txt").text
    olga.submit("/desk/settings", {"robots": None})
    for path in pages:
        for _kept in range(2):
            assert rita.get(path).headers["X-Robots-Tag"] == "noindex, nofollow", path
    # Who may not look would not read that; what there is, nobody lists.
    assert "Sitemap" not in rita.get("/robots.txt").text
    assert "Disallow: /\n" not in rita.get("/robots.txt").text
    assert (
        rita.get("/sitemap.xml").status_code == rita.get("/sitemap-posts-1.xml").status_code == 404
    )
    olga.submit("/desk/settings", {"robots": "y", "ai_crawlers": None})
    asked = RobotFileParser()
    asked.parse(rita.get("/robots.txt").text.splitlines())
    for name, may in {"GPTBot": False, "CCBot": False, "Googlebot": True, "Mozilla": True}.items():
        assert asked.can_fetch(name, "/posts/on-bees") is may, name
    assert not asked.can_fetch("Googlebot", "/desk/")
    assert asked.site_maps()
    olga.submit("/desk/settings", {"ai_crawlers": "y"})
    assert rita.get("/robots.txt").text == usual
    assert "X-Robots-Tag" not in rita.get("/").headers


def form_of(person: Browser) -> Any:
    """The form with the settings."""
    return person.page.select_one("form[action='/desk/settings']")
