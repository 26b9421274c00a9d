"""The drill of the benchmark: a quick run measures every row, and leaves nothing behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.__main__ import ROWS
from tests.server import ROOT

pytestmark = pytest.mark.drill

# A quick run takes less than a minute on a machine that does nothing else.
LONGEST_SECONDS = 400
STOPS_WITHIN = 15


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all runs keep what they make; blogs are filled once. Without wrk there is nothing to try."""
    if shutil.which("wrk") is None:
        pytest.skip("wrk is not installed (apt install wrk): the benchmark was not tried")
    return tmp_path_factory.mktemp("bench")


def bench(folder: Path, *options: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "bench", *options],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def left_by(folder: Path) -> list[str]:
    """The commands of processes that still have to do with this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
            command = (process / "cmdline").read_bytes()
        except OSError:  # it ended just now, or is not ours
            continue
        if str(folder).encode() in environment and command:
            found.append(command.replace(b"\0", b" ").decode())
    return found


def test_a_quick_run_measures_every_row_and_leaves_nothing_running(
    folder: Path,
) -> None:
    report = folder / "results.md"
    run = bench(folder, "--quick", "--out", str(report))
    said, _ = run.communicate(timeout=LONGEST_SECONDS)
    assert run.returncode == 0, said
    text = report.read_text()
    for title in ("Stored pages", "A large blog against a small one", "Replies", "Approvals"):
        assert f"## {title}" in text
    assert "not measured" not in text
    assert "| 0 of " in text, "what was acknowledged has to be there after kill -9"
    assert left_by(folder) == []
    assert not list(folder.glob("afterword-bench-*/run-*"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_interrupted_takes_its_servers_along(
    folder: Path, number: signal.Signals
) -> None:
    run = bench(folder, "--quick", "--only", next(iter(ROWS)))
    until = time.monotonic() + LONGEST_SECONDS
    while not any("flask serve" in command for command in left_by(folder)):
        assert time.monotonic() < until
        assert run.poll() is None, run.communicate()
        time.sleep(0.1)
    run.send_signal(number)
    run.communicate(timeout=LONGEST_SECONDS)
    until = time.monotonic() + STOPS_WITHIN
    while left_by(folder) and time.monotonic() < until:
        time.sleep(0.1)
    assert left_by(folder) == []


def test_without_wrk_it_says_what_to_install(tmp_path: Path) -> None:
    run = bench(tmp_path, "--quick", PATH=str(tmp_path))
    said, _ = run.communicate(timeout=LONGEST_SECONDS)
    assert run.returncode == 1
    assert "apt install wrk" in said
