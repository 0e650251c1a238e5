"""Parsing of typed Swedish and English answers, independent of the question."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_WORDS = {
    "ja": ("ja", "j", "jo", "yes", "y"),
    "nej": ("nej", "n", "no"),
    "delvis": ("delvis", "partly"),
    "pagaende": ("pagar", "pagaende", "ongoing"),
    "ej_tillampligt": ("et", "e/t", "ej tillampligt", "na", "n/a", "not applicable"),
    "unknown": ("vet inte", "vet ej", "vi", "don't know", "dont know"),
    "skip": ("hoppa over", "hoppa", "skip"),
}
_BY_WORD = {word: choice for choice, words in _WORDS.items() for word in words}
_WITH_TEXT = re.compile(r"(?P<word>[^,;:]{1,20})\s*[,;:]\s*(?P<text>\S.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """A parsed line. choice: a Choice, `unknown` or `skip`. text: the motivation written after it, if any."""

    choice: str
    text: str = ""


def folded(text: str) -> str:
    """Return text in the form used for comparison: lower case, å/ä/ö as a/a/o, single spaces, no final `.` or `!`."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split()).rstrip(".!")


def read_answer(line: str) -> Said | None:
    """Parse a line as one answer: `ja`, `n`, `pågår`, or `nej, TEXT`; None if it is not one."""
    choice = _BY_WORD.get(folded(line))
    if choice:
        return Said(choice)
    found = _WITH_TEXT.fullmatch(line.strip())
    choice = _BY_WORD.get(folded(found["word"])) if found else None
    return Said(choice, found["text"].strip()) if found and choice else None


def read_answers(line: str) -> Sequence[str] | None:
    """Parse a line as several answers separated by spaces or commas: `ja ja nej pågår`; None if any word is not one."""
    words = folded(line).replace(",", " ").replace("vet inte", "vi").replace("vet ej", "vi").split()
    choices = [_BY_WORD.get(word) for word in words]
    found = [choice for choice in choices if choice]
    return found if found and len(found) == len(choices) else None


def read_number(line: str) -> int | None:
    """Parse a line as a one- or two-digit button number; None if it is not one."""
    word = line.strip().rstrip(".")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 3 else None
