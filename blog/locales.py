"""Which language an answer speaks: the site's to everybody, English at the desk."""

from flask import Flask, current_app, has_request_context, request

from blog.catalogues import Catalogues
from blog.extensions import babel
from blog.gate import is_for_staff
from blog.languages import ENGLISH, locale_of
from blog.site.present import site


def init_app(app: Flask) -> None:
    """Let every answer of the application speak its language."""
    babel.init_app(app, locale_selector=_locale)
    babel.domain_instance = Catalogues()  # not the one that looks for compiled files


def _locale() -> str:
    """What Flask-Babel asks once in a request: whose page this is decides, not who looks at it.

    So the page of a post is in one language from its head to its foot, whoever reads it.
    """
    if not has_request_context() or _is_for_staff():
        return locale_of(ENGLISH)
    return locale_of(site().language)


def _is_for_staff() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return view is not None and is_for_staff(view)
