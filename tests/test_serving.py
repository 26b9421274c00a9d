"""`flask serve`, the real thing: what an operator sees from the first start to the last signal."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from blog import clock, config, rerender, serving, text, upgrades
from blog.auth.models import Role, User
from blog.database import write_tx
from blog.extensions import db
from blog.outbox import Outbox, want
from blog.posts.models import Post
from tests.blank import blank_blog, environment
from tests.conftest import DATABASES
from tests.server import Server, free_port, launch

# What takes time and memory, and is there for few: pictures, migrations, translators, new passwords.
LOADED_LATER = {"PIL", "fontTools", "alembic", "flask_migrate", "babel.messages", "zxcvbn"}


@pytest.fixture(params=DATABASES)
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A blog that was never started."""
    with blank_blog(request.param, request, tmp_path) as app:
        yield app


@pytest.fixture
def blank_sqlite(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The same, on SQLite alone."""
    with blank_blog("sqlite", request, tmp_path) as app:
        yield app


def refused(app: Flask, *options: str, **settings: str) -> str:
    """What `flask serve` says when it does not start: in one line, and with 1 as its end."""
    log = app.config["INSTANCE"] / "log"
    with log.open("wb") as file:
        process = launch({**environment(app), **settings}, file, *options)
    assert process.wait(timeout=60) == 1
    said = log.read_text()
    assert said.startswith("Error: ")
    assert said.count("\n") == 1
    return said


def children(process: "subprocess.Popen[bytes]") -> list[int]:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(number) for number in listed.split()]


def is_gone(number: int) -> bool:
    state = Path(f"/proc/{number}/stat")
    try:
        return state.read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.mark.parametrize(
    "blank", ["sqlite", pytest.param("postgresql", marks=pytest.mark.drill)], indirect=True
)
def test_a_new_blog_opens_with_a_welcome_and_a_link_for_its_author(
    blank: Flask, tmp_path: Path
) -> None:
    with Server(environment(blank), tmp_path / "log") as server:
        said = server.said()
        assert f"Afterword is at {server.url}\n" in said
        link = re.search(rf"{server.url}(/setup/\S+)", said)
        assert link is not None
        assert server.get(link[1])[0] == 200
        assert "Welcome to your blog" in server.get("/")[1]
        status, page, _headers = server.get("/posts/welcome")
        assert status == 200
        assert "Rosa" in page
        assert "Tom" not in page  # his reply waits
        assert server.get("/readyz")[0] == 200
        assert server.stop() < 3
        assert re.search(r"INFO worker \d+, stored pages: \d+ hits, [1-9]", server.said())

    with write_tx():
        User.create(role=Role.AUTHOR, name="Olga", email="olga@example.org", password_hash="x")
    with Server(environment(blank), tmp_path / "log2") as server:
        assert server.said() == f"Afterword is at {server.url}\n"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Post)) == 1


@pytest.mark.drill
def test_who_took_everything_down_is_not_welcomed_again(
    blank_sqlite: Flask, tmp_path: Path
) -> None:
    upgrades.upgrade()
    with write_tx():
        User.create(role=Role.AUTHOR, name="Olga", email="olga@example.org", password_hash="x")
    with Server(environment(blank_sqlite), tmp_path / "log") as server:
        assert "Welcome" not in server.get("/")[1]


def test_the_launcher_opens_no_database_and_its_workers_send_the_mail(
    blank_sqlite: Flask, tmp_path: Path
) -> None:
    upgrades.upgrade()
    with Server(environment(blank_sqlite), tmp_path / "log", "--workers", "2") as server:
        assert server.process is not None
        workers = children(server.process)
        assert len(workers) == 2
        opened = [os.readlink(file) for file in Path(f"/proc/{server.process.pid}/fd").iterdir()]
        assert not [name for name in opened if "sqlite" in name]
        with write_tx():
            want("held", "olga@example.org", due=clock.now())
        until = time.monotonic() + 20
        while db.session.scalar(sa.select(Outbox.settled_at)) is None:
            assert time.monotonic() < until, server.said()
            db.session.rollback()
            time.sleep(0.1)


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.drill)]
)
def test_a_signal_stops_everything_even_while_somebody_keeps_a_connection_open(
    blank_sqlite: Flask, tmp_path: Path, number: int
) -> None:
    with Server(environment(blank_sqlite), tmp_path / "log") as server:
        assert server.process is not None
        workers = children(server.process)
        with socket.create_connection(("127.0.0.1", server.port)) as kept_open:
            kept_open.sendall(b"GET /healthz HTTP/1.1\r\nHost: blog\r\n\r\n")
            assert b"200" in kept_open.recv(1000)
            assert server.stop(number) < 3
        assert server.process.returncode == 0
        assert all(is_gone(worker) for worker in workers)
        assert "Traceback" not in server.said()


@pytest.mark.drill
def test_workers_follow_a_launcher_that_was_killed(blank_sqlite: Flask, tmp_path: Path) -> None:
    with Server(environment(blank_sqlite), tmp_path / "log", "--workers", "2") as server:
        assert server.process is not None
        workers = children(server.process)
        server.process.kill()
        until = time.monotonic() + 10
        while not all(is_gone(worker) for worker in workers):
            assert time.monotonic() < until
            time.sleep(0.05)


@pytest.mark.drill
def test_a_worker_that_dies_is_replaced(blank_sqlite: Flask, tmp_path: Path) -> None:
    with Server(environment(blank_sqlite), tmp_path / "log") as server:
        assert server.process is not None
        (worker,) = children(server.process)
        os.kill(worker, signal.SIGKILL)
        until = time.monotonic() + 20
        while True:
            try:
                assert server.get("/")[0] == 200
                break
            except OSError:
                assert time.monotonic() < until
                time.sleep(0.05)
        assert children(server.process) != [worker]


def test_a_port_that_is_taken_is_named(blank_sqlite: Flask) -> None:
    # Not even another blog of the same person, which would share it, may have half of its requests.
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as another:
        port = another.getsockname()[1]
        assert f"Port {port} of 127.0.0.1 is taken" in refused(blank_sqlite, "--port", str(port))


@pytest.mark.parametrize("port", ["0", "65536", "eighty"])
def test_a_port_that_is_none_is_named(blank_sqlite: Flask, port: str) -> None:
    said = blank_sqlite.test_cli_runner().invoke(args=["serve", "--port", port])
    assert said.exit_code == 1
    assert "--port" in said.output
    assert port in said.output


def test_a_host_that_is_not_ours_is_named() -> None:
    with pytest.raises(serving.CannotServe, match=r"'192\.0\.2\.1' is no address of this machine"):
        serving.find("192.0.2.1", free_port())
    with pytest.raises(serving.CannotServe, match="is no address of this machine"):
        serving.find("no such host", free_port())


def test_a_bad_setting_is_named_with_its_remedy_before_anything_listens(
    blank_sqlite: Flask,
) -> None:
    said = refused(blank_sqlite, BLOG_REPLY_INTERVAL="soon")
    assert "BLOG_REPLY_INTERVAL is 'soon': write a number of seconds" in said


def test_a_database_that_cannot_be_reached_is_named_without_its_password(
    blank_sqlite: Flask,
) -> None:
    nobody = f"postgresql://olga:secret@127.0.0.1:{free_port()}/blog"
    said = refused(blank_sqlite, "--port", str(free_port()), BLOG_DATABASE_URL=nobody)
    assert "cannot be reached" in said
    assert "BLOG_DATABASE_URL" in said
    assert "secret" not in said


def test_what_a_newer_version_made_is_not_served(blank_sqlite: Flask) -> None:
    upgrades.upgrade()
    with write_tx() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    assert "newer Afterword" in refused(blank_sqlite, "--port", str(free_port()))


def test_its_own_address_is_the_base_of_its_links(blank_sqlite: Flask) -> None:
    assert serving.Address("127.0.0.1", 9000).url == "http://127.0.0.1:9000"
    assert serving.Address("127.0.0.1", 80).url == "http://127.0.0.1"
    assert serving.Address("::1", 8000).url == "http://[::1]:8000"
    # Everywhere is nowhere a browser could go.
    assert serving.Address("0.0.0.0", 8000).url == "http://127.0.0.1:8000"


def test_whoever_can_be_reached_from_outside_is_told_to_stand_behind_a_proxy(
    blank_sqlite: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    serving._announce(blank_sqlite, serving.Address("127.0.0.1", 8000))
    assert "Caddy" not in capsys.readouterr().out
    serving._announce(blank_sqlite, serving.Address("0.0.0.0", 8000))
    assert "Put Caddy or nginx in front" in capsys.readouterr().out


def test_whoever_starts_an_upgraded_blog_hears_of_texts_that_older_rules_rendered(
    app: Flask,
    post: Post,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with app.app_context():
        for _start in range(2):
            serving._tell_of_old_texts()
            assert capsys.readouterr().out == ""
        monkeypatch.setattr(text, "VERSION", text.VERSION + 1)
        for _start in range(2):
            serving._tell_of_old_texts()
            assert "older rules: 1. To bring them up to date: flask text rerender" in (
                capsys.readouterr().out
            )
        list(rerender.run(everything=False))
        monkeypatch.setattr(rerender, "count", lambda everything: pytest.fail("looked at them all"))
        serving._tell_of_old_texts()
        assert capsys.readouterr().out == ""


def test_a_start_loads_nothing_that_few_need(blank_sqlite: Flask) -> None:
    upgrades.upgrade()
    says = f"import sys; print(*{LOADED_LATER} & {{*sys.modules}})"
    ready = "from app import app; from blog import upgrades; app.app_context().push(); upgrades.upgrade()"
    command = [sys.executable, "-c", f"{ready}; {says}"]
    told = environment(blank_sqlite)
    said = subprocess.run(
        command, cwd=config.ROOT, env=told, capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == []
