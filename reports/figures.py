"""The figures of a period, put together from what is counted: per unit, role and question; whole lists; cases."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from checklists.files import all_checklists, newest
from checklists.model import Checklist, Item, Step
from checklists.periods import Period
from checklists.rates import ANSWERED, Share
from reports.selected import Selection
from storage import aggregates, people
from storage.aggregates import Count
from storage.desk import Session
from texts import Language, say

BASIS, WORKER = "decision_basis", "case_worker"
ALL_ITEMS = "*"


@dataclass(frozen=True, slots=True)
class Line:
    """One question of one list as a unit's people in one role answered it. counts: how often, by figure."""

    unit: str
    unit_id: int
    checklist: str
    role: str
    item: str
    question: str
    counts: Mapping[str, int]
    versions: tuple[int, ...]

    @property
    def cases(self) -> int:
        """Return how many filled-in lists were asked this."""
        return self.answered + self.counts.get("ej_tillampligt", 0) + self.counts.get("obesvarad", 0)

    @property
    def answered(self) -> int:
        """Return how many have an answer; ongoing, partly and free text are answers."""
        return sum(self.counts.get(code, 0) for code in ANSWERED)

    @property
    def applicable(self) -> int:
        """Return to how many it applied."""
        return self.answered + self.counts.get("obesvarad", 0)

    @property
    def completion(self) -> Share:
        """Return answered of applicable."""
        return Share(self.answered, self.applicable)

    @property
    def fulfilled(self) -> Share:
        """Return ja of applicable."""
        return Share(self.counts.get("ja", 0), self.applicable)


@dataclass(frozen=True, slots=True)
class ListLine:
    """What became of one kind of list in one unit and role. counts: begun, sent, complete and so on."""

    unit: str
    unit_id: int
    checklist: str
    role: str
    counts: Mapping[str, int]

    @property
    def completion(self) -> Share:
        """Return lists without a gap of lists begun."""
        return Share(self.counts.get("complete", 0), self.counts.get("begun", 0))


def period_of(session: Session, tenant_ids: Iterable[int], selection: Selection, today: date) -> Period:
    """Return the period asked for; an open beginning is the first day anything was counted, an open end today."""
    aggregates.project_all(session)
    firsts = [day for tenant_id in tenant_ids if (day := aggregates.first_day(session, tenant_id))]
    last = selection.last or today
    return Period(selection.first or min([*firsts, last]), last)


def lines(session: Session, tenant_id: int, period: Period, selection: Selection) -> list[Line]:
    """Return a line per list, unit, role and question, in the order of the list."""
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
    """Return a line per list, role and question over all units selected together; its unit is the one selected."""
    counts = aggregates.read(
        session, tenant_id, period.first, period.last, of="items", checklist=selection.checklist, role=selection.role
    )
    names = people.unit_names(session, tenant_id)
    wanted = [count for count in counts if selection.unit in ("", names[count.unit_id])]
    return _lines(wanted, dict.fromkeys(names, selection.unit), together=True)


def _lines(counts: Iterable[Count], names: Mapping[int, str], *, together: bool = False) -> list[Line]:
    found: dict[tuple[str, str, int, str, str], Counter[str]] = defaultdict(Counter)
    versions: dict[tuple[str, str, int, str, str], set[int]] = defaultdict(set)
    for count in counts:
        unit_id = 0 if together else count.unit_id
        key = (count.checklist, names[count.unit_id], unit_id, count.role, count.item)
        found[key][count.code] += count.n
        versions[key].add(count.version)
    places = {checklist: places_of(checklist) for checklist, *_ in found}
    keys = sorted(
        (key for key in found if any(found[key].values())), key=lambda key: (*key[:4], places[key[0]][key[4]])
    )
    return [
        Line(unit, unit_id, checklist, role, item, question(checklist, item), found[key], tuple(sorted(versions[key])))
        for key in keys
        for checklist, unit, unit_id, role, item in [key]
    ]


def with_sums(of_items: Sequence[Line]) -> list[Line]:
    """Return the lines, and after those of each list, unit and role the sum of its questions."""
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
    """Return several lines (at least one) of one role added together."""
    counts: Counter[str] = Counter()
    for line in some:
        counts.update(line.counts)
    first, versions = some[0], sorted({version for line in some for version in line.versions})
    return Line(first.unit, first.unit_id, first.checklist, first.role, name, title, counts, tuple(versions))


def item_of(checklist: str, item: str) -> Item:
    """Return the item as the newest version that has it words it."""
    return next(found.by_id[item] for found in _versions(checklist) if item in found.by_id)


def question(checklist: str, item: str) -> str:
    """Return the Swedish text of an item, of the newest version that has it."""
    return item_of(checklist, item).ask


def titled(line: Line, language: Language) -> str:
    """Return what a line is called: a question as its list words it in the language, a sum as it was named."""
    items = (found.by_id.get(line.item) for found in _versions(line.checklist))
    item = next(filter(None, items), None)
    return item.ask_en if item and language == "en" else line.question


def grouped(some: Sequence[Line], by: Literal["section", "step", "criticism"], language: Language) -> list[Line]:
    """Return the lines added together by section of the list, step of the process, or the authority's criticism.

    A question that answers to several criticisms counts under each. All lines are of one unit and role.
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
    headings = [heading for found in _versions(checklist) for heading in found.sections if heading.id == key]
    return headings[0].title if language == "sv" else headings[0].title_en


def _versions(checklist: str) -> list[Checklist]:
    """Return every version of a list, the newest first."""
    found = [one for (list_id, _), one in all_checklists().items() if list_id == checklist]
    return sorted(found, key=lambda one: -one.version)


def places_of(checklist: str) -> dict[str, int]:
    """Map every item any version of a list has to its place: the newest version's order, then the older ones'."""
    items = [item.id for found in _versions(checklist) for item in found.items]
    return {item: place for place, item in enumerate(dict.fromkeys(items))}


# --- whole lists and cases -------------------------------------------------------------------------------------------


def list_lines(session: Session, tenant_id: int, period: Period, selection: Selection) -> list[ListLine]:
    """Return a line per list, unit and role. Cases due are told with the workers' decision basis: theirs to begin."""
    span = (session, tenant_id, period.first, period.last)
    names = people.unit_names(session, tenant_id)
    found: dict[tuple[str, str, int, str], Counter[str]] = defaultdict(Counter)
    for count in aggregates.read(*span, of="lists", checklist=selection.checklist, role=selection.role):
        found[count.checklist, names[count.unit_id], count.unit_id, count.role][count.code] += count.n
    if selection.checklist in ("", BASIS) and selection.role in ("", WORKER):
        for count in aggregates.read(*span, of="cases"):
            if count.code in ("due", "without"):
                code = {"due": "due", "without": "without_checklist"}[count.code]
                found[BASIS, names[count.unit_id], count.unit_id, WORKER][code] += count.n
    return [
        ListLine(unit, unit_id, checklist, role, found[key])
        for key in sorted(found)
        for checklist, unit, unit_id, role in [key]
        if selection.unit in ("", unit) and any(found[key].values())
    ]


def percent(share: Share) -> str:
    """Return a share with one decimal and a decimal comma, empty when there is nothing to divide by."""
    return decimal(share.part) if share.n else ""


def decimal(part: float) -> str:
    """Return a part as per cent with one decimal and a decimal comma."""
    return f"{100 * part:.1f}".replace(".", ",")
