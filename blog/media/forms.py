"""The shape of what is said about pictures."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from blog.forms import Form
from blog.media.models import ALT_LENGTH
from blog.text import MAX_ADDRESS


class AltForm(Form):
    """What is to be seen in a picture."""

    alt = StringField(_l("Description"), validators=[Length(max=ALT_LENGTH)])


class UploadForm(AltForm):
    """Pictures to take into the library; they themselves are no text, and the view sees to them."""


class FetchForm(AltForm):
    """The address of a picture elsewhere."""

    address = StringField(
        _l("Its address"),
        validators=[DataRequired(_l("Which picture?")), Length(max=MAX_ADDRESS)],
    )
