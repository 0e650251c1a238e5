"""Which items apply, what is open, what is a gap: pure functions of a list, facts and answers.

`facts` maps fact id to ja or nej, and `case_type` to barn or vuxen; what is missing is unknown.
`answers` maps item id to the newest Answer; an item that is missing was never answered.
"""

from collections.abc import Mapping
from typing import Literal

from checklists.model import CASE_TYPE, OPEN, Answer, Checklist, Choice, Condition, Gap, Item

Facts = Mapping[str, str]
Answers = Mapping[str, Answer]
Applies = Literal["yes", "no", "waits"]
"""`waits`: it hangs on a fact that is not known yet, so it is not asked; the fact is the gap."""


def applies(checklist: Checklist, item: Item, facts: Facts, answers: Answers) -> Applies:
    """Say whether an item applies now. A condition on an unanswered item is not met."""
    return "yes" if item.when is None else _met(checklist, item.when, facts, answers)


def _met(checklist: Checklist, condition: Condition, facts: Facts, answers: Answers) -> Applies:
    if condition.all or condition.any:
        parts = {_met(checklist, part, facts, answers) for part in condition.all or condition.any}
        strong: Applies = "no" if condition.all else "yes"
        weak: Applies = "yes" if condition.all else "no"
        return strong if strong in parts else "waits" if "waits" in parts else weak
    if condition.fact or condition.case_type:
        known = facts.get(condition.fact or CASE_TYPE)
        wanted = condition.values if condition.fact else (condition.case_type,)
        return "waits" if known is None else "yes" if known in wanted else "no"
    item = checklist.by_id[condition.item or ""]
    if not item.enabled or not is_answered(checklist, item, facts, answers):
        return "no"
    return "yes" if answers[item.id].choice in condition.values else "no"


def allowed(checklist: Checklist, item: Item, facts: Facts, answers: Answers) -> tuple[Choice, ...]:
    """Return the answers that may be given now, in the list's order.

    An answer with a condition (`only`) is allowed while the condition is met.
    """
    return tuple(
        choice
        for choice in item.answers
        if choice not in item.only or _met(checklist, item.only[choice], facts, answers) == "yes"
    )


def is_answered(checklist: Checklist, item: Item, facts: Facts, answers: Answers) -> bool:
    """Say whether the item applies and its newest answer still counts.

    An answer that the facts no longer allow is open again; so is an import's "not applicable" on an item that
    knows no such answer, once the item applies. A text from an import counts.
    """
    return applies(checklist, item, facts, answers) == "yes" and _counts(checklist, item, facts, answers)


def _counts(checklist: Checklist, item: Item, facts: Facts, answers: Answers) -> bool:
    """Say whether the newest answer of an item that applies still counts."""
    answer = answers.get(item.id)
    if answer is None or answer.choice == OPEN:
        return False
    if answer.choice == "ej_tillampligt" and answer.choice not in item.answers:
        return False
    return answer.choice not in item.only or answer.choice in allowed(checklist, item, facts, answers)


def state(checklist: Checklist, item: Item, facts: Facts, answers: Answers) -> str:
    """Return the item's answer as figures and exports count it.

    What does not apply is `ej_tillampligt` whatever was answered before; what waits for a fact, or is
    open, is `obesvarad`.
    """
    applying = applies(checklist, item, facts, answers)
    if applying == "no":
        return "ej_tillampligt"
    if applying == "waits" or not _counts(checklist, item, facts, answers):
        return OPEN
    return answers[item.id].choice


def is_open(checklist: Checklist, item: Item, facts: Facts, answers: Answers) -> bool:
    """Say whether an item that applies still asks something: not answered, or sent back by the chef."""
    return not is_answered(checklist, item, facts, answers) or answers[item.id].returned


def applicable(checklist: Checklist, role: str, facts: Facts, answers: Answers) -> tuple[Item, ...]:
    """Return the items that this role is asked now, in list order."""
    return tuple(item for item in checklist.asked(role) if applies(checklist, item, facts, answers) == "yes")


def progress(checklist: Checklist, role: str, facts: Facts, answers: Answers) -> tuple[int, int]:
    """Return how many of the items that apply now are answered and not sent back, and how many apply."""
    now = applicable(checklist, role, facts, answers)
    return sum(not is_open(checklist, item, facts, answers) for item in now), len(now)


def gaps(
    checklist: Checklist, role: str, facts: Facts, answers: Answers, fact_order: tuple[str, ...]
) -> tuple[Gap, ...]:
    """Say what still stands between this list and a signature: unknown facts first, then items in list order."""
    used = checklist.facts_used(role)
    found = [Gap("fact", fact, "unknown") for fact in fact_order if fact in used and fact not in facts]
    for item in applicable(checklist, role, facts, answers):
        why = _why_gap(checklist, item, facts, answers)
        if why:
            found.append(Gap("item", item.id, why))
    return tuple(found)


def _why_gap(checklist: Checklist, item: Item, facts: Facts, answers: Answers) -> str:
    if not is_answered(checklist, item, facts, answers):
        return "unanswered"
    answer = answers[item.id]
    if answer.returned:
        return "returned"
    if answer.choice in item.gap_on:
        return answer.choice
    if answer.choice in item.gap_on_unmotivated and answer.motivation not in ("text", "reference"):
        return "unmotivated"
    if item.how and item.how.required and answer.choice in item.how.answers and not answer.told_how:
        return "no_method"
    return ""
