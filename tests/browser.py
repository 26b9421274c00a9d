"""A browser for tests: it keeps cookies, says where it comes from, and sends forms with all their fields."""

import re
from copy import copy
from html import unescape
from http.cookies import SimpleCookie
from typing import Any, Self
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

BASE_URL = "http://127.0.0.1:8000"

# A tree takes as long as the page took to render; for its words, or one of its forms, none is needed.
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
UNSEEN = re.compile(r"<!--.*?-->|<(script|style|template)\b.*?</\1>", re.DOTALL)
TAG = re.compile(r"""<(?:"[^"]*"|'[^']*'|[^'">])*>""")


class Browser:
    """One person's browser. `page` is the last page as a tree, `answer` the last answer."""

    def __init__(self, app: Flask, base_url: str = BASE_URL, address: str = "127.0.0.1") -> None:
        self.client = app.test_client()
        self.base_url = base_url
        self.address = address
        self.answer: TestResponse | None = None
        self._page: BeautifulSoup | None = None

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open an address, and go where it leads."""
        options.setdefault("follow_redirects", True)
        return self.open("GET", path, **options)

    def read(self, path: str) -> str:
        """Open an address; what the page says."""
        self.get(path)
        return self.text

    def post(
        self, path: str, data: Any = None, *, follow: bool = False, **options: Any
    ) -> TestResponse:
        """Send a form from a page of ours. What it leads to is not opened, unless `follow`."""
        headers = {"Origin": self.base_url, **options.pop("headers", {})}
        headers = {name: value for name, value in headers.items() if value is not None}
        return self.open(
            "POST", path, data=data, headers=headers, follow_redirects=follow, **options
        )

    def submit(
        self,
        path: str | None,
        data: dict[str, Any] | None = None,
        *,
        form: str | None = None,
        button: str | None = None,
        **options: Any,
    ) -> TestResponse:
        """Open a page (None: stay), fill in the first form that has these fields, press its button.

        `form` is a CSS selector where that is not clear; `button` the words on the button.
        """
        if path is not None:
            self.get(path)
        data = data or {}
        chosen = self._form(set(data), form, button)
        fields = {**fields_of(chosen), **self._fields_elsewhere(chosen), **data}
        fields = {name: value for name, value in fields.items() if value is not None}
        return self.post(_action(chosen, self.forms, button, self.path), fields, **options)

    def _fields_elsewhere(self, form: Tag) -> dict[str, Any]:
        if not form.get("id"):
            return {}
        around = BeautifulSoup("<form></form>", "html.parser").form
        assert around is not None
        for field in _elsewhere(form, self.forms, "input", "textarea", "select"):
            around.append(copy(field))
        return fields_of(around)

    @property
    def page(self) -> BeautifulSoup:
        """The last page as a tree."""
        if self._page is None:
            self._page = BeautifulSoup(self.source, "html.parser")
        return self._page

    @property
    def forms(self) -> BeautifulSoup:
        """The forms of the last page as a tree, without what stands around them."""
        if self._page is not None or ' form="' in self.source:  # a field elsewhere is one of theirs
            return self.page
        return BeautifulSoup("".join(FORM.findall(self.source)), "html.parser")

    @property
    def source(self) -> str:
        """The last page as it was sent."""
        assert self.answer is not None
        return self.answer.get_data(as_text=True)

    @property
    def text(self) -> str:
        """What the last page says, with white space folded."""
        if self._page is not None or not self.source.startswith("<!doctype html>"):
            return " ".join(self.page.get_text(" ").split())
        return " ".join(unescape(TAG.sub(" ", UNSEEN.sub(" ", self.source))).split())

    @property
    def path(self) -> str:
        """Where this browser is."""
        assert self.answer is not None
        return self.answer.request.full_path.rstrip("?")

    @property
    def errors(self) -> dict[str, str]:
        """What the last page says is wrong, by field."""
        lists = self.page.select("ul.field-errors")
        return {
            str(found["id"]).removesuffix("-errors"): found.get_text(" ", strip=True)
            for found in lists
        }

    def signed_in(self, email: str, password: str) -> Self:
        """The same browser, signed in."""
        answer = self.submit("/login", {"email": email, "password": password})
        assert answer.status_code == 303, self.text
        return self

    def given_cookies(self, answer: Response) -> Self:
        """The same browser, after an answer that it did not have to ask for."""
        host = urlsplit(self.base_url).hostname or ""
        for line in answer.headers.getlist("Set-Cookie"):
            for name, cookie in SimpleCookie(line).items():
                self.client.set_cookie(name, cookie.value, domain=host)
        return self

    def open(self, method: str, path: str, **options: Any) -> TestResponse:
        """Send any request, with nothing that a page of ours would add to it."""
        options.setdefault("buffered", True)  # or a file stays open until nobody reads it
        options.setdefault("environ_overrides", {"REMOTE_ADDR": self.address})
        self.answer = self.client.open(path, method=method, base_url=self.base_url, **options)
        self._page = None
        return self.answer

    def _form(self, names: set[str], selector: str | None, button: str | None) -> Tag:
        page = self.page if selector else self.forms
        for candidate in page.select(selector) if selector else page.find_all("form"):
            labels = {found.get_text(strip=True) for found in _buttons(candidate, page)}
            if names <= _names(candidate, page) and (button is None or button in labels):
                return candidate
        raise AssertionError(f"no form with {names}, {button} on {self.path}: {self.text[:500]}")


def _elsewhere(form: Tag, page: BeautifulSoup, *kinds: str) -> list[Tag]:
    """What stands elsewhere on the page and belongs to a form."""
    return page.find_all(kinds, attrs={"form": form["id"]}) if form.get("id") else []


def _buttons(form: Tag, page: BeautifulSoup) -> list[Tag]:
    return [*form.find_all("button"), *_elsewhere(form, page, "button")]


def _names(form: Tag, page: BeautifulSoup) -> set[str]:
    """The names of the fields of a form, and of those elsewhere on the page that belong to it."""
    linked = page.find_all(attrs={"name": True, "form": form["id"]}) if form.get("id") else []
    return {str(field["name"]) for field in [*form.find_all(attrs={"name": True}), *linked]}


def fields_of(form: Tag) -> dict[str, Any]:
    """The fields of a form as a browser sends them when nobody touches it."""
    fields: dict[str, Any] = {}
    for field in form.find_all(["input", "textarea"], attrs={"name": True}):
        kind = field.get("type", "text")
        if kind in {"checkbox", "radio"} and not field.has_attr("checked"):
            continue
        # A browser leaves out the line end that follows <textarea>.
        value = field.get("value", "") if field.name == "input" else _typed(field)
        fields[str(field["name"])] = value if kind != "checkbox" else field.get("value", "on")
    for field in form.find_all("select", attrs={"name": True}):
        chosen = field.select_one("option[selected]") or field.select_one("option")
        if chosen is not None:
            fields[str(field["name"])] = chosen.get("value", chosen.get_text())
    return fields


def _typed(area: Tag) -> str:
    return area.get_text().removeprefix("\r\n").removeprefix("\n")


def _action(form: Tag, page: BeautifulSoup, button: str | None, here: str) -> str:
    for found in _buttons(form, page):
        if button is not None and found.get_text(strip=True) == button and found.get("formaction"):
            return str(found["formaction"])
    return str(form.get("action") or here)


def path_of(answer: TestResponse) -> str:
    """Where an answer leads, without host and anchor."""
    parts = urlsplit(answer.headers["Location"])
    return parts.path + (f"?{parts.query}" if parts.query else "")
