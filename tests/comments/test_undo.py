"""Undo: mo takes an act back from the notice that announces it, as long as what it made still stands."""

from collections.abc import Iterable

import pytest
from flask import Flask
from sqlalchemy import select

from blog.comments.acts import Deed, Moderation, Status
from blog.extensions import db
from blog.posts.models import Post
from tests.browser import Browser
from tests.comments.conversation import (
    POST,
    SAYS_WHY,
    alert,
    counts,
    decide,
    history,
    hold_nothing,
    leave,
    listed,
    look,
    look_at_post,
    number_of,
    say,
    status_of,
    token,
)

PENDING, APPROVED, SPAM, TRASHED = Status.PENDING, Status.APPROVED, Status.SPAM, Status.TRASHED
SAVE = "Save the change"
TWO_LINKS = "http://a.example http://b.example"


def acts_on(app: Flask, number: int) -> list[Moderation]:
    """Everything that was done to a comment, oldest first."""
    with app.app_context():
        query = select(Moderation).where(Moderation.comment_id == number)
        return list(db.session.scalars(query.order_by(Moderation.id)))


def undo(browser: Browser, act: Moderation) -> int:
    """Undo an act from wherever the browser is. The status of the answer."""
    return browser.post(f"/moderation/acts/{act.id}/undo", token(browser)).status_code


def do(browser: Browser, number: int, *deeds: str) -> None:
    """Decide, one after the other, with a token alone."""
    for deed in deeds:
        assert browser.post(f"/comments/{number}/{deed}", token(browser)).status_code == 303


def findings(app: Flask, number: int) -> Iterable[str]:
    """Which rules have something to say about a comment."""
    return [finding["rule"] for finding in look(app, number).findings]


@pytest.mark.parametrize(
    ("start", "button"),
    [
        (PENDING, "Approve"),
        (PENDING, "Spam"),
        (APPROVED, "Hold"),
        (APPROVED, "Trash"),
        (SPAM, "Not spam"),
        (TRASHED, "Restore"),
    ],
)
def test_mo_undoes_a_decision_from_the_notice_that_announces_it(
    app: Flask, post: Post, mo: Browser, rita: Browser, start: Status, button: str
) -> None:
    number = leave(app, post, status=start)
    before = look(app, number)
    decide(mo, number, button, tab=start, reason="A slip of the hand.")
    mo.submit(None, button="Undo", follow=True)
    assert "Undone for 1 reply." in mo.text
    assert "Undo" not in [found.text for found in mo.page.select("button")]
    assert listed(mo) == [number]
    assert sum(counts(mo)) == 1
    after = look(app, number)
    kept = ("status", "findings", "reason", "decided_at", "shown", "html")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    rita.get(POST)
    assert listed(rita) == ([number] if start is APPROVED else [])
    assert history(mo, number)[-1].startswith("Mo undid an act: it is ")


def test_a_batch_is_undone_as_one(app: Flask, post: Post, mo: Browser) -> None:
    numbers = [leave(app, post, f"Hum {n}.", status=PENDING) for n in range(4)]
    mo.submit("/moderation", {"comment": numbers[:3]}, form="#batch", button="Spam", follow=True)
    mo.submit(None, button="Undo", follow=True)
    assert "Undone for 3 replies." in mo.text
    assert counts(mo) == [4, 0, 0, 0]
    assert {status_of(app, number) for number in numbers} == {PENDING}


def test_of_a_batch_what_still_stands_is_undone_and_the_rest_is_named(
    app: Flask, post: Post, mo: Browser, mia: Browser
) -> None:
    ann, ben = (leave(app, post, name=name, status=PENDING) for name in ("Ann", "Ben"))
    mo.submit("/moderation", {"comment": [ann, ben]}, form="#batch", button="Approve", follow=True)
    do(mia, ben, "trash")
    assert mo.submit(None, button="Undo").status_code == 409
    assert "Undone for 1 reply. Ann" in mo.text
    assert "Ben : Mia put it into the trash" in alert(mo)
    assert counts(mo) == [1, 0, 0, 1]
    assert (status_of(app, ann), status_of(app, ben)) == (PENDING, TRASHED)


def test_mo_cannot_undo_what_mia_changed_since(
    app: Flask, post: Post, mo: Browser, mia: Browser
) -> None:
    number = leave(app, post, status=PENDING)
    decide(mo, number, "Approve")
    decide(mia, number, "Spam", tab=APPROVED, reason="It is an advertisement.")
    assert mo.submit(None, button="Undo").status_code == 409
    assert "Nothing was overwritten" in alert(mo)
    assert "Rita : Mia marked it as spam" in alert(mo)
    assert look(app, number).reason == "It is an advertisement."
    assert len(history(mo, number)) == 3


@pytest.mark.parametrize(
    ("first", "later"), [("approval", ["hold", "approval"]), ("spam", ["restoration", "spam"])]
)
def test_mias_later_decision_stands_though_it_came_to_the_same(
    app: Flask, post: Post, mo: Browser, mia: Browser, first: str, later: list[str]
) -> None:
    number = leave(app, post, status=PENDING)
    do(mo, number, first)
    do(mia, number, *later)
    status = status_of(app, number)
    assert undo(mo, acts_on(app, number)[1]) == 409
    assert "Mia" in alert(mo)
    assert status_of(app, number) is status


def test_undoing_twice_undoes_once(app: Flask, post: Post, mo: Browser) -> None:
    number = leave(app, post, status=PENDING)
    do(mo, number, "approval")
    act = acts_on(app, number)[1]
    assert undo(mo, act) == 303
    assert undo(mo, act) == 409
    assert "Mo undid an act: it is pending again" in alert(mo)
    assert len(acts_on(app, number)) == 3


def test_an_undo_can_be_undone_and_so_on(app: Flask, post: Post, mo: Browser) -> None:
    number = leave(app, post, status=PENDING)
    do(mo, number, "approval")
    seen = []
    for _turn in range(3):
        assert undo(mo, acts_on(app, number)[-1]) == 303
        seen.append(status_of(app, number))
    assert seen == [PENDING, APPROVED, PENDING]
    # The approval stood again for a while, and could have been undone directly.
    assert undo(mo, acts_on(app, number)[-1]) == 303
    assert undo(mo, acts_on(app, number)[1]) == 303
    assert status_of(app, number) is PENDING
    assert look_at_post(app, post).comment_count == 0


def test_mia_may_undo_what_mo_did(app: Flask, post: Post, mo: Browser, mia: Browser) -> None:
    number = leave(app, post, status=PENDING)
    do(mo, number, "spam")
    assert undo(mia, acts_on(app, number)[1]) == 303
    assert history(mia, number)[-1] == "Mia undid an act: it is pending again"


# Edits


def test_undoing_an_edit_brings_the_text_back(
    app: Flask, post: Post, mo: Browser, rita: Browser
) -> None:
    number = leave(app, post, "Bees *hum*.")
    sent = {"body": "Bees buzz.", "name": "R.", "website": "https://bees.example"}
    mo.submit(f"/moderation/comments/{number}", sent, button=SAVE, follow=True)
    mo.submit(None, button="Undo", follow=True)
    comment = look(app, number)
    assert (comment.source, comment.name, comment.website) == ("Bees *hum*.", "Rita", "")
    rita.get(POST)
    assert rita.page.select_one(f"#comment-{number} em").text == "hum"
    assert "Edited by" not in rita.text


def test_an_edit_that_mia_edited_again_is_not_undone(
    app: Flask, post: Post, mo: Browser, mia: Browser
) -> None:
    number = leave(app, post)
    page = f"/moderation/comments/{number}"
    mo.submit(page, {"body": "Mo's words."}, button=SAVE, follow=True)
    mia.submit(page, {"body": "Mia's words."}, button=SAVE, follow=True)
    assert mo.submit(None, button="Undo").status_code == 409
    assert "Mia edited it" in alert(mo)
    assert look(app, number).source == "Mia's words."
    # When mia has undone hers, mo's edit stands again.
    assert mia.submit(None, button="Undo").status_code == 303
    assert undo(mo, acts_on(app, number)[1]) == 303
    assert look(app, number).source == "Bees hum."


def test_an_edit_of_a_comment_that_mia_put_away_is_not_undone(
    app: Flask, post: Post, mo: Browser, mia: Browser
) -> None:
    number = leave(app, post)
    mo.submit(f"/moderation/comments/{number}", {"body": "Mo's."}, button=SAVE, follow=True)
    do(mia, number, "trash")
    assert mo.submit(None, button="Undo").status_code == 409
    assert look(app, number).source == "Mo's."


# Findings, and texts that wait


def test_undoing_a_hold_takes_its_finding_away_again(app: Flask, post: Post, mo: Browser) -> None:
    number = leave(app, post, status=PENDING)
    do(mo, number, "approval", "hold")
    assert findings(app, number) == [SAYS_WHY["rule"], "by-hand"]
    assert undo(mo, acts_on(app, number)[-1]) == 303
    assert findings(app, number) == [SAYS_WHY["rule"]]


def test_undoing_a_hold_does_not_publish_what_rita_wrote_since(
    app: Flask, post: Post, mo: Browser, rita: Browser
) -> None:
    hold_nothing(app)
    receipt = say(rita, "Bees hum.")
    number = number_of(receipt)
    do(mo, number, "hold")
    rita.submit(receipt, {"body": TWO_LINKS})
    assert undo(mo, acts_on(app, number)[1]) == 409
    assert "Its writer edited it" in alert(mo)
    assert status_of(app, number) is PENDING
    rita.get(POST)
    assert "a.example" not in rita.text


def test_undoing_the_approval_of_a_waiting_edit_shows_the_old_text_again(
    app: Flask, post: Post, mo: Browser, rita: Browser
) -> None:
    hold_nothing(app)
    receipt = say(rita, "Bees hum.")
    number = number_of(receipt)
    rita.submit(receipt, {"body": TWO_LINKS})
    seen = []
    for button in ("Approve", "Undo"):
        mo.submit(f"/moderation/comments/{number}" if button == "Approve" else None, button=button)
        mo.get(mo.answer.headers["Location"])
        rita.get(POST)
        seen.append(rita.page.select_one(f"#comment-{number} .comment-body").text.strip())
    assert seen == [TWO_LINKS, "Bees hum."]
    assert (status_of(app, number), look_at_post(app, post).comment_count) == (PENDING, 1)
    assert findings(app, number) == ["links"]
    rita.get(receipt)
    assert "Your change waits for a moderator." in rita.text


# What cannot be undone


def test_mo_cannot_undo_what_rita_did(app: Flask, post: Post, mo: Browser, rita: Browser) -> None:
    receipt = say(rita)
    rita.submit(receipt, {"body": "Bees buzz."})
    rita.submit(receipt, button="Take my reply back")
    acts = acts_on(app, number_of(receipt))
    assert [act.deed for act in acts] == [Deed.SUBMISSION, Deed.EDIT, Deed.WITHDRAWAL]
    assert [undo(mo, act) for act in acts] == [404, 404, 404]
    assert status_of(app, number_of(receipt)) is Status.WITHDRAWN


def test_mo_cannot_undo_what_the_rules_did(app: Flask, post: Post, mo: Browser) -> None:
    number = leave(app, post, status=TRASHED)
    assert undo(mo, acts_on(app, number)[0]) == 404
    assert status_of(app, number) is TRASHED


def test_an_answer_that_is_undone_goes_to_the_trash(app: Flask, post: Post, mo: Browser) -> None:
    number = leave(app, post)
    mo.submit(f"/moderation/comments/{number}", {"body": "Thanks."}, button="Answer")
    (sent,) = acts_on(app, number + 1)
    assert undo(mo, sent) == 303
    assert status_of(app, number + 1) is Status.TRASHED


def test_what_rita_took_back_since_is_not_undone(
    app: Flask, post: Post, mo: Browser, rita: Browser
) -> None:
    receipt = say(rita)
    decide(mo, number_of(receipt), "Spam")
    rita.submit(receipt, button="Take my reply back")
    assert mo.submit(None, button="Undo").status_code == 409
    assert "Its writer took it back" in alert(mo)
    assert status_of(app, number_of(receipt)) is Status.WITHDRAWN


@pytest.mark.one_database
def test_only_staff_with_a_token_undo_and_only_by_pressing_the_button(
    app: Flask, post: Post, mo: Browser, stranger: Browser
) -> None:
    number = leave(app, post, status=PENDING)
    do(mo, number, "approval")
    path = f"/moderation/acts/{acts_on(app, number)[1].id}/undo"
    assert stranger.post(path).status_code == 403
    assert mo.post(path).status_code == 403
    assert mo.get(path).status_code == 405
    assert status_of(app, number) is APPROVED


def test_there_is_no_such_act(post: Post, mo: Browser) -> None:
    for number in ("1", "999", "9" * 30):
        assert mo.post(f"/moderation/acts/{number}/undo", token(mo)).status_code == 404
