"""Text as a reader sees it: without markup and invisible characters, with ASCII digits, dashes and spaces."""

import html
import re
import unicodedata

# Dashes outside Unicode's dash category, and characters that are letters or symbols to Unicode but blank to the eye.
_DASHES = frozenset("\u2043\u2212\u02d7\u2796")
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>")
_KEYCAP = re.compile("[0-9#*]\N{VARIATION SELECTOR-16}?\N{COMBINING ENCLOSING KEYCAP}")
"""An emoji made up of a digit and the key around it."""
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_TIMES_ESCAPED = 2


def plain(text: str) -> str:
    """Return a text with digits, dashes and spaces of every kind as ASCII, and nothing invisible in it.

    Entities are resolved (`&nbsp;`); tags stay, see `without_tags`. Takes time linear in its length.
    """
    for _ in range(_TIMES_ESCAPED):
        text = html.unescape(text) if "&" in text else text
    return text if text.isascii() else _BEYOND_ASCII.sub(_plain_sign, text)


def without_tags(text: str) -> str:
    """Return a text with each HTML tag as a line break."""
    return _TAG.sub("\n", text) if "<" in text else text


def weight(text: str) -> int:
    """Return how many letters and digits a text holds once invisible characters, markup and emoji are gone."""
    return sum(map(str.isalnum, without_tags(plain(_KEYCAP.sub("", text)))))


def is_nothing(text: str) -> bool:
    """Return whether a text holds nothing that can be seen: only markup and invisible characters."""
    return not without_tags(plain(text)).strip(" \t\n\r*_~`#>")


def _plain_sign(found: re.Match[str]) -> str:
    sign = found[0]
    if sign.isdigit():
        return str(unicodedata.digit(sign))
    category = unicodedata.category(sign)
    if category == "Pd" or sign in _DASHES:
        return "-"
    if category == "Zs":
        return " "
    if sign in _BLANKS:
        return "\t"  # a gap to the eye, but not the space that people write before the last four or a time of day
    if category in ("Zl", "Zp"):
        return "\n"
    if category in ("Cf", "Cc", "Mn", "Me"):
        return ""
    return unicodedata.normalize("NFKC", sign)
