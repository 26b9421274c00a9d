"""One person, as far as comments tell: everything that came with the same e-mail, address or network.

Nothing here costs more the more there is: what is looked at is the newest so many, on an index for
each way to know somebody.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import ColumnElement, Subquery, func, literal_column, select

from blog.comments.acts import Status
from blog.comments.models import Comment
from blog.extensions import db

A_PAGE = 25
# As many are counted, and turned to spam in one act. Whoever has more is gone through in several.
# Learning from 500 takes some seconds, which somebody waits for.
LOOKED_AT = 500

STANDING = (Status.PENDING, Status.APPROVED)


class By(StrEnum):
    """By what somebody is known. All but the e-mail are keyed hashes, and are forgotten after a while."""

    EMAIL = "email"
    ADDRESS = "address"
    NETWORK = "network"
    WIDE = "wide"

    @property
    def column(self) -> Any:
        """Where a comment keeps it."""
        return {
            By.EMAIL: Comment.email,
            By.ADDRESS: Comment.address_hash,
            By.NETWORK: Comment.network_hash,
            By.WIDE: Comment.wide_network_hash,
        }[self]


@dataclass(frozen=True)
class Page:
    """Some of a person's comments, the newest first, and behind which the next page begins."""

    comments: Sequence[Comment]
    next: int | None


@dataclass(frozen=True)
class Seen:
    """What the newest of somebody's comments have come to."""

    numbers: Counter[Status]
    is_cut: bool

    @property
    def standing(self) -> int:
        """How many are neither put away nor taken back."""
        return sum(self.numbers[status] for status in STANDING)


@dataclass(frozen=True)
class Person:
    """Whoever wrote what came with this."""

    by: By
    value: str

    @classmethod
    def of(cls, comment: Comment, by: By) -> Self | None:
        """Who wrote a comment; None where that is not known, or not any more."""
        value = getattr(comment, by.column.key)
        return cls(by, value) if value else None

    @classmethod
    def ways(cls, comment: Comment) -> list[By]:
        """By what its writer is known."""
        return [by for by in By if getattr(comment, by.column.key)]

    def page(self, before: int | None = None) -> Page:
        """What they wrote, the newest first, one page of it."""
        query = select(Comment).where(*self._before(before)).order_by(Comment.id.desc())
        found = db.session.scalars(query.limit(A_PAGE + 1)).all()
        comments = found[:A_PAGE]
        return Page(comments, comments[-1].id if len(found) > A_PAGE else None)

    def seen(self, before: int | None = None) -> Seen:
        """What became of the newest that they wrote."""
        status = self._looked_at(before).c.status
        counted = db.session.execute(select(status, func.count()).group_by(status)).all()
        numbers: Counter[Status] = Counter(dict(counted))
        return Seen(numbers, numbers.total() == LOOKED_AT)

    def approved(self) -> Sequence[Comment]:
        """Which of the newest are approved, a page of them."""
        looked_at = self._looked_at().c
        numbers = select(looked_at.id).where(looked_at.status == Status.APPROVED)
        query = select(Comment).where(Comment.id.in_(numbers)).order_by(Comment.id.desc())
        return db.session.scalars(query.limit(A_PAGE)).all()

    def to_put_away(self, before: int) -> tuple[list[int], int | None]:
        """The numbers of what still stands among the newest, and behind which there are more."""
        looked_at = self._looked_at(before, LOOKED_AT + 1).c
        found = db.session.execute(select(looked_at.id, looked_at.status)).all()
        rest = found[LOOKED_AT - 1].id if len(found) > LOOKED_AT else None
        return [row.id for row in found[:LOOKED_AT] if row.status in STANDING], rest

    def _looked_at(self, before: int | None = None, most: int | None = None) -> Subquery:
        query = select(Comment.id, Comment.status).where(*self._before(before))
        return query.order_by(Comment.id.desc()).limit(most or LOOKED_AT).subquery()

    def _before(self, before: int | None) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = [self.by.column == self.value]
        if self.by is not By.EMAIL:
            # Said as the index says it, that a database knows the index will do.
            conditions.append(self.by.column != literal_column("''"))
        if before is not None:
            conditions.append(Comment.id < before)
        return conditions


@dataclass(frozen=True)
class Trust:
    """What speaks for an e-mail: how many approved replies came with it, and since when it is proven.

    Anybody can type anybody's address: only what was approved and proven makes one trusted.
    """

    approved: int
    proven_since: datetime | None

    # From here on, how many there are makes no difference.
    MOST = 100

    @classmethod
    def of(cls, email: str) -> Self:
        """How far an address is trusted."""
        mine = Comment.email == email, Comment.status == Status.APPROVED
        some = select(Comment.id).where(*mine).limit(cls.MOST).subquery()
        approved = db.session.scalar(select(func.count()).select_from(some)) or 0
        first = select(Comment.proven_at).where(*mine, Comment.proven_at.is_not(None))
        since = db.session.scalar(first.order_by(Comment.proven_at).limit(1))
        return cls(approved, since)

    @property
    def is_trusted(self) -> bool:
        """Whether a rule about newcomers lets them pass (`Comment.is_trusted`)."""
        return self.proven_since is not None

    @property
    def is_cut(self) -> bool:
        """Whether there are more than were counted."""
        return self.approved == self.MOST
