"""Publication: small numbers are hidden, and nothing hidden can be worked out from all that is published for a year.

Everything published for a unit in a year, in one list and role, is one system: every question in four quarters and the
year, and the figures of the whole lists. Units are never added up in what is published, so each is decided by itself;
docs/decisions/0009 says how, and which parts are our reading.

A quarter is decided from its own numbers alone and the year from its quarters, so what was published once stays the
same for as long as its answers do.

Questions depend on each other: if one is asked when another was answered `nej`, it applies exactly as often as that
answer was given. Such figures are shown together or not at all (`_Group`), and where they are hidden, nothing is shown
of the rows that depend on them, which then constrain nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from checklists.disclosure import Counts, Letters, Quarter, Shape, known, safe, year_safe
from checklists.model import Checklist

YEAR = ""
"""The whole year, as the key of a period; its quarters have their numbers."""

_FIGURES = {
    "cases": "jJnNdpfeo",
    "applicable": "jJnNdpfo",
    "ja": "jJ",
    "answered": "jJnNdpf",
    "nej": "nN",
    "ej_tillampligt": "e",
    "nej_motiverat": "N",
    "ja_med_forbehall": "J",
    "obesvarad": "o",
    "delvis": "d",
    "pagaende": "p",
    "fritext": "f",
}
"""The figures of a question in order of priority for being shown, by the item states they count."""
_OF_LISTS: Mapping[str, Mapping[str, str]] = {
    "due": {"due": "dw", "without_checklist": "w"},
    "sent": {"begun": "bsth", "sent": "sth", "signed": "th", "signed_with_shortfall": "h"},
    "complete": {"begun": "bc", "complete": "c"},
    "returned": {"begun": "br", "returned": "r"},
    "voided": {"begun": "bv", "voided": "v"},
}
"""The figures of whole lists: each row a count and what it is split into, by letters of its own."""

Row = Mapping[str, int]
"""The figures of a question or of lists, by code; one that is missing is zero."""
Shown = dict[tuple[str, str], frozenset[str]]
"""The figures to show, by item id (or row of lists) and period: a quarter, or YEAR."""


def impossible(versions: Sequence[Checklist], item_id: str) -> frozenset[str]:
    """Return the figures of a question that its list makes zero, whoever answers it."""
    possible = _possible(versions, item_id)
    return frozenset(code for code, letters in _FIGURES.items() if not possible & set(letters))


def _possible(versions: Sequence[Checklist], item_id: str) -> Letters:
    found = set("fo")  # an import can always bring free text
    for item in (one.by_id[item_id] for one in versions if item_id in one.by_id):
        for choice, letters in (("ja", "jJ"), ("nej", "nN"), ("delvis", "d"), ("pagaende", "p")):
            found |= set(letters) if choice in item.answers else set()
        if item.when is not None or "ej_tillampligt" in item.answers:
            found.add("e")
    return frozenset(found)


def shown_items(versions: Sequence[Checklist], quarters: Mapping[str, Mapping[str, Row]]) -> Shown:
    """Return what to show of one unit's questions, in one list and role.

    versions: of the list, newest first. quarters: the figures of each question, by item id, by quarter. A quarter or a
    question that is missing from it has no published row, so everybody knows it to be zero.
    """
    ids = list(dict.fromkeys(item for of_items in quarters.values() for item in of_items))
    counts = {(item, quarter): _counts(row) for quarter, rows in quarters.items() for item, row in rows.items()}
    there: dict[str, set[str]] = defaultdict(set)
    for (item, _), some in counts.items():
        there[item] |= {letter for letter, n in some.by_letter.items() if n}
    figures = {code: frozenset(letters) for code, letters in _FIGURES.items()}
    hanging = _hanging(versions, ids)
    shapes = {
        item: Shape(figures, _possible(versions, item) | there[item], frozenset(_not_asked_for(item, hanging.groups)))
        for item in ids
    }
    return _Unit(shapes, counts, hanging).decide(sorted(quarters))


def _not_asked_for(item: str, groups: Iterable["_Group"]) -> Iterator[Letters]:
    """Yield the states of a question in which others that depend on it are `ej_tillampligt`."""
    for group in groups:
        asked_for = [_FIGURES[code] for one, code in group.figures if one == item and code != "applicable"]
        if asked_for:
            yield frozenset(_FIGURES["cases"]) - frozenset("".join(asked_for))


def shown_lists(quarters: Mapping[str, Row]) -> Shown:
    """Return what to show of one unit's whole lists, in one list and role: by row, of which `begun` is in several."""
    shapes = {
        name: Shape({code: frozenset(x) for code, x in figures.items()}, frozenset("".join(figures.values())))
        for name, figures in _OF_LISTS.items()
    }
    counts = {
        (name, quarter): Counts(dict(_split(list(figures.items()), row)))
        for quarter, row in quarters.items()
        for name, figures in _OF_LISTS.items()
    }
    return _Unit(shapes, counts, _Hanging((), frozenset(), frozenset())).decide(sorted(quarters))


def codes_of_lists(shown: Shown, period: str) -> frozenset[str]:
    """Return the figures of whole lists that are shown in a period."""
    return frozenset().union(*(shown.get((name, period), frozenset()) for name in _OF_LISTS))


def _split(figures: Sequence[tuple[str, str]], row: Row) -> Iterator[tuple[str, int]]:
    """Yield (letter, number) for figures each of which is a part of the one before."""
    for (code, letters), (part, inner) in zip(figures, [*figures[1:], ("", "")], strict=True):
        [own] = set(letters) - set(inner)
        yield own, row.get(code, 0) - row.get(part, 0)


def _counts(row: Row) -> Counts:
    single = {letters: row.get(code, 0) for code, letters in _FIGURES.items() if len(letters) == 1}
    return Counts(single | {"j": row.get("ja", 0) - single["J"], "n": row.get("nej", 0) - single["N"]})


# --- figures that depend on each other --------------------------------------------------------------------------------

Figure = tuple[str, str]
"""A figure of a row: (item id, code)."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Figures that reveal each other. equal: they are one number; else the year shows only those its quarters show."""

    figures: tuple[Figure, ...]
    equal: bool


@dataclass(frozen=True, slots=True)
class _Hanging:
    """How questions depend on each other.

    bound: those with a condition that other rows also reveal. following: those of them whose number follows from that
    of another row; of several that depend on a fact, the first leads, as no row shows the fact itself.
    """

    groups: tuple[_Group, ...]
    bound: frozenset[str]
    following: frozenset[str]


def _hanging(versions: Sequence[Checklist], ids: Collection[str]) -> _Hanging:
    links: list[set[Figure]] = []
    conditions: dict[str, set[str]] = defaultdict(set)
    loose: set[Figure] = set()
    for item in (item for one in versions for item in one.items if item.id in ids and item.when):
        assert item.when is not None
        applies, leaves = (item.id, "applicable"), list(item.when.leaves())
        conditions[item.id].add(item.when.model_dump_json())
        causes: set[Figure] = {(leaf.item, str(value)) for leaf in leaves if leaf.item for value in leaf.values}
        causes |= {("", leaf.fact or "") for leaf in leaves if not leaf.item}  # no row, yet a link
        links.append({applies, *causes})
        if leaves != [item.when] or len(item.when.values) > 1 or "ej_tillampligt" in item.answers:
            loose.add(applies)
        if item.motivates and (item.motivates, "nej") in causes:  # a `nej` is motivated by this question's `ja`
            links.append({(item.motivates, "nej_motiverat"), (item.id, "ja")})
            loose.add((item.id, "ja"))
    groups: list[_Group] = []
    bound: set[str] = set()
    following: set[str] = set()
    for together in _joined(links):
        figures = sorted(figure for figure in together if figure[0] in ids)
        if len(figures) == 1:
            continue
        members = [item for item, code in figures if code == "applicable"]
        alike = len({condition for item in members for condition in conditions[item]}) <= 1
        groups.append(_Group(tuple(figures), alike and not loose & together))
        bound |= set(members)
        following |= set(members if len(members) < len(figures) else members[1:])
    return _Hanging(tuple(groups), frozenset(bound), frozenset(following))


def _joined(links: Iterable[set[Figure]]) -> list[set[Figure]]:
    """Return the figures that are linked with each other, directly or through others."""
    found: list[set[Figure]] = []
    for link in links:
        touched = [group for group in found if group & link]
        found = [group for group in found if not group & link]
        found.append(link.union(*touched))
    return found


# --- deciding ---------------------------------------------------------------------------------------------------------


class _Unit:
    """The rows of one unit in one list and role, and what is shown of them so far."""

    def __init__(
        self, shapes: Mapping[str, Shape], counts: Mapping[tuple[str, str], Counts], hanging: _Hanging
    ) -> None:
        self.shapes, self.counts, self.hanging = shapes, counts, hanging
        self.shown: Shown = {}
        self.groups = {figure: group for group in hanging.groups for figure in group.figures}

    def decide(self, quarters: Sequence[str]) -> Shown:
        """Return what is shown of each quarter, and of them together."""
        for quarter in quarters:
            rows = [item for item in self.shapes if (item, quarter) in self.counts]
            self._fill(rows, quarter, {item: frozenset() for item in rows})
        everywhere = {
            item: frozenset.intersection(*(self.shown[item, quarter] for quarter in self._of(item)))
            for item in self.shapes
        }
        self._fill(list(self.shapes), YEAR, everywhere)
        return self.shown

    def _of(self, item: str) -> list[str]:
        """Return the quarters in which there is such a row; in the others it is known to be zero."""
        return [quarter for one, quarter in self.counts if one == item]

    def _fill(self, rows: Sequence[str], period: str, shown: dict[str, frozenset[str]]) -> None:
        """Show in one period what can be shown, most important first."""
        for figures in self._candidates(rows):
            touched = {item for item, _ in figures}
            if not touched <= set(rows) or all(code in shown[item] for item, code in figures):
                continue
            wider = dict(shown)
            for item in touched:
                codes = {code for one, code in figures if one == item}
                wider[item] = frozenset(known(self.shapes[item], shown[item] | codes))
            if self._hold_together(wider, touched) and all(self._safe(item, period, wider[item]) for item in touched):
                shown = wider
        self.shown |= {(item, period): codes for item, codes in shown.items()}

    def _candidates(self, rows: Sequence[str]) -> Iterator[tuple[Figure, ...]]:
        """Yield the figures in order of priority; those of a group together, where the first of them comes."""
        most = max((len(shape.figures) for shape in self.shapes.values()), default=0)
        done: set[Figure] = set()
        for place in range(most):
            for item in rows:
                code = next(iter(list(self.shapes[item].figures)[place:]), "")
                group = self.groups.get((item, code))
                figures = group.figures if group else ((item, code),)
                if code and self.shapes[item].of(code) and not done & set(figures):
                    done |= set(figures)
                    yield figures

    def _hold_together(self, shown: Mapping[str, frozenset[str]], touched: Iterable[str]) -> bool:
        """Return whether groups are whole, and no row shows more than its root while it hides how often it applies."""
        for item in touched:
            if item in self.hanging.bound and "applicable" not in shown[item] and len(shown[item]) > 1:
                return False
            for code in shown[item]:
                group = self.groups.get((item, code))
                if group and not all(one in shown and other in shown[one] for one, other in group.figures):
                    return False
        return True

    def _safe(self, item: str, period: str, shown: frozenset[str]) -> bool:
        shape = self.shapes[item]
        if period != YEAR:
            return safe(shape, self.counts[item, period], shown)
        before = [self._as_quarter(item, quarter) for quarter in self._of(item)]
        new = shown - frozenset.intersection(*(frozenset(one.shown) for one in before))
        loose = any((item, code) in self.groups and not self.groups[item, code].equal for code in new)
        return not loose and year_safe(shape, before, shown)

    def _as_quarter(self, item: str, quarter: str) -> Quarter:
        shown = self.shown[item, quarter]
        follows = item in self.hanging.following and "applicable" not in shown
        return Quarter(self.counts[item, quarter], shown, self.shapes[item].of("applicable") if follows else Letters())
