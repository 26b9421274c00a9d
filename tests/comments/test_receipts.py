"""The receipt is the writer's own: what became of the reply, edit, take back, be told."""

import pytest
from flask import Flask
from time_machine import Traveller

from blog.clock import now
from blog.comments.acts import Moderation
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post
from tests.browser import Browser, path_of
from tests.busy import busy
from tests.comments.conversation import about, hold_nothing
from tests.comments.test_replies import PAGE, REPLY, comments


@pytest.fixture
def reply(rita: Browser, post: Post) -> str:
    """Rita's receipt for a reply that waits."""
    return path_of(rita.submit(PAGE, REPLY))


def decide(mo: Browser, deed: str, **words: str) -> None:
    mo.get("/moderation/comments/1")
    token = mo.page.select_one("[name=csrf_token]")["value"]
    answer = mo.post(f"/comments/1/{deed}", {"csrf_token": token, **words})
    assert answer.status_code == 303, mo.text


def test_the_receipt_says_what_was_answered(rita: Browser, app: Flask, post: Post) -> None:
    hold_nothing(app)
    rita.submit(PAGE, {**REPLY, "body": "First."})
    receipt = path_of(rita.submit("/comments/1/replies", {**REPLY, "body": "Second."}))
    rita.get(receipt)
    assert "First." in rita.page.select_one("blockquote.answered").text


def test_the_receipt_tells_of_the_decision_and_its_reason(
    rita: Browser, mo: Browser, reply: str
) -> None:
    assert "awaiting moderation" in rita.read(reply)
    decide(mo, "trash", reason="Please stay with bees.")
    rita.get(reply)
    assert "decided not to publish" in rita.text
    assert "Please stay with bees." in rita.text
    decide(mo, "approval")
    rita.get(reply)
    assert "is approved" in rita.text
    assert "Please stay with bees." not in rita.text
    assert rita.page.select_one("a[href='/posts/on-bees#comment-1']")


@pytest.mark.one_database
@pytest.mark.parametrize("key", ["1-" + "0" * 32, "2-" + "0" * 32, "x" * 20, "9" * 30 + "-00"])
def test_no_other_key_opens_a_receipt(stranger: Browser, reply: str, key: str) -> None:
    assert stranger.get(f"/replies/{key}").status_code == 404


@pytest.mark.one_database
def test_a_receipt_is_kept_by_nobody(rita: Browser, reply: str) -> None:
    answer = rita.get(reply)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert rita.page.select_one("meta[name=robots]")["content"] == "noindex"


def test_rita_mends_a_reply_that_waits(
    rita: Browser, mo: Browser, reply: str, clock: Traveller, app: Flask
) -> None:
    clock.shift(3 * 24 * 3600)
    assert rita.submit(reply, {"body": "I *love* bees."}, form="#edit form").status_code == 303
    assert "I love bees." in rita.read(reply)
    mo.get("/moderation/comments/1")
    assert "I *like* bees." in mo.page.select_one("#history").text
    with app.app_context():
        act = db.session.scalars(db.select(Moderation).order_by(Moderation.id.desc())).first()
        assert act.kept["source"] == "I *like* bees."


def test_rita_mends_an_approved_reply_for_a_quarter_of_an_hour(
    rita: Browser, stranger: Browser, app: Flask, post: Post, clock: Traveller
) -> None:
    hold_nothing(app)
    receipt = path_of(rita.submit(PAGE, REPLY))
    clock.shift(14 * 60)
    rita.submit(receipt, {"body": "I *love* bees."}, form="#edit form")
    assert "I love bees." in stranger.read(PAGE)
    rita.get(receipt)
    clock.shift(2 * 60)
    answer = rita.submit(None, {"body": "Too late."}, form="#edit form")
    assert answer.status_code == 403
    assert "Too late." in rita.page.select_one("[name=body]").text
    rita.get(receipt)
    assert not rita.page.select("#edit")
    assert "I love bees." in stranger.read(PAGE)


def test_an_edit_that_a_rule_fires_on_waits_and_the_old_text_stays(
    rita: Browser, stranger: Browser, mo: Browser, app: Flask, post: Post
) -> None:
    hold_nothing(app)
    receipt = path_of(rita.submit(PAGE, REPLY))
    rita.submit(receipt, {"body": "https://a.example https://b.example"}, form="#edit form")
    assert "I like bees." in stranger.read(PAGE)
    assert "a.example" not in stranger.text
    assert "1 reply" in stranger.text
    rita.get(receipt)
    assert "waits for a moderator" in rita.text
    mo.get("/moderation")
    assert "https://a.example, https://b.example" in mo.text
    decide(mo, "approval")
    assert "a.example" in stranger.read(PAGE)
    assert "I like bees" not in stranger.text


def test_a_held_edit_that_is_refused_takes_the_old_text_with_it(
    rita: Browser, stranger: Browser, mo: Browser, app: Flask, post: Post
) -> None:
    hold_nothing(app)
    receipt = path_of(rita.submit(PAGE, REPLY))
    rita.submit(receipt, {"body": "https://a.example https://b.example"}, form="#edit form")
    decide(mo, "spam")
    assert "I like bees" not in stranger.read(PAGE)
    assert "No reply yet" in stranger.text


def test_an_edit_with_a_trash_word_waits_like_any_other(
    rita: Browser, stranger: Browser, app: Flask, post: Post
) -> None:
    hold_nothing(app, about("casino", verdict="trash"))
    receipt = path_of(rita.submit(PAGE, REPLY))
    rita.submit(receipt, {"body": "Casino!"}, form="#edit form")
    assert comments(app)[0].status == "pending"
    assert "I like bees." in stranger.read(PAGE)
    assert "Casino" not in stranger.text


def test_a_writer_does_not_overrule_a_moderators_edit(
    rita: Browser, mo: Browser, app: Flask, post: Post
) -> None:
    hold_nothing(app)
    receipt = path_of(rita.submit(PAGE, REPLY))
    rita.get(receipt)
    mo.submit("/moderation/comments/1", {"body": "[removed]"}, form="#edit form")
    answer = rita.submit(None, {"body": "Back again."}, form="#edit form")
    assert answer.status_code == 403
    assert comments(app)[0].source == "[removed]"


def test_a_busy_database_keeps_what_was_mended(
    rita: Browser, app: Flask, reply: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rita.get(reply)
    with busy(app, monkeypatch):
        assert rita.submit(None, {"body": "Mended."}, form="#edit form").status_code == 503
    assert "Mended." in rita.page.select_one("[name=body]").text


@pytest.mark.one_database
def test_a_mend_of_64_kilobytes_is_too_much_and_not_lost(rita: Browser, reply: str) -> None:
    assert rita.submit(reply, {"body": "x" * 65_536}, form="#edit form").status_code == 413
    assert "x" * 65_536 in rita.page.select_one("[name=body]").text


def test_saving_what_was_there_before_is_no_edit(rita: Browser, app: Flask, reply: str) -> None:
    rita.submit(reply, {}, form="#edit form")
    with app.app_context():
        assert [act.deed for act in db.session.scalars(db.select(Moderation))] == ["submission"]


def test_a_receipt_does_not_show_what_a_withdrawn_post_no_longer_shows(
    rita: Browser, app: Flask, post: Post
) -> None:
    hold_nothing(app)
    rita.submit(PAGE, {**REPLY, "body": "A secret."})
    receipt = path_of(rita.submit("/comments/1/replies", {**REPLY, "body": "Second."}))
    with app.app_context(), write_tx():
        db.session.get_one(Post, post.id).withdraw(now())
    assert "A secret." not in rita.read(receipt)


def test_editing_never_publishes_what_is_held(rita: Browser, app: Flask, post: Post) -> None:
    hold_nothing(app)
    words = {**REPLY, "body": "https://a.example https://b.example"}
    receipt = path_of(rita.submit(PAGE, words))
    rita.submit(receipt, {"body": "No links."}, form="#edit form")
    assert comments(app)[0].status == "pending"
    assert comments(app)[0].findings == []


def test_what_was_doubtful_stays_so(rita: Browser, app: Flask, post: Post) -> None:
    hold_nothing(app)
    rita.submit(PAGE, {**REPLY, "subject": "SEO"})
    receipt = path_of(rita.submit(None, {}, button="Post Comment"))
    rita.submit(receipt, {"body": "Better."}, form="#edit form")
    assert [finding["rule"] for finding in comments(app)[0].findings] == ["trap"]


@pytest.mark.one_database
@pytest.mark.parametrize("body", ["", "x" * 10_001])
def test_a_wrong_edit_comes_back_with_its_words(rita: Browser, reply: str, body: str) -> None:
    assert rita.submit(reply, {"body": body}, form="#edit form").status_code == 422
    assert list(rita.errors) == ["body"]
    assert rita.page.select_one("[name=body]").text.strip() == body


def test_rita_takes_her_reply_back(
    rita: Browser, stranger: Browser, app: Flask, post: Post
) -> None:
    hold_nothing(app)
    receipt = path_of(rita.submit(PAGE, REPLY))
    assert rita.submit(receipt, button="Take my reply back").status_code == 303
    assert "I like bees" not in stranger.read(PAGE)
    assert "taken this reply back" in rita.read(receipt)
    assert "I like bees" not in rita.text


def test_taking_it_back_twice_is_once(rita: Browser, app: Flask, reply: str) -> None:
    rita.get(reply)
    assert rita.submit(None, button="Take my reply back").status_code == 303
    assert rita.post(f"{reply}/withdrawal").status_code == 303
    with app.app_context():
        deeds = [act.deed for act in db.session.scalars(db.select(Moderation))]
    assert deeds.count("withdrawal") == 1


def test_what_was_taken_back_is_not_edited(rita: Browser, app: Flask, reply: str) -> None:
    rita.submit(reply, button="Take my reply back")
    assert rita.post(f"{reply}/edit", {"body": "Back again."}).status_code == 403
    assert comments(app)[0].source == REPLY["body"]


def test_rita_is_told_if_she_asks_and_no_more_when_she_does_not(
    rita: Browser, app: Flask, reply: str
) -> None:
    rita.submit(reply, button="Tell me by mail what becomes of it")
    assert comments(app)[0].wants_mail
    rita.get(reply)
    rita.submit(None, button="No mail, please")
    assert not comments(app)[0].wants_mail


@pytest.mark.one_database
@pytest.mark.parametrize("deed", ["edit", "withdrawal", "notification"])
def test_another_site_does_nothing_with_a_receipt(
    rita: Browser, app: Flask, reply: str, deed: str
) -> None:
    answer = rita.post(
        f"{reply}/{deed}", {"body": "Evil."}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    (comment,) = comments(app)
    assert (comment.status, comment.source, comment.wants_mail) == ("pending", REPLY["body"], False)


@pytest.mark.one_database
@pytest.mark.parametrize("deed", ["edit", "withdrawal", "notification"])
def test_opening_the_address_of_a_deed_does_nothing(rita: Browser, reply: str, deed: str) -> None:
    assert rita.get(f"{reply}/{deed}").status_code == 405


def test_a_post_that_is_gone_leaves_the_receipt(
    rita: Browser, app: Flask, reply: str, post: Post
) -> None:
    with app.app_context(), write_tx():
        db.session.get_one(Post, post.id).withdraw(now())
    assert rita.get(reply).status_code == 200
    assert "On bees" not in rita.text
    assert "I like bees." in rita.text
