"""Generated checklists, facts and answers for property tests, and a simulated worker who fills in a list."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, get_args

from hypothesis import strategies as st

from checklists.loader import all_checklists
from checklists.model import CASE_TYPE, CHOICES, OPEN, Answer, CaseType, Checklist, Condition, Motivation, Role
from checklists.route import Stop
from tests.asked import allowed, is_answered, next_open, stops

FACTS = ("violence", "child_placed", "intervention_decided", "child_communicated")
CASE_TYPES = get_args(CaseType)
WORKER: Role = "case_worker"
HEADING = {"title": "Påhittad rubrik", "title_en": "Made-up heading"}

seeds = st.integers(0, 2**32 - 1)


def some_facts(rng: Random) -> dict[str, str]:
    """Generate facts, about a third of them unknown."""
    drawn = {fact: rng.choice(["ja", "nej", ""]) for fact in FACTS}
    return {fact: value for fact, value in drawn.items() if value} | {CASE_TYPE: rng.choice(CASE_TYPES)}


def all_known(rng: Random) -> dict[str, str]:
    """Generate facts, all of them known."""
    return {fact: rng.choice(["ja", "nej"]) for fact in FACTS} | {CASE_TYPE: rng.choice(CASE_TYPES)}


def some_answers(rng: Random, checklist: Checklist) -> dict[str, Answer]:
    """Generate answers to about two thirds of the items, including answers the list does not allow."""
    kinds = get_args(Motivation)
    return {
        item.id: Answer(rng.choice([*item.answers, *CHOICES, "fritext", OPEN]), motivation=rng.choice(kinds))
        for item in checklist.items
        if rng.random() < 0.67
    }


def raw_item(item_id: str, **given: Any) -> dict[str, Any]:
    """Return a valid item as read from YAML, with the given keys replaced."""
    plain = {"id": item_id, "ask": f"Påhittad fråga {item_id}?", "ask_en": f"Made-up question {item_id}?"}
    rest = {"answers": ["ja", "nej"], "section": "made_up", "step": "utredning", "wording": "local"}
    return plain | rest | given


def made_list(*items: dict[str, Any]) -> Checklist:
    """Return a checklist of these items."""
    return Checklist.model_validate(
        {
            "id": "intake",
            "version": 1,
            "title": "Påhittad lista",
            "title_en": "Made-up list",
            "source": "påhittad",
            "per": "case",
            "answered_by": ["case_worker"],
            "sections": [{"id": "made_up"} | HEADING],
            "groups": [{"id": "together"} | HEADING],
            "items": list(items),
        }
    )


def _some(rng: Random, options: Sequence[str], least: int = 0) -> list[str]:
    return rng.sample(options, rng.randint(min(least, len(options)), len(options)))


def _condition(rng: Random, earlier: list[str], *, single: bool = False) -> dict[str, Any]:
    if not single and rng.random() < 0.4:
        parts = [_condition(rng, earlier, single=True) for _ in range(rng.randint(1, 3))]
        return {rng.choice(["all", "any"]): parts}
    if rng.random() < 0.1:
        return {"case_type": rng.choice(CASE_TYPES)}
    if earlier and rng.random() < 0.6:
        return {"item": rng.choice(earlier), "is": _some(rng, CHOICES, least=1)}
    return {"fact": rng.choice(FACTS), "is": _some(rng, ["ja", "nej"], least=1)}


def _item(rng: Random, place: int, earlier: list[str]) -> dict[str, Any]:
    """Generate an item whose first answer is always allowed and never a gap, so that the list can be completed."""
    when = rng.choice([None, _condition(rng, earlier)])
    if rng.random() < 0.25:
        about = rng.choice([*earlier, *FACTS])
        return raw_item(f"item_{place}", motivates=about, gap_on=rng.choice([[], ["nej"]]), when=when)
    answers = _some(rng, CHOICES, least=1)
    motivated = _some(rng, answers[1:])
    return raw_item(
        f"item_{place}",
        answers=answers,
        when=when,
        only={choice: _condition(rng, earlier) for choice in _some(rng, answers[1:])},
        gap_on=_some(rng, answers[1:]),
        motivate_on=motivated,
        gap_on_unmotivated=motivated,
        **rng.choice([{}, {"group": "together", "label": "Påhittad", "label_en": "Made up"}]),
    )


def drawn_list(size: int, seed: int) -> Checklist:
    """Generate a list from a seed: `size` items, with conditions on earlier items only."""
    rng = Random(seed)
    items: list[dict[str, Any]] = []
    for place in range(size):
        items.append(_item(rng, place, [item["id"] for item in items]))
    return made_list(*items)


drawn_lists = st.builds(drawn_list, st.integers(1, 7), seeds)
any_list = st.sampled_from(list(all_checklists().values())) | drawn_lists
"""Shipped and generated lists. One seed rather than a strategy per part: ten times as many lists per second."""


def leaves(condition: Condition | None) -> Iterator[Condition]:
    """Yield the leaves of a condition, without using the code under test."""
    if condition is not None:
        if condition.fact or condition.item:
            yield condition
        for part in (*condition.all, *condition.any):
            yield from leaves(part)


def hangs_on(checklist: Checklist, item_id: str) -> set[str]:
    """Return the items that depend on this one's answer, directly or indirectly."""
    found = {item_id}
    for item in checklist.items:  # conditions refer to earlier items only, so one pass is enough
        named = {leaf.item for condition in (item.when, item.unless, *item.only.values()) for leaf in leaves(condition)}
        if named & found:
            found.add(item.id)
    return found - {item_id}


def take_in(
    checklist: Checklist, facts: dict[str, str], answers: dict[str, Answer], stop: Stop, rng: Random, *, no_gaps: bool
) -> dict[str, Answer]:
    """Answer everything open on a card at random, and return all answers."""
    told = dict(answers)
    if stop.kind == "motivation" and not stop.about:
        for item_id in stop.items:
            how: Motivation = "text" if no_gaps else rng.choice(get_args(Motivation)[1:])
            told[item_id] = Answer(answers[item_id].choice, motivation=how)
        return told
    if stop.kind == "detail":
        return told | {item_id: Answer(answers[item_id].choice, has_method=True) for item_id in stop.items}
    for item in (checklist.by_id[item_id] for item_id in stop.items):
        if is_answered(checklist, item, facts, told):
            continue
        options = [c for c in allowed(checklist, item, facts, told) if not no_gaps or c not in item.gap_on]
        told[item.id] = Answer(rng.choice(options), has_method=no_gaps or rng.random() < 0.5)
    return told


def walk(
    checklist: Checklist,
    facts: dict[str, str],
    answers: dict[str, Answer],
    rng: Random,
    *,
    onward: bool = True,
    no_gaps: bool = False,
) -> Iterator[tuple[Stop, dict[str, Answer]]]:
    """Answer one open card after another; yield each card and the answers after it.

    onward: search for the next card from the last one, as the dialog does; otherwise from the beginning.
    """
    after = ""
    while True:
        way = stops(checklist, WORKER, facts, answers)
        stop = next_open(way, checklist, facts, answers, after if onward else "")
        if stop is None:
            return
        answers = take_in(checklist, facts, answers, stop, rng, no_gaps=no_gaps)
        after = stop.key
        yield stop, answers
