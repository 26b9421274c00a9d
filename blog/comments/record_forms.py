"""The shape of a question to the record, and of an undo."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Length, Optional, ValidationError

from blog.addresses import row_number
from blog.comments.record import A_PAGE
from blog.forms import Form
from blog.posts.models import SLUG_LENGTH

NUMBER_LENGTH = 10


class RecordForm(Form):
    """What to look for in the record."""

    class Meta(Form.Meta):
        csrf = False  # it asks and changes nothing

    # Who is not on the staff any more did what they did.
    who = SelectField(_l("Who"), validate_choice=False)
    deed = SelectField(_l("What"), validate_choice=False)
    comment = StringField(_l("Number of the reply"), validators=[Length(max=NUMBER_LENGTH)])
    post = StringField(
        _l("Post: the end of its address, such as on-bees"), validators=[Length(max=SLUG_LENGTH)]
    )
    since = DateField(_l("From"), validators=[Optional()])
    until = DateField(_l("To"), validators=[Optional()])

    @property
    def sought(self) -> dict[str, Any]:
        """What was filled in, and could be read."""
        return {field.name: field.data for field in self if field.data and not field.errors}


class UndoForm(Form):
    """Which acts to undo."""

    act = SelectMultipleField(coerce=lambda value: row_number(value) or 0, validate_choice=False)

    def validate_act(self, field: SelectMultipleField) -> None:
        """At least one, and not more than a page holds."""
        if not field.data:
            raise ValidationError(_("Tick what is to be undone first."))
        if len(field.data) > A_PAGE or not all(field.data):
            raise ValidationError(_("There is no such act."))
