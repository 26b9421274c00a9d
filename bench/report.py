"""RESULTS.md: every aim with what was measured, met or not, and below it all that was measured."""

import os
import platform
import sqlite3
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.plan import Plan
from bench.processes import PROC, ROOT
from bench.servers import version_of

MET = {True: "met", False: "**falls short**", None: "not measured"}
HERE = "bench/RESULTS.md"

# Above this share of the cores, others decide how long anything takes.
QUIET = 0.1
BUSY = (
    "**The machine was not quiet:** rates, latencies and the time of a start say as much of what others did "
    "as of the servers. CPU milliseconds hold, and the ratios of neighbours, more or less."
)

# How long the machine is looked at before anything runs.
LOOK_SECONDS = 2


@dataclass(frozen=True)
class Aim:
    """What was aimed at, and what came of it. `is_met` is None for what could not be measured."""

    what: str
    aim: str
    measured: str
    is_met: bool | None


@dataclass(frozen=True)
class Table:
    """What was measured together, and how."""

    title: str
    words: str
    head: Sequence[str]
    lines: Sequence[Sequence[str]]


@dataclass
class Results:
    """All of a run."""

    aims: list[Aim] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)

    def aim(self, what: str, aim: str, measured: str, is_met: bool | None) -> None:
        """Note an aim, and say at once what came of it."""
        self.aims.append(Aim(what, aim, measured, is_met))
        print(f"  {what}: {measured} ({aim}): {MET[is_met].strip('*')}", flush=True)


@dataclass(frozen=True)
class Machine:
    """Where a run took place, and how busy it was before."""

    begun: datetime
    commit: str
    load: str
    busy: float  # the share of all cores that others used just before

    @classmethod
    def now(cls) -> "Machine":
        """The machine as it is: looked at for a moment, so that others' work is seen."""
        before = _busy_and_all()
        time.sleep(LOOK_SECONDS)
        busy, whole = (after - was for after, was in zip(_busy_and_all(), before, strict=True))
        return cls(datetime.now(UTC), _commit(), _load(), busy / whole)


def document(plan: Plan, machine: Machine, results: Results) -> str:
    """The whole of RESULTS.md."""
    aims = [(aim.what, aim.aim, aim.measured, MET[aim.is_met]) for aim in results.aims]
    parts = [
        "# Results",
        _about(plan, machine, results),
        *([BUSY] if machine.busy > QUIET else []),
        _rows(("what", "aim", "measured", ""), aims),
        "CPU is that of the whole process tree, for each request. What a row means, and how it is "
        "measured, is in [README.md](README.md).",
    ]
    for table in results.tables:
        parts += [f"## {table.title}", table.words, _rows(table.head, table.lines)]
    return "\n\n".join(parts) + "\n"


def _about(plan: Plan, machine: Machine, results: Results) -> str:
    met = sum(aim.is_met is True for aim in results.aims)
    return (
        f"`make bench` at commit {machine.commit}, {machine.begun:%Y-%m-%d %H:%M} UTC: {met} of "
        f"{len(results.aims)} aims met.\n\n"
        f"{_hardware()}; before the run others used {machine.busy:.0%} of the cores. Load average "
        f"{machine.load} before and {_load()} after, the bench's own load with it.\n\n"
        f"{_programs()}.\n\nMedians of {plan.rounds}, of runs that take turns. Blogs of {plan.small}, "
        f"and of {plan.large}. SQLite, one worker, servers and load on the same machine."
    )


def _hardware() -> str:
    model = "a processor that does not say its name"
    for line in (PROC / "cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
    return f"{os.cpu_count()} cores of {model}, Linux {platform.release()}"


def _programs() -> str:
    ours = [f"{name} {version(name.lower())}" for name in ("Flask", "granian", "SQLAlchemy")]
    wrk = " ".join(version_of("wrk", "-v").split()[:2])
    nginx = version_of("/usr/sbin/nginx", "-v").rpartition(": ")[2].replace("/", " ")
    sqlite = f"SQLite {sqlite3.sqlite_version}"
    named = [f"Python {platform.python_version()}", *ours, sqlite, wrk, nginx or "no nginx"]
    return ", ".join(named)


def _rows(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rule = ["---"] * len(head)
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *lines))


def _commit() -> str:
    commit = version_of("git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD")
    status = ["git", "-C", str(ROOT), "status", "--porcelain", "--", ".", f":!{HERE}"]
    said = subprocess.run(status, capture_output=True, text=True, check=False).stdout
    return f"{commit}, with changes that are not in it" if said.strip() else commit


def _load() -> str:
    return " ".join(f"{number:.1f}" for number in os.getloadavg())


def _busy_and_all() -> tuple[int, int]:
    """Ticks in which a core worked, and all ticks, since the machine started (proc(5), /proc/stat)."""
    ticks = [int(word) for word in (PROC / "stat").read_text().split("\n")[0].split()[1:9]]
    idle = ticks[3] + ticks[4]
    return sum(ticks) - idle, sum(ticks)


def write(text: str, file: Path) -> None:
    """Keep the results."""
    file.write_text(text, encoding="utf-8")
    print(f"\nWritten: {file}")
