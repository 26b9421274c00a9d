"""Olga writes, previews, publishes, changes and withdraws; nobody else sees more than they should."""

from datetime import timedelta

import pytest
from flask import Flask

from blog.clock import now
from blog.database import write_tx
from blog.extensions import db
from blog.posts import desk
from blog.posts.models import Post
from tests.browser import Browser, path_of
from tests.busy import busy
from tests.conftest import MakePost

BEES = {"title": "On bees", "body": "Bees are *busy*.", "tags": "Insects, Honey", "summary": ""}


def write(olga: Browser, **words: str) -> str:
    """Olga saves a new draft; where she can go on with it."""
    answer = olga.submit("/desk/posts/new", {**BEES, **words}, button="Save draft")
    assert answer.status_code == 303, olga.text
    return path_of(answer)


def publish(olga: Browser, sheet: str, **words: str) -> None:
    answer = olga.submit(sheet, words, button="Publish")
    assert answer.status_code == 303, olga.text


def test_olga_writes_a_draft_and_goes_on_with_it(olga: Browser) -> None:
    sheet = write(olga)
    olga.get(sheet)
    assert olga.page.select_one("#title")["value"] == "On bees"
    assert "Bees are *busy*." in olga.page.select_one("#body").text
    assert olga.page.select_one("#tags")["value"] == "Honey, Insects"
    assert "Draft" in olga.text


def test_a_draft_is_nobody_elses_business(olga: Browser, rita: Browser, mo: Browser) -> None:
    write(olga, title="Secret bees", tags="Hidden")
    for person in (rita, mo):
        assert person.get("/posts/secret-bees").status_code == 404
        assert person.get("/tags/hidden").status_code == 404
        person.get("/")
        assert "Secret" not in person.text


@pytest.mark.one_database
def test_asking_for_a_draft_says_what_asking_for_nothing_says(olga: Browser, rita: Browser) -> None:
    write(olga, title="Secret bees")
    draft = rita.get("/posts/secret-bees")
    nothing = rita.get("/posts/no-such-post")
    assert draft.data == nothing.data
    reply = {"body": "Hi", "name": "Rita", "email": "rita@example.org"}
    draft = rita.post("/posts/secret-bees/comments", reply)
    there = rita.post("/posts/no-such-posts/comments", reply)
    assert draft.status_code == there.status_code == 404
    assert draft.text.replace("secret-bees", "no-such-posts") == there.text


def test_olga_publishes_and_rita_reads(olga: Browser, rita: Browser) -> None:
    sheet = write(olga)
    publish(olga, sheet, body="Bees are *very* busy.")
    rita.get("/")
    assert "On bees" in rita.text
    rita.get("/posts/on-bees")
    assert "Bees are very busy." in rita.text
    assert rita.page.select_one("article em").text == "very"
    rita.get("/tags/honey")
    assert "On bees" in rita.text


def test_publishing_saves_what_is_in_the_form_first(olga: Browser, rita: Browser) -> None:
    publish(olga, write(olga), title="On wasps", slug="on-wasps")
    rita.get("/posts/on-wasps")
    assert "On wasps" in rita.text


@pytest.mark.one_database
def test_a_preview_saves_nothing(olga: Browser, app: Flask) -> None:
    answer = olga.submit("/desk/posts/new", {**BEES, "body": "A *preview*."}, button="Preview")
    assert answer.status_code == 200
    assert olga.page.select_one(".preview em").text == "preview"
    assert olga.page.select_one("#title")["value"] == "On bees"
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Post)) == 0


@pytest.mark.one_database
def test_olga_previews_a_change_of_a_published_post(olga: Browser, rita: Browser) -> None:
    sheet = write(olga)
    publish(olga, sheet)
    olga.submit(sheet, {"body": "Wasps."}, button="Preview")
    assert "Wasps." in olga.page.select_one(".preview").text
    rita.get("/posts/on-bees")
    assert "Wasps" not in rita.text


def test_a_withdrawn_post_is_gone_and_comes_back_with_its_date(
    olga: Browser, rita: Browser, app: Flask
) -> None:
    sheet = write(olga)
    publish(olga, sheet)
    with app.app_context():
        first = db.session.scalar(db.select(Post.published_at))
    assert olga.submit(sheet, {}, button="Withdraw").status_code == 303
    assert rita.get("/posts/on-bees").status_code == 410
    rita.get("/")
    assert "On bees" not in rita.text
    publish(olga, sheet)
    assert rita.get("/posts/on-bees").status_code == 200
    with app.app_context():
        assert db.session.scalar(db.select(Post.published_at)) == first


def test_publication_and_withdrawal_need_no_more_than_a_token(olga: Browser, rita: Browser) -> None:
    sheet = write(olga)
    olga.get(sheet)
    token = {"csrf_token": olga.page.select_one("[name=csrf_token]")["value"]}
    assert olga.post(f"{sheet}/publication", token).status_code == 303
    assert "Bees are" in rita.read("/posts/on-bees")
    assert olga.post(f"{sheet}/withdrawal", token).status_code == 303
    assert rita.get("/posts/on-bees").status_code == 410


def test_an_old_address_leads_to_the_new_one_for_ever(olga: Browser, rita: Browser) -> None:
    sheet = write(olga)
    publish(olga, sheet)
    for slug in ("on-wasps", "on-hornets"):
        olga.submit(sheet, {"slug": slug}, button="Publish the changes")
    for old in ("on-bees", "on-wasps"):
        answer = rita.get(f"/posts/{old}", follow_redirects=False)
        assert answer.status_code == 301
        assert path_of(answer) == "/posts/on-hornets"


def test_a_post_may_take_back_an_address_it_had(olga: Browser, rita: Browser) -> None:
    sheet = write(olga)
    publish(olga, sheet)
    olga.submit(sheet, {"slug": "on-wasps"}, button="Publish the changes")
    olga.submit(sheet, {"slug": "on-bees"}, button="Publish the changes")
    assert rita.get("/posts/on-bees", follow_redirects=False).status_code == 200
    assert rita.get("/posts/on-wasps", follow_redirects=False).status_code == 301


def test_the_old_address_of_a_withdrawn_post_is_gone_too(olga: Browser, rita: Browser) -> None:
    sheet = write(olga)
    publish(olga, sheet)
    olga.submit(sheet, {"slug": "on-wasps"}, button="Publish the changes")
    olga.submit(sheet, {}, button="Withdraw")
    assert rita.get("/posts/on-bees").status_code == 410


@pytest.mark.parametrize("taken", ["on-bees", "on-wasps"])
def test_an_address_that_another_post_has_or_had_is_refused_at_its_field(
    olga: Browser, taken: str
) -> None:
    sheet = write(olga)
    publish(olga, sheet)
    olga.submit(sheet, {"slug": "on-wasps"}, button="Publish the changes")
    answer = olga.submit(
        "/desk/posts/new", {**BEES, "title": "Other", "slug": taken}, button="Save draft"
    )
    assert answer.status_code == 422
    assert "address" in olga.errors["slug"]
    assert olga.page.select_one("#title")["value"] == "Other"


def test_two_posts_of_one_title_get_two_addresses(olga: Browser) -> None:
    first, second = write(olga), write(olga)
    olga.get(first)
    assert olga.page.select_one("#slug")["value"] == "on-bees"
    olga.get(second)
    assert olga.page.select_one("#slug")["value"] == "on-bees-2"


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("title", "slug"), [("Привет, мир", "privet-mir"), ("…", "post"), ("日本語", "ri-ben-yu")]
)
def test_any_title_gives_an_address(olga: Browser, title: str, slug: str) -> None:
    olga.get(write(olga, title=title))
    assert olga.page.select_one("#slug")["value"] == slug


WRONG = (
    ({"title": ""}, "title"),
    ({"title": "x" * 201}, "title"),
    ({"body": ""}, "body"),
    ({"body": "x" * 200_001}, "body"),
    ({"slug": "No Slug!"}, "slug"),
    ({"slug": "../x"}, "slug"),
    ({"slug": "x" * 101}, "slug"),
    ({"summary": "x" * 501}, "summary"),
    ({"tags": ", ".join(f"tag{number}" for number in range(21))}, "tags"),
    ({"tags": "x" * 51}, "tags"),
)


@pytest.mark.one_database
def test_wrong_words_come_back_with_the_error_at_their_field(olga: Browser) -> None:
    for words, field in WRONG:
        answer = olga.submit("/desk/posts/new", {**BEES, **words}, button="Save draft")
        assert answer.status_code == 422, words
        assert field in olga.errors, words
        kept = {**BEES, **words}
        assert olga.page.select_one("#title")["value"] == kept["title"]
        assert olga.page.select_one("#body").text.strip() == kept["body"]


@pytest.mark.one_database
def test_raw_html_in_a_post_is_shown_as_text(olga: Browser, rita: Browser) -> None:
    publish(olga, write(olga, body="<script>alert(1)</script>"))
    rita.get("/posts/on-bees")
    assert "<script>alert(1)</script>" in rita.page.select_one("article").text
    assert not rita.page.select("article script")


def test_a_withdrawn_posts_tag_is_nowhere(olga: Browser, rita: Browser) -> None:
    sheet = write(olga)
    publish(olga, sheet)
    olga.submit(sheet, {}, button="Withdraw")
    assert rita.get("/tags/honey").status_code == 404


@pytest.mark.one_database
def test_moderators_do_not_write(mo: Browser) -> None:
    for path in ("/desk", "/desk/posts", "/desk/posts/new", "/desk/settings"):
        assert mo.get(path).status_code == 403


def test_the_author_finds_every_post_on_the_desk(olga: Browser) -> None:
    publish(olga, write(olga))
    write(olga, title="On ants")
    olga.get("/desk/posts")
    rows = [row.get_text(" ", strip=True) for row in olga.page.select("tbody tr")]
    assert rows[0].startswith("On ants Draft")
    assert rows[1].startswith("On bees Published")


def test_withdrawing_a_draft_gives_nothing_away(olga: Browser, rita: Browser) -> None:
    sheet = write(olga)
    olga.get(sheet)
    token = {"csrf_token": olga.page.select_one("[name=csrf_token]")["value"]}
    assert olga.post(f"{sheet}/withdrawal", token).status_code == 303
    assert rita.get("/posts/on-bees").status_code == 404


def test_a_post_to_come_that_is_withdrawn_was_never_there(
    olga: Browser, rita: Browser, app: Flask
) -> None:
    sheet = write(olga)
    with app.app_context(), write_tx():
        db.session.scalars(db.select(Post)).one().publish(now() + timedelta(days=1))
    assert rita.get("/posts/on-bees").status_code == 404
    olga.submit(sheet, {}, button="Withdraw")
    assert rita.get("/posts/on-bees").status_code == 404
    publish(olga, sheet)
    assert rita.get("/posts/on-bees").status_code == 200


@pytest.mark.one_database
@pytest.mark.parametrize("left_out", ["slug", "summary", "tags", "closed"])
def test_a_program_that_knows_fewer_fields_saves_and_closes_nothing(
    olga: Browser, rita: Browser, left_out: str
) -> None:
    sheet = write(olga)
    for path in (sheet, f"{sheet}/publication"):
        olga.get(sheet)
        token = olga.page.select_one("[name=csrf_token]")["value"]
        words = {**BEES, "slug": "on-bees", "csrf_token": token}
        words.pop(left_out, None)
        assert olga.post(path, words).status_code == 303
    rita.get("/posts/on-bees")
    assert rita.page.select("#respond")


def test_the_author_closes_a_post(olga: Browser, rita: Browser) -> None:
    sheet = write(olga)
    publish(olga, sheet, closed="y")
    rita.get("/posts/on-bees")
    assert not rita.page.select("#respond")
    olga.get(sheet)
    assert olga.page.select_one("[name=closed]").has_attr("checked")


@pytest.mark.one_database
@pytest.mark.parametrize("tags", ["C, C++", "🎉", "Bees, 🎉", "<i>, <i>!"])
def test_tags_that_would_be_one_or_none_are_refused_by_name(olga: Browser, tags: str) -> None:
    answer = olga.submit("/desk/posts/new", {**BEES, "tags": tags}, button="Save draft")
    assert answer.status_code == 422
    assert tags.rpartition(", ")[2] in olga.errors["tags"]


def test_the_desk_has_as_many_pages_as_it_needs(
    olga: Browser, make_post: MakePost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "DESK_POSTS", 2)
    for number in range(3):
        make_post(f"Post {number}")
    olga.get("/desk/posts")
    assert len(olga.page.select("tbody tr")) == 2
    olga.get(str(olga.page.select_one("a[rel=next]")["href"]))
    assert "Post 0" in olga.text


def test_a_busy_database_keeps_what_the_author_typed(
    olga: Browser, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = write(olga)
    olga.get(sheet)
    with busy(app, monkeypatch):
        answer = olga.submit(None, {"body": "Hours of work."}, button="Save draft")
    assert answer.status_code == 503
    assert "Hours of work." in olga.page.select_one("#body").text
