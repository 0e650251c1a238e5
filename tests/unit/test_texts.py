"""Every sentence exists in both languages, is used, and is given the arguments it needs."""

import ast
import re
import string
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
import yaml

from checklists import errors
from checklists.deadlines import Limit
from checklists.errors import UserError
from checklists.events import OF_CASE
from checklists.exposure import FIELDS
from checklists.faults import Code
from checklists.findings import KINDS
from checklists.loader import all_checklists
from checklists.log_check import ACCESSES
from checklists.measures import FINDING_KINDS
from checklists.model import CHOICES, OPEN, CaseType, FilePart, Motivation, Role, Step
from checklists.rates import Verdict
from checklists.reminder_rules import Rule
from checklists.year import DUTIES, EVERY, YEARLY
from storage.outbox import LEFT, STATES, MessageKind
from texts import LANGUAGES, Language, say, sentences

ROOT = Path(__file__).resolve().parents[2]
ROOMS_OF_CODE = ("bot", "imports", "dialogs", "actions", "reports")
SOURCES = [ROOT / "app.py", ROOT / "checklists" / "errors.py", ROOT / "checklists" / "faults.py"]
SOURCES += [path for room in ROOMS_OF_CODE for path in sorted((ROOT / room).rglob("*.py"))]
SWEDISH, ENGLISH = sentences("sv"), sentences("en")
ROOMS = {key.partition(".")[0] for key in SWEDISH}

SHARED_WITH_FILES: tuple[type[UserError], ...] = (
    errors.PersonalNumberInText,
    errors.BadCaseRef,
    errors.TextTooLong,
    errors.BadDate,
    errors.BadChildren,
    errors.ChildHasAnswers,
    errors.BadPeople,
    errors.DateOutOfRange,
    errors.DateInFuture,
    errors.DatesOutOfOrder,
    errors.BadPeriod,
)
"""The rules of the chat that a file can break as well."""

# Keys composed of a prefix and a code from the data or the rules.
FROM_CODES = {
    "access.act_": set(OF_CASE),
    "extract.message_": set(get_args(MessageKind)),
    "extract.state_": set(STATES),
    "extract.review_": {"drawn", "replaced", "frame"},
    "extract.type_": set(get_args(CaseType)),
    "printed.limit_": set(get_args(Limit)),
    "exposed.field_": set(FIELDS),
    "admin.role_": set(get_args(Role)),
    "admin.send_": set(LEFT),
    "log_check.act_": set(ACCESSES),
    "report_page.kind_": KINDS,
    "answers.": {*CHOICES, OPEN, "fritext", "unknown"},
    "motivations.": set(get_args(Motivation)) - {""},
    "gaps.": {"unanswered", "unknown", "unmotivated", "returned", "no_method", "bare"}
    | {str(choice) for checklist in all_checklists().values() for item in checklist.items for choice in item.gap_on},
    "lists.part_": set(get_args(FilePart)),
    "steps.": set(get_args(Step)),
    "roles.": set(get_args(Role)),
    "workbook.status_": {"open", "sent", "returned", "signed", "voided", "seen"},
    "criticisms.": {*(f"B{n}" for n in range(1, 5)), *(f"R{n}" for n in range(1, 5)), *(f"N{n}" for n in range(1, 10))},
    "measures.kind_": {*FINDING_KINDS, "uppfoljd", "osagt"},
    "year.of_": set(DUTIES),
    "year.unset_": set(YEARLY),
    "year.every_": set(map(str, EVERY)),
    "rounds.compared_": set(get_args(Verdict)) - {"other_version"},
    "measures.choose_": set(FINDING_KINDS),
    "reminders.of_": set(get_args(Rule)),
    "figures.": set(get_args(Verdict)) - {"other_version"},
    "files.": {code for code in Code if not "BK-3" < code < "BK-5"} | {kind.code for kind in SHARED_WITH_FILES},
    "commandline.": {code for code in Code if "BK-3" < code < "BK-5"},
}


def codes(error: type[UserError] = UserError) -> set[str]:
    """Return the code of every UserError, recursively."""
    return {error.code}.union(*(codes(kind) for kind in error.__subclasses__())) - {UserError.code}


def strings(tree: ast.AST) -> Iterator[ast.Constant]:
    """Yield every string literal in a source, docstrings excluded."""
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node


@cache
def trees() -> Mapping[Path, ast.Module]:
    """Return the parsed sources. Not at import: each process of the suite would do it, and one runs these tests."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


@cache
def words() -> frozenset[str]:
    return frozenset(str(node.value) for tree in trees().values() for node in strings(tree))


@cache
def named() -> Mapping[str, str]:
    """Map every `room.key`, and every prefix of one, in the source to where it occurs."""
    found = {}
    for path, tree in trees().items():
        for node in strings(tree):
            room, dot, key = str(node.value).partition(".")
            if dot and room in ROOMS and not key.strip(string.ascii_letters + string.digits + "_-"):
                found[str(node.value)] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def whole() -> set[str]:
    return {text for text in named() if text in SWEDISH}


def beginnings() -> set[str]:
    return {text for text in named() if text not in SWEDISH and any(key.startswith(text) for key in SWEDISH)}


def endings(beginning: str) -> set[str]:
    """Return every full key a prefix can become: what follows is a code, or a string in the source."""
    if beginning in FROM_CODES:
        return {beginning + code for code in FROM_CODES[beginning]}
    if beginning == "errors.":
        return {beginning + code for code in codes()}
    return {key for key in SWEDISH if key.startswith(beginning) and key.removeprefix(beginning) in words()}


def test_both_languages_have_the_same_sentences() -> None:
    assert SWEDISH.keys() == ENGLISH.keys()
    assert {p.name for p in (ROOT / "texts" / "sv").iterdir()} == {p.name for p in (ROOT / "texts" / "en").iterdir()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_apostrophes_and_quotation_marks_are_of_one_kind(language: Language) -> None:
    for key, text in sentences(language).items():
        assert not set(text) & set("’‘´"), f"{key}: an apostrophe is written '"
        assert text.count("“") == (text.count("”") if language == "en" else 0), f"{key}: English “so”, Swedish ”så”"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_to_be_typed_stands_in_quotation_marks_in_the_chat(language: Language) -> None:
    """A card shows the marks that a terminal's words stand in, here, as they are."""
    terminal = ("files.", "commandline.", "folder.")
    assert [key for key, text in sentences(language).items() if "`" in text and not key.startswith(terminal)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_stands_twice_in_a_file(language: Language) -> None:
    for path in sorted((ROOT / "texts" / language).glob("*.yaml")):
        node = yaml.compose(path.read_text(encoding="utf-8"))
        assert isinstance(node, yaml.MappingNode)
        keys = [key.value for key, _ in node.value]
        assert len(keys) == len(set(keys)), path.name


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def faults(swedish: object, english: object) -> Iterator[str]:
    """Yield the faults of one sentence in its two languages."""
    if not isinstance(swedish, str) or not isinstance(english, str):
        yield "not a text in both"
        return
    if not all(text.strip() == text != "" for text in (swedish, english)):
        yield "empty, or with spaces around it"
    if placeholders(swedish) != placeholders(english):
        yield "not the same placeholders"
    if not all(name.isidentifier() for name in placeholders(swedish)):
        yield "a placeholder without a name"


def test_every_sentence_says_the_same_things_in_both_languages() -> None:
    found = {key: [*faults(SWEDISH[key], ENGLISH.get(key))] for key in SWEDISH}

    assert len(found) > 500, "the check does not look at anything"
    assert not {key: wrong for key, wrong in found.items() if wrong}


@pytest.mark.parametrize(
    ("swedish", "english"),
    [("Klar", None), ("Klar", ""), ("Klar ", "Done"), (True, "Yes"), ("{n} kvar", "Some left"), ("{} kvar", "{} left")],
)
def test_a_sentence_that_is_not_the_same_in_both_languages_is_found(swedish: object, english: object) -> None:
    assert [*faults(swedish, english)]


def test_every_sentence_the_source_names_exists() -> None:
    known = whole() | beginnings()
    missing = {text: at for text, at in named().items() if text not in known}
    missing |= {key: named()[b] for b in beginnings() for key in endings(b) if key not in SWEDISH}

    assert not missing


def test_every_sentence_is_used_somewhere() -> None:
    assert not set(SWEDISH) - whole().union(*map(endings, beginnings()))


LINE_BRINGS = {"item": {"question", "option"}, "choice": {"answer"}}
"""The arguments `dialogs.views.wording.line_words` adds itself, by the argument they are derived from."""


def said(call: ast.Call) -> tuple[list[str], set[str]] | None:
    """Return the keys a call may use, and the names of its arguments; None unless all are literals."""
    function = getattr(call.func, "attr", getattr(call.func, "id", ""))
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    if None in keywords:
        return None
    if function == "Line":
        key, given = keywords.get("say"), keywords.get("args", ast.Dict([], []))
        if not isinstance(given, ast.Dict) or not all(isinstance(name, ast.Constant) for name in given.keys):
            return None
        names = {str(name.value) for name in given.keys if isinstance(name, ast.Constant)}
        names = names.union(*(LINE_BRINGS.get(name, ()) for name in names))
    elif function == "say" and call.args:
        key, names = call.args[0], {name for name in keywords if name}
    else:
        return None
    options = [key.body, key.orelse] if isinstance(key, ast.IfExp) else [key]
    found = [str(option.value) for option in options if isinstance(option, ast.Constant)]
    return (found, names) if len(found) == len(options) else None


def test_every_sentence_is_said_with_the_arguments_it_needs() -> None:
    calls = [
        (f"{path.relative_to(ROOT)}:{node.lineno}", key, what[1])
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (what := said(node))
        for key in what[0]
        if key in SWEDISH
    ]
    assert len(calls) > 50, "the check does not look at anything"

    wrong = {at: (key, given) for at, key, given in calls if placeholders(SWEDISH[key]) - given}
    assert not wrong


# --- say() -----------------------------------------------------------------------------------------------------------


def test_a_sentence_is_returned_with_its_arguments_filled_in() -> None:
    assert say("card.progress", "sv", done=3, total=9) == "3 av 9"
    assert say("card.progress", "en", done=3, total=9) == "3 of 9"


def test_braces_in_what_someone_wrote_stay_as_they_are() -> None:
    assert say("card.now", "sv", answer="{done} {0}") == "Nu: {done} {0}"


@pytest.mark.parametrize(("key", "args"), [("card.no_such_sentence", {}), ("card.progress", {"done": 3})])
def test_a_sentence_or_an_argument_that_is_missing_is_an_error(key: str, args: dict[str, int]) -> None:
    with pytest.raises(KeyError):
        say(key, "sv", **args)


# --- errors ----------------------------------------------------------------------------------------------------------


def kinds(error: type[UserError] = UserError) -> list[type[UserError]]:
    return [kind for child in error.__subclasses__() for kind in (child, *kinds(child))]


def test_every_refusal_has_a_code_of_its_own_and_a_sentence() -> None:
    own = [kind for kind in kinds() if kind.__module__ == errors.__name__]

    assert len(own) > 5
    assert len({kind.code for kind in own}) == len(own)
    assert {kind().text_key for kind in own} <= set(SWEDISH)


def test_the_tree_at_the_top_of_the_module_names_every_refusal() -> None:
    assert errors.__doc__ is not None
    for kind in kinds():
        if kind.__module__ == errors.__name__:
            assert any(kind.__name__ in line and kind.code in line for line in errors.__doc__.splitlines()), kind


def test_a_day_shown_as_an_example_has_been() -> None:
    """Most fields take no day to come: an example that is one would be refused when it is copied."""
    shown = {
        f"{language}: {key}": day
        for language in LANGUAGES
        for key, text in sentences(language).items()
        if key.startswith(("errors.", "typed.", "files.", "commandline.BK-344"))
        for day in re.findall(r"\b\d{4}-\d{2}-\d{2}\b", text)
    }

    assert shown
    assert not {where: day for where, day in shown.items() if day >= "2026-05"}
