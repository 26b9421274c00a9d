"""Readers at a fixed rate, whatever the server does: so that a server that stands still is seen to.

    python -m bench.readers '{"host": ..., "port": ..., "paths": [...], "rate": 1000, "seconds": 10}'

Each request is due at a moment of its own. Its latency counts from that moment, not from when a
connection was free for it: who waits for a slow server waits. Prints the latencies in seconds.
"""

import json
import selectors
import socket
import sys
import time
from collections import deque

# Far more than are in use while the server keeps up; then requests wait for one, and that counts.
CONNECTIONS = 64
AT_ONCE = 256 * 1024
# Who has no answer by then counts as having waited as long.
GIVE_UP_SECONDS = 10


class Connection:
    """One reader's connection: the answer to one request at a time."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.due = 0.0
        self._came = bytearray()
        self._length = 0

    def ask(self, request: bytes, due: float) -> None:
        """Send a request that was due then."""
        self.due = due
        self._came.clear()
        self._length = 0
        self.socket.sendall(request)

    def read(self) -> bool:
        """Read what there is; whether the answer is whole. Raises ConnectionError for a bad one."""
        chunk = self.socket.recv(AT_ONCE)
        if not chunk:
            raise ConnectionError("the server hung up")
        self._came += chunk
        if not self._length:
            self._length = _length(self._came)
        return 0 < self._length <= len(self._came)


def _length(came: bytearray) -> int:
    """How long the whole answer is; 0 as long as its head is not there."""
    end = came.find(b"\r\n\r\n")
    if end < 0:
        return 0
    head = bytes(came[:end]).lower()
    if not head.startswith(b"http/1.1 200"):
        raise ConnectionError(head.decode())
    return end + 4 + int(head.partition(b"content-length:")[2].split(b"\r\n")[0])


class Readers:
    """All of them: who reads, whose turn is next, and how long each waited."""

    def __init__(self, host: str, port: int, paths: list[str]) -> None:
        head = f"HTTP/1.1\r\nHost: {host}:{port}\r\nAccept-Encoding: gzip\r\n\r\n"
        self._requests = [f"GET {path} {head}".encode() for path in paths]
        self._free = deque(Connection(host, port) for _ in range(CONNECTIONS))
        self._reading = selectors.DefaultSelector()
        for connection in self._free:
            self._reading.register(connection.socket, selectors.EVENT_READ, connection)
        self.latencies: list[float] = []

    def read(self, rate: float, seconds: float) -> list[float]:
        """Ask at this rate for so long. How long each waited."""
        begun = time.perf_counter()
        number, asked = int(rate * seconds), 0
        last = begun + seconds + GIVE_UP_SECONDS
        while len(self.latencies) < number and time.perf_counter() < last:
            while asked < number and self._free and begun + asked / rate <= time.perf_counter():
                request = self._requests[asked % len(self._requests)]
                self._free.popleft().ask(request, begun + asked / rate)
                asked += 1
            self._take_answers(begun + asked / rate - time.perf_counter())
        missing = number - len(self.latencies)
        return [*self.latencies, *[float(GIVE_UP_SECONDS)] * missing]

    def _take_answers(self, until_next: float) -> None:
        # Without a free connection nothing is due before an answer came.
        wait = max(0.0, until_next) if self._free else GIVE_UP_SECONDS
        for key, _ in self._reading.select(min(wait, 0.1)):
            connection: Connection = key.data
            if connection.read():
                self.latencies.append(time.perf_counter() - connection.due)
                self._free.append(connection)


def main(told: str) -> None:
    """Read as told, and print how long each waited."""
    words = json.loads(told)
    readers = Readers(words["host"], words["port"], words["paths"])
    print(json.dumps(readers.read(words["rate"], words["seconds"])))


if __name__ == "__main__":
    main(*sys.argv[1:])
