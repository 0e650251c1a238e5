"""Feedback to the case worker on a reviewed case: when it is sent, and which questions differ from her answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from checklists.concepts import same_as
from checklists.workdays import Workdays

WITHIN = 5
"""Working days within which she gets it, counted from the first finished reading."""
LACKS = ("nej", "delvis")


def is_due(done_on: Sequence[date], wanted: int, today: date, workdays: Workdays) -> bool:
    """Return whether feedback is to be sent now: when everybody who is to read has done so, or when time runs out.

    done_on: the day each reading was finished. wanted: how many are to read. They read blind of each other, so the
    worker is told nothing that could make her change the file before the last has read it, unless that takes too long.
    """
    if not done_on:
        return False
    return len(done_on) >= wanted or today >= workdays.after(min(done_on), WITHIN - 1)


@dataclass(frozen=True, slots=True)
class Differs:
    """A question the review answered differently. read: its answer. own: the worker's to the same, "" if none."""

    item_id: str
    read: str
    own: str = ""


def differing(checklist_id: str, read: Mapping[str, str], own: Mapping[str, str]) -> tuple[Differs, ...]:
    """Return the questions that the review found lacking, or answered Ja where she did not, in the review's order.

    read: the review's answers by item id. own: hers, by list/item.
    """
    found = []
    for item_id, choice in read.items():
        hers = next((own[one] for one in same_as(checklist_id, item_id) if own.get(one) in ("ja", *LACKS)), "")
        if choice in LACKS or (choice == "ja" and hers in LACKS):
            found.append(Differs(item_id, choice, hers))
    return tuple(found)
