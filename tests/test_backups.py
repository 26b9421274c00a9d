"""Backups: a whole blog in one file, and back; and everything that is no backup is refused."""

import gzip
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from blog import dumps, upgrades, welcome
from blog.auth.models import Role, SignIn, User
from blog.clock import now
from blog.database import write_tx
from blog.extensions import db
from blog.posts import search
from blog.posts.models import Post
from tests.blank import blank_blog, environment, postgres_programs
from tests.conftest import CI, DATABASES
from tests.server import Server

SECRET = "a secret that was kept in a file"

on_sqlite = pytest.mark.parametrize("blank", ["sqlite"], indirect=True)

Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(params=DATABASES)
def blank(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """A blog that was never started, and the programs of its database."""
    with blank_blog(request.param, request, tmp_path) as app:
        if request.param == "postgresql":
            programs = postgres_programs()
            if programs is None:
                assert not CI
                pytest.skip("there is no pg_dump that fits the server")
            monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
        yield app


@pytest.fixture
def lived_in(blank: Flask) -> Flask:
    """A blog with posts, replies, media and a secret key of its own."""
    live_in(blank)
    return blank


@pytest.fixture
def file(lived_in: Flask, tmp_path: Path) -> Path:
    """A backup of the lived-in blog."""
    path = tmp_path / "backup.tar.gz"
    assert run(lived_in, "backup", path).exit_code == 0
    return path


@pytest.fixture(scope="module")
def steady(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """A lived-in blog on SQLite, for all tests in which nothing changes."""
    with blank_blog("sqlite", request, tmp_path_factory.mktemp("steady")) as app:
        live_in(app)
        yield app


@pytest.fixture(scope="module")
def its_file(steady: Flask, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its backup."""
    path = tmp_path_factory.mktemp("file") / "backup.tar.gz"
    assert run(steady, "backup", path).exit_code == 0
    return path


@pytest.fixture
def steady_file(its_file: Path, tmp_path: Path) -> Path:
    """A copy of its backup, to be spoilt."""
    return Path(shutil.copy(its_file, tmp_path / "backup.tar.gz"))


def live_in(app: Flask) -> None:
    upgrades.upgrade()
    welcome.open_new_blog()
    media = app.config["INSTANCE"] / "media" / "ab"
    media.mkdir(parents=True)
    (media / "picture.png").write_bytes(bytes(range(256)) * 100)
    (media / ".half").write_bytes(b"in the making")
    (app.config["INSTANCE"] / "secret_key").write_text(SECRET)
    app.config["SECRET_KEY"] = SECRET
    write("Tëa & \\N\t\n'quotes'; -- \\.")


def run(app: Flask, *args: object, typed: str = "") -> Result:
    """A command of `flask`, with what is typed into it."""
    return app.test_cli_runner().invoke(args=[str(arg) for arg in args], input=typed)


def write(title: str) -> int:
    with write_tx():
        post = Post.write(
            title=title, slug="", summary="", tags=["tea"], source=title, html=f"<p>{title}</p>"
        )
    return post.id


def rows() -> Rows:
    """Every row of every table; but for the editions, which move on whatever becomes of the rest."""
    found = {}
    with db.engine.connect() as connection:
        for name in set(sa.inspect(connection).get_table_names()) - {"edition"}:
            everything = connection.exec_driver_sql(f'SELECT * FROM "{name}"')
            found[name] = sorted(tuple(map(str, row)) for row in everything)
    return found


def files(app: Flask) -> list[Path]:
    """What is kept in the instance folder, beside SQLite's notes."""
    found = (path for path in app.config["INSTANCE"].rglob("*") if path.is_file())
    return sorted(path for path in found if not path.name.endswith(("-wal", "-shm")))


def parts(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as archive:
        return {entry.name: archive.extractfile(entry).read() for entry in archive.getmembers()}


def entry(name: str, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    return info, content


def packed(path: Path, entries: list[tuple[tarfile.TarInfo, bytes]]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for info, content in entries:
            archive.addfile(info, io.BytesIO(content))
    return path


def repacked(file: Path, change: Callable[[dict[str, bytes], dict[str, Any]], None]) -> Path:
    """The backup with something changed, and a list of contents that fits."""
    content = parts(file)
    manifest = json.loads(content.pop("manifest.json"))
    change(content, manifest)
    for name, data in content.items():
        manifest["parts"][name] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    content["manifest.json"] = json.dumps(manifest).encode()
    return packed(file.with_name("changed.tar.gz"), [entry(*part) for part in content.items()])


def without_lease(found: Rows) -> Rows:
    """A site that runs takes its lease when it comes to it."""
    return {name: of_table for name, of_table in found.items() if name != "lease"}


def assert_refused(app: Flask, file: Path, words: str) -> None:
    """Restoring it is refused with these words, and changes nothing."""
    before = without_lease(rows())
    before_files = files(app)
    result = run(app, "restore", file, "--yes")
    assert result.exit_code == 1
    assert words in result.output
    assert "Nothing was changed" in result.output
    assert without_lease(rows()) == before
    assert files(app) == before_files


def test_a_blog_comes_back_as_it_was(lived_in: Flask, file: Path) -> None:
    before = rows()
    media = lived_in.config["INSTANCE"] / "media" / "ab"
    with write_tx() as session:
        session.execute(sa.text("DELETE FROM moderation"))
        session.execute(sa.text("UPDATE post SET title = 'spoilt'"))
    write("Written after the backup")
    (media / "picture.png").unlink()
    (media / "newer.png").write_bytes(b"newer")
    assert rows() != before
    result = run(lived_in, "restore", file, "--yes")
    assert result.exit_code == 0, result.output
    assert rows() == before
    assert (media / "picture.png").read_bytes() == bytes(range(256)) * 100
    assert (media / "newer.png").exists()
    # And it goes on from there.
    known = db.session.scalar(sa.select(sa.func.max(Post.id)))
    assert write("Written after the restore") == known + 1
    # What was there is found again, and what came after it is not.
    for words, number in (("welcome", 1), ("spoilt", 0), ('"after the backup"', 0)):
        assert search.find(search.Query.read(words), now()).total == number, words
    assert upgrades.upgrade() is None


def sign_in(name: str) -> str:
    """Somebody with an account signs in; the token in their cookie."""
    with write_tx():
        person = User.by_email(f"{name}@staff.example") or User.create(
            role=Role.MODERATOR, name=name, email=f"{name}@staff.example", password_hash="x"
        )
        token = person.sign_in(browser="").token
    return token


def test_a_sign_in_that_was_ended_does_not_come_back(lived_in: Flask, tmp_path: Path) -> None:
    token = sign_in("mo")
    file = tmp_path / "backup.tar.gz"
    assert run(lived_in, "backup", file).exit_code == 0
    with write_tx():
        found = SignIn.by_token(token)
        assert found is not None
        found.end()
    later = sign_in("mia")
    result = run(lived_in, "restore", file, "--yes")
    assert result.exit_code == 0, result.output
    assert "sign in anew" in result.output
    assert SignIn.by_token(token) is None
    assert SignIn.by_token(later) is None
    assert User.by_email("mo@staff.example") is not None


def test_a_restore_can_be_taken_back(lived_in: Flask, file: Path) -> None:
    write("Written after the backup")
    before = rows()
    (lived_in.config["INSTANCE"] / "media" / "ab" / "picture.png").write_bytes(b"another")
    assert run(lived_in, "restore", file, "--yes").exit_code == 0
    assert rows() != before
    (aside,) = (lived_in.config["INSTANCE"] / "backups").iterdir()
    assert (aside / "media" / "ab" / "picture.png").read_bytes() == b"another"
    assert run(lived_in, "restore", aside / "blog.tar.gz", "--yes").exit_code == 0
    assert rows() == before


def test_a_new_machine_becomes_the_old_one(
    lived_in: Flask, file: Path, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    before = rows()
    kind = db.engine.dialect.name
    with blank_blog(kind, request, tmp_path / "new") as new:
        result = new.test_cli_runner().invoke(args=["restore", str(file), "--yes"])
        assert result.exit_code == 0, result.output
        assert rows() == before
        kept = new.config["INSTANCE"] / "secret_key"
        assert kept.read_text() == SECRET
        assert kept.stat().st_mode & 0o777 == 0o600


@on_sqlite
def test_a_secret_of_the_environment_is_not_overruled(lived_in: Flask, file: Path) -> None:
    lived_in.config["SECRET_KEY"] = "what BLOG_SECRET_KEY says"
    result = run(lived_in, "restore", file, "--yes")
    assert result.exit_code == 0
    assert "BLOG_SECRET_KEY is not the one of the backup" in result.output
    assert SECRET not in result.output


@on_sqlite
def test_a_backup_is_for_its_owner_alone(file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(parts(file)) == [
        "database",
        "manifest.json",
        "media/ab/picture.png",
        "secret_key",
    ]


@on_sqlite
def test_a_backup_is_not_replaced_unless_told(lived_in: Flask, file: Path) -> None:
    before = file.read_bytes()
    result = run(lived_in, "backup", file)
    assert result.exit_code == 1
    assert "--force" in result.output
    assert file.read_bytes() == before
    write("One more")
    assert run(lived_in, "backup", file, "--force").exit_code == 0
    assert file.read_bytes() != before
    assert [path.name for path in file.parent.glob(".backup-*")] == []


@on_sqlite
def test_a_backup_that_cannot_be_written_says_why(lived_in: Flask, tmp_path: Path) -> None:
    result = run(lived_in, "backup", tmp_path / "nowhere" / "backup.tar.gz")
    assert result.exit_code == 1
    assert "No such file or directory" in result.output


def test_a_blog_that_was_never_started_has_nothing_to_back_up(blank: Flask, tmp_path: Path) -> None:
    result = run(blank, "backup", tmp_path / "backup.tar.gz")
    assert result.exit_code == 1
    assert "nothing to back up" in result.output


@on_sqlite
def test_a_running_site_is_backed_up_and_not_restored(lived_in: Flask, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    with Server(environment(lived_in), tmp_path / "log") as server:
        server.get("/")
        assert run(lived_in, "backup", file).exit_code == 0
        assert_refused(lived_in, file, "Stop the blog first")
        assert server.get("/posts/welcome")[0] == 200
        server.stop()
    assert run(lived_in, "restore", file, "--yes").exit_code == 0


@on_sqlite
def test_a_person_is_asked_first(lived_in: Flask, file: Path) -> None:
    write("Written after the backup")
    before = rows()
    result = run(lived_in, "restore", file, typed="n\n")
    assert result.exit_code == 1
    assert "Put it in the place of the blog that is here now?" in result.output
    assert rows() == before
    assert run(lived_in, "restore", file, typed="y\n").exit_code == 0
    assert rows() != before


def test_a_database_that_is_damaged_inside_changes_nothing(lived_in: Flask, file: Path) -> None:
    def spoil(content: dict[str, bytes], _manifest: dict[str, Any]) -> None:
        half = len(content["database"]) // 2
        content["database"] = (
            content["database"][:half] + b"spoilt" + content["database"][half + 6 :]
        )

    before = rows()
    assert run(lived_in, "restore", repacked(file, spoil), "--yes").exit_code in {0, 1}
    changed = repacked(file, lambda content, _manifest: content.update(database=b"spoilt;\n" * 99))
    assert run(lived_in, "restore", changed, "--yes").exit_code == 1
    assert run(lived_in, "restore", file, "--yes").exit_code == 0
    assert rows() == before


@pytest.mark.parametrize("kept", [0, 1, 100, 0.3, 0.9, -1])
def test_what_was_cut_off_is_refused(steady: Flask, steady_file: Path, kept: float) -> None:
    whole = steady_file.read_bytes()
    length = int(kept * len(whole)) if isinstance(kept, float) else kept
    steady_file.write_bytes(whole[:length])
    assert_refused(steady, steady_file, "cannot be restored")


@pytest.mark.parametrize("place", [0.01, 0.2, 0.5, 0.8, 0.99])
def test_a_changed_byte_is_noticed(steady: Flask, steady_file: Path, place: float) -> None:
    content = bytearray(steady_file.read_bytes())
    content[int(place * len(content))] ^= 0x55
    steady_file.write_bytes(content)
    assert_refused(steady, steady_file, "cannot be restored")


def test_a_changed_part_is_noticed(steady: Flask, steady_file: Path) -> None:
    content = parts(steady_file)
    content["media/ab/picture.png"] = b"another picture"
    packed(steady_file, [entry(*part) for part in content.items()])
    assert_refused(steady, steady_file, "what is in it is not what was put in")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        gzip.compress(b""),
        gzip.compress(b"not a tar"),
        gzip.compress(b"\x00" * 10_240),
    ],
    ids=["empty", "a picture", "nothing", "no tar", "an empty tar"],
)
def test_what_is_no_backup_is_refused(steady: Flask, steady_file: Path, content: bytes) -> None:
    steady_file.write_bytes(content)
    assert_refused(steady, steady_file, "cannot be restored")


def test_a_file_that_is_not_there_is_named(steady: Flask, steady_file: Path) -> None:
    assert_refused(steady, steady_file.with_name("elsewhere"), "No such file")
    assert_refused(steady, steady_file.parent, "cannot be restored")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"format": 2}, "newer Afterword"),
        ({"revision": "9999"}, "newer Afterword"),
        ({"kind": "oracle"}, "It holds a oracle database"),
        ({"parts": "many"}, "list of contents"),
        ({"surprise": 1}, "list of contents"),
        ({"format": None}, "list of contents"),
    ],
)
def test_what_this_version_cannot_read_is_refused(
    steady: Flask, steady_file: Path, values: dict[str, Any], words: str
) -> None:
    content = parts(steady_file)
    manifest = {**json.loads(content.pop("manifest.json")), **values}
    content["manifest.json"] = json.dumps(manifest).encode()
    packed(steady_file, [entry(*part) for part in content.items()])
    assert_refused(steady, steady_file, words)


def test_one_kind_of_database_is_not_restored_to_the_other(
    steady: Flask, steady_file: Path
) -> None:
    other = "postgresql" if db.engine.dialect.name == "sqlite" else "sqlite"
    changed = repacked(steady_file, lambda _parts, manifest: manifest.update(kind=other))
    assert_refused(steady, changed, "and this blog is kept in")


def trick(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = link
    return info


@pytest.mark.parametrize(
    "info",
    [
        trick("/tmp/absolute"),
        trick("../outside"),
        trick("media/../../outside"),
        trick("media/./dot"),
        trick("media"),
        trick("media", tarfile.SYMTYPE, "/tmp"),
        trick("media/link", tarfile.SYMTYPE, "/etc/passwd"),
        trick("media/hard", tarfile.LNKTYPE, "database"),
        trick("media/device", tarfile.CHRTYPE),
        trick("media/pipe", tarfile.FIFOTYPE),
        trick("media/folder", tarfile.DIRTYPE),
        trick("media\\..\\outside"),
        trick("app.py"),
        trick("database"),
        trick(""),
    ],
    ids=lambda info: info.name or "nameless",
)
def test_tricks_with_names_and_links_are_refused(
    steady: Flask, steady_file: Path, info: tarfile.TarInfo
) -> None:
    content = parts(steady_file)
    manifest = json.loads(content.pop("manifest.json"))
    manifest["parts"][info.name] = {"size": 0, "sha256": hashlib.sha256(b"").hexdigest()}
    entries = [entry(*part) for part in content.items()]
    entries += [(info, b""), entry("manifest.json", json.dumps(manifest).encode())]
    assert_refused(steady, packed(steady_file, entries), "cannot be restored")


def test_nothing_follows_the_list_of_contents(steady: Flask, steady_file: Path) -> None:
    entries = [entry(*part) for part in parts(steady_file).items()]
    packed(steady_file, [*entries, entry("media/late", b"")])
    assert_refused(steady, steady_file, "did not put there")


@on_sqlite
def test_a_damaged_blog_can_be_replaced_and_is_kept(lived_in: Flask, file: Path) -> None:
    before = rows()
    path = dumps.sqlite_file()
    db.session.remove()
    db.engine.dispose()
    path.write_bytes(b"spoilt" * 1000)
    result = run(lived_in, "restore", file, "--yes")
    assert result.exit_code == 0, result.output
    assert rows() == before
    (aside,) = (lived_in.config["INSTANCE"] / "backups").iterdir()
    assert (aside / path.name).read_bytes() == b"spoilt" * 1000


@on_sqlite
def test_what_stands_in_the_log_of_sqlite_is_neither_lost_nor_replayed(
    lived_in: Flask, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar.gz"
    path = dumps.sqlite_file()
    db.engine.dispose()
    # As a killed server leaves it: the newest rows are in the log alone.
    with closing(sqlite3.connect(path)) as killed:
        killed.execute("PRAGMA wal_autocheckpoint=0")
        killed.execute("UPDATE post SET title = 'in the log'")
        killed.commit()
        for suffix in ("", "-wal"):
            shutil.copy(f"{path}{suffix}", tmp_path / f"left{suffix}")
    for suffix in ("", "-wal"):
        shutil.copy(tmp_path / f"left{suffix}", f"{path}{suffix}")
    assert run(lived_in, "backup", file).exit_code == 0
    with write_tx() as session:
        session.execute(sa.text("UPDATE post SET title = 'later'"))
    assert run(lived_in, "restore", file, "--yes").exit_code == 0
    assert set(db.session.scalars(sa.select(Post.title))) == {"in the log"}


@pytest.fixture
def postgres(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A blog on PostgreSQL."""
    with blank_blog("postgresql", request, tmp_path) as app:
        upgrades.upgrade()
        yield app


def test_without_pg_dump_postgresql_is_not_backed_up(
    postgres: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = postgres.test_cli_runner().invoke(args=["backup", str(tmp_path / "backup.tar.gz")])
    assert result.exit_code == 1
    assert "apt install postgresql-client" in result.output


def test_an_old_pg_dump_is_named(
    postgres: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'aborting because of server version mismatch' >&2\nexit 1\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    result = postgres.test_cli_runner().invoke(args=["backup", str(tmp_path / "backup.tar.gz")])
    assert result.exit_code == 1
    assert "It is older than the server" in result.output
    assert not (tmp_path / "backup.tar.gz").exists()


def test_tables_of_the_same_names_in_another_schema_are_left_alone(
    postgres: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write_tx() as session:
        session.execute(sa.text("CREATE SCHEMA ours"))
    write("Somebody else's")
    monkeypatch.setenv("PGOPTIONS", "-c search_path=ours,public")
    dump = tmp_path / "database"
    dump.write_text("CREATE TABLE ours.sign_in (id integer);\n")
    dumps.load(dump)
    with db.engine.connect() as connection:
        titles = connection.execute(sa.text("SELECT title FROM public.post")).scalars().all()
    assert titles == ["Somebody else's"]


def test_a_dump_runs_no_programs(postgres: Flask, tmp_path: Path) -> None:
    forged = tmp_path / "database"
    forged.write_text(f"SELECT 1;\n\\! touch {tmp_path / 'harm'}\n")
    with pytest.raises(dumps.DumpFailed, match="not written by pg_dump"):
        dumps.load(forged)
    assert not (tmp_path / "harm").exists()
    assert upgrades.present_revision() is not None  # and the tables are still there


def test_the_password_is_not_in_the_list_of_processes() -> None:
    url = sa.make_url("postgresql+psycopg://olga:secret@db.example:5433/blog?sslmode=require")
    address, environment = dumps._for_libpq(url)
    assert address == "postgresql://olga@db.example:5433/blog?sslmode=require"
    assert environment["PGPASSWORD"] == "secret"
