"""What all commands share: how they are called wrongly, and what may go wrong with the database.

A command that was given something wrong says so in one line, and ends with 1.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError

from blog import backups, dumps, upgrades
from blog.database import DatabaseBusy


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


@contextmanager
def database() -> Iterator[None]:
    """The database, upgraded if need be, for commands that use it; with its errors in one line."""
    with trouble():
        upgrades.upgrade()
        yield


@contextmanager
def trouble() -> Iterator[None]:
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


def utf8(data: bytes) -> str:
    """What came in on standard input. Raises ClickException when it is no UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(
            f"Standard input is not UTF-8: byte {error.start} is {data[error.start]:#04x}."
        ) from error
