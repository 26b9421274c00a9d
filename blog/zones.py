"""Time zones, by the names of the IANA database (RFC 6557). A leaf.

The names come from the machine, and where it has none from the package tzdata (PEP 615).
"""

from datetime import UTC, datetime, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

USUAL = "UTC"

# What a machine adds for itself: another host means something else by it, or nothing.
NOT_MEANT = frozenset(("Factory", "localtime"))


class SkippedTime(ValueError):
    """No clock of the zone ever shows this time: they are put forward over it."""


@cache
def names() -> tuple[str, ...]:
    """Every name, by continent: to look through, or to find what somebody typed."""
    return tuple(sorted(available_timezones() - NOT_MEANT))


@cache
def places() -> tuple[str, ...]:
    """The names that say where: to choose from. `Etc/GMT+5` is five hours *behind*, and misleads."""
    said = [name for name in names() if "/" in name and not name.startswith(("Etc/", "SystemV/"))]
    return (USUAL, *said)


def called(typed: str) -> str | None:
    """The name as the database spells it, for what somebody typed; None if there is none."""
    return _by_folded().get(_fold(typed))


def zone(name: str) -> tzinfo:
    """The zone of this name. On a machine that does not know it, that is UTC: a page has to be shown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def instant(shown: datetime, zone: tzinfo) -> datetime:
    """The instant, in UTC, at which the clocks of a zone show this. Raises SkippedTime, OverflowError.

    What they show twice, because they are put back, is the first of both (PEP 495).
    """
    found = shown.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != shown:
        raise SkippedTime(shown)
    return found


@cache
def _by_folded() -> dict[str, str]:
    return {_fold(name): name for name in names()}


def _fold(name: str) -> str:
    return "_".join(name.split()).casefold()
