"""The draft beside a live post: Olga goes on writing, and readers see the words from before."""

from typing import Any

from flask import Flask

from blog.extensions import db
from blog.posts.models import OldSlug, Post, Tag
from tests.browser import Browser, path_of
from tests.lived_in import live_in
from tests.posts.test_autosave import autosave, open_sheet

DESK = "/desk/posts/1"
SECRET = "zweihander"
# In each word of the post, its tags and its address.
WORDS = {
    "title": f"On bees {SECRET}",
    "body": f"Bees are {SECRET}.",
    "summary": f"About {SECRET}s.",
    "tags": f"Bees, {SECRET}",
    "slug": f"on-{SECRET}",
}


def save(olga: Browser, button: str = "Save", **words: Any) -> None:
    answer = olga.submit(DESK, words, button=button)
    assert answer.status_code == 303, olga.text


def test_nobody_else_sees_the_draft_beside_a_live_post(
    olga: Browser, mo: Browser, stranger: Browser, app: Flask
) -> None:
    lived_in = live_in(app)
    sheet = {**open_sheet(olga, DESK), "at": f"{DESK}/autosave"}
    for keep in ("autosave", "save", "set aside"):
        if keep == "autosave":
            assert autosave(olga, sheet, **WORDS).status_code == 200
        elif keep == "save":
            save(olga, **WORDS)
        else:
            stale = {**sheet, "base": "1", "body": f"{SECRET}!", "sitting": "another"}
            assert olga.post(DESK, stale).status_code == 409
    asked = {"/": stranger.get("/"), **lived_in.walk(stranger)}
    for address, answer in asked.items():
        assert SECRET not in answer.data.decode(errors="replace") + str(answer.headers), address
    for nothing in (f"/posts/on-{SECRET}", f"/tags/{SECRET}", f"/{SECRET}"):
        assert stranger.get(nothing).status_code == 404
    assert "/posts/on-bees" not in str(stranger.get(f"/search?q={SECRET}").data)
    for page in ("/moderation", "/moderation/comments/1", "/"):
        assert SECRET not in mo.read(page)
    with app.app_context():
        assert SECRET not in str(db.session.scalars(db.select(Tag.name)).all())
        assert db.session.scalar(db.select(OldSlug).where(OldSlug.slug == WORDS["slug"])) is None


def test_words_that_were_typed_and_taken_back_are_no_changes(
    olga: Browser, post: Post, app: Flask
) -> None:
    sheet = {**open_sheet(olga, DESK), "at": f"{DESK}/autosave"}
    before = sheet["body"]
    autosave(olga, sheet, body=f"{before} And wasps")
    assert "Changes" in olga.read("/desk/posts")
    autosave(olga, sheet, body=before)
    assert "Changes" not in olga.read("/desk/posts")
    assert "not published yet" not in olga.read(DESK)


def test_olga_publishes_the_changes(olga: Browser, rita: Browser, post: Post) -> None:
    with_feed = rita.get("/feed.xml").data
    save(olga, **WORDS)
    assert "not published yet" in olga.read(DESK)
    assert "Changes" in olga.read("/desk/posts")
    assert rita.get("/feed.xml").data == with_feed  # when it was last changed, too
    token = {"csrf_token": open_sheet(olga, DESK)["csrf_token"]}
    assert olga.post(f"{DESK}/publication", token).status_code == 303
    assert path_of(rita.get("/posts/on-bees", follow_redirects=False)) == f"/posts/{WORDS['slug']}"
    assert WORDS["body"] in rita.read(f"/posts/{WORDS['slug']}")
    assert rita.get(f"/tags/{SECRET}").status_code == 200
    assert "not published yet" not in olga.read(DESK)


def test_olga_drops_the_changes_and_finds_them_again(
    olga: Browser, rita: Browser, post: Post
) -> None:
    save(olga, body="Rash words.")
    answer = olga.submit(DESK, {}, form="form[action$=restoration]", button="Drop the changes")
    assert answer.status_code == 303
    assert open_sheet(olga, DESK)["body"] == "Bees are *busy*."
    assert "not published yet" not in olga.text
    olga.get(f"{DESK}/revisions")
    rows = [row.get_text(" ", strip=True) for row in olga.page.select("tbody tr")]
    assert [row[-5:] for row in rows] == ["+3 −2", "+2 −3", "+3 −0"]
    rash = olga.page.select("tbody a")[1]["href"]
    olga.submit(rash, {}, button="Go back to these words")
    assert open_sheet(olga, DESK)["body"] == "Rash words."
    assert "Bees are" in rita.read("/posts/on-bees")


def test_an_address_is_refused_at_the_save_and_again_when_it_is_published(
    olga: Browser, rita: Browser, post: Post, make_post: Any
) -> None:
    make_post("Wasps")
    assert olga.submit(DESK, {"slug": "wasps"}, button="Save").status_code == 422
    assert "address" in olga.errors["slug"]
    sheet = {**open_sheet(olga, DESK), "at": f"{DESK}/autosave"}
    assert autosave(olga, sheet, slug="wasps").status_code == 200
    assert open_sheet(olga, DESK)["slug"] == "wasps"
    save(olga, slug="hornets")
    make_post("Hornets", slug="hornets")
    token = {"csrf_token": sheet["csrf_token"]}
    assert olga.post(f"{DESK}/publication", token).status_code == 422
    assert "Bees are" in rita.read("/posts/on-bees")


def test_what_is_half_typed_is_not_published_by_a_bare_button(
    olga: Browser, rita: Browser, post: Post
) -> None:
    sheet = {**open_sheet(olga, DESK), "at": f"{DESK}/autosave"}
    autosave(olga, sheet, title="", body="Half")
    assert olga.post(f"{DESK}/publication", {"csrf_token": sheet["csrf_token"]}).status_code == 422
    assert "title" in olga.errors
    assert "Bees are" in rita.read("/posts/on-bees")


def test_a_restored_draft_is_there_for_whoever_reads_the_draft(
    olga: Browser, app: Flask, make_post: Any
) -> None:
    make_post(published=False)
    save(olga, "Save draft", body="Other words.", title="Wasps")
    olga.get(f"{DESK}/revisions")
    first = olga.page.select("tbody a")[-1]["href"]
    olga.submit(first, {}, button="Go back to these words")
    with app.app_context():
        post = db.session.scalars(db.select(Post)).one()
        assert (post.title, post.source) == ("On bees", "Bees are *busy*.")
