"""The command line: `flask serve` and the others. Each calls what does the work, and repeats no rule.

What belongs to a room stands there (auth/commands.py and others); here is what belongs to the whole blog.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask, current_app

from blog import backups, dumps, rerender, serving, text, upgrades
from blog.auth.commands import user
from blog.commands import Command, Group, database, trouble, utf8
from blog.comments.commands import comments
from blog.comments.rules.commands import rules
from blog.comments.spam.commands import spam
from blog.extensions import db
from blog.posts.commands import search
from blog.transfer.commands import posts

HIGHEST_PORT = 65_535
# More workers than any machine has use for; a larger number is a slip.
MOST_WORKERS = 64

texts = Group("text", help="Markdown and what becomes of it.")


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
        posts,
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


@texts.command("render", cls=Command)
@click.option(
    "--as", "kind", required=True, type=click.Choice(["post", "comment"]), help="Whose rules hold."
)
def render(kind: str) -> None:
    """Turn Markdown from standard input into safe HTML."""
    source = utf8(sys.stdin.buffer.read())
    made = text.render_post(source) if kind == "post" else text.render_comment(source)
    sys.stdout.buffer.write(made.encode())


@texts.command("rerender", cls=Command)
@click.option("--all", "everything", is_flag=True, help="Also what is of this version already.")
def rerender_texts(everything: bool) -> None:
    """Render again what an older version of Afterword rendered."""
    done = rerender.Rendered()
    with database():
        number = rerender.count(everything)
        with click.progressbar(length=number, label="Rendering") as bar:
            for step in rerender.run(everything):
                done += step
                bar.update(step.looked_at)
    click.echo(f"Rendered {done.looked_at} texts; {done.changed} came out other than before.")


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
        with database():
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
    with trouble():
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
    with trouble(), _named(file), backups.opened(file) as found:
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


def _question(manifest: backups.Manifest) -> str:
    return (
        f"This is a backup of {manifest.made_at} with {len(manifest.media)} media files. "
        "Put it in the place of the blog that is here now?"
    )


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
