"""What a change does once the chef has had the list: it opens what she must read again, and voids a signature."""

from dataclasses import replace

from actions.basis import written
from actions.cause import Cause
from checklists.model import NOTHING, Written
from dialogs.messages import prompts
from dialogs.views.views import Line
from storage import answers, cases, filled, signatures
from storage.cases import CaseRow
from storage.filled import WRITER, FilledRow


def answer_changed(cause: Cause, case: CaseRow, row: FilledRow, item_id: str) -> None:
    """Take note that an answer of a list has a new revision."""
    if row.role != WRITER or row.status == "open":
        return
    _lock(cause, case, row)
    for mine in filled.readings(cause.session, row.case_id, row.checklist, row.occasion):
        if mine.child == row.child and mine.seen_at is not None:
            _open_again(cause, case, mine, item_id)
    void(cause, case, row)


def case_changed(cause: Cause, case: CaseRow) -> None:
    """Take note that a fact of the case or its number of children has changed."""
    theirs = written(cause.session, case)
    row = next((sheet.filled for sheet in theirs.sheets if sheet.filled.status != "open"), None)
    if row is None:
        return
    _lock(cause, case, row)
    for mine in filled.readings(cause.session, row.case_id, row.checklist, row.occasion):
        if mine.seen_at is not None:
            mine.status = "open"
    void(cause, case, row)


def _lock(cause: Cause, case: CaseRow, row: FilledRow) -> None:
    """Wait for a signature that is being made, and see it: no change slips past one."""
    cases.lock(cause.session, case)
    cause.session.refresh(row)


def _open_again(cause: Cause, case: CaseRow, mine: FilledRow, item_id: str) -> None:
    """Open one question of a reading that was ended: she answers it anew before she sees the new answer."""
    mine.status = "open"
    old = answers.latest(cause.session, mine.id).get(item_id)
    if old is None or old.choice == NOTHING.choice:
        return
    note = answers.text(cause.session, mine, old, "note")
    open_again: Written = replace(NOTHING, note=note)
    number = old.revision + 1
    answers.add(cause.session, mine, item_id, number, open_again, author=None, at=cause.now, act=cause.act)
    cause.record("reopened", case=case, filled_id=mine.id, item_id=item_id, revision=number)


def void(cause: Cause, case: CaseRow, row: FilledRow) -> None:
    """Void the signature of a list's occasion, if one stands, and tell both sides."""
    standing = signatures.standing(cause.session, case.id, row.checklist, row.occasion)
    if standing is None:
        return
    standing.voided_at = cause.now
    theirs = written(cause.session, case, row.checklist)
    for sheet in theirs.sheets:
        if sheet.filled.status == "signed":
            sheet.filled.status = "voided"
    cause.record("voided", case=case, filled_id=row.id, detail=f"signature {standing.id}")
    cause.session.flush()
    prompts.to_readers(cause, theirs, "voided")
    cause.aftermath.append(Line(say="reading.voided_now"))
