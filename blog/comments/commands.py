"""`flask comments`: the comments as a whole, and why one stands where it stands."""

import json
from collections.abc import Iterator

import click

from blog.commands import Command, Group, database
from blog.comments import check as checking
from blog.comments.models import Comment
from blog.comments.rules.explain import explanation
from blog.extensions import db

HIGHEST_ID = 2**31 - 1  # of a row, on both databases

comments = Group("comments", help="The comments as a whole.")


@comments.command("check", cls=Command)
@click.option("--mend", is_flag=True, help="Correct the counts that are wrong.")
def check(mend: bool) -> None:
    """Count the comments anew, look at every thread, and say what differs. Ends with 1 if anything does."""
    with database():
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
    with database():
        comment = db.session.get(Comment, comment_id)
        if comment is None:
            raise click.ClickException(f"There is no comment {comment_id}.")
        click.echo(json.dumps(explanation(comment), indent=2, ensure_ascii=False))


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
