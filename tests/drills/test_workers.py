"""The drill of several workers: what is approved is on the very next page, whichever of them is asked."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from itertools import cycle, islice, product
from pathlib import Path

import pytest
from flask import Flask

from blog.clock import now
from blog.comments.acts import Actor, Status
from blog.comments.models import Comment, Words
from blog.database import write_tx
from blog.posts.models import Post
from blog.text import render_comment
from tests.blank import blank_blog
from tests.conftest import DATABASES
from tests.drills.hosts import host
from tests.drills.people import Person, signed_in
from tests.server import Server

pytestmark = pytest.mark.drill

POSTS = 50
APPROVALS = 500
WORKERS = 2
# With so many connections, each worker has got one of them: but for once in a billion times.
CONNECTIONS = 31

# In /proc/net/tcp: the local and the remote address of a connection, and its inode.
LOCAL, REMOTE, INODE = 1, 2, 9


@pytest.fixture(params=DATABASES)
def blog(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A blog of its own, on either database."""
    with blank_blog(request.param, request, tmp_path) as app:
        yield app


def test_after_an_approval_the_very_next_page_has_the_comment_500_times_in_a_row(
    blog: Flask, tmp_path: Path
) -> None:
    with host(blog, tmp_path / "host", "--workers", str(WORKERS)) as server, ExitStack() as stack:
        author, pending = signed_in(blog), leave_pending()
        staff = connections(server, stack, author.cookie)
        readers = connections(server, stack)
        turns = cycle(product(staff.values(), readers.values()))
        missing = []
        for number, (comment, (moderator, reader)) in enumerate(zip(pending, turns, strict=False)):
            approval = {"csrf_token": author.token}
            answer = moderator.send(f"/comments/{comment}/approval", approval)
            assert answer.status == 303, answer.text
            page = reader.get(address_of(number))
            assert page.status == 200, page.text
            if words_of(number) not in page.text:
                missing.append(number)
        assert missing == [], server.said()
        assert len(pending) == APPROVALS


def connections(server: Server, stack: ExitStack, cookie: str = "") -> dict[int, Person]:
    """A connection to each worker."""
    people = (stack.enter_context(Person(server, cookie)) for _ in range(CONNECTIONS))
    found = {worker_of(server, person): person for person in people}
    assert len(found) == WORKERS
    return found


def worker_of(server: Server, person: Person) -> int:
    """The process that answers on this connection."""
    person.get("/healthz")
    ends = (server.port, person.connection.sock.getsockname()[1])
    with open("/proc/net/tcp", encoding="ascii") as table:
        [inode] = [
            row[INODE]
            for row in map(str.split, islice(table, 1, None))
            if ends == tuple(int(row[end].partition(":")[2], 16) for end in (LOCAL, REMOTE))
        ]
    assert server.process is not None
    launcher = server.process.pid
    workers = Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()
    [worker] = [int(each) for each in workers if f"socket:[{inode}]" in open_files(each)]
    return worker


def open_files(process: str) -> set[str]:
    """What a process has open."""
    found = set()
    for file in Path(f"/proc/{process}/fd").iterdir():
        with suppress(OSError):  # it was closed meanwhile
            found.add(os.readlink(file))
    return found


def words_of(number: int) -> str:
    """What a comment says that nobody else does."""
    return f"This is reply {number}."


def address_of(number: int) -> str:
    """The post below which it stands: as many in a row as a post gets."""
    return f"/posts/post-{number // (APPROVALS // POSTS)}"


def leave_pending() -> list[int]:
    """Comments that wait for a moderator, below some posts: their numbers."""
    with write_tx():
        posts = {f"/posts/post-{number}": publish(number) for number in range(POSTS)}
        found = [leave(posts[address_of(number)], words_of(number)) for number in range(APPROVALS)]
    return [comment.id for comment in found]


def publish(number: int) -> Post:
    """A post."""
    words = {"title": f"Post {number}", "slug": f"post-{number}", "summary": "", "tags": []}
    post = Post.write(**words, source="Bees.", html="<p>Bees.</p>")
    post.publish(now())
    return post


def leave(post: Post, says: str) -> Comment:
    """A comment that waits."""
    words = Words(says, render_comment(says), name="Rita", email="rita@example.org")
    return Comment.leave(post, None, words, verdict=Status.PENDING, findings=[], by=Actor.WRITER)
