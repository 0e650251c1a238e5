"""T24: clocks that change, leap and differ: two replicas 90 seconds off remind each once, on the same days."""

from calendar import monthrange
from collections import Counter
from contextlib import closing
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from checklists import deadlines
from dialogs.messages import sweep
from storage import migrate
from storage.desk import Desk, Session
from storage.sealing import Keys
from tests.conftest import TRAIL
from tests.faults.programme import Programme
from tests.migrated import put_database
from tests.wire.test_outbox import KEYS, move_in

pytestmark = [pytest.mark.part("T24"), pytest.mark.beyond_suite]
STOCKHOLM = ZoneInfo("Europe/Stockholm")
APART = timedelta(seconds=90)
DAYS = {
    "summer time begins": date(2026, 3, 27),
    "summer time ends": date(2026, 10, 23),
    "leap day": date(2028, 2, 26),
}
SENT = "select once, conversation_id, kind from outbox where once is not null"
"""Each message has a unique key; that of a bundle is its person and day."""


def look(desk: Desk, now: datetime) -> None:
    """Do what a replica does at a moment of its own clock."""
    desk.run_now(lambda session: sweep.tell_of_protection(session, now))
    for tenant_id in desk.run_now(lambda session: sweep.tenants_to_sweep(session, now, ())):
        while desk.run_now(partial(sweep.step, tenant_id=tenant_id, now=now), f"sweep|{tenant_id}").more:
            continue


def forget(session: Session) -> None:
    """Forget who was told what, as if no key kept a message from being queued twice."""
    for statement in ("update outbox set once = once || '-' || id", "delete from told", "delete from sweep"):
        session.connection().execute(text(statement))


def days_of(path: Path, first: date, days: int, apart: timedelta, people: int, mutant: str) -> Counter[Any]:
    """Let two replicas work through some days, from before the office opens; return the messages queued."""
    path.unlink(missing_ok=True)
    with (
        closing(Desk(put_database(path), Keys(KEYS, TRAIL))) as one,
        closing(Desk(f"sqlite:///{path}", Keys(KEYS, TRAIL))) as other,
    ):
        migrate.upgrade(one)
        move_in(one, "http://127.0.0.1:1/", people)

        def dates(session: Session) -> None:
            values = {"received": first - timedelta(days=13), "planned": first + timedelta(days=3)}
            statement = "update cases set received_on = :received, planned_decision_on = :planned"
            session.connection().execute(text(statement), values)

        one.run_now(dates)
        for day in range(days):
            at = datetime(first.year, first.month, first.day, 7, 56, tzinfo=STOCKHOLM) + timedelta(days=day)
            for minute in range(0, 12, 2):
                for desk, off in ((one, -apart), (other, apart)):
                    if mutant:
                        one.run_now(forget)
                    look(desk, at + timedelta(minutes=minute) + off)
        return one.run_now(lambda session: Counter(map(tuple, session.connection().execute(text(SENT)))))


@pytest.mark.parametrize("what", DAYS)
def test_nobody_is_reminded_twice_or_on_another_day(programme: Programme, tmp_path: Path, what: str) -> None:
    people, days = programme.of(0, 5, 200), programme.of(0, 4, 6)
    apart = days_of(tmp_path / "apart.db", DAYS[what], days, APART, people, programme.mutant)
    together = days_of(tmp_path / "together.db", DAYS[what], days, timedelta(), people, "")
    assert apart == together, "put at other times or again"
    assert sum(together.values()) >= people
    programme.figure(
        f"{what}: people, days, messages with clocks 3 min apart and alike", f"{people}, {days}, {together.total()}"
    )


def test_a_last_day_is_a_day_of_the_calendar_wherever_the_clock_changes() -> None:
    """Four months on, from every day of a leap year and the year before, counted independently."""
    day = date(2027, 1, 1)
    while day < date(2029, 1, 1):
        year, month = day.year + (day.month > 8), (day.month + 3) % 12 + 1
        expected = date(year, month, min(day.day, monthrange(year, month)[1]))
        assert deadlines.finish_by(day) == expected
        day += timedelta(days=1)
