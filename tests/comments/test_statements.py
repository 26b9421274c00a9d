"""What pages cost: as many statements with 5,000 comments as with 5, and none that reads them all."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from blog.comments.acts import Status
from blog.extensions import db
from blog.posts.models import Post
from tests.browser import Browser
from tests.comments.conversation import POST, listed, say, token
from tests.comments.growing import grow
from tests.comments.people.sending import send

MOST_FOR_A_READER = 8
# The post and what is asked before the lock; blocks, rules, the reply, its record and count, and word of it.
MOST_FOR_A_REPLY = 20
MOST_FOR_A_PERMALINK = 10  # it looks where the comment stands, at most on two pages
MANY = 5_000

Statement = tuple[str, Any]


@contextmanager
def recorded(app: Flask) -> Iterator[list[Statement]]:
    """The statements, with their parameters, that reach the database meanwhile."""
    statements: list[Statement] = []

    def record(*args: Any) -> None:
        _connection, _cursor, statement, parameters, _context, _many = args
        if not statement.startswith(("PRAGMA", "BEGIN")):
            statements.append((statement, parameters))

    app.extensions["watch"].moment()  # what changed is known, and not asked for the page's sake
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", record)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", record)


def cost(app: Flask, browser: Browser, path: str) -> int:
    """How many statements it takes to make a page."""
    app.extensions["pages"].forget()
    with recorded(app) as statements:
        assert browser.get(path).status_code == 200
    return len(statements)


def bushy(number: int) -> list[int | None]:
    """A conversation of every kind: many on top, one with very many answers, and deep ones."""
    return [None, *(n - 1 if n % 5 else None if n % 2 else 0 for n in range(1, number))]


def test_reading_costs_the_same_with_5_and_with_5000_comments(
    app: Flask, post: Post, rita: Browser
) -> None:
    first = grow(app, post, bushy(5))[0]
    few = cost(app, rita, POST)
    few_answers = cost(app, rita, f"/comments/{first}/replies")
    numbers = grow(app, post, bushy(MANY))
    assert cost(app, rita, POST) == few
    assert cost(app, rita, f"{POST}?comments=10") == few
    assert len(listed(rita)) > 50
    assert cost(app, rita, f"/comments/{numbers[0]}/replies?page=10") == few_answers
    assert max(few, few_answers) <= MOST_FOR_A_READER
    for number in (numbers[4], numbers[-1]):
        with recorded(app) as statements:
            rita.get(f"/comments/{number}", follow_redirects=False)
        assert len(statements) <= MOST_FOR_A_PERMALINK


def test_a_reply_is_written_once_and_costs_few_statements(
    app: Flask, post: Post, rita: Browser
) -> None:
    typed = {"name": "Rita", "email": "rita@example.org", "body": "Bees hum."}
    rita.get(POST)
    with recorded(app) as statements:
        assert rita.submit(None, typed).status_code == 303
    assert not [said for said, _ in statements if said.startswith("UPDATE comment ")]
    assert len(statements) <= MOST_FOR_A_REPLY


@pytest.mark.parametrize(
    ("status", "many"), [(Status.PENDING, MANY), (Status.SPAM, 200)], ids=["pending", "spam"]
)
def test_the_queue_costs_the_same_with_5_and_with_many_that_wait(
    app: Flask, post: Post, mo: Browser, status: Status, many: int
) -> None:
    path = f"/moderation?status={status}"
    first = grow(app, post, bushy(5), status=status)[0]
    few = cost(app, mo, path)
    numbers = grow(app, post, bushy(many), status=status)
    assert cost(app, mo, path) == few
    assert cost(app, mo, f"{path}&before={numbers[100]}") == few
    assert len(listed(mo)) == 25
    assert few <= MOST_FOR_A_READER
    assert cost(app, mo, f"/moderation/comments/{first}") <= MOST_FOR_A_READER + 2


def test_every_look_costs_the_same_with_5_and_with_2000(
    app: Flask, post: Post, mo: Browser
) -> None:
    looks = [
        *(f"/moderation?sort={sort}" for sort in ("newest", "oldest", "doubtful", "harmless")),
        "/moderation?text=hum&person=reader&rule=links&since=2001-01-01&post=on-bees",
        "/moderation?text=hum&sort=doubtful",
        "/moderation?text=nobody-says-this",
    ]
    grow(app, post, bushy(30), status=Status.PENDING)
    few = [cost(app, mo, look) for look in looks]
    grow(app, post, bushy(2_000), status=Status.PENDING)
    assert [cost(app, mo, look) for look in looks] == few
    assert max(few) <= 8 + 3


# How SQLite finds the rows


@pytest.fixture
def plan(app: Flask) -> Callable[[Callable[[], object]], list[str]]:
    """How SQLite finds what somebody asks for: the steps of every statement that it takes."""

    def plan(ask: Callable[[], object]) -> list[str]:
        with recorded(app) as statements:
            ask()
        assert statements
        with app.app_context(), db.engine.connect() as connection:
            return [
                step.detail
                for statement, parameters in statements
                if not statement.startswith("INSERT")
                for step in connection.exec_driver_sql(
                    f"EXPLAIN QUERY PLAN {statement}", parameters
                )
            ]

    return plan


def reads_all(steps: list[str]) -> list[str]:
    """The steps that go through every comment or act there is, or through all in one place or tab."""
    wrong = re.compile(
        r"SCAN (comment(?!_tally)|moderation|post)|AUTOMATIC"
        r"|ix_comment_thread \(post_id=\?( AND parent_id=\?)?\)"
    )
    return [step for step in steps if wrong.search(step)]


@pytest.mark.one_database
def test_no_page_reads_every_comment(
    app: Flask,
    post: Post,
    rita: Browser,
    mo: Browser,
    plan: Callable[[Callable[[], object]], list[str]],
) -> None:
    numbers = grow(app, post, bushy(500))
    grow(app, post, bushy(100), status=Status.PENDING)
    for person, path in [
        (rita, POST),
        (rita, f"{POST}?comments=2"),
        (rita, f"/comments/{numbers[0]}/replies"),
        (rita, f"/comments/{numbers[99]}"),
        (rita, f"{POST}/comments.xml"),
        (rita, "/comments.xml"),
        (rita, "/feed.xml"),
        (mo, "/moderation"),
        (mo, f"/moderation?before={numbers[-1]}&status=approved"),
        (mo, f"/moderation/comments/{numbers[99]}"),
    ]:
        steps = plan(lambda person=person, path=path: person.get(path, follow_redirects=False))
        assert reads_all(steps) == [], path


@pytest.mark.one_database
def test_no_reply_and_no_decision_reads_every_comment(
    app: Flask,
    post: Post,
    rita: Browser,
    mo: Browser,
    plan: Callable[[Callable[[], object]], list[str]],
) -> None:
    numbers = grow(app, post, bushy(500))
    waiting = grow(app, post, bushy(10), status=Status.PENDING)
    csrf = token(mo)
    for act in [
        lambda: say(rita),
        lambda: say(rita, at=f"/comments/{numbers[99]}/replies"),
        lambda: mo.post(f"/comments/{waiting[9]}/approval", csrf),
        lambda: mo.post(f"/comments/{waiting[9]}/trash", csrf),
        lambda: mo.post(f"/comments/{waiting[9]}/restoration", csrf),
        lambda: mo.post("/moderation/batches/spam", {**csrf, "comment": waiting}, follow=True),
        lambda: mo.submit(None, button="Undo"),
    ]:
        assert reads_all(plan(act)) == []


@pytest.mark.one_database
def test_every_look_has_an_index(
    app: Flask, post: Post, mo: Browser, plan: Callable[[Callable[[], object]], list[str]]
) -> None:
    numbers = grow(app, post, bushy(100), status=Status.PENDING)
    for sort, index in {
        "newest": "ix_comment_queue",
        "oldest": "ix_comment_queue",
        "doubtful": "ix_comment_doubt",
        "harmless": "ix_comment_doubt",
    }.items():
        for key in ("", f"&before={numbers[50]}", f"&before=0-{numbers[50]}"):
            steps = plan(lambda path=f"/moderation?sort={sort}{key}": mo.get(path))
            assert any(index in step for step in steps), (sort, key, steps)
            assert not [step for step in steps if "TEMP B-TREE" in step], (sort, key, steps)
    # Sifted by doubt, what was searched is sorted, and found by its numbers.
    steps = plan(lambda: mo.get("/moderation?text=hum&sort=doubtful"))
    assert not [step for step in steps if re.search("SCAN comment |ix_comment_doubt", step)], steps


@pytest.mark.one_database
def test_all_of_a_person_and_all_that_was_reported_is_found_by_an_index(
    app: Flask, post: Post, mo: Browser, plan: Callable[[Callable[[], object]], list[str]]
) -> None:
    number = send(app, post, "sid@example.org", "192.0.2.1", Status.APPROVED, proven=True)
    indexes = {"email": "email", "address": "address", "network": "network", "wide": "wide_network"}
    for by, name in indexes.items():
        at = f"/moderation/comments/{number}"
        steps = plan(lambda path=f"{at}/block?by={by}": mo.get(path))
        steps += plan(lambda path=f"{at}/person?by={by}&before=9": mo.get(path))
        assert any(f"ix_comment_of_{name}" in step for step in steps), by
        assert not reads_all(steps), by
    for page in ("/moderation/reports", "/moderation"):
        steps = plan(lambda page=page: mo.get(page))
        assert any("ix_comment_reported" in step for step in steps), steps
        assert not reads_all(steps)
