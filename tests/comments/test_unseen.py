"""Nobody publishes a text they have not seen; and what belongs together is undone together."""

import pytest
from flask import Flask

from blog.posts.models import Post
from tests.browser import Browser, path_of
from tests.comments.conversation import about, hold_nothing
from tests.comments.test_replies import PAGE, REPLY, comments


def change_meanwhile(rita: Browser, receipt: str) -> None:
    rita.submit(receipt, {"body": "Buy honey!"}, form="#edit form")


@pytest.mark.parametrize("button", ["Approve", "Approve and answer"])
def test_a_text_that_changed_since_mo_saw_it_is_not_published(
    rita: Browser, mo: Browser, app: Flask, post: Post, button: str
) -> None:
    receipt = path_of(rita.submit(PAGE, REPLY))
    mo.get("/moderation/comments/1")
    change_meanwhile(rita, receipt)
    words = {"body": "Welcome."} if button == "Approve and answer" else {}
    answer = mo.submit(None, words, button=button)
    assert answer.status_code == 409
    assert "Buy honey!" in mo.text
    assert [comment.status for comment in comments(app)] == ["pending"]


def test_nor_is_one_among_many(rita: Browser, mo: Browser, app: Flask, post: Post) -> None:
    receipt = path_of(rita.submit(PAGE, REPLY))
    rita.submit(PAGE, {**REPLY, "body": "Second."})
    mo.get("/moderation")
    change_meanwhile(rita, receipt)
    marks = {
        str(field["name"]): str(field["value"])
        for field in mo.page.select("[form=batch][name^=mark-]")
    }
    token = mo.page.select_one("[name=csrf_token]")["value"]
    words = {"csrf_token": token, "from": "pending", "comment": ["1", "2"], **marks}
    assert mo.post("/moderation/batches/approval", words).status_code == 409
    assert [comment.status for comment in comments(app)] == ["pending", "approved"]


def test_a_changed_text_may_still_be_put_away(
    rita: Browser, mo: Browser, app: Flask, post: Post
) -> None:
    receipt = path_of(rita.submit(PAGE, REPLY))
    mo.get("/moderation/comments/1")
    change_meanwhile(rita, receipt)
    assert mo.submit(None, {}, button="Spam").status_code == 303


def test_approve_and_answer_is_undone_together(
    rita: Browser, mo: Browser, app: Flask, post: Post
) -> None:
    rita.submit(PAGE, REPLY)
    mo.submit(
        "/moderation/comments/1", {"body": "Welcome."}, button="Approve and answer", follow=True
    )
    assert [comment.status for comment in comments(app)] == ["approved", "approved"]
    mo.submit(None, {}, button="Undo")
    assert [comment.status for comment in comments(app)] == ["pending", "trashed"]
    assert "Welcome." not in rita.read(PAGE)


def test_a_second_press_of_answer_is_no_second_answer(
    rita: Browser, mo: Browser, app: Flask, post: Post
) -> None:
    rita.submit(PAGE, REPLY)
    mo.submit("/moderation/comments/1", {"body": "Welcome."}, button="Approve and answer")
    mo.submit("/moderation/comments/1", {"body": "Welcome."}, button="Answer")
    assert len(comments(app)) == 2


def test_a_restored_edit_has_its_old_text_on_the_page_again(
    rita: Browser, stranger: Browser, mo: Browser, app: Flask, post: Post
) -> None:
    hold_nothing(app)
    receipt = path_of(rita.submit(PAGE, REPLY))
    rita.submit(receipt, {"body": "https://a.example https://b.example"}, form="#edit form")
    mo.submit("/moderation/comments/1", {}, button="Trash")
    assert "I like bees." not in stranger.read(PAGE)
    mo.submit("/moderation/comments/1", {}, button="Restore")
    assert "I like bees." in stranger.read(PAGE)


@pytest.mark.one_database
@pytest.mark.parametrize("body", ["cas&#105;no", "cas**ino**", "cas\u200bino", "cas\u00adino"])
def test_a_word_is_found_however_it_is_dressed(
    rita: Browser, app: Flask, post: Post, body: str
) -> None:
    hold_nothing(app, about("casino", verdict="trash"))
    rita.submit(PAGE, {**REPLY, "body": body})
    assert comments(app)[0].status == "trashed"
