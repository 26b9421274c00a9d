"""Pictures on the disk: files in one folder, each under the name that its content gave it.

A file is written beside its place, brought to the disk, and put there with one rename: what has a name is
whole, whenever the power fails. Files come before the row that tells of them. A crash in between leaves
files that nobody asks for, and that the same picture finds when it is sent again.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from uuid import uuid4

from flask import current_app

from blog.media.names import Name

FOLDER = "media"  # in the instance folder; backups.py takes it along


def place_of(name: Name) -> Path:
    """Where a file is, or would be."""
    folder: Path = current_app.config["INSTANCE"]
    return folder / FOLDER / str(name)


def keep(files: Mapping[Name, bytes]) -> None:
    """Write the files that are not there yet. Raises OSError; what was written then stays."""
    missing = {name: data for name, data in files.items() if not place_of(name).exists()}
    if not missing:
        return
    folder = place_of(next(iter(missing))).parent
    folder.mkdir(exist_ok=True)
    for name, data in missing.items():
        _write(place_of(name), data)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)  # their names, too
    finally:
        os.close(handle)


def _write(place: Path, data: bytes) -> None:
    # A name that begins with a dot is a file in the making.
    mine = place.with_name(f".{place.name}.{uuid4().hex}")
    try:
        with mine.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        mine.replace(place)
    finally:
        mine.unlink(missing_ok=True)  # a full disk took a part of it


def forget(names: Iterable[Name]) -> None:
    """Delete files, as far as they are there."""
    for name in names:
        place_of(name).unlink(missing_ok=True)
