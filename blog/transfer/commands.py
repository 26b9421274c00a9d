"""`flask posts`: all posts as files of Markdown, and back."""

from collections import Counter
from pathlib import Path

import click
from sqlalchemy import func, select

from blog import zones
from blog.commands import Command, Group, database
from blog.extensions import db
from blog.posts.models import Post
from blog.site.models import Site
from blog.transfer import posts as files

posts = Group("posts", help="What the author writes, as files.")


@posts.command("export", cls=Command)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
def export(folder: Path) -> None:
    """Write every post into DIR, as a file of Markdown with front matter. DIR is new, or empty."""
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} is not empty. Name a new folder.")
    number = waiting = 0
    with database(), click.progressbar(length=_how_many(), label="Writing") as bar:
        for file in files.all_of_them():
            _save(folder / file.path, str(file.document))
            number += 1
            waiting += file.has_changes
            bar.update(1)
    click.echo(f"Wrote {number} posts. Pictures are not among them: they are in `flask backup`.")
    if waiting:
        click.echo(
            f"{waiting} have changes that are not published yet: those are not in the files."
        )


@posts.command("import", cls=Command)
@click.argument(
    "folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False)
)
def import_(folder: Path) -> None:
    """Read every .md and .markdown file in DIR and below it: ours, or those of Hugo, Jekyll and Pelican.

    Nothing is imported if one cannot be read. A post that is here already gets the words of its file.
    """
    done: Counter[files.Outcome] = Counter()
    with database():
        try:
            found = files.read(folder, zones.zone(Site.load().time_zone))
        except files.BadFolder as error:
            raise click.ClickException(f"Nothing was imported.\n{error}") from error
        with click.progressbar(length=len(found), label="Reading") as bar:
            for outcome in files.put(found):
                done[outcome] += 1
                bar.update(1)
    said = ", ".join(f"{number} {outcome}" for outcome, number in sorted(done.items()))
    click.echo(f"Read {len(found)} files: {said or 'there is none here'}.")


def _how_many() -> int:
    return db.session.scalar(select(func.count()).select_from(Post)) or 0


def _save(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from error
