"""The shape of the site's settings."""

from dataclasses import replace

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    ColorField,
    Field,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    Optional,
    Regexp,
    ValidationError,
)

from blog import zones
from blog.colours import ACCENT
from blog.forms import Form, is_whole_address
from blog.languages import LANGUAGES
from blog.site.models import Site

TITLE_LENGTH = 100
TAGLINE_LENGTH = 200
PROFILES_LENGTH = 2_000  # some twenty addresses: each is in the head of the first page
CONTACT_LENGTH = 200


def are_web_addresses(form: Form, field: Field) -> None:
    """WTForms validator: one address on each line."""
    wrong = [line for line in field.data.split() if not is_whole_address(line)]
    if wrong:
        raise ValidationError(
            _("%(line)s is no whole address, such as https://example.org/@me", line=wrong[0])
        )


def is_contact(form: Form, field: Field) -> None:
    """WTForms validator: what RFC 9116 (2.5.3) takes as a contact. A telephone has no inbox."""
    scheme, _colon, rest = field.data.partition(":")
    if scheme == "https" and is_whole_address(field.data):
        return
    try:
        validate_email(rest if scheme == "mailto" else "", check_deliverability=False)
    except EmailNotValidError as error:
        raise ValidationError(
            _("Write mailto:name@example.org or https://example.org/security")
        ) from error


def is_time_zone(form: Form, field: Field) -> None:
    """WTForms validator: a time zone by its IANA name. The field's value becomes its usual spelling."""
    name = zones.called(field.data)
    if name is None:
        raise ValidationError(_("There is no such time zone. One looks like this: Europe/Berlin"))
    field.data = name


class SettingsForm(Form):
    """What the author may choose."""

    title = StringField(
        _l("Title of the site"),
        validators=[DataRequired(_l("A site needs a title.")), Length(max=TITLE_LENGTH)],
    )
    tagline = StringField(_l("Tagline"), validators=[Length(max=TAGLINE_LENGTH)])
    language = SelectField(
        _l("Language"),
        choices=[SelectChoice(tag, name) for tag, name in LANGUAGES.items()],
        default=Site.language,
        # A form that was cut short on the way would set everything back.
        validators=[InputRequired()],
        render_kw={"required": False},  # one of them is chosen in any case
    )
    time_zone = StringField(
        _l("Time zone"),
        default=Site.time_zone,
        validators=[InputRequired(), is_time_zone],
    )
    accent = ColorField(
        _l("Accent colour"),
        default=Site.accent,
        validators=[Regexp(ACCENT, message=_l("A colour like #006b6b."))],
    )
    rel_me = TextAreaField(
        _l("Your other profiles"),
        validators=[Optional(), Length(max=PROFILES_LENGTH), are_web_addresses],
    )
    security_contact = StringField(
        _l("Contact for security reports"),
        validators=[Optional(), Length(max=CONTACT_LENGTH), is_contact],
    )
    spam_filter = BooleanField(_l("Ask the spam filter about replies"), default=Site.spam_filter)

    def changed(self, site: Site) -> Site:
        """The settings as they were, with what the form holds."""
        return replace(
            site,
            title=self.title.data or "",
            tagline=self.tagline.data or "",
            language=self.language.data,
            time_zone=self.time_zone.data or site.time_zone,
            accent=self.accent.data or site.accent,
            rel_me=self.rel_me.data or "",
            security_contact=self.security_contact.data or "",
            spam_filter=self.spam_filter.data,
        )
