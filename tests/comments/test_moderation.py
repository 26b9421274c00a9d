"""mo and mia moderate: the queue and why things are in it, what they decide, and each other."""

import re

import pytest
from flask import Flask

from blog.comments.acts import Status
from blog.comments.rules.kinds import Terms
from blog.posts.models import Post
from tests.browser import Browser
from tests.comments.conversation import (
    POST,
    about,
    alert,
    counts,
    decide,
    history,
    hold_nothing,
    leave,
    listed,
    look,
    number_of,
    say,
    status_of,
    token,
)

PENDING, APPROVED, SPAM, TRASHED = Status.PENDING, Status.APPROVED, Status.SPAM, Status.TRASHED
TABS = (PENDING, APPROVED, SPAM, TRASHED)
ACTS = ("approval", "spam", "trash", "hold", "restoration", "edit", "answer")

BAD_EDITS = [
    ("body", ""),
    ("body", "x" * 10_001),
    ("name", ""),
    ("name", "x" * 246),
    ("website", "javascript:alert(1)"),
    ("website", f"https://example.org/{'x' * 200}"),
]
BAD_BATCHES = [
    ([], 422, "Tick the comments first."),
    (["9" * 30], 422, "There is no such comment."),
    (["0"], 422, "There is no such comment."),
    (["-1"], 422, "There is no such comment."),
    (["x"], 422, "There is no such comment."),
    (["9" * 5000], 422, "There is no such comment."),
    (["999"], 404, "Not found"),
    ([str(number) for number in range(1, 502)], 422, "At most 500 at once."),
]


def words_for(act: str) -> dict[str, str]:
    """What the form of an act needs besides its token."""
    if act == "edit":
        return {"body": "Bees hum softly.", "name": "Rita", "website": ""}
    return {"body": "Thank you."} if act == "answer" else {}


# The queue


def test_ritas_reply_waits_in_the_queue_with_its_post_and_why_it_is_held(
    post: Post, rita: Browser, mo: Browser
) -> None:
    number = number_of(say(rita, "Bees *hum*."))
    mo.get("/moderation")
    assert listed(mo) == [number]
    assert counts(mo) == [1, 0, 0, 0]
    assert "Rita rita@example.org" in mo.text
    assert mo.page.select_one(f"#comment-{number} .comment-body em").text == "hum"
    assert mo.page.select_one(f"#comment-{number} .queued-place a")["href"] == POST
    why = [found.text for found in mo.page.select(".finding")]
    assert why == [
        "Nobody has shown yet that rita@example.org is their address.",
        "rita@example.org has no approved reply yet that is proven to be theirs.",
    ]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("rules", "reply", "tab", "why"),
    [
        ([Terms("everything")], {}, PENDING, "Every reply waits: that is how this site is set."),
        (
            [],
            {"body": "http://a.example and [b](http://b.example)"},
            PENDING,
            "It has 2 links: http://a.example, http://b.example",
        ),
        (
            [about("casino", "bees")],
            {"body": "BEES play."},
            PENDING,
            "It contains: bees",
        ),
        (
            [about("casino", "honey pot", verdict="trash")],
            {"name": "Casino King"},
            TRASHED,
            "It contains: casino",
        ),
        (
            [],
            {"name": "Мо"},
            PENDING,
            "The name “Мо” looks like “Mo”, who works here.",
        ),
    ],
    ids=["everything", "links", "held words", "trashed words", "imitation"],
)
def test_each_rule_that_fired_says_what_made_it_fire(
    app: Flask,
    post: Post,
    rita: Browser,
    mo: Browser,
    rules: list[Terms],
    reply: dict[str, str],
    tab: Status,
    why: str,
) -> None:
    hold_nothing(app, *rules)
    say(rita, **reply)
    mo.get(f"/moderation?status={tab}")
    assert [found.text for found in mo.page.select(".finding")] == [why]


def test_an_answer_waits_together_with_what_it_answers(app: Flask, post: Post, mo: Browser) -> None:
    first = leave(app, post, "Do bees *dance*?", name="Quentin")
    leave(app, post, "They do.", under=first, status=PENDING)
    mo.get("/moderation")
    place = mo.page.select_one(".queued-place")
    assert "in answer to Quentin : Do bees dance?" in " ".join(place.get_text(" ").split())
    assert place.select("a")[1]["href"] == f"/moderation/comments/{first}"


def test_the_queue_begins_with_the_newest_and_goes_on_where_the_page_ended(
    app: Flask, post: Post, mo: Browser
) -> None:
    numbers = [leave(app, post, f"Hum {n}.", status=PENDING) for n in range(30)]
    mo.get("/moderation")
    assert listed(mo) == numbers[:4:-1]
    older = mo.page.select_one("a[rel=next]")["href"]
    leave(app, post, "Another one meanwhile.", status=PENDING)
    mo.get(older)
    assert listed(mo) == numbers[4::-1]
    assert counts(mo) == [31, 0, 0, 0]
    assert mo.page.select_one("a[rel=next]") is None


def test_who_decides_on_an_older_page_stays_there(app: Flask, post: Post, mo: Browser) -> None:
    numbers = [leave(app, post, f"Hum {n}.", status=PENDING) for n in range(30)]
    mo.get(f"/moderation?before={numbers[5]}")
    form = f"#comment-{numbers[4]} form"
    mo.submit(None, {"reason": ""}, form=form, button="Approve", follow=True)
    assert listed(mo) == numbers[3::-1]


@pytest.mark.one_database
def test_an_empty_queue_says_so(post: Post, mo: Browser) -> None:
    assert mo.get("/moderation").status_code == 200
    assert "Nothing is waiting." in mo.text
    assert counts(mo) == [0, 0, 0, 0]


@pytest.mark.one_database
def test_there_is_no_other_tab(post: Post, mo: Browser) -> None:
    for status in ("withdrawn", "arriving", "Pending", "1"):
        assert mo.get(f"/moderation?status={status}").status_code == 404


@pytest.mark.one_database
def test_a_key_that_is_none_opens_the_first_page(app: Flask, post: Post, mo: Browser) -> None:
    number = leave(app, post, status=PENDING)
    for value in ("", "x", "-1", "9" * 30, "٣"):
        assert mo.get("/moderation", query_string={"before": value}).status_code == 200
        assert listed(mo) == [number]


# Who may


@pytest.mark.one_database
def test_the_author_moderates_as_the_moderators_do(app: Flask, post: Post, olga: Browser) -> None:
    number = leave(app, post, status=PENDING)
    decide(olga, number, "Approve")
    assert status_of(app, number) is APPROVED
    assert history(olga, number)[-1] == "Olga approved it"


@pytest.mark.one_database
def test_a_stranger_sees_nothing_of_it(app: Flask, post: Post, stranger: Browser) -> None:
    number = leave(app, post, "A secret.", status=PENDING)
    for path in ("/moderation", f"/moderation/comments/{number}"):
        assert stranger.get(path, follow_redirects=False).status_code == 303
        assert stranger.answer.headers["Location"].startswith("/login")
        assert "secret" not in stranger.text


@pytest.mark.one_database
def test_a_stranger_decides_nothing(app: Flask, post: Post, stranger: Browser) -> None:
    number = leave(app, post, status=PENDING)
    for act in ACTS:
        assert stranger.post(f"/comments/{number}/{act}", words_for(act)).status_code == 403
    assert stranger.post("/moderation/batches/approval", {"comment": number}).status_code == 403
    assert status_of(app, number) is PENDING
    assert look(app, number).source == "Bees hum."


@pytest.mark.one_database
def test_an_act_without_a_token_or_from_another_site_changes_nothing(
    app: Flask, post: Post, mo: Browser
) -> None:
    number = leave(app, post, status=PENDING)
    elsewhere = {"Origin": "https://evil.example"}
    for act in ACTS:
        path = f"/comments/{number}/{act}"
        assert mo.post(path, words_for(act)).status_code == 403
        sent = {**token(mo), **words_for(act)}
        assert mo.post(path, sent, headers=elsewhere).status_code == 403
    assert status_of(app, number) is PENDING
    assert history(mo, number) == ["Its writer sent it: pending"]


@pytest.mark.one_database
def test_opening_the_address_of_an_act_does_nothing(app: Flask, post: Post, mo: Browser) -> None:
    number = leave(app, post, status=PENDING)
    for act in ACTS:
        assert mo.get(f"/comments/{number}/{act}").status_code == 405
        assert mo.get(f"/moderation/batches/{act}?comment={number}").status_code == 405
    assert history(mo, number) == ["Its writer sent it: pending"]


def test_there_is_nothing_to_decide_about_an_unknown_comment(post: Post, mo: Browser) -> None:
    csrf = token(mo)
    for act in ACTS:
        for number in ("999", "9" * 30):
            sent = {**csrf, **words_for(act)}
            assert mo.post(f"/comments/{number}/{act}", sent).status_code == 404


# Decisions


@pytest.mark.parametrize(
    ("start", "button", "end", "deed"),
    [
        (PENDING, "Approve", APPROVED, "approved it"),
        (PENDING, "Spam", SPAM, "marked it as spam"),
        (PENDING, "Trash", TRASHED, "put it into the trash"),
        (APPROVED, "Hold", PENDING, "holds it"),
        (APPROVED, "Spam", SPAM, "marked it as spam"),
        (APPROVED, "Trash", TRASHED, "put it into the trash"),
        (SPAM, "Not spam", PENDING, "restored it"),
        (SPAM, "Approve", APPROVED, "approved it"),
        (SPAM, "Trash", TRASHED, "put it into the trash"),
        (TRASHED, "Restore", PENDING, "restored it"),
        (TRASHED, "Approve", APPROVED, "approved it"),
        (TRASHED, "Spam", SPAM, "marked it as spam"),
    ],
)
def test_mo_decides_and_every_page_tells_so_at_once(
    app: Flask,
    post: Post,
    mo: Browser,
    rita: Browser,
    start: Status,
    button: str,
    end: Status,
    deed: str,
) -> None:
    number = leave(app, post, status=start)
    decide(mo, number, button, tab=start)
    assert mo.path.startswith(f"/moderation?status={start}&done=")
    assert counts(mo) == [int(tab is end) for tab in TABS]
    assert listed(mo) == []
    mo.get(f"/moderation?status={end}")
    assert listed(mo) == [number]
    assert history(mo, number)[-1] == f"Mo {deed}"
    rita.get(POST)
    assert listed(rita) == ([number] if end is APPROVED else [])


@pytest.mark.parametrize(
    ("start", "ways", "end"),
    [
        (APPROVED, ["spam"], APPROVED),
        (PENDING, ["spam"], PENDING),
        (APPROVED, ["spam", "trash"], APPROVED),
        (PENDING, ["approval", "hold", "trash", "spam"], PENDING),
        (TRASHED, [], PENDING),  # it was the rules that put it there
    ],
)
def test_a_restored_comment_is_where_it_was_before(
    app: Flask, post: Post, mo: Browser, start: Status, ways: list[str], end: Status
) -> None:
    number = leave(app, post, status=start)
    for way in (*ways, "restoration"):
        assert mo.post(f"/comments/{number}/{way}", token(mo)).status_code == 303
    assert status_of(app, number) is end


def test_a_held_comment_says_who_holds_it(app: Flask, post: Post, mo: Browser) -> None:
    number = leave(app, post)
    decide(mo, number, "Hold", tab=APPROVED)
    mo.get("/moderation")
    assert [found.text for found in mo.page.select(".finding")] == ["Mo holds it."]


@pytest.mark.one_database
def test_rita_reads_the_reason_on_her_receipt(post: Post, rita: Browser, mo: Browser) -> None:
    receipt = say(rita)
    decide(mo, number_of(receipt), "Trash", reason="We speak of <b>bees</b> here.")
    rita.get(receipt)
    assert "A moderator decided not to publish this reply." in rita.text
    assert "The reason given: We speak of <b>bees</b> here." in rita.text
    assert history(mo, number_of(receipt))[-1] == (
        "Mo put it into the trash : We speak of <b>bees</b> here."
    )


@pytest.mark.one_database
def test_a_reason_that_is_too_long_comes_back_and_nothing_changes(
    app: Flask, post: Post, mo: Browser
) -> None:
    number = leave(app, post, status=PENDING)
    assert decide(mo, number, "Spam", reason="x" * 501).status_code == 422
    assert mo.page.select_one("[name=reason]")["value"] == "x" * 501
    assert "reason" in mo.errors
    assert status_of(app, number) is PENDING


@pytest.mark.one_database
def test_a_status_that_is_none_changes_nothing(app: Flask, post: Post, mo: Browser) -> None:
    number = leave(app, post, status=PENDING)
    sent = {**token(mo), "from": "withdrawn"}
    assert mo.post(f"/comments/{number}/approval", sent).status_code == 422
    assert status_of(app, number) is PENDING


# Two at once


def test_the_second_moderator_learns_what_the_first_one_did(
    app: Flask, post: Post, mo: Browser, mia: Browser
) -> None:
    number = leave(app, post, status=PENDING)
    mia.get("/moderation")
    decide(mo, number, "Spam", reason="Advertising.")
    form = f"#comment-{number} form"
    assert mia.submit(None, {"reason": ""}, form=form, button="Approve").status_code == 409
    assert "Nothing was overwritten" in alert(mia)
    assert re.search(r"Rita : Mo marked it as spam \(.+\) ?. It is spam now", alert(mia))
    assert counts(mia) == [0, 0, 1, 0]
    assert history(mia, number)[-1] == "Mo marked it as spam : Advertising."
    assert look(app, number).reason == "Advertising."


def test_the_same_decision_made_twice_is_made_once(app: Flask, post: Post, mo: Browser) -> None:
    number = leave(app, post, status=PENDING)
    path = f"/comments/{number}/approval"
    assert mo.post(path, token(mo)).status_code == 303  # a token alone is enough
    assert mo.post(path, token(mo)).status_code == 409
    assert "Mo approved it" in alert(mo)
    assert history(mo, number) == ["Its writer sent it: pending", "Mo approved it"]


def test_an_approved_comment_is_not_restored(app: Flask, post: Post, mo: Browser) -> None:
    number = leave(app, post)
    assert mo.post(f"/comments/{number}/restoration", token(mo)).status_code == 409
    assert history(mo, number) == ["Its writer sent it: approved"]


# What its writer takes back


def test_nobody_overrules_rita_who_took_her_reply_back(
    app: Flask, post: Post, rita: Browser, mo: Browser
) -> None:
    receipt = say(rita, "I should not have said this.")
    number = number_of(receipt)
    rita.submit(receipt, button="Take my reply back")
    csrf = token(mo)
    for act in ACTS:
        sent = {**csrf, **words_for(act)}
        assert mo.post(f"/comments/{number}/{act}", sent).status_code == 409
        assert mo.post(f"/comments/{number}/{act}", {**sent, "from": "pending"}).status_code == 409
        assert "took it back" in mo.text
    assert status_of(app, number) is Status.WITHDRAWN
    assert len(history(mo, number)) == 2
    assert history(mo, number)[-1] == "Its writer took it back"


def test_moderators_cannot_read_any_more_what_rita_took_back(
    app: Flask, post: Post, rita: Browser, mo: Browser
) -> None:
    receipt = say(rita, "My secret.")
    number = number_of(receipt)
    rita.submit(receipt, {"body": "My other secret."})
    rita.submit(receipt, button="Take my reply back")
    leave(app, post, "What was it?", under=number, status=PENDING)
    seen = []
    for path in (*(f"/moderation?status={tab}" for tab in TABS), f"/moderation/comments/{number}"):
        mo.get(path)
        seen.append(mo.text)
    mo.post(f"/comments/{number}/approval", token(mo))
    assert "secret" not in " ".join([*seen, mo.text])
    assert counts(mo) == [1, 0, 0, 0]


# Answers of the staff


def test_mo_approves_and_answers_in_one_act(
    app: Flask, post: Post, mo: Browser, rita: Browser
) -> None:
    number = leave(app, post, "Do bees dance?", status=PENDING)
    page = f"/moderation/comments/{number}"
    mo.submit(page, {"body": "They *do*."}, button="Approve and answer", follow=True)
    assert "1 reply approved." in mo.text
    rita.get(POST)
    assert len(listed(rita)) == 2
    answer = rita.page.select(f"#comment-{number} li")[0]
    assert answer.select_one(".badge").text == "Moderator"
    assert answer.em.text == "do"
    assert look(app, number).status is APPROVED


def test_an_approved_comment_is_just_answered(app: Flask, post: Post, olga: Browser) -> None:
    number = leave(app, post)
    olga.submit(f"/moderation/comments/{number}", {"body": "Thanks."}, button="Answer", follow=True)
    assert history(olga, number) == ["Its writer sent it: approved"]
    olga.get(POST)
    assert olga.page.select_one(f"#comment-{number} li .badge").text == "Author"


@pytest.mark.one_database
def test_an_empty_answer_approves_nothing(app: Flask, post: Post, mo: Browser) -> None:
    number = leave(app, post, status=PENDING)
    sent = {**token(mo), "body": "  "}
    assert mo.post(f"/comments/{number}/answer", sent).status_code == 422
    assert mo.errors["answer-body"] == "There is no text yet."
    assert status_of(app, number) is PENDING


def test_what_was_put_away_meanwhile_is_not_answered_and_the_words_stay(
    app: Flask, post: Post, mo: Browser, mia: Browser
) -> None:
    number = leave(app, post, status=PENDING)
    mo.get(f"/moderation/comments/{number}")
    decide(mia, number, "Spam")
    answer = mo.submit(None, {"body": "A long answer."}, button="Approve and answer")
    assert answer.status_code == 409
    assert mo.page.select_one("#answer textarea").text.strip() == "A long answer."
    assert "Mia marked it as spam" in mo.text
    assert status_of(app, number) is SPAM


def test_nothing_is_answered_below_a_post_that_takes_no_replies(
    app: Flask, make_post: object, mo: Browser
) -> None:
    closed = make_post(takes_comments=False)
    number = leave(app, closed, status=PENDING)
    sent = {**token(mo), "body": "Thanks."}
    assert mo.post(f"/comments/{number}/answer", sent).status_code == 409
    assert status_of(app, number) is PENDING


# Edits


def test_mos_edit_is_marked_and_the_original_stays_in_the_history(
    app: Flask, post: Post, rita: Browser, mo: Browser
) -> None:
    number = leave(app, post, "Call me at *555-1234*.")
    page = f"/moderation/comments/{number}"
    mo.submit(page, {"body": "Call me.", "name": "R."}, button="Save the change", follow=True)
    assert "1 reply edited." in mo.text
    assert mo.page.select_one("#history pre").text == "Call me at *555-1234*."
    assert history(mo, number)[-1] == "Mo edited it"
    rita.get(POST)
    assert "555" not in rita.text
    assert "R." in rita.page.select_one(f"#comment-{number} .comment-name").text
    assert "Edited by Mo" in rita.text


def test_an_edit_keeps_the_comment_where_it_stands(app: Flask, post: Post, mo: Browser) -> None:
    for status in TABS:
        number = leave(app, post, status=status)
        mo.submit(f"/moderation/comments/{number}", {"body": "Edited."}, button="Save the change")
        assert status_of(app, number) is status
        assert look(app, number).source == "Edited."


def test_mias_edit_is_not_overwritten_by_mos(
    app: Flask, post: Post, mo: Browser, mia: Browser
) -> None:
    number = leave(app, post)
    page = f"/moderation/comments/{number}"
    mo.get(page)
    mia.submit(page, {"body": "As Mia has it."}, button="Save the change")
    answer = mo.submit(None, {"body": "As Mo has it."}, button="Save the change")
    assert answer.status_code == 409
    assert look(app, number).source == "As Mia has it."
    assert mo.page.select_one(".queued .comment-body").text.strip() == "As Mia has it."
    assert mo.page.select_one("#edit textarea").text.strip() == "As Mo has it."
    assert "It was changed while you wrote." in mo.errors["body"]
    # mo has seen mia's words now, and may insist.
    assert mo.submit(None, {}, form="#edit form").status_code == 303
    assert look(app, number).source == "As Mo has it."


def test_ritas_own_change_is_not_overwritten_by_mos(
    app: Flask, post: Post, mo: Browser, rita: Browser
) -> None:
    receipt = say(rita, "Bees hum.")
    number = number_of(receipt)
    mo.get(f"/moderation/comments/{number}")
    rita.submit(receipt, {"body": "Bees buzz."})
    answer = mo.submit(None, {"body": "Bees hum!"}, button="Save the change")
    assert answer.status_code == 409
    assert look(app, number).source == "Bees buzz."


@pytest.mark.one_database
def test_an_edit_that_cannot_be_comes_back_with_every_word(
    app: Flask, post: Post, mo: Browser
) -> None:
    number = leave(app, post)
    for field, value in BAD_EDITS:
        mo.get(f"/moderation/comments/{number}")
        sent = {"body": "Edited.", "name": "R.", field: value}
        assert mo.submit(None, sent, form="#edit form").status_code == 422
        assert list(mo.errors) == [field]
        kept = mo.page.select_one(f"#edit [name={field}]")
        assert (kept.get("value") or kept.text.strip()) == value
    assert look(app, number).source == "Bees hum."
    assert history(mo, number) == ["Its writer sent it: approved"]


@pytest.mark.one_database
def test_an_edit_is_made_safe_like_every_text(app: Flask, post: Post, mo: Browser) -> None:
    number = leave(app, post)
    sent = {"body": "<script>alert(1)</script> [x](javascript:alert(1))", "name": '"><script>'}
    mo.submit(f"/moderation/comments/{number}", sent, form="#edit form")
    for path in (POST, f"/moderation/comments/{number}", "/moderation?status=approved"):
        mo.get(path)
        # What a post says of itself to machines is data, and never run.
        scripts = mo.page.select('script:not([type="application/ld+json"])')
        assert all(found.get("src") for found in scripts)
        assert not mo.page.select("[href^=javascript]")


# Many at once


def test_mo_approves_many_at_once(app: Flask, post: Post, mo: Browser, rita: Browser) -> None:
    numbers = [leave(app, post, f"Hum {n}.", status=PENDING) for n in range(5)]
    ticked = [numbers[0], numbers[2], numbers[2], numbers[4]]
    mo.submit("/moderation", {"comment": ticked}, form="#batch", button="Approve", follow=True)
    assert "3 replies approved." in mo.text
    assert counts(mo) == [2, 3, 0, 0]
    assert listed(mo) == [numbers[3], numbers[1]]
    rita.get(POST)
    assert listed(rita) == sorted(set(ticked))
    assert history(mo, numbers[2]) == ["Its writer sent it: pending", "Mo approved it"]


@pytest.mark.parametrize(
    ("start", "button", "end"),
    [
        (PENDING, "Spam", SPAM),
        (PENDING, "Trash", TRASHED),
        (APPROVED, "Hold", PENDING),
        (SPAM, "Restore", PENDING),
        (TRASHED, "Restore", PENDING),
    ],
)
def test_every_decision_can_be_made_about_many(
    app: Flask, post: Post, mo: Browser, start: Status, button: str, end: Status
) -> None:
    numbers = [leave(app, post, f"Hum {n}.", status=start) for n in range(3)]
    queue = f"/moderation?status={start}"
    mo.submit(queue, {"comment": numbers}, form="#batch", button=button, follow=True)
    assert counts(mo) == [3 * (tab is end) for tab in TABS]


def test_a_reason_reaches_everyone_in_the_batch(
    app: Flask, post: Post, mo: Browser, rita: Browser
) -> None:
    receipts = [say(rita, f"Buy {n}.", email=f"r{n}@example.org") for n in range(2)]
    numbers = [number_of(receipt) for receipt in receipts]
    sent = {**token(mo), "comment": numbers, "reason": "No trade."}
    mo.post("/moderation/batches/spam", sent)
    for receipt in receipts:
        rita.get(receipt)
        assert "The reason given: No trade." in rita.text


def test_a_batch_leaves_alone_what_others_decided_and_does_the_rest(
    app: Flask, post: Post, mo: Browser, mia: Browser
) -> None:
    numbers = [leave(app, post, name=name, status=PENDING) for name in ("Ann", "Ben", "Cleo")]
    mia.get("/moderation")
    decide(mo, numbers[1], "Spam")
    answer = mia.submit(None, {"comment": numbers}, form="#batch", button="Approve")
    assert answer.status_code == 409
    assert "2 replies approved." in mia.text
    assert "Ben : Mo marked it as spam" in alert(mia)
    assert "Ann" not in alert(mia)
    assert counts(mia) == [0, 2, 1, 0]
    assert [status_of(app, number) for number in numbers] == [APPROVED, SPAM, APPROVED]


def test_a_batch_that_cannot_be_changes_nothing(app: Flask, post: Post, mo: Browser) -> None:
    number = leave(app, post, status=PENDING)
    csrf = token(mo)
    for comments, status, words in BAD_BATCHES:
        sent = {**csrf, "comment": [*comments, str(number)] if comments else []}
        assert mo.post("/moderation/batches/approval", sent).status_code == status
        assert words in mo.text
        assert status_of(app, number) is PENDING


@pytest.mark.one_database
def test_there_are_no_other_batches(app: Flask, post: Post, mo: Browser) -> None:
    number = leave(app, post, status=PENDING)
    sent = {**token(mo), "comment": number}
    for deed in ("edit", "undo", "submission", "withdrawal", "x"):
        assert mo.post(f"/moderation/batches/{deed}", sent).status_code == 404
    assert status_of(app, number) is PENDING
