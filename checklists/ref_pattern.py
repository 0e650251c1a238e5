"""The pattern a tenant's case references follow, and which references it vouches for."""

import math
import re
import unicodedata
from collections.abc import Iterable
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

# Permissive default: up to five groups of letters and digits, at least one digit, 3 to 24 characters.
DEFAULT_PATTERN = r"^(?=.*\d)(?=.{3,24}$)[A-Za-zÅÄÖåäö0-9]{1,10}([ /:.\-][A-Za-zÅÄÖåäö0-9]{1,10}){0,4}$"
LONGEST = 60
"""The most characters in a reference; nothing longer is tried against a pattern, which may be a slow one."""
_MOST_WAYS = (LONGEST + 1) ** 3
"""Three repetitions of any length: tens of milliseconds."""
BRANCH, SUBPATTERN, MAX_REPEAT, MIN_REPEAT, ASSERT, ASSERT_NOT = (
    getattr(constants, name) for name in ("BRANCH", "SUBPATTERN", "MAX_REPEAT", "MIN_REPEAT", "ASSERT", "ASSERT_NOT")
)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖ"
_MOST_WORDS = 4
_WORD = re.compile(r"\S+")
_AROUND = ".,;:!?()\"'”»«"


def compiles(pattern: str) -> bool:
    """Return whether a pattern is a valid regular expression."""
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def may_be_slow(pattern: str) -> bool:
    """Return whether trying a valid pattern on LONGEST characters might take long: `(a+)+`, `(a|ab)*`, `a*a*a*a*b`.

    Repetitions of characters are counted by the ways in which they can share a text. A repeated group that contains a
    repetition or a choice has too many at once; of DEFAULT_PATTERN, which has one, it is known to be fast.
    """
    return pattern != DEFAULT_PATTERN and _ways(parser.parse(pattern)) > _MOST_WAYS


def _ways(parts: Iterable[Any]) -> float:
    """Return the number of ways in which a sequence of parts can match one text, at the most."""
    ways = 1.0
    for kind, of in parts:
        if kind is BRANCH:
            ways *= sum(map(_ways, of[1]))
        elif kind is SUBPATTERN:
            ways *= _ways(of[3])
        elif kind in (ASSERT, ASSERT_NOT):
            ways *= _ways(of[1])
        elif kind in (MAX_REPEAT, MIN_REPEAT):
            least, most, inner = int(of[0]), min(int(of[1]), LONGEST), _ways(of[2])
            if inner > 1 and most > 1:
                return math.inf
            ways *= max(1, most - least + 1) if inner == 1 else inner + 1
        elif any(isinstance(one, parser.SubPattern) for one in (of, *(of if isinstance(of, tuple) else ()))):
            return math.inf  # the rarer groups, which no reference needs
    return ways


def normal(text: str) -> str:
    """Return a text in the form references have: NFC, trimmed, single spaces, upper case."""
    return " ".join(unicodedata.normalize("NFC", text).split()).upper()


def fits(ref: str, pattern: str) -> bool:
    """Return whether a normalised reference follows the pattern."""
    return len(ref) <= LONGEST and re.fullmatch(pattern, ref, re.IGNORECASE) is not None


def is_vouched_for(ref: str, pattern: str) -> bool:
    """Return whether a normalised reference is certainly one, whatever its digits look like.

    It is one if it follows a pattern that the tenant itself has set and that requires its very letters: with other
    letters, or none, it would not match. A pattern that accepts any letters would also accept letters followed by a
    personal number.
    """
    if pattern in ("", DEFAULT_PATTERN) or not fits(ref, pattern):
        return False
    changed = {"".join(sign for sign in ref if sign not in _LETTERS).strip(" -/:.")}
    for shift in range(1, len(_LETTERS)):
        changed.add(ref.translate(str.maketrans(_LETTERS, _LETTERS[shift:] + _LETTERS[:shift])))
    return ref not in changed and not any(fits(other, pattern) for other in changed)


def without_vouched_for(text: str, pattern: str, instead: str) -> str:
    """Return a text with each whole reference that the pattern vouches for replaced; the rest stays as it is."""
    if pattern in ("", DEFAULT_PATTERN):
        return text
    words = [found.span() for found in _WORD.finditer(text)]
    kept, copied, at = list[str](), 0, 0
    while at < len(words):
        begin = words[at][0]
        for count in range(min(_MOST_WORDS, len(words) - at), 0, -1):
            end = words[at + count - 1][1]
            if end - begin <= LONGEST and is_vouched_for(normal(text[begin:end]).strip(_AROUND), pattern):
                kept += (text[copied:begin], instead)
                copied, at = end, at + count
                break
        else:
            at += 1
    return "".join(kept) + text[copied:]
