"""Reporting periods: parsing them, calendar years and quarters, and the preceding period.

Accepted: `2026`, `2026-05`, `2026 kv 2`, `2026 tertial 1`, `2026 halvår 2`, days `FROM–TO`, months by name (`maj`,
`jan–mars 2026`), the present or previous period (`förra kvartalet`) and the latest whole ones (`senaste 12 månaderna`);
an empty text means the current year. A month or a part of a year without its year is the latest that has begun. The
parts may come in any order and with any marks between (`Q2-2026`, `2:a kvartalet 2026`, `kv 2 förra året`), but what
can be read in two ways is no period (`maj 26`, `senaste året`, `2 kvartal`).
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from checklists.errors import UnreadablePeriod
from checklists.months import months_on
from checklists.replies import folded

_YEAR = r"(?:19|20)[0-9]{2}"
_DAY = re.compile(rf"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}")
_MONTH = re.compile(rf"(?P<year>{_YEAR})[-/.](?P<month>[0-9]{{2}})|(?P<first>[0-9]{{2}})[-/](?P<last>{_YEAR})")
_DASH = r"[-\u2010-\u2015\u2212]"
"""Any kind of dash: keyboards and phones insert different ones."""
_UNTIL = re.compile(rf" ?{_DASH} ?| (?:till(?: och med)?|t\.o\.m\.?|t o m|tom|fram till|to|until|through) ")
_MONTHS = (
    *(("jan", "januari", "january"), ("feb", "februari", "february"), ("mar", "mars", "march"), ("apr", "april")),
    *(("maj", "may"), ("jun", "juni", "june"), ("jul", "juli", "july"), ("aug", "augusti", "august")),
    *(("sep", "sept", "september"), ("okt", "oktober", "oct", "october"), ("nov", "november")),
    ("dec", "december"),
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_ORDINALS = {
    **{word: n for n, words in enumerate((("forsta", "first"), ("andra", "second")), 1) for word in words},
    **{word: n for n, words in enumerate((("tredje", "third"), ("fjarde", "fourth")), 3) for word in words},
}
_TO_TWELVE = (
    ("ett", "tva", "tre", "fyra", "fem", "sex", "sju", "atta", "nio", "tio", "elva", "tolv"),
    ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_NUMBERS = {word: n for words in _TO_TWELVE for n, word in enumerate(words, 1)}
_PARTS = {
    **dict.fromkeys(("kv", "kvartal", "kvartalet", "q", "quarter"), 3),
    **dict.fromkeys(("tertial", "tertialet", "t"), 4),
    **dict.fromkeys(("halvar", "halvaret", "half", "h"), 6),
}
"""Parts of a year, in months. All words are without the marks of å, ä and ö, as a text is before it is read."""
_MANY = {
    **dict.fromkeys(("manader", "manaderna", "man", "months"), 1),
    **dict.fromkeys(("kvartal", "kvartalen", "quarters"), 3),
    **dict.fromkeys(("tertial", "tertialen"), 4),
}
_MOST_MONTHS = 60
_LONGEST = 100
_UNITS = _PARTS | dict.fromkeys(("manad", "manaden", "month"), 1) | dict.fromkeys(("ar", "aret", "year"), 12)
_NOW = {"i", "denna", "detta", "den har", "det har", "this", "innevarande", "nuvarande", "hela"}
_LATEST = "senaste"
_BEFORE = {"forra", "foregaende", "last", "previous", _LATEST}
_THIS_YEAR = {"i ar", "detta ar", "det har aret", "innevarande ar", "this year"}
_SO_FAR = {"hittills i ar", "i ar hittills", "sa har langt i ar", "so far this year", "year to date", "ytd"}
_LAST_YEAR = {"ifjol", "i fjol", "fjolaret", "forra aret", "foregaende ar", "last year"}
_PART_NUMBER = re.compile(rf"(?P<name>[a-z]+)\.? ?(?P<number>[1-6]|\b(?:{'|'.join(_NUMBERS)}))")
_NUMBER_PART = re.compile(r"(?P<number>[1-6])(?P<mark>:?[ae]|:?st|:?nd|:?rd|:?th|\.)? ?(?P<name>[a-z]+)")
_BARE_NUMBER = re.compile(rf"[1-6](?: {_YEAR})?")
_LAST_MANY = re.compile(
    r"(?:(?:de|the) )?(?:(?:senaste|rullande|last|past) (?P<after>\w+)|(?P<before>\w+) senaste) (?P<name>[a-z]+)"
)
_ROLLING = {"rullande 12", "rullande tolv", "r12"}
_AROUND = re.compile(
    r"^(?:for|under|avseende|gallande|hela(?! ar| man| kv| ter| halv)|i(?! ar\b| fjol\b)"
    r"|(?:kalender|hel)?ar(?:et)?|in|during|year(?! to)) "
)
"""A word before a period that does not change it: `för maj`, `år 2026`."""
_FROM = re.compile(r"^(?:fran|from) (?=.+ (?:till|tom|to|until|through) )")
_BETWEEN = re.compile(r"^(?:mellan|between) (.+) (?:och|and) ")
_MONTHS_WORD = re.compile(rf"\b({'|'.join(_MONTH_OF)}) (?:manad|month)\b")
_AFTER_YEAR = re.compile(rf"\b({_YEAR})[-/]?(?=[a-z])")
_BEFORE_YEAR = re.compile(rf"([a-z]\.? ?[1-6]?){_DASH}(?={_YEAR}(?!\d))|(?<=[a-z1-6])/(?={_YEAR}(?!\d))")


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
    words = _plain(text, today) if len(text) <= _LONGEST else "-"
    if not words:
        return year_of(today.year)
    apart = _AFTER_YEAR.sub(r"\1 ", words)
    # With dashes as between two periods first: in `2024 kv 1-2025 kv 2` it is not one within a period, as in `Q2-2025`.
    for written in dict.fromkeys((words, apart, _BEFORE_YEAR.sub(_spaced, apart))):
        try:
            found = _one(written, today) or _span(written, today)
        except ValueError:  # not a calendar date
            found = None
        if found is not None:
            return found
    raise UnreadablePeriod


def is_period(text: str, today: date) -> bool:
    """Return whether a text is a period and nothing else; after a word (`i maj`) it may be part of any text."""
    try:
        read_period(text, today)
    except UnreadablePeriod:
        return False
    return _AROUND.match(folded(text)) is None


def _plain(text: str, today: date) -> str:
    """Return a text in small letters without marks, without the words around a period, and its year as a number."""
    words = folded(text.replace(",", " ")).rstrip(".!?: ")
    while (less := _AROUND.sub("", words)) != words:
        words = less
    words = _MONTHS_WORD.sub(r"\1", _BETWEEN.sub(r"\1 till ", _FROM.sub("", words)))
    for names, year in ((_THIS_YEAR, today.year), (_LAST_YEAR, today.year - 1)):
        for name in names:
            if words.endswith(f" {name}") and words not in _SO_FAR:
                words = f"{words.removesuffix(name)}{year}"
    return words


def _spaced(found: re.Match[str]) -> str:
    return f"{found[1] or ''} "


def _one(words: str, today: date) -> Period | None:
    """Return a period written as a whole, such as `2026-05` or `förra kvartalet`; None if it is not one."""
    if found := _MONTH.fullmatch(words):
        year, month = found["year"] or found["last"], found["month"] or found["first"]
        return _months_from(date(int(year), int(month), 1), 1)
    if words in _THIS_YEAR | _SO_FAR:
        return year_of(today.year)
    if words in _LAST_YEAR:
        return year_of(today.year - 1)
    if (many := _last_many(words, today)) is not None:
        return many
    what, _, which = words.rpartition(" ")
    if what in _NOW | _BEFORE and which in _UNITS:
        return _beside(today, what, _UNITS[which])
    year, rest = _year_and_rest(words)
    if not rest:
        return year_of(year) if year else None
    part = _part(rest)
    if part is None:
        return None
    first_month, months = part
    first = date(year or today.year, first_month, 1)
    return _months_from(first if year or first <= today else months_on(first, -12), months)


def _beside(today: date, what: str, months: int) -> Period | None:
    """Return the present or the previous part of a year; None for the latest long one, which may end today as well."""
    if what == _LATEST and months >= 6:
        return None
    begun = _begun_part(today, months)
    return _months_from(months_on(begun, -months) if what in _BEFORE else begun, months)


def _last_many(words: str, today: date) -> Period | None:
    """Return the latest months, quarters or tertials that are over: `senaste 12 månaderna`; None if it is not that."""
    found = _LAST_MANY.fullmatch(words)
    count, months = 12, 1
    if found is not None:
        number = found["after"] or found["before"]
        count, months = int(number) if number.isdecimal() else _NUMBERS.get(number, 0), _MANY.get(found["name"], 0)
    elif words not in _ROLLING:
        return None
    if not 0 < count * months <= _MOST_MONTHS:
        return None
    begun = _begun_part(today, months)
    return _months_from(months_on(begun, -count * months), count * months)


def _year_and_rest(words: str) -> tuple[int, str]:
    """Return the year that a text begins or ends with, 0 if it has none, and the rest."""
    for pattern in (rf"(?P<year>{_YEAR})(?: (?P<rest>.+)|)", rf"(?P<rest>.+) (?P<year>{_YEAR})"):
        if found := re.fullmatch(pattern, words):
            return int(found["year"]), found["rest"] or ""
    return 0, words


def _part(words: str) -> tuple[int, int] | None:
    """Return the first month of a part of a year, and how many months it is."""
    if words in _MONTH_OF:
        return _MONTH_OF[words], 1
    name, number = _name_and_number(words)
    months = _PARTS.get(name, 0)
    return ((number - 1) * months + 1, months) if number and number * months <= 12 and months else None


def _name_and_number(words: str) -> tuple[str, int]:
    """Return what a part of a year is called, and which one it is; 0 if that is not said."""
    if found := _PART_NUMBER.fullmatch(words):
        number = found["number"]
        return found["name"], int(number) if number.isdecimal() else _NUMBERS[number]
    if found := _NUMBER_PART.fullmatch(words):
        is_ordinal = found["mark"] or found["name"].endswith("et")  # `2 kvartal` may be two of them
        return found["name"], int(found["number"]) if is_ordinal else 0
    ordinal, _, name = words.partition(" ")
    return name, _ORDINALS.get(ordinal, 0)


def _begun_part(today: date, months: int) -> date:
    """Return the first day of the part of its year that a day is in, parts being this many months long."""
    return date(today.year, (today.month - 1) // months * months + 1, 1)


def _span(words: str, today: date) -> Period | None:
    """Return a period written as its first and last day, or first and last period; None if it is not one."""
    for at in _UNTIL.finditer(words):
        begun, ended = words[: at.start()], words[at.end() :]
        if all(map(_DAY.fullmatch, (begun, ended))):
            first, last = (date.fromisoformat(one) for one in (begun, ended))
            return Period(first, last) if first <= last else None
        found = _between(begun, ended, today)
        if found is not None:
            return found
    return None


def _between(begun: str, ended: str, today: date) -> Period | None:
    """Return the period from the beginning of one to the end of another, in order; None if one is none.

    A part of a year takes its year from the other one. `2025 - maj` and `maj - 2025` are none.
    """
    year, part = _year_and_rest(begun)
    until, last_part = _year_and_rest(ended)
    if bool(part) != bool(last_part) and not (last_part and year and until):
        return None
    if _BARE_NUMBER.fullmatch(ended) and (name := _name_and_number(part)[0]):  # `kv 1-2 2026`
        ended, last_part = f"{name} {ended}", f"{name} {last_part}"
    begins, ends = (_one(one, today) for one in (f"{begun} {until}" if until and _is_open(begun) else begun, ended))
    if begins is not None and ends is not None and _is_open(ended) and (year or ends.first < begins.first):
        ends = _one(f"{ended} {begins.first.year}", today)
    if begins is None or ends is None or begins.first > ends.first:
        return None
    return Period(begins.first, ends.last)


def _is_open(words: str) -> bool:
    """Return whether a text is a part of a year without its year."""
    return not _year_and_rest(words)[0] and _part(words) is not None
