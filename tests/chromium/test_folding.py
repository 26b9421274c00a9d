"""In a real browser, without a script: a link to a comment opens its fold, and paper shows everything."""

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route, expect

from blog.posts.models import Post
from tests.browser import BASE_URL, Browser
from tests.comments.conversation import POST
from tests.comments.growing import grow

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database,
]


def reading(chromium: Chromium, rita: Browser) -> Page:
    """Rita's Chromium; what it asks for, the application answers without a server."""

    def answer(route: Route) -> None:
        said = rita.get(route.request.url.removeprefix(BASE_URL))
        route.fulfill(status=said.status_code, body=said.data, headers=dict(said.headers))

    page = chromium.new_context(java_script_enabled=False).new_page()
    page.route("**/*", answer)
    return page


def test_a_link_to_a_folded_comment_opens_the_fold(
    chromium: Chromium, app: Flask, post: Post, rita: Browser
) -> None:
    last = grow(app, post, [None, *[0] * 12])[-1]
    page = reading(chromium, rita)
    page.goto(f"{BASE_URL}{POST}")
    expect(page.locator(f"#comment-{last}")).to_be_hidden()
    page.goto(f"{BASE_URL}{POST}#comment-{last}")
    expect(page.locator(f"#comment-{last}")).to_be_in_viewport()
    page.context.close()


def test_paper_shows_what_is_folded(
    chromium: Chromium, app: Flask, post: Post, rita: Browser
) -> None:
    last = grow(app, post, [None, *[0] * 12])[-1]
    page = reading(chromium, rita)
    page.goto(f"{BASE_URL}{POST}")
    page.emulate_media(media="print")
    expect(page.locator(f"#comment-{last}")).to_be_visible()
    expect(page.locator(".comment-fold > summary")).to_be_hidden()
    expect(page.locator("#respond")).to_be_hidden()
    page.context.close()
