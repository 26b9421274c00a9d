"""`flask user`: the people with an account."""

import sys

import click
from email_validator import EmailNotValidError, validate_email

from blog import text
from blog.auth import passwords
from blog.auth.models import LONGEST_EMAIL, LONGEST_NAME, Role, SecondAuthor, TakenEmail, User
from blog.commands import Command, Group, database, utf8
from blog.database import write_tx
from blog.emails import fold_email
from blog.site.models import Site

# Longer than any password that is taken (passwords.LONGEST), and still not without end.
LONGEST_LINE = 64 * 1024

user = Group("user", help="The people with an account.")


@user.command("add", cls=Command)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add_user(role: str, name: str, email: str, password_stdin: bool) -> None:
    """Add the author, or a moderator."""
    name, email = _name(name), _email(email)
    password = _password(password_stdin)
    with database():
        password_hash = _hashed(password, name, email)
        try:
            with write_tx():
                User.create(role=Role(role), name=name, email=email, password_hash=password_hash)
        except SecondAuthor as error:
            raise click.ClickException(
                "This blog has its author, and can have only one."
            ) from error
        except TakenEmail as error:
            raise click.ClickException(
                f"Somebody with the e-mail {email} is here already."
            ) from error
    click.echo(f"Added {name} <{email}> as {role}.")


@user.command("password", cls=Command)
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def set_password(email: str, password_stdin: bool) -> None:
    """Set somebody's password. Whoever is signed in as them is signed out."""
    email, password = _email(email), _password(password_stdin)
    with database():
        person = _person(email)
        password_hash = _hashed(password, person.name, person.email)
        with write_tx():
            _person(email).set_password(password_hash)
    click.echo(f"{person.name} has a new password, and is signed out everywhere.")


def _person(email: str) -> User:
    person = User.by_email(email)
    if person is None:
        raise click.ClickException(f"Nobody here has the e-mail {email}.")
    return person


def _name(value: str) -> str:
    name = text.clean_line(value)
    if not name or "\ufffd" in name:
        raise click.ClickException("A name is what people call each other: --name 'Olga Ortega'")
    if len(name) > LONGEST_NAME:
        raise click.ClickException(f"A name has at most {LONGEST_NAME} characters.")
    return name


def _email(value: str) -> str:
    try:
        email = validate_email(value.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise click.ClickException(f"{value!r} is no e-mail address: {error}") from error
    if len(fold_email(email)) > LONGEST_EMAIL:
        raise click.ClickException(f"An e-mail address has at most {LONGEST_EMAIL} characters.")
    return email


def _password(from_stdin: bool) -> str:
    """The first line of standard input, without its end."""
    if not from_stdin:
        raise click.ClickException(
            "A password is only read from standard input: add --password-stdin. (On the command line, "
            "others on this machine could read it.)"
        )
    line = utf8(sys.stdin.buffer.readline(LONGEST_LINE))
    password = line.removesuffix("\n").removesuffix("\r")
    if not password:
        raise click.ClickException("There is no password on standard input.")
    return password


def _hashed(password: str, *around: str) -> str:
    """What is kept of a password, if it may be one; `around` are words that a guesser tries first."""
    objection = passwords.objection(password, [Site.load().title, *around])
    if objection is not None:
        raise click.ClickException(f"The password was not taken. {objection}")
    return passwords.hash_password(password)
