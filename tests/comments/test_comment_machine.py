"""Whatever is done to comments, in whatever order: they stand where a simple model says they stand.

Hypothesis leaves, decides, edits, takes back and undoes at random through the verbs of the models.
After each step every number is counted from scratch, and every act must be on record.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, select

from blog.auth.models import Role, User
from blog.clock import now
from blog.comments.acts import Actor, Deed, Moderation, Status, Tally
from blog.comments.models import Comment, Overtaken, Words
from blog.comments.undo import undo
from blog.database import write_tx
from blog.extensions import Base, db
from blog.posts.models import Post
from tests.comments.growing import miscounted

PENDING, APPROVED, WITHDRAWN = Status.PENDING, Status.APPROVED, Status.WITHDRAWN
PUT_AWAY = {Status.SPAM, Status.TRASHED}

DECISIONS = {
    Deed.APPROVAL: APPROVED,
    Deed.SPAM: Status.SPAM,
    Deed.TRASH: Status.TRASHED,
    Deed.HOLD: PENDING,
}
FINDING = {"rule": "links", "words": [], "verdict": "hold"}
BY_HAND = {"rule": "by-hand", "words": ["Mo"], "verdict": "hold"}

# Few, so that much happens to each; enough for a thread with branches.
ENOUGH = 7

index = st.integers(0, 1000)  # of something that exists, counted around


@dataclass(frozen=True)
class Standing:
    """How one comment stands, as far as the model knows."""

    status: Status
    source: str
    shown_meanwhile: str | None = None
    findings: int = 0
    reason: str = ""


@dataclass
class Act:
    """One act, as the model remembers it: how the comment stood before and after."""

    comment: int
    batch: int
    deed: Deed
    by_staff: bool
    before: Standing
    after: Standing
    undoes: "Act | None" = None
    undone_by: "list[Act]" = field(default_factory=list)

    def puts_away(self, comment: int) -> bool:
        """Whether it took this comment out of sight."""
        put_away = self.before.status in {PENDING, APPROVED} and self.after.status in PUT_AWAY
        return self.comment == comment and put_away

    @property
    def is_undone(self) -> bool:
        return any(not act.is_undone for act in self.undone_by)


class Conversation(RuleBasedStateMachine):
    """A post, its comments, and two moderators."""

    app: Flask

    def __init__(self) -> None:
        super().__init__()
        self.standing: dict[int, Standing] = {}
        self.acts: dict[int, Act] = {}
        self.words = 0

    # What happens

    @initialize()
    def begin(self) -> None:
        with self.app.app_context(), write_tx() as session:
            for kind in (Moderation, Comment, Tally, Post):
                session.execute(delete(kind))
            post = Post.write(title="On bees", slug="", summary="", tags=[], source="", html="")
            post.publish(now())
        self.post_id = post.id

    @precondition(lambda self: len(self.standing) < ENOUGH)
    @rule(above=st.none() | index, verdict=st.sampled_from([PENDING, APPROVED, Status.TRASHED]))
    def leave(self, above: int | None, verdict: Status) -> None:
        parent = None if above is None else self._one_of(self._public(), above)
        findings = [] if verdict is APPROVED else [FINDING]
        with self.app.app_context(), write_tx():
            comment = Comment.leave(
                db.session.get_one(Post, self.post_id),
                db.session.get_one(Comment, parent) if parent else None,
                self._new_words(),
                verdict=verdict,
                findings=findings,
            )
            self.standing[comment.id] = Standing(verdict, comment.source, None, len(findings))
            self._remember(Moderation.latest(comment), Standing(Status.ARRIVING, ""))

    @precondition(lambda self: self._public() and len(self.standing) < ENOUGH)
    @rule(above=index)
    def answer_as_staff(self, above: int) -> None:
        parent = self._one_of(self._public(), above)
        with self.app.app_context(), write_tx():
            comment = Comment.leave_as_staff(
                db.session.get_one(Post, self.post_id),
                db.session.get_one(Comment, parent),
                self._new_words(),
                User.staff()[0],
            )
            self.standing[comment.id] = Standing(APPROVED, comment.source)
            self._remember(Moderation.latest(comment), Standing(Status.ARRIVING, ""))

    @precondition(lambda self: self.standing)
    @rule(
        which=st.lists(index, min_size=1, max_size=4),
        deed=st.sampled_from(list(DECISIONS)),
        why=st.sampled_from(["", "Off the subject."]),
    )
    def decide(self, which: list[int], deed: Deed, why: str) -> None:
        """One decision about some comments; those that have it already are left out."""
        numbers = {self._one_of(self.standing, n) for n in which}
        to = DECISIONS[deed]
        with self.app.app_context(), write_tx():
            batch = None
            for number in sorted(numbers):
                old = self.standing[number]
                if old.status is to:
                    continue
                comment = db.session.get_one(Comment, number)
                held = deed is Deed.HOLD
                act = self._try(
                    lambda comment=comment, old=old, held=held, batch=batch: comment.move(
                        to,
                        from_=old.status,
                        by=User.staff()[0],
                        deed=deed,
                        why=why,
                        batch=batch,
                        changes={"findings": [*comment.findings, BY_HAND]} if held else None,
                    ),
                    goes=old.status is not WITHDRAWN,
                )
                if act is None:
                    continue
                batch = act.batch
                new = Standing(to, old.source, None, old.findings + held, "" if held else why)
                self.standing[number] = new
                self._remember(act, old)

    @precondition(lambda self: self._of(PUT_AWAY))
    @rule(which=index)
    def restore(self, which: int) -> None:
        """Back to where it was when it was put away, with the text that was shown then."""
        number = self._one_of(self._of(PUT_AWAY), which)
        old = self.standing[number]
        was = next(
            (act.before for act in reversed(self.acts.values()) if act.puts_away(number)), None
        )
        new = Standing(PENDING, old.source, None, old.findings)
        if was is not None:
            new = replace(new, status=was.status, shown_meanwhile=was.shown_meanwhile)
        with self.app.app_context(), write_tx():
            comment = db.session.get_one(Comment, number)
            put_away = comment.put_away_by()
            assert (put_away and put_away.from_status) == (was and was.status)
            kept = put_away.kept.get("standing_html") if put_away else None
            act = comment.move(
                new.status,
                from_=old.status,
                by=User.staff()[1],
                deed=Deed.RESTORATION,
                changes={"standing_html": kept},
            )
            self.standing[number] = new
            self._remember(act, old)

    @precondition(lambda self: self._of({PENDING, APPROVED}))
    @rule(which=index, fires=st.booleans())
    def edit_as_writer(self, which: int, fires: bool) -> None:
        """An approved one that a rule fires on waits again, the old text shown meanwhile."""
        number = self._one_of(self._of({PENDING, APPROVED}), which)
        old = self.standing[number]
        words = self._new_words()
        new = replace(old, source=words.source, findings=int(fires))
        changes = {**words.columns, "findings": [FINDING] * fires}
        if fires and old.status is APPROVED:
            new = replace(new, status=PENDING, shown_meanwhile=old.source)
            changes["standing_html"] = old.source
        self._move(number, new, by=Actor.WRITER, deed=Deed.EDIT, changes=changes)

    @precondition(lambda self: self._of(set(Status) - {WITHDRAWN}))
    @rule(which=index)
    def edit_as_staff(self, which: int) -> None:
        number = self._one_of(self._of(set(Status) - {WITHDRAWN}), which)
        words = self._new_words()
        new = replace(self.standing[number], source=words.source)
        changes = {**words.columns, "edited_by": "Mo"}
        self._move(number, new, by=None, deed=Deed.EDIT, changes=changes)

    @precondition(lambda self: self._of({PENDING}))
    @rule(which=index, publishes=st.booleans())
    def confirm(self, which: int, publishes: bool) -> None:
        """An address is proven: a comment goes on waiting, or is published."""
        number = self._one_of(self._of({PENDING}), which)
        new = replace(self.standing[number], findings=0)
        if publishes:
            new = replace(new, status=APPROVED, shown_meanwhile=None, reason="")
        changes = {"findings": []}
        self._move(number, new, by=Actor.RULES, deed=Deed.CONFIRMATION, changes=changes)

    @precondition(lambda self: self._of(set(Status) - {WITHDRAWN}))
    @rule(which=index)
    def withdraw(self, which: int) -> None:
        number = self._one_of(self._of(set(Status) - {WITHDRAWN}), which)
        old = self.standing[number]
        new = Standing(WITHDRAWN, old.source, None, old.findings)
        self._move(number, new, by=Actor.WRITER, deed=Deed.WITHDRAWAL)

    @precondition(lambda self: self.standing)
    @rule(which=index, seen=st.sampled_from(list(Status)), to=st.sampled_from(list(Status)))
    def act_on_what_is_no_longer_so(self, which: int, seen: Status, to: Status) -> None:
        number = self._one_of(self.standing, which)
        overruled = seen is WITHDRAWN and to is not WITHDRAWN
        if seen is self.standing[number].status and not overruled:
            return
        with self.app.app_context(), write_tx():
            comment = db.session.get_one(Comment, number)
            who = User.staff()[1]
            self._try(
                lambda: comment.move(to, from_=seen, by=who, deed=Deed.TRASH, why="No."), goes=False
            )

    @precondition(lambda self: any(act.by_staff for act in self.acts.values()))
    @rule(which=index)
    def undo(self, which: int) -> None:
        """Undo a batch of any time: what of it still stands goes back, the rest is left alone."""
        latest_first = [act for act in reversed(self.acts.values()) if act.by_staff]
        batch = self._one_of(latest_first, which).batch
        acts = {n: act for n, act in self.acts.items() if act.batch == batch and act.by_staff}
        goes = [n for n, act in acts.items() if self._stands(act)][::-1]  # the last one first
        with self.app.app_context(), write_tx():
            undone = undo(batch, User.staff()[1])
            assert [act.undoes for act in undone.acts] == goes
            assert len(undone.overtaken) == len(acts) - len(goes)
            for act in undone.acts:
                taken_back = self.acts[act.undoes]
                old = self.standing[act.comment_id]
                self.standing[act.comment_id] = self._before(taken_back, old)
                self._remember(act, old, taken_back)

    # What must be so

    @invariant()
    def every_number_is_right(self) -> None:
        with self.app.app_context():
            assert miscounted(db.session) == []

    @invariant()
    def every_comment_stands_where_the_model_says(self) -> None:
        with self.app.app_context():
            comments = db.session.scalars(select(Comment)).all()
            found = {
                c.id: Standing(c.status, c.source, c.standing_html, len(c.findings), c.reason)
                for c in comments
            }
        assert found == self.standing

    @invariant()
    def every_change_is_on_record(self) -> None:
        with self.app.app_context():
            acts = db.session.scalars(select(Moderation).order_by(Moderation.id)).all()
        assert [act.id for act in acts] == list(self.acts)
        last: dict[int, Status] = {}
        for act in acts:
            assert act.from_status is last.get(act.comment_id, Status.ARRIVING)
            assert act.from_status is not WITHDRAWN  # nobody overrules its writer
            last[act.comment_id] = act.to_status
        assert last == {n: standing.status for n, standing in self.standing.items()}

    # How the model does it

    def _move(self, number: int, new: Standing, *, by: Any, **how: Any) -> None:
        old = self.standing[number]
        with self.app.app_context(), write_tx():
            comment = db.session.get_one(Comment, number)
            by = by or User.staff()[0]
            act = comment.move(new.status, from_=old.status, by=by, **how)
            self.standing[number] = new
            self._remember(act, old)

    def _try(self, verb: Callable[[], Moderation], *, goes: bool) -> Moderation | None:
        """Do it; or see that it is refused, and that nothing has changed then."""
        if goes:
            return verb()
        before = everything()
        try:
            verb()
        except Overtaken:
            assert everything() == before
        else:
            raise AssertionError("this should have been refused")
        return None

    def _remember(self, act: Moderation, old: Standing, undoes: Act | None = None) -> None:
        number = act.comment_id
        by_staff = act.user_id is not None
        known = Act(number, act.batch, act.deed, by_staff, old, self.standing[number], undoes)
        self.acts[act.id] = known
        if undoes:
            undoes.undone_by.append(known)

    def _stands(self, act: Act) -> bool:
        """Whether what the act made is still so, and nobody decided since."""
        now_is = self.standing[act.comment]
        later = [a for a in self.acts.values() if a.comment == act.comment]
        later = later[later.index(act) + 1 :]
        decided = any(
            a.before.status is not a.after.status and a.deed is not Deed.UNDO and not a.is_undone
            for a in later
        )
        publishes = act.before.status is APPROVED
        edited = act.before.source != act.after.source
        return (
            now_is.status is act.after.status
            and not act.is_undone
            and not decided
            and (now_is.source == act.after.source or not (edited or publishes))
        )

    def _before(self, act: Act, old: Standing) -> Standing:
        """How the comment stands once the act is taken back: what it changed is as it was."""
        if act.before.status is Status.ARRIVING:
            return replace(old, status=Status.TRASHED)
        changed: dict[str, Any] = {"status": act.before.status}
        decided = act.before.status is not act.after.status
        if decided:
            changed |= {"shown_meanwhile": act.before.shown_meanwhile, "reason": act.before.reason}
        if act.before.source != act.after.source:
            changed["source"] = act.before.source
        if act.before.findings != act.after.findings:
            changed["findings"] = act.before.findings
        return replace(old, **changed)

    def _new_words(self) -> Words:
        self.words += 1
        return Words(f"Hum {self.words}.", f"Hum {self.words}.", "Rita", "rita@example.org")

    def _of(self, statuses: set[Status]) -> list[int]:
        return [n for n, standing in self.standing.items() if standing.status in statuses]

    def _public(self) -> list[int]:
        return [
            n
            for n, standing in self.standing.items()
            if standing.status is APPROVED
            or (standing.status is PENDING and standing.shown_meanwhile)
        ]

    @staticmethod
    def _one_of(numbers: Any, which: int) -> Any:
        return list(numbers)[which % len(numbers)] if numbers else None


def everything() -> list[list[Any]]:
    """All rows of all tables, as they are within this transaction."""
    return [list(db.session.execute(select(t))) for t in Base.metadata.sorted_tables]


@pytest.mark.drill
def test_comments_stand_where_a_simple_model_says(app: Flask, password_hash: str) -> None:
    with app.app_context(), write_tx():
        for name in ("Mo", "Mia"):
            email = f"{name}@staff.example"
            User.create(role=Role.MODERATOR, name=name, email=email, password_hash=password_hash)
    machine = type("Conversation", (Conversation,), {"app": app})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=10,
            stateful_step_count=30,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
