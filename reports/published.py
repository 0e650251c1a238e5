"""What is published of one quarter or year: which rows there are, and which of their figures are shown.

The rows are the same for every unit, so that the presence of a row says nothing about the unit: each list and role that
anyone used in the period, each of its questions, and each unit for which anything had been counted by its end.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from checklists.loader import newest
from checklists.model import AnyRole
from checklists.periods import Period, year_of
from checklists.publication import YEAR, codes_of_lists, impossible, shown_items, shown_lists
from checklists.swedish_order import swedish_order
from reports.figures import Line, ListLine, lines, list_lines, places_of, question, versions_of
from reports.periods import published_quarters, quarter_of
from reports.selected import Selection
from storage import aggregates, people
from storage.desk import Session

HIDDEN, IMPOSSIBLE = "..", "."
"""The cells for a number that is not shown, and for one the list makes impossible."""

Key = tuple[str, AnyRole]
"""A checklist and a role."""


@dataclass(frozen=True, slots=True)
class Cells:
    """How the figures of one row are shown. shown, never: by code; `never` are those the list makes impossible."""

    shown: Collection[str]
    never: Collection[str] = ()

    def of(self, *codes: str, text: str) -> str:
        """Return a cell that depends on these figures: the text, HIDDEN or IMPOSSIBLE."""
        if any(code in self.never for code in codes):
            return IMPOSSIBLE
        return text if all(code in self.shown for code in codes) else HIDDEN


def published_rates(
    session: Session, tenant_id: int, period: Period, selection: Selection, today: date
) -> Iterator[tuple[Line, Cells]]:
    """Yield the rows of questions, by checklist, unit and role. Raises: CannotPublish."""
    for name, unit, key, quarters in _units(session, tenant_id, period, selection, today):
        versions, places = versions_of(key[0]), places_of(key[0])
        rows = {number: quarter.items_of(key, unit) for number, quarter in quarters.items()}
        shown = shown_items(versions, rows)
        for item in sorted({item for by_item in rows.values() for item in by_item}, key=places.__getitem__):
            counts = _sum(by_item[item] for by_item in rows.values() if item in by_item)
            line = Line(name, unit, *key, item, question(key[0], item), counts, ())
            yield line, Cells(shown.get((item, _at(period)), ()), impossible(versions, item))


def published_lists(
    session: Session, tenant_id: int, period: Period, selection: Selection, today: date
) -> Iterator[tuple[ListLine, Cells]]:
    """Yield the rows of whole lists, by checklist, unit and role. Raises: CannotPublish."""
    for name, unit, key, quarters in _units(session, tenant_id, period, selection, today):
        counts = {number: quarter.lists[key].get(unit, {}) for number, quarter in quarters.items()}
        shown = codes_of_lists(shown_lists(counts), _at(period))
        yield ListLine(name, unit, *key, _sum(counts.values())), Cells(shown)


@dataclass(frozen=True, slots=True)
class _Read:
    """The figures of a quarter. units: those for which anything had been counted by its end."""

    units: Collection[int]
    items: Mapping[Key, Mapping[str, Mapping[int, Mapping[str, int]]]]
    lists: Mapping[Key, Mapping[int, Mapping[str, int]]]

    def items_of(self, key: Key, unit: int) -> dict[str, Mapping[str, int]]:
        """Return a unit's figures by item id."""
        return {item: by_unit.get(unit, {}) for item, by_unit in self.items[key].items()}


def _units(
    session: Session, tenant_id: int, period: Period, selection: Selection, today: date
) -> Iterator[tuple[str, int, Key, dict[str, _Read]]]:
    """Yield (unit, its id, list and role, the quarters in which they have rows), quarters by number."""
    quarters = published_quarters(period, today)
    everywhere = replace(selection, unit="")
    read = {number: _read_quarter(session, tenant_id, one, everywhere) for number, one in quarters.items()}
    names = people.unit_names(session, tenant_id)
    keys = {key for quarter in read.values() for key in quarter.items}
    units = {unit for quarter in read.values() for unit in quarter.units}
    for checklist, name, unit, role in sorted(
        ((key[0], names[unit], unit, key[1]) for key in keys for unit in units),
        key=lambda row: (row[0], swedish_order(row[1]), *row[2:]),
    ):
        there = {n: one for n, one in read.items() if (checklist, role) in one.items and unit in one.units}
        if there and selection.unit in ("", name):
            yield name, unit, (checklist, role), there


def _at(period: Period) -> str:
    """Return the key of a period in `checklists.publication`."""
    return YEAR if period == year_of(period.first.year) else quarter_of(period.first)


def _sum(rows: Iterable[Mapping[str, int]]) -> Counter[str]:
    total = Counter[str]()
    for row in rows:
        total.update(row)
    return total


def _read_quarter(session: Session, tenant_id: int, quarter: Period, selection: Selection) -> _Read:
    items: dict[Key, dict[str, dict[int, Mapping[str, int]]]] = defaultdict(lambda: defaultdict(dict))
    lists: dict[Key, dict[int, Mapping[str, int]]] = defaultdict(dict)
    for line in lines(session, tenant_id, quarter, selection):
        items[line.checklist, line.role][line.item][line.unit_id] = line.figures
    for one in list_lines(session, tenant_id, quarter, selection):
        lists[one.checklist, one.role][one.unit_id] = one.counts
    for checklist, role in set(lists) | set(items):  # both files have the same rows
        lists.setdefault((checklist, role), {})
        for item in newest(checklist).asked[role] if role else ():
            items[checklist, role].setdefault(item.id, {})
    return _Read(aggregates.units_counted(session, tenant_id, quarter.last), items, lists)
