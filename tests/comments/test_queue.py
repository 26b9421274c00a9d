"""mo looks through the queue: sorted by age or doubt, sifted by whatever a comment can be found by."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from blog.clock import now
from blog.comments import queue as queues
from blog.comments.acts import Status
from blog.comments.models import Comment
from blog.comments.senders import sender_of
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post
from tests.browser import Browser
from tests.comments.conversation import alert, counts, leave, listed, say, status_of, token
from tests.comments.growing import grow
from tests.comments.test_statements import bushy
from tests.conftest import MakePost

PENDING, APPROVED, SPAM = Status.PENDING, Status.APPROVED, Status.SPAM
IN_PLACE = {"in_place": "1"}


def change(app: Flask, number: int, **columns: object) -> None:
    """Make a comment look otherwise than the verbs would."""
    with app.app_context(), write_tx() as session:
        session.execute(update(Comment).where(Comment.id == number).values(columns))


def next_page(browser: Browser) -> str | None:
    link = browser.page.select_one("a[rel=next]")
    return str(link["href"]) if link else None


def walked(browser: Browser, path: str) -> list[int]:
    """All that is listed, page after page."""
    found: list[int] = []
    address: str | None = path
    while address:
        browser.get(address)
        found += listed(browser)
        address = next_page(browser)
    return found


def test_a_tab_is_read_in_four_orders_each_going_on_where_its_page_ended(
    app: Flask, post: Post, mo: Browser
) -> None:
    numbers = grow(app, post, bushy(60), status=PENDING)
    for place, number in enumerate(numbers):
        change(app, number, doubt=place % 7 * 100)
    by_doubt = sorted(numbers, key=lambda number: ((number - numbers[0]) % 7, number))
    assert walked(mo, "/moderation") == numbers[::-1]
    assert walked(mo, "/moderation?sort=oldest") == numbers
    assert walked(mo, "/moderation?sort=doubtful") == by_doubt[::-1]
    assert walked(mo, "/moderation?sort=harmless") == by_doubt
    assert walked(mo, "/moderation?sort=doubtful&text=hum") == by_doubt[::-1]
    assert walked(mo, "/moderation?sort=nonsense") == numbers[::-1]


def test_what_is_found_out_about_a_reply_is_how_doubtful_it_is(
    app: Flask, post: Post, rita: Browser, mo: Browser
) -> None:
    say(rita, "Bees hum.")
    say(rita, "http://a.example http://b.example")
    mo.get("/moderation?sort=doubtful")
    links, plain = listed(mo)
    with app.app_context():
        doubts = [db.session.get_one(Comment, number).doubt for number in (links, plain)]
    assert 1000 > doubts[0] > doubts[1] > 0
    assert f"Doubt: {doubts[0] / 10:.0f} %" in mo.text


def test_a_sieve_lets_through_what_mo_looks_for(
    app: Flask, post: Post, make_post: MakePost, mo: Browser
) -> None:
    other = make_post("Über Wespen", slug="wasps")
    ann = leave(app, post, "Straße und HONIG", status=PENDING, name="Ann")
    ben = leave(app, other, "They sting.", status=PENDING, name="Ben")
    old = leave(app, post, "Long ago.", status=PENDING, name="Olde")
    leave(app, post, "honig", status=SPAM, name="Ann")
    with app.app_context():
        home = sender_of("192.0.2.7").address
    change(app, ben, address_hash=home, website="https://ben.example/", findings=[])
    change(app, old, submitted_at=now() - timedelta(days=400))
    a_year_ago = f"{now() - timedelta(days=365):%Y-%m-%d}"
    for query, found in {
        "text=honig": [ann],
        "text=STRASSE": [ann],
        "text=sting&person=ben": [ben],
        "text=sting&person=ann": [],
        "person=ann@example.org": [ann],
        "person=BEN.example": [ben],
        "person=192.0.2.7": [ben],
        "person=192.0.2.8": [],
        "post=wasps": [ben],
        "post=wespen": [ben],
        "post=%C3%9CBER": [ben],
        "post=on-bees": [old, ann],
        "rule=hold-words": [old, ann],
        "rule=nobody-knows-it": [],
        f"since={a_year_ago}": [ben, ann],
        f"until={a_year_ago}": [old],
        "until=9999-12-31&since=0001-01-01": [old, ben, ann],
    }.items():
        mo.get(f"/moderation?{query}")
        assert listed(mo) == found, query
        assert mo.page.select_one("#nothing").has_attr("hidden") is bool(found), query
        assert counts(mo) == [3, 0, 1, 0], query
        assert mo.page.select_one("details.sieve").has_attr("open"), query


def test_what_cannot_be_read_is_said_and_passed_over(app: Flask, post: Post, mo: Browser) -> None:
    number = leave(app, post, status=PENDING)
    for query, field in {
        "since=yesterday": "since",
        "until=2026-02-31": "until",
        "text=" + "x" * 201: "text",
        "person=%00": "person",
    }.items():
        assert mo.get(f"/moderation?{query}").status_code == 200, query
        assert listed(mo) == [number], query
        assert list(mo.errors) == [field], query


def test_a_sieve_is_held_against_the_newest_of_a_tab_and_says_so(
    app: Flask, post: Post, mo: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = grow(app, post, bushy(40), status=PENDING)
    monkeypatch.setattr(queues, "SEARCHED", 30)
    for sort in ("newest", "oldest", "doubtful", "harmless"):
        found = walked(mo, f"/moderation?text=hum&sort={sort}")
        assert sorted(found) == numbers[10:], sort
        assert "Only the newest 30 of this tab were searched." in mo.text
    mo.get("/moderation")
    assert "were searched" not in mo.text


def test_who_decides_comes_back_to_the_same_look(app: Flask, post: Post, mo: Browser) -> None:
    numbers = [
        leave(app, post, f"Hum {n}.", status=PENDING, name="Ann" if n % 2 else "Ben")
        for n in range(6)
    ]
    mo.get("/moderation?person=ann&sort=oldest")
    mo.submit(None, {"reason": ""}, form=f"#comment-{numbers[1]} form", button="Spam", follow=True)
    assert listed(mo) == [numbers[3], numbers[5]]
    assert "1 reply marked as spam." in mo.text
    mo.submit(None, button="Undo", follow=True)
    assert listed(mo) == [numbers[1], numbers[3], numbers[5]]
    mo.submit(None, {"comment": numbers[3:6:2]}, form="#batch", button="Approve", follow=True)
    assert listed(mo) == [numbers[1]]
    for view in ("//evil.example", "status=nonsense", "a=b&" * 50, "before=x&since=x"):
        sent = {**token(mo), "view": view}
        answer = mo.post(f"/comments/{numbers[0]}/trash", sent)
        assert answer.status_code in {303, 404, 409}
        assert answer.headers.get("Location", "/moderation").startswith("/moderation"), view


def test_what_a_script_sends_is_answered_with_what_changed(
    app: Flask, post: Post, mo: Browser, mia: Browser
) -> None:
    one, two, three = (leave(app, post, f"Hum {n}.", status=PENDING) for n in range(3))
    csrf, mias = token(mo), token(mia)
    assert mia.post(f"/comments/{three}/trash", mias).status_code == 303
    assert mo.post(f"/comments/{one}/spam", {**csrf, **IN_PLACE}).status_code == 200
    assert counts(mo) == [1, 0, 1, 1]  # mia's as well
    assert listed(mo) == []
    assert mo.page.select_one("h1") is None
    assert "1 reply marked as spam." in mo.text
    undo = mo.page.select_one("#notices form")["action"]
    assert mo.post(undo, {**csrf, **IN_PLACE}).status_code == 200
    assert listed(mo) == [one]
    assert counts(mo) == [2, 0, 0, 1]
    sent = {**csrf, **IN_PLACE, "comment": [one, three], "from": "pending"}
    assert mo.post("/moderation/batches/approval", sent).status_code == 409
    assert "Mia put it into the trash" in alert(mo)
    assert counts(mo) == [1, 1, 0, 1]
    sent = {**csrf, **IN_PLACE, f"mark-{two}": "of another text"}
    assert mo.post(f"/comments/{two}/approval", sent).status_code == 409
    assert listed(mo) == [two]  # nobody publishes what they have not seen: here it is again


def test_what_a_script_writes_is_answered_the_same_way(app: Flask, post: Post, mo: Browser) -> None:
    csrf, two = token(mo), leave(app, post, status=PENDING)
    words = {**csrf, **IN_PLACE, "body": "Well said.", "view": "status=pending"}
    assert mo.post(f"/comments/{two}/answer", words).status_code == 200
    assert counts(mo) == [0, 2, 0, 0]
    assert listed(mo) == []
    refused = mo.post(f"/comments/{two}/answer", {**words, "body": " "})
    assert refused.status_code == 422
    assert mo.page.select_one("#answer [aria-invalid]") is not None
    edited = {**csrf, **IN_PLACE, "body": "Hum!", "name": "Rita", "view": "status=approved"}
    assert mo.post(f"/comments/{two}/edit", edited).status_code == 200
    assert mo.page.select_one(f"#comment-{two} .comment-body").text.strip() == "Hum!"
    assert status_of(app, two) is APPROVED
