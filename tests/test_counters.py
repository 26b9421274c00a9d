"""Request limits that hosts have in common: whoever counts, a request is counted and not kept waiting."""

import time

import pytest
from limits.storage import MemoryStorage

from blog import counters
from blog.counters import CommonCounters
from tests.server import free_port


class Redis(MemoryStorage):
    """A Redis that can be gone."""

    base_exceptions = ConnectionError
    is_gone = False
    asked = 0

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        self.asked += 1
        if self.is_gone:
            raise ConnectionError("refused")
        return super().incr(key, expiry, amount)


def test_hosts_count_together_each_for_itself_without_redis_and_together_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(counters, "TRY_AGAIN_SECONDS", 0.2)
    redis = Redis()
    hosts = [CommonCounters("common+redis://127.0.0.1") for _ in range(2)]
    for host in hosts:
        monkeypatch.setattr(host, "_common", redis)

    def count() -> list[int]:
        return [host.incr("rita", 60) for host in hosts]

    assert [count(), count()] == [[1, 2], [3, 4]]
    redis.is_gone, redis.asked = True, 0
    assert [count(), count(), count()] == [[1, 1], [2, 2], [3, 3]]
    assert redis.asked == 2  # once by each: nobody waits for what is known to be gone
    time.sleep(0.25)
    redis.is_gone = False
    assert count() == [5, 6]
    said = [record.getMessage() for record in caplog.records]
    assert [("no answer" in words, "again" in words) for words in said] == [(True, False)] * 2 + [
        (False, True)
    ] * 2


def test_a_redis_that_is_not_there_costs_no_time_and_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    host = CommonCounters(f"common+redis://:hunter2@127.0.0.1:{free_port()}")
    begun = time.monotonic()
    assert [host.incr("rita", 60) for _ in range(3)] == [1, 2, 3]
    assert host.get("rita") == 3
    assert host.get_expiry("rita") > time.time()
    host.clear("rita")
    assert host.get("rita") == 0
    host.reset()
    assert host.check()
    assert time.monotonic() - begun < counters.ANSWERS_WITHIN * 2
    [record] = caplog.records
    assert "hunter2" not in record.getMessage()
