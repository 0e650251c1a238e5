"""When two names mean the same unit, and when one looks like a slip for the other."""

import unicodedata
from collections.abc import Iterable


def unit_key(name: str) -> str:
    """Return a unit's name as names are compared: without case, in one Unicode form, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def looks_like_one_of(name: str, known: Iterable[str]) -> bool:
    """Return whether a name is one letter from a known one: one changed, one too many, or one too few."""
    key = unit_key(name)
    return any(_one_letter_apart(key, unit_key(other)) for other in known)


def _one_letter_apart(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1 or short == long:
        return False
    same = next((place for place, letter in enumerate(short) if letter != long[place]), len(short))
    return short[same + (len(short) == len(long)) :] == long[same + 1 :]
