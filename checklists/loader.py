"""Read checklists from YAML; all faults of a file are reported together, each with its line and what to do."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from yaml.reader import ReaderError

from checklists.faults import Code, Fault, Refusal, fault, listed, word
from checklists.model import CHOICES, Checklist, Fact

DEFINITIONS = Path(__file__).parent / "definitions"
_OTHER_DATA = ("calibration.yaml", "concepts.yaml", "findings.yaml", "workshop.yaml")
MOST_BYTES = 100_000
"""The largest file that is read, ten times what a list takes: it is read within a second."""
DEEPEST = 20
_QUICK = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN_TAGS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_STRING = "tag:yaml.org,2002:str"
_QUOTED = re.compile(r"'([^']*)'")
_LONG_QUOTE = re.compile(r"""(['"])(?:(?!\1).){3,}\1""")


class BadFile(Refusal):
    """A definition file cannot be used; its faults say all that is wrong with it, each with its line."""

    def __init__(self, path: Path, faults: Iterable[Fault]) -> None:
        super().__init__(*(one.of(path.name) for one in sorted(faults, key=lambda one: one.line)))


class FactsFile(BaseModel, extra="forbid"):
    """The shape of `facts.v1.yaml`."""

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
        raise BadFile(path, faults)
    return checklist


def _parse(path: Path) -> tuple[Any, dict[Path_, int], list[Fault]]:
    raw = path.read_bytes()
    if len(raw) > MOST_BYTES:
        raise BadFile(path, [fault(Code.FILE_TOO_LARGE, most=MOST_BYTES)])
    text = ""
    try:
        text = raw.decode()
        root = _composed(text)
    except Refusal as error:
        raise BadFile(path, error.faults) from None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadFile(path, [fault(Code.FILE_NOT_UTF8, line=line, byte=error.start)]) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise BadFile(path, [fault(Code.NOT_YAML, line=line, problem=error.reason)]) from None
    except yaml.MarkedYAMLError as error:
        # PyYAML's own message can be searched for; what it quotes from the file is left out.
        told = _LONG_QUOTE.sub(r"\1…\1", error.problem or "")
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadFile(path, [fault(Code.NOT_YAML, line=line, problem=told)]) from None
    if root is None:
        raise BadFile(path, [fault(Code.FILE_EMPTY, line=1)])
    lines: dict[Path_, int] = {}
    faults: list[Fault] = []
    return _plain(root, (), lines, faults), lines, faults


def _composed(text: str) -> yaml.Node | None:
    """Return the root node. A sound file is read by the C loader, if there is one; the Python one reports faults."""
    try:
        if _is_plain(text):
            return yaml.compose(text, Loader=_QUICK)
    except yaml.YAMLError:
        pass
    return yaml.compose(text, Loader=_PlainLoader)


def _is_plain(text: str) -> bool:
    depth = 0
    for event in yaml.parse(text, Loader=_QUICK):
        depth += isinstance(event, yaml.CollectionStartEvent)
        if isinstance(event, yaml.AliasEvent) or depth >= DEEPEST:
            return False
        depth -= isinstance(event, yaml.CollectionEndEvent)
    return True


class _PlainLoader(yaml.SafeLoader):
    """Refuses aliases and deep nesting: no checklist needs them, and reading them could be endless. Raises: Refusal."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise Refusal(fault(Code.ALIAS, line=line))
        if self.depth == DEEPEST:
            raise Refusal(fault(Code.TOO_DEEP, line=line, most=DEEPEST))
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _plain(node: yaml.Node, at: Path_, lines: dict[Path_, int], faults: list[Fault]) -> Any:
    lines[at] = node.start_mark.line + 1
    if not isinstance(node, yaml.ScalarNode) and node.tag not in _PLAIN_TAGS:
        faults.append(fault(Code.VALUE_UNREADABLE, line=lines[at], key=_key(at)))
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in result:
                faults.append(fault(Code.KEY_TWICE, line=key_node.start_mark.line + 1, key=word(key)))
            result[key] = _plain(value_node, (*at, key), lines, faults)
            lines[(*at, key)] = key_node.start_mark.line + 1
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*at, place), lines, faults) for place, child in enumerate(node.value)]
    if node.tag == _STRING:
        return node.value  # nearly all there is; a reader for each would cost more than the rest
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (yaml.YAMLError, ValueError, OverflowError, AttributeError, KeyError):  # the last two: an ill-fitting tag
        faults.append(fault(Code.VALUE_UNREADABLE, line=lines[at], key=_key(at)))
        return node.value


def _validate(model: type[BaseModel], data: Any, lines: dict[Path_, int], faults: list[Fault]) -> BaseModel | None:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        details = error.errors()
        for detail in details:
            location = tuple(detail["loc"])
            # Pydantic counts a list whose every part is refused as empty; the faults of the parts say more.
            inside = [d for d in details if len(d["loc"]) > len(location) and d["loc"][: len(location)] == location]
            if detail["type"] == "too_short" and inside:
                continue
            faults.extend(one.at(_line(lines, location)) for one in _faults_in(detail, location))
        return None


def _line(lines: dict[Path_, int], location: Path_) -> int:
    while location not in lines and location:
        location = location[:-1]
    return lines.get(location, 1)


def _faults_in(detail: Any, location: Path_) -> tuple[Fault, ...]:
    """Return what pydantic found as faults of our own: its messages may quote the file."""
    context, key = detail.get("ctx", {}), _key(location)
    if isinstance(context.get("error"), Refusal):
        return tuple(context["error"].faults)
    if not location:
        return (fault(Code.FILE_EMPTY),)
    match detail["type"]:
        case "extra_forbidden":
            return (fault(Code.KEY_UNKNOWN, key=key),)
        case "missing":
            return (fault(Code.KEY_MISSING, key=key),)
        case "literal_error":
            return (fault(Code.VALUE_NOT_ONE_OF, key=key, allowed=listed(_QUOTED.findall(context["expected"]))),)
        case "string_pattern_mismatch":
            return (fault(Code.VALUE_NO_ID if "a-z" in context["pattern"] else Code.VALUE_NO_CRITICISM, key=key),)
        case "string_too_long" | "too_long":
            return (fault(Code.VALUE_TOO_LONG, key=key, most=context["max_length"]),)
        case "string_too_short" | "too_short":
            return (fault(Code.VALUE_TOO_FEW, key=key, least=context["min_length"]),)
    return (fault(Code.VALUE_WRONG, key=key),)


def _key(location: Path_) -> str:
    """Return the key nearest to a place. Pydantic adds steps of its own to those of the file, in brackets."""
    return word(next((step for step in reversed(location) if isinstance(step, str) and step[:1] != "["), ""))


def _cross_faults(data: Any, facts: dict[str, Fact], lines: dict[Path_, int]) -> Iterator[Fault]:
    """Yield the faults that only show when items, facts, sections and groups are seen together.

    It works on the unvalidated data, so that these are reported together with the model's.
    """
    seen: dict[str, set[str]] = {}
    """The answers of each item above, by its id."""
    sections, groups = ({_get(heading, "id") for heading in _rows(data, name)} for name in ("sections", "groups"))
    for place, item in enumerate(_rows(data, "items")):
        if not isinstance(item, dict):
            continue
        at: Path_ = ("items", place)
        item_id, section, group = _get(item, "id"), _get(item, "section"), _get(item, "group")
        if item_id and item_id in seen:
            yield fault(Code.ID_TWICE, line=_line(lines, (*at, "id")), id=word(item_id))
        if section and sections and section not in sections:
            yield fault(Code.NO_SUCH_SECTION, line=_line(lines, (*at, "section")), id=word(section))
        if group and group not in groups:
            yield fault(Code.NO_SUCH_GROUP, line=_line(lines, (*at, "group")), id=word(group))
        if group and "label" not in item:
            yield fault(Code.NO_LABEL, line=_line(lines, at), id=word(item_id))
        yield from _condition_faults(item, seen, facts, lines, at)
        motivates = _get(item, "motivates")
        if motivates and motivates not in seen and motivates not in facts:
            yield fault(Code.MOTIVATES_NOTHING, line=_line(lines, (*at, "motivates")), id=word(motivates))
        seen[item_id] = {one for one in _rows(item, "answers") if isinstance(one, str)}


def _condition_faults(
    item: dict[str, Any], above: dict[str, set[str]], facts: dict[str, Fact], lines: dict[Path_, int], at: Path_
) -> Iterator[Fault]:
    only, item_id = item.get("only"), word(_get(item, "id"))
    conditions: list[tuple[Path_, Any]] = [((name,), item.get(name)) for name in ("when", "unless")]
    conditions += [(("only", choice), part) for choice, part in only.items()] if isinstance(only, dict) else []
    for place, condition in conditions:
        line = _line(lines, (*at, *place))
        for leaf in _leaves(condition):
            fact, other = _get(leaf, "fact"), _get(leaf, "item")
            if fact and fact not in facts:
                yield fault(Code.NO_SUCH_FACT, line=line, id=item_id, fact=word(fact), allowed=listed(facts))
            if other and other not in above:
                yield fault(Code.ITEM_NOT_ABOVE, line=line, id=item_id, other=word(other))
            never = {one for one in _rows(leaf, "is") if one in CHOICES} - above[other] if above.get(other) else ()
            if never:
                told = listed(sorted(never))
                yield fault(Code.CONDITION_NEVER, line=line, id=item_id, other=word(other), answers=told)


def _rows(data: Any, name: str) -> list[Any]:
    rows = data.get(name) if isinstance(data, dict) else None
    return rows if isinstance(rows, list) else []


def _get(data: Any, name: str) -> str:
    """Return the text under a key, "" if it is not text, which the model reports."""
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
        raise BadFile(path, faults)
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
        check_name(path, checklist)
        found[checklist.id, checklist.version] = checklist
    return found


def check_name(path: Path, checklist: Checklist) -> None:
    """Refuse a file whose name does not say its id and version. Raises: BadFile."""
    name = f"{checklist.id}.v{checklist.version}.yaml"
    if path.name != name:
        raise BadFile(path, [fault(Code.WRONG_FILE_NAME, line=1, name=name)])


def overlooked() -> list[Path]:
    """Return the files among the definitions that are neither a checklist by their name nor other data."""
    files = (path for path in DEFINITIONS.iterdir() if path.suffix in (".yaml", ".yml"))
    return sorted(path for path in files if not path.match("*.v*.yaml") and path.name not in _OTHER_DATA)


@cache
def checklist_version(checklist_id: str, version: int) -> Checklist:
    """Return one version, for lists that are pinned to it. Raises: KeyError: it was never shipped."""
    return all_checklists()[checklist_id, version]


def newest(checklist_id: str) -> Checklist:
    """Return the newest version of a list. Raises: KeyError: no such list."""
    versions = [version for list_id, version in all_checklists() if list_id == checklist_id]
    return all_checklists()[checklist_id, max(versions, default=0)]
