"""A long branch is folded: its first answers stand there, the others open at a click, and nothing is lost."""

from flask import Flask

from blog.posts.models import Post
from tests.browser import Browser
from tests.comments.conversation import POST, listed
from tests.comments.growing import grow


def folds(browser: Browser) -> dict[str, int]:
    """What is folded on the page: what it says, and how many comments stand in it."""
    return {
        " ".join(fold.summary.text.split()): len(fold.select("li[id^=comment-]"))
        for fold in browser.page.select("details.comment-fold:not(#report)")
    }


def test_seven_answers_stand_there_and_of_eight_three_are_folded(
    app: Flask, post: Post, make_post: object, rita: Browser
) -> None:
    grow(app, post, [None, *[0] * 7])
    rita.get(POST)
    assert folds(rita) == {}
    other = make_post("On wasps")
    numbers = grow(app, other, [None, *[0] * 8])
    rita.get("/posts/on-wasps")
    assert folds(rita) == {"3 more answers": 3}
    assert listed(rita) == numbers


def test_a_fold_counts_everybody_in_it_and_nobody_who_is_gone(
    app: Flask, post: Post, rita: Browser
) -> None:
    #          0     1-8        9  10 11
    parents = [None, *[0] * 8, 7, 9, 8]
    grow(app, post, parents, gone={8})
    rita.get(POST)
    # 6, 7 with 9 and 10 below it, and 11 below 8, which is gone.
    assert folds(rita) == {"5 more answers": 6}


def test_a_fold_counts_what_only_the_branch_shows_and_leads_there(
    app: Flask, post: Post, rita: Browser
) -> None:
    numbers = grow(app, post, [None, *[0] * 30])
    rita.get(POST)
    assert folds(rita) == {"25 more answers": 15}
    [link] = rita.page.select("details .comment-more a")
    assert (link["href"], link.text) == (f"/comments/{numbers[0]}/replies", "10 more answers")
    rita.get(str(link["href"]))
    assert folds(rita) == {}


def test_a_fold_counts_what_only_the_branch_of_a_folded_answer_shows(
    app: Flask, post: Post, rita: Browser
) -> None:
    # Eight answers; the last, which is folded, has 25 of its own, and 20 are shown.
    grow(app, post, [None, *[0] * 8, *[8] * 25])
    rita.get(POST)
    assert next(iter(folds(rita))) == "28 more answers"


def test_a_deep_branch_is_folded_where_it_goes_no_further_in(
    app: Flask, post: Post, rita: Browser
) -> None:
    numbers = grow(app, post, [None, *range(59)])
    rita.get(POST)
    assert folds(rita) == {"51 more answers": 51}
    assert listed(rita) == numbers


def test_the_top_of_a_conversation_is_never_folded(app: Flask, post: Post, rita: Browser) -> None:
    grow(app, post, [None] * 50)
    rita.get(POST)
    assert folds(rita) == {}
