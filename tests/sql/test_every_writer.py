"""All tables are exported through one writer, and no user text in them can become a formula (T15).

Events too have one writer, which gives each its MAC.
"""

import ast
import csv
import io
import re
from functools import partial
from pathlib import Path

from checklists.model import Written
from reports.answers import COLUMNS, answer_rows
from reports.csv_out import write_csv
from reports.selected import Selection
from storage import answers
from storage.desk import Desk, Session
from tests.sql.conftest import NOW, World, change, the_list
from tests.unit.test_csv import DANGEROUS, looks_dangerous

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("bot", "imports", "dialogs", "actions", "reports")
SOURCES = [ROOT / "app.py", *(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))]
WRITERS = {"csv": {"reports/csv_out.py"}}
"""The only sources that may use each module; they make every cell safe."""


def named(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    plain = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    return plain | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_rows_are_written_in_one_place_and_workbooks_never_with_formulas() -> None:
    found = {path.relative_to(ROOT).as_posix(): named(path) for path in SOURCES}
    for module, allowed in WRITERS.items():
        assert {path for path, modules in found.items() if module in modules} == allowed
    for path, modules in found.items():
        source = (ROOT / path).read_text(encoding="utf-8")
        assert "openpyxl" not in modules, f"{path}: openpyxl makes a formula of what begins with ="
        makes_one = bool(re.search(r"\bWorkbook\(", source))
        assert not makes_one or '"strings_to_formulas": False' in source, path
        assert "write_formula" not in source, path


def test_events_are_made_in_one_place_which_gives_them_their_mac() -> None:
    makers = {
        path.relative_to(ROOT).as_posix()
        for path in [*SOURCES, *(ROOT / "storage").glob("*.py"), *(ROOT / "tryout").glob("*.py")]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Call) and ast.unparse(node.func).endswith("EventRow"))
        or (isinstance(node, ast.Constant) and re.search(r"into event\b", str(node.value), re.IGNORECASE))
    }
    assert makers == {"storage/trail.py"}


def test_a_dangerous_beginning_in_any_text_column_leaves_as_text(desk: Desk, world: World) -> None:
    out = io.StringIO(newline="")

    def give(session: Session, revision: int, words: str) -> None:
        written = Written("fritext", "text", option=words[:60], motivation=words, place=words, note=words, raw=words)
        answers.add(session, the_list(session, world), "child_heard", revision, written, author=None, at=NOW, act="a")

    change(desk, "update unit set name = '=1+1' where id = :id", id=world.unit)
    change(desk, "update cases set ref = '+1 2026/0001'")
    for revision, words in enumerate((cell.replace("\0", "") for cell in DANGEROUS), start=1):
        desk.run_now(partial(give, revision=revision, words=words))
        assert write_csv(out, COLUMNS, answer_rows(desk.run_now, Selection())) == 1

    lines = [line for line in out.getvalue().replace("\ufeff", "").splitlines() if line]
    fields = [field for line in lines for row in csv.reader([line], delimiter=";") for field in row]
    assert len(lines) == 2 * len(DANGEROUS), "a cell split its row"
    assert [field for field in fields if looks_dangerous(field)] == []
    assert fields.count("'=1+1") >= len(DANGEROUS)
    assert fields.count("'+1 2026/0001") == len(DANGEROUS)
