"""Bringing the database to what this code expects: a copy set aside first, then the migrations.

Any command that needs the database calls `upgrade` first, so that there is no order to be learnt.
"""

from datetime import UTC
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from sqlalchemy.exc import DBAPIError

from blog import dumps
from blog.clock import now
from blog.extensions import db, migrate

# Below the instance folder: what was set aside before something dangerous.
FOLDER = "backups"

# The copies of so many upgrades are kept: whoever notices late that something is wrong still has one.
COPIES_KEPT = 5


class CannotPrepare(Exception):
    """The database cannot be used. Says why, in words, and what to do."""


def known_revisions() -> list[str]:
    """The revisions that this code knows, the newest first."""
    return _known_revisions(str(migrate.directory))


@cache
def _known_revisions(folder: str) -> list[str]:
    return [script.revision for script in ScriptDirectory(folder).walk_revisions()]


def _config() -> Config:
    folder = Path(migrate.directory)
    config = Config(folder / "alembic.ini")
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


def present_revision() -> str | None:
    """The revision that the database is at; None before its first start. Raises CannotPrepare."""
    try:
        with db.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as error:
        address = db.engine.url.render_as_string(hide_password=True)
        raise CannotPrepare(
            f"The database {address} cannot be reached: {first_line(error)}. "
            "Is BLOG_DATABASE_URL right, and does the database server run?"
        ) from error


def refuse_newer(revision: str | None) -> None:
    """Raise CannotPrepare for what a newer Afterword made: this one would read it wrongly."""
    if revision is not None and revision not in known_revisions():
        raise CannotPrepare(
            f"The database was made by a newer Afterword (it is at revision {revision}, and this one "
            f"knows {known_revisions()[0]}). Install that version, or restore an older backup."
        )


def upgrade() -> Path | None:
    """Bring the database to the newest revision. Returns the copy that was set aside, if any.

    Raises CannotPrepare; the database is then as it was.
    """
    revision = present_revision()
    refuse_newer(revision)
    if revision == known_revisions()[0]:
        return None
    copy = _set_aside(revision) if revision is not None else None
    try:
        command.upgrade(_config(), "head")
    except (CommandError, DBAPIError) as error:
        raise CannotPrepare(
            f"The database could not be upgraded, and is as it was: {first_line(error)}"
        ) from error
    return copy


def set_aside_folder() -> Path:
    """The folder for what is set aside, made if it is missing. It is nobody else's to read."""
    folder: Path = current_app.config["INSTANCE"] / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def stamp() -> str:
    """The time, as it stands in a file's name."""
    return now().astimezone(UTC).strftime("%Y%m%d-%H%M%S-%f")


def _set_aside(revision: str) -> Path | None:
    """A copy of the SQLite file. PostgreSQL undoes a failed migration, and its backups are its operator's."""
    if db.engine.dialect.name != "sqlite":
        return None
    try:
        folder = set_aside_folder()
        copy = folder / f"before-upgrade-from-{revision}-{stamp()}.sqlite3"
        dumps.write(copy)
    except (OSError, dumps.DumpFailed) as error:
        raise CannotPrepare(
            f"The database has to be upgraded, and no copy could be set aside first: {error}. "
            "Is the disk full?"
        ) from error
    _forget_old_copies(folder)
    return copy


def _forget_old_copies(folder: Path) -> None:
    copies = sorted(folder.glob("before-upgrade-from-*.sqlite3"), key=_age)
    for copy in copies[:-COPIES_KEPT]:
        copy.unlink(missing_ok=True)


def _age(copy: Path) -> float:
    return copy.stat().st_mtime


def first_line(error: Exception) -> str:
    """What went wrong, without the statement and the driver's own advice."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(cause).strip().partition("\n")[0].rstrip(".")
