"""Threads: what rita sees below a post, where everything stands, and what leaves no trace."""

import random
from urllib.parse import urlsplit

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blog.clock import now
from blog.comments.acts import Status
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post
from tests.browser import Browser
from tests.comments.conversation import (
    POST,
    hold_nothing,
    leave,
    listed,
    look,
    look_at_post,
    number_of,
    say,
    token,
)
from tests.comments.growing import grow

PENDING, APPROVED, SPAM, TRASHED = Status.PENDING, Status.APPROVED, Status.SPAM, Status.TRASHED


def chain(length: int) -> list[int | None]:
    """Each answers the one before."""
    return [None, *range(length - 1)]


def steps(browser: Browser) -> list[int]:
    """How far each comment on the page is indented, from top to bottom."""
    items = browser.page.select("li[id^=comment-]")
    return [len([above for above in item.parents if above.name == "ol"]) for item in items]


def more(browser: Browser) -> dict[str, str]:
    """The links to answers that are not on the page: where, and what they say."""
    return {str(link["href"]): link.text for link in browser.page.select(".comment-more a")}


def permalink(browser: Browser, number: int) -> tuple[str, int]:
    """Where a comment stands: the page's path and the number in its anchor."""
    answer = browser.get(f"/comments/{number}", follow_redirects=False)
    assert answer.status_code == 302
    parts = urlsplit(answer.headers["Location"])
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return path, int(parts.fragment.removeprefix("comment-"))


# Depth


def test_rita_answers_sixty_deep(app: Flask, post: Post, rita: Browser) -> None:
    hold_nothing(app)
    numbers = grow(app, post, chain(59))
    last = number_of(say(rita, "The sixtieth.", at=f"/comments/{numbers[-1]}/replies"))
    assert look(app, last).depth == 59
    rita.get(POST)
    assert listed(rita) == [*numbers, last]
    assert steps(rita) == [1, 2, 3, 4, *([5] * 56)]
    names = [found.text for found in rita.page.select(".comment-to a")]
    assert names == [f"Reader {n}" for n in range(59)]
    assert permalink(rita, last) == (POST, last)


def test_beyond_the_fifth_step_answers_follow_what_they_answer(
    app: Flask, post: Post, rita: Browser
) -> None:
    #          0     1  2  3  4  5  6  7  8     9
    parents = [None, 0, 1, 2, 3, 4, 4, 5, None, 7]
    numbers = grow(app, post, parents)
    rita.get(POST)
    assert [numbers.index(number) for number in listed(rita)] == [0, 1, 2, 3, 4, 5, 7, 9, 6, 8]
    assert steps(rita) == [1, 2, 3, 4, 5, 5, 5, 5, 5, 1]


# Pages


def test_a_page_has_fifty_comments_and_their_answers_stay_with_them(
    app: Flask, post: Post, rita: Browser
) -> None:
    numbers = grow(app, post, [*([None] * 51), 0, 50])
    rita.get(POST)
    assert listed(rita) == [numbers[0], numbers[51], *numbers[1:50]]
    rita.get(rita.page.select_one(".pager a[rel=next]")["href"])
    assert listed(rita) == [numbers[50], numbers[52]]
    assert rita.page.select_one(".pager a[rel=prev]")["href"] == f"{POST}#comments"
    assert permalink(rita, numbers[52]) == (f"{POST}?comments=2", numbers[52])


def test_there_is_no_such_page(app: Flask, post: Post, rita: Browser) -> None:
    branch = f"/comments/{leave(app, post)}/replies"
    for page in ("0", "2", "-1", "x", "", "1.0", "9" * 30, "１"):
        assert rita.get(POST, query_string={"comments": page}).status_code == 404
        assert rita.get(branch, query_string={"page": page}).status_code == 404


def test_twenty_answers_are_shown_and_the_rest_is_one_link_away(
    app: Flask, post: Post, rita: Browser
) -> None:
    numbers = grow(app, post, [None, *([0] * 25), 25])
    rita.get(POST)
    assert listed(rita) == numbers[:21]
    branch = f"/comments/{numbers[0]}/replies"
    assert more(rita) == {branch: "5 more answers"}
    rita.get(branch)
    assert listed(rita) == numbers[1:]
    assert permalink(rita, numbers[20]) == (POST, numbers[20])
    assert permalink(rita, numbers[21]) == (branch, numbers[21])
    assert permalink(rita, numbers[26])[0] == f"/comments/{numbers[25]}/replies"


def test_a_branch_has_pages_too(app: Flask, post: Post, rita: Browser) -> None:
    numbers = grow(app, post, [None, *([0] * 60)])
    branch = f"/comments/{numbers[0]}/replies"
    rita.get(branch)
    assert listed(rita) == numbers[1:51]
    rita.get(rita.page.select_one(".pager a[rel=next]")["href"])
    assert listed(rita) == numbers[51:]
    assert permalink(rita, numbers[60]) == (f"{branch}?page=2", numbers[60])


def test_two_hundred_answers_are_shown_on_a_page(app: Flask, post: Post, rita: Browser) -> None:
    numbers = grow(app, post, [*([None] * 15), *(n for n in range(15) for _answer in range(20))])
    rita.get(POST)
    assert len(listed(rita)) == 15 + 200
    assert sum(int(words.split()[0]) for words in more(rita).values()) == 100
    for number in numbers[-5:]:
        path, anchor = permalink(rita, number)
        assert (path, anchor) == (f"/comments/{numbers[14]}/replies", number)
        rita.get(path)
        assert anchor in listed(rita)


def random_conversation(seed: int) -> tuple[list[int | None], set[int]]:
    """Of any shape: wide or deep, with many or few that are gone."""
    dice = random.Random(seed)
    top, newest, hubs, gone = (
        dice.random() ** 3,
        dice.random() ** 2,
        dice.randint(1, 9),
        dice.random(),
    )
    parents: list[int | None] = [None]
    for n in range(1, dice.choice([5, 300, 300])):
        answered = n - 1 if dice.random() < newest else int(n * dice.random() ** hubs)
        parents.append(None if dice.random() < top else answered)
    return parents, {n for n in range(len(parents)) if dice.random() < gone**2}


@pytest.mark.drill
@given(seed=st.integers(0, 10**9))
@settings(
    max_examples=5,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_permalink_leads_to_a_page_with_its_comment(
    app: Flask, make_post: object, rita: Browser, seed: int
) -> None:
    post = make_post("On wasps")
    parents, gone = random_conversation(seed)
    numbers = grow(app, post, parents, gone=gone)
    pages: dict[str, list[int]] = {}
    for number in random.Random(seed).sample(numbers, min(20, len(numbers))):
        if not look(app, number).shown:
            assert rita.get(f"/comments/{number}").status_code == 404
            continue
        path, anchor = permalink(rita, number)
        if path not in pages:
            assert rita.get(path).status_code == 200
            pages[path] = listed(rita)
        assert anchor == number
        assert number in pages[path]
        assert pages[path] == list(dict.fromkeys(pages[path]))  # nothing stands there twice


def test_who_follows_the_links_finds_every_comment(app: Flask, post: Post, rita: Browser) -> None:
    parents = [None, *([0] * 30), *([30] * 25), *([None] * 60), *chain(9)[1:]]
    numbers = grow(app, post, parents)
    found: set[int] = set()
    ahead, seen = [POST], set()
    while ahead:
        path = ahead.pop()
        if path in seen:
            continue
        seen.add(path)
        rita.get(path)
        found.update(listed(rita))
        links = [*more(rita), *(link["href"] for link in rita.page.select(".pager a"))]
        ahead += [str(link).partition("#")[0] for link in links]
    assert found == set(numbers)


# What is gone, and what waits


def test_a_removed_comment_with_answers_leaves_a_placeholder(
    app: Flask, post: Post, rita: Browser, mo: Browser
) -> None:
    secret = leave(app, post, "A secret.", name="Sibyl")
    answer = leave(app, post, "Hush.", under=secret)
    mo.post(f"/comments/{secret}/trash", token(mo))
    rita.get(POST)
    assert listed(rita) == [secret, answer]
    assert "This reply was removed." in rita.text
    assert "1 reply" in rita.text
    assert "answers a removed reply" in rita.text
    seen = rita.text
    rita.get(f"/comments/{secret}/replies")
    assert "This cannot be answered any more." in rita.text
    assert "secret" not in seen + rita.text
    assert "Sibyl" not in seen + rita.text
    assert permalink(rita, secret) == (POST, secret)


def test_a_removed_comment_without_answers_leaves_no_trace(
    app: Flask, post: Post, rita: Browser, mo: Browser
) -> None:
    secret = leave(app, post, "A secret.", name="Sibyl")
    answer = leave(app, post, "Hush.", under=secret)
    for number in (secret, answer):
        mo.post(f"/comments/{number}/trash", token(mo))
    rita.get(POST)
    assert listed(rita) == []
    assert "No reply yet" in rita.text
    for number in (secret, answer):
        for path in (f"/comments/{number}", f"/comments/{number}/replies"):
            assert rita.get(path).status_code == 404
    mo.post(f"/comments/{answer}/restoration", token(mo))
    rita.get(POST)
    assert listed(rita) == [secret, answer]


def test_what_rita_took_back_leaves_a_placeholder_above_its_answer(
    app: Flask, post: Post, rita: Browser
) -> None:
    hold_nothing(app)
    receipt = say(rita, "My secret.")
    leave(app, post, "Hush.", under=number_of(receipt))
    rita.submit(receipt, button="Take my reply back")
    rita.get(POST)
    assert len(listed(rita)) == 2
    assert "secret" not in rita.text
    assert "Rita" not in rita.page.select_one(".comment-gone").text


@pytest.mark.parametrize("status", [PENDING, SPAM, TRASHED])
def test_nobody_sees_or_answers_what_is_not_public(
    app: Flask, post: Post, rita: Browser, status: Status
) -> None:
    number = leave(app, post, "A secret.", status=status)
    for path in (POST, f"/comments/{number}", f"/comments/{number}/replies"):
        rita.get(path)
        assert "secret" not in rita.text
    fields = {"name": "Rita", "email": "rita@example.org", "body": "I answer all the same."}
    assert rita.post(f"/comments/{number}/replies", fields).status_code == 404
    assert "I answer all the same." in rita.text
    fields["parent"] = str(number)
    assert rita.post(f"{POST}/comments", fields).status_code == 404
    assert look(app, number).public_below == 0


def test_a_removed_comment_cannot_be_answered(
    app: Flask, post: Post, rita: Browser, mo: Browser
) -> None:
    number = leave(app, post)
    leave(app, post, under=number)
    mo.post(f"/comments/{number}/trash", token(mo))
    fields = {"name": "Rita", "email": "rita@example.org", "body": "I answer all the same."}
    assert rita.post(f"/comments/{number}/replies", fields).status_code == 410
    assert "I answer all the same." in rita.text


# Order and counts


def test_the_oldest_stands_on_top_though_it_was_approved_last(
    app: Flask, post: Post, rita: Browser, mo: Browser
) -> None:
    numbers = [leave(app, post, f"Hum {n}.", status=PENDING) for n in range(3)]
    for number in reversed(numbers):
        mo.post(f"/comments/{number}/approval", token(mo))
    rita.get(POST)
    assert listed(rita) == numbers


def test_the_post_says_how_many_replies_it_has_after_every_act(
    app: Flask, post: Post, rita: Browser, mo: Browser
) -> None:
    first = leave(app, post)
    second = leave(app, post, under=first, status=PENDING)
    third = leave(app, post, under=second, status=PENDING)
    told = []
    for number, act in [
        (third, "approval"),
        (second, "approval"),
        (first, "hold"),
        (third, "spam"),
        (second, "trash"),
        (third, "restoration"),
        (first, "approval"),
    ]:
        assert mo.post(f"/comments/{number}/{act}", token(mo)).status_code == 303
        rita.get(POST)
        shown = look_at_post(app, post)
        gone = len(rita.page.select(".comment-gone"))
        assert len(listed(rita)) - gone == shown.comment_count
        assert shown.thread_count == len(rita.page.select("#comments > .thread > li"))
        told.append(rita.page.select_one("#comments-heading").text)
    assert told == [
        "2 replies",
        "3 replies",
        "2 replies",
        "1 reply",
        "No reply yet",
        "1 reply",
        "2 replies",
    ]


def test_a_thread_of_one_post_is_not_that_of_another(
    app: Flask, post: Post, make_post: object, rita: Browser
) -> None:
    other = make_post("On wasps")
    here, there = leave(app, post), leave(app, other, "Wasps sting.")
    rita.get(POST)
    assert listed(rita) == [here]
    assert permalink(rita, there) == ("/posts/on-wasps", there)


def test_no_comment_is_found_below_a_post_that_nobody_may_see(
    app: Flask, post: Post, rita: Browser
) -> None:
    number = leave(app, post)
    with app.app_context(), write_tx():
        db.session.get_one(Post, post.id).withdraw(now())
    for path in (f"/comments/{number}", f"/comments/{number}/replies"):
        assert rita.get(path).status_code == 404
