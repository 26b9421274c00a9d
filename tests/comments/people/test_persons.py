"""A person: all that came with the same e-mail, address or network; trust; and all of it to spam and back."""

import pytest
from flask import Flask

from blog.clock import now
from blog.comments.acts import Status
from blog.comments.models import Comment
from blog.comments.people import persons, sweeping
from blog.database import write_tx
from blog.posts.models import Post
from tests.browser import Browser
from tests.comments.conversation import decide, leave, listed, look_at_post, status_of
from tests.comments.growing import grow
from tests.comments.people.sending import send
from tests.comments.test_statements import cost

PENDING, APPROVED, SPAM, TRASHED = Status.PENDING, Status.APPROVED, Status.SPAM, Status.TRASHED


def person(number: int, by: str = "email") -> str:
    """The page of whoever wrote a comment."""
    return f"/moderation/comments/{number}/person?by={by}"


def test_mo_sees_all_of_one_person_by_email_address_household_and_provider(
    app: Flask, post: Post, mo: Browser
) -> None:
    first = send(app, post, "sid@example.org", "198.51.100.7")
    same_email = send(app, post, "sid@example.org", "203.0.113.9", SPAM)
    neighbour = send(app, post, "ann@example.org", "198.51.100.8", APPROVED)
    itself = send(app, post, "ben@example.org", "198.51.100.7")
    far = send(app, post, "eve@example.org", "198.51.7.1")
    send(app, post, "eve@example.org", "192.0.2.1")
    nowhere = leave(app, post)
    expected = {
        "email": [same_email, first],
        "address": [itself, first],
        "network": [itself, neighbour, first],
        "wide": [far, itself, neighbour, first],
    }
    for by, numbers in expected.items():
        mo.get(person(first, by))
        assert listed(mo) == numbers, by
    assert [found.text for found in mo.page.select("nav.orders a")] == [
        "E-mail",
        "Address",
        "Household",
        "Provider",
    ]
    mo.get(f"/moderation/comments/{first}")
    mo.get(mo.page.find("a", string="All of this person")["href"])
    assert "sid@example.org" in mo.page.h1.text
    assert "sid" not in mo.path
    for missing in (person(nowhere, "address"), person(first, "name"), person(999)):
        assert mo.get(missing).status_code == 404


def test_trust_grows_from_proven_addresses_only(app: Flask, post: Post, mo: Browser) -> None:
    for _ in range(3):
        number = send(app, post, "ann@example.org", "192.0.2.1", APPROVED)
    proven_spam = send(app, post, "ann@example.org", "192.0.2.1", SPAM, proven=True)
    mo.get(person(number))
    assert "Not trusted yet" in mo.text
    assert "3 replies were approved." in mo.text
    decide(mo, proven_spam, "Approve", tab="spam")
    mo.get(person(number))
    assert "Trusted: the address is proven since" in mo.text
    assert "4 replies were approved." in mo.text
    # By where it came from nobody is trusted.
    assert "rusted" not in mo.read(person(number, "address"))


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if somebody had written very many: two are moved in a transaction, four in an act."""
    monkeypatch.setattr(sweeping, "AT_ONCE", 2)
    monkeypatch.setattr(persons, "LOOKED_AT", 4)


def test_mo_turns_all_of_a_person_to_spam_in_one_act_and_back_in_one_undo(
    app: Flask, post: Post, mo: Browser, small_steps: None
) -> None:
    approved = send(app, post, "sid@example.org", "192.0.2.1", APPROVED)
    pending = [send(app, post, "sid@example.org", "192.0.2.1") for _ in range(2)]
    trashed = send(app, post, "sid@example.org", "192.0.2.1", TRASHED)
    other = send(app, post, "ann@example.org", "192.0.2.1")
    mine = [approved, *pending, trashed]
    mo.get(person(approved))
    since = send(app, post, "sid@example.org", "192.0.2.1")
    mo.submit(None, button="Turn all 3 to spam", follow=True)
    assert "3 replies marked as spam." in mo.text
    assert [status_of(app, n) for n in mine] == [SPAM, SPAM, SPAM, TRASHED]
    # What nobody has seen, and what others wrote, stays.
    assert (status_of(app, since), status_of(app, other)) == (PENDING, PENDING)
    assert look_at_post(app, post).comment_count == 0
    mo.submit(None, button="Undo", follow=True)
    assert "Undone for 3 replies." in mo.text
    assert [status_of(app, n) for n in mine] == [APPROVED, PENDING, PENDING, TRASHED]
    assert look_at_post(app, post).comment_count == 1


def test_whoever_wrote_more_than_one_act_takes_is_gone_on_with(
    app: Flask, post: Post, mo: Browser, small_steps: None
) -> None:
    numbers = [send(app, post, "sid@example.org", "192.0.2.1") for _ in range(6)]
    mo.get(person(numbers[0]))
    assert "Of the newest 4:" in mo.text
    mo.submit(None, button="Turn all 4 to spam", follow=True)
    assert [status_of(app, n) for n in numbers] == [PENDING] * 2 + [SPAM] * 4
    assert listed(mo) == numbers[1::-1]
    mo.submit(None, button="Turn all 2 to spam", follow=True)
    assert {status_of(app, n) for n in numbers} == {SPAM}


def test_a_person_costs_the_same_with_5_and_with_5000_comments(
    app: Flask, post: Post, mo: Browser
) -> None:
    for number in (5, 5_000):
        numbers = grow(app, post, [None] * number)
        with app.app_context(), write_tx() as session:
            mark = {"address_hash": "a" * 32, "network_hash": "b" * 32, "email": "sid@example.org"}
            session.execute(Comment.__table__.update().values(**mark, proven_at=now()))
        costs = [cost(app, mo, person(numbers[0], by)) for by in ("email", "address", "network")]
        if number == 5:
            few = costs
    assert costs == few
