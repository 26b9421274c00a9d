"""Olga writes in a browser: by keyboard, with pictures, and whatever breaks meanwhile, no word is lost."""

import base64
import re
import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Error, Page, Route, expect

from blog.extensions import db
from blog.posts.models import Post
from blog.posts.revisions import Revision
from tests.browser import Browser
from tests.chromium.conftest import PATIENCE
from tests.chromium.test_accessible import ask, become, browser, faults_of, page, settings, site  # noqa: F401  # fixtures
from tests.conftest import MakePost
from tests.media.drawing import file_of, flag

# A page looks the same whatever database stands behind it.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

EDIT = "/desk/posts/1"
SOON = 40_000  # milliseconds; a save takes two seconds, the longest wait for the next try 30
PARAGRAPH = (
    "Bees are *busy* in the [heather](/heath), and they hum all day. The keeper of the hives comes by each "
    "morning and says nothing. She looks at the sky and goes away again, and that is what she does every day."
)
FIVE_THOUSAND_WORDS = "\n\n".join(
    f"## Part {part}\n\n" + "\n\n".join([PARAGRAPH] * 5) for part in range(27)
)
PASTE = """([name, type, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(bytes), (byte) => byte.charCodeAt(0))], name, { type }));
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.getElementById("body").dispatchEvent(event);
}"""
# How long it takes from the last key until the preview shows it, in milliseconds.
LATENCY = """() => new Promise((resolve) => {
  const prose = document.querySelector("#editor-preview .prose");
  const begun = performance.now();
  const stop = () => requestAnimationFrame(() => resolve(performance.now() - begun));
  new MutationObserver(stop).observe(prose, { childList: true });
  document.execCommand("insertText", false, " Now.");
})"""


@pytest.fixture
def wrong() -> list[str]:
    """What the pages complained of."""
    return []


@pytest.fixture
def open_tab(page: Page, olga: Browser, wrong: list[str]) -> Iterator[Callable[[str], Page]]:  # noqa: F811  # it asks for it
    """One more tab of Olga's browser."""
    become(page, olga)

    def open_tab(address: str) -> Page:
        tab = page.context.new_page()
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.goto(address)
        return tab

    yield open_tab
    assert wrong == []


def body(tab: Page) -> str:
    return tab.locator("#body").input_value()


def write(tab: Page, words: str) -> None:
    """Olga goes on at the end."""
    tab.locator("#body").focus()
    tab.keyboard.press("Control+End")
    tab.keyboard.type(words)


def expect_state(tab: Page, words: str) -> None:
    expect(tab.locator("#editor-saved")).to_contain_text(re.compile(words), timeout=SOON)


def saved(app: Flask, post_id: int = 1) -> str:
    """What the server has."""
    with app.app_context():
        found = Revision.newest_of(post_id).source
        db.session.remove()
    return found


def expect_saved(app: Flask, tab: Page) -> None:
    """The server has all that stands in this tab, or will have it soon."""
    until = time.monotonic() + SOON / 1000
    while saved(app) != body(tab) and time.monotonic() < until:
        tab.wait_for_timeout(50)
    assert saved(app) == body(tab)


def crash(tab: Page) -> None:
    """The tab is killed: nothing of its page runs any more."""
    with pytest.raises(Error):
        tab.goto("chrome://crash", timeout=PATIENCE)


def cut(tab: Page) -> Callable[[Route], None]:
    """Nothing of this tab reaches the server any more."""

    def away(route: Route) -> None:
        route.abort("internetdisconnected")

    tab.route("**/desk/**", away)
    return away


def test_olga_writes_by_keyboard_alone_and_sees_the_text_as_it_will_be(
    app: Flask, open_tab: Callable[[str], Page]
) -> None:
    tab = open_tab("/desk/posts/new")
    tab.keyboard.press("Control+s")  # nothing yet, and nothing happens
    tab.get_by_label("Title").fill("Bees")
    text = tab.locator("#body")
    text.focus()
    tab.keyboard.type("Bees hum. ")
    tab.keyboard.press("Control+b")
    tab.keyboard.type("Loud")
    assert body(tab) == "Bees hum. **Loud**"
    tab.keyboard.press("Control+End")
    tab.keyboard.type("\n\n- one\ntwo\n\n")  # Return goes on with a list, and ends it
    assert body(tab) == "Bees hum. **Loud**\n\n- one\n- two\n"
    olga_presses_buttons_of_the_toolbar_and_undoes_it(tab)
    tab.keyboard.press("Control+Shift+7")
    tab.keyboard.type("A plant.")
    it_is_shown_and_saved_as_she_goes(app, tab)
    tab.get_by_role("button", name="Save draft").click()
    expect(tab.get_by_label("Address")).to_have_value("bees")
    olga_fills_the_screen_and_comes_back(tab)
    assert faults_of(tab) == []


def it_is_shown_and_saved_as_she_goes(app: Flask, tab: Page) -> None:
    shown = tab.locator("#editor-preview")
    expect(shown.locator("li")).to_have_text(["one", "two", re.compile("A plant.")])
    expect(shown.locator("strong")).to_have_text("Loud")
    expect(tab.locator("#editor-counts")).to_contain_text("words, 1 minute to read")
    expect_state(tab, "^Saved")
    expect(tab).to_have_url(re.compile(EDIT))  # it has an address of its own by now
    expect(tab.get_by_role("button", name="Publish")).to_be_visible()
    expect_saved(app, tab)


def olga_presses_buttons_of_the_toolbar_and_undoes_it(tab: Page) -> None:
    tab.keyboard.type("\nheather")
    tab.keyboard.press("Control+Shift+ArrowLeft")
    tab.keyboard.press("Shift+Tab")
    expect(tab.get_by_role("button", name="Bold")).to_be_focused()  # the toolbar is one stop
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Enter")
    tab.keyboard.press("Shift+Tab")
    expect(tab.get_by_role("button", name="Italic")).to_be_focused()
    tab.keyboard.press("End")
    tab.keyboard.press("Home")
    for _ in range(3):
        tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Space")
    expect(tab.locator("#body")).to_be_focused()
    assert body(tab).endswith("\n\n> _heather_")
    tab.keyboard.press("Control+z")
    tab.keyboard.press("Control+z")
    assert body(tab).endswith("\n\nheather")  # the browser's own undo
    tab.keyboard.press("Control+End")


def olga_fills_the_screen_and_comes_back(tab: Page) -> None:
    tab.locator("#body").focus()
    tab.keyboard.press("Control+Shift+Enter")
    expect(tab.locator(".editor-full")).to_be_visible()
    expect(tab.get_by_label("Title")).not_to_be_focused()
    assert tab.evaluate("document.querySelector('main h1').closest('[inert]') !== null")
    assert ask(tab, "focus") == []
    tab.keyboard.press("Control+/")
    expect(tab.get_by_role("dialog", name="Keys")).to_be_visible()
    tab.keyboard.press("Escape")
    tab.keyboard.press("Escape")
    expect(tab.locator(".editor-full")).to_have_count(0)
    expect(tab.locator("#body")).to_be_focused()


@pytest.mark.drill
def test_after_a_killed_tab_olga_is_offered_her_words_and_shown_what_differs(
    app: Flask, post: Post, open_tab: Callable[[str], Page]
) -> None:
    tab = open_tab(EDIT)
    write(tab, " They hum.")
    expect_state(tab, "^Saved")
    cut(tab)
    write(tab, " They sting, too.")
    expect_state(tab, "Not saved: no connection. It is kept in this browser.")
    crash(tab)
    tab = open_tab(EDIT)
    left = tab.get_by_role("region", name="never saved")
    expect(left.locator("ins")).to_contain_text("They sting, too.")
    assert body(tab) == saved(app) == "Bees are *busy*. They hum."  # nothing is put in silently
    assert faults_of(tab) == []
    left.get_by_role("button", name="Use them").click()
    expect(left).to_be_hidden()
    assert body(tab) == "Bees are *busy*. They hum. They sting, too."
    expect_saved(app, tab)
    expect_state(tab, "^Saved")
    tab.close()
    tab = open_tab(EDIT)
    expect(tab.locator("#editor-counts")).to_contain_text("8 words")
    expect(tab.locator("#editor-left")).to_be_hidden()
    assert tab.evaluate("Object.keys(localStorage)") == []


@pytest.mark.drill
def test_who_saves_before_the_sheet_does_is_not_offered_those_words_again(
    open_tab: Callable[[str], Page],
) -> None:
    tab = open_tab("/desk/posts/new")
    tab.fill("#title", "On bees")
    tab.fill("#body", "They fly.")
    with tab.expect_navigation():
        tab.evaluate("document.getElementById('sheet').requestSubmit()")
    assert "/desk/posts/1" in tab.url
    tab.goto("/desk/posts/new")
    tab.wait_for_load_state("networkidle")
    expect(tab.locator("#editor-left")).to_be_hidden()
    assert tab.evaluate("Object.keys(localStorage).filter((key) => key.includes('sheet'))") == []


@pytest.mark.drill
def test_of_two_tabs_the_later_one_is_told_and_overwrites_nothing(
    app: Flask, post: Post, open_tab: Callable[[str], Page]
) -> None:
    one, other = open_tab(EDIT), open_tab(EDIT)
    write(one, " One.")
    expect_state(one, "^Saved")
    write(other, " Other.")
    expect_state(other, "Somebody changed this post")
    assert saved(app).endswith(" One.")
    other.get_by_role("link", name="See both texts").click()
    expect(other.locator("main")).to_contain_text("busy*. Other.")
    expect(other.locator("ins").first).to_be_visible()
    write(one, " And more.")  # her first tab is not disturbed
    expect_saved(app, one)
    other.go_back()
    write(other, " Late.")  # on the newest words, now
    expect_state(other, "^Saved")
    write(one, " Still.")
    expect_state(one, "Somebody changed this post")
    one.get_by_role("button", name="Save", exact=True).click()
    expect(one.get_by_role("heading", name="Somebody was faster")).to_be_visible()
    assert faults_of(one) == []
    assert body(one).endswith(" And more. Still.")
    assert saved(app).endswith(" And more. Late.")
    one.get_by_role("button", name="Save", exact=True).click()  # she has seen both
    expect(one.get_by_role("heading", name="Somebody was faster")).to_have_count(0)
    expect_saved(app, one)


@pytest.mark.drill
def test_a_connection_that_comes_back_and_a_sign_in_that_ends_cost_no_word(
    app: Flask, post: Post, olga: Browser, open_tab: Callable[[str], Page]
) -> None:
    tab = open_tab(EDIT)
    away = cut(tab)
    write(tab, " Offline.")
    expect_state(tab, "no connection")
    tab.unroute("**/desk/**", away)
    tab.evaluate("dispatchEvent(new Event('online'))")
    expect_saved(app, tab)
    expect_state(tab, "^Saved")
    cookies = tab.context.cookies()
    tab.context.clear_cookies()
    write(tab, " Signed out.")
    expect_state(tab, "You are signed out")
    link = tab.get_by_role("link", name="Sign in in another tab")
    expect(link).to_have_attribute("href", re.compile(r"/login\?next=/desk/posts/1"))
    tab.context.add_cookies(cookies)  # she does
    expect_saved(app, tab)
    expect_state(tab, "^Saved")


@pytest.mark.drill
def test_pictures_come_into_the_text_and_what_is_to_be_seen_is_asked_for(
    app: Flask, post: Post, open_tab: Callable[[str], Page]
) -> None:
    tab = open_tab(EDIT)
    write(tab, " Look:")
    paste(tab, "hive.png", "image/png", file_of(flag()).getvalue())
    row = tab.locator("#editor-pictures li")
    expect(row).to_contain_text("is in the text.")
    assert re.search(r"Look:\n\n!\[\]\(/media/[0-9a-f]{32}-\d+x\d+\.webp\)$", body(tab))
    row.get_by_label("What is to be seen in it").fill("A [red] hive")
    assert faults_of(tab) == []
    tab.keyboard.press("Enter")
    expect(row).to_have_count(0)
    expect(tab.locator("#body")).to_be_focused()
    expect(tab.locator("#editor-preview img")).to_have_attribute("alt", "A [red] hive")
    library = open_tab("/desk/media")
    expect(library.get_by_label("Description").last).to_have_value("A [red] hive")
    paste(tab, "sting.png", "image/png", b"<svg/>")
    expect(row).to_contain_text("sting.png")
    expect(tab.locator("#body")).not_to_have_value(re.compile("Uploading"))
    assert len(row.text_content() or "") > len("sting.png  Done")  # the reason
    row.get_by_role("button", name="Done").click()
    olga_fetches_a_picture_of_another_site(tab)


def olga_fetches_a_picture_of_another_site(tab: Page) -> None:
    ours = re.search(r"/media/[^)]+", body(tab))
    assert ours is not None
    answer = {"address": ours[0], "markdown": f"![]({ours[0]})", "alt": ""}
    tab.route("**/desk/media/fetched", lambda route: route.fulfill(status=201, json=answer))
    write(
        tab, "\n\n![A bee](https://bees.example/bee.png) and ![](https://bees.example/bee.png?big)"
    )
    foreign = tab.locator("#editor-foreign")
    expect(foreign.locator("code")).to_have_text(
        ["https://bees.example/bee.png", "https://bees.example/bee.png?big"]
    )
    foreign.get_by_role("button").first.click()
    expect(foreign.locator("code")).to_have_count(1)
    assert body(tab).endswith(f"![A bee]({ours[0]}) and ![](https://bees.example/bee.png?big)")


def paste(tab: Page, name: str, kind: str, content: bytes) -> None:
    tab.evaluate(PASTE, [name, kind, base64.b64encode(content).decode()])


def test_without_javascript_olga_writes_previews_and_publishes(
    chromium: Chromium,
    site: str,  # noqa: F811  # it asks for it
    olga: Browser,
) -> None:
    context = chromium.new_context(base_url=site, java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    tab = context.new_page()
    become(tab, olga)
    tab.goto("/desk/posts/new")
    expect(tab.get_by_role("toolbar")).to_have_count(0)
    tab.get_by_label("Title").fill("On wasps")
    tab.locator("#body").fill("Wasps are *slim*.")
    tab.get_by_role("button", name="Preview").click()
    expect(tab.locator(".preview em")).to_have_text("slim")
    tab.get_by_role("button", name="Save draft").click()
    tab.get_by_role("button", name="Publish").click()
    tab.get_by_role("link", name="See it on the site").click()
    expect(tab.locator("article em, .prose em").first).to_have_text("slim")
    context.close()


@pytest.mark.drill
def test_the_preview_of_5000_words_is_there_300_milliseconds_after_a_pause(
    make_post: MakePost, open_tab: Callable[[str], Page]
) -> None:
    make_post(source=FIVE_THOUSAND_WORDS)
    tab = open_tab(EDIT)
    write(tab, " End.")
    expect(tab.locator("#editor-counts")).to_contain_text(re.compile(r"[5-6],\d{3} words"))
    took = sorted(tab.evaluate(LATENCY) for _ in range(7))
    assert took[0] < 150 + 300, (
        took
    )  # a pause is 150 milliseconds without a key; others use the machine
