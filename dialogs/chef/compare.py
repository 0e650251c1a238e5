"""Both sets of answers side by side: what a reader is shown when she has read, and what her signature is bound to."""

import json

from actions.basis import Basis, Sheet
from checklists.files import all_facts
from checklists.model import NOTHING, Written
from checklists.rules import applies, state
from dialogs.views.chef import Compared, ComparedSheet, Comparison
from dialogs.worker.summary_card import gap_row
from storage import answers
from storage.desk import Session
from storage.filled import READER, WRITER
from storage.signatures import Revisions, view_hash


def comparison(session: Session, mine: Basis, theirs: Basis) -> Comparison:
    """Return what the workers and one reader have answered, every child, in list order."""
    hers = {sheet.filled.child: sheet for sheet in mine.sheets}
    first = theirs.sheets[0]
    return Comparison(
        case_ref=theirs.case.ref,
        checklist=first.checklist.id,
        version=first.filled.version,
        occasion=theirs.occasion,
        sheets=tuple(_sheet(session, hers[sheet.filled.child], sheet) for sheet in theirs.sheets),
        gaps=tuple(gap_row(sheet, gap) for sheet, gap in theirs.all_gaps()),
    )


def _sheet(session: Session, mine: Sheet, theirs: Sheet) -> ComparedSheet:
    facts = tuple((fact_id, theirs.facts.get(fact_id, "unknown")) for fact_id in all_facts())
    written = {item.id for item in theirs.checklist.asked(WRITER)}
    read = {item.id for item in theirs.checklist.asked(READER)}
    rows = []
    for item in theirs.checklist.items:
        sides = [sheet for sheet, asked in ((mine, read), (theirs, written)) if item.id in asked]
        if not any(applies(side.checklist, item, side.facts, side.answers) == "yes" for side in sides):
            continue
        words = _words(session, theirs, item.id)
        hers, their = (_state(sheet, item.id) if sheet in sides else "" for sheet in (mine, theirs))
        rows.append(
            Compared(
                item=item.id,
                hers=hers,
                theirs=their,
                differs=len(sides) == 2 and hers != their,
                motivation=words.motivation_kind,
                text=words.motivation,
                place=words.place,
                note=words.note or "",
                option=words.option,
                own_note=_words(session, mine, item.id).note or "",
            )
        )
    return ComparedSheet(child=theirs.shown_child, facts=facts, rows=tuple(rows))


def _state(sheet: Sheet, item_id: str) -> str:
    return state(sheet.checklist, sheet.checklist.by_id[item_id], sheet.facts, sheet.answers)


def _words(session: Session, sheet: Sheet, item_id: str) -> Written:
    row = sheet.rows.get(item_id)
    return answers.read(session, sheet.filled, row) if row else NOTHING


def canonical(seen: Comparison) -> str:
    """Return the one JSON text of a comparison: what is stored with a signature, and hashed."""
    return json.dumps(seen.model_dump(mode="json"), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def hash_of(seen: Comparison) -> str:
    """Return the hash of a comparison, 64 hex digits."""
    return view_hash(canonical(seen))


def revisions(*both: Basis) -> Revisions:
    """Return the newest revision of every answer, by list: what a signature names as signed."""
    return {
        str(sheet.filled.id): {item_id: row.revision for item_id, row in sheet.rows.items()}
        for basis in both
        for sheet in basis.sheets
    }
