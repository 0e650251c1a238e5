"""`coverage` names criticism that no question can detect: the shipped lists miss one of the four."""

import pytest

from checklists.coverage import Covered, coverage, newest_files
from checklists.findings import all_findings
from checklists.loader import newest, read_checklist
from checklists.model import Checklist

CODES = [f"{letter}{number}" for letter, most in (("B", 4), ("R", 4), ("N", 9)) for number in range(1, most + 1)]
SHIPPED = [read_checklist(path) for path in newest_files()]
CHILD_LISTS = [newest("decision_basis"), newest("peer_review_bou")]


def without(checklist: Checklist, *item_ids: str) -> Checklist:
    """Return the list with these questions switched off."""
    items = [item.model_copy(update={"enabled": item.enabled and item.id not in item_ids}) for item in checklist.items]
    return checklist.model_copy(update={"items": tuple(items)})


def bare(told: tuple[Covered, ...]) -> list[str]:
    return [one.finding.code for one in told if not one.questions and not one.finding.by_measure]


def test_every_criticism_is_named_once_and_in_both_languages() -> None:
    assert [finding.code for finding in all_findings()] == CODES
    assert all(finding.text != finding.text_en for finding in all_findings())


def test_every_criticism_is_seen_by_the_shipped_lists() -> None:
    told = coverage(SHIPPED)

    assert [one.finding.code for one in told] == CODES
    assert bare(told) == []
    assert len(SHIPPED) == 6


@pytest.mark.parametrize("lists", [SHIPPED, CHILD_LISTS], ids=["all", "the two of the action plan"])
def test_the_words_of_the_source_alone_do_not_see_the_risk_of_further_violence(lists: list[Checklist]) -> None:
    assert bare(coverage(lists)) == []

    assert bare(coverage([without(one, "further_violence_risk_assessed") for one in lists])) == ["B3"]


def test_a_question_that_is_switched_off_covers_nothing() -> None:
    of_police = [item.id for item in CHILD_LISTS[0].items if "B4" in item.criticism]

    assert bare(coverage([CHILD_LISTS[0]])) == []
    assert bare(coverage([without(CHILD_LISTS[0], *of_police)])) == ["B4"]
    assert bare(coverage([without(CHILD_LISTS[0], *of_police), CHILD_LISTS[1]])) == []


def test_a_list_that_no_criticism_was_told_to_is_asked_about_all() -> None:
    told = coverage([newest("sample_audit")])

    assert [one.finding.code for one in told] == CODES
    assert set(bare(told)) == set(CODES) - {"N3", "R2", "R3", "R4", "N4", "B2", "N9"}


def test_questions_are_told_with_their_list() -> None:
    told = {one.finding.code: one.questions for one in coverage(CHILD_LISTS)}

    assert told["B3"] == (
        "decision_basis/further_violence_risk_assessed",
        "peer_review_bou/further_violence_risk_assessed",
    )
    assert told["N5"] == ("peer_review_bou/best_interests_in_analysis",), "shown without being asked for"
    assert "N1" not in told
