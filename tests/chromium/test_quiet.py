"""With JavaScript on: no page complains, asks another host for anything, or leaves a cookie with a reader."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.chromium.conftest import Served, field

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery staple"

STAFF_PAGES = (
    "/",
    "/account",
    "/desk/outbox",
    "/desk/people",
    "/desk/posts",
    "/desk/posts/1",
    "/desk/posts/new",
    "/desk/settings",
    "/moderation",
    "/moderation?status=approved",
    "/moderation/comments/1",
    "/comments/1/replies",
)


def test_a_reader_is_left_in_peace(person: Callable[[], Page], complaints: list[str]) -> None:
    rita = person()
    rita.goto("/")
    rita.locator("article a").first.click()
    post = rita.url
    field(rita, "Comment").fill("I *like* it, https://example.org/ too")
    field(rita, "Name").fill("Rita")
    field(rita, "Email").fill("rita@example.org")
    rita.get_by_role("button", name="Preview").click()
    expect(rita.locator(".preview em")).to_have_text("like")
    rita.get_by_role("button", name="Post Comment").click()
    expect(rita.get_by_role("status")).to_contain_text("awaiting moderation")
    rita.get_by_role("link", name="Your page about this reply").click()
    expect(rita.get_by_role("heading", name="Your reply")).to_be_visible()
    rita.goto(post)
    rita.get_by_role("link", name="Reply to").first.click()
    expect(rita.get_by_role("heading", name="Reply to")).to_be_visible()
    assert rita.context.cookies() == []
    assert rita.evaluate("document.cookie") == ""
    assert complaints == []


@pytest.mark.drill
def test_no_page_of_the_staff_complains(
    served: Served, person: Callable[[], Page], complaints: list[str]
) -> None:
    olga = person()
    olga.goto(served.set_up_link)
    olga.get_by_label("Name").fill("Olga")
    olga.get_by_label("E-mail").fill("olga@example.org")
    olga.get_by_label("New password").fill(PASSWORD)
    olga.get_by_role("button", name="Begin").click()
    for path in STAFF_PAGES:
        answer = olga.goto(path)
        assert answer is not None
        assert answer.status == 200, path
    olga.goto("/desk/posts/new")
    olga.get_by_label("Title").fill("On bees")
    olga.get_by_label("Text").fill("```python\nbees = 1\n```\n\n| a | b |\n|:-:|--:|\n| 1 | 2 |")
    expect(olga.locator("#editor-preview table")).to_be_visible()
    assert complaints == []
    cookies = olga.context.cookies()
    assert all(cookie["httpOnly"] and cookie["sameSite"] == "Lax" for cookie in cookies)
    assert olga.evaluate("document.cookie") == ""
