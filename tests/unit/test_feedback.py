"""Feedback: when it goes, and what differs."""

from datetime import date

import pytest

from checklists.feedback import Differs, differing, is_due
from checklists.workdays import Workdays

WEDNESDAY, NEXT_TUESDAY = date(2026, 5, 20), date(2026, 5, 26)


@pytest.mark.parametrize(
    ("done_on", "wanted", "today", "due"),
    [
        ([], 1, WEDNESDAY, False),
        ([WEDNESDAY], 1, WEDNESDAY, True),
        ([WEDNESDAY], 2, WEDNESDAY, False),
        ([WEDNESDAY], 2, date(2026, 5, 25), False),
        ([WEDNESDAY], 2, NEXT_TUESDAY, True),
        ([NEXT_TUESDAY, WEDNESDAY], 2, NEXT_TUESDAY, True),
    ],
)
def test_it_goes_when_all_have_read_and_within_five_working_days_of_the_first(
    done_on: list[date], wanted: int, today: date, due: bool
) -> None:
    assert is_due(done_on, wanted, today, Workdays()) == due


def test_what_lacks_something_or_is_a_ja_where_she_said_no_differs() -> None:
    read = {
        "child_heard_in_investigation": "nej",
        "decision_motivation_clear": "ja",
        "best_interests_in_analysis": "delvis",
    }
    read |= {"further_violence_risk_assessed": "ja", "violence_police_report_made": "ja"}
    own = {"decision_basis/child_heard": "ja", "decision_basis/further_violence_risk_assessed": "nej"}
    own |= {"decision_basis/police_report_decided": "obesvarad"}

    assert differing("peer_review_bou", read, own) == (
        Differs("child_heard_in_investigation", "nej", "ja"),
        Differs("best_interests_in_analysis", "delvis"),
        Differs("further_violence_risk_assessed", "ja", "nej"),
    )
