"""`flask seed`: a made-up blog of the size and shape that was asked for, whole like one that grew."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from alembic.command import stamp
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, func, inspect, select, text

from blog import upgrades
from blog.auth.models import User
from blog.comments.acts import Moderation, Status
from blog.comments.models import Comment, Words
from blog.database import write_tx
from blog.extensions import Base, db
from blog.posts.models import Post, Tag
from blog.seeding import prose, words
from blog.seeding.shape import DEEPEST, NOBODY, grow, spread
from tests.browser import Browser
from tests.conftest import MakePost

Run = Callable[..., Result]

# What a blog has of its own, whatever it was filled with.
ITS_OWN = {"user_account", "edition", "setting", "rule", "alembic_version"}
# What no two comments have in common, though everything else about them may be the same.
ALONE = {"id", "comment_id", "batch", "nonce", "submitted_at", "decided_at", "proven_at", "at"}


@pytest.fixture
def run(app: Flask) -> Run:
    """A command of `flask`."""
    with app.app_context():
        stamp(upgrades.configuration(), "head")  # its tables are there already

    def run(*args: str) -> Result:
        with app.app_context():  # `flask` makes one for commands of one word
            return app.test_cli_runner().invoke(args=args)

    return run


def seed(run: Run, posts: int, comments: int, pending: int = 0, seed: int = 1) -> Result:
    numbers = {"posts": posts, "comments": comments, "pending": pending, "seed": seed}
    return run("seed", *(f"--{name}={number}" for name, number in numbers.items()))


def everything(app: Flask) -> dict[str, list[str]]:
    """All rows but what is this blog's own."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in ITS_OWN]
    with app.app_context():
        return {t.name: sorted(map(repr, db.session.execute(select(t)))) for t in tables}


def sweep(app: Flask) -> None:
    """Empty the blog, and number from 1 again."""
    with app.app_context(), write_tx() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))
        if session.get_bind().dialect.name == "postgresql":
            session.execute(
                text("SELECT setval(sequencename::regclass, 1, false) FROM pg_sequences")
            )


def raw(kind: type[Base], *conditions: Any) -> dict[str, Any]:
    """One row as the database has it, without what is no row's but its own."""
    columns = [column for column in kind.__table__.columns if column.name not in ALONE]
    return dict(db.session.execute(select(*columns).where(*conditions).limit(1)).one()._mapping)


class TestSpread:
    def test_500_then_99_times_50_then_the_rest_evenly(self) -> None:
        shares = spread(1000, 1_000_000)
        assert shares[:100] == [500, *[50] * 99]
        assert set(shares[100:]) == {1105, 1106}
        assert sum(shares) == 1_000_000

    def test_the_first_post_is_the_same_in_a_small_blog(self) -> None:
        shares = spread(100, 10_000)
        assert shares[0] == 500
        assert min(shares[1:]) >= 50
        assert sum(shares) == 10_000

    @pytest.mark.parametrize("posts", [1, 2, 7, 100, 300])
    @pytest.mark.parametrize("comments", [0, 1, 60, 545, 2000, 5450])
    def test_too_few_are_shared_in_proportion_and_none_is_lost(
        self, posts: int, comments: int
    ) -> None:
        shares = spread(posts, comments)
        assert len(shares) == posts
        assert sum(shares) == comments
        if comments == 545 and posts >= 100:
            assert shares == [50, *[5] * 99, *[0] * (posts - 100)]


class TestThreads:
    def test_answers_are_younger_and_below_the_same_post_and_not_too_deep(self) -> None:
        threads = grow([300, 100], 50, prose.dice("threads"))
        for place, parent in enumerate(threads.parent):
            if parent != NOBODY:
                assert parent < place
                assert parent < threads.approved  # nobody answers what nobody can read
                assert threads.post[parent] == threads.post[place]
        assert max(threads.depth) == DEEPEST
        assert list(threads.minute) == sorted(threads.minute)

    def test_every_post_has_its_share(self) -> None:
        threads = grow([30, 0, 10], 0, prose.dice("threads"))
        assert Counter(threads.post) == {0: 30, 2: 10}


class TestProse:
    def test_posts_are_about_800_words_with_headings_and_tags(self) -> None:
        posts = [prose.post(1, number) for number in range(100)]
        for post in posts:
            assert 750 <= len(post.source.split()) <= 950
            assert post.source.count("\n\n## ") >= 2
        assert {tag for post in posts for tag in post.tags} == set(words.SUBJECTS)
        assert len(words.SUBJECTS) == 20

    def test_replies_are_about_60_words(self) -> None:
        lengths = [len(prose.reply(1, number).split()) for number in range(200)]
        assert 55 <= sum(lengths) / len(lengths) <= 65


def test_a_seeded_blog_is_whole_and_its_pages_open(app: Flask, run: Run, stranger: Browser) -> None:
    result = seed(run, 4, 60, 8)
    assert result.exit_code == 0, result.output
    assert "flask user password author@example.org" in result.output
    slug = result.output.partition("/posts/")[2].split()[0]
    assert run("comments", "check").output == "All is well.\n"
    with app.app_context():
        assert_shaped(slug)
        assert_held()
        assert_indexed()
        tag = db.session.scalars(select(Tag.slug)).first()
    for path in ("/", f"/tags/{tag}", "/search?q=the", "/archive", "/feed.xml", "/comments.xml"):
        assert stranger.get(path).status_code == 200, path
    assert "Ada Winterbourne" in stranger.read(f"/posts/{slug}")
    assert stranger.page.select_one("#comments-heading").text.strip() == "46 replies"


def assert_shaped(slug: str) -> None:
    posts: Sequence[Post] = db.session.scalars(select(Post).order_by(Post.id)).all()
    assert [post.comment_count for post in posts] == spread(4, 60)
    assert posts[0].slug == slug
    for post in posts:
        first = select(func.min(Comment.submitted_at)).where(Comment.post_id == post.id)
        assert post.published_at <= db.session.scalar(first)


def assert_held() -> None:
    """As the rules of a new blog would have it."""
    held = db.session.scalars(select(Comment).where(Comment.status == Status.PENDING)).all()
    rules = Counter(finding["rule"] for comment in held for finding in comment.findings)
    assert rules["unproven"] == rules["first-timer"] == len(held) == 8
    assert 0 < rules["links"] < 8


def assert_indexed() -> None:
    for kind in (Comment, Moderation):
        there = {index["name"] for index in inspect(db.engine).get_indexes(kind.__tablename__)}
        assert there == {index.name for index in kind.__table__.indexes}
        keys = inspect(db.engine).get_foreign_keys(kind.__tablename__)
        assert {key["name"] for key in keys} == {
            key.name for key in kind.__table__.foreign_key_constraints
        }
    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("PRAGMA journal_mode")) == "wal"
        analysed = select(func.count()).select_from(text("sqlite_stat1"))
        assert db.session.scalar(analysed)


def test_the_rows_are_those_that_the_verbs_write(app: Flask, run: Run) -> None:
    seed(run, 1, 200, 4)
    with app.app_context(), write_tx():
        post, author = db.session.scalars(select(Post)).one(), User.author()
        assert author is not None
        for seeded in (
            select(Comment).where(Comment.user_id.is_(None), Comment.website != ""),
            select(Comment).where(Comment.user_id == author.id),
            select(Comment).where(Comment.status == Status.PENDING),
        ):
            old = db.session.scalars(
                seeded.where(Comment.answers == 0, Comment.parent_id.is_not(None)).limit(1)
            ).one()
            said = Words(old.source, old.html, old.name, old.email, old.website)
            new = Comment.leave(
                post,
                old.parent,
                said,
                verdict=old.status,
                findings=old.findings,
                by=old.user or "writer",
                proven=old.proven_at is not None,
            )
            for kind, key in ((Comment, Comment.id), (Moderation, Moderation.comment_id)):
                assert raw(kind, key == old.id) == raw(kind, key == new.id)
            assert (old.decided_at is None) == (new.decided_at is None)
            assert new.id > old.id


def test_the_same_seed_writes_the_same_blog(app: Flask, run: Run) -> None:
    seed(run, 2, 20, 3)
    first = everything(app)
    sweep(app)
    seed(run, 2, 20, 3)
    assert everything(app) == first
    sweep(app)
    seed(run, 2, 20, 3, seed=2)
    assert everything(app)["comment"] != first["comment"]


def test_a_blog_that_has_something_is_left_alone(
    app: Flask, run: Run, olga: Browser, make_post: MakePost
) -> None:
    assert run("seed", "--posts=0", "--comments=1").exit_code == 1
    # People may be there: the posts are then theirs.
    assert "author@example.org" not in seed(run, 1, 3).output
    before = everything(app)
    result = seed(run, 1, 3)
    assert result.exit_code == 1
    assert result.output.startswith("Error: This blog is not empty: it has 1 posts and 3 comments.")
    assert result.output.count("\n") == 1
    assert everything(app) == before
    with app.app_context():
        assert [user.name for user in User.staff()] == ["Olga"]
