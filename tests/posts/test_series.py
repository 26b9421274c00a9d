"""Posts that belong together are read in an order: by their numbers, and else by their dates."""

from datetime import timedelta

import pytest
from flask import Flask
from time_machine import Traveller

from blog.clock import now
from blog.database import write_tx
from blog.extensions import db
from blog.posts import instalments
from blog.posts.models import Kind, Post
from tests.browser import Browser, path_of
from tests.comments.test_statements import MOST_FOR_A_READER, cost
from tests.conftest import MakePost

GARDEN = "Our garden"


def parts(person: Browser) -> list[str]:
    """The titles on the page of the series."""
    person.get("/series/our-garden")
    return [found.text for found in person.page.select("main ol a")]


def around(person: Browser, slug: str) -> tuple[str, list[str]]:
    """What the page of a post says of its place in the series, and where it leads."""
    person.get(f"/posts/{slug}")
    place = person.page.select_one(".post-meta a[href^='/series/']")
    way = person.page.select(".neighbours[aria-label^=Series] p")
    return (place.text if place else ""), [step.get_text(" ", strip=True) for step in way]


def test_a_series_is_read_from_part_to_part(
    olga: Browser, rita: Browser, make_post: MakePost
) -> None:
    for title, number in (("Soil", None), ("Seeds", None), ("Tools", 2), ("Plan", 1)):
        make_post(title, series=GARDEN, series_number=number)
    make_post("Frost", series=GARDEN, published=False)
    make_post("Elsewhere")
    assert parts(rita) == ["Plan", "Tools", "Soil", "Seeds"]
    olga.get("/desk/series/1")
    titles = [cell.text for cell in olga.page.select("tbody td:first-child")]
    assert titles == ["Plan", "Tools", "Soil", "Seeds", "Frost"]
    assert around(rita, "plan") == ("Part 1 of 4 of “Our garden”", ["Next part Tools"])
    assert around(rita, "soil") == (
        "Part 3 of 4 of “Our garden”",
        ["Previous part Tools", "Next part Seeds"],
    )
    assert around(rita, "elsewhere") == ("", [])
    olga.submit(
        "/desk/posts/2",
        {"series": "OUR GARDEN!", "series_number": "3"},
        button="Publish the changes",
    )
    assert parts(rita) == ["Plan", "Tools", "Seeds", "Soil"]
    # It is called as it is called: nothing waits to be published.
    assert "not published yet" not in olga.read("/desk/posts/2")
    olga.submit("/desk/posts/4", {"series": ""}, button="Publish the changes")
    assert parts(rita) == ["Tools", "Seeds", "Soil"]
    assert around(rita, "tools")[0] == "Part 1 of 3 of “Our garden”"
    olga.submit(
        "/desk/posts/3", {"kind": Kind.PAGE.value, "slug": "tools"}, button="Publish the changes"
    )
    assert parts(rita) == ["Seeds", "Soil"]


def test_what_is_not_public_shows_nowhere_in_a_series(
    app: Flask, rita: Browser, make_post: MakePost, clock: Traveller
) -> None:
    make_post("First", series=GARDEN)
    later = make_post("Later", series=GARDEN, published=False)
    make_post("Draft", series="Hidden garden", published=False)
    with app.app_context(), write_tx():
        db.session.get_one(Post, later.id).publish(now() + timedelta(hours=1))
    assert parts(rita) == ["First"]
    assert around(rita, "first") == ("Part 1 of 1 of “Our garden”", [])
    for path in ("/sitemap.xml", "/", "/feed.xml", "/archive", "/search?q=hidden+garden"):
        assert "idden-garden" not in rita.get(path).text.lower(), path
    assert rita.get("/series/hidden-garden").status_code == 404
    assert "/series/our-garden<" in rita.get("/sitemap.xml").text
    clock.shift(timedelta(hours=2))
    assert parts(rita) == ["First", "Later"]
    assert around(rita, "first")[1] == ["Next part Later"]


def test_a_series_is_renamed_described_and_thrown_away(
    olga: Browser, rita: Browser, make_post: MakePost
) -> None:
    make_post("Soil", series=GARDEN)
    make_post("Empty", series="Nothing yet", published=False)
    said = {"name": "The garden", "description": "From soil to soup."}
    assert olga.submit("/desk/series/1", said).status_code == 303
    answer = rita.get("/series/our-garden", follow_redirects=False)
    assert (answer.status_code, path_of(answer)) == (301, "/series/the-garden")
    assert "From soil to soup." in rita.read("/series/the-garden")
    olga.get("/desk/posts/1")
    assert olga.page.select_one("[name=series]")["value"] == "The garden"
    assert "not published yet" not in olga.text
    assert olga.submit("/desk/series/2", {"name": "Our Garden"}).status_code == 422
    assert list(olga.errors) == ["name"]
    olga.submit("/desk/series/2", {"name": "Nothing"})
    assert rita.get("/series/nothing-yet", follow_redirects=False).status_code == 404
    token = olga.get("/desk/series/1") and olga.page.select_one("input[name=csrf_token]")["value"]
    assert olga.post("/desk/series/1/deletion", {"csrf_token": token}).status_code == 409
    olga.submit("/desk/posts/2", {"series": ""}, button="Save draft")
    assert olga.submit("/desk/series/2", button="Delete").status_code == 303
    assert "Nothing" not in olga.read("/desk/series")
    for wrong in (
        {"series": "!!!"},
        {"series": "x" * 101},
        {"series_number": "0"},
        {"series_number": "one"},
    ):
        assert (
            olga.submit("/desk/posts/1", wrong, button="Publish the changes").status_code == 422
        ), wrong
        assert list(olga.errors) == list(wrong)


def test_only_a_post_in_a_series_asks_for_its_place(
    app: Flask, rita: Browser, make_post: MakePost
) -> None:
    make_post("Alone")
    for number in range(30):
        make_post(f"Part {number}", series=GARDEN)
    alone = cost(app, rita, "/posts/alone")
    assert cost(app, rita, "/posts/part-15") == alone + 1 <= MOST_FOR_A_READER


def test_a_long_series_has_pages(
    rita: Browser, make_post: MakePost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instalments, "PARTS", 2)
    for number in range(3):
        make_post(f"Part {number}", series=GARDEN)
    assert parts(rita) == ["Part 0", "Part 1"]
    rita.get(rita.page.select_one("a[rel=next]")["href"])
    assert [rita.page.select_one("main ol")["start"], rita.page.select_one("main ol a").text] == [
        "3",
        "Part 2",
    ]
    assert rita.get("/series/our-garden?page=3").status_code == 404
