"""The solid colours of pictures, made of the site's accent. A leaf.

static/css/tokens.css derives what is coloured on a page in the same way: a role fixes its own lightness
and caps the strength of the hue, so that any accent will do.

The numbers are Björn Ottosson's (https://bottosson.github.io/posts/oklab/), the ones of CSS Color 4.
"""

import re

Colour = tuple[int, int, int]

# How an accent is written: as browsers send it from a field for colours.
ACCENT = re.compile(r"#[0-9a-fA-F]{6}\Z")

WHITE: Colour = (255, 255, 255)

# White on it has 6.5:1 at least, whatever the hue; 4.5:1 is asked (WCAG 2.2, 1.4.3).
GROUND = 0.45
# A step darker, for a part of the picture that is set apart.
SHADE = 0.37
STRONGEST = 0.1

# From which values on sRGB is no straight line any more (IEC 61966-2-1).
LINEAR_BELOW = 0.04045
LINEAR_BELOW_INSIDE = 0.0031308


def is_accent(value: object) -> bool:
    """Whether this is a colour as #rrggbb, and nothing else."""
    return isinstance(value, str) and ACCENT.match(value) is not None


def ground(accent: str, lightness: float = GROUND) -> Colour:
    """A colour of the accent's hue to write on in white. Takes #rrggbb."""
    red, green, blue = (_to_light(int(accent[place : place + 2], 16) / 255) for place in (1, 3, 5))
    _, a, b = _to_oklab(red, green, blue)
    strength = (a * a + b * b) ** 0.5
    kept = min(1.0, STRONGEST / strength) if strength else 1.0
    red, green, blue = _from_oklab(lightness, a * kept, b * kept)
    return _to_byte(red), _to_byte(green), _to_byte(blue)


def as_hex(colour: Colour) -> str:
    """The colour as #rrggbb."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _to_byte(light: float) -> int:
    return round(255 * _from_light(min(max(light, 0.0), 1.0)))


def _to_light(value: float) -> float:
    if value <= LINEAR_BELOW:
        return value / 12.92
    return float(((value + 0.055) / 1.055) ** 2.4)


def _from_light(light: float) -> float:
    if light <= LINEAR_BELOW_INSIDE:
        return light * 12.92
    return float(1.055 * light ** (1 / 2.4) - 0.055)


def _to_oklab(red: float, green: float, blue: float) -> tuple[float, float, float]:
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _from_oklab(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
