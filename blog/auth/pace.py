"""How soon a member of the staff wants to hear of something by mail. A leaf."""

from datetime import datetime, timedelta
from enum import StrEnum

# Nobody's time zone is known here. It is morning in Europe, and the day's work elsewhere.
DAILY_HOUR = 6


class Pace(StrEnum):
    """As it comes, in a digest, or not at all."""

    AT_ONCE = "at-once"
    HOURLY = "hourly"
    DAILY = "daily"
    NEVER = "never"

    def due(self, at: datetime) -> datetime | None:
        """When a mail is due that tells of what happens now; None for never. Takes and gives UTC."""
        if self is Pace.NEVER:
            return None
        if self is Pace.AT_ONCE:
            return at
        hour = at.replace(minute=0, second=0, microsecond=0)
        if self is Pace.HOURLY:
            return hour + timedelta(hours=1)
        today = hour.replace(hour=DAILY_HOUR)
        return today if today > at else today + timedelta(days=1)
