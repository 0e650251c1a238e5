"""Links in the docs work, and every setting, command, typed word, event and exit code is documented."""

import argparse
import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
import yaml
from pydantic import AliasChoices

import app
import dev
from bot.sending.pace import IN_TOTAL, SPREAD, WINDOW_SECONDS
from bot.settings import Settings
from checklists.events import EventName
from checklists.reminder_rules import Rule
from checklists.retention import Retention
from checklists.tenant_settings import NAMES
from dialogs.turn.commands import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)")
TEST = re.compile(r"`(?:tests/)?((?:browser|chat|faults|same_answer|sql|unit|wire)/\w+\.py)(?:::(\w+))?`")
CODE = re.compile(
    r"`((?:actions|bench|bot|checklists|dialogs|imports|reports|storage|tryout)/[a-z0-9_/]+)(?:\.(\w+))?`"
)


def doc(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def anchors(text: str) -> set[str]:
    """Return a page's link anchors: its headings, as GitHub converts them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def missing(text: str, folder: Path) -> list[str]:
    """Return the broken links of a text."""
    found = []
    for link, anchor in LINK.findall(text):
        target = folder / link
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8") if link else text)):
            found.append(f"{link}#{anchor}" if anchor else link)
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


@pytest.mark.parametrize("path", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_doc_points_at_is_there(path: Path) -> None:
    assert missing(path.read_text(encoding="utf-8"), path.parent) == []


def test_the_system_that_holds_the_cases_has_one_name() -> None:
    texts = [*DOCS, *(ROOT / "texts").rglob("*.yaml"), ROOT / "manifest" / "manifest.json"]
    assert [path.name for path in texts if "verksamhetssystem" in path.read_text(encoding="utf-8").lower()] == []


def test_what_is_not_there_is_found() -> None:
    text = (
        "[gone](docs/gone.md) `unit/test_gone.py` `unit/test_docs.py::test_gone` `unit/test_docs.py` [here](README.md)"
        " `bot/gone.py` `bot/web.gone` `bot/gone` `bot/web.messages` `bot/web.py` `bot/web` `bot/` [no](README.md#gone)"
        " [yes](README.md#beslutskollen)"
    )

    gone_code = ["bot/gone py", "bot/web gone", "bot/gone"]
    assert missing(text, ROOT) == [
        *("docs/gone.md", "README.md#gone", "unit/test_gone.py", "unit/test_docs.py test_gone"),
        *gone_code,
    ]


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name]


def test_file_names_are_plain_ascii() -> None:
    """Archives and file systems encode å differently, so that it may become another name."""
    assert [path for path in tracked() if not str(path.relative_to(ROOT)).isascii()] == []


# --- decisions --------------------------------------------------------------------------------------------------------

DECISION = re.compile(
    r"# (?P<number>\d{4}) (?P<title>.+)\n\n"
    r"- Date: (?P<date>\d{4}-\d\d-\d\d)\n"
    r"- Status: (?P<status>accepted|amended \d{4}-\d\d-\d\d|superseded by (?P<by>\d{4}))\n"
)


def test_decisions_are_numbered_without_holes_dated_and_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    files = sorted(folder.glob("[0-9]*.md"))
    rows = re.findall(r"^\| \[.+$", doc("docs/decisions/README.md"), re.MULTILINE)
    numbers = [f"{number:04}" for number in range(1, len(files) + 1)]

    assert [file.name[:4] for file in files] == numbers
    for file, row in zip(files, rows, strict=True):
        head = DECISION.match(file.read_text(encoding="utf-8"))
        assert head is not None, f"{file.name} does not begin with its number, title, Date and Status"
        assert file.name.startswith(head["number"])
        assert row == f"| [{head['number']}]({file.name}) | {head['title']} | {head['date']} | {head['status']} |"
        assert head["by"] is None or head["number"] < head["by"] in numbers


# --- completeness, both ways: nothing undocumented, and nothing documented that no longer exists ---------------------

OPERATORS = ("docs/drift.md", "docs/gallring.md", "docs/loggen.md", "docs/paminnelser.md", "docs/svar-fran-fil.md")
NOT_OURS = {"PATH", "PGPASSWORD", "PGSERVICE", "PGSSLMODE", "PYTHONDONTWRITEBYTECODE", "SSL_CERT_FILE"}
"""Variables of the operating system, of Python, PostgreSQL and OpenSSL."""


def section(text: str, heading: str) -> str:
    """Return the text under a heading, up to the next heading of the same level."""
    return re.split(r"^## ", text.partition(f"\n## {heading}\n")[2], flags=re.MULTILINE)[0]


def first_cells(text: str) -> list[str]:
    """Return the code spans in the first cell of every table row."""
    cells = re.findall(r"^\|((?:\\\||[^|])*)\|", text, re.MULTILINE)
    return [code for cell in cells for code in re.findall(r"`([^`]+)`", cell)]


def setting_names() -> set[str]:
    """Return the environment variable of every setting."""
    found = set()
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        first = alias.choices[0] if isinstance(alias, AliasChoices) else alias
        found.add(str(first) if first else f"BK_{name.upper()}")
    return found


def environment_reads(source: str) -> Iterator[str]:
    """Yield every environment variable a source reads or sets by literal name."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case (
                ast.Subscript(value=place, slice=ast.Constant(value=str(name)))
                | ast.Compare(left=ast.Constant(value=str(name)), comparators=[place])
                | ast.Call(func=ast.Attribute(value=place), args=[ast.Constant(value=str(name)), *_])
            ) if ast.unparse(place) == "os.environ" or ast.unparse(node).startswith("os.getenv("):
                yield name


@cache
def variables_read() -> frozenset[str]:
    """Return what any of our sources reads or sets by name in the environment."""
    sources = (path.read_text(encoding="utf-8") for path in tracked("*.py"))
    likely = (text for text in sources if "environ" in text or "getenv" in text)
    return frozenset(name for text in likely for name in environment_reads(text))


def test_reads_of_the_environment_are_found() -> None:
    source = "os.environ['A']; os.environ.get('B', ''); 'C' in os.environ; os.getenv('D'); other.get('E'); x['F']"

    assert sorted(environment_reads(source)) == ["A", "B", "C", "D"]


def test_every_setting_is_told_to_operators_and_nothing_else() -> None:
    assert set(first_cells(section(doc("docs/drift.md"), "Inställningar"))) == setting_names()


def test_every_variable_that_is_read_is_told_to_operators_or_contributors() -> None:
    named = {name.partition("=")[0] for name in first_cells(doc("CONTRIBUTING.md"))}

    assert variables_read() - setting_names() - named - NOT_OURS == set()


def test_no_doc_names_a_variable_that_nothing_reads() -> None:
    told = {
        name for path in [*DOCS, ROOT / ".ci" / "run"] for name in re.findall(r"BK_[A-Z_]+", path.read_text("utf-8"))
    }

    assert told - variables_read() - setting_names() == set()


def commands(parser: argparse.ArgumentParser, *above: str) -> Iterator[tuple[str, set[str]]]:
    """Yield each command of a parser, such as `people import`, with its options."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for group in groups:
        for name, inner in group.choices.items():
            yield from commands(inner, *above, name)
    if not groups:
        yield " ".join(above), {option for action in parser._actions for option in action.option_strings} - {"-h"}


def test_every_command_of_the_bot_is_told_to_operators() -> None:
    told = first_cells(section(doc("docs/drift.md"), "Kommandon"))
    known = {command for command, _ in commands(app._parser())}

    assert {name for name in known if not any(f"{code} ".startswith(f"{name} ") for code in told)} == set()
    assert {code for code in told if not code.isdigit() and not any(code.startswith(name) for name in known)} == set()


def test_docs_call_the_bot_only_by_commands_it_has() -> None:
    known = {command.partition(" ")[0] for command, _ in commands(app._parser())}
    called = {word for path in DOCS for word in re.findall(r"app\.py ([a-z][a-z-]+)", path.read_text(encoding="utf-8"))}

    assert called - known == set()


def test_every_option_is_told_to_operators_and_nothing_else() -> None:
    whole = {option for action in app._parser()._actions for option in action.option_strings} - {"-h"}
    known = whole.union(*(options for _, options in commands(app._parser())))
    told = {option for name in OPERATORS for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", doc(name))}

    assert known - told == set()
    assert told - known == set()


def test_every_command_of_dev_py_is_told_to_contributors_and_nothing_else() -> None:
    told = {word for name in ("README.md", "CONTRIBUTING.md") for word in re.findall(r"dev\.py ([a-z]+)", doc(name))}

    assert told == set(dev.COMMANDS)


def exit_codes(source: str) -> set[int]:
    """Return a module's own exit codes: those `main` returns and those of each refusal."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name="main"):
                returned = [inner.value for inner in ast.walk(node) if isinstance(inner, ast.Return)]
                found |= {value.value for value in returned if isinstance(value, ast.Constant)}
            case ast.Assign(targets=[ast.Name(id="exit_code")], value=ast.Constant(value=code)):
                found.add(code)
    return {code for code in found if isinstance(code, int)}


def test_every_exit_code_is_told() -> None:
    rows = re.findall(r"^\| (\d+) \|", section(doc("docs/drift.md"), "Kommandon"), re.MULTILINE)
    sources = [
        ROOT / "app.py",
        *(path for room in ("bot", "checklists", "storage") for path in (ROOT / room).rglob("*.py")),
    ]
    starter = re.search(r"^`dev\.py` ends with (.+?)\.[ \n]", doc("CONTRIBUTING.md"), re.MULTILINE | re.DOTALL)

    assert {int(code) for code in rows} == set().union(*(exit_codes(path.read_text("utf-8")) for path in sources))
    assert starter is not None
    assert {int(code) for code in re.findall(r"\d+", starter[1])} == exit_codes(doc("dev.py"))


def test_everything_that_can_be_typed_is_told_to_those_who_type() -> None:
    told = {code for name in ("handlaggare", "chef") for code in first_cells(doc(f"docs/detaljer/{name}.md"))}
    words = {word for command in COMMANDS for word in (command.word, *command.aliases)}

    assert {c.word for c in COMMANDS if not any(f"{code} ".startswith(f"{c.word} ") for code in told)} == set()
    typed = {code for code in first_cells(doc("docs/detaljer/handlaggare.md")) if code[0].islower()}
    assert {code for code in typed if not any(f"{code} ".startswith(f"{word} ") for word in words)} == set()


def test_every_reminder_setting_and_period_is_explained_and_nothing_else() -> None:
    reminders, disposal = doc("docs/paminnelser.md"), doc("docs/gallring.md")

    assert sorted(first_cells(reminders.partition("\n## ")[0])) == sorted(get_args(Rule))
    assert sorted(first_cells(section(reminders, "Inställningar"))) == sorted(NAMES)
    assert {name for name in Retention.model_fields if f"`{name}" not in disposal} == set()


def test_every_event_of_the_trail_is_explained_and_nothing_else() -> None:
    assert sorted(first_cells(section(doc("docs/loggen.md"), "Händelserna"))) == sorted(get_args(EventName))


# --- one page for each who uses it -----------------------------------------------------------------------------------

ROLE_PAGES = ("handlaggare", "chefer", "granskare", "verksamhetschef", "revisor", "systemforvaltare")
CLAIMS = ("tillganglighet", "varfor-inte", "vad-boten-aldrig-gor")
MOST_WORDS, MOST_BYTES = 450, 60_000
"""What fits one sheet of A4 with a picture; and what a picture may weigh."""
SAID = {"…", "FREDA", "[1]", "utan checklista", "vald för hand"} | {"ja", "nej", "pågår", "nej, barnet är för litet"}
"""Words of answers, tables and figures that the pages quote."""


@pytest.mark.parametrize("name", ROLE_PAGES)
def test_a_roles_page_is_one_page_with_a_picture(name: str) -> None:
    page = doc(f"docs/{name}.md")
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page)

    assert len(page.split()) <= MOST_WORDS
    assert 1 <= len(pictures) <= 2
    assert [one for one in pictures if (ROOT / "docs" / one).stat().st_size > MOST_BYTES] == []
    assert f"docs/{name}.md" in doc("README.md")


@pytest.mark.parametrize("name", ROLE_PAGES)
def test_a_roles_page_names_only_what_can_be_typed_or_pressed(name: str) -> None:
    typed = {word for command in COMMANDS for word in (command.word, *command.aliases)}
    shown = {
        say
        for room in (ROOT / "texts" / "sv").glob("*.yaml")
        for say in yaml.safe_load(room.read_text("utf-8")).values()
    }
    codes = re.findall(r"`([^`]+)`", doc(f"docs/{name}.md"))

    unknown = [
        code
        for code in codes
        if code not in shown | SAID
        and not code.startswith("python app.py ")
        and not any(f"{code} ".startswith(f"{word} ") for word in typed)
    ]
    assert unknown == []


def test_every_claim_of_accessibility_points_at_a_test_by_name() -> None:
    named = TEST.findall(doc("docs/tillganglighet.md"))

    assert len(named) > 10
    assert [file for file, test in named if not test] == []


@pytest.mark.parametrize("name", CLAIMS)
def test_every_claim_points_at_a_test(name: str) -> None:
    """That the tests are there is held for every doc above."""
    rows = [line for line in doc(f"docs/{name}.md").splitlines() if line.startswith("| ")][1:]

    assert len(rows) > 10
    assert [row for row in rows if not TEST.search(row.rsplit(" | ", 1)[-1])] == []


def test_what_machines_carry_is_reckoned_from_what_was_measured() -> None:
    """The figures of docs/scale.md are those of the row `cost` in docs/faults.md, and what follows from them."""
    scale = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    [row] = re.findall(r"^\| cost \|.*$", (ROOT / "docs" / "faults.md").read_text(encoding="utf-8"), re.MULTILINE)
    [sqlite] = re.findall(r"SQLite: presses, ms of processor each: \d+, ([\d.]+)", row)
    [size] = re.findall(r"kB a case with its list: (\d+)", row)
    [(ours, theirs)] = re.findall(r"ms of the bot, ms of the server: \d+, ([\d.]+), ([\d.]+)", row)

    assert f"| en tryckning, SQLite | {float(sqlite):.0f} ms processortid" in scale
    assert f"| en tryckning, PostgreSQL | {float(ours):.0f} ms hos boten och {float(theirs):.0f} ms hos" in scale
    assert f"| ett ärende med sin lista | {size} kB på disk" in scale
    presses = 400 * 2 * 25
    mean = presses / (220 * 8 * 3600)
    assert f"{mean:.3f}".replace(".", ",") + f"/s | {10 * mean:.2f}".replace(".", ",") + "/s" in scale
    assert f"400 × {size} kB = {400 * int(size) / 1000:.0f} MB" in scale
    assert f"| {290 * mean:.1f}".replace(".", ",") + f"/s | {2900 * mean:.0f}/s" in scale
    rate = int(IN_TOTAL / (SPREAD * WINDOW_SECONDS))
    assert f"{290 * 60:_} / {rate} = {290 * 60 / rate / 60:.0f} min".replace("_", " ") in scale
    assert f"högst {rate} i sekunden" in scale
