"""Olga writes on one post in two tabs, and on two machines: the later save is told, and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from flask import Flask

from blog.database import DatabaseBusy, direct, write_tx
from blog.extensions import db
from blog.posts.keeping import Sheet, keep
from blog.posts.models import Post
from blog.posts.revisions import Revision, Words
from tests.browser import Browser
from tests.conftest import PASSWORD, MakeBrowser, MakePost
from tests.posts.test_autosave import autosave, open_sheet

DESK = "/desk/posts/1"


def kept(app: Flask) -> list[str]:
    """The texts of all revisions, oldest first."""
    with app.app_context():
        return list(db.session.scalars(db.select(Revision.source).order_by(Revision.id)))


def newest(app: Flask) -> str:
    with app.app_context():
        return Revision.newest_of(1).source


def test_the_later_of_two_tabs_is_told_and_both_texts_stay(
    olga: Browser, make_post: MakePost, app: Flask
) -> None:
    for published in (False, True):
        post = make_post(published=published, source="Bees are busy and small.")
        desk = f"/desk/posts/{post.id}"
        mine, theirs = open_sheet(olga, desk), open_sheet(olga, desk)
        assert olga.post(desk, {**theirs, "body": "Bees are lazy and small."}).status_code == 303
        assert olga.post(desk, {**mine, "body": "Bees are busy and <big>."}).status_code == 409
        sides = [side.get_text() for side in olga.page.select(".sides .difference-text")]
        assert "lazy" in sides[0]
        assert "<big>" in sides[1]
        came = [found.get_text() for found in olga.page.select(".sides ins")]
        assert ["busy" in came[0], "<big>" in came[1]] == [True, True]
        assert "lazy" in olga.page.select_one(".sides del").get_text()
        assert olga.page.select_one("#body").text.strip() == "Bees are busy and <big>."
        with app.app_context():
            assert Revision.newest_of(post.id).source == "Bees are lazy and small."
        # Mine is still in the form, on top of what is saved.
        assert olga.submit(None, {"body": "Bees are lazy and <big>."}, button="Preview")
        button = "Save" if published else "Save draft"
        assert olga.submit(None, {}, button=button).status_code == 303
        olga.get(f"{desk}/revisions")
        links = [link["href"] for link in olga.page.select("tbody a")]
        found = [
            olga.page.select_one(".revision-text").text
            for link in links
            if olga.get(link).status_code == 200
        ]
        assert found == [
            "Bees are lazy and <big>.",
            "Bees are busy and <big>.",
            "Bees are lazy and small.",
            "Bees are busy and small.",
        ]


def test_a_stale_tab_overwrites_nothing_whichever_button_it_presses(
    olga: Browser, rita: Browser, post: Post, app: Flask
) -> None:
    stale, fresh = open_sheet(olga, DESK), open_sheet(olga, DESK)
    assert olga.post(DESK, {**fresh, "body": "New.", "closed": "y"}).status_code == 303
    for path in ("", "/publication", "/withdrawal"):
        assert olga.post(f"{DESK}{path}", {**stale, "body": "Old words."}).status_code == 409
        assert olga.page.select_one("#body").text.strip() == "Old words."
    stale["at"] = f"{DESK}/autosave"
    answer = autosave(olga, stale, body="Old words, and more.")
    assert answer.status_code == 409
    assert "Old words, and more." in olga.read(answer.json["conflict"])
    assert (newest(app), len(kept(app))) == ("New.", 3)  # what was set aside of one sheet is one
    assert "Bees are busy" in rita.read("/posts/on-bees")
    # Nor does it open what was closed.
    assert olga.post(DESK, {**stale, "body": "New."}).status_code == 409
    assert not rita.page.select("#respond")
    # A bare button says nothing of the words.
    assert olga.post(f"{DESK}/withdrawal", {"csrf_token": stale["csrf_token"]}).status_code == 303
    assert rita.get("/posts/on-bees").status_code == 410


def test_nobody_is_told_of_a_conflict_with_themselves(
    olga: Browser, make_post: MakePost, app: Flask
) -> None:
    make_post(published=False)
    sheet = {**open_sheet(olga, DESK), "body": "One."}
    for _ in range(2):  # a double click
        assert olga.post(DESK, sheet).status_code == 303
    assert kept(app) == ["Bees are *busy*.", "One."]
    # The way back in the browser leads to the same sheet, which does not know what became of it.
    assert olga.post(DESK, {**sheet, "body": "One two."}).status_code == 303
    assert kept(app) == ["Bees are *busy*.", "One.", "One two."]
    # Whoever has changed nothing is in nobody's way.
    other = open_sheet(olga, DESK)
    olga.post(DESK, {**open_sheet(olga, DESK), "body": "Three."})
    assert olga.post(DESK, {**other, "body": "Three."}).status_code == 303
    # An autosave that its own save has overtaken comes late, and is not newer for that.
    sheet = {**open_sheet(olga, DESK), "at": f"{DESK}/autosave"}
    late = {**sheet, "body": "Fo", "turn": "1", "csrf_token": sheet["csrf_token"]}
    assert olga.post(DESK, {**sheet, "body": "Four.", "turn": "2"}).status_code == 303
    assert olga.post(late.pop("at"), late).status_code == 200
    assert newest(app) == "Four."


def test_a_sitting_is_one_revision_and_a_pause_begins_another(
    olga: Browser, post: Post, app: Flask, clock: time_machine.Traveller
) -> None:
    sheet = {**open_sheet(olga, DESK), "at": f"{DESK}/autosave"}
    for body in ("O", "On", "One"):
        assert autosave(olga, sheet, body=body).status_code == 200
    assert kept(app) == ["Bees are *busy*.", "One"]
    clock.shift(4 * 3600)
    autosave(olga, sheet, body="One, after a night.")
    assert kept(app) == ["Bees are *busy*.", "One", "One, after a night."]
    # What the public has seen is never written over, in the same sitting neither.
    olga.post(f"{DESK}/publication", {"csrf_token": sheet["csrf_token"]})
    autosave(olga, sheet, body="One more.")
    assert kept(app)[2:] == ["One, after a night.", "One more."]


def test_of_many_who_save_at_once_one_is_taken_and_all_are_kept(
    olga: Browser, post: Post, app: Flask, browser: MakeBrowser
) -> None:
    hands = [browser().signed_in("olga@staff.example", PASSWORD) for _ in range(4)]
    sheets = [
        {**open_sheet(hand, DESK), "body": f"Text {number}."} for number, hand in enumerate(hands)
    ]
    barrier = Barrier(len(hands))

    def save(hand: Browser, sheet: dict[str, str]) -> int:
        barrier.wait()
        return hand.post(DESK, sheet).status_code

    with ThreadPoolExecutor(len(hands)) as pool:
        statuses = list(pool.map(save, hands, sheets))
    assert sorted(statuses) == [303, 409, 409, 409]
    assert newest(app) == f"Text {statuses.index(303)}."
    assert sorted(kept(app)[1:]) == [f"Text {number}." for number in range(4)]


def test_two_cannot_both_have_the_next_version(post: Post, app: Flask) -> None:
    """Under the lock nobody else writes. Were there no lock, the number would tell."""
    mine = Sheet(Words("On bees", "Mine."), base=1)
    with app.app_context(), write_tx():
        seen = db.session.get_one(Post, post.id)
        direct().execute(db.update(Post.__table__).values(version=2))
        with pytest.raises(DatabaseBusy):
            keep(seen, mine)
    assert newest(app) == "Bees are *busy*."


def test_a_button_that_was_slower_than_newer_words_of_its_sheet_shows_those_and_no_mixture(
    olga: Browser, stranger: Browser, make_post: MakePost, app: Flask
) -> None:
    make_post("On bees", published=False)
    sheet = open_sheet(olga, DESK)
    autosave(
        olga, {**sheet, "at": f"{DESK}/autosave", "turn": "6"}, body="They *dance*.", title="Dances"
    )
    late = {**sheet, "body": "They *dan*.", "turn": "6", "title": "Dan"}
    assert olga.post(f"{DESK}/publication", late).status_code == 303
    stranger.get("/posts/on-bees")
    assert stranger.page.select_one("h1").text == "Dances"
    assert stranger.page.select_one(".prose em").text == "dance"
    # What is half typed is saved, and not published.
    autosave(
        olga,
        {**sheet, "at": f"{DESK}/autosave", "turn": "8", "base": ""},
        series="Bees",
        series_number="1x",
    )
    assert olga.post(f"{DESK}/publication", {**late, "turn": "8"}).status_code == 422
    assert "series_number" in olga.errors
    with app.app_context():
        assert Revision.newest_of(1).series_number == "1x"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_words_come_back_though_no_page_can_have_the_address_that_was_typed_with_them(
    olga: Browser, make_post: MakePost, app: Flask
) -> None:
    make_post(published=False)
    at = f"{DESK}/autosave"
    autosave(
        olga, {**open_sheet(olga, DESK), "at": at}, body="A page.", kind="page", slug="archive"
    )
    olga.post(
        DESK, {**open_sheet(olga, DESK), "body": "A post.", "kind": "post", "slug": "on-bees"}
    )
    token = {"csrf_token": open_sheet(olga, DESK)["csrf_token"]}
    assert olga.post(f"{DESK}/revisions/2/restoration", token).status_code == 303
    sheet = open_sheet(olga, DESK)
    assert (sheet["body"], sheet["kind"], sheet["slug"]) == ("A page.", "page", "on-bees")
