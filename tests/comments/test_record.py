"""The record: mo and olga read everything that was done, and undo it from there for 30 days."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, func, insert, select, text
from time_machine import Traveller

from blog.auth.models import User
from blog.clock import now
from blog.comments import record
from blog.comments.acts import Deed, Moderation, Status
from blog.comments.changes_record import Change
from blog.comments.record import Key, Look
from blog.comments.rules.models import Rule
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post
from tests.browser import Browser
from tests.comments.conversation import (
    POST,
    about,
    alert,
    hold_nothing,
    leave,
    look_at_post,
    number_of,
    say,
    set_rules,
    status_of,
    token,
)
from tests.conftest import MakePost

RECORD = "/moderation/record"
DAY = 24 * 3600
PENDING, APPROVED, SPAM, TRASHED = Status.PENDING, Status.APPROVED, Status.SPAM, Status.TRASHED
TWO_LINKS = "http://a.example http://b.example"


def told(person: Browser, **asked: object) -> list[str]:
    """What the record says, the newest first."""
    person.get(RECORD, query_string={name: str(value) for name, value in asked.items()})
    cells = [row.select("td")[1] for row in person.page.select(".record tbody tr")]
    return [" ".join(cell.get_text(" ").split()) for cell in cells]


def deeds(person: Browser, **asked: object) -> list[str]:
    """Who did what, without about what."""
    person.get(RECORD, query_string={name: str(value) for name, value in asked.items()})
    return [" ".join(row.get_text(" ").split()) for row in person.page.select(".record-deed")]


def do(person: Browser, number: int, deed: str, **sent: str) -> None:
    assert person.post(f"/comments/{number}/{deed}", {**token(person), **sent}).status_code == 303


def undo(person: Browser, *acts: int) -> int:
    sent = {**token(person), "act": [str(act) for act in acts]}
    return person.post(f"{RECORD}/undos", sent).status_code


def acts(app: Flask, **asked: object) -> list[int]:
    """The numbers of the acts that the record has for this look."""
    with app.app_context():
        return [entry.row.id for entry in record.page(Look(**asked)).entries if entry.is_act]


def test_everything_that_was_done_is_on_record_and_each_filter_finds_its_part(
    app: Flask,
    post: Post,
    make_post: MakePost,
    olga: Browser,
    mo: Browser,
    rita: Browser,
    clock: Traveller,
) -> None:
    other = make_post("On wasps")
    set_rules(app, about("honey"))
    held = number_of(say(rita, "Honey!"))
    clock.shift(DAY)
    do(mo, held, "approval")
    do(olga, held, "spam", reason="They sell it.")
    on_wasps = leave(app, other, status=PENDING, name="Ann")
    do(mo, on_wasps, "trash")
    with app.app_context(), write_tx():
        Rule.all()[0].switch(False, User.author())
        mos, today = str(User.staff()[1].id), now().date()
    everything = told(mo)
    assert "Olga changed a rule: Words" in everything[0]
    assert everything[1].startswith("Mo put it into the trash (pending → trash) Ann on On wasps")
    assert everything[3].startswith(
        "Olga marked it as spam (approved → spam) : They sell it. Rita on On bees"
    )
    assert any("Its writer sent it: pending Rita" in one for one in everything)
    assert any("Fired: Words and phrases" in one for one in everything)
    assert deeds(mo, who=mos) == [
        "Mo put it into the trash (pending → trash)",
        "Mo approved it (pending → approved)",
    ]
    assert deeds(mo, deed="approval") == ["Mo approved it (pending → approved)"]
    assert len(deeds(mo, comment=held)) == 3
    assert deeds(mo, post="on-wasps", who=mos) == ["Mo put it into the trash (pending → trash)"]
    yesterday = today - timedelta(days=1)
    assert deeds(mo, who="writer", until=yesterday) == ["Its writer sent it: pending"]
    assert all("a rule" in one for one in deeds(mo, deed="rule"))
    assert deeds(mo, deed="rule", who=mos) == deeds(mo, post="on-nothing") == []


def test_an_odd_question_finds_something_or_nothing(post: Post, mo: Browser) -> None:
    for odd in ({"who": "9" * 30}, {"deed": "x"}, {"comment": "x"}, {"before": "1-act-x"}):
        assert mo.get(RECORD, query_string=odd).status_code == 200


def test_an_edit_shows_how_it_was_before_and_after(app: Flask, post: Post, mo: Browser) -> None:
    number = leave(app, post, "Bees hum.")
    for body in ("Bees buzz.", "Bees sing."):
        mo.submit(f"/moderation/comments/{number}", {"body": body}, button="Save the change")
    newest, older = acts(app, deed="edit")
    for act, said in ((older, ["Bees hum.", "Bees buzz."]), (newest, ["Bees buzz.", "Bees sing."])):
        mo.get(f"{RECORD}/acts/{act}")
        assert [found.text for found in mo.page.select(".before-after .source")] == said


def test_a_batch_is_undone_item_by_item_and_what_mia_changed_since_is_named(
    app: Flask, post: Post, mo: Browser, mia: Browser
) -> None:
    ann, ben, cid = (leave(app, post, name=name, status=PENDING) for name in ("Ann", "Ben", "Cid"))
    mo.submit("/moderation", {"comment": [ann, ben, cid]}, form="#batch", button="Spam")
    act = acts(app, deed="spam")[0]
    do(mia, ben, "restoration")
    mo.get(f"{RECORD}/acts/{act}")
    boxes = mo.page.select("input[name=act]")
    assert [box.has_attr("disabled") for box in boxes] == [False, True, False]  # Cid, Ben, Ann
    assert "Changed since. It is pending now." in " ".join(mo.page.get_text(" ").split())
    by_name = dict(zip((cid, ben, ann), (int(str(box["value"])) for box in boxes), strict=True))
    assert undo(mo, by_name[ann]) == 303
    assert (status_of(app, ann), status_of(app, cid)) == (PENDING, SPAM)
    assert undo(mo, *by_name.values()) == 409
    assert "Ben : Mia restored it" in alert(mo)
    assert status_of(app, cid) is PENDING
    assert undo(mo) == 422
    assert undo(mo, 0) == 422
    assert undo(mo, 999) == 404


def test_a_change_of_the_rules_is_undone_by_olga_alone_as_long_as_it_stands(
    app: Flask, post: Post, olga: Browser, mo: Browser, clock: Traveller
) -> None:
    def kinds() -> list[str]:
        with app.app_context():
            return [rule.kind for rule in Rule.all()]

    def last() -> str:
        with app.app_context():
            return f"{RECORD}/changes/{db.session.scalar(select(func.max(Change.id)))}/undo"

    before = kinds()
    with app.app_context(), write_tx():
        Rule.all()[3].remove(User.author())
    removal = last()
    assert mo.post(removal, token(mo)).status_code == 409
    assert "This is the author’s to change" in alert(mo)
    assert kinds() != before
    assert olga.post(removal, token(olga)).status_code == 303
    assert kinds() == before
    assert olga.post(removal, token(olga)).status_code == 409
    assert "changed since" in alert(olga)
    clock.shift(31 * DAY)
    assert olga.post(last(), token(olga)).status_code == 409
    assert "Can no longer be undone" in alert(olga)
    assert kinds() == before


def test_after_30_days_nothing_is_undone_and_the_record_says_why(
    app: Flask, post: Post, mo: Browser, clock: Traveller
) -> None:
    number = leave(app, post, status=PENDING)
    do(mo, number, "approval")
    (act,) = acts(app, deed="approval")
    clock.shift(31 * DAY)
    assert undo(mo, act) == 409
    assert "Can no longer be undone: it was done more than 30 days ago." in alert(mo)
    assert mo.post(f"/moderation/acts/{act}/undo", token(mo)).status_code == 410
    assert status_of(app, number) is APPROVED
    mo.get(RECORD)
    assert "Undo" not in [found.text for found in mo.page.select(".record button")]
    assert "Can no longer be undone" in mo.text


def test_an_answer_that_was_edited_since_is_not_trashed_by_undoing_it(
    app: Flask, post: Post, mo: Browser, mia: Browser
) -> None:
    number = leave(app, post)
    mo.submit(f"/moderation/comments/{number}", {"body": "Thanks."}, button="Answer")
    (sent,) = acts(app, comment=str(number + 1))
    page = f"/moderation/comments/{number + 1}"
    mia.submit(page, {"body": "Thanks a lot."}, button="Save the change", follow=True)
    assert undo(mo, sent) == 409
    assert status_of(app, number + 1) is APPROVED
    mia.submit(None, button="Undo", form=".notice form")
    assert undo(mo, sent) == 303
    assert status_of(app, number + 1) is TRASHED


def test_what_stands_in_for_an_edit_that_waits_can_be_taken_off_the_page_and_put_back(
    app: Flask, post: Post, mo: Browser, rita: Browser
) -> None:
    hold_nothing(app)
    receipt = say(rita, "Bees hum.")
    number = number_of(receipt)
    rita.submit(receipt, {"body": TWO_LINKS})
    seen = []
    for deed in ("hold", "undo"):
        if deed == "hold":
            do(mo, number, "hold")
        else:
            assert undo(mo, *acts(app, deed="hold")) == 303
        rita.get(POST)
        seen.append((look_at_post(app, post).comment_count, "Bees hum." in rita.text))
    assert seen == [(0, False), (1, True)]
    assert status_of(app, number) is PENDING


def test_the_record_pages_by_key_through_what_was_done_at_the_same_instant(
    app: Flask, post: Post, mo: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    mos = many_acts(app, post)
    with app.app_context():
        found = [entry.row for page in pages(Look()) for entry in page.entries]
        assert len(found) == len({(type(row), row.id) for row in found}) == 124
        # With two filters it stops after so many, and the next page goes on from there.
        monkeypatch.setattr(record, "LOOKED_AT", 40)
        steps = list(pages(Look(who=mos, deed="approval")))
    assert [(page.entries, page.is_cut) for page in steps] == [([], True)] * 3 + [([], False)]


def test_every_filter_of_the_record_has_an_index_in_the_order_of_its_pages(
    app: Flask, post: Post, mo: Browser
) -> None:
    mos = many_acts(app, post)
    looks = Look(), Look(who=mos), Look(who="rules"), Look(deed="hold"), Look(post=post.slug)
    with app.app_context():
        plans = [plan(record.query(Moderation, look)) for look in looks]
    for look in plans:
        assert "ix_moderation_" in look
        assert "Sort" not in look.replace("Incremental Sort", "")
        assert "TEMP B-TREE" not in look


def many_acts(app: Flask, post: Post) -> str:
    """Much that mo did at the same instant. Mo's number."""
    number = leave(app, post, status=PENDING)
    with app.app_context(), write_tx() as session:
        mo, at = User.staff()[0], now()
        act = {
            "comment_id": number,
            "post_id": post.id,
            "user_id": mo.id,
            "deed": Deed.HOLD,
            "from_status": PENDING,
            "to_status": PENDING,
            "at": at,
            "kept": {},
        }
        session.execute(insert(Moderation), [act] * 120)
        for n in range(3):
            Change.record("rule", 900 + n, by=mo, before=None, after=None).at = at
    return str(mo.id)


def pages(look: Look) -> Iterator[record.Page]:
    """The pages of a look, from the first to the last, each asked for by its address."""
    key: Key | None = None
    while True:
        page = record.page(replace(look, before=key))
        yield page
        key = page.next and Key.read(str(page.next))
        if key is None:
            return


def plan(query: Select[Any]) -> str:
    """How the database finds what is asked."""
    connection = db.session.connection()
    explain = "EXPLAIN QUERY PLAN "
    if db.engine.dialect.name == "postgresql":
        explain = "EXPLAIN "
        for way in (
            "seqscan",
            "bitmapscan",
            "hashjoin",
            "sort",
        ):  # these pay in a small table alone
            connection.execute(text(f"SET LOCAL enable_{way} = off"))
    sql = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
    return "\n".join(str(row) for row in connection.exec_driver_sql(explain + sql).all())
