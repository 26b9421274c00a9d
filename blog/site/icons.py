"""The site's sign at the addresses where browsers and telephones look for it."""

from flask import Blueprint, Response, jsonify, url_for

from blog import colours
from blog.addresses import parameter_of_address
from blog.gate import public
from blog.headers import kept_for_ever, readable_elsewhere, shared
from blog.languages import direction
from blog.site import emblem
from blog.site.emblem import emblem_of
from blog.site.models import Site
from blog.site.present import site

bp = Blueprint("icons", __name__)

# Telephones round the corners themselves, and show black where nothing is.
TOUCH = 180
# What installing asks for (https://w3c.github.io/manifest/, and Chromium's rules).
SMALL, LARGE = 192, 512
MASKABLE = "maskable"

MANIFEST = "application/manifest+json"


@bp.get("/icon.svg")
@public
def svg() -> Response:
    """The sign, sharp at any size."""
    return _kept(Response(emblem_of(site()).svg(), mimetype="image/svg+xml"))


@bp.get("/favicon.ico")
@public
def ico() -> Response:
    """The sign for who does not know SVG, or asks before reading."""
    return _kept(Response(emblem.ico(emblem_of(site())), mimetype="image/vnd.microsoft.icon"))


@bp.get('/icon-<any("180", "192", "512", maskable):name>.png')
@public
def png(name: str) -> Response:
    """The sign in the sizes that telephones ask for."""
    is_masked = name == MASKABLE
    size = LARGE if is_masked else int(name)
    is_square = is_masked or size == TOUCH
    drawn = emblem.png(emblem_of(site()), size, is_square=is_square, is_masked=is_masked)
    return _kept(Response(drawn, mimetype="image/png"))


@bp.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """The site as a thing to put on a home screen (https://w3c.github.io/manifest/)."""
    ours = site()
    home = url_for("posts.home")
    colour = colours.as_hex(colours.ground(ours.accent))
    response = jsonify(
        id=home,
        name=ours.title,
        lang=ours.language,
        dir=direction(ours.language),
        start_url=home,
        scope=home,
        display="minimal-ui",  # links lead away from a blog, and there must be a way back
        theme_color=colour,
        background_color=colour,
        icons=_icons(ours),
    )
    response.mimetype = MANIFEST
    return shared(response)


def _icons(ours: Site) -> list[dict[str, str]]:
    mark = emblem_of(ours).mark
    sizes = [(str(size), "any", size) for size in (SMALL, LARGE)]
    return [
        {"src": url_for(".svg", v=mark), "type": "image/svg+xml", "sizes": "any"},
        *(
            {
                "src": url_for(".png", name=name, v=mark),
                "type": "image/png",
                "sizes": f"{size}x{size}",
                "purpose": purpose,
            }
            for name, purpose, size in [*sizes, (MASKABLE, MASKABLE, LARGE)]
        ),
    ]


def _kept(response: Response) -> Response:
    """Kept for ever under the mark of its content, and asked for anew under another."""
    if parameter_of_address("v") == emblem_of(site()).mark:
        return readable_elsewhere(kept_for_ever(response))
    return readable_elsewhere(shared(response, is_kept=False))
