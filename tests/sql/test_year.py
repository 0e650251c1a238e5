"""The year and follow-up rounds on both databases, by their actions alone."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from actions import measures, round_progress, rounds, units, year
from actions.year import Due
from checklists.errors import DutyDay, DutyMoved, RoundMoved
from checklists.periods import Period
from checklists.tenant_settings import TenantSettings
from checklists.year import Slot
from storage import people, told_reminders, trail
from storage import rounds as stored_rounds
from storage import year as stored
from storage.desk import Desk, Session
from tests.sql.conftest import NOW
from tests.sql.test_rounds import SETTINGS, TODAY, begun, plan, town

SOON = TODAY + timedelta(days=10)


def test_a_duty_follows_its_unit_and_is_told_to_who_is_there(desk: Desk) -> None:
    def work(session: Session) -> None:
        at = town(session)
        mona = at.origin("mona")
        for kind, day, every in ((None, SOON, 0), ("forum", None, 0), ("forum", TODAY - timedelta(days=1), 0)):
            with pytest.raises(DutyDay):
                year.add(session, mona, kind, at.north, day, every)  # type: ignore[arg-type]
        with pytest.raises(DutyDay):
            year.add(session, mona, "forum", at.north, SOON, 5)
        row, _ = year.add(session, mona, "forum", at.north, SOON, 2)
        year.note_due(session, at.tenant, SETTINGS, TODAY)
        assert year.told_of(session, at.tenant, SETTINGS, TODAY) == {at.people["mona"]: [Due(SOON, at.north)]}
        year.set_wheel(session, mona, at.north, {3})
        north, south = (people.unit_by_id(session, at.tenant, one) for one in (at.north, at.south))
        assert north is not None
        assert south is not None
        units.merge(session, mona, north, south)
        with pytest.raises(DutyMoved):
            year.done(session, mona, row, {at.north})
        session.refresh(row)
        assert (row.unit_id, stored.wheels(session, at.tenant)) == (at.south, {})
        year.done(session, mona, row, {at.south})
        assert year.told_of(session, at.tenant, SETTINGS, TODAY) == {}
        assert [one.due_on.month for one in stored.duties(session, at.tenant)] == [SOON.month, SOON.month + 2]

    desk.run_now(work)


def test_a_demand_named_in_the_setting_is_told_to_the_managers_before_its_day_on_it_and_while_it_is_late(
    desk: Desk,
) -> None:
    def work(session: Session) -> None:
        at = town(session)
        due = SETTINGS.workdays.on_or_after(TODAY + timedelta(days=10))
        said = (f"B1:atgardskrav:{due}", "B2:kritik", f"B3:uppfoljd:{TODAY}")
        settings = replace(SETTINGS, findings=said)
        after = SETTINGS.workdays.after
        down = SETTINGS.workdays.before(due, 3)
        told = []
        for day in (TODAY + timedelta(days=n) for n in range(35)):
            if not settings.workdays.is_working(day) or day == down:  # nothing is swept on a free day, or while down
                continue
            told_reminders.begin_sweep(session, at.tenant, day, NOW)
            found = year.told_of(session, at.tenant, settings, day).get(at.people["mona"], [])
            told += [day] if Due(due, None) in found else []
        first = SETTINGS.workdays.on_or_after(TODAY)
        assert told[:4] == [first, after(down), due, after(due)], "first when it is known, and after a day it was down"
        assert told[4:6] == [after(after(due), 5), after(after(due), 10)]

    desk.run_now(work)


def test_the_next_round_is_of_units_with_cases_that_are_open_and_of_the_municipalitys_own_time(desk: Desk) -> None:
    def work(session: Session) -> None:
        at = town(session)
        assert trail.begun_at(session, at.tenant) is None
        usual = (TODAY.month,)
        [(unit, slot)] = stored.next_rounds(session, at.tenant, usual, TODAY).items()
        assert (unit, slot.first) == (at.north, TODAY.replace(day=1))
        month = TODAY.replace(day=1) - timedelta(days=1)
        before = stored.next_rounds(session, at.tenant, (month.month,), TODAY)[at.north]
        assert before.first.year == month.year + 1, "nothing was asked of it before it began"
        trail.record(session, at.tenant, NOW - timedelta(days=60), "system", "swept")
        late = stored.next_rounds(session, at.tenant, (month.month,), TODAY)[at.north]
        assert late == Slot(month.replace(day=1), month)
        year.set_wheel(session, at.origin("mona"), at.north, ())
        assert stored.next_rounds(session, at.tenant, usual, TODAY) == {}
        year.set_wheel(session, at.origin("mona"), at.north, None)
        unit_row = people.unit_by_id(session, at.tenant, at.north)
        assert unit_row is not None
        unit_row.closed_on = TODAY
        session.flush()
        assert stored.next_rounds(session, at.tenant, usual, TODAY) == {}

    desk.run_now(work)


def test_the_same_day_again_notes_nothing_and_a_missed_day_is_caught_up(desk: Desk) -> None:
    def work(session: Session) -> None:
        at = town(session)
        settings = TenantSettings(wheel=(TODAY.month,))
        year.note_due(session, at.tenant, settings, TODAY)
        assert stored.wheels(session, at.tenant) == {}, "no round was ever held here"
        begun(session, at, "cia", "dan", opens_on=TODAY - timedelta(days=300))
        year.note_due(session, at.tenant, settings, TODAY)
        assert stored.wheels(session, at.tenant)[at.north].told_on == TODAY
        year.note_due(session, at.tenant, settings, TODAY + timedelta(days=1))
        assert stored.wheels(session, at.tenant)[at.north].told_on == TODAY

    desk.run_now(work)


def test_only_a_closed_round_is_followed_up_and_in_the_version_it_had(desk: Desk) -> None:
    def work(session: Session) -> None:
        at = town(session, 6)
        mona = at.origin("mona")
        row = begun(session, at, "cia", "dan", per_unit=2, quota=1, twice=50, pool="Barnrättsgruppen")
        period = Period(TODAY - timedelta(days=100), TODAY)
        again = ("Igen", period, TODAY, TODAY + timedelta(days=30))
        with pytest.raises(RoundMoved):
            rounds.follow_up(session, mona, row, *again)
        left = {one.case.id: "no_time" for one in round_progress.progress(session, row)}
        rounds.close(session, mona, row, left)
        row.version = 1
        made, _ = rounds.follow_up(session, mona, row, *again)
        assert (made.version, made.per_unit, made.quota, made.twice) == (1, 2, 1, 50)
        assert (made.baseline_id, stored_rounds.pool_of(session, made)) == (row.id, "Barnrättsgruppen")
        assert stored_rounds.units_of(session, made.id) == [at.north]
        assert plan(at).version == 0

    desk.run_now(work)


def test_the_register_is_read_for_a_message_only_if_there_is_something_to_tell(desk: Desk) -> None:
    said: list[str] = []
    event.listen(desk.engine, "before_cursor_execute", lambda *about: said.append(about[2]))

    def reads(session: Session, tenant: int, day: date) -> int:
        session.flush()
        said.clear()
        found = [year.told_of(session, tenant, SETTINGS, day), measures.told_of(session, tenant, day)]
        assert found == [{}, {}] or any(found)
        return sum("FROM role" in line and "role.person_id, role.unit_id" in line for line in said)

    def work(session: Session) -> None:
        at = town(session)
        mona = at.origin("mona")
        assert reads(session, at.tenant, TODAY) == 0
        year.add(session, mona, "forum", at.north, SOON, 2)
        year.note_due(session, at.tenant, SETTINGS, TODAY)
        assert reads(session, at.tenant, TODAY) == 1

    desk.run_now(work)
