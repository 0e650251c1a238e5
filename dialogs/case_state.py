"""How a case stands, as the reminder rules read it: dates, facts, and the newest decision basis of all children."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from checklists.deadlines import CaseDates, Extension
from checklists.files import all_facts, checklist_version, newest
from checklists.model import OPEN, Answer, Checklist
from checklists.reminders import Asked, BasisState, CaseState
from checklists.rules import applicable, gaps
from dialogs.basis import WORKER
from dialogs.talk import STOCKHOLM
from storage import answers, cases, extensions, filled, returns, signatures
from storage.cases import CaseRow, FactRow, case_id
from storage.desk import Session
from storage.filled import FilledRow, filled_id

BASIS = "decision_basis"
_READERS = ("unit_manager",)
_PROTECTION = ("intake", "protection_assessment_made")


@dataclass(frozen=True, slots=True)
class Standing:
    """A case's state, and the version of the decision basis its questions stand in."""

    state: CaseState
    version: int


@dataclass
class _Sheet:
    """One child's list; without a row for a list that nobody has begun, where everything is still missing."""

    child: int
    checklist: Checklist
    facts: dict[str, str]
    answers: dict[str, Answer]
    row: FilledRow | None = None
    changed_at: datetime | None = None


def read_case(session: Session, case: CaseRow) -> Standing:
    """Read how a case stands now."""
    facts = cases.facts(session, case_id(case))
    sheets = _sheets(session, case, facts)
    state = CaseState(
        dates=case_dates(case, facts),
        basis=_basis(session, case, sheets, facts),
        extensions=case_extensions(session, case),
        intervention=_says_yes(facts, "intervention_decided"),
        protected_now=is_protection_answered(session, case),
    )
    return Standing(state, sheets[0].checklist.version)


def case_dates(case: CaseRow, facts: dict[tuple[int, str], FactRow]) -> CaseDates:
    """Return a case's dates as the clocks read them."""
    return CaseDates(
        received_on=case.received_on,
        assigned_on=case.assigned_on,
        opened_on=case.opened_on,
        planned_decision_on=case.planned_decision_on,
        decided_on=case.decided_on,
        closed_on=case.closed_on,
        earlier_closed_on=case.earlier_closed_on,
        about_child=case.case_type == "barn",
        violence=_says_yes(facts, "violence"),
    )


def case_extensions(session: Session, case: CaseRow) -> tuple[Extension, ...]:
    """Return a case's extensions as the clocks read them, oldest first."""
    rows = extensions.of_case(session, case)
    return tuple(Extension(row.limit, row.reason_class == "grounds", row.until) for row in rows)


def is_protection_answered(session: Session, case: CaseRow) -> bool:
    """Say whether somebody has answered if the child was protected; a list nobody has begun is no answer."""
    checklist_id, item_id = _PROTECTION
    rows = filled.of_case(session, case_id(case), checklist_id, WORKER)
    found = (answers.latest(session, filled_id(row)).get(item_id) for row in rows)
    return any(answer is not None and answer.choice != OPEN for answer in found)


def _says_yes(facts: dict[tuple[int, str], FactRow], name: str) -> bool:
    fact = facts.get((cases.WHOLE_CASE, name))
    return fact is not None and fact.value == "ja"


def _sheets(session: Session, case: CaseRow, facts: dict[tuple[int, str], FactRow]) -> list[_Sheet]:
    rows = _newest_occasion(filled.of_case(session, case_id(case), BASIS, WORKER))
    if not rows:
        return [_Sheet(child, newest(BASIS), _known(facts, child), {}) for child in range(1, case.children + 1)]
    found = []
    for row in rows:
        stored = answers.latest(session, filled_id(row))
        domain = {item_id: answers.to_domain(answer) for item_id, answer in stored.items()}
        changed_at = max((answer.at for answer in stored.values()), default=None)
        checklist = checklist_version(row.checklist, row.version)
        found.append(_Sheet(row.child, checklist, _known(facts, row.child), domain, row, changed_at))
    return found


def _newest_occasion(rows: Sequence[FilledRow]) -> list[FilledRow]:
    occasion = max((row.occasion for row in rows), default=0)
    return [row for row in rows if row.occasion == occasion]


def _known(facts: dict[tuple[int, str], FactRow], child: int) -> dict[str, str]:
    return {
        name: fact.value
        for (at, name), fact in facts.items()
        if at in (cases.WHOLE_CASE, child) and fact.value != cases.UNKNOWN
    }


def _basis(session: Session, case: CaseRow, sheets: list[_Sheet], facts: dict[tuple[int, str], FactRow]) -> BasisState:
    alone = case.children == 1
    missing = tuple(dict.fromkeys(_missing(sheets, alone)))
    rows = [sheet.row for sheet in sheets if sheet.row is not None]
    if not rows:
        return BasisState(gaps=missing)
    statuses = {row.status for row in rows}
    waits_since = _waits_since(session, case, rows)
    sent_back = returns.newest(session, case_id(case), BASIS, rows[0].occasion)
    returned_at = sent_back.at if sent_back else None
    changes = [sheet.changed_at for sheet in sheets] + [fact.at for fact in facts.values()]
    return BasisState(
        status=statuses.pop() if len(statuses) == 1 else "open",
        waits_since=_day(waits_since),
        read=_is_read(session, case, rows, waits_since),
        returned=sent_back.id or 0 if sent_back else 0,
        returned_on=_day(returned_at),
        touched=returned_at is not None and any(at is not None and at > returned_at for at in changes),
        gaps=missing,
        ongoing=tuple(_ongoing(sheets, alone)),
        pointed_at=tuple(
            Asked(0 if alone else row.child, "item", item_id)
            for row in rows
            if sent_back is not None and sent_back.id is not None
            for item_id in returns.points(session, sent_back.id, filled_id(row))
        ),
    )


def _missing(sheets: list[_Sheet], alone: bool) -> Iterator[Asked]:
    for sheet in sheets:
        for gap in gaps(sheet.checklist, WORKER, sheet.facts, sheet.answers, tuple(all_facts())):
            shared = gap.of == "fact" and all_facts()[gap.id].per == "case"
            yield Asked(0 if shared or alone else sheet.child, gap.of, gap.id)


def _ongoing(sheets: list[_Sheet], alone: bool) -> Iterator[Asked]:
    for sheet in sheets:
        for item in applicable(sheet.checklist, WORKER, sheet.facts, sheet.answers):
            answer = sheet.answers.get(item.id)
            if answer is not None and answer.choice == "pagaende":
                yield Asked(0 if alone else sheet.child, "item", item.id)


def _waits_since(session: Session, case: CaseRow, rows: list[FilledRow]) -> datetime | None:
    """Return since when the basis waits for a reader: it was sent, or a signature of it was voided later."""
    sent = [row.sent_at for row in rows if row.sent_at is not None]
    voided = [
        signature.voided_at
        for signature in signatures.of_case(session, case_id(case))
        if signature.voided_at is not None and (signature.checklist, signature.occasion) == (BASIS, rows[0].occasion)
    ]
    return max(sent + voided, default=None)


def _is_read(session: Session, case: CaseRow, rows: list[FilledRow], since: datetime | None) -> bool:
    """Say whether somebody has finished reading every child's list since it began to wait."""
    if since is None:
        return False
    done: dict[int, set[int]] = {}
    for role in _READERS:
        for row in filled.of_case(session, case_id(case), BASIS, role):
            seen = row.seen_at is not None and row.seen_at >= since
            if row.occasion == rows[0].occasion and (seen or row.status == "signed"):
                done.setdefault(row.person_id, set()).add(row.child)
    return any({row.child for row in rows} <= children for children in done.values())


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(STOCKHOLM).date() if moment else None
