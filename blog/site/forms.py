"""The shape of the site's settings."""

from dataclasses import fields
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    ColorField,
    Field,
    HiddenField,
    IntegerField,
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

from blog import zones
from blog.colours import ACCENT
from blog.forms import Form, is_whole_address
from blog.languages import LANGUAGES
from blog.site import custom_css
from blog.site.merging import Merged, marks, merge
from blog.site.models import Site

TITLE_LENGTH = 100
TAGLINE_LENGTH = 200
PROFILES_LENGTH = 2_000  # some twenty addresses: each is in the head of the first page
CONTACT_LENGTH = 200
CARD_LENGTH = 1_000  # some lines: it stands below every post
MOST_POSTS = 50  # whoever wants more at once has the archive
MOST_DAYS = 3_650
MARKS_LENGTH = 2_000


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


def is_css(form: Form, field: Field) -> None:
    """WTForms validator: a sheet that asks nobody but this site."""
    found = custom_css.fault(field.data)
    if found is not None:
        raise ValidationError(_("Line %(n)d: %(what)s", n=found.line, what=found.message))


class SettingsForm(Form):
    """What the author may choose."""

    # Of what is on the page: merging.py.
    shown = HiddenField(validators=[Length(max=MARKS_LENGTH)])
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
    posts_per_page = IntegerField(
        _l("Posts on a page"),
        default=Site.posts_per_page,
        validators=[
            InputRequired(_l("A whole number.")),
            NumberRange(1, MOST_POSTS, message=_l("A number from %(min)d to %(max)d.")),
        ],
    )
    author_card = TextAreaField(_l("About you"), validators=[Length(max=CARD_LENGTH)])
    shows_author_card = BooleanField(_l("Show it below every post"))
    opens_posts = BooleanField(_l("New posts are open for replies"), default=Site.opens_posts)
    close_after_days = IntegerField(
        _l("Close replies after so many days"),
        default=Site.close_after_days,
        validators=[
            InputRequired(_l("A whole number; 0 is never.")),
            NumberRange(0, MOST_DAYS, message=_l("A number from %(min)d to %(max)d.")),
        ],
    )
    custom_css = TextAreaField(
        _l("Your own CSS"), validators=[Optional(), Length(max=custom_css.MOST), is_css]
    )
    robots = BooleanField(_l("Search engines may show this site"), default=Site.robots)
    ai_crawlers = BooleanField(
        _l("Models may be trained with what is public here"), default=Site.ai_crawlers
    )
    spam_filter = BooleanField(_l("Ask the spam filter about replies"), default=Site.spam_filter)

    def typed(self, site: Site) -> dict[str, Any]:
        """The values of the form, by the names of the settings. `site` says those that none may be empty."""
        return {
            name: self[name].data if self[name].data is not None else getattr(site, name)
            for name in SETTINGS
        }

    def go_on(self, merged: Merged, site: Site) -> None:
        """Show what there would be: what was changed in both places, as it was typed here."""
        for name, value in merged.values.items():
            self[name].data = value
        self.mark(site)

    def mark(self, site: Site) -> None:
        """Remember what the page shows."""
        self.shown.data = marks({name: getattr(site, name) for name in SETTINGS})

    def merged(self, site: Site) -> Merged:
        """What the form changes, on top of the settings as they are by now."""
        stored = {name: getattr(site, name) for name in SETTINGS}
        return merge(self.shown.data or "", self.typed(site), stored)


# What the form asks is called as the setting that it is.
SETTINGS = [field.name for field in fields(Site) if hasattr(SettingsForm, field.name)]
