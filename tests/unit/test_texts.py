"""Every sentence exists in both languages, is used somewhere, and is used with the arguments it needs."""

import ast
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pytest
import yaml

from checklists import errors
from checklists.errors import UserError
from checklists.files import all_checklists
from checklists.findings import KINDS
from checklists.model import CHOICES, OPEN, Motivation, Role, Step
from checklists.rates import Verdict
from texts import LANGUAGES, Language, say, sentences

ROOT = Path(__file__).resolve().parents[2]
ROOMS_OF_CODE = ("bot", "imports", "dialogs", "actions", "reports")
SOURCES = [ROOT / "app.py", ROOT / "checklists" / "errors.py"]
SOURCES += [path for room in ROOMS_OF_CODE for path in sorted((ROOT / room).rglob("*.py"))]
SWEDISH, ENGLISH = sentences("sv"), sentences("en")
ROOMS = {key.partition(".")[0] for key in SWEDISH}

# What is put together from a beginning and a code that the data or the rules give.
FROM_CODES = {
    "report_page.kind_": KINDS,
    "answers.": {*CHOICES, OPEN, "fritext", "unknown"},
    "motivations.": set(get_args(Motivation)) - {""},
    "gaps.": {"unanswered", "unknown", "unmotivated", "returned", "no_method"}
    | {str(choice) for checklist in all_checklists().values() for item in checklist.items for choice in item.gap_on},
    "steps.": set(get_args(Step)),
    "roles.": set(get_args(Role)),
    "workbook.status_": {"open", "sent", "returned", "signed", "voided", "seen"},
    "criticisms.": {*(f"B{n}" for n in range(1, 5)), *(f"R{n}" for n in range(1, 5)), *(f"N{n}" for n in range(1, 9))},
    "figures.": set(get_args(Verdict)) - {"other_version"},
}


def codes(error: type[UserError] = UserError) -> set[str]:
    """Return the code of every refusal there is."""
    return {error.code}.union(*(codes(kind) for kind in error.__subclasses__())) - {UserError.code}


def strings(tree: ast.AST) -> Iterator[ast.Constant]:
    """Give every string in a source that is not documentation."""
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


@dataclass(frozen=True)
class Source:
    """What stands in our modules.

    words: every string. named: every `room.key`, and every beginning of one, to where it stands; of these, `whole` and
    `beginnings`.
    """

    trees: dict[Path, ast.AST]
    words: set[str]
    named: dict[str, str]

    @property
    def whole(self) -> set[str]:
        return {text for text in self.named if text in SWEDISH}

    @property
    def beginnings(self) -> set[str]:
        named = self.named.keys() - self.whole
        return {text for text in named if any(key.startswith(text) for key in SWEDISH)}


@pytest.fixture(scope="module")
def source() -> Source:
    """Read every module once, and not before a test needs it: every worker of a run imports this file."""
    trees: dict[Path, ast.AST] = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
    words, named = set(), {}
    for path, tree in trees.items():
        for node in strings(tree):
            text = str(node.value)
            words.add(text)
            room, dot, key = text.partition(".")
            if dot and room in ROOMS and not key.strip(string.ascii_letters + string.digits + "_-"):
                named[text] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return Source(trees, words, named)


def endings(beginning: str, words: set[str]) -> set[str]:
    """Return every whole key that a beginning stands for: what is put behind it is a code, or a word in the source."""
    if beginning in FROM_CODES:
        return {beginning + code for code in FROM_CODES[beginning]}
    if beginning == "errors.":
        return {beginning + code for code in codes()}
    return {key for key in SWEDISH if key.startswith(beginning) and key.removeprefix(beginning) in words}


def test_both_languages_have_the_same_sentences() -> None:
    assert SWEDISH.keys() == ENGLISH.keys()
    assert {p.name for p in (ROOT / "texts" / "sv").iterdir()} == {p.name for p in (ROOT / "texts" / "en").iterdir()}


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
    """Give what is wrong with one sentence in its two languages."""
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

    assert len(found) > 500, "the check looks at nothing"
    assert not {key: wrong for key, wrong in found.items() if wrong}


@pytest.mark.parametrize(
    ("swedish", "english"),
    [("Klar", None), ("Klar", ""), ("Klar ", "Done"), (True, "Yes"), ("{n} kvar", "Some left"), ("{} kvar", "{} left")],
)
def test_a_sentence_that_is_not_the_same_in_both_languages_is_found(swedish: object, english: object) -> None:
    assert [*faults(swedish, english)]


def test_every_sentence_the_source_names_exists(source: Source) -> None:
    known = source.whole | source.beginnings
    missing = {text: at for text, at in source.named.items() if text not in known}
    of_beginnings = ((key, b) for b in source.beginnings for key in endings(b, source.words))
    missing |= {key: source.named[b] for key, b in of_beginnings if key not in SWEDISH}

    assert not missing


def test_every_sentence_is_used_somewhere(source: Source) -> None:
    assert not set(SWEDISH) - source.whole.union(*(endings(b, source.words) for b in source.beginnings))


LINE_BRINGS = {"item": {"question", "option"}, "choice": {"answer"}}
"""What `bot.cards.parts.line_words` puts into a sentence by itself, by the argument it reads it from."""


def said(call: ast.Call) -> tuple[list[str], set[str]] | None:
    """Return the keys a call may say, and the names of its arguments; None when they are not all written out."""
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


def test_every_sentence_is_said_with_the_arguments_it_needs(source: Source) -> None:
    calls = [
        (f"{path.relative_to(ROOT)}:{node.lineno}", key, what[1])
        for path, tree in source.trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (what := said(node))
        for key in what[0]
        if key in SWEDISH
    ]
    assert len(calls) > 50, "the check looks at nothing"

    wrong = {at: (key, given) for at, key, given in calls if placeholders(SWEDISH[key]) - given}
    assert not wrong


# --- saying ----------------------------------------------------------------------------------------------------------


def test_a_sentence_is_said_with_its_arguments_filled_in() -> None:
    assert say("card.progress", "sv", done=3, total=9) == "3 av 9"
    assert say("card.progress", "en", done=3, total=9) == "3 of 9"


def test_braces_in_what_someone_wrote_stay_as_they_are() -> None:
    assert say("card.now", "sv", answer="{done} {0}") == "Nu: {done} {0}"


@pytest.mark.parametrize(("key", "args"), [("card.no_such_sentence", {}), ("card.progress", {"done": 3})])
def test_a_sentence_or_an_argument_that_is_missing_is_an_error(key: str, args: dict[str, int]) -> None:
    with pytest.raises(KeyError):
        say(key, "sv", **args)


# --- refusals --------------------------------------------------------------------------------------------------------


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
