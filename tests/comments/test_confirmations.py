"""Following the link of a mail shows whose address it is. Opening it alone does nothing."""

import pytest
from flask import Flask

from blog import keys
from blog.comments.rules.kinds import Terms
from blog.extensions import db
from blog.outbox import Outbox
from blog.posts.models import Post
from tests.browser import Browser
from tests.comments.conversation import about, set_rules
from tests.comments.test_replies import PAGE, REPLY, comments


@pytest.fixture
def settings() -> dict[str, str]:
    return {"BLOG_MAIL_URL": "smtp://127.0.0.1:9"}


def link(app: Flask, number: int = 1) -> str:
    """The link in the mail about a reply."""
    with app.app_context():
        return f"/confirmations/{keys.confirmation(number, 'rita@example.org')}"


def wanted(app: Flask, kind: str) -> list[str]:
    """Who is to get a mail of this kind."""
    with app.app_context():
        return list(db.session.scalars(db.select(Outbox.person).where(Outbox.kind == kind)))


def reply(person: Browser, body: str) -> None:
    assert person.submit(PAGE, {**REPLY, "body": body}).status_code == 303, person.text


def confirm(person: Browser, app: Flask, number: int = 1) -> None:
    assert person.submit(link(app, number), button="Yes, this is my reply").status_code == 303


def approve(mo: Browser, number: int = 1) -> None:
    mo.get(f"/moderation/comments/{number}")
    token = mo.page.select_one("[name=csrf_token]")["value"]
    assert mo.post(f"/comments/{number}/approval", {"csrf_token": token}).status_code == 303


def trusted(rita: Browser, mo: Browser, app: Flask) -> None:
    """Rita has an approved reply that is proven to be hers."""
    reply(rita, "First.")
    confirm(rita, app)
    approve(mo)


def rules(app: Flask, number: int) -> list[str]:
    return [finding["rule"] for finding in comments(app)[number - 1].findings]


def test_a_first_reply_waits_for_its_address_and_for_a_moderator(
    rita: Browser, app: Flask, post: Post
) -> None:
    reply(rita, "First.")
    assert rules(app, 1) == ["unproven", "first-timer"]
    assert wanted(app, "confirmation") == ["rita@example.org"]
    rita.get(rita.answer.headers["Location"])
    assert "look into your mail" in rita.text


@pytest.mark.one_database
def test_opening_the_link_changes_nothing(rita: Browser, app: Flask, post: Post) -> None:
    reply(rita, "First.")
    rita.get(link(app))
    assert "Is this reply yours?" in rita.text
    assert comments(app)[0].proven_at is None


def test_a_proven_first_reply_still_waits_for_a_moderator(
    rita: Browser, app: Flask, post: Post
) -> None:
    reply(rita, "First.")
    confirm(rita, app)
    (comment,) = comments(app)
    assert comment.proven_at is not None
    assert comment.status == "pending"
    assert rules(app, 1) == ["first-timer"]


def test_a_known_reader_publishes_by_following_the_link(
    rita: Browser, mo: Browser, app: Flask, post: Post
) -> None:
    trusted(rita, mo, app)
    reply(rita, "Second.")
    assert rules(app, 2) == ["unproven"]
    confirm(rita, app, 2)
    assert comments(app)[1].status == "approved"
    assert "Second." in rita.read(PAGE)


def test_the_link_publishes_nothing_that_another_rule_holds(
    rita: Browser, mo: Browser, app: Flask, post: Post
) -> None:
    trusted(rita, mo, app)
    reply(rita, "https://a.example https://b.example")
    confirm(rita, app, 2)
    assert comments(app)[1].status == "pending"
    assert rules(app, 2) == ["links"]


def test_the_link_publishes_nothing_that_a_moderator_holds(
    rita: Browser, mo: Browser, app: Flask, post: Post
) -> None:
    trusted(rita, mo, app)
    reply(rita, "Second.")
    approve(mo, 2)
    mo.get("/moderation/comments/2")
    mo.submit(None, {}, button="Hold")
    confirm(rita, app, 2)
    assert comments(app)[1].status == "pending"
    assert "by-hand" in rules(app, 2)


def test_the_link_publishes_nothing_that_was_put_away(
    rita: Browser, mo: Browser, app: Flask, post: Post
) -> None:
    trusted(rita, mo, app)
    reply(rita, "Second.")
    mo.submit("/moderation/comments/2", {}, button="Spam")
    confirm(rita, app, 2)
    assert comments(app)[1].status == "spam"


def test_somebody_else_with_a_known_address_is_held(
    rita: Browser, stranger: Browser, mo: Browser, app: Flask, post: Post
) -> None:
    trusted(rita, mo, app)
    reply(stranger, "I am Rita, buy my honey.")
    assert comments(app)[1].status == "pending"
    assert rules(app, 2) == ["unproven"]


def test_an_approved_reply_that_is_not_proven_makes_nobody_known(
    rita: Browser, mo: Browser, app: Flask, post: Post
) -> None:
    reply(rita, "First.")
    approve(mo)
    reply(rita, "Second.")
    assert rules(app, 2) == ["unproven", "first-timer"]


def test_a_remembered_browser_needs_no_mail(
    rita: Browser, mo: Browser, app: Flask, post: Post
) -> None:
    trusted(rita, mo, app)
    answer = rita.post(f"{link(app)}/browser")
    key = answer.json["browser"]
    rita.submit(PAGE, {**REPLY, "body": "Second.", "browser": key})
    (_, comment) = comments(app)
    assert comment.status == "approved"
    assert comment.proven_at is not None


def test_a_remembered_browser_proves_no_other_address(
    rita: Browser, mo: Browser, app: Flask, post: Post
) -> None:
    trusted(rita, mo, app)
    key = rita.post(f"{link(app)}/browser").json["browser"]
    rita.submit(PAGE, {**REPLY, "email": "else@example.org", "body": "Hi.", "browser": key})
    assert comments(app)[1].proven_at is None


@pytest.mark.one_database
def test_no_browser_is_remembered_before_the_address_is_proven(
    rita: Browser, app: Flask, post: Post
) -> None:
    reply(rita, "First.")
    assert rita.post(f"{link(app)}/browser").status_code == 403


@pytest.mark.one_database
def test_another_site_confirms_nothing(rita: Browser, app: Flask, post: Post) -> None:
    reply(rita, "First.")
    foreign = {"Origin": "https://evil.example"}
    assert rita.post(link(app), headers=foreign).status_code == 403
    assert rita.post(f"{link(app)}/browser", headers=foreign).status_code == 403
    assert comments(app)[0].proven_at is None


@pytest.mark.one_database
@pytest.mark.parametrize("key", ["x" * 20, "WzEsICJ4Il0.aaaaaa.bbbbbbbbbbbbbbbb"])
def test_a_forged_link_opens_nothing(stranger: Browser, post: Post, key: str) -> None:
    for path in (f"/confirmations/{key}", f"/unsubscribe/{key}"):
        assert stranger.get(path).status_code == 404
        assert stranger.post(path).status_code == 404


@pytest.mark.one_database
def test_the_link_of_one_kind_of_mail_opens_no_other(rita: Browser, app: Flask, post: Post) -> None:
    reply(rita, "First.")
    with app.app_context():
        key = keys.unsubscription("rita@example.org")
    assert rita.get(f"/confirmations/{key}").status_code == 404


def test_unsubscribing_ends_all_mail_and_asks_no_origin(
    rita: Browser, app: Flask, post: Post
) -> None:
    reply(rita, "First.")
    rita.submit(rita.answer.headers["Location"], button="Tell me by mail what becomes of it")
    with app.app_context():
        path = f"/unsubscribe/{keys.unsubscription('rita@example.org')}"
    rita.get(path)
    assert comments(app)[0].wants_mail
    rita.post(path, {"List-Unsubscribe": "One-Click"}, headers={"Origin": None})
    assert rita.answer.status_code == 200
    assert not comments(app)[0].wants_mail
    reply(rita, "Second.")
    with app.app_context():
        unsent = db.select(Outbox).where(Outbox.settled_at.is_(None), Outbox.kind == "confirmation")
        assert db.session.scalars(unsent).all() == []


@pytest.mark.parametrize("tightened", [Terms("everything"), about("second", verdict="trash")])
def test_the_link_asks_the_rules_of_today(
    rita: Browser, mo: Browser, app: Flask, post: Post, tightened: Terms
) -> None:
    trusted(rita, mo, app)
    reply(rita, "Second.")
    set_rules(app, tightened)
    confirm(rita, app, 2)
    assert comments(app)[1].status == "pending"


def test_whom_a_rule_trusts_is_asked_to_show_whose_the_address_is(
    rita: Browser, app: Flask, post: Post
) -> None:
    friends = Terms("emails", "approve", ("*@example.org",))
    set_rules(app, friends, Terms("first-timer"))
    reply(rita, "Somebody who says that she is Rita.")
    assert wanted(app, "confirmation") == ["rita@example.org"]
    confirm(rita, app)
    assert comments(app)[0].status == "approved"
    assert rules(app, 1) == ["emails"]


def test_the_link_publishes_nothing_that_a_moderator_restored(
    rita: Browser, mo: Browser, app: Flask, post: Post
) -> None:
    trusted(rita, mo, app)
    reply(rita, "Second.")
    mo.submit("/moderation/comments/2", {}, button="Spam")
    mo.submit("/moderation/comments/2", {}, button="Not spam")
    confirm(rita, app, 2)
    assert comments(app)[1].status == "pending"
