"""What the filter learns is kept in the blog's database, and taken back to the last unit."""

import random
from contextlib import suppress
from unittest.mock import Mock

import pytest
from flask import Flask
from sqlalchemy import select

from blog.comments.spam import learning, memory
from blog.comments.spam.evidence import Written, found_in
from blog.comments.spam.learning import LEAST_DECISIONS
from blog.comments.spam.memory import SpamEvidence, SpamLesson, Taught
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post
from tests.comments.conversation import leave
from tests.comments.spam.decisions import decisions

SOME = 8


@pytest.fixture
def numbers(app: Flask, post: Post) -> list[int]:
    """Comments that are decided about."""
    return [leave(app, post, body=f"Comment {n}.") for n in range(SOME)]


def sums() -> set[tuple[int, ...]]:
    db.session.rollback()
    return {tuple(row) for row in db.session.execute(select(SpamEvidence.__table__))}


def test_whatever_is_learnt_and_replaced_is_taken_back_in_any_order(
    app: Flask, numbers: list[int]
) -> None:
    with app.app_context():
        with write_tx():
            for number, (comment, is_spam) in zip(numbers, decisions(SOME), strict=True):
                memory.learn(number, comment, is_spam)
        once = sums()
        assert memory.decisions().spam + memory.decisions().ham == SOME
        with write_tx():  # others decide otherwise, about a text that was edited, and again
            memory.learn(numbers[0], Written("Edited: buy pills"), True)
            memory.learn(numbers[0], Written("Edited: buy bees"), False)
            memory.learn(numbers[1], decisions(SOME)[1].comment, not decisions(SOME)[1].is_spam)
        assert sums() != once
        with write_tx():
            for number in random.Random(3).sample(numbers, SOME):
                memory.unlearn(number)
                memory.unlearn(number)  # nothing is left to take back
        assert sums() == set()
        assert db.session.scalars(select(SpamLesson)).all() == []


def test_it_says_nothing_before_enough_is_decided_and_asks_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    spam = next(comment for comment, is_spam in decisions(50, seed=2) if is_spam)
    with app.app_context():
        assert memory.opinion(spam) is None
        with write_tx():
            for comment, is_spam in decisions(LEAST_DECISIONS):
                evidence = learning.sort(found_in(comment))
                taught = learning.lesson(evidence, memory.known(evidence), is_spam)
                Taught.by(taught, evidence).add()
        run = Mock(wraps=memory._run)
        monkeypatch.setattr(memory, "_run", run)
        opinion = memory.opinion(spam)
    assert opinion
    assert opinion.score > 0.8
    assert run.call_count == 1


def test_a_transaction_that_fails_teaches_nothing(app: Flask, numbers: list[int]) -> None:
    with app.app_context():
        with suppress(ZeroDivisionError), write_tx():
            memory.learn(numbers[0], Written("Hello"), True)
            raise ZeroDivisionError
        assert sums() == set()
