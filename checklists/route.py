"""The route through a list: which card comes next is a pure function of the list, the facts and the answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from checklists.lifecycle import WRITER
from checklists.model import Answer, Choice, Item, Role
from checklists.rules import Answers, Applied


@dataclass(frozen=True, slots=True)
class Stop:
    """One card on the route.

    kind: `question` (one item), `group` (several items on one card), `motivation`, or `detail` (what goes with an
    answer).
    items: the ids of the items it answers, or whose own rows it motivates.
    about: on a motivation card with an item of its own, the item or fact being motivated; otherwise empty.
    where: a motivation in the items' own rows must also say where it is in the case file; a text is not enough.
    """

    kind: Literal["question", "group", "motivation", "detail"]
    items: tuple[str, ...]
    about: str = ""
    where: bool = False

    @property
    def key(self) -> str:
        """A stable identifier of the stop, independent of its position: kind and first item."""
        return f"{self.kind}:{self.items[0]}"


REVIEWED: tuple[Choice, ...] = ("nej", "delvis")
"""The answers a review in a round motivates."""


def stops(applied: Applied, role: Role, sections: Sequence[str] = (), *, where: bool = False) -> tuple[Stop, ...]:
    """Return every card that applies now, in list order, answered or not.

    Only the writer gets motivation cards; readers answer the motivation items as plain questions. sections: in a round,
    the ids of the list's sections in this reviewer's order; she motivates each Nej and Delvis. where: in a round, see
    `Stop`.
    """
    way: list[Stop] = []
    done_groups: set[str] = set()
    now = applied.applicable(role)
    if sections:
        now = tuple(sorted(now, key=lambda item: sections.index(item.section)))
    writes = role == WRITER
    for item in now:
        if item.group:
            if item.group in done_groups:
                continue
            done_groups.add(item.group)
            members = tuple(other for other in now if other.group == item.group)
            way.append(Stop("group", tuple(member.id for member in members)))
        elif item.motivates and writes:
            way.append(Stop("motivation", (item.id,), about=item.motivates))
            continue
        else:
            members = (item,)
            way.append(Stop("question", (item.id,)))
            if item.may_detail and item.id in applied.answered and asks_detail(item, applied):
                way.append(Stop("detail", (item.id,)))
        if writes:
            way += _own_motivation(members, applied.answers)
        elif sections:
            way += _own_motivation(members, applied.answers, REVIEWED, where=where)
    return tuple(way)


def asks_detail(item: Item, applied: Applied) -> bool:
    """Return whether an item's answer calls for details on a separate card."""
    answer = applied.answers[item.id]
    return answer.choice in item.detailed or (item.day is not None and item.day.is_asked(answer.choice, answer.option))


def _own_motivation(
    items: tuple[Item, ...], answers: Answers, on: tuple[Choice, ...] = (), *, where: bool = False
) -> list[Stop]:
    """Return the card that motivates these items in their own rows, if any of their answers needs it; else [].

    One card serves a whole group, because the reason is usually the same for all its items. on: the answers that need
    it; those the item names, if none are given.
    """
    calling = [item.id for item in items if item.id in answers and answers[item.id].choice in (on or item.motivate_on)]
    if not calling:
        return []
    waiting = [item_id for item_id in calling if lacks_motivation(answers[item_id], where=where)]
    return [Stop("motivation", tuple(waiting or calling), where=where)]


def lacks_motivation(answer: Answer, *, where: bool) -> bool:
    """Return whether an answer motivated in its own row lacks its motivation or its place. where: see `Stop`."""
    return not answer.motivation or (where and answer.only_here)


def is_open(stop: Stop, applied: Applied) -> bool:
    """Return whether something on the card remains to be answered, motivated or, where that is required, detailed."""
    if stop.kind == "detail":
        how, answer = applied.checklist.by_id[stop.items[0]].how, applied.answers[stop.items[0]]
        return how is not None and how.required and answer.choice in how.answers and not answer.has_method
    if stop.kind == "motivation" and not stop.about:
        return any(lacks_motivation(applied.answers[item_id], where=stop.where) for item_id in stop.items)
    return any(applied.is_open(item_id) for item_id in stop.items)


def next_open(way: tuple[Stop, ...], applied: Applied, after: str = "") -> Stop | None:
    """Return the first open card after the stop with key `after`, wrapping round to the start; None if all are done."""
    start = next((place for place, stop in enumerate(way, start=1) if stop.key == after), 0)
    return next((stop for stop in way[start:] + way[:start] if is_open(stop, applied)), None)


def before(way: tuple[Stop, ...], key: str) -> Stop | None:
    """Return the card before the stop with this key; None for the first card, or an unknown key."""
    place = next((place for place, stop in enumerate(way) if stop.key == key), 0)
    return way[place - 1] if place else None


def stop_of(way: tuple[Stop, ...], item_id: str) -> Stop | None:
    """Return the card on which this item is answered, None while it does not apply.

    It comes before the card that motivates the answer in its own row.
    """
    return next((stop for stop in way if item_id in stop.items), None)


def motivated_by(applied: Applied, item: Item, choice: str) -> Item | None:
    """Return the item that would ask for the motivation of this answer; None if it has none or would not be asked."""
    sibling = applied.checklist.siblings.get(item.id)
    if sibling is None:
        return None
    then = Applied(applied.checklist, applied.facts, {**applied.answers, item.id: Answer(choice)})
    return sibling if then.applies[sibling.id] == "yes" else None
