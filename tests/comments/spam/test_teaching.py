"""Decisions teach the spam filter, and an undo has it forget: to the last unit, in the blog's database."""

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from blog.auth.models import Role, User
from blog.comments import check
from blog.comments.acts import Actor, Deed, Status
from blog.comments.models import Comment, Words
from blog.comments.spam.memory import SpamEvidence, SpamLesson
from blog.comments.undo import undo
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post
from tests.comments.conversation import leave

PENDING, APPROVED, SPAM, TRASHED = Status.PENDING, Status.APPROVED, Status.SPAM, Status.TRASHED
DEEDS = {
    APPROVED: Deed.APPROVAL,
    SPAM: Deed.SPAM,
    TRASHED: Deed.TRASH,
    PENDING: Deed.HOLD,
}
TEXTS = ("Bees hum all day.", "Cheap watches, click here http://shop.example/", "Bees hum.")

Learnt = tuple[set[tuple[object, ...]], set[tuple[object, ...]]]


@pytest.fixture
def numbers(app: Flask, post: Post) -> list[int]:
    """Comments that wait, of which two say much the same."""
    return [leave(app, post, text, status=PENDING) for text in TEXTS]


@pytest.fixture
def staff(app: Flask) -> int:
    """A moderator, by number."""
    with app.app_context(), write_tx():
        user = User.create(
            role=Role.MODERATOR, name="Mo", email="mo@example.org", password_hash="-"
        )
        db.session.flush()
    return user.id


def learnt() -> Learnt:
    """All that is remembered."""
    db.session.rollback()
    sums, lessons = (
        {tuple(row) for row in db.session.execute(select(kind.__table__))}
        for kind in (SpamEvidence, SpamLesson)
    )
    return sums, lessons


def act(number: int, to: Status, by: User | Actor) -> int | None:
    """Have somebody move a comment, if it is not there yet. The batch."""
    with write_tx():
        comment = db.session.get_one(Comment, number)
        if comment.status is to:
            return None
        return comment.move(to, from_=comment.status, by=by, deed=DEEDS[to]).batch


def edit(number: int, text: str, by: User) -> int | None:
    """Have a moderator edit a comment. The batch."""
    words = Words.written(text)
    with write_tx():
        comment = db.session.get_one(Comment, number)
        changes = {**words.columns, "edited_by": by.name}
        return comment.move(
            comment.status, from_=comment.status, by=by, deed=Deed.EDIT, changes=changes
        ).batch


def take_back(batch: int, by: User) -> int | None:
    """Undo a batch, all of which still stands. The batch of the undo."""
    with write_tx():
        undone = undo(batch, by)
        assert not undone.overtaken
    return undone.acts[0].batch


def do(number: int, step: str, batches: list[int], by: User) -> int | None:
    """Take a step. The batch, if anything was done."""
    if step == "undo":
        return take_back(batches[-1], by) if batches else None
    if step == "edit":
        return edit(number, TEXTS[number % len(TEXTS)], by)
    return act(number, Status(step), by)


steps = st.lists(
    st.tuples(st.integers(0, len(TEXTS) - 1), st.sampled_from([*DEEDS, "edit", "undo"])),
    max_size=10,
)


def test_whatever_is_decided_is_forgotten_when_all_is_undone(
    app: Flask, numbers: list[int], staff: int
) -> None:
    @settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=steps)
    def decide_and_undo(steps: list[tuple[int, str]]) -> None:
        with app.app_context():
            before = learnt()
            mo = db.session.get_one(User, staff)
            batches: list[int] = []
            for which, step in steps:
                batch = do(numbers[which], step, batches, mo)
                batches += [batch] if batch else []
            assert list(check.find()) == []
            for batch in reversed(batches):
                take_back(batch, mo)
            assert learnt() == before

    with app.app_context():  # of one comment nothing is known before
        act(numbers[0], APPROVED, db.session.get_one(User, staff))
        act(numbers[2], SPAM, db.session.get_one(User, staff))
    decide_and_undo()


def test_only_what_people_decide_about_others_words_is_learnt(
    app: Flask, numbers: list[int], staff: int
) -> None:
    ann, ben, _ = numbers
    with app.app_context():
        mo = db.session.get_one(User, staff)
        act(ann, TRASHED, mo)
        act(ben, SPAM, Actor.RULES)
        act(ben, PENDING, mo)
        with write_tx():
            parent = db.session.get_one(Comment, ben)
            answer = Comment.leave_as_staff(parent.post, None, Words.written("Thanks!"), mo)
        act(answer.id, SPAM, mo)
        assert learnt() == (set(), set())
        act(ann, SPAM, mo)
        act(ann, TRASHED, mo)  # the trash is for anything: what was said stands
        act(ann, SPAM, Actor.RULES)
        act(ann, APPROVED, Actor.WRITER)
        assert [
            (one.comment_id, one.is_spam) for one in db.session.scalars(select(SpamLesson))
        ] == [(ann, True)]
        act(ann, PENDING, mo)  # it is to be decided anew
        assert learnt() == (set(), set())


def test_sums_that_are_not_those_of_the_lessons_are_found_and_mended(
    app: Flask, numbers: list[int], staff: int
) -> None:
    with app.app_context():
        for number, to in zip(numbers, (APPROVED, SPAM, APPROVED), strict=True):
            act(number, to, db.session.get_one(User, staff))
        before = learnt()
        table = SpamEvidence.__table__
        some = sorted(row[0] for row in before[0])[1:4]
        with write_tx() as session:
            session.execute(table.update().where(table.c.bucket == some[0]).values(spam=7))
            session.execute(delete(table).where(table.c.bucket == some[1]))
            values = {"bucket": some[2] + 1, "spam": 1, "ham": 0, "for_spam": 50, "for_ham": 0}
            session.execute(table.insert().values(**values))
        said = ["spam filter: of its sums, 3 are not those of what it was taught."]
        assert [str(one) for one in check.find()] == said
        assert [str(one) for one in check.mend()] == said
        assert learnt() == before
        assert list(check.find()) == []
