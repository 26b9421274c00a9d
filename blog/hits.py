"""The page cache's line in the log: what it did since its worker began, once an hour and at the end."""

import logging
import os
import threading
from multiprocessing.util import Finalize

from flask import Flask

from blog.pagecache import PageCache

log = logging.getLogger(__name__)

# Enough to see how a day went; a log is for more than this.
EVERY_SECONDS = 3600


class Line:
    """Writes itself, unless nothing was asked for since the last time."""

    def __init__(self, pages: PageCache) -> None:
        self._pages = pages
        self._written = str(pages)
        self._ended = threading.Event()

    def run(self) -> None:
        """Write it once in a while, until the end."""
        while not self._ended.wait(EVERY_SECONDS):
            self.write()

    def end(self) -> None:
        """Write it for the last time."""
        self._ended.set()
        self.write()

    def write(self) -> None:
        """Write it, if it has something new to say."""
        said = str(self._pages)
        if said != self._written:
            self._written = said
            log.info("worker %d, stored pages: %s", os.getpid(), said)


def start_worker(app: Flask) -> None:
    """Begin, in a process that will not be forked any more."""
    line = Line(app.extensions["pages"])
    threading.Thread(target=line.run, name="hits", daemon=True).start()
    Finalize(None, line.end, exitpriority=1)
