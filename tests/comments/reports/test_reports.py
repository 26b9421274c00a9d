"""Reports: readers say what is wrong with a comment, moderators decide, or say that nothing is."""

import pytest
from flask import Flask
from time_machine import Traveller

from blog.comments.acts import Deed, Status
from blog.comments.models import SENDERS_KEPT_FOR
from blog.comments.reports import models
from blog.comments.reports.models import Report
from blog.database import write_tx
from blog.extensions import db, limiter
from blog.outbox import Outbox, compose
from blog.posts.models import Post
from tests.browser import Browser
from tests.comments.conversation import (
    history,
    leave,
    listed,
    look,
    status_of,
)
from tests.comments.test_undo import acts_on, undo
from tests.conftest import MakeBrowser
from tests.lived_in import dump

WORDS = "It tells where I live."


def report(browser: Browser, number: int, reason: str = "spam", body: str = "") -> int:
    """Report a comment on its own page. The status of the answer."""
    said = {"reason": reason, "body": body}
    page = f"/comments/{number}/replies"
    return browser.submit(page, said, form="#report form").status_code


def reports_of(app: Flask, number: int) -> list[tuple[str, str]]:
    """What was reported of a comment."""
    with app.app_context():
        found = db.session.query(Report).filter_by(comment_id=number).order_by(Report.id)
        return [(one.reason.value, one.words) for one in found]


def test_rita_reports_a_comment_without_an_account_and_mo_decides(
    app: Flask, post: Post, rita: Browser, mo: Browser
) -> None:
    number = leave(app, post, name="Sid")
    assert report(rita, number, "private", WORDS) == 303
    rita.get(rita.answer.headers["Location"])
    assert "Nobody learns who reported it." in rita.text
    assert "Reported 1" in " ".join(mo.read("/moderation").split())
    mo.get("/moderation/reports")
    assert listed(mo) == [number]
    assert "1 reader reported it" in mo.text
    assert "It tells what is private to somebody" in mo.text
    assert WORDS in mo.text
    assert history(mo, number)[-1] == "A reader reported it"
    assert WORDS in mo.text
    mo.submit("/moderation/reports", button="Trash", follow=True)
    assert status_of(app, number) is Status.TRASHED
    mo.get("/moderation/reports")
    assert listed(mo) == []


def test_from_one_address_a_comment_is_reported_once(
    app: Flask, post: Post, browser: MakeBrowser, mo: Browser
) -> None:
    sid, other = leave(app, post, name="Sid"), leave(app, post, name="Ann")
    for address in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
        assert report(browser(address=address), sid) == 303
    assert report(browser(address="192.0.2.1"), other, "insult") == 303
    assert reports_of(app, sid) == [("spam", ""), ("spam", "")]
    # What was reported last comes first, and what came from one address looks like no other.
    mo.get("/moderation/reports")
    assert listed(mo) == [other, sid]
    assert "It is spam or advertising (2)" in mo.text
    with app.app_context():
        assert len({one.address_hash for one in db.session.query(Report)}) == 3


def test_a_crowd_adds_nothing_from_the_hundredth_on(
    app: Flask, post: Post, browser: MakeBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "MOST_OPEN", 2)
    number = leave(app, post)
    for n in range(4):
        assert report(browser(address=f"192.0.2.{n}"), number) == 303
    assert len(reports_of(app, number)) == 2


def test_mo_dismisses_reports_and_takes_that_back(
    app: Flask, post: Post, browser: MakeBrowser, mo: Browser
) -> None:
    number = leave(app, post)
    report(browser(address="192.0.2.1"), number)
    mo.get("/moderation/reports")
    report(browser(address="192.0.2.2"), number, "other", "Also this.")  # after mo has looked
    mo.submit(None, button="Nothing is wrong with it", follow=True)
    assert "Its reports were dismissed." in mo.text
    assert "1 reader reported it" in mo.text  # the one that mo had not seen
    mo.submit(None, button="Nothing is wrong with it", follow=True)
    assert listed(mo) == []
    # A report of two that somebody dismissed since is not brought back with the first.
    first, second = (act for act in acts_on(app, number) if act.deed is Deed.DISMISSAL)
    assert undo(mo, first) == 409
    assert undo(mo, second) == 303
    assert undo(mo, first) == 303
    mo.get("/moderation/reports")
    assert "2 readers reported it" in mo.text
    assert status_of(app, number) is Status.APPROVED
    assert history(mo, number)[-1].startswith("Mo undid an act")
    stale = {"seen": "1", "csrf_token": mo.page.select_one("[name=csrf_token]")["value"]}
    for status in (303, 409):
        assert mo.post(f"/comments/{number}/dismissal", stale).status_code == status


@pytest.mark.one_database
def test_a_report_is_given_back_with_its_words(
    app: Flask,
    post: Post,
    rita: Browser,
    browser: MakeBrowser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limiter, "enabled", True)
    number = leave(app, post)
    before = dump(app)
    address = f"/comments/{number}/reports"
    said = {"reason": "spam", "body": "It is rude."}
    foreign = {"Origin": "https://evil.example"}
    assert rita.post(address, said, headers=foreign).status_code == 403
    assert "sent from another site" in rita.text
    assert rita.post(address, {**said, "reason": "none"}).status_code == 422
    assert rita.page.select_one("textarea[name=body]").text.strip() == "It is rude."
    assert rita.post(address, {**said, "body": "x" * 501}).status_code == 422
    assert "At most 500 characters" in rita.text
    assert rita.get(address).status_code == 200
    assert dump(app) == before
    quick = browser(address="192.0.2.9")
    for _ in range(10):
        quick.post(address, said)
    assert quick.post(address, said).status_code == 429
    assert quick.answer.headers["Retry-After"]


def test_what_nobody_can_read_nobody_can_report(app: Flask, post: Post, rita: Browser) -> None:
    for status in (Status.PENDING, Status.SPAM, Status.TRASHED):
        number = leave(app, post, status=status)
        assert rita.get(f"/comments/{number}/reports").status_code == 404
        assert rita.post(f"/comments/{number}/reports", {"reason": "spam"}).status_code == 404


@pytest.mark.one_database
def test_the_page_that_everybody_shares_stays_as_it_is(
    app: Flask, post: Post, rita: Browser, stranger: Browser
) -> None:
    number = leave(app, post)
    page = f"/comments/{number}/replies"
    before = rita.get(page).headers["ETag"]
    report(stranger, number)
    assert rita.get(page).headers["ETag"] == before
    assert "csrf_token" not in rita.text


def test_after_30_days_nobody_can_tell_who_reported(
    app: Flask, post: Post, rita: Browser, clock: Traveller
) -> None:
    number = leave(app, post)
    report(rita, number)
    clock.shift(SENDERS_KEPT_FOR.total_seconds() + 1)
    with app.app_context(), write_tx():
        Report.forget_senders()
    with app.app_context():
        assert [one.address_hash for one in db.session.query(Report)] == [""]
    assert look(app, number).is_reported


def test_moderators_are_told_of_reports_by_the_mail_about_what_waits(
    app: Flask, post: Post, mo: Browser, rita: Browser
) -> None:
    number = leave(app, post, name="Sid")
    report(rita, number, "private", WORDS)
    with app.app_context():
        row = db.session.query(Outbox).filter_by(kind="held", person="mo@staff.example").one()
        letter = compose(row)
        assert "A reader reported a reply" in letter.subject
        for said in ("Sid on “On bees”", "It tells what is private", WORDS, "/moderation/reports"):
            assert said in letter.text
        assert "waits" not in letter.text
    mo.submit("/moderation/reports", button="Nothing is wrong with it")
    with app.app_context():
        assert compose(db.session.get_one(Outbox, row.id)) is None
