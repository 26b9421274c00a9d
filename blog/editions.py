"""Editions: what the public sees, numbered anew in the transaction that changes it.

A stored page knows the number that was the highest before it was made, and what it shows. It is good
for as long as nothing that it shows has a higher one.
"""

from sqlalchemy import BigInteger, String, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from blog.clock import now
from blog.extensions import Base, db

# What pages show. All show the site: its settings, its author, which posts there are.
SITE = "site"
# Lists, feeds and counts show all conversations.
CONVERSATIONS = "conversations"

# The channel on which PostgreSQL tells every host of a new number.
CHANNEL = "edition"

# Where a session keeps what its transaction changes, until it commits.
CHANGED = "shown anew"


def of_post(post_id: int) -> str:
    """The name of one post, with what is said below it, as a thing that pages show."""
    return f"post {post_id}"


class Edition(Base):
    """One thing that pages show, and the number of its last change."""

    __tablename__ = "edition"

    thing: Mapped[str] = mapped_column(String(30), primary_key=True)
    # Unique among all things, and rising from commit to commit: there is one writer at a time.
    number: Mapped[int] = mapped_column(BigInteger, unique=True)


def of_conversation(post_id: int) -> tuple[str, str]:
    """What looks different when something is said, or unsaid, below a post."""
    return of_post(post_id), CONVERSATIONS


def touch(*things: str) -> None:
    """Say that these things look different from now on. Call within write_tx()."""
    db.session.info.setdefault(CHANGED, set()).update(things)


def record(session: Session) -> bool:
    """Number what was touched, in the transaction that touched it. For write_tx(), before it commits.

    Returns whether anything was touched.
    """
    things = session.info.pop(CHANGED, set())
    if not things:
        return False
    first = _next_number(session)
    rows = [{"thing": thing, "number": first + n} for n, thing in enumerate(sorted(things))]
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    kept = dialect.insert(Edition)
    session.execute(
        kept.on_conflict_do_update(
            index_elements=[Edition.thing], set_={"number": kept.excluded.number}
        ),
        rows,
    )
    if dialect is postgresql:
        session.execute(select(func.pg_notify(CHANNEL, "")))
    return True


def forget(session: Session) -> None:
    """Nothing was changed after all. For write_tx(), when it rolls back."""
    session.info.pop(CHANGED, None)


def _next_number(session: Session) -> int:
    # The time, so that what a backup brings back is never newer than what is said of it; and in any
    # case more than any before.
    last = session.scalar(select(func.max(Edition.number))) or 0
    return max(last + 1, int(now().timestamp() * 1_000_000))
