"""A case as the reminder rules see it: dates, facts, and the latest decision basis of every child."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from actions.basis import BASIS, Basis, Sheet, is_shared, written
from checklists.case_dates import CaseDates
from checklists.deadlines import Extension
from checklists.lifecycle import WRITER, State
from checklists.loader import newest as newest_version
from checklists.model import OPEN
from checklists.reminder_rules import Asked, BasisState, CaseState
from checklists.swedish_time import day_of
from dialogs.messages.own_ongoing import not_yet
from storage import answers, case_links, cases, extensions, filled, returns, signatures
from storage.answers import AnswerRow
from storage.cases import CaseRow, FactRow
from storage.desk import Session
from storage.filled import FilledRow

_PROTECTION = ("intake", "protection_assessment_made")


@dataclass(frozen=True, slots=True)
class Standing:
    """A case's state, the version of the checklist its questions belong to, and the lists themselves."""

    state: CaseState
    version: int
    basis: Basis


def read_case(session: Session, case: CaseRow) -> Standing:
    """Read the state of a case."""
    is_child = case.case_type == cases.CHILD_CASE
    basis = written(session, case, BASIS)
    basis = _as_if_begun(basis) if is_child else basis  # an adult's case has no decision basis to remind about
    state = CaseState(
        dates=case_dates(session, case),
        basis=_state(session, basis) if is_child else BasisState(),
        extensions=case_extensions(session, case),
        intervention=_says_yes(basis.facts, "intervention_decided"),
        protected_now=is_protection_answered(session, case),
        with_children=has_children_beside(case),
    )
    return Standing(state, (basis.sheets[0].checklist if basis.sheets else basis.checklist).version, basis)


def case_dates(session: Session, case: CaseRow) -> CaseDates:
    """Return a case's dates in the form the clocks take."""
    return cases.dates_of(case, cases.violence_known(session, case))


def case_extensions(session: Session, case: CaseRow) -> tuple[Extension, ...]:
    """Return a case's extensions in the form the clocks take, oldest first."""
    return extensions.as_rules(extensions.of_case(session, case))


def is_protection_answered(session: Session, case: CaseRow) -> bool:
    """Return whether anyone has answered the question about the protection assessment; without a list nobody has.

    For an adult's case, the question is answered in a linked child's case.
    """
    if case.case_type == cases.CHILD_CASE:
        return _is_answered(session, case)
    return any(_is_answered(session, child) for _, child in case_links.of_case(session, case.id))


def has_children_beside(case: CaseRow) -> bool:
    """Return whether a case is an adult's with children in it."""
    return case.case_type != cases.CHILD_CASE and case.children > 0


def _is_answered(session: Session, case: CaseRow) -> bool:
    checklist_id, item_id = _PROTECTION
    rows = [row for row in filled.of_case_all(session, case.id) if row.checklist == checklist_id]
    found = (answers.latest(session, row.id).get(item_id) for row in rows)
    return any(answer is not None and answer.choice != OPEN for answer in found)


def _says_yes(facts: dict[tuple[int, str], FactRow], name: str) -> bool:
    fact = facts.get((cases.WHOLE_CASE, name))
    return fact is not None and fact.value == "ja"


def _as_if_begun(basis: Basis) -> Basis:
    """Return the basis; if nobody has begun it, with empty sheets in which everything is missing."""
    if basis.sheets:
        return basis
    case = basis.case
    sheets = tuple(
        Sheet(
            case,
            _not_begun(case, child),
            basis.checklist,
            cases.rule_facts(case, child, basis.facts),
            {},
        )
        for child in range(1, case.children + 1)
    )
    return replace(basis, sheets=sheets)


def _not_begun(case: CaseRow, child: int) -> FilledRow:
    """Return an empty list that is not stored."""
    return FilledRow(
        tenant_id=case.tenant_id,
        case_id=case.id,
        unit_id=case.unit_id,
        checklist=BASIS,
        version=newest_version(BASIS).version,
        child=child,
        role=WRITER,
        begun_at=datetime.min.replace(tzinfo=UTC),
    )


def _state(session: Session, basis: Basis) -> BasisState:
    missing = tuple(
        Asked(0 if is_shared(gap) else sheet.shown_child, gap.of, gap.id) for sheet, gap in basis.all_gaps()
    )
    if not basis.occasion:
        return BasisState(gaps=missing)
    waits_since = _waits_since(session, basis)
    row_id = basis.sheets[0].filled.return_id
    sent_back = returns.get(session, basis.case.tenant_id, row_id) if row_id else None
    returned_at = sent_back.at if sent_back else None
    answered = [row.at for sheet in basis.sheets for row in sheet.rows.values()]
    followed = list(_followed(basis))
    ongoing = tuple(Asked(sheet.shown_child, "item", item.id) for sheet, item in basis.all_ongoing())
    newest = max((row for _, row in followed), key=lambda row: row.id, default=None)
    changes = answered + [fact.at for fact in basis.facts.values()]
    return BasisState(
        status=basis.state or State.BEGUN,
        waits_since=_day(waits_since),
        read=_is_read(session, basis, waits_since),
        returned=row_id or 0,
        returned_on=_day(returned_at),
        touched=returned_at is not None and any(at > returned_at for at in changes),
        gaps=missing,
        ongoing=ongoing,
        not_yet=not_yet(session, basis.case.id) if ongoing and basis.case.decided_on else {},
        followed=tuple(Asked(sheet.shown_child, "item", row.item_id) for sheet, row in followed),
        followed_mark=str(newest.id) if newest else "",
        followed_on=_day(newest.at) if newest else None,
        pointed_at=tuple(Asked(sheet.shown_child, "item", item) for sheet in basis.sheets for item in sheet.points),
    )


def _followed(basis: Basis) -> Iterator[tuple[Sheet, AnswerRow]]:
    """Yield answers that were `pagaende` at signing and have since been answered; a `nej` was told at once."""
    for sheet in basis.sheets:
        for row in sheet.rows.values():
            if row.follow_up and row.choice in ("ja", "ej_tillampligt"):
                yield sheet, row


def _waits_since(session: Session, basis: Basis) -> datetime | None:
    """Return when the basis began to wait for a reader: when it was sent, or when its signature was voided."""
    sent = [sheet.filled.sent_at for sheet in basis.sheets if sheet.filled.sent_at is not None]
    voided = [
        signature.voided_at
        for signature in signatures.of_case(session, basis.case.id)
        if signature.voided_at is not None and (signature.checklist, signature.occasion) == (BASIS, basis.occasion)
    ]
    return max(sent + voided, default=None)


def _is_read(session: Session, basis: Basis, since: datetime | None) -> bool:
    """Return whether one reader has finished reading every child's list since it began to wait."""
    if since is None:
        return False
    done: dict[int, set[int]] = {}
    for row in filled.readings(session, basis.case.id, BASIS, basis.occasion):
        seen = row.status == State.READ and row.seen_at is not None and row.seen_at >= since
        if seen or row.status == State.SIGNED:
            done.setdefault(row.person_id, set()).add(row.child)
    return any({sheet.filled.child for sheet in basis.sheets} <= children for children in done.values())


def _day(moment: datetime | None) -> date | None:
    return day_of(moment) if moment else None
