"""`flask rules`: the rules that replies are held against."""

from math import inf
from pathlib import Path

import click

from blog.commands import Command, Group, database
from blog.comments.rules import backtest as past
from blog.comments.rules import files
from blog.comments.rules.kinds import Terms
from blog.comments.rules.models import Rule

rules = Group("rules", help="The rules that replies are held against.")


@rules.command("export", cls=Command)
def export_rules() -> None:
    """Print the rules, one JSON object on each line, in the order in which they are asked."""
    with database():
        for rule in Rule.all():
            click.echo(files.line(rule.terms))


@rules.command("backtest", cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
def backtest(file: Path) -> None:
    """Say what the rules in FILE would have done to what is decided about. Saves nothing.

    Ends with 1 if they would have hidden a reply that is approved. FILE is as `flask rules export` prints it.
    """
    numbered = _read_rules(file)
    asked = [terms for _, terms in numbered if terms.is_on]
    with database():
        done = past.replay(asked, seconds=inf)
    for number, terms in numbered:
        click.echo(_outcome(number, terms, done))
    for hidden in done.hidden:
        click.echo(f"Hidden: comment {hidden.comment_id} of {hidden.reply.name}, which is approved")
    click.echo(f"Looked at {done.good} approved replies and {done.bad} among spam and trash.")
    if done.hidden:
        raise click.ClickException(f"{len(done.hidden)} approved would have been hidden.")


def _read_rules(file: Path) -> list[tuple[int, Terms]]:
    try:
        return list(files.read(file.read_text(encoding="utf-8").splitlines()))
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is no text in UTF-8.") from error
    except files.BadLine as error:
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
