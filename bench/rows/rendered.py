"""What is made anew: a miss, and what each page costs in a large blog against a small one.

The servers keep no pages (BLOG_PAGE_CACHE_MB=0), so every request is a miss: it does all that the first
request after a change does, compression too. One request at a time, as misses of one page come.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import quote_plus

from bench import corpus, load, servers
from bench.browser import Browser, fields_of
from bench.figures import median, ms
from bench.house import Blog, House
from bench.load import GZIP
from bench.plan import Plan
from bench.report import Results, Table
from bench.servers import Server
from bench.writers import FORM, typed

MOST_CPU_MS_OF_A_MISS = 8
SAME = 1.2
SAME_FOR_SEARCHES = 3.0

NOTHING_KEPT = {"PAGE_CACHE_MB": "0", "REPLY_INTERVAL": "0", "REPLY_MIN_SECONDS": "0"}

# What people look for. Each is about one of twenty subjects, but for the last, which nearly every post
# has: nothing matches more.
QUERIES = ("harbour", "lighthouse keeper", "kettle", "quiet bridge", "mountain hut", "nobody")


class Side:
    """One of the two blogs, served, with people who use it."""

    def __init__(self, blog: Blog, server: Server, plan: Plan) -> None:
        self.blog = blog
        self.server = server
        self.reader = Browser(server.url)
        self.moderator = Browser(server.url).sign_in(corpus.MODERATOR, corpus.PASSWORD)
        self.form = fields_of(self.reader.get(blog.post).text, FORM)
        self.comments = blog.comment_ids(plan.renders)
        self.replies = count()
        self.searchers = count(1)
        self.searcher = self.reader

    def read(self, path: str) -> None:
        """Open a page."""
        self.reader.get(path, Accept_Encoding="gzip")

    def follow(self, number: int) -> None:
        """Follow the permanent link of a comment."""
        self.reader.get(f"/comments/{self.comments[number % len(self.comments)]}", 302)

    def look_at_queue(self, query: str = "") -> None:
        """Open the queue, signed in."""
        self.moderator.get(f"/moderation{query}", Accept_Encoding="gzip")

    def reply(self) -> None:
        """Reply to the post with 500 comments."""
        fields = self.form | typed("Side", next(self.replies))
        self.reader.post(f"{self.blog.post}/comments", fields)

    def search(self, number: int) -> None:
        """Search. There is a limit for each address, so there is somebody new for each round."""
        if number == 0:
            self.searcher = Browser(self.server.url, f"127.0.1.{next(self.searchers)}")
        words = quote_plus(QUERIES[number % len(QUERIES)])
        self.searcher.get(f"/search?q={words}", Accept_Encoding="gzip")


@dataclass
class Row:
    """Something that people do, and what it took in each round in the small blog and in the large one."""

    what: str
    do: Callable[[Side, int], None]
    times: int
    most: float = SAME
    taken: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))

    def run(self, sides: tuple[Side, Side]) -> None:
        """A round in both blogs."""
        for side, taken in zip(sides, self.taken, strict=True):
            before = side.server.tree.cpu_seconds()
            for number in range(self.times):
                self.do(side, number)
            taken.append(1000 * (side.server.tree.cpu_seconds() - before) / self.times)

    @property
    def ratio(self) -> float:
        """How many times as much the large blog takes."""
        return median(self.taken[1]) / median(self.taken[0])


def rows(plan: Plan) -> list[Row]:
    """What is compared."""
    many = plan.renders
    return [
        Row("post page", lambda side, n: side.read(side.blog.post), many),
        Row("home", lambda side, n: side.read("/"), many),
        Row("feed", lambda side, n: side.read("/feed.xml"), many),
        Row("permalink", lambda side, n: side.follow(n), many),
        Row(
            f"queue, {plan.large.pending:,} pending and {plan.small.pending:,}",
            lambda side, n: side.look_at_queue(),
            many,
        ),
        Row(
            "queue, the most doubtful first",
            lambda side, n: side.look_at_queue("?sort=doubtful"),
            many,
        ),
        Row("reply", lambda side, n: side.reply(), many),
        Row("search", lambda side, n: side.search(n), plan.searches, SAME_FOR_SEARCHES),
    ]


def measure(plan: Plan, house: House, results: Results) -> None:
    """A miss under load; then each row in both blogs, by turns."""
    print("Rendered pages", flush=True)
    with ExitStack() as stack:
        sides = tuple(
            Side(blog, stack.enter_context(_served(blog, house, name)), plan)
            for name, blog in (("small", house.small), ("large", house.large))
        )
        _miss(plan, sides[1], results)
        found = rows(plan)
        for _ in range(plan.rounds):
            for row in found:
                row.run((sides[0], sides[1]))
    _report(found, plan, results)


def _served(blog: Blog, house: House, name: str) -> AbstractContextManager[Server]:
    return servers.blog(blog.instance, house.log(f"rendered-{name}"), **NOTHING_KEPT)


def _miss(plan: Plan, side: Side, results: Results) -> None:
    loads = [
        load.wrk(side.server, side.blog.post, plan.load_seconds, GZIP, connections=1)
        for _ in range(plan.rounds)
    ]
    cpu = median([each.cpu_ms for each in loads])
    results.aim(
        "post page rendered (a miss), 50 of 500 comments",
        f"≤ {MOST_CPU_MS_OF_A_MISS} CPU ms",
        f"{cpu:.1f} CPU ms",
        cpu <= MOST_CPU_MS_OF_A_MISS,
    )


def _report(found: list[Row], plan: Plan, results: Results) -> None:
    for row in found:
        results.aim(
            f"{row.what}, large blog against small",
            f"≤ {row.most:.1f} ×",
            f"{row.ratio:.2f} ×",
            row.ratio <= row.most,
        )
    lines = [
        (row.what, *(ms(median(taken)) for taken in row.taken), f"{row.ratio:.2f}") for row in found
    ]
    words = "CPU of a request, one after the other; no page is kept. The queues have all that is pending."
    head = ("what", str(plan.small), str(plan.large), "ratio")
    results.tables.append(Table("A large blog against a small one", words, head, lines))
