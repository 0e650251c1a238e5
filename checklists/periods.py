"""Reporting periods: parsing them, calendar years and quarters, and the preceding period.

Accepted: `2026`, `2026-05`, `2026 kv 2`, `2026 tertial 1`, `2026 halvår 2`, days `FROM–TO`, months by name (`maj`,
`jan–mars 2026`) and the present or previous period (`förra kvartalet`); an empty text means the current year. A month
or a part of a year without its year is the latest that has begun.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from checklists.errors import UnreadablePeriod
from checklists.months import months_on

_YEAR = r"(?:19|20)[0-9]{2}"
_DAY = re.compile(rf"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}")
_MONTH = re.compile(rf"({_YEAR})-([0-9]{{2}})")
_UNTIL = re.compile(r" ?[-\u2010-\u2015\u2212] ?| (?:till|t\.o\.m\.|tom|to|until) ")
"""Any kind of dash: keyboards and phones insert different ones."""
_MONTHS = (
    *(("jan", "januari", "january"), ("feb", "februari", "february"), ("mar", "mars", "march"), ("apr", "april")),
    *(("maj", "may"), ("jun", "juni", "june"), ("jul", "juli", "july"), ("aug", "augusti", "august")),
    *(("sep", "sept", "september"), ("okt", "oktober", "oct", "october"), ("nov", "november")),
    ("dec", "december"),
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_ORDINALS = {
    **{word: n for n, words in enumerate((("första", "first"), ("andra", "second")), 1) for word in words},
    **{word: n for n, words in enumerate((("tredje", "third"), ("fjärde", "fourth")), 3) for word in words},
}
_PARTS = {
    **dict.fromkeys(("kv", "kvartal", "kvartalet", "q", "quarter"), 3),
    **dict.fromkeys(("tertial", "tertialet"), 4),
    **dict.fromkeys(("halvår", "halvåret", "half"), 6),
}
"""Parts of a year, in months."""
_UNITS = _PARTS | dict.fromkeys(("månad", "månaden", "month"), 1) | dict.fromkeys(("år", "året", "year"), 12)
_NOW = {"i", "denna", "detta", "den här", "det här", "this", "innevarande"}
_BEFORE = {"förra", "föregående", "last", "previous", "senaste"}
_LAST_YEAR = {"ifjol", "i fjol"}
_PART_NUMBER = re.compile(r"([^\W\d]+) ?([1-6])")


@dataclass(frozen=True, slots=True)
class Period:
    """A range of Swedish calendar dates, both ends included."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first.isoformat()}–{self.last.isoformat()}"

    @property
    def before(self) -> "Period":
        """The preceding period: as many whole months if this one is whole months, otherwise as many days."""
        last = self.first - timedelta(days=1)
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        if self.first.day == 1 and (self.last + timedelta(days=1)).day == 1:
            return Period(months_on(self.first, -months), last)
        return Period(last - (self.last - self.first), last)


def _months_from(first: date, months: int) -> Period:
    return Period(first, months_on(first, months) - timedelta(days=1))


def quarter(year: int, number: int) -> Period:
    """Return quarter 1 to 4 of a year."""
    return _months_from(date(year, number * 3 - 2, 1), 3)


def year_of(year: int) -> Period:
    """Return a calendar year."""
    return Period(date(year, 1, 1), date(year, 12, 31))


def read_period(text: str, today: date) -> Period:
    """Parse a period as a person writes it; an empty text means the year of `today`.

    Raises: UnreadablePeriod: none of the accepted forms, not a calendar date, or the end is before the start.
    """
    words = unicodedata.normalize("NFC", " ".join(text.split())).casefold()
    if not words:
        return year_of(today.year)
    try:
        found = _one(words, today) or _span(words, today)
    except ValueError:  # not a calendar date
        found = None
    if found is None:
        raise UnreadablePeriod
    return found


def _one(words: str, today: date) -> Period | None:
    """Return a period written as a whole, such as `2026-05` or `förra kvartalet`; None if it is not one."""
    if found := _MONTH.fullmatch(words):
        return _months_from(date(int(found[1]), int(found[2]), 1), 1)
    if words in _LAST_YEAR:
        return year_of(today.year - 1)
    what, _, which = words.rpartition(" ")
    if what in _NOW | _BEFORE and which in _UNITS:
        months = _UNITS[which]
        begun = _begun_part(today, months)
        return _months_from(months_on(begun, -months) if what in _BEFORE else begun, months)
    year, rest = _year_and_rest(words)
    if not rest:
        return year_of(year) if year else None
    part = _part(rest)
    if part is None:
        return None
    first_month, months = part
    first = date(year or today.year, first_month, 1)
    return _months_from(first if year or first <= today else months_on(first, -12), months)


def _year_and_rest(words: str) -> tuple[int, str]:
    """Return the year that a text begins or ends with, 0 if it has none, and the rest."""
    for pattern in (rf"(?P<year>{_YEAR})(?:(?: |-(?=kv|q))(?P<rest>.+)|)", rf"(?P<rest>.+) (?P<year>{_YEAR})"):
        if found := re.fullmatch(pattern, words):
            return int(found["year"]), found["rest"] or ""
    return 0, words


def _part(words: str) -> tuple[int, int] | None:
    """Return the first month of a part of a year, and how many months it is."""
    if words in _MONTH_OF:
        return _MONTH_OF[words], 1
    if found := _PART_NUMBER.fullmatch(words):
        name, number = found[1], int(found[2])
    else:
        ordinal, _, name = words.partition(" ")
        number = _ORDINALS.get(ordinal, 0)
    months = _PARTS.get(name, 0)
    return ((number - 1) * months + 1, months) if number and number * months <= 12 and months else None


def _begun_part(today: date, months: int) -> date:
    """Return the first day of the part of its year that a day is in, parts being this many months long."""
    return date(today.year, (today.month - 1) // months * months + 1, 1)


def _span(words: str, today: date) -> Period | None:
    """Return a period written as its first and last day, or first and last period; None if it is not one."""
    for at in _UNTIL.finditer(words):
        written = words[: at.start()], words[at.end() :]
        if all(map(_DAY.fullmatch, written)):
            first, last = (date.fromisoformat(one) for one in written)
            return Period(first, last) if first <= last else None
        year, _ = _year_and_rest(written[1])
        begun = f"{written[0]} {year}" if year and not _year_and_rest(written[0])[0] else written[0]
        begins, ends = (_one(one, today) for one in (begun, written[1]))
        if begins is not None and ends is not None and begins.first <= ends.first:
            return Period(begins.first, ends.last)
    return None
