"""What is not published carries a secret, and a stranger who asks everywhere never sees it."""

from datetime import timedelta

import pytest
from flask import Flask

from blog import keys
from blog.clock import now
from blog.comments.acts import Status
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post
from blog.posts.previews import PreviewLink
from blog.text import render_post
from tests.browser import BASE_URL, Browser
from tests.comments.conversation import leave
from tests.conftest import MakePost
from tests.lived_in import LivedIn, live_in

# One word for each: in the title (and so the slug), the summary, the text, the tags, and a reply.
SECRETS = {
    "xdraft": 404,
    "xtocome": 404,
    "xwithdrawn": 410,
    "xtrasheddraft": 404,
    "xtrashedtocome": 404,
    "xtrashed": 410,
}


@pytest.fixture
def lived_in(app: Flask, olga: Browser) -> LivedIn:
    """A blog with everything else in it."""
    return live_in(app)


@pytest.fixture
def hidden(app: Flask, lived_in: LivedIn) -> dict[str, int]:
    """The numbers of posts that nobody may see, by their secret."""
    numbers = {}
    with app.app_context(), write_tx():
        for secret in SECRETS:
            words = {"title": f"{secret} title", "summary": f"{secret} summary", "slug": secret}
            html = render_post(f"{secret} text")
            post = Post.write(**words, tags=[secret], source=f"{secret} text", html=html)
            _become(post, secret)
            numbers[secret] = post.id
    return numbers


def _become(post: Post, secret: str) -> None:
    if "tocome" in secret:
        post.publish(now(), now() + timedelta(days=1))
    elif secret in {"xwithdrawn", "xtrashed"}:
        post.publish(now())
    if secret == "xwithdrawn":
        post.withdraw(now())
    if "trashed" in secret:
        post.trash(now())


def test_no_stranger_sees_a_word_of_what_is_not_published(
    app: Flask, lived_in: LivedIn, stranger: Browser, hidden: dict[str, int]
) -> None:
    with app.app_context():
        posts = {secret: db.session.get_one(Post, number) for secret, number in hidden.items()}
    replies = {
        secret: leave(app, posts[secret], f"{secret} reply", status=Status.APPROVED)
        for secret in SECRETS
    }
    for address, answer in lived_in.walk(stranger).items():
        said = f"{answer.headers}{answer.data.decode(errors='replace')}"
        assert not [secret for secret in SECRETS if secret in said], address
    for secret, status in SECRETS.items():
        number, reply = hidden[secret], replies[secret]
        for address in (f"/posts/{secret}", f"/posts/{secret}/comments.xml"):
            assert_silent(stranger, address, secret, status)
        for address in (
            *(f"/p/{number}", f"/social/{number}-12345678.png", f"/{secret}"),
            *(f"/tags/{secret}", f"/tags/{secret}/feed.xml", f"/comments/{reply}"),
            *(f"/comments/{reply}/replies", f"/oembed?url={BASE_URL}/posts/{secret}"),
        ):
            expected = status if address == f"/{secret}" else 404
            assert_silent(stranger, address, secret, expected)
        assert "Nothing found." in stranger.read(f"/search?q={secret}")


def assert_silent(stranger: Browser, address: str, secret: str, status: int) -> None:
    answer = stranger.get(address, follow_redirects=False)
    assert answer.status_code == status, address
    assert secret not in f"{answer.headers}{answer.data.decode(errors='replace')}", address


def test_a_link_shows_the_newest_words_to_whoever_has_it_until_it_ends(
    app: Flask, olga: Browser, stranger: Browser, make_post: MakePost, clock: object
) -> None:
    sheet = f"/desk/posts/{make_post(published=False, tags=['Honey']).id}"
    for days in ("1", "7"):
        assert olga.submit(sheet, {"link_days": days}, button="Make a link").status_code == 303
    assert olga.submit(sheet, {"link_days": "8"}, button="Make a link").status_code == 422
    olga.submit(sheet, {"body": "Bees *dance*."}, button="Save draft")
    olga.get(sheet)
    week, day = [field["value"] for field in olga.page.select("input[readonly]")]
    answer = stranger.get(week)
    assert stranger.page.select_one(".prose em").text == "dance"
    assert "this is not published" in stranger.text
    assert "Honey" in stranger.text
    assert not stranger.page.select("form, #comments, a[rel=tag], script")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in answer.headers
    clock.shift(timedelta(days=1))
    assert "dance" in stranger.read(week)
    nothing = stranger.get("/previews/1-nobody-made-this").data
    for path in (day, *(f"/previews/{key}" for key in forged(app))):
        answer = stranger.get(path)
        assert (answer.status_code, answer.data) == (404, nothing)
    olga.submit(sheet, button="Publish")
    assert stranger.get(week, follow_redirects=False).location == "/posts/on-bees"
    olga.submit(sheet, button="Withdraw")
    assert "dance" in stranger.read(week)
    olga.submit(sheet, button="Revoke this link")
    assert stranger.get(week).data == nothing


def forged(app: Flask) -> tuple[str, ...]:
    """Keys that look like that of the second link."""
    with app.test_request_context():
        link = db.session.get_one(PreviewLink, 2)
        return (
            f"{link.key[:-1]}x",
            link.key.replace("2-", "1-", 1),
            keys.preview(99, link.nonce, link.expires_at),
            keys.preview(2, link.nonce, link.expires_at + timedelta(days=1)),
        )
