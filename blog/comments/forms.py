"""The shape of a reply, of whoever writes it, and of its writer's edit."""

from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import (
    EmailField,
    Field,
    HiddenField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from blog import keys
from blog.comments.models import EMAIL_LENGTH, NAME_LENGTH, SOURCE_LENGTH, WEBSITE_LENGTH
from blog.forms import Email, Form, is_whole_address
from blog.posts.models import Post

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


class BlankReply(NamedTuple):
    """The form of a reply before anybody typed, as it stands on every page: its fields are made once.

    `made` is the signed date of the page.
    """

    made: str
    is_blank: bool = True


class StaffReplyForm(TextForm):
    """A reply of somebody who is signed in: we know who they are."""

    parent = HiddenField()


AnyReplyForm = ReplyForm | StaffReplyForm


def reply_form() -> AnyReplyForm:
    """The form of whoever asks, with what they sent."""
    return StaffReplyForm() if current_user.is_authenticated else ReplyForm()


def empty_reply_form(post: Post) -> BlankReply | StaffReplyForm:
    """The form of whoever asks, on a page made now for this post."""
    if current_user.is_authenticated:
        return StaffReplyForm(formdata=None)
    return BlankReply(keys.page_made(post.id))


class EditOwnForm(TextForm):
    """A writer's new text for a reply that is still theirs to change."""

    class Meta(Form.Meta):
        csrf = False  # the secret address of the receipt protects it, and the request's origin
