"""What readers report: which comment, why, and whether the moderators have found nothing wrong with it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    String,
    and_,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from blog import keys
from blog.auth.models import User
from blog.clock import Instant, now
from blog.comments.acts import Actor, Deed, Moderation, Status
from blog.comments.models import SENDERS_KEPT_FOR, Comment, Overtaken
from blog.extensions import Base, choice, db
from blog.networks import network

WORDS_LENGTH = 500
A_PAGE = 25
# Whoever calls a crowd together adds nothing by the hundred-and-first.
MOST_OPEN = 100
# From here on, how many wait makes no difference in a tab.
MOST_COUNTED = 100


class Reason(StrEnum):
    """What is wrong with a comment."""

    SPAM = "spam"
    INSULT = "insult"
    PRIVATE = "private"
    OTHER = "other"


class Report(Base):
    """One reader's report of one comment."""

    __tablename__ = "report"
    __table_args__ = (
        Index("ix_report_comment", "comment_id", "id"),
        # A number is never given twice: comments remember the last that they were told of.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    reason: Mapped[Reason] = mapped_column(choice(Reason))
    words: Mapped[str] = mapped_column(String(WORDS_LENGTH), default="")
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    # Good for nothing but to know the same address again when it reports the same comment again.
    address_hash: Mapped[str] = mapped_column(String(32), default="")

    @classmethod
    def make(cls, comment: Comment, address: str, reason: Reason, words: str = "") -> Self | None:
        """Report a comment; None from an address that has done so, and where enough have.

        Call within write_tx().
        """
        mark = _mark(comment, address)
        if (
            cls._has_been_made(comment, mark)
            or len(cls.open_of([comment])[comment.id]) >= MOST_OPEN
        ):
            return None
        report = cls(comment_id=comment.id, reason=reason, words=words, address_hash=mark)
        db.session.add(report)
        db.session.flush()
        comment.move(
            comment.status,
            from_=comment.status,
            by=Actor.READER,
            deed=Deed.REPORT,
            changes={"reported": report.id},
        )
        return report

    @classmethod
    def _has_been_made(cls, comment: Comment, mark: str) -> bool:
        mine = select(cls.id).where(cls.comment_id == comment.id, cls.address_hash == mark)
        return bool(mark) and db.session.scalar(mine.limit(1)) is not None

    @classmethod
    def open_of(cls, comments: Iterable[Comment]) -> "dict[int, list[Report]]":
        """The reports about these comments that nobody has dismissed, by comment, the newest first."""
        found: dict[int, list[Report]] = {comment.id: [] for comment in comments}
        query = (
            select(cls)
            .join(Comment, Comment.id == cls.comment_id)
            .where(cls.comment_id.in_(list(found)), cls.id > Comment.dismissed)
            .order_by(cls.id.desc())
        )
        for report in db.session.scalars(query):
            found[report.comment_id].append(report)
        return found

    @classmethod
    def forget_senders(cls) -> None:
        """Forget who reported what, as of comments. Call within write_tx()."""
        db.session.execute(
            update(cls)
            .where(cls.address_hash != "", cls.at < now() - SENDERS_KEPT_FOR)
            .values(address_hash="")
            .execution_options(synchronize_session=False)
        )


def _mark(comment: Comment, address: str) -> str:
    """Another one for each comment: nobody learns what else came from there."""
    known = network(address)
    return keys.digest("report", f"{comment.id} {known}") if known else ""


@dataclass(frozen=True)
class Reported:
    """A comment that was reported, with what was said of it."""

    comment: Comment
    reports: Sequence[Report]

    @property
    def reasons(self) -> list[tuple[Reason, int]]:
        """How often which reason was given, the most frequent first."""
        return Counter(report.reason for report in self.reports).most_common()

    @property
    def said(self) -> list[Report]:
        """Those that say something in words."""
        return [report for report in self.reports if report.words]


def page(before: int | None = None) -> tuple[list[Reported], int | None]:
    """Approved comments with reports that nobody dismissed, the last one to be reported first; and the
    key of the next page.
    """
    query = select(Comment).where(waits_clause()).order_by(Comment.reported.desc())
    if before:
        query = query.where(Comment.reported < before)
    found = db.session.scalars(query.limit(A_PAGE + 1)).all()
    comments = found[:A_PAGE]
    reports = Report.open_of(comments)
    rows = [Reported(comment, reports[comment.id]) for comment in comments]
    return rows, comments[-1].reported if len(found) > A_PAGE else None


def number_waiting() -> int:
    """How many approved comments have such reports; no more than MOST_COUNTED are counted."""
    # In the order of their own index: without it SQLite goes through all that are approved.
    found = select(Comment.id).where(waits_clause()).order_by(Comment.reported)
    some = found.limit(MOST_COUNTED).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def waits_clause() -> ColumnElement[bool]:
    """Which comments wait for a word about their reports; said as the index says it."""
    return and_(Comment.status == Status.APPROVED, Comment.reported > Comment.dismissed)


def dismiss(comment: Comment, seen: int, by: User) -> Moderation:
    """Say that nothing is wrong with a comment that was reported, up to the last report that was seen.

    Call within write_tx(). Raises Overtaken where somebody did so before.
    """
    upto = min(seen, comment.reported)
    if upto <= comment.dismissed:
        raise Overtaken(comment, Moderation.latest(comment))
    return comment.move(
        comment.status,
        from_=comment.status,
        by=by,
        deed=Deed.DISMISSAL,
        changes={"dismissed": upto},
    )
