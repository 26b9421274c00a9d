"""Blocks: who is held, marked as spam or put into the trash whatever they write, and until when.

They are asked like rules, and before them, for a rule that approves ends the asking. An expired block
does nothing. What is blocked is an e-mail, or a keyed hash of an address or of a network: no address
can be read off it, and it is kept as long as the block is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Self

from sqlalchemy import (
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    bindparam,
    cast,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from blog.auth.models import User
from blog.clock import Instant, now
from blog.comments import changes_record
from blog.comments.changes_record import Change, State
from blog.comments.models import EMAIL_LENGTH, Sender
from blog.comments.people.persons import By, Person
from blog.comments.screening import Finding, Reply
from blog.extensions import Base, choice, db

SUBJECT = "block"
NOTE_LENGTH = 200
A_PAGE = 50

# What a block finds (rules/wording.py has a sentence for each).
BLOCKED_EMAIL, BLOCKED_NETWORK = "blocked-email", "blocked-network"

INSTANTS = ("made_at", "until")


@dataclass(frozen=True)
class Sentence:
    """What becomes of what somebody writes, for how long, and a note for other moderators."""

    verdict: str
    lasts: timedelta | None = None
    note: str = ""


class Block(Base):
    """One block: of whom, until when, and what it asks for."""

    __tablename__ = "block"
    # A number is never given twice: what was found by a block that is gone names it for good.
    __table_args__ = (Index("ix_block_value", "value"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    by: Mapped[By] = mapped_column(choice(By))
    value: Mapped[str] = mapped_column(String(EMAIL_LENGTH))
    verdict: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH), default="")
    made_at: Mapped[datetime] = mapped_column(Instant, default=now)
    # None: for good.
    until: Mapped[datetime | None] = mapped_column(Instant)
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))

    user: Mapped[User | None] = relationship(lazy="joined")

    # A block trusts nobody (screening.Rule).
    trusts_a_person = False

    @classmethod
    def lay(cls, person: Person, sentence: Sentence, by: User) -> Self:
        """Block somebody. Call within write_tx()."""
        at = now()
        block = cls(
            by=person.by,
            value=person.value,
            verdict=sentence.verdict,
            note=sentence.note,
            made_at=at,
            until=at + sentence.lasts if sentence.lasts else None,
            user_id=by.id,
        )
        db.session.add(block)
        db.session.flush()
        Change.record(SUBJECT, block.id, by=by, before=None, after=block.state)
        return block

    def lift(self, by: User) -> Change:
        """Block them no longer. Call within write_tx()."""
        change = Change.record(SUBJECT, self.id, by=by, before=self.state, after=None)
        db.session.delete(self)
        return change

    @classmethod
    def asked(cls, email: str, sender: Sender) -> Sequence[Self]:
        """The blocks that a reply from there is asked by: one query."""
        whom = [value for value in (email, *sender.networks) if value]
        return db.session.scalars(_asked(), {"whom": whom, "at": now()}).all()

    @classmethod
    def about(cls, person: Person) -> Sequence[Self]:
        """Every block of somebody, expired ones too."""
        query = select(cls).where(cls.value == person.value).order_by(cls.id.desc())
        return db.session.scalars(query.limit(A_PAGE)).all()

    @classmethod
    def page(cls, before: int | None = None) -> Sequence[Self]:
        """The blocks, the newest first; one more than a page of them, where there is another."""
        query = select(cls).order_by(cls.id.desc()).limit(A_PAGE + 1)
        return db.session.scalars(query.where(cls.id < before) if before else query).all()

    @classmethod
    def forget_lifted(cls, before: datetime) -> None:
        """Have the record forget whom blocks were about that are gone, from changes that nobody can
        undo any more. That somebody was blocked stays. Call within write_tx().
        """
        is_there = exists().where(cls.id == Change.subject_id)
        mine = Change.subject == SUBJECT, Change.at < before, ~is_there
        says = [cast(state, Text).contains('"value":') for state in (Change.before, Change.after)]
        found = db.session.scalars(select(Change).where(*mine, or_(*says)).limit(A_PAGE))
        for change in found.all():
            change.before, change.after = _nameless(change.before), _nameless(change.after)

    def is_expired(self, at: datetime) -> bool:
        """Whether its time is over."""
        return self.until is not None and self.until <= at

    def ask(self, reply: Reply) -> list[Finding]:
        """What it says about a reply: which block fired, of whom, until when, and why."""
        if self.value != reply.email and self.value not in reply.networks:
            return []
        is_email = self.by is By.EMAIL
        until = self.until.date().isoformat() if self.until else ""
        spans = (("email", 0, len(reply.email)),) if is_email else ()
        words = (str(self.id), until, *((self.value,) if is_email else ()))
        name = BLOCKED_EMAIL if is_email else BLOCKED_NETWORK
        return [Finding(name, words, self.verdict, spans=spans, note=self.note)]

    @property
    def state(self) -> State:
        """All of it, as it goes on record."""
        return {
            "by": str(self.by),
            "value": self.value,
            "verdict": self.verdict,
            "note": self.note,
            "made_at": self.made_at.isoformat(),
            "until": self.until.isoformat() if self.until else None,
            "user_id": self.user_id,
        }


def _nameless(state: State | None) -> State | None:
    return state and {name: said for name, said in state.items() if name not in ("value", "note")}


@cache
def _asked() -> Select[Any]:
    return (
        select(Block)
        .where(
            Block.value.in_(bindparam("whom", expanding=True)),
            or_(Block.until.is_(None), Block.until > bindparam("at", type_=Instant)),
        )
        .order_by(Block.id)
    )


def _now(block_id: int) -> State | None:
    block = db.session.get(Block, block_id)
    return block.state if block else None


def _put(block_id: int, state: State | None) -> None:
    block = db.session.get(Block, block_id)
    if state is None:
        if block is not None:
            db.session.delete(block)
    else:
        block = block or Block(id=block_id)
        for name, value in state.items():
            instant = name in INSTANTS and value is not None
            setattr(block, name, datetime.fromisoformat(value) if instant else value)
        db.session.add(block)
    db.session.flush()


changes_record.register(SUBJECT, _now, _put)
