"""The letters to the staff: what waits for a decision, and what came onto the page.

Each is made at the moment it is sent, from what is true then. A composer gets a row of the outbox and
returns the letter, or None when there is nothing to say any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, or_, select

from blog import keys, outbox
from blog.auth.mail_choices import kinds_for, pace_of
from blog.auth.models import User
from blog.auth.pace import Pace
from blog.comments import letters, mailed_links
from blog.comments.acts import Deed, Moderation, Status, Tally
from blog.comments.letters import MOST_LISTED
from blog.comments.models import Comment
from blog.comments.reports import models as reports
from blog.comments.reports.forms import REASONS
from blog.comments.reports.models import Report
from blog.comments.rules.wording import why
from blog.outbox import Letter, Outbox, absolute
from blog.text import clean_line


@dataclass(frozen=True)
class Item(letters.Item):
    """One comment as the staff is told of it."""

    links: Sequence[tuple[Deed, str]] = ()

    @property
    def reasons(self) -> list[str]:
        """Why it is held."""
        return [clean_line(why(finding)) for finding in self.comment.findings]


@dataclass(frozen=True)
class ReportedItem(letters.Item):
    """One comment that readers reported."""

    reports: Sequence[Report] = ()

    @property
    def reasons(self) -> list[str]:
        """Why, each reason once, and what was said besides."""
        named = dict.fromkeys(str(REASONS[report.reason]) for report in self.reports)
        return [*named, *(clean_line(report.words) for report in self.reports if report.words)]


def held(row: Outbox) -> Letter | None:
    """To a moderator: all that waits, and what readers have reported."""
    user = _reader_of(row)
    number = Tally.numbers()[Status.PENDING]
    reported = [ReportedItem(one.comment, one.reports) for one in reports.page()[0]]
    if user is None or not (number or reported):
        return None
    comments = letters.newest(Comment.status == Status.PENDING, most=MOST_LISTED)
    subject = ngettext("%(num)d reply waits for you", "%(num)d replies wait for you", number)
    if not number:
        subject = _("A reader reported a reply")
    known = {"number": number, "reported": reported, "reports": absolute("reported.queue")}
    return _letter("mails/held.txt", subject, row, user, comments, **known)


def approved(row: Outbox) -> Letter | None:
    """To the author: what came onto the page and is there, unless she let it through herself."""
    user = _reader_of(row)
    if user is None:
        return None
    found = letters.newest(
        _came_onto_the_page(row, user), Comment.is_public_clause(), most=MOST_LISTED + 1
    )
    if not found:
        return None
    subject = _("New replies") if len(found) > 1 else _("A new reply")
    more = len(found) > MOST_LISTED
    return _letter("mails/approved.txt", subject, row, user, found[:MOST_LISTED], more=more)


def _reader_of(row: Outbox) -> User | None:
    """Whom it is for, while they are here and want it."""
    user = User.by_email(row.person)
    if user is None or row.kind not in kinds_for(user) or pace_of(user, row.kind) is Pace.NEVER:
        return None
    return user


def _came_onto_the_page(row: Outbox, user: User) -> ColumnElement[bool]:
    acts = select(Moderation.comment_id).where(
        Moderation.at > row.since,
        Moderation.at <= row.until,
        Moderation.to_status == Status.APPROVED,
        Moderation.from_status != Status.APPROVED,
        Moderation.deed != Deed.UNDO,  # it was told of when it first came there
        or_(Moderation.user_id.is_(None), Moderation.user_id != user.id),
    )
    return Comment.id.in_(acts)


def _letter(
    template: str,
    subject: str,
    row: Outbox,
    user: User,
    comments: Sequence[Comment],
    **values: object,
) -> Letter:
    key = keys.staff_unsubscription(user.email, row.kind)
    return letters.letter(
        template,
        subject,
        absolute("unsubscribing.ask", key=key),
        items=[Item(comment, _links(row, user, comment)) for comment in comments],
        queue=absolute("moderation.queue"),
        days=keys.ACTING_DAYS,
        **values,
    )


def _links(row: Outbox, user: User, comment: Comment) -> list[tuple[Deed, str]]:
    """What the mail lets its reader do. One that is only shown at the desk lets nobody act."""
    if not row.sendable:
        return []
    offered = mailed_links.OFFERED.get(comment.status, ())
    return [(deed, mailed_links.to_decide(user, comment, deed)) for deed in offered]


def init_app() -> None:
    """Tell the outbox who writes these letters."""
    for composer in (held, approved):
        outbox.compose_with(composer.__name__, composer)
