"""What people answer: comments, where they stand, and what becomes of them.

Whatever happens to a comment goes through one verb, `Comment.move`.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Self

from sqlalchemy import (
    JSON,
    ColumnElement,
    CompoundSelect,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    and_,
    bindparam,
    func,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy import (
    text as sql_text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from blog import editions, outbox, text
from blog.auth.models import User
from blog.clock import Instant, now
from blog.comments import telling
from blog.comments.acts import (
    FINAL,
    PUT_AWAY,
    REASON_LENGTH,
    UNSEEN,
    Actor,
    Deed,
    Moderation,
    Status,
    Tally,
)
from blog.comments.counted import Counted
from blog.comments.scores import doubt_of
from blog.comments.screening import UNPROVEN
from blog.comments.spam import teaching
from blog.database import direct
from blog.extensions import Base, choice, db
from blog.posts.models import Post

# WordPress's limits, which people's address books and imports already keep to.
NAME_LENGTH = 245
EMAIL_LENGTH = 100
WEBSITE_LENGTH = 200
SOURCE_LENGTH = 10_000
# Above this the whole request is too much (413), not only the text too long (422).
SOURCE_BYTES = 64 * 1024

# Columns that an act may replace, and that JSON does not know.
INSTANTS = frozenset({"decided_at", "put_away_at", "proven_at"})

_PUT_AWAY = sql_text("put_away_at IS NOT NULL")

# Long enough to see who comes back, and no longer.
SENDERS_KEPT_FOR = timedelta(days=30)

EDIT_TIME = timedelta(minutes=15)  # a typo is seen at once; later, answers refer to the text
SAME_REPLY_TIME = timedelta(minutes=15)  # a double click, or a Back and send again


class Overtaken(Exception):
    """Somebody else changed the comment first. Carries it, as it is now, and the act that did so."""

    def __init__(self, comment: "Comment", act: Moderation | None) -> None:
        super().__init__(f"comment {comment.id} is {comment.status} by now")
        self.comment = comment
        self.act = act


@dataclass(frozen=True)
class Words:
    """What a writer typed, ready to be kept: the text as written and as text.py made it."""

    source: str
    html: str
    name: str = ""
    email: str = ""
    website: str = ""

    @classmethod
    def written(cls, source: str, name: str = "", email: str = "", website: str = "") -> Self:
        """What somebody typed, rendered. Call outside write_tx(): it takes time."""
        return cls(source, text.render_comment(source), name, email, website)

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of a comment that hold its text."""
        return {"source": self.source, "html": self.html, "text_version": text.VERSION}


@dataclass(frozen=True)
class Sender:
    """Where a reply came from: keyed hashes that expire, never an address."""

    address: str = ""
    network: str = ""
    wide_network: str = ""

    @property
    def networks(self) -> frozenset[str]:
        """All of them that are known."""
        return frozenset({self.address, self.network, self.wide_network} - {""})


def _where(condition: str) -> dict[str, Any]:
    """An index on a part of the table. It is used where a query says the same."""
    return {"sqlite_where": sql_text(condition), "postgresql_where": sql_text(condition)}


class Comment(Counted, Base):
    """One reply: who wrote it, where it hangs, how it stands and why."""

    __tablename__ = "comment"
    __table_args__ = (
        # A page of a thread: what is shown below a post or a comment, oldest first.
        Index("ix_comment_thread", "post_id", "parent_id", "shown", "id"),
        Index("ix_comment_answers", "parent_id", "shown", "id"),
        # The newest that are shown, of the site and of a post: what feeds are made of.
        Index("ix_comment_newest", "shown", "id"),
        Index("ix_comment_newest_of_post", "post_id", "shown", "id"),
        # A tab of the queue: by age, and by how much stands against each.
        Index("ix_comment_queue", "status", "id"),
        Index("ix_comment_doubt", "status", "doubt", "id"),
        # The limit between two replies, and what an address has had approved.
        Index("ix_comment_address", "address_hash", "submitted_at"),
        Index("ix_comment_email", "email", "status"),
        # The same reply sent twice, without a look at all others in that place.
        Index("ix_comment_same", "email", "post_id", "parent_id"),
        Index("ix_comment_root", "root_id"),
        # What people decided, newest first: by that rules are measured before they are saved.
        Index("ix_comment_decided", "decided_at"),
        # All that came with the same e-mail, address or network; and since when an e-mail is proven.
        Index("ix_comment_of_email", "email", "id"),
        *(
            Index(f"ix_comment_of_{name}", f"{name}_hash", "id", **_where(f"{name}_hash <> ''"))
            for name in ("address", "network", "wide_network")
        ),
        Index("ix_comment_proven", "email", "proven_at", **_where("proven_at IS NOT NULL")),
        # What readers have reported, and nobody has dismissed.
        Index("ix_comment_reported", "status", "reported", **_where("reported > dismissed")),
        # What was put away, for the purge.
        Index(
            "ix_comment_put_away",
            "put_away_at",
            sqlite_where=_PUT_AWAY,
            postgresql_where=_PUT_AWAY,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    root_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    depth: Mapped[int] = mapped_column(default=0)

    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    email: Mapped[str] = mapped_column(String(EMAIL_LENGTH), default="")
    website: Mapped[str] = mapped_column(String(WEBSITE_LENGTH), default="")
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    text_version: Mapped[int]
    # The text that stays on the page while an edit of an approved reply waits.
    standing_html: Mapped[str | None] = mapped_column(Text)

    status: Mapped[Status] = mapped_column(choice(Status), default=Status.ARRIVING)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    # What these come to (scores.py), so that a queue can be sorted by it.
    doubt: Mapped[int] = mapped_column(default=0, server_default="0")
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    submitted_at: Mapped[datetime] = mapped_column(Instant, default=now)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    # When it came among spam or into the trash, if it is there.
    put_away_at: Mapped[datetime | None] = mapped_column(Instant)
    edited_by: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")

    nonce: Mapped[str] = mapped_column(String(32), default=lambda: secrets.token_hex(16))
    proven_at: Mapped[datetime | None] = mapped_column(Instant)
    wants_mail: Mapped[bool] = mapped_column(default=False)
    address_hash: Mapped[str] = mapped_column(String(32), default="")
    network_hash: Mapped[str] = mapped_column(String(32), default="")
    wide_network_hash: Mapped[str] = mapped_column(String(32), default="")
    # How many seconds after its page was made it was sent; None if nobody knows.
    took: Mapped[int | None]
    # The number of the last report about it, and of the last that was dismissed (reports/models.py).
    reported: Mapped[int] = mapped_column(default=0, server_default="0")
    dismissed: Mapped[int] = mapped_column(default=0, server_default="0")

    post: Mapped[Post] = relationship(lazy="joined")
    parent: Mapped["Comment | None"] = relationship(
        remote_side="Comment.id", foreign_keys=[parent_id]
    )
    user: Mapped[User | None] = relationship()

    @classmethod
    def is_public_clause(cls) -> ColumnElement[bool]:
        """Which comments everyone may read, as a condition for queries."""
        return or_(
            cls.status == Status.APPROVED,
            and_(cls.status == Status.PENDING, cls.standing_html.is_not(None)),
        )

    @property
    def is_public(self) -> bool:
        """The same, asked of one comment: approved, or approved until its edit is looked at."""
        return self.status == Status.APPROVED or (
            self.status == Status.PENDING and self.standing_html is not None
        )

    @property
    def is_withdrawn(self) -> bool:
        """Whether its writer took it back."""
        return self.status == Status.WITHDRAWN

    @property
    def is_gone(self) -> bool:
        """Whether nobody can read it any more, nor do anything about it."""
        return self.status in FINAL

    @property
    def is_pending(self) -> bool:
        """Whether it waits for a decision."""
        return self.status == Status.PENDING

    @property
    def is_reported(self) -> bool:
        """Whether readers have reported it, and no moderator has dismissed that."""
        return self.reported > self.dismissed

    @property
    def waits_for_proof(self) -> bool:
        """Whether it is held until its writer shows whose address it came with."""
        unproven = any(finding["rule"] == UNPROVEN for finding in self.findings)
        return unproven and self.proven_at is None

    @property
    def text_mark(self) -> str:
        """A mark of what it says and who says so: another text, another mark."""
        return text_mark(self.source, self.name, self.website)

    def may_be_edited_by_writer(self, at: datetime) -> bool:
        """For 15 minutes after sending, and as long as it is held; not after a moderator's edit."""
        if self.edited_by:
            return False
        soon = at - self.submitted_at < EDIT_TIME
        return self.is_pending or (self.status == Status.APPROVED and soon)

    @classmethod
    def public(cls, comment_id: int, at: datetime) -> Self | None:
        """The comment, if everyone may read it where it stands."""
        comment = db.session.get(cls, comment_id)
        if comment is None or not comment.shown or not comment.post.is_visible(at):
            return None
        return comment

    @classmethod
    def same(cls, post: Post, parent: Self | None, words: Words) -> "Comment | None":
        """The newest reply that says the same, by the same person, in the same place."""
        said = {"email": words.email, "name": words.name, "website": words.website}
        place = {"post": post.id, "parent": parent.id if parent else None}
        query = _same(is_answer=parent is not None)
        return db.session.scalar(query, {**said, **place, "source": words.source})

    def is_same_click(self, sender: Sender, at: datetime) -> bool:
        """Whether a reply that says the same is this one, sent twice.

        It has to come from the same address: who merely knows an e-mail and repeats a text that
        stands on the page must not be led to its writer's receipt.
        """
        from_there = bool(sender.address) and self.address_hash == sender.address
        return from_there and at - self.submitted_at < SAME_REPLY_TIME

    @classmethod
    def last_sent(cls, sender: Sender, email: str, since: datetime) -> datetime | None:
        """When somebody with this address or e-mail last left a reply, if after `since`."""
        whose = {"email": email, "address": sender.address or None, "since": since}
        return max((at for at in db.session.scalars(_last_sent(), whose) if at), default=None)

    @classmethod
    def forget_senders(cls) -> None:
        """Forget where replies came from that are old enough. Call within write_tx()."""
        db.session.execute(
            update(cls)
            .where(cls.address_hash != "", cls.submitted_at < now() - SENDERS_KEPT_FOR)
            .values(address_hash="", network_hash="", wide_network_hash="")
            .execution_options(synchronize_session=False)
        )

    @classmethod
    def is_trusted(cls, email: str) -> bool:
        """Whether this address has an approved reply that is proven to be its own."""
        return direct().scalar(_trusted(), {"email": email}) is not None

    @classmethod
    def leave(
        cls,
        post: Post,
        parent: Self | None,
        words: Words,
        *,
        verdict: Status,
        findings: list[dict[str, Any]],
        by: User | Actor = Actor.WRITER,
        sender: Sender = Sender(),
        proven: bool = False,
        took: int | None = None,
        batch: int | None = None,
    ) -> Self:
        """Take a reply: the new comment, standing where the rules' verdict puts it."""
        comment = cls(
            post=post,
            parent=parent,
            root_id=(parent.root_id or parent.id) if parent else None,
            depth=parent.depth + 1 if parent else 0,
            user_id=by.id if isinstance(by, User) else None,
            name=words.name,
            email=words.email,
            website=words.website,
            **words.columns,
            status=Status.ARRIVING,
            reason="",
            findings=findings,
            doubt=doubt_of(findings),
            proven_at=now() if proven else None,
            address_hash=sender.address,
            network_hash=sender.network,
            wide_network_hash=sender.wide_network,
            took=took,
        )
        db.session.add(comment)
        comment.move(verdict, from_=Status.ARRIVING, by=by, deed=Deed.SUBMISSION, batch=batch)
        return comment

    @classmethod
    def leave_as_staff(
        cls, post: Post, parent: Self | None, words: Words, by: User, batch: int | None = None
    ) -> "Comment":
        """Take a reply of a moderator or the author, under their name: no rule is asked about it.

        The same again within 15 minutes is a double click, and the first one is given back.
        """
        signed = replace(words, name=by.name)
        same = cls.same(post, parent, signed)
        if (
            same is not None
            and same.user_id == by.id
            and now() - same.submitted_at < SAME_REPLY_TIME
        ):
            return same
        return cls.leave(
            post, parent, signed, verdict=Status.APPROVED, findings=[], by=by, batch=batch
        )

    def move(
        self,
        to: Status,
        *,
        from_: Status,
        by: User | Actor,
        deed: Deed,
        why: str = "",
        batch: int | None = None,
        undoes: int | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> Moderation:
        """Change this comment: the one verb for every change, whoever makes it.

        `from_` is the status that whoever acts has seen; `changes` are columns that change along.
        Counts, editions, the record and the mail change in the same transaction.
        Raises Overtaken, having changed nothing, when the status is another by now, or when its
        writer took it back.
        """
        changed = {**self._decision(to, by, deed, why), **_weighed(changes or {})}
        # What an undo has the spam filter learn again is no column.
        lesson = {name: changed.pop(name) for name in changed.keys() & {teaching.LESSON}}
        # What is purged is kept nowhere.
        kept = {name: _as_json(getattr(self, name)) for name in changed if deed is not Deed.PURGE}
        was_public = self.is_public
        self._write(to, from_, changed)
        kept |= teaching.follow(self, from_, by, deed, lesson)
        act = Moderation.record(
            self,
            from_=from_,
            to=to,
            by=by,
            deed=deed,
            why=why,
            batch=batch,
            undoes=undoes,
            kept=kept,
        )
        self._follow_up(act, was_public)
        self._tell(act, was_public)
        return act

    def _follow_up(self, act: Moderation, was_public: bool) -> None:
        """Have the counts of tabs and threads, and the pages that show it, follow an act."""
        Tally.shift(act.from_status, act.to_status)
        if self.is_public != was_public:
            self.count(+1 if self.is_public else -1)
        if (was_public or self.is_public) and act.deed not in UNSEEN:
            editions.touch(*editions.of_conversation(self.post_id))

    def _write(self, to: Status, from_: Status, changed: Mapping[str, Any]) -> None:
        """A reply that is not yet there is written as it will stand: nobody else can have changed it."""
        if self not in db.session.new:
            return self._update_guarded(to, from_, changed)
        for name, value in {"status": to, **changed}.items():
            setattr(self, name, value)
        db.session.flush()
        return None

    def _decision(self, to: Status, by: User | Actor, deed: Deed, why: str) -> dict[str, Any]:
        """What a change of status leaves behind: when and why it was decided, for its writer, and
        no text that stands in for another any longer.
        """
        if to is self.status:
            return {}
        put_away: dict[str, Any] = {}
        if to in PUT_AWAY or self.put_away_at:
            put_away = {"put_away_at": now() if to in PUT_AWAY else None}
        if deed in {Deed.UNDO, Deed.EDIT, Deed.PURGE}:
            return put_away
        decided = isinstance(by, User) and to is not Status.PENDING
        return {
            "decided_at": now() if decided else None,
            "reason": why if decided else "",
            "standing_html": None,
            **put_away,
        }

    def _update_guarded(self, to: Status, from_: Status, changed: Mapping[str, Any]) -> None:
        if from_ in FINAL and to is not from_:
            raise Overtaken(self, Moderation.latest(self))
        guarded = (
            update(Comment)
            .where(Comment.id == self.id, Comment.status == from_)
            .values(status=to, **changed)
            .returning(Comment.id)
            .execution_options(synchronize_session=False)
        )
        if db.session.scalar(guarded) is None:
            db.session.refresh(self)
            raise Overtaken(self, Moderation.latest(self))
        for name, value in {"status": to, **changed}.items():
            set_committed_value(self, name, value)

    def _tell(self, act: Moderation, was_public: bool) -> None:
        """Leave word in the outbox for whoever is to hear of this act."""
        if act.decided_by_staff and self.wants_mail and self.proven_at:
            outbox.want("decision", self.email)
        if (act.holds and self.is_pending) or act.deed is Deed.REPORT:
            telling.of_held()
        if act.deed is Deed.SUBMISSION and self.is_pending and self.waits_for_proof:
            outbox.want("confirmation", self.email)
        if self.is_public and not was_public:
            self._tell_of_publication(act)

    def _tell_of_publication(self, act: Moderation) -> None:
        if act.deed is not Deed.UNDO:  # it was told of when it first came onto the page
            telling.of_published(act.user_id)
        if self.parent is not None:
            self.parent._tell_of_answer(self)

    def _tell_of_answer(self, answer: "Comment") -> None:
        if self.wants_mail and self.proven_at and self.email != answer.email:
            outbox.want("answer", self.email)

    def put_away_by(self) -> Moderation | None:
        """The act that took it out of sight, among spam or into the trash; None if nobody knows."""
        return db.session.scalar(
            select(Moderation)
            .where(
                Moderation.comment_id == self.id,
                Moderation.from_status.in_((Status.PENDING, Status.APPROVED)),
                Moderation.to_status.in_((Status.SPAM, Status.TRASHED)),
            )
            .order_by(Moderation.id.desc())
            .limit(1)
        )


def _weighed(changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Changes, with what new findings come to."""
    if "findings" not in changes:
        return changes
    return {**changes, "doubt": doubt_of(changes["findings"])}


def text_mark(source: str, name: str, website: str) -> str:
    """The mark of a comment that says this."""
    said = "\0".join((source, name, website))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


# Asked for every reply, while others wait for the lock: to make these takes longer than to ask them.


@cache
def _same(*, is_answer: bool) -> Select[Comment]:
    # No value stands for both: PostgreSQL looks for nothing in an index that may be NULL.
    parent = bindparam("parent") if is_answer else null()
    return (
        select(Comment)
        .where(
            Comment.email == bindparam("email"),
            Comment.post_id == bindparam("post"),
            Comment.parent_id == parent,
            Comment.name == bindparam("name"),
            Comment.website == bindparam("website"),
            Comment.source == bindparam("source"),
            Comment.status != Status.WITHDRAWN,
        )
        .order_by(Comment.id.desc())
        .limit(1)
    )


@cache
def _last_sent() -> CompoundSelect[datetime | None]:
    """Two look-ups, each on its own index."""
    last = select(func.max(Comment.submitted_at)).where(
        Comment.submitted_at > bindparam("since", type_=Instant)
    )
    return union_all(
        last.where(Comment.email == bindparam("email")),
        last.where(Comment.address_hash == bindparam("address")),
    )


@cache
def _trusted() -> Select[int]:
    mine = Comment.email == bindparam("email"), Comment.status == Status.APPROVED
    return select(Comment.id).where(*mine, Comment.proven_at.is_not(None)).limit(1)


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
