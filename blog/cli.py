"""The command line: `flask serve` and the others. Each calls what does the work, and repeats no rule.

A command that was given something wrong says so in one line, and ends with 1.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path
from typing import Any

import click
from email_validator import EmailNotValidError, validate_email
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError

from blog import backups, dumps, rerender, serving, text, upgrades
from blog.auth import passwords
from blog.auth.models import LONGEST_EMAIL, LONGEST_NAME, Role, SecondAuthor, TakenEmail, User
from blog.comments import check as checking
from blog.comments.models import Comment
from blog.comments.rules import backtest as past
from blog.comments.rules import files as rule_files
from blog.comments.rules.explain import explanation
from blog.comments.rules.kinds import Terms
from blog.comments.rules.models import Rule
from blog.comments.spam import evaluation
from blog.database import DatabaseBusy, write_tx
from blog.emails import fold_email
from blog.extensions import db
from blog.posts import reindex
from blog.site.models import Site

HIGHEST_PORT = 65_535
HIGHEST_ID = 2**31 - 1  # of a row, on both databases
# More workers than any machine has use for; a larger number is a slip.
MOST_WORKERS = 64
# Longer than any password that is taken (passwords.LONGEST), and still not without end.
LONGEST_LINE = 64 * 1024


@contextmanager
def _called_wrongly() -> Iterator[None]:
    """What is wrong with how a command was called, in one line: it ends with 1, and not with 2."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError as error:
        words = f"Say what to do: {error.ctx.command_path} --help tells what there is."
        raise click.ClickException(words) from error
    except click.UsageError as error:
        raise click.ClickException(" ".join(error.format_message().split())) from error


class Command(click.Command):
    """A command that ends with 1 when it is called wrongly, as ours do with everything wrong."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the arguments."""
        with _called_wrongly():
            return super().make_context(*args, **kwargs)


class Group(AppGroup):
    """Commands of two words, of which the second may be missing or wrong as well."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the arguments."""
        with _called_wrongly():
            return super().make_context(*args, **kwargs)

    def resolve_command(self, *args: Any) -> Any:
        """Find the command that the second word names."""
        with _called_wrongly():
            return super().resolve_command(*args)


user = Group("user", help="The people with an account.")
texts = Group("text", help="Markdown and what becomes of it.")
comments = Group("comments", help="The comments as a whole.")
rules = Group("rules", help="The rules that replies are held against.")
search = Group("search", help="What readers find posts by.")
spam = Group("spam", help="The filter that learns from what is decided about comments.")


def init_app(app: Flask) -> None:
    """Make the commands known to `flask`."""
    for command in (
        serve,
        tables,
        user,
        texts,
        comments,
        rules,
        search,
        spam,
        seed,
        backup,
        restore,
    ):
        app.cli.add_command(command)


@click.command(cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, HIGHEST_PORT),
    help="Its port.",
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, MOST_WORKERS),
    help="How many processes answer.",
)
def serve(host: str, port: int, workers: int) -> None:
    """Start the blog: get the database ready, then serve."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # what a proxy has is in no type
    try:
        serving.serve(app, host, port, workers)
    except serving.CannotServe as error:
        raise click.ClickException(str(error)) from error


@click.command("db", add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def tables(words: tuple[str, ...]) -> None:
    """Change the tables: for those who develop Afterword."""
    # Flask-Migrate brings Alembic, which takes a tenth of a start and is there for few.
    from flask_migrate import Migrate
    from flask_migrate.cli import db as theirs  # type: ignore[import-not-found]  # types-flask-migrate lacks it

    Migrate(current_app, db, directory=str(upgrades.MIGRATIONS))
    theirs.main(words, prog_name="flask db")


@user.command("add", cls=Command)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add_user(role: str, name: str, email: str, password_stdin: bool) -> None:
    """Add the author, or a moderator."""
    name, email = _name(name), _email(email)
    password = _password(password_stdin)
    with _database():
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
    with _database():
        person = _person(email)
        password_hash = _hashed(password, person.name, person.email)
        with write_tx():
            _person(email).set_password(password_hash)
    click.echo(f"{person.name} has a new password, and is signed out everywhere.")


@texts.command("render", cls=Command)
@click.option(
    "--as", "kind", required=True, type=click.Choice(["post", "comment"]), help="Whose rules hold."
)
def render(kind: str) -> None:
    """Turn Markdown from standard input into safe HTML."""
    source = _utf8(sys.stdin.buffer.read())
    made = text.render_post(source) if kind == "post" else text.render_comment(source)
    sys.stdout.buffer.write(made.encode())


@texts.command("rerender", cls=Command)
@click.option("--all", "everything", is_flag=True, help="Also what is of this version already.")
def rerender_texts(everything: bool) -> None:
    """Render again what an older version of Afterword rendered."""
    done = rerender.Rendered()
    with _database():
        number = rerender.count(everything)
        with click.progressbar(length=number, label="Rendering") as bar:
            for step in rerender.run(everything):
                done += step
                bar.update(step.looked_at)
    click.echo(f"Rendered {done.looked_at} texts; {done.changed} came out other than before.")


@search.command("reindex", cls=Command)
@click.option("--all", "everything", is_flag=True, help="Also what is of this version already.")
def reindex_posts(everything: bool) -> None:
    """Index again what an older version of Afterword indexed. It may run beside the server."""
    with _database():
        number = reindex.count(everything)
        with click.progressbar(length=number, label="Indexing") as bar:
            for step in reindex.run(everything):
                bar.update(step)
    click.echo(f"Indexed {number} posts.")


@comments.command("check", cls=Command)
@click.option("--mend", is_flag=True, help="Correct the counts that are wrong.")
def check(mend: bool) -> None:
    """Count the comments anew, look at every thread, and say what differs. Ends with 1 if anything does."""
    with _database():
        wrong = _tell(checking.find())
        if wrong and mend:
            for mended in checking.mend():
                click.echo(f"Corrected: {mended}")
            wrong = _tell(checking.find(), "Still wrong: ")
    if wrong:
        raise click.ClickException(_how_to_go_on(wrong, mend))
    click.echo("All is well.")


@comments.command("explain", cls=Command)
@click.argument("comment_id", metavar="ID", type=click.IntRange(1, HIGHEST_ID))
def explain(comment_id: int) -> None:
    """Say why a comment stands where it stands, as JSON: each finding, on what it fired, and its remedy."""
    with _database():
        comment = db.session.get(Comment, comment_id)
        if comment is None:
            raise click.ClickException(f"There is no comment {comment_id}.")
        click.echo(json.dumps(explanation(comment), indent=2, ensure_ascii=False))


@rules.command("export", cls=Command)
def export_rules() -> None:
    """Print the rules, one JSON object on each line, in the order in which they are asked."""
    with _database():
        for rule in Rule.all():
            click.echo(rule_files.line(rule.terms))


@rules.command("backtest", cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
def backtest(file: Path) -> None:
    """Say what the rules in FILE would have done to what is decided about. Saves nothing.

    Ends with 1 if they would have hidden a reply that is approved. FILE is as `flask rules export` prints it.
    """
    numbered = _read_rules(file)
    asked = [terms for _, terms in numbered if terms.is_on]
    with _database():
        done = past.replay(asked, seconds=inf)
    for number, terms in numbered:
        click.echo(_outcome(number, terms, done))
    for hidden in done.hidden:
        click.echo(f"Hidden: comment {hidden.comment_id} of {hidden.reply.name}, which is approved")
    click.echo(f"Looked at {done.good} approved replies and {done.bad} among spam and trash.")
    if done.hidden:
        raise click.ClickException(f"{len(done.hidden)} approved would have been hidden.")


@click.command(cls=Command)
@click.option("--posts", required=True, type=click.IntRange(1), help="How many posts.")
@click.option("--comments", required=True, type=click.IntRange(0), help="How many approved ones.")
@click.option("--pending", default=0, show_default=True, type=click.IntRange(0))
@click.option("--seed", default=1, show_default=True, help="Another number, another blog.")
def seed(posts: int, comments: int, pending: int, seed: int) -> None:
    """Fill an empty blog with made-up posts and comments, before it is served for the first time."""
    from blog.seeding.corpus import Corpus, NotEmpty, refuse_unless_empty

    corpus = Corpus(posts, comments, pending, seed)
    try:
        with _database():
            refuse_unless_empty()
            with click.progressbar(length=corpus.steps, label="Writing") as bar:
                for step in corpus.fill():
                    bar.update(step)
    except NotEmpty as error:
        raise click.ClickException(
            f"This blog is not empty: it has {error}. Name a new folder with BLOG_INSTANCE, or an "
            "empty database with BLOG_DATABASE_URL, and seed it before it is served."
        ) from error
    click.echo(f"The first post, with the longest conversation, is /posts/{corpus.first_slug}")
    if corpus.author_is_new:
        click.echo(
            f"Its author has a password that nobody knows. Set another: "
            f"flask user password {corpus.author_email} --password-stdin"
        )


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
def backup(file: Path, force: bool) -> None:
    """Write the whole blog into FILE: database, media and secret key. It may run meanwhile."""
    with _trouble():
        made = backups.make(file, replace=force)
    click.echo(
        f"Saved in {file}: the database, {len(made.media)} media files, and the secret key.\n"
        "Keep it to yourself: with the secret key in it, one can sign in as anybody."
    )


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(file: Path, yes: bool) -> None:
    """Put the blog in FILE in the place of this one, which is set aside. Stop the server first."""
    with _trouble(), _named(file), backups.opened(file) as found:
        if not yes:
            click.confirm(_question(found.manifest), abort=True)
        done = found.restore()
    click.echo(
        f"Restored. Start the blog again, and sign in anew. What was here before is in {done.aside}"
    )
    if not done.has_its_secret:
        click.echo(
            "BLOG_SECRET_KEY is not the one of the backup: links in mails sent before do not open. "
            f"Theirs is the file secret_key in {file}."
        )


@spam.command("eval", cls=Command)
@click.option("--train", required=True, type=click.Path(path_type=Path), help="What it learns.")
@click.option("--test", required=True, type=click.Path(path_type=Path), help="What it is asked.")
def evaluate_filter(train: Path, test: Path) -> None:
    """Say how good a spam filter is that learnt one file and judges another. The blog's own stays as it is.

    Each line is a JSON object with the text, name, email, website and label ("spam" or "ham") of a comment.
    """
    try:
        measures = evaluation.evaluate(evaluation.read(train), evaluation.read(test))
    except evaluation.BadFile as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(measures, indent=2))


def _read_rules(file: Path) -> list[tuple[int, Terms]]:
    try:
        return list(rule_files.read(file.read_text(encoding="utf-8").splitlines()))
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is no text in UTF-8.") from error
    except rule_files.BadLine as error:
        raise click.ClickException(f"{file}, {error}") from error


def _outcome(number: int, terms: Terms, done: past.Replay) -> str:
    """What one rule of a file would have done, in a line."""
    what = f"Line {number}, {terms.kind}, {terms.verdict}:"
    tally = next((tally for tally in done.tallies if tally.terms is terms), None)
    if tally is None:
        return f"{what} switched off."
    unknown = f", {tally.unknown} cannot be judged any more" if tally.unknown else ""
    return (
        f"{what} fires on {len(tally.good)} approved, on {len(tally.bad)} among spam and trash; "
        f"{len(tally.wrong)} wrong{unknown}."
    )


def _question(manifest: backups.Manifest) -> str:
    return (
        f"This is a backup of {manifest.made_at} with {len(manifest.media)} media files. "
        "Put it in the place of the blog that is here now?"
    )


def _tell(differences: Iterator[checking.Difference], before: str = "") -> int:
    """Print what differs as it is found, and say how much it was."""
    number = 0
    for difference in differences:
        click.echo(f"{before}{difference}")
        number += 1
    return number


def _how_to_go_on(wrong: int, mend: bool) -> str:
    if mend:
        return f"{wrong} of these are not counts. Somebody has to look at them."
    return f"{wrong} found. With --mend, counts are corrected."


@contextmanager
def _database() -> Iterator[None]:
    """The database, upgraded if need be, for commands that use it; with its errors in one line."""
    with _trouble():
        upgrades.upgrade()
        yield


@contextmanager
def _trouble() -> Iterator[None]:
    """What may go wrong with the database and with backups, in one line."""
    try:
        yield
    except (upgrades.CannotPrepare, backups.BackupFailed, dumps.DumpFailed) as error:
        raise click.ClickException(str(error)) from error
    except DatabaseBusy as error:
        raise click.ClickException("Others write all the time. Try again in a moment.") from error
    except DBAPIError as error:
        words = f"The database did not do it: {upgrades.first_line(error)}."
        raise click.ClickException(words) from error


@contextmanager
def _named(file: Path) -> Iterator[None]:
    """What is wrong with a backup, and how to go on."""
    try:
        yield
    except backups.BadBackup as error:
        words = f"{file} cannot be restored. {error} Nothing was changed."
        raise click.ClickException(words) from error
    except dumps.DatabaseInUse as error:
        raise click.ClickException(f"{error} Stop the blog first. Nothing was changed.") from error


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
    line = _utf8(sys.stdin.buffer.readline(LONGEST_LINE))
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


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(
            f"Standard input is not UTF-8: byte {error.start} is {data[error.start]:#04x}."
        ) from error
