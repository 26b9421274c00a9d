"""The shape of what the staff chooses at /account."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2

from blog.auth.mail_choices import APPROVED, HELD, kinds_for, pace_of
from blog.auth.models import User
from blog.auth.pace import DAILY_HOUR, Pace
from blog.forms import Form

PACES = [
    SelectChoice(Pace.AT_ONCE, _l("As they come: at most one mail in 10 minutes")),
    SelectChoice(Pace.HOURLY, _l("In a digest every hour")),
    SelectChoice(
        Pace.DAILY, _l("In a digest every day, at %(hour)s:00 UTC", hour=f"{DAILY_HOUR:02}")
    ),
    SelectChoice(Pace.NEVER, _l("No mail")),
]


class MailForm(Form):
    """How soon to be told of what."""

    held = RadioField(_l("Replies that wait for a decision"), choices=PACES, coerce=Pace)
    approved = RadioField(
        _l("Replies that came onto the page without you"), choices=PACES, coerce=Pace
    )

    @classmethod
    def of(cls, user: User, *, sent: bool = False) -> "MailForm":
        """The form with what this person has chosen, or with what was sent."""
        chosen = {kind: pace_of(user, kind) for kind in (HELD, APPROVED)}
        form = cls(data=chosen) if sent else cls(None, data=chosen)
        if APPROVED not in kinds_for(user):
            del form.approved
        return form
