"""Every option and command that a sentence names is there, on the command that says the sentence."""

import argparse
import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, partial
from types import FunctionType
from typing import Any

import pytest

import app
from bot.commandline import upkeep_commands
from checklists.faults import Code, room_of
from checklists.replies import folded
from dialogs.turn import commands as chat
from tests.conftest import ROOT
from texts import LANGUAGES, Language, sentences

ROOMS = ("actions", "bot", "checklists", "dialogs", "imports", "reports", "storage")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
ONLY_BY: Mapping[str, set[str]] = {
    "BK-317": {"serve"},
    "BK-318": {"serve"},
    "BK-396": {"export"},
    "BK-397": {"export"},
}
"""What only some commands say although others run the same code: only `serve` has made-up people, only `export` writes
for publication, and a workbook with a row for each case."""
Place = tuple[str, str]
"""A module, and a name at its top level."""


@dataclass(frozen=True)
class Module:
    """What stands at the top of a module, and where its other names come from."""

    own: Mapping[str, ast.AST]
    imported: Mapping[str, Place]


@cache
def modules() -> Mapping[str, Module]:
    paths = [ROOT / "app.py", *(path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))]
    trees = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): ast.parse(
            path.read_text(encoding="utf-8")
        )
        for path in paths
    }
    return {name: Module(dict(_own(tree)), dict(_imported(tree))) for name, tree in trees.items()}


def _own(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((one.id, node) for target in targets for one in ast.walk(target) if isinstance(one, ast.Name))


def _imported(tree: ast.Module) -> Iterator[tuple[str, Place]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((one.asname or one.name, (node.module, one.name)) for one in node.names)


def _named(module: str, node: ast.AST) -> Iterator[Place]:
    """Yield what a piece of code names, of this module's own and of what it imports."""
    of = modules()[module]
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            yield of.imported.get(one.id, (module, one.id))
        elif isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id in of.imported:
            yield ".".join(of.imported[one.value.id]), one.attr


@cache
def reached(start: Place) -> frozenset[str]:
    """Return the codes that a function can say, or what it calls."""
    seen, waiting, codes = {start}, [start], set[str]()
    while waiting:
        module, name = waiting.pop()
        node = modules()[module].own.get(name) if module in modules() else None
        if node is None or (module, name) == ("checklists.faults", "Code"):
            continue
        codes |= {
            Code[one.attr]
            for one in ast.walk(node)
            if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == "Code"
        }
        new = set(_named(module, node)) - seen
        seen |= new
        waiting += new
    return frozenset(codes)


def functions_in(value: Any) -> Iterator[Place]:
    """Yield the top-level functions that a command's `run` is made of: itself, and what it holds on to."""
    if isinstance(value, partial):
        yield from functions_in((value.func, *value.args))
    elif isinstance(value, FunctionType):
        yield value.__module__, value.__qualname__.partition(".")[0]
        for cell in value.__closure__ or ():
            if cell.cell_contents is not value:
                yield from functions_in(cell.cell_contents)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from functions_in(one)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from functions_in(getattr(value, field.name))
    elif isinstance(value, str) and hasattr(upkeep_commands, value):
        yield upkeep_commands.__name__, value


def parsers(parser: argparse.ArgumentParser, *above: str) -> Iterator[tuple[str, set[str], Callable[..., object]]]:
    """Yield each command, such as `people import`, with its options and what runs it."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for group in groups:
        for name, inner in group.choices.items():
            yield from parsers(inner, *above, name)
    if not groups:
        options = {option for action in parser._actions for option in action.option_strings}
        yield " ".join(above), options, parser.get_default("run")


@cache
def commands() -> Mapping[str, tuple[set[str], frozenset[str]]]:
    """Return the options of each command, and the codes that it can say."""
    return {
        name: (options, frozenset[str]().union(*map(reached, set(functions_in(run)))))
        for name, options, run in parsers(app._parser())
    }


def test_the_check_finds_what_commands_can_say() -> None:
    said = {name: codes for name, (_, codes) in commands().items()}

    assert all(said.values())
    assert Code.NO_CASE_OR_UNIT in said["cases rename"] & said["export"] & said["access-log"]
    assert Code.NO_CASE_OR_UNIT not in said["people leave"] | said["package"]
    assert Code.NOT_CONFIRMED in said["dispose"]
    assert Code.KEY_FILE_NEEDED in said["restore"]
    assert Code.SEVERAL_CALLED in said["people join"], "an action that is handed to the command"
    assert len({code for codes in said.values() for code in codes}) > 150


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_option_that_is_named_is_one_of_the_command_that_says_so(language: Language) -> None:
    wrong = []
    for code in Code:
        sentence = sentences(language)[room_of(code) + code]
        named = set(OPTION.findall(re.sub("`[^`]*`", "", sentence))) - {"--help"}
        saying = [name for name, (_, codes) in commands().items() if code in codes]
        assert not named or saying, f"{code}: no command says this, as far as the check can see"
        for name in saying:
            if name in ONLY_BY.get(code, {name}) and (lacks := named - commands()[name][0]):
                wrong.append((code, name, lacks))
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_command_that_is_named_with_options_has_them(language: Language) -> None:
    every = {name.partition(" ")[0] for name in commands()}
    looked = 0
    for key, sentence in sentences(language).items():
        for quoted in re.findall(r"`([^`]*)`|”(?:python )?app\.py ([^”]*)”", sentence):
            words = (quoted[0] or quoted[1]).split()
            if not words or words[0] not in every or (len(words) == 1 and words[0] not in commands()):
                continue
            looked += 1
            found = next((name for name in (" ".join(words[:2]), words[0]) if name in commands()), None)
            assert found is not None, f"{key}: {quoted}"
            assert set(OPTION.findall(" ".join(words))) <= commands()[found][0], f"{key}: {quoted}"
    assert looked > 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_that_a_refusal_of_the_chat_says_to_type_is_one(language: Language) -> None:
    quoted = "“([^”]*)”" if language == "en" else "”([^”]*)”"
    lines = {
        (key, line)
        for key, sentence in sentences(language).items()
        for line in re.findall(quoted, sentence)
        if key.startswith(("errors.", "common.", "wrong_case.", "reminders.")) and not re.match(r"\{|SN §|.*\?$", line)
    }
    words = {folded(word) for command in chat.COMMANDS for word in (command.word, *command.aliases)}
    assert len(lines) > 10
    assert [line for line in sorted(lines) if not any(_begins(line[1], word) for word in words)] == []


def _begins(line: str, word: str) -> bool:
    return f"{folded(line)} ".startswith(f"{word} ")
