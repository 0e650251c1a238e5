"""Detection of Swedish personal and coordination numbers in text, so that such text can be rejected.

Source: Skatteverket's rules for personnummer (YYMMDD-NNNC, check digit by weights 2 and 1) and samordningsnummer (day
+ 60). What is rejected and what is let through: product contract, chapter 4 rule 2.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from checklists.errors import PersonalNumberInText

# Every dash that keyboards, phones and word processors put between digits.
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d\u02d7\u2796"), "-")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), None)

_FEWEST_DIGITS = 10
_STANDARD = re.compile(r"(?<!\d)(\d{2})?(\d{6})([-+ ]?)(\d{4})(?!\d)")
_CHAIN = re.compile(r"(?<!\d)\d+(?:[\W_]{1,5}\d+)+")  # without the lookbehind a long run of digits is quadratic
_ISO_DATE = r"(?:19|20)\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)"
_CLOCK = r"(?:[01]\d|2[0-3])[:.][0-5]\d(?!\d)"
_LET_THROUGH = re.compile(
    r"(?<!\d)(?:19|20)?\d{2}[-./ ]?(?:0[1-9]|1[0-2])[-./ ]?(?:0[1-9]|[12]\d|3[01])"  # a date ...
    rf"(?:[ T,(]+(?:kl\.? ?)?|-){_CLOCK}"  # ... and a time of day
    rf"|(?<!\d){_CLOCK}(?=[^\w]{{1,3}}{_ISO_DATE})"  # a time of day before a date
    rf"|(?<!\d){_ISO_DATE}(?=[^\w]{{1,3}}{_ISO_DATE})"  # a date before a date
    r"|(?<!\d)(?:\+46 ?\(0\) ?|0)\d{1,2}[- ]\d{3}(?: ?\d{2,3}){2}(?!\d)",  # a telephone number, in the usual grouping
    re.IGNORECASE,
)


def _plain(text: str) -> str:
    """Normalise digits, dashes and spaces of every kind to ASCII, so that one pattern matches them all."""
    if text.isascii():
        return text
    digits = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)
    plain = unicodedata.normalize("NFKC", digits.translate(_INVISIBLE | _DASHES))
    return "".join(" " if unicodedata.category(c) == "Zs" else c for c in plain)


def check_digit(nine: str) -> int:
    """Return the check digit of nine digits (YYMMDDNNN): Luhn, weights 2 and 1 alternating."""
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(nine))
    return -total % 10


def _is_date(century: str, six: str) -> bool:
    """Return whether YYMMDD is a date of birth, with or without 60 added to the day."""
    year, month, day = int(six[:2]), int(six[2:4]), int(six[4:])
    day -= 60 if day > 60 else 0
    if century and century not in ("18", "19", "20"):
        return False
    # Without a century, either may be meant: 29 February must count in whichever has it.
    years = [int(century) * 100 + year] if century else [1900 + year, 2000 + year]
    return any(_exists(y, month, day) for y in years)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _is_number(digits: str, *, separator: str) -> bool:
    century, ten = (digits[:2], digits[2:]) if len(digits) == 12 else ("", digits)
    return _is_date(century, ten[:6]) and (bool(separator) or check_digit(ten[:9]) == int(ten[9]))


def has_personal_number(text: str) -> bool:
    """Return whether the text contains what looks like a personal or coordination number.

    In the standard shape a valid date is enough if there is a separator (a mistyped number is still one); without one
    the check digit must match too. Digits split by other characters count when both date and check digit are valid.
    Let through: a date with a time of day, an ISO date followed by another, and a telephone number with a separator
    after its area code.
    """
    if text.isascii() and sum(map(str.isdigit, text)) < _FEWEST_DIGITS:
        return False
    plain = _LET_THROUGH.sub(" # ", _plain(text))
    for found in _STANDARD.finditer(plain):
        century, six, separator, four = found.groups()
        if _is_number((century or "") + six + four, separator=separator):
            return True
    return any(_is_number(digits, separator="") for digits in _spread_digits(plain))


def _spread_digits(plain: str) -> Iterator[str]:
    """Yield each 10 or 12 digits, separators removed, made up of whole consecutive runs of digits."""
    for chain in _CHAIN.finditer(plain):
        runs = re.findall(r"\d+", chain.group())
        for first in range(len(runs)):
            digits = ""
            for run in runs[first:]:
                digits += run
                if len(digits) > 12:
                    break
                if len(digits) in (10, 12):
                    yield digits


def refuse_personal_numbers(text: str) -> str:
    """Return the text unchanged. Raises: PersonalNumberInText: it contains a personal or coordination number."""
    if has_personal_number(text):
        raise PersonalNumberInText
    return text
