"""A whole blog in one file, and back: its database, its media, its secret key.

The file is a gzipped tar. Its parts come first and `manifest.json` comes last, with the size and the
SHA-256 of each: what was cut off has no manifest, and what was changed does not match it.

The secret key is among the parts, because links in mails that were sent long ago are signed with it.
Whoever has the file could sign in as anybody: it is written for its owner alone (mode 0600).
"""

import filecmp
import gzip
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from flask import current_app

from blog import dumps, editions, upgrades
from blog.clock import now
from blog.database import write_tx
from blog.extensions import db

# Raise it with any change that an older Afterword would read wrongly.
FORMAT = 1

MANIFEST = "manifest.json"
DATABASE = "database"
SECRET = "secret_key"  # noqa: S105  # the name of a file
MEDIA = "media"

# The name of the backup of what a restore replaces.
SET_ASIDE = "blog.tar.gz"

# Pictures do not get smaller, and text does not get much smaller than this.
COMPRESSION = 6
CHUNK = 1024 * 1024
# A manifest of a million files; a larger one is no manifest.
LONGEST_MANIFEST = 200 * CHUNK


class BackupFailed(Exception):
    """The backup was not made. Says why, in words."""


class BadBackup(Exception):
    """The file is not a backup that can be restored here. Says why, in words."""


@dataclass(frozen=True)
class Part:
    """What the manifest says of a part: its length in bytes, and its SHA-256."""

    size: int
    sha256: str


@dataclass
class Manifest:
    """What is in a backup: which kind of database at which revision, when, and its parts."""

    kind: str
    revision: str
    schema: str
    made_at: str
    format: int = FORMAT
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def media(self) -> list[str]:
        """The names of the media files in it."""
        return [name for name in self.parts if name.startswith(f"{MEDIA}/")]

    def as_json(self) -> bytes:
        """The manifest as it stands in the file."""
        return json.dumps(asdict(self), indent=1).encode()

    @classmethod
    def from_json(cls, data: bytes) -> "Manifest":
        """Read a manifest. Raises BadBackup."""
        try:
            values = json.loads(data)
            newer = values["format"] > FORMAT
            parts = {name: Part(**part) for name, part in values.pop("parts").items()}
            manifest = None if newer else cls(**values, parts=parts)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BadBackup("Its list of contents cannot be read.") from error
        if manifest is None:
            raise BadBackup("It was made by a newer Afterword. Install that version.")
        return manifest


def make(target: Path, *, replace: bool = False, media: bool = True) -> Manifest:
    """Write a backup of the running blog. Raises BackupFailed, dumps.DumpFailed."""
    if target.exists() and not replace:
        raise BackupFailed(f"{target} exists. Choose another name, or replace it with --force.")
    manifest = _manifest()
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
            draft = Path(folder) / target.name
            _write(draft, manifest, Path(folder) / DATABASE, media)
            draft.replace(target)
    except OSError as error:
        raise BackupFailed(f"{target} could not be written: {error.strerror or error}.") from error
    return manifest


def _manifest() -> Manifest:
    revision = upgrades.present_revision()
    upgrades.refuse_newer(revision)
    if revision is None:
        raise BackupFailed("There is nothing to back up yet: the blog was never started.")
    kind = db.engine.dialect.name
    schema = "" if kind == "sqlite" else dumps.schema()
    return Manifest(kind, revision, schema, made_at=now().isoformat(timespec="seconds"))


def _write(draft: Path, manifest: Manifest, dump: Path, media: bool) -> None:
    # The database first: every file that it mentions is there when the files are read after it.
    dumps.write(dump)
    draft.touch(mode=0o600)
    with draft.open("wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=COMPRESSION) as archive:
            _add_file(archive, manifest, DATABASE, dump)
            for path in _media_files() if media else ():
                name = path.relative_to(current_app.config["INSTANCE"]).as_posix()
                _add_file(archive, manifest, name, path)
            _add(archive, manifest, SECRET, _Reader.of(current_app.config["SECRET_KEY"].encode()))
            _add(archive, None, MANIFEST, _Reader.of(manifest.as_json()))
        file.flush()
        os.fsync(file.fileno())


def _media_files() -> Iterator[Path]:
    folder = current_app.config["INSTANCE"] / MEDIA
    for path in sorted(folder.rglob("*")):
        # A name that begins with a dot is a file in the making.
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            yield path


class _Reader:
    """A file that takes the SHA-256 of what is read from it."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.file = file
        self.size = size
        self.hash = hashlib.sha256()

    @classmethod
    def of(cls, data: bytes) -> "_Reader":
        """A reader of bytes in memory."""
        return cls(BytesIO(data), len(data))

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self.file.read(size)
        self.hash.update(data)
        return data


def _add_file(archive: tarfile.TarFile, manifest: Manifest, name: str, path: Path) -> None:
    with path.open("rb") as file:
        _add(archive, manifest, name, _Reader(file, os.fstat(file.fileno()).st_size))


def _add(archive: tarfile.TarFile, manifest: Manifest | None, name: str, reader: _Reader) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = reader.size
    entry.mode = 0o600
    entry.mtime = int(now().timestamp())
    archive.addfile(entry, reader)
    if manifest is not None:
        manifest.parts[name] = Part(reader.size, reader.hash.hexdigest())


@dataclass(frozen=True)
class Backup:
    """A backup that was read, found whole, and may be restored here."""

    manifest: Manifest
    folder: Path

    def restore(self) -> "Restored":
        """Put it in the place of what is there now, which is set aside first.

        Raises dumps.DumpFailed and BackupFailed, having changed nothing.
        """
        aside = _set_aside()
        try:
            dumps.load(self.folder / DATABASE)
        except dumps.DumpFailed:
            shutil.rmtree(aside)
            raise
        with write_tx():
            editions.touch(editions.SITE)  # no page of before is good any longer
        for name in self.manifest.media:
            _put(self.folder / name, current_app.config["INSTANCE"] / name, aside)
        return Restored(aside, self._restore_secret(aside))

    def _restore_secret(self, aside: Path) -> bool:
        """Make its secret key ours; False when the environment says another one."""
        secret = (self.folder / SECRET).read_text(encoding="utf-8")
        if secret == current_app.config["SECRET_KEY"]:
            return True
        kept = current_app.config["INSTANCE"] / SECRET
        given = not kept.exists() or kept.read_text().strip() != current_app.config["SECRET_KEY"]
        if not given:
            _put(self.folder / SECRET, kept, aside)
        return not given


@dataclass(frozen=True)
class Restored:
    """What became of a restore: where the blog of before is, and whether the secret key is the backup's."""

    aside: Path
    has_its_secret: bool


def _set_aside() -> Path:
    """Keep what is there now, in a folder of its own. Raises what `make` raises."""
    aside = upgrades.set_aside_folder() / f"before-restore-{upgrades.stamp()}"
    aside.mkdir(mode=0o700)
    if db.engine.dialect.name == "sqlite":
        _set_sqlite_aside(aside)
    elif upgrades.present_revision() is not None:
        make(aside / SET_ASIDE, media=False)
    return aside


def _set_sqlite_aside(aside: Path) -> None:
    """As a backup; or, where it cannot be read, the files as they are: somebody may mend them."""
    try:
        make(aside / SET_ASIDE, media=False)
    except (BackupFailed, dumps.DumpFailed, upgrades.CannotPrepare):
        path = dumps.sqlite_file()
        for file in path.parent.glob(f"{path.name}*"):
            shutil.copy2(file, aside / file.name)


def _put(new: Path, place: Path, aside: Path) -> None:
    """Put a file in its place with one rename. Another that is there under its name is set aside."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        if filecmp.cmp(place, new, shallow=False):
            return
        kept = aside / place.relative_to(current_app.config["INSTANCE"])
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(place, kept)
    # Beside its place first: the media may be on another disk.
    beside = place.with_name(f".{place.name}.restored")
    shutil.copyfile(new, beside)
    beside.chmod(0o600 if place.name == SECRET else 0o644)
    beside.replace(place)


@contextmanager
def opened(source: Path) -> Iterator[Backup]:
    """Read a backup, without touching the blog. Raises BadBackup."""
    instance: Path = current_app.config["INSTANCE"]
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=instance) as name:
        folder = Path(name)
        try:
            manifest = _unpack(source, folder)
        except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BadBackup("It is damaged, or no backup of Afterword at all.") from error
        except OSError as error:
            raise BadBackup(f"It cannot be read: {error.strerror or error}.") from error
        _refuse_misfit(manifest, folder)
        yield Backup(manifest, folder)


def _unpack(source: Path, folder: Path) -> Manifest:
    found: dict[str, Part] = {}
    manifest = None
    with gzip.open(source) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
        for entry in archive:
            if manifest is not None or entry.name in found or not _is_ours(entry):
                raise BadBackup("There is something in it that Afterword did not put there.")
            content: Any = archive.extractfile(entry)
            if entry.name == MANIFEST:
                manifest = Manifest.from_json(content.read(LONGEST_MANIFEST))
            else:
                found[entry.name] = _extract(content, folder / entry.name)
        while stream.read(CHUNK):
            pass  # to its end, where gzip keeps a sum of everything
    if manifest is None:
        raise BadBackup("It ends too early, or is no backup of Afterword at all.")
    if manifest.parts != found or not {DATABASE, SECRET} <= found.keys():
        raise BadBackup("It is damaged: what is in it is not what was put in.")
    return manifest


def _is_ours(entry: tarfile.TarInfo) -> bool:
    """Whether we could have written this: a plain file, with a name that stays where it belongs."""
    path = PurePosixPath(entry.name)
    plain = entry.isreg() and str(path) == entry.name and "\\" not in entry.name
    inside = not path.is_absolute() and ".." not in path.parts
    known = entry.name in {DATABASE, SECRET, MANIFEST} or entry.name.startswith(f"{MEDIA}/")
    return plain and inside and known


def _extract(content: BinaryIO, path: Path) -> Part:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    sha256 = hashlib.sha256()
    size = 0
    with path.open("wb") as file:
        while data := content.read(CHUNK):
            file.write(data)
            sha256.update(data)
            size += len(data)
    return Part(size, sha256.hexdigest())


def _refuse_misfit(manifest: Manifest, folder: Path) -> None:
    """Raise BadBackup for what belongs to another kind of database, or to a newer Afterword."""
    names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
    kind = db.engine.dialect.name
    if manifest.kind != kind:
        raise BadBackup(
            f"It holds a {names.get(manifest.kind, manifest.kind)} database, and this blog is kept in "
            f"{names[kind]}. Set BLOG_DATABASE_URL to one of that kind."
        )
    if manifest.revision not in upgrades.known_revisions():
        raise BadBackup(
            f"It was made by a newer Afterword (revision {manifest.revision}). Install that version."
        )
    if kind == "sqlite" and dumps.quick_check(folder / DATABASE) != manifest.revision:
        raise BadBackup("Its database is not at the revision that its list of contents says.")
    if kind == "postgresql" and dumps.schema() != manifest.schema:
        raise BadBackup(f"Its tables belong in the schema {manifest.schema!r}, which is not ours.")
