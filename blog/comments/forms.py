"""The shape of a reply, of an answer by staff, of a moderator's decision and edit."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import (
    DateField,
    EmailField,
    Field,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from blog import keys
from blog.addresses import row_number
from blog.comments.acts import REASON_LENGTH, TABS, Status
from blog.comments.models import EMAIL_LENGTH, NAME_LENGTH, SOURCE_LENGTH, WEBSITE_LENGTH
from blog.forms import Email, Form, is_whole_address
from blog.posts.models import Post

# What is looked for is shorter than what it is found in.
SOUGHT_LENGTH = 200

# A page of the queue, with room for what a script collects.
MOST_AT_ONCE = 500

MARK = "mark-"

NEEDS_TEXT = _l("There is no text yet.")
TOO_LONG = _l("A reply has at most 10,000 characters.")


def body_field() -> TextAreaField:
    """The text of a reply."""
    return TextAreaField(
        _l("Comment"),
        validators=[DataRequired(NEEDS_TEXT), Length(max=SOURCE_LENGTH, message=TOO_LONG)],
    )


class TextForm(Form):
    """A form with the text of a comment in it."""

    body = body_field()


def is_web_address(form: Form, field: Field) -> None:
    """WTForms validator: an address that a link may lead to."""
    if not is_whole_address(field.data):
        raise ValidationError(_("Write a whole address, such as https://example.org"))


def with_scheme(value: str | None) -> str | None:
    """A filter: people write example.org and mean https://example.org."""
    if value and ":" not in value and "." in value:
        return f"https://{value}"
    return value


class ReplyForm(TextForm):
    """A reply of somebody without an account, in WordPress's order."""

    class Meta(Form.Meta):
        # It stands on pages that are the same for everyone. What protects it instead: the signed
        # date of its page, a trap, and the origin of the request (see doubts.py).
        csrf = False

    name = StringField(
        _l("Name"),
        validators=[DataRequired(_l("What shall we call you?")), Length(max=NAME_LENGTH)],
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(
        _l("Email"),
        validators=[
            DataRequired(_l("An e-mail address is needed; nobody will see it.")),
            Length(max=EMAIL_LENGTH),
            Email(),
        ],
        render_kw={"autocomplete": "email"},
    )
    website = URLField(
        _l("Website"),
        filters=[with_scheme],
        validators=[Optional(), Length(max=WEBSITE_LENGTH), is_web_address],
        render_kw={"autocomplete": "url"},
    )
    # The trap: people do not see it, programs fill it in.
    subject = StringField(_l("Leave this empty"), render_kw={"autocomplete": "off", "tabindex": -1})
    made = HiddenField()
    doubt = HiddenField()
    # The key of a browser whose person proved an address; put there by a script (remember.js).
    browser = HiddenField()
    parent = HiddenField()

    @property
    def is_blank(self) -> bool:
        """Whether its fields are as on every page, because nobody has typed anything yet."""
        return not self.is_submitted()


class StaffReplyForm(TextForm):
    """A reply of somebody who is signed in: we know who they are."""

    parent = HiddenField()


AnyReplyForm = ReplyForm | StaffReplyForm


def reply_form() -> AnyReplyForm:
    """The form of whoever asks, with what they sent."""
    return StaffReplyForm() if current_user.is_authenticated else ReplyForm()


def empty_reply_form(post: Post) -> AnyReplyForm:
    """The form of whoever asks, on a page made now for this post."""
    if current_user.is_authenticated:
        return StaffReplyForm(formdata=None)
    return ReplyForm(formdata=None, made=keys.page_made(post.id))


class EditOwnForm(TextForm):
    """A writer's new text for a reply that is still theirs to change."""

    class Meta(Form.Meta):
        csrf = False  # the secret address of the receipt protects it, and the request's origin


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


class DecisionForm(Form):
    """What comes with a decision: the status that the moderator saw, and a reason for the writer."""

    seen = StringField(name="from")
    reason = StringField(_l("Reason, for its writer"), validators=[Length(max=REASON_LENGTH)])

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
