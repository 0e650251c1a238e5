"""A checklist evaluated against facts and answers: which items apply, are open, or are gaps.

`facts` maps fact id to ja or nej, `case_type` to barn or vuxen, and `children` to none or some; a missing fact is
unknown.
`answers` maps item id to the newest Answer; a missing item was never answered.
"""

from collections.abc import Mapping
from typing import Literal

from checklists.model import CASE_TYPE, CHILDREN, OPEN, Answer, Checklist, Choice, Condition, Gap, Item, Role

Facts = Mapping[str, str]
Answers = Mapping[str, Answer]
Applies = Literal["yes", "no", "waits"]
"""`waits`: it depends on a fact not yet known, so it is not asked; the gap is the fact itself."""


class Applied:
    """One evaluation of a checklist: every item's status for the given facts and answers.

    An item's conditions refer only to items above it (the loader checks this), so a single pass is enough.
    """

    def __init__(self, checklist: Checklist, facts: Facts, answers: Answers) -> None:
        self.checklist, self.facts, self.answers = checklist, facts, answers
        self.applies: dict[str, Applies] = {}
        """By item id. A condition on an unanswered item is false."""
        self.answered: set[str] = set()
        """Ids of the items whose newest answer is valid; also of those that wait for a fact, which hides no answer."""
        for item in checklist.items:
            applying: Applies = "yes" if item.when is None else self._met(item.when)
            if item.unless is not None and self._met(item.unless) == "yes":
                applying = "no"
            self.applies[item.id] = applying
            answer = answers.get(item.id)
            if answer is None or applying == "no" or answer.choice == OPEN:
                continue
            # An answer the facts no longer allow is not valid, and the item is open again. Imported free text is valid.
            if answer.choice not in item.only or self._met(item.only[answer.choice]) != "no":  # type: ignore[index]
                self.answered.add(item.id)

    def _met(self, condition: Condition) -> Applies:
        if condition.all or condition.any:
            parts = {self._met(part) for part in condition.all or condition.any}
            strong: Applies = "no" if condition.all else "yes"
            weak: Applies = "yes" if condition.all else "no"
            return strong if strong in parts else "waits" if "waits" in parts else weak
        if condition.children:
            return "yes" if self.facts.get(CHILDREN) == condition.children else "no"
        if condition.fact or condition.case_type:
            known = self.facts.get(condition.fact or CASE_TYPE)
            wanted = condition.values if condition.fact else (condition.case_type,)
            return "waits" if known is None else "yes" if known in wanted else "no"
        above = condition.item or ""
        if above not in self.answered or not self.checklist.by_id[above].enabled:
            return "no"
        if self.answers[above].choice not in condition.values:
            return "no"
        return self.applies[above]  # what depends on a question that waits for a fact waits too

    def allowed(self, item: Item) -> tuple[Choice, ...]:
        """Return the answers that may be given now, in the item's order: those whose condition, if any, is met."""
        if not item.only:
            return item.answers
        return tuple(
            choice for choice in item.answers if choice not in item.only or self._met(item.only[choice]) == "yes"
        )

    def state(self, item_id: str) -> str:
        """Return the item's answer as figures and exports count it.

        An item that does not apply is `ej_tillampligt`, whatever was answered before; one that is unanswered is
        `obesvarad`, also while it waits for a fact. An imported `ej_tillampligt` outside the item's scale is `fritext`
        like any other such answer, once it is known that the item applies.
        """
        if self.applies[item_id] == "no":
            return "ej_tillampligt"
        if item_id not in self.answered:
            return OPEN
        choice, item = self.answers[item_id].choice, self.checklist.by_id[item_id]
        if choice == "ej_tillampligt" and choice not in item.answers and self.applies[item_id] == "yes":
            return "fritext"
        return choice

    def waits(self, item_id: str) -> bool:
        """Return whether an item is open because a fact it depends on is unknown."""
        return self.applies[item_id] == "waits" and item_id not in self.answered

    def is_open(self, item_id: str) -> bool:
        """Return whether an item is to be answered (again): it has no valid answer, or the chef sent it back."""
        return item_id not in self.answered or self.answers[item_id].returned

    def applicable(self, role: Role) -> tuple[Item, ...]:
        """Return the items this role is asked with the present facts and answers, in list order."""
        applies = self.applies
        return tuple([item for item in self.checklist.asked[role] if applies[item.id] == "yes"])

    def progress(self, role: Role, section: str = "") -> tuple[int, int]:
        """Return (done, total) of the items asked now; an item sent back by the chef is not done.

        section: only of this section of the list.
        """
        now = [item for item in self.applicable(role) if section in ("", item.section)]
        returned = {item_id for item_id in self.answered if self.answers[item_id].returned}
        return len([item for item in now if item.id in self.answered and item.id not in returned]), len(now)

    def gaps(self, role: Role, fact_order: tuple[str, ...]) -> tuple[Gap, ...]:
        """Return what is missing for a signature: unknown facts first, then items in list order.

        fact_order: the ids of all facts, in the order they are asked.
        """
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
        if item.how and item.how.required and answer.choice in item.how.answers and not answer.has_method:
            return "no_method"
        return ""
