"""Process trees: started so that they cannot be left behind, and measured by what Linux says of them.

CPU time and memory are those of the whole tree: a launcher, its workers, and the children that have
ended (proc(5): /proc/PID/stat, /proc/PID/smaps_rollup).
"""

import contextlib
import ctypes
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")

# Fields of /proc/PID/stat after the name in brackets, counted from 0.
SESSION = 3
TIMES = slice(11, 15)  # of the process in user and system mode, and of the children it waited for

# prctl(2): the signal that a process gets when the one that started it is gone, however it went.
PR_SET_PDEATHSIG = 1

# Whoever is asked to stop and does not is killed.
STOPS_WITHIN = 10


class Tree:
    """A program with all the processes that it starts: a session of its own."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], log: int | IO[bytes]
    ) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT if log != subprocess.PIPE else None,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509  # the bench has no threads
        )

    @property
    def is_running(self) -> bool:
        """Whether its first process is still there."""
        return self.process.poll() is None

    def cpu_seconds(self) -> float:
        """CPU time of the whole tree, since it began."""
        ticks = 0
        for _pid, fields in self._members():
            ticks += sum(int(field) for field in fields[TIMES])
        return ticks / TICKS

    def memory(self) -> int:
        """Bytes of memory of the whole tree: what several share is counted once (PSS)."""
        return sum(_pss(pid) for pid, _ in self._members())

    def stop(self) -> None:
        """Ask it to stop, and make sure that it did."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOPS_WITHIN)
        self.kill()

    def kill(self) -> None:
        """Kill all of it at once, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(STOPS_WITHIN)

    def _members(self) -> Iterator[tuple[int, list[str]]]:
        for entry in PROC.iterdir():
            if not entry.name.isdecimal():
                continue
            with contextlib.suppress(OSError):  # it ended while we looked
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[SESSION]) == self.process.pid:
                    yield int(entry.name), fields


def end_with_parent() -> None:
    """Run in the child before it becomes the program: a bench that was killed leaves nobody behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _pss(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
