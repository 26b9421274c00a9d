"""Olga takes all her posts along as files, and brings them back; or comes with those of another program."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.command import stamp
from click.testing import Result
from flask import Flask

from blog import upgrades
from blog.clock import now
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Kind, OldSlug, Post
from blog.posts.revisions import Revision
from tests.blank import blank_blog
from tests.browser import Browser
from tests.conftest import MakePost


@pytest.fixture(autouse=True)
def tables_are_there(app: Flask) -> None:
    """Commands need not make them."""
    with app.app_context():
        stamp(upgrades.configuration(), "head")


def run(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=["posts", *args])


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def a_lived_in_desk(app: Flask, make_post: MakePost) -> None:
    """Posts in every state of life, that lead to each other."""
    make_post("On bees: a “start”", tags=["Bees", "no"], source="See [them](post:2#end).\n\n---\n")
    make_post(
        "2024",
        source="Back to [bees](post:1), and to [nowhere](post:99).",
        language="de",
        published=False,
    )
    make_post("Half an idea", published=False, series="On Bees", series_number=3)
    make_post("About", kind=Kind.PAGE, takes_comments=False)
    make_post("Away")
    make_post("Trash")
    with app.app_context(), write_tx():
        posts = {post.slug: post for post in db.session.scalars(sa.select(Post))}
        posts["2024"].publish(now(), now() + timedelta(days=3))
        posts["on-bees-a-start"].pin(now())
        posts["on-bees-a-start"].close_after(30)
        posts["away"].withdraw(now())
        posts["trash"].trash(now())
        db.session.add(OldSlug(slug="bees-of-old", post_id=posts["on-bees-a-start"].id))


def test_what_was_taken_along_comes_back_as_it_was(
    app: Flask, make_post: MakePost, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    a_lived_in_desk(app, make_post)
    assert "Wrote 5 posts" in run(app, "export", str(tmp_path / "a")).output
    before = files(tmp_path / "a")
    assert sorted(before) == [
        "pages/about.md",
        "posts/2024.md",
        "posts/away.md",
        "posts/half-an-idea.md",
        "posts/on-bees-a-start.md",
    ]
    assert b"[them](post:2024#end)" in before["posts/on-bees-a-start.md"]
    again = run(app, "import", str(tmp_path / "a"))
    assert "Read 5 files: 5 as before." in again.output, again.output
    with blank_blog("sqlite", request, tmp_path) as elsewhere:
        there = run(elsewhere, "import", str(tmp_path / "a"))
        assert "Read 5 files: 5 new." in there.output, there.output
        assert run(elsewhere, "export", str(tmp_path / "b")).exit_code == 0
        assert files(tmp_path / "b") == before
        with elsewhere.app_context():
            bees = db.session.scalars(sa.select(Post).where(Post.slug == "on-bees-a-start")).one()
            year = db.session.scalars(sa.select(Post).where(Post.slug == "2024")).one()
            assert f"(post:{year.id}#end)" in bees.source
            assert f"(post:{bees.id})" in year.source
            assert "(post:99)" in year.source


def test_what_olga_writes_elsewhere_replaces_what_is_here_and_loses_nothing(
    app: Flask, post: Post, olga: Browser, rita: Browser, tmp_path: Path
) -> None:
    run(app, "export", str(tmp_path / "a"))
    file = tmp_path / "a" / "posts" / "on-bees.md"
    file.write_text(file.read_text().replace("*busy*", "*lazy*"))
    assert "1 changed" in run(app, "import", str(tmp_path / "a")).output
    assert "lazy" in rita.get("/posts/on-bees").text
    with app.app_context():
        kept = db.session.scalars(sa.select(Revision.source).order_by(Revision.id)).all()
    assert kept == ["Bees are *busy*.", "Bees are *lazy*."]
    olga.get(f"/desk/posts/{post.id}/revisions")
    assert len(olga.page.select("tbody tr")) == 2


def test_a_draft_is_taken_along_as_it_was_last_typed_and_what_waits_is_told(
    app: Flask, post: Post, olga: Browser, tmp_path: Path
) -> None:
    olga.submit(f"/desk/posts/{post.id}", {"body": "Bees sleep."})
    said = run(app, "export", str(tmp_path / "a")).output
    assert "1 have changes that are not published yet" in said
    assert b"busy" in files(tmp_path / "a")["posts/on-bees.md"]


def test_other_programs_posts_become_posts(
    app: Flask, rita: Browser, stranger: Browser, tmp_path: Path
) -> None:
    folder = tmp_path / "_posts"
    folder.mkdir()
    (folder / "2015-11-17-hello.md").write_text(
        "---\nlayout: post\ntitle: Hello\nredirect_from: /old/hi.html\n---\nFirst *words*.\n"
    )
    (tmp_path / "_index.md").write_text("A list.")
    (tmp_path / "secret.md").write_text("+++\ntitle='Secret'\ndraft=true\n+++\nNot yet.\n")
    assert "Read 2 files: 2 new." in run(app, "import", str(tmp_path)).output
    assert "2 as before" in run(app, "import", str(tmp_path)).output
    assert "First words" in rita.get("/posts/hello").text
    assert "First words" in rita.get("/posts/hi").text
    assert stranger.get("/posts/secret").status_code == 404


def test_nothing_is_imported_when_one_file_is_wrong(
    app: Flask, rita: Browser, tmp_path: Path
) -> None:
    (tmp_path / "good.md").write_text("---\ndate: 2024-05-01\n---\nGood.")
    (tmp_path / "long.md").write_text(f"---\ntitle: {'x' * 300}\n---\n")
    (tmp_path / "bad.md").write_text("---\ndate: soon\n---\n")
    (tmp_path / "latin.md").write_bytes(b"\xe9")
    (tmp_path / "GOOD.markdown").write_text("Also good.")
    result = run(app, "import", str(tmp_path))
    assert result.exit_code == 1
    for words in (
        "bad.md: “soon” is no date",
        "long.md: the title has 300 characters",
        "latin.md: ",
        "good.md: another file has the address “good” too.",
    ):
        assert words in result.output
    assert rita.get("/posts/good").status_code == 404


def test_an_export_never_writes_over_anything(app: Flask, post: Post, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    result = run(app, "export", str(tmp_path))
    assert (result.exit_code, list(files(tmp_path))) == (1, ["mine.txt"])
    assert "is not empty" in result.output
    assert run(app, "import", str(tmp_path / "nowhere")).exit_code == 1
