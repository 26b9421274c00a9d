"""A blog that somebody has lived in: one of everything, so that every address leads somewhere."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import Result, Table, func, insert, select, text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from blog import editions, keys, outbox
from blog.auth import links
from blog.auth.mail_choices import HELD
from blog.auth.models import Invitation, SignIn, User
from blog.clock import now
from blog.comments import mailed_links
from blog.comments.acts import Deed, Moderation, Status
from blog.comments.changes_record import Change
from blog.comments.models import Comment, Words
from blog.comments.people.blocks import Block, Sentence
from blog.comments.people.persons import By, Person
from blog.comments.reports.models import Reason, Report
from blog.comments.rules.kinds import Terms
from blog.comments.rules.models import Rule as RuleOfReplies
from blog.comments.screening import Finding
from blog.database import write_tx
from blog.editions import Edition
from blog.extensions import Base, db
from blog.media import storage
from blog.media.models import Media
from blog.media.names import Name
from blog.media.pictures import Made
from blog.posts.models import Kind, Post, Tag
from blog.posts.previews import USUAL_DAYS, PreviewLink
from blog.posts.revisions import Revision
from blog.posts.series import Series
from blog.site.models import Site
from blog.site.navigation import NavigationEntry
from blog.text import render_comment, render_post
from tests.browser import BASE_URL, Browser

FINDINGS = [Finding("first-timer", ("rita@example.org",)).as_data()]

# What is in its file is nothing that is asked here.
PICTURE = Made(Name("be" * 16, 4, 3), {Name("be" * 16, 4, 3): b"RIFF"})

# A list that is sorted and sieved in several ways at once, with other values, is much the same list.
ENOUGH = 2

# Nothing leads to what a search finds, or does not find.
SEARCHES = ("/search?q=bees", "/search?q=wasps+and+hornets")

HREF = re.compile(r'\bhref="([^"]*)"')

# What an address leads nowhere without.
QUERIES = {"elsewhere.oembed": {"url": f"{BASE_URL}/posts/on-bees"}}

# The numbers were given, so PostgreSQL is told to go on behind them.
SEQUENCES = "; ".join(
    f"SELECT setval('{name}_id_seq', coalesce((SELECT max(id) FROM \"{name}\"), 0) + 1, false)"
    for name, table in Base.metadata.tables.items()
    if table.autoincrement_column is not None and "id" in table.c
)

Dump = dict[str, list[tuple[Any, ...]]]


@dataclass
class LivedIn:
    """What is where: the keys and ids that make addresses which lead somewhere."""

    app: Flask
    keys: dict[str, str]
    ids: dict[str, Any]

    def address(self, rule: Rule) -> str:
        """An address of this rule that leads to something."""
        room = rule.endpoint.partition(".")[0]
        special = self.keys.get(rule.endpoint) or self.keys.get(room)
        values = {name: special or self.ids[name] for name in rule.arguments}
        with self.app.test_request_context():
            return self.app.url_for(rule.endpoint, **values, **QUERIES.get(rule.endpoint, {}))

    def addresses(self, method: str = "GET") -> list[str]:
        """An address of every rule that takes this method."""
        return [self.address(rule) for rule in rules(self.app) if method in (rule.methods or ())]

    def pages(self, person: Browser) -> dict[str, TestResponse]:
        """Every page that this person comes to, whatever it says; sign-in once, wherever it leads on to."""
        return {
            address: answer
            for address, answer in self.walk(person).items()
            if answer.mimetype == "text/html"
            and not answer.headers.get("Location")
            and not address.startswith("/login?")
        }

    def walk(self, person: Browser) -> dict[str, TestResponse]:
        """What this person gets at every address, and wherever the links of what they get lead."""
        found: dict[str, TestResponse] = {}
        ahead = [*self.addresses(), *SEARCHES]
        while ahead:
            address = ahead.pop()
            if address not in found and not _is_one_more(address, found):
                found[address] = person.get(address, follow_redirects=False)
                ahead += _ahead_of(address, found[address])
        return found


def _ahead_of(address: str, answer: TestResponse) -> Iterator[str]:
    """The addresses of this site to which an answer leads."""
    links = HREF.findall(answer.data.decode(errors="replace"))
    for link in filter(None, [*links, answer.headers.get("Location")]):
        parts = urlsplit(unescape(link))
        if not parts.netloc:
            query = f"?{parts.query}" if parts.query else ""
            yield (parts.path or urlsplit(address).path) + query


def _is_one_more(address: str, found: Iterable[str]) -> bool:
    """Whether enough of the same list was found that is sorted and sieved in the same several ways."""
    asked = _question(address)
    return len(asked[1]) > 1 and [_question(other) for other in found].count(asked) >= ENOUGH


@cache
def _question(address: str) -> tuple[str, tuple[str, ...]]:
    """What an address asks for: its path, and the names in its query."""
    parts = urlsplit(address)
    return parts.path, tuple(name for name, _ in parse_qsl(parts.query, keep_blank_values=True))


def rules(app: Flask) -> list[Rule]:
    """Every rule of the URL map; what ends a post, a rule, a reply or a sign-in comes last."""
    ends = [
        "publishing.withdraw",
        "publishing.trash",
        "publishing.restore",
        "rules.delete",
        "receipts.withdraw",
        "tag_desk.merge",
        "arranging.remove",
    ]
    last = [*ends, "auth.end_sign_in", "auth.sign_out"]
    return sorted(
        app.url_map.iter_rules(), key=lambda rule: [rule.endpoint == name for name in last[::-1]]
    )


def live_in(app: Flask) -> LivedIn:
    """Fill a blog that has an author: posts in every state, comments in every status, mail, links."""
    with app.app_context():
        storage.keep(PICTURE.files)
        start = _start()
        life = _lives.get(start)
        if life is None:
            life = _lives[start] = _live()
        else:
            _live_again(life)
        return _found(app, life)


@dataclass
class Life:
    """What has come to be where somebody lived: new rows, and which of them others refer to."""

    post_id: int
    comment_id: int
    invitation_id: int
    rows: dict[str, list[dict[str, Any]]]


# To live takes a while, so it is done once in each kind of blog, and then remembered.
_lives: dict[tuple[object, ...], Life] = {}


def _start() -> tuple[object, ...]:
    """What the blog has so far: where this is the same, a life goes the same way."""
    roles = db.session.scalars(select(User.role).order_by(User.id)).all()
    return db.engine.dialect.name, *roles, *(len(rows) for rows in _rows().values())


def _rows() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, by column; those that others refer to come first."""
    return {
        table.name: [dict(row) for row in _all_of(table).mappings()]
        for table in Base.metadata.sorted_tables
    }


def _live() -> Life:
    before = _rows()
    with write_tx():
        _furnish()
        post = _written()
        invitation = Invitation.create(name="Ida", email="ida@example.org")
        outbox.want("invitation", invitation.email, subject_id=invitation.id)
        outbox.want("confirmation", "rita@example.org")
    with write_tx():
        comment = _thread(post)
        Report.make(comment, "192.0.2.7", Reason.OTHER, "It is rude.")
        by = Person(By.EMAIL, "sid@example.org")
        Block.lay(by, Sentence("spam", timedelta(days=7), "He sells honey."), User.author())
    new = {}
    for name, rows in _rows().items():
        new[name] = [row for row in rows if row not in before[name]]
        # What was there is as it was, so new rows are all there is to remember.
        assert name == Edition.__tablename__ or len(rows) == len(before[name]) + len(new[name])
    return Life(post.id, comment.id, invitation.id, new)


def _furnish() -> None:
    """What a blog has beside its texts."""
    Site(
        tagline="Bees and more",
        rel_me="https://social.example/@olga",
        security_contact="mailto:olga@example.org",
    ).save()
    RuleOfReplies.add(Terms("words", patterns=("honey",), note="They sell it."), User.author())
    Media.keep(PICTURE, alt="A bee", filename="bee.jpg")


def _written() -> Post:
    """Posts in every state, a page, and a link. Returns the one that is talked about."""
    post = _post("On bees", tags=["Bees", "Summer"], slug="on-wasps")
    post.publish(now())
    groups = {"tags": ["Bees", "Summer"], "series": "Our garden", "series_number": 2}
    post.revise(**{**_words("On bees"), "slug": "on-bees", **groups})
    post.pin(now())
    hidden = _post("Not yet", tags=["Secret"], series="Secret garden")
    PreviewLink.make(hidden, USUAL_DAYS, now())
    _post("About", kind=Kind.PAGE, language="de").publish(now())
    NavigationEntry.add("Bees", "/tags/bees", now())
    _post("Closed", takes_comments=False).publish(now())
    withdrawn, trashed = _post("Withdrawn"), _post("Trashed")
    for gone in (withdrawn, trashed):
        gone.publish(now())
    withdrawn.withdraw(now())
    trashed.trash(now())
    return post


def _live_again(life: Life) -> None:
    with write_tx() as session:
        for table in Base.metadata.sorted_tables:
            if table is not Edition.__table__ and life.rows[table.name]:
                session.execute(insert(table), life.rows[table.name])
        editions.touch(*(row["thing"] for row in life.rows[Edition.__tablename__]))
        if db.engine.dialect.name == "postgresql":
            session.execute(text(SEQUENCES))


def _found(app: Flask, life: Life) -> LivedIn:
    author = User.author()
    assert author is not None
    comment = db.session.get_one(Comment, life.comment_id)
    invitation = db.session.get_one(Invitation, life.invitation_id)
    link = db.session.scalars(select(PreviewLink)).one()
    proof = keys.confirmation(comment.id, comment.email)
    return LivedIn(
        app,
        keys={
            "receipts": keys.receipt(comment.id, comment.nonce),
            "confirmations": proof,
            "confirmations.unsubscription": keys.unsubscription(comment.email),
            "confirmations.unsubscribe": keys.unsubscription(comment.email),
            "acting": _link_to_act(author),
            "unsubscribing": keys.staff_unsubscription(author.email, HELD),
            "joining.set_up": keys.setup(links.SETUP_NONCE),
            "joining.join": keys.invitation(invitation.id, invitation.nonce),
            "resets": keys.reset(author.id, author.reset_nonce),
            "posts.tag": "bees",
            "posts.series": "our-garden",
            "previewing.show": link.key,
        },
        ids={
            "filename": "css/code.css",
            "post_id": life.post_id,
            "revision_id": db.session.scalar(
                select(func.min(Revision.id)).where(Revision.post_id == life.post_id)
            ),
            "comment_id": comment.id,
            "invitation_id": invitation.id,
            "media_id": db.session.scalar(select(func.min(Media.id))),
            "picture": PICTURE.name,
            "rule_id": db.session.scalar(select(func.min(RuleOfReplies.id))) or 1,
            "sign_in_id": db.session.scalar(select(func.max(SignIn.id))) or 1,
            "number": _an_act_of(author),
            "change_id": db.session.scalar(select(func.max(Change.id))),
            "deed": "approval",
            "block_id": db.session.scalar(select(func.max(Block.id))) or 1,
            "preview_id": link.id,
            "slug": "on-bees",
            "tag": "bees",
            "kind": "atom",
            "whom": "readers",
            "script": "scripts",
            "mark": "12345678",
            "name": "180",
            "part": "posts",
            "year": now().year,
            "month": now().month,
            "place": 1,
            "tag_id": _number_of(Tag, "bees"),
            "other_id": _number_of(Tag, "summer"),
            "series_id": _number_of(Series, "our-garden"),
            "what": "pages",
            "place_of": _number_of(Post, "about"),
            "page_id": _number_of(Post, "about"),
            "link_id": db.session.scalar(select(func.max(NavigationEntry.id))),
        },
    )


def kind(page: TestResponse) -> frozenset[tuple[str, ...]]:
    """What the main part of a page is made of. Two pages made of the same things are of one kind."""
    main = BeautifulSoup(page.data, "html.parser").select("main *")
    return frozenset(
        (found.name, *sorted(found.attrs), *found.get("class", ()), found.get("type", ""))
        for found in main
    )


def dump(app: Flask) -> Dump:
    """Every row of every table."""
    with app.app_context():
        return {
            table.name: [tuple(row) for row in _all_of(table)]
            for table in Base.metadata.sorted_tables
        }


def _all_of(table: Table) -> Result[Any]:
    return db.session.execute(select(table).order_by(*table.primary_key))


# The same few texts stand in the blog of every test.
_render_post, _render_comment = cache(render_post), cache(render_comment)


def _words(title: str) -> dict[str, Any]:
    source = (
        f"# {title}\n\nBees are *busy*. [More](https://bees.example).\n\n```python\nbees = 1\n```"
        f"\n\n![A bee]({PICTURE.name.address})"
    )
    return {
        "title": title,
        "summary": "",
        "source": source,
        "html": _render_post(source),
        "kind": Kind.POST,
        "language": "",
        "takes_comments": True,
    }


def _post(title: str, **words: Any) -> Post:
    return Post.write(**{**_words(title), "slug": "", "tags": [], **words})


def _thread(post: Post) -> Comment:
    first = _comment(post, None, Status.APPROVED)
    first.proven_at = now()
    answer = _comment(post, first, Status.APPROVED)
    for status in (Status.PENDING, Status.SPAM, Status.TRASHED, Status.WITHDRAWN):
        _comment(post, answer, status)
    removed = _comment(post, None, Status.APPROVED)
    _comment(post, removed, Status.APPROVED)
    _move(removed, Status.TRASHED)
    return first


def _comment(post: Post, parent: Comment | None, status: Status) -> Comment:
    source = f"I am {status}. See <https://example.org/?a=1&b=2>"
    words = Words(
        source, _render_comment(source), "Rita", "rita@example.org", "https://rita.example"
    )
    comment = Comment.leave(post, parent, words, verdict=Status.PENDING, findings=FINDINGS)
    if status is not Status.PENDING:
        _move(comment, status)
    return comment


def _move(comment: Comment, status: Status) -> None:
    author = User.author()
    assert author is not None
    comment.move(status, from_=comment.status, by=author, deed=Deed.APPROVAL, why="Because.")


def _link_to_act(author: User) -> str:
    waits = select(Comment).where(Comment.status == Status.PENDING).order_by(Comment.id)
    link = mailed_links.to_decide(author, db.session.scalars(waits).one(), Deed.APPROVAL)
    return link.rpartition("/")[2]


def _number_of(named: type[Post | Series | Tag], slug: str) -> int | None:
    return db.session.scalar(select(named.id).where(named.slug == slug))


def _an_act_of(author: User) -> int | None:
    return db.session.scalar(select(Moderation.batch).where(Moderation.user_id == author.id))
