"""A reader of feeds: a program that knows nothing of us (feedparser), and a strict parser beside it."""

import json
from typing import Any
from xml.etree import ElementTree

import feedparser

from tests.browser import Browser

ATOM = "{http://www.w3.org/2005/Atom}"
THR = "{http://purl.org/syndication/thread/1.0}"
SLASH = "{http://purl.org/rss/1.0/modules/slash/}"
WFW = "{http://wellformedweb.org/CommentAPI/}"


def read(browser: Browser, path: str) -> Any:
    """The feed at this address, as feedparser understands it; it has nothing to complain of."""
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return parsed(answer.data)


def parsed(document: bytes) -> Any:
    """What feedparser understands. The HTML is left as it came, so that it can be compared."""
    found = feedparser.parse(document, sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, found.get("bozo_exception")
    return found


def tree(browser: Browser, path: str) -> ElementTree.Element:
    """The same, for what feedparser does not understand: the elements as a strict parser finds them."""
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return ElementTree.fromstring(answer.data)


def read_json(browser: Browser, path: str) -> Any:
    """A JSON Feed. It has all that the specification asks of every one (jsonfeed.org/version/1.1)."""
    feed = json.loads(browser.get(path).data)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(feed["title"], str)
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert isinstance(item["content_html"], str)
    return feed


def titles(browser: Browser, path: str) -> list[str]:
    """The titles of what a feed holds, from the top; nothing is left of a feed that is not there."""
    if browser.get(path).status_code != 200:
        return []
    if path.endswith(".json"):
        return [item["title"] for item in read_json(browser, path)["items"]]
    return [entry.title for entry in read(browser, path).entries]
