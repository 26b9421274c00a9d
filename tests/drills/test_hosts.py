"""The drills of several hosts over one PostgreSQL: what is said on one holds on the other, dead or alive."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import sqlalchemy as sa
from flask import Flask

from blog.comments import check
from blog.comments.acts import Actor, Status
from blog.comments.models import Comment, Words
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post
from blog.text import render_comment
from tests.blank import blank_blog
from tests.comments.conversation import hold_nothing
from tests.drills.hosts import two_hosts
from tests.drills.people import POST, Person, Reader, Writer, signed_in
from tests.server import Server

pytestmark = pytest.mark.drill

SECONDS_BEFORE = 2.0
SECONDS_AFTER = 4.0
APPROVALS = 15
# What the design promises: other hosts follow within one second.
FOLLOWS_WITHIN = 1.0


@pytest.fixture(scope="module")
def blog(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """A blog on a PostgreSQL database of its own."""
    with blank_blog("postgresql", request, tmp_path_factory.mktemp("blog")) as app:
        yield app


@pytest.fixture(scope="module")
def hosts(blog: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """Its two hosts. Replies stand at once, so that pages change all the time."""
    with two_hosts(blog, tmp_path_factory.mktemp("hosts")) as hosts:
        hold_nothing(blog)
        yield hosts


def test_an_approval_on_one_host_is_seen_on_the_other_within_a_second(
    blog: Flask, hosts: list[Server]
) -> None:
    author = signed_in(blog)
    pending = leave_pending(APPROVALS)
    with ExitStack() as stack:
        readers = [stack.enter_context(Person(host)) for host in hosts]
        staff = [stack.enter_context(Person(host, author.cookie)) for host in hosts]
        for number, comment in enumerate(pending):
            here, there = number % 2, 1 - number % 2
            assert all(words_of(number) not in reader.get(POST).text for reader in readers)
            approval = {"csrf_token": author.token}
            assert staff[here].send(f"/comments/{comment}/approval", approval).status == 303
            approved = asked = time.monotonic()
            while words_of(number) not in readers[there].get(POST).text:
                assert asked - approved < FOLLOWS_WITHIN
                asked = time.monotonic()
            assert words_of(number) in readers[here].get(POST).text


def test_one_of_two_hosts_is_killed_and_nothing_acknowledged_is_lost_and_no_reader_sees_it(
    blog: Flask, hosts: list[Server]
) -> None:
    one, other = hosts
    killed, over = threading.Event(), threading.Event()
    doomed = [Writer(one, killed, f"Doomed {n}") for n in range(2)] + [Reader(one, killed)]
    staying = [Writer(other, over, f"Staying {n}") for n in range(2)]
    readers = [Reader(other, over) for _ in range(2)]
    people = [*doomed, *staying, *readers]
    for person in people:
        person.start()
    time.sleep(SECONDS_BEFORE)
    killed.set()
    one.kill()
    by_then = [len(writer.acknowledged) for writer in staying]
    time.sleep(SECONDS_AFTER)
    over.set()
    for person in people:
        person.join()
    assert [person.error for person in people if person.error] == []
    assert all(len(writer.acknowledged) > n for writer, n in zip(staying, by_then, strict=True))
    assert all(reader.read > 100 for reader in readers)
    acknowledged = [
        body for each in people if isinstance(each, Writer) for body in each.acknowledged
    ]
    assert len(acknowledged) > 20
    assert set(acknowledged) - kept() == set()
    assert [str(difference) for difference in check.find()] == []
    with one, Person(one) as person:
        assert person.send(f"{POST}/comments", person.form()).status == 303


def words_of(number: int) -> str:
    """What a comment says that nobody else does."""
    return f"The {number}th reply."


def leave_pending(number: int) -> list[int]:
    """So many comments that wait for a moderator: their numbers."""
    with write_tx():
        post = db.session.scalars(sa.select(Post).where(Post.slug == "welcome")).one()
        found = [
            Comment.leave(
                post,
                None,
                Words(words_of(n), render_comment(words_of(n)), name="Rita", email="r@example.org"),
                verdict=Status.PENDING,
                findings=[],
                by=Actor.WRITER,
            )
            for n in range(number)
        ]
    return [comment.id for comment in found]


def kept() -> set[str]:
    """The replies that are in the database."""
    db.session.rollback()
    return set(db.session.scalars(sa.select(Comment.source)))
