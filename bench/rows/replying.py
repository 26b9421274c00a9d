"""Replies: how many a second are taken and kept, while others read at a rate that does not give way."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bench import corpus, servers
from bench.figures import median, percentile
from bench.house import House
from bench.load import Program
from bench.plan import READERS_RATE, WRITERS, Plan
from bench.report import Results, Table
from bench.servers import Server

REPLIES_A_SECOND = 150
REPLY_P99_MS = 250
READER_P99_MS = 25

# Eight people at one address who never pause are what these two are for, in real life.
UNHURRIED = {"REPLY_INTERVAL": "0", "REPLY_MIN_SECONDS": "0"}

# Readers are there before the first reply, and after the last.
LONGER = 1


@dataclass
class Round:
    """What a round of replies and reading came to; one of them may be missing."""

    waited: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    read: list[float] = field(default_factory=list)
    seconds: float = 1
    cpu: float = 0

    @property
    def rate(self) -> float:
        """Replies taken a second."""
        return len(self.waited) / self.seconds

    def line(self, what: str) -> tuple[str, ...]:
        """The round as a line of a table."""
        replies = f"{self.rate:.0f}/s" if self.waited else "-"
        busy = f"{self.cpu / self.seconds:.0%}"
        return what, replies, _milliseconds(self.waited), _milliseconds(self.read), busy


def measure(plan: Plan, house: House, results: Results) -> None:
    """Readers alone, writers alone, then both at once; and at last the server is killed."""
    print("Replies", flush=True)
    instance = house.large.instance
    ((before,),) = corpus.ask(instance, "SELECT max(id) FROM comment")
    with servers.blog(instance, house.log("replies"), **UNHURRIED) as server:
        quiet = _round(plan, house, server, "Quiet", writers=0)
        alone = _round(plan, house, server, "Alone", readers=0)
        rounds = [_round(plan, house, server, f"Round {n}") for n in range(plan.rounds)]
        server.tree.kill()
    rows = corpus.ask(instance, f"SELECT source FROM comment WHERE id > {before}")
    kept = {source for (source,) in rows}
    said = {text for each in (alone, *rounds) for text in each.said}
    _aims(rounds, len(said), len(said - kept), results)
    lines = [quiet.line("readers alone"), alone.line("writers alone")]
    lines += [each.line("both") for each in rounds]
    results.tables.append(_table(lines))


def _round(
    plan: Plan,
    house: House,
    server: Server,
    name: str,
    *,
    writers: int = WRITERS,
    readers: int = READERS_RATE,
) -> Round:
    seconds = plan.writing_seconds
    place = urlsplit(server.url)
    paths = [house.large.post, "/", "/feed.xml"]
    slugs = house.large.slugs[:writers]
    before = server.tree.cpu_seconds()
    reading = readers and Program(
        "bench.readers",
        host=place.hostname,
        port=place.port,
        paths=paths,
        rate=readers,
        seconds=seconds + LONGER,
    )
    writing = writers and Program(
        "bench.writers", url=server.url, slugs=slugs, writers=writers, seconds=seconds, name=name
    )
    done = writing.result(seconds) if writing else {"waited": [], "said": []}
    read = reading.result(seconds) if reading else []
    took = seconds + LONGER if readers else seconds
    return Round(
        done["waited"],
        done["said"],
        read,
        seconds,
        (server.tree.cpu_seconds() - before) * seconds / took,
    )


def _aims(rounds: list[Round], said: int, lost: int, results: Results) -> None:
    rate = median([each.rate for each in rounds])
    replies = 1000 * median([percentile(each.waited, 0.99) for each in rounds])
    readers = 1000 * median([percentile(each.read, 0.99) for each in rounds])
    results.aim(
        f"replies taken, {WRITERS} clients, while {READERS_RATE:,} requests a second are read",
        f"≥ {REPLIES_A_SECOND} a second",
        f"{rate:.0f} a second",
        rate >= REPLIES_A_SECOND,
    )
    results.aim(
        "p99 of these replies", f"< {REPLY_P99_MS} ms", f"{replies:.0f} ms", replies < REPLY_P99_MS
    )
    results.aim(
        "p99 of the readers meanwhile",
        f"< {READER_P99_MS} ms",
        f"{readers:.1f} ms",
        readers < READER_P99_MS,
    )
    results.aim(
        "acknowledged replies, after `kill -9`",
        "none lost",
        f"{lost} of {said:,} lost",
        lost == 0,
    )


def _milliseconds(seconds: list[float]) -> str:
    if not seconds:
        return "-"
    return f"{1000 * median(seconds):.1f} / {1000 * percentile(seconds, 0.99):.1f} ms"


def _table(lines: list[tuple[str, ...]]) -> Table:
    words = (
        f"{WRITERS} clients open a post's page, take its form and send a reply of about sixty words, and "
        f"again; readers ask for a post, home and the feed, {READERS_RATE:,} times a second, and count "
        "from the moment a request was due. The last column is the share of one core that the server used."
    )
    head = ("who", "replies", "a reply, median / p99", "a page, median / p99", "server's CPU")
    return Table("Replies", words, head, lines)
