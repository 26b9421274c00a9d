"""Which language an answer speaks: the site's to everybody, English at the desk."""

from functools import lru_cache
from typing import Any

from flask import Flask, current_app, has_request_context, request
from flask_babel import get_locale
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from blog.catalogues import Catalogues, translations
from blog.extensions import babel
from blog.gate import is_for_staff
from blog.languages import ENGLISH, locale_of
from blog.site.present import site


def init_app(app: Flask) -> None:
    """Let every answer of the application speak its language."""
    babel.init_app(app, locale_selector=_locale)
    babel.domain_instance = Catalogues()  # not the one that looks for compiled files
    app.jinja_env.globals.update(_=_in_template, gettext=_in_template)


@pass_eval_context
def _in_template(context: EvalContext, message: str, **values: Any) -> str:
    """What a template says, in the language that is spoken. A page says the same words many times."""
    locale = get_locale()
    said = said_in(locale.language if locale else ENGLISH, message, bool(context.autoescape))
    return said % values if values else said % ()


# More than the templates say in a language or two.
@lru_cache(maxsize=4_096)
def said_in(language: str, message: str, is_html: bool) -> str:
    """What our own words are in a language: kept."""
    said: str = translations(language).ugettext(message)
    return Markup(said) if is_html else said  # noqa: S704  # our own words, and our translators'


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
