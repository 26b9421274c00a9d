"""Who people are: the author, the moderators, their sign-ins and invitations, and who guesses.

Readers have no account. Nothing here asks who is asking, hashes a password or makes a link.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Self, cast

from sqlalchemy import ColumnElement, ForeignKey, Index, String, delete, func, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from blog import editions, keys
from blog.auth.pace import Pace
from blog.clock import Instant, now
from blog.emails import fold_email
from blog.extensions import Base, choice, db

LONGEST_NAME = 100
# RFC 5321 (erratum 1690): no longer address is ever delivered.
LONGEST_EMAIL = 254
# Enough to tell a telephone from a laptop; some browsers say much more.
LONGEST_BROWSER = 200

# How long a sign-in lasts: nobody is sent away from a laptop that they use every day.
SIGN_IN_LASTS = timedelta(days=365)
# As long as the signed link in the mail.
INVITATION_LASTS = timedelta(days=keys.INVITATION_DAYS)

# Nobody mistypes their own password ten times; a list of common ones is longer.
MOST_FAILURES = 10
# The failures of this long count. Whoever guesses on is slowed for as long.
FAILURES_COUNT_FOR = timedelta(hours=1)
# 60 guesses an hour find no password of 12 characters; a person who waits gets in.
SLOWED_TO_ONE_IN = timedelta(minutes=1)
ATTEMPTS_KEPT_FOR = timedelta(hours=24)


class TakenEmail(Exception):
    """Somebody with this e-mail address is here already."""


class SecondAuthor(Exception):
    """There is an author already, and a blog has exactly one."""


class Role(StrEnum):
    """What a person with an account is here for."""

    AUTHOR = "author"
    MODERATOR = "moderator"


def fold(email: str) -> str:
    """The one spelling in which an e-mail address is kept and looked for."""
    return fold_email(email)


def _nonce() -> str:
    return secrets.token_urlsafe(16)


class User(Base):
    """A person with an account: the author, or a moderator."""

    # `user` alone means something else to PostgreSQL.
    __tablename__ = "user_account"
    __table_args__ = (
        Index(
            "uq_user_account_author",
            "role",
            unique=True,
            sqlite_where=text("role = 'author'"),
            postgresql_where=text("role = 'author'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[Role] = mapped_column(choice(Role))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    email: Mapped[str] = mapped_column(String(LONGEST_EMAIL), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    # Marks of browsers name it; a new password makes a new one, and all marks are void.
    browser_nonce: Mapped[str] = mapped_column(String(32), default=_nonce)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    # How soon to be told by mail of replies that wait, and of those that came onto the page.
    held_pace: Mapped[Pace] = mapped_column(
        choice(Pace), default=Pace.AT_ONCE, server_default=Pace.AT_ONCE
    )
    approved_pace: Mapped[Pace] = mapped_column(
        choice(Pace), default=Pace.AT_ONCE, server_default=Pace.AT_ONCE
    )
    sign_ins: Mapped[list["SignIn"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", order_by="SignIn.started_at.desc()"
    )

    is_authenticated = True
    is_active = True
    is_anonymous = False
    is_staff = True
    may_moderate = True

    # The sign-in that this person was loaded by, in this request.
    current_sign_in = cast("SignIn | None", None)

    @property
    def may_write(self) -> bool:
        """Whether this person writes posts and decides about the blog."""
        return self.role is Role.AUTHOR

    @property
    def reset_nonce(self) -> str:
        """What a reset link names: another one as soon as the password is another."""
        return hashlib.sha256(f"reset {self.password_hash}".encode()).hexdigest()[:32]

    @property
    def acting_nonce(self) -> str:
        """What a link names that acts as this person: another one with another password, role or
        address. A new password is set by who fears that somebody else reads the old mail.
        """
        account = f"acting {self.role} {self.email} {self.password_hash}"
        return hashlib.sha256(account.encode()).hexdigest()[:32]

    def get_id(self) -> str:
        """The token of the current sign-in, for Flask-Login to keep in the session."""
        if self.current_sign_in is None:
            raise RuntimeError(f"{self.email} did not sign in")
        return self.current_sign_in.token

    @classmethod
    def create(cls, *, role: Role, name: str, email: str, password_hash: str) -> Self:
        """A new person, to be committed. Raises TakenEmail, SecondAuthor."""
        if role is Role.AUTHOR and cls.author() is not None:
            raise SecondAuthor
        if cls.by_email(email) is not None:
            raise TakenEmail(email)
        user = cls(role=role, name=name, email=fold(email), password_hash=password_hash)
        db.session.add(user)
        db.session.flush()
        editions.touch(editions.SITE)  # the author's name, and who may not be imitated
        return user

    @classmethod
    def author(cls) -> Self | None:
        """The author; None before the blog is set up."""
        return db.session.scalar(select(cls).where(cls.role == Role.AUTHOR))

    @classmethod
    def by_email(cls, email: str) -> Self | None:
        """The person with this e-mail address, however its letters are spelt."""
        return db.session.scalar(select(cls).where(cls.email == fold(email)))

    @classmethod
    def staff(cls) -> Sequence[Self]:
        """Everybody with an account: the author first, then by name."""
        return db.session.scalars(select(cls).order_by(cls.role, cls.name, cls.id)).all()

    def set_password(self, password_hash: str, *, keep: "SignIn | None" = None) -> None:
        """Replace the password: every sign-in but `keep` ends, and no browser is known any more."""
        self.password_hash = password_hash
        self.browser_nonce = _nonce()
        self.sign_ins = [sign_in for sign_in in self.sign_ins if sign_in is keep]

    def sign_in(self, *, browser: str) -> "SignIn":
        """Begin a sign-in, and forget those that are over by age."""
        self.sign_ins = [sign_in for sign_in in self.sign_ins if not sign_in.is_over(now())]
        return SignIn.start(self, browser)

    def own_sign_in(self, sign_in_id: int) -> "SignIn | None":
        """The sign-in with this number, if it is this person's."""
        return next((own for own in self.sign_ins if own.id == sign_in_id), None)


class Visitor:
    """Somebody without an account. Answers what a User answers."""

    id = None
    name = ""
    is_authenticated = False
    is_active = False
    is_anonymous = True
    is_staff = False
    may_write = False
    may_moderate = False
    current_sign_in = None

    def get_id(self) -> None:
        """Nobody: a visitor needs no session."""


class SignIn(Base):
    """One browser in which somebody is signed in. Deleting the row signs it out.

    The cookie holds a token, the row its hash: who reads the database can sign in as nobody.
    """

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser: Mapped[str] = mapped_column(String(LONGEST_BROWSER))
    started_at: Mapped[datetime] = mapped_column(Instant, default=now)
    user: Mapped[User] = relationship(back_populates="sign_ins", lazy="joined", innerjoin=True)

    # Known when the sign-in begins and when its cookie comes back, and never stored.
    token = ""

    @classmethod
    def start(cls, user: User, browser: str) -> Self:
        """A new sign-in of this person, with a token that nobody had before."""
        token = secrets.token_urlsafe(32)
        sign_in = cls(user=user, token_hash=_hash(token), browser=browser[:LONGEST_BROWSER])
        sign_in.token = token
        db.session.add(sign_in)
        return sign_in

    @classmethod
    def by_token(cls, token: str) -> Self | None:
        """The sign-in that a cookie belongs to, unless it ended."""
        sign_in = db.session.scalar(select(cls).where(cls.token_hash == _hash(token)))
        if sign_in is None or sign_in.is_over(now()):
            return None
        sign_in.token = token
        return sign_in

    def is_over(self, at: datetime) -> bool:
        """Whether the sign-in has lasted as long as one may."""
        return self.started_at + SIGN_IN_LASTS <= at

    def end(self) -> None:
        """Sign this browser out."""
        self.user.sign_ins.remove(self)


def _hash(token: str) -> str:
    # A token is 256 random bits: unlike a password it needs no slow hash.
    return hashlib.sha256(token.encode()).hexdigest()


class Invitation(Base):
    """The author asks somebody to moderate. Deleting the row takes the invitation back."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[Role] = mapped_column(choice(Role), default=Role.MODERATOR)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    email: Mapped[str] = mapped_column(String(LONGEST_EMAIL), index=True)
    nonce: Mapped[str] = mapped_column(String(32), default=_nonce)
    made_at: Mapped[datetime] = mapped_column(Instant, default=now)
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)

    @classmethod
    def create(cls, *, name: str, email: str) -> Self:
        """Invite somebody; an older invitation to the same address is void. Raises TakenEmail."""
        if User.by_email(email) is not None:
            raise TakenEmail(email)
        db.session.execute(delete(cls).where(cls.email == fold(email), cls.accepted_at.is_(None)))
        invitation = cls(name=name, email=fold(email))
        db.session.add(invitation)
        db.session.flush()
        return invitation

    @classmethod
    def waiting(cls) -> Sequence[Self]:
        """The invitations that nobody followed yet, newest first."""
        waiting = select(cls).where(cls.accepted_at.is_(None)).order_by(cls.id.desc())
        return db.session.scalars(waiting).all()

    @classmethod
    def unaccepted(cls, invitation_id: int) -> Self | None:
        """The invitation with this number, as long as nobody followed it."""
        asked = cls.id == invitation_id, cls.accepted_at.is_(None)
        return db.session.scalar(select(cls).where(*asked))

    @classmethod
    def by_nonce(cls, invitation_id: int, nonce: str) -> Self | None:
        """The invitation that a link belongs to."""
        return db.session.scalar(select(cls).where(cls.id == invitation_id, cls.nonce == nonce))

    def is_open(self, at: datetime) -> bool:
        """Whether its link still lets somebody join."""
        return self.accepted_at is None and at < self.made_at + INVITATION_LASTS

    def accept(self, *, name: str, password_hash: str) -> User:
        """Make the account it was for. Raises TakenEmail."""
        user = User.create(role=self.role, name=name, email=self.email, password_hash=password_hash)
        self.accepted_at = now()
        return user

    def revoke(self) -> None:
        """Take the invitation back."""
        db.session.delete(self)


class Trier(NamedTuple):
    """Who tries at which account, as keyed hashes."""

    account: str
    address: str
    # Set for a browser that this account's person has used before.
    browser: str | None = None


class Attempt(Base):
    """A try at a password that was not right, or a request for a reset link.

    Who tried, and at what, is kept as keyed hashes, for a day. A try is written down before the
    password is looked at and taken out again when it was right: many at once are counted too.
    """

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index(None, "account", "at"),
        Index(None, "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(String(32))
    browser: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(Instant, default=now, index=True)

    @classmethod
    def add(cls, by: Trier) -> Self:
        """Write a try down, and forget those of yesterday."""
        db.session.execute(delete(cls).where(cls.at < now() - ATTEMPTS_KEPT_FOR))
        attempt = cls(account=by.account, address=by.address, browser=by.browser)
        db.session.add(attempt)
        db.session.flush()
        return attempt

    @classmethod
    def forget(cls, attempt_id: int) -> None:
        """Take a try out again: the password was right."""
        db.session.execute(delete(cls).where(cls.id == attempt_id))

    @classmethod
    def wait(cls, by: Trier) -> timedelta:
        """How long the next try has to wait; nothing for who did not fail too often.

        A known browser answers for itself alone, so that guessers elsewhere cannot lock it out.
        """
        at_account = cls.account == by.account
        if by.browser is not None:
            return cls._wait(at_account, cls.browser == by.browser)
        return max(
            cls._wait(at_account, cls.browser.is_(None)), cls._wait(cls.address == by.address)
        )

    @classmethod
    def _wait(cls, *whose: ColumnElement[bool]) -> timedelta:
        count, latest = cls._count(*whose)
        if latest is None or count < MOST_FAILURES:
            return timedelta()
        return max(latest + SLOWED_TO_ONE_IN - now(), timedelta())

    @classmethod
    def count(cls, account: str) -> int:
        """How many tries at this account count now."""
        return cls._count(cls.account == account)[0]

    @classmethod
    def _count(cls, *whose: ColumnElement[bool]) -> tuple[int, datetime | None]:
        counted = select(func.count(), func.max(cls.at)).where(
            *whose, cls.at > now() - FAILURES_COUNT_FOR
        )
        count, latest = db.session.execute(counted).one()
        return count, latest
