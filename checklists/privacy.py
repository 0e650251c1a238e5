"""Detection of Swedish personal and coordination numbers in text, so that such text can be rejected.

Source: Skatteverket's rules for personnummer (YYMMDD-NNNC, check digit by weights 2 and 1) and samordningsnummer (day
+ 60). What is rejected and what is let through: product contract, chapter 4 rule 2; how it is read: decision 0017.
All of it takes time linear in the length of the text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import permutations
from typing import Literal, NamedTuple

from checklists.errors import PersonalNumberInText
from checklists.months import months_on
from checklists.plain_text import plain, without_tags
from checklists.ref_pattern import without_vouched_for

_FEWEST_DIGITS = 8  # a temporary number has letters in place of two
_MONTHS_BACK, _MONTHS_AHEAD = 18, 12
_LONGEST_REMARK = 40
"""The most characters of a remark between a day and four digits: `20150312, sista fyra 1234`."""
_WALL = "\uffff"
"""Replaces what was let through, so that no number is found across it."""
_FEW = 8
A_NUMBER = "000101-0000"
"""Replaces a field's part of a number, so that whatever reads the field rejects it; it is nobody's number."""

_NUMBER = re.compile(r"(?<!\d)(\d{2})?(\d{6})([-+ ]?)(\d{4})(?!\d)")
_TEMPORARY = re.compile(
    r"(?<!\d)(?:(\d{2})?(\d{6})[-+ ]?|(\d{2})(\d{2}-\d{2}-\d{2})-?)(?:[TR]\d{3}|TF\d{2,3})(?![^\W_])", re.IGNORECASE
)
_TELLS = re.compile(r"sista|siffr|fyra|nummer|nr|pnr|last|digit|four", re.IGNORECASE)
"""Words showing that the four digits after them are not a year or a time of day."""
_Gap = Literal["signs", "words", "told", "far"]
_RUN = re.compile(r"\d+")
_DIGIT = re.compile(r"[0-9]")
_ORDINARY = re.compile(r"[\x00-%'-\x7f\u00c0-\u024f\u2010-\u2026]*")
"""A text whose only digits are ASCII's: no entities, and beyond ASCII only letters, dashes, quotes and dots."""
_MONTH_DAY = r"(?:0[1-9]|1[0-2]){0}(?:0[1-9]|[12]\d|3[01])"
_ISO_DATE = rf"(?:19|20)\d{{2}}-{_MONTH_DAY.format('-')}(?!\d)"
_DATE = rf"(?:(?:19|20)?\d{{2}}{_MONTH_DAY.format('')}|(?:19|20)\d{{2}}-{_MONTH_DAY.format('-')})"
_PARTED = "[-./ ]{1,2}"
_DAY_WITH_YEAR = re.compile(
    rf"\W*(?:\d{{4}}-{_MONTH_DAY.format('-')}"
    rf"|(?:19|20)\d{{2}}(?:{_PARTED}\d{{1,2}}){{2}}|(?:19|20)\d{{2}}{_PARTED}\d{{4}}|(?:19|20)\d{{4}}{_PARTED}\d{{1,2}}"
    rf"|(?:\d{{1,2}}{_PARTED}){{2}}(?:19|20)\d{{2}})\W*"
)
"""A field that is nothing but a day, mistyped or in another order, with all four digits of its year. As a date is
written (`2206-05-12`), the year itself may be mistyped."""
_SHORT_DAY = re.compile(
    rf"\W*20(?P<year>\d{{2}}){_PARTED}(?P<month>\d{{1,2}})\W*"
    r"|(?=(?:\D*\d){5})\W*(?P<a>\d{1,2})[-./ ]{0,2}(?P<b>\d{1,2})[-./ ]{0,2}(?P<c>\d{1,2})\W*"
)
"""One with two digits of it, or a month. It is more than four digits, or may be the last four."""
_CLOCK = r"(?:[01]\d|2[0-3])[:.][0-5]\d(?!\d)"
_BARE_CLOCK = r"(?:[01]\d|2[0-3])[0-5]\d(?!\d)"
_LET_THROUGH = re.compile(
    r"(?<!\d)(?:19|20)?\d{2}[-./ ]?(?:0[1-9]|1[0-2])[-./ ]?(?:0[1-9]|[12]\d|3[01])"  # a date ...
    rf"(?:(?:[ T,(]+(?:kl(?:ockan|\.)? ?)?|-){_CLOCK}|[ ,(]+kl(?:ockan|\.)? ?{_BARE_CLOCK})"  # ... and a time of day
    rf"|(?<!\d){_CLOCK}(?=[^\w]{{1,3}}{_ISO_DATE})"  # a time of day before a date
    rf"|(?<!\d){_ISO_DATE}(?=[^\w]{{1,3}}(?:{_ISO_DATE}|(?:19|20)\d{{2}}/))"  # a date before a date or a reference
    r"|(?<!\d)(?:\+46 ?\(0\) ?|0)\d{1,2}[- ]\d{3}(?: ?\d{2,3}){2}(?!\d)",  # a telephone number, in the usual grouping
    re.IGNORECASE,
)
_DATE_AND_FOUR = re.compile(
    rf"(?<!\d)(?P<before>{_DATE})(?: |T|, ?| ?\()(?:{_BARE_CLOCK})"
    rf"|(?<![\d/]){_BARE_CLOCK}(?: |, ?)(?P<after>{_DATE})(?![-+ ]?\d)"
)


@dataclass(frozen=True, slots=True)
class LetThrough:
    """What is known about a text, for telling other digits from those of a personal number.

    today: the day it is written: `260312 1030` counts as a date and a time only if the date is near; None: never.
    references: the tenant's pattern, for the references it vouches for.
    """

    today: date | None = None
    references: str = ""


NOTHING = LetThrough()


class _Runs(NamedTuple):
    """The runs of digits of a text, and what separates each from the one before it."""

    digits: Sequence[str]
    gaps: Sequence[_Gap]


def check_digit(nine: str) -> int:
    """Return the check digit of nine digits (YYMMDDNNN): Luhn, weights 2 and 1 alternating."""
    return -_weighed(nine) % 10


def _weighed(digits: str) -> int:
    return sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(digits))


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


def _is_number(digits: str, *, separator: str = "") -> bool:
    century, ten = (digits[:2], digits[2:]) if len(digits) == 12 else ("", digits)
    return _is_date(century, ten[:6]) and (bool(separator) or check_digit(ten[:9]) == int(ten[9]))


def has_personal_number(text: str, lets: LetThrough = NOTHING) -> bool:
    """Return whether the text contains what looks like a personal or coordination number.

    In the standard shape a valid date is enough if there is a separator (a mistyped number is still one); without one
    the check digit must match too. Digits split by other characters, by markup, or by a few words before the last
    four count when both date and check digit are valid. Numbers with T, R or TF need a valid date.
    Let through: a date with a time of day, an ISO date followed by another or by a reference, a telephone number with
    a separator after its area code, and a reference its tenant's pattern vouches for.
    """
    return _has_number(text.replace(_WALL, ""), lets)


def _has_number(text: str, lets: LetThrough) -> bool:
    if len(_DIGIT.findall(text)) < _FEWEST_DIGITS and _ORDINARY.fullmatch(text):
        return False
    if not _found(text, lets):
        return False
    left = without_vouched_for(text, lets.references, _WALL)
    return left == text or _found(left, lets)


def _found(text: str, lets: LetThrough) -> bool:
    seen = plain(text)
    # A tag may hold a number, and may split one.
    return any(_found_in(one, lets.today) for one in {seen, without_tags(seen)})


def _found_in(seen: str, today: date | None) -> bool:
    left = _LET_THROUGH.sub(_WALL, seen)
    if today is not None:
        left = _DATE_AND_FOUR.sub(lambda found: _WALL if _is_time(found, today) else found[0], left)
    for found in _NUMBER.finditer(left):
        century, six, separator, four = found.groups()
        if _is_number((century or "") + six + four, separator=separator):
            return True
    for found in _TEMPORARY.finditer(left):
        if _is_date(found[1] or found[3] or "", (found[2] or found[4]).replace("-", "")):
            return True
    runs = _runs(left)
    return any(map(_is_number, _spread(runs))) or any(map(_is_number, _told_apart(runs, today)))


def _is_time(found: re.Match[str], today: date) -> bool:
    """Return whether the four digits beside a day are a time of day: nobody notes the minute of a distant day."""
    return _is_near((found["before"] or found["after"]).replace("-", ""), today)


def _is_near(day: str, today: date) -> bool:
    written = day if len(day) == 8 else "20" + day
    first, last = (months_on(today, months) for months in (-_MONTHS_BACK, _MONTHS_AHEAD))
    return f"{first:%Y%m%d}" <= written <= f"{last:%Y%m%d}"


def _is_written_day(text: str, today: date | None) -> bool:
    """Return whether a field is nothing but a day, mistyped or not: `2026-5-2`, `12/5 2026`, `26-05-12`.

    With two digits of its year it counts only if it is near, like a day with a time.
    """
    seen = plain(text)
    if _DAY_WITH_YEAR.fullmatch(seen):
        return True
    found = _SHORT_DAY.fullmatch(seen)
    if found is None or today is None:
        return False
    if found["year"]:
        return _is_near(f"20{found['year']}{int(found['month']):02}01", today)
    a, b, c = (int(found[name]) for name in "abc")
    orders = ((a, b, c), (c, b, a), (c, a, b))
    return any(_is_near(f"20{year:02}{month:02}{day:02}", today) for year, month, day in orders if month <= 12)


def _runs(left: str) -> _Runs:
    digits: list[str] = []
    gaps: list[_Gap] = []
    end = 0
    for found in _RUN.finditer(left):
        gap = left[end : found.start()]
        if _WALL in gap or not digits:
            gaps.append("far")
        elif not any(map(str.isalpha, gap)):
            gaps.append("signs")
        else:
            near: _Gap = "told" if _TELLS.search(gap) else "words"
            gaps.append(near if len(gap) <= _LONGEST_REMARK else "far")
        digits.append(found[0])
        end = found.end()
    return _Runs(digits, gaps)


def _spread(runs: _Runs) -> Iterator[str]:
    """Yield each 10 or 12 digits, separators removed, made up of whole consecutive runs of digits."""
    for first in range(len(runs.digits)):
        for digits in _joined(runs, first, 12):
            if len(digits) in (10, 12):
                yield digits


def _joined(runs: _Runs, first: int, most: int) -> Iterator[str]:
    """Yield the joined digits of the runs from `first` on, one run more each time, while only signs separate them."""
    digits = ""
    for place in range(first, len(runs.digits)):
        if place > first and runs.gaps[place] != "signs":
            return
        digits += runs.digits[place]
        if len(digits) > most:
            return
        yield digits


def _told_apart(runs: _Runs, today: date | None) -> Iterator[str]:
    """Yield each date with the four digits that follow it after a few words."""
    for place, gap in enumerate(runs.gaps):
        if gap not in ("words", "told"):
            continue
        day, four = _day_before(runs, place), next((d for d in _joined(runs, place, 4) if len(d) == 4), "")
        if day and four and (gap == "told" or not _is_year_or_time(four, day, today)):
            yield day + four


def _day_before(runs: _Runs, place: int) -> str:
    """Return the six or eight digits of the day that ends before a run, "" if there is none."""
    if len(runs.digits[place - 1]) in (6, 8):
        return runs.digits[place - 1]
    parts = runs.digits[max(place - 3, 0) : place]
    together = all(gap == "signs" for gap in runs.gaps[max(place - 2, 0) : place])
    return "".join(parts) if together and [len(part) for part in parts] in ([2, 2, 2], [4, 2, 2]) else ""


def _is_year_or_time(four: str, day: str, today: date | None) -> bool:
    if "2000" <= four <= "2035":
        return True
    return today is not None and _is_near(day, today) and re.fullmatch(_BARE_CLOCK, four) is not None


def without_split_numbers(fields: Mapping[str, str], lets: LetThrough = NOTHING) -> dict[str, str]:
    """Return a card's fields, with A_NUMBER in place of those that hold a number together but not each by itself."""
    parts = {
        name: text
        for name, text in sorted(fields.items())
        if any(map(str.isdigit, text)) and not has_personal_number(text, lets)
    }
    if len(parts) < 2 or not _is_split_over(list(parts.values()), lets):
        return dict(fields)
    involved = set(parts)
    if len(parts) <= _FEW:
        involved = {left_out for left_out in parts if not _is_split_over(_but(parts, left_out), lets)}
    return {**fields, **dict.fromkeys(involved or parts, A_NUMBER)}


def _but(parts: Mapping[str, str], left_out: str) -> list[str]:
    return [text for name, text in parts.items() if name != left_out]


def _is_split_over(texts: Sequence[str], lets: LetThrough) -> bool:
    """Return whether fields together hold a number, in whatever order.

    A field that is a day, however it is written, may be the day of birth but not the last four digits: those are no
    year, month and day. Otherwise every eighth mistyped day would be a number together with another day of the card.
    """
    parts = [f"{_WALL}{text}" if _is_written_day(text, lets.today) else text for text in _without_walls(texts)]
    if any(_has_number("\n".join(order), lets) for order in (parts, parts[::-1])):
        return True
    # Pairs are tried only if the fields are few: a card with thousands must cost no more than its length.
    return len(parts) <= _FEW and any(_has_number("\n".join(two), lets) for two in permutations(parts, 2))


def _without_walls(texts: Sequence[str]) -> list[str]:
    return [text.replace(_WALL, "").strip() for text in texts]


def ends_in_day(text: str) -> int | None:
    """Return the weight of the digits of the day a text ends in, None if it ends in none.

    The weight, 0 to 9, is all that `goes_on` needs to know about the text: the day cannot be worked out from it.
    """
    seen = _LET_THROUGH.sub(_WALL, without_tags(plain(text)))
    runs = _runs(seen)
    if not any(map(str.isdigit, seen[-_LONGEST_REMARK:])):
        return None
    day = _day_before(runs, len(runs.digits))
    return _weighed(day[-6:]) % 10 if day and _is_date(day[:-6], day[-6:]) else None


def goes_on(weight: int, text: str) -> bool:
    """Return whether a text begins with the last four digits of a number whose day ended the previous message.

    weight: that message's, from `ends_in_day`. A message that is nothing but a day does not.
    """
    seen = without_tags(plain(text))
    if _DAY_WITH_YEAR.fullmatch(seen) or not any(map(str.isdigit, seen[:_LONGEST_REMARK])):
        return False
    four = next((digits for digits in _joined(_runs(seen), 0, 4) if len(digits) == 4), "")
    if not four or _is_year_or_time(four, "", None):
        return False
    return -(weight + _weighed(four[:3])) % 10 == int(four[3])


def refuse_personal_numbers(text: str, lets: LetThrough = NOTHING) -> str:
    """Return the text unchanged. Raises: PersonalNumberInText: it contains a personal or coordination number."""
    if has_personal_number(text, lets):
        raise PersonalNumberInText
    return text
