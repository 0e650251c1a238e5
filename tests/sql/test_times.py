"""Timestamps: rejected without a time zone, and read back as the same UTC time from both databases."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from storage import trail
from storage.desk import Desk, Session
from storage.trail import EventRow
from tests.sql.conftest import World

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MOMENTS = [
    datetime(2026, 5, 12, 10, 30, tzinfo=STOCKHOLM),
    datetime(2026, 5, 12, 8, 30, 0, 123456, tzinfo=UTC),
    datetime(2026, 3, 29, 3, 0, tzinfo=STOCKHOLM),
    datetime(2026, 10, 25, 2, 30, fold=0, tzinfo=STOCKHOLM),
    datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=STOCKHOLM),
    datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=timezone(timedelta(hours=-11))),
]


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_a_timestamp_is_read_back_as_the_same_time_in_utc(desk: Desk, world: World, moment: datetime) -> None:
    desk.run_now(lambda session: trail.record(session, world.tenant, moment, "system", "tried"))

    stored = desk.run_now(lambda session: session.exec(select(EventRow)).one().at)

    assert stored == moment.astimezone(UTC)  # a local time that occurs twice never equals one in another zone
    assert stored.tzinfo is UTC


def test_timestamps_are_compared_as_points_in_time(desk: Desk, world: World) -> None:
    def work(session: Session) -> list[str]:
        for moment in MOMENTS:
            trail.record(session, world.tenant, moment, "system", moment.isoformat())
        session.flush()
        late = select(EventRow.act).where(col(EventRow.at) > MOMENTS[3]).order_by(col(EventRow.at))
        return list(session.exec(late))

    assert desk.run_now(work) == [MOMENTS[4].isoformat(), MOMENTS[5].isoformat()]


def test_a_timestamp_without_a_time_zone_is_rejected(desk: Desk, world: World) -> None:
    naive = MOMENTS[0].replace(tzinfo=None)

    with pytest.raises(ValueError, match="a moment needs its time zone"):
        desk.run_now(lambda session: trail.record(session, world.tenant, naive, "system", "tried"))
