"""`flask serve` as an operator starts it: a process of its own, on a free port of this machine."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any, Self
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

ROOT = Path(__file__).parent.parent
# Machines that run many tests at once are slow. Whoever is up sooner is asked no longer.
STARTS_WITHIN = 60


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Nobody is led anywhere: the tests want to see the answer itself."""


class Server:
    """A blog that is served by a process group of its own."""

    def __init__(self, environment: dict[str, str], log: Path, *options: str) -> None:
        self.environment = {**environment, "PYTHONUNBUFFERED": "1"}
        self.log = log
        self.options = options
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> Self:
        """Start it, and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = launch(self.environment, log, "--port", str(self.port), *self.options)
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until and self.process.poll() is None:
            try:
                assert self.get("/healthz")[0] == 200
                return self
            except OSError:
                time.sleep(0.05)
        self.kill()
        raise AssertionError(f"the server did not start: {self.said()}")

    def get(self, path: str, data: bytes | None = None, **headers: str) -> tuple[int, str, Any]:
        """Ask for an address: the answer's status, text and headers."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(self.url + path, data=data, headers=names)
        try:
            with build_opener(_Stay).open(request, timeout=20) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except HTTPError as error:
            with error:
                return error.code, error.read().decode(), error.headers

    def said(self) -> str:
        """Everything it printed."""
        return self.log.read_text()

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Ask it to stop, and say how many seconds it took."""
        assert self.process is not None
        begun = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=20)
        return time.monotonic() - begun

    def kill(self) -> None:
        """Kill all its processes at once, as a power cut would."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=20)


def launch(environment: dict[str, str], log: IO[bytes], *options: str) -> "subprocess.Popen[bytes]":
    """`flask serve` with these options, in a process group of its own."""
    flask = [sys.executable, "-m", "flask", "serve"]
    return subprocess.Popen(
        [*flask, *options],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
