"""Validation of free text: what may be stored, and how much of a rejected text may be shown again."""

from checklists.errors import CommentMissing, NothingToSay, OnlyReference, OnlyText, PlaceMissing, TextTooLong
from checklists.model import Motivation, MotivationBy, Written
from checklists.privacy import has_personal_number, refuse_personal_numbers

MOST_TEXT = 4000
"""The maximum length of one field, in characters."""


def checked(text: str) -> str:
    """Return the text, stripped, if it may be stored. Raises: PersonalNumberInText, TextTooLong."""
    kept = refuse_personal_numbers(text.strip())
    if len(kept) > MOST_TEXT:
        raise TextTooLong(length=len(kept), most=MOST_TEXT)
    return kept


def required(text: str) -> str:
    """Return the text, stripped, of a mandatory field. Raises: PersonalNumberInText, TextTooLong, CommentMissing."""
    kept = checked(text)
    if not kept:
        raise CommentMissing
    return kept


def shown_again(text: str) -> str:
    """Return what of a rejected text may be put back in its field: nothing if it contains a personal number."""
    return "" if has_personal_number(text) else text.strip()[:MOST_TEXT]


def motivation(how: Motivation, text: str, place: str, by: MotivationBy) -> Written:
    """Build the answer from the fields of a motivation card: a text, a reference to the case file, or `missing`.

    how: the button that was pressed. by: the form of motivation the municipality requires.
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
