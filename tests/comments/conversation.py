"""What the tests about comments do over and over: leave replies, look at them, and decide about them."""

from typing import Any

from flask import Flask

from blog.comments.acts import Actor, Status
from blog.comments.models import Comment, Words
from blog.comments.rules.kinds import Terms
from blog.comments.rules.models import Rule
from blog.comments.screening import HOLD, Finding
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post
from blog.text import render_comment
from tests.browser import Browser, path_of

POST = "/posts/on-bees"
SAYS_WHY = Finding("hold-words", ("bees",)).as_data()


def say(browser: Browser, body: str = "Bees hum.", *, at: str = POST, **fields: str) -> str:
    """Leave a reply as a reader does. The address of its receipt."""
    typed = {"name": "Rita", "email": "rita@example.org", "body": body, **fields}
    answer = browser.submit(at, typed)
    assert answer.status_code == 303, browser.text
    return path_of(answer)


def number_of(receipt: str) -> int:
    """The number of the comment that a receipt is about."""
    return int(receipt.rpartition("/")[2].partition("-")[0])


def leave(
    app: Flask,
    post: Post,
    body: str = "Bees hum.",
    *,
    status: Status = Status.APPROVED,
    under: int | None = None,
    name: str = "Rita",
) -> int:
    """A comment that is there already: its number. One that waits says why."""
    said = Words(body, render_comment(body), name=name, email=f"{name.casefold()}@example.org")
    with app.app_context(), write_tx():
        comment = Comment.leave(
            db.session.get_one(Post, post.id),
            db.session.get_one(Comment, under) if under else None,
            said,
            verdict=status,
            findings=[] if status is Status.APPROVED else [SAYS_WHY],
            by=Actor.WRITER,
        )
    return comment.id


def look(app: Flask, number: int) -> Comment:
    """The comment as it is now."""
    with app.app_context():
        return db.session.get_one(Comment, number)


def status_of(app: Flask, number: int) -> Status:
    """Where the comment stands now."""
    return look(app, number).status


def look_at_post(app: Flask, post: Post) -> Post:
    """The post as it is now."""
    with app.app_context():
        return db.session.get_one(Post, post.id)


def decide(
    browser: Browser, number: int, button: str, *, reason: str = "", tab: str = "pending"
) -> Any:
    """Find the comment in the queue, give a reason, and press a button below it."""
    return browser.submit(
        f"/moderation?status={tab}",
        {"reason": reason},
        form=f"#comment-{number} form",
        button=button,
        follow=True,
    )


def token(browser: Browser, path: str = "/account") -> dict[str, str]:
    """The token of somebody who is signed in, for a form that is sent by hand."""
    browser.get(path)
    return {"csrf_token": str(browser.forms.select_one("input[name=csrf_token]")["value"])}


def counts(browser: Browser) -> list[int]:
    """What the tabs say: pending, approved, spam, trash."""
    return [int(found.text) for found in browser.page.select(".tabs .count")]


def listed(browser: Browser) -> list[int]:
    """The numbers of the comments on the page, from top to bottom: in a queue or in a thread."""
    return [
        int(str(found["id"]).removeprefix("comment-"))
        for found in browser.page.select("li[id^=comment-]")
    ]


def history(browser: Browser, number: int) -> list[str]:
    """What was done to a comment, oldest first, as its page tells it: who and what."""
    browser.get(f"/moderation/comments/{number}")
    acts = []
    for found in browser.page.select(".history > li"):
        found.time.extract()
        for original in found.select("details"):
            original.extract()
        acts.append(" ".join(found.get_text(" ").split()))
    return acts


def alert(browser: Browser) -> str:
    """What the page says went wrong."""
    found = browser.page.select_one("[role=alert]")
    return " ".join(found.get_text(" ").split()) if found else ""


def set_rules(app: Flask, *rules: Terms) -> None:
    """Let these be all the rules that the author has."""
    with app.app_context(), write_tx():
        for rule in Rule.all():
            rule.remove(None)
        for terms in rules:
            Rule.add(terms, None)


def hold_nothing(app: Flask, *rules: Terms) -> None:
    """Let whatever comes in stand at once, but for two links, imitations, and what these rules say."""
    set_rules(app, Terms("links", number=2), Terms("imitation"), *rules)


def about(*patterns: str, verdict: str = HOLD) -> Terms:
    """A rule about these words."""
    return Terms("words", verdict, patterns)
