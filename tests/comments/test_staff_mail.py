"""Mail to the staff: who is told of what and how soon, what its links do, and what they never do."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask

from blog import keys, outbox, postman
from blog.auth.models import Role, User
from blog.auth.pace import Pace
from blog.comments import mailed_links
from blog.comments.acts import Actor, Deed, Moderation, Status
from blog.comments.models import Comment
from blog.database import write_tx
from blog.extensions import db
from blog.outbox import Outbox
from blog.posts.models import Post
from tests.browser import BASE_URL, Browser, path_of
from tests.comments.conversation import decide, history, leave, number_of, say, status_of
from tests.conftest import MakeBrowser
from tests.lived_in import dump
from tests.postbox import Postbox, running, words_of

MO, OLGA = "mo@staff.example", "olga@staff.example"
TEN_MINUTES = timedelta(minutes=10, seconds=1)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}

Mails = Callable[[str], list[EmailMessage]]
Link = Callable[..., str]


@pytest.fixture
def mails(app: Flask) -> Iterator[Mails]:
    """What is due to somebody now, sent by a real mail server; links in it to the staff's pages."""
    postbox = Postbox()

    def mails(person: str) -> list[EmailMessage]:
        postman.deliver_due(app)
        mine = [mail for mail in postbox.mails if mail["To"] == person]
        postbox.mails = [mail for mail in postbox.mails if mail["To"] != person]
        return [mail for mail in mine if "/confirmations/" not in words_of(mail)]

    with running(postbox) as server:
        app.config["MAIL_URL"] = server.url()
        yield mails


@pytest.fixture
def link(app: Flask) -> Link:
    """A link as it is in Mo's mail."""

    def link(number: int, deed: Deed = Deed.APPROVAL) -> str:
        with app.app_context():
            mo = User.by_email(MO)
            assert mo is not None
            comment = db.session.get_one(Comment, number)
            return mailed_links.to_decide(mo, comment, deed).removeprefix(BASE_URL)

    return link


def links_in(mail: EmailMessage) -> dict[str, str]:
    """The links that act, by the words before them."""
    lines = [line.strip().partition(": ") for line in words_of(mail).splitlines()]
    return {
        name: address.removeprefix(BASE_URL)
        for name, _, address in lines
        if address.startswith(f"{BASE_URL}/moderation/links/")
    }


def acts(app: Flask, number: int) -> list[tuple[str, str]]:
    """Who did what to a comment."""
    with app.app_context():
        comment = db.session.get_one(Comment, number)
        found = [(act.user, act.deed) for act in Moderation.history(comment)]
        return [(user.name if user else "", str(deed)) for user, deed in found]


# Links that act


def test_mo_decides_from_a_mail_without_signing_in(
    app: Flask,
    post: Post,
    mo: Browser,
    rita: Browser,
    browser: MakeBrowser,
    mails: Mails,
    clock: time_machine.Traveller,
) -> None:
    bees = leave(app, post, "What do bees do?", name="Bob")
    for button, status, deed in (
        ("Approve", Status.APPROVED, "approval"),
        ("Spam", Status.SPAM, "spam"),
        ("Trash", Status.TRASHED, "trash"),
    ):
        said = f"They <b>hum</b> {deed}."
        number = number_of(say(rita, said, at=f"/comments/{bees}/replies"))
        [mail] = mails(MO)
        assert mail["Subject"] == "[Your Website] 1 reply waits for you"
        offered = links_in(mail)
        assert list(offered) == ["Approve", "Spam", "Trash"]
        telephone = browser()
        looks_and_changes_nothing(app, telephone, offered[button])
        for shown in ("What do bees do?", said, "Why it is held", "You decide as Mo"):
            assert shown in telephone.text
        answer = telephone.submit(None, {"reason": "x" * 501}, button=button)
        assert (answer.status_code, len(acts(app, number))) == (422, 1)
        assert telephone.page.select_one("#reason[aria-invalid=true]")
        assert telephone.submit(None, {"reason": f"So {deed}."}, button=button).status_code == 200
        assert "Done in the name of Mo." in telephone.text
        with app.app_context():
            assert db.session.get_one(Comment, number).reason == f"So {deed}."
        assert status_of(app, number) is status
        assert acts(app, number)[1:] == [("Mo", deed)]
        assert telephone.get("/moderation", follow_redirects=False).status_code == 303
        for spent in offered.values():
            for answer in (telephone.get(spent), telephone.post(spent)):
                assert answer.status_code == 410
                assert "This link has done its work" in telephone.text
                assert said not in telephone.text
        assert acts(app, number)[1:] == [("Mo", deed)]
        clock.shift(TEN_MINUTES)


def looks_and_changes_nothing(app: Flask, person: Browser, link: str) -> None:
    """Programs that look for viruses open every link of a mail."""
    before = dump(app)
    for method in ("HEAD", "GET"):
        answer = person.open(method, link)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert dump(app) == before


def test_a_link_that_was_used_stays_dead_when_its_act_is_undone(
    app: Flask, post: Post, mo: Browser, stranger: Browser, link: Link
) -> None:
    number = leave(app, post, status=Status.PENDING)
    used, other = link(number), link(number, Deed.TRASH)
    stranger.submit(used, button="Approve")
    mo.get(f"/moderation?done={batch_of(app, number)}")
    assert mo.submit(None, button="Undo").status_code == 303
    assert status_of(app, number) is Status.PENDING
    for dead in (used, other):
        assert stranger.post(dead).status_code == 410
    assert status_of(app, number) is Status.PENDING
    assert stranger.post(link(number)).status_code == 200


def batch_of(app: Flask, number: int) -> int | None:
    with app.app_context():
        latest = Moderation.latest(db.session.get_one(Comment, number))
        return latest.batch if latest else None


def test_a_link_dies_with_the_text_with_any_decision_and_with_time(
    app: Flask,
    post: Post,
    mo: Browser,
    mia: Browser,
    rita: Browser,
    stranger: Browser,
    link: Link,
    clock: time_machine.Traveller,
) -> None:
    receipt = say(rita, "Bees hum.")
    mended = number_of(receipt)
    others = [leave(app, post, f"Reply {n}.", status=Status.PENDING) for n in range(4)]
    decided, edited, taken_back, old = others
    made = {number: link(number) for number in (mended, *others)}
    rita.submit(receipt, {"body": "Buy pills."})
    decide(mia, decided, "Spam")
    mo.submit(f"/moderation/comments/{edited}", {"body": "Bees do hum."}, form="#edit form")
    with app.app_context(), write_tx():
        comment = db.session.get_one(Comment, taken_back)
        comment.move(Status.WITHDRAWN, from_=Status.PENDING, by=Actor.WRITER, deed=Deed.WITHDRAWAL)
    before = dump(app)
    for number in (mended, decided, edited, taken_back):
        for answer in (stranger.get(made[number]), stranger.post(made[number])):
            assert answer.status_code == 410, number
            assert "This was done last:" in stranger.text
    assert dump(app) == before
    clock.shift(timedelta(days=6, hours=23))
    assert stranger.get(made[old]).status_code == 200
    clock.shift(timedelta(hours=2))
    assert is_dead(stranger, made[old])
    assert status_of(app, old) is Status.PENDING


def test_a_link_dies_with_the_account_it_was_made_for(
    app: Flask, post: Post, stranger: Browser
) -> None:
    number = leave(app, post, status=Status.PENDING)
    changes: dict[str, Callable[[User], object]] = {
        "password": lambda user: user.set_password("another"),
        "role": lambda user: setattr(user, "role", Role.AUTHOR),
        "address": lambda user: setattr(user, "email", "me@home.example"),
        "end": db.session.delete,
    }
    for what, change in changes.items():
        email = f"{what}@staff.example"
        with app.app_context():
            with write_tx():
                user = User.create(role=Role.MODERATOR, name=what, email=email, password_hash="one")
            comment = db.session.get_one(Comment, number)
            link = mailed_links.to_decide(user, comment, Deed.SPAM).removeprefix(BASE_URL)
        assert stranger.get(link).status_code == 200, what
        with app.app_context(), write_tx():
            change(db.session.get_one(User, user.id))
        assert is_dead(stranger, link), what
    assert status_of(app, number) is Status.PENDING


def is_dead(stranger: Browser, link: str) -> bool:
    """Whether a link says to whoever looks and whoever presses that it is over, and of what no word."""
    return all(
        answer.status_code == 410
        and "Sign in to decide." in stranger.text
        and "Bees hum." not in stranger.text
        for answer in (stranger.get(link), stranger.post(link))
    )


def test_a_key_that_we_did_not_make_for_this_opens_nothing(
    app: Flask, post: Post, mo: Browser, stranger: Browser, link: Link
) -> None:
    number = leave(app, post, status=Status.PENDING)
    good = link(number)
    with app.app_context():
        comment = db.session.get_one(Comment, number)
        others = [
            keys.confirmation(number, comment.email),
            keys.staff_unsubscription(MO, "held"),
            keys.reset(1, "nonce"),
            keys.receipt(number, comment.nonce),
        ]
    wrong = [good[:-3] + "xyz", *(f"/moderation/links/{key}" for key in others)]
    before = dump(app)
    for address in wrong:
        for answer in (stranger.get(address), stranger.post(address)):
            assert answer.status_code == 404, address
    evil = {"Origin": "https://evil.example"}
    assert stranger.post(good, headers=evil).status_code == 403
    assert dump(app) == before


def test_whoever_is_signed_in_acts_as_the_person_whose_link_it_is(
    app: Flask, post: Post, mo: Browser, olga: Browser, link: Link
) -> None:
    number = leave(app, post, status=Status.PENDING)
    address = link(number, Deed.TRASH)
    assert olga.post(address).status_code == 403, "another page could have sent that"
    assert olga.submit(address, button="Trash").status_code == 200
    assert acts(app, number)[-1] == ("Mo", "trash")
    assert history(olga, number)[-1] == "Mo put it into the trash"


# How soon


@pytest.mark.parametrize(
    ("pace", "at", "due"),
    [
        (Pace.AT_ONCE, "2026-11-08T05:59:59", "2026-11-08T05:59:59"),
        (Pace.HOURLY, "2026-11-08T05:00:00", "2026-11-08T06:00:00"),
        (Pace.HOURLY, "2026-12-31T23:59:59", "2027-01-01T00:00:00"),
        (Pace.DAILY, "2026-11-08T05:59:59", "2026-11-08T06:00:00"),
        (Pace.DAILY, "2026-11-08T06:00:00", "2026-11-09T06:00:00"),
        (Pace.DAILY, "2026-12-31T06:00:01", "2027-01-01T06:00:00"),
        (Pace.NEVER, "2026-11-08T06:00:00", None),
    ],
)
def test_a_digest_is_due_at_the_full_hour_or_in_the_morning(
    pace: Pace, at: str, due: str | None
) -> None:
    expected = datetime.fromisoformat(due).replace(tzinfo=UTC) if due else None
    assert pace.due(datetime.fromisoformat(at).replace(tzinfo=UTC)) == expected


def test_mo_chooses_how_soon_to_be_told_and_what_waits_follows(
    app: Flask, post: Post, mo: Browser, olga: Browser, clock: time_machine.Traveller, mails: Mails
) -> None:
    clock.move_to(datetime(2027, 3, 8, 9, 30, tzinfo=UTC))
    assert chosen(mo) == {"held": "at-once"}
    assert choose(mo, held="hourly") == {"held": "hourly"}
    leave(app, post, "First.", status=Status.PENDING)
    clock.shift(timedelta(minutes=20))
    leave(app, post, "Second.", status=Status.PENDING)
    assert mails(MO) == []
    assert len(mails(OLGA)) == 1, "the others are told as they chose"
    clock.shift(timedelta(minutes=10, seconds=1))
    [digest] = mails(MO)
    assert all(said in words_of(digest) for said in ("First.", "Second."))
    choose(mo, held="daily")
    leave(app, post, "Third.", status=Status.PENDING)
    clock.move_to(datetime(2027, 3, 9, 5, 59, tzinfo=UTC))
    assert mails(MO) == []
    choose(mo, held="at-once")
    assert len(mails(MO)) == 1, "what waited for the morning"
    leave(app, post, "Fourth.", status=Status.PENDING)
    choose(mo, held="never")
    leave(app, post, "Fifth.", status=Status.PENDING)
    clock.shift(timedelta(days=2))
    assert mails(MO) == []


def test_mo_may_choose_what_is_for_mo_alone(mo: Browser, olga: Browser) -> None:
    assert chosen(olga) == {"held": "at-once", "approved": "at-once"}
    assert choose(olga, held="never", approved="daily") == {"held": "never", "approved": "daily"}
    assert mo.submit("/account", {"held": "sometimes"}).status_code == 422
    assert mo.errors
    mo.submit("/account", {"held": "daily"})
    assert chosen(mo) == {"held": "daily"}
    assert chosen(olga) == {"held": "never", "approved": "daily"}


def chosen(person: Browser) -> dict[str, str]:
    """What is ticked on somebody's account page."""
    person.get("/account")
    return {str(one["name"]): str(one["value"]) for one in person.page.select("#mail [checked]")}


def choose(person: Browser, **paces: str) -> dict[str, str]:
    """Tick something else. What is ticked then."""
    answer = person.submit("/account", paces, form="#mail form", button="Save")
    assert path_of(answer) == "/account?changed=mail", person.text
    return chosen(person)


# What came onto the page


def test_the_author_is_told_of_what_others_let_through(
    app: Flask, post: Post, olga: Browser, mo: Browser, clock: time_machine.Traveller, mails: Mails
) -> None:
    choose(olga, held="never", approved="at-once")
    mos, olgas, put_away = (
        leave(app, post, said, status=Status.PENDING) for said in ("Mo's.", "Olga's.", "Put away.")
    )
    for number in (mos, put_away):
        decide(mo, number, "Approve")
    decide(olga, olgas, "Approve")
    decide(mo, put_away, "Trash", tab="approved")
    olga.submit("/posts/on-bees", {"body": "My own."}, button="Post Comment")
    rules = leave(app, post, "By the rules.", name="Bob")
    [mail] = mails(OLGA)
    said = words_of(mail)
    assert mail["Subject"] == "[Your Website] New replies"
    assert "Rita on “On bees”" in said
    assert "Bob on “On bees”" in said
    assert f"{BASE_URL}/comments/{rules}" in said.split()
    for untold in ("Olga's.", "Put away.", "My own."):
        assert untold not in said
    assert list(links_in(mail)) == ["Spam", "Trash"]


def test_what_came_onto_the_page_is_told_once_and_may_be_taken_off_from_the_mail(
    app: Flask, post: Post, olga: Browser, mo: Browser, clock: time_machine.Traveller, mails: Mails
) -> None:
    number = leave(app, post, "Buy pills.")
    [mail] = mails(OLGA)
    assert mail["Subject"] == "[Your Website] A new reply"
    assert olga.submit(links_in(mail)["Spam"], button="Spam").status_code == 200
    assert status_of(app, number) is Status.SPAM
    mo.get(f"/moderation?done={batch_of(app, number)}")
    mo.submit(None, button="Undo")
    assert status_of(app, number) is Status.APPROVED
    clock.shift(TEN_MINUTES)
    assert mails(OLGA) == []
    leave(app, post, "Another.")
    [mail] = mails(OLGA)
    assert "Buy pills." not in words_of(mail)
    leave(app, post, "Yet another.")
    assert mails(OLGA) == [], "at most one mail in 10 minutes"
    clock.shift(TEN_MINUTES)
    assert len(mails(OLGA)) == 1
    assert mails(MO) == [], "moderators are told of what waits"


# The way out


def test_one_click_ends_the_mail_that_it_came_with_and_no_other(
    app: Flask, post: Post, olga: Browser, stranger: Browser, mails: Mails
) -> None:
    leave(app, post, "It waits.", status=Status.PENDING)
    leave(app, post, "It is there.")
    held, approved = mails(OLGA)
    for mail in (held, approved):
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail["List-Unsubscribe"].strip("<>") in words_of(mail).split()
    way_out = held["List-Unsubscribe"].strip("<>").removeprefix(BASE_URL)
    before = dump(app)
    assert "Mail to olga@staff.example" in stranger.read(way_out)
    assert dump(app) == before, "looking at the page changes nothing"
    leave(app, post, "It waits to be sent.", status=Status.PENDING)
    assert stranger.client.post(way_out, data=ONE_CLICK).status_code == 200
    assert chosen(olga) == {"held": "never", "approved": "at-once"}
    assert stranger.client.post(way_out, data=ONE_CLICK).status_code == 200, "twice is once"
    with app.app_context():
        waiting = db.session.scalars(db.select(Outbox).where(Outbox.settled_at.is_(None))).all()
        assert waiting == []
        wrong = [
            keys.staff_unsubscription("nobody@staff.example", "held"),
            keys.staff_unsubscription(OLGA, "reset"),
            keys.unsubscription(OLGA),
        ]
    for key in wrong:
        for answer in (stranger.get, stranger.post):
            assert answer(f"/unsubscribe/staff/{key}").status_code == 404
    assert stranger.submit(
        approved["List-Unsubscribe"].strip("<>").removeprefix(BASE_URL), button="End this mail"
    )
    assert chosen(olga) == {"held": "never", "approved": "never"}


def test_a_mail_that_is_only_shown_at_the_desk_acts_for_nobody(
    app: Flask, post: Post, olga: Browser, mo: Browser
) -> None:
    """The author reads it there, and must not act in Mo's name."""
    leave(app, post, status=Status.PENDING)
    with app.app_context():
        rows = db.session.scalars(db.select(Outbox).where(Outbox.person == MO)).all()
        [letter] = [outbox.compose(row) for row in rows]
    assert letter is not None
    assert "/moderation/links/" not in letter.text
