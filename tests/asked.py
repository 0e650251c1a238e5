"""Shortcuts for asking the rules about one checklist with given facts and answers."""

from collections.abc import Mapping

from checklists import route
from checklists.model import Answer, Checklist, Choice, Gap, Item
from checklists.rates import item_states as states_of
from checklists.route import Stop
from checklists.rules import Applied, Applies

Facts = Mapping[str, str]
Answers = Mapping[str, Answer]


def applies(checklist: Checklist, item: Item, facts: Facts, answers: Answers) -> Applies:
    return Applied(checklist, facts, answers).applies[item.id]


def allowed(checklist: Checklist, item: Item, facts: Facts, answers: Answers) -> tuple[Choice, ...]:
    return Applied(checklist, facts, answers).allowed(item)


def is_answered(checklist: Checklist, item: Item, facts: Facts, answers: Answers) -> bool:
    return item.id in Applied(checklist, facts, answers).answered


def state(checklist: Checklist, item: Item, facts: Facts, answers: Answers) -> str:
    return Applied(checklist, facts, answers).state(item.id)


def applicable(checklist: Checklist, role: str, facts: Facts, answers: Answers) -> tuple[Item, ...]:
    return Applied(checklist, facts, answers).applicable(role)  # type: ignore[arg-type]


def progress(checklist: Checklist, role: str, facts: Facts, answers: Answers) -> tuple[int, int]:
    return Applied(checklist, facts, answers).progress(role)  # type: ignore[arg-type]


def gaps(
    checklist: Checklist, role: str, facts: Facts, answers: Answers, fact_order: tuple[str, ...]
) -> tuple[Gap, ...]:
    return Applied(checklist, facts, answers).gaps(role, fact_order)  # type: ignore[arg-type]


def item_states(checklist: Checklist, role: str, facts: Facts, answers: Answers) -> str:
    return states_of(Applied(checklist, facts, answers), role)  # type: ignore[arg-type]


def stops(checklist: Checklist, role: str, facts: Facts, answers: Answers) -> tuple[Stop, ...]:
    return route.stops(Applied(checklist, facts, answers), role)  # type: ignore[arg-type]


def is_open(checklist: Checklist, stop: Stop, facts: Facts, answers: Answers) -> bool:
    return route.is_open(stop, Applied(checklist, facts, answers))


def next_open(
    way: tuple[Stop, ...], checklist: Checklist, facts: Facts, answers: Answers, after: str = ""
) -> Stop | None:
    return route.next_open(way, Applied(checklist, facts, answers), after)


def motivated_by(checklist: Checklist, item: Item, choice: str, facts: Facts, answers: Answers) -> Item | None:
    return route.motivated_by(Applied(checklist, facts, answers), item, choice)
