"""Where the milliseconds of a rendered page go.

    python -m bench.profiling '{"instance": ..., "path": ..., "times": 40}'

The page is made in this process, without a server. Prints CPU milliseconds of one page by what they are
spent in. The profiler slows small calls more than large ones, so its parts are taken as shares of what the
page takes without it.
"""

import cProfile
import json
import pstats
import re
import sys
import time
from collections import Counter
from collections.abc import Callable

from werkzeug.test import Client

from blog import create_app

# By the file of a function, or for those of C by their name; the first that fits.
PARTS = {
    "the database itself": re.compile(r"of 'sqlite3\."),
    "gzip": re.compile(r"zlib"),
    "SQLAlchemy": re.compile(r"/sqlalchemy/|/flask_sqlalchemy/|sqlalchemy\."),
    "templates": re.compile(
        r"/jinja2/|/markupsafe/|/templates/|markupsafe|of 'str' objects|<template>"
    ),
    "words, dates and numbers": re.compile(
        r"/babel/|/flask_babel/|gettext|/blog/languages|/blog/locales"
    ),
    "Flask and its extensions": re.compile(r"/flask|/werkzeug/|/wtforms/|/itsdangerous/|/limits/"),
    "the blog's own code": re.compile(r"/blog/"),
}
REST = "what Python brings, and the rest"


def main(told: str) -> None:
    """Render a page as told, and print where its time went."""
    words = json.loads(told)
    app = create_app({"BLOG_INSTANCE": words["instance"], "BLOG_PAGE_CACHE_MB": "0"})
    client = Client(app)

    def render() -> None:
        answer = client.get(words["path"], headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200, answer.status

    render()  # templates are compiled once
    whole = _cpu_ms(render, words["times"])
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(words["times"]):
        render()
    profile.disable()
    print(json.dumps(_parts(profile, whole)))


def _cpu_ms(do: Callable[[], None], times: int) -> float:
    begun = time.process_time()
    for _ in range(times):
        do()
    return 1000 * (time.process_time() - begun) / times


def _parts(profile: cProfile.Profile, whole: float) -> dict[str, float]:
    """CPU milliseconds of each part, largest first."""
    spent: Counter[str] = Counter()
    for (file, _line, name), found in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]  # not in the stubs
        spent[_part(name if file == "~" else file)] += found[2]
    total = sum(spent.values())
    return {part: whole * seconds / total for part, seconds in spent.most_common()}


def _part(place: str) -> str:
    return next((part for part, pattern in PARTS.items() if pattern.search(place)), REST)


if __name__ == "__main__":
    main(*sys.argv[1:])
