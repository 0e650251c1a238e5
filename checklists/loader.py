"""Read checklists from YAML; all faults of a file are reported together, each with its line and what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from checklists.model import Checklist, Fact

DEFINITIONS = Path(__file__).parent / "definitions"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a file: the line (from 1), what is wrong, and what to do about it."""

    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}. {self.remedy}"


class BadFile(Exception):
    """A definition file cannot be used; `faults` says all that is wrong with it."""

    def __init__(self, path: Path, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(f"{path.name}, {fault}" for fault in faults))
        self.faults = faults


class FactsFile(BaseModel, extra="forbid"):
    """The file that names the facts."""

    facts: tuple[Fact, ...]


Path_ = tuple[str | int, ...]
Read = TypeVar("Read", bound=BaseModel)


def read_checklist(path: Path, facts: dict[str, Fact] | None = None) -> Checklist:
    """Read one checklist.

    Raises: BadFile: with every fault in it. OSError: the file cannot be read.
    """
    data, lines, faults = _parse(path)
    checklist = _validate(Checklist, data, lines, faults)
    faults += _cross_faults(data, facts if facts is not None else all_facts(), lines)
    if faults or not isinstance(checklist, Checklist):
        raise BadFile(path, tuple(sorted(faults, key=lambda fault: fault.line)))
    return checklist


def _parse(path: Path) -> tuple[Any, dict[Path_, int], list[Fault]]:
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise BadFile(path, (Fault(1, "the file is not UTF-8", f"Save it as UTF-8 (byte {error.start})."),)) from None
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", "a character not allowed")
        what = f"not valid YAML: {problem}"
        fault = Fault(mark.line + 1 if mark else 1, what, "Check indentation, colons and quotes on this line.")
        raise BadFile(path, (fault,)) from None
    if root is None:
        raise BadFile(path, (Fault(1, "the file is empty", "Start with `id:`, as in an existing checklist."),))
    lines: dict[Path_, int] = {}
    faults: list[Fault] = []
    return _plain(root, (), lines, faults), lines, faults


def _plain(node: yaml.Node, at: Path_, lines: dict[Path_, int], faults: list[Fault]) -> Any:
    lines[at] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in result:
                remedy = "Keep one of them; the other would be lost without a word."
                faults.append(Fault(key_node.start_mark.line + 1, f"`{key}` stands twice", remedy))
            result[key] = _plain(value_node, (*at, key), lines, faults)
            lines[(*at, key)] = key_node.start_mark.line + 1
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*at, place), lines, faults) for place, child in enumerate(node.value)]
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (yaml.YAMLError, ValueError):
        faults.append(Fault(lines[at], f"`{node.value}` cannot be read", "Put it in quotes, without a tag before it."))
        return node.value


def _validate(model: type[BaseModel], data: Any, lines: dict[Path_, int], faults: list[Fault]) -> BaseModel | None:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        details = error.errors()
        for detail in details:
            location = tuple(detail["loc"])
            # A list whose every part is refused counts as empty; the parts tell it better.
            inside = [d for d in details if len(d["loc"]) > len(location) and d["loc"][: len(location)] == location]
            if detail["type"] == "too_short" and inside:
                continue
            faults.append(
                Fault(_line(lines, location), _what(detail["type"], location, detail["msg"]), _remedy(detail))
            )
        return None


def _line(lines: dict[Path_, int], location: Path_) -> int:
    while location not in lines and location:
        location = location[:-1]
    return lines.get(location, 1)


def _what(kind: str, location: Path_, message: str) -> str:
    name = str(location[-1]) if location else "the file"
    if kind == "extra_forbidden":
        return f"`{name}` is not a key that exists here"
    if kind == "missing":
        return f"`{name}` is missing"
    return f"`{name}`: {message.removeprefix('Value error, ')}"


def _remedy(detail: Any) -> str:
    context = detail.get("ctx", {})
    if detail["type"] == "extra_forbidden":
        return "Correct the spelling or remove the line."
    if detail["type"] == "missing":
        return "Add it; an existing checklist shows how."
    if detail["type"] == "literal_error":
        return f"Write one of {context.get('expected')}."
    if detail["type"] == "string_pattern_mismatch":
        return (
            "Use only a-z, 0-9 and _, three to sixty characters."
            if "a-z" in context.get("pattern", "")
            else "Use one of the codes B1-B4, R1-R4, N1-N8."
        )
    return "Change this line and run `checklist check` again."


def _cross_faults(data: Any, facts: dict[str, Fact], lines: dict[Path_, int]) -> Iterator[Fault]:
    """Find what only shows when items, facts, sections and groups are seen together.

    It reads the file as it stands, so that these are reported together with what the model refuses.
    """
    seen: set[str] = set()
    sections, groups = ({_get(heading, "id") for heading in _rows(data, name)} for name in ("sections", "groups"))
    for place, item in enumerate(_rows(data, "items")):
        if not isinstance(item, dict):
            continue
        at: Path_ = ("items", place)
        item_id, section, group = _get(item, "id"), _get(item, "section"), _get(item, "group")
        if item_id and item_id in seen:
            yield Fault(
                _line(lines, (*at, "id")), f"the id `{item_id}` stands twice", "Give one of them an id of its own."
            )
        if section and sections and section not in sections:
            yield Fault(
                _line(lines, (*at, "section")),
                f"no section `{section}`",
                "Add it under sections, or use one that is there.",
            )
        if group and group not in groups:
            yield Fault(
                _line(lines, (*at, "group")),
                f"no group `{group}`",
                "Add it under groups, or use one that is there.",
            )
        if group and "label" not in item:
            yield Fault(
                _line(lines, at),
                f"`{item_id}` is in a group and has no label",
                "Add `label:` and `label_en:`; they stand beside the boxes.",
            )
        yield from _condition_faults(item, seen, facts, lines, at)
        motivates = _get(item, "motivates")
        if motivates and motivates not in seen and motivates not in facts:
            yield Fault(
                _line(lines, (*at, "motivates")),
                f"`motivates: {motivates}` names nothing above",
                "Name an item that stands above this one, or a fact.",
            )
        seen.add(item_id)


def _condition_faults(
    item: dict[str, Any], above: set[str], facts: dict[str, Fact], lines: dict[Path_, int], at: Path_
) -> Iterator[Fault]:
    only = item.get("only")
    conditions: list[tuple[Path_, Any]] = [(("when",), item.get("when"))]
    conditions += [(("only", choice), part) for choice, part in only.items()] if isinstance(only, dict) else []
    for place, condition in conditions:
        line = _line(lines, (*at, *place))
        for leaf in _leaves(condition):
            fact, other = _get(leaf, "fact"), _get(leaf, "item")
            if fact and fact not in facts:
                yield Fault(
                    line,
                    f"`{_get(item, 'id')}` depends on the fact `{fact}`, which does not exist",
                    f"Use one of {', '.join(facts)}.",
                )
            if other and other not in above:
                yield Fault(
                    line,
                    f"`{_get(item, 'id')}` depends on `{other}`, which does not stand above it",
                    "Move it below, or correct the id.",
                )


def _rows(data: Any, name: str) -> list[Any]:
    rows = data.get(name) if isinstance(data, dict) else None
    return rows if isinstance(rows, list) else []


def _get(data: Any, name: str) -> str:
    """Return what stands under a key, empty when it is not text: the model reports that itself."""
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, str) else ""


def _leaves(condition: Any) -> Iterator[Any]:
    yield condition  # one that joins others names neither fact nor item
    for part in _rows(condition, "all") + _rows(condition, "any"):
        yield from _leaves(part)


def read_data(model: type[Read], path: Path) -> Read:
    """Read a file of another shape than a checklist's. Raises: BadFile: with every fault in it."""
    data, lines, faults = _parse(path)
    read = _validate(model, data, lines, faults)
    if faults or not isinstance(read, model):
        raise BadFile(path, tuple(faults))
    return read


@cache
def all_facts() -> dict[str, Fact]:
    """Return every fact by id, in the order they are asked."""
    return {fact.id: fact for fact in read_data(FactsFile, DEFINITIONS / "facts.v1.yaml").facts}


@cache
def all_checklists() -> dict[tuple[str, int], Checklist]:
    """Return every shipped checklist by id and version.

    Raises: BadFile: a definition has a fault, or its file name does not say its id and version.
    """
    found: dict[tuple[str, int], Checklist] = {}
    for path in sorted(DEFINITIONS.glob("*.v*.yaml")):
        if path.name.startswith("facts."):
            continue
        checklist = read_checklist(path)
        if path.name != f"{checklist.id}.v{checklist.version}.yaml":
            raise BadFile(
                path,
                (
                    Fault(
                        1,
                        "the file name does not say its id and version",
                        f"Name it {checklist.id}.v{checklist.version}.yaml.",
                    ),
                ),
            )
        found[checklist.id, checklist.version] = checklist
    return found


@cache
def checklist_version(checklist_id: str, version: int) -> Checklist:
    """Return one version, for lists that are pinned to it. Raises: KeyError: it was never shipped."""
    return all_checklists()[checklist_id, version]


def newest(checklist_id: str) -> Checklist:
    """Return the newest version of a list. Raises: KeyError: no such list."""
    versions = [version for list_id, version in all_checklists() if list_id == checklist_id]
    return all_checklists()[checklist_id, max(versions, default=0)]
