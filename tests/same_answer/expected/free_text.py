"""What happens to free text: rejected, treated as empty, or stored."""

import re
import unicodedata
from typing import Literal

Fate = Literal["refused", "none", "kept"]
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"


def fate(text: str) -> Fate:
    """Return what happens to a text in a field."""
    if has_personal_number(text):
        return "refused"
    return "kept" if _said(text) >= 3 else "none"


def _said(text: str) -> int:
    """Return how many letters and digits a reader sees."""
    seen = re.sub(r"<[^>]*>|&[a-z]+;|&#\d+;", " ", text)
    return sum(unicodedata.category(sign)[0] in "LN" for sign in seen)


def has_personal_number(text: str) -> bool:
    """Return whether a text contains a personal or coordination number."""
    plain = "".join("-" if sign in _DASHES else sign for sign in unicodedata.normalize("NFKC", text))
    clocked = re.sub(r"(?<!\d)(\d{6}|\d{8}|\d{4}-\d\d-\d\d) ([01]\d|2[0-3])[.:]?[0-5]\d(?!\d)", " ", plain)
    for found in re.finditer(r"(?<!\d)(?:\d{2})?(\d{6})([-+ ]?)(\d{4})(?!\d)", clocked):
        if _is_date(found[1]) and (found[2] or _checks(found[1] + found[3])):
            return True
    for run in re.findall(r"\d(?:[^\w]*\d)*", clocked):
        digits = re.sub(r"\D", "", run)
        if len(digits) in (10, 12) and _is_date(digits[-10:-4]) and _checks(digits[-10:]):
            return True
    return False


def _is_date(digits: str) -> bool:
    year, month, number = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    number -= 60 if number > 60 else 0
    leap = year % 4 == 0  # 1900 was no leap year, 2000 was: either century is enough
    longest = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= month <= 12 and 1 <= number <= longest[month - 1]


def _checks(digits: str) -> bool:
    doubled = [int(sign) * (2 - at % 2) for at, sign in enumerate(digits[:9])]
    return (10 - sum(number // 10 + number % 10 for number in doubled) % 10) % 10 == int(digits[9])
