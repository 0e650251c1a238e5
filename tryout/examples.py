"""Made-up cases and answers to begin with, as files that a municipality would import; the same day, the same files."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

TENANT = "11111111-1111-4111-8111-111111111111"
NORTH, SOUTH = "Barn och unga Nord (påhittad)", "Barn och unga Syd (påhittad)"
ANNA, BO, INGA = "anna.pahittad@example.invalid", "bo.exempel@example.invalid", "inga.finnsinte@example.invalid"
CASES_A_YEAR = 24
_CASE = ("tenant_id", "case_ref", "unit", "case_type", "lead_email", "co_email")
_DATES = ("received_on", "assigned_on", "opened_on", "planned_decision_on", "decided_on", "started_on", "closed_on")
_FACTS = ("violence", "child_placed", "child_communicated", "intervention_decided")
CASE_COLUMNS = (*_CASE, *_DATES, *_FACTS, "children", "protected_identity")
ANSWER_COLUMNS = ("tenant_id", "case_ref", "checklist", "role", "child", "item", "answer", "motivation", "answered_on")
_INFORMED = ("report", "investigation", "intervention", "decision")

Cells = dict[str, object]


class Case(NamedTuple):
    """A made-up case: its cells, and the answers to its decision basis by who answered."""

    cells: Cells
    worker: dict[str, str]
    chef: dict[str, str]
    answered_on: date
    motivation: str = ""


def cases_csv(today: date) -> bytes:
    """Return the cases as a file."""
    return _file(CASE_COLUMNS, [case.cells for case in _all(today)])


def answers_csv(today: date) -> bytes:
    """Return their answers as a file."""
    return _file(ANSWER_COLUMNS, [row for case in _all(today) for row in _answers(case)])


def sent(today: date) -> tuple[str, str]:
    """Return the references of the open cases that are with the chef: not read yet, and sent back."""
    return _ref(today, 803), _ref(today, 804)


def _file(columns: Sequence[str], rows: Sequence[Cells]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _answers(case: Case) -> Iterator[Cells]:
    common: Cells = {"tenant_id": TENANT, "case_ref": case.cells["case_ref"], "checklist": "decision_basis", "child": 1}
    for role, given in (("case_worker", case.worker), ("unit_manager", case.chef)):
        for item, answer in given.items():
            motivated = role == "case_worker" and item == "child_not_heard_motivated" and answer == "Ja"
            yield common | {
                "role": role,
                "item": item,
                "answer": answer,
                "motivation": case.motivation if motivated else "",
                "answered_on": case.answered_on,
            }


def _all(today: date) -> list[Case]:
    return [*_year(today), *_open(today)]


def _ref(today: date, number: int) -> str:
    return f"SN {today.year}/{number:04}"


# --- the past year ---------------------------------------------------------------------------------------------------


def _year(today: date) -> Iterator[Case]:
    """Yield decided cases, two a month, a little better towards the end; some were late, some have no checklist."""
    for number in range(CASES_A_YEAR):
        decided = today - timedelta(days=4 + (CASES_A_YEAR - 1 - number) * 365 // CASES_A_YEAR)
        took = 150 if number % 8 == 3 else 70 + number * 7 % 45
        opened = decided - timedelta(days=took)
        violence = number % 3 == 0
        given = _given(number, is_recent=number >= CASES_A_YEAR // 2, is_violence=violence)
        apart = {"child_informed_report": "Nej"} if number % 4 == 1 else {}
        cells: Cells = {
            "tenant_id": TENANT,
            "case_ref": f"SN {opened.year}/{600 + number:04}",
            "unit": SOUTH if number % 3 == 2 else NORTH,
            "case_type": "barn",
            "lead_email": INGA if number % 3 == 2 else (ANNA, BO)[number % 2],
            "received_on": opened - timedelta(days=19 if number % 9 == 4 else 6),
            "opened_on": opened,
            "decided_on": decided,
            "closed_on": decided if number % 2 else "",
            **{
                "child_placed": "nej",
                "child_communicated": "ja",
                "intervention_decided": "ja" if number % 2 else "nej",
            },
            "violence": "ja" if violence else "nej",
            "children": 1,
        }
        if number % 11 == 7:
            yield Case(cells, {}, {}, decided)
        else:
            read = given | apart if number % 3 == 1 else {}
            yield Case(cells, given, read, decided - timedelta(days=2), "Påhittat: barnet är fyra månader.")


def _given(number: int, *, is_recent: bool, is_violence: bool) -> dict[str, str]:
    said = {"child_heard": "Nej" if number % (7 if is_recent else 3) == 1 else "Ja"}
    if said["child_heard"] == "Nej":
        said["child_not_heard_motivated"] = "Ja" if is_recent or number % 2 else "Nej"
    said |= {
        f"child_informed_{what}": "Nej" if number % ((6 if is_recent else 3) + at) == at else "Ja"
        for at, what in enumerate(_INFORMED)
    }
    said["communication_boxes_filled"] = "Nej" if number % (13 if is_recent else 6) == 5 else "Ja"
    if not is_violence:
        return said | {"police_report_decided": "E/T"}
    said["police_report_decided"] = "Ja"
    said["police_report_motivated"] = "Ja" if is_recent or number % 4 else "Nej"
    said["further_violence_risk_assessed"] = "Ja" if is_recent or number % 9 else "Nej"
    return said


# --- what is open now ------------------------------------------------------------------------------------------------


def _open(today: date) -> Iterator[Case]:
    """Yield cases in different states, so that everybody has something to look at from the first minute."""
    whole = _given(16, is_recent=True, is_violence=False)
    gaps = whole | {"communication_boxes_filled": "Nej"}
    begun = {item: answer for item, answer in whole.items() if not item.startswith("communication")}
    begun.pop("police_report_decided")

    def case(number: int, lead: str, since: int, **cells: object) -> Cells:
        day = today - timedelta(days=since)
        facts = {"violence": "nej", "child_placed": "nej", "child_communicated": "ja", "intervention_decided": "nej"}
        return {
            **{"tenant_id": TENANT, "case_ref": _ref(today, number), "unit": NORTH, "case_type": "barn"},
            **{"lead_email": lead, "received_on": day - timedelta(days=8), "opened_on": day, "children": 1},
            "planned_decision_on": today + timedelta(days=21),
            **facts,
            **cells,
        }

    soon, passed = today + timedelta(days=3), today - timedelta(days=6)
    yield Case(case(801, ANNA, 60, planned_decision_on=soon, co_email=BO), begun, {}, today - timedelta(days=1))
    yield Case(case(802, ANNA, 40), whole, {}, today - timedelta(days=1))
    yield Case(case(803, BO, 75), gaps, {}, today - timedelta(days=3))
    yield Case(case(804, ANNA, 80), gaps, {}, today - timedelta(days=6))
    yield Case(case(805, BO, 128, planned_decision_on=passed), begun, {}, today - timedelta(days=9))
    yield Case(case(806, ANNA, 20, children=2, violence="ja"), {}, {}, today)
    yield Case(case(807, BO, 15, protected_identity="ja"), {}, {}, today)
    report = {"opened_on": "", "planned_decision_on": "", "received_on": today - timedelta(days=11)}
    yield Case(case(808, ANNA, 0, **report), {}, {}, today)
    adult = {"case_type": "vuxen", "children": 0, **dict.fromkeys(("child_placed", "child_communicated"), "")}
    yield Case(case(809, BO, 30, **adult), {}, {}, today)
    yield Case(case(810, INGA, 35, unit=SOUTH), begun, {}, today - timedelta(days=2))
