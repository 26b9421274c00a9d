"""The site's sign: the first letter of its title on its colour, wherever browsers and telephones look."""

from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from PIL import Image

from blog import fonts
from blog.colours import as_hex, ground
from blog.site import emblem
from tests.browser import Browser
from tests.typefaces import make_font

pytestmark = pytest.mark.one_database

WHITE = (255, 255, 255, 255)


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with one font, which has a few letters."""
    make_font(tmp_path / "Few.ttf", "YBÉ")
    monkeypatch.setattr(fonts, "FOLDERS", (str(tmp_path),))
    emblem.png.cache_clear()
    emblem.ico.cache_clear()
    return tmp_path


def icons(person: Browser) -> dict[str, str]:
    """Where the first page says that the icons are."""
    person.get("/")
    found = person.page.select("link[rel=icon], link[rel=apple-touch-icon], link[rel=manifest]")
    return {str(tag["rel"][0]): str(tag["href"]) for tag in found}


def colours(png: bytes) -> set[object]:
    """The colours of a picture."""
    return {colour for _count, colour in Image.open(BytesIO(png)).convert("RGBA").getcolors(2**18)}


def test_a_page_names_icons_that_are_kept_for_ever_and_change_with_the_site(
    olga: Browser, rita: Browser
) -> None:
    before = icons(rita)
    for kind in ("icon", "apple-touch-icon"):
        answer = rita.get(before[kind])
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert rita.get("/icon.svg?v=other").headers["Cache-Control"] == "public, no-cache"
    olga.submit("/desk/settings", {"accent": "#8a2be2"})
    after = icons(rita)
    assert after["icon"] != before["icon"]
    assert as_hex(ground("#8a2be2")) in rita.get(after["icon"]).text + rita.answer.get_data(True)


def test_the_sign_has_every_size_that_is_asked_for(rita: Browser) -> None:
    for name, size in {"180": 180, "192": 192, "512": 512, "maskable": 512}.items():
        answer = rita.get(f"/icon-{name}.png")
        assert answer.mimetype == "image/png"
        image = Image.open(BytesIO(answer.data)).convert("RGBA")
        assert image.size == (size, size)
        is_whole = image.getpixel((0, 0))[3] == 255
        assert is_whole is (name in {"180", "maskable"})
        assert WHITE in colours(answer.data)
    for nothing in ("0", "99999", "maskable.png", "x"):
        assert rita.get(f"/icon-{nothing}.png").status_code == 404
    ico = Image.open(BytesIO(rita.get("/favicon.ico").data))
    assert ico.format == "ICO"
    assert {(16, 16), (32, 32)} <= ico.info["sizes"]


def test_the_manifest_names_icons_that_are_there(olga: Browser, rita: Browser) -> None:
    olga.submit("/desk/settings", {"title": "<Bees> & more", "language": "ar"})
    answer = rita.get(icons(rita)["manifest"])
    assert answer.mimetype == "application/manifest+json"
    said = answer.get_json(force=True)
    assert (said["name"], said["lang"], said["dir"]) == ("<Bees> & more", "ar", "rtl")
    assert said["start_url"] == said["scope"] == "/"
    assert {icon.get("purpose", "any") for icon in said["icons"]} == {"any", "maskable"}
    for icon in said["icons"]:
        assert rita.get(icon["src"]).mimetype == icon["type"]


@pytest.mark.parametrize(
    ("title", "in_svg", "in_png"),
    [
        ("Your Website", "Y", True),
        ("«bees»", "B", True),
        ("e\u0301te\u0301", "É", True),
        ("蜂 Bees", "蜂", True),
        ("😀 <!>", "", False),
        ("ß", "ß", False),
        ("Ωmega", "Ω", False),
    ],
)
def test_the_letter_is_the_first_that_can_be_shown(title: str, in_svg: str, in_png: bool) -> None:
    sign = emblem.Emblem(title, "#006b6b")
    text = ElementTree.fromstring(sign.svg())[1].text or ""
    assert text == in_svg
    assert (WHITE in colours(emblem.png(sign, 64))) is in_png
    if not in_png:  # no box, either: the ground, and its soft corners
        assert {colour[:3] for colour in colours(emblem.png(sign, 64))} == {ground("#006b6b")}


def test_a_site_without_fonts_has_icons(
    app: Flask, rita: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "FOLDERS", ())
    for path in ("/favicon.ico", "/icon-192.png"):
        assert rita.get(path).status_code == 200
