"""Bringing the database to what this code expects: a copy set aside first, then the migrations.

Any command that needs the database calls `upgrade` first, so that there is no order to be learnt.
"""

import re
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import column, inspect, select, table
from sqlalchemy.exc import DBAPIError

from blog import config, dumps
from blog.clock import now
from blog.extensions import db

# Alembic takes a tenth of a start, and most starts have nothing to upgrade: it is loaded where it works.
if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = config.ROOT / "migrations"

# Each file there says which revision it makes of which; the first makes one of None.
REVISION = re.compile(r"""^(revision|down_revision) = ["']?(\w+)["']?$""", re.MULTILINE)

# Where Alembic keeps which revision a database is at.
VERSION = table("alembic_version", column("version_num"))

# Below the instance folder: what was set aside before something dangerous.
FOLDER = "backups"

# The copies of so many upgrades are kept: whoever notices late that something is wrong still has one.
COPIES_KEPT = 5


class CannotPrepare(Exception):
    """The database cannot be used. Says why, in words, and what to do."""


def known_revisions() -> list[str]:
    """The revisions that this code knows, the newest first."""
    return _known_revisions(MIGRATIONS)


@cache
def _known_revisions(folder: Path) -> list[str]:
    """As the files say it that Alembic would run, one after the other from the first."""
    said = [dict(REVISION.findall(file.read_text())) for file in folder.glob("versions/*.py")]
    after = {each["down_revision"]: each["revision"] for each in said}
    revisions: list[str] = []
    latest = "None"
    while latest in after:
        latest = after[latest]
        revisions.insert(0, latest)
    return revisions


def configuration() -> "Config":
    """What Alembic's commands have to know."""
    from alembic.config import Config

    found = Config(MIGRATIONS / "alembic.ini")
    found.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return found


def present_revision() -> str | None:
    """The revision that the database is at; None before its first start. Raises CannotPrepare."""
    try:
        with db.engine.connect() as connection:
            if not inspect(connection).has_table(VERSION.name):
                return None
            revision: str | None = connection.scalar(select(VERSION.c.version_num))
            return revision
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
    _migrate()
    return copy


def _migrate() -> None:
    from alembic import command
    from alembic.util import CommandError

    try:
        command.upgrade(configuration(), "head")
    except (CommandError, DBAPIError) as error:
        raise CannotPrepare(
            f"The database could not be upgraded, and is as it was: {first_line(error)}"
        ) from error


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
