"""Olga's pictures: she uploads, describes, uses and tidies; strangers see what public texts show."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from bs4 import Tag
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from blog.clock import now
from blog.database import write_tx
from blog.extensions import db, limiter
from blog.media import storage, uploads, uses
from blog.media.models import Media, Use
from blog.media.names import Name
from blog.postman import do_chores
from blog.posts.models import Post
from blog.posts.previews import PreviewLink
from tests.browser import Browser, path_of
from tests.conftest import MakePost
from tests.media.drawing import claims, exif, file_of, flag, opened, photograph

JSON = {"Accept": "application/json"}
A_FILE = (600, 400)

Send = Callable[..., dict[str, Any]]


@pytest.fixture
def send(olga: Browser) -> Send:
    """Olga's editor sends a picture; what it is told."""

    def send(data: BytesIO | None = None, alt: str = "", name: str = "bee.jpg") -> dict[str, Any]:
        data = data or file_of(flag(*A_FILE))
        post_files(olga, upload(olga, (data, name), alt=alt), headers=JSON)
        assert olga.answer.status_code == 201, olga.answer.text
        told: dict[str, Any] = olga.answer.json
        return told

    return send


def post_files(
    person: Browser, fields: dict[str, Any], *, follow: bool = False, **options: Any
) -> TestResponse:
    """Send a form with files, all of it from memory."""
    files = fields["file"] if isinstance(fields["file"], list) else [fields["file"]]
    sent = [FileStorage(stream, name) for stream, name in files]
    boundary, body = encode_multipart({**fields, "file": sent})
    kind = f'multipart/form-data; boundary="{boundary}"'
    return person.post("/desk/media", body, content_type=kind, follow=follow, **options)


def upload(olga: Browser, *files: tuple[BytesIO, str], **fields: str) -> dict[str, Any]:
    """The fields of the form of the library."""
    olga.get("/desk/media")
    token = olga.page.select_one("[name=csrf_token]")["value"]
    return {"csrf_token": token, "file": list(files), **fields}


def pictures(person: Browser) -> list[Tag]:
    """The pictures on the page of the library."""
    return person.page.select(".media > li")


def press(olga: Browser, button: str, number: int = 0, **fields: str) -> None:
    """Olga fills in the form of a picture, and presses a button of it."""
    place = pictures(olga)[number]["id"]
    olga.submit(None, fields, form=f"#{place} form", button=button, follow=True)


def test_olga_uploads_several_pictures_from_the_library(olga: Browser, app: Flask) -> None:
    first = (file_of(photograph(), "JPEG", exif=exif()), "holidays/bee.jpg")
    second = (file_of(flag(), "GIF", save_all=True, append_images=[photograph(60, 40)]), "b.gif")
    post_files(olga, upload(olga, first, second, alt="One of many"), follow=True)
    assert "2 pictures are in the library now." in olga.text
    assert "Of 1 that moves the first picture was kept." in olga.text
    assert [row.select_one("img")["alt"] for row in pictures(olga)] == ["not described"] * 2
    for row in pictures(olga):
        seen = olga.get(str(row.select_one("img")["src"]))
        assert opened(seen.data).size[0] in {480, 60}
    with app.app_context():
        sizes = {media.name: media.size for media in db.session.scalars(db.select(Media))}
        for name, size in sizes.items():
            assert sum(storage.place_of(one).stat().st_size for one in name.all()) == size


def test_the_editor_is_told_what_a_text_needs(olga: Browser, send: Send) -> None:
    told = send(alt="A [busy] *bee*  \n on `lavender`")
    name = Name.at(told["address"])
    assert (told["width"], told["height"]) == A_FILE == (name.width, name.height)
    assert told["alt"] == "A [busy] *bee* on `lavender`"
    assert told["markdown"] == rf"![A \[busy\] \*bee\* on \`lavender\`]({told['address']})"
    assert not told["was_there"]
    again = send(alt="Another one")
    assert again == {**told, "was_there": True}
    assert olga.read("/desk/media").count("bee.jpg") == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_refused_is_said_at_its_field_or_as_json(olga: Browser, app: Flask) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    long = file_of(photograph(20, 20), "JPEG").getvalue() + b"\0" * 21_000_000
    cases = {
        "drawing.jpg": (svg, 422, "SVG"),
        "page.png": (b"<!doctype html><script>alert(1)</script>", 422, "web page"),
        "bomb.png": (claims(50_000, 50_000).getvalue(), 422, "40 megapixels"),
        "long.jpg": (long, 413, "20 MB"),
        "half.jpg": (file_of(photograph(), "JPEG").getvalue()[:5_000], 422, "damaged"),
        "empty.jpg": (b"", 422, "empty"),
    }
    for name, (data, status, words) in cases.items():
        fields = upload(olga, (BytesIO(data), name))
        assert post_files(olga, fields).status_code == status, name
        assert words in olga.errors["file"]
        assert name in olga.errors["file"]
        fields = upload(olga, (BytesIO(data), name))
        answer = post_files(olga, fields, headers=JSON)
        assert (answer.status_code, words in answer.json["error"]) == (status, True), name
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert post_files(olga, upload(olga)).status_code == 422
    assert olga.errors["file"] == "Choose a picture first."
    two = upload(olga, (file_of(flag()), "a.png"), (file_of(flag()), "b.png"))
    assert post_files(olga, two, headers=JSON).json == {"error": "Send one picture at a time."}
    endless = upload(olga, (file_of(flag()), "a.png"), alt="x" * 1_001)
    assert post_files(olga, endless).status_code == 422
    assert "1000 characters" in olga.errors["alt"]
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count(Media.id))) == 0
    assert not list((app.config["INSTANCE"] / "media").glob("*"))


def test_of_several_the_good_ones_are_kept(olga: Browser) -> None:
    fields = upload(olga, (file_of(flag()), "good.png"), (BytesIO(b"Bees"), "bees.txt"))
    assert post_files(olga, fields).status_code == 422
    assert olga.errors["file"].startswith("bees.txt")
    assert len(pictures(olga)) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_but_the_author_is_even_listened_to(
    olga: Browser, mo: Browser, stranger: Browser, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = {"file": (BytesIO(b"\0" * 3_000_000), "a.jpg")}
    assert path_of(post_files(stranger, large)) == "/login?next=/desk/media"
    large = {"file": (BytesIO(b"\0" * 3_000_000), "a.jpg")}
    assert post_files(mo, large).status_code == 403
    fields = {**upload(olga), "file": (BytesIO(b"\0" * 65_000_000), "a.jpg")}
    assert post_files(olga, fields).status_code == 413
    assert "64 MB together" in olga.text
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()  # another test may have asked
    monkeypatch.setattr(uploads, "UPLOADS", "1 per hour")
    for status in (201, 429):
        fields = upload(olga, (file_of(flag()), "a.png"))
        assert post_files(olga, fields, headers=JSON).status_code == status
    assert olga.answer.headers["Retry-After"]


def test_a_stranger_gets_a_picture_as_long_as_a_text_of_the_publics_shows_it(
    olga: Browser, stranger: Browser, mo: Browser, send: Send, app: Flask, make_post: MakePost,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    told = send(alt="Secret bee")
    address, small = told["address"], told["address"].replace(".webp", "-480.webp")

    def seen() -> set[tuple[int, int]]:
        return {
            (stranger.get(path).status_code, mo.get(path).status_code) for path in (address, small)
        }

    assert seen() == {(404, 404)}
    assert olga.get(address).headers["Cache-Control"] == "private, no-store"
    post = make_post(source=told["markdown"], published=False)
    assert seen() == {(404, 404)}
    with app.app_context(), write_tx():
        db.session.get_one(Post, post.id).publish(now() + timedelta(hours=1))
    assert seen() == {(404, 404)}
    clock.shift(3_601)
    assert seen() == {(200, 200)}
    with app.app_context(), write_tx():
        db.session.get_one(Post, post.id).withdraw(now())
    assert seen() == {(404, 404)}
    with app.app_context(), write_tx():
        db.session.get_one(Post, post.id).publish(now())
        # What only the draft beside the live text shows is no business of the public's.
        Use.note(post.id, "", is_live=True)
        Use.note(post.id, told["markdown"], is_live=False)
    assert seen() == {(404, 404)}
    assert "(draft)" in olga.read("/desk/media")
    olga.submit("/desk/settings", {"tagline": f"See {address}"})
    assert seen() == {(200, 200)}


def test_who_has_a_preview_link_sees_the_pictures_of_that_text_and_no_others(
    olga: Browser, stranger: Browser, send: Send, make_post: MakePost, app: Flask
) -> None:
    told, other = send(file_of(photograph(600, 400), "JPEG")), send()
    post = make_post(source=told["markdown"], published=False)
    with app.app_context(), write_tx():
        link = PreviewLink.make(db.session.get_one(Post, post.id), 1, now())
        key = link.key
    stranger.get(f"/previews/{key}")
    image = stranger.page.select_one(".prose img")
    assert image["src"] == f"{told['address']}?preview={key}"
    for path in (image["src"], image["srcset"].split(" ")[0]):
        assert stranger.get(path).status_code == 200
        assert stranger.answer.headers["Cache-Control"] == "private, no-store"
    assert stranger.get(f"{other['address']}?preview={key}").status_code == 404
    for wrong in ("", "1-0", "x", f"{key}0"):
        assert stranger.get(f"{told['address']}?preview={wrong}").status_code == 404
    with app.app_context(), write_tx():
        db.session.get_one(PreviewLink, 1).revoke(now())
    assert stranger.get(str(image["src"])).status_code == 404


def test_a_preview_link_shows_no_pictures_of_the_draft_beside_a_text_that_is_public_by_now(
    olga: Browser, stranger: Browser, send: Send, make_post: MakePost, app: Flask
) -> None:
    live, beside = send(file_of(photograph(600, 400), "JPEG")), send()
    post = make_post(source=live["markdown"], published=False)
    with app.app_context(), write_tx():
        key = PreviewLink.make(db.session.get_one(Post, post.id), 1, now()).key
    sheet = f"/desk/posts/{post.id}"
    assert olga.submit(sheet, button="Publish").status_code == 303
    assert olga.submit(sheet, {"body": beside["markdown"]}, button="Save").status_code == 303
    assert stranger.get(live["address"]).status_code == 200
    assert stranger.get(f"{beside['address']}?preview={key}").status_code == 404


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_picture_is_kept_for_ever_and_can_do_nothing(
    olga: Browser, stranger: Browser, send: Send, make_post: MakePost
) -> None:
    told = send()
    make_post(source=told["markdown"])
    for person in (olga, stranger):
        answer = person.get(told["address"])
        headers = answer.headers
        assert answer.mimetype == "image/webp"
        assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Set-Cookie" not in headers
        again = person.get(told["address"], headers={"If-None-Match": headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        head = person.open("HEAD", told["address"])
        assert (head.status_code, head.data) == (200, b"")
        assert head.headers["Content-Length"] == headers["Content-Length"]
    for other in ("600x401", "600x400-481", "600x400-800"):
        assert stranger.get(told["address"].replace("600x400", other)).status_code == 404


def test_a_post_shows_it_with_its_size_and_smaller_ones(
    stranger: Browser, send: Send, make_post: MakePost
) -> None:
    told = send(file_of(photograph(1000, 500)), alt="A bee")
    make_post(source=f'Bees.\n\nMore.\n\n![A bee]({told["address"]} "On lavender")')
    stranger.get("/posts/on-bees")
    image = stranger.page.select_one("figure img")
    assert {**image.attrs, "srcset": ""} == {
        "src": told["address"], "alt": "A bee", "width": "1000", "height": "500", "srcset": "",
        "sizes": "(min-width: 42rem) 37rem, 100vw", "loading": "lazy", "decoding": "async",
    }  # fmt: skip
    assert stranger.page.select_one("figcaption").text == "On lavender"
    for candidate in image["srcset"].split(", "):
        path, width = candidate.split(" ")
        assert f"{opened(stranger.get(path).data).width}w" == width
    feed = stranger.get("/feed.xml").text
    assert feed.count(f"http://127.0.0.1:8000/media/{told['address'].split('/')[2][:32]}") == 4


def test_olga_describes_a_picture_and_texts_keep_their_words(
    olga: Browser, stranger: Browser, send: Send, make_post: MakePost
) -> None:
    told = send()
    make_post(source=told["markdown"])
    olga.get("/desk/media?show=missing-alt")
    press(olga, "Save", alt="A bee & a <wasp>")
    assert pictures(olga)[0].select_one("[readonly]")["value"].startswith(r"![A bee \& a \<wasp\>]")
    assert "A bee" not in stranger.get("/posts/on-bees").text
    assert "Each picture is described." in olga.read("/desk/media?show=missing-alt")
    olga.get("/desk/media")
    press(olga, "Save", alt="x" * 1_001)
    assert olga.answer.status_code == 422
    assert "1000 characters" in olga.errors["alt-1"]


def test_what_is_used_stays_and_what_is_not_goes_and_comes_back(
    olga: Browser, send: Send, make_post: MakePost
) -> None:
    used = send(alt="Used")
    send(file_of(photograph()), alt="Unused")
    post = make_post(title="On bees", source=used["markdown"])
    olga.get("/desk/media?show=unused")
    assert [row.select_one("img")["alt"] for row in pictures(olga)] == ["Unused"]
    token = upload(olga)["csrf_token"]
    assert olga.post("/desk/media/1/trash", {"csrf_token": token}).status_code == 409
    assert "Take it out of these texts first: Used in On bees" in olga.text
    assert olga.page.select_one(f'.media a[href="/desk/posts/{post.id}"]')
    olga.get("/desk/media?show=unused")
    press(olga, "Trash")
    assert [row.select_one("img")["alt"] for row in pictures(olga)] == ["Used"]
    olga.submit(None, form=".notice form", button="Undo", follow=True)
    assert len(pictures(olga)) == 2


def pictures_not_used(olga: Browser) -> list[Tag]:
    olga.get("/desk/media?show=unused")
    return pictures(olga)


def test_what_the_site_shows_is_not_deleted_though_it_was_in_the_trash_before(
    olga: Browser, stranger: Browser, send: Send, app: Flask, clock: time_machine.Traveller
) -> None:
    address = send()["address"]
    olga.get("/desk/media")
    press(olga, "Trash")
    css = f"body {{ background: url({address}) }}"
    assert olga.submit("/desk/settings", {"custom_css": css}).status_code == 303
    clock.shift(timedelta(days=31))
    do_chores(app, (Media.purge,))
    assert stranger.get(address).status_code == 200
    assert "The trash is empty." in olga.read("/desk/media?show=trash")
    # In the author's card, readers see it when they see the card.
    card = {"custom_css": "", "author_card": f"![Me]({address})"}
    for shows, status in ((None, 404), ("y", 200)):
        olga.submit("/desk/settings", {**card, "shows_author_card": shows})
        assert stranger.get(address).status_code == status
        assert not pictures_not_used(olga)


def test_what_is_in_the_trash_is_deleted_after_a_month_unless_a_text_takes_it_out(
    olga: Browser, send: Send, make_post: MakePost, app: Flask, clock: time_machine.Traveller
) -> None:
    used, unused = send(alt="Used"), send(file_of(photograph()), alt="Unused")
    make_post(source=used["markdown"])
    olga.get("/desk/media")
    press(olga, "Trash")
    second = make_post(title="On wasps", source=unused["markdown"])
    assert "The trash is empty." in olga.read("/desk/media?show=trash")
    with app.app_context(), write_tx():
        db.session.delete(db.session.get_one(Post, second.id))
    olga.get("/desk/media?show=unused")
    press(olga, "Trash")
    clock.shift(timedelta(days=29))
    do_chores(app, (Media.purge,))
    olga.get("/desk/media?show=trash")
    assert len(pictures(olga)) == 1
    clock.shift(timedelta(days=2))
    do_chores(app, (Media.purge,))
    olga.get("/desk/media?show=trash")
    assert not pictures(olga)
    with app.app_context():
        names = Name.at(unused["address"]).all()
        assert not any(storage.place_of(name).exists() for name in names)
        assert storage.place_of(Name.at(used["address"])).exists()


def test_the_library_goes_on_page_by_page(
    olga: Browser, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uses, "A_PAGE", 2)
    for width in (10, 20, 30):
        send(file_of(flag(width)), alt=str(width))
    olga.get("/desk/media")
    assert [row.select_one("img")["alt"] for row in pictures(olga)] == ["30", "20"]
    olga.get(str(olga.page.select_one(".pager a")["href"]))
    assert [row.select_one("img")["alt"] for row in pictures(olga)] == ["10"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_disk_that_is_full_is_said_and_nothing_is_half_kept(
    olga: Browser, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    fields = upload(olga, (file_of(flag()), "a.png"))
    answer = post_files(olga, fields, headers=JSON)
    assert answer.status_code == 507
    assert "disk" in answer.json["error"]
    assert not list((app.config["INSTANCE"] / "media").iterdir())
