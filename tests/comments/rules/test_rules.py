"""Olga's rules: she adds, tries, orders, pauses and deletes them; whatever she does is on record."""

import json

import pytest
from flask import Flask

from blog.auth.models import User
from blog.comments.changes_record import Change, ChangedSince
from blog.comments.models import Comment, Sender
from blog.comments.rules.kinds import KINDS, Takes, Terms, verdicts
from blog.comments.rules.models import Rule
from blog.comments.screening import HOLD
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post
from tests.browser import Browser
from tests.comments.conversation import (
    POST,
    about,
    alert,
    decide,
    hold_nothing,
    leave,
    listed,
    look,
    number_of,
    say,
    set_rules,
    status_of,
)
from tests.lived_in import dump

FIRST = [
    ("everything", HOLD, False),
    ("unproven", HOLD, True),
    ("first-timer", HOLD, True),
    ("links", HOLD, True),
    ("imitation", HOLD, True),
]
GOOD = {
    "words": "casino",
    "whole-words": "two words",
    "domains": "Spam.Example",
    "emails": "*@x.org",
}
GOOD |= {"networks": "192.0.2.77/24", "writing": "cyrillic", "other-writing": "latin\nGreek"}
KEPT = {"domains": ["spam.example"], "networks": ["192.0.2.0/24"], "writing": ["Cyrillic"]}
KEPT |= {"other-writing": ["Latin", "Greek"]}


def kept(app: Flask) -> list[Terms]:
    with app.app_context():
        return [rule.terms for rule in Rule.all()]


def changes(app: Flask) -> list[Change]:
    with app.app_context():
        return list(db.session.scalars(db.select(Change).order_by(Change.id)))


def trial(person: Browser) -> dict[str, int]:
    """What the page says that the rule would have done."""
    facts = person.page.select(".trial dt")
    return {fact.text: int(fact.find_next("dd").text) for fact in facts}


def add(olga: Browser, kind: str, **fields: str) -> None:
    """Try a new rule, and save it."""
    olga.submit(f"/desk/rules/new?kind={kind}", fields, form="form.form")
    assert olga.submit(None, {}, form="form.form", button="Save the rule").status_code == 303, (
        olga.text
    )


def press(olga: Browser, rule: Terms, button: str) -> None:
    form = f"#rule-{rule.id} form"
    assert olga.submit("/desk/rules", {}, form=form, button=button).status_code == 303


def switch_on(olga: Browser, rule: Terms) -> None:
    """Look at what it would have done, and have it asked again."""
    form = f"#rule-{rule.id} form"
    assert olga.submit("/desk/rules", {}, form=form, button="Switch on").status_code == 200
    assert olga.page.select_one(".trial")
    assert olga.submit(None, {}, form="main form", button="Switch it on").status_code == 303


def test_a_new_blog_has_the_rules_of_wordpress(app: Flask, olga: Browser) -> None:
    assert [(rule.kind, rule.verdict, rule.is_on) for rule in kept(app)] == FIRST
    olga.get("/desk/rules")
    assert [found.text for found in olga.page.select(".rule .badge")] == [
        "switched off",
        *["held"] * 4,
    ]
    assert "No mail is set up (BLOG_MAIL_URL)" in olga.page.select_one("#no-mail").text
    olga.get("/desk/settings")
    assert olga.page.select_one("form a[href='/desk/rules']")


@pytest.mark.one_database
def test_a_rule_of_every_kind_is_tried_and_saved_with_all_that_was_typed(
    app: Flask, olga: Browser
) -> None:
    set_rules(app)
    for kind, takes in KINDS.items():
        verdict = verdicts(kind)[-1]
        fields = {"verdict": verdict, "note": f"Why <{kind}>"}
        if takes.takes is Takes.PATTERNS:
            fields["patterns"] = GOOD[kind]
        olga.submit(f"/desk/rules/new?kind={kind}", fields, form="form.form")
        assert olga.answer.status_code == 200
        assert olga.page.select_one(".trial")
        assert not any(rule.kind == kind for rule in kept(app))
        for name, typed in fields.items():
            if name == "verdict":
                assert olga.page.select_one("[name=verdict][checked]")["value"] == typed
            elif name == "note":
                assert olga.page.select_one("[name=note]")["value"] == typed
            else:
                assert olga.page.select_one("textarea").text.strip() == typed
        assert olga.submit(None, {}, form="form.form", button="Save the rule").status_code == 303
        rule = kept(app)[-1]
        assert (rule.kind, rule.verdict, rule.note) == (kind, verdict, f"Why <{kind}>")
        assert list(rule.patterns) == KEPT.get(
            kind, GOOD.get(kind, "").split("\n") if rule.patterns else []
        )
        assert rule.number == takes.number
        olga.get(f"/desk/rules/{rule.id}")
        assert olga.page.h1.text.strip()


NO_RULES = (
    ("words", {"patterns": ""}, "patterns"),
    ("words", {"patterns": " \r\n "}, "patterns"),
    ("words", {"patterns": "*"}, "patterns"),
    ("words", {"patterns": "x" * 20_001}, "patterns"),
    ("words", {"patterns": "\n".join(f"a*{n}" for n in range(101))}, "patterns"),
    ("words", {"patterns": "casino", "verdict": "burn"}, "verdict"),
    ("words", {"patterns": "casino", "note": "x" * 201}, "note"),
    ("first-timer", {"verdict": "approve"}, "verdict"),
    ("links", {"number": ""}, "number"),
    ("links", {"number": "0"}, "number"),
    ("links", {"number": "101"}, "number"),
    ("links", {"number": "two"}, "number"),
    ("domains", {"patterns": "https://"}, "patterns"),
    ("domains", {"patterns": "a b"}, "patterns"),
    ("emails", {"patterns": "a@b@c"}, "patterns"),
    ("networks", {"patterns": "192.0.2.0/25"}, "patterns"),
    ("networks", {"patterns": "2001:db8::1/128"}, "patterns"),
    ("networks", {"patterns": "example.org"}, "patterns"),
    ("writing", {"patterns": "Elvish"}, "patterns"),
)


@pytest.mark.one_database
def test_what_is_no_rule_is_said_at_its_field_and_stays_there(app: Flask, olga: Browser) -> None:
    before = dump(app)
    for kind, fields, wrong in NO_RULES:
        olga.submit(f"/desk/rules/new?kind={kind}", fields, form="form.form")
        assert olga.answer.status_code == 422, fields
        assert list(olga.errors) == [wrong], fields
        for name, typed in fields.items():
            field = olga.page.select_one(f"[name={name}]")
            if name != "verdict":
                assert (field.text or field.get("value", "")).strip() == typed.strip()
    assert dump(app) == before


@pytest.mark.one_database
def test_nothing_is_saved_that_was_not_tried_just_so(app: Flask, olga: Browser) -> None:
    olga.submit("/desk/rules/new?kind=words", {"patterns": "casino"}, form="form.form")
    olga.submit(None, {"patterns": "bees"}, form="form.form", button="Save the rule")
    assert olga.answer.status_code == 200
    assert olga.page.select_one(".trial")
    assert len(kept(app)) == len(FIRST)
    # Another rule that came meanwhile may have changed what this one would do.
    with app.app_context(), write_tx():
        Rule.add(about("wasps"), None)
    olga.submit(None, {}, form="form.form", button="Save the rule")
    assert (olga.answer.status_code, len(kept(app))) == (200, len(FIRST) + 1)
    assert olga.submit(None, {}, form="form.form", button="Save the rule").status_code == 303
    assert kept(app)[-1].patterns == ("bees",)


def test_a_saved_rule_holds_from_the_next_reply_on_until_it_is_paused_or_gone(
    app: Flask, olga: Browser, rita: Browser, post: Post
) -> None:
    hold_nothing(app)
    add(olga, "words", patterns="wasp\nv?agra", verdict="spam")
    rule = kept(app)[-1]
    assert status_of(app, number_of(say(rita, "A wasp!"))) == "spam"
    press(olga, rule, "Switch off")
    assert status_of(app, number_of(say(rita, "Another wasp!"))) == "approved"
    switch_on(olga, rule)
    olga.submit(f"/desk/rules/{rule.id}", {"verdict": "trash"}, form="form.form")
    olga.submit(None, {}, form="form.form", button="Save the rule")
    assert status_of(app, number_of(say(rita, "Wasps all over."))) == "trashed"
    press(olga, kept(app)[-1], "Delete")
    assert status_of(app, number_of(say(rita, "No wasp."))) == "approved"
    assert [(one.before is None, one.after is None) for one in changes(app)][-5:] == [
        (True, False), (False, False), (False, False), (False, False), (False, True)
    ]  # fmt: skip


def test_rules_are_asked_in_the_order_that_olga_gives_them(
    app: Flask, olga: Browser, rita: Browser, post: Post
) -> None:
    set_rules(app, about("bees"), about("hum", verdict="approve"))
    first, second = kept(app)
    assert status_of(app, number_of(say(rita, "Bees hum."))) == "pending"
    press(olga, second, "Earlier")
    assert [rule.id for rule in kept(app)] == [second.id, first.id]
    assert status_of(app, number_of(say(rita, "Bees hum on."))) == "approved"
    press(olga, second, "Later")
    assert status_of(app, number_of(say(rita, "Bees hum again."))) == "pending"


def test_a_network_is_compared_by_its_hashes_of_address_household_and_provider(
    app: Flask, rita: Browser, stranger: Browser, post: Post
) -> None:
    for network, is_hers in (
        ("192.0.2.7", True), ("192.0.2.0/24", True), ("192.0.0.0/16", True), ("192.0.2.8", False),
        ("198.51.100.0/24", False),
    ):  # fmt: skip
        set_rules(app, Terms("networks", "trash", (KINDS["networks"].clean(network),)))
        number = number_of(say(rita, f"I am here, {network}."))
        assert (status_of(app, number) == "trashed") is is_hers, network


def test_every_change_is_on_record_and_can_be_taken_back_where_nothing_changed_since(
    app: Flask, olga: Browser
) -> None:
    set_rules(app, about("bees"), about("wasps"))
    before = kept(app)
    add(olga, "links", number="3", note="Few have three.")
    links = kept(app)[-1]
    press(olga, links, "Earlier")
    press(olga, before[0], "Switch off")
    press(olga, before[1], "Delete")
    with app.app_context():
        author = User.author()
        done = db.session.scalars(
            db.select(Change).where(Change.user_id.is_not(None)).order_by(Change.id)
        ).all()
        assert {change.user_id for change in done} == {author.id}
        # It was moved since: what it was made of is not what is there now.
        with pytest.raises(ChangedSince), write_tx():
            done[0].take_back(author)
        for change in reversed(done):
            with write_tx():
                change.take_back(author)
            with pytest.raises(ChangedSince), write_tx():
                change.take_back(author)
    assert kept(app) == before


def test_what_was_changed_elsewhere_in_a_rule_stays_when_a_change_is_taken_back(
    app: Flask, olga: Browser
) -> None:
    set_rules(app, about("bees"))
    (rule,) = kept(app)
    press(olga, rule, "Switch off")
    off = changes(app)[-1].id
    olga.submit(f"/desk/rules/{rule.id}", {"note": "They hum."}, form="form.form")
    olga.submit(None, {}, form="form.form", button="Save the rule")
    with app.app_context(), write_tx():
        db.session.get_one(Change, off).take_back(None)
    assert [(rule.is_on, rule.note) for rule in kept(app)] == [(True, "They hum.")]


def test_a_rule_is_tried_on_what_was_decided_and_shows_what_it_would_have_got_wrong(
    app: Flask, olga: Browser, mo: Browser, rita: Browser, post: Post
) -> None:
    hold_nothing(app)
    good = number_of(say(rita, "A <b>wasp</b> is no bee, and no casino."))
    for body in ("Casino one", "Casino two"):
        decide(mo, number_of(say(rita, body)), "Spam", tab="approved")
    waits = leave(app, post, "Casino that waits", status="pending")
    olga.submit("/desk/rules/new?kind=words", {"patterns": "c?sino"}, form="form.form")
    assert trial(olga) == {
        "Approved replies on which it fires": 1,
        "Spam and trash on which it fires": 2,
        "Wrong": 1,
    }
    (wrong,) = olga.page.select(".wrong li")
    assert wrong.a["href"] == f"/moderation/comments/{good}"
    assert [found.text for found in wrong.select("mark")] == ["casino"]
    assert "<b>wasp</b>" in wrong.text
    assert str(waits) not in olga.page.select_one(".trial").text
    # Who approves is wrong about spam.
    olga.submit(None, {"verdict": "approve"}, form="form.form", button="Try it again")
    assert trial(olga)["Wrong"] == 2


def test_what_is_forgotten_cannot_be_judged_and_who_only_waits_is_no_mistake(
    app: Flask, olga: Browser, rita: Browser, post: Post
) -> None:
    hold_nothing(app)
    say(rita, "Bees.")
    say(rita, "More bees.")
    with app.app_context(), write_tx():
        db.session.execute(
            db.update(Comment).where(Comment.id == 1).values(
                address_hash="", network_hash="", wide_network_hash="", took=None
            )
        )  # fmt: skip
    olga.submit("/desk/rules/new?kind=networks", {"patterns": "192.0.2.0/24"}, form="form.form")
    assert trial(olga) == {
        "Approved replies on which it fires": 1, "Spam and trash on which it fires": 0,
        "Wrong": 1, "Cannot be judged any more": 1,
    }  # fmt: skip
    olga.submit("/desk/rules/new?kind=speed", {}, form="form.form")
    assert trial(olga)["Cannot be judged any more"] == 1
    olga.submit("/desk/rules/new?kind=first-timer", {}, form="form.form")
    assert trial(olga) == {
        "Approved replies on which it fires": 2, "Spam and trash on which it fires": 0
    }  # fmt: skip


def test_moderators_see_what_fired_in_the_text_and_what_would_have_let_it_through(
    app: Flask, olga: Browser, mo: Browser, rita: Browser, post: Post
) -> None:
    note = "They <i>sell</i>."
    set_rules(app, Terms("words", patterns=("casino",), note=note), Terms("links", number=1))
    receipt = say(rita, "<b>The</b> CAS**INO** & <https://x.example>", name="Casino <King>")
    for path in ("/moderation", "/moderation/comments/1"):
        mo.get(path)
        findings = mo.page.select_one(".findings")
        marks = [found.text for found in findings.select("mark")]
        assert marks == ["CAS**INO", "https://x.example", "Casino"]
        assert "<b>The</b> CAS**INO**" in findings.text
        assert note in findings.text
        assert "No link." in findings.text
        assert not findings.select("i, b")
    # What a moderator writes was looked at by no rule.
    mo.submit("/moderation/comments/1", {"body": "Mended."}, form="#edit form")
    mo.get("/moderation/comments/1")
    assert not mo.page.select(".findings mark")
    rita.submit(receipt, {}, button="Take my reply back")
    mo.get("/moderation/comments/1")
    assert not mo.page.select(".findings mark")


@pytest.mark.one_database
def test_old_findings_are_told_as_they_were(app: Flask, mo: Browser, post: Post) -> None:
    leave(app, post, "Bees.", status="pending")
    mo.get("/moderation")
    assert mo.page.select_one(".finding").text == "It contains words that are held: bees"


def test_a_sign_of_sending_asks_for_more_where_olga_says_so(
    app: Flask, rita: Browser, post: Post
) -> None:
    hold_nothing(app, Terms("trap", "spam"), about("bees", verdict="approve"))
    fields = {"name": "Rita", "email": "rita@example.org", "body": "Bees.", "subject": "SEO"}
    rita.submit(POST, fields)
    rita.submit(None, {}, button="Post Comment")
    comment = look(app, 1)
    assert comment.status == "spam"
    assert [finding["rule"] for finding in comment.findings] == ["trap", "words"]
    assert listed(rita) == []
    assert alert(rita) == ""
    assert json.dumps(comment.findings)
    assert Sender().networks == frozenset()


def test_whatever_olga_does_to_a_rule_is_said_with_a_button_that_undoes_it(
    app: Flask, olga: Browser, post: Post
) -> None:
    set_rules(app, about("bees"), about("hum"))
    first, second = kept(app)
    leave(app, post, "No bees, please.", status="approved")
    for button, said in (
        ("Later", "has another place"),
        ("Switch off", "is switched off"),
        ("Delete", "was deleted"),
    ):
        before = kept(app)
        press(olga, first, button)
        olga.get(olga.answer.location)
        assert said in olga.page.select_one(".notice").text
        assert kept(app) != before
        olga.submit(None, {}, form=".notice form", button="Undo")
        assert kept(app) == before
    press(olga, second, "Switch off")
    olga.submit("/desk/rules", {}, form=f"#rule-{second.id} form", button="Switch on")
    assert trial(olga)["Wrong"] == 0
    assert not kept(app)[1].is_on  # what it would have done is shown first
    assert olga.submit(None, {}, form="main form", button="Switch it on").status_code == 303
    assert kept(app)[1].is_on
    assert "is asked again" in olga.read(olga.answer.location)
