"""`flask comments check`: everything that is counted is counted anew, and everything odd is found."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, update

from blog.comments import check
from blog.comments.acts import Actor, Deed, Moderation, Status, Tally
from blog.comments.models import Comment
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post
from tests.comments.conversation import leave
from tests.conftest import MakePost


def found(app: Flask) -> list[str]:
    with app.app_context():
        return [str(difference) for difference in check.find()]


def mended(app: Flask) -> list[str]:
    with app.app_context():
        return [str(difference) for difference in check.mend()]


def put(app: Flask, number: int, **values: Any) -> None:
    """Write into a comment's row what no verb would."""
    change(app, update(Comment.__table__).where(Comment.__table__.c.id == number).values(**values))


def change(app: Flask, statement: Any) -> None:
    with app.app_context(), write_tx() as session:
        session.execute(statement)


def move(app: Flask, number: int, to: Status) -> None:
    with app.app_context(), write_tx():
        comment = db.session.get_one(Comment, number)
        comment.move(to, from_=comment.status, by=Actor.RULES, deed=Deed.TRASH)


@pytest.fixture
def thread(app: Flask, post: Post) -> list[int]:
    """A reply, an answer, an answer to that, one more that waits, and a second reply in the trash."""
    first = leave(app, post, "First")
    second = leave(app, post, "Second", under=first)
    third = leave(app, post, "Third", under=second)
    waits = leave(app, post, "Fourth", under=third, status=Status.PENDING)
    other = leave(app, post, "Fifth", status=Status.TRASHED)
    return [first, second, third, waits, other]


def test_what_the_verbs_keep_is_true(app: Flask, thread: list[int], make_post: MakePost) -> None:
    other = make_post("On wasps")
    leave(app, other, under=leave(app, other))
    move(app, thread[0], Status.TRASHED)  # a placeholder keeps its place
    move(app, thread[2], Status.SPAM)
    move(app, thread[3], Status.APPROVED)
    assert found(app) == []
    assert mended(app) == []


def test_a_blog_without_comments_is_well(app: Flask) -> None:
    assert found(app) == []


WRONG = (
    (0, {"public_below": 9}, "public_below is 9, not 2"),
    (0, {"answers": 0}, "answers is 0, not 1"),
    (1, {"shown": False}, "shown is False, not True"),
    (4, {"shown": True}, "shown is True, not False"),
    (3, {"answers": 4, "public_below": 5}, "public_below is 5, not 0; answers is 4, not 0"),
    (2, {"depth": 7}, "depth 7, and belongs to {0} at 2"),
    (2, {"root_id": None}, "names thread None and depth 2, and belongs to {0}"),
    (0, {"root_id": 1}, "names thread 1 and depth 0, and belongs to None"),
)


def test_a_wrong_count_is_found_and_mended(app: Flask, thread: list[int]) -> None:
    for which, values, words in WRONG:
        put(app, thread[which], **values)
        (difference,) = found(app)
        assert difference.startswith(f"comment {thread[which]}: ")
        assert words.format(*thread) in difference
        assert mended(app) == [difference]
        assert found(app) == []


def test_a_post_that_counts_wrongly_is_found_and_mended(
    app: Flask, post: Post, thread: list[int]
) -> None:
    change(app, update(Post).values(comment_count=1, thread_count=5))
    (difference,) = found(app)
    assert difference == (
        f"post {post.id}: 1 comments in 5 threads are counted, and there are 3 in 1."
    )
    assert mended(app) == [difference]
    assert found(app) == []


def test_tabs_that_count_wrongly_are_found_and_mended(app: Flask, thread: list[int]) -> None:
    change(app, update(Tally).where(Tally.status == Status.PENDING).values(number=8))
    change(app, delete(Tally).where(Tally.status == Status.TRASHED))
    change(app, insert(Tally).values(status=Status.SPAM, number=2))
    expected = [
        "pending: 8 comments are counted, and there are 1.",
        "spam: 2 comments are counted, and there are 0.",
        "trashed: 0 comments are counted, and there are 1.",
    ]
    assert found(app) == expected
    assert mended(app) == expected
    assert found(app) == []


def test_many_wrong_things_are_mended_at_once(app: Flask, thread: list[int]) -> None:
    for number in thread:
        put(app, number, public_below=50, answers=50, depth=50, shown=False)
    assert len(found(app)) == 10
    mended(app)
    assert found(app) == []


def test_an_answer_to_something_younger_is_astray(app: Flask, thread: list[int]) -> None:
    put(app, thread[0], parent_id=thread[3])
    differences = found(app)
    assert [words.partition(":")[0] for words in differences] == [
        f"comment {number}" for number in thread[:4]
    ]
    assert f"it answers comment {thread[3]}, which is younger" in differences[0]
    # Nothing could be counted on such ground.
    assert mended(app) == []
    assert found(app) == differences


def test_an_answer_to_a_comment_of_another_post_is_astray(
    app: Flask, thread: list[int], make_post: MakePost
) -> None:
    stranger = leave(app, make_post("On wasps"))
    put(app, stranger, parent_id=thread[0])
    assert [words for words in found(app) if "belongs to another post" in words]


@pytest.mark.parametrize(
    ("which", "values", "words"),
    [
        (3, {"status": "lost"}, "there is no status 'lost'"),
        (4, {"status": "arriving"}, "it never arrived anywhere"),
        (4, {"status": "spam"}, "it is spam, and its history leaves it trashed"),
        (4, {"standing_html": "<p>old</p>"}, "an older text stands in for it"),
    ],
)
def test_what_no_counting_can_mend_is_found(
    app: Flask, thread: list[int], which: int, values: dict[str, Any], words: str
) -> None:
    put(app, thread[which], **values)
    mended(app)
    (difference,) = found(app)
    assert difference.startswith(f"comment {thread[which]}: ")
    assert words in difference


def test_a_comment_without_a_history_is_found(app: Flask, thread: list[int]) -> None:
    change(app, delete(Moderation).where(Moderation.comment_id == thread[4]))
    (difference,) = found(app)
    assert difference == f"comment {thread[4]}: it is trashed, and its history leaves it nowhere."


def test_a_text_that_stands_in_counts_as_read(app: Flask, post: Post, thread: list[int]) -> None:
    with app.app_context(), write_tx():
        comment = db.session.get_one(Comment, thread[1])
        comment.move(
            Status.PENDING,
            from_=Status.APPROVED,
            by=Actor.WRITER,
            deed=Deed.EDIT,
            changes={"standing_html": comment.html},
        )
    assert found(app) == []


def test_more_comments_than_are_in_memory_at_a_time(
    app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "AT_ONCE", 3)
    under = leave(app, post, "Top")
    for number in range(10):
        under = leave(app, post, f"Answer {number}", under=under if number % 3 else None)
    assert found(app) == []
    put(app, under, shown=False)
    assert len(found(app)) == 1


def test_nobody_counts_what_is_only_arriving(app: Flask, thread: list[int]) -> None:
    change(app, insert(Tally).values(status=Status.ARRIVING, number=2))
    assert found(app) == []
