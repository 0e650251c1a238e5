"""Both sets of answers side by side: shown to a reader after reading, and what a signature is bound to."""

import json

from actions.basis import Basis, Sheet
from checklists.lifecycle import READER, WRITER
from checklists.loader import all_facts
from dialogs.views.chef import Compared, ComparedSheet, Comparison
from dialogs.worker.sheet_parts import gap_row
from storage.desk import Session
from storage.signatures import view_hash


def comparison(session: Session, reader: Basis) -> Comparison:
    """Return the answers of the workers and of one reader for every child, in list order."""
    read, worker = {sheet.filled.child: sheet for sheet in reader.sheets}, reader.worker
    first = worker.sheets[0]
    return Comparison(
        case_ref=worker.case.ref,
        checklist=first.checklist.id,
        version=first.filled.version,
        occasion=worker.occasion,
        sheets=tuple(_sheet(session, read[sheet.filled.child], sheet) for sheet in worker.sheets),
        gaps=tuple(gap_row(sheet, gap) for sheet, gap in worker.all_gaps()),
    )


def _sheet(session: Session, reader: Sheet, worker: Sheet) -> ComparedSheet:
    facts = tuple((fact_id, worker.facts.get(fact_id, "unknown")) for fact_id in all_facts())
    written = {item.id for item in worker.checklist.asked[WRITER]}
    read = {item.id for item in worker.checklist.asked[READER]}
    rows = []
    for item in worker.checklist.items:
        sides = [sheet for sheet, asked in ((reader, read), (worker, written)) if item.id in asked]
        if not any(side.applied.applies[item.id] == "yes" for side in sides):
            continue
        words = worker.written(session, item.id)
        by_reader, by_worker = (side.applied.state(item.id) if side in sides else "" for side in (reader, worker))
        rows.append(
            Compared(
                item=item.id,
                reader=by_reader,
                worker=by_worker,
                differs=len(sides) == 2 and by_reader != by_worker,
                motivation=words.motivation_kind,
                text=words.motivation,
                place=words.place,
                note=words.note or "",
                option=words.option,
                reader_note=reader.written(session, item.id).note or "",
            )
        )
    return ComparedSheet(child=worker.shown_child, facts=facts, rows=tuple(rows))


def canonical(seen: Comparison) -> str:
    """Return the canonical JSON of a comparison, which is stored with a signature and hashed."""
    return json.dumps(
        seen.model_dump(mode="json", by_alias=True), ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )


def hash_of(seen: Comparison) -> str:
    """Return the hash of a comparison's canonical JSON, 64 hex digits."""
    return view_hash(canonical(seen))
