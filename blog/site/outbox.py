"""The outbox as the author sees it: what was sent, what waits, what failed and why."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask_babel import gettext as _
from sqlalchemy import select

from blog import outbox
from blog.extensions import db
from blog.gate import author
from blog.outbox import Letter, Outbox, Outcome

bp = Blueprint("outbox_pages", __name__)

NEWEST = 100  # some weeks of a lively blog


@dataclass(frozen=True)
class Entry:
    """A mail as the page lists it. There is a letter where none is sent: to be read here."""

    row: Outbox
    letter: Letter | None

    @property
    def kind(self) -> str:
        """What the mail is about."""
        names: dict[str, str] = {
            "held": _("Replies wait for a moderator"),
            "approved": _("Replies came onto the page"),
            "confirmation": _("A reader is asked whether a reply is theirs"),
            "decision": _("A reader is told what became of a reply"),
            "answer": _("A reader is told of answers"),
            "invitation": _("Somebody is invited"),
            "reset": _("Somebody may set a new password"),
        }
        return names.get(self.row.kind, self.row.kind)

    @property
    def state(self) -> str:
        """How it stands."""
        states: dict[str, str] = {
            Outcome.SENT: _("sent"),
            Outcome.SHOWN: _("shown here, not sent"),
            Outcome.DROPPED: _("dropped: there was nothing to say any more"),
            Outcome.FAILED: _("failed"),
            "waits": _("waits"),
            "tried": _("will be tried again"),
        }
        waits = "tried" if self.row.tries else "waits"
        return states[self.row.outcome or (waits if self.row.sendable else Outcome.SHOWN)]


@bp.get("/desk/outbox")
@author
def page() -> str:
    """The newest mails."""
    rows = db.session.scalars(select(Outbox).order_by(Outbox.id.desc()).limit(NEWEST)).all()
    return render_template(
        "site/outbox.html",
        entries=[Entry(row, None if row.sendable else outbox.compose(row)) for row in rows],
        mail_is_set_up=outbox.mail_is_set_up(),
        newest=NEWEST,
    )
