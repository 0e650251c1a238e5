"""Re-reading: how many of the Ja that somebody gave were also found by a blind second reading of the file.

A Ja in a list is what somebody said; a second reading of cases drawn at random shows what can be found again. The two
are never added together: the share of Ja counts only what was said, this one only what was read again.
"""

from collections.abc import Iterable, Mapping

from checklists.concepts import same_as
from checklists.rates import Share

FOUND = ("ja", "nej", "delvis")
"""The answers in a second reading that confirm or contradict a Ja; any other says nothing about it."""


def reread(pairs: Iterable[tuple[str, str]]) -> Share:
    """Return how many of the Ja that were read again were Ja then too. pairs: (what was said, what was read)."""
    again = [read for said, read in pairs if said == "ja" and read in FOUND]
    return Share(again.count("ja"), len(again))


def together(answers: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return a case's joint answers from several lists, such as one per child: what all of them say, else `nej`.

    A second reading is of the whole case, so the case has a Ja only if every child's list has it.
    """
    found: dict[str, str] = {}
    for one in answers:
        for item_id, choice in one.items():
            found[item_id] = choice if found.get(item_id, choice) == choice else "nej"
    return found


def counterpart(checklist_id: str, item_id: str, other: str) -> str:
    """Return the question of another list that asks the same, "" if it has none."""
    own = [one.partition("/")[2] for one in same_as(checklist_id, item_id) if one.startswith(other + "/")]
    return own[0] if own else ""
