"""CSV in and out: every invalid row is reported by line, and no exported cell is a formula."""

import csv
import io
import unicodedata
import uuid
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.csv_in import BadCsv, CsvRow, read_csv
from checklists.csv_safe import as_written
from reports.csv_out import safe, write_csv

COLUMNS = ("name", "unit", "day")


def rows_of(raw: str | bytes, needed: tuple[str, ...] = ("name",)) -> list[CsvRow]:
    return read_csv(raw if isinstance(raw, bytes) else raw.encode(), COLUMNS, needed)


def faults_of(raw: str | bytes, needed: tuple[str, ...] = ("name",)) -> tuple[str, ...]:
    with pytest.raises(BadCsv) as caught:
        rows_of(raw, needed)
    told = tuple(map(str, caught.value.faults))
    *above, last = str(caught.value).split("\n")
    assert (*above, last.replace("; nothing was stored (", " (")) == told
    assert last.count("; nothing was stored (") == 1
    return told


# --- in --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no BOM", "BOM"])
@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_the_usual_ways_of_saving_a_file_read_alike(mark: str, separator: str, line_end: str) -> None:
    lines = [separator.join(cells) for cells in (["name", "unit"], ["Åsa Påhitt", " Östra "], ["Bo", ""])]

    assert rows_of(mark + line_end.join(lines)) == [
        CsvRow(2, {"name": "Åsa Påhitt", "unit": "Östra", "day": ""}),
        CsvRow(3, {"name": "Bo", "unit": "", "day": ""}),
    ]


def test_the_separator_is_the_one_the_header_uses() -> None:
    assert rows_of("name;unit\nPåhitt, Åsa;Östra\n")[0].cells["name"] == "Påhitt, Åsa"
    assert rows_of('name,unit\n"a;b;c",Östra\n')[0].cells["name"] == "a;b;c"


@pytest.mark.parametrize("separator", ["\t", "|", " | "])
def test_a_file_separated_by_something_else_is_told_so_and_not_that_its_columns_are_missing(separator: str) -> None:
    lines = [separator.join(cells) for cells in (['"Name"', "unit"], ["Åsa Påhitt", "Östra"])]

    assert faults_of("\n".join(lines)) == (
        "line 1: the columns are separated neither by commas nor by semicolons; save the file as CSV, comma delimited"
        " (BK-547)",
    )


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "the file is empty"),
        (b" \r\n\n", "the file is empty"),
        (b"PK\x03\x04\x14\x00\x06\x00", "this is a workbook; save the sheet as CSV"),
        ("name;unit\nBo;".encode("utf-16-le"), "the file is not UTF-8"),
        ("name;unit\nBo;".encode("utf-16"), "the file is not UTF-8"),
    ],
)
def test_what_is_no_csv_at_all_is_told_what_it_is(raw: bytes, says: str) -> None:
    (told,) = faults_of(raw)
    assert told.startswith(says)


def test_columns_are_found_by_name_in_any_order_and_others_are_refused_by_name() -> None:
    assert rows_of(" UNIT ;Name\nÖstra;Åsa\n") == [CsvRow(2, {"name": "Åsa", "unit": "Östra", "day": ""})]

    (unknown,) = faults_of("unit;colour;name;vaild_to\nÖstra;red;Åsa;\n")
    assert "the header has colour, vaild_to, which is unknown here" in unknown
    (swedish,) = faults_of("name;Ärendets nummer;unit;e-post (privat@example.invalid)\n")
    assert "the header has ärendets nummer, …, which is unknown here" in swedish
    (twice,) = faults_of("name;unit;name\nÅsa;Östra;Bo\n")
    assert "the header has name twice" in twice
    known = read_csv(b"name;colour\nBo;red\n", COLUMNS, ("name",), ignored=("colour",))
    assert known == [CsvRow(2, {"name": "Bo", "unit": "", "day": ""})]


def test_text_is_in_one_form_with_single_spaces() -> None:
    assert rows_of("name;unit\nA\u030asa  Påhitt\u00a0Östra;x\ty\n")[0].cells == {
        "name": "Åsa Påhitt Östra",
        "unit": "x y",
        "day": "",
    }


@pytest.mark.parametrize("above", ["sep=;\n", "Personer våren 2026 (påhittade)\n\n"])
def test_lines_above_the_header_are_explained(above: str) -> None:
    (fault,) = faults_of(f"{above}name;unit\nBo;x\n")

    assert "the columns are named only here; remove the lines above" in fault


def test_a_second_mark_at_the_beginning_is_none_of_the_header() -> None:
    assert rows_of("\ufeff\ufeffname;unit\nBo;x\n")[0].cells["name"] == "Bo"


def test_a_nul_is_refused_by_line() -> None:
    assert faults_of("name;unit\nBo;x\nCai;y\0z\n") == (
        "line 3: a cell contains a NUL character (column 2 of the row); rewrite the cell (BK-207)",
    )


@pytest.mark.parametrize("cell", ["x,=cmd", "x, =cmd|' /C calc'!A0", "a,b,-1+1", "x,\uff1d1", "1,@x"])
def test_a_file_opened_with_commas_has_no_formula_either(cell: str) -> None:
    out = io.StringIO()
    write_csv(out, ("a", "b"), [(cell, "y")])
    opened = [one for row in csv.reader(io.StringIO(out.getvalue().lstrip("\ufeff"))) for one in row]

    assert not [one for one in opened if unicodedata.normalize("NFKC", one.strip(' "'))[:1] in tuple("=+-@|%")]
    assert as_written(safe(cell)) == cell


def test_empty_rows_are_passed_over_however_long() -> None:
    assert [row.line for row in rows_of("name;unit\n\n;;\n  ;\nÅsa;Östra\n")] == [5]


def test_a_row_that_lacks_a_cell_is_refused_as_the_others_may_have_moved() -> None:
    assert faults_of("name;unit;day\nÅsa;x;y\nBo;y\n")[0].startswith("line 3: cells: 2, columns: 3;")


@pytest.mark.parametrize("raw", ['"name;unit', 'name;"unit\n', '"name"x;unit\nBo;x\n'])
def test_a_header_with_a_lone_quotation_mark_is_no_csv(raw: str) -> None:
    (fault,) = faults_of(raw)
    assert fault.startswith("line 1: this is not CSV: a quotation mark is not closed")


def test_lines_are_counted_as_the_file_has_them_when_a_cell_holds_line_breaks() -> None:
    assert [row.line for row in rows_of('name;unit\n"one\ntwo";x\nÅsa;y\n')] == [2, 4]


def test_every_bad_row_is_told_by_line_and_no_row_comes_out() -> None:
    raw = "name;unit\nÅsa;Östra\nBo;Östra;too;many\nMor 640823-3234;Östra\nCai;Östra\nDag;640823 3234\n"

    assert faults_of(raw) == (
        "line 3: cells: 4, columns: 2; a row needs one cell for each column, and a cell with the separator in it "
        "quotation marks (BK-204)",
        "line 4: a cell contains what looks like a personal number (column 1 of the row); take it out (BK-104)",
        "line 6: a cell contains what looks like a personal number (column 2 of the row); take it out (BK-104)",
    )


def test_a_personal_number_is_not_repeated_in_the_fault() -> None:
    assert not any("3234" in fault for fault in faults_of("name\n640823-3234\n"))


def test_an_entra_id_is_no_text_and_may_hold_any_digits() -> None:
    unlucky = "4a150275-2356-4b59-9d02-bcabeb58d67b"
    assert rows_of(f"name\n{unlucky}\n {unlucky.upper()} \n")

    rng = Random("ids")
    many = "\n".join(str(uuid.UUID(int=rng.getrandbits(128), version=4)) for _ in range(5000))
    assert len(rows_of(f"name\n{many}\n")) == 5000


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"unnamed\n", "lacks name, unit;"),
        (b"name\n", "lacks unit;"),
        (b"colour;size\n1;2\n", "lacks name, unit;"),
        ("name;unit\nÅsa;x\n".encode("latin-1"), "not UTF-8"),
        ("name;unit\nÅsa;x\n".encode("utf-16"), "not UTF-8"),
        (b'name;unit\n"never closed;x\n', "line 2"),
        (b'name;unit\n"closed" and more;x\n', "line 2"),
    ],
)
def test_what_is_no_such_file_is_refused_in_words(raw: bytes, words: str) -> None:
    (fault,) = faults_of(raw, needed=("name", "unit"))

    assert words in fault


# --- out -------------------------------------------------------------------------------------------------------------

SIGNS = ["=", "+", "-", "@", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66", "\ufe62", "\ufe63", "\ufe6b"]
BEFORE = ["", " ", "\t", "\u00a0", "\n", "\r\n", "\u3000", "\u200b", "\ufeff", "\x00", "\u2028", " \t\u00a0 "]
DANGEROUS = [f"{before}{sign}SUMMA(A1)" for sign in SIGNS[:8] for before in BEFORE[:9]] + [
    *(f"{before}=cmd|' /C calc'!A0" for before in BEFORE),
    *(f"{sign}1+1" for sign in SIGNS),
    *(
        f"ordinary text{end}{sign}HYPERLINK(1)"
        for end in ("\n", "\r", "\r\n", "\u2028", "\x85", "\x0b")
        for sign in "=@"
    ),
    'quoted "\n=1+1"',
    "semicolon;\n=1+1",
    "\tonly a tab",
    "-",
    "=",
]


def written(*cells: str) -> str:
    out = io.StringIO(newline="")
    assert write_csv(out, ["column"] * len(cells), [cells]) == 1
    return out.getvalue()


def looks_dangerous(field: str) -> bool:
    """Return whether any spreadsheet, however it trims and normalizes, could read this as a formula."""
    plain = unicodedata.normalize("NFKC", field)
    visible = "".join(sign for sign in plain if unicodedata.category(sign) not in ("Cc", "Cf", "Zs", "Zl", "Zp"))
    return visible[:1] in tuple("=+-@|%") or field.startswith("\t")


@pytest.mark.parametrize("cell", DANGEROUS, ids=ascii)
def test_no_physical_line_of_what_leaves_has_a_field_that_begins_dangerously(cell: str) -> None:
    text = written("before", cell, "after").removeprefix("\ufeff")

    fields = [field for line in text.splitlines() for row in csv.reader([line], delimiter=";") for field in row]
    assert not [field for field in fields if looks_dangerous(field)]
    assert len(text.splitlines()) == 2, "a cell broke its row in two"


@pytest.mark.parametrize("cell", DANGEROUS, ids=ascii)
def test_a_made_safe_cell_can_still_be_read(cell: str) -> None:
    assert safe(cell).removeprefix("'").split() == cell.split()


@pytest.mark.parametrize(
    "cell", ["", "Barnet hördes = ja", "12,5", "SN 2026/0123", "a-b", "åäö 🙂", "'=1", "2026-05-12", "\u200b"]
)
def test_an_ordinary_cell_leaves_as_it_is(cell: str) -> None:
    assert safe(cell) == cell


@given(st.lists(st.text(max_size=30), min_size=2, max_size=4))
def test_whatever_is_written_can_be_read_again_as_one_row_of_as_many_cells(cells: list[str]) -> None:
    text = written(*cells).removeprefix("\ufeff")

    read = list(csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True))[1:]
    assert len(read) == 1
    assert read[0] == [safe(cell) for cell in cells]
    assert not any(looks_dangerous(cell) for cell in read[0])


@given(st.lists(st.text(alphabet='aÅ9é =-;"\n', max_size=5) | st.text(max_size=5), max_size=4))
def test_a_row_written_at_one_look_is_as_the_csv_module_writes_it(cells: list[str]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerow([safe(cell) for cell in cells])

    assert written(*cells).split("\r\n", 1)[1] == out.getvalue()


def test_a_file_opens_in_swedish_excel() -> None:
    assert written("å;ä", "ö") == '\ufeffcolumn;column\r\n"å;ä";ö\r\n'


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"\xef\xbb\xbf", "BK-548"),
        (b"\xef\xbb\xbf\r\n \n", "BK-548"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "BK-549"),
    ],
)
def test_a_file_with_its_mark_alone_is_empty_and_an_old_workbook_is_one(raw: bytes, code: str) -> None:
    with pytest.raises(BadCsv, match=code):
        read_csv(raw, ("name",), ("name",))
