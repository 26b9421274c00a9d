"""Stored pages: the blog with its default settings, beside bare Flask and nginx with the same bytes."""

import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench import load, servers
from bench.browser import Browser
from bench.figures import median, megabytes, ms, rate
from bench.house import House
from bench.load import GZIP, Load
from bench.plan import Plan
from bench.report import Results, Table
from bench.servers import Server

MOST_CPU_MS = 0.07
MOST_CPU_MS_UNCHANGED = 0.05
TIMES_BARE_FLASK = 5
MOST_MEMORY = 150e6

# These belong to one connection, or the server adds its own.
NOT_OF_THE_PAGE = {"content-length", "date", "server", "connection", "transfer-encoding"}


@dataclass
class Measured:
    """What one server did with one page, in each round."""

    loads: list[Load] = field(default_factory=list)

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds of a request."""
        return median([each.cpu_ms for each in self.loads])

    @property
    def rate(self) -> float:
        """Requests a second."""
        return median([each.rate for each in self.loads])

    def __str__(self) -> str:
        return f"{ms(self.cpu_ms)}, {rate(self.rate)}" if self.loads else "-"

    def times(self, other: "Measured") -> float:
        """How many times the rate of another, which ran right after it in each round."""
        pairs = zip(self.loads, other.loads, strict=True)
        return median([mine.rate / theirs.rate for mine, theirs in pairs])


def measure(plan: Plan, house: House, results: Results) -> None:
    """Ask for the stored pages: whole, and whether they have changed. Then look at the memory."""
    print("Stored pages", flush=True)
    paths = {name: _path(name, house) for name in plan.pages}
    with ExitStack() as stack:
        ours = stack.enter_context(servers.blog(house.large.instance, house.log("blog")))
        folder = house.folder / "pages"
        tags = _save(ours, paths, folder)
        bare = stack.enter_context(servers.bare_flask(folder, house.log("bare")))
        nginx = stack.enter_context(servers.nginx(folder, house.folder, house.log("nginx")))
        _whole(plan, (ours, bare, nginx), paths, results)
        _unchanged(plan, ours, paths, tags, results)
        _memory(ours, house, results)


def _path(name: str, house: House) -> str:
    return {"post": house.large.post, "home": "/", "feed": "/feed.xml"}[name]


def _save(ours: Server, paths: dict[str, str], folder: Path) -> dict[str, str]:
    """Keep each page as files, as is and gzipped, for the servers beside. The ETags of the latter."""
    folder.mkdir()
    headers, tags = {}, {}
    with Browser(ours.url) as browser:
        for name, path in paths.items():
            for file, encoding in ((name, "identity"), (f"{name}.gz", "gzip")):
                answer = browser.get(path, Accept_Encoding=encoding)
                (folder / file).write_bytes(answer.body)
                pairs = answer.headers.items()
                headers[file] = {k: v for k, v in pairs if k.lower() not in NOT_OF_THE_PAGE}
                tags[name] = answer.headers["ETag"]
    (folder / "headers.json").write_text(json.dumps(headers))
    return tags


def _whole(
    plan: Plan,
    beside: tuple[Server, Server, Server | None],
    paths: dict[str, str],
    results: Results,
) -> None:
    lines = []
    for name, path in paths.items():
        for file, words in ((name, "as is"), (f"{name}.gz", "gzipped")):
            ours, bare, nginx = _rounds(plan, beside, path, file)
            times = ours.times(bare)
            results.aim(
                f"stored {name}, {words}",
                f"≤ {MOST_CPU_MS} CPU ms, ≥ {TIMES_BARE_FLASK} × bare Flask",
                f"{ours.cpu_ms:.3f} CPU ms, {times:.1f} × bare Flask",
                ours.cpu_ms <= MOST_CPU_MS and times >= TIMES_BARE_FLASK,
            )
            ratios = f"{times:.1f}", f"{bare.cpu_ms / ours.cpu_ms:.1f}"
            lines.append((f"{name}, {words}", str(ours), str(bare), str(nginx), *ratios))
    head = ("page", "Afterword", "bare Flask", "nginx, a file", "× the rate", "× less CPU")
    words = (
        "CPU of a request, and requests a second with 32 connections. All with one worker; bare Flask "
        "is on granian with the same options and answers with the same bytes and headers from memory. "
        "The last two columns compare with it."
    )
    results.tables.append(Table("Stored pages", words, head, lines))


def _rounds(
    plan: Plan, beside: tuple[Server, Server, Server | None], path: str, file: str
) -> list[Measured]:
    """One after the other, over and over: what others do on the machine hits all alike."""
    measured = [Measured() for _ in beside]
    headers = (GZIP,) if file.endswith(".gz") else ()
    for _ in range(plan.rounds):
        for server, found, at in zip(beside, measured, (path, f"/{file}", f"/{file}"), strict=True):
            if server is not None:
                found.loads.append(load.wrk(server, at, plan.load_seconds, *headers))
    return measured


def _unchanged(
    plan: Plan, ours: Server, paths: dict[str, str], tags: dict[str, str], results: Results
) -> None:
    lines = []
    for name, path in paths.items():
        had = f"If-None-Match: {tags[name]}"
        with Browser(ours.url) as browser:
            browser.get(path, 304, Accept_Encoding="gzip", If_None_Match=tags[name])
        loads = [load.wrk(ours, path, plan.load_seconds, GZIP, had) for _ in range(plan.rounds)]
        found = Measured(loads)
        results.aim(
            f"{name} unchanged (304)",
            f"≤ {MOST_CPU_MS_UNCHANGED} CPU ms",
            f"{found.cpu_ms:.3f} CPU ms",
            found.cpu_ms <= MOST_CPU_MS_UNCHANGED,
        )
        lines.append((name, str(found)))
    words = "The same, asked with the ETag of the gzipped page."
    results.tables.append(Table("Unchanged pages", words, ("page", "Afterword"), lines))


def _memory(ours: Server, house: House, results: Results) -> None:
    """What it takes after all this; and when every post was read, so that the page cache is full."""
    as_is = ours.tree.memory()
    with Browser(ours.url) as browser:
        for slug in house.large.slugs:
            browser.get(f"/posts/{slug}")
    full = ours.tree.memory()
    for what, memory in (("with these pages stored", as_is), ("every post read once", full)):
        aim = f"≤ {megabytes(MOST_MEMORY)}"
        results.aim(f"memory, {what}", aim, megabytes(memory), memory <= MOST_MEMORY)
