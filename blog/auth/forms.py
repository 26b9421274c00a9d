"""The shape of what people say about themselves."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, PasswordField, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from blog.auth import passwords
from blog.auth.models import LONGEST_EMAIL, LONGEST_NAME
from blog.forms import Email, Form

# Put before the fields of the sign-in form when it carries those of another form.
SIGN_IN_PREFIX = "sign-in-"


def _name_field() -> StringField:
    return StringField(
        _l("Name"),
        [DataRequired(), Length(max=LONGEST_NAME)],
        render_kw={"autocomplete": "name"},
    )


def _email_field(autocomplete: str) -> EmailField:
    return EmailField(
        _l("E-mail"),
        [DataRequired(), Length(max=LONGEST_EMAIL), Email()],
        render_kw={"autocomplete": autocomplete},
    )


def _not_endless(_form: Form, field: PasswordField) -> None:
    # Not Length: that gives the input a maxlength, and a browser would cut what is pasted.
    if len(field.data or "") > passwords.LONGEST:
        raise ValidationError(passwords.TOO_LONG)


def _current_password_field(label: str) -> PasswordField:
    return PasswordField(
        label,
        [InputRequired(), _not_endless],
        render_kw={"autocomplete": "current-password"},
    )


class SignInForm(Form):
    """Who are you?"""

    email = EmailField(
        _l("E-mail"),
        [DataRequired(), Length(max=LONGEST_EMAIL)],
        render_kw={"autocomplete": "username"},
    )
    password = _current_password_field(_l("Password"))


class NewPasswordForm(Form):
    """A new password, for somebody whom we know."""

    password = PasswordField(
        _l("New password"),
        [InputRequired()],
        render_kw={"autocomplete": "new-password", "minlength": passwords.SHORTEST},
    )

    # What a guesser would try first.
    words: Sequence[str] = ()

    def validate_password(self, field: PasswordField) -> None:
        """Refuse what is easy to guess."""
        objection = passwords.objection(field.data or "", self.guessers_words())
        if objection is not None:
            raise ValidationError(objection)

    def guessers_words(self) -> Sequence[str]:
        """What a guesser would try first: the words around this person."""
        return self.words


class ChangePasswordForm(NewPasswordForm):
    """A new password, for somebody who knows the old one."""

    current_password = _current_password_field(_l("Current password"))


class JoinForm(NewPasswordForm):
    """An invited person takes a place."""

    name = _name_field()

    def guessers_words(self) -> Sequence[str]:
        """The words around this person, with the name that they gave."""
        return [*self.words, self.name.data or ""]


class SetUpForm(JoinForm):
    """The author takes the blog."""

    email = _email_field("username")

    def guessers_words(self) -> Sequence[str]:
        """The words around this person, with the name and the address that they gave."""
        return [*super().guessers_words(), self.email.data or ""]


class InvitationForm(Form):
    """Somebody is asked to moderate."""

    name = _name_field()
    email = _email_field("off")

    def refuse_taken(self) -> None:
        """Say that this person is here already."""
        self.email.errors = [_("Somebody with this e-mail address is here already.")]


class ResetForm(Form):
    """Somebody forgot a password."""

    email = _email_field("username")
