"""Eight people at once on one post: nothing is lost, nothing fails, and every number is right."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import select

from blog.comments.acts import Deed, Moderation, Status
from blog.comments.models import Comment
from blog.extensions import db
from blog.posts.models import Post
from tests.browser import Browser
from tests.comments.conversation import POST, hold_nothing, leave, number_of, say, token
from tests.comments.growing import miscounted
from tests.conftest import PASSWORD, MakeBrowser

REPLIES = 4
WAITING = 9

Result = tuple[str, int, int]  # what was done, to which comment, with which status


def replies(reader: Browser, name: str, under: int) -> Iterator[Result]:
    """Leave replies, some below the post and some below a comment that others edit meanwhile."""
    for n in range(REPLIES):
        at = POST if n % 2 else f"/comments/{under}/replies"
        words = {"name": name, "email": f"{name}@example.org"}
        yield "reply", number_of(say(reader, f"{name} hums {n}.", at=at, **words)), 303


def decisions(person: Browser, deed: str, numbers: list[int]) -> Iterator[Result]:
    """Decide about comments that somebody else decides about too."""
    csrf = token(person)
    for number in numbers:
        path = f"/comments/{number}/{deed}"
        yield deed, number, person.post(path, {**csrf, "from": "pending"}).status_code


def edits(person: Browser, numbers: list[int]) -> Iterator[Result]:
    """Edit comments that somebody else edits too."""
    for number in numbers:
        answer = person.submit(
            f"/moderation/comments/{number}", {"body": f"Edited {number}."}, form="#edit form"
        )
        yield "edit", number, answer.status_code


def answers(person: Browser, numbers: list[int]) -> Iterator[Result]:
    """Approve and answer."""
    csrf = token(person)
    for number in numbers:
        sent = {**csrf, "body": f"Thanks for {number}."}
        yield "answer", number, person.post(f"/comments/{number}/answer", sent).status_code


def all_at_once(hands: list[Callable[[], Iterator[Result]]]) -> list[Result]:
    """Have everybody do their things, starting at the same moment. What became of each."""
    barrier = Barrier(len(hands))

    def work(hand: Callable[[], Iterator[Result]]) -> list[Result]:
        barrier.wait()
        return list(hand())

    with ThreadPoolExecutor(len(hands)) as pool:
        return [result for results in pool.map(work, hands) for result in results]


def test_eight_people_at_once_lose_nothing_and_fail_at_nothing(
    app: Flask, post: Post, olga: Browser, mo: Browser, mia: Browser, browser: MakeBrowser
) -> None:
    hold_nothing(app)
    top = leave(app, post, "Who hums?")
    numbers = [
        leave(app, post, f"Hum {n}.", status=Status.PENDING, under=top if n % 3 else None)
        for n in range(WAITING)
    ]
    mo_too = browser().signed_in("mo@staff.example", PASSWORD)
    mia_too = browser().signed_in("mia@staff.example", PASSWORD)
    results = all_at_once(
        [
            lambda: replies(browser(address="192.0.2.1"), "Ann", top),
            lambda: replies(browser(address="192.0.2.2"), "Ben", top),
            lambda: replies(browser(address="192.0.2.3"), "Cleo", top),
            lambda: decisions(mo, "approval", numbers),
            lambda: decisions(mia, "spam", numbers[::-1]),
            lambda: edits(mo_too, numbers),
            lambda: edits(mia_too, numbers),
            lambda: answers(olga, numbers[::2]),
        ]
    )
    by_deed = Counter((what, status) for what, _number, status in results)
    with app.app_context():
        assert miscounted(db.session) == []
        recorded = Counter(act.deed for act in db.session.scalars(select(Moderation)))
        sources = Counter(comment.source for comment in db.session.scalars(select(Comment)))
    assert {status for _what, _number, status in results} <= {303, 409}
    # Every reply that was acknowledged is there, once.
    hummed = [f"{name} hums {n}." for name in ("Ann", "Ben", "Cleo") for n in range(REPLIES)]
    assert [sources[words] for words in hummed] == [1] * len(hummed)
    assert sum(sources.values()) == 1 + WAITING + len(hummed) + by_deed["answer", 303]
    # Of two decisions about a comment one was made; what was acknowledged was recorded, and no more.
    decided = Counter(
        number for what, number, status in results if what != "edit" and status == 303
    )
    assert all(decided[number] >= 1 for number in numbers)
    assert recorded[Deed.SPAM] == by_deed["spam", 303]
    assert recorded[Deed.EDIT] == by_deed["edit", 303]
    assert recorded[Deed.APPROVAL] >= by_deed["approval", 303]
    assert recorded[Deed.SPAM] + recorded[Deed.APPROVAL] == WAITING
