"""The drill of a post to come: published for two seconds ahead in Chromium, with JavaScript off."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.chromium.conftest import Served
from tests.chromium.test_whole_path import PASSWORD, fill, press

pytestmark = [pytest.mark.browser, pytest.mark.drill]

# The last page of before is fetched, and so stored, no earlier than this before the time comes.
SHORTLY_BEFORE = 0.3


def test_a_post_for_two_seconds_ahead_is_there_then_and_not_before(
    served: Served, open_browser: Callable[..., Page]
) -> None:
    olga = open_browser(java_script_enabled=False)
    olga.goto(served.set_up_link)
    fill(olga, {"Name": "Olga", "E-mail": "olga@example.org", "New password": PASSWORD})
    press(olga, "Begin")
    olga.goto(f"{served.url}/desk/posts/new")
    fill(olga, {"Title": "On bees", "Text": "Bees hum."})
    press(olga, "Save draft")
    comes = datetime.now(UTC).replace(microsecond=0) + timedelta(
        seconds=3
    )  # two, and a part of one
    fill(olga, {"Publish on": comes.strftime("%Y-%m-%dT%H:%M:%S")})
    press(olga, "Publish")
    expect(olga.get_by_text("To come", exact=True)).to_be_visible()
    paths = ("/posts/on-bees", "/", "/feed.xml", "/sitemap.xml", "/archive")
    before = [is_there(served, path) for path in paths]
    while datetime.now(UTC) < comes - timedelta(seconds=SHORTLY_BEFORE):
        before = [is_there(served, path) for path in paths]
        time.sleep(SHORTLY_BEFORE / 2)
    assert before == [False] * len(paths)
    time.sleep(max(0.0, (comes - datetime.now(UTC)).total_seconds()))
    assert [is_there(served, path) for path in paths] == [True] * len(paths)


def is_there(served: Served, path: str) -> bool:
    """Whether a stranger finds the post on this page now."""
    try:
        with urlopen(served.url + path, timeout=10) as answer:
            return b"on-bees" in answer.read()
    except HTTPError as error:
        with error:
            return False
