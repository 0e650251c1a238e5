"""Measures and feedback on both databases, by their actions alone."""

from datetime import timedelta

import pytest

from actions import answers, feedback, lists, measures, rounds, staff, units, wrong_case
from actions.basis import written
from actions.measures import Wanted
from actions.origin import Origin
from checklists.errors import MeasureMoved, MeasureOwner
from checklists.tenant_settings import TenantSettings
from storage import measures as stored
from storage import people, round_readings
from storage.cases import CaseRow
from storage.desk import Desk, Session
from tests.sql.conftest import NOW
from tests.sql.test_rounds import TODAY, begun, plan, town

WORKDAYS = TenantSettings().workdays
DUE = TODAY + timedelta(days=7)


def test_a_measure_is_only_for_a_nej_and_only_for_who_works_with_the_case(desk: Desk) -> None:
    def work(session: Session) -> None:
        at = town(session)
        lena, case = at.origin("lena"), session.get_one(CaseRow, at.cases[0])
        lists.begin(session, lena, written(session, case))
        sheet = written(session, case).sheets[0]
        with pytest.raises(MeasureMoved):
            measures.for_answer(session, lena, sheet, "child_heard", at.people["lena"], DUE)
        answers.choose(session, lena, sheet, {"child_heard": "nej"})
        for name in ("cia", "mona"):
            with pytest.raises(MeasureOwner):
                measures.for_answer(session, lena, sheet, "child_heard", at.people[name], DUE)
        row, _ = measures.for_answer(session, lena, sheet, "child_heard", at.people["lena"], DUE)
        assert (row.case_id, row.item_id, stored.what_of(session, row)) == (case.id, "child_heard", "")

    desk.run_now(work)


def test_when_the_owner_leaves_those_who_look_are_told_the_next_day_once(desk: Desk) -> None:
    def work(session: Session) -> None:
        at = town(session)
        mona, lena = at.origin("mona"), at.people["lena"]
        far = TODAY + timedelta(days=200)
        measures.make(session, mona, Wanted("Ny rutin", at.north, lena, far, code="N9"))
        assert measures.owned_by(session, at.tenant, lena) == 1
        person = people.person(session, at.tenant, lena)
        assert person is not None
        staff.leave(session, mona, person, TODAY + timedelta(days=2))

        def told(days: int) -> list[int]:
            day = TODAY + timedelta(days=days)
            measures.note_due(session, at.tenant, day, WORKDAYS)
            found = measures.told_of(session, at.tenant, day)
            rows = [row for some in found.values() for row in some]
            assert measures.nobodys(session, at.tenant, rows, day) == len(rows)
            return list(found)

        assert told(2) == []
        assert told(3) == [at.people["mona"]]
        assert told(4) == []

    desk.run_now(work)


def test_a_measure_whose_owner_has_left_is_told_to_who_looks_at_it_and_follows_its_unit(desk: Desk) -> None:
    def work(session: Session) -> None:
        at = town(session)
        mona = at.origin("mona")
        wanted = Wanted("Ny rutin", at.north, at.people["lena"], DUE, code="N9")
        row, _ = measures.make(session, mona, wanted)
        assert b"rutin" not in row.what
        assert measures.every_measured(session) == {"N9"}
        measures.note_due(session, at.tenant, DUE, WORKDAYS)
        assert list(measures.told_of(session, at.tenant, DUE)) == [at.people["lena"]]
        for held in people.every_role_of(session, at.people["lena"]):
            people.delete_role(session, held)
        session.flush()
        assert list(measures.told_of(session, at.tenant, DUE)) == [at.people["mona"]]
        north, south = (people.unit_by_id(session, at.tenant, one) for one in (at.north, at.south))
        assert north is not None
        assert south is not None
        units.merge(session, mona, north, south)
        session.flush()
        [moved] = stored.every(session, at.tenant)
        assert moved.unit_id == at.south

    desk.run_now(work)


def test_of_a_round_that_is_not_begun_or_is_long_over_nobody_is_told(desk: Desk) -> None:
    def work(session: Session) -> None:
        at = town(session)
        rounds.make(session, at.origin("mona"), plan(at))
        row = begun(session, at, "cia", "dan", name="Hösten")
        origin = Origin(at.tenant, "system", NOW)
        assert feedback.due(session, origin, WORKDAYS) == []
        assert feedback.due(session, Origin(at.tenant, "system", NOW + timedelta(days=90)), WORKDAYS) == []
        for one in round_readings.readings(session, row.id):
            one.feedback_at = NOW
        session.flush()
        assert feedback.due(session, origin, WORKDAYS) == []

    desk.run_now(work)


def test_a_measure_of_a_case_that_was_withdrawn_is_in_no_list_file_or_reminder(desk: Desk) -> None:
    def work(session: Session) -> None:
        at = town(session)
        lena, case = at.origin("lena"), session.get_one(CaseRow, at.cases[0])
        lists.begin(session, lena, written(session, case))
        sheet = written(session, case).sheets[0]
        answers.choose(session, lena, sheet, {"child_heard": "nej"})
        measures.for_answer(session, lena, sheet, "child_heard", at.people["lena"], DUE)
        own, _ = measures.make(session, at.origin("mona"), Wanted("Ny rutin", at.north, at.people["lena"], DUE))
        measures.note_due(session, at.tenant, DUE, WORKDAYS)
        wrong_case.withdraw(session, lena, case)
        session.flush()

        assert [row.id for row in stored.unchecked(session, at.tenant)] == [own.id]
        assert [row.id for row in stored.every(session, at.tenant)] == [own.id]
        assert [row.id for row in stored.told(session, at.tenant, DUE)] == [own.id]

    desk.run_now(work)
