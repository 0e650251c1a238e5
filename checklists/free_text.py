"""Validation of free text: what may be stored, and how much of a rejected text may be shown again."""

import re
from collections.abc import Mapping

from checklists.errors import CommentMissing, NothingToSay, OnlyReference, OnlyText, PlaceMissing, TextTooLong
from checklists.model import Motivation, MotivationBy, Written
from checklists.plain_text import plain, weight
from checklists.privacy import NOTHING, LetThrough, has_personal_number, refuse_personal_numbers

MOST_TEXT = 4000
"""The maximum length of one field, and of one typed message, in characters."""
MOST_TOGETHER = 40_000
"""The maximum length of all fields of one card together."""
MOST_WHERE = 100
"""The maximum length of a place in the case file where no text is kept: a longer one tells more than where."""
_LEAST_SAID = 3
"""The fewest letters and digits with which a text says something."""
_NAME = re.compile(r"[^\W_](?:[^\W_]|[ .,:()/&–-]){0,59}")


def says_something(text: str) -> bool:
    """Return whether a text can be a motivation or a reason: a full stop, an emoji or markup alone cannot."""
    return weight(text) >= _LEAST_SAID


def checked(text: str, lets: LetThrough = NOTHING) -> str:
    """Return the text, stripped, if it may be stored; "" when nothing in it can be read.

    lets: see privacy.LetThrough. Raises: TextTooLong, PersonalNumberInText.
    """
    kept = text.strip()
    if len(kept) > MOST_TEXT:
        raise TextTooLong(length=len(kept), most=MOST_TEXT)
    return refuse_personal_numbers(kept, lets) if weight(kept) else ""


def is_name(text: str) -> bool:
    """Return whether a text can name something on cards: 1 to 60 characters, letters, digits and a few signs."""
    return _NAME.fullmatch(text) is not None


def required(text: str, lets: LetThrough = NOTHING) -> str:
    """Return the text, stripped, of a mandatory field. Raises: TextTooLong, PersonalNumberInText, CommentMissing."""
    kept = checked(text, lets)
    if not says_something(kept):
        raise CommentMissing
    return kept


def no_text() -> OnlyReference:
    """Return the refusal of a text about people with protected identity, to raise or to tell."""
    return OnlyReference(where="protected")


def keep_none(text: str, *, protected: bool, has_place: bool = True) -> None:
    """Refuse a text about people with protected identity. has_place: whether one may say instead where it is.

    Raises: OnlyReference.
    """
    if text and protected:
        raise no_text() if has_place else OnlyReference(where="note")


def only_where(place: str, *, protected: bool) -> None:
    """Refuse a place that is a text about people with protected identity. Raises: OnlyReference."""
    keep_none(place if len(place) > MOST_WHERE else "", protected=protected)


def shown_again(text: str, lets: LetThrough = NOTHING) -> str:
    """Return what of a rejected text may be put back in its field: nothing if it contains a personal number."""
    return "" if has_personal_number(text, lets) else text.strip()[:MOST_TEXT]


def fields_again(written: Mapping[str, str] | None, lets: LetThrough = NOTHING) -> dict[str, str]:
    """Return what of the fields of a rejected card may be put back in them, as `shown_again` says; None: nothing."""
    return {name: shown_again(text, lets) for name, text in (written or {}).items()}


def motivation(
    how: Motivation, text: str, place: str, by: MotivationBy, lets: LetThrough = NOTHING, *, confirmed: bool = False
) -> Written:
    """Build the answer from the fields of a motivation card: a text, a reference to the case file, or `missing`.

    how: the button that was pressed. by: the form of motivation the municipality requires. A text that says nothing
    counts as missing. confirmed: she was asked about it and meant it, so any sign that can be seen counts as a text.
    Raises: PersonalNumberInText, TextTooLong, NothingToSay, PlaceMissing, OnlyText, OnlyReference.
    """
    if how == "missing":
        return Written("nej", "missing")
    said, place = checked(text, lets), checked(place, lets)
    is_meant = confirmed and plain(text).strip()  # an emoji can be seen; a zero-width space cannot
    text = refuse_personal_numbers(text.strip(), lets) if is_meant else said if says_something(said) else ""
    if by == "reference" and text:
        raise OnlyReference
    if by == "text" and (how == "reference" or place):
        raise OnlyText
    if how == "text" and text:
        return Written("ja", "text", motivation=text, place=place)
    if place:
        return Written("ja", "reference", motivation=text, place=place)
    if by == "text":
        raise OnlyText
    raise NothingToSay if how == "text" and by == "either" else PlaceMissing
