"""Whatever moderators do, in whatever order: undoing all of it leaves everything as it was.

The record and the mail apart. What was written meanwhile is in the trash.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from blog.auth.models import Role, User
from blog.clock import now
from blog.comments.acts import Actor, Deed, Moderation, Status, Tally
from blog.comments.changes_record import Change
from blog.comments.deciding import Decision, decide
from blog.comments.models import Comment, Words
from blog.comments.people.blocks import Block, Sentence
from blog.comments.people.persons import By, Person
from blog.comments.rules.kinds import Terms
from blog.comments.rules.models import Rule
from blog.comments.spam.memory import SpamEvidence, SpamLesson
from blog.comments.undo import undo
from blog.comments.undo_changes import undo_changes
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post
from tests.comments.growing import miscounted

PENDING, APPROVED = Status.PENDING, Status.APPROVED
FINDING = {"rule": "links", "words": [], "verdict": "hold"}
VERDICTS = [APPROVED, PENDING, PENDING, Status.SPAM, Status.TRASHED, APPROVED]
EMPTIED = (SpamLesson, SpamEvidence, Moderation, Comment, Tally, Change, Block, Post)

index = st.integers(0, 20)  # of something that exists, counted around
# Two things may be done more often than what decides about them is.
step = st.one_of(
    st.tuples(st.just("decide"), st.sampled_from(list(Deed)[1:6]), st.sets(index, max_size=4)),
    st.tuples(st.just("decide"), st.sampled_from(list(Deed)[1:6]), st.sets(index, max_size=1)),
    st.tuples(st.just("edit"), index, st.just(None)),
    st.tuples(st.just("answer"), index, st.just(None)),
    st.tuples(
        st.just("rule"), index, st.sampled_from(["add", "change", "switch", "move", "remove"])
    ),
    st.tuples(st.just("block"), index, st.sampled_from(["lay", "lift"])),
    st.tuples(st.just("undo"), index, st.sampled_from([Moderation, Change])),
)


class Desk:
    """A moderator who does things."""

    def __init__(self) -> None:
        self.by = User.staff()[0]
        self.words = (f"Hum {n}." for n in count())

    def decide(self, deed: Deed, which: set[int]) -> None:
        comments = self._all(Comment)
        chosen = {comments[n % len(comments)] for n in which}
        decide(sorted(chosen, key=lambda comment: comment.id), Decision(deed, self.by, why="So."))

    def edit(self, which: int, _: None) -> None:
        comment = self._one(Comment, which)
        if not comment.is_gone:
            said = self._said()
            changes = {**said.columns, "name": said.name, "website": "", "edited_by": self.by.name}
            comment.move(
                comment.status, from_=comment.status, by=self.by, deed=Deed.EDIT, changes=changes
            )

    def answer(self, which: int, _: None) -> None:
        comment = self._one(Comment, which)
        if comment.is_public:
            Comment.leave_as_staff(comment.post, comment, self._said(), self.by)

    def rule(self, which: int, what: str) -> None:
        rules = list(Rule.all())
        terms = Terms("words", patterns=(next(self.words),))
        if what == "add" or not rules:
            Rule.add(terms, self.by)
            return
        rule = rules[which % len(rules)]
        how: dict[str, Callable[[], None]] = {
            "change": lambda: rule.change(replace(terms, is_on=False), self.by),
            "switch": lambda: rule.switch(not rule.is_on, self.by),
            "move": lambda: rule.move(which % 2 == 0, self.by),
            "remove": lambda: rule.remove(self.by),
        }
        how[what]()

    def block(self, which: int, what: str) -> None:
        blocks = self._all(Block)
        if what == "lay":
            Block.lay(Person(By.EMAIL, f"r{which}@example.org"), Sentence("spam"), self.by)
        elif blocks:
            blocks[which % len(blocks)].lift(self.by)

    def undo(self, which: int, kind: type[Moderation] | type[Change]) -> None:
        query = select(kind.batch).where(kind.user_id.is_not(None)).order_by(kind.id.desc())
        batches = db.session.scalars(query).all()
        if batches:
            batch = batches[which % len(batches)]
            undo(batch, self.by) if kind is Moderation else undo_changes(batch, self.by)

    def undo_all(self) -> None:
        """The last first; what an undo left alone is undone already, or was by nobody of the staff."""
        for kind, take_back in ((Moderation, undo), (Change, undo_changes)):
            query = select(kind.batch).where(kind.user_id.is_not(None)).order_by(kind.id.desc())
            for batch in dict.fromkeys(db.session.scalars(query).all()):
                take_back(batch, self.by)

    def _said(self) -> Words:
        return Words.written(next(self.words), "Rita")

    def _one(self, kind: Any, which: int) -> Any:
        found = self._all(kind)
        return found[which % len(found)]

    @staticmethod
    def _all(kind: Any) -> list[Any]:
        return list(db.session.scalars(select(kind).order_by(kind.id)))


def begin() -> None:
    """A post with a few comments, some of them answers, in every status."""
    with write_tx() as session:
        for kind in EMPTIED:
            session.execute(delete(kind))
        post = Post.write(title="On bees", slug="", summary="", tags=[], source="", html="")
        post.publish(now())
        parent = None
        for n, verdict in enumerate(VERDICTS):
            said = Words.written(f"Bees {n}.", "Rita", f"r{n}@example.org")
            findings = [] if verdict is APPROVED else [FINDING]
            parent = Comment.leave(post, parent, said, verdict=verdict, findings=findings)
            parent = parent if n % 2 == 0 else None
        mended = Words.written("Bees, mended.").columns
        Comment.leave(post, None, Words.written("Bees."), verdict=APPROVED, findings=[]).move(
            PENDING,
            from_=APPROVED,
            by=Actor.WRITER,
            deed=Deed.EDIT,
            changes={**mended, "findings": [FINDING], "standing_html": "<p>Bees.</p>"},
        )


def everything(known: int) -> dict[str, Any]:
    """What is as it was: the first comments, all else that decides, and what is counted."""
    rows = {
        kind.__tablename__: [
            tuple(row)
            for row in db.session.execute(
                select(kind.__table__).order_by(*kind.__table__.primary_key)
            )
        ]
        for kind in (Rule, Block, SpamEvidence)
    }
    comments = select(Comment.__table__).where(Comment.id <= known).order_by(Comment.id)
    newer = db.session.scalars(select(Comment.status).where(Comment.id > known)).all()
    counts = select(Post.comment_count, Post.thread_count)
    return {
        **rows,
        "comments": [tuple(row) for row in db.session.execute(comments)],
        "written meanwhile": set(newer) - {Status.TRASHED},
        "counts": tuple(db.session.execute(counts).one()),
        "miscounted": miscounted(db.session),
    }


def test_undoing_all_that_moderators_did_leaves_everything_as_it_was(
    app: Flask, password_hash: str
) -> None:
    with app.app_context(), write_tx():
        User.create(role=Role.AUTHOR, name="Olga", email="o@s.example", password_hash=password_hash)

    @settings(
        max_examples=12, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(steps=st.lists(step, min_size=1, max_size=9))
    def undone(steps: list[tuple[str, Any, Any]]) -> None:
        with app.app_context():
            begin()
            known = max(db.session.scalars(select(Comment.id)))
            before = everything(known)
            with write_tx():
                desk = Desk()
                for verb, *arguments in steps:
                    getattr(desk, verb)(*arguments)
                    db.session.flush()
            assert miscounted(db.session) == []
            with write_tx():
                desk.undo_all()
            assert everything(known) == before

    undone()
