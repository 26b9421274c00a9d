"""Taking turns: the threads of a process pass one by one, in the order in which they came. A leaf."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class NoTurn(Exception):
    """It took too long until it was this thread's turn."""


class Turns:
    """A lock that is handed on to whoever has waited the longest.

    A `threading.Lock` goes to whoever comes first when it is free, and that is often the thread that has
    just let it go: on a busy machine others may wait in vain.
    """

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._is_taken = False

    @contextmanager
    def one(self, patience: float) -> Iterator[None]:
        """Wait for a turn, and hand it on at the end. Raises NoTurn after so many seconds."""
        self._take(patience)
        try:
            yield
        finally:
            self._hand_on()

    def _take(self, patience: float) -> None:
        mine = threading.Event()
        with self._changing:
            if not self._is_taken:
                self._is_taken = True
                return
            self._waiting.append(mine)
        if not mine.wait(patience):
            self._give_up(mine)

    def _give_up(self, mine: threading.Event) -> None:
        with self._changing:
            if not mine.is_set():  # it may have come this very moment, and is then this thread's
                self._waiting.remove(mine)
                raise NoTurn

    def _hand_on(self) -> None:
        with self._changing:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False
