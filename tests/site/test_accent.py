"""Whatever accent olga chooses, everything can be read: the contrast of every pair of colours.

The formulas of tokens.css are evaluated as browsers do (CSS Color 4: oklch, light-dark, relative
colours; what a screen cannot show is clipped, channel by channel), and compared as WCAG 2.2 does.
"""

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.comments.avatars import HUES
from blog.config import ROOT

Rgb = tuple[float, float, float]

CSS = ROOT / "static" / "css"
LIGHT, DARK = 0, 1

# What stands on what. Anything may lie on paper, on a sheet, or on one of the washes.
GROUNDS = ("paper", "sheet", "wash", "wait-wash", "wrong-wash")
TEXTS = [(text, ground) for text in ("ink", "soft", "strong", "wrong") for ground in GROUNDS]
TEXTS += [("paper", filled) for filled in ("strong", "wrong")]
EDGES = [(edge, ground) for edge in ("edge", "strong", "wait", "wrong") for ground in GROUNDS]
# Code stands on a sheet, and in an answer of the author's on paper.
CODE_GROUNDS = ("sheet", "paper")

TEXT_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
EDGE_CONTRAST = 3.0  # WCAG 2.2, 1.4.11

ACCENTS = """
    #000000 #ffffff #808080 #ffff00 #000080 #ff69b4 #ff0000 #00ff00 #0000ff #00ffff #ff00ff #ffa500
    #006b6b #8a2be2 #f5f5dc #010101 #fefefe #7fff00 #ff1493 #2e0854
""".split()


def declared(css: str) -> dict[str, str]:
    """The custom properties of a stylesheet."""
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", css))


def halves(value: str) -> tuple[str, str]:
    """The two colours of light-dark()."""
    inside = re.fullmatch(r"light-dark\((.*)\)", value)
    assert inside, value
    found = re.fullmatch(r"(oklch\((?:[^()]|\([^()]*\))*\)), (oklch\(.*\))", inside[1])
    assert found, value
    return found[1], found[2]


def colour(token: str, accent: str, scheme: int) -> Rgb:
    """What a token of tokens.css is, as linear light."""
    return evaluated(halves(TOKENS[token])[scheme], accent)


def evaluated(formula: str, accent: str) -> Rgb:
    """What a formula is, as linear light."""
    own = re.fullmatch(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)", formula)
    if own:
        return clipped(float(own[1]) / 100, float(own[2]), math.radians(float(own[3])))
    _light, chroma, accent_hue = oklch_of(hex_of(accent))
    derived = re.fullmatch(r"oklch\(from var\(--accent\) ([\d.]+)% min\(c, ([\d.]+)\) h\)", formula)
    assert derived, formula
    return clipped(float(derived[1]) / 100, min(chroma, float(derived[2])), accent_hue)


def hex_of(accent: str) -> Rgb:
    """A colour like #006b6b as linear light (IEC 61966-2-1)."""
    red, green, blue = (int(accent[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return linear(red), linear(green), linear(blue)


def linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def oklch_of(rgb: Rgb) -> tuple[float, float, float]:
    """Lightness, chroma and hue: Björn Ottosson's matrices, which CSS Color 4 uses."""
    red, green, blue = rgb
    l_ = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    m_ = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    s_ = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    light = 0.2104542553 * l_ + 0.7936177850 * m_ - 0.0040720468 * s_
    a = 1.9779984951 * l_ - 2.4285922050 * m_ + 0.4505937099 * s_
    b = 0.0259040371 * l_ + 0.7827717662 * m_ - 0.8086757660 * s_
    return light, math.hypot(a, b), math.atan2(b, a)


def clipped(light: float, chroma: float, hue: float) -> Rgb:
    """The way back, with what a screen cannot show clipped."""
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    l_ = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    m_ = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s_ = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * l_ - 3.3077115913 * m_ + 0.2309699292 * s_
    green = -1.2684380046 * l_ + 2.6097574011 * m_ - 0.3413193965 * s_
    blue = -0.0041960863 * l_ - 0.7034186147 * m_ + 1.7076147010 * s_
    return tuple(min(1.0, max(0.0, channel)) for channel in (red, green, blue))


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG 2.2: the contrast ratio of two colours."""
    lights = [0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05 for r, g, b in (one, other)]
    return max(lights) / min(lights)


# What the @media rules below them change is made of the same: who asks for contrast gets ink.
TOKENS = declared((CSS / "tokens.css").read_text().partition("@media")[0])


def worst(accent: str, scheme: int) -> list[tuple[str, str, float]]:
    """The pairs of this accent that cannot be told apart."""
    found = []
    for pairs, least in ((TEXTS, TEXT_CONTRAST), (EDGES, EDGE_CONTRAST)):
        for one, other in pairs:
            ratio = contrast(colour(one, accent, scheme), colour(other, accent, scheme))
            if ratio < least:
                found.append((one, other, round(ratio, 2)))
    return found


@pytest.mark.parametrize("accent", ACCENTS)
def test_everything_can_be_read_in_any_accent(accent: str) -> None:
    assert worst(accent, LIGHT) == []
    assert worst(accent, DARK) == []


@given(number=st.integers(0, 0xFFFFFF))
@settings(max_examples=60, deadline=None)
def test_and_in_any_other_one(number: int) -> None:
    accent = f"#{number:06x}"
    assert worst(accent, LIGHT) + worst(accent, DARK) == []


def test_code_can_be_read_in_all_its_colours() -> None:
    pairs = re.findall(r"light-dark\((#\w{6}), (#\w{6})\)", (CSS / "code.css").read_text())
    assert len(pairs) > 8
    for scheme, shades in zip((LIGHT, DARK), zip(*pairs, strict=True), strict=True):
        for shade in shades:
            for ground in CODE_GROUNDS:
                on = colour(ground, "#000000", scheme)
                assert contrast(hex_of(shade), on) >= TEXT_CONTRAST, (shade, ground)


def test_a_flower_stands_out_from_its_ground_in_every_hue() -> None:
    css = (CSS / "comments.css").read_text()
    [rule] = re.findall(r"\.avatar \{([^}]*light-dark[^}]*)\}", css)
    grounds, flowers = re.findall(r"(?:background|color): (light-dark\(.*\));", rule)
    hues = re.findall(r"--hue: (\d+)", css)
    assert len(hues) == HUES
    for hue in hues:
        for one, other in zip(halves(grounds), halves(flowers), strict=True):
            pair = [
                evaluated(formula.replace("var(--hue)", hue), "#000000") for formula in (one, other)
            ]
            assert contrast(*pair) >= EDGE_CONTRAST, hue


def test_the_contrast_is_that_of_wcag() -> None:
    black, white = hex_of("#000000"), hex_of("#ffffff")
    assert contrast(black, white) == 21
    assert round(contrast(hex_of("#767676"), white), 2) == 4.54
    # The way there and back.
    for accent in ACCENTS:
        back = clipped(*oklch_of(hex_of(accent)))
        assert max(abs(a - b) for a, b in zip(back, hex_of(accent), strict=True)) < 0.001
