"""Feedback to the case worker on a reviewed case: when it goes, and which questions differ from what she answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from checklists.concepts import same_as
from checklists.workdays import Workdays

WITHIN = 5
"""Working days within which she has it, counted from the first reading that is done."""
LACKS = ("nej", "delvis")


def is_due(done_on: Sequence[date], wanted: int, today: date, workdays: Workdays) -> bool:
    """Return whether feedback goes now: as soon as everybody who is to read has, else while there is time for it.

    done_on: the day each reading was done. wanted: how many are to read, who do not see each other's answers: nothing
    is told her that could change the file before the other has read it, unless that one takes too long.
    """
    if not done_on:
        return False
    return len(done_on) >= wanted or today >= workdays.after(min(done_on), WITHIN - 1)


@dataclass(frozen=True, slots=True)
class Differs:
    """A question that was answered otherwise in the review. own: what she answered to the same, "" for nothing."""

    item_id: str
    read: str
    own: str = ""


def differing(checklist_id: str, read: Mapping[str, str], own: Mapping[str, str]) -> tuple[Differs, ...]:
    """Return the questions that lack something by the review, or that she answered otherwise, in the review's order.

    read: the answers of the review by item. own: hers, each as list/item.
    """
    found = []
    for item_id, choice in read.items():
        hers = next((own[one] for one in same_as(checklist_id, item_id) if own.get(one) in ("ja", *LACKS)), "")
        if choice in LACKS or (choice == "ja" and hers in LACKS):
            found.append(Differs(item_id, choice, hers))
    return tuple(found)
