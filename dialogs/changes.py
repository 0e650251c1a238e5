"""What a change does once the chef has had the list: it opens what she must read again, and voids a signature."""

from dataclasses import replace

from dialogs import prompts
from dialogs.basis import Basis, Sheet, written
from dialogs.talk import Talk
from dialogs.views import Line
from storage import answers, cases, filled, signatures
from storage.answers import Written
from storage.cases import CaseRow, case_id
from storage.filled import WRITER, FilledRow, filled_id


def answer_changed(talk: Talk, sheet: Sheet, item_id: str) -> None:
    """Take note that a worker's answer has a new revision."""
    row = sheet.filled
    if row.role != WRITER or row.status == "open":
        return
    _lock(talk, sheet.case, row)
    for mine in filled.readings(talk.session, row.case_id, row.checklist, row.occasion):
        if mine.child == row.child and mine.seen_at is not None:
            _open_again(talk, mine, item_id)
    void(talk, sheet.case, row)


def case_changed(talk: Talk, basis: Basis) -> None:
    """Take note that a fact of the case or its number of children has changed."""
    row = basis.sheets[0].filled if basis.sheets else None
    if row is None or row.role != WRITER or row.status == "open":
        return
    _lock(talk, basis.case, row)
    for mine in filled.readings(talk.session, row.case_id, row.checklist, row.occasion):
        if mine.seen_at is not None:
            mine.status = "open"
    void(talk, basis.case, row)


def _lock(talk: Talk, case: CaseRow, row: FilledRow) -> None:
    """Wait for a signature that is being made, and see it: no change slips past one."""
    cases.lock(talk.session, case)
    talk.session.refresh(row)


def _open_again(talk: Talk, mine: FilledRow, item_id: str) -> None:
    """Open one question of a reading that was ended: she answers it anew before she sees the new answer."""
    mine.status = "open"
    old = answers.latest(talk.session, filled_id(mine)).get(item_id)
    if old is None or old.choice == answers.nothing().choice:
        return
    note = answers.text(talk.session, mine, old, "note")
    open_again: Written = replace(answers.nothing(), note=note)
    number = old.revision + 1
    answers.add(talk.session, mine, item_id, number, open_again, author=None, at=talk.turn.now, act=talk.act)
    case = cases.get(talk.session, talk.tenant_id, mine.case_id)
    talk.record("reopened", case=case, filled_id=filled_id(mine), item_id=item_id, revision=number)


def void(talk: Talk, case: CaseRow, row: FilledRow) -> None:
    """Void the signature of a list's occasion, if one stands, and tell both sides."""
    standing = signatures.standing(talk.session, case_id(case), row.checklist, row.occasion)
    if standing is None:
        return
    standing.voided_at = talk.turn.now
    theirs = written(talk.session, case, row.checklist)
    for sheet in theirs.sheets:
        if sheet.filled.status == "signed":
            sheet.filled.status = "voided"
    talk.record("voided", case=case, filled_id=filled_id(row), detail=f"signature {standing.id}")
    talk.session.flush()
    prompts.to_readers(talk, theirs, "voided")
    talk.aftermath.append(Line(say="reading.voided_now"))
