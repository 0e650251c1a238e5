"""Which assessment method a municipality has decided on for which kind of case, and what an answer says about it.

Which questions ask for the method is data: the concept `structured_method` in `definitions/concepts.yaml`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import get_args

from checklists.concepts import all_concepts
from checklists.loader import newest
from checklists.model import CaseType, Item, Option

CONCEPT = "structured_method"
CASE_TYPES: tuple[CaseType, ...] = get_args(CaseType)


@dataclass(frozen=True, slots=True)
class Decided:
    """What the municipality has decided: this method, by the id of its option, in every case of a kind."""

    case_type: CaseType
    option: str


@cache
def questions() -> tuple[tuple[str, str], ...]:
    """Return the questions that ask for the method, as list id and item id."""
    found = next(one.questions for one in all_concepts() if one.id == CONCEPT)
    return tuple((checklist, item_id) for checklist, _, item_id in (one.partition("/") for one in found))


def item_of(checklist: str, item_id: str) -> Item:
    """Return the item of such a question, from the newest version of its list."""
    return newest(checklist).by_id[item_id]


def read_instruments(said: Iterable[str]) -> tuple[Decided, ...]:
    """Parse `KIND:METHOD`, such as `vuxen:freda`. Raises: ValueError: no such kind, or no such method."""
    known = {option.id for place in questions() for option in _options(item_of(*place))}
    found = []
    for one in said:
        kind, _, option = one.partition(":")
        case_type = next((name for name in CASE_TYPES if name == kind), None)
        if case_type is None or option not in known:
            raise ValueError
        found.append(Decided(case_type, option))
    return tuple(found)


def of_case(decided: Iterable[Decided], checklist: str, item: Item, case_type: str) -> tuple[str, ...]:
    """Return the methods decided on for a kind of case that this question offers; () for any other question."""
    if (checklist, item.id) not in questions():
        return ()
    offered = [option.id for option in _options(item)]
    return tuple(one.option for one in decided if one.case_type == case_type and one.option in offered)


def titles(item: Item, wanted: Iterable[str]) -> str:
    """Return the names of methods, which are the same in every language."""
    return ", ".join(option.title for option in _options(item) if option.id in tuple(wanted))


def says(choice: str, options: str, wanted: Iterable[str]) -> bool:
    """Return whether an answer says that all these methods were used. options: ids, joined by commas."""
    return choice == "ja" and set(wanted) <= set(options.split(","))


def _options(item: Item) -> tuple[Option, ...]:
    return item.how.options if item.how else ()
