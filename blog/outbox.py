"""Mail as rows: wanted in the transaction that causes it, made and sent after it.

A row says what kind of mail a person is to get, and which stretch of time it tells of. No text and
no link is stored: a composer makes the letter when it is sent, from what is true then. A letter
tells of things stamped after `row.since` and not after `row.until`. That loses nothing and tells
nothing twice, because stamps are taken under the write lock, and so is the end of the stretch.

postman.py sends what is due.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import (
    ColumnElement,
    Index,
    Integer,
    Select,
    String,
    bindparam,
    case,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningUpdate

from blog import clock
from blog.addresses import absolute_url
from blog.clock import Instant
from blog.database import direct
from blog.emails import fold_email
from blog.extensions import Base, db
from blog.languages import ENGLISH, speaking
from blog.site.models import Site

# Mail for readers carries a way out; who took it gets none of these.
READERS_KINDS = frozenset({"confirmation", "decision", "answer"})

# A newer one of these makes the older one worthless: its link is dead. So it does not wait.
NEWEST_WINS = frozenset({"reset", "invitation"})

# At most one such mail to a person in this time. Held: a spam wave is one mail, not a hundred.
# Confirmation: anybody can type anybody's address, and nobody shall be pestered through us.
SPACING = {
    "held": timedelta(minutes=10),
    "approved": timedelta(minutes=10),
    "confirmation": timedelta(hours=1),
}

# How long after its cause a mail is due. Decision: long enough for a moderator to notice a slip of
# the hand and undo it.
DELAY = {"decision": timedelta(minutes=5)}

# A thing is stamped a moment before its mail is wanted: as long as a request takes, and to spare.
STAMP_LAG = timedelta(minutes=1)

# After a failed try: 1 minute, 2, 4 ... up to 6 hours; 21 tries are a little more than 3 days: a
# long weekend with a broken mail server.
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
MOST_TRIES = 21

ERROR_LENGTH = 300  # what a mail server says fits; a traceback belongs in the log

# Long enough to ask at the desk what became of a mail; an address is not kept for nothing.
SETTLED_KEPT_FOR = timedelta(days=30)


class Outcome(StrEnum):
    """How a mail ended. Shown: no mail was set up, so it was only ever to be seen at the desk."""

    SENT = "sent"
    SHOWN = "shown"
    DROPPED = "dropped"
    FAILED = "failed"


@dataclass(frozen=True)
class Letter:
    """What a mail says. `unsubscribe` is the absolute address that ends mail to its reader."""

    subject: str
    text: str
    unsubscribe: str | None = None


class Refusal(Base):
    """An address that wants no more of the mail that readers get."""

    __tablename__ = "refusal"

    email: Mapped[str] = mapped_column(String(254), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)


# Parts that say nothing leave blank lines behind.
BLANK_LINES = re.compile(r"\n{3,}")

LONG_AGO = datetime.min.replace(tzinfo=UTC)

_UNSETTLED = text("settled_at IS NULL")


class Outbox(Base):
    """One mail to one person: wanted, due, tried, and settled in the end."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "uq_outbox_unsettled",
            "kind",
            "person",
            unique=True,
            sqlite_where=_UNSETTLED,
            postgresql_where=_UNSETTLED,
        ),
        Index("ix_outbox_due", "due_at", sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED),
        Index("ix_outbox_last", "kind", "person", "settled_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    person: Mapped[str] = mapped_column(String(254))
    subject_id: Mapped[int | None]
    wanted_at: Mapped[datetime] = mapped_column(Instant)
    # Where the stretch of time begins that the letter tells of.
    since: Mapped[datetime] = mapped_column(Instant)
    # When it is tried next: at first when it is due, then after a pause.
    due_at: Mapped[datetime] = mapped_column(Instant)
    # When the last thing is due that was wanted of this mail; what is left over gets another row.
    last_due_at: Mapped[datetime] = mapped_column(Instant)
    # When it was wanted again while a try was under way, which may have missed the reason.
    again_at: Mapped[datetime | None] = mapped_column(Instant)
    sendable: Mapped[bool]
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str] = mapped_column(String(ERROR_LENGTH), default="")
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str | None] = mapped_column(String(10))

    @property
    def until(self) -> datetime:
        """Where the stretch of time ends that the letter tells of."""
        end = self.tried_at or self.settled_at or self.last_due_at
        return end - DELAY.get(self.kind, timedelta())

    @property
    def message_id(self) -> str:
        """The Message-ID: the same when it is sent again, another when it has more to say."""
        host = urlsplit(current_app.config["BASE_URL"]).hostname
        return f"<outbox.{self.id}.{self.last_due_at.timestamp():.6f}@{host}>"

    def begin_try(self, now: datetime) -> None:
        """Count a try before it is made: whatever becomes of it, the next one waits its time."""
        pause = min(FIRST_PAUSE * 2**self.tries, LONGEST_PAUSE)
        self.tries += 1
        self.tried_at = now
        self.again_at = None
        self.due_at = now + pause

    @property
    def has_tries_left(self) -> bool:
        """Whether it is tried again after a try that failed."""
        return self.tries < MOST_TRIES

    def settle(self, outcome: Outcome) -> None:
        """End this mail."""
        self.settled_at = clock.now()
        self.outcome = outcome
        db.session.flush()  # or the next row of this kind and person would meet this one

    def settle_and_go_on(self, outcome: Outcome) -> None:
        """End this mail. What was wanted of it and is not in it becomes another one."""
        self.settle(outcome)
        if self.again_at or (self.tried_at and self.last_due_at > self.tried_at):
            _insert(self.kind, self.person, self.subject_id, self.last_due_at, self._rest_since())

    def _rest_since(self) -> datetime:
        end = self.tried_at or self.wanted_at
        if self.again_at and self.again_at <= end:
            # Written after the try began and stamped before it: the hosts' clocks differ. Better
            # told twice than not at all.
            end = self.again_at - STAMP_LAG
        return end - DELAY.get(self.kind, timedelta())


Composer = Callable[[Outbox], Letter | None]


def mail_is_set_up() -> bool:
    """Whether this blog can send mail."""
    return bool(current_app.config["MAIL_URL"])


def absolute(endpoint: str, **values: object) -> str:
    """A view's address as mails give it: no request is under way that could tell the host."""
    host = urlsplit(current_app.config["BASE_URL"]).netloc
    return absolute_url(current_app.url_map.bind(host).build(endpoint, values))


def refuses(email: str) -> bool:
    """Whether this address wants no mail."""
    return direct().scalar(_refusal(), {"email": fold_email(email)}) is not None


@cache
def _refusal() -> Select[str]:
    return select(Refusal.email).where(Refusal.email == bindparam("email"))


def refuse(email: str) -> None:
    """End all readers' mail to this address, what waits included. Call within write_tx()."""
    email = fold_email(email)
    if not refuses(email):
        db.session.add(Refusal(email=email, at=clock.now()))
    waiting = select(Outbox).where(
        Outbox.person == email, Outbox.kind.in_(READERS_KINDS), Outbox.settled_at.is_(None)
    )
    for row in db.session.scalars(waiting).all():
        row.settle(Outcome.DROPPED)
    db.session.flush()


def welcome_back(email: str) -> None:
    """Allow readers' mail to this address again: its owner asks for it. Call within write_tx()."""
    refusal = db.session.get(Refusal, fold_email(email))
    if refusal is not None:
        db.session.delete(refusal)


def reschedule(kind: str, person: str, due: datetime | None) -> None:
    """Let what waits of this kind be due then; with None it is not sent. Call within write_tx()."""
    waiting = select(Outbox).where(*_mine(), Outbox.settled_at.is_(None))
    row = db.session.scalar(waiting, _mail(kind, fold_email(person)))
    if row is None:
        return
    row.settle(Outcome.DROPPED)
    if due is not None:
        _insert(kind, row.person, row.subject_id, due, row.since)
        db.session.flush()


def want(
    kind: str, person: str, *, subject_id: int | None = None, due: datetime | None = None
) -> None:
    """Have a mail of this kind sent to this person's address. Call within write_tx().

    Call it after the thing that it tells of was stamped, in the same transaction. While one of this
    kind waits for the person, that one will tell of it too.
    """
    person = fold_email(person)
    if not person or (kind in READERS_KINDS and refuses(person)):
        return
    now = clock.now()
    due = due or now + DELAY.get(kind, timedelta())
    wanted = {**_mail(kind, person), "now": now, "due": due, "subject": subject_id}
    if mail_is_set_up():
        _settle_shown(kind, person)
    if direct().scalar(_want_again(), wanted) is None:
        _insert(kind, person, subject_id, due)
    db.session.flush()


def _settle_shown(kind: str, person: str) -> None:
    """End a mail that was wanted when none could be sent: it has been shown at the desk instead."""
    row = db.session.scalar(_unsendable(), _mail(kind, person))
    if row is not None:
        row.settle(Outcome.SHOWN)


def _insert(
    kind: str, person: str, subject_id: int | None, due: datetime, since: datetime | None = None
) -> None:
    now = clock.now()
    tried, arrived = direct().execute(_last(), _mail(kind, person)).one()
    if since is None:
        told_until = tried - DELAY.get(kind, timedelta()) if tried else LONG_AGO
        since = max(now - STAMP_LAG, told_until)
    if kind in SPACING and arrived:
        due = max(due, arrived + SPACING[kind])
    row = Outbox(
        kind=kind,
        person=person,
        subject_id=subject_id,
        wanted_at=now,
        since=since,
        due_at=due,
        last_due_at=due,
        sendable=mail_is_set_up(),
    )
    db.session.add(row)


# Asked for every reply, while others wait for the lock: to make these takes longer than to ask them.


def _mail(kind: str, person: str) -> dict[str, str]:
    return {"of_kind": kind, "to": person}


def _mine() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Outbox.kind == bindparam("of_kind"), Outbox.person == bindparam("to")


@cache
def _unsendable() -> Select[Outbox]:
    return select(Outbox).where(*_mine(), Outbox.settled_at.is_(None), ~Outbox.sendable)


@cache
def _want_again() -> ReturningUpdate[int]:
    """Take note that there is more to say than when the row was made that waits."""
    now, due = bindparam("now", type_=Instant), bindparam("due", type_=Instant)
    again = func.coalesce(Outbox.again_at, now)
    return (
        update(Outbox)
        .where(*_mine(), Outbox.settled_at.is_(None))
        .values(
            last_due_at=case((Outbox.last_due_at < due, due), else_=Outbox.last_due_at),
            again_at=case((Outbox.tried_at.is_not(None), again), else_=Outbox.again_at),
            subject_id=func.coalesce(bindparam("subject", type_=Integer), Outbox.subject_id),
            due_at=case((Outbox.kind.in_(NEWEST_WINS), due), else_=Outbox.due_at),
        )
        .returning(Outbox.id)
        .execution_options(synchronize_session=False)
    )


@cache
def _last() -> Select[datetime | None, datetime | None]:
    """When a mail of this kind to this person was last tried, and when one last arrived."""
    reached = Outbox.outcome.in_((Outcome.SENT, Outcome.SHOWN))
    arrived = func.max(Outbox.settled_at).filter(reached)
    return select(func.max(Outbox.tried_at), arrived).where(
        *_mine(), Outbox.settled_at.is_not(None)
    )


def forget_settled() -> None:
    """Delete the rows of mail that is settled for long. Call within write_tx()."""
    long_ago = clock.now() - SETTLED_KEPT_FOR
    db.session.execute(delete(Outbox).where(Outbox.settled_at < long_ago))


composers: dict[str, Composer] = {}


def compose_with(kind: str, composer: Composer) -> None:
    """Say who writes the letters of this kind. The factory does, so that no room is known here."""
    composers[kind] = composer


def compose(row: Outbox) -> Letter | None:
    """The letter as it is now; None when there is nothing to say any more."""
    if row.kind in READERS_KINDS and refuses(row.person):
        return None
    # As on the pages: readers are spoken to in the site's language, the staff in English.
    with speaking(Site.load().language if row.kind in READERS_KINDS else ENGLISH):
        return composers[row.kind](row)


def render(template: str, **values: object) -> str:
    """The text of a mail. No request is under way, so no context processor takes part."""
    made = current_app.jinja_env.get_template(template).render(
        base_url=current_app.config["BASE_URL"], **values
    )
    return BLANK_LINES.sub("\n\n", made.strip()) + "\n"
