"""Workbooks: text cells are always stored as text, and the same rows give the same bytes."""

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date

import openpyxl
import pytest

from reports.xlsx_out import Cell, Page, TooLarge, write_xlsx
from tests.unit.test_csv import DANGEROUS


def written(*rows: Sequence[Cell], header: tuple[str, ...] = ("column",)) -> bytes:
    out = io.BytesIO()
    write_xlsx(out, Page("made up", header, rows))
    return out.getvalue()


def read(raw: bytes, sheet: str = "made up") -> list[list[tuple[object, str]]]:
    book = openpyxl.load_workbook(io.BytesIO(raw))
    return [[(cell.value, cell.data_type) for cell in row] for row in book[sheet].rows]


def test_no_text_becomes_a_formula_or_a_link_in_any_cell() -> None:
    texts = [*DANGEROUS, "http://made-up.invalid", "mailto:made@up.invalid", "12", "{=1+1}", "file://x"]
    raw = written(*([text, "other", text] for text in texts), header=("=1+1", "@b", "c"))

    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert not [name for name in book.namelist() if "rels" in name and "sheet" in name]
    assert not re.search(r"<f[ >]|hyperlink", sheet)
    assert {kind for row in read(raw) for _, kind in row} == {"s"}


def test_a_dangerous_text_can_still_be_read() -> None:
    shown = [row[0][0] for row in read(written(*([text] for text in DANGEROUS)))[1:]]

    for text, cell in zip(DANGEROUS, shown, strict=True):
        assert "".join(str(cell).split())[-2:] == "".join(text.split())[-2:]


def test_numbers_and_days_are_numbers_and_days() -> None:
    raw = written(["text", 7, 12.5, date(2026, 5, 12), ""], header=("a", "b", "c", "d", "e"))

    shown = read(raw)[1]
    assert [kind for _, kind in shown] == ["s", "n", "n", "d", "n"]
    assert [str(value) for value, _ in shown] == ["text", "7", "12.5", "2026-05-12 00:00:00", "None"]


def test_the_same_rows_are_the_same_bytes() -> None:
    one = written(["å", 1], ["b", 2], header=("a", "b"))

    with zipfile.ZipFile(io.BytesIO(one)) as book:
        assert {info.date_time for info in book.infolist()} == {book.infolist()[0].date_time}
        assert book.infolist()[0].date_time[0] == 1980
        assert "2020-01-01T00:00:00Z" in book.read("docProps/core.xml").decode()
    assert one == written(["å", 1], ["b", 2], header=("a", "b"))


def test_the_header_stays_in_sight_and_can_be_filtered_by() -> None:
    page = openpyxl.load_workbook(io.BytesIO(written(["a", "b"], header=("one", "two"))))["made up"]

    assert (page.freeze_panes, page.auto_filter.ref) == ("A2", "A1:B2")


def test_rows_beyond_the_sheet_are_refused_and_not_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.xlsx_out.MOST_ROWS", 3)
    written(["a"], ["b"])
    with pytest.raises(TooLarge):
        written(["a"], ["b"], ["c"])


def test_rows_are_read_as_they_are_written_and_counted() -> None:
    out = io.BytesIO()

    assert write_xlsx(out, Page("a", ["x"], ([str(n)] for n in range(3))), Page("b", ["y"], [])) == 3
    assert [row[0][0] for row in read(out.getvalue(), "a")] == ["x", "0", "1", "2"]
    assert [row[0][0] for row in read(out.getvalue(), "b")] == ["y"]


@pytest.mark.parametrize(("header", "row"), [(("a",), ["x" * 32_768]), (("a",) * 16_385, []), (("a",), ["x"] * 16_385)])
def test_what_a_sheet_does_not_hold_is_refused_and_not_left_out(header: tuple[str, ...], row: list[Cell]) -> None:
    with pytest.raises(TooLarge):
        written(row, header=header)
