"""Office time: time that passes only while the office is open."""

from datetime import datetime, time, timedelta

from checklists.swedish_time import local
from checklists.tenant_settings import TenantSettings


def after_office_time(moment: datetime, span: timedelta, settings: TenantSettings) -> datetime:
    """Return the Swedish time at which this much office time has passed since a moment."""
    at = local(moment)
    while True:
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        if settings.workdays.is_working(at.date()):
            begins = max(at, midnight + _since_midnight(settings.office_opens))
            left = max(midnight + _since_midnight(settings.office_closes) - begins, timedelta())
            if span <= left:
                return begins + span
            span -= left
        at = midnight + timedelta(days=1)


def _since_midnight(of: time) -> timedelta:
    return timedelta(hours=of.hour, minutes=of.minute, seconds=of.second)
