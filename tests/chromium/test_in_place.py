"""With JavaScript, a reply needs no waiting and nothing is lost; what is remembered stays in this browser."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.chromium.conftest import Served, field

pytestmark = pytest.mark.browser

POST = "/posts/welcome"
BRANCH = "/comments/1/replies"
RITA = {"Name": "Rita <3", "Email": "rita@example.org"}
OLGA = {
    "Name": "Olga",
    "E-mail": "olga@example.org",
    "New password": "correct horse battery staple",
}
AWAY = timedelta(minutes=31)  # whoever stays away for so long comes back
WEEK = timedelta(days=8)  # after a week the date says more
WATCH_PRINTING = """addEventListener("beforeprint", () => {
  globalThis.printed = document.querySelector("#comment-1 time").textContent;
})"""
SPOIL = """() => {
  for (const store of [localStorage, sessionStorage]) {
    for (const place of ["seen", "replies", "identity", "browser"]) store[`afterword.${place}`] = "{[";
  }
  localStorage["afterword.identity"] = '"Rita"';
}"""
FORBID = """for (const store of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(globalThis, store, { get() { throw new DOMException("no", "SecurityError"); } });
}"""
A_REFUSAL = "the server responded with a status of 4"


def test_a_reader_replies_without_waiting_and_loses_nothing(
    person: Callable[[], Page], complaints: list[str]
) -> None:
    rita = person()
    rita.goto(POST)
    rita_mends_what_was_wrong(rita)
    rita_sees_her_reply_before_it_is_sent(rita)
    rita_sends_it_with_a_double_click_and_finds_it_in_the_thread(rita)
    rita_comes_back_to_her_reply(rita)
    rita_begins_an_answer_and_thinks_better_of_it(rita)
    rita_takes_what_she_wrote_elsewhere_and_leaves_what_was_said_of_it(rita)
    rita_answers_after_a_crash(rita)
    rita_is_remembered_only_while_the_box_is_ticked(rita)
    assert rita.context.cookies() == []
    # A browser notes every answer of 4xx, and that is no fault of the page.
    assert [said for said in complaints if A_REFUSAL not in said] == []
    rita_sends_over_a_bad_line(rita)
    rita_sends_over_no_line_at_all(rita)
    rita_replies_while_nothing_may_be_kept(rita, complaints)


@pytest.mark.drill
def test_what_is_published_at_once_stands_in_the_thread_and_is_new_to_those_who_come_back(
    served: Served, person: Callable[[], Page], complaints: list[str]
) -> None:
    olga, rita, tom = person(), person(), person()
    tom_reads_for_the_first_time(tom)
    olga_lets_replies_appear_at_once(olga, served.set_up_link)
    rita_sees_her_answer_published(rita)
    olga_answers_in_place(olga)
    tom_comes_back(tom)
    assert complaints == []


def rita_mends_what_was_wrong(rita: Page) -> None:
    assert spoken(rita).aria_snapshot() == "- status"
    write(rita, {"Comment": "I *like* it", **RITA, "Email": "rita at home"})
    press(rita, "Post Comment")
    email = field(rita, "Email")
    expect(email).to_be_focused()
    expect(email).to_have_accessible_description(re.compile("not an e-mail address"))
    expect(rita.get_by_role("alert")).to_contain_text("This was not sent yet.")
    write(rita, RITA)


def rita_sees_her_reply_before_it_is_sent(rita: Page) -> None:
    press(rita, "Preview")
    expect(rita.get_by_role("region", name="Preview: not sent yet")).to_be_focused()
    expect(rita.locator(".preview em")).to_have_text("like")
    expect(rita.get_by_role("alert")).to_have_count(0)


def rita_sends_it_with_a_double_click_and_finds_it_in_the_thread(rita: Page) -> None:
    sent: list[str] = []
    rita.on("request", lambda request: sent.append(request.method))
    rita.get_by_role("button", name="Post Comment").dblclick()
    expect(spoken(rita)).to_contain_text("Your reply is awaiting moderation")
    assert sent.count("POST") == 1
    mine = rita.locator(".thread > .comment").last
    expect(mine).to_be_focused()
    expect(mine).to_contain_text("I like it")
    expect(mine).to_contain_text("awaiting moderation")
    expect(rita.get_by_role("heading", name="1 reply")).to_be_visible()  # the others see no more
    expect(rita.locator("#own-replies")).to_be_visible()
    expect(rita.locator(".preview")).to_have_count(0)
    expect_fields(rita, {"Comment": "", **RITA})
    assert rita.url.endswith(POST)


def rita_comes_back_to_her_reply(rita: Page) -> None:
    rita.reload()
    expect_fields(rita, {"Comment": "", "Name": ""})
    rita.get_by_text("Your replies here").click()
    rita.get_by_role("link", name="I *like* it").click()
    expect(spoken(rita)).to_contain_text("awaiting moderation")


def rita_begins_an_answer_and_thinks_better_of_it(rita: Page) -> None:
    rita.goto(POST)
    link = rita.get_by_role("link", name="Reply to Rosa")
    link.click()
    expect(rita.locator(".comment #respond h2")).to_have_text("Leave a Reply to Rosa")
    expect(field(rita, "Comment")).to_be_focused()
    press(rita, "Cancel reply")
    expect(link).to_be_focused()
    expect(rita.locator(".comment #respond")).to_have_count(0)
    expect(rita.locator("#respond h2")).to_have_text("Leave a Reply")
    link.click()


def rita_takes_what_she_wrote_elsewhere_and_leaves_what_was_said_of_it(rita: Page) -> None:
    said = rita.locator("#respond").locator(
        ".preview, [role=alert], [aria-invalid], .field-wrong, .field-errors"
    )
    write(rita, {"Comment": "An *answer*", "Name": "", "Email": ""})
    for button in ("Preview", "Post Comment"):
        press(rita, button)
        expect(said).not_to_have_count(0)
        press(rita, "Cancel reply")
        expect(said).to_have_count(0)
        expect_fields(rita, {"Comment": "An *answer*"})
        rita.get_by_role("link", name="Reply to Rosa").click()


def rita_answers_after_a_crash(rita: Page) -> None:
    write(rita, {"Comment": "An answer", **RITA})
    rita.reload()
    form = rita.locator(".comment #respond")
    expect(form).to_be_visible()
    expect_fields(rita, {"Comment": "An answer", **RITA})
    press(rita, "Preview")
    expect(form.locator(".preview")).to_contain_text("An answer")
    press(rita, "Post Comment")
    answer = rita.locator("#comment-1 .comment")
    expect(answer).to_be_focused()
    expect(form).to_have_count(0)
    answer.get_by_role("link", name="Your page about this reply").click()
    expect(rita.locator("blockquote")).to_contain_text("I found the door open")
    rita.goto(POST)
    expect_fields(rita, {"Comment": "", "Name": ""})


def rita_is_remembered_only_while_the_box_is_ticked(rita: Page) -> None:
    box = rita.get_by_label("Save my name, email, and website in this browser")
    expect(box).not_to_be_checked()
    box.check()
    write(rita, RITA)
    rita.reload()
    expect(box).to_be_checked()
    expect_fields(rita, RITA)
    press(rita, "Post Comment")  # the form that comes back has the box as well
    expect(field(rita, "Comment")).to_be_focused()
    expect(box).to_be_checked()
    box.uncheck()
    assert "rita@example.org" not in rita.evaluate("JSON.stringify({...localStorage})")
    rita.reload()
    expect(box).not_to_be_checked()
    expect_fields(rita, {"Name": "", "Email": ""})


def rita_sends_over_a_bad_line(rita: Page) -> None:
    """What the script asks for does not arrive; what the browser asks for does."""

    def drop(route: Route) -> None:
        if route.request.resource_type == "fetch":
            route.abort()
        else:
            route.continue_()

    rita.route("**/comments", drop)
    write(rita, {"Comment": "Over a bad line", **RITA})
    press(rita, "Post Comment")
    expect(rita.get_by_role("heading", name="Your reply")).to_be_visible()
    rita.unroute("**/comments")


def rita_sends_over_no_line_at_all(rita: Page) -> None:
    rita.goto(POST)
    write(rita, {"Comment": "Over no line", **RITA})
    rita.context.set_offline(True)
    with rita.expect_event("requestfailed", is_document):
        press(rita, "Post Comment")
    rita.context.set_offline(False)
    rita.goto(POST)
    expect_fields(rita, {"Comment": "Over no line", **RITA})


def rita_replies_while_nothing_may_be_kept(rita: Page, complaints: list[str]) -> None:
    """What is kept is not what we kept there, and then there is no keeping at all."""
    rita.evaluate(SPOIL)
    complaints.clear()
    rita.reload()
    expect(rita.locator("#comment-1 time")).to_have_text(re.compile("now|ago"))
    rita.add_init_script(FORBID)
    rita.reload()
    expect(rita.locator("#comment-1 time")).to_have_text(re.compile("now|ago"))
    write(rita, {"Comment": "Kept nowhere", **RITA})
    press(rita, "Post Comment")
    expect(spoken(rita)).to_contain_text("awaiting moderation")
    expect(rita.locator(".thread > .comment").last).to_contain_text("Kept nowhere")
    expect(rita.get_by_text("Your replies here")).to_be_visible()
    assert complaints == []


def tom_reads_for_the_first_time(tom: Page) -> None:
    tom.goto(POST)
    expect(tom.locator(".comment-new")).to_have_count(0)
    time = tom.locator("#comment-1 time")
    expect(time).to_have_text(re.compile("now|ago"))
    expect(time).to_have_attribute("title", re.compile("UTC"))
    tom_prints_it(tom, time)
    tom_reads_in_two_tabs(tom)


def tom_prints_it(tom: Page, time: Locator) -> None:
    """On paper nobody can ask what "ago" is counted from."""
    tom.evaluate(WATCH_PRINTING)
    tom.pdf()
    assert "UTC" in tom.evaluate("printed")
    expect(time).to_have_text(re.compile("now|ago"))


def tom_reads_in_two_tabs(tom: Page) -> None:
    """What one tab has seen, the other does not forget."""
    other = tom.context.new_page()
    other.goto(BRANCH)
    tom.evaluate("document.dispatchEvent(new Event('reply-shown'))")  # then it is kept again
    kept = tom.evaluate("Object.keys(JSON.parse(localStorage['afterword.seen']))")
    assert sorted(kept) == [BRANCH, POST]
    other.close()


def olga_lets_replies_appear_at_once(olga: Page, link: str) -> None:
    olga.goto(link)
    write(olga, OLGA)
    press(olga, "Begin")
    olga.goto("/desk/rules")
    for rule in ("Nobody has shown whose", "No approved reply yet"):
        row = olga.locator(".rule").filter(has_text=rule)
        row.get_by_role("button", name="Switch off").click()
        expect(row).to_contain_text("switched off")


def rita_sees_her_answer_published(rita: Page) -> None:
    rita.goto(POST)
    rita.get_by_role("link", name="Reply to Rosa").click()
    write(rita, {"Comment": "Said at once", **RITA})
    press(rita, "Post Comment")
    said = rita.locator("#comment-1 .comment")
    expect(said).to_be_focused()
    expect(said.get_by_role("link", name="Reply to Rita")).to_be_visible()
    expect(spoken(rita)).to_contain_text("Your reply is approved.")
    expect(said.get_by_text("Your reply is on the page.")).to_be_visible()
    expect(said.get_by_role("link", name="Your page about this reply")).to_be_visible()
    expect(rita.get_by_role("heading", name="2 replies")).to_be_visible()
    rita.get_by_text("Your replies here").click()
    expect(rita.get_by_role("link", name="Said at once")).to_be_visible()


def olga_answers_in_place(olga: Page) -> None:
    olga.goto(POST)
    olga.get_by_role("link", name="Reply to Rita").click()
    write(olga, {"Comment": "Welcome"})
    press(olga, "Post Comment")
    answer = olga.locator(".comment .comment .comment")
    expect(answer).to_contain_text("Author")
    expect(answer).to_be_focused()
    expect(spoken(olga)).to_have_text("Your reply is on the page.")
    expect(answer.get_by_text("Your reply is on the page.")).to_be_visible()
    expect(answer.get_by_role("link", name="Your page about this reply")).to_have_count(0)
    expect(olga.get_by_role("heading", name="3 replies")).to_be_visible()
    olga.reload()
    expect(answer).to_have_count(1)
    expect_fields(olga, {"Comment": ""})


def tom_comes_back(tom: Page) -> None:
    tom.clock.set_fixed_time(datetime.now(UTC) + AWAY)
    tom.reload()
    expect(tom.locator(".comment-new")).to_have_count(2)
    tom.get_by_role("link", name="New since your last visit: 2").click()
    expect(tom.locator(".comment:target")).to_contain_text("Said at once")
    tom.clock.set_fixed_time(datetime.now(UTC) + 2 * AWAY)
    tom.goto(POST)
    expect(tom.locator(".comment-new")).to_have_count(0)
    tom.clock.set_fixed_time(datetime.now(UTC) + WEEK)
    tom.goto(POST)
    expect(tom.locator("#comment-1 time").first).to_have_text(re.compile("UTC"))


def write(page: Page, typed: dict[str, str]) -> None:
    """Fill in the fields that have these labels."""
    for label, value in typed.items():
        field(page, label).fill(value)


def expect_fields(page: Page, typed: dict[str, str]) -> None:
    """See what stands in the fields that have these labels."""
    for label, value in typed.items():
        expect(field(page, label)).to_have_value(value)


def press(page: Page, button: str) -> None:
    """Press a button."""
    page.get_by_role("button", name=button, exact=True).click()


def spoken(page: Page) -> Locator:
    """What assistive technology is told."""
    return page.get_by_role("status")


def is_document(request: Request) -> bool:
    """Whether a page is asked for, and not something that a script wants."""
    return request.resource_type == "document"
