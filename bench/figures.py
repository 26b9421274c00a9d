"""Medians and percentiles, and how a figure is written."""

import math
import statistics
from collections.abc import Sequence

A_THOUSAND = 1_000


def median(values: Sequence[float]) -> float:
    """The middle of what was measured: one bad moment of a shared machine does not count."""
    return statistics.median(values)


def percentile(values: Sequence[float], part: float) -> float:
    """The smallest value that `part` of all do not exceed: of 200 values, the 198th for 0.99.

    Without any, who waited is waiting still.
    """
    ordered = sorted(values) or [math.inf]
    return ordered[math.ceil(part * len(ordered)) - 1]


def ms(milliseconds: float) -> str:
    """Milliseconds with as many digits as mean something."""
    if milliseconds < 1:
        return f"{milliseconds:.3f} ms"
    return f"{milliseconds:.1f} ms"


def rate(a_second: float) -> str:
    """So many a second."""
    return f"{a_second:,.0f}/s"


def megabytes(number: float) -> str:
    """Memory, in the megabytes that the aims are in: millions of bytes."""
    return f"{number / 1e6:.0f} MB"
