"""Servers beside the blog that a test starts for itself, on a port or in a folder of their own."""

import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

import pytest

from tests.server import free_port

STARTS_WITHIN = 20


class Redis:
    """A Redis that keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, as BLOG_REDIS_URL takes it."""
        return f"redis://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> Self:
        """Start it, and wait until it takes connections."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", "."]
        self.process = subprocess.Popen(
            [program("redis-server"), *options],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                time.sleep(0.02)
        self.kill()
        raise AssertionError("Redis did not start")

    def kill(self) -> None:
        """End it at once, without a word to anybody."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(timeout=20)


def program(name: str) -> str:
    """Where a program is. Without it the test is skipped aloud."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed: nothing was tried with it")
    return found
