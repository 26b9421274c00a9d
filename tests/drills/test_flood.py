"""The drill of a flood: 10,000 spam replies in an hour, and among them 200 of people.

The hour is pressed into less than a minute: the spam comes through the models while the clock is moved on,
the people reply to a real server, as fast as they get through.
"""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from blog.auth.models import User
from blog.clock import now
from blog.comments import check
from blog.comments.acts import Deed, Moderation, Status, Tally
from blog.comments.deciding import Decision, decide
from blog.comments.judgement import judge, verdict_on
from blog.comments.models import Comment, Words
from blog.comments.screening import HOLD
from blog.database import write_tx
from blog.extensions import db
from blog.outbox import SPACING, Outbox
from blog.postman import deliver_due
from blog.posts.models import Post
from tests.blank import blank_blog, environment
from tests.drills.people import POST, Author, Person, signed_in
from tests.server import Server

pytestmark = pytest.mark.drill

STEPS = 100
SPAM_A_STEP = 100
ALIKE = 10  # a machine repeats itself
REAL_A_STEP = 2
A_STEP = timedelta(hours=1) / STEPS
LESSONS = 40  # of each kind, before the flood
WAITING = 30  # before it too: a full page of the queue is held against a full page

HELD = [{"rule": "first-timer", "words": ["reader@mail.example"], "verdict": HOLD}]

GOODS = "pills watches casino loans followers backlinks replicas coins tickets diplomas".split()
HOW = "Cheap Best Buy Order Win Free Instant Discount Luxury Guaranteed".split()
FLOWERS = "clover heather lime lavender ivy thyme borage sage rape buckwheat".split()
WHERE = "garden orchard balcony meadow village hedge valley yard field wood".split()


@pytest.fixture
def blog(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A blog with the rules of a new one."""
    with blank_blog("sqlite", request, tmp_path) as app:
        yield app


@pytest.fixture
def server(blog: Flask, tmp_path: Path) -> Iterator[Server]:
    """It is served, and nobody has to wait between two replies."""
    no_limits = {"BLOG_REPLY_INTERVAL": "0", "BLOG_REPLY_MIN_SECONDS": "0"}
    with Server({**environment(blog), **no_limits}, tmp_path / "log") as server:
        yield server


def test_a_flood_hides_nobody_and_slows_nobody(
    blog: Flask, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    author = signed_in(blog)
    teach()
    before = measure(server, author)
    took, real, read = flood(blog, server)
    after = measure(server, author)
    kept = {body: status for body, status in rows(Comment.source, Comment.status) if body in real}
    mails = [at for (at,) in rows(Outbox.settled_at, kind="held") if at]
    said = [
        f"10,000 spam replies and {len(real)} real ones in {took:.0f} s",
        *(f"{what}: {before[what]:.1f} ms before, {after[what]:.1f} ms after" for what in before),
        f"reading meanwhile: {median(read):.1f} ms, at most {max(read):.0f} ms",
        f"mails to each moderator in that hour: {len(mails)}",
        f"real replies by status: {counted(kept.values())}; all: {Tally.numbers()}",
    ]
    with capsys.disabled():
        print("\n" + "\n".join(said))  # noqa: T201  # these are what it is for
    assert len(kept) == len(real) == STEPS * REAL_A_STEP
    assert set(kept.values()) <= {Status.PENDING, Status.APPROVED}
    assert 0 < len(mails) <= 7
    assert all(later - sooner >= SPACING["held"] for sooner, later in pairwise(mails))
    for what in before:
        assert after[what] < 3 * before[what] + 100, what  # ms: machines are shared
    assert [str(difference) for difference in check.find()] == []


def teach() -> None:
    """Let the author have decided about a few replies of either kind."""
    with write_tx():
        author = User.author()
        assert author is not None
        for words, deed in ((spam, Deed.SPAM), (real_words, Deed.APPROVAL)):
            post = db.session.scalars(sa.select(Post).where(Post.slug == "welcome")).one()
            left = [
                Comment.leave(post, None, words(n), verdict=Status.PENDING, findings=[])
                for n in range(LESSONS)
            ]
            decide(left, Decision(deed, author))
        for n in range(WAITING):
            Comment.leave(post, None, real_words(500 + n), verdict=Status.PENDING, findings=HELD)


def flood(blog: Flask, server: Server) -> tuple[float, set[object], list[float]]:
    """An hour of it. How many seconds it took, what real people were told had arrived, and how many
    milliseconds each of those waited who only read.
    """
    judged = [(words, judge(words, proven=False)) for words in map(spam, range(100, 300))]
    begun, real, read = time.perf_counter(), set(), []
    with time_machine.travel(now(), tick=True) as clock, Person(server) as person:
        form = person.form()
        for step in range(STEPS):
            with write_tx():
                post = db.session.scalars(sa.select(Post).where(Post.slug == "welcome")).one()
                for n in range(SPAM_A_STEP // ALIKE):
                    words, findings = judged[(step * 10 + n) % len(judged)]
                    verdict = verdict_on(findings)
                    left = Comment.leave(post, None, words, verdict=verdict, findings=findings)
                    repeat(left, ALIKE - 1)
            for n in range(REAL_A_STEP):
                said = real_words(1000 + step * REAL_A_STEP + n)
                typed = {"name": said.name, "email": said.email, "body": said.source}
                if person.send(f"{POST}/comments", {**form, **typed}).status == 303:
                    real.add(said.source)
            read.append(1000 * person.get(POST).took)
            deliver_due(blog)  # first of all, so that the lease is ours, whose clock goes ahead
            clock.shift(A_STEP)
    return time.perf_counter() - begun, real, read


def repeat(left: Comment, times: int) -> None:
    """The same comment so many times more, as rows: the verb would take longer than the drill may."""
    comment = one_row(sa.select(Comment.__table__).where(Comment.id == left.id))
    act = one_row(sa.select(Moderation.__table__).where(Moderation.comment_id == left.id))
    new = sa.insert(Comment.__table__).returning(Comment.__table__.c.id)
    numbers = db.session.scalars(new, [comment] * times).all()
    acts = [{**act, "comment_id": number} for number in numbers]
    db.session.execute(sa.insert(Moderation.__table__), acts)
    alike = sa.update(Tally).where(Tally.status == left.status)
    db.session.execute(alike.values(number=Tally.number + times))


def one_row(query: sa.Select[Any]) -> dict[str, Any]:
    found = dict(db.session.execute(query).mappings().one())
    del found["id"]
    return found


def spam(n: int) -> Words:
    """What a machine sends."""
    what, how = GOODS[n % 10], HOW[n // 10 % 10]
    body = (
        f"{how} {what} online no. {n}! Visit http://{what}-{how.lower()}.example now, best price."
    )
    return Words.written(
        body, f"{how} {what}", f"{what}{n}@offers.example", f"http://{what}.example"
    )


def real_words(n: int) -> Words:
    """What a person says."""
    flower, where = FLOWERS[n % 10], WHERE[n // 10 % 10]
    body = f"Thank you for this. The bees in our {where} liked the {flower} most, reader {n} here."
    return Words.written(body, f"Reader {n}", f"reader{n}@mail.example")


def measure(server: Server, author: Author) -> dict[str, float]:
    """How many milliseconds it takes to open the queue, and to read: the medians."""
    with Person(server, author.cookie) as staff, Person(server) as reader:
        return {
            "opening the queue": timed(lambda: staff.get("/moderation").took),
            "reading a post": timed(lambda: reader.get(POST).took),
        }


def timed(ask: Callable[[], float], times: int = 20) -> float:
    return 1000 * median(ask() for _ in range(times))


def rows(*columns: object, **conditions: object) -> list[tuple[object, ...]]:
    """Rows as they are now."""
    db.session.rollback()
    query = sa.select(*columns).filter_by(**conditions)
    return [tuple(row) for row in db.session.execute(query)]


def counted(statuses: object) -> dict[str, int]:
    found = [str(status) for status in statuses]
    return {status: found.count(status) for status in sorted(set(found))}
