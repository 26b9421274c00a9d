"""Everybody can use every page: axe finds nothing in either scheme, and judge.js asks what axe does not.

Pages come from the URL map, so a new page is judged as soon as it is there.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from flask import Flask, abort
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from blog import keys
from blog.auth import links
from blog.auth.models import Role
from blog.clock import now
from blog.comments.acts import Status
from blog.comments.models import Comment, Words
from blog.database import write_tx
from blog.gate import public
from blog.posts.models import Post
from blog.site.models import Site
from blog.text import render_comment
from tests.browser import Browser
from tests.chromium.conftest import PATIENCE
from tests.conftest import MakeBrowser, MakePost
from tests.lived_in import kind, live_in
from tests.server import free_port

# A page looks the same whatever database stands behind it.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database,
]

ERRORS = (400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503)

# WCAG 2.2 AA takes in what came before it. axe leaves the size of targets out unless asked.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
    "preload": False,
}
AXE = "options => axe.run(options).then(found => found.violations)"
# A scheme changes colours and nothing else: what is no matter of colour is judged in one of them.
ASKED_IN = {
    "light": {"type": "tag", "values": TAGS},
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
JUDGE = (Path(__file__).parent / "judge.js").read_text(encoding="utf-8")

WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
ZOOMED = {"width": 320, "height": 256}  # CSS pixels of 1280 by 1024 at 400 % (WCAG 2.2, 1.4.10)

# Where the keyboard walks: everything that can be stopped at stands on one of these.
WALKED = ("/", "/posts/on-bees", "/moderation", "/moderation/comments/1", "/desk/posts/1")
STOPS = 150  # no page has as many

# What an author or a reader may write, at its widest.
ENDLESS = "Donaudampfschifffahrtsgesellschaft" * 2
EVERYTHING = f"""
## A part

{"long" * 60} https://example.org/{"path/" * 40} `{"code" * 40}` **strong**, *stressed*, ~~struck~~[^1]

| {" | ".join("abcdefgh")} |
|{"---|" * 8}
| {" | ".join(["a cell of words"] * 8)} |

```python
bees = "{"hum " * 60}"
```

> A quotation
>
> > in a quotation
> >
> > > in another one

- [ ] to do
- done

1. one
   1. and one more

### A smaller part

[^1]: A note.
"""
# The same from the right, and each thing in letters of either direction.
FROM_THE_RIGHT = f"""
نحل كثير يطن طول اليوم.[^1] {"long" * 60}

| الاسم | Way | العدد |
|---|:-:|--:|
| نحلة | GET /bees, please. | 12 |
| A bee, here. | {"طويل" * 20} | 1,200 |
| 2026 | POST | كثير |

- [ ] مهمة
- [x] a task in other letters, long enough to be wrapped on a phone
- بند
  - an item
    - بند

1. أول

   فقرة

2. second

   ```python
   bees = "{"hum " * 60}"
   ```

> اقتباس
>
> > in a quotation

[^1]: ملاحظة.
"""
DEEP = 7  # deeper than a thread is indented

# Empties the fields of a form and sends it, whatever a script would rather do.
SEND_EMPTY = """form => {
  const typed = "textarea, input:not([type=hidden], [type=checkbox], [type=radio])";
  for (const field of form.querySelectorAll(typed)) field.value = "";
  HTMLFormElement.prototype.submit.call(form);
}"""


@pytest.fixture
def settings() -> dict[str, str]:
    """The blog of this module is served, at a port of its own."""
    return {"BLOG_BASE_URL": f"http://127.0.0.1:{free_port()}"}


@pytest.fixture
def browser(app: Flask) -> MakeBrowser:
    """People's browsers know where this blog is."""
    return lambda **options: Browser(app, app.config["BASE_URL"], **options)


@pytest.fixture
def failing(app: Flask) -> str:
    """The beginning of addresses whose views fail with the status at their end."""

    @public
    def fail(status: int) -> str:
        abort(status)

    app.add_url_rule("/failing/<int:status>", view_func=fail)
    return "/failing/"


@pytest.fixture
def site(app: Flask, caplog: pytest.LogCaptureFixture) -> Iterator[str]:
    """Where the application of the test is served, over HTTP, from a thread."""
    caplog.set_level(logging.ERROR, logger="werkzeug")
    url: str = app.config["BASE_URL"]
    server = make_server("127.0.0.1", urlsplit(url).port or 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield url
    server.shutdown()
    thread.join()
    server.server_close()
    let_finish("process_request_thread")


def let_finish(work: str) -> None:
    """Wait, but not for ever, for threads that still answer: a page that closes saves its last words."""
    end = time.monotonic() + 2
    for thread in threading.enumerate():
        if work in thread.name:
            thread.join(max(0, end - time.monotonic()))


@pytest.fixture
def page(chromium: Chromium, site: str) -> Iterator[Page]:
    """One page of Chromium for all that a test looks at. Nothing moves, so that no colour is half-way."""
    context = chromium.new_context(base_url=site, viewport=WIDE, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    context.add_init_script(Axe().axe_script + JUDGE)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("who", ["stranger", "olga"])
@pytest.mark.drill
def test_every_kind_of_page_can_be_used_by_everybody(
    app: Flask, page: Page, stranger: Browser, olga: Browser, who: str
) -> None:
    """What the author sees as everyone does is judged once, as everyone sees it."""
    lived_in = live_in(app)
    kinds = {kind(answer): address for address, answer in lived_in.pages(stranger).items()}
    if who == "olga":
        become(page, olga)
        pages = lived_in.pages(olga)
        kinds = {
            kind(answer): address for address, answer in pages.items() if kind(answer) not in kinds
        }
    assert len(kinds) > 10
    assert faults_at(page, kinds.values()) == {}


@pytest.mark.drill
def test_a_blog_in_which_nothing_has_happened_yet_can_be_used_by_everybody(
    app: Flask, page: Page, sign_in: Callable[..., Browser]
) -> None:
    with app.app_context():
        set_up = f"/setup/{keys.setup(links.SETUP_NONCE)}"
    assert faults_at(page, ["/", set_up]) == {}
    become(page, sign_in("Olga", Role.AUTHOR))
    assert faults_at(page, ["/desk/posts", "/desk/outbox", "/desk/people", "/moderation"]) == {}


@pytest.mark.parametrize(("language", "text"), [("en", EVERYTHING), ("ar", FROM_THE_RIGHT)])
@pytest.mark.drill
def test_texts_of_every_shape_can_be_read_by_everybody(
    app: Flask, page: Page, make_post: MakePost, olga: Browser, language: str, text: str
) -> None:
    """From the left or from the right: wide tables, endless words, code, quotations in quotations."""
    with app.app_context(), write_tx():
        replace(Site.load(), title=ENDLESS, tagline=ENDLESS, language=language).save()
    for slug in ("before", "everything"):
        post = make_post(ENDLESS, slug=slug, source=text, tags=[ENDLESS, "Bees"])
    with app.app_context(), write_tx():
        said = Words(text, render_comment(text), ENDLESS, "rita@example.org")
        reply = None
        for _ in range(DEEP):
            reply = Comment.leave(post, reply, said, verdict=Status.APPROVED, findings=[])
    month = now().strftime("/archive/%Y/%m")
    assert faults_at(page, ["/posts/everything"]) == {}
    lists = ["/", "/comments/1/replies", month, f"/search?q={ENDLESS}"]
    assert faults_at(page, lists, too_wide) == {}
    become(page, olga)
    assert faults_at(page, ["/desk/posts", "/moderation?status=approved"], too_wide) == {}


@pytest.mark.drill
def test_every_error_page_can_be_used_by_everybody(failing: str, page: Page) -> None:
    assert faults_at(page, [f"{failing}{status}" for status in ERRORS]) == {}


@pytest.mark.parametrize("who", ["stranger", "olga"])
@pytest.mark.drill
def test_what_a_form_says_of_what_is_wrong_reaches_everybody(
    app: Flask, page: Page, stranger: Browser, olga: Browser, who: str
) -> None:
    """Every form with something to fill in is sent empty, once."""
    lived_in = live_in(app)
    forms = forms_of(app, lived_in.pages(stranger))
    if who == "olga":
        become(page, olga)
        hers = forms_of(app, lived_in.pages(olga))
        forms = {endpoint: where for endpoint, where in hers.items() if endpoint not in forms}
    faults, refused = {}, 0
    for endpoint, (address, number) in forms.items():
        page.goto(address)
        with page.expect_navigation():
            page.locator("form").nth(number).evaluate(SEND_EMPTY)
        refused += page.locator("[aria-invalid=true]").count() > 0
        faults[endpoint] = faults_of(page)
    assert {endpoint: said for endpoint, said in faults.items() if said} == {}
    assert refused > 4


def test_what_is_refused_in_place_reaches_everybody(page: Page, post: Post) -> None:
    """With a script on, the page stays where it is: the keyboard goes to the first thing to mend."""
    page.goto("/posts/on-bees")
    page.get_by_role("button", name="Post Comment").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_focused()
    assert faults_of(page) == []


@pytest.mark.parametrize("colours", ["light", "dark", "forced"])
@pytest.mark.drill
def test_the_keyboard_is_seen_wherever_it_stops(
    app: Flask, page: Page, olga: Browser, colours: str
) -> None:
    live_in(app)
    page.emulate_media(
        color_scheme="dark" if colours == "dark" else "light",
        forced_colors="active" if colours == "forced" else "none",
    )
    become(page, olga)
    faults = {}
    for address in WALKED:
        page.goto(address)
        faults[address] = ask(page, "forced") if colours == "forced" else []
        faults[address] += walk(page)
    assert {address: said for address, said in faults.items() if said} == {}


def walk(page: Page) -> list[str]:
    """Go through a page with the Tab key; what is wrong on the way."""
    faults = []
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            return faults
        faults += ask(page, "focus")
    raise AssertionError(f"the keyboard never comes to the end of {page.url}: {faults}")


def forms_of(app: Flask, pages: dict[str, TestResponse]) -> dict[str, tuple[str, int]]:
    """Each form with something to fill in, by its view: a page where it stands, and which one it is there."""
    forms: dict[str, tuple[str, int]] = {}
    urls = app.url_map.bind("localhost")
    for address, answer in pages.items():
        for number, form in enumerate(BeautifulSoup(answer.data, "html.parser").select("form")):
            if form.select("input:not([type=hidden], [type=checkbox], [type=radio]), textarea"):
                method = str(form.get("method", "get")).upper()
                action = urlsplit(str(form.get("action") or address)).path
                endpoint, _ = urls.match(action, method)
                forms.setdefault(endpoint, (address, number))
    return forms


def become(page: Page, person: Browser) -> None:
    """Let Chromium be who this person is."""
    page.context.add_cookies(
        [
            {"name": cookie.key, "value": cookie.value, "url": person.base_url}
            for cookie in person.client._cookies.values()
        ]
    )


def faults_at(
    page: Page, addresses: Iterable[str], judge: Callable[[Page], list[str]] | None = None
) -> dict[str, list[str]]:
    """What is wrong at these addresses, in the eyes of this judge (of all, if none is named)."""
    faults = {}
    for address in addresses:
        page.goto(address)
        faults[address] = (judge or faults_of)(page)
    return {address: said for address, said in faults.items() if said}


def faults_of(page: Page) -> list[str]:
    """What is wrong with the page that is open, in either scheme and at any width."""
    faults = ask(page, "parts", "errors", "motion", "columns")
    for scheme, rules in ASKED_IN.items():
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(AXE, {**OPTIONS, "runOnly": rules})
        faults += [f"{scheme}: {fault}" for fault in [*map(say, found), *ask(page, "edges")]]
    return faults + too_wide(page)


def too_wide(page: Page) -> list[str]:
    """What does not fit into a narrow window, or is cut off there when letters have more room."""
    faults = []
    for size in (PHONE, ZOOMED):
        page.set_viewport_size(size)
        faults += ask(page, "width")
    faults += ask(page, "spacing")
    page.set_viewport_size(WIDE)
    return faults


def ask(page: Page, *questions: str) -> list[str]:
    """What judge.js answers to these questions."""
    answers: list[str] = page.evaluate("questions => judge(...questions)", list(questions))
    return answers


def say(violation: dict[str, Any]) -> str:
    """One violation that axe found, in a line."""
    nodes = [(node["target"], node["html"][:160]) for node in violation["nodes"][:3]]
    return f"{violation['id']}: {violation['help']}: {json.dumps(nodes)}"
