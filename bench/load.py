"""Load on a server: wrk as fast as it goes, and programs of ours at a rate of their own."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from bench.corpus import environment
from bench.plan import CONNECTIONS
from bench.processes import ROOT, Tree
from bench.servers import Server
from bench.trouble import CannotMeasure

MISSING = (
    "wrk is not installed, and everything here is measured with it. On Debian: apt install wrk"
)

GZIP = "Accept-Encoding: gzip"

# What a run may take beyond its own time, before something is wrong.
PATIENCE_SECONDS = 30

REQUESTS = re.compile(r"(\d+) requests in ([\d.]+)(ms|s|m),")
WRONG = re.compile(r"(Non-2xx or 3xx responses|Socket errors): .*")
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}


@dataclass(frozen=True)
class Load:
    """What a server did under load: how many requests a second, and CPU milliseconds of each."""

    rate: float
    cpu_ms: float


def insist_on_wrk() -> None:
    """End with words where wrk is missing."""
    if shutil.which("wrk") is None:
        raise SystemExit(MISSING)


def wrk(
    server: Server, path: str, seconds: int, *headers: str, connections: int = CONNECTIONS
) -> Load:
    """As many requests as the server answers, for some seconds."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s"]
    for header in headers:
        command += ["-H", header]
    before = server.tree.cpu_seconds()
    said = subprocess.run(
        [*command, server.url + path],
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + PATIENCE_SECONDS,
    ).stdout
    cpu = server.tree.cpu_seconds() - before
    number, took = _read(said)
    return Load(number / took, 1000 * cpu / number)


def _read(said: str) -> tuple[int, float]:
    """How many requests, in how many seconds; as wrk says it."""
    found, wrong = REQUESTS.search(said), WRONG.search(said)
    if found is None or wrong is not None or found[1] == "0":
        raise CannotMeasure(f"wrk did not get what it asked for: {wrong[0] if wrong else said}")
    return int(found[1]), float(found[2]) * UNITS[found[3]]


class Program:
    """One of our own programs beside this one: it is told what to do, and says what it measured."""

    def __init__(self, module: str, **told: Any) -> None:
        self._module = module
        command = [sys.executable, "-m", module, json.dumps(told)]
        self._tree = Tree(command, environment(ROOT), subprocess.PIPE)

    def result(self, seconds: float) -> Any:
        """What it measured, when it has ended; it has so many seconds."""
        try:
            said, _ = self._tree.process.communicate(timeout=seconds + PATIENCE_SECONDS)
        finally:
            self._tree.kill()
        if self._tree.process.returncode:
            raise CannotMeasure(f"{self._module} ended with an error.")  # which it printed
        return json.loads(said)
