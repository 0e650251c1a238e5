"""A case's lists of one kind as someone meets them: one sheet per child, and the way through all of them.

A worker meets the lists she and her co-worker write; a chef or her deputy the ones she reads by. Nobody is both.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from checklists.files import all_facts, checklist_version, newest
from checklists.model import Answer, Checklist, Gap
from checklists.route import Stop, before, is_open, next_open, stops
from checklists.rules import allowed, gaps, is_answered, progress
from checklists.rules import is_open as is_item_open
from dialogs.turn.turn_context import Talk
from dialogs.views.views import Claim, Head, Listed, MotivationBy
from storage import answers, cases, filled, returns, tenants
from storage.answers import AnswerRow
from storage.cases import CaseRow, FactRow
from storage.desk import Session
from storage.filled import READER, WRITER, FilledRow

WITH_CHEF = ("sent", "signed", "voided")
"""States of a worker's list in which it is the chef's turn, or was."""
_ORDER = ("open", "returned", "voided", "sent", "seen", "signed")


@dataclass
class Sheet:
    """One child's list (or the whole case's) with its facts and newest answers.

    points: the revision of each answer the chef pointed at when she sent the list back.
    """

    case: CaseRow
    filled: FilledRow
    checklist: Checklist
    facts: dict[str, str]
    rows: dict[str, AnswerRow]
    children: int
    points: Mapping[str, int] = field(default_factory=dict)
    motivation: MotivationBy = "either"
    """How the municipality has its motivations given."""

    @cached_property
    def answers(self) -> dict[str, Answer]:
        """Return the newest answers as the rules read them."""
        found = {item_id: answers.to_domain(row) for item_id, row in self.rows.items()}
        for item_id, revision in self.points.items():
            if item_id in found and found[item_id].revision <= revision:
                found[item_id] = replace(found[item_id], returned=True)
        return found

    @cached_property
    def way(self) -> tuple[Stop, ...]:
        """Return the cards that apply now, in order."""
        return stops(self.checklist, self.filled.role, self.facts, self.answers)

    def note(self, row: AnswerRow) -> None:
        """Take a new revision in: what follows from the answers is worked out anew."""
        self.rows[row.item_id] = row
        for derived in ("answers", "way"):
            self.__dict__.pop(derived, None)

    @property
    def shown_child(self) -> int:
        """Return the child's number, 0 when there is only one: then nothing of it is seen."""
        return self.filled.child if self.children > 1 else 0

    @property
    def head(self) -> Head:
        """Return the heading of this sheet's cards."""
        done, total = progress(self.checklist, self.filled.role, self.facts, self.answers)
        return Head(case_ref=self.case.ref, child=self.shown_child, done=done, total=total)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Return what stands between this sheet and a signature."""
        return gaps(self.checklist, self.filled.role, self.facts, self.answers, tuple(all_facts()))

    def claim(self, verb: str, item: str = "", revision: str = "", choice: str = "") -> Claim:
        """Return what a button of this sheet stands for."""
        return Claim(
            verb=verb,
            case=self.case.id,
            filled=self.filled.id,
            item=item,
            revision=revision,
            version=self.filled.version,
            choice=choice,
        )

    def revisions(self, item_ids: tuple[str, ...]) -> str:
        """Return the newest revision of each item, joined by commas; 0 for one that was never answered."""
        return ",".join(str(self.rows[item_id].revision if item_id in self.rows else 0) for item_id in item_ids)

    def stop(self, key: str) -> Stop | None:
        """Return the stop with this key, None when it does not apply any more."""
        return next((stop for stop in self.way if stop.key == key), None)

    def stop_before(self, key: str) -> Stop | None:
        """Return the card before this one, None at the beginning."""
        return before(self.way, key)

    def next_open(self, after: str = "") -> Stop | None:
        """Return the next card that asks something."""
        return next_open(self.way, self.checklist, self.facts, self.answers, after)

    def is_open(self, stop: Stop) -> bool:
        """Say whether a card still asks something."""
        return is_open(self.checklist, stop, self.facts, self.answers)

    def may_answer(self, stop: Stop) -> bool:
        """Say whether a card may be answered: a reader who has seen the worker's answers only what opened again."""
        return any(self.may_choose(item_id) for item_id in stop.items)

    def may_choose(self, item_id: str) -> bool:
        """Say whether an item may be answered; see `may_answer`."""
        item = self.checklist.by_id[item_id]
        return self.filled.seen_at is None or is_item_open(self.checklist, item, self.facts, self.answers)

    def listed(self, item_id: str) -> Listed:
        """Return an item with what is allowed and what is answered now; an answer that no longer counts is none."""
        place = (self.checklist, self.checklist.by_id[item_id], self.facts, self.answers)
        current = self.answers[item_id].choice if is_answered(*place) else ""
        return Listed(item=item_id, allowed=allowed(*place), current=current)


@dataclass
class Basis:
    """The newest occasion of one kind of list on a case, as one role has it.

    `sheets` is empty until the facts card is saved, or a reading begun. occasion 0: nothing was ever begun.
    """

    case: CaseRow
    checklist: Checklist
    facts: dict[tuple[int, str], FactRow]
    sheets: tuple[Sheet, ...]
    role: str = WRITER
    occasion: int = 0

    def sheet(self, row_id: int) -> Sheet | None:
        """Return the sheet with this filled-list id."""
        return next((sheet for sheet in self.sheets if sheet.filled.id == row_id), None)

    @property
    def is_reading(self) -> bool:
        """Say whether these are the sheets someone reads by."""
        return self.role == READER

    @property
    def status(self) -> str:
        """Return where the sheets stand together: the one that has come least far decides. Empty without sheets."""
        found = {sheet.filled.status for sheet in self.sheets}
        return next((status for status in _ORDER if status in found), "")

    @property
    def is_with_chef(self) -> bool:
        """Say whether every sheet is with the chef, or has been signed."""
        return self.status in WITH_CHEF

    @property
    def head(self) -> Head:
        """Return the heading of what is about all sheets together."""
        heads = [sheet.head for sheet in self.sheets]
        return Head(case_ref=self.case.ref, done=sum(h.done for h in heads), total=sum(h.total for h in heads))

    def all_gaps(self) -> Iterator[tuple[Sheet, Gap]]:
        """Give every gap once: a fact about the whole case is told with the first child."""
        for sheet in self.sheets:
            for gap in sheet.gaps:
                shared = gap.of == "fact" and all_facts()[gap.id].per == "case"
                if not shared or sheet is self.sheets[0]:
                    yield sheet, gap

    def next_from(self, row_id: int = 0, after: str = "") -> tuple[Sheet, Stop] | None:
        """Return the next open card: further on this sheet, then on the following ones, then from the start."""
        ids = [sheet.filled.id for sheet in self.sheets]
        start = ids.index(row_id) if row_id in ids else 0
        for sheet in self.sheets[start:] + self.sheets[:start]:
            stop = sheet.next_open(after if sheet.filled.id == row_id else "")
            if stop:
                return sheet, stop
        return None

    def asked_facts(self, child: int) -> bool:
        """Say whether the child's own facts were ever asked; a reader is never asked them."""
        return self.is_reading or any(at_child == child for at_child, _ in self.facts)


def load(talk: Talk, case: CaseRow, checklist_id: str = "decision_basis") -> Basis:
    """Read a case's newest occasion of a list as she has it, and note that this turn is about the case."""
    talk.touched = case
    if talk.turn.kind != "refresh":  # her client asks that by itself; it is not what she last turned to
        talk.conversation.case_id = case.id
    return reload(talk, case, checklist_id)


def reload(talk: Talk, case: CaseRow, checklist_id: str) -> Basis:
    """Read the newest occasion again, after something was stored."""
    if talk.reads(case):
        return reading(talk.session, case, checklist_id, talk.person_id)
    return written(talk.session, case, checklist_id)


def written(session: Session, case: CaseRow, checklist_id: str = "decision_basis") -> Basis:
    """Read the newest occasion as its workers have it, whoever asks."""
    session.flush()
    facts = cases.facts(session, case.id)
    rows = filled.of_case(session, case.id, checklist_id, WRITER)
    occasion = max((row.occasion for row in rows), default=0)
    sheets = tuple(_sheet(session, case, row, facts) for row in rows if row.occasion == occasion)
    return Basis(case, newest(checklist_id), facts, sheets, WRITER, occasion)


def reading(session: Session, case: CaseRow, checklist_id: str, person_id: int) -> Basis:
    """Read one person's reading of the newest occasion; without sheets until she has begun it."""
    session.flush()
    facts = cases.facts(session, case.id)
    of_workers = filled.of_case(session, case.id, checklist_id, WRITER)
    occasion = max((row.occasion for row in of_workers), default=0)
    rows = filled.of_case(session, case.id, checklist_id, READER, person_id)
    sheets = tuple(_sheet(session, case, row, facts) for row in rows if row.occasion == occasion)
    return Basis(case, newest(checklist_id), facts, sheets, READER, occasion)


def _sheet(session: Session, case: CaseRow, row: FilledRow, facts: dict[tuple[int, str], FactRow]) -> Sheet:
    known = cases.rule_facts(case, row.child, facts)
    stored = answers.latest(session, row.id)
    points = returns.points(session, row.return_id, row.id) if row.return_id else {}
    checklist, tenant = checklist_version(row.checklist, row.version), tenants.get(session, case.tenant_id)
    by = tenants.settings(tenant).motivation if tenant else "either"
    return Sheet(case, row, checklist, known, stored, case.children, points, by)


def begin(talk: Talk, basis: Basis, occasion: int = 1) -> Basis:
    """Store the sheets that do not exist yet, one per child, pinned to the version and the unit of today."""
    present = {sheet.filled.child for sheet in basis.sheets}
    wanted = range(1, basis.case.children + 1) if basis.checklist.per == "child" else (filled.NO_CHILD,)
    first = basis.sheets[0].filled if basis.sheets else None
    for child in wanted:
        if child not in present:
            row = FilledRow(
                tenant_id=talk.tenant_id,
                case_id=basis.case.id,
                unit_id=first.unit_id if first else basis.case.unit_id,
                checklist=basis.checklist.id,
                version=first.version if first else basis.checklist.version,
                occasion=first.occasion if first else occasion,
                child=child,
                role=WRITER,
                begun_at=talk.turn.now,
            )
            filled.add(talk.session, row)
            talk.record("list_begun", case=basis.case, filled_id=row.id)
    return reload(talk, basis.case, basis.checklist.id)


def begin_reading(talk: Talk, case: CaseRow, of_workers: Basis) -> Basis:
    """Store her reading: one sheet for each of the workers', in the same version; what is there stays."""
    mine = reading(talk.session, case, of_workers.checklist.id, talk.person_id)
    present = {sheet.filled.child for sheet in mine.sheets}
    missing = [sheet.filled for sheet in of_workers.sheets if sheet.filled.child not in present]
    for row in missing:
        begun = FilledRow(
            tenant_id=talk.tenant_id,
            case_id=case.id,
            unit_id=row.unit_id,
            checklist=row.checklist,
            version=row.version,
            occasion=row.occasion,
            child=row.child,
            role=READER,
            person_id=talk.person_id,
            begun_at=talk.turn.now,
        )
        filled.add(talk.session, begun)
        talk.record("reading_begun", case=case, filled_id=begun.id, detail=talk.acting_as(case))
    return reading(talk.session, case, of_workers.checklist.id, talk.person_id) if missing else mine
