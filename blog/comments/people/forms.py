"""The shape of a block, and of the act that turns all of somebody's comments to spam."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import DataRequired, Length, ValidationError

from blog.addresses import row_number
from blog.comments.models import EMAIL_LENGTH
from blog.comments.people.blocks import NOTE_LENGTH, Sentence
from blog.comments.people.meant import person_typed
from blog.comments.people.persons import Person
from blog.comments.rules.globs import BadPattern
from blog.comments.screening import HOLD, SPAM, TRASH
from blog.forms import Email, Form

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


class WhomForm(Form):
    """Who is to be blocked, where no comment says so."""

    class Meta:
        """It asks and changes nothing."""

        csrf = False

    whom = StringField(
        _l("E-mail address, or network"), validators=[DataRequired(), Length(max=EMAIL_LENGTH)]
    )

    def validate_whom(self, field: StringField) -> None:
        """An e-mail address, or an address or a network of which comments keep a mark."""
        typed = field.data or ""
        if "@" in typed:
            Email()(self, field)
            return
        try:
            person_typed(typed)
        except BadPattern as bad:
            raise ValidationError(str(bad)) from bad

    @property
    def person(self) -> Person:
        """Who was meant, once it is validated."""
        return person_typed(self.whom.data or "")


class SweepForm(Form):
    """The number of the newest comment that was seen: what came in since stays."""

    newest = HiddenField()

    @property
    def number(self) -> int | None:
        """That number, if it is one."""
        return row_number(self.newest.data or "")
