"""Blocks: what they would have caught, what they do to a reply, when they end, and are on record."""

import pytest
from flask import Flask
from time_machine import Traveller

from blog.comments import purge
from blog.comments.acts import Status
from blog.comments.changes_record import Change
from blog.comments.people.blocks import Block
from blog.comments.rules.kinds import Terms
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post
from tests.browser import Browser
from tests.comments.conversation import (
    hold_nothing,
    leave,
    listed,
    look,
    number_of,
    say,
    status_of,
)
from tests.comments.people.sending import send
from tests.conftest import MakeBrowser

A_WEEK = 7 * 24 * 60 * 60
APPROVED, SPAM = Status.APPROVED, Status.SPAM


@pytest.fixture
def settings() -> dict[str, str]:
    """Nobody waits between two replies."""
    return {"BLOG_REPLY_INTERVAL": "0", "BLOG_REPLY_MIN_SECONDS": "0"}


def lay(mo: Browser, number: int, by: str = "email", **chosen: str) -> None:
    """Block whoever wrote a comment."""
    page = f"/moderation/comments/{number}/block?by={by}"
    assert mo.submit(page, {"days": "7", **chosen}, button="Block").status_code == 303, mo.text


def test_before_a_block_is_saved_mo_sees_what_it_would_have_caught(
    app: Flask, post: Post, mo: Browser
) -> None:
    spam = [send(app, post, "sid@example.org", "192.0.2.1", SPAM) for _ in range(2)]
    good = send(app, post, "ann@example.org", "192.0.2.1", APPROVED)
    send(app, post, "ann@example.org", "198.51.100.1", APPROVED)
    mo.get(f"/moderation/comments/{spam[0]}/block?by=address")
    assert "2 spam, 1 approved." in mo.page.select_one("#caught").get_text(" ", strip=True)
    assert listed(mo) == [good, *reversed(spam)]
    assert "These were approved" in mo.text
    with app.app_context():
        assert not db.session.query(Block).count()


def test_a_block_does_what_was_chosen_and_says_which_and_why(
    app: Flask, post: Post, mo: Browser, browser: MakeBrowser
) -> None:
    # A rule that approves everybody comes too late.
    hold_nothing(app, Terms("everything", "approve"))
    sid, ann = browser(address="192.0.2.1"), browser(address="192.0.2.99")
    first = number_of(say(sid, "One.", email="sid@example.org"))
    lay(mo, first, note="He sells honey.", verdict="spam")
    lay(mo, first, "network", days="0", verdict="hold")
    caught = number_of(say(sid, "Two.", email="Sid@example.org"))
    neighbour = number_of(say(ann, "Three.", email="ann@example.org"))
    elsewhere = number_of(say(browser(address="198.51.100.1"), "Four.", email="ben@example.org"))
    statuses = [status_of(app, n) for n in (first, caught, neighbour, elsewhere)]
    assert statuses == [APPROVED, SPAM, Status.PENDING, APPROVED]
    assert [found["rule"] for found in look(app, caught).findings] == [
        "blocked-email",
        "blocked-network",
        "everything",
    ]
    mo.get(f"/moderation/comments/{caught}")
    assert "sid@example.org is blocked until 20" in mo.text
    assert "Where it came from is blocked for good (block 2)." in mo.text
    assert "192.0.2" not in mo.read("/moderation/blocks")


def test_a_block_ends_by_the_clock_and_says_so_or_is_lifted(
    app: Flask, post: Post, mo: Browser, browser: MakeBrowser, clock: Traveller
) -> None:
    hold_nothing(app)
    number = leave(app, post, name="Sid")
    lay(mo, number)
    sid = browser()
    assert status_of(app, number_of(say(sid, "One.", email="sid@example.org"))) is SPAM
    clock.shift(A_WEEK + 1)
    assert status_of(app, number_of(say(sid, "Two.", email="sid@example.org"))) is APPROVED
    assert "over: it does nothing any more" in mo.read("/moderation/blocks")
    assert "They were blocked until" in mo.read(f"/moderation/comments/{number}/person")
    lay(mo, number, days="0", verdict="trash")
    trashed = number_of(say(sid, "Three.", email="sid@example.org"))
    assert status_of(app, trashed) is Status.TRASHED
    mo.submit("/moderation/blocks", button="Lift", follow=True)
    assert status_of(app, number_of(say(sid, "Four.", email="sid@example.org"))) is APPROVED


def test_blocks_and_their_lifting_are_on_record_and_can_be_taken_back(
    app: Flask, post: Post, mo: Browser
) -> None:
    lay(mo, leave(app, post, name="Sid"), note="He sells honey.")
    mo.submit("/moderation/blocks", button="Lift", follow=True)
    assert "Nobody is blocked." in mo.text
    with app.app_context():
        laid, lifted = db.session.query(Change).filter_by(subject="block").order_by(Change.id)
        assert (laid.before, lifted.after) == (None, None)
        assert laid.after == lifted.before
        assert laid.after["note"] == "He sells honey."
        assert {laid.user.name, lifted.user.name} == {"Mo"}
        with write_tx():
            db.session.get_one(Change, lifted.id).take_back(None)
        again = db.session.query(Block).one()
        assert (again.id, again.state) == (laid.subject_id, laid.after)


def test_a_block_with_a_choice_that_there_is_not_is_not_laid(
    app: Flask, post: Post, mo: Browser
) -> None:
    page = f"/moderation/comments/{leave(app, post)}/block"
    for wrong in ({"days": "8"}, {"verdict": "approve"}, {"note": "x" * 201}):
        assert mo.submit(page, wrong, button="Block").status_code == 422
    assert mo.get(f"{page}?by=address").status_code == 404  # nobody knows where it came from
    with app.app_context():
        assert not db.session.query(Block).count()


def test_mo_blocks_somebody_whom_no_comment_shows_by_typing_who_it_is(
    app: Flask, post: Post, mo: Browser
) -> None:
    for n in range(2):
        send(app, post, "sid@example.org", f"192.0.2.{n + 1}", SPAM)
    for typed, caught in (
        ("Sid@Example.org", "2 spam"),
        ("192.0.2.1", "1 spam"),
        ("192.0.2.0/24", "2 spam"),
        ("192.0.0.0/16", "2 spam"),
        ("nobody@example.org", "Nothing that came with this is kept."),
        ("2001:db8::/48", "Nothing that came with this is kept."),
    ):
        mo.get("/moderation/blocks/new", query_string={"whom": typed})
        assert caught in mo.page.select_one("main").get_text(" ", strip=True), typed
        assert mo.submit(None, {"days": "7"}, button="Block").status_code == 303
        assert "The block was laid." in mo.read(mo.answer.location)
    with app.app_context():
        known = {(str(block.by), block.value) for block in db.session.query(Block)}
        assert [str(block.by) for block in db.session.query(Block).order_by(Block.id)] == [
            "email", "address", "network", "wide", "email", "wide"
        ]  # fmt: skip
    assert ("email", "sid@example.org") in known
    assert "192.0" not in str(known)
    for wrong in ("", "sid@", "192.0.2.0/23", "honey", "x" * 101):
        answer = mo.get("/moderation/blocks/new", query_string={"whom": wrong})
        assert answer.status_code == 422
        assert mo.page.select_one("#whom[aria-invalid=true]")


def test_a_block_that_is_lifted_is_laid_again_at_once_or_forgotten_after_30_days(
    app: Flask, post: Post, mo: Browser, clock: Traveller
) -> None:
    lay(mo, leave(app, post, name="Sid"), note="Sid sells honey.")
    mo.submit("/moderation/blocks", button="Lift", follow=True)
    assert mo.submit(None, {}, form=".notice form", button="Undo").status_code == 303
    assert "sid@example.org" in mo.read("/moderation/blocks")
    for said in ("Blocked by E-mail", "What becomes of it marked as spam", "Made by Mo"):
        assert said in mo.read("/moderation/record")
    mo.submit("/moderation/blocks", button="Lift", follow=True)
    for days, is_known in ((29, True), (2, False)):
        clock.shift(days * A_WEEK // 7)
        with app.app_context(), write_tx():
            purge.purge()
        with app.app_context():
            changes = db.session.query(Change).order_by(Change.id).all()
            said = str([(change.before, change.after) for change in changes])
        assert ("sid@" in said, "honey" in said) == (is_known, is_known)
    assert "added a block" in mo.read("/moderation/record")
