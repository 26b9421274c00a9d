"""Screening: which rules fire on a reply, and on which of its words."""

from dataclasses import replace

import pytest

from blog.comments.acts import Status
from blog.comments.judgement import verdict_on
from blog.comments.screening import HOLD, TRASH, Finding, Reply, Rules, screen
from blog.site.models import Site

NOTHING = Rules(hold="nothing", held_links=2, hold_words=(), trash_words=())
RITA = Reply(
    source="Bees hum.",
    links=(),
    name="Rita",
    email="rita@example.org",
    website="https://rita.example",
    is_proven=True,
    is_trusted=True,
    staff=("Olga", "Mo"),
)
UNPROVEN = Finding("unproven", ("rita@example.org",))
FIRST_TIMER = Finding("first-timer", ("rita@example.org",))


def found(rules: dict[str, object], reply: dict[str, object]) -> list[Finding]:
    """What is found about a reply of rita's, with these differences."""
    return screen(replace(RITA, **reply), replace(NOTHING, **rules))


@pytest.mark.parametrize(
    ("hold", "is_proven", "is_trusted", "findings"),
    [
        ("everything", True, True, [Finding("everything")]),
        ("everything", False, False, [Finding("everything")]),
        ("first-timers", True, True, []),
        ("first-timers", False, True, [UNPROVEN]),
        ("first-timers", True, False, [FIRST_TIMER]),
        ("first-timers", False, False, [UNPROVEN, FIRST_TIMER]),
        ("nothing", False, False, []),
    ],
)
def test_who_is_held(hold: str, is_proven: bool, is_trusted: bool, findings: list[Finding]) -> None:
    assert found({"hold": hold}, {"is_proven": is_proven, "is_trusted": is_trusted}) == findings


@pytest.mark.parametrize(
    ("held_links", "links", "fires"),
    [
        (2, (), False),
        (2, ("http://a.example",), False),
        (2, ("http://a.example", "http://b.example"), True),
        (2, ("http://a.example", "http://a.example"), True),
        (1, ("http://a.example",), True),
        (3, ("http://a.example", "http://b.example"), False),
        (0, ("http://a.example",) * 100, False),  # 0 switches the rule off
    ],
)
def test_links_are_counted(held_links: int, links: tuple[str, ...], fires: bool) -> None:
    expected = [Finding("links", links)] if fires else []
    assert found({"held_links": held_links}, {"links": links}) == expected


@pytest.mark.parametrize(
    ("words", "reply", "fired_on"),
    [
        (("casino",), {"source": "A CaSiNo!"}, ("casino",)),
        (("Casino",), {"source": "the casinos"}, ("Casino",)),  # anywhere, as in WordPress
        (("casino",), {"name": "Casino King"}, ("casino",)),
        (("casino",), {"email": "king@casino.example"}, ("casino",)),
        (("casino",), {"website": "https://casino.example"}, ("casino",)),
        (("casino", "poker", "bees"), {"source": "Poker, casino"}, ("casino", "poker")),
        (("two words",), {"source": "just two words here"}, ("two words",)),
        (("strasse",), {"source": "Straße"}, ("strasse",)),
        (("casino",), {"source": "ＣＡＳＩＮＯ"}, ("casino",)),
        (("ﬁx",), {"source": "a quick fix"}, ("ﬁx",)),
        (("casino",), {"source": "cas ino"}, ()),
        ((), {"source": "casino"}, ()),
    ],
)
@pytest.mark.parametrize(("rule", "verdict"), [("hold-words", HOLD), ("trash-words", TRASH)])
def test_words_are_found_in_whatever_was_typed(
    rule: str,
    verdict: str,
    words: tuple[str, ...],
    reply: dict[str, str],
    fired_on: tuple[str, ...],
) -> None:
    expected = [Finding(rule, fired_on, verdict)] if fired_on else []
    assert found({rule.replace("-", "_"): words}, reply) == expected


@pytest.mark.parametrize(
    ("name", "imitated"), [("Оlga", "Olga"), ("olga", "Olga"), ("M0", "Mo"), ("Rita", None)]
)
def test_names_that_look_like_the_staffs_are_held(name: str, imitated: str | None) -> None:
    expected = [Finding("imitation", (name, imitated))] if imitated else []
    assert found({}, {"name": name}) == expected


def test_every_rule_that_fires_is_told() -> None:
    rules = {"hold": "everything", "hold_words": ("hum",), "trash_words": ("bees",)}
    reply = {"links": ("http://a.example", "http://b.example"), "name": "0lga"}
    fired = [finding.rule for finding in found(rules, reply)]
    assert fired == ["everything", "links", "hold-words", "trash-words", "imitation"]


@pytest.mark.parametrize(
    ("findings", "status"),
    [
        ([], Status.APPROVED),
        ([Finding("links")], Status.PENDING),
        ([Finding("trash-words", ("x",), TRASH)], Status.TRASHED),
        ([Finding("links"), Finding("trash-words", ("x",), TRASH)], Status.TRASHED),
    ],
)
def test_findings_decide_where_a_reply_stands(findings: list[Finding], status: Status) -> None:
    assert verdict_on([finding.as_data() for finding in findings]) is status


def test_a_new_blog_holds_first_timers_and_two_links() -> None:
    assert Rules.of(Site()) == Rules("first-timers", 2, (), ())


def test_a_list_of_words_has_one_on_each_line() -> None:
    rules = Rules.of(Site(hold_words=" casino \r\n\r\ntwo words\n \n", trash_words="x"))
    assert rules.hold_words == ("casino", "two words")
    assert rules.trash_words == ("x",)
