"""Rita leaves a reply. Whatever goes wrong, every word that she typed is still there."""

import pytest
from flask import Flask
from time_machine import Traveller

from blog.clock import now
from blog.comments import replies
from blog.comments.models import Comment
from blog.database import write_tx
from blog.extensions import db, limiter
from blog.posts.models import Post
from tests.browser import Browser, path_of
from tests.busy import busy
from tests.comments.conversation import about, hold_nothing
from tests.conftest import MakePost

RITA = {"name": "Rita", "email": "rita@example.org", "website": "https://rita.example"}
REPLY = {"body": "I *like* bees.", **RITA}
PAGE = "/posts/on-bees"


def comments(app: Flask) -> list[Comment]:
    with app.app_context():
        return list(db.session.scalars(db.select(Comment).order_by(Comment.id)))


def typed(person: Browser) -> dict[str, str]:
    """What is in the form on the page before this person."""
    form = person.page.select_one("#respond form")
    assert form is not None, person.text
    words = {name: form.select_one(f"[name={name}]").get("value", "") for name in RITA}
    return {"body": form.select_one("[name=body]").get_text().removeprefix("\r\n"), **words}


def assert_given_back(person: Browser, words: dict[str, str], says: str) -> None:
    """Every word is in the form again, and the message stands at its field."""
    assert typed(person) == {name: words[name] for name in ("body", *RITA)}
    assert says in " ".join(person.errors.values())


def test_rita_replies_and_gets_a_receipt(rita: Browser, post: Post) -> None:
    answer = rita.submit(PAGE, REPLY, button="Post Comment")
    assert answer.status_code == 303
    assert path_of(answer).startswith("/replies/1-")
    rita.get(path_of(answer))
    assert "awaiting moderation" in rita.text
    assert "I like bees." in rita.text


def test_a_reply_that_waits_is_on_no_page(rita: Browser, stranger: Browser, post: Post) -> None:
    rita.submit(PAGE, REPLY)
    for path in ("/", PAGE):
        assert "I like bees" not in stranger.read(path)
    for path in ("/comments/1", "/comments/1/replies"):
        assert stranger.get(path).status_code == 404


def test_where_nothing_is_held_a_reply_stands_on_the_page_at_once(
    rita: Browser, app: Flask, post: Post
) -> None:
    hold_nothing(app)
    rita.submit(PAGE, REPLY)
    rita.get("/comments/1", follow_redirects=False)
    assert rita.answer.headers["Location"] == f"{PAGE}#comment-1"
    rita.get(PAGE)
    said = rita.page.select_one("#comment-1")
    assert said.select_one("em").text == "like"
    assert said.select_one(".comment-name a")["href"] == "https://rita.example"
    assert "rita@example.org" not in rita.answer.text
    assert "1 reply" in rita.text


def test_rita_answers_a_comment(rita: Browser, app: Flask, post: Post) -> None:
    hold_nothing(app)
    rita.submit(PAGE, REPLY)
    rita.get("/comments/1/replies")
    assert rita.page.select_one("#reply-title").text == "Leave a Reply to Rita"
    assert "I like bees." in rita.page.select_one("blockquote").text
    rita.submit("/comments/1/replies", {**REPLY, "body": "So do I."})
    rita.get(PAGE)
    assert rita.page.select_one("#comment-1 #comment-2") is not None


def test_a_form_may_name_the_comment_that_it_answers(rita: Browser, app: Flask, post: Post) -> None:
    hold_nothing(app)
    rita.submit(PAGE, REPLY)
    rita.get(PAGE)
    made = rita.page.select_one("[name=made]")["value"]
    rita.post(f"{PAGE}/comments", {**REPLY, "body": "So do I.", "made": made, "parent": "1"})
    assert comments(app)[1].parent_id == 1


@pytest.mark.one_database
def test_a_preview_shows_the_reply_and_keeps_nothing(rita: Browser, app: Flask, post: Post) -> None:
    answer = rita.submit(PAGE, REPLY, button="Preview")
    assert answer.status_code == 200
    assert rita.page.select_one(".preview em").text == "like"
    assert typed(rita) == REPLY
    assert comments(app) == []
    assert rita.submit(None, {}, button="Post Comment").status_code == 303
    assert comments(app)[0].source == REPLY["body"]


@pytest.mark.one_database
def test_an_answer_is_previewed_too(rita: Browser, app: Flask, post: Post) -> None:
    hold_nothing(app)
    rita.submit(PAGE, REPLY)
    rita.submit("/comments/1/replies", {**REPLY, "body": "So do *I*."}, button="Preview")
    assert rita.page.select_one(".preview em").text == "I"
    assert rita.submit(None, {}, button="Post Comment").status_code == 303


WRONG = (
    ({"body": ""}, "body"),
    ({"body": "   \n "}, "body"),
    ({"body": "x" * 10_001}, "body"),
    ({"name": ""}, "name"),
    ({"name": "x" * 246}, "name"),
    ({"email": ""}, "email"),
    ({"email": "rita"}, "email"),
    ({"email": "x" * 90 + "@example.org"}, "email"),
    ({"website": "javascript:alert(1)"}, "website"),
    ({"website": "https://good.example@evil.example/"}, "website"),
    ({"website": "nonsense"}, "website"),
    ({"website": "https://x.example/" + "x" * 200}, "website"),
)


@pytest.mark.one_database
def test_what_is_wrong_is_said_at_its_field(rita: Browser, app: Flask, post: Post) -> None:
    for wrong, field in WRONG:
        words = {**REPLY, **wrong}
        assert rita.submit(PAGE, words).status_code == 422, wrong
        assert list(rita.errors) == [field], wrong
        assert typed(rita) == words
        marked = rita.page.select_one(f"[name={field}]")
        assert marked["aria-invalid"] == "true"
        assert f"{field}-errors" in marked["aria-describedby"]
    assert comments(app) == []


@pytest.mark.parametrize(
    "fits",
    [
        {"body": "x" * 10_000},
        {"body": "x\r\n" * 5_000},
        {"body": "蜂" * 10_000},
        {"name": "x" * 245},
        {"website": ""},
        {"website": "rita.example"},
        {"email": "Rita.Müller+bees@exämple.org"},
    ],
)
def test_what_just_fits_is_taken(
    rita: Browser, app: Flask, post: Post, fits: dict[str, str]
) -> None:
    assert rita.submit(PAGE, {**REPLY, **fits}).status_code == 303, rita.errors
    assert len(comments(app)) == 1


@pytest.mark.one_database
def test_64_kilobytes_are_too_much_and_still_nothing_is_lost(rita: Browser, post: Post) -> None:
    words = {**REPLY, "body": "x" * 65_536}
    assert rita.submit(PAGE, words).status_code == 413
    assert_given_back(rita, words, "10,000 characters")


@pytest.mark.one_database
def test_a_megabyte_is_refused_with_a_page_that_says_so(
    rita: Browser, app: Flask, post: Post
) -> None:
    assert rita.submit(PAGE, {**REPLY, "body": "x" * 1_000_000}).status_code == 413
    assert "at most 10,000 characters" in rita.text
    assert comments(app) == []


def test_a_double_click_is_one_reply_and_one_receipt(rita: Browser, app: Flask, post: Post) -> None:
    first = path_of(rita.submit(PAGE, REPLY))
    second = path_of(rita.submit(PAGE, REPLY))
    assert first == second
    assert len(comments(app)) == 1


@pytest.mark.parametrize("settings", [{"BLOG_REPLY_INTERVAL": "15"}])
def test_a_double_click_is_asked_before_any_limit(
    rita: Browser, app: Flask, post: Post, settings: dict[str, str]
) -> None:
    first = path_of(rita.submit(PAGE, REPLY))
    assert path_of(rita.submit(PAGE, REPLY)) == first


def test_who_repeats_somebodys_words_gets_no_receipt_of_theirs(
    rita: Browser, stranger: Browser, app: Flask, post: Post
) -> None:
    rita.submit(PAGE, REPLY)
    assert stranger.submit(PAGE, REPLY).status_code == 409
    assert_given_back(stranger, REPLY, "said just this")
    assert len(comments(app)) == 1


def test_the_same_again_later_is_refused(
    rita: Browser, app: Flask, post: Post, clock: Traveller
) -> None:
    rita.submit(PAGE, REPLY)
    clock.shift(15 * 60 + 1)
    assert rita.submit(PAGE, REPLY).status_code == 409
    assert_given_back(rita, REPLY, "said just this")
    assert len(comments(app)) == 1


def test_a_reply_taken_back_may_be_said_again(rita: Browser, app: Flask, post: Post) -> None:
    rita.submit(PAGE, REPLY, follow=True)
    rita.submit(None, button="Take my reply back")
    assert rita.submit(PAGE, REPLY).status_code == 303
    assert len(comments(app)) == 2


@pytest.mark.parametrize("settings", [{"BLOG_REPLY_INTERVAL": "15"}])
@pytest.mark.parametrize("same", ["address", "email"])
def test_who_is_too_fast_is_asked_to_wait(
    rita: Browser, app: Flask, post: Post, clock: Traveller, settings: dict[str, str], same: str
) -> None:
    rita.submit(PAGE, REPLY)
    words = {**REPLY, "body": "And wasps."}
    other = Browser(app, address="203.0.113.5") if same == "email" else rita
    if same == "address":
        words["email"] = "else@example.org"
    answer = other.submit(PAGE, words)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 15
    assert_given_back(other, words, "Please wait")
    clock.shift(16)
    assert other.submit(None, {}).status_code == 303


def close(app: Flask, post: Post) -> None:
    with app.app_context(), write_tx():
        db.session.get_one(Post, post.id).takes_comments = False


def withdraw(app: Flask, post: Post) -> None:
    with app.app_context(), write_tx():
        db.session.get_one(Post, post.id).withdraw(now())


def delete(app: Flask, post: Post) -> None:
    with app.app_context(), write_tx():
        db.session.delete(db.session.get_one(Post, post.id))


@pytest.mark.parametrize(
    ("happens", "status", "says"),
    [
        (close, 403, "closed"),
        (withdraw, 410, "taken this post back"),
        (delete, 404, "no such post"),
    ],
)
@pytest.mark.parametrize("button", ["Post Comment", "Preview"])
def test_what_happened_to_the_post_meanwhile_loses_nothing(
    rita: Browser, app: Flask, post: Post, happens, status: int, says: str, button: str
) -> None:
    rita.get(PAGE)
    happens(app, post)
    assert rita.submit(None, REPLY, button=button).status_code == status
    assert_given_back(rita, REPLY, says)
    assert comments(app) == []


def test_a_reply_to_an_old_address_is_taken_as_one_to_the_new(
    rita: Browser, app: Flask, post: Post
) -> None:
    rita.get(PAGE)
    with app.app_context(), write_tx():
        moved = db.session.get_one(Post, post.id)
        moved._move_to("on-wasps")
    assert rita.submit(None, REPLY).status_code == 303
    assert comments(app)[0].post_id == post.id


@pytest.mark.parametrize(
    ("parent", "status", "says"),
    [
        ("99", 404, "not there"),
        ("2", 422, "another post"),
        ("x", 404, "not there"),
        ("9" * 30, 404, "not there"),
    ],
)
def test_a_parent_that_is_not_here_loses_nothing(
    rita: Browser, app: Flask, post: Post, make_post: MakePost, parent: str, status: int, says: str
) -> None:
    hold_nothing(app)
    make_post("Elsewhere")
    rita.submit(PAGE, {**REPLY, "body": "First."})
    rita.submit("/posts/elsewhere", REPLY)
    rita.get(PAGE)
    made = rita.page.select_one("[name=made]")["value"]
    words = {**REPLY, "body": "An answer."}
    answer = rita.post(f"{PAGE}/comments", {**words, "made": made, "parent": parent})
    assert answer.status_code == status
    assert_given_back(rita, words, says)
    assert len(comments(app)) == 2


def test_a_parent_that_vanished_while_rita_wrote_loses_nothing(
    rita: Browser, stranger: Browser, app: Flask, post: Post
) -> None:
    hold_nothing(app)
    stranger.submit(PAGE, {**REPLY, "name": "Sam", "email": "sam@example.org"}, follow=True)
    rita.get("/comments/1/replies")
    stranger.submit(None, button="Take my reply back")
    words = {**REPLY, "body": "An answer."}
    assert rita.submit(None, words).status_code == 404
    assert_given_back(rita, words, "not there")


def test_a_removed_comment_with_answers_cannot_be_answered_any_more(
    rita: Browser, stranger: Browser, app: Flask, post: Post
) -> None:
    hold_nothing(app)
    receipt = path_of(stranger.submit(PAGE, {**REPLY, "name": "Sam", "email": "sam@example.org"}))
    rita.submit("/comments/1/replies", {**REPLY, "body": "An answer."})
    rita.get("/comments/1/replies")
    stranger.submit(receipt, button="Take my reply back")
    words = {**REPLY, "body": "One more."}
    assert rita.submit(None, words).status_code == 410
    assert_given_back(rita, words, "removed")


def test_a_busy_database_loses_nothing(
    rita: Browser, app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    with busy(app, monkeypatch):
        answer = rita.submit(PAGE, REPLY)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert_given_back(rita, REPLY, "busy")
    assert rita.submit(None, {}).status_code == 303


def test_the_author_replies_under_her_own_name_at_once(
    olga: Browser, rita: Browser, post: Post
) -> None:
    olga.get(PAGE)
    assert not olga.page.select("#respond [name=email]")
    answer = olga.submit(PAGE, {"body": "Thank you all."})
    assert answer.headers["Location"].endswith(f"{PAGE}#comment-1")
    rita.get(PAGE)
    said = rita.page.select_one("#comment-1")
    assert "Olga" in said.text
    assert "Author" in said.select_one(".badge").text


@pytest.mark.one_database
def test_nobody_replies_as_the_author_from_another_site(
    olga: Browser, app: Flask, post: Post
) -> None:
    olga.get(PAGE)
    answer = olga.post(
        f"{PAGE}/comments", {"body": "Buy!"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    answer = olga.post(f"{PAGE}/comments", {"body": "Buy!"})
    assert answer.status_code in {400, 403}
    assert comments(app) == []


@pytest.mark.one_database
def test_a_reply_leaves_no_cookie_behind(rita: Browser, post: Post) -> None:
    rita.submit(PAGE, REPLY, button="Preview")
    assert "Set-Cookie" not in rita.answer.headers
    assert "Set-Cookie" not in rita.submit(PAGE, REPLY).headers
    assert "Set-Cookie" not in rita.get("/comments/1").headers


@pytest.mark.one_database
def test_links_of_readers_carry_no_weight(rita: Browser, app: Flask, post: Post) -> None:
    hold_nothing(app)
    rita.submit(PAGE, {**REPLY, "body": "See https://bees.example/ please"})
    rita.get(PAGE)
    link = rita.page.select_one("#comment-1 .comment-body a")
    assert set(link["rel"]) == {"nofollow", "ugc", "noopener"}


@pytest.mark.one_database
def test_an_address_that_begins_with_preview_loses_nothing(
    rita: Browser, app: Flask, make_post: MakePost
) -> None:
    make_post("Preview of things")
    rita.submit("/posts/preview-of-things", REPLY, button="Preview")
    assert rita.submit(None, {}, button="Post Comment").status_code == 303


@pytest.mark.parametrize("settings", [{"BLOG_REPLY_INTERVAL": "15"}])
@pytest.mark.parametrize("guess", ["rita@example.org", "wrong@example.org"])
def test_guessing_whose_address_it_is_gets_the_same_answer_for_any_guess(
    rita: Browser, stranger: Browser, post: Post, settings: dict[str, str], guess: str
) -> None:
    rita.submit(PAGE, REPLY)
    stranger.submit(PAGE, {**REPLY, "body": "Something else.", "email": "own@example.org"})
    assert stranger.submit(PAGE, {**REPLY, "email": guess}).status_code == 429


def test_a_neighbour_who_repeats_her_words_gets_no_receipt(
    rita: Browser, app: Flask, post: Post
) -> None:
    rita.submit(PAGE, REPLY)
    neighbour = Browser(app, address="192.0.2.8")
    assert neighbour.submit(PAGE, REPLY).status_code == 409


@pytest.mark.one_database
def test_who_previews_too_often_keeps_the_words(
    rita: Browser, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "enabled", True)
    monkeypatch.setattr(replies, "PREVIEWS", "1 per minute")
    rita.submit(PAGE, REPLY, button="Preview")
    answer = rita.submit(None, {}, button="Preview")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"]
    assert_given_back(rita, REPLY, "very often")


@pytest.mark.parametrize(
    "path", ["/posts/No%20Slug/comments", "/comments/999999999999999999999/replies"]
)
def test_an_address_that_no_post_can_have_loses_nothing(
    rita: Browser, app: Flask, path: str
) -> None:
    assert rita.post(path, REPLY).status_code == 404
    assert typed(rita) == REPLY


def test_what_is_doubtful_is_held_whatever_the_rules_say(
    rita: Browser, app: Flask, post: Post
) -> None:
    hold_nothing(app, about("bees", verdict="trash"))
    rita.submit(PAGE, {**REPLY, "subject": "SEO"})
    rita.submit(None, {}, button="Post Comment")
    assert comments(app)[0].status == "pending"


def test_a_double_click_of_the_author_is_one_reply(olga: Browser, app: Flask, post: Post) -> None:
    for _ in range(2):
        assert olga.submit(PAGE, {"body": "Thank you all."}).status_code == 303
    assert len(comments(app)) == 1
