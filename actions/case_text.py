"""A mandatory text about a case: the comment of a return, the reason of a shortfall or an extension."""

from actions.origin import Origin
from checklists.errors import PlaceMissing
from checklists.free_text import checked, keep_none, only_where, required
from storage.cases import CaseRow
from texts import say


def about(origin: Origin, case: CaseRow, text: str, place: str) -> str:
    """Return what may be stored of it; with protected identity that is only where in the case file the text is.

    text, place: as filled in; a card has the one field or the other.
    Raises: as `free_text.required`. OnlyReference: a text about people with protected identity. PlaceMissing.
    """
    if not case.protected_identity:
        return required(text, origin.lets)
    keep_none(checked(text, origin.lets), protected=True)
    where = checked(place, origin.lets)
    if not where:
        raise PlaceMissing(where="protected")
    only_where(where, protected=True)
    return say("motivations.place", "sv", place=where)
