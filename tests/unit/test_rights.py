"""The table of rights, collected from the dialogs' declarations, is complete."""

import pytest

from checklists.model import Role
from checklists.rights import ANYONE, OWN_CASE, RELATIONS, ROLES, Right, may, sees_figures, table


def test_rights_are_gathered_by_verb() -> None:
    read, write = Right("read", "case", ANYONE), Right("answer", "case", OWN_CASE)

    assert table([read, write]) == {"read": read, "answer": write}


def test_a_verb_declared_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="the verb read is declared twice"):
        table([Right("read", "case", ANYONE), Right("read", "self", OWN_CASE)])


def test_a_role_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="boss"):
        table([Right("read", "case", {"case_worker": ("lead",), "boss": ("lead",)})])  # type: ignore[dict-item]


def test_a_relation_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="cousin"):
        table([Right("read", "case", {"case_worker": ("lead", "cousin")})])  # type: ignore[dict-item]


def test_a_verb_that_nobody_may_use_is_refused() -> None:
    with pytest.raises(ValueError, match="read has no rights"):
        table([Right("read", "case")])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("relation", RELATIONS)
def test_only_lead_and_co_worker_in_that_very_role_have_the_rights_of_an_own_case(role: str, relation: str) -> None:
    right = Right("answer", "case", OWN_CASE)

    expected = role == "case_worker" and relation in ("lead", "co_worker")
    assert may(right, [(role, relation)]) is expected  # type: ignore[list-item]


def test_one_standing_that_suffices_is_enough_and_none_is_not() -> None:
    right = Right("answer", "case", OWN_CASE)

    assert may(right, [("auditor", "other"), ("case_worker", "lead")])
    assert not may(right, [("case_worker", "own_unit"), ("unit_manager", "lead")])
    assert not may(right, [])


@pytest.mark.parametrize(
    ("held", "unit", "sees"),
    [
        ([("manager", "")], "", True),
        ([("manager", "")], "Nord", True),
        ([("unit_manager", "Nord")], "Nord", True),
        ([("deputy", "Nord")], "Nord", True),
        ([("unit_manager", "Nord")], "Syd", False),
        ([("unit_manager", "Nord")], "", False),
        ([("unit_manager", "")], "", False),
        ([("deputy", "")], "Nord", False),
        ([("case_worker", "Nord"), ("auditor", ""), ("admin", "")], "Nord", False),
        ([("case_worker", "Nord"), ("unit_manager", "Syd")], "Nord", False),
        ([], "", False),
    ],
)
def test_whose_figures_someone_sees(held: list[tuple[Role, str]], unit: str, sees: bool) -> None:
    assert sees_figures(held, unit) is sees
