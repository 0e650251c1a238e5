"""The legal clocks, as calendar arithmetic on Swedish dates."""

from calendar import monthrange
from datetime import date


def finish_by(opened: date) -> date:
    """Return the last day for finishing an investigation opened on `opened`.

    Args: opened: Swedish calendar date of the opening decision, no time of day.
    Returns: the same day number four calendar months on, or that month's last day when it is
        shorter (2025-10-31 gives 2026-02-28).
    Raises: ValueError: the result would lie after year 9999.
    Source: the auditor's question "slutförs utredningen senast inom fyra månader?"; counting to the
        end of a shorter month is how lag (1930:173) counts months.
    """
    years, month0 = divmod(opened.month + 3, 12)
    year, month = opened.year + years, month0 + 1
    return date(year, month, min(opened.day, monthrange(year, month)[1]))
