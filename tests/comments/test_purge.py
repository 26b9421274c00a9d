"""Purge: after 30 days in spam or trash nothing is left of a reply but that it was there."""

import json

import pytest
from flask import Flask
from sqlalchemy import select
from time_machine import Traveller

from blog.comments import check, purge
from blog.comments.acts import Status, Tally
from blog.comments.models import Comment
from blog.extensions import db
from blog.postman import do_chores
from blog.posts.models import Post
from blog.serving import CHORES
from tests.browser import Browser
from tests.comments.conversation import POST, leave, number_of, say, status_of, token
from tests.comments.growing import miscounted
from tests.lived_in import dump

DAY = 24 * 3600
PURGED, SPAM, TRASHED = Status.PURGED, Status.SPAM, Status.TRASHED


def do(person: Browser, number: int, deed: str) -> None:
    assert person.post(f"/comments/{number}/{deed}", token(person)).status_code == 303


def chores(app: Flask) -> int:
    """Do them until nothing is left to do. In how many rounds."""
    rounds, left = 0, list(CHORES)
    while left:
        rounds, left = rounds + 1, do_chores(app, left)
    return rounds


def test_what_was_put_away_for_30_days_loses_its_words_everywhere_and_keeps_its_place(
    app: Flask, post: Post, mo: Browser, rita: Browser, clock: Traveller
) -> None:
    receipt = say(rita, "Secret honey.", website="https://secret.example")
    number = number_of(receipt)
    do(mo, number, "approval")
    rita.submit(receipt, {"body": "Secret honey, mended."})
    edit = {"body": "Secret honey by Mo.", "name": "Secret"}
    mo.submit(f"/moderation/comments/{number}", edit, button="Save the change")
    leave(app, post, "An answer.", under=number, name="Ann")
    spam, kept = (leave(app, post, "Buy!", status=status, name="Kim") for status in (SPAM, TRASHED))
    do(mo, number, "trash")
    clock.shift(29 * DAY)
    do(mo, kept, "restoration")
    do(mo, kept, "trash")
    chores(app)
    assert {status_of(app, one) for one in (number, spam, kept)} == {SPAM, TRASHED}
    clock.shift(2 * DAY)
    chores(app)
    assert [status_of(app, one) for one in (number, spam, kept)] == [PURGED, PURGED, TRASHED]
    tables = {name: rows for name, rows in dump(app).items() if name in {"comment", "moderation"}}
    said = json.dumps(tables, default=str)
    assert not [word for word in ("ecret", "rita@example.org") if word in said]
    with app.app_context():
        assert miscounted(db.session) == []
        assert [str(one) for one in check.find()] == []
        assert Tally.numbers()[SPAM] == 0


def test_what_is_purged_keeps_its_place_and_nobody_brings_it_back(
    app: Flask, post: Post, mo: Browser, rita: Browser, clock: Traveller
) -> None:
    receipt = say(rita, "Secret honey.")
    number = number_of(receipt)
    page = f"/moderation/comments/{number}"
    do(mo, number, "approval")
    leave(app, post, "An answer.", under=number, name="Ann")
    do(mo, number, "trash")
    clock.shift(31 * DAY)
    chores(app)
    rita.get(POST)
    assert rita.page.select_one(f"#comment-{number} .comment-gone")
    assert "An answer." in rita.text
    assert rita.get(receipt).status_code == 200
    assert not rita.page.select("button")
    assert "words were deleted" in mo.get(page).text
    for deed in ("approval", "restoration", "spam"):
        assert mo.post(f"/comments/{number}/{deed}", token(mo)).status_code == 409
    edit = {**token(mo), "body": "x", "name": "x"}
    assert mo.post(f"/comments/{number}/edit", edit).status_code == 409
    mo.get("/moderation/record")
    assert "The schedule deleted its words" in " ".join(mo.page.get_text(" ").split())


def test_many_are_purged_in_short_transactions(
    app: Flask, post: Post, clock: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(5):
        leave(app, post, f"Buy {n}!", status=SPAM)
    clock.shift(31 * DAY)
    monkeypatch.setattr(purge, "AT_ONCE", 2)
    assert chores(app) == 3
    with app.app_context():
        assert set(db.session.scalars(select(Comment.status))) == {PURGED}


def test_the_settings_say_what_is_kept_for_how_long(olga: Browser) -> None:
    olga.get("/desk/settings")
    said = " ".join(olga.page.select_one("#retention").get_text(" ").split())
    assert "Spam and trash 30 days after the last thing that was done to it." in said
    assert "With which browser a reply was sent Not kept at all." in said
