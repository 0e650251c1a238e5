"""Who is or was involved in a case, and so may not review it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from checklists.lifecycle import WRITER
from storage import trail
from storage.answers import AnswerRow
from storage.cases import CaseRow
from storage.filled import FilledRow
from storage.round_readings import ReadingRow
from storage.signatures import SignatureRow
from storage.trail import EventRow


def ties(session: Session, case_ids: Sequence[int]) -> Mapping[int, set[int]]:
    """Return who is or was involved in some cases, by case id: none of them may review it.

    These are its lead and co-worker, now and earlier, and whoever opened it, wrote in its workers' lists, signed it, or
    said that she has had it.
    """
    found: defaultdict[int, set[int]] = defaultdict(set)
    for case in session.exec(select(CaseRow).where(col(CaseRow.id).in_(case_ids))):
        found[case.id] |= {person for person in (case.lead_id, case.co_id) if person}
    for case_id, some in trail.workers_ever(session, case_ids).items():
        found[case_id] |= some
    wrote = (
        select(FilledRow.case_id, AnswerRow.author_id)
        .join(AnswerRow, col(AnswerRow.filled_id) == col(FilledRow.id))
        .where(col(FilledRow.case_id).in_(case_ids), FilledRow.role == WRITER, col(AnswerRow.author_id).is_not(None))
        .distinct()
    )
    for case_id, author in session.exec(wrote):
        found[case_id].add(author or 0)
    signed = select(SignatureRow.case_id, SignatureRow.signer_id).where(col(SignatureRow.case_id).in_(case_ids))
    for case_id, signer in session.exec(signed):
        found[case_id].add(signer)
    had = select(ReadingRow.case_id, ReadingRow.person_id).where(
        col(ReadingRow.case_id).in_(case_ids), ReadingRow.declared == "had"
    )
    for case_id, person in session.exec(had):
        found[case_id].add(person)
    return found


def led_by(session: Session, case_ids: Sequence[int]) -> Mapping[int, set[int]]:
    """Return who leads or has led some cases, by case id: any of them may have done what was done in it."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for case in session.exec(select(CaseRow).where(col(CaseRow.id).in_(case_ids))):
        found[case.id] |= {case.lead_id} if case.lead_id else set()
    events = select(EventRow).where(
        col(EventRow.case_id).in_(case_ids), col(EventRow.act).in_(("lead_set", "case_opened"))
    )
    for event in session.exec(events):
        words = event.detail.split()[1:2] if event.act == "case_opened" else event.detail.split()[:1]
        if event.case_id is not None and words and words[0].isdigit() and int(words[0]):
            found[event.case_id].add(int(words[0]))
    return found
