"""What a closed round showed: for the group, by unit for management, for the board; and `export --what results`.

`checklists.round_results` decides what may be shown, whether in the chat, on a page, in a file or in print. None of it
holds a case, a reference or a person, or is in an order that depends on one.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from checklists.loader import checklist_version
from checklists.measures import state
from checklists.model import Checklist, Role
from checklists.rates import Share, wilson
from checklists.reread import reread
from checklists.round_results import SAID, Found, Reviewed, for_management, found_in, is_of_several, leaves_out
from checklists.rules import Applied
from checklists.swedish_order import swedish_order
from checklists.swedish_time import day_of
from reports.figures import decimal
from reports.selected import Selection, tenant_ids
from storage import answers, cases, measures, people, round_cases, round_lists, round_readings, round_ties, rounds
from storage.desk import Session
from storage.filled import FilledRow
from storage.measures import MeasureRow
from storage.rounds import RoundRow
from texts import say

COLUMNS = (
    *("round", "unit", "checklist", "closed_on", "item", "question", "side", "ja", "cases", "low_pct", "high_pct"),
    "drawn",
)
"""drawn: how the cases were drawn, in words: shares of the first decided ones say nothing about the others."""
REVIEWER: Role = "peer_reviewer"
_Readings = dict[tuple[int, int], dict[str, str]]
"""Answers by question, by case and reviewer."""


@dataclass(frozen=True, slots=True)
class UnitResult:
    """A unit's part of a round. shares: by question; without those that would be one worker's.

    of_several: its cases are several workers', so that a count of the measures in them is not one person's.
    """

    name: str
    reviewed: int
    drawn: int
    shares: Mapping[str, Share]
    of_several: bool


@dataclass(frozen=True, slots=True)
class Results:
    """A closed round. found: what a group is shown, empty if nothing. again: of the Ja read by two, how many both gave.

    together: the shares of all units, for management; without those that may not be shown beside the units'. left_out:
    some cases are excluded from what the group is shown.
    """

    row: RoundRow
    name: str
    checklist: Checklist
    reviewed: int
    found: tuple[Found, ...]
    units: tuple[UnitResult, ...]
    together: Mapping[str, Share]
    again: Share | None
    left_out: bool


def results(session: Session, row: RoundRow) -> Results:
    """Return what a closed round showed, without the cases that have been withdrawn since."""
    checklist = checklist_version(row.checklist, row.version)
    items = [item.id for item in checklist.asked[REVIEWER]]
    read = _read(session, row, checklist)
    reviewed = _reviewed(session, row, read)
    every = list(reviewed.values())
    shares, together = for_management(every, items)
    names = people.unit_names(session, row.tenant_id)
    drawn = Counter(one.unit_id for one, case in round_cases.drawn_of(session, row.id) if not case.withdrawn)
    units = []
    for unit_id in sorted(drawn, key=lambda unit: swedish_order(names.get(unit, ""))):
        own, counted = [one for one in every if one.unit_id == unit_id], shares.get(unit_id, {})
        units.append(UnitResult(names.get(unit_id, ""), len(own), drawn[unit_id], counted, is_of_several(own)))
    return Results(
        row=row,
        name=rounds.name_of(session, row),
        checklist=checklist,
        reviewed=len(every),
        found=found_in(every, items),
        units=tuple(units),
        together=together,
        again=_again(row, reviewed, read),
        left_out=leaves_out(every, items),
    )


def _reviewed(session: Session, row: RoundRow, read: _Readings) -> dict[int, Reviewed]:
    """Return the cases that were reviewed, by row id; if there are two readings, with the first one's answers."""
    drawn = [pair for pair in round_cases.drawn_of(session, row.id) if not pair[0].why_not and not pair[1].withdrawn]
    leads = round_ties.led_by(session, [case.id for _, case in drawn])
    return {
        case.id: Reviewed(
            one.unit_id, frozenset(leads.get(case.id, ())), frozenset(of_case), next(iter(of_case.values()))
        )
        for one, case in drawn
        if (of_case := _of(read, case.id))
    }


def _read(session: Session, row: RoundRow, checklist: Checklist) -> _Readings:
    """Return the answers of each reading that stands, by case and reviewer, the first reading of a case first."""
    lists: dict[tuple[int, int], list[dict[str, str]]] = {}
    for filled in round_lists.lists_of(session, row):
        lists.setdefault((filled.case_id, filled.person_id), []).append(_said(session, filled, checklist))
    found = {}
    for one in sorted(round_readings.readings(session, row.id), key=lambda reading: reading.second):
        of_reading = lists.get((one.case_id, one.person_id))
        if of_reading:
            found[one.case_id, one.person_id] = _together(of_reading)
    return found


def _of(read: _Readings, case_id: int) -> dict[int, dict[str, str]]:
    """Return the readings of a case by reviewer, the first reading first."""
    return {person: said for (of, person), said in read.items() if of == case_id}


def _said(session: Session, filled: FilledRow, checklist: Checklist) -> dict[str, str]:
    """Return a list's answers, among SAID, to the questions that apply."""
    newest = {row.item_id: answers.to_domain(row) for row in answers.history(session, filled.id)}
    applied = Applied(checklist, cases.known_facts(session, filled.case_id, filled.child), newest)
    states = {item.id: applied.state(item.id) for item in checklist.asked[REVIEWER]}
    return {item: said for item, said in states.items() if said in SAID}


def _together(parts: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return a case's joint answers from a list per part of its file: Ja only if every part with an answer has Ja."""
    found: dict[str, str] = {}
    for part in parts:
        for item, said in part.items():
            found[item] = said if found.get(item, said) == said else "nej"
    return found


def _again(row: RoundRow, reviewed: Mapping[int, Reviewed], read: _Readings) -> Share | None:
    """Return how many of the Ja in cases that two read blind both gave, over all questions, as these cases are few.

    None if the round was not drawn at random, or the cases are not of several workers.
    """
    both = {case_id: list(_of(read, case_id).values()) for case_id in reviewed}
    twice = {case_id: said for case_id, said in both.items() if len(said) > 1}
    if row.method != "random" or not is_of_several([reviewed[case_id] for case_id in twice]):
        return None
    return reread((said, other.get(item, "")) for first, other in twice.values() for item, said in first.items())


# --- measures --------------------------------------------------------------------------------------------------------


def measures_by_unit(session: Session, of: Results, today: date) -> dict[str, Counter[str]]:
    """Return the number of measures by unit, then state: those of the round, and those from answers in its cases.

    Never by person: if a unit's cases are nearly all one worker's, the measures in them are not counted, as the count
    would be hers.
    """
    row, several = of.row, {unit.name for unit in of.units if unit.of_several}
    names = people.unit_names(session, row.tenant_id)
    drawn = {case.id for _, case in round_cases.drawn_of(session, row.id)}
    found = {names.get(unit, ""): Counter[str]() for unit in rounds.units_of(session, row.id)}
    for one in measures.every(session, row.tenant_id):
        unit = names.get(one.unit_id, "")
        is_of_case = one.case_id in drawn and one.checklist == row.checklist and unit in several
        if one.round_id == row.id or is_of_case:
            found.setdefault(unit, Counter())[state_of(one, today)] += 1
    return found


def state_of(one: MeasureRow, today: date) -> str:
    """Return the state of a measure on a day."""
    return state(one.due_on, today, done=one.done_at is not None, checked=one.checked_at is not None)


# --- the file --------------------------------------------------------------------------------------------------------


def result_rows(session: Session, selection: Selection) -> Iterator[list[str]]:
    """Yield what closed rounds showed: all units as the group is shown them, then each unit as management is."""
    for tenant_id in tenant_ids(session, selection):
        for row in reversed(rounds.every(session, tenant_id)):
            closed = day_of(row.closed_at) if row.closed_at is not None else None
            if closed is None or selection.checklist not in ("", row.checklist) or selection.role not in ("", REVIEWER):
                continue
            if (selection.first or closed) <= closed <= (selection.last or closed):
                found = rows_of(results(session, row))
                yield from (cells for cells in found if selection.unit in ("", cells[1]))


def rows_of(of: Results, units: Collection[str] | None = None) -> Iterator[list[str]]:
    """Yield the rows of one round. units: the names of those to show by themselves, None for all."""
    closed = day_of(of.row.closed_at).isoformat() if of.row.closed_at else ""
    about, drawn = [of.checklist.id, closed], say("results.drawn_" + of.row.method, "sv")
    for one in of.found:
        question = of.checklist.by_id[one.item_id].question
        yield [of.name, "", *about, one.item_id, question, one.side or "", *_figures(one.share), drawn]
    for unit in of.units:
        if units is None or unit.name in units:
            for item, share in unit.shares.items():
                yield [of.name, unit.name, *about, item, of.checklist.by_id[item].question, "", *_figures(share), drawn]


def _figures(share: Share | None) -> list[str]:
    if share is None or not share.n:
        return ["", "" if share is None else "0", "", ""]
    return [str(share.k), str(share.n), *map(decimal, wilson(share))]
