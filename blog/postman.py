"""The postman: sends the mail in the outbox that is due, in one process at a time.

At least once: a try is counted before it is made, the mail is sent while no transaction is open,
and how it went is written down afterwards. Whoever is killed in between sends it again, after a
pause and with the same Message-ID.
"""

import logging
import secrets
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from multiprocessing.util import Finalize
from os import getpid

from flask import Flask, current_app
from sqlalchemy import String, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, mapped_column

from blog import clock, outbox, smtp
from blog.clock import Instant
from blog.database import DatabaseBusy, write_tx
from blog.extensions import Base, db
from blog.outbox import Outbox, Outcome

log = logging.getLogger(__name__)

# Mail feels immediate, and looking for it costs one short query.
WAKE_SECONDS = 2

# While the database is away the log gets a line in this time, not one every other second.
TROUBLE_SECONDS = 15

# Longer than a mail server takes for one mail, shorter than anybody waits for a mail after the
# process that held the lease was killed. It begins anew with each mail.
LEASE = timedelta(minutes=1)

# What a round looks for at once; the next round takes the rest.
ROUND = 100

# Stopping waits for the mail under way, but not for ever.
STOP_SECONDS = 5

HOLDER_LENGTH = 100

# What expires here is kept for weeks: an hour more or less does not matter.
CHORES_EVERY = timedelta(hours=1)

# Something to be done now and then, within write_tx(). What takes longer than others should wait for is done
# in parts: whoever answers True has more to do, and is asked again in the next round.
Chore = Callable[[], bool | None]


class Lease(Base):
    """Who does what only one process may do at a time, and until when."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    holder: Mapped[str] = mapped_column(String(HOLDER_LENGTH))
    until: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def is_held_by_another(cls, name: str, holder: str) -> bool:
        """Whether somebody else has it now."""
        lease = db.session.get(cls, name)
        return lease is not None and lease.holder != holder and lease.until > clock.now()

    @classmethod
    def take(cls, name: str, holder: str) -> bool:
        """Take it, or keep it for longer; False when somebody else has it. Within write_tx()."""
        if cls.is_held_by_another(name, holder):
            return False
        db.session.merge(cls(name=name, holder=holder, until=clock.now() + LEASE))
        return True

    @classmethod
    def give_back(cls, name: str, holder: str) -> None:
        """Let the next one have it at once. Within write_tx()."""
        lease = db.session.get(cls, name)
        if lease is not None and lease.holder == holder:
            lease.until = clock.now()


OUTBOX = "outbox"


class LeaseLost(Exception):
    """Another process sends the mail now."""


def _never() -> bool:
    return False


def deliver_due(app: Flask, holder: str = "by hand", stopping: Callable[[], bool] = _never) -> int:
    """One round: deal with the mail that is due, and say how many were settled.

    When nothing is due this is one query, and the write lock is not asked for.
    """
    settled = 0
    with app.app_context():
        due = _due()
        if not due or Lease.is_held_by_another(OUTBOX, holder):
            return 0
        try:
            while due and not stopping():
                settled += _deal_with(due.pop(0), holder)
        except smtp.Unreachable as error:
            _put_off(due, error)
        except LeaseLost:
            log.info("another process sends the mail")
    return settled


def _due() -> list[int]:
    query = select(Outbox.id).where(Outbox.settled_at.is_(None), Outbox.due_at <= clock.now())
    if not outbox.mail_is_set_up():
        query = query.where(Outbox.sendable.is_(False))
    return list(db.session.scalars(query.order_by(Outbox.due_at, Outbox.id).limit(ROUND)))


def _deal_with(row_id: int, holder: str) -> bool:
    """Try one mail; True when it is settled. What goes wrong with it is its own affair."""
    if not _begin(row_id, holder):
        return False
    try:
        outcome = _try(row_id)
    except smtp.Refused as error:
        log.warning("mail %s failed for good: %s", row_id, error)
        return _settle(row_id, Outcome.FAILED, str(error))
    except smtp.Unreachable as error:
        _keep_error(row_id, error)
        raise
    except (DatabaseBusy, OperationalError):
        raise
    except Exception as error:
        log.warning("mail %s is put off", row_id, exc_info=not isinstance(error, smtp.NotNow))
        return _keep_error(row_id, error)
    return _settle(row_id, outcome)


def _begin(row_id: int, holder: str) -> bool:
    with write_tx() as session:
        if not Lease.take(OUTBOX, holder):
            raise LeaseLost
        row = session.get_one(Outbox, row_id)
        if row.settled_at is not None or row.due_at > clock.now():
            return False  # somebody else had the lease meanwhile, and dealt with it
        row.begin_try(clock.now())
        return True


def _try(row_id: int) -> Outcome:
    row = db.session.get_one(Outbox, row_id, populate_existing=True)
    letter = outbox.compose(row)
    if letter is None:
        return Outcome.DROPPED
    if not row.sendable:
        return Outcome.SHOWN
    mail = smtp.message(
        letter,
        sender=current_app.config["MAIL_FROM"],
        recipient=row.person,
        message_id=row.message_id,
    )
    db.session.rollback()  # nothing is open while the mail is on its way
    smtp.send(current_app.config["MAIL_URL"], mail)
    return Outcome.SENT


def _settle(row_id: int, outcome: Outcome, error: str = "") -> bool:
    with write_tx() as session:
        row = session.get_one(Outbox, row_id)
        if row.settled_at is None:
            row.last_error = error[: outbox.ERROR_LENGTH]
            row.settle_and_go_on(outcome)
    return True


def _keep_error(row_id: int, error: Exception) -> bool:
    with write_tx() as session:
        return _fail(session.get_one(Outbox, row_id), error)


def _put_off(row_ids: list[int], error: Exception) -> None:
    """The server is away: what else is due would meet the same, so it waits its turn as well."""
    log.warning("the mail server cannot be reached: %s", error)
    with write_tx() as session:
        for row in session.scalars(select(Outbox).where(Outbox.id.in_(row_ids))).all():
            row.begin_try(clock.now())
            _fail(row, error)


def _fail(row: Outbox, error: Exception) -> bool:
    """Write down why a try failed; True when it was the last one."""
    row.last_error = (str(error) or type(error).__name__)[: outbox.ERROR_LENGTH]
    if row.settled_at is None and not row.has_tries_left:
        row.settle_and_go_on(Outcome.FAILED)
    return row.settled_at is not None


def do_chores(app: Flask, chores: Iterable[Chore], holder: str = "by hand") -> list[Chore]:
    """Do what is to be done now and then, each chore in a transaction of its own.

    Returns those that have more to do.
    """
    unfinished = []
    with app.app_context():
        for chore in chores:
            with write_tx():
                if not Lease.take(OUTBOX, holder):
                    return []
                if chore():
                    unfinished.append(chore)
    return unfinished


class Worker:
    """A thread that goes round every other second, for as long as its process lives."""

    def __init__(self, app: Flask, chores: Sequence[Chore] = ()) -> None:
        self._app = app
        self._chores = chores
        self._chores_due = clock.now()
        self._unfinished: Sequence[Chore] = ()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="postman", daemon=True)
        # A process that is forked from this one must not pass for it, nor one on another host.
        host = socket.gethostname()[: HOLDER_LENGTH // 2]
        self.holder = f"{host} {getpid()} {secrets.token_hex(8)}"

    def start(self) -> None:
        """Begin. Only in a process that will not be forked any more."""
        self._thread.start()

    def stop(self) -> None:
        """End after the mail that is under way, and let another process take over at once."""
        if self._stop.is_set():
            return
        self._stop.set()
        self._thread.join(STOP_SECONDS)
        try:
            with self._app.app_context(), write_tx():
                Lease.give_back(OUTBOX, self.holder)
        except (DatabaseBusy, OperationalError):
            log.info("the lease was not given back; it ends by itself")

    def _run(self) -> None:
        pause: float = WAKE_SECONDS
        while not self._stop.wait(pause):
            pause = self._round()

    def _round(self) -> float:
        try:
            deliver_due(self._app, self.holder, self._stop.is_set)
            self._do_chores()
        except (DatabaseBusy, OperationalError) as error:
            log.warning("the outbox could not be read or written: %s", error)
        except Exception:
            log.exception("a round of the postman broke off")
        else:
            return WAKE_SECONDS
        return TROUBLE_SECONDS

    def _do_chores(self) -> None:
        if self._chores and clock.now() >= self._chores_due:
            self._chores_due = clock.now() + CHORES_EVERY
            self._unfinished = self._chores
        if self._unfinished:
            self._unfinished = do_chores(self._app, self._unfinished, self.holder)


def start_worker(app: Flask, chores: Sequence[Chore] = ()) -> Worker:
    """Send mail and do chores from this process. It stops with the process, a forked child's too."""
    worker = Worker(app, chores)
    worker.start()
    Finalize(None, worker.stop, exitpriority=1)
    return worker
