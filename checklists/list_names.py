"""The names by which a list is called after a command word: its id, its title in either language, and short names."""

from collections.abc import Iterator
from functools import cache

from checklists.loader import newest
from checklists.model import ListId
from checklists.replies import folded

# None of them ends in what a reference may begin with: `RVT 2026/0042` is one.
SHORT: dict[ListId, tuple[str, ...]] = {
    "decision_basis": ("beslutsunderlag", "underlag"),
    "intake": ("skyddsbedömning", "förhandsbedömning", "protection assessment", "preliminary assessment"),
    "peer_review_bou": ("kollegial egenkontroll", "kollegial granskning", "peer review"),
    "rvt_case_round": ("kretsgenomgång", "kretsgenomgång relationsvåld", "case round"),
    "rvt_self_check": ("egenkontroll", "egenkontroll relationsvåld", "self-check", "self check"),
    "sample_audit": ("stickprov", "revisorns stickprov", "sample audit"),
}
LISTS: tuple[ListId, ...] = tuple(SHORT)


@cache
def _by_name() -> dict[str, ListId]:
    return {folded(name): list_id for list_id in LISTS for name in _names(list_id)}


def _names(list_id: ListId) -> Iterator[str]:
    checklist = newest(list_id)
    yield from (list_id, checklist.title, checklist.title_en, *SHORT[list_id])


def split(rest: str) -> tuple[ListId | None, str]:
    """Split what follows a command word into the list it begins by naming, if any, and what comes after the name."""
    words = rest.split()
    for count in range(min(len(words), 6), 0, -1):
        found = _by_name().get(folded(" ".join(words[:count])))
        if found:
            return found, " ".join(words[count:])
    return None, rest.strip()
