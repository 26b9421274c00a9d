"""The picture of a post on other sites: made once, for what the public may see, and never with boxes."""

import errno
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from blog import fonts
from blog.clock import now
from blog.colours import SHADE, ground
from blog.database import write_tx
from blog.extensions import db
from blog.posts import social
from blog.posts.models import Post
from blog.posts.social import Card
from tests.browser import Browser
from tests.conftest import MakePost
from tests.typefaces import make_font

LETTERS = "OnbeYourWsit wap"

CARD = Card("On bees", "Your Website", "#006b6b", "en")
KEPT_FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with one font, which has a few letters."""
    folder = tmp_path / "fonts"
    folder.mkdir()
    make_font(folder / "Few.ttf", LETTERS)
    monkeypatch.setattr(fonts, "FOLDERS", (str(folder),))
    return folder


def address(person: Browser, path: str = "/posts/on-bees") -> str:
    """Where the picture of a post is, as its page says."""
    person.get(path)
    found = person.page.select_one("meta[property='og:image']")
    assert found
    return str(found["content"]).removeprefix("http://127.0.0.1:8000")


def kept(app: Flask) -> list[str]:
    """The files that are kept."""
    return sorted(path.name for path in (app.config["INSTANCE"] / "social").glob("*"))


def colours(png: bytes) -> set[object]:
    """The colours of a picture."""
    image = Image.open(BytesIO(png)).convert("RGB")
    assert image.size == (1200, 630)
    return {colour for _count, colour in image.getcolors(2**16)}


@pytest.mark.one_database
def test_a_picture_is_made_when_first_asked_for_and_kept(
    app: Flask, post: Post, rita: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = address(rita)
    assert kept(app) == []
    answer = rita.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.headers["Cache-Control"] == KEPT_FOR_EVER
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in answer.headers
    assert (255, 255, 255) in colours(answer.data)
    assert len(kept(app)) == 1
    monkeypatch.setattr(social, "draw", lambda card: pytest.fail("it is kept"))
    assert rita.get(path).data == answer.data


@pytest.mark.one_database
def test_another_title_is_another_picture_in_place_of_the_old_one(
    app: Flask, post: Post, rita: Browser, olga: Browser
) -> None:
    old = address(rita)
    before = rita.get(old).data
    olga.submit(f"/desk/posts/{post.id}", {"title": "On wasps"}, button="Publish the changes")
    assert address(rita) != old
    moved = rita.get(old, follow_redirects=False)
    assert moved.status_code == 302
    assert moved.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert rita.get(old).data != before
    assert len(kept(app)) == 1
    olga.submit("/desk/settings", {"accent": "#8a2be2"})
    assert ground("#8a2be2") in colours(rita.get(old).data)


@pytest.mark.one_database
def test_nobody_fills_the_disk_by_asking(app: Flask, post: Post, stranger: Browser) -> None:
    for mark in ("x", "0" * 16, "..%2f..%2fapp", "%00", "x" * 5_000):
        assert stranger.get(f"/social/{post.id}-{mark}.png").status_code in {200, 404}, mark
    for number in ("0", "2", "99999999999", "x"):
        assert stranger.get(f"/social/{number}-{CARD.mark}.png").status_code == 404
    assert len(kept(app)) == 1


@pytest.mark.one_database
def test_what_the_public_may_not_see_has_no_picture(
    app: Flask, make_post: MakePost, stranger: Browser, olga: Browser
) -> None:
    draft = make_post(published=False)
    path = f"/social/{draft.id}-{CARD.mark}.png"
    assert stranger.get(path).status_code == 404
    assert olga.get(path).status_code == 404
    seen = make_post("On wasps")
    with app.app_context(), write_tx():
        db.session.get_one(Post, seen.id).withdraw(now())
    assert stranger.get(f"/social/{seen.id}-{CARD.mark}.png").status_code == 404


@pytest.mark.one_database
def test_a_title_that_no_font_can_show_is_not_shown_as_boxes(
    app: Flask, make_post: MakePost, rita: Browser, machine: Path
) -> None:
    make_post("On 蜂", slug="on-bees")
    path = address(rita)
    answer = rita.get(path)
    assert colours(answer.data) == {ground("#006b6b"), ground("#006b6b", SHADE)}
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert kept(app) == []
    make_font(machine / "More.ttf", LETTERS + "蜂")
    fonts._files.cache_clear()  # the machine is looked through once in the life of a process
    assert (255, 255, 255) in colours(rita.get(path).data)
    assert len(kept(app)) == 1


@pytest.mark.one_database
def test_neither_is_the_name_of_the_site(
    app: Flask, post: Post, rita: Browser, olga: Browser
) -> None:
    olga.submit("/desk/settings", {"title": "Ω"})
    assert (255, 255, 255) not in colours(rita.get(address(rita)).data)


def test_the_connection_to_the_database_is_free_while_a_picture_is_made(
    app: Flask, post: Post, rita: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = address(rita)
    in_use: list[int] = []

    def draw(card: Card) -> social.Drawn:
        in_use.append(db.engine.pool.checkedout())
        return social.Drawn(b"png", has_words=True)

    monkeypatch.setattr(social, "draw", draw)
    assert rita.get(path).data == b"png"
    assert in_use == [0]


def test_asked_for_by_many_at_once_it_is_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Card] = []
    draw = social.draw
    monkeypatch.setattr(social, "draw", lambda card: made.append(card) or draw(card))
    together(8, lambda: social.picture(CARD, 1, tmp_path / "social"))
    assert len(made) == 1
    assert [path.name for path in (tmp_path / "social").iterdir()] == [f"1-{CARD.mark}.png"]


def test_a_kept_picture_waits_for_none_that_is_being_drawn(tmp_path: Path) -> None:
    drawn = social.picture(CARD, 1, tmp_path / "social")
    with social._one_at_a_time:
        assert social.picture(CARD, 1, tmp_path / "social") == drawn


@pytest.mark.one_database
def test_what_cannot_be_kept_is_shown_all_the_same(
    app: Flask, post: Post, rita: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = address(rita)
    whole = rita.get(path)
    folder = app.config["INSTANCE"] / "social"
    (picture,) = folder.iterdir()
    picture.unlink()
    with monkeypatch.context() as full:
        full.setattr(Path, "write_bytes", write_half)
        answer = rita.get(path)
        assert (answer.status_code, answer.data) == (200, whole.data)
        assert kept(app) == []
    folder.rmdir()
    folder.write_text("a file where the folder should be")
    assert rita.get(path).data == whole.data


def write_half(path: Path, content: bytes) -> None:
    """What a full disk does."""
    with path.open("wb") as file:
        file.write(content[: len(content) // 2])
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_picture_without_words_is_drawn_once_for_its_colour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fonts, "FOLDERS", ())
    social._wordless.cache_clear()
    first = social.draw(CARD)
    monkeypatch.setattr(social, "_grounds", lambda accent: pytest.fail("it is remembered"))
    assert social.draw(replace(CARD, title="On wasps")) == first


def test_long_titles_of_many_kinds_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    for title in ("n" * 200, "On bees " * 25, "On\tbees\n", "ß" * 200):
        card = Card(title, "Your Website" * 8, "#000000", "")
        assert len(social.draw(card).png) < 100_000


def together(number: int, do: Callable[[], object]) -> None:
    """Do something in many threads at once."""
    threads = [threading.Thread(target=do) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
