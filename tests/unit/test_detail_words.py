"""What a typed line says of what goes with an answer, of the card before a list, and of which list is meant."""

from datetime import date

import pytest

from checklists.access import Holding, seat
from checklists.case_dates import CaseDates
from checklists.deadlines import proposed
from checklists.detail_words import read_detail, read_start
from checklists.list_names import LISTS, split
from checklists.loader import newest
from checklists.model import ListId, Role
from storage.cases import CaseRow

METHODS = newest("sample_audit").by_id["standardised_method_used"]
SIGNED = newest("intake").by_id["protection_assessment_signed"]
MADE_ON = newest("intake").by_id["protection_assessment_date_shown"]
TODAY = date(2026, 5, 12)


@pytest.mark.parametrize(
    ("line", "options", "text"),
    [
        ("FREDA", "freda", ""),
        ("freda, bbic", "freda,bbic", ""),
        ("Freda och ASI", "freda,asi", ""),
        ("FREDA + annan", "freda,another", ""),
        ("freda; Påhittad metod", "freda", "Påhittad metod"),
        ("another", "another", ""),
        ("Signs of Safety", "", "Signs of Safety"),
    ],
)
def test_methods_are_named_in_any_way_and_the_rest_is_in_words(line: str, options: str, text: str) -> None:
    assert read_detail(METHODS, line, TODAY) == {"options": options, "text": text, "day": ""}


@pytest.mark.parametrize("line", ["stämpel", "signatur, stämpel", "2026-05-06", ",", ""])
def test_ticks_take_nothing_else(line: str) -> None:
    assert read_detail(SIGNED, line, TODAY) is None


def test_ticks_are_taken_in_both_languages() -> None:
    swedish = read_detail(SIGNED, "signatur, Befattning och datum", TODAY)

    assert swedish == read_detail(SIGNED, "Signature, position and date", TODAY)


def test_a_day_is_one_day() -> None:
    assert read_detail(MADE_ON, "2026-05-06", TODAY) == {"options": "", "text": "", "day": "2026-05-06"}
    for line in ("2026-05-06, 2026-05-07", "2026-05-06 2026-05-07", "6 maj", "20260506", "i går"):
        assert read_detail(MADE_ON, line, TODAY) is None


@pytest.mark.parametrize(
    ("line", "day"),
    [
        *(("i dag", "2026-05-12"), ("Idag.", "2026-05-12"), ("today", "2026-05-12")),
        *(("den 2026-05-06", "2026-05-06"), ("2026-05-06.", "2026-05-06"), ('"2026-05-06"', "2026-05-06")),
    ],
)
def test_a_typed_day_is_read_alike_beside_an_answer_and_before_a_list(line: str, day: str) -> None:
    assert read_detail(MADE_ON, line, TODAY) == {"options": "", "text": "", "day": day}
    assert read_start(("received_on",), (), line, TODAY) == {"received_on": day}


@pytest.mark.parametrize("line", ["2026-05-06 2026-05-07", "i dag 2026-05-07", "2 3", "fysisk digital"])
def test_what_is_said_twice_on_the_card_before_a_list_is_not_known(line: str) -> None:
    assert read_start(("received_on", "children", "akt_part"), (), line, TODAY) is None


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("i dag", {"received_on": "2026-05-12"}),
        ("Today", {"received_on": "2026-05-12"}),
        ("2026-05-06", {"received_on": "2026-05-06"}),
        ("fysisk akt, 2 barn", {"akt_part": "fysisk", "children": "2"}),
        ("0 digitala akten", {"akt_part": "digital", "children": "0"}),
        ("physical file 3", {"akt_part": "fysisk", "children": "3"}),
        ("ja vet inte", {"violence": "ja", "intervention_decided": "unknown"}),
        ("i dag ja nej 1 digital", {
            "received_on": "2026-05-12", "violence": "ja", "intervention_decided": "nej", "children": "1",
            "akt_part": "digital",
        }),
        ("ja", None),
        ("ja delvis", None),
        ("vad menas?", None),
        ("akten", None),
        ("", None),
    ],
)  # fmt: skip
def test_the_card_before_a_list_is_filled_in_by_a_line(line: str, found: dict[str, str] | None) -> None:
    wants, facts = ("received_on", "children", "akt_part"), ("violence", "intervention_decided")

    assert read_start(wants, facts, line, TODAY) == found


def test_what_is_not_asked_is_not_filled_in() -> None:
    assert read_start((), (), "2026-05-06 2 fysisk", TODAY) is None


@pytest.mark.parametrize(
    ("line", "checklist", "rest"),
    [
        ("intake SN 2026/0123", "intake", "SN 2026/0123"),
        ("Skyddsbedömning och förhandsbedömning SN 2026/0123", "intake", "SN 2026/0123"),
        ("FORHANDSBEDOMNING  SN  2026/0123", "intake", "SN 2026/0123"),
        ("egenkontroll RVT 2026/0042", "rvt_self_check", "RVT 2026/0042"),
        ("Kretsgenomgång, relationsvåld RVT 2026/0042", "rvt_case_round", "RVT 2026/0042"),
        ("stickprov", "sample_audit", ""),
        ("the auditor's sample SN 2026/0123", "sample_audit", "SN 2026/0123"),
        ("beslutsunderlag SN 2026/0123", "decision_basis", "SN 2026/0123"),
        ("SN 2026/0123", None, "SN 2026/0123"),
        ("stickprovet SN 2026/0123", None, "stickprovet SN 2026/0123"),
    ],
)
def test_a_list_is_called_by_its_id_its_title_or_a_short_name(line: str, checklist: ListId | None, rest: str) -> None:
    assert split(line) == (checklist, rest)


@pytest.mark.parametrize("list_id", LISTS)
def test_every_list_is_called_by_its_titles(list_id: ListId) -> None:
    for title in (newest(list_id).title, newest(list_id).title_en):
        assert split(f"{title} SN 2026/1") == (list_id, "SN 2026/1")


# --- who answers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("list_id", "role", "unit", "person", "expected"),
    [
        ("intake", "case_worker", 1, 7, "case_worker"),
        ("intake", "case_worker", 1, 8, None),
        ("intake", "unit_manager", 1, 8, "unit_manager"),
        ("intake", "deputy", 1, 8, "unit_manager"),
        ("intake", "unit_manager", 2, 8, None),
        ("intake", "unit_manager", 1, 7, None),
        ("peer_review_bou", "peer_reviewer", 2, 8, "peer_reviewer"),
        ("peer_review_bou", "peer_reviewer", 1, 7, None),
        ("peer_review_bou", "auditor", 1, 8, None),
        ("sample_audit", "auditor", 2, 8, "auditor"),
        ("rvt_self_check", "unit_manager", 1, 8, "unit_manager"),
        ("sample_audit", "manager", 1, 8, None),
        ("sample_audit", "admin", 1, 8, None),
    ],
)
def test_who_answers_a_list(list_id: ListId, role: Role, unit: int, person: int, expected: Role | None) -> None:
    case = CaseRow(id=1, tenant_id=1, ref="SN 1", unit_id=1, lead_id=7)

    assert seat(newest(list_id), [Holding(person, unit, role)], case) == expected
    hidden = CaseRow(id=1, tenant_id=1, ref="SN 1", unit_id=1, lead_id=7, protected_identity=True)
    outside = role in ("peer_reviewer", "auditor")
    assert seat(newest(list_id), [Holding(person, unit, role)], hidden) == (None if outside else expected)


# --- what the dates say ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "opened", "closed", "expected"),
    [
        (date(2026, 4, 1), date(2026, 4, 15), None, "ja"),
        (date(2026, 4, 1), date(2026, 4, 16), None, "nej"),
        (date(2026, 4, 1), None, date(2026, 4, 15), "ja"),
        (date(2026, 4, 1), None, None, "nej"),
        (date(2026, 5, 1), None, None, ""),
        (None, None, None, ""),
    ],
)
def test_the_dates_say_whether_it_was_within_14_days(
    received: date | None, opened: date | None, closed: date | None, expected: str
) -> None:
    dates = CaseDates(received_on=received, opened_on=opened, closed_on=closed, violence_known_on=received)

    assert proposed("14d", dates, TODAY) == expected


@pytest.mark.parametrize(
    ("opened", "decided", "expected"),
    [
        (date(2026, 1, 10), date(2026, 5, 10), "ja"),
        (date(2026, 1, 10), date(2026, 5, 11), "nej"),
        (date(2026, 1, 10), None, "nej"),
        (date(2026, 3, 10), None, ""),
        (None, None, ""),
    ],
)
def test_the_dates_say_whether_it_was_within_four_months(
    opened: date | None, decided: date | None, expected: str
) -> None:
    assert proposed("4m", CaseDates(opened_on=opened, decided_on=decided), TODAY) == expected
