"""`export --what rounds`: one row per case of each round's frame, with the draw, the readings and why it was not read.

No person, no answer and no text is in it. From it anyone can repeat the draw: `draw --frame FILE`.
"""

from collections import Counter
from collections.abc import Iterator

from checklists.frame_file import COLUMNS, YES, cells_of
from reports.selected import Selection, tenant_ids
from storage import people, rounds
from storage.desk import Session
from storage.filled import FilledRow
from storage.rounds import RoundRow

__all__ = ["COLUMNS", "round_rows"]


def round_rows(session: Session, selection: Selection) -> Iterator[list[str]]:
    """Yield one row per case, the rounds in the order they were made, each by unit and place.

    Cases that have got protected identity since, or were withdrawn, are left out: the draw then repeats without them.
    """
    for tenant_id in tenant_ids(session, selection):
        names = people.unit_names(session, tenant_id)
        for row in reversed(rounds.every(session, tenant_id)):
            is_in = (selection.first or row.opens_on) <= row.opens_on <= (selection.last or row.opens_on)
            if is_in and selection.checklist in ("", row.checklist):
                yield from _of_round(session, row, names, selection.unit)


def _of_round(session: Session, row: RoundRow, names: dict[int, str], unit: str) -> Iterator[list[str]]:
    given = Counter(reading.case_id for reading in rounds.readings(session, row.id))
    begun: dict[int, list[FilledRow]] = {}
    for filled in rounds.lists_of(session, row.id):
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
    }
    frame = [(names.get(one.unit_id, ""), one, case) for one, case in rounds.frame_of(session, row.id)]
    for at, one, case in sorted(frame, key=lambda of: (of[0], of[1].place)):
        if case.protected_identity or case.withdrawn or unit not in ("", at):
            continue
        drawn = one.place <= row.per_unit
        cells = about | {
            "unit": at,
            "case_ref": case.ref,
            "decided_on": one.decided_on.isoformat(),
            "flagged": YES[one.flagged],
            **cells_of(one.place, drawn=drawn, twice=drawn and one.twice),
            "replaced": YES[one.replaced],
            "in_its_place": YES[one.drawn and not drawn],
            "readings": str(given[case.id]),
            # A list that is begun is not a case that is reviewed: only the closing counts them.
            "reviewed": YES[row.state == "closed" and bool(begun.get(case.id)) and not one.why_not],
            "why_not": one.why_not,
        }
        yield [cells[name] for name in COLUMNS]
