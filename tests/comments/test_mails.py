"""What the letters about comments say, to whom, and what they never say."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from blog import keys, outbox, postman, text
from blog.auth.models import Role, User
from blog.clock import now
from blog.comments.acts import Actor, Deed, Status
from blog.comments.models import Comment, Words
from blog.comments.undo import undo
from blog.database import write_tx
from blog.extensions import db
from blog.outbox import Letter, Outbox
from blog.posts.models import Post
from tests.browser import BASE_URL, Browser
from tests.comments.conversation import say
from tests.conftest import MakeBrowser
from tests.postbox import Postbox, running, words_of

RITA = "rita@example.org"
BOB = "bob@example.org"
FIVE_MINUTES = timedelta(minutes=5, seconds=1)

Leave = Callable[..., int]
Decide = Callable[..., int]
GetLetter = Callable[..., Letter | None]


@pytest.fixture
def staff(app: Flask) -> None:
    with app.app_context(), write_tx():
        for name, role in (("Olga", Role.AUTHOR), ("Mo", Role.MODERATOR)):
            email = f"{name.casefold()}@staff.example"
            User.create(role=role, name=name, email=email, password_hash="")


@pytest.fixture
def leave(app: Flask, post: Post, staff: None) -> Leave:
    """A reply of Rita's that waits, unless told otherwise. Returns its number."""

    def leave(
        source: str = "Lovely bees.",
        *,
        name: str = "Rita",
        email: str = RITA,
        to: int | None = None,
        verdict: Status = Status.PENDING,
        findings: tuple[dict[str, Any], ...] = (),
        proven: bool = True,
        wants_mail: bool = True,
        ask: bool = False,
    ) -> int:
        words = Words(source, text.render_comment(source), name, email, "https://rita.example/")
        with app.app_context(), write_tx():
            parent = db.session.get(Comment, to) if to else None
            place = db.session.get_one(Post, post.id)
            comment = Comment.leave(
                place, parent, words, verdict=verdict, findings=list(findings), proven=proven
            )
            comment.wants_mail = wants_mail
            if ask:
                outbox.want("confirmation", email)
            return comment.id

    return leave


@pytest.fixture
def decide(app: Flask) -> Decide:
    """A decision of Mo's. Returns the number of the act."""

    def decide(comment_id: int, to: Status, why: str = "", deed: Deed = Deed.APPROVAL) -> int:
        with app.app_context(), write_tx():
            comment = db.session.get_one(Comment, comment_id)
            mo = User.by_email("mo@staff.example")
            assert mo is not None
            return comment.move(to, from_=comment.status, by=mo, deed=deed, why=why).id

    return decide


@pytest.fixture
def letter(app: Flask, monkeypatch: pytest.MonkeyPatch) -> GetLetter:
    """What the postman has for somebody, of this kind. None: nothing."""
    made: dict[tuple[str, str], Letter | None] = {}
    compose = outbox.compose

    def kept(row: Outbox) -> Letter | None:
        made[row.kind, row.person] = compose(row)
        return made[row.kind, row.person]

    def letter(kind: str, person: str = RITA) -> Letter | None:
        postman.deliver_due(app)
        return made.pop((kind, person), None)

    monkeypatch.setattr(outbox, "compose", kept)
    return letter


def asked_about(app: Flask, mail: Letter | None) -> list[int]:
    """Which replies the links of a mail ask about."""
    assert mail is not None
    before = f"{BASE_URL}/confirmations/"
    links = [word.removeprefix(before) for word in mail.text.split() if word.startswith(before)]
    with app.app_context():
        return sorted(keys.read_confirmation(key)[0] for key in links)


def receipt_of(app: Flask, comment_id: int) -> str:
    with app.app_context():
        comment = db.session.get_one(Comment, comment_id)
        return f"{BASE_URL}/replies/{keys.receipt(comment.id, comment.nonce)}"


# Moderators


def test_moderators_hear_of_all_that_waits_and_why(leave: Leave, letter: GetLetter) -> None:
    leave("First <b>words</b>.", findings=({"rule": "hold-words", "words": ["bees"]},))
    leave("Second words.", name="Bob", email=BOB)
    for person in ("olga@staff.example", "mo@staff.example"):
        mail = letter("held", person)
        assert mail is not None
        assert mail.subject == "[Your Website] 2 replies wait for you"
        assert mail.text.index("Bob on “On bees”") < mail.text.index("Rita on “On bees”")
        assert "First <b>words</b>." in mail.text
        assert "It contains words that are held: bees" in mail.text
        assert f"\n{BASE_URL}/moderation\n" in mail.text
        assert mail.unsubscribe in mail.text.split()


def test_moderators_hear_nothing_of_what_was_decided_meanwhile(
    leave: Leave, decide: Decide, letter: GetLetter
) -> None:
    decide(leave(), Status.APPROVED)
    assert letter("held", "mo@staff.example") is None


def test_moderators_hear_nothing_of_spam(leave: Leave, letter: GetLetter) -> None:
    leave(verdict=Status.TRASHED)
    assert letter("held", "mo@staff.example") is None


def test_who_moderates_no_more_hears_no_more(app: Flask, leave: Leave, letter: GetLetter) -> None:
    leave()
    with app.app_context(), write_tx() as session:
        session.delete(User.by_email("mo@staff.example"))
    assert letter("held", "mo@staff.example") is None
    assert letter("held", "olga@staff.example") is not None


def test_a_wave_of_spam_is_one_mail(
    leave: Leave, clock: time_machine.Traveller, letter: GetLetter
) -> None:
    for number in range(25):
        leave(f"Pills {number}.")
    mail = letter("held", "mo@staff.example")
    assert mail is not None
    assert "25 replies wait" in mail.text
    assert mail.text.count("Rita on “On bees”") == 20
    assert "Pills 24." in mail.text
    assert "Pills 4." not in mail.text
    assert "These are the newest 20." in mail.text
    leave("One more.")
    assert letter("held", "mo@staff.example") is None
    clock.shift(timedelta(minutes=10, seconds=1))
    assert letter("held", "mo@staff.example") is not None


# Is this you?


@pytest.mark.one_database
def test_each_reply_has_its_own_link_and_nothing_that_was_typed(
    app: Flask, leave: Leave, letter: GetLetter
) -> None:
    """Anybody can type anybody's address: our mail must not carry their words."""
    told = {"name": "Casino Eve", "proven": False, "ask": True}
    first, second = leave("Buy pills.", **told), leave("Buy more pills.", **told)
    mail = letter("confirmation")
    assert mail is not None
    assert asked_about(app, mail) == [first, second]
    assert "On bees" in mail.text
    for typed in ("Casino", "pills", "rita.example"):
        assert typed not in mail.text + mail.subject


@pytest.mark.one_database
def test_its_link_opens_a_page_that_asks(
    app: Flask, leave: Leave, rita: Browser, letter: GetLetter
) -> None:
    comment_id = leave(proven=False, ask=True)
    mail = letter("confirmation")
    assert mail is not None
    [address] = [word for word in mail.text.split() if "/confirmations/" in word]
    assert rita.get(address.removeprefix(BASE_URL)).status_code == 200
    with app.app_context():
        assert db.session.get_one(Comment, comment_id).proven_at is None


@pytest.mark.parametrize("verdict", [Status.SPAM, Status.TRASHED, Status.WITHDRAWN])
def test_what_does_not_wait_needs_no_proof(
    leave: Leave, verdict: Status, letter: GetLetter
) -> None:
    leave(verdict=verdict, proven=False, ask=True)
    leave(email=BOB, proven=False)
    leave(proven=True)
    assert letter("confirmation") is None


def test_an_address_is_asked_once_an_hour_and_once_for_each_reply(
    app: Flask, leave: Leave, clock: time_machine.Traveller, letter: GetLetter
) -> None:
    first = leave("First.", proven=False, ask=True)
    assert asked_about(app, letter("confirmation")) == [first]
    clock.shift(timedelta(minutes=2))
    second = leave("Second.", proven=False, ask=True)
    third = leave("Third.", proven=False, ask=True)
    clock.shift(timedelta(minutes=57))
    assert letter("confirmation") is None
    clock.shift(timedelta(minutes=2))
    assert asked_about(app, letter("confirmation")) == [second, third]
    clock.shift(timedelta(hours=2))
    assert letter("confirmation") is None


def test_an_address_that_nobody_confirmed_gets_one_mail_an_hour_whoever_types_it(
    app: Flask, post: Post, browser: MakeBrowser, clock: time_machine.Traveller
) -> None:
    """Eve fills in Rita's address from everywhere, and asks on every receipt to be told by mail."""
    postbox, sent = Postbox(), []
    with running(postbox) as server:
        app.config["MAIL_URL"] = server.url()
        for number in range(20):
            eve = browser(address=f"192.0.2.{number}")
            receipt = say(
                eve,
                f"Buy pills {number}.",
                email=("rita@example.org", "Rita@Example.Org")[number % 2],
            )
            eve.submit(receipt, button="Tell me by mail what becomes of it")
            for _ in range(2):
                postman.deliver_due(app)
            sent += [now() for mail in postbox.mails if mail["To"] == RITA]
            assert all(mail["List-Unsubscribe-Post"] for mail in postbox.mails)
            postbox.mails.clear()
            clock.shift(timedelta(minutes=10))
    pauses = [later - earlier for earlier, later in itertools.pairwise(sent)]
    assert len(sent) == 4
    assert min(pauses) >= timedelta(hours=1)


def test_who_asks_to_be_told_later_is_asked_again(
    app: Flask, leave: Leave, decide: Decide, clock: time_machine.Traveller, letter: GetLetter
) -> None:
    """The first mail was lost; on the receipt the reader says "tell me"."""
    comment_id = leave(proven=False, ask=True)
    letter("confirmation")
    decide(comment_id, Status.APPROVED)
    clock.shift(timedelta(days=2))
    with app.app_context(), write_tx():
        outbox.want("confirmation", RITA, subject_id=comment_id)
    assert asked_about(app, letter("confirmation")) == [comment_id]


# What became of it


def test_a_reader_is_told_that_a_reply_was_approved(
    app: Flask, leave: Leave, decide: Decide, clock: time_machine.Traveller, letter: GetLetter
) -> None:
    comment_id = leave("I *like* bees.")
    decide(comment_id, Status.APPROVED)
    assert letter("decision") is None, "a slip of the hand can still be undone"
    clock.shift(FIVE_MINUTES)
    mail = letter("decision")
    assert mail is not None
    assert mail.subject == "[Your Website] What became of your reply"
    assert "Your reply to “On bees” was approved." in mail.text
    assert "You wrote: I like bees." in mail.text
    assert f"{BASE_URL}/comments/{comment_id}" in mail.text.split()
    assert receipt_of(app, comment_id) in mail.text.split()


@pytest.mark.parametrize("status", [Status.SPAM, Status.TRASHED])
def test_a_reader_is_told_why_a_reply_was_not_published(
    app: Flask,
    leave: Leave,
    decide: Decide,
    clock: time_machine.Traveller,
    status: Status,
    letter: GetLetter,
) -> None:
    comment_id = leave()
    decide(comment_id, status, "Please stay\nwith the bees.", Deed.TRASH)
    clock.shift(FIVE_MINUTES)
    mail = letter("decision")
    assert mail is not None
    assert "was not published" in mail.text
    assert "The moderator says: Please stay with the bees." in mail.text
    assert f"{BASE_URL}/comments/{comment_id}" not in mail.text.split()
    assert receipt_of(app, comment_id) in mail.text.split()


def test_what_was_undone_is_not_told(
    app: Flask, leave: Leave, decide: Decide, clock: time_machine.Traveller, letter: GetLetter
) -> None:
    act = decide(leave(), Status.SPAM)
    with app.app_context(), write_tx():
        mo = User.by_email("mo@staff.example")
        assert mo is not None
        undo(act, mo)
    clock.shift(FIVE_MINUTES)
    assert letter("decision") is None
    with app.app_context():
        row = db.session.scalar(select(Outbox).where(Outbox.kind == "decision"))
        assert row is not None
        assert row.outcome == "dropped"


def test_only_the_last_decision_is_told(
    leave: Leave, decide: Decide, clock: time_machine.Traveller, letter: GetLetter
) -> None:
    comment_id = leave()
    decide(comment_id, Status.SPAM)
    clock.shift(timedelta(minutes=3))
    decide(comment_id, Status.APPROVED)
    clock.shift(timedelta(minutes=2, seconds=1))
    assert letter("decision") is None
    clock.shift(timedelta(minutes=3))
    mail = letter("decision")
    assert mail is not None
    assert "was approved" in mail.text
    assert "not published" not in mail.text


def test_several_decisions_are_one_mail_and_none_is_told_twice(
    leave: Leave, decide: Decide, clock: time_machine.Traveller, letter: GetLetter
) -> None:
    first, second, third = leave("One."), leave("Two."), leave("Three.")
    decide(first, Status.APPROVED)
    decide(second, Status.TRASHED)
    clock.shift(timedelta(minutes=4))
    decide(third, Status.APPROVED)
    clock.shift(timedelta(minutes=1, seconds=1))
    mail = letter("decision")
    assert mail is not None
    assert [word in mail.text for word in ("One.", "Two.", "Three.")] == [True, True, False]
    clock.shift(timedelta(minutes=4))
    mail = letter("decision")
    assert mail is not None
    assert [word in mail.text for word in ("One.", "Two.", "Three.")] == [False, False, True]


@pytest.mark.parametrize("reader", [{"proven": False}, {"wants_mail": False}])
def test_who_did_not_ask_or_prove_an_address_is_not_told(
    leave: Leave,
    decide: Decide,
    clock: time_machine.Traveller,
    reader: dict[str, bool],
    letter: GetLetter,
) -> None:
    asked = leave("Asked.", verdict=Status.PENDING)
    decide(asked, Status.APPROVED)
    decide(leave("Not asked.", **reader), Status.APPROVED)
    clock.shift(FIVE_MINUTES)
    mail = letter("decision")
    assert mail is not None
    assert "Asked." in mail.text
    assert "Not asked." not in mail.text


# Answers


def test_a_reader_is_told_of_an_answer_at_once(leave: Leave, letter: GetLetter) -> None:
    mine = leave(verdict=Status.APPROVED)
    theirs = leave("So do *I*.", name="Bob", email=BOB, to=mine, verdict=Status.APPROVED)
    mail = letter("answer")
    assert mail is not None
    assert mail.subject == "[Your Website] Somebody answered you"
    assert "Bob answered you on “On bees”:" in mail.text
    assert "So do I." in mail.text
    assert f"{BASE_URL}/comments/{theirs}" in mail.text.split()


def test_an_answer_is_told_when_it_is_approved(
    leave: Leave, decide: Decide, clock: time_machine.Traveller, letter: GetLetter
) -> None:
    mine = leave(verdict=Status.APPROVED)
    theirs = leave("Me too.", name="Bob", email=BOB, to=mine)
    assert letter("answer") is None
    clock.shift(timedelta(days=1))
    decide(theirs, Status.APPROVED)
    mail = letter("answer")
    assert mail is not None
    assert "Me too." in mail.text


def test_an_answer_that_was_put_away_meanwhile_is_not_told(
    leave: Leave, decide: Decide, letter: GetLetter
) -> None:
    mine = leave(verdict=Status.APPROVED)
    theirs = leave("Buy pills.", name="Bob", email=BOB, to=mine, verdict=Status.APPROVED)
    decide(theirs, Status.SPAM, deed=Deed.SPAM)
    assert letter("answer") is None


def test_an_answer_is_told_once(
    app: Flask, leave: Leave, decide: Decide, letter: GetLetter
) -> None:
    mine = leave(verdict=Status.APPROVED)
    theirs = leave("Me too.", name="Bob", email=BOB, to=mine, verdict=Status.APPROVED)
    assert letter("answer") is not None
    act = decide(theirs, Status.TRASHED, deed=Deed.TRASH)
    with app.app_context(), write_tx():
        mo = User.by_email("mo@staff.example")
        assert mo is not None
        undo(act, mo)
    assert letter("answer") is None
    leave("Another.", name="Bob", email=BOB, to=mine, verdict=Status.APPROVED)
    mail = letter("answer")
    assert mail is not None
    assert "Another." in mail.text
    assert "Me too." not in mail.text


def test_nobody_is_told_of_their_own_answer(leave: Leave, letter: GetLetter) -> None:
    mine = leave(verdict=Status.APPROVED)
    leave("I forgot:", to=mine, verdict=Status.APPROVED)
    assert letter("answer") is None


def test_who_took_a_reply_back_is_not_told_of_answers(
    app: Flask, leave: Leave, letter: GetLetter
) -> None:
    mine = leave(verdict=Status.APPROVED)
    leave("Me too.", name="Bob", email=BOB, to=mine, verdict=Status.APPROVED)
    with app.app_context(), write_tx():
        comment = db.session.get_one(Comment, mine)
        comment.move(Status.WITHDRAWN, from_=comment.status, by=Actor.WRITER, deed=Deed.WITHDRAWAL)
    assert letter("answer") is None


def test_an_answer_under_a_post_that_is_gone_is_not_told(
    app: Flask, leave: Leave, post: Post, letter: GetLetter
) -> None:
    mine = leave(verdict=Status.APPROVED)
    leave("Me too.", name="Bob", email=BOB, to=mine, verdict=Status.APPROVED)
    with app.app_context(), write_tx():
        db.session.get_one(Post, post.id).withdraw(now())
    assert letter("answer") is None


# All of them


@pytest.mark.one_database
def test_every_mail_for_readers_has_a_way_out_that_works(
    app: Flask, leave: Leave, rita: Browser, letter: GetLetter
) -> None:
    mine = leave(verdict=Status.APPROVED)
    leave("Me too.", name="Bob", email=BOB, to=mine, verdict=Status.APPROVED)
    mail = letter("answer")
    assert mail is not None
    assert mail.unsubscribe in mail.text.split()
    path = str(mail.unsubscribe).removeprefix(BASE_URL)
    rita.get(path)
    leave("And me.", name="Bob", email=BOB, to=mine, verdict=Status.APPROVED)
    assert letter("answer") is not None, "looking at the page changes nothing"
    by_mail_program = {"List-Unsubscribe": "One-Click"}
    assert rita.client.post(path, data=by_mail_program).status_code == 200
    leave("And I.", name="Bob", email=BOB, to=mine, verdict=Status.APPROVED)
    leave(proven=False, ask=True)
    assert letter("answer") is None
    assert letter("confirmation") is None
    with app.app_context():
        assert db.session.get_one(Comment, mine).wants_mail is False


@pytest.mark.one_database
def test_a_name_is_one_line_however_it_was_typed(leave: Leave, letter: GetLetter) -> None:
    evil = "Bob\r\nBcc: all@example.org\n\u2028\u202eNo more mail from here:"
    mine = leave(verdict=Status.APPROVED)
    leave("Me too.", name=evil, email=BOB, to=mine, verdict=Status.APPROVED)
    leave(name=evil, email=BOB)
    for mail in (letter("answer"), letter("held", "mo@staff.example")):
        assert mail is not None
        assert not [line for line in mail.text.splitlines() if line.startswith("Bcc")]
        assert mail.text.count("\nNo more mail from here:") == 1


@pytest.mark.one_database
def test_mail_in_every_script_arrives_as_plain_text(app: Flask, leave: Leave) -> None:
    postbox = Postbox()
    with running(postbox) as server:
        app.config["MAIL_URL"] = server.url()
        mine = leave(verdict=Status.APPROVED)
        leave("Grüße & <b>你好</b> 🎉", name="Зоя", email=BOB, to=mine, verdict=Status.APPROVED)
        postman.deliver_due(app)
    [mail] = [mail for mail in postbox.mails if mail["To"] == RITA]
    assert mail.get_content_type() == "text/plain"
    assert "Зоя answered you" in words_of(mail)
    assert "Grüße & <b>你好</b> 🎉" in words_of(mail)
    assert mail["List-Unsubscribe"].startswith(f"<{BASE_URL}/unsubscribe/")
    assert words_of(mail).endswith(f"\n{mail['List-Unsubscribe'].strip('<>')}\n")


@pytest.mark.one_database
def test_no_mail_has_gaps_where_it_says_nothing(
    leave: Leave, decide: Decide, clock: time_machine.Traveller, letter: GetLetter
) -> None:
    mine = leave(verdict=Status.APPROVED)
    leave("Me too.", name="Bob", email=BOB, to=mine, verdict=Status.APPROVED)
    decide(leave(), Status.APPROVED)
    leave(proven=False, ask=True)
    clock.shift(FIVE_MINUTES)
    mails = [letter(kind) for kind in ("answer", "decision", "confirmation")]
    mails.append(letter("held", "mo@staff.example"))
    for mail in mails:
        assert mail is not None
        assert "\n\n\n" not in mail.text
        assert mail.text.startswith(mail.text.lstrip())
