"""The shape of a block, and of the act that turns all of somebody's comments to spam."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import Length

from blog.addresses import row_number
from blog.comments.people.blocks import NOTE_LENGTH, Sentence
from blog.comments.screening import HOLD, SPAM, TRASH
from blog.forms import Form

FOR_GOOD = "0"
DAYS = [
    SelectChoice("1", _l("A day")),
    SelectChoice("7", _l("A week")),
    SelectChoice("30", _l("A month")),
    SelectChoice("365", _l("A year")),
    SelectChoice(FOR_GOOD, _l("For good")),
]
VERDICTS = [
    SelectChoice(HOLD, _l("Hold what they write: a moderator decides")),
    SelectChoice(SPAM, _l("Mark what they write as spam")),
    SelectChoice(TRASH, _l("Put what they write into the trash")),
]


class BlockForm(Form):
    """Whom to block is in the address, and by what; here is for how long, and what is done then."""

    days = SelectField(_l("For how long"), choices=DAYS, default="7")
    verdict = SelectField(_l("What is to be done"), choices=VERDICTS, default=SPAM)
    note = StringField(_l("Why (for moderators)"), validators=[Length(max=NOTE_LENGTH)])

    @property
    def sentence(self) -> Sentence:
        """What was chosen."""
        days = int(self.days.data)
        lasts = timedelta(days=days) if days else None
        return Sentence(self.verdict.data, lasts, self.note.data or "")


class SweepForm(Form):
    """The number of the newest comment that was seen: what came in since stays."""

    newest = HiddenField()

    @property
    def number(self) -> int | None:
        """That number, if it is one."""
        return row_number(self.newest.data or "")
