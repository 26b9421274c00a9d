"""What is kept for a time only is forgotten when the time is over, and not before."""

import pytest
from flask import Flask
from time_machine import Traveller

from blog import outbox
from blog.comments.models import Comment
from blog.database import write_tx
from blog.extensions import db
from blog.outbox import Outbox, Outcome
from blog.postman import Lease, do_chores
from blog.posts.models import Post
from blog.serving import CHORES
from tests.browser import Browser
from tests.comments.test_replies import PAGE, REPLY

DAY = 24 * 3600


@pytest.mark.parametrize(("days", "remembered"), [(29, True), (31, False)])
def test_where_a_reply_came_from_is_forgotten_after_a_month(
    rita: Browser, app: Flask, post: Post, clock: Traveller, days: int, remembered: bool
) -> None:
    rita.submit(PAGE, REPLY)
    clock.shift(days * DAY)
    do_chores(app, CHORES)
    with app.app_context():
        comment = db.session.get_one(Comment, 1)
        hashes = (comment.address_hash, comment.network_hash, comment.wide_network_hash)
    assert all(hashes) is remembered
    assert any(hashes) is remembered


@pytest.mark.parametrize(("days", "left"), [(29, 1), (31, 0)])
def test_mail_that_is_settled_is_forgotten_after_a_month(
    app: Flask, clock: Traveller, days: int, left: int
) -> None:
    with app.app_context(), write_tx():
        outbox.want("held", "mo@staff.example")
        db.session.scalars(db.select(Outbox)).one().settle(Outcome.SENT)
    clock.shift(days * DAY)
    do_chores(app, CHORES)
    with app.app_context():
        assert len(db.session.scalars(db.select(Outbox)).all()) == left


def test_only_who_has_the_lease_does_the_chores(app: Flask) -> None:
    done: list[str] = []
    with app.app_context(), write_tx():
        Lease.take("outbox", "another host")
    do_chores(app, [lambda: done.append("a chore")])
    assert done == []
