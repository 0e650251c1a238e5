"""A case's lists of one kind as someone meets them, read once: one sheet per child, and the way through all of them.

A worker meets the lists she and her co-worker write; a chef or her deputy the ones she reads by, and beside them the
workers'. Nobody is both.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypedDict

from checklists import lifecycle
from checklists.files import all_facts, checklist_version, newest
from checklists.lifecycle import READER, WRITER, State
from checklists.model import NOTHING, Answer, Checklist, Gap, ListId, MotivationBy, Role, Written
from checklists.route import Stop, next_open, stops
from checklists.rules import Applied
from storage import answers, cases, filled, returns, tenants
from storage.answers import AnswerRow
from storage.cases import CaseRow, Facts
from storage.desk import Session
from storage.filled import FilledRow

BASIS: ListId = "decision_basis"


class ListPlace(TypedDict):
    """A list as a button names it: row ids of the case and the list, and the list's version."""

    case: int
    filled: int
    version: int


@dataclass
class Sheet:
    """One child's list (or the whole case's) with its facts and newest answers.

    points: the revision of each answer the chef pointed at when she sent the list back. motivation: how the
    municipality wants motivations given.
    """

    case: CaseRow
    filled: FilledRow
    checklist: Checklist
    facts: dict[str, str]
    rows: dict[str, AnswerRow]
    points: Mapping[str, int] = field(default_factory=dict)
    motivation: MotivationBy = "either"

    @cached_property
    def at(self) -> ListPlace:
        """Return how a button names the list."""
        return {"case": self.case.id, "filled": self.filled.id, "version": self.filled.version}

    @cached_property
    def answers(self) -> dict[str, Answer]:
        """Return the newest answers as the rules read them."""
        found = {item_id: answers.to_domain(row) for item_id, row in self.rows.items()}
        for item_id, revision in self.points.items():
            if item_id in found and found[item_id].revision <= revision:
                found[item_id] = replace(found[item_id], returned=True)
        return found

    @cached_property
    def applied(self) -> Applied:
        """Return what every item of the list comes to now."""
        return Applied(self.checklist, self.facts, self.answers)

    @cached_property
    def way(self) -> tuple[Stop, ...]:
        """Return the cards that apply now, in order."""
        return stops(self.applied, self.filled.role)

    def note(self, row: AnswerRow) -> None:
        """Take a new revision in: what follows from the answers is worked out anew."""
        self.rows[row.item_id] = row
        for derived in ("answers", "applied", "way"):
            self.__dict__.pop(derived, None)

    @property
    def shown_child(self) -> int:
        """Return the child's number, 0 when there is only one: then nothing of it is seen."""
        return self.filled.child if self.case.children > 1 else 0

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Return what stands between this sheet and a signature."""
        return self.applied.gaps(self.filled.role, tuple(all_facts()))

    def revisions(self, item_ids: Iterable[str]) -> tuple[int, ...]:
        """Return the newest revision of each item; 0 for one that was never answered."""
        return tuple(self.rows[item_id].revision if item_id in self.rows else 0 for item_id in item_ids)

    def stop(self, key: str) -> Stop | None:
        """Return the stop with this key, None when it does not apply any more."""
        return next((stop for stop in self.way if stop.key == key), None)

    def may_answer(self, stop: Stop) -> bool:
        """Say whether a card may be answered: a reader who has seen the workers' answers may only what opened again."""
        return self.filled.seen_at is None or any(self.may_choose(item_id) for item_id in stop.items)

    def may_choose(self, item_id: str) -> bool:
        """Say whether an item may be answered; see `may_answer`."""
        return self.filled.seen_at is None or self.applied.is_open(item_id)

    def written(self, session: Session, item_id: str) -> Written:
        """Return the newest answer to an item whole, texts in clear. Raises: SealBroken, KeyGone."""
        row = self.rows.get(item_id)
        return answers.read(session, self.filled, row) if row is not None else NOTHING


@dataclass
class Basis:
    """The newest occasion of one kind of list on a case, as one role has it.

    `sheets` is empty until the facts card is saved, or a reading begun. occasion 0: nothing was ever begun.
    worker: the same occasion as the workers have it; themselves, where they are the ones who look.
    """

    case: CaseRow
    list_id: ListId
    facts: Facts
    sheets: tuple[Sheet, ...]
    role: Role = WRITER
    occasion: int = 0
    of_workers: "Basis | None" = None

    @cached_property
    def checklist(self) -> Checklist:
        """Return the newest version of the list; the sheets that are begun have theirs."""
        return newest(self.list_id)

    @property
    def worker(self) -> "Basis":
        """Return the workers' side."""
        return self.of_workers or self

    def sheet(self, row_id: int) -> Sheet | None:
        """Return the sheet with this filled-list id."""
        return next((sheet for sheet in self.sheets if sheet.filled.id == row_id), None)

    @property
    def is_reading(self) -> bool:
        """Say whether these are the sheets someone reads by."""
        return self.role == READER

    @property
    def state(self) -> State | None:
        """Return where the sheets stand together; None without sheets."""
        return lifecycle.together(sheet.filled.status for sheet in self.sheets)

    @property
    def is_handed_over(self) -> bool:
        """Say whether every sheet has left the worker: it is with the chef, or signed."""
        return lifecycle.is_handed_over(self.state)

    @property
    def waits_for_reader(self) -> bool:
        """Say whether the lists wait to be read and signed."""
        return self.state in lifecycle.WAITING

    @property
    def is_whole(self) -> bool:
        """Say whether a reader has a sheet for every one of the workers'."""
        return {sheet.filled.child for sheet in self.sheets} == {sheet.filled.child for sheet in self.worker.sheets}

    def all_gaps(self) -> Iterator[tuple[Sheet, Gap]]:
        """Give every gap once: a fact about the whole case is told with the first child."""
        for sheet in self.sheets:
            for gap in sheet.gaps:
                if not is_shared(gap) or sheet is self.sheets[0]:
                    yield sheet, gap

    def next_from(self, row_id: int = 0, after: str = "") -> tuple[Sheet, Stop] | None:
        """Return the next open card: further on this sheet, then on the following ones, then from the start."""
        ids = [sheet.filled.id for sheet in self.sheets]
        start = ids.index(row_id) if row_id in ids else 0
        for sheet in self.sheets[start:] + self.sheets[:start]:
            stop = next_open(sheet.way, sheet.applied, after if sheet.filled.id == row_id else "")
            if stop:
                return sheet, stop
        return None

    def asked_facts(self, child: int) -> bool:
        """Say whether the child's own facts were ever asked; a reader is never asked them."""
        return self.is_reading or any(at_child == child for at_child, _ in self.facts)


def is_shared(gap: Gap) -> bool:
    """Say whether a gap is a fact about the whole case, the same for every child."""
    return gap.of == "fact" and all_facts()[gap.id].per == "case"


def written(session: Session, case: CaseRow, checklist: ListId = BASIS) -> Basis:
    """Read the newest occasion as its workers have it, whoever asks."""
    session.flush()
    return read(session, case, cases.facts(session, case.id), checklist)


def read(
    session: Session, case: CaseRow, facts: Facts, checklist: ListId = BASIS, reader_id: int = filled.NOBODY
) -> Basis:
    """Read the newest occasion: the workers' lists, or with `reader_id` that person's reading and theirs beside it."""
    found = answers.newest_occasion(session, case.id, checklist, reader_id)
    worker = _side(session, case, facts, checklist, WRITER, found)
    if reader_id == filled.NOBODY:
        return worker
    reader = _side(session, case, facts, checklist, READER, found)
    return replace(reader, occasion=worker.occasion, of_workers=worker)


def _side(
    session: Session,
    case: CaseRow,
    facts: Facts,
    checklist: ListId,
    role: Role,
    found: list[tuple[FilledRow, dict[str, AnswerRow]]],
) -> Basis:
    rows = [(row, given) for row, given in found if row.role == role]
    by = tenants.motivation_by(session, case.tenant_id)
    sheets = []
    for row, given in rows:
        points = returns.points(session, row.return_id, row.id) if row.return_id else {}
        known = cases.rule_facts(case, row.child, facts)
        sheets.append(Sheet(case, row, checklist_version(row.checklist, row.version), known, given, points, by))
    return Basis(case, checklist, facts, tuple(sheets), role, rows[0][0].occasion if rows else 0)
