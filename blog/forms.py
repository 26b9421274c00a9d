"""What every form of the blog is derived from: text comes in as text, clean, never from a file.

A form names its fields and their limits; this file sees to the rest. What a person types into a
line or a text is cleaned before it is judged, so that what is measured is what is stored. Passwords
are left alone. A damaged character is an error at its field, and never reaches the database.
"""

from collections.abc import Callable, MutableMapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from flask import request
from flask_babel import get_translations, lazy_ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.form import SUBMIT_METHODS
from werkzeug.datastructures import MultiDict
from wtforms import Field, PasswordField, StringField, TextAreaField, ValidationError
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm

from blog.emails import fold_email
from blog.text import clean_line, normalise

REFUSED_TOKEN = _l(
    "This was not sent, because your browser did not send back the cookie that this page gave it. "
    "Allow cookies for this site, or simply press the button again."
)

# What WTForms says of its own accord, to be found here by those who translate.
WORDS_OF_WTFORMS = (
    _l("This field is required."),
    lazy_ngettext(
        "Field cannot be longer than %(max)d character.",
        "Field cannot be longer than %(max)d characters.",
        1,
    ),
)

AnyField = TypeVar("AnyField", bound=Field)


class Form(FlaskForm):
    """A form of text fields, protected by a token. Read `form.status` when it was refused."""

    class Meta(FlaskForm.Meta):
        """How fields get what was sent."""

        def wrap_formdata(self, form: BaseForm, formdata: Any) -> Any:
            """The fields that were sent. A file is no text: its field counts as empty."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            return request.form if request.method in SUBMIT_METHODS else None

        def bind_field(
            self,
            form: BaseForm,
            unbound_field: "UnboundField[AnyField]",
            options: MutableMapping[str, Any],
        ) -> AnyField:
            """The field, cleaning what it is given before its own filters see it."""
            clean = _cleaner(unbound_field.field_class)
            if clean is not None:
                options["filters"] = (clean, *unbound_field.kwargs.get("filters", ()))
            return unbound_field.bind(form=form, **options)

        def get_translations(self, form: BaseForm) -> Any:
            """Where WTForms looks for its words: in our catalogues, not in those it brings."""
            return get_translations()

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all is well. What is not is in the errors of the form and of its fields."""
        good: bool = super().validate(extra_validators)
        if self._token_errors:
            self.form_errors.append(REFUSED_TOKEN)
        damaged = [field for field in self if _is_damaged(field)]
        for field in damaged:
            field.errors = [*field.errors, _("There is a damaged character in this. Type it anew.")]
        return good and not damaged

    @property
    def status(self) -> int:
        """The status of the answer to a form that was refused."""
        return 400 if self._token_errors else 422

    @property
    def _token_errors(self) -> Sequence[str]:
        return self["csrf_token"].errors if "csrf_token" in self else ()


class Email:
    """A validator: an e-mail address as one would write it; nobody asks the network about it.

    The field's value becomes the usual spelling of that address. What is kept of it is spelt another
    way, which may be longer, and must not be longer than the field's Length.
    """

    def __call__(self, form: Form, field: Field) -> None:
        """Check the field. Raises ValidationError."""
        try:
            found = validate_email(field.data or "", check_deliverability=False)
        except EmailNotValidError as error:
            raise ValidationError(
                _("This is not an e-mail address. One looks like this: name@example.org")
            ) from error
        field.data = found.normalized
        self._refuse_if_too_long(field)

    def _refuse_if_too_long(self, field: Field) -> None:
        limit: int | None = field.flags.maxlength
        length = len(fold_email(field.data))
        if limit is not None and length > limit:
            raise ValidationError(
                _(
                    "The mail system writes this address with %(length)d characters. "
                    "At most %(limit)d are taken.",
                    length=length,
                    limit=limit,
                )
            )


def is_whole_address(address: str) -> bool:
    """Whether it is http or https, with a host, and nothing that hides another host."""
    try:
        parts = urlsplit(address)
        good = parts.scheme in {"http", "https"} and "." in (parts.hostname or "")
    except ValueError:
        return False
    return good and parts.username is None and not any(sign.isspace() for sign in address)


def _cleaner(kind: type[Field]) -> Callable[[Any], Any] | None:
    if issubclass(kind, PasswordField):
        return None
    if issubclass(kind, TextAreaField):
        return _text
    return _line if issubclass(kind, StringField) else None


def _line(value: Any) -> Any:
    return clean_line(value) if isinstance(value, str) else value


def _text(value: Any) -> Any:
    return normalise(value) if isinstance(value, str) else value


def _is_damaged(field: Field) -> bool:
    """Whether what was sent is no text. (A text may name U+FFFD; in a line it is broken UTF-8.)"""
    sent = "".join(value for value in field.raw_data or () if isinstance(value, str))
    return "\0" in sent or ("\ufffd" in sent and not isinstance(field, TextAreaField))
