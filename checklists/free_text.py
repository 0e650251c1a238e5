"""The one rule for what people write: what may be kept, and what of a refused text may be shown again."""

from checklists.errors import CommentMissing, NothingToSay, OnlyReference, OnlyText, PlaceMissing, TextTooLong
from checklists.model import Motivation, MotivationBy, Written
from checklists.privacy import has_personal_number, refuse_personal_numbers

MOST_TEXT = 4000
"""Characters in anything one person writes in one field."""


def checked(text: str) -> str:
    """Return a text as it may be kept, without blanks around it. Raises: PersonalNumberInText, TextTooLong."""
    kept = refuse_personal_numbers(text.strip())
    if len(kept) > MOST_TEXT:
        raise TextTooLong(length=len(kept), most=MOST_TEXT)
    return kept


def required(text: str) -> str:
    """Return a text that must say something. Raises: PersonalNumberInText, TextTooLong, CommentMissing."""
    kept = checked(text)
    if not kept:
        raise CommentMissing
    return kept


def shown_again(text: str) -> str:
    """Return what of a text that was not kept may stand in its field again; nothing of one with a personal number."""
    return "" if has_personal_number(text) else text.strip()[:MOST_TEXT]


def motivation(how: Motivation, text: str, place: str, by: MotivationBy) -> Written:
    """Return the answer that a motivation's fields give: a text, a reference to the file, or that it is missing.

    how: what was pressed. by: how the municipality has motivations given.
    Raises: PersonalNumberInText, TextTooLong, NothingToSay, PlaceMissing, OnlyText, OnlyReference.
    """
    if how == "missing":
        return Written("nej", "missing")
    text, place = text.strip(), place.strip()
    if by == "reference" and text:
        raise OnlyReference
    if by == "text" and (how == "reference" or place):
        raise OnlyText
    text, place = checked(text), checked(place)
    if how == "text" and text:
        return Written("ja", "text", motivation=text, place=place)
    if place:
        return Written("ja", "reference", motivation=text, place=place)
    if by == "text":
        raise OnlyText
    raise NothingToSay if how == "text" and by == "either" else PlaceMissing
