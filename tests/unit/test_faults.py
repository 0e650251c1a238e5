"""The catalogue of faults: every code has its sentence and its place, no sentence is in code, no cell is repeated."""

import ast
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.settings import Settings, read_settings
from checklists import faults
from checklists.csv_in import read_csv
from checklists.faults import Code, Fault, Refusal, fault, word
from checklists.loader import DEFINITIONS, read_checklist
from checklists.retention import Retention, changed
from checklists.tenant_settings import NAMES, parse_setting
from docs import make_error_codes
from storage.heads import read_head
from storage.sealing import KeyGone, MasterGone, SealBroken
from tests.unit.test_texts import codes, placeholders, strings
from texts import LANGUAGES, sentences

ROOT = Path(__file__).resolve().parents[2]
CANARY = "Kanarie Påhittad"
ROOMS = ("actions", "bot/commandline", "checklists", "imports", "reports", "storage")
FILES = (
    *("app.py", "bot/background/import_folder.py", "bot/package.py", "bot/secret_files.py"),
    *("bot/sending/proofs.py", "bot/settings.py", "bot/web.py"),
)
SOURCES = [ROOT / name for name in FILES] + [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
FOR_PROGRAMMERS = {
    "checklists/lifecycle.py": 1,
    "checklists/rights.py": 2,
    "storage/people.py": 2,
    "storage/scrub.py": 1,
    "storage/sealing.py": 1,
    "storage/times.py": 1,
}
"""How many errors of each module are in words, because only those who change the code meet them."""


@cache
def trees() -> Mapping[str, ast.Module]:
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


# --- the catalogue ---------------------------------------------------------------------------------------------------


def test_no_code_is_the_chats_as_well() -> None:
    assert not set(Code) & codes()
    assert all(code[:4] in ("BK-2", "BK-3", "BK-4", "BK-5") and len(code) == 6 for code in Code)
    assert list(Code) == sorted(Code)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_sentence_with_what_to_do(language: str) -> None:
    said = sentences("sv" if language == "sv" else "en")
    for code in Code:
        sentence = said[faults.room_of(code) + code]
        assert ";" in sentence or ": " in sentence, code
        assert not sentence.endswith("."), code


def test_the_tree_at_the_top_of_the_module_has_a_branch_for_every_code() -> None:
    assert faults.__doc__ is not None
    branches = {line.split()[1][:2] for line in faults.__doc__.splitlines() if line[:3] in ("├──", "└──")}

    assert branches == {code[3:5] for code in Code}


def test_the_page_of_codes_is_made_from_the_catalogue_and_has_them_all() -> None:
    page = (ROOT / "docs" / "fel.md").read_text(encoding="utf-8")

    assert page == make_error_codes.page(), "run .venv/bin/python -m docs.make_error_codes"
    assert [code for code in Code if page.count(f"| {code} |") != 1] == []


def test_a_fault_says_place_what_to_do_and_code_in_both_languages() -> None:
    one = fault(Code.KEY_TWICE, line=7, key="ask").of("made_up.yaml")

    assert str(one) == "made_up.yaml, line 7: `ask` appears twice; keep one of them (BK-253)"
    assert one.told("sv") == "made_up.yaml, rad 7: `ask` står två gånger; behåll den ena (BK-253)"
    assert str(Refusal(one, one.at(8))).count("\n") == 1
    assert str(fault(Code.SCHEMA_OLD)).endswith(" first (BK-325)")


def test_what_the_keys_say_is_a_sentence_too() -> None:
    assert "BK-335" in str(SealBroken())
    assert str(MasterGone(fault(Code.MASTER_GONE, key="first"))).startswith("the master key first is not configured")
    assert str(KeyGone(fault(Code.KEY_GONE, row=7))).startswith("the key of case row 7 is gone")


# --- the code that says them ------------------------------------------------------------------------------------------


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == name:
                yield f"{path}:{node.lineno}", node


def test_every_fault_is_given_exactly_what_its_sentence_names_and_every_code_is_used() -> None:
    english = sentences("en")
    wrong, used = {}, set()
    for at, call in calls("fault"):
        given_args = {keyword.arg for keyword in call.keywords if keyword.arg} - {"line"}
        code = call.args[0]
        if isinstance(code, ast.Attribute):
            used.add(code.attr)
            sentence = english[faults.room_of(Code[code.attr]) + Code[code.attr]]
            if given_args != placeholders(sentence):
                wrong[at] = (code.attr, given_args)

    assert len(used) > 100, "the check looks at nothing"
    assert wrong == {}
    named = {node.attr for tree in trees().values() for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert {code.name for code in Code} - named == set()


def is_in_words(node: ast.expr | None) -> bool:
    """Say whether an expression holds a text of several words."""
    return node is not None and any(" " in str(text.value).strip() for text in strings(node))


def test_no_sentence_is_raised_or_told_from_code() -> None:
    found: dict[str, int] = {}
    for path, tree in trees().items():
        for node in ast.walk(tree):
            raised = node.exc if isinstance(node, ast.Raise) else None
            told = node if isinstance(node, ast.Call) and any(k.arg == "file" for k in node.keywords) else None
            if is_in_words(raised) or (is_in_words(told) and "rows" not in ast.unparse(told or node)):
                found[path] = found.get(path, 0) + 1

    assert found == FOR_PROGRAMMERS


def test_the_check_bites() -> None:
    (raised,) = ast.parse('raise Stop(f"{path} cannot be read")').body
    assert isinstance(raised, ast.Raise)
    assert is_in_words(raised.exc)
    (good,) = ast.parse("raise Stop(fault(Code.CANNOT_READ, file=path, why=error.strerror))").body
    assert isinstance(good, ast.Raise)
    assert not is_in_words(good.exc)


# --- what somebody wrote is never repeated ----------------------------------------------------------------------------


def told(does: Callable[[], object]) -> str:
    """Return all that is said when something is refused, in both languages; nothing when it is accepted."""
    try:
        does()
    except Refusal as refused:
        return "\n".join(one.told(language) for one in refused.faults for language in LANGUAGES)
    return ""


def repeats(text: str) -> list[str]:
    """Return what of the canaries is in a text."""
    return [word for word in (*CANARY.split(), "1212-1212") if word in text]


NO_IDS = [CANARY, "anna@example.invalid", "191212121212", "19121212-1212", "", "x" * 61, "å", "a\nb"]


@pytest.mark.parametrize("text", NO_IDS)
def test_only_what_can_be_an_id_is_shown(text: str) -> None:
    assert word(text) == "…"


def test_an_id_is_shown_and_a_path_with_a_personal_number_is_not() -> None:
    assert word("child_heard") == "child_heard"
    assert word("11111111-1111-4111-8111-111111111111") == "11111111-1111-4111-8111-111111111111"
    assert "1212" not in str(fault(Code.CANNOT_READ, file=Path("/tmp/19121212-1212.csv"), why="gone"))


PIECES = [CANARY, f'"{CANARY}', f'{CANARY}"x', ";", ",", '"', "\n", "name", "unit", "19121212-1212", "\x00"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_no_cell_or_column_of_a_csv_file_is_repeated(text: str) -> None:
    for raw in (text, f"name;unit\n{text}"):
        assert repeats(told(lambda raw=raw: read_csv(raw.encode(), ("name", "unit"), ("name",)))) == []  # type: ignore[misc]


LINES = (DEFINITIONS / "decision_basis.v1.yaml").read_text(encoding="utf-8").splitlines()
SPOILT = (
    "{key}: {canary}",
    "{canary}: {value}",
    "{key}: [{canary}]",
    "{key}: '{canary}",
    "{key}: *{canary}",
    "{key}: {{{canary}: 1}}",
    "{key}: !{canary} x",
    "{key}: 2026-99-99 {canary}",
    "{key}: |\n{canary}\n",
    "{key}:\t{canary}",
    "? {canary}",
    '{key}: "\\q{canary}"',
)
SPOILS = st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.sampled_from(SPOILT)), min_size=1, max_size=4)


@settings(max_examples=25)
@given(spoils=SPOILS)
def test_nothing_written_in_a_checklist_file_is_repeated(
    tmp_path_factory: pytest.TempPathFactory, spoils: list[tuple[int, str]]
) -> None:
    lines = list(LINES)
    for number, how in spoils:
        key, _, value = lines[number].partition(":")
        lines[number] = how.format(key=key, value=value.strip(), canary=CANARY)
    path = tmp_path_factory.mktemp("made_up") / "made_up.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")

    assert repeats(told(lambda: read_checklist(path))) == []


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_no_setting_of_the_bot_is_repeated(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    alias = Settings.model_fields[name].validation_alias
    monkeypatch.setenv("PORT" if name == "port" else alias if isinstance(alias, str) else f"BK_{name.upper()}", CANARY)

    assert repeats(told(lambda: read_settings().check_for_serving())) == []


@pytest.mark.parametrize("name", [*NAMES, CANARY])
def test_no_setting_of_a_tenant_is_repeated(name: str) -> None:
    said = told(lambda: parse_setting(name, f"B1:{CANARY}" if name == "findings" else CANARY))

    assert repeats(said) == []
    assert said or name in ("case_ref_pattern", "municipality", "reasons"), "it was taken"


@pytest.mark.parametrize("assignment", [*(f"{name}={CANARY}" for name in Retention.model_fields), f"{CANARY}=1"])
def test_no_period_is_repeated(assignment: str) -> None:
    said = told(lambda: changed({}, [assignment]))

    assert said != ""
    assert repeats(said) == []


def test_no_head_is_repeated() -> None:
    assert repeats(told(lambda: read_head(CANARY))) == []


def test_the_canary_would_be_seen() -> None:
    def refuses() -> None:
        raise Refusal(Fault(Code.KEY_TWICE, {"key": CANARY}))

    assert repeats(told(refuses)) == CANARY.split()
