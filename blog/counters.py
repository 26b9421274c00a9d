"""How often somebody asked: what request limits count, for all hosts together where they share a Redis.

Redis is never needed to serve. When it does not answer, and soon, each process counts for itself, and
tries it again a little later. (Flask-Limiter can do this too, but when two requests find Redis gone at
the same moment, it fails the second.)
"""

import logging
import time
from typing import Any

from flask import Flask
from limits.storage import MemoryStorage, RedisStorage, Storage

from blog.extensions import limiter

log = logging.getLogger(__name__)

# A Redis nearby answers within a millisecond. This long somebody waits when it has vanished.
ANSWERS_WITHIN = 0.2

# Whether it is back is asked so often, by one request of a process.
TRY_AGAIN_SECONDS = 2.0

COMMON = "common+"
SCHEMES = [f"{COMMON}redis", f"{COMMON}rediss"]


class CommonCounters(Storage):
    """Counts in Redis; while that does not answer, in the memory of this process.

    A storage of Flask-Limiter's, for addresses of a Redis with "common+" before them.
    """

    STORAGE_SCHEME = SCHEMES

    def __init__(self, uri: str, **options: Any) -> None:
        super().__init__(uri, **options)
        self._common = RedisStorage(
            uri.removeprefix(COMMON),
            socket_timeout=ANSWERS_WITHIN,
            socket_connect_timeout=ANSWERS_WITHIN,
            **options,
        )
        self._own = MemoryStorage()
        self._is_lost = False
        self._try_at = 0.0

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """What it raises: nothing."""
        return ()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count one more, and say how many that makes."""
        return int(self._ask("incr", key, expiry, amount))

    def get(self, key: str) -> int:
        """How many there are."""
        return int(self._ask("get", key))

    def get_expiry(self, key: str) -> float:
        """When counting begins anew, in seconds since 1970."""
        return float(self._ask("get_expiry", key))

    def clear(self, key: str) -> None:
        """Begin to count anew."""
        self._ask("clear", key)

    def check(self) -> bool:
        """Whether it can count: always."""
        return True

    def reset(self) -> int | None:
        """Forget everything."""
        self._own.reset()
        forgotten: int | None = self._ask("reset")
        return forgotten

    def _ask(self, what: str, *about: Any) -> Any:
        if time.monotonic() >= self._try_at:
            if self._is_lost:
                self._try_at = (
                    time.monotonic() + TRY_AGAIN_SECONDS
                )  # the others need not wait as well
            try:
                answer = getattr(self._common, what)(*about)
            except self._common.base_exceptions as error:
                self._lose(error)
            else:
                self._find()
                return answer
        return getattr(self._own, what)(*about)

    def _lose(self, error: Exception) -> None:
        self._try_at = time.monotonic() + TRY_AGAIN_SECONDS
        if not self._is_lost:
            self._is_lost = True
            log.warning("BLOG_REDIS_URL: no answer, so requests are counted here alone: %s", error)

    def _find(self) -> None:
        self._try_at = 0.0
        if self._is_lost:
            self._is_lost = False
            log.warning("BLOG_REDIS_URL: it answers again, and requests are counted there")


def init_app(app: Flask) -> None:
    """Count the requests of the application where its settings say. Opens no connection yet."""
    redis = app.config["REDIS_URL"]
    app.config["RATELIMIT_STORAGE_URI"] = f"{COMMON}{redis}" if redis else "memory://"
    limiter.init_app(app)
