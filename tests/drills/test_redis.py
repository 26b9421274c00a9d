"""The drill of the lost Redis: it is never needed to serve, and each host counts for itself without it."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask

from blog.comments.replies import PREVIEWS
from blog.counters import TRY_AGAIN_SECONDS
from tests.blank import blank_blog
from tests.drills.hosts import two_hosts
from tests.drills.people import POST, Person
from tests.services import Redis

pytestmark = pytest.mark.drill

MOST = int(PREVIEWS.partition(" ")[0])
# Nobody waits for a Redis that is gone. (The machine may have much else to do.)
AT_ONCE = 2.0


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    """A Redis of the drill's own."""
    with Redis(tmp_path) as redis:
        yield redis


@pytest.fixture
def blog(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A blog on a PostgreSQL database of its own."""
    with blank_blog("postgresql", request, tmp_path) as app:
        yield app


def taken(person: Person, form: dict[str, str]) -> int:
    """How many previews are taken until one is refused; and that a page was had meanwhile."""
    for number in range(MOST + 1):
        answer = person.send(f"{POST}/comments/preview", form)
        assert answer.took < AT_ONCE
        if answer.status == 429:
            return number
        assert answer.status == 200
    raise AssertionError("there is no limit")


def test_hosts_count_together_alone_while_redis_is_gone_and_together_again(
    blog: Flask, redis: Redis, tmp_path: Path
) -> None:
    with two_hosts(blog, tmp_path, BLOG_REDIS_URL=redis.url) as hosts, ExitStack() as stack:
        one, other = (stack.enter_context(Person(host)) for host in hosts)
        form = one.form()
        assert (taken(one, form), taken(other, form)) == (MOST, 0)
        redis.kill()
        for person in (one, other):
            assert person.get(POST).status == 200
            assert person.get("/search?q=blog").status == 200
            reply = {**form, "body": f"Said to {person.server.port}."}
            assert person.send(f"{POST}/comments", reply).status == 303
            assert taken(person, form) == MOST
        redis.start()  # it has forgotten what it knew
        time.sleep(TRY_AGAIN_SECONDS)
        assert (taken(one, form), taken(other, form)) == (MOST, 0)
        for host in hosts:
            assert host.said().count("BLOG_REDIS_URL: no answer") == 1
            assert host.said().count("BLOG_REDIS_URL: it answers again") == 1
            assert "Traceback" not in host.said()
