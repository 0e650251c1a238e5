"""Re-read beside said: of the Ja somebody said, how many a blind second reading of the file found too.

A Ja on paper is what was said; a second reading of cases drawn at random is what can be found again. The two are never
added up: the share of Ja is of what was said alone, this one of what was read again alone.
"""

from collections.abc import Iterable, Mapping

from checklists.concepts import same_as
from checklists.rates import Share

FOUND = ("ja", "nej", "delvis")
"""What a second reading says of a question; whatever else it holds, it says nothing of a Ja."""


def reread(pairs: Iterable[tuple[str, str]]) -> Share:
    """Return, of the Ja said that were read again, how many are Ja there too. pairs: what was said, what was read."""
    again = [read for said, read in pairs if said == "ja" and read in FOUND]
    return Share(again.count("ja"), len(again))


def together(answers: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return a case's answers where it has several lists, as for several children: what all of them say, else `nej`.

    A second reading is of the whole case, so a Ja of the case is one that every child's list has.
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
