"""Parts of pages that are made once and kept: templates that show nothing but what they are handed.

A part is found by what it is handed, by the language that is spoken, and by the time zone that its times
are told in. So none ever has to be thrown away because something changed: other values are another part.
Each process keeps its own.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache

from babel import Locale
from flask_babel import get_locale
from jinja2 import Environment
from markupsafe import Markup

# The comments of some ten full pages, and what surrounds them: a few megabytes.
MOST_KEPT = 2_048
# A long comment is made each time: nobody fills the memory with novels.
LONGEST_KEPT = 8_000


class _TooLong(Exception):
    """A part that is not kept. Carries it."""

    def __init__(self, part: Markup) -> None:
        super().__init__(len(part))
        self.part = part


class Parts:
    """The parts that an application has made. Its threads share them."""

    def __init__(self, environment: Environment, time_zone: Callable[[], str]) -> None:
        self._environment = environment
        self._time_zone = time_zone
        self._kept = lru_cache(maxsize=MOST_KEPT)(self._make)

    def of(self, template: str) -> Callable[..., Markup]:
        """What a template makes, in the language that is spoken here, of values that are handed by name.

        It sees these values alone: neither who asks, nor what for.
        """
        locale, time_zone = get_locale(), self._time_zone()
        # Whoever works on the templates wants to see what they do.
        make = self._make if self._environment.auto_reload else self._kept

        def part(**values: Hashable) -> Markup:
            try:
                return make(template, locale, time_zone, **values)
            except _TooLong as long:
                return long.part

        return part

    def _make(self, template: str, _locale: Locale, _time_zone: str, **values: Hashable) -> Markup:
        made = self._environment.get_template(template).render(values)
        part = Markup(made)  # noqa: S704  # a template escaped what is in it
        if len(part) > LONGEST_KEPT:
            raise _TooLong(part)  # what raises is not kept
        return part
