"""Whether the spam filter's sums are those of its lessons: all of them added up anew."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Select, delete, insert, select

from blog.comments.spam.learning import ALL, BUCKETS, NOTHING, Known, Lesson
from blog.comments.spam.memory import SUMS, SpamEvidence, SpamLesson
from blog.extensions import db

# Rows that are in memory at a time.
AT_ONCE = 1000

# Buckets that are seen to be empty together.
AT_A_GLANCE = 4096

# What is corrected with one statement.
AT_A_STROKE = 500


def wrong() -> dict[int, Known]:
    """What the sums should be, bucket by bucket, of those that are something else."""
    right = _Counts()
    lessons = select(SpamLesson.is_spam, SpamLesson.surprise, SpamLesson.buckets)
    for is_spam, surprise, buckets in _rows(lessons):
        right.add(Lesson(is_spam, surprise).adds(), array("I", buckets))
    found: dict[int, Known] = {}
    for bucket, *said in _rows(select(SUMS)):
        if (should := right.take(bucket)) != tuple(said):
            found[bucket] = should
    return found | dict(right.rest())


def mend(right: dict[int, Known]) -> None:
    """Have the sums be what they should be. Call within write_tx(), with what was wrong within it."""
    buckets = list(right)
    for start in range(0, len(buckets), AT_A_STROKE):
        some = buckets[start : start + AT_A_STROKE]
        db.session.execute(delete(SpamEvidence).where(SpamEvidence.bucket.in_(some)))
        rows = [{"bucket": one, **right[one]._asdict()} for one in some if right[one] != NOTHING]
        if rows:
            db.session.execute(insert(SpamEvidence), rows)


def _rows(query: Select[*tuple[Any, ...]]) -> Iterator[Sequence[Any]]:
    yield from db.session.execute(query, execution_options={"yield_per": AT_ONCE})


class _Counts:
    """Four numbers for each bucket, side by side: however much was learnt, they take 64 MB at most."""

    def __init__(self) -> None:
        # What is never written to takes no memory, and no time.
        self._of = [memoryview(bytearray(4 * (BUCKETS + 1))).cast("i") for _ in Known._fields]

    def add(self, adds: Known, buckets: Iterable[int]) -> None:
        """Count a lesson."""
        for counts, number in zip(self._of, adds, strict=True):
            if number:
                for bucket in (ALL, *buckets):
                    counts[bucket] += number

    def take(self, bucket: int) -> Known:
        """What was counted in a bucket, which is empty then."""
        counted = Known(*(counts[bucket] for counts in self._of))
        for counts in self._of:
            counts[bucket] = 0
        return counted

    def rest(self) -> Iterator[tuple[int, Known]]:
        """What is left in others."""
        spam, ham, _, _ = self._of
        for start in range(0, BUCKETS + 1, AT_A_GLANCE):
            near = slice(start, start + AT_A_GLANCE)
            seen = spam[near].tobytes() + ham[near].tobytes()
            if seen != bytes(len(seen)):
                for bucket in range(*near.indices(BUCKETS + 1)):
                    if spam[bucket] or ham[bucket]:
                        yield bucket, self.take(bucket)
