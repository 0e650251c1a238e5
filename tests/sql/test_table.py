"""The auditor's table: imported answers by question and case, with numbered notes below."""

import csv
import io
from collections.abc import Iterator

import openpyxl
import pytest

from checklists.model import Written
from reports import selected
from reports.answers import answer_rows
from reports.csv_out import write_csv
from reports.selected import Selection
from reports.table import Table, one_after_another, tables
from reports.xlsx_out import Page, write_xlsx
from storage import answers, cases, exported
from storage.desk import Desk, Session
from storage.filled import FilledRow
from tests.sql.conftest import NOW, World, the_case, the_list
from tests.sql.import_files import AUDIT, LATE, NOTES, REFS, SAMPLE, TALK, add_sample_cases, bring, sample_rows
from tests.unit.test_csv import DANGEROUS, looks_dangerous

AUDITED = Selection(checklist="sample_audit")
NUMBERED = {LATE: 1, "=insatsen löper": 2, TALK: 3}
TITLE = "Revisorns stickprov, version 1, revisor"


def expected() -> list[list[str]]:
    """Return the expected table, derived from the sample."""
    rows = []
    for question, item in enumerate(AUDIT.items):
        cells = []
        for case in range(len(REFS)):
            note = NOTES.get((question, case))
            cells.append(SAMPLE[question][case] + (f" [{NUMBERED[note]}]" if note else ""))
        rows.append([item.ask, *cells])
    return [[TITLE, *REFS], *rows, [], *([f"[{number}]", note] for note, number in NUMBERED.items())]


@pytest.fixture
def sample(desk: Desk, world: World) -> World:
    desk.run_now(add_sample_cases)
    bring(desk, *sample_rows())
    return world


def as_csv(found: list[Table]) -> str:
    out, (header, *rows) = io.StringIO(newline=""), one_after_another(found)
    write_csv(out, header, rows)
    return out.getvalue()


def as_xlsx(found: list[Table]) -> bytes:
    out = io.BytesIO()
    write_xlsx(out, *(Page(table.name, table.header, table.rows) for table in found))
    return out.getvalue()


def test_ten_cases_come_out_as_they_went_in(desk: Desk, sample: World) -> None:
    (table,) = tables(desk.run_now, AUDITED)

    assert [table.header, *table.rows] == expected()


def test_the_auditors_own_note_numbers_are_kept(desk: Desk, world: World) -> None:
    desk.run_now(add_sample_cases)
    rows = [row for row in sample_rows() if row[9]]  # the cells with notes, LATE first
    own = {LATE: "[7] " + LATE, TALK: "[1] " + TALK}
    for row in rows:
        row[9] = own.get(row[9], row[9])
    bring(desk, *rows)
    (table,) = tables(desk.run_now, AUDITED)

    marks = {cell.rpartition("[")[2] for row in table.rows for cell in row[1:] if cell.endswith("]")}
    assert marks == {"7]", "1]", "2]"}
    notes = table.rows[table.rows.index([]) + 1 :]
    assert notes == [["[1]", TALK], ["[2]", "=insatsen löper"], ["[7]", LATE]]


def test_two_notes_never_share_a_number(desk: Desk, world: World) -> None:
    desk.run_now(add_sample_cases)
    rows = sample_rows()[:3]
    for row, note in zip(rows, ("[1] ett", "[1] två", "tre"), strict=True):
        row[9] = note
    bring(desk, *rows)
    (table,) = tables(desk.run_now, AUDITED)

    assert [cell.rpartition(" ")[2] for cell in table.rows[0][1:]] == ["[1]", "[2]", "[3]"]
    assert table.rows[table.rows.index([]) + 1 :] == [["[1]", "ett"], ["[2]", "två"], ["[3]", "tre"]]


def test_columns_can_say_adult_or_child_and_a_last_one_the_total(desk: Desk, sample: World) -> None:
    (plain,), (table,) = tables(desk.run_now, AUDITED), tables(desk.run_now, AUDITED, kinds=True, totals=True)

    assert table.header == [
        TITLE, *(f"{ref}, {'vux' if case < 5 else 'barn'}" for case, ref in enumerate(REFS)), "Ja av dem frågan gäller",
    ]  # fmt: skip
    for question, row in enumerate(table.rows[: len(AUDIT.items)]):
        assert row[:-1] == plain.rows[question]
        of_children = question >= 7  # does not apply to the five adults
        yes = sum(SAMPLE[question][case].startswith("Ja") for case in range(5 * of_children, 10))
        none = sum(SAMPLE[question][case] == "E/T" for case in range(5 * of_children, 10))
        n = 10 - 5 * of_children - none
        assert row[-1] == (f"{yes} av {n}" if n else "")


def test_the_file_says_the_same_as_the_table(desk: Desk, sample: World) -> None:
    text = as_csv(tables(desk.run_now, AUDITED)).removeprefix("\ufeff")
    read = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))

    assert [[cell.removeprefix("'") for cell in row] for row in read] == expected()


def test_the_workbook_says_the_same_as_the_table(desk: Desk, sample: World) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(tables(desk.run_now, AUDITED))))
    read = [[cell.value for cell in row if cell.value is not None] for row in book["1 sample_audit"].rows]

    assert read == expected()
    assert {cell.data_type for row in book["1 sample_audit"].rows for cell in row} <= {"s", "n"}
    assert not [cell for row in book["1 sample_audit"].rows for cell in row if cell.data_type == "f"]


def test_the_same_answers_are_the_same_bytes(desk: Desk, sample: World) -> None:
    first, again = tables(desk.run_now, AUDITED), tables(desk.run_now, AUDITED)

    assert as_csv(first) == as_csv(again)
    assert as_xlsx(first) == as_xlsx(again)


def test_a_case_with_protected_identity_is_in_no_table(desk: Desk, sample: World) -> None:
    def protect(session: Session) -> None:
        case = cases.find(session, sample.tenant, REFS[5])
        assert case is not None
        case.protected_identity = True

    desk.run_now(protect)
    (table,) = tables(desk.run_now, AUDITED)

    assert table.header == [TITLE, *REFS[:5], *REFS[6:]]
    assert TALK in [row[1] for row in table.rows if row[:1] == ["[3]"]], "another case's queue entry remains"
    assert not [row for row in answer_rows(desk.run_now, AUDITED) if REFS[5] in row]


def test_roles_lists_and_children_are_never_mixed(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        the_case(session, world).children = 2
        mine = the_list(session, world)
        keys = (
            {"child": 2},
            {"role": "unit_manager", "person_id": 7},
            {"role": "unit_manager", "person_id": 8},
            {"occasion": 2},
            {"checklist": "rvt_self_check", "role": "peer_reviewer", "child": 0, "file_part": "digital"},
        )
        for key in keys:
            plain = mine.model_dump(exclude={"id"}) | key
            session.add(FilledRow(**plain))
        answers.add(session, mine, "child_heard", 1, Written("ja", option="observation"), author=None, at=NOW, act="a")

    desk.run_now(work)
    worker, chef, check = tables(desk.run_now, Selection())[0:1] + tables(desk.run_now, Selection())[1:]

    ref = "SN 2026/0001"
    assert worker.header == [
        "Beslutsunderlag, version 1, handläggare",
        f"{ref}, Barn 1",
        f"{ref}, Barn 2",
        f"{ref}, Barn 1, underlag 2",
    ]
    assert worker.rows[0] == ["Har barnet kommit till tals under utredning?", "Ja. Observation", "", ""]
    assert chef.header == ["Beslutsunderlag, version 1, chef", f"{ref}, Barn 1", f"{ref}, Barn 1 (2)"]
    assert check.header == ["Egenkontroll, relationsvåldsärenden, version 1, granskare", f"{ref}, digital akt"]
    assert [table.name for table in (worker, chef, check)] == [
        "1 decision_basis",
        "2 decision_basis",
        "3 rvt_self_check",
    ]
    text = as_csv(tables(desk.run_now, Selection()))
    assert text.count("\r\n\r\n") == 2, "tables are separated"


def test_a_selection_without_cases_says_so(desk: Desk, world: World) -> None:
    assert as_csv(tables(desk.run_now, Selection(unit="Nowhere"))) == "\ufeffInga ärenden i urvalet\r\n"


def test_nothing_in_a_table_begins_a_formula(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        for number, text in enumerate(DANGEROUS):
            written = Written("fritext", raw=text, note=text, method=text, motivation=text, motivation_kind="text")
            row = the_list(session, world).model_dump(exclude={"id"}) | {"occasion": number + 2}
            sheet = FilledRow(**row)
            session.add(sheet)
            session.flush()
            answers.add(session, sheet, "child_heard", 1, written, author=None, at=NOW, act="a")

    desk.run_now(work)
    out = io.StringIO(newline="")
    write_csv(out, ["x"], answer_rows(desk.run_now, Selection()))

    for text in (as_csv(tables(desk.run_now, Selection())), out.getvalue()):
        lines = text.removeprefix("\ufeff").splitlines()
        fields = [field for line in lines for row in csv.reader([line], delimiter=";") for field in row]
        assert not [field for field in fields if looks_dangerous(field)]
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(tables(desk.run_now, Selection()))))
    assert not [cell for row in book.worksheets[0].rows for cell in row if cell.data_type == "f"]


# --- a page at a time ------------------------------------------------------------------------------------------------


def test_pages_give_every_list_once_and_never_more_than_a_page_at_once(desk: Desk, sample: World) -> None:
    most = 0

    def tell(_session: Session, _tenant: str, one: exported.Exported) -> int:
        nonlocal most
        most += 1
        return one.filled.id or 0

    def read(size: int) -> Iterator[int]:
        return selected.each(desk.run_now, Selection(), tell, size)

    everything = list(read(1000))
    assert everything == sorted(set(everything))
    assert len(everything) == 11
    for size in (1, 3, 11, 12):
        assert list(read(size)) == everything
    most = 0
    pages = read(3)
    next(pages)
    assert most == 3, "more than a page was read"


def test_answering_goes_on_while_an_export_is_read(desk: Desk, sample: World) -> None:
    rows = selected.each(desk.run_now, Selection(), lambda _session, _tenant, one: one.filled.ref, 2)
    next(rows)

    desk.run_now(lambda session: setattr(the_list(session, sample), "status", "sent"))

    assert len(list(rows)) == 10
