"""Writing: each decision is made on what is true at that moment, whatever was known before."""

import pytest
import sqlalchemy as sa
from flask import Flask

from blog.database import write_tx
from blog.extensions import db
from blog.gate import public
from blog.posts.models import Post
from tests.browser import Browser


def rename(post: Post, title: str) -> None:
    """Somebody else, on a connection of their own, gives the post another title."""
    with db.engine.connect().execution_options(write=True) as connection, connection.begin():
        connection.execute(sa.update(Post).where(Post.id == post.id).values(title=title))


def test_the_second_of_two_writes_sees_what_somebody_else_wrote_in_between(
    app: Flask, post: Post
) -> None:
    with app.app_context():
        with write_tx() as session:
            mine = session.get_one(Post, post.id)
            assert mine.title == "On bees"
        rename(post, "On wasps")
        with write_tx():
            assert mine.title == "On wasps"


def test_what_was_read_before_a_write_is_read_anew_in_it(app: Flask, post: Post) -> None:
    with app.app_context():
        mine = db.session.get_one(Post, post.id)
        assert mine.title == "On bees"
        rename(post, "On wasps")
        with write_tx():
            assert mine.title == "On wasps"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_strict_server_does_not_show_what_was_true_before_the_lock(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c default_transaction_isolation=serializable")
    with app.app_context():
        db.engine.dispose()
        with write_tx() as session:
            assert session.scalar(sa.text("SHOW transaction_isolation")) == "read committed"


def test_changes_made_before_a_write_are_refused_and_not_lost_in_silence(
    app: Flask, post: Post, noted: list[str]
) -> None:
    with app.app_context():
        db.session.get_one(Post, post.id).title = "On wasps"
        with pytest.raises(RuntimeError, match="changes were made before"), write_tx():
            pass
    noted.clear()


def test_a_page_that_writes_is_an_error_in_tests_whatever_it_answers(
    app_of_its_own: None, app: Flask, post: Post, rita: Browser, noted: list[str]
) -> None:
    @public
    def page(way: str) -> str:
        mine = db.session.get_one(Post, post.id)
        if way == "statement":
            db.session.execute(sa.update(Post).values(title="On wasps"))
            return "well"
        mine.title = "On wasps"
        if way == "flush":
            db.session.scalar(sa.select(Post.title))  # which writes first what was changed
        return "well"

    app.add_url_rule("/pages/<way>", view_func=page)
    for way, status, said in (
        ("flush", 500, "flushed outside write_tx()"),
        ("statement", 200, "executed outside write_tx()"),
        ("nothing", 200, "changed, and never written"),
    ):
        noted.clear()
        assert rita.get(f"/pages/{way}").status_code == status
        assert noted[0].startswith(said)
        assert "On bees" in rita.read("/posts/on-bees"), way
    noted.clear()
