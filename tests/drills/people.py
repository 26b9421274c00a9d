"""People who ask a running server over and over, each over a connection of their own that stays open."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from itertools import count
from typing import NamedTuple, Self
from urllib.parse import urlencode

from bs4 import BeautifulSoup
from flask import Flask, session
from flask_wtf.csrf import generate_csrf

from blog.auth import sessions
from blog.auth.models import Role, User
from blog.database import write_tx
from tests.browser import fields_of
from tests.server import Server

POST = "/posts/welcome"
TIMEOUT = 20
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Answer(NamedTuple):
    """What came back, and how many seconds it took."""

    status: int
    text: str
    headers: dict[str, str]
    took: float


class Person:
    """A browser that keeps its connection. Errors of the connection are raised."""

    def __init__(self, server: Server, cookie: str = "") -> None:
        self.server = server
        self.headers = {"Cookie": cookie} if cookie else {}
        self.connection = HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def get(self, path: str) -> Answer:
        """Open an address."""
        return self._ask("GET", path, None, self.headers)

    def send(self, path: str, fields: dict[str, str]) -> Answer:
        """Send a form from a page of ours."""
        headers = {**self.headers, **FORM, "Origin": self.server.url}
        return self._ask("POST", path, urlencode(fields), headers)

    def form(self, path: str = POST) -> dict[str, str]:
        """The fields of the form "Leave a Reply", filled in."""
        return reply_in(self.get(path).text)

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        begun = time.monotonic()
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        return Answer(answer.status, text, dict(answer.getheaders()), time.monotonic() - begun)


def reply_in(page: str) -> dict[str, str]:
    """The fields of the form "Leave a Reply" on a page, filled in."""
    form = BeautifulSoup(page, "html.parser").select_one("form[action$='/comments']")
    assert form is not None, page
    typed = {"name": "Rita", "email": "rita@example.org", "body": "Hum."}
    return {**typed, **{name: value for name, value in fields_of(form).items() if value}}


class _Busy(threading.Thread):
    """Somebody who does something over and over, until it is over. Then a lost connection is none."""

    def __init__(self, server: Server, over: threading.Event, name: str = "") -> None:
        super().__init__(name=name or None)
        self.person = Person(server)
        self.over = over
        self.error: BaseException | None = None

    def run(self) -> None:
        """Do it, and keep what goes wrong."""
        try:
            with self.person:
                for _done in self.do():
                    if self.over.is_set():
                        return
        except (OSError, HTTPException) as error:
            self.error = None if self.over.is_set() else error
        except Exception as error:
            self.error = error

    def do(self) -> Iterator[None]:
        """Do it once more each time."""
        raise NotImplementedError


class Writer(_Busy):
    """Somebody who replies over and over, and keeps every reply that was acknowledged."""

    def __init__(self, server: Server, over: threading.Event, name: str) -> None:
        super().__init__(server, over, name)
        self.acknowledged: list[str] = []

    def do(self) -> Iterator[None]:
        """Reply."""
        form = self.person.form()
        for number in count():
            body = f"{self.name}, number {number}."
            answer = self.person.send(f"{POST}/comments", {**form, "body": body})
            assert answer.status == 303, answer.text
            self.acknowledged.append(body)
            yield


class Typist(_Busy):
    """The author's browser: it keeps what she types on a post of hers, over and over."""

    def __init__(self, server: Server, over: threading.Event, author: "Author") -> None:
        super().__init__(server, over)
        self.person = Person(server, author.cookie)
        self.token = author.token
        self.acknowledged = ""

    def do(self) -> Iterator[None]:
        """Type one word more, and keep it. Restarted, it goes on with what is there."""
        sheet = {"csrf_token": self.token, "title": "Typed", "base": "0", "sitting": "a sitting"}
        at, typed = "/desk/posts/autosave", ""
        for number in count(1):
            typed += f"word {number} "
            answer = self.person.send(at, {**sheet, "body": typed, "turn": str(number)})
            assert answer.status in {200, 201}, answer.text
            kept = json.loads(answer.text)
            sheet["base"], at = str(kept["version"]), kept["autosave"]
            self.acknowledged = typed
            yield


class Reader(_Busy):
    """Somebody who reads over and over. Everything but a page is an error."""

    pages = (POST, "/", "/feed.xml")

    def __init__(self, server: Server, over: threading.Event) -> None:
        super().__init__(server, over)
        self.read = 0
        self.slowest = 0.0

    def do(self) -> Iterator[None]:
        """Read."""
        for number in count():
            answer = self.person.get(self.pages[number % len(self.pages)])
            assert answer.status == 200, answer.text
            self.read += 1
            self.slowest = max(self.slowest, answer.took)
            yield


@contextmanager
def reading(server: Server, number: int) -> Iterator[list[Reader]]:
    """So many readers meanwhile. None of them sees anything but pages, and all go on to the end."""
    over = threading.Event()
    readers = [Reader(server, over) for _ in range(number)]
    for reader in readers:
        reader.start()
    yield readers
    so_far = [reader.read for reader in readers]
    time.sleep(1)
    over.set()
    for reader in readers:
        reader.join()
    assert [reader.error for reader in readers if reader.error] == []
    assert all(reader.read > before for reader, before in zip(readers, so_far, strict=True))


class Author(NamedTuple):
    """What the author's browser carries: a cookie, and the token of its forms."""

    cookie: str
    token: str


def signed_in(app: Flask) -> Author:
    """The author, with an account, signed in."""
    with app.test_request_context(), write_tx():
        user = User.create(
            role=Role.AUTHOR, name="Olga", email="olga@staff.example", password_hash="none"
        )
        token = generate_csrf()
        entered = sessions.enter(sessions.begin(user))
        app.session_interface.save_session(app, session, entered)
    cookies = [line.partition(";")[0] for line in entered.headers.getlist("Set-Cookie")]
    return Author("; ".join(cookies), token)
