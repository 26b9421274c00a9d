"""What the tests about comments do over and over: leave replies, look at them, and decide about them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from flask import Flask
from sqlalchemy import func, insert, select, text, update

from blog import text as texts
from blog.clock import now
from blog.comments.acts import Actor, Status, Tally
from blog.comments.models import Comment, Words
from blog.comments.screening import Finding
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post
from blog.site.models import Site
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
    words = Words(
        body, texts.render_comment(body), name=name, email=f"{name.casefold()}@example.org"
    )
    with app.app_context(), write_tx():
        comment = Comment.leave(
            db.session.get_one(Post, post.id),
            db.session.get_one(Comment, under) if under else None,
            words,
            verdict=status,
            findings=[] if status is Status.APPROVED else [SAYS_WHY],
            by=Actor.WRITER,
        )
    return comment.id


def grow(
    app: Flask,
    post: Post,
    parents: Sequence[int | None],
    *,
    gone: Collection[int] = (),
    status: Status = Status.APPROVED,
) -> list[int]:
    """Many comments at once: for each, the place in this list of the one that it answers.

    Those in `gone` were trashed. Every count is right. Returns their numbers.
    """
    with app.app_context(), write_tx() as session:
        first = (session.scalar(select(func.max(Comment.id))) or 0) + 1
        public = status is Status.APPROVED
        counted = recount({n: (p, public and n not in gone) for n, p in enumerate(parents)})
        depths: list[int] = []
        roots: list[int] = []
        rows = []
        for n, parent in enumerate(parents):
            depths.append(0 if parent is None else depths[parent] + 1)
            roots.append(n if parent is None else roots[parent])
            rows.append(
                {
                    "id": first + n,
                    "post_id": post.id,
                    "parent_id": None if parent is None else first + parent,
                    "root_id": None if parent is None else first + roots[n],
                    "depth": depths[n],
                    "status": Status.TRASHED if n in gone else status,
                    "name": f"Reader {n}",
                    "email": f"r{n}@example.org",
                    "source": f"Hum {n}.",
                    "html": f"<p>Hum {n}.</p>",
                    "text_version": texts.VERSION,
                    **counted[n],
                }
            )
        session.execute(insert(Comment), rows)
        if session.get_bind().dialect.name == "postgresql":
            session.execute(
                text("SELECT setval('comment_id_seq', :last)"), {"last": rows[-1]["id"]}
            )
        for of, number in ((Status.TRASHED, len(gone)), (status, len(parents) - len(gone))):
            Tally._of(of).number += number
        tops = sum(counted[n]["shown"] for n, parent in enumerate(parents) if parent is None)
        everybodys = (len(parents) - len(gone)) * public
        session.execute(
            update(Post)
            .where(Post.id == post.id)
            .values(
                comment_count=Post.comment_count + everybodys,
                thread_count=Post.thread_count + tops,
            )
        )
    return [row["id"] for row in rows]


def recount(comments: dict[int, tuple[int | None, bool]]) -> dict[int, dict[str, int]]:
    """What every comment should know about those below it, counted from scratch.

    Of each comment: which one it answers, and whether everyone may read it.
    """
    below: dict[int, int] = defaultdict(int)
    answers: dict[int, int] = defaultdict(int)
    for parent, public in comments.values():
        above = parent
        while public and above is not None:
            below[above] += 1
            above = comments[above][0]
    shown = {n: public or below[n] > 0 for n, (_parent, public) in comments.items()}
    for n, (parent, _public) in comments.items():
        if parent is not None:
            answers[parent] += shown[n]
    return {
        n: {"public_below": below[n], "answers": answers[n], "shown": shown[n]} for n in comments
    }


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
    return {"csrf_token": str(browser.page.select_one("input[name=csrf_token]")["value"])}


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


def set_rules(app: Flask, **rules: Any) -> None:
    """What the author chose on the settings page."""
    with app.app_context(), write_tx():
        Site(**rules).save()
