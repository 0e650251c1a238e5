"""A case's lists of one checklist as one role sees them, loaded together: a sheet per child, and the route through all.

A worker sees the lists she and her co-worker write. A chef or her deputy sees the lists she reads by, with the workers'
lists beside them. Nobody is both.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypedDict

from checklists import lifecycle
from checklists.lifecycle import READER, WRITER, State
from checklists.loader import all_facts, checklist_version, newest
from checklists.model import NOTHING, Answer, Checklist, Gap, Item, ListId, MotivationBy, Role, Written
from checklists.round_draw import section_order
from checklists.route import Stop, is_open, next_open, stops
from checklists.rules import Applied
from storage import answers, cases, filled, returns, rounds, tenants
from storage.answers import AnswerRow
from storage.cases import CaseRow, Facts
from storage.desk import Session
from storage.filled import FilledRow

BASIS: ListId = "decision_basis"


class ListPlace(TypedDict):
    """The identity of a list in a button: row ids of the case and the list, which list, and its version."""

    case: int
    filled: int
    version: int
    checklist: ListId


@dataclass
class Sheet:
    """One child's list (or the whole case's) with its facts and newest answers.

    rows: the newest answer rows by item id. points: by item id, the revision the chef pointed at when she sent the list
    back. motivation: the form of motivation required here. sections: in a round, in this reviewer's order.
    """

    case: CaseRow
    filled: FilledRow
    checklist: Checklist
    facts: dict[str, str]
    rows: dict[str, AnswerRow]
    points: Mapping[str, int] = field(default_factory=dict)
    motivation: MotivationBy = "either"
    sections: tuple[str, ...] = ()

    @cached_property
    def at(self) -> ListPlace:
        """The identity of the list, for buttons."""
        row = self.filled
        return {"case": self.case.id, "filled": row.id, "version": row.version, "checklist": row.checklist}

    @cached_property
    def answers(self) -> dict[str, Answer]:
        """The newest answers as the rules read them, marked where the chef pointed and nothing was answered since."""
        found = {item_id: answers.to_domain(row) for item_id, row in self.rows.items()}
        for item_id, revision in self.points.items():
            if item_id in found and found[item_id].revision <= revision:
                found[item_id] = replace(found[item_id], returned=True)
        return found

    @cached_property
    def applied(self) -> Applied:
        """The list evaluated against its facts and answers."""
        return Applied(self.checklist, self.facts, self.answers)

    @cached_property
    def way(self) -> tuple[Stop, ...]:
        """The cards that apply now, in order."""
        return stops(self.applied, self.filled.role, self.sections, where=self.motivation != "text")

    def note(self, row: AnswerRow) -> None:
        """Add a newly stored revision and drop what was derived from the answers before it."""
        self.rows[row.item_id] = row
        for derived in ("answers", "applied", "way"):
            self.__dict__.pop(derived, None)

    @property
    def shown_child(self) -> int:
        """The child's number, 0 when the case has only one child: then children are not mentioned."""
        return self.filled.child if self.case.children > 1 else 0

    @property
    def is_by_hand(self) -> bool:
        """Whether an auditor chose the case herself, outside every draw."""
        row = self.filled
        return row.role == "auditor" and row.person_id != filled.NOBODY and row.round_id == filled.NO_ROUND

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What is missing in this sheet for a signature; in a round, for the case to count as reviewed."""
        found = self.applied.gaps(self.filled.role, tuple(all_facts()))
        if not self.sections:
            return found
        known = {gap.id for gap in found}
        bare = (stop for stop in self.way if stop.kind == "motivation" and is_open(stop, self.applied))
        return found + tuple(Gap("item", one, "bare") for stop in bare for one in stop.items if one not in known)

    def revisions(self, item_ids: Iterable[str]) -> tuple[int, ...]:
        """Return the newest revision number of each item; 0 for one that was never answered."""
        return tuple(self.rows[item_id].revision if item_id in self.rows else 0 for item_id in item_ids)

    def stop(self, key: str) -> Stop | None:
        """Return the stop with this key; None if it no longer applies."""
        return next((stop for stop in self.way if stop.key == key), None)

    def may_answer(self, stop: Stop) -> bool:
        """Return whether a card may be answered: once a reader has seen the answers, only what was reopened may."""
        return self.filled.seen_at is None or any(self.may_choose(item_id) for item_id in stop.items)

    def may_choose(self, item_id: str) -> bool:
        """Return whether an item may be answered; see `may_answer`."""
        return self.filled.seen_at is None or self.applied.is_open(item_id)

    def written(self, session: Session, item_id: str) -> Written:
        """Return the full newest answer to an item, texts decrypted. Raises: SealBroken, KeyGone."""
        row = self.rows.get(item_id)
        return answers.read(session, self.filled, row) if row is not None else NOTHING


@dataclass
class Basis:
    """The newest occasion of one checklist on a case, as one role has it.

    sheets: empty until the facts card is saved, or the reading begun; one per part of the file where the list has
    parts. occasion: 0 if no list was ever begun. of_workers: for a reader, the same occasion as the workers have it;
    None for everyone else. person_id: who answers it alone, NOBODY where the case's workers share it.
    round_id: the round it is reviewed in, NO_ROUND for none.
    """

    case: CaseRow
    list_id: ListId
    facts: Facts
    sheets: tuple[Sheet, ...]
    role: Role = WRITER
    occasion: int = 0
    of_workers: "Basis | None" = None
    person_id: int = filled.NOBODY
    round_id: int = filled.NO_ROUND

    @cached_property
    def checklist(self) -> Checklist:
        """The newest version of the checklist; each begun sheet is pinned to a version of its own."""
        return newest(self.list_id)

    @property
    def worker(self) -> "Basis":
        """The workers' side of the occasion; for the workers, this one."""
        return self.of_workers or self

    def sheet(self, row_id: int) -> Sheet | None:
        """Return the sheet of the filled-in list with this row id."""
        return next((sheet for sheet in self.sheets if sheet.filled.id == row_id), None)

    @property
    def is_reading(self) -> bool:
        """Whether this is a reader's side."""
        return self.of_workers is not None

    @property
    def goes_to_chef(self) -> bool:
        """Whether this kind of list goes to the chef to be read and signed; whether it has, is `is_handed_over`."""
        return self.list_id == BASIS

    @property
    def is_for_case(self) -> bool:
        """Whether the list is for this kind of case: a child's list is never shown in an adult's case."""
        return self.checklist.is_for(self.case.case_type)

    @property
    def is_closed(self) -> bool:
        """Whether the case is closed and the list with it; a list for reviewing can be answered all the same."""
        return self.case.closed_on is not None and WRITER in self.checklist.answered_by

    @property
    def state(self) -> State | None:
        """The joint state of the sheets; None without sheets."""
        return lifecycle.together(sheet.filled.status for sheet in self.sheets)

    @property
    def is_handed_over(self) -> bool:
        """Whether every sheet has been handed over: it is with the chef, or signed."""
        return lifecycle.is_handed_over(self.state)

    @property
    def is_reviewed(self) -> bool:
        """Whether every part has a list, and nothing in it is left to answer or to motivate."""
        parts = {sheet.filled.file_part for sheet in self.sheets}
        whole = parts >= set(self.checklist.file_parts or ("",))
        return whole and self.next_from() is None

    @property
    def waits_for_reader(self) -> bool:
        """Whether the lists are waiting to be read and signed."""
        return self.state in lifecycle.WAITING

    @property
    def is_whole(self) -> bool:
        """Whether the reader has a sheet for each of the workers' sheets."""
        return {sheet.filled.child for sheet in self.sheets} == {sheet.filled.child for sheet in self.worker.sheets}

    def all_gaps(self) -> Iterator[tuple[Sheet, Gap]]:
        """Yield every gap once: a fact about the whole case comes with the first child's sheet only."""
        for sheet in self.sheets:
            for gap in sheet.gaps:
                if not is_shared(gap) or sheet is self.sheets[0]:
                    yield sheet, gap

    def all_ongoing(self) -> Iterator[tuple[Sheet, Item]]:
        """Yield every question that is answered `pagaende`."""
        for sheet in self.sheets:
            for item in sheet.applied.applicable(sheet.filled.role):
                if item.id in sheet.answers and sheet.answers[item.id].choice == "pagaende":
                    yield sheet, item

    def next_from(self, row_id: int = 0, after: str = "") -> tuple[Sheet, Stop] | None:
        """Return the next open card with its sheet, searching on from a card and wrapping round; None if all are done.

        row_id: the filled-in list to start on. after: the key of the stop there to start after.
        """
        ids = [sheet.filled.id for sheet in self.sheets]
        start = ids.index(row_id) if row_id in ids else 0
        for sheet in self.sheets[start:] + self.sheets[:start]:
            stop = next_open(sheet.way, sheet.applied, after if sheet.filled.id == row_id else "")
            if stop:
                return sheet, stop
        return None

    def asked_facts(self, child: int) -> bool:
        """Return whether the child's own facts have been asked; True for a reader, who is never asked them."""
        own = (row for (at_child, _), row in self.facts.items() if at_child == child)
        return self.is_reading or not self.goes_to_chef or any(row.value != cases.UNASKED for row in own)


def is_shared(gap: Gap) -> bool:
    """Return whether a gap is a fact about the whole case, and therefore the same for every child."""
    return gap.of == "fact" and all_facts()[gap.id].per == "case"


def written(session: Session, case: CaseRow, checklist: ListId = BASIS) -> Basis:
    """Load the newest occasion as the workers have it, flushing pending changes first."""
    session.flush()
    return read(session, case, cases.facts(session, case.id), checklist)


def read(
    session: Session, case: CaseRow, facts: Facts, checklist: ListId = BASIS, reader_id: int = filled.NOBODY
) -> Basis:
    """Load the newest occasion: the workers' side, or with `reader_id` that reader's, with the workers' beside it."""
    if case.case_type != cases.CHILD_CASE and not newest(checklist).is_for(case.case_type):
        nothing = Basis(case, checklist, facts, ())
        return nothing if reader_id == filled.NOBODY else replace(nothing, role=READER, of_workers=nothing)
    found = answers.newest_occasion(session, case.id, checklist, reader_id)
    worker = _side(session, case, facts, checklist, WRITER, found)
    if reader_id == filled.NOBODY:
        return worker
    reader = _side(session, case, facts, checklist, READER, found)
    return replace(reader, occasion=worker.occasion, of_workers=worker)


def read_own(
    session: Session,
    case: CaseRow,
    facts: Facts,
    checklist: ListId,
    role: Role,
    person_id: int,
    round_id: int = filled.NO_ROUND,
) -> Basis:
    """Load the newest occasion of a list other than the decision basis. person_id: NOBODY for the case's workers.

    round_id: the round in which she reviews it, each reviewer with the sections in an order of her own.
    """
    is_for = newest(checklist).is_for(case.case_type)
    found = answers.newest_own(session, case.id, checklist, role, person_id, round_id) if is_for else []
    side = replace(_side(session, case, facts, checklist, role, found), person_id=person_id, round_id=round_id)
    if round_id != filled.NO_ROUND:
        seed = rounds.seed_of(session, round_id)
        for sheet in side.sheets:
            every = [section.id for section in sheet.checklist.sections]
            sheet.sections = section_order(seed, person_id, every)
    return side


def of_cases(session: Session, rows: Sequence[CaseRow], checklist: ListId = BASIS) -> dict[int, Basis]:
    """Load the newest occasion of several cases as the workers have it, by case id; as many queries as for one."""
    ids = [case.id for case in rows]
    facts, lists = cases.facts_of(session, ids), answers.newest_occasions(session, ids, checklist)
    sent_back = {row.return_id for found in lists.values() for row, _ in found if row.return_id}
    points = returns.points_of(session, sent_back) if sent_back else {}
    found = {}
    for case in rows:
        by = tenants.motivation_by(session, case.tenant_id)
        own = lists.get(case.id, [])
        known = facts.get(case.id, {})
        sheets = tuple(
            Sheet(
                case,
                row,
                checklist_version(row.checklist, row.version),
                cases.rule_facts(case, row.child, known),
                given,
                points.get((row.return_id or 0, row.id), {}),
                by,
            )
            for row, given in own
        )
        found[case.id] = Basis(case, checklist, known, sheets, WRITER, own[0][0].occasion if own else 0)
    return found


def _side(
    session: Session,
    case: CaseRow,
    facts: Facts,
    checklist: ListId,
    role: Role,
    found: list[tuple[FilledRow, dict[str, AnswerRow]]],
) -> Basis:
    rows = [(row, given) for row, given in found if row.role == role]
    # Nothing is written here about people with protected identity, whatever form the municipality has chosen.
    by: MotivationBy = "reference" if case.protected_identity else tenants.motivation_by(session, case.tenant_id)
    sheets = []
    for row, given in rows:
        points = returns.points(session, row.return_id, row.id) if row.return_id else {}
        known = cases.rule_facts(case, row.child, facts)
        sheets.append(Sheet(case, row, checklist_version(row.checklist, row.version), known, given, points, by))
    return Basis(case, checklist, facts, tuple(sheets), role, rows[0][0].occasion if rows else 0)
