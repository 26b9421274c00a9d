"""mo empties the queue by keyboard and takes it all back; whatever goes wrong on the way, nothing is lost."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Locator, Page, Route, expect

from blog.comments.acts import Status
from blog.posts.models import Post
from tests.browser import Browser
from tests.chromium.conftest import PATIENCE
from tests.chromium.test_accessible import become, browser, settings, site  # noqa: F401  # fixtures
from tests.comments.conversation import counts, decide, leave, look, status_of
from tests.comments.growing import grow

# A page looks the same whatever database stands behind it.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database,
]

PENDING, APPROVED, SPAM, TRASHED = Status.PENDING, Status.APPROVED, Status.SPAM, Status.TRASHED
MANY = 50
KEYS = "asda"  # what a person presses, one after the other


@pytest.fixture
def wrong() -> list[str]:
    """What the browser complained of."""
    return []


@pytest.fixture
def page(chromium: Chromium, site: str, mo: Browser, wrong: list[str]) -> Iterator[Page]:  # noqa: F811  # it asks for it
    """mo's browser."""
    context = chromium.new_context(base_url=site)
    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    become(opened, mo)
    yield opened
    context.close()


def press(page: Page, keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def rows(page: Page) -> Locator:
    return page.locator("#queue > li")


def tabs(page: Page) -> list[int]:
    return [int(number) for number in page.locator(".tabs .count").all_text_contents()]


def row(page: Page, number: int) -> Locator:
    return page.locator(f"#comment-{number}")


def expect_counts(page: Page, *numbers: int) -> None:
    words = [str(number) for number in numbers]
    expect(page.locator(".tabs .count")).to_have_text(words, timeout=PATIENCE)


def test_mo_empties_a_queue_of_50_by_keyboard_and_undoes_it(
    app: Flask, post: Post, mo: Browser, page: Page, wrong: list[str]
) -> None:
    numbers = grow(app, post, [None] * MANY, status=PENDING)
    page.goto("/moderation")
    press(page, "j")
    expect(row(page, numbers[-1])).to_be_focused()
    for place in range(MANY):
        expect(page.locator("#queue > li:focus")).to_have_count(1)
        press(page, KEYS[place % len(KEYS)])
    expect(page.get_by_text("Nothing is waiting.")).to_be_focused()
    expect_counts(page, 0, 25, 13, 12)
    press(page, "z" * MANY)
    expect_counts(page, MANY, 0, 0, 0)
    expect(rows(page)).to_have_count(MANY)
    ids = rows(page).evaluate_all("rows => rows.map(({ id }) => Number(id.slice(8)))")
    assert ids == numbers[::-1]  # each is back where it was
    mo.get("/moderation")
    assert counts(mo) == [MANY, 0, 0, 0]
    assert wrong == []


def test_the_keys_do_what_they_say(app: Flask, post: Post, page: Page, wrong: list[str]) -> None:
    numbers = [leave(app, post, f"Hum {n}.", status=PENDING, name=f"R{n}") for n in range(6)][::-1]
    page.goto("/moderation")
    press(page, "jjk")
    expect(row(page, numbers[0])).to_be_focused()
    mo_decides_about_many(page, numbers)
    mo_types_and_no_key_does_anything_else(page, numbers)
    mo_answers(app, page, numbers)
    mo_edits(app, page, numbers)
    mo_reads_the_list_of_keys_and_switches_them_off(page)
    assert wrong == []


def mo_decides_about_many(page: Page, numbers: list[int]) -> None:
    press(page, "xjx")
    page.keyboard.press("Shift+S")
    expect(rows(page)).to_have_count(4)
    expect(row(page, numbers[2])).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("2 replies marked as spam.")
    press(page, "z")
    expect(rows(page)).to_have_count(6)
    expect(row(page, numbers[0])).to_be_focused()
    page.keyboard.press("Shift+X")
    expect(page.locator("#queue :checked")).to_have_count(6)
    page.keyboard.press("Shift+X")
    expect(page.locator("#queue :checked")).to_have_count(0)
    page.keyboard.press("Shift+A")
    expect(page.locator("#notices")).to_contain_text("Tick the comments first.")


def mo_types_and_no_key_does_anything_else(page: Page, numbers: list[int]) -> None:
    reason = row(page, numbers[0]).get_by_label("Reason, for its writer")
    reason.focus()
    press(page, "ads?jz")
    expect(reason).to_have_value("ads?jz")
    row(page, numbers[0]).focus()
    for chord in ("Control+s", "Alt+a", "Meta+d"):
        page.keyboard.press(chord)
    expect(rows(page)).to_have_count(6)


def mo_answers(app: Flask, page: Page, numbers: list[int]) -> None:
    press(page, "r")
    answer = row(page, numbers[0]).get_by_label("Comment")
    expect(answer).to_be_focused()
    page.keyboard.type("a reply")
    page.keyboard.press("Escape")
    expect(row(page, numbers[0])).to_be_focused()
    press(page, "r")
    expect(answer).to_have_value("a reply")  # what was typed stays
    answer.fill(" ")
    page.get_by_role("button", name="Approve and answer").click()
    expect(answer).to_have_accessible_description("There is no text yet.")
    answer.fill("They *do*.")
    page.get_by_role("button", name="Approve and answer").click()
    expect(row(page, numbers[1])).to_be_focused()
    expect_counts(page, 5, 2, 0, 0)
    assert status_of(app, numbers[0]) is APPROVED


def mo_edits(app: Flask, page: Page, numbers: list[int]) -> None:
    press(page, "q")
    text = row(page, numbers[1]).locator("textarea")
    expect(text).to_be_focused()
    text.fill("Hum, *hum*.")
    page.get_by_role("button", name="Save the change").click()
    expect(row(page, numbers[1]).locator(".comment-body em")).to_have_text("hum")
    expect(row(page, numbers[1])).to_be_focused()
    assert look(app, numbers[1]).source == "Hum, *hum*."


def mo_reads_the_list_of_keys_and_switches_them_off(page: Page) -> None:
    press(page, "?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    press(page, "d")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Use these keys in this browser").uncheck()
    page.get_by_role("button", name="Close").click()
    rows(page).first.focus()
    press(page, "d")
    page.reload()
    rows(page).first.evaluate("row => { row.tabIndex = -1; row.focus(); }")
    press(page, "d")
    expect(rows(page)).to_have_count(5)


def test_what_the_server_refuses_and_what_never_reached_it_comes_back_with_the_reason(
    app: Flask, post: Post, mo: Browser, mia: Browser, page: Page, wrong: list[str]
) -> None:
    numbers = [leave(app, post, f"Hum {n}.", status=PENDING, name=f"R{n}") for n in range(4)][::-1]
    page.goto("/moderation")
    mia_is_faster(app, page, mia, numbers[0])
    page.route("**/comments/*/spam", lambda route: route.abort())
    press(page, "s")
    expect(row(page, numbers[1])).to_contain_text("The connection was lost")
    expect(page.locator("#notices")).to_contain_text("The connection was lost")
    page.unroute("**/comments/*/spam")
    page.route("**/comments/*/spam", busy)
    row(page, numbers[1]).focus()
    press(page, "s")
    expect(row(page, numbers[1])).to_contain_text("The site has too much to do right now.")
    page.unroute("**/comments/*/spam")
    assert status_of(app, numbers[1]) is PENDING
    mo.post("/logout", {"csrf_token": token_of(page)})
    row(page, numbers[2]).focus()
    press(page, "d")
    expect(row(page, numbers[2])).to_contain_text("You are signed out")
    expect(rows(page)).to_have_count(3)
    assert status_of(app, numbers[2]) is PENDING
    assert wrong == []


def mia_is_faster(app: Flask, page: Page, mia: Browser, number: int) -> None:
    decide(mia, number, "Trash")
    press(page, "js")
    expect(page.get_by_role("alert")).to_contain_text("Mia put it into the trash")
    expect_counts(page, 3, 0, 0, 1)
    expect(row(page, number)).to_have_count(0)
    assert status_of(app, number) is TRASHED


def busy(route: Route) -> None:
    said = "<main><h1>Busy</h1><p>The site has too much to do right now.</p></main>"
    route.fulfill(status=503, body=said, content_type="text/html")


def token_of(page: Page) -> str:
    return str(page.locator("[name=csrf_token]").first.get_attribute("value"))


def test_without_a_script_the_same_is_done_by_forms(
    app: Flask,
    post: Post,
    mo: Browser,
    chromium: Chromium,
    site: str,  # noqa: F811  # it asks for it
) -> None:
    numbers = [leave(app, post, f"Hum {n}.", status=PENDING, name=f"R{n}") for n in range(3)]
    context = chromium.new_context(base_url=mo.base_url, java_script_enabled=False)
    plain = context.new_page()
    become(plain, mo)
    plain.goto("/moderation")
    expect(plain.get_by_role("button", name="Keys")).to_be_hidden()
    row(plain, numbers[0]).get_by_role("button", name="Spam").click()
    expect_counts(plain, 2, 0, 1, 0)
    plain.get_by_role("button", name="Undo").click()
    expect_counts(plain, 3, 0, 0, 0)
    context.close()
