"""The pattern a tenant's case references follow, and which references it vouches for."""

import re
import unicodedata

# Permissive default: up to five groups of letters and digits, at least one digit, 3 to 24 characters.
DEFAULT_PATTERN = r"^(?=.*\d)(?=.{3,24}$)[A-Za-zÅÄÖåäö0-9]{1,10}([ /:.\-][A-Za-zÅÄÖåäö0-9]{1,10}){0,4}$"
LONGEST = 60
"""The most characters in a reference; nothing longer is tried against a pattern, which may be a slow one."""
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
