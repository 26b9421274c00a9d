"""The rules as the author keeps them: rows in an order, each change of which is on record."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Self

from sqlalchemy import JSON, Select, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from blog.auth.models import User
from blog.comments import changes_record
from blog.comments.changes_record import Change, State
from blog.comments.rules.kinds import Terms
from blog.comments.screening import FIRST_TIMER, UNPROVEN
from blog.database import direct
from blog.extensions import Base, db

SUBJECT = "rule"
NOTE_LENGTH = 200

# What a new blog begins with: the first reply of an address waits, and what has two links, as in
# WordPress; and nobody passes for the staff. The first one is there to be switched on.
FIRST = (
    Terms("everything", is_on=False),
    Terms(UNPROVEN),
    Terms(FIRST_TIMER),
    Terms("links", number=2),
    Terms("imitation"),
)


class Rule(Base):
    """One rule of the author's, and its place in the order in which they are asked."""

    __tablename__ = "rule"
    # A number is never given twice: what was found by a rule that is gone names it for good.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    verdict: Mapped[str] = mapped_column(String(10))
    patterns: Mapped[list[str]] = mapped_column(JSON, default=list)
    number: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH), default="")
    is_on: Mapped[bool] = mapped_column(default=True)

    @property
    def terms(self) -> Terms:
        """What it says."""
        return Terms(
            self.kind,
            self.verdict,
            tuple(self.patterns),
            self.number,
            self.note,
            self.is_on,
            self.id,
        )

    @property
    def state(self) -> State:
        """All of it, as it goes on record."""
        return {"place": self.place, **columns(self.terms)}

    @classmethod
    def all(cls) -> Sequence[Self]:
        """Every rule, in the order in which they are asked."""
        return db.session.scalars(select(cls).order_by(cls.place, cls.id)).all()

    @classmethod
    def asked(cls) -> list[Terms]:
        """What is asked of a reply, in that order: one query."""
        rows = direct().execute(_asked()).all()
        return [
            Terms(kind, verdict, tuple(patterns), number, note, True, rule_id)
            for kind, verdict, patterns, number, note, rule_id in rows
        ]

    @classmethod
    def add(cls, terms: Terms, by: User | None) -> Self:
        """A new rule, asked after all others."""
        last = db.session.scalar(select(func.max(cls.place))) or 0
        rule = cls(place=last + 1, **columns(terms))
        db.session.add(rule)
        db.session.flush()
        Change.record(SUBJECT, rule.id, by=by, before=None, after=rule.state)
        return rule

    def change(self, terms: Terms, by: User | None) -> None:
        """Have it say something else. It keeps its place."""
        self._become({"place": self.place, **columns(terms)}, by)

    def switch(self, on: bool, by: User | None) -> None:
        """Ask it, or do not."""
        self._become({**self.state, "is_on": on}, by)

    def remove(self, by: User | None) -> None:
        """Delete it."""
        Change.record(SUBJECT, self.id, by=by, before=self.state, after=None)
        db.session.delete(self)

    def move(self, earlier: bool, by: User | None) -> None:
        """Ask it before the one that is asked before it now, or behind the one behind it."""
        rules = list(type(self).all())
        here = rules.index(self)
        there = here - 1 if earlier else here + 1
        if not 0 <= there < len(rules):
            return
        rules.insert(there, rules.pop(here))
        batch = None
        for place, rule in enumerate(rules, start=1):
            if rule.place != place:
                batch = rule._become({**rule.state, "place": place}, by, batch)

    def _become(self, state: State, by: User | None, batch: int | None = None) -> int | None:
        """Change and write it down. The batch that it belongs to; the one given, where nothing is new."""
        before = self.state
        if state == before:
            return batch
        self._take(state)
        change = Change.record(SUBJECT, self.id, by=by, before=before, after=state, batch=batch)
        return change.batch

    def _take(self, state: State) -> None:
        for name, value in state.items():
            setattr(self, name, value)


def columns(terms: Terms) -> dict[str, Any]:
    """What a rule says, by column."""
    return {
        "kind": terms.kind,
        "verdict": terms.verdict,
        "patterns": list(terms.patterns),
        "number": terms.number,
        "note": terms.note,
        "is_on": terms.is_on,
    }


def first_rows() -> list[dict[str, Any]]:
    """The rows of the rules that a new blog begins with."""
    return [{"place": place, **columns(terms)} for place, terms in enumerate(FIRST, start=1)]


@cache
def _asked() -> Select[str, str, list[str], int, str, int]:
    said = select(Rule.kind, Rule.verdict, Rule.patterns, Rule.number, Rule.note, Rule.id)
    return said.where(Rule.is_on).order_by(Rule.place, Rule.id)


def _now(rule_id: int) -> State | None:
    rule = db.session.get(Rule, rule_id)
    return rule.state if rule else None


def _put(rule_id: int, state: State | None) -> None:
    rule = db.session.get(Rule, rule_id)
    if rule is None and state is not None:
        db.session.add(Rule(id=rule_id, **state))
    elif rule is not None and state is not None:
        rule._take(state)
    elif rule is not None:
        db.session.delete(rule)
    db.session.flush()


changes_record.register(SUBJECT, _now, _put, is_authors=True)
