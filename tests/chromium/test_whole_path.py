"""The whole path in Chromium, with JavaScript off: set up, write, reply, hold, approve, answer."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.chromium.conftest import Served, field

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery staple"
TEXT = "Bees are **busy** & they <hum>."


@pytest.fixture
def person(open_browser: Callable[..., Page]) -> Callable[[], Page]:
    """Somebody whose browser runs no script."""
    return lambda: open_browser(java_script_enabled=False)


def test_from_the_set_up_link_to_an_answered_reply(
    served: Served, person: Callable[[], Page]
) -> None:
    olga, mo, rita = person(), person(), person()
    olga_sets_the_blog_up(olga, served.set_up_link)
    olga_writes_and_publishes(olga)
    mo_joins(mo, olga_invites_mo(olga))
    rita_mends_what_was_wrong_and_replies(rita)
    receipt = rita.url
    rita_edits_her_reply_and_it_is_held(rita)
    mo_approves_with_a_reason(mo)
    rita_reads_the_reason_and_sees_her_reply(rita, receipt)
    mo_undoes_it_and_approves_again(mo, rita)
    olga_answers_in_the_thread(olga, rita)
    olga_signs_out(olga)


def olga_sets_the_blog_up(olga: Page, link: str) -> None:
    olga.goto(link)
    fill(olga, {"Name": "Olga", "E-mail": "olga@example.org", "New password": "olga@example.org"})
    press(olga, "Begin")
    expect(olga.get_by_text("This is easy to guess.")).to_be_visible()
    expect(olga.get_by_label("Name")).to_have_value("Olga")
    fill(olga, {"New password": PASSWORD})
    press(olga, "Begin")
    expect(olga.get_by_role("heading", name="Your posts")).to_be_visible()
    assert olga.goto(link).status == 410


def olga_writes_and_publishes(olga: Page) -> None:
    olga.goto("/desk/posts")
    olga.get_by_role("link", name="Write a post").click()
    fill(olga, {"Title": "On bees", "Text": TEXT, "Tags": "Bees, Summer"})
    press(olga, "Preview")
    expect(olga.locator(".preview strong")).to_have_text("busy")
    expect(olga.get_by_label("Text")).to_have_value(TEXT)
    press(olga, "Save draft")
    press(olga, "Publish")
    olga.get_by_role("link", name="See it on the site").click()
    expect(olga.get_by_role("heading", name="On bees")).to_be_visible()


def olga_invites_mo(olga: Page) -> str:
    olga.goto("/desk/people")
    fill(olga, {"Name": "Mo", "E-mail": "mo@example.org"})
    press(olga, "Invite")
    return olga.get_by_label("Link to pass on").input_value()


def mo_joins(mo: Page, link: str) -> None:
    mo.goto(link)
    fill(mo, {"New password": PASSWORD})
    press(mo, "Join")
    expect(mo.get_by_role("heading", name="Moderation")).to_be_visible()
    press(mo, "Sign out")
    mo.goto("/moderation")
    fill(mo, {"E-mail": "mo@example.org", "Password": PASSWORD + "!"})
    press(mo, "Sign in")
    expect(mo.get_by_text("do not belong together")).to_be_visible()
    fill(mo, {"Password": PASSWORD})
    press(mo, "Sign in")
    expect(mo.get_by_role("heading", name="Moderation")).to_be_visible()


def rita_mends_what_was_wrong_and_replies(rita: Page) -> None:
    rita.goto("/")
    rita.get_by_role("link", name="On bees").click()
    expect(rita.get_by_role("heading", name="Leave a Reply")).to_be_visible()
    typed = {"Comment": "I *like* bees\n\n  & wasps", "Name": "Rita <3", "Email": "rita at home"}
    fill(rita, typed)
    press(rita, "Post Comment")
    expect(rita.get_by_text("This is not an e-mail address")).to_be_visible()
    for label, value in typed.items():
        expect(field(rita, label)).to_have_value(value)
    fill(rita, {"Email": "rita@example.org"})
    press(rita, "Preview")
    expect(rita.locator(".preview em")).to_have_text("like")
    press(rita, "Post Comment")
    expect(rita.get_by_role("heading", name="Your reply")).to_be_visible()
    expect(rita.get_by_role("status")).to_contain_text("awaiting moderation")
    assert rita.context.cookies() == []


def rita_edits_her_reply_and_it_is_held(rita: Page) -> None:
    fill(rita, {"Comment": "I *love* bees"})
    press(rita, "Save the change")
    expect(rita.locator(".comment-body em")).to_have_text("love")
    expect(rita.get_by_role("status")).to_contain_text("awaiting moderation")
    rita.goto("/posts/on-bees")
    expect(rita.get_by_text("love bees")).to_have_count(0)


def mo_approves_with_a_reason(mo: Page) -> None:
    mo.goto("/moderation")
    held = reply_of(mo, "Rita <3")
    expect(held).to_contain_text("Nobody has shown yet that rita@example.org is their address.")
    held.get_by_label("Reason, for its writer").fill("Well said.")
    held.get_by_role("button", name="Approve").click()
    expect(mo.get_by_role("status")).to_contain_text("1 reply approved.")
    expect(reply_of(mo, "Rita <3")).to_have_count(0)


def rita_reads_the_reason_and_sees_her_reply(rita: Page, receipt: str) -> None:
    rita.goto(receipt)
    expect(rita.get_by_role("status")).to_contain_text("approved")
    expect(rita.get_by_role("status")).to_contain_text("Well said.")
    rita.get_by_role("link", name="See it on the page").click()
    expect(rita.locator(".comment:target")).to_contain_text("I love bees")
    expect(rita.get_by_role("heading", name="1 reply")).to_be_visible()


def mo_undoes_it_and_approves_again(mo: Page, rita: Page) -> None:
    press(mo, "Undo")
    expect(mo.get_by_role("status")).to_contain_text("Undone for 1 reply.")
    rita.goto("/posts/on-bees")
    expect(rita.get_by_role("heading", name="No reply yet")).to_be_visible()
    reply_of(mo, "Rita <3").get_by_role("button", name="Approve").click()
    expect(mo.get_by_role("status")).to_contain_text("1 reply approved.")


def olga_answers_in_the_thread(olga: Page, rita: Page) -> None:
    olga.goto("/posts/on-bees")
    olga.get_by_role("link", name="Reply to Rita").click()
    expect(olga.locator("blockquote")).to_contain_text("I love bees")
    fill(olga, {"Comment": "So do I."})
    press(olga, "Post Comment")
    rita.goto("/posts/on-bees")
    answer = rita.locator(".comment .comment")
    expect(answer).to_contain_text("So do I.")
    expect(answer).to_contain_text("Author")
    rita.get_by_role("link", name="Reply to Olga").click()
    fill(rita, {"Comment": "Good.", "Name": "Rita <3", "Email": "rita@example.org"})
    press(rita, "Post Comment")
    expect(rita.locator("blockquote")).to_contain_text("So do I.")
    expect(rita.get_by_role("status")).to_contain_text("awaiting moderation")
    press(rita, "Take my reply back")
    expect(rita.get_by_role("status")).to_contain_text("You have taken this reply back.")


def olga_signs_out(olga: Page) -> None:
    press(olga, "Sign out")
    olga.goto("/desk/posts")
    expect(olga.get_by_role("heading", name="Sign in")).to_be_visible()


def fill(page: Page, fields: dict[str, str]) -> None:
    """Fill in the fields that have these labels."""
    for label, value in fields.items():
        field(page, label).fill(value)


def press(page: Page, button: str) -> None:
    """Press a button."""
    page.get_by_role("button", name=button, exact=True).click()


def reply_of(page: Page, name: str) -> Locator:
    """A reply in the queue."""
    return page.locator(".queue > li").filter(has_text=name)
