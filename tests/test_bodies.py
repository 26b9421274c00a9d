"""Bodies that arrive slowly: they keep some threads, and never all."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from werkzeug.exceptions import ServiceUnavailable

from blog.bodies import MOST, MOST_OF_ONE, Bodies
from blog.gate import READERS_BYTES
from blog.serving import THREADS
from tests.browser import BASE_URL, Browser
from tests.comments.conversation import POST

PATIENCE = 10


class Dripping:
    """A body that does not come before it is let go."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.let_go = threading.Event()

    def read(self, _size: int) -> bytes:
        """Wait for it."""
        self.asked.set()
        assert self.let_go.wait(PATIENCE)
        return b""


def application(environ: dict[str, Any], _start_response: object) -> list[bytes]:
    return [environ["wsgi.input"].read(1000)]


@pytest.fixture
def bodies() -> Bodies:
    """The middleware, before an application that does nothing but read."""
    return Bodies(application)


def send(bodies: Bodies, body: Any, sender: str) -> list[bytes]:
    environ = {"wsgi.input": body, "REMOTE_ADDR": sender}
    return list(bodies(environ, None))


@contextmanager
def slowly(bodies: Bodies, sender: str) -> Iterator[None]:
    """Somebody sends a body and does not finish."""
    body = Dripping()
    thread = threading.Thread(target=send, args=(bodies, body, sender))
    thread.start()
    assert body.asked.wait(PATIENCE)
    yield
    body.let_go.set()
    thread.join(PATIENCE)


def test_threads_are_left_for_those_who_send_nothing() -> None:
    assert MOST_OF_ONE < MOST <= THREADS // 2


def test_one_who_sends_slowly_gets_few_places_and_others_have_theirs(bodies: Bodies) -> None:
    with ExitStack() as slow:
        for host in range(MOST_OF_ONE):  # an IPv6 network is one sender
            slow.enter_context(slowly(bodies, f"2001:db8::{host + 1}"))
        with pytest.raises(ServiceUnavailable):
            send(bodies, BytesIO(b"Hum!"), "2001:db8::99")
        assert send(bodies, BytesIO(b"Hum!"), "192.0.2.7") == [b"Hum!"]
    assert send(bodies, BytesIO(b"Hum!"), "2001:db8::99") == [b"Hum!"]


def test_many_who_send_slowly_get_no_more_places_than_there_are(bodies: Bodies) -> None:
    with ExitStack() as slow:
        for host in range(MOST):
            slow.enter_context(slowly(bodies, f"203.0.113.{host + 1}"))
        with pytest.raises(ServiceUnavailable):
            send(bodies, BytesIO(b"Hum!"), "192.0.2.7")
    assert send(bodies, BytesIO(b"Hum!"), "192.0.2.7") == [b"Hum!"]


def test_whoever_finds_all_places_taken_for_a_moment_waits_for_one(
    bodies: Bodies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blog.bodies.MOMENT_SECONDS", PATIENCE)
    with ExitStack() as busy:
        for _time in range(MOST_OF_ONE):
            busy.enter_context(slowly(bodies, "192.0.2.7"))
        done = threading.Timer(0.02, busy.close)
        done.start()
        assert send(bodies, BytesIO(b"Hum!"), "192.0.2.7") == [b"Hum!"]
        done.join()


@pytest.mark.one_database
def test_a_reply_that_finds_no_place_is_told_so_on_a_page_of_the_site(
    app: Flask, post: object, rita: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    rita.get(POST)
    monkeypatch.setattr("blog.bodies.MOST", 0)
    answer = rita.post(f"{POST}/comments", {"body": "Hum!"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Nothing was changed" in rita.text
    assert rita.get(POST).status_code == 200


@pytest.mark.one_database
def test_who_sends_too_much_is_heard_out_so_that_they_hear_the_answer(
    app: Flask, post: object, rita: Browser
) -> None:
    body = BytesIO(b"b" * (READERS_BYTES + 1))
    form = "application/x-www-form-urlencoded"
    length = str(READERS_BYTES + 1)
    headers = {"Origin": BASE_URL, "Content-Type": form, "Content-Length": length}
    answer = rita.client.post(f"{POST}/comments", input_stream=body, headers=headers)
    assert (answer.status_code, body.read()) == (413, b"")
