"""The drill of the power cut: Olga types, the server dies in the middle of a sentence, and comes back."""

import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.chromium.conftest import PATIENCE
from tests.drills.test_kill import blog_at

pytestmark = [pytest.mark.browser, pytest.mark.drill]

TYPED_FOR = 6  # seconds without a pause
MOST_LOST = 2  # seconds of typing
NEXT_TRY = 40_000  # milliseconds: the longest wait for it is 30 seconds


def test_a_killed_server_takes_two_seconds_of_typing_with_it_at_most_and_gets_them_back(
    chromium: Browser, tmp_path: Path
) -> None:
    folder = tmp_path / "instance"
    server = blog_at(folder, tmp_path / "log")
    tab = chromium.new_page(base_url=server.url)
    tab.set_default_timeout(PATIENCE)
    with server:
        begin(tab, server.said())
        typed = type_without_a_pause(tab)
        server.kill()
    kept = newest(folder)
    lost = [at for number, at in enumerate(typed) if f"w{number} " not in kept]
    assert not lost or typed[-1] - lost[0] < MOST_LOST
    tab.keyboard.type("and on")
    state = tab.locator("#editor-saved")
    expect(state).to_have_text("Not saved: no connection. It is kept in this browser.")
    with server:
        expect(state).to_have_text(re.compile("^Saved"), timeout=NEXT_TRY)
    assert newest(folder) == tab.locator("#body").input_value()
    tab.close()


def begin(tab: Page, said: str) -> None:
    """Olga sets the blog up, and opens an empty sheet."""
    tab.goto(re.findall(r"http://\S+/setup/\S+", said)[0])
    tab.fill("[name=name]", "Olga")
    tab.fill("[name=email]", "olga@example.org")
    tab.fill("[name=password]", "correct horse battery staple")
    tab.click("main button")
    tab.goto("/desk/posts/new")
    tab.locator("#body").focus()


def type_without_a_pause(tab: Page) -> list[float]:
    """Olga types numbered words; when each was there."""
    begun = time.monotonic()
    typed: list[float] = []
    while time.monotonic() - begun < TYPED_FOR:
        tab.keyboard.type(f"w{len(typed)} ", delay=20)
        typed.append(time.monotonic())
    return typed


def newest(folder: Path) -> str:
    """What the server has."""
    with closing(sqlite3.connect(folder / "blog.sqlite3")) as database:
        query = "SELECT source FROM revision ORDER BY id DESC LIMIT 1"
        return str(database.execute(query).fetchone()[0])
