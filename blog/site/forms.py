"""The shape of the site's settings."""

from dataclasses import replace

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    ColorField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)

from blog.colours import ACCENT
from blog.forms import Form, is_whole_address
from blog.languages import LANGUAGES
from blog.site.models import Hold, Site

TITLE_LENGTH = 100
TAGLINE_LENGTH = 200
WORDS_LENGTH = 20_000  # WordPress users bring lists of a thousand lines
MOST_LINKS = 100
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
    )
    accent = ColorField(
        _l("Accent colour"),
        default=Site.accent,
        validators=[Regexp(ACCENT, message=_l("A colour like #006b6b."))],
    )
    hold = RadioField(
        _l("Before a reply appears"),
        choices=[
            SelectChoice(Hold.EVERYTHING.value, _l("A moderator approves every reply")),
            SelectChoice(
                Hold.FIRST_TIMERS.value,
                _l("A moderator approves the first reply of an address; later ones appear at once"),
            ),
            SelectChoice(
                Hold.NOTHING.value, _l("Replies appear at once, unless another rule holds them")
            ),
        ],
    )
    held_links = IntegerField(
        _l("Hold a reply with this many links"),
        validators=[InputRequired(), NumberRange(0, MOST_LINKS)],
    )
    hold_words = TextAreaField(
        _l("Hold a reply that contains one of these"), validators=[Length(max=WORDS_LENGTH)]
    )
    trash_words = TextAreaField(
        _l("Put a reply into the trash that contains one of these"),
        validators=[Length(max=WORDS_LENGTH)],
    )
    rel_me = TextAreaField(
        _l("Your other profiles"),
        validators=[Optional(), Length(max=PROFILES_LENGTH), are_web_addresses],
    )
    security_contact = StringField(
        _l("Contact for security reports"),
        validators=[Optional(), Length(max=CONTACT_LENGTH), is_contact],
    )

    def changed(self, site: Site) -> Site:
        """The settings as they were, with what the form holds."""
        return replace(
            site,
            title=self.title.data or "",
            tagline=self.tagline.data or "",
            language=self.language.data,
            accent=self.accent.data or site.accent,
            hold=self.hold.data,
            held_links=self.held_links.data or 0,
            hold_words=self.hold_words.data or "",
            trash_words=self.trash_words.data or "",
            rel_me=self.rel_me.data or "",
            security_contact=self.security_contact.data or "",
        )
