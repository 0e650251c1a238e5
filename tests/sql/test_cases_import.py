"""Importing cases on both databases: every column, all rows or none, and the same file twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col, select

from checklists.case_dates import FIELDS
from checklists.csv_in import BadCsv
from checklists.model import Written
from imports.cases import COLUMNS
from imports.common import Imported
from storage import answers, cases, disposal, filled, people, tenants, tombstones
from storage.cases import CaseRow, FactRow
from storage.desk import Desk, Session
from storage.filled import FilledRow
from storage.people import PersonRow, RoleRow, UnitRow
from storage.sealing import Keys
from storage.trail import EventRow
from tests.conftest import TRAIL
from tests.sql.conftest import KEYS, NOW, scalar
from tests.sql.import_files import import_cases

LATER = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
"""The day of the import: all dates in the files are in the past."""

TENANT = "made-up-cases"
FULL = {
    "tenant_id": TENANT,
    "case_ref": " sn  2026/0123 ",
    "unit": "Påhittade enheten",
    "case_type": "barn",
    "lead_email": "Anna@example.invalid",
    "co_email": "bo@example.invalid",
    "received_on": "2026-03-02",
    "assigned_on": "2026-03-20",
    "opened_on": "2026-03-05",
    "planned_decision_on": "2026-06-26",
    "decided_on": "2026-06-25",
    "started_on": "2026-06-29",
    "closed_on": "2026-06-30",
    "violence": "ja",
    "child_placed": "nej",
    "child_communicated": "ja",
    "intervention_decided": "Ja",
    "children": "2",
    "protected_identity": "ja",
}


@pytest.fixture
def register(desk: Desk) -> Desk:
    """A desk with two case workers."""

    def work(session: Session) -> None:
        tenant_id = tenants.ensure(session, TENANT).id
        unit_id = people.unit(session, tenant_id, "Hemma (påhittad)").id
        for name in ("anna", "bo"):
            person = PersonRow(tenant_id=tenant_id, email=f"{name}@example.invalid", name=name.title())
            session.add(person)
            session.flush()
            session.add(RoleRow(tenant_id=tenant_id, person_id=person.id, unit_id=unit_id, role="case_worker"))

    desk.run_now(work)
    return desk


def imports(desk: Desk, *rows: dict[str, str], separator: str = ";", allowed: frozenset[str] = frozenset()) -> Imported:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [columns, *([row.get(name, "") for name in columns] for row in rows)]
    raw = "\ufeff" + "\r\n".join(separator.join(line) for line in lines)
    return desk.run_now(lambda session: import_cases(session, raw.encode(), allowed, LATER, "cli:test"))


def the_case(desk: Desk, ref: str = "SN 2026/0123") -> CaseRow:
    return desk.run_now(lambda session: session.exec(select(CaseRow).where(CaseRow.ref == ref)).one())


def acts(desk: Desk) -> list[tuple[str, str]]:
    rows = desk.run_now(lambda session: session.exec(select(EventRow).order_by(col(EventRow.id))).all())
    assert {row.actor for row in rows} <= {"cli:test"}
    return [(row.act, row.detail) for row in rows]


def test_every_column_is_taken_and_normalised(register: Desk) -> None:
    assert imports(register, FULL) == Imported(1, 0, 0, new_units=("Påhittade enheten",), elsewhere=(2,))

    case = the_case(register)
    names = {1: "Anna", 2: "Bo"}
    ids = dict(register.run_now(lambda s: [(row.name, row.id) for row in s.exec(select(PersonRow)).all()]))
    assert (case.lead_id, case.co_id) == (ids[names[1]], ids[names[2]])
    assert (case.case_type, case.children, case.protected_identity) == ("barn", 2, True)
    for name in FIELDS:
        assert getattr(case, name) == date.fromisoformat(FULL[name])
    facts = register.run_now(lambda session: cases.facts(session, case.id))
    assert {at: row.value for at, row in facts.items()} == {
        (0, "violence"): "ja",
        (0, "intervention_decided"): "ja",
        (1, "child_placed"): "nej",
        (2, "child_placed"): "nej",
        (1, "child_communicated"): "ja",
        (2, "child_communicated"): "ja",
    }
    units = register.run_now(lambda session: [row.name for row in session.exec(select(UnitRow)).all()])
    assert "Påhittade enheten" in units
    found = acts(register)
    assert found[0][0] == "case_opened"
    assert found[0][1].endswith(" 0"), "the unit it was opened in, and no lead"
    assert {("received_on_set", ""), ("closed", ""), ("fact_set", "child 2")} <= set(found)
    said = " ".join(detail for _, detail in found)
    kept = {FULL[name] for name in FIELDS} | {"ja", "nej", "barn"}
    assert not [value for value in kept if value in said.split()], "after disposal the trail would still hold it"


def test_the_same_file_again_changes_nothing(register: Desk) -> None:
    imports(register, FULL)
    before = acts(register)

    assert imports(register, FULL, separator=",") == Imported(0, 0, 1, elsewhere=(2,))
    assert acts(register) == before


def test_only_cells_that_are_not_empty_overwrite_each_as_an_event(register: Desk) -> None:
    imports(register, FULL)
    before = len(acts(register))
    ref = {"tenant_id": TENANT, "case_ref": FULL["case_ref"]}

    assert imports(register, ref) == Imported(0, 0, 1)
    done = imports(register, {**ref, "decided_on": "2026-06-24", "violence": "nej", "lead_email": ""})

    assert done == Imported(0, 1, 0)
    assert acts(register)[before:] == [("decided_on_set", ""), ("fact_set", "")]
    assert the_case(register).received_on == date(2026, 3, 2)
    facts = register.run_now(lambda s: s.exec(select(FactRow).where(FactRow.name == "violence")).all())
    assert [(row.revision, row.value) for row in facts] == [(1, "ja"), (2, "nej")]


BAD = [
    ({"case_ref": ""}, "case_ref is empty or does not have the form"),
    ({"case_ref": "ÅÄÖ"}, "case_ref is empty or does not have the form"),
    ({"unit": ""}, "unit is empty, but a new case needs one"),
    ({"case_type": "ungdom"}, "case_type is not one of barn, vuxen"),
    ({"lead_email": "nobody@example.invalid"}, "lead_email is not in the people register"),
    ({"lead_email": "Anna Påhittad"}, "lead_email is not an e-mail address"),
    ({"co_email": "anna@example.invalid"}, "name the same person"),
    ({"received_on": "2/3 2026"}, "received_on is not a date; write it as 2025-01-31"),
    ({"received_on": "dec-26"}, "if the spreadsheet shows jan-25 it has changed the day: format the column as text"),
    ({"received_on": "20260302"}, "received_on is not a date; write it as 2025-01-31"),
    ({"planned_decision_on": "1989-12-31"}, "planned_decision_on does not lie between 1990-01-01 and 2031-12-01"),
    ({"closed_on": "2026-12-02"}, "closed_on lies after today"),
    ({"decided_on": "2026-03-04"}, "decided_on lies before opened_on"),
    ({"started_on": "2026-06-24"}, "started_on lies before decided_on"),
    ({"closed_on": "2026-03-01"}, "closed_on lies before received_on"),
    ({"violence": "yes"}, "violence is not one of ja, nej"),
    ({"protected_identity": "1"}, "protected_identity is not one of"),
    ({"children": "0"}, "children must be a whole number from 1 to 20"),
    ({"children": "två"}, "children must be a whole number from 1 to 20"),
    ({"tenant_id": ""}, "tenant_id is empty"),
    ({"tenant_id": "someone-else"}, "tenant_id is not among BK_TENANTS"),
]


@pytest.mark.parametrize(("change", "words"), BAD)
def test_a_bad_row_is_named_by_its_line_and_nothing_is_stored(
    register: Desk, change: dict[str, str], words: str
) -> None:
    good = {**FULL, "case_ref": "SN 2026/1"}

    with pytest.raises(BadCsv) as caught:
        imports(register, good, {**FULL, **change}, good, {**FULL, **change}, allowed=frozenset({TENANT}))

    assert {str(fault).partition(":")[0] for fault in caught.value.faults} == {"line 3", "line 5"}
    assert str(caught.value).count(words) == 2
    assert scalar(register, "select count(*) from cases") == 0


def test_a_row_is_refused_with_everything_that_is_wrong_in_it(register: Desk) -> None:
    wrong = {"received_on": "12/5/2026", "children": "99", "case_type": "ungdom", "violence": "kanske"}

    with pytest.raises(BadCsv) as caught:
        imports(register, {**FULL, **wrong})

    assert [fault.line for fault in caught.value.faults] == [2] * 4
    assert [name for name in wrong if f"line 2: {name} " not in str(caught.value)] == []


def test_a_personal_number_is_refused_and_not_told(register: Desk) -> None:
    with pytest.raises(BadCsv) as caught:
        imports(register, {**FULL, "case_ref": "19121212-1212"})

    assert "1212" not in str(caught.value)


def test_columns_that_are_missing_are_empty(register: Desk) -> None:
    row = {"tenant_id": TENANT, "case_ref": "SN 2026/9", "unit": "Ny påhittad enhet"}

    assert imports(register, row) == Imported(1, 0, 0, new_units=("Ny påhittad enhet",))

    case = the_case(register, "SN 2026/9")
    assert (case.children, case.lead_id, case.received_on, case.case_type) == (1, None, None, "barn")
    assert scalar(register, "select count(*) from fact") == 0
    assert set(COLUMNS) == set(FULL)


def test_a_list_that_is_begun_is_not_hidden_by_fewer_children(register: Desk) -> None:
    imports(register, {**FULL, "closed_on": ""})
    case = the_case(register)

    def work(session: Session) -> None:
        row = FilledRow(
            tenant_id=case.tenant_id,
            case_id=case.id,
            unit_id=case.unit_id,
            checklist="decision_basis",
            version=1,
            child=2,
            role="case_worker",
            begun_at=NOW,
        )
        filled.add(session, row)
        answers.add(session, row, "child_heard", 1, Written("ja"), author=None, at=NOW, act="a")

    register.run_now(work)
    with pytest.raises(BadCsv, match=r"children cannot be lowered that far: child 2 has a list with answers"):
        imports(register, {**FULL, "children": "1"})
    assert imports(register, {**FULL, "closed_on": "", "children": "3"}) == Imported(0, 1, 0, elsewhere=(2,))
    facts = register.run_now(lambda session: cases.known_facts(session, case.id, 3))
    assert facts["child_placed"] == "nej"


@pytest.mark.parametrize("closing", ["", "2026-06-30"])
def test_an_investigation_opened_after_a_closing_opens_the_case_again_and_keeps_that_day(
    register: Desk, closing: str
) -> None:
    imports(register, FULL)
    again = {**FULL, "opened_on": "2026-07-06", "decided_on": "", "started_on": "", "closed_on": closing}

    assert imports(register, again) == Imported(0, 1, 0, elsewhere=(2,))

    case = the_case(register)
    assert (case.closed_on, case.earlier_closed_on, case.opened_on) == (None, date(2026, 6, 30), date(2026, 7, 6))
    assert ("reopened", "") in acts(register)
    assert imports(register, again) == Imported(0, 0, 1, elsewhere=(2,))
    assert imports(register, {**again, "closed_on": "2026-10-30"}) == Imported(0, 1, 0, elsewhere=(2,))
    assert the_case(register).closed_on == date(2026, 10, 30)


def test_a_report_after_the_closing_opens_the_case_again(register: Desk) -> None:
    imports(register, FULL)
    before = len(acts(register))

    ref = {"tenant_id": TENANT, "case_ref": FULL["case_ref"]}
    assert imports(register, {**ref, "received_on": "2026-07-01"}) == Imported(0, 1, 0)
    assert acts(register)[before:] == [("reopened", ""), ("received_on_set", "")]
    case = the_case(register)
    assert (case.closed_on, case.earlier_closed_on, case.decided_on) == (None, date(2026, 6, 30), date(2026, 6, 25))


def test_a_closing_before_the_opening_is_refused_when_the_case_was_not_closed_on_that_day(register: Desk) -> None:
    imports(register, {**FULL, "decided_on": "", "started_on": "", "closed_on": ""})
    new = {**FULL, "opened_on": "2026-07-06", "decided_on": "", "started_on": "", "closed_on": "2026-06-30"}

    with pytest.raises(BadCsv, match="line 2: closed_on lies before opened_on"):
        imports(register, new)
    assert the_case(register).opened_on == date(2026, 3, 5)


def test_a_date_is_emptied_with_a_dash(register: Desk) -> None:
    imports(register, FULL)
    before = len(acts(register))
    ref = {"tenant_id": TENANT, "case_ref": FULL["case_ref"]}

    assert imports(register, {**ref, "started_on": "-", "closed_on": "-"}) == Imported(0, 1, 0)
    assert acts(register)[before:] == [("started_on_set", ""), ("reopened", "")]
    case = the_case(register)
    assert (case.started_on, case.closed_on, case.earlier_closed_on) == (None, None, None)


def test_a_dash_makes_a_fact_unknown_and_takes_a_worker_off_the_case(register: Desk) -> None:
    imports(register, FULL)
    before = len(acts(register))
    ref = {"tenant_id": TENANT, "case_ref": FULL["case_ref"]}
    dashes = dict.fromkeys(("violence", "child_placed", "lead_email", "co_email"), "-")

    assert imports(register, {**ref, **dashes}) == Imported(0, 1, 0)
    assert imports(register, {**ref, **dashes}) == Imported(0, 0, 1)
    assert acts(register)[before:] == [
        ("lead_set", "none"),
        ("co_worker_set", "none"),
        ("fact_set", ""),
        ("fact_set", "child 1"),
        ("fact_set", "child 2"),
    ]
    case = the_case(register)
    assert (case.lead_id, case.co_id) == (None, None)
    facts = register.run_now(lambda session: cases.facts(session, case.id))
    assert {name for (_, name), fact in facts.items() if fact.value == "unknown"} == {"violence", "child_placed"}


def test_a_coworker_becomes_lead_and_leaves_her_place_in_one_row(register: Desk) -> None:
    imports(register, FULL)
    lead = the_case(register).co_id

    imports(register, {**FULL, "lead_email": "bo@example.invalid", "co_email": "-"})

    assert (the_case(register).lead_id, the_case(register).co_id) == (lead, None)


@pytest.mark.parametrize("column", ["case_ref", "unit", "case_type", "children", "protected_identity"])
def test_a_dash_where_nothing_can_be_removed_is_refused_by_column(register: Desk, column: str) -> None:
    imports(register, FULL)

    with pytest.raises(BadCsv, match=f"cannot be done in {column}"):
        imports(register, {"tenant_id": TENANT, "case_ref": FULL["case_ref"]} | {column: "-"})


def test_codes_are_read_whatever_their_capital_letters(register: Desk) -> None:
    assert imports(register, {**FULL, "case_type": "Vuxen", "children": "0", "violence": "JA"}).added == 1
    assert the_case(register).case_type == "vuxen"


def test_nobody_of_another_tenant_becomes_a_worker(register: Desk) -> None:
    def work(session: Session) -> None:
        other = tenants.ensure(session, "made-up-other").id
        session.add(PersonRow(tenant_id=other, email="doris@example.invalid", name="Doris"))
        people.unit(session, other, "Enhet")

    register.run_now(work)

    with pytest.raises(BadCsv, match="lead_email is not in the people register"):
        imports(register, {**FULL, "lead_email": "doris@example.invalid"})


# --- units -----------------------------------------------------------------------------------------------------------


def test_a_unit_named_for_the_first_time_is_told_once(desk: Desk) -> None:
    rows = [{"tenant_id": TENANT, "case_ref": f"SN 2026/000{n}", "unit": unit} for n, unit in enumerate(UNITS)]

    assert imports(desk, *rows).new_units == ("Nya enheten", "Söder")
    assert imports(desk, *rows).new_units == ()


UNITS = ("Nya enheten", "nya  ENHETEN", "Söder")


def test_a_unit_one_letter_from_a_known_one_is_refused_unless_it_is_meant(desk: Desk) -> None:
    row = {"tenant_id": TENANT, "case_ref": "SN 2026/0001", "unit": "Nya enheten"}
    imports(desk, row)

    with pytest.raises(
        BadCsv, match=r"line 2: unit is new and one letter from .*--new-units`; nothing was stored .BK-232."
    ):
        imports(desk, row | {"unit": "Nya enheter"})
    raw = f"tenant_id,case_ref,unit\n{TENANT},SN 2026/0001,Nya enheter".encode()
    meant = desk.run_now(lambda s: import_cases(s, raw, frozenset(), LATER, "cli:test", new_units=True))
    assert meant.new_units == ("Nya enheter",)


@pytest.mark.parametrize("names", [("Vast", "Vasta"), ("Vasta", "Vast"), ("Vast", "Väst")])
def test_two_new_units_in_one_file_that_differ_by_a_letter_are_refused_as_well(
    desk: Desk, names: tuple[str, str]
) -> None:
    rows = [{"tenant_id": TENANT, "case_ref": f"SN 2026/000{n}", "unit": unit} for n, unit in enumerate(names)]

    with pytest.raises(
        BadCsv, match=r"^line 3: unit is new and one letter from .*--new-units`; nothing was stored .BK-232.$"
    ):
        imports(desk, *rows)


def test_a_case_given_to_somebody_whose_role_has_ended_is_told(register: Desk) -> None:
    def ends(session: Session) -> None:
        # By e-mail: a transaction that is run again leaves a gap in PostgreSQL's numbers.
        bo = select(PersonRow.id).where(PersonRow.email == "bo@example.invalid")
        for role in session.exec(select(RoleRow).where(col(RoleRow.person_id).in_(bo))):
            role.valid_to = LATER.date() - timedelta(days=1)

    row = {"tenant_id": TENANT, "unit": "Hemma (påhittad)"}
    of_bo = row | {"case_ref": "SN 2026/0001", "co_email": "bo@example.invalid"}
    of_anna = row | {"case_ref": "SN 2026/0002", "lead_email": "anna@example.invalid"}
    register.run_now(ends)

    done = imports(register, of_anna, of_bo)

    assert (done.added, done.ended) == (2, (3,))


def test_a_case_given_to_somebody_of_another_unit_is_taken_and_told(register: Desk) -> None:
    def becomes_chef(session: Session) -> None:
        role = session.exec(select(RoleRow).join(PersonRow).where(PersonRow.email == "bo@example.invalid")).one()
        role.role = "unit_manager"

    register.run_now(becomes_chef)
    home, away = "Hemma (påhittad)", "Borta (påhittad)"
    anna, bo = ({name: f"{person}@example.invalid"} for name, person in (("lead_email", "anna"), ("co_email", "bo")))
    about: list[dict[str, str]] = [
        {"unit": home} | anna, {"unit": away} | anna, {"unit": home} | bo, {"unit": away} | anna | bo, {"unit": away},
    ]  # fmt: skip
    rows = [{"tenant_id": TENANT, "case_ref": f"SN 2026/000{at}"} | row for at, row in enumerate(about)]

    assert imports(register, *rows).elsewhere == (3, 4, 5)
    assert the_case(register, "SN 2026/0001").lead_id is not None
    moved = {"tenant_id": TENANT, "case_ref": "SN 2026/0001", "unit": home} | anna
    assert imports(register, moved).elsewhere == ()


def test_a_case_that_was_disposed_of_is_not_brought_back_by_a_file(register: Desk) -> None:
    other = {**FULL, "case_ref": "SN 2026/0124"}
    imports(register, FULL, other)

    def dispose(session: Session) -> None:
        gone = session.exec(select(CaseRow).where(CaseRow.ref == "SN 2026/0123")).one()
        disposal.dispose_of(session, tenants.ensure(session, TENANT), [gone], LATER, "cli:test")

    register.run_now(dispose)
    again = {**FULL, "lead_email": "somebody.who.left@example.invalid", "closed_on": "-"}

    assert imports(register, again, other) == Imported(0, 0, 2, elsewhere=(3,), disposed=(2,))
    assert register.run_now(lambda session: session.exec(select(CaseRow.ref)).all()) == ["SN 2026/0124"]

    def opened_by_hand(session: Session) -> None:
        row = session.exec(select(CaseRow).where(CaseRow.ref == "SN 2026/0124")).one()
        cases.add(session, CaseRow(tenant_id=row.tenant_id, ref="SN 2026/0123", unit_id=row.unit_id))

    register.run_now(opened_by_hand)
    done = imports(register, FULL)
    assert (done.changed, done.disposed) == (1, ())


def test_a_new_report_under_the_number_of_a_case_that_was_disposed_of_is_entered(register: Desk) -> None:
    row = {"tenant_id": TENANT, "case_ref": "SN 2026/0123", "unit": FULL["unit"], "received_on": "2026-03-02"}
    imports(register, row)

    def dispose(session: Session) -> None:
        gone = session.exec(select(CaseRow)).one()
        disposal.dispose_of(session, tenants.ensure(session, TENANT), [gone], NOW - timedelta(days=5), "cli:test")

    register.run_now(dispose)
    assert imports(register, row | {"decided_on": "2026-04-02"}).disposed == (2,)
    assert imports(register, row | {"received_on": str(NOW.date())}).added == 1


def test_a_tombstone_is_recognised_under_a_newer_master_key_and_not_without_its_own(register: Desk) -> None:
    def work(session: Session) -> list[bool]:
        tenant = tenants.ensure(session, TENANT)
        tombstones.put(session, tenant, CaseRow(id=7, tenant_id=tenant.id, ref="SN 2026/0123", unit_id=1), 0, LATER)
        session.flush()
        made_with = tombstones.masters(session, tenant.id)
        found = []
        for masters in ({"newer": b"2" * 32} | KEYS, {"newer": b"2" * 32}):
            session.info["keys"] = Keys(masters, TRAIL)
            found.append(tombstones.disposed_on(session, tenant, "SN 2026/0123", made_with) == LATER.date())
            found.append(tombstones.disposed_on(session, tenant, "SN 2026/0124", made_with) is not None)
        return found

    assert register.run_now(work, keep=False) == [True, False, False, False]
