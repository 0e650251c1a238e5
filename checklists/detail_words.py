"""Parsing of typed lines that give the details of an answer, or fill in the card shown before a list begins."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from checklists.case_dates import calendar_day
from checklists.model import How, Item
from checklists.replies import folded, is_day_meant, read_answers

_BETWEEN = re.compile(r"\s*[,;/+&]\s*|\s+och\s+|\s+and\s+", re.IGNORECASE)
_PARTS = {"fysisk": "fysisk", "fysiska": "fysisk", "physical": "fysisk", "digital": "digital", "digitala": "digital"}
_TODAY = {"idag", "i dag", "today"}
_FILLER = {"akt", "akten", "file", "part", "den", "barn", "children"}


def typed_day(text: str, today: date) -> str:
    """Return a typed day as `YYYY-MM-DD` if it is written so, or is `idag`; else the text as it is.

    A `den` before it, quotation marks and a full stop do not change which day is meant.
    """
    said = folded(text.strip(" \t\n.,\"'”“»«"))
    day = today.isoformat() if said in _TODAY else said.removeprefix("den ")
    return day if calendar_day(day) else text.strip()


def read_detail(item: Item, line: str, today: date, ways: How | None = None) -> Mapping[str, str] | None:
    """Return the fields `options`, `text` and `day` that a line fills in; None if it fills in none of what is asked.

    A day beside an option is returned as written, even if it cannot be read: it is then asked for again.
    ways: the question about how the answer came about, if it is not the item's own.
    """
    how = ways or item.how
    found: dict[str, list[str]] = {"options": [], "text": [], "day": []}
    names: dict[str, str] = {}
    for option in how.options if how else ():
        names |= {folded(name): option.id for name in (option.id, option.title, option.title_en)}
    for part in _apart(line, names):
        if folded(part) in names:
            found["options"].append(names[folded(part)])
        elif item.day and (calendar_day(typed_day(part, today)) or (names and is_day_meant(part))):
            found["day"].append(typed_day(part, today))
        elif how and how.other:
            found["text"].append(part.strip())
        else:
            return None
    if len(found["day"]) > 1 or not any(found.values()):
        return None
    return {name: (", " if name == "text" else ",").join(parts) for name, parts in found.items()}


def _apart(line: str, names: Collection[str]) -> Iterator[str]:
    """Return the parts of a line, also where a day follows an option without a mark: `anmäls 2026-05-10`."""
    for part in filter(None, _BETWEEN.split(line.strip())):
        said = folded(part)
        begins = next((name for name in names if is_day_meant(said.removeprefix(f"{name} "))), "")
        yield from (begins, said[len(begins) :].strip()) if begins and said.startswith(f"{begins} ") else (part,)


def read_start(wants: Sequence[str], facts: Sequence[str], line: str, today: date) -> Mapping[str, str] | None:
    """Return the fields of the card before a list that a line fills in; None if it does not read as such.

    wants: the fields asked for besides the facts. facts: the facts asked for, in order; all are answered, or none.
    What is given twice, and differently, is not known.
    """
    words = folded(line).replace("i dag", "idag").replace(",", " ").split()
    found: dict[str, str] = {}
    others = []
    for word in words:
        field, value = _field(word, wants, today)
        if field and found.setdefault(field, value) != value:
            return None
        if not field and word not in _FILLER:
            others.append(word)
    said = read_answers(" ".join(others)) if others else []
    if said is None or (said and len(said) != len(facts)) or not set(said) <= {"ja", "nej", "unknown"}:
        return None
    found |= dict(zip(facts, said, strict=False))
    return found or None


def _field(word: str, wants: Sequence[str], today: date) -> tuple[str, str]:
    """Return the field that a word fills in, and with what; both empty if it is none of those asked for."""
    day = typed_day(word, today)
    if "received_on" in wants and calendar_day(day):
        return "received_on", day
    if "akt_part" in wants and word in _PARTS:
        return "akt_part", _PARTS[word]
    if "children" in wants and word.isascii() and word.isdigit():
        return "children", word
    return "", ""
