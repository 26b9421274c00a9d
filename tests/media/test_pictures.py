"""What becomes of a picture: WebP in several widths, the right way up, with nothing in it but pixels."""

import threading
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image, ImageCms, features

from blog.media import pictures
from blog.media.names import LADDER, WIDEST, Name
from blog.media.pictures import MOST_BYTES, Refused, make
from tests.media.drawing import SECRET, claims, exif, file_of, flag, opened, photograph


def whole(made: pictures.Made) -> Image.Image:
    return opened(made.files[made.name])


def is_red(pixel: tuple[int, ...]) -> bool:
    """Whether it is red, as far as lossy compression lets it be."""
    return pixel[0] > 150 and max(pixel[1:3]) < 90


def test_each_kind_becomes_webp_of_its_own_size() -> None:
    assert features.check("avif")
    assert features.check("webp")
    for kind in ("JPEG", "PNG", "WEBP", "AVIF", "GIF"):
        made = make(file_of(flag(), kind))
        image = whole(made)
        assert (image.format, image.size, image.mode) == ("WEBP", (60, 40), "RGB"), kind
        assert list(made.files) == [made.name]
        red, blue = image.getpixel((8, 20)), image.getpixel((50, 20))
        assert is_red(red), (kind, red)
        assert is_red(blue[::-1]), (kind, blue)


def test_every_mode_of_pixels_is_read() -> None:
    grey = Image.new("L", (4, 4), 200)
    clear = Image.new("RGBA", (4, 4), (200, 0, 0, 0))
    cases = {
        "1": (Image.new("1", (4, 4), 1), "PNG", (255, 255, 255)),
        "L": (grey, "PNG", (200, 200, 200)),
        "I;16": (Image.new("I;16", (4, 4), 51_400), "PNG", (200, 200, 200)),
        "CMYK": (Image.new("CMYK", (4, 4), (0, 255, 255, 0)), "JPEG", (254, 0, 0)),
        "P": (Image.new("RGB", (4, 4), (200, 0, 0)).quantize(4), "GIF", (200, 0, 0)),
        "LA": (clear.convert("LA"), "PNG", None),
        "RGBA": (clear, "PNG", None),
        "PA": (clear.quantize(4), "PNG", None),
    }
    for mode, (image, kind, expected) in cases.items():
        seen = whole(make(file_of(image, kind))).convert("RGBA").getpixel((1, 1))
        assert seen[3] == (0 if expected is None else 255), mode
        if expected:
            assert max(abs(a - b) for a, b in zip(seen, expected, strict=False)) < 6, (mode, seen)


def test_a_wide_picture_is_capped_and_comes_with_its_ladder() -> None:
    made = make(file_of(photograph(3000, 1500), "JPEG"))
    assert (made.name.width, made.name.height) == (WIDEST, WIDEST // 2)
    assert [name.rung for name in made.files] == [*LADDER, 0]
    for name, data in made.files.items():
        assert opened(data).size == name.size
    assert made.size == sum(len(data) for data in made.files.values())
    tall = make(file_of(Image.new("RGB", (100, 20_000)))).name
    assert tall.height == 16_383


def test_what_a_camera_notes_is_gone_and_the_picture_is_the_right_way_up() -> None:
    for orientation, (x, y) in {
        1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1),
    }.items():  # fmt: skip
        image = Image.new("RGB", (60, 40), (0, 0, 200))
        image.paste((200, 0, 0), (0, 0, 30, 20))  # red in the corner that is stored first
        for kind in ("JPEG", "PNG", "WEBP", "AVIF"):
            made = make(file_of(image, kind, exif=exif(orientation)))
            seen = whole(made)
            assert seen.size == ((40, 60) if orientation >= 5 else (60, 40)), (kind, orientation)
            corner = seen.getpixel((5 + x * (seen.width - 11), 5 + y * (seen.height - 11)))
            assert is_red(corner), (kind, orientation, corner)
            for data in made.files.values():
                assert SECRET.encode() not in data
                assert not opened(data).getexif()
                assert not {b"EXIF", b"XMP ", b"ICCP"} & {data[n : n + 4] for n in range(len(data))}


def test_comments_and_what_hides_behind_a_picture_are_gone() -> None:
    words = b"<script>alert(1)</script>"
    jpeg = file_of(flag(), "JPEG", comment=words).getvalue() + words
    gif = file_of(flag(), "GIF", comment=words).getvalue() + words
    for sent in (jpeg, gif):
        assert words in sent
        assert all(words not in data for data in make(BytesIO(sent)).files.values())


def test_colours_are_brought_to_srgb() -> None:
    plain = whole(make(file_of(flag(), "PNG"))).getpixel((8, 20))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    assert whole(make(file_of(flag(), "PNG", icc_profile=profile.tobytes()))).size == (60, 40)
    assert whole(make(file_of(flag(), "PNG", icc_profile=b"nonsense"))).getpixel((8, 20)) == plain
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert whole(make(file_of(flag(), "PNG", icc_profile=srgb))).getpixel((8, 20)) == plain
    # Its red and its green primary are exchanged (ICC.1:2022, 9.2: rXYZ, gXYZ).
    odd = (
        srgb.replace(b"rXYZ", b"?XYZ", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"?XYZ", b"gXYZ", 1)
    )
    green = whole(make(file_of(flag(), "PNG", icc_profile=odd))).getpixel((8, 20))
    assert is_red((green[1], green[0], green[2]))


def test_a_drawing_is_kept_as_it_is_and_a_photograph_small() -> None:
    drawing = flag(300, 200)
    assert whole(make(file_of(drawing))).tobytes() == drawing.tobytes()
    photo = photograph(300, 200)
    made = make(file_of(photo))
    assert made.size < len(file_of(photo).getvalue()) / 2


def test_the_first_picture_of_what_moves_is_kept_and_it_is_said() -> None:
    second = Image.new("RGB", (60, 40), (0, 200, 0))
    for kind in ("GIF", "WEBP", "PNG", "AVIF"):
        moving = file_of(flag(), kind, save_all=True, append_images=[second])
        made = make(moving)
        assert made.was_moving, kind
        assert getattr(whole(made), "n_frames", 1) == 1
        assert whole(made).getpixel((50, 20))[2] > 180
    # The second eye of a camera is no movement.
    eyes = make(file_of(flag(), "MPO", save_all=True, append_images=[second]))
    assert not eyes.was_moving


def test_the_same_picture_has_the_same_name_and_another_another() -> None:
    first = make(file_of(flag(), "PNG"))
    assert make(file_of(flag(), "PNG", compress_level=0)) == first
    assert make(file_of(flag(62), "PNG")).name.mark != first.name.mark


def refused() -> Iterator[tuple[str, bytes, str]]:
    jpeg = file_of(photograph(), "JPEG").getvalue()
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    yield "svg", svg, "SVG"
    yield "svg with a prologue", b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x -->" + svg, "SVG"
    yield "html", b"<!DOCTYPE html><html><body>Hi</body></html>", "web page"
    yield "heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"
    yield "empty", b"", "empty"
    yield "text", b"Bees are busy.", "no picture"
    yield "pdf", b"%PDF-1.7", "no picture"
    yield "bmp", file_of(flag(), "BMP").getvalue(), "no picture"
    yield "tiff", file_of(flag(), "TIFF").getvalue(), "no picture"
    yield "bomb", claims(50_000, 50_000).getvalue(), "40 megapixels"
    yield "large", claims(10_000, 4_001).getvalue(), "40 megapixels"
    yield "nearly empty", claims(10_000, 4_000).getvalue(), "damaged"
    yield "too long", jpeg + b"\0" * MOST_BYTES, "20 MB"
    yield "only its beginning", jpeg[:300], "no picture"
    for kind in ("JPEG", "PNG", "WEBP", "AVIF", "GIF"):
        data = file_of(photograph(), kind).getvalue()
        yield f"half a {kind}", data[: len(data) // 2], ""
    yield "no size", claims(0, 0).getvalue(), ""


def test_what_is_no_picture_or_too_much_is_refused_with_words() -> None:
    for name, data, words in refused():
        with pytest.raises(Refused) as caught:
            make(BytesIO(data))
        assert words in str(caught.value.words), (name, str(caught.value.words))


def test_one_is_read_at_a_time_and_few_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()
    at_once: list[int] = []

    def slow(file: object) -> object:
        at_once.append(1)
        begun.set()
        assert len(at_once) == 1
        go_on.wait(10)
        at_once.pop()
        raise Refused(pictures.DAMAGED)

    monkeypatch.setattr(pictures, "_decoded", slow)

    def send() -> None:
        with pytest.raises(Refused, match="damaged"):
            make(file_of(flag()))

    senders = [threading.Thread(target=send) for _ in range(pictures.MOST_AT_ONCE)]
    for sender in senders:
        sender.start()
    assert begun.wait(10)
    while pictures._room._value:
        threading.Event().wait(0.01)
    with pytest.raises(Refused, match="Other pictures"):
        make(file_of(flag()))
    go_on.set()
    for sender in senders:
        sender.join()
    assert pictures._room._value == pictures.MOST_AT_ONCE


def test_a_name_says_it_all_and_only_what_is_made_has_one() -> None:
    mark = "0123456789abcdef" * 2
    name = Name.read(f"{mark}-1000x750-480.webp")
    assert name == Name(mark, 1000, 750, 480)
    assert name.size == (480, 360)
    assert str(name) == f"{mark}-1000x750-480.webp"
    assert name._replace(rung=0).srcset == (
        f"/media/{mark}-1000x750-480.webp 480w, /media/{mark}-1000x750-800.webp 800w, "
        f"/media/{mark}-1000x750.webp 1000w"
    )
    for wrong in ("1000x750-481", "1000x750-1200", "0x750", "01000x750", "1000x", "480x9-480"):
        assert Name.read(f"{mark}-{wrong}.webp") is None, wrong
    for wrong in (mark.upper(), mark[:-1], f"{mark}0", "../" + mark):
        assert Name.read(f"{wrong}-1000x750.webp") is None, wrong
