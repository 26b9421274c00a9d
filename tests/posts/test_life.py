"""The life of a post: to come, moved, withdrawn, put away and brought back, pinned, closed by the clock."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from blog.database import write_tx
from blog.extensions import db
from blog.posts.closing import follow
from blog.posts.models import Post
from blog.site.models import Site
from tests.browser import Browser, path_of
from tests.comments.conversation import POST, leave, say
from tests.conftest import MakePost

# In Berlin: two hours before UTC, and the clocks are put back on 25 October and forward on 28 March.
SUMMER = datetime(2026, 7, 1, 12, 0, 30, tzinfo=UTC)

Drafts = Callable[..., str]


@pytest.fixture
def summer() -> time_machine.Traveller:
    """A clock that stands still on a day in summer, until it is moved."""
    with time_machine.travel(SUMMER, tick=False) as clock:
        yield clock


@pytest.fixture
def write(olga: Browser, make_post: MakePost, app: Flask) -> Drafts:
    """Olga's drafts: the sheet of each. The site is in Berlin."""
    with app.app_context(), write_tx():
        replace(Site.load(), time_zone="Europe/Berlin").save()

    def write(title: str = "On bees", **words: object) -> str:
        return f"/desk/posts/{make_post(title, published=False, **words).id}"

    return write


def act(olga: Browser, sheet: str | None, button: str, **fields: str) -> None:
    assert olga.submit(sheet, fields, button=button).status_code == 303, olga.text


def everywhere(number: int) -> tuple[str, ...]:
    """Where a stranger meets a post with the tag Honey."""
    return (
        *("/posts/on-bees", "/", "/tags/honey", "/archive", "/archive/2026/07", f"/p/{number}"),
        *("/feed.xml", "/feed.rss", "/feed.json", "/tags/honey/feed.xml", "/search?q=bees"),
        *("/sitemap.xml", "/posts/on-bees/comments.xml", "/posts/before"),
        "/oembed?url=http%3A//127.0.0.1%3A8000/posts/on-bees",
    )


def shown(stranger: Browser, number: int) -> set[str]:
    """Where a stranger meets it now."""
    found = set()
    for path in everywhere(number):
        answer = stranger.get(path)
        # A feed may be asked for where there is no post yet; a search says what was looked for.
        said = answer.get_data(as_text=True)
        if answer.status_code == 200 and ("on-bees" in said or "On bees" in said):
            found.add(path)
    return found


def test_a_post_to_come_is_there_at_its_second_everywhere_though_no_job_runs(
    summer: time_machine.Traveller,
    write: Drafts,
    make_post: MakePost,
    olga: Browser,
    stranger: Browser,
) -> None:
    make_post("Before")
    sheet = write(tags=["Honey"])
    number = int(sheet.rpartition("/")[2])
    act(olga, sheet, "Publish", publish_at="2026-07-01T14:05:30")
    assert "To come on 1 July 2026, 14:05 UTC+2 (Europe/Berlin)" in olga.read(sheet)
    assert "To come, 1 July 2026, 14:05" in olga.read("/desk/posts")
    assert shown(stranger, number) == set()
    summer.shift(299)  # what is stored by now is of the second before
    assert shown(stranger, number) == set()
    summer.shift(1)
    assert shown(stranger, number) == set(everywhere(number))


def test_the_date_of_a_post_to_come_is_moved_and_given_up(
    summer: time_machine.Traveller, write: Drafts, olga: Browser, stranger: Browser
) -> None:
    sheet = write()
    act(olga, sheet, "Publish", publish_at="2026-07-01T15:00")
    olga.get(sheet)
    assert olga.page.select_one("#publish_at")["value"] == "2026-07-01T15:00"
    act(olga, sheet, "Change the date", publish_at="2026-07-01T16:00")
    summer.shift(timedelta(hours=1, minutes=30))
    assert stranger.get(POST).status_code == 404
    act(olga, sheet, "Publish now")
    assert "1 July 2026" in stranger.read(POST)
    assert 'datetime="2026-07-01T13:30:30+00:00"' in stranger.answer.get_data(as_text=True)
    # What is out may be dated back, but hidden only by withdrawing it, which says that it is gone.
    answer = olga.submit(sheet, {"publish_at": "2026-08-01T00:00"}, button="Publish the changes")
    assert answer.status_code == 422
    assert "Withdraw it first" in olga.errors["publish_at"]
    act(olga, sheet, "Publish the changes", publish_at="2019-12-31T23:30")
    assert 'datetime="2019-12-31T22:30:00+00:00"' in stranger.get(POST).get_data(as_text=True)
    assert stranger.get("/archive/2019/12").status_code == 200
    act(olga, sheet, "Withdraw")
    assert stranger.get(POST).status_code == 410
    act(olga, sheet, "Publish", publish_at="2026-07-02T00:00")
    assert stranger.get(POST).status_code == 404
    act(olga, sheet, "Withdraw")
    assert "Draft" in olga.read(sheet)


def test_a_date_that_was_typed_stays_on_the_sheet_until_it_is_taken(
    summer: time_machine.Traveller, write: Drafts, olga: Browser, stranger: Browser
) -> None:
    sheet, later = write(), "2026-07-01T15:00"
    overtaken = {"base": "0", "body": "Written in another tab."}
    for words, button, status in (
        ({}, "Preview", 200),
        ({"title": ""}, "Publish", 422),
        ({"slug": "No slug!"}, "Save draft", 422),
        (overtaken, "Publish", 409),
    ):
        answer = olga.submit(sheet, {**words, "publish_at": later}, button=button)
        assert answer.status_code == status
        assert olga.page.select_one("#publish_at")["value"] == later, button
    # So the next press of the button does not publish it at once.
    act(olga, None, "Publish")
    assert stranger.get(POST).status_code == 404
    # Whoever empties the date of what is to come may mean never, or now: there is a button for each.
    answer = olga.submit(sheet, {"publish_at": ""}, button="Change the date")
    assert answer.status_code == 422
    assert "Publish now" in olga.errors["publish_at"]
    assert "Publish now" in olga.page.select_one("[role=alert]").text  # the field is far below
    assert stranger.get(POST).status_code == 404
    summer.shift(timedelta(hours=1))
    assert stranger.get(POST).status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_time_is_taken_as_clocks_show_it_and_told_at_its_field_where_none_does(
    summer: time_machine.Traveller, write: Drafts, olga: Browser, app: Flask
) -> None:
    sheet = write()
    for typed, meant in (
        ("2026-10-25T02:30", "2026-10-25T00:30:00+00:00"),  # twice: the first
        ("2027-03-28T03:00", "2027-03-28T01:00:00+00:00"),
        ("2027-01-01T00:00:59", "2026-12-31T23:00:59+00:00"),
        ("1066-10-14T09:00", None),  # long before there were zones: nearly UTC+1
    ):
        assert olga.submit(sheet, {"publish_at": typed}, form="form.form").status_code == 303
        action = f"{sheet}/publication"
        token = olga.read(sheet) and olga.page.select_one("[name=csrf_token]")["value"]
        olga.post(action, {"publish_at": typed, "csrf_token": token})
        with app.app_context():
            date = db.session.scalar(db.select(Post.published_at))
        assert meant is None or date.isoformat() == meant
        act(olga, sheet, "Withdraw")
    for typed in ("2027-03-28T02:30", "0999-01-01T00:00", "9999-12-31T23:59", "soon"):
        answer = olga.submit(sheet, {"publish_at": typed, "title": "Kept"}, button="Publish")
        assert answer.status_code == 422, typed
        assert olga.errors["publish_at"]
        assert olga.page.select_one("#title")["value"] == "Kept"
        assert olga.page.select_one("#publish_at")["value"] == typed


def test_what_is_in_the_trash_is_gone_for_everyone_and_comes_back_as_it_was(
    olga: Browser, stranger: Browser, make_post: MakePost, app: Flask
) -> None:
    public, draft = make_post(), make_post("Draft", published=False)
    reply = leave(app, public, "Bees hum.")
    before = stranger.get("/feed.xml").data, stranger.read(POST)
    for post in (public, draft):
        act(olga, f"/desk/posts/{post.id}", "Move to the trash")
    assert [stranger.get(path).status_code for path in (POST, "/posts/draft")] == [410, 404]
    assert stranger.get(f"/comments/{reply}").status_code == 404
    answer = stranger.post(
        f"{POST}/comments", {"body": "Hi", "name": "R", "email": "r@example.org"}
    )
    assert answer.status_code == 410
    for path in ("/", "/feed.xml", "/comments.xml", "/sitemap.xml", "/search?q=hum"):
        assert "on-bees" not in stranger.get(path).get_data(as_text=True), path
    assert "On bees" not in olga.read("/desk/posts")
    assert "On bees In the trash" in olga.read("/desk/posts?state=trashed")
    token = {"csrf_token": olga.page.select_one("[name=csrf_token]")["value"]}
    for noun in ("publication", "withdrawal", "pin"):
        assert olga.post(f"/desk/posts/{public.id}/{noun}", token).status_code == 409
    act(olga, f"/desk/posts?trashed={public.id}", "Undo")
    act(olga, f"/desk/posts/{draft.id}", "Bring it back")
    assert (stranger.get("/feed.xml").data, stranger.read(POST)) == before
    assert stranger.get("/posts/draft").status_code == 404
    assert "Draft Draft" in olga.read("/desk/posts")


def test_nothing_is_published_by_an_undo(
    summer: time_machine.Traveller, write: Drafts, olga: Browser, stranger: Browser
) -> None:
    sheet = write()
    act(olga, sheet, "Publish", publish_at="2026-07-02T12:00")
    act(olga, sheet, "Move to the trash")
    act(olga, sheet, "Bring it back")
    assert "To come on 2 July" in olga.read(sheet)
    act(olga, sheet, "Move to the trash")
    summer.shift(timedelta(days=2))
    assert stranger.get(POST).status_code == 404
    act(olga, sheet, "Bring it back")
    assert stranger.get(POST).status_code == 404
    assert "Draft" in olga.read(sheet)


def test_what_is_pinned_comes_first_on_the_first_page_alone(
    olga: Browser, stranger: Browser, make_post: MakePost
) -> None:
    posts = [make_post(f"Post {number}") for number in range(12)]
    feed = stranger.get("/feed.xml").data
    for number in (0, 5):
        act(olga, f"/desk/posts/{posts[number].id}", "Pin to the first page")

    def titles(path: str) -> list[str]:
        stranger.get(path)
        return [found.get_text() for found in stranger.page.select(".post-summary-title")]

    assert titles("/") == [f"Post {n}" for n in (5, 0, 11, 10, 9, 8, 7, 6, 4, 3, 2)]
    marked = stranger.page.select(".post-summary:-soup-contains('Pinned')")
    assert len(marked) == 2
    assert titles("/?page=2") == ["Post 1", "Post 0"]
    assert stranger.get("/feed.xml").data == feed
    act(olga, f"/desk/posts/{posts[5].id}", "Unpin")
    assert titles("/")[:2] == ["Post 0", "Post 11"]


def test_what_olga_has_typed_is_kept_whatever_button_she_presses(
    olga: Browser, make_post: MakePost
) -> None:
    sheet = f"/desk/posts/{make_post(published=False).id}"
    for number, (button, leads_to) in enumerate(
        (
            ("Pin to the first page", sheet),
            ("Unpin", sheet),
            ("Set it", sheet),
            ("Make a link", f"{sheet}"),
            ("Move to the trash", "/desk/posts?trashed=1"),
            ("Bring it back", sheet),
        )
    ):
        typed = {"title": "", "body": f"Half a sentence {number}"}  # without a title, for now
        answer = olga.submit(sheet, typed, button=button)
        assert (answer.status_code, path_of(answer)) == (303, leads_to), button
        olga.get(sheet)
        assert olga.page.select_one("#body").text.strip() == typed["body"], button


def test_replies_close_by_the_clock_where_the_page_is_stored_too(
    summer: time_machine.Traveller, post: Post, olga: Browser, rita: Browser, app: Flask
) -> None:
    comment = leave(app, post)
    branch = f"/comments/{comment}/replies"
    act(olga, f"/desk/posts/{post.id}", "Set it", days="2")
    summer.shift(timedelta(days=2, seconds=-1))
    for path in (POST, branch):
        rita.get(path)
        assert rita.page.select("#respond"), path
    say(rita, "Just in time.")
    rita.get(POST)
    summer.shift(1)
    assert "Replies to this post are closed." in rita.read(POST)
    assert not rita.page.select(f"a[href='{branch}']")
    assert "This cannot be answered any more." in rita.read(branch)
    typed = {"body": "Too late.", "name": "Rita", "email": "rita@example.org"}
    for path in (f"{POST}/comments", branch):
        assert rita.post(path, typed).status_code == 403
        assert (
            "Too late." in rita.text or rita.page.select_one("textarea").text.strip() == "Too late."
        )
    act(olga, f"/desk/posts/{post.id}", "Set it", days="0")
    rita.get(POST)
    assert rita.page.select("#respond")


def test_a_post_that_says_nothing_else_closes_as_the_site_says(
    summer: time_machine.Traveller, make_post: MakePost, olga: Browser, rita: Browser, app: Flask
) -> None:
    for title, days in (("Usual", ""), ("Open", "0"), ("Longer", "3")):
        act(olga, f"/desk/posts/{make_post(title).id}", "Set it", days=days)
    with app.app_context(), write_tx():
        replace(Site.load(), close_after_days=1).save()
        follow(1)  # as the page of settings does
    make_post("New")
    summer.shift(timedelta(days=1, seconds=-1))
    assert [is_open(rita, title) for title in ("usual", "new")] == [True, True]
    summer.shift(1)
    assert [is_open(rita, title) for title in ("usual", "new")] == [False, False]
    assert [is_open(rita, title) for title in ("open", "longer")] == [True, True]
    answer = olga.submit("/desk/posts/1", {"days": "-1"}, button="Set it")
    assert answer.status_code == 422
    assert olga.errors["days"]


def is_open(rita: Browser, slug: str) -> bool:
    rita.get(f"/posts/{slug}")
    return bool(rita.page.select("#respond"))


def test_a_link_by_number_leads_to_the_address_of_today(
    olga: Browser, stranger: Browser, make_post: MakePost
) -> None:
    bees = make_post()
    hidden = make_post("Hidden", published=False)
    source = f"See [bees](post:{bees.id}), [them](post:{hidden.id}) and [none](post:99)."
    here = make_post("Here", source=source)
    stranger.get("/posts/here")
    assert stranger.page.select_one(".prose a")["href"] == f"/p/{bees.id}"
    assert f"http://127.0.0.1:8000/p/{bees.id}" in stranger.get("/feed.xml").get_data(as_text=True)
    act(olga, f"/desk/posts/{bees.id}", "Publish the changes", slug="on-wasps")
    answer = stranger.get(f"/p/{bees.id}", follow_redirects=False)
    assert (answer.status_code, answer.location) == (302, "/posts/on-wasps")
    for person in (stranger, olga):
        assert person.get(f"/p/{hidden.id}").status_code == 404
        assert person.get("/p/99").status_code == 404
    olga.get(f"/desk/posts/{here.id}")
    told = olga.page.select_one("#astray").get_text(" ", strip=True)
    assert f"post:{hidden.id} : Hidden Draft" in told
    assert "post:99 : there is no post of this number" in told
    assert "bees" not in told
