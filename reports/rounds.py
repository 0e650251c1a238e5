"""`export --what rounds`: one row per case of each round's frame, with the draw, the readings and why it was not read.

It holds no person, answer or text. Anyone can repeat the draw from it: `draw --frame FILE`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from checklists.frame_file import COLUMNS, YES, cells_of
from checklists.round_draw import digest
from reports.selected import Selection, tenant_ids
from storage import people, round_cases, round_lists, round_readings, rounds
from storage.cases import CaseRow
from storage.desk import Session
from storage.filled import FilledRow
from storage.round_cases import RoundCaseRow, RoundGoneRow
from storage.rounds import RoundRow

__all__ = ["COLUMNS", "round_rows"]


def round_rows(session: Session, selection: Selection) -> Iterator[list[str]]:
    """Yield one row per case, the rounds in the order they were made, each by unit and place.

    A case that may no longer be named has a row without its reference, so that the draw can be repeated: it now has
    protected identity or another reference than it was drawn by, or has been withdrawn or disposed of.
    """
    for tenant_id in tenant_ids(session, selection):
        names = people.unit_names(session, tenant_id)
        for row in reversed(rounds.every(session, tenant_id)):
            is_in = (selection.first or row.opens_on) <= row.opens_on <= (selection.last or row.opens_on)
            if is_in and selection.checklist in ("", row.checklist):
                yield from _of_round(session, row, names, selection.unit)


def _of_round(session: Session, row: RoundRow, names: dict[int, str], unit: str) -> Iterator[list[str]]:
    given = Counter(reading.case_id for reading in round_readings.readings(session, row.id))
    begun: dict[int, list[FilledRow]] = {}
    for filled in round_lists.lists_of(session, row):
        begun.setdefault(filled.case_id, []).append(filled)
    about = {
        "round": rounds.name_of(session, row),
        "checklist": row.checklist,
        "version": str(row.version),
        "decided_from": row.first.isoformat(),
        "decided_to": row.last.isoformat(),
        "method": row.method,
        "seed": row.seed,
        "per_unit": str(row.per_unit),
        "quota": str(row.quota),
        "twice_pct": str(row.twice),
        "opens_on": row.opens_on.isoformat(),
        "closes_on": row.closes_on.isoformat(),
        "state": row.state,
        "decided": str(row.total),
        "protected": str(row.protected),
        "recent": str(row.recent),
        "under_way": str(row.under_way),
    }
    frame: list[tuple[RoundCaseRow | RoundGoneRow, CaseRow | None]] = [*round_cases.frame_of(session, row.id)]
    frame += [(one, None) for one in round_cases.gone_from(session, row.id)]
    called = _strata([one for one, _ in frame], names)
    for one, case in sorted(frame, key=lambda of: (called[of[0].unit_id, of[0].stratum], of[0].place)):
        if unit not in ("", names.get(one.unit_id, "")):
            continue
        drawn = one.place <= row.per_unit
        cells = (
            dict.fromkeys(COLUMNS, "")
            | about
            | {
                "unit": called[one.unit_id, one.stratum],
                "flagged": YES[one.flagged],
                **cells_of(one.place, drawn=drawn, twice=drawn and one.twice),
            }
        )
        if isinstance(one, RoundCaseRow) and case is not None and not (case.withdrawn or case.protected_identity):
            # A begun list does not make a case reviewed: reviewed cases are counted when the round is closed.
            reviewed = row.state == "closed" and bool(begun.get(case.id)) and not one.why_not
            cells |= {
                "replaced": YES[one.replaced],
                "in_its_place": YES[one.drawn and not drawn],
                "readings": str(given[case.id]),
                "reviewed": YES[reviewed],
                "why_not": one.why_not,
            }
            if one.key in ("", digest(row.seed, case.ref)):
                cells |= {"case_ref": case.ref, "decided_on": one.decided_on.isoformat()}
        yield [cells[name] for name in COLUMNS]


def _strata(some: Iterable[RoundCaseRow | RoundGoneRow], names: Mapping[int, str]) -> dict[tuple[int, int], str]:
    """Return the name of each unit that was drawn from; units merged since then are told apart by a number."""
    every = sorted({(one.unit_id, one.stratum) for one in some})
    together = Counter(unit_id for unit_id, _ in every)
    return {
        (unit_id, stratum): names.get(unit_id, "") + (f" ({stratum})" if together[unit_id] > 1 else "")
        for unit_id, stratum in every
    }
