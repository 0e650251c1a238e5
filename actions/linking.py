"""Link an adult's case and a child's, undo it, and record what the two units assessed together.

Nobody links a case she has no right to without those who have it: its lead or its chef says yes first.
"""

from datetime import date
from typing import Literal

from actions.changes import NONE, Change, Changes, record
from actions.origin import Origin
from checklists.errors import LinkClosed, LinkedAlike, LinkedToItself, LinkGone
from checklists.events import EventName
from checklists.swedish_time import day_of
from storage import case_links, cases
from storage.case_links import ASKED, LINKED, REFUSED, CaseLinkRow, JointRow
from storage.cases import CHILD_CASE, CaseRow
from storage.desk import Session


def link(session: Session, origin: Origin, case: CaseRow, other: CaseRow, acting: str = "") -> Changes:
    """Link two cases on which the caller has rights. No changes if they are linked already.

    acting: whom the caller deputises for on `case`, as the trail has it; the same throughout this module.

    Raises: LinkedToItself, LinkedAlike, LinkClosed.
    """
    adult, child = pair(case, other)
    _lock(session, adult, child)
    if case.closed_on is not None or other.closed_on is not None:
        raise LinkClosed
    row = case_links.between(session, adult, child)
    if row is not None and row.state == LINKED:
        return NONE
    if row is not None:
        case_links.delete(session, row)
    _add(session, origin, adult, child, LINKED)
    return _both(session, origin, case, other, "linked", acting)


def ask(session: Session, origin: Origin, case: CaseRow, other: CaseRow | None, acting: str = "") -> Changes:
    """Ask those who have rights on `other` whether it may be linked to `case`, once a day.

    No changes, and nobody is asked, if there is no such case, the cases are of one kind or linked already, the other is
    closed, or it was asked already. Raises: LinkClosed: `case` is closed.
    """
    if case.closed_on is not None:
        raise LinkClosed
    if other is None or case.case_type == other.case_type or other.closed_on is not None:
        return NONE
    adult, child = pair(case, other)
    _lock(session, adult, child)
    row = case_links.between(session, adult, child)
    if row is not None and (row.state in (ASKED, LINKED) or day_of(row.at) == origin.today):
        return NONE
    if row is not None:
        case_links.delete(session, row)
    made = _add(session, origin, adult, child, ASKED, other.id)
    event = Change("cases_link_asked", other, detail=_of(case), notice="link_asked", link=made.id, other=case)
    return record(session, origin, Change("cases_link_asked", case, detail=_of(other, acting)), event)


def say(
    session: Session, origin: Origin, row: CaseLinkRow | None, case: CaseRow, *, yes: bool, acting: str = ""
) -> Changes:
    """Answer the question whether `case` may be linked.

    Raises: LinkGone: it is not asked any more. LinkClosed: one of the cases is closed now.
    """
    if row is None or row.state != ASKED or row.asked_case_id != case.id:
        raise LinkGone
    other = other_of(session, row, case)
    if other is None:
        raise LinkGone
    if not yes:
        row.state = REFUSED
        told = Change("cases_link_refused", other, detail=_of(case), notice="link_refused", link=row.by_id, other=case)
        return record(session, origin, Change("cases_link_refused", case, detail=_of(other, acting)), told)
    if case.closed_on is not None or other.closed_on is not None:
        raise LinkClosed
    row.state = LINKED
    return _both(session, origin, case, other, "linked", acting)


def unlink(session: Session, origin: Origin, row: CaseLinkRow | None, case: CaseRow, acting: str = "") -> Changes:
    """Remove a link of a case; what was assessed together stays in both. Raises: LinkGone."""
    other = other_of(session, row, case) if row is not None and row.state == LINKED else None
    if row is None or other is None:
        raise LinkGone
    case_links.delete(session, row)
    return _both(session, origin, case, other, "unlinked", acting)


def end_all(session: Session, origin: Origin, case: CaseRow) -> Changes:
    """Remove every link of a case, asked for or made; the people of the other cases are told of those that were made.

    What was assessed together stays in both.
    """
    changes = NONE
    for row in case_links.every_of(session, case.id):
        other = other_of(session, row, case) if row.state == LINKED else None
        case_links.delete(session, row)
        if other is not None:
            told = Change("cases_unlinked", other, detail=_of(case), notice="link_ended", other=case)
            changes += record(session, origin, Change("cases_unlinked", case, detail=_of(other)), told)
    return changes


def follow(session: Session, origin: Origin, gone: CaseRow, stays: CaseRow) -> Changes:
    """Move the links and joint assessments of a case to the case that takes its place.

    A question that nobody has answered is dropped: it may be asked again.
    """
    changes = NONE
    for row in case_links.every_of(session, gone.id):
        other = other_of(session, row, gone) if row.state == LINKED else None
        if other is None or other.id == stays.id:
            continue
        adult, child = pair(stays, other)
        there = case_links.between(session, adult, child)
        if there is not None:
            case_links.delete(session, there)
        case_links.move(session, row, gone.id, stays.id)
        changes += record(
            session,
            origin,
            Change("cases_unlinked", gone, detail=_of(other)),
            Change("cases_linked", stays, detail=_of(other)),
            Change("cases_linked", other, detail=_of(stays)),
        )
    for one in case_links.joint_of_case(session, gone.id):
        if stays.id not in (one.adult_case_id, one.child_case_id):
            case_links.move(session, one, gone.id, stays.id)
    return changes


def assess(
    session: Session,
    origin: Origin,
    row: CaseLinkRow | None,
    case: CaseRow,
    *,
    day: date,
    with_id: int,
    acting: str = "",
) -> Changes:
    """Record an assessment the two units made together. with_id: who took part for the other unit.

    No changes if either of the two has recorded it already: an assessment on a day is kept once. Raises: LinkGone.
    """
    other = other_of(session, row, case) if row is not None and row.state == LINKED else None
    if row is None or other is None or origin.person_id is None:
        raise LinkGone
    _lock(session, *pair(case, other))
    for one in case_links.joint(session, row.adult_case_id, row.child_case_id):
        if one.day == day and {one.by_id, one.with_id} == {origin.person_id, with_id}:
            return NONE
    of = {"adult_case_id": row.adult_case_id, "child_case_id": row.child_case_id}
    who = {"by_id": origin.person_id, "with_id": with_id}
    case_links.add(session, JointRow(tenant_id=origin.tenant_id, **of, **who, day=day, at=origin.now))
    told = Change("joint_assessed", other, detail=_of(case), notice="joint", other=case)
    return record(session, origin, Change("joint_assessed", case, detail=_of(other, acting)), told)


def take_back(
    session: Session, origin: Origin, row: CaseLinkRow | None, case: CaseRow, joint_id: int, acting: str = ""
) -> Changes:
    """Remove a joint assessment that was recorded by mistake, or wrongly: the right one is then recorded anew.

    Either unit may do so, and the other is told. No changes if it is gone already. Raises: LinkGone.
    """
    other = other_of(session, row, case) if row is not None and row.state == LINKED else None
    if row is None or other is None:
        raise LinkGone
    _lock(session, *pair(case, other))
    found = case_links.joint(session, row.adult_case_id, row.child_case_id)
    wrong = next((one for one in found if one.id == joint_id), None)
    if wrong is None:
        return NONE
    case_links.delete(session, wrong)
    told = Change("joint_removed", other, detail=_of(case), notice="joint_gone", other=case)
    return record(session, origin, Change("joint_removed", case, detail=_of(other, acting)), told)


def pair(case: CaseRow, other: CaseRow) -> tuple[CaseRow, CaseRow]:
    """Return two cases as the adult's and the child's. Raises: LinkedToItself, LinkedAlike."""
    if case.id == other.id:
        raise LinkedToItself
    if case.case_type == other.case_type:
        raise LinkedAlike
    return (other, case) if case.case_type == CHILD_CASE else (case, other)


def other_of(session: Session, row: CaseLinkRow, case: CaseRow) -> CaseRow | None:
    """Return the other case of a link, None if the link is not of this case or the other was withdrawn."""
    if case.id not in (row.adult_case_id, row.child_case_id):
        return None
    other_id = row.child_case_id if case.id == row.adult_case_id else row.adult_case_id
    return cases.get(session, row.tenant_id, other_id)


def _lock(session: Session, adult: CaseRow, child: CaseRow) -> None:
    """Lock both cases, always the same first: two who link them at once wait for each other."""
    cases.lock(session, adult)
    cases.lock(session, child)


def _add(
    session: Session, origin: Origin, adult: CaseRow, child: CaseRow, state: str, asked: int | None = None
) -> CaseLinkRow:
    row = CaseLinkRow(
        tenant_id=origin.tenant_id,
        adult_case_id=adult.id,
        child_case_id=child.id,
        state=state,
        asked_case_id=asked,
        by_id=origin.person_id or 0,
        at=origin.now,
    )
    case_links.add(session, row)
    return row


def _both(
    session: Session,
    origin: Origin,
    case: CaseRow,
    other: CaseRow,
    notice: Literal["linked", "unlinked"],
    acting: str,
) -> Changes:
    event: EventName = "cases_linked" if notice == "linked" else "cases_unlinked"
    return record(
        session,
        origin,
        Change(event, case, detail=_of(other, acting), notice=notice, other=other),
        Change(event, other, detail=_of(case), notice=notice, other=case),
    )


def _of(case: CaseRow, acting: str = "") -> str:
    """Return what an event says of the other case, its row id and never its reference, and whom the caller acts for."""
    return f"case:{case.id} {acting}".strip()
