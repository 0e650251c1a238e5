"""Which items apply, what is open, what is a gap: a checklist applied to facts and answers. Pure, and worked out once.

`facts` maps fact id to ja or nej, and `case_type` to barn or vuxen; what is missing is unknown.
`answers` maps item id to the newest Answer; an item that is missing was never answered.
"""

from collections.abc import Mapping
from typing import Literal

from checklists.model import CASE_TYPE, OPEN, Answer, Checklist, Choice, Condition, Gap, Item, Role

Facts = Mapping[str, str]
Answers = Mapping[str, Answer]
Applies = Literal["yes", "no", "waits"]
"""`waits`: it hangs on a fact that is not known yet, so it is not asked; the fact is the gap."""


class Applied:
    """What every item of a list comes to. An item's conditions name only items above it, so one pass is enough."""

    def __init__(self, checklist: Checklist, facts: Facts, answers: Answers) -> None:
        self.checklist, self.facts, self.answers = checklist, facts, answers
        self.applies: dict[str, Applies] = {}
        """By item id. A condition on an unanswered item is not met."""
        self.answered: set[str] = set()
        """Ids of the items that apply and whose newest answer still counts."""
        for item in checklist.items:
            applying: Applies = "yes" if item.when is None else self._met(item.when)
            self.applies[item.id] = applying
            answer = answers.get(item.id)
            if answer is not None and applying == "yes" and self._counts(item, answer.choice):
                self.answered.add(item.id)

    def _met(self, condition: Condition) -> Applies:
        if condition.all or condition.any:
            parts = {self._met(part) for part in condition.all or condition.any}
            strong: Applies = "no" if condition.all else "yes"
            weak: Applies = "yes" if condition.all else "no"
            return strong if strong in parts else "waits" if "waits" in parts else weak
        if condition.fact or condition.case_type:
            known = self.facts.get(condition.fact or CASE_TYPE)
            wanted = condition.values if condition.fact else (condition.case_type,)
            return "waits" if known is None else "yes" if known in wanted else "no"
        above = condition.item or ""
        if above not in self.answered or not self.checklist.by_id[above].enabled:
            return "no"
        return "yes" if self.answers[above].choice in condition.values else "no"

    def _counts(self, item: Item, choice: str) -> bool:
        """Say whether an answer to an item still counts.

        An answer that the facts no longer allow is open again; so is an import's "not applicable" on an item that
        knows no such answer. A text from an import counts.
        """
        if choice == OPEN or (choice == "ej_tillampligt" and choice not in item.answers):
            return False
        return choice not in item.only or self._met(item.only[choice]) == "yes"  # type: ignore[index]

    def allowed(self, item: Item) -> tuple[Choice, ...]:
        """Return the answers that may be given now, in the list's order; one with a condition while that is met."""
        if not item.only:
            return item.answers
        return tuple(
            choice for choice in item.answers if choice not in item.only or self._met(item.only[choice]) == "yes"
        )

    def state(self, item_id: str) -> str:
        """Return the item's answer as figures and exports count it.

        What does not apply is `ej_tillampligt` whatever was answered before; what waits for a fact, or is
        open, is `obesvarad`.
        """
        if self.applies[item_id] == "no":
            return "ej_tillampligt"
        return self.answers[item_id].choice if item_id in self.answered else OPEN

    def is_open(self, item_id: str) -> bool:
        """Say whether an item that applies still asks something: not answered, or sent back by the chef."""
        return item_id not in self.answered or self.answers[item_id].returned

    def applicable(self, role: Role) -> tuple[Item, ...]:
        """Return the items that this role is asked now, in list order."""
        return tuple(item for item in self.checklist.asked[role] if self.applies[item.id] == "yes")

    def progress(self, role: Role) -> tuple[int, int]:
        """Return how many of the items that apply now are answered and not sent back, and how many apply."""
        now = self.applicable(role)
        returned = {item_id for item_id in self.answered if self.answers[item_id].returned}
        return sum(item.id in self.answered and item.id not in returned for item in now), len(now)

    def gaps(self, role: Role, fact_order: tuple[str, ...]) -> tuple[Gap, ...]:
        """Say what still stands between this list and a signature: unknown facts first, then items in list order."""
        used = self.checklist.facts_used(role)
        found = [Gap("fact", fact, "unknown") for fact in fact_order if fact in used and fact not in self.facts]
        for item in self.applicable(role):
            why = self._why_gap(item)
            if why:
                found.append(Gap("item", item.id, why))
        return tuple(found)

    def _why_gap(self, item: Item) -> str:
        if item.id not in self.answered:
            return "unanswered"
        answer = self.answers[item.id]
        if answer.returned:
            return "returned"
        if answer.choice in item.gap_on:
            return answer.choice
        if answer.choice in item.gap_on_unmotivated and answer.motivation not in ("text", "reference"):
            return "unmotivated"
        if item.how and item.how.required and answer.choice in item.how.answers and not answer.told_how:
            return "no_method"
        return ""
