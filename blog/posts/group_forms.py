"""What a tag and a series are called, and what they are about."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from slugify import slugify
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from blog.forms import Form
from blog.posts import series
from blog.posts.models import TAG_DESCRIPTION_LENGTH, TAG_LENGTH


class _GroupForm(Form):
    """A name that makes an address, and a description."""

    name: StringField

    def validate_name(self, field: StringField) -> None:
        """It has an address of its own."""
        if not slugify(field.data or ""):
            raise ValidationError(
                _("“%(name)s” has no letter that an address can have.", name=field.data)
            )


class TagForm(_GroupForm):
    """A tag."""

    name = StringField(
        _l("Name"), validators=[DataRequired(_l("A tag needs a name.")), Length(max=TAG_LENGTH)]
    )
    description = TextAreaField(_l("Description"), validators=[Length(max=TAG_DESCRIPTION_LENGTH)])

    def validate_name(self, field: StringField) -> None:
        """It stands among others, with commas between them."""
        if "," in (field.data or ""):
            raise ValidationError(_("A comma parts tags, so none can have one."))
        super().validate_name(field)


class SeriesForm(_GroupForm):
    """A series."""

    name = StringField(
        _l("Name"),
        validators=[DataRequired(_l("A series needs a name.")), Length(max=series.NAME_LENGTH)],
    )
    description = TextAreaField(
        _l("Description"), validators=[Length(max=series.DESCRIPTION_LENGTH)]
    )
