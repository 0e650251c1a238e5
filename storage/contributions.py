"""Compute what cases contribute to the figures from what is stored: their lists, item by item, and their dates."""

import collections
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select
from sqlmodel import Session, col

from checklists.case_dates import CaseDates, current, decision_for
from checklists.deadlines import Extension
from checklists.lifecycle import READER, WRITER
from checklists.loader import all_facts, checklist_version
from checklists.model import CASE_TYPE, CHILDREN, OPEN, STORED_CHOICES, Answer, AnyRole, Motivation, Role
from checklists.rates import Mark, agreement_marks, as_signed, case_marks, item_states, open_marks
from checklists.rules import Applied
from checklists.swedish_time import day_of
from checklists.workdays import Workdays
from storage import closed_investigations, tenants, trail
from storage import signatures as signed
from storage.among import among
from storage.answers import AnswerRow
from storage.cases import KEPT_DATES, KNOWN, STANDS, VIOLENCE, WHOLE_CASE, CaseRow, FactRow, dates_of, known_since
from storage.extensions import ExtensionRow, extension
from storage.filled import NO_ROUND, FilledRow
from storage.prepared import prepared
from storage.returns import ReturnRow
from storage.round_readings import ReadingRow
from storage.rows import TableRow
from storage.signatures import SignatureRow
from storage.unfit import UnknownAnswer

RULES = 7
"""The version of the counting rules of `of_cases`. Raise it when they change: everything is then projected again."""
BASIS, WORKER = "decision_basis", WRITER
Key = tuple[int, int]
"""Row ids of a case and of one of its lists; (case, 0) is the case itself."""
Occasion = tuple[int, str, int]
"""Row id of a case, id of a checklist, and the number of the occasion on which it is filled in."""


class Contribution(NamedTuple):
    """The contribution of a case or of one of its lists.

    begun: Swedish date, None for a case. marks: space-separated `code:value:day` (checklists.rates.Mark).
    """

    tenant_id: int
    unit_id: int
    checklist: str
    version: int
    role: AnyRole
    begun: date | None
    item_states: str
    marks: str


def of_cases(session: Session, case_ids: Sequence[int]) -> dict[Key, Contribution]:
    """Return the present contributions of these cases and their lists; a deleted or withdrawn case has none."""
    lists: dict[int, list[Any]] = defaultdict(list)
    for row in _lists(session, case_ids):
        lists[row.case_id].append(row)
    facts, (answers, concluded) = _facts(session, case_ids), _answers(session, case_ids)
    together = _together(lists)
    signatures, returned = _signatures(session, case_ids, together), _returned(session, case_ids, together)
    extensions, violence = _extensions(session, case_ids), _violence(session, case_ids)
    workdays: dict[int, Workdays] = {}
    found = _cases(session, case_ids)
    reopened = [case.id for case in found if case.earlier_closed_on is not None]
    closed = closed_investigations.of_cases(session, reopened) if reopened else {}
    parts: dict[Key, Contribution] = {}
    for case in found:
        if case.tenant_id not in workdays:
            workdays[case.tenant_id] = _workdays(session, case.tenant_id)
        of_case = lists[case.id]
        bases = [_day(row.begun_at) for row in of_case if (row.checklist, row.role) == (BASIS, WORKER)]
        dates = dates_of(case, known_since(violence[case.id], case))
        marks: list[Mark] = []
        for one, begun in _investigations(dates, closed.get(case.id, []), bases):
            marks += case_marks(one, extensions[case.id], workdays[case.tenant_id], begun)
        parts[case.id, 0] = Contribution(case.tenant_id, case.unit_id, "", 0, "", None, "", _text(marks))
        by_workers: dict[tuple[str, int, int], str] = {}
        for row in sorted(of_case, key=lambda row: row.role != WORKER):  # the worker's first: a chef's needs it
            known = facts[case.id, WHOLE_CASE] + (facts[case.id, row.child] if row.child else ())
            known += _fact(CASE_TYPE, case.case_type), _fact(CHILDREN, "some" if case.children else "none")
            kept, complete = _states_and_complete(row.checklist, row.version, row.role, known, answers[row.id])
            begun = _day(row.begun_at)
            codes = _list_codes(row, complete, signatures[row.id], row.id in returned)
            list_marks = [Mark(code, 0, begun) for code in codes] + list(_read_mark(row, of_case, begun))
            if row.role == WORKER:
                of_version = checklist_version(row.checklist, row.version)
                by_workers[row.checklist, row.occasion, row.child] = as_signed(of_version, kept, concluded[row.id])
                if "o" in kept or "p" in kept:
                    applied = Applied(checklist_version(row.checklist, row.version), dict(known), dict(answers[row.id]))
                    list_marks += open_marks(applied, kept, decision_for(dates, begun), workdays[case.tenant_id], begun)
            elif row.role == READER and row.seen_at is not None:
                list_marks += agreement_marks(kept, by_workers.get((row.checklist, row.occasion, row.child), ""), begun)
            parts[case.id, row.id] = Contribution(
                row.tenant_id, row.unit_id, row.checklist, row.version, row.role, begun, kept, _text(list_marks)
            )
    return parts


def _investigations(
    dates: CaseDates, closed: Sequence[CaseDates], bases: Sequence[date]
) -> Iterator[tuple[CaseDates, date | None]]:
    """Yield each investigation of a case, with the day its first decision basis was begun.

    A basis begun in an earlier investigation is continued in the next, and is that one's as well.
    """
    for one, following in itertools.pairwise((*closed, current(dates))):
        starts = min((day for day in (following.received_on, following.opened_on) if day), default=date.max)
        is_child = replace(one, about_child=dates.about_child)
        yield is_child, min((day for day in bases if day < starts), default=None)
    # A case reopened before closed investigations were kept still has the decision of the last one among its own dates.
    yield current(dates) if closed else dates, min(bases, default=None)


def _text(marks: Iterator[Mark] | list[Mark]) -> str:
    return " ".join(f"{mark.code}:{mark.value}:{mark.day.isoformat()}" for mark in marks)


def _day(moment: datetime) -> date:
    return day_of(moment)


_Facts = tuple[tuple[str, str], ...]
_Given = tuple[tuple[str, Answer], ...]
"""The newest answers by item, without revision numbers, so that lists with the same answers compare equal."""


@lru_cache(maxsize=2_000)
def _states_and_complete(checklist_id: str, version: int, role: Role, facts: _Facts, given: _Given) -> tuple[str, bool]:
    """Return the item states of a list, and whether it has no gaps. Cached, because many lists have equal answers.

    The cache fills with all that is ever counted, so an entry is small: its pairs are shared (`_fact`, `_answer`).
    """
    applied = Applied(checklist_version(checklist_id, version), dict(facts), dict(given))
    return item_states(applied, role), not applied.gaps(role, tuple(all_facts()))


def _list_codes(row: Any, complete: bool, signatures: list[Any], was_returned: bool) -> Iterator[str]:
    """Yield the figures a list is counted in. Sending, signing and returning count on the workers' list only.

    signatures: of this list, oldest first. was_returned: it has been, at least once.
    """
    yield "begun"
    if complete:
        yield "complete"
    if row.role != WORKER:
        return
    if row.sent_at is not None:
        yield "sent"
    standing = [signature for signature in signatures if signature.voided_at is None]
    if standing:
        yield "signed"
        if standing[-1].shortfall:
            yield "signed_with_shortfall"
    if was_returned:
        yield "returned"
    if len(standing) < len(signatures):
        yield "voided"


def _read_mark(row: Any, lists: list[Any], begun: date) -> Iterator[Mark]:
    """Yield the number of calendar days from sending to the end of the first reading, once one has ended."""
    if row.role != WORKER or row.sent_at is None:
        return
    seen = [
        other.seen_at
        for other in lists
        if other.seen_at is not None
        and (other.checklist, other.occasion, other.child) == (row.checklist, row.occasion, row.child)
        and other.role != WORKER
        and other.seen_at >= row.sent_at
    ]
    if seen:
        yield Mark("read", (_day(min(seen)) - _day(row.sent_at)).days, begun)


# --- queries, for a batch of cases at a time --------------------------------------------------------------------------


_named_tuple: Any = collections.namedtuple


def _of(query: Any) -> Callable[[Session, Iterable[int]], list[Any]]:
    """Return a function that runs a query, prepared once, for some cases. Its rows have the columns by name."""
    ready = prepared(query)
    named = _named_tuple("named", query.selected_columns.keys())

    def run(session: Session, ids: Iterable[int]) -> list[Any]:
        return list(map(named._make, session.exec(ready, params={"ids": ids}).whole()))

    return run


def _columns(row: type[TableRow], *names: str) -> list[Any]:
    return [getattr(row, name) for name in names]


_cases = _of(
    select(*_columns(CaseRow, "id", "tenant_id", "unit_id", "case_type", "children", *KEPT_DATES)).where(
        among(col(CaseRow.id), "ids"), STANDS
    )
)
_EXTENSIONS = _of(
    select(*_columns(ExtensionRow, "case_id", "limit", "reason_class", "until", "decided_on", "at"))
    .where(among(col(ExtensionRow.case_id), "ids"))
    .order_by(col(ExtensionRow.id))
)
_VIOLENCE = _of(
    select(*_columns(FactRow, "case_id", "value", "author_id", "at"))
    .where(among(col(FactRow.case_id), "ids"), col(FactRow.name) == VIOLENCE, col(FactRow.child) == WHOLE_CASE)
    .order_by(col(FactRow.revision))
)
_LIST = ("id", "tenant_id", "case_id", "unit_id", "checklist", "version", "occasion", "child", "role")
_lists = _of(
    select(*_columns(FilledRow, *_LIST, "begun_at", "sent_at", "seen_at"))
    .where(
        among(col(FilledRow.case_id), "ids"),
        # In a round a case counts once: not its second reading, nor one begun and then given to somebody else.
        or_(
            col(FilledRow.round_id) == NO_ROUND,
            select(col(ReadingRow.id))
            .where(
                col(ReadingRow.round_id) == col(FilledRow.round_id),
                col(ReadingRow.case_id) == col(FilledRow.case_id),
                col(ReadingRow.person_id) == col(FilledRow.person_id),
                col(ReadingRow.second).is_(False),
                col(ReadingRow.ended) == "",
            )
            .exists(),
        ),
    )
    .order_by(col(FilledRow.id))
)
_FACTS = _of(
    select(*_columns(FactRow, "case_id", "child", "name", "value"))
    .where(among(col(FactRow.case_id), "ids"))
    .order_by(col(FactRow.revision))
)
_ANSWERS = _of(
    select(
        col(AnswerRow.filled_id),
        col(AnswerRow.item_id),
        col(AnswerRow.choice),
        col(AnswerRow.motivation_kind),
        col(AnswerRow.note).is_not(None).label("noted"),
        or_(col(AnswerRow.option) != "", col(AnswerRow.method).is_not(None)).label("told"),
        and_(col(AnswerRow.motivation_kind) == "text", col(AnswerRow.place).is_(None)).label("here"),
        col(AnswerRow.follow_up),
    )
    .join(FilledRow, col(FilledRow.id) == col(AnswerRow.filled_id))
    .where(among(col(FilledRow.case_id), "ids"))
    .order_by(col(AnswerRow.filled_id), col(AnswerRow.item_id), col(AnswerRow.revision))
)
_SIGNATURES = _of(
    select(*_columns(SignatureRow, "id", "case_id", "checklist", "occasion", "shortfall", "voided_at"))
    .where(among(col(SignatureRow.case_id), "ids"))
    .order_by(col(SignatureRow.id))
)
_BOUND = _of(select(*_columns(SignatureRow, "id", "bound")).where(among(col(SignatureRow.id), "ids")))
_RETURNS = _of(
    select(*_columns(ReturnRow, "case_id", "checklist", "occasion")).where(among(col(ReturnRow.case_id), "ids"))
)


def _workdays(session: Session, tenant_id: int) -> Workdays:
    return tenants.settings(tenants.get(session, tenant_id)).workdays


def _extensions(session: Session, ids: Sequence[int]) -> defaultdict[int, list[Extension]]:
    """Return the extensions by case, oldest first."""
    found: defaultdict[int, list[Extension]] = defaultdict(list)
    for case_id, *row in _EXTENSIONS(session, ids):
        found[case_id].append(extension(*row))
    return found


def _violence(session: Session, ids: Sequence[int]) -> defaultdict[int, list[tuple[str, int | None, datetime]]]:
    """Return the revisions of the fact `violence` by case, oldest first, as `known_since` takes them."""
    found: defaultdict[int, list[tuple[str, int | None, datetime]]] = defaultdict(list)
    for case_id, value, author_id, at in _VIOLENCE(session, ids):
        found[case_id].append((value, author_id, at))
    return found


def _facts(session: Session, ids: Sequence[int]) -> defaultdict[tuple[int, int], _Facts]:
    """Return the newest known facts by case and child (0: the whole case)."""
    newest: dict[tuple[int, int], dict[str, str]] = defaultdict(dict)
    for case_id, child, name, value in _FACTS(session, ids):
        newest[case_id, child][name] = value
    known: defaultdict[tuple[int, int], _Facts] = defaultdict(tuple)
    for at, values in newest.items():
        known[at] = tuple(sorted(_fact(name, value) for name, value in values.items() if value in KNOWN))
    return known


def _answers(session: Session, ids: Sequence[int]) -> tuple[defaultdict[int, _Given], defaultdict[int, set[str]]]:
    """Return the newest answers by list, reduced to what figures need, and the items that follow up a signed one.

    Raises: UnknownAnswer.
    """
    newest: dict[int, dict[str, tuple[str, Answer]]] = defaultdict(dict)
    concluded: defaultdict[int, set[str]] = defaultdict(set)
    for filled_id, item, choice, kind, noted, told, here, follow_up in _ANSWERS(session, ids):
        if choice not in STORED_CHOICES:
            raise UnknownAnswer
        newest[filled_id][item] = _answer(item, choice, kind, bool(noted), bool(told), bool(here))
        (concluded[filled_id].add if follow_up else concluded[filled_id].discard)(item)
    given: defaultdict[int, _Given] = defaultdict(tuple)
    for filled_id, answers in newest.items():
        given[filled_id] = tuple(pair for pair in answers.values() if pair[1].choice != OPEN)
    return given, concluded


@lru_cache(maxsize=4_000)
def _answer(item: str, choice: str, kind: Motivation, noted: bool, told: bool, here: bool) -> tuple[str, Answer]:
    """Return an answer with its item: the same object wherever it is the same."""
    return item, Answer(choice, motivation=kind, noted=noted, has_method=told, only_here=here)


@lru_cache(maxsize=500)
def _fact(name: str, value: str) -> tuple[str, str]:
    """Return a fact: the same object wherever it is the same."""
    return name, value


def _together(lists: Mapping[int, list[Any]]) -> defaultdict[Occasion, set[int]]:
    """Return the workers' lists by occasion: they are sent, signed and returned together, except those added later."""
    found: defaultdict[Occasion, set[int]] = defaultdict(set)
    for case_id, rows in lists.items():
        for row in rows:
            if row.role == WORKER:
                found[case_id, row.checklist, row.occasion].add(row.id)
    return found


# A list that was sent is never deleted, so the only list of an occasion must be the one that was signed or returned.


def _signatures(
    session: Session, ids: Sequence[int], together: defaultdict[Occasion, set[int]]
) -> defaultdict[int, list[Any]]:
    """Return the signatures of each of the workers' lists, oldest first: those that are bound to it."""
    rows = _SIGNATURES(session, ids)
    of_several = [row.id for row in rows if len(together[_occasion(row)]) > 1]
    bound = {row.id: signed.bound_of(row) for row in _BOUND(session, of_several)} if of_several else {}
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        for filled_id in together[_occasion(row)]:
            if row.id not in bound or str(filled_id) in bound[row.id]:
                found[filled_id].append(row)
    return found


def _returned(session: Session, ids: Sequence[int], together: defaultdict[Occasion, set[int]]) -> set[int]:
    """Return the workers' lists that have ever been returned: those already sent when their occasion was returned.

    Only the trail keeps that order: a list knows when it was last sent, and an import may backdate its beginning.
    """
    occasions = {_occasion(row) for row in _RETURNS(session, ids)}
    found = {filled_id for occasion in occasions for filled_id in together[occasion]}
    of_several = {one: occasion for occasion in occasions if len(together[occasion]) > 1 for one in together[occasion]}
    if not of_several:
        return found
    sent: dict[int, int] = {}
    returned: dict[Occasion, int] = {}
    for event in trail.of_lists(session, {case_id for case_id, _, _ in of_several.values()}, ("sent", "returned")):
        if event.act == "sent":
            sent.setdefault(event.filled_id, event.id)
        elif event.filled_id in of_several:
            returned[of_several[event.filled_id]] = event.id
    later = {one for one, occasion in of_several.items() if one not in sent or sent[one] > returned.get(occasion, 0)}
    return found - later


def _occasion(row: Any) -> Occasion:
    return row.case_id, row.checklist, row.occasion
