"""Olga keeps her tags in order: what they are called, what they are about, and one where there were two."""

from flask import Flask
from sqlalchemy import select

from blog.extensions import db
from blog.posts.models import Tag
from tests.browser import Browser, path_of
from tests.conftest import MakePost


def tag_id(app: Flask, slug: str) -> int:
    with app.app_context():
        return db.session.scalars(select(Tag.id).where(Tag.slug == slug)).one()


def rows(person: Browser) -> dict[str, list[str]]:
    """The table of tags: name, then its counts."""
    person.get("/desk/tags")
    cells = [
        [cell.get_text(strip=True) for cell in row.select("td")]
        for row in person.page.select("tbody tr")
    ]
    return {name: counts for name, _about, *counts in cells}


def test_a_tag_is_described_and_renamed_and_its_old_address_leads_on(
    app: Flask, olga: Browser, rita: Browser, make_post: MakePost
) -> None:
    make_post("On bees", tags=["Bees"])
    make_post("Draft", tags=["Bees", "Secret"], published=False)
    assert rows(olga) == {"Bees": ["2", "1"], "Secret": ["1", "0"]}
    said = {"name": "Honey <bees>", "description": "All that hums & stings."}
    assert olga.submit(f"/desk/tags/{tag_id(app, 'bees')}", said).status_code == 303
    for old, new in {
        "/tags/bees": "/tags/honey-bees",
        "/tags/bees?page=2": None,
        "/tags/bees/feed.xml": "/tags/honey-bees/feed.xml",
        "/tags/bees/feed.rss": "/tags/honey-bees/feed.rss",
        "/tags/bees/feed.json": "/tags/honey-bees/feed.json",
    }.items():
        answer = rita.get(old, follow_redirects=False)
        assert answer.status_code == (301 if new else 404)
        assert not new or path_of(answer) == new
    rita.get("/tags/honey-bees")
    assert "All that hums & stings." in rita.text
    assert rita.page.select_one("meta[name=description]")["content"] == said["description"]
    assert "All that hums &amp; stings." in rita.get("/tags/honey-bees/feed.xml").text
    assert "All that hums &amp; stings." in rita.get("/tags/honey-bees/feed.rss").text
    assert rita.get("/tags/honey-bees/feed.json").json["description"] == said["description"]
    # Search knows the new name, and the text as before.
    assert "On bees" in rita.read("/search?q=honey")
    # Who writes the old name means the same tag.
    olga.submit("/desk/posts/2", {"tags": "BEES, secret"}, button="Save draft")
    assert rows(olga) == {"Honey <bees>": ["2", "1"], "Secret": ["1", "0"]}
    # It may be called that again.
    olga.submit(f"/desk/tags/{tag_id(app, 'honey-bees')}", {"name": "bees"})
    assert path_of(rita.get("/tags/honey-bees", follow_redirects=False)) == "/tags/bees"
    assert rita.get("/tags/bees", follow_redirects=False).status_code == 200


def test_two_tags_become_one_after_olga_has_seen_what_that_means(
    app: Flask, olga: Browser, rita: Browser, make_post: MakePost
) -> None:
    make_post("Both", tags=["JS", "JavaScript"])
    make_post("One", tags=["JS"])
    make_post("Draft", tags=["JS"], published=False)
    asked = olga.submit(f"/desk/tags/{tag_id(app, 'js')}", {"name": "javascript"})
    assert path_of(asked).startswith("/desk/tags/")
    olga.get(asked.headers["Location"])
    assert "3 posts get “JavaScript” instead of “JS”" in olga.text
    assert rows(olga) == {"JS": ["3", "2"], "JavaScript": ["1", "1"]}  # asking changed nothing
    assert olga.submit(asked.headers["Location"], button="Merge them").status_code == 303
    assert rows(olga) == {"JavaScript": ["3", "2"]}
    assert path_of(rita.get("/tags/js", follow_redirects=False)) == "/tags/javascript"
    rita.get("/tags/javascript")
    titles = [found.text for found in rita.page.select(".post-summary-title")]
    assert titles == ["One", "Both"]
    assert "One" in rita.read("/search?q=javascript")


def test_a_tag_goes_when_no_post_has_it_and_not_before(
    app: Flask, olga: Browser, make_post: MakePost
) -> None:
    make_post(tags=["Bees"])
    number = tag_id(app, "bees")
    olga.get("/desk/tags")
    token = olga.page.select_one("input[name=csrf_token]")["value"]
    assert olga.post(f"/desk/tags/{number}/deletion", {"csrf_token": token}).status_code == 409
    olga.submit("/desk/posts/1", {"tags": ""}, button="Publish the changes")
    assert rows(olga) == {"Bees": ["0", "0"]}
    assert olga.submit(f"/desk/tags/{number}", button="Delete").status_code == 303
    assert rows(olga) == {}
    for wrong in ({"name": ""}, {"name": "a, b"}, {"name": "!!!"}, {"description": "x" * 501}):
        make_post(tags=["Wasps"])
        answer = olga.submit(f"/desk/tags/{tag_id(app, 'wasps')}", wrong)
        assert answer.status_code == 422, wrong
        assert list(olga.errors) == list(wrong)


def test_what_drafts_were_tagged_with_is_nobodys_business(
    app: Flask, olga: Browser, rita: Browser, make_post: MakePost
) -> None:
    make_post("Draft", tags=["Secret"], published=False)
    olga.submit(f"/desk/tags/{tag_id(app, 'secret')}", {"name": "Hidden", "description": "Marked"})
    for path in ("/tags/secret", "/tags/hidden", "/tags/secret/feed.xml", "/tags/hidden/feed.xml"):
        answer = rita.get(path, follow_redirects=False)
        assert answer.status_code == 404, path
        assert "idden" not in answer.text.replace("hidden", "")
