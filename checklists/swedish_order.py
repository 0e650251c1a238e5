"""Alphabetical order as in Swedish: å, ä and ö last in that order, other marks on letters ignored."""

import unicodedata

_LAST = {"å": "{1", "ä": "{2", "ö": "{3", "æ": "{2", "ø": "{3"}
"""`{` is the character after z."""


def swedish_order(text: str) -> tuple[str, str]:
    """Return a sort key. Case does not matter; texts that differ in nothing else are ordered by their characters."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return "".join(_LAST.get(letter) or _plain(letter) for letter in folded), text


def _plain(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
