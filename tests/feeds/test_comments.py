"""The feeds of comments: who follows a conversation hears what everyone may read, and nothing else."""

import re

import pytest
import time_machine
from flask import Flask

from blog.clock import now
from blog.comments.acts import Actor, Deed, Status
from blog.comments.models import Comment
from blog.database import write_tx
from blog.extensions import db
from blog.feeds.comments import COMMENTS
from blog.posts.models import Kind, Post
from tests.browser import BASE_URL, Browser
from tests.comments.conversation import POST, about, decide, hold_nothing, leave, number_of, say
from tests.comments.growing import grow
from tests.comments.test_statements import bushy, cost
from tests.conftest import MakePost
from tests.feeds.reading import ATOM, THR, read, titles, tree
from tests.feeds.test_posts import change

SITE = "/comments.xml"
OF_POST = f"{POST}/comments.xml"

MOST_STATEMENTS = 4  # the post and its tags, the settings, the comments
MANY = 2_000


def texts(browser: Browser, path: str) -> list[str]:
    """What the comments of a feed say, from the top."""
    return [re.sub("<[^>]*>", "", entry.content[0].value) for entry in read(browser, path).entries]


def remove(app: Flask, number: int) -> None:
    """Put an approved comment into the trash."""
    with app.app_context(), write_tx():
        comment = db.session.get_one(Comment, number)
        comment.move(Status.TRASHED, from_=Status.APPROVED, by=Actor.RULES, deed=Deed.TRASH)


def test_a_comment_says_who_wrote_it_where_it_stands_and_what_it_answers(
    app: Flask, rita: Browser, post: Post
) -> None:
    first = leave(app, post, "Bees <hum> & *buzz*.", name="Rita & <co>")
    second = leave(app, post, "They do.", under=first, name="蜂")
    for path, named in {
        SITE: ["Comment on On bees by 蜂", "Comment on On bees by Rita & <co>"],
        OF_POST: ["By: 蜂", "By: Rita & <co>"],
    }.items():
        answer, question = read(rita, path).entries
        assert [answer.title, question.title] == named
        assert [answer.author, question.author] == ["蜂", "Rita & <co>"]
        assert question.link == f"{BASE_URL}/comments/{first}"
        assert question.content[0].value.strip() == (
            '<p dir="auto">Bees &lt;hum&gt; &amp; <em>buzz</em>.</p>'
        )
        replies = [found.attrib for found in tree(rita, path).iter(f"{THR}in-reply-to")]
        assert replies == [
            {"ref": question.id, "href": question.link, "type": "text/html"},
            {"ref": post.uid.urn, "href": BASE_URL + POST, "type": "text/html"},
        ]
        rita.get(answer.link.removeprefix(BASE_URL))
        assert rita.page.find(id=f"comment-{second}")


@pytest.mark.one_database
def test_the_website_of_a_writer_is_told_and_never_an_e_mail(
    app: Flask, rita: Browser, post: Post
) -> None:
    hold_nothing(app)
    say(rita, website="https://rita.example/?a&b")
    for path in (SITE, OF_POST):
        assert read(rita, path).entries[0].author_detail.href == "https://rita.example/?a&b"
        assert "rita@example.org" not in rita.get(path).text


def test_only_what_everyone_may_read_is_told(
    app: Flask, rita: Browser, make_post: MakePost
) -> None:
    post, other = make_post("On bees"), make_post("About", kind=Kind.PAGE)
    removed = leave(app, post, "Removed.")
    leave(app, post, "Answered.", under=removed)
    for status in (Status.PENDING, Status.SPAM, Status.TRASHED, Status.WITHDRAWN):
        leave(app, post, f"It is {status}.", status=status)
    leave(app, other, "On a page.")
    remove(app, removed)
    assert texts(rita, SITE) == ["On a page.", "Answered."]
    assert texts(rita, OF_POST) == ["Answered."]
    assert texts(rita, "/about/comments.xml") == ["On a page."]


def test_a_text_stands_until_the_change_of_it_was_looked_at(
    app: Flask, rita: Browser, mo: Browser, post: Post, clock: time_machine.Traveller
) -> None:
    hold_nothing(app, about("wasp"))
    receipt = say(rita, "Bees hum.")
    before = read(rita, OF_POST).entries[0]
    clock.shift(300)
    rita.submit(receipt, {"body": "A wasp hums."})
    assert texts(rita, SITE) == texts(rita, OF_POST) == ["Bees hum."]
    assert read(rita, OF_POST).entries[0].updated == before.updated
    decide(mo, number_of(receipt), "Approve")
    after = read(rita, OF_POST).entries[0]
    assert texts(rita, SITE) == texts(rita, OF_POST) == ["A wasp hums."]
    assert (after.id, after.published) == (before.id, before.published)
    assert after.updated > before.updated


def test_a_comment_that_waited_is_new_when_it_was_let_through(
    app: Flask, rita: Browser, mo: Browser, post: Post, clock: time_machine.Traveller
) -> None:
    number = leave(app, post, status=Status.PENDING)
    assert titles(rita, SITE) == []
    clock.shift(3600)
    decide(mo, number, "Approve")
    (entry,) = read(rita, SITE).entries
    assert entry.updated > entry.published


def test_the_feed_goes_where_the_post_goes(app: Flask, rita: Browser, make_post: MakePost) -> None:
    post = make_post("On bees")
    make_post("Draft", published=False)
    leave(app, post)
    assert rita.get("/posts/draft/comments.xml").status_code == 404
    assert rita.get("/posts/nothing/comments.xml").status_code == 404
    change(app, post, slug="bees")
    for old in (OF_POST, "/bees/comments.xml", "/on-bees/comments.xml"):
        answer = rita.get(old, follow_redirects=False)
        found = (answer.status_code, answer.headers["Location"])
        assert found == (301, "/posts/bees/comments.xml")
    with app.app_context(), write_tx():
        db.session.get_one(Post, post.id).withdraw(now())
    assert rita.get("/posts/bees/comments.xml").status_code == 410
    assert titles(rita, SITE) == []


def test_a_feed_without_comments_is_as_old_as_its_post(rita: Browser, post: Post) -> None:
    feed = tree(rita, OF_POST)
    assert feed.findtext(f"{ATOM}updated") == post.published_at.isoformat(timespec="seconds")
    assert feed.find(f"{ATOM}entry") is None


def test_the_newest_come_first_and_cost_the_same_however_many_there_are(
    app: Flask, rita: Browser, post: Post
) -> None:
    grow(app, post, [None, 0])
    few = [cost(app, rita, path) for path in (SITE, OF_POST)]
    numbers = grow(app, post, bushy(MANY))
    grow(app, post, [None] * 50, status=Status.SPAM)
    assert [cost(app, rita, path) for path in (SITE, OF_POST)] == few
    assert max(few) <= MOST_STATEMENTS
    newest = [f"{BASE_URL}/comments/{number}" for number in reversed(numbers[-COMMENTS:])]
    for path in (SITE, OF_POST):
        assert [entry.link for entry in read(rita, path).entries] == newest
