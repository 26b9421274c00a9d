"""What the tests in a real browser share: Chromium, and a blog that `flask serve` serves."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, sync_playwright

from blog.config import ROOT

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
# It asks nobody on the network for anything of its own.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

BOOT_SECONDS = 60  # a busy machine that makes its first database
PATIENCE = 15_000  # milliseconds that a page may take, on the same machine


@dataclass(frozen=True)
class Served:
    """A blog that is served: its address, and the link by which its author sets it up."""

    url: str
    set_up_link: str


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    if not Path(CHROMIUM).exists():
        words = "Chromium is not installed (apt install chromium), so no browser test was run."
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A new blog, started the way an operator starts it, on a port that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("BLOG_")}
    said = tmp_path / "said"
    with said.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "flask", "serve", "--port", str(port)],
            cwd=ROOT,
            env={
                **environ,
                "BLOG_INSTANCE": str(tmp_path / "instance"),
                "BLOG_REPLY_INTERVAL": "0",
                "BLOG_REPLY_MIN_SECONDS": "0",
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(process, said, port)
        [link] = re.findall(r"http://\S+/setup/\S+", said.read_text())
        yield Served(f"http://127.0.0.1:{port}", link)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=BOOT_SECONDS)


@pytest.fixture
def open_browser(chromium: Browser, served: Served) -> Iterator[Callable[..., Page]]:
    """One more browser of somebody nobody knows; `java_script_enabled=False` switches scripts off."""
    contexts = []

    def open_browser(**options: bool) -> Page:
        context = chromium.new_context(base_url=served.url, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context.new_page()

    yield open_browser
    for context in contexts:
        context.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the console said, and what was asked of other hosts."""
    return []


@pytest.fixture
def person(
    open_browser: Callable[..., Page], served: Served, complaints: list[str]
) -> Callable[[], Page]:
    """Somebody whose browser tells us what it does."""

    def person() -> Page:
        page = open_browser()
        page.on("console", lambda said: complaints.append(f"{said.location}: {said.text}"))
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("request", lambda request: notice(request.url))
        page.on("requestfailed", failed)
        return page

    def failed(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # left behind by whoever went on to the next page
            complaints.append(f"failed: {request.url}: {request.failure}")

    def notice(url: str) -> None:
        if urlsplit(url).netloc != urlsplit(served.url).netloc:
            complaints.append(f"asked: {url}")

    return person


def field(page: Page, label: str) -> Locator:
    """The field whose label begins with this word: others have it in a sentence."""
    return page.get_by_label(re.compile(f"^{re.escape(label)}"))


def wait_for(process: subprocess.Popen[bytes], said: Path, port: int) -> None:
    """Wait until the server answers; what it said is shown if it never does."""
    import time

    end = time.monotonic() + BOOT_SECONDS
    while process.poll() is None and time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"flask serve does not answer: {said.read_text()}")
