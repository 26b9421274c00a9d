"""E-mail addresses: one person has one, and never that of somebody else."""

import pytest
from flask import Flask
from wtforms import StringField
from wtforms.validators import Length

from blog import outbox
from blog.auth.models import Role, User
from blog.database import write_tx
from blog.emails import fold_email
from blog.forms import Email, Form


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Rita@Example.ORG ", "rita@example.org"),
        ("info@faß.de", "info@xn--fa-hia.de"),
        ("INFO@FAß.DE", "info@xn--fa-hia.de"),
        ("info@xn--FA-hia.de", "info@xn--fa-hia.de"),
        ("info@fass.de", "info@fass.de"),
        ("Rita@Bücher.example", "rita@xn--bcher-kva.example"),
        ("Straße@example.org", "straße@example.org"),
        ('"a@b"@Example.org', '"a@b"@example.org'),
        # What is no address is only equal to itself.
        ("", ""),
        ("Rita", "rita"),
        ("rita@ü..Example", "rita@ü..example"),
    ],
)
def test_an_address_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert fold_email(typed) == kept
    assert fold_email(kept) == kept


def test_who_ended_their_mail_ended_nobody_elses(app: Flask) -> None:
    with app.app_context(), write_tx():
        outbox.refuse("info@fass.de")
        assert outbox.refuses("INFO@fass.de")
        assert not outbox.refuses("info@faß.de")
        outbox.refuse("info@Faß.de")
        assert outbox.refuses("info@xn--fa-hia.de")
    with app.app_context(), write_tx():
        outbox.welcome_back("info@FASS.de")
    with app.app_context():
        assert not outbox.refuses("info@fass.de")
        assert outbox.refuses("info@faß.de")


def test_people_at_two_domains_are_two_people(app: Flask) -> None:
    with app.app_context(), write_tx():
        for name, email in (("Olga", "olga@faß.de"), ("Mo", "olga@fass.de")):
            User.create(role=Role.MODERATOR, name=name, email=email, password_hash="x")
        found = User.by_email("Olga@FAß.de")
        assert found is not None
        assert found.name == "Olga"


class Card(Form):
    """A form that asks for an address."""

    class Meta(Form.Meta):
        csrf = False

    email = StringField(validators=[Length(max=30), Email()])


@pytest.mark.parametrize(
    ("email", "good"),
    [
        ("rita@example.org", True),
        (f"{'r' * 18}@example.org", True),
        ("rita@bücher.example", True),  # 26 characters as rita@xn--bcher-kva.example
        ("rita.ritter@bücher.example", False),  # 33, and 26 as it is typed
        ("İİİİİİİİİİ@ex.example", False),  # each of these has two characters when it is small
    ],
)
def test_an_address_that_is_kept_longer_than_there_is_room_is_refused_at_its_field(
    app: Flask, email: str, good: bool
) -> None:
    with app.test_request_context(method="POST", data={"email": email}):
        form = Card()
        assert form.validate() is good
        assert ("At most 30" in " ".join(form.email.errors)) is not good
        assert form.email.data == email
