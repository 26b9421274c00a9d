"""Who writes in a made-up blog, and what they say: everything is made once, and used many times."""

import json
from collections.abc import Callable
from functools import cached_property
from random import Random
from typing import NamedTuple

from slugify import slugify

from blog import text
from blog.comments.acts import names_of
from blog.comments.rules.kinds import Terms
from blog.comments.rules.models import FIRST
from blog.comments.scores import doubt_of
from blog.comments.screening import Reply, screen
from blog.seeding import prose, words

# So many texts are rendered; what nobody reads side by side may be the same.
MOST_TEXTS = 2_000
# A reader writes as often, on average.
REPLIES_A_READER = 20
# One in so many has a website, and one in so many of those who answer is the author.
HAS_A_WEBSITE = 5
IS_THE_AUTHOR = 10
# One in so many replies that wait has something to sell.
SELLS = 3

NO_FINDINGS = "[]"


class Person(NamedTuple):
    """Whose name stands above a comment."""

    user_id: int | None
    name: str
    email: str = ""
    website: str = ""


class Said(NamedTuple):
    """Somebody's words, and what the rules find about them: JSON."""

    person: Person
    source: str
    html: str
    findings: str = NO_FINDINGS
    doubt: int = 0
    found: str = ""


class People:
    """Everybody who says something in a blog of so many comments, of which some wait."""

    def __init__(self, seed: int, author: Person, approved: int, pending: int) -> None:
        self.seed = seed
        self.author = author
        readers = max(1, approved // REPLIES_A_READER)
        self.readers = [reader(number) for number in range(readers)]
        self.texts = _rendered(lambda n: prose.reply(seed, n), min(approved, MOST_TEXTS))
        self.number_held = min(pending, MOST_TEXTS)

    def say(self, chance: Random, is_answer: bool) -> Said:
        """What is read by everybody: by a reader whose address is proven, or the author's answer."""
        # Four times as quick as chance.choice(), a million times.
        if is_answer and chance.random() * IS_THE_AUTHOR < 1:
            person = self.author
        else:
            person = self.readers[int(chance.random() * len(self.readers))]
        return Said(person, *self.texts[int(chance.random() * len(self.texts))])

    @cached_property
    def held(self) -> list[Said]:
        """What waits, as the rules of a new blog find it: first replies of people nobody knows."""
        rules = [terms for terms in FIRST if terms.is_on]
        made = _rendered(self._held_source, self.number_held)
        return [self._judged(number, *words, rules) for number, words in enumerate(made)]

    def _held_source(self, number: int) -> str:
        kind = prose.reply if number % SELLS else prose.advertisement
        return kind(self.seed, number + MOST_TEXTS)

    def _judged(self, number: int, source: str, html: str, rules: list[Terms]) -> Said:
        who = reader(len(self.readers) + number)
        fired = screen(
            Reply(
                source=source,
                html=html,
                name=who.name,
                email=who.email,
                website=who.website,
                is_proven=False,
                is_trusted=False,
                staff=(self.author.name,),
            ),
            rules,
        )
        findings = [finding.as_data() for finding in fired]
        return Said(who, source, html, json.dumps(findings), doubt_of(findings), names_of(findings))


def reader(number: int) -> Person:
    """The reader of this number. Many have the same name, none the same address."""
    first = words.FIRST_NAMES[number % len(words.FIRST_NAMES)]
    last = words.LAST_NAMES[(number // len(words.FIRST_NAMES) + number) % len(words.LAST_NAMES)]
    mark = f"{_ASCII[first]}-{number}"
    website = f"https://{mark}.example/" if number % HAS_A_WEBSITE == 0 else ""
    return Person(None, f"{first} {last}", f"{mark}@example.org", website)


_ASCII = {name: slugify(name) for name in words.FIRST_NAMES}


def _rendered(write: Callable[[int], str], number: int) -> list[tuple[str, str]]:
    """Texts as written and as shown."""
    sources = [write(n) for n in range(number)]
    return [(source, text.render_comment(source)) for source in sources]
