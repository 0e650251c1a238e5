"""Adding calendar months to a date the way Swedish law does."""

from calendar import monthrange
from datetime import date


def months_on(day: date, months: int) -> date:
    """Return the same day `months` calendar months later, or that month's last day if it is shorter.

    Raises: ValueError: the result would lie after year 9999.
    Source: lag (1930:173) om beräkning av lagstadgad tid.
    """
    years, month0 = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month0 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
