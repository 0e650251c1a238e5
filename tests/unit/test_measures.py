"""Measures: their state, the days they are reminded of, the days offered, who sees them."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from checklists.access import Held, Holding
from checklists.coverage import coverage
from checklists.loader import newest
from checklists.measures import Place, checks, follow_up_on, may_do, offered, remind_on, sees, state
from checklists.model import Role
from checklists.workdays import Workdays
from tests.unit.test_coverage import CHILD_LISTS, without

WORK = Workdays()
DUE = date(2026, 6, 10)
"""A Wednesday."""


@dataclass(frozen=True)
class One:
    """A role held by a person."""

    person_id: int
    unit_id: int
    role: Role
    stands_in_for_id: int | None = None


@dataclass(frozen=True)
class Case:
    """A case as the rules read it."""

    unit_id: int = 1
    lead_id: int | None = 10
    co_id: int | None = 11
    protected_identity: bool = False


@pytest.mark.parametrize(
    ("today", "done", "checked", "wanted"),
    [
        (DUE, False, False, "open"),
        (DUE + timedelta(days=1), False, False, "late"),
        (DUE + timedelta(days=1), True, False, "done"),
        (DUE + timedelta(days=1), True, True, "checked"),
    ],
)
def test_a_measure_is_late_the_day_after_its_day_and_not_once_it_is_done(
    today: date, done: bool, checked: bool, wanted: str
) -> None:
    assert state(DUE, today, done=done, checked=checked) == wanted


def test_the_days_offered_are_working_days() -> None:
    assert offered(date(2026, 5, 30), WORK) == (date(2026, 6, 8), date(2026, 6, 15), date(2026, 6, 29))


def test_it_is_reminded_of_before_its_day_on_it_and_again_while_it_is_late() -> None:
    told: date | None = None
    days = []
    for number in range(60):
        today = date(2026, 5, 28) + timedelta(days=number)
        if WORK.is_working(today) and remind_on(DUE, today, told, WORK):
            told = today
            days.append(today.isoformat())

    assert days[:5] == ["2026-06-05", "2026-06-10", "2026-06-11", "2026-06-18", "2026-06-26"]


def test_a_day_that_was_missed_is_caught_up_once() -> None:
    after = date(2026, 6, 8)
    assert remind_on(DUE, after, None, WORK)
    assert not remind_on(DUE, after, after, WORK)
    assert not remind_on(DUE, date(2026, 6, 4), None, WORK)


def test_whether_it_helped_is_asked_on_the_first_working_day_and_every_fifth_after_it() -> None:
    told: date | None = date(2026, 5, 27)  # that it was due
    days = []
    for number in range(40):
        today = date(2026, 5, 28) + timedelta(days=number)
        if follow_up_on(date(2026, 5, 30), today, told, WORK):
            told = today
            days.append(today.isoformat())

    assert days == ["2026-06-01", "2026-06-08", "2026-06-15", "2026-06-23", "2026-06-30"], "19 June is no working day"
    assert not follow_up_on(date(2026, 5, 30), date(2026, 5, 31), None, WORK)


CASES: list[tuple[int, Held, bool, bool]] = [
    (10, One(10, 1, "case_worker"), True, False),
    (12, One(12, 1, "case_worker"), False, False),
    (20, One(20, 1, "unit_manager"), True, True),
    (21, One(21, 1, "deputy"), True, True),
    (22, One(22, 2, "unit_manager"), False, False),
    (30, One(30, 0, "manager"), False, False),
    (40, One(40, 1, "peer_reviewer"), False, False),
    (50, One(50, 0, "admin"), False, False),
]


@pytest.mark.parametrize(("person", "held", "seen", "checked"), CASES)
def test_what_is_to_be_put_right_in_a_case_is_seen_by_its_lead_and_chef_only(
    person: int, held: Held, seen: bool, checked: bool
) -> None:
    place = Place(owner_id=11, unit_id=1, case=Case())

    assert (sees(person, [held], place), checks([held], place)) == (seen, checked)
    assert sees(11, [], place), "its owner"


@pytest.mark.parametrize(("person", "held", "seen", "_checked"), CASES)
def test_the_units_own_measures_are_seen_by_their_owner_the_units_chef_and_managers(
    person: int, held: Held, seen: bool, _checked: bool
) -> None:
    place = Place(owner_id=12, unit_id=1)

    assert sees(person, [held], place) == (person in (12, 20, 21, 30))
    assert checks([held], place) == (person in (20, 21, 30))


# --- coverage --------------------------------------------------------------------------------------------------------


def lacking(measured: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return what the two lists lack as their source prints them, that is, without the local additions."""
    as_printed = [without(one, "further_violence_risk_assessed") for one in CHILD_LISTS]
    return {one.finding.code: lack for one in coverage(as_printed) if (lack := one.lacks(measured))}


def test_the_two_lists_as_printed_lack_the_risk_of_further_violence_and_a_measure_for_the_staff() -> None:
    assert lacking() == {"B1": "direct", "B3": "question", "N9": "measure"}


def test_a_measure_answers_what_is_about_staff_or_only_seen_indirectly_and_never_what_nothing_asks() -> None:
    assert lacking(frozenset({"B1", "B3", "N9"})) == {"B3": "question"}


def test_competence_needs_a_measure_whatever_is_asked() -> None:
    told = {one.finding.code: one for one in coverage([newest("sample_audit")])}

    assert told["R2"].questions
    assert (told["R2"].lacks(()), told["R2"].lacks({"R2"}), told["R3"].lacks(())) == ("measure", "", "")


def test_what_is_nobodys_any_more_is_said_to_be_done_by_whoever_checks_it() -> None:
    chef, manager = [Holding(13, 1, "unit_manager")], [Holding(14, 9, "manager")]
    owned, nobodys = Place(owner_id=11, unit_id=1), Place(owner_id=None, unit_id=1)
    assert [may_do(one, held, owned) for one, held in ((11, ()), (13, chef), (14, manager))] == [True, False, False]
    assert [may_do(one, held, nobodys) for one, held in ((11, ()), (13, chef), (14, manager))] == [False, True, True]
    assert not sees(11, (), nobodys)
