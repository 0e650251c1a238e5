"""Who is notified about a case, who reads it and on whose behalf. People are numbers."""

from dataclasses import dataclass

import pytest

from checklists.access import Audience, Holding, Staff, may_extract, may_open, may_use, reads, reads_as_deputy
from checklists.model import Role
from checklists.rights import Right

HERE, THERE, EVERYWHERE = 1, 2, 3
LEAD, CO, WORKER, CHEF, OTHER_CHEF, DEPUTY, MANAGER, CHEF_THERE, DEPUTY_THERE = range(11, 20)


@dataclass(frozen=True)
class Case:
    """The properties of a case that decide who may do what."""

    unit_id: int = HERE
    lead_id: int | None = LEAD
    co_id: int | None = CO
    protected_identity: bool = False


def held(person: int, role: Role, unit: int = HERE, stands_in_for: int | None = None) -> Holding:
    return Holding(person, unit, role, stands_in_for)


WORKERS = [held(person, "case_worker") for person in (LEAD, CO, WORKER)]
ELSEWHERE = [
    held(CHEF_THERE, "unit_manager", THERE),
    held(DEPUTY_THERE, "deputy", THERE),
    held(MANAGER, "manager", EVERYWHERE),
]
CHEFS = [held(CHEF, "unit_manager")]
TWO_CHEFS = [*CHEFS, held(OTHER_CHEF, "unit_manager")]
FOR_NOBODY = held(DEPUTY, "deputy")
FOR_CHEF = held(DEPUTY, "deputy", stands_in_for=CHEF)


def staff(*more: Holding) -> Staff:
    return Staff([*WORKERS, *ELSEWHERE, *more])


def test_who_has_worked_on_the_case_is_not_asked_to_sign_it_while_anyone_else_is_there() -> None:
    with_deputy = staff(*CHEFS, FOR_CHEF)
    assert with_deputy.chefs(Case(), [DEPUTY]) == [CHEF], "the chef herself in the deputy's place"
    assert with_deputy.chefs(Case(), [CHEF]) == [DEPUTY]
    assert with_deputy.chefs(Case(), [CHEF, DEPUTY]) == [DEPUTY], "she reads, and is told that another signs"
    assert with_deputy.chefs(Case(lead_id=DEPUTY), [CHEF]) == [CHEF]
    assert staff(*TWO_CHEFS).recipients(Case(), "chef", [CHEF]) == [OTHER_CHEF]
    assert with_deputy.recipients(Case(), "deputy_else_manager", [DEPUTY]) == [MANAGER]


# --- rights ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["unit_manager", "deputy"])
def test_a_chef_or_deputy_of_the_unit_reads_and_nobody_who_works_on_the_case(role: Role) -> None:
    assert reads([held(CHEF, role)], Case())
    assert not reads([held(CHEF, role, THERE)], Case())
    assert not reads([held(CHEF, role)], Case(lead_id=CHEF))
    assert not reads([held(CHEF, role)], Case(co_id=CHEF))
    assert reads([held(CHEF, role, THERE), held(CHEF, role)], Case()), "one of several roles is enough"


@pytest.mark.parametrize("role", ["case_worker", "manager", "auditor", "admin", "peer_reviewer"])
def test_nobody_reads_by_another_role(role: Role) -> None:
    assert not reads([held(CHEF, role)], Case())


def test_a_right_depends_on_the_relation_to_the_case() -> None:
    def may(relation: str, person: int, unit: int = HERE) -> bool:
        right = Right("read", "case", {"case_worker": (relation,)})  # type: ignore[dict-item]
        return may_use(right, [held(person, "case_worker", unit)], Case())

    assert [relation for relation in ("lead", "co_worker", "own_unit", "other") if may(relation, LEAD)] == ["lead"]
    assert [relation for relation in ("lead", "co_worker", "own_unit", "other") if may(relation, CO)] == ["co_worker"]
    assert may("own_unit", WORKER)
    assert not may("other", WORKER)
    assert may("other", WORKER, THERE)
    assert not may("own_unit", WORKER, THERE)


def test_a_case_exists_for_its_workers_its_chefs_and_those_who_review_from_outside() -> None:
    assert may_open([held(LEAD, "case_worker")], Case())
    assert may_open([held(DEPUTY, "deputy")], Case())
    assert not may_open([held(WORKER, "case_worker")], Case())
    assert not may_open([held(CHEF_THERE, "unit_manager", THERE)], Case())
    assert not may_open([held(MANAGER, "manager", EVERYWHERE), held(MANAGER, "admin", EVERYWHERE)], Case())
    assert may_open([held(WORKER, "peer_reviewer", THERE)], Case())
    assert not may_open([held(WORKER, "peer_reviewer", THERE)], Case(protected_identity=True))


def test_a_chef_of_the_unit_never_acts_as_a_deputy() -> None:
    assert not reads_as_deputy([held(CHEF, "unit_manager")], Case())
    assert not reads_as_deputy([held(CHEF, "deputy"), held(CHEF, "unit_manager")], Case())
    assert reads_as_deputy([held(CHEF, "deputy")], Case())
    assert reads_as_deputy([held(CHEF, "deputy"), held(CHEF, "unit_manager", THERE)], Case())


# --- who is notified -------------------------------------------------------------------------------------------------


def test_the_workers_are_told_else_the_chefs() -> None:
    assert staff(*CHEFS).recipients(Case(), "worker") == [LEAD, CO]
    assert staff(*CHEFS).recipients(Case(lead_id=None), "worker") == [CO]
    gone = Staff([*CHEFS, held(CO, "case_worker")])
    assert gone.recipients(Case(), "worker") == [CO]
    assert gone.recipients(Case(co_id=None), "worker") == [CHEF], "neither works here now"
    assert staff(*CHEFS).recipients(Case(), "chef") == [CHEF]


@pytest.mark.parametrize(
    ("holdings", "told"),
    [
        (CHEFS, [CHEF]),
        (TWO_CHEFS, [CHEF, OTHER_CHEF]),
        ([*CHEFS, FOR_CHEF], [DEPUTY]),
        ([*CHEFS, FOR_NOBODY], [DEPUTY]),  # for the unit's only chef
        ([*TWO_CHEFS, FOR_CHEF], [DEPUTY, OTHER_CHEF]),
        ([*TWO_CHEFS, FOR_NOBODY], [CHEF, OTHER_CHEF, DEPUTY]),
        ([FOR_NOBODY], [DEPUTY]),
        ([FOR_CHEF], []),  # no longer chef, so her deputy has no role either
        ([*CHEFS, held(DEPUTY, "deputy", stands_in_for=OTHER_CHEF)], [CHEF]),
        ([*TWO_CHEFS, FOR_CHEF, held(DEPUTY, "deputy", stands_in_for=OTHER_CHEF)], [DEPUTY]),
        ([*CHEFS, held(LEAD, "deputy", stands_in_for=CHEF)], [CHEF]),  # nobody reads a case they work on
        ([*CHEFS, held(CO, "deputy")], [CHEF]),
        ([*TWO_CHEFS, held(LEAD, "deputy")], [CHEF, OTHER_CHEF]),
        ([held(LEAD, "unit_manager"), held(DEPUTY, "deputy", stands_in_for=LEAD)], [DEPUTY]),
        ([held(LEAD, "unit_manager")], []),
        ([held(CO, "unit_manager"), *CHEFS], [CHEF]),
        ([], []),
    ],
)
def test_each_chef_reads_or_her_deputy_while_one_is_named(holdings: list[Holding], told: list[int]) -> None:
    assert staff(*holdings).chefs(Case()) == told


def test_a_deputy_is_told_of_what_was_left_lying_else_the_managers() -> None:
    audience: Audience = "deputy_else_manager"

    assert staff(*CHEFS, FOR_CHEF).recipients(Case(), audience) == [DEPUTY]
    assert staff(*CHEFS).recipients(Case(), audience) == [MANAGER]
    assert staff(*CHEFS, held(LEAD, "deputy")).recipients(Case(), audience) == [MANAGER]
    assert staff(*CHEFS).recipients(Case(co_id=MANAGER), audience) == []
    assert staff(*CHEFS).recipients(Case(protected_identity=True), audience) == [CHEF]
    assert staff(*CHEFS, FOR_CHEF).recipients(Case(protected_identity=True), audience) == [DEPUTY]


@pytest.mark.parametrize("protected", [False, True])
def test_where_no_deputy_has_the_app_the_chef_is_told_and_of_what_goes_past_her_the_managers(protected: bool) -> None:
    case, here = Case(protected_identity=protected), staff(*CHEFS, FOR_CHEF)

    assert here.past_deputies(case, "chef") == [CHEF]
    assert here.past_deputies(case, "worker") == [], "its workers are told once they have the app"
    alone = Case(lead_id=None, co_id=None, protected_identity=protected)
    assert here.past_deputies(alone, "worker") == [CHEF]
    assert here.past_deputies(case, "deputy_else_manager") == [CHEF if protected else MANAGER]


def test_in_place_of_someone_out_of_reach_come_the_deputies_else_the_managers() -> None:
    here = staff(*TWO_CHEFS, FOR_CHEF)

    assert here.fallbacks(Case(), CHEF) == ([DEPUTY], [MANAGER])
    assert here.fallbacks(Case(), DEPUTY) == ([], [MANAGER])
    assert here.fallbacks(Case(lead_id=DEPUTY, co_id=MANAGER), CHEF) == ([], [])
    assert here.fallbacks(Case(protected_identity=True), CHEF) == ([DEPUTY], [OTHER_CHEF])
    assert here.fallbacks(Case(protected_identity=True, lead_id=OTHER_CHEF), DEPUTY) == ([], [CHEF])


def test_the_chefs_themselves_are_found_whoever_stands_in_for_them() -> None:
    assert staff(*TWO_CHEFS, FOR_CHEF).own_chefs(Case()) == [CHEF, OTHER_CHEF]
    assert staff(*TWO_CHEFS).own_chefs(Case(lead_id=CHEF)) == [OTHER_CHEF]
    assert staff(*TWO_CHEFS).own_chefs(Case(co_id=OTHER_CHEF)) == [CHEF]


@pytest.mark.parametrize("protected", [False, True])
def test_of_protected_identity_only_workers_and_readers_may_be_told(protected: bool) -> None:
    case = Case(protected_identity=protected)
    here = staff(*CHEFS, FOR_CHEF)
    everybody = (LEAD, CO, WORKER, CHEF, DEPUTY, MANAGER, CHEF_THERE, DEPUTY_THERE)

    told = [person for person in everybody if here.may_be_told(case, person)]

    assert told == [LEAD, CO, CHEF, DEPUTY, *([] if protected else [MANAGER])]
    assert [person for person in everybody if here.reads(case, person)] == [CHEF, DEPUTY]


def test_a_deputy_acts_for_the_chefs_named_else_for_all_of_the_unit() -> None:
    for_both = (FOR_CHEF, held(DEPUTY, "deputy", stands_in_for=OTHER_CHEF))

    assert staff(*TWO_CHEFS, FOR_CHEF).chefs_covered_by(Case(), DEPUTY) == [CHEF]
    assert staff(*TWO_CHEFS, *reversed(for_both)).chefs_covered_by(Case(), DEPUTY) == [CHEF, OTHER_CHEF]
    assert staff(*reversed(TWO_CHEFS), FOR_NOBODY).chefs_covered_by(Case(), DEPUTY) == [CHEF, OTHER_CHEF]
    assert staff(*TWO_CHEFS, FOR_NOBODY, FOR_CHEF).chefs_covered_by(Case(), DEPUTY) == [CHEF]
    other = held(WORKER, "deputy", stands_in_for=OTHER_CHEF)
    assert staff(*TWO_CHEFS, FOR_CHEF, other).chefs_covered_by(Case(), DEPUTY) == [CHEF]
    elsewhere = held(DEPUTY, "deputy", THERE, stands_in_for=CHEF_THERE)
    assert staff(*CHEFS, FOR_NOBODY, elsewhere).chefs_covered_by(Case(), DEPUTY) == [CHEF]


def test_someone_with_a_role_in_two_units_is_a_manager_once() -> None:
    assert staff(held(MANAGER, "manager", HERE)).managers() == [MANAGER]


def test_an_extract_of_a_protected_identity_is_the_chefs_alone() -> None:
    @dataclass(frozen=True)
    class Kept:
        unit_id: int = 1
        lead_id: int | None = 7
        co_id: int | None = None
        protected_identity: bool = False

    lead, chef = Holding(7, 1, "case_worker"), Holding(8, 1, "unit_manager")
    deputy, leading = Holding(9, 1, "deputy"), Holding(7, 1, "unit_manager")
    assert may_extract([lead], Kept())
    assert may_extract([chef], Kept(protected_identity=True))
    for held in ([lead], [deputy], [lead, leading]):
        assert not may_extract(held, Kept(protected_identity=True))
