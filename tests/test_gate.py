"""The gate: whose each door is, and that nobody gets through another's.

A new address needs a line in DOORS: whoever adds it says whose it is.
"""

from collections.abc import Callable
from itertools import cycle

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from blog.addresses import is_slug
from blog.gate import author, door_of, is_local_path, moderator, public
from blog.posts.models import RESERVED, Post
from tests.browser import BASE_URL, Browser, fields_of, path_of
from tests.conftest import PASSWORD, MakeBrowser
from tests.lived_in import LivedIn, dump, live_in, rules

pytestmark = pytest.mark.one_database

PUBLIC = {
    "acting.act",
    "acting.ask",
    "auth.sign_in",
    "auth.sign_out",
    "confirmations.confirm",
    "confirmations.confirmation",
    "confirmations.remember_browser",
    "confirmations.unsubscribe",
    "confirmations.unsubscription",
    "elsewhere.oembed",
    "elsewhere.picture",
    "feeds.atom",
    "feeds.comments",
    "feeds.comments_as_in_wordpress",
    "feeds.json",
    "feeds.page_comments",
    "feeds.post_comments",
    "feeds.post_comments_as_in_wordpress",
    "feeds.posts_as_in_wordpress",
    "feeds.rss",
    "files.picture",
    "finding.archive",
    "finding.month",
    "finding.search",
    "finding.year",
    "icons.ico",
    "icons.manifest",
    "icons.png",
    "icons.svg",
    "joining.join",
    "joining.set_up",
    "machines.robots",
    "machines.security",
    "machines.sitemap",
    "machines.sitemap_file",
    "posts.home",
    "posts.numbered",
    "posts.page",
    "posts.post",
    "posts.series",
    "posts.tag",
    "previewing.show",
    "receipts.edit",
    "receipts.notify",
    "receipts.receipt",
    "receipts.withdraw",
    "reports.report",
    "reports.thanks",
    "replies.answer",
    "replies.branch",
    "replies.leave",
    "replies.permalink",
    "replies.preview",
    "replies.preview_answer",
    "resets.ask",
    "resets.asked",
    "resets.reset",
    "site.healthz",
    "site.readyz",
    "site.scripts",
    "site.stylesheet",
    "static",
    "unsubscribing.ask",
    "unsubscribing.end",
}
MODERATORS = {
    "auth.account",
    "auth.change_password",
    "auth.choose_mail",
    "auth.end_sign_in",
    "blocking.ask",
    "blocking.ask_typed",
    "blocking.block",
    "blocking.block_typed",
    "blocking.blocks",
    "blocking.lift",
    "decisions.approve",
    "decisions.decide_many",
    "decisions.hold",
    "decisions.restore",
    "decisions.spam",
    "decisions.take_back",
    "decisions.trash",
    "moderation.comment",
    "moderation.queue",
    "persons.person",
    "persons.to_spam",
    "reported.dismiss",
    "reported.queue",
    "record_pages.act",
    "record_pages.overview",
    "record_pages.undo",
    "record_pages.undo_change",
    "writing.answer",
    "writing.edit",
}
AUTHORS = {
    "autosaving.autosave",
    "autosaving.begin",
    "autosaving.difference",
    "autosaving.render",
    "arranging.add",
    "arranging.change",
    "arranging.earlier",
    "arranging.later",
    "arranging.leave_out",
    "arranging.link",
    "arranging.overview",
    "arranging.remove",
    "arranging.take_in",
    "series_desk.change",
    "series_desk.delete",
    "series_desk.overview",
    "series_desk.series",
    "tag_desk.change",
    "tag_desk.delete",
    "tag_desk.merge",
    "tag_desk.merging",
    "tag_desk.overview",
    "tag_desk.tag",
    "desk.create",
    "desk.edit",
    "desk.new",
    "desk.overview",
    "desk.posts",
    "desk.preview",
    "desk.preview_saved",
    "desk.save",
    "history.restore",
    "history.revision",
    "history.revisions",
    "media.describe",
    "media.library",
    "media.restore",
    "media.trash",
    "outbox_pages.page",
    "people.invite",
    "people.overview",
    "people.revoke",
    "previewing.make",
    "previewing.revoke",
    "publishing.close",
    "publishing.pin",
    "publishing.publish",
    "publishing.restore",
    "publishing.trash",
    "publishing.unpin",
    "publishing.withdraw",
    "rules.ask_earlier",
    "rules.ask_later",
    "rules.change",
    "rules.create",
    "rules.delete",
    "rules.new",
    "rules.overview",
    "rules.pause",
    "rules.resume",
    "rules.rule",
    "rules.try_changed",
    "rules.try_new",
    "site.change_settings",
    "site.settings",
    "uploads.fetched",
    "uploads.upload",
}
DOORS = {
    **dict.fromkeys(PUBLIC, "public"),
    **dict.fromkeys(MODERATORS, "moderator"),
    **dict.fromkeys(AUTHORS, "author"),
}

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")

FOREIGN = (
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "https://evil.example"},
    {"Origin": "http://127.0.0.1"},
    {"Origin": "http://127.0.0.1:8001"},
    {"Origin": "https://127.0.0.1:8000"},
    {"Origin": f"{BASE_URL}.evil.example"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin, cross-site"},
)
WRONG_TOKENS = ("", "wrong", "\0", "é", "a.b.c", "x" * 5_000)


@pytest.fixture
def unmarked(app_of_its_own: None, app: Flask) -> str:
    """The address of a view that does not say whose it is."""
    app.add_url_rule("/unmarked", view_func=lambda: "secret", methods=["GET", "POST"])
    return "/unmarked"


def test_every_address_has_a_line_in_the_table(app: Flask) -> None:
    said = {name: door_of(view) for name, view in app.view_functions.items()}
    assert {name: door.value for name, door in said.items() if door} == DOORS


def test_no_page_may_take_an_address_where_something_else_stands(app: Flask) -> None:
    first = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    assert {segment for segment in first if is_slug(segment)} <= RESERVED


def test_a_view_that_does_not_say_whose_it_is_is_closed_to_all(
    unmarked: str, stranger: Browser, mo: Browser, olga: Browser
) -> None:
    for person in (stranger, mo, olga):
        assert person.get(unmarked).status_code == 404
        assert person.post(unmarked, {"csrf_token": token_of(person)}).status_code == 404
        assert "secret" not in person.text


@pytest.mark.parametrize("mark", [public, moderator, author])
def test_a_mark_opens_a_view_to_the_author(app: Flask, mark: Callable[..., object]) -> None:
    view = mark(lambda: "")
    assert door_of(view).value == mark.__name__


def test_a_stranger_is_asked_to_sign_in_at_every_door_of_the_staff(
    app: Flask, olga: Browser, stranger: Browser
) -> None:
    expected = {"public": "in", "moderator": "sign in", "author": "sign in"}
    assert not surprises(live_in(app), stranger, expected)


def test_a_moderator_is_refused_at_every_door_of_the_author(
    app: Flask, olga: Browser, mo: Browser
) -> None:
    expected = {"public": "in", "moderator": "in", "author": "refused"}
    assert not surprises(live_in(app), mo, expected)


def test_the_author_gets_in_everywhere(app: Flask, olga: Browser) -> None:
    expected = {"public": "in", "moderator": "in", "author": "in"}
    assert not surprises(live_in(app), olga, expected)


def test_a_stranger_who_signs_in_goes_on_to_where_they_wanted_to_be(
    mo: Browser, stranger: Browser
) -> None:
    answer = stranger.get("/moderation?status=spam", follow_redirects=False)
    assert answer.status_code == 303
    assert path_of(answer) == "/login?next=/moderation?status%3Dspam"


# It is refused before anybody asks a database.
def test_a_method_that_an_address_does_not_take_is_refused_with_those_it_takes(
    app: Flask, olga: Browser
) -> None:
    lived_in = live_in(app)
    for rule, method in zip(rules(app), cycle(("PUT", "PATCH", "DELETE")), strict=False):
        assert method not in (rule.methods or ()), rule
        answer = olga.open(method, lived_in.address(rule))
        assert answer.status_code == 405, (rule, method)
        assert set(answer.headers["Allow"].split(", ")) >= rule.methods


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": BASE_URL},
        {"Origin": BASE_URL.upper()},
        {"Origin": None},  # a browser that says nothing still brought the token
        {"Sec-Fetch-Site": "same-origin", "Origin": None},
    ],
)
def test_a_form_of_the_staff_is_taken_from_our_own_pages(
    olga: Browser, post: Post, headers: dict[str, str | None]
) -> None:
    assert olga.submit("/desk/posts/1", {"title": "On wasps"}, headers=headers).status_code == 303


def test_a_form_of_the_staff_is_taken_from_nowhere_else(
    app: Flask, olga: Browser, post: Post
) -> None:
    olga.get("/desk/posts/1")
    fields = fields_of(olga.page.select_one("form.form"))
    before = dump(app)
    for headers in FOREIGN:
        assert olga.post("/desk/posts/1", fields, headers=headers).status_code == 403, headers
    assert dump(app) == before


def test_without_its_token_a_form_is_not_taken_and_sign_in_is_shown_with_the_words(
    app: Flask, olga: Browser, post: Post
) -> None:
    olga.get("/desk/posts/1")
    before = dump(app)
    for path in ("/desk/posts/1", "/posts/on-bees/comments", "/account/password"):
        for token in ({}, *({"csrf_token": wrong} for wrong in WRONG_TOKENS)):
            olga.post(path, {"title": "On wasps", "body": "Wasps.", **token})
            assert olga.answer.status_code == 403, (path, token)
            assert olga.page.select_one("input[type=hidden][name=body]")["value"] == "Wasps."
    assert dump(app) == before


def test_a_token_is_good_in_the_session_that_it_was_made_for_alone(
    app: Flask, olga: Browser, mo: Browser, post: Post
) -> None:
    before = dump(app)
    fields = {"body": "As Olga", "csrf_token": token_of(mo)}
    assert olga.post("/posts/on-bees/comments", fields).status_code == 403
    assert dump(app) == before


def test_another_site_cannot_make_the_author_reply(app: Flask, olga: Browser, post: Post) -> None:
    """The form of a reader has no token; that of somebody who is signed in needs one."""
    before = dump(app)
    headers = {"Origin": "https://evil.example"}
    reply = {"body": "Buy!", "name": "Olga", "email": "olga@example.org"}
    assert olga.post("/posts/on-bees/comments", reply, headers=headers).status_code == 403
    assert dump(app) == before


def test_another_site_cannot_sign_anybody_in_or_out(olga: Browser, browser: MakeBrowser) -> None:
    headers = {"Origin": "https://evil.example"}
    assert olga.submit("/account", button="Sign out", headers=headers).status_code == 403
    assert olga.get("/account").status_code == 200
    victim = browser()
    mine = {"email": "olga@staff.example", "password": PASSWORD}
    assert victim.submit("/login", mine, headers=headers).status_code == 403
    assert victim.get("/account", follow_redirects=False).status_code == 303


def test_without_an_address_of_its_own_the_blog_is_where_a_browser_found_it(
    app: Flask, mo: Browser, browser: MakeBrowser
) -> None:
    mine = {"email": "mo@staff.example", "password": PASSWORD}
    for found_at in ("http://localhost:8000", "http://[::1]:8000", "http://192.0.2.1:9000"):
        for is_given, status in ((True, 403), (False, 303)):
            app.config["BASE_URL_IS_GIVEN"] = is_given
            assert browser(base_url=found_at).submit("/login", mine).status_code == status


@pytest.mark.parametrize(
    ("target", "stays"),
    [
        ("/", True),
        ("/moderation?status=spam&before=7", True),
        ("/posts/bees#comment-1", True),
        ("", False),
        ("moderation", False),
        ("//evil.example", False),
        ("///evil.example", False),
        ("/\\evil.example", False),
        ("\\\\evil.example", False),
        ("/\t/evil.example", False),
        ("/\n/evil.example", False),
        ("https://evil.example/", False),
        ("https:/evil.example", False),
        ("javascript:alert(1)", False),
        (" //evil.example", False),
        ("/%00", True),
        ("/\0", False),
    ],
)
def test_signing_in_leads_to_this_site_alone(target: str, stays: bool) -> None:
    assert is_local_path(target) is stays


def surprises(lived_in: LivedIn, person: Browser, expected: dict[str, str]) -> dict[str, str]:
    """Knock on every door with every method that it takes, and list where it went otherwise."""
    found = {}
    token = token_of(person)
    for method in METHODS:
        for rule in rules(lived_in.app):
            if method not in (rule.methods or ()):
                continue
            got = knock(lived_in, person, method, rule, token)
            if got != expected[DOORS[rule.endpoint]]:
                found[f"{method} {rule.rule}"] = got
    return found


def knock(lived_in: LivedIn, person: Browser, method: str, rule: Rule, token: str) -> str:
    """What became of a knock: in, sign in, refused, or a status that is none of them."""
    form = {"data": {"csrf_token": token}, "headers": {"Origin": BASE_URL}}
    options = form if method == "POST" else {}
    answer = person.open(method, lived_in.address(rule), **options)
    if is_sign_in(answer) and rule.endpoint != "auth.sign_in":
        return "sign in"
    if answer.status_code == 403:
        return "refused"
    good = answer.status_code < 500 and answer.status_code not in {404, 405}
    return "in" if good else str(answer.status_code)


def is_sign_in(answer: TestResponse) -> bool:
    """Whether somebody was sent to sign in, or asked to where they stand."""
    if answer.status_code == 303:
        return path_of(answer).startswith("/login")
    return answer.status_code == 403 and 'name="sign-in-email"' in answer.get_data(as_text=True)


def token_of(person: Browser) -> str:
    """The token that stands in this person's forms; nothing for a stranger."""
    person.get("/")
    field = person.page.select_one("input[name=csrf_token]")
    return str(field["value"]) if field else ""
