"""What every template may use: the site's settings, addresses of static files, words for numbers."""

import re
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, render_template, url_for
from flask_login import current_user
from jinja2.ext import Extension
from markupsafe import Markup

from blog import languages, text
from blog.addresses import absolute_url
from blog.clock import now
from blog.comments import threads, wording
from blog.comments.addresses import (
    branch_path,
    decision_path,
    desk_path,
    permalink,
    person_path,
    queue_path,
)
from blog.comments.forms import ReplyForm
from blog.comments.rules import explain, marks
from blog.comments.rules import wording as findings
from blog.parts import Parts
from blog.posts import metadata, social
from blog.posts.addresses import comments_feed_url, post_url
from blog.site import scripts
from blog.site.emblem import emblem_of
from blog.site.navigation import shown
from blog.site.present import author_card, author_name, here, navigation_of, site
from blog.site.stylesheet import Stylesheets

# Before what begins a line of its own on the page no space is seen. Before all else it parts words.
OWN_LINE = (
    "article|body|details|dd|div|dl|dt|fieldset|footer|form|h[1-6]|head|header|html|legend|li|link|main|meta|"
    "nav|ol|option|p|pre|script|section|summary|table|tbody|td|template|th|thead|title|tr|ul"
)
INDENTATION = re.compile(rf"^ +(?=(\{{%|\{{#|</?(?:{OWN_LINE})\b)?)", re.MULTILINE)


class Unindented(Extension):
    """Pages without the indentation of their templates, which is for those who write them."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The lines of a page's template from their first letter on; one space where words meet."""
        if not (name or "").endswith(".html"):
            return source
        return INDENTATION.sub(lambda found: "" if found[1] else " ", source)


def init_app(app: Flask) -> None:
    """Give the templates what they use."""
    folder = Path(app.static_folder or "")
    app.extensions["stylesheets"] = Stylesheets(folder / "css")
    app.extensions["scripts"] = scripts.join_all(folder / "js")
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension(Unindented)
    app.context_processor(_variables)
    app.jinja_env.globals.update(
        current_user=current_user,  # Flask-Login gives it to templates, but not to their macros
        absolute_url=absolute_url,
        author_name=author_name,
        author_card=author_card,
        emblem_of=emblem_of,
        blank_fields=_blank_fields,
        branch_path=branch_path,
        comments_feed_url=comments_feed_url,
        hang=threads.hang,
        decision_path=decision_path,
        desk_path=desk_path,
        person_path=person_path,
        queue_path=queue_path,
        linked_data=metadata.linked_data,
        permalink=permalink,
        picture_path=metadata.picture_path,
        picture_size=(social.WIDTH, social.HEIGHT),
        parts=Parts(app.jinja_env, lambda: site().time_zone).of,
        post_url=post_url,
        scripts_url=_scripts_url,
        stylesheet_url=_stylesheet_url,
        ignored_proxies=_ignored_proxies,
        spoken=languages.spoken,
        direction=languages.direction,
        why=findings.why,
        fired=explain.marked,
        remedy=findings.remedy,
        verdict_name=findings.verdict_name,
        status_name=wording.status_name,
        tab_name=wording.tab_name,
        who=wording.who,
        deed=wording.deed,
        announcement=wording.announcement,
    )
    app.jinja_env.filters.update(
        date=lambda moment: languages.date(here(moment)),
        iso=_iso,
        shortened=marks.shortened,
        date_and_time=lambda moment: languages.date_and_time(here(moment)),
        year=languages.year,
        month=languages.month,
        day_of_month=lambda moment: languages.day_of_month(here(moment).date()),
        excerpt=text.excerpt,
        trusted=_trusted,
    )


def _variables() -> dict[str, Any]:
    # Asked by templates that show them: a mail, for one, has no header.
    return {"site": site(), "navigation": lambda: navigation_of(shown(now()))}


def _blank_fields() -> Markup:
    """The fields of the form for readers, as it stands below every post: made once for a language."""
    return _blank_fields_in(languages.spoken())


@lru_cache(maxsize=len(languages.LANGUAGES))
def _blank_fields_in(_language: str) -> Markup:
    made = render_template("comments/_fields.html", form=ReplyForm(formdata=None))
    return Markup(made)  # noqa: S704  # a template escaped what is in it


def _stylesheet_url(whom: str, accent: str, own: str = "") -> str:
    mark = current_app.extensions["stylesheets"].of(whom, accent, own).mark
    return url_for("site.stylesheet", whom=whom, mark=mark)


def _scripts_url(name: str = "scripts") -> str:
    return url_for("site.scripts", script=name, mark=current_app.extensions["scripts"][name].mark)


def _ignored_proxies() -> dict[str, str]:
    """Who sends forwarded headers and is not trusted, each with the line that would trust it."""
    proxies = current_app.extensions["proxies"]
    return {peer: proxies.line_to_trust(peer) for peer in sorted(proxies.ignored)}


def _iso(moment: datetime) -> str:
    """An instant as machines read it, to the second (RFC 3339)."""
    return moment.isoformat(timespec="seconds")


def _trusted(html: str) -> Markup:
    """HTML that text.py made, as it is. The one place where escaping is switched off."""
    return Markup(html)  # noqa: S704  # text.py cleaned it
