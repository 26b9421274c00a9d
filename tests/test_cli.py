"""The command line: who gets an account, what becomes of Markdown, and what is said about bad input."""

from collections.abc import Callable
from typing import Any

import pytest
from alembic.command import stamp
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from blog import rerender, text, upgrades
from blog.auth.models import Role, User
from blog.auth.passwords import verify
from blog.comments.acts import Actor, Deed, Moderation, Status
from blog.comments.models import Comment
from blog.database import write_tx
from blog.editions import SITE, Edition, of_post
from blog.extensions import db
from blog.posts.models import Post
from tests.browser import Browser
from tests.comments.conversation import leave, look, look_at_post
from tests.conftest import PASSWORD, MakePost

OLGA = ("--role", "author", "--name", "Olga", "--email", "olga@example.org")
MO = ("--role", "moderator", "--name", "Mo", "--email", "mo@example.org")

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """A command of `flask`, with what it reads from standard input."""
    with app.app_context():
        stamp(upgrades.configuration(), "head")  # its tables are there already

    def run(*args: str, stdin: str | bytes = "") -> Result:
        return app.test_cli_runner().invoke(args=args, input=stdin)

    return run


def add(run: Run, *who: str, stdin: str | bytes = PASSWORD + "\n") -> Result:
    return run("user", "add", *who, "--password-stdin", stdin=stdin)


def assert_refused(result: Result, words: str) -> None:
    """It ends with 1, and says in one line what is wrong."""
    assert result.exit_code == 1, result.output
    assert words in result.output
    assert result.output.startswith("Error: ")
    assert result.output.count("\n") == 1


def people(app: Flask) -> list[tuple[str, str, Role]]:
    with app.app_context():
        return [(user.name, user.email, user.role) for user in User.staff()]


class TestUserAdd:
    def test_makes_the_author_who_can_sign_in(self, app: Flask, run: Run) -> None:
        assert add(run, *OLGA).exit_code == 0
        assert people(app) == [("Olga", "olga@example.org", Role.AUTHOR)]
        Browser(app).signed_in("olga@example.org", PASSWORD)

    def test_makes_moderators(self, app: Flask, run: Run) -> None:
        assert add(run, *OLGA).exit_code == 0
        assert add(run, *MO).exit_code == 0
        assert len(people(app)) == 2

    def test_takes_the_first_line_without_its_end(self, app: Flask, run: Run) -> None:
        assert add(run, *OLGA, stdin=f"{PASSWORD}\r\nanother line\n").exit_code == 0
        with app.app_context():
            assert verify(User.staff()[0].password_hash, PASSWORD)

    def test_takes_a_password_as_it_was_typed(self, app: Flask, run: Run) -> None:
        assert add(run, *OLGA, stdin="  päss wörd with äir  ".encode()).exit_code == 0
        with app.app_context():
            assert verify(User.staff()[0].password_hash, "  päss wörd with äir  ")

    def test_refuses_a_second_author(self, app: Flask, run: Run) -> None:
        add(run, *OLGA)
        second = add(run, *OLGA[:-1], "second@example.org")
        assert_refused(second, "can have only one")
        assert len(people(app)) == 1

    def test_refuses_an_address_that_is_taken(self, app: Flask, run: Run) -> None:
        add(run, *OLGA)
        assert_refused(add(run, *MO[:-1], "Olga@Example.org"), "is here already")
        assert len(people(app)) == 1

    @pytest.mark.one_database
    @pytest.mark.parametrize(
        ("who", "words"),
        [
            (("--role", "king", *OLGA[2:]), "'king' is not one of"),
            ((*OLGA[:-1], "olga"), "'olga' is no e-mail address"),
            ((*OLGA[:-1], "olga@\udcff.org"), "is no e-mail address"),
            ((*OLGA[:-1], f"{'o' * 300}@example.org"), "is no e-mail address"),
            (("--role", "author", "--name", " \u200b", *OLGA[4:]), "--name"),
            (("--role", "author", "--name", "Ol\udcffga", *OLGA[4:]), "--name"),
            (("--role", "author", "--name", "O" * 101, *OLGA[4:]), "at most 100"),
            (OLGA[:4], "--email"),
            (OLGA[2:], "--role"),
            ((*OLGA, "--admin"), "--admin"),
        ],
    )
    def test_refuses_what_is_wrong(
        self, app: Flask, run: Run, who: tuple[str, ...], words: str
    ) -> None:
        assert_refused(add(run, *who), words)
        assert people(app) == []

    @pytest.mark.one_database
    @pytest.mark.parametrize(
        ("stdin", "words"),
        [
            ("", "no password on standard input"),
            ("\nsecond line", "no password on standard input"),
            ("short\n", "12 characters or more"),
            ("password1234\n", "easy to guess"),
            ("olga@example.org\n", "easy to guess"),
            ("x" * 2000, "at most 1024"),
            (b"correct horse \xff battery", "not UTF-8"),
        ],
    )
    def test_refuses_a_password_that_is_none(
        self, app: Flask, run: Run, stdin: str | bytes, words: str
    ) -> None:
        assert_refused(add(run, *OLGA, stdin=stdin), words)
        assert people(app) == []

    def test_takes_no_password_from_the_command_line(self, app: Flask, run: Run) -> None:
        assert_refused(run("user", "add", *OLGA, stdin=PASSWORD), "add --password-stdin")
        assert_refused(run("user", "add", *OLGA, "--password", PASSWORD), "--password")
        assert people(app) == []


class TestUserPassword:
    def test_lets_in_with_the_new_one_and_ends_what_was(
        self, app: Flask, run: Run, olga: Browser
    ) -> None:
        new = "a wholly different sentence"
        result = run("user", "password", "OLGA@staff.example", "--password-stdin", stdin=new)
        assert result.exit_code == 0, result.output
        assert olga.get("/desk", follow_redirects=False).status_code != 200
        Browser(app).signed_in("olga@staff.example", new)

    def test_refuses_somebody_nobody_knows(self, run: Run) -> None:
        result = run("user", "password", "nobody@example.org", "--password-stdin", stdin=PASSWORD)
        assert_refused(result, "Nobody here has the e-mail nobody@example.org")

    def test_refuses_what_is_easy_to_guess(self, app: Flask, run: Run, olga: Browser) -> None:
        result = run("user", "password", "olga@staff.example", "--password-stdin", stdin="short")
        assert_refused(result, "12 characters or more")
        Browser(app).signed_in("olga@staff.example", PASSWORD)

    def test_refuses_nothing_at_all(self, run: Run) -> None:
        assert_refused(run("user", "password", "olga@staff.example"), "add --password-stdin")
        assert_refused(run("user", "password"), "EMAIL")


@pytest.mark.one_database
@pytest.mark.parametrize("group", ["user", "text", "comments"])
class TestAGroup:
    def test_ends_with_1_where_the_second_word_is_missing(self, run: Run, group: str) -> None:
        assert_refused(run(group), f"{group} --help")

    def test_ends_with_1_where_the_second_word_is_unknown(self, run: Run, group: str) -> None:
        assert_refused(run(group, "bogus"), "'bogus'")
        assert_refused(run(group, "--bogus"), "--bogus")

    def test_helps_who_asks(self, run: Run, group: str) -> None:
        result = run(group, "--help")
        assert result.exit_code == 0
        assert "Commands:" in result.output


@pytest.mark.one_database
class TestTextRender:
    def test_says_the_html_and_nothing_else(self, run: Run) -> None:
        source = "# Grüße\n\n*Tee* <b>is</b> [here](javascript:alert(1))\n"
        result = run("text", "render", "--as", "post", stdin=source.encode())
        assert result.exit_code == 0
        assert result.stdout == text.render_post(source)
        assert result.stderr == ""

    def test_keeps_the_rules_of_comments(self, run: Run) -> None:
        result = run("text", "render", "--as", "comment", stdin="# Loud\n[a](https://example.org)")
        assert "<h1" not in result.stdout
        assert "ugc" in result.stdout

    @pytest.mark.parametrize(
        ("args", "stdin", "words"),
        [
            (("--as", "post"), b"caf\xe9", "byte 3 is 0xe9"),
            (("--as", "page"), b"", "'page' is not one of"),
            ((), b"", "--as"),
        ],
    )
    def test_refuses_what_is_wrong(
        self, run: Run, args: tuple[str, ...], stdin: bytes, words: str
    ) -> None:
        assert_refused(run("text", "render", *args, stdin=stdin), words)


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Call it, and text.py is a newer one."""

    def newer() -> None:
        monkeypatch.setattr(text, "VERSION", text.VERSION + 1)
        monkeypatch.setattr(text, "render_post", lambda source: f"<p>new post: {source}</p>")
        monkeypatch.setattr(text, "render_comment", lambda source: f"<p>new: {source}</p>")

    return newer


def edit(app: Flask, number: int, source: str, *, hold: bool = False) -> None:
    """Its writer changes a comment; with `hold`, a rule fires on it."""
    with app.app_context(), write_tx():
        comment = db.session.get_one(Comment, number)
        changes: dict[str, Any] = {
            "source": source,
            "html": text.render_comment(source),
            "text_version": text.VERSION,
        }
        if hold:
            changes["standing_html"] = comment.html
        to = Status.PENDING if hold else comment.status
        comment.move(to, from_=comment.status, by=Actor.WRITER, deed=Deed.EDIT, changes=changes)


def editions_of(app: Flask) -> dict[str, int]:
    """When each thing that pages show was last changed."""
    with app.app_context():
        return {row.thing: row.number for row in db.session.scalars(select(Edition))}


class TestTextRerender:
    def test_has_nothing_to_do_with_what_is_of_today(
        self, app: Flask, run: Run, post: Post
    ) -> None:
        leave(app, post)
        result = run("text", "rerender")
        assert result.exit_code == 0
        assert "Rendered 0 texts" in result.output
        assert "Rendered 2 texts; 0 came out other" in run("text", "rerender", "--all").output

    def test_renders_again_what_an_older_version_rendered(
        self, app: Flask, run: Run, post: Post, newer: Callable[[], None]
    ) -> None:
        number = leave(app, post, "Bees hum.")
        newer()
        before = editions_of(app)
        assert "Rendered 2 texts; 2 came out other" in run("text", "rerender").output
        assert look(app, number).html == "<p>new: Bees hum.</p>"
        now = look_at_post(app, post)
        assert now.html == f"<p>new post: {post.source}</p>"
        after = editions_of(app)
        assert all(after[thing] > before[thing] for thing in (SITE, of_post(post.id)))
        assert "Rendered 0 texts" in run("text", "rerender").output

    def test_leaves_pages_stored_whose_text_came_out_as_before(
        self, app: Flask, run: Run, post: Post
    ) -> None:
        leave(app, post)
        before = editions_of(app)
        run("text", "rerender", "--all")
        assert editions_of(app) == before

    def test_goes_through_more_than_one_step(
        self,
        app: Flask,
        run: Run,
        make_post: MakePost,
        newer: Callable[[], None],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(rerender, "POSTS_AT_ONCE", 2)
        monkeypatch.setattr(rerender, "COMMENTS_AT_ONCE", 2)
        posts = [make_post(f"Post {number}") for number in range(5)]
        for post in posts:
            leave(app, post)
        newer()
        assert "Rendered 10 texts; 10 came out other" in run("text", "rerender").output

    def test_does_not_overwrite_what_somebody_changed_meanwhile(
        self,
        app: Flask,
        run: Run,
        post: Post,
        newer: Callable[[], None],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        number = leave(app, post, "Bees hum.")
        newer()

        def slow(source: str) -> str:
            monkeypatch.setattr(text, "render_comment", lambda source: f"<p>new: {source}</p>")
            edit(app, number, "Bees sing.")
            return f"<p>new: {source}</p>"

        monkeypatch.setattr(text, "render_comment", slow)
        assert run("text", "rerender").exit_code == 0
        comment = look(app, number)
        assert (comment.source, comment.html) == ("Bees sing.", "<p>new: Bees sing.</p>")

    def test_renders_the_text_that_stands_while_an_edit_waits(
        self, app: Flask, run: Run, post: Post, newer: Callable[[], None]
    ) -> None:
        number = leave(app, post, "Bees hum.")
        edit(app, number, "Bees sing.", hold=True)
        newer()
        assert run("text", "rerender").exit_code == 0
        comment = look(app, number)
        assert comment.html == "<p>new: Bees sing.</p>"
        assert comment.standing_html == "<p>new: Bees hum.</p>"

    def test_renders_what_an_undo_would_bring_back(
        self, app: Flask, run: Run, post: Post, newer: Callable[[], None]
    ) -> None:
        number = leave(app, post, "Bees hum.")
        edit(app, number, "Bees sing.", hold=True)
        with app.app_context(), write_tx():
            db.session.get_one(Comment, number).move(
                Status.APPROVED, from_=Status.PENDING, by=Actor.RULES, deed=Deed.APPROVAL
            )
        newer()
        assert run("text", "rerender").exit_code == 0
        with app.app_context():
            query = select(Moderation).where(Moderation.comment_id == number)
            kept = [act.kept for act in db.session.scalars(query.order_by(Moderation.id))]
        assert kept[1]["html"] == "<p>new: Bees hum.</p>"
        assert kept[2]["standing_html"] == "<p>new: Bees hum.</p>"


class TestCommentsCheck:
    def test_is_content_with_what_is_true(self, app: Flask, run: Run, post: Post) -> None:
        leave(app, post, under=leave(app, post))
        result = run("comments", "check")
        assert (result.exit_code, result.output) == (0, "All is well.\n")

    def test_says_what_differs_and_ends_with_1(self, app: Flask, run: Run, post: Post) -> None:
        spoil(app, post)
        result = run("comments", "check")
        assert result.exit_code == 1
        assert "7 comments in 0 threads are counted, and there are 0 in 0" in result.output
        assert "--mend" in result.output
        assert look_at_post(app, post).comment_count == 7

    def test_mends_counts_when_told(self, app: Flask, run: Run, post: Post) -> None:
        spoil(app, post)
        result = run("comments", "check", "--mend")
        assert result.exit_code == 0
        assert "Corrected: post" in result.output
        assert result.output.endswith("All is well.\n")
        assert look_at_post(app, post).comment_count == 0
        assert run("comments", "check").exit_code == 0

    def test_does_not_mend_what_is_no_count(self, app: Flask, run: Run, post: Post) -> None:
        number = leave(app, post)
        with app.app_context(), write_tx() as session:
            session.execute(Comment.__table__.update().values(status="lost"))
        result = run("comments", "check", "--mend")
        assert result.exit_code == 1
        assert f"Still wrong: comment {number}: there is no status 'lost'." in result.output
        assert "Somebody has to look" in result.output


def spoil(app: Flask, post: Post) -> None:
    with app.app_context(), write_tx() as session:
        session.get_one(Post, post.id).comment_count = 7


def test_commands_make_the_database_when_the_blog_was_never_started(tmp_path: Any) -> None:
    from blog import create_app

    app = create_app({"BLOG_INSTANCE": str(tmp_path)})
    result = app.test_cli_runner().invoke(
        args=["user", "add", *OLGA, "--password-stdin"], input=PASSWORD
    )
    assert result.output == "Added Olga <olga@example.org> as author.\n"
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 1
        db.engine.dispose()


def test_a_busy_database_is_named(app: Flask, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from blog.auth import commands
    from blog.database import DatabaseBusy

    def busy() -> None:
        raise DatabaseBusy

    monkeypatch.setattr(commands, "write_tx", busy)
    assert_refused(add(run, *OLGA), "Others write all the time")
