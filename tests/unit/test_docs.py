"""What the docs point at is there: files, functions, and the tests that hold what is promised."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
TEST = re.compile(r"`(?:tests/)?((?:browser|chat|faults|same_answer|sql|unit|wire)/\w+\.py)(?:::(\w+))?`")
CODE = re.compile(
    r"`((?:actions|bench|bot|checklists|dialogs|imports|reports|storage|tryout)/[a-z0-9_/]+)(?:\.(\w+))?`"
)


def missing(text: str, folder: Path) -> list[str]:
    """Return what a text points at that is not there."""
    found = [link for link in LINK.findall(text) if not (folder / link).exists()]
    for name, test in TEST.findall(text):
        file = ROOT / "tests" / name
        if not file.exists() or (test and f"def {test}(" not in file.read_text(encoding="utf-8")):
            found.append(f"{name} {test}".strip())
    for name, part in CODE.findall(text):
        file = ROOT / f"{name}.py"
        is_file = (ROOT / f"{name}.{part}").exists() or (not part and ((ROOT / name).is_dir() or file.exists()))
        if not is_file and not (file.exists() and re.search(rf"def {part}\(|class {part}\b", file.read_text("utf-8"))):
            found.append(f"{name} {part}".strip())
    return found


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_what_a_doc_points_at_is_there(doc: Path) -> None:
    assert missing(doc.read_text(encoding="utf-8"), doc.parent) == []


def test_what_is_not_there_is_found() -> None:
    text = (
        "[gone](docs/gone.md) `unit/test_gone.py` `unit/test_docs.py::test_gone` `unit/test_docs.py` [here](README.md)"
        " `bot/gone.py` `bot/web.gone` `bot/gone` `bot/web.messages` `bot/web.py` `bot/web` `bot/`"
    )

    gone_code = ["bot/gone py", "bot/web gone", "bot/gone"]
    assert missing(text, ROOT) == ["docs/gone.md", "unit/test_gone.py", "unit/test_docs.py test_gone", *gone_code]


def test_file_names_are_plain_ascii() -> None:
    """An å in a name is one file in some archives and file systems and another in the next."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout

    assert [name for name in listed.decode().split("\0") if not name.isascii()] == []


DECISION = re.compile(
    r"# (?P<number>\d{4}) (?P<title>.+)\n\n"
    r"- Date: (?P<date>\d{4}-\d\d-\d\d)\n"
    r"- Status: (?P<status>accepted|amended \d{4}-\d\d-\d\d|superseded by (?P<by>\d{4}))\n"
)


def test_decisions_are_numbered_without_holes_dated_and_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    files = sorted(folder.glob("[0-9]*.md"))
    index = (folder / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[.+$", index, re.MULTILINE)
    numbers = [f"{number:04}" for number in range(1, len(files) + 1)]

    assert [file.name[:4] for file in files] == numbers
    for file, row in zip(files, rows, strict=True):
        head = DECISION.match(file.read_text(encoding="utf-8"))
        assert head is not None, f"{file.name} does not begin with its number, title, Date and Status"
        assert file.name.startswith(head["number"])
        assert row == f"| [{head['number']}]({file.name}) | {head['title']} | {head['date']} | {head['status']} |"
        assert head["by"] is None or head["number"] < head["by"] in numbers
