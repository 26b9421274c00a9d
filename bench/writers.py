"""People who reply, one reply after the other: each opens the page, takes its form, and sends it.

    python -m bench.writers '{"url": ..., "slugs": [...], "writers": 8, "seconds": 10, "name": ...}'

Everybody is somebody else each time, as on a page that many read. Prints the seconds that the blog
took to acknowledge each reply, and what was acknowledged.
"""

import json
import random
import re
import sys
import threading
import time

from bench.browser import Browser, fields_of

FORM = "form[action$='/comments']"
MADE = re.compile(r'name="made"[^>]*value="([^"]+)"')

# About sixty words, as people write; with a number in it, so that nobody says the same twice.
WORDS = """
    after all the years that we lived beside the river nobody had asked where it came from and so one
    morning in spring my sister packed bread and a map and went to look for the place while I stayed
    behind to count the boats which is why I read this with such pleasure thank you for taking the
    time to write about water and the people near it
""".split()


class Writer(threading.Thread):
    """Somebody with a browser who goes on replying until the time is up."""

    def __init__(self, browser: Browser, slug: str, name: str, until: float) -> None:
        super().__init__(name=name)
        self.browser = browser
        self.slug = slug
        self.until = until
        self.waited: list[float] = []
        self.said: list[str] = []
        self.error: Exception | None = None

    def run(self) -> None:
        """Reply until the time is up. What goes wrong is kept: a thread cannot raise it."""
        try:
            page = self.browser.get(f"/posts/{self.slug}").text
            form = fields_of(page, FORM)
            while time.monotonic() < self.until:
                self.reply(form | {"made": self.made()})
        except Exception as error:
            self.error = error

    def made(self) -> str:
        """The signed date of the page, which is opened for it."""
        page = self.browser.get(f"/posts/{self.slug}", Accept_Encoding="gzip").text
        found = MADE.search(page)
        return found[1] if found else ""

    def reply(self, form: dict[str, str]) -> None:
        """Send a reply, and note how long it took."""
        fields = form | typed(self.name, len(self.said))
        begun = time.perf_counter()
        self.browser.post(f"/posts/{self.slug}/comments", fields)
        self.waited.append(time.perf_counter() - begun)
        self.said.append(fields["body"])


def typed(name: str, number: int) -> dict[str, str]:
    """What somebody types into the form for their so-manieth reply."""
    words = random.Random(f"{name} {number}").sample(WORDS, len(WORDS))
    half = len(words) // 2
    body = f"{' '.join(words[:half]).capitalize()}. {' '.join(words[half:]).capitalize()}."
    who = f"{name} {number}"
    email = f"{who.replace(' ', '-').lower()}@example.org"
    return {"name": f"Rita of {who}", "email": email, "body": f"{body} ({who})"}


def main(told: str) -> None:
    """Reply as told, and print how long each took, and what was said."""
    words = json.loads(told)
    until = time.monotonic() + words["seconds"]
    slugs = words["slugs"]
    writers = [
        Writer(Browser(words["url"]), slugs[n % len(slugs)], f"{words['name']} {n}", until)
        for n in range(words["writers"])
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        if writer.error is not None:
            raise writer.error
    waited = [seconds for writer in writers for seconds in writer.waited]
    print(json.dumps({"waited": waited, "said": [text for w in writers for text in w.said]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
