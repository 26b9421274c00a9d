"""The spam filter among the rules: mo decides fifty times, and the next of its kind is held."""

import pytest
from flask import Flask

from blog.comments.acts import Deed, Moderation, Status
from blog.comments.models import Comment, Words
from blog.comments.rules.wording import remedy, why
from blog.comments.scores import doubt_of
from blog.comments.screening import HOLD, SPAM, Reply, screen
from blog.comments.spam import learning, wording
from blog.comments.spam.asking import SpamFilter
from blog.comments.spam.evidence import Written, found_in
from blog.comments.spam.learning import LEAST_DECISIONS, Opinion, Reason
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post
from tests.browser import Browser
from tests.comments.conversation import hold_nothing, look, number_of, say, status_of, token
from tests.comments.spam.decisions import Decision, decisions

OFFER = "Cheap watches! Click here http://quick-cash.example/now"


def leave(app: Flask, post: Post, written: list[Decision]) -> list[int]:
    """Comments that wait, in the order of what is to be decided about them."""
    numbers = []
    with app.app_context(), write_tx():
        for (text, name, email, website), _ in written:
            words = Words(text, f"<p>{text}</p>", name, email, website)
            place = db.session.get_one(Post, post.id)
            comment = Comment.leave(place, None, words, verdict=Status.PENDING, findings=[])
            numbers.append(comment.id)
    return numbers


def decide(mo: Browser, deed: Deed, numbers: list[int]) -> None:
    """Decide about all of these in one act."""
    sent = {**token(mo), "comment": [str(number) for number in numbers]}
    assert mo.post(f"/moderation/batches/{deed}", sent).status_code == 303


def findings(mo: Browser, number: int) -> str:
    """What mo is told was found about a comment."""
    mo.get(f"/moderation/comments/{number}")
    found = mo.page.select_one(".findings")
    return " ".join(found.get_text(" ").split()) if found else ""


@pytest.fixture
def offers(app: Flask, post: Post, mo: Browser) -> list[int]:
    """What mo called spam: fifty decisions were made, and the one about the first of these came last."""
    hold_nothing(app)
    judged = decisions(LEAST_DECISIONS)
    numbers = leave(app, post, judged)
    spam = [number for number, one in zip(numbers, judged, strict=True) if one.is_spam]
    decide(mo, Deed.APPROVAL, [number for number in numbers if number not in spam])
    decide(mo, Deed.SPAM, spam[1:])
    decide(mo, Deed.SPAM, spam[:1])
    return spam


def test_after_fifty_decisions_the_next_offer_is_put_away_and_mo_sees_why(
    app: Flask, offers: list[int], mo: Browser, rita: Browser, olga: Browser
) -> None:
    caught = number_of(say(rita, OFFER, name="deal7"))
    assert status_of(app, caught) in {Status.PENDING, Status.SPAM}
    assert "The spam filter: " in findings(mo, caught)
    assert "quick-cash.example +" in findings(mo, caught)
    assert look(app, caught).findings[0]["spans"]
    good = number_of(say(rita, "I think the bees hum all day, and your compost too."))
    assert status_of(app, good) is Status.APPROVED

    olga.get("/desk/settings")
    assert f"learnt from {LEAST_DECISIONS} decisions" in olga.text
    assert f"{len(offers)} that a reply is spam" in olga.text
    olga.submit("/desk/settings", {"spam_filter": None})
    assert status_of(app, number_of(say(rita, f"{OFFER}!"))) is Status.APPROVED


def test_once_mo_takes_a_decision_back_it_is_forgotten(
    app: Flask, offers: list[int], mo: Browser, rita: Browser
) -> None:
    assert status_of(app, number_of(say(rita, OFFER))) is not Status.APPROVED
    with app.app_context():
        act = Moderation.latest(db.session.get_one(Comment, offers[0]))
    assert act
    assert mo.post(f"/moderation/acts/{act.id}/undo", token(mo)).status_code == 303
    assert status_of(app, number_of(say(rita, f"{OFFER}!"))) is Status.APPROVED  # 49 are too few
    decide(mo, Deed.SPAM, offers[:1])
    assert status_of(app, number_of(say(rita, f"{OFFER}!!"))) is not Status.APPROVED


def test_a_finding_says_why_and_what_would_have_done() -> None:
    reasons = (
        Reason("pair:click here", 1.2),
        Reason("host:shop.example", 0.9),
        Reason("piece: subs", 0.3),
        Reason("length:5", -0.25),
    )
    asked = SpamFilter(Opinion(0.93, reasons)).ask(reply("Please CLICK here: http://shop.example/"))
    (data,) = [finding.as_data() for finding in asked]
    assert data["verdict"] == HOLD
    assert (data["score"], data["limit"]) == (0.93, learning.HOLDS)
    assert (data["words"][0], data["weights"][0]) == ("pair:click here", 1.2)
    assert data["spans"] == [["source", 7, 17], ["source", 26, 38]]
    assert doubt_of([data]) == 930
    assert why(data) == (
        "The spam filter: 93 % (“click here” +1.20, shop.example +0.90, “subs…” +0.30, "
        "16 to 31 characters -0.25)"
    )
    assert remedy(data) == "Less than 85 %: about what it comes to without “click here”."
    (sure,) = SpamFilter(Opinion(0.99999, reasons)).ask(reply("Buy!"))
    assert sure.verdict == SPAM
    assert why(sure.as_data()).startswith("The spam filter: 99 %")
    assert remedy(sure.as_data()) == ("Less than 85 %. No few of these words make the difference.")


def test_it_has_no_say_where_it_thinks_nothing_and_ends_no_list() -> None:
    assert screen(reply("Bees."), [SpamFilter(None)]) == []
    assert not SpamFilter(None).trusts_a_person


@pytest.mark.parametrize(
    "text", [OFFER, "f r e e mail me @ a.example, 0123 456 789!!!", "x\x01^ $"]
)
def test_every_piece_of_evidence_has_a_name(text: str) -> None:
    comment = Written(text, "Deal99 Ä", "deal@example.net", "https://www.bonus.example/a")
    for evidence in found_in(comment):
        kind = evidence.partition(":")[0]
        assert kind in wording.NAMES
        assert wording.name(evidence)


def reply(source: str) -> Reply:
    return Reply(
        source=source,
        html=source,
        name="Ann",
        email="ann@example.org",
        website="",
        is_proven=False,
        is_trusted=False,
        staff=(),
    )
