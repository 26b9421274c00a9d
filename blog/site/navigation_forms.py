"""A link that the author puts into the navigation."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length, ValidationError

from blog.forms import Form, is_whole_address
from blog.gate import is_local_path
from blog.site.navigation import ADDRESS_LENGTH, LABEL_LENGTH


class LinkForm(Form):
    """What it says, and where it leads."""

    label = StringField(
        _l("Words"),
        validators=[DataRequired(_l("A link needs words.")), Length(max=LABEL_LENGTH)],
    )
    address = StringField(
        _l("Address"),
        validators=[DataRequired(_l("A link needs an address.")), Length(max=ADDRESS_LENGTH)],
    )

    def validate_address(self, field: StringField) -> None:
        """It is of this site, or whole."""
        address = field.data or ""
        if not (is_local_path(address) or is_whole_address(address)):
            raise ValidationError(
                _("Write a path that begins with /, or an address with https:// and a host.")
            )
