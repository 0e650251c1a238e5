"""The chef's decision after reading (sign or send back), and what a later change does to a signature."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import uuid4

from actions.basis import BASIS, Basis, Sheet, written
from actions.changes import NONE, Change, Changes, Point, record
from actions.origin import Origin
from checklists import lifecycle
from checklists.case_dates import decision_for
from checklists.errors import SignatureStands
from checklists.lifecycle import READER, WRITER, Act, Effect, State, effect_of_change
from checklists.model import NOTHING, OPEN, Answer, Role
from storage import answers, cases, filled, returns, signatures, trail
from storage.answers import AnswerRow
from storage.cases import CaseRow
from storage.desk import Session
from storage.filled import FilledRow
from storage.returns import ReturnRow
from storage.signatures import SignatureRow
from storage.times import swedish_day


def sign(session: Session, origin: Origin, reader: Basis, view: str, reason: str, acting: str) -> Changes:
    """Sign the workers' lists and the reader's own, as they were shown.

    view: canonical JSON of what was shown. reason: why it is signed although something is missing, else empty.
    acting: whom the reader deputises for, empty for a chef of the unit.

    Raises: NotNow: the lists cannot be signed in their present state. sqlalchemy.exc.IntegrityError: the occasion has a
    valid signature already.
    """
    worker, case = reader.worker, reader.case
    row = SignatureRow(
        tenant_id=origin.tenant_id,
        case_id=case.id,
        checklist=worker.checklist.id,
        version=worker.sheets[0].filled.version,
        occasion=worker.occasion,
        signer_id=origin.person_id or 0,
        role=_signing_role(acting),
        at=origin.now,
        shortfall=bool(reason),
        nonce=uuid4().hex,
        view=b"",
        view_hash="",
        bound="",
    )
    signatures.add(session, row, view, reason, _revisions(worker, reader))
    for sheet in (*worker.sheets, *reader.sheets):
        _move(sheet, Act.SIGN)
    for sheet in worker.sheets:
        sheet.filled.return_id = None
    at = worker.sheets[0].filled.id
    event = Change("signed_with_shortfall" if reason else "signed", case, at, detail=acting, notice="signed")
    return record(session, origin, event)


def send_back(
    session: Session, origin: Origin, worker: Basis, comment: str, points: Sequence[Point], acting: str
) -> Changes:
    """Send the lists back to their workers with a comment and the questions pointed at. Raises: NotNow."""
    case = worker.case
    row = ReturnRow(
        tenant_id=origin.tenant_id,
        case_id=case.id,
        checklist=worker.checklist.id,
        occasion=worker.occasion,
        person_id=origin.person_id or 0,
        role=_signing_role(acting),
        at=origin.now,
        nonce=uuid4().hex,
        comment=b"",
    )
    returns.add(session, row, comment, [(one.list_id, one.item_id, one.revision) for one in points])
    for sheet in worker.sheets:
        _move(sheet, Act.RETURN)
        sheet.filled.return_id = row.id
    detail = f"return {row.id} {acting}".strip()
    event = Change("returned", case, worker.sheets[0].filled.id, detail=detail, notice="returned", points=points)
    return record(session, origin, event)


def _signing_role(acting: str) -> Role:
    return "deputy" if acting else "unit_manager"


def _move(sheet: Sheet, act: Act) -> None:
    sheet.filled.status = lifecycle.after(sheet.filled.status, act, sheet.filled.role)


def _revisions(*both: Basis) -> Mapping[str, Mapping[str, int]]:
    """Return the newest revision of every answer, by list and item: what a signature is bound to."""
    return {
        str(sheet.filled.id): {item_id: row.revision for item_id, row in sheet.rows.items()}
        for basis in both
        for sheet in basis.sheets
    }


# --- effects of a later change ---------------------------------------------------------------------------------------


def ask_before_answer(
    session: Session, origin: Origin, sheet: Sheet, item_id: str, now: Answer, before: Answer | None
) -> None:
    """Stop a worker's answer that would void a signature, until she has been asked; an import is never stopped.

    Raises: SignatureStands.
    """
    if sheet.filled.status != State.SIGNED or sheet.filled.role != WRITER or origin.person_id is None:
        return
    standing = signatures.standing(session, sheet.case.id, sheet.filled.checklist, sheet.filled.occasion)
    if standing is None or _adds_to_follow_up(sheet.rows.get(item_id), now.choice, origin.act):
        return
    if _effect(session, sheet, item_id, now, before, standing) == "voids":
        _ask(session, origin, sheet.case, standing)


def ask_before_case(session: Session, origin: Origin, case: CaseRow) -> None:
    """Stop anything else that would void a signature, in the same way. Raises: SignatureStands."""
    if origin.person_id is None:
        return
    for sheet in written(session, case).sheets:
        row = sheet.filled
        standing = signatures.standing(session, case.id, row.checklist, row.occasion)
        if row.status == State.SIGNED and standing is not None:
            _ask(session, origin, case, standing)


def ask_before_uncovering(session: Session, origin: Origin, case: CaseRow, occasion: int) -> bool:
    """Return whether the signature of an earlier occasion is voided when that one is the newest again: a fact or the
    number of children is another than it was signed with. Raises: SignatureStands: she has not been asked yet.
    """
    standing = signatures.standing(session, case.id, BASIS, occasion)
    if standing is None or not _has_changed(session, case, standing):
        return False
    _ask(session, origin, case, standing)
    return True


def hold_against_case(session: Session, origin: Origin, case: CaseRow) -> Changes:
    """Void the signature if the case was changed while it was an adult's, and its list did not apply."""
    basis = written(session, case)
    standing = signatures.standing(session, case.id, BASIS, basis.occasion)
    if standing is None or not _has_changed(session, case, standing):
        return NONE
    return after_case(session, origin, case)


def _has_changed(session: Session, case: CaseRow, standing: SignatureRow) -> bool:
    """Return whether the case has other facts, or another number of children, than the view that was signed."""
    rows = filled.of_case(session, case.id, standing.checklist, WRITER)
    children = [row.child for row in rows if row.occasion == standing.occasion]
    signed = json.loads(signatures.view_of(session, standing))["sheets"]
    newest = cases.facts(session, case.id)
    return len(children) != case.children or any(
        cases.rule_facts(case, child, newest).get(name, "") != (value if value in cases.KNOWN else "")
        for child, sheet in zip(children, signed, strict=True)
        for name, value in sheet["facts"]
    )


def _ask(session: Session, origin: Origin, case: CaseRow, standing: SignatureRow) -> None:
    if not trail.has_done(session, case.id, origin.actor, "void_confirmed", f"signature {standing.id}"):
        raise SignatureStands(case.id, standing.id)


def confirm(session: Session, origin: Origin, case: CaseRow, signature_id: int) -> Changes:
    """Record that somebody wants to change what was signed, although that voids the signature."""
    return record(session, origin, Change("void_confirmed", case, detail=f"signature {signature_id}"))


def after_answer(session: Session, origin: Origin, sheet: Sheet, row: AnswerRow, before: Answer | None) -> Changes:
    """Apply the effects of a worker's new answer on a list that has been sent.

    A follow-up is marked and leaves the signature valid; anything else voids it and reopens the readers' item.
    before: the answer that the new one replaced.
    """
    if sheet.filled.role != WRITER or sheet.filled.status == State.BEGUN:
        return NONE
    _wait_for_signature(session, sheet.case, sheet.filled)
    standing = signatures.standing(session, sheet.case.id, sheet.filled.checklist, sheet.filled.occasion)
    replaced = None
    if standing is not None:
        replaced = answers.revision_of(session, sheet.filled.id, row.item_id, row.revision - 1)
        if _adds_to_follow_up(replaced, row.choice, origin.act):
            row.follow_up = True
            return NONE
    effect = _effect(session, sheet, row.item_id, answers.to_domain(row), before, standing) if standing else "voids"
    if effect == "none":
        # The motivation of a Nej that followed up is a follow-up too; what was taken back is none.
        row.follow_up = replaced is not None and replaced.follow_up and replaced.choice == row.choice
        return NONE
    if standing is not None and effect != "voids":
        row.follow_up = True
        change = Change("followed_up", sheet.case, sheet.filled.id, row.item_id, row.revision)
        at_once = effect == "follow_up_at_once"
        return record(session, origin, replace(change, notice="followed_up" if at_once else None))
    reopened = NONE
    for reading in filled.readings(session, sheet.case.id, sheet.filled.checklist, sheet.filled.occasion):
        if reading.child == sheet.filled.child and reading.seen_at is not None:
            reopened += _open_again(session, origin, sheet.case, reading, row.item_id)
    return reopened + _void(session, origin, sheet.case, sheet.filled, standing)


def after_case(session: Session, origin: Origin, case: CaseRow) -> Changes:
    """Apply the effects of a changed fact or number of children: reopen finished readings and void the signature."""
    row = next((sheet.filled for sheet in written(session, case).sheets if sheet.filled.status != State.BEGUN), None)
    if row is None:
        return NONE
    _wait_for_signature(session, case, row)
    for reading in filled.readings(session, case.id, row.checklist, row.occasion):
        if reading.seen_at is not None:
            reading.status = lifecycle.after(reading.status, Act.REOPEN_READING, READER)
    standing = signatures.standing(session, case.id, row.checklist, row.occasion)
    return _void(session, origin, case, row, standing)


def _wait_for_signature(session: Session, case: CaseRow, row: FilledRow) -> None:
    """Lock the case, so that a concurrent signature either includes this change or is seen and voided by it."""
    cases.lock(session, case)
    session.refresh(row)


def _effect(
    session: Session, sheet: Sheet, item_id: str, now: Answer, before: Answer | None, standing: SignatureRow
) -> Effect:
    """Return what a new answer does to a signature; the motivation of a follow-up has no effect of its own."""
    begun = swedish_day(sheet.filled.begun_at)
    decided = decision_for(cases.dates_of(sheet.case), begun) is not None
    bound = signatures.bound_of(standing).get(str(sheet.filled.id), {})
    about = sheet.checklist.by_id[item_id].motivates
    followed_up = sheet.rows.get(about or "")
    if followed_up is not None and followed_up.follow_up and followed_up.revision > bound.get(followed_up.item_id, 0):
        return "none"
    signed = answers.revision_of(session, sheet.filled.id, item_id, bound.get(item_id, 0))
    return effect_of_change(answers.to_domain(signed) if signed is not None else None, before, now, decided=decided)


def _adds_to_follow_up(replaced: AnswerRow | None, choice: str, act: str) -> bool:
    """Return whether an answer only adds a comment or detail to the follow-up given in the same act: `ja, TEXT`.

    replaced: the revision before it.
    """
    return replaced is not None and replaced.follow_up and (replaced.act, replaced.choice) == (act, choice)


def _open_again(session: Session, origin: Origin, case: CaseRow, reading: FilledRow, item_id: str) -> Changes:
    """Reopen one question of a finished reading, so that the reader answers it again before seeing the new answer."""
    reading.status = lifecycle.after(reading.status, Act.REOPEN_READING, READER)
    old = answers.latest(session, reading.id).get(item_id)
    if old is None or old.choice == OPEN:
        return NONE
    again = replace(NOTHING, note=answers.text(session, reading, old, "note"))
    number = old.revision + 1
    answers.add(session, reading, item_id, number, again, author=None, at=origin.now, act=origin.act)
    return record(session, origin, Change("reading_reopened", case, reading.id, item_id, number))


def _void(session: Session, origin: Origin, case: CaseRow, row: FilledRow, standing: SignatureRow | None) -> Changes:
    """Void a signature, if given, and the lists it covered."""
    if standing is None:
        return NONE
    standing.voided_at = origin.now
    for sheet in written(session, case, row.checklist).sheets:
        if lifecycle.may(sheet.filled.status, Act.VOID):
            _move(sheet, Act.VOID)
    for reading in filled.readings(session, case.id, row.checklist, row.occasion):
        if lifecycle.may(reading.status, Act.VOID, READER):
            reading.status = lifecycle.after(reading.status, Act.VOID, READER)
    return record(session, origin, Change("voided", case, row.id, detail=f"signature {standing.id}", notice="voided"))
