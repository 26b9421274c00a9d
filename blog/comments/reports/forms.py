"""The shape of a report."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import Length

from blog.comments.forms import TextForm
from blog.comments.reports.models import WORDS_LENGTH, Reason
from blog.forms import Form

REASONS = {
    Reason.SPAM: _l("It is spam or advertising"),
    Reason.INSULT: _l("It insults or threatens somebody"),
    Reason.PRIVATE: _l("It tells what is private to somebody"),
    Reason.OTHER: _l("Something else"),
}
CHOICES = [SelectChoice(reason, name) for reason, name in REASONS.items()]


class ReportForm(TextForm):
    """What is wrong with a comment, in the eyes of a reader."""

    class Meta(Form.Meta):
        csrf = False  # it stands on a page that is the same for everyone; the origin is asked

    reason = SelectField(_l("What is wrong with it?"), choices=CHOICES)
    body = TextAreaField(
        _l("In your own words, if you like"),
        id="report-body",  # it stands beside the form to reply, which has a body too
        validators=[Length(max=WORDS_LENGTH, message=_l("At most 500 characters, please."))],
    )
