"""The shape of a moderator's decision, edit and search."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    URLField,
)
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from blog.addresses import row_number
from blog.comments.acts import REASON_LENGTH, TABS, Status
from blog.comments.forms import TextForm, is_web_address, with_scheme
from blog.comments.models import NAME_LENGTH, WEBSITE_LENGTH
from blog.forms import Form

# What is looked for is shorter than what it is found in.
SOUGHT_LENGTH = 200

# A page of the queue, with room for what a script collects.
MOST_AT_ONCE = 500

MARK = "mark-"


class EditForm(TextForm):
    """A moderator's change of a comment."""

    name = StringField(_l("Name"), validators=[DataRequired(), Length(max=NAME_LENGTH)])
    website = URLField(
        _l("Website"),
        filters=[with_scheme],
        validators=[Optional(), Length(max=WEBSITE_LENGTH), is_web_address],
    )
    # The text that the moderator saw: a change made meanwhile is not overwritten.
    seen = HiddenField()


class ReasonForm(Form):
    """Why it is decided so. Its writer reads it."""

    reason = StringField(_l("Reason, for its writer"), validators=[Length(max=REASON_LENGTH)])


class DecisionForm(ReasonForm):
    """What comes with a decision: the status that the moderator saw, and a reason for the writer."""

    seen = StringField(name="from")

    @property
    def tab(self) -> Status:
        """The tab in which the moderator saw it; what waits, if that is not known."""
        return Status(self.seen.data) if self.seen.data in list(TABS) else Status.PENDING

    def validate_seen(self, field: StringField) -> None:
        """No status at all means: whatever it is now."""
        if field.data and field.data not in list(TABS):
            raise ValidationError(_("There is no such status."))


def marks_seen(sent: Mapping[str, str]) -> dict[int, str]:
    """Which text of which comment was seen by whoever sent a form (fields `mark-7`)."""
    numbers = {name: row_number(name.removeprefix(MARK)) for name in sent if name.startswith(MARK)}
    return {number: sent[name] for name, number in numbers.items() if number}


def _row(value: str) -> int:
    """The number of a row; 0, which no row has, for what is none."""
    return row_number(value) or 0


class BatchForm(DecisionForm):
    """A decision about many comments."""

    comment = SelectMultipleField(coerce=_row, validate_choice=False)

    def validate_comment(self, field: SelectMultipleField) -> None:
        """At least one comment, and not more than a page holds."""
        ids = field.data or []
        if not ids:
            raise ValidationError(_("Tick the comments first."))
        if len(ids) > MOST_AT_ONCE:
            raise ValidationError(_("At most %(n)s at once.", n=MOST_AT_ONCE))
        if not all(ids):
            raise ValidationError(_("There is no such comment."))


class SieveForm(Form):
    """What to look for in a tab of the queue."""

    class Meta(Form.Meta):
        csrf = False  # it asks and changes nothing

    text = StringField(_l("Text"), validators=[Length(max=SOUGHT_LENGTH)])
    person = StringField(_l("Name, e-mail, website or IP"), validators=[Length(max=SOUGHT_LENGTH)])
    post = StringField(_l("Words of the post’s title"), validators=[Length(max=SOUGHT_LENGTH)])
    # What no rule is called any more finds what it once found.
    rule = SelectField(_l("Rule that fired"), validate_choice=False)
    since = DateField(_l("From"), validators=[Optional()])
    until = DateField(_l("To"), validators=[Optional()])

    @property
    def sought(self) -> dict[str, Any]:
        """What was filled in, and could be read."""
        return {field.name: field.data for field in self if field.data and not field.errors}
