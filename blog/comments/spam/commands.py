"""`flask spam`: the filter that learns from what is decided about comments."""

import json
from pathlib import Path

import click

from blog.commands import Command, Group
from blog.comments.spam import evaluation

spam = Group("spam", help="The filter that learns from what is decided about comments.")


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
