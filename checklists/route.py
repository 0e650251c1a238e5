"""The way through a list: which card comes next is a function of the list, the facts and the answers."""

from dataclasses import dataclass
from typing import Literal

from checklists.model import Answer, Checklist, Item
from checklists.rules import Answers, Facts, applicable, applies
from checklists.rules import is_open as is_item_open

WRITER = "case_worker"
"""Only the one who writes the basis motivates on cards; readers answer the motivation items as plain questions."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One card on the way.

    kind: `question` (one item), `group` (several items on one card), or `motivation`.
    items: the items it answers, or whose own rows it motivates. about: what is motivated, for a
        motivation with an item of its own (item or fact id), else empty.
    """

    kind: Literal["question", "group", "motivation"]
    items: tuple[str, ...]
    about: str = ""

    @property
    def key(self) -> str:
        """Return a name for the stop that survives restarts: kind and first item."""
        return f"{self.kind}:{self.items[0]}"


def stops(checklist: Checklist, role: str, facts: Facts, answers: Answers) -> tuple[Stop, ...]:
    """Return every card that applies now, in list order, answered or not."""
    way: list[Stop] = []
    done_groups: set[str] = set()
    now = applicable(checklist, role, facts, answers)
    for item in now:
        if item.group:
            if item.group in done_groups:
                continue
            done_groups.add(item.group)
            members = tuple(other for other in now if other.group == item.group)
            way.append(Stop("group", tuple(member.id for member in members)))
            way += _own_motivation(role, members, answers)
        elif item.motivates and role == WRITER:
            way.append(Stop("motivation", (item.id,), about=item.motivates))
        else:
            way.append(Stop("question", (item.id,)))
            way += _own_motivation(role, (item,), answers)
    return tuple(way)


def _own_motivation(role: str, items: tuple[Item, ...], answers: Answers) -> list[Stop]:
    """Return the card that motivates these items' answers in their own rows, if they call for it.

    One card for a whole group: the same reason mostly holds for all, and nobody is asked four times.
    """
    if role != WRITER:
        return []
    calling = [item.id for item in items if item.id in answers and answers[item.id].choice in item.motivate_on]
    waiting = [item_id for item_id in calling if not answers[item_id].motivation]
    wanted = tuple(waiting or calling)
    return [Stop("motivation", wanted)] if wanted else []


def is_open(checklist: Checklist, stop: Stop, facts: Facts, answers: Answers) -> bool:
    """Say whether the card still has something to ask."""
    if stop.kind == "motivation" and not stop.about:
        return any(not answers[item_id].motivation for item_id in stop.items)
    return any(is_item_open(checklist, checklist.by_id[item_id], facts, answers) for item_id in stop.items)


def next_open(
    way: tuple[Stop, ...], checklist: Checklist, facts: Facts, answers: Answers, after: str = ""
) -> Stop | None:
    """Return the first open card after the stop with key `after`, else the first open one, else None."""
    keys = [stop.key for stop in way]
    start = keys.index(after) + 1 if after in keys else 0
    for stop in way[start:] + way[:start]:
        if is_open(checklist, stop, facts, answers):
            return stop
    return None


def before(way: tuple[Stop, ...], key: str) -> Stop | None:
    """Return the card before the stop with this key, None at the beginning."""
    keys = [stop.key for stop in way]
    place = keys.index(key) if key in keys else 0
    return way[place - 1] if place else None


def stop_of(way: tuple[Stop, ...], item_id: str) -> Stop | None:
    """Return the card on which this item is answered, None while it does not apply."""
    return next((stop for stop in way if item_id in stop.items and (stop.kind != "motivation" or stop.about)), None)


def motivated_by(checklist: Checklist, item: Item, choice: str, facts: Facts, answers: Answers) -> Item | None:
    """Return the sibling that would ask for the motivation of this answer, None when its own row carries it."""
    sibling = checklist.siblings.get(item.id)
    if sibling is None:
        return None
    with_choice = {**answers, item.id: Answer(choice)}
    return sibling if applies(checklist, sibling, facts, with_choice) == "yes" else None
