"""A person's browser, as far as a server can tell: it keeps the connection and cookies, says where a
form was sent from, and sends the fields that it found in it.
"""

import gzip
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from http.cookies import SimpleCookie
from typing import Self
from urllib.parse import urlencode, urlsplit

from bs4 import BeautifulSoup

from bench.trouble import CannotMeasure

FORM = "application/x-www-form-urlencoded"
PATIENCE_SECONDS = 30
# A server hangs up on whoever is silent for long (granian after 30 seconds): then a new connection is made.
SILENT_SECONDS = 10


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """The body as a person reads it."""
        packed = self.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()


class Browser:
    """One connection to one server. `address` is where it seems to sit, of all that 127/8 offers."""

    def __init__(self, url: str, address: str = "127.0.0.1") -> None:
        self.url = url
        host = urlsplit(url).netloc
        self._connection = HTTPConnection(
            host, timeout=PATIENCE_SECONDS, source_address=(address, 0)
        )
        self._cookies: dict[str, str] = {}
        self._asked = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def get(self, path: str, expected: int = 200, **headers: str) -> Answer:
        """Ask for an address. Raises CannotMeasure for another status."""
        return self._ask("GET", path, None, expected, headers)

    def post(self, path: str, fields: dict[str, str], expected: int = 303) -> Answer:
        """Send a form from a page of the blog's. Raises CannotMeasure for another status."""
        headers = {"Origin": self.url, "Sec-Fetch-Site": "same-origin", "Content-Type": FORM}
        return self._ask("POST", path, urlencode(fields), expected, headers)

    def sign_in(self, email: str, password: str) -> Self:
        """The same browser, signed in."""
        page = self.get("/login").text
        self.post("/login", fields_of(page, "form") | {"email": email, "password": password})
        return self

    def _ask(
        self, method: str, path: str, body: str | None, expected: int, headers: dict[str, str]
    ) -> Answer:
        if self._cookies:
            cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
            headers = {**headers, "Cookie": cookies}
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        if time.monotonic() - self._asked > SILENT_SECONDS:
            self._connection.close()  # the next request opens it again
        self._asked = time.monotonic()
        self._connection.request(method, path, body, names)
        came = self._connection.getresponse()
        answer = Answer(came.status, came.headers, came.read())
        if answer.status != expected:
            raise CannotMeasure(f"{method} {path}: {answer.status}, and not {expected}")
        for line in came.headers.get_all("Set-Cookie", ()):
            self._cookies.update({name: m.value for name, m in SimpleCookie(line).items()})
        return answer


def fields_of(page: str, form: str) -> dict[str, str]:
    """The hidden fields and the empty ones of a form, which a CSS selector finds."""
    found = BeautifulSoup(page, "html.parser").select_one(form)
    if found is None:
        raise CannotMeasure(f"no {form} on the page: {page[:2000]}")
    fields = found.select("input[name]:not([type=checkbox])")
    return {str(field["name"]): str(field.get("value", "")) for field in fields}
