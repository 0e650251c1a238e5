"""The figures of a period, read from the aggregates: of questions per unit and role, of whole lists, and of cases."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from checklists.lifecycle import WRITER
from checklists.loader import all_checklists, checklist_version, newest
from checklists.model import AnyRole, Checklist, Item, Step
from checklists.periods import Period
from checklists.rates import ANSWERED, PENDING, WAITING, Share, item_of_mark, tenths_of
from checklists.swedish_order import swedish_order
from reports.selected import Selection
from storage import aggregates, people
from storage.aggregates import Count
from storage.desk import Session
from texts import Language, say

BASIS, WORKER = "decision_basis", WRITER
ALL_ITEMS = "*"


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one question, as answered in one role in one unit. counts: by figure code.

    versions: those of the checklist that are counted.
    """

    unit: str
    unit_id: int
    checklist: str
    role: AnyRole
    item: str
    question: str
    counts: Mapping[str, int]
    versions: tuple[int, ...]

    @property
    def cases(self) -> int:
        """The number of filled-in lists that contain the question."""
        return self.answered + self.counts.get("ej_tillampligt", 0) + self.counts.get("obesvarad", 0)

    @property
    def answered(self) -> int:
        """The number with an answer; ongoing, partial and free-text answers count."""
        return sum(self.counts.get(code, 0) for code in ANSWERED)

    @property
    def applicable(self) -> int:
        """The number to which the question applied."""
        return self.answered + self.counts.get("obesvarad", 0)

    @property
    def figures(self) -> dict[str, int]:
        """The counts and the sums of them above, by code."""
        return dict(self.counts) | {"cases": self.cases, "applicable": self.applicable, "answered": self.answered}

    @property
    def completion(self) -> Share:
        """Answered, of applicable."""
        return Share(self.answered, self.applicable)

    @property
    def fulfilled(self) -> Share:
        """Answered ja, of applicable."""
        return Share(self.counts.get("ja", 0), self.applicable)


@dataclass(frozen=True, slots=True)
class ListLine:
    """The progress of one unit's lists of one checklist and role. counts: by figure, such as begun, sent, complete."""

    unit: str
    unit_id: int
    checklist: str
    role: AnyRole
    counts: Mapping[str, int]

    @property
    def completion(self) -> Share:
        """Lists without gaps, of lists begun."""
        return Share(self.counts.get("complete", 0), self.counts.get("begun", 0))


def period_of(session: Session, tenant_ids: Iterable[int], selection: Selection, today: date) -> Period:
    """Project the queue, and return the selected period: by default from the first day with a figure, to today."""
    aggregates.project_all(session)
    firsts = [day for tenant_id in tenant_ids if (day := aggregates.first_day(session, tenant_id))]
    last = selection.last or today
    return Period(selection.first or min([*firsts, last]), last)


def lines(session: Session, tenant_id: int, period: Period, selection: Selection) -> list[Line]:
    """Return a line per checklist, unit, role and question, in checklist order."""
    counts = aggregates.read(
        session,
        tenant_id,
        period.first,
        period.last,
        of="items",
        checklist=selection.checklist,
        role=selection.role,
    )
    names = people.unit_names(session, tenant_id)
    wanted = [count for count in counts if selection.unit in ("", names[count.unit_id])]
    return _lines(wanted, names)


def whole(session: Session, tenant_id: int, period: Period, selection: Selection) -> list[Line]:
    """Return a line per checklist, role and question, summed over the selected units; `unit` is the selection's."""
    counts = aggregates.read(
        session, tenant_id, period.first, period.last, of="items", checklist=selection.checklist, role=selection.role
    )
    names = people.unit_names(session, tenant_id)
    wanted = [count for count in counts if selection.unit in ("", names[count.unit_id])]
    return _lines(wanted, dict.fromkeys(names, selection.unit), together=True)


def _lines(counts: Iterable[Count], names: Mapping[int, str], *, together: bool = False) -> list[Line]:
    found: dict[tuple[str, str, int, AnyRole, str], Counter[str]] = defaultdict(Counter)
    versions: dict[tuple[str, str, int, AnyRole, str], set[int]] = defaultdict(set)
    for count in counts:
        unit_id = 0 if together else count.unit_id
        key = (count.checklist, names[count.unit_id], unit_id, count.role, count.item)
        found[key][count.code] += count.n
        versions[key].add(count.version)
    places = {checklist: places_of(checklist) for checklist, *_ in found}
    keys = sorted(
        (key for key in found if any(found[key].values())),
        key=lambda key: (key[0], swedish_order(key[1]), *key[2:4], places[key[0]][key[4]]),
    )
    return [
        Line(unit, unit_id, checklist, role, item, question(checklist, item), found[key], tuple(sorted(versions[key])))
        for key in keys
        for checklist, unit, unit_id, role, item in [key]
    ]


def with_sums(of_items: Sequence[Line]) -> list[Line]:
    """Return the lines, with the sum added after those of each checklist, unit and role."""
    found: list[Line] = []
    for place, line in enumerate(of_items):
        found.append(line)
        following = of_items[place + 1] if place + 1 < len(of_items) else None
        group = (line.checklist, line.unit, line.unit_id, line.role)
        if following is None or (following.checklist, following.unit, following.unit_id, following.role) != group:
            same = [one for one in found if (one.checklist, one.unit, one.unit_id, one.role) == group]
            found.append(sum_of(same, ALL_ITEMS, newest(line.checklist).title))
    return found


def sum_of(some: Sequence[Line], name: str, title: str) -> Line:
    """Return the sum of lines (at least one) of the same checklist, unit and role, as a line."""
    counts: Counter[str] = Counter()
    for line in some:
        counts.update(line.counts)
    first, versions = some[0], sorted({version for line in some for version in line.versions})
    return Line(first.unit, first.unit_id, first.checklist, first.role, name, title, counts, tuple(versions))


def item_of(checklist: str, item: str) -> Item:
    """Return an item from the newest version that contains it."""
    return next(found.by_id[item] for found in versions_of(checklist) if item in found.by_id)


def question(checklist: str, item: str) -> str:
    """Return the Swedish question of an item, from the newest version that contains it."""
    return item_of(checklist, item).question


def titled(line: Line, language: Language) -> str:
    """Return the title of a line: the question in the given language, or the title of a sum."""
    return line.question if line.item == ALL_ITEMS else title_of(line.checklist, line.item, language) or line.question


def title_of(checklist: str, item_id: str, language: Language) -> str:
    """Return a question in the given language; "" if it is none of the checklist's."""
    found = next((one.by_id[item_id] for one in versions_of(checklist) if item_id in one.by_id), None)
    return "" if found is None else found.question_en if language == "en" else found.question


def grouped(some: Sequence[Line], by: Literal["section", "step", "criticism"], language: Language) -> list[Line]:
    """Return the sums of lines by section of the checklist, step of the process, or finding of the authority.

    some: lines of one unit and role. A question that covers several findings counts under each.
    """
    groups: dict[str, list[Line]] = defaultdict(list)
    titles: dict[str, str] = {}
    for line in some:
        item = item_of(line.checklist, line.item)
        for key in {"section": (item.section,), "step": (item.step,), "criticism": item.criticism}[by]:
            groups[key].append(line)
            titles.setdefault(key, _title(line.checklist, by, key, language))
    order = [step for step in get_args(Step) if step in groups] if by == "step" else sorted(groups)
    if by == "section":
        order = list(groups)
    return [sum_of(groups[key], key, titles[key]) for key in order]


def _title(checklist: str, by: str, key: str, language: Language) -> str:
    if by == "step":
        return say("steps." + key, language)
    if by == "criticism":
        return say("criticisms." + key, language)
    headings = [heading for found in versions_of(checklist) for heading in found.sections if heading.id == key]
    return headings[0].title if language == "sv" else headings[0].title_en


def versions_of(checklist: str) -> list[Checklist]:
    """Return every version of a checklist, newest first."""
    found = [one for (list_id, _), one in all_checklists().items() if list_id == checklist]
    return sorted(found, key=lambda one: -one.version)


def places_of(checklist: str) -> dict[str, int]:
    """Return the position of every item of any version: in the order of the newest version, then of older ones."""
    items = [item.id for found in versions_of(checklist) for item in found.items]
    return {item: place for place, item in enumerate(dict.fromkeys(items))}


# --- whole lists and cases -------------------------------------------------------------------------------------------


def has_cases(selection: Selection) -> bool:
    """Return whether a selection has the figures of cases, which stand with the workers' decision basis."""
    return selection.checklist in ("", BASIS) and selection.role in ("", WORKER)


def list_lines(session: Session, tenant_id: int, period: Period, selection: Selection) -> list[ListLine]:
    """Return a line per checklist, unit and role. Figures of cases are in the line of the workers' decision basis."""
    span = (session, tenant_id, period.first, period.last)
    names = people.unit_names(session, tenant_id)
    found: dict[tuple[str, str, int, AnyRole], Counter[str]] = defaultdict(Counter)
    checklist, role = selection.checklist, selection.role
    for count in aggregates.read(*span, of="lists", checklist=checklist, role=role, by_place=False):
        found[count.checklist, names[count.unit_id], count.unit_id, count.role][count.code] += count.n
    if has_cases(selection):
        for count in aggregates.read(*span, of="cases", codes=sorted({code for code, _ in _OF_CASES})):
            for code in _OF_CASES.get((count.code, count.value), ()):
                found[BASIS, names[count.unit_id], count.unit_id, WORKER][code] += count.n
    return [
        ListLine(unit, unit_id, checklist, role, found[key])
        for key in sorted(found, key=lambda key: (key[0], swedish_order(key[1]), *key[2:]))
        for checklist, unit, unit_id, role in [key]
        if selection.unit in ("", unit) and any(found[key].values())
    ]


_OF_CASES = {
    ("due", 0): ("due",),
    ("due", 1): ("due", "decided"),
    ("without", 0): ("without_checklist",),
    ("without", 1): ("without_checklist", "decided_without"),
    ("in_use", 0): ("use_known",),
    ("in_use", 1): ("use_known", "begun_early"),
}
"""The counts of a ListLine by the code and value of a case's mark (checklists.rates.case_marks)."""


def on_items(
    session: Session, tenant_id: int, period: Period, selection: Selection, today: date
) -> dict[tuple[str, AnyRole, str], Counter[str]]:
    """Return the marks on questions by (checklist, role, item): `vantar`, `ej_an`, `lika` and `olika`.

    today: what was `pagaende` and is due by then is not counted.
    """
    names = people.unit_names(session, tenant_id)
    found: dict[tuple[str, AnyRole, str], Counter[str]] = defaultdict(Counter)
    span = (session, tenant_id, period.first, period.last)
    checklist, role = selection.checklist, selection.role
    for count in aggregates.read(*span, of="lists", checklist=checklist, role=role, by_place=True):
        if selection.unit in ("", names[count.unit_id]):
            item, code = item_of_mark(checklist_version(count.checklist, count.version), count.code)
            if code != PENDING or count.value >= today.toordinal():
                found[count.checklist, count.role, item][code] += count.n
    return found


def may_lead(line: Line, marks: Mapping[str, int]) -> bool:
    """Return whether a headline may name the question: its fact is mostly known, and every `pagaende` is due."""
    return not marks.get(PENDING, 0) and 2 * marks.get(WAITING, 0) < line.applicable


def percent(share: Share) -> str:
    """Return a share in per cent with one decimal and a decimal comma, "" if n is 0."""
    return _of_tenths(share.tenths) if share.n else ""


def decimal(part: float) -> str:
    """Return a part (0–1) in per cent with one decimal and a decimal comma; for a share of cases, use `percent`."""
    return _of_tenths(tenths_of(part))


def _of_tenths(tenths: int) -> str:
    return f"{tenths // 10},{tenths % 10}"
