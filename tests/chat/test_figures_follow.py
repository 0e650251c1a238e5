"""Whatever is pressed, typed, imported and disposed of, the figures equal a recount."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from checklists.cells import Cells, read_cells
from checklists.csv_in import BadCsv
from checklists.errors import DateInFuture, DatesOutOfOrder
from checklists.lifecycle import WRITER
from checklists.loader import newest
from checklists.model import Answer, ListId, Role
from imports import cases as cases_import
from imports.common import Imported
from reports.checklists import COLUMNS, checklist_rows
from reports.selected import Selection
from storage import aggregates, cases, tenants
from storage.desk import Session
from storage.recount import recount
from tests.chat.conftest import Furnished
from tests.chat.harness import LIST, REF, SOUTH, TENANT, Room
from tests.chat.read_drive import begins, reads, sent
from tests.chat.test_random_walk import Walk
from tests.sql.import_files import import_answers, import_cases
from tests.sql.kept_figures import dispose_of

UNITS = st.sampled_from([SOUTH, "Barn och unga Öst (påhittad)"])
DAYS = st.dates(date(2026, 1, 1), date(2026, 5, 20)).map(str)
"""Some lie in the future when the walk begins."""
IN_ORDER = ("received_on", "opened_on", "decided_on", "started_on", "closed_on")
APART = ("assigned_on", "planned_decision_on")
"""Dates that may come anywhere in the order."""
PAST = st.dates(date(2026, 1, 1), date(2026, 5, 12))


@st.composite
def dates_that_stand(draw: st.DrawFn) -> dict[str, str]:
    """Dates of one investigation in ascending order: valid for a new case."""
    names = [name for name in IN_ORDER if draw(st.booleans())]
    days = sorted(draw(st.lists(PAST, min_size=len(names), max_size=len(names))))
    apart = draw(st.dictionaries(st.sampled_from(APART), PAST.map(str)))
    dates = {name: str(day) for name, day in zip(names, days, strict=True)} | apart
    return {name: dates[name] for name in cases_import.DATES if name in dates}


PAST_DAYS = st.dates(date(2026, 1, 1), date(2026, 5, 12)).map(str)
"""An answer cannot be dated later than its import."""
ANY_DATES = st.dictionaries(st.sampled_from(cases_import.DATES), DAYS)
DATES = dates_that_stand() | ANY_DATES
"""Combined with a case's existing dates, even ordered ones may be rejected."""
FACTS = st.dictionaries(st.sampled_from(cases_import.FACTS), st.sampled_from(["ja", "nej"]))
LISTS: tuple[tuple[ListId, Role], ...] = (
    (LIST.id, WRITER),
    (LIST.id, "unit_manager"),
    ("intake", WRITER),
    ("sample_audit", "auditor"),
)
# No "obesvarad": exports use it for any answer while a condition is unknown, so importing it changes nothing.
WORDS = st.sampled_from(["Ja", "Nej", "Delvis", "Pågående", "Påhittat svar utanför skalan"])
SAID = st.dictionaries(st.integers(0, 99), WORDS, min_size=1, max_size=5)
TEXTS = st.sampled_from(["", "", "Påhittad text från en fil"])
MORE = st.fixed_dictionaries({"motivation": TEXTS, "note": TEXTS, "answered_on": st.just("") | PAST_DAYS})
Take = Callable[[Session, bytes, frozenset[str], datetime, str], Imported]


def wrong(session: Session) -> int:
    """Return the number of wrong figures; changes still queued are not errors."""
    return sum(recount(session, tenant.id).wrong for tenant in tenants.everyone(session))


def wrong_when_folded(session: Session) -> int:
    aggregates.project_all(session)
    return wrong(session)


class Counted(Walk):
    """The random walk, interleaved with imports of cases and answers, and a disposal."""

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.turns = 0
        self.is_elsewhere = False
        self.elsewhere = "SN 2026/0999"
        """A case of another unit that only file imports touch; no file brings back one that was disposed of."""

    @rule(unit=UNITS, dates=dates_that_stand(), facts=FACTS)
    @precondition(lambda self: self.children and not self.is_elsewhere)
    def a_new_case_comes_by_file(self, unit: str, dates: dict[str, str], facts: dict[str, str]) -> None:
        row = {"case_ref": self.elsewhere, "unit": unit, "children": "2", **dates, **facts}
        self.is_elsewhere = self._takes_dates(row)
        assert self.is_elsewhere, "ordered dates were rejected"

    @rule(unit=UNITS, dates=DATES, facts=FACTS)
    @precondition(lambda self: self.children)
    def a_case_comes_by_file(self, unit: str, dates: dict[str, str], facts: dict[str, str]) -> None:
        row = {"case_ref": self.elsewhere, "unit": unit, "children": "2", **dates, **facts}
        self.is_elsewhere |= self._takes_dates(row)

    @rule(dates=DATES, facts=FACTS)
    @precondition(lambda self: self.children)
    def her_case_changes_by_file(self, dates: dict[str, str], facts: dict[str, str]) -> None:
        open_still = {name: day for name, day in dates.items() if name != "closed_on"}  # tested elsewhere
        if self._takes_dates({"case_ref": REF, **open_still, **facts}):
            for known in self.model.facts.values():
                known |= facts

    @rule(of=st.sampled_from(LISTS), elsewhere=st.booleans(), child=st.integers(1, 2), said=SAID, more=MORE)
    @precondition(lambda self: self.children)
    def answers_come_by_file(
        self, of: tuple[ListId, Role], elsewhere: bool, child: int, said: dict[int, str], more: dict[str, str]
    ) -> None:
        checklist, role = newest(of[0]), of[1]
        ref = self.elsewhere if elsewhere and self.is_elsewhere else REF
        child = min(child, self.children) if ref == REF else child
        asked = checklist.asked[role]
        answers = {asked[at % len(asked)].id: word for at, word in said.items()}
        about = {"case_ref": ref, "checklist": checklist.id, "role": role}
        about |= {"child": str(child) if checklist.per == "child" else ""}
        self._takes(import_answers, [about | {"item": item, "answer": word} | more for item, word in answers.items()])
        if (ref, *of) == (REF, LIST.id, WRITER):
            _, stored, _ = self.anna.sheet(REF, child)
            for item, word in answers.items():
                told = read_cells(LIST.by_id[item], Cells(word, motivation=more["motivation"]))
                if stored[item].revision != self.model.revision(child, item):
                    self.model.from_file(child, item, word, Answer(told.choice, motivation=told.motivation_kind))
                assert self.model.of(child)[item].choice == told.choice

    @rule()
    @precondition(lambda self: self.is_elsewhere)
    def the_case_elsewhere_is_disposed_of(self) -> None:
        def work(session: Session) -> None:
            [tenant] = tenants.everyone(session)
            case = cases.find(session, tenant.id, self.elsewhere)
            assert case is not None
            dispose_of(session, tenant, case, self.room.now)

        answers = self.room.count()
        self.room.desk.run_now(work)
        self.disposed += answers - self.room.count()
        self.is_elsewhere, self.elsewhere = False, f"{self.elsewhere}A"

    @invariant()
    def the_figures_are_right(self) -> None:
        assert self.room.desk.run_now(wrong) == 0
        self.turns += 1
        if self.turns % 3 == 0:
            self.room.desk.run_now(aggregates.project_all)

    def teardown(self) -> None:
        if self.is_elsewhere:
            self.the_case_elsewhere_is_disposed_of()
        assert self.room.desk.run_now(wrong_when_folded) == 0
        assert self.room.scalar("select count(*) from changed") == 0

    def _takes_dates(self, row: Mapping[str, str]) -> bool:
        """Import one case; return whether its dates were valid. If not, nothing is stored."""
        try:
            self._takes(import_cases, [row])
        except BadCsv as refused:
            if {fault.code for fault in refused.faults} <= {DateInFuture.code, DatesOutOfOrder.code}:
                return False
            raise
        return True

    def _takes(self, take: Take, rows: Sequence[Mapping[str, str]]) -> None:
        """Import a file twice; the second import must change nothing."""
        lines = [",".join(row) for row in (["tenant_id", *rows[0]], *([TENANT, *row.values()] for row in rows))]
        raw = "\n".join(lines).encode()
        for _ in range(2):
            done = self.room.desk.run_now(
                lambda session: take(session, raw, frozenset({TENANT}), self.room.now, "cli:test")
            )
        assert done.unchanged == len(rows)


def walk(furnished: Furnished, how: settings) -> None:
    class Here(Counted):
        def __init__(self) -> None:
            super().__init__(furnished.room())

    run_state_machine_as_test(Here, settings=how)


def test_after_any_walk_the_figures_equal_a_recount(furnished: Furnished) -> None:
    walk(furnished, settings(max_examples=5, stateful_step_count=25))


@pytest.mark.slow
def test_figures_equal_a_recount_after_many_long_walks(furnished: Furnished) -> None:
    walk(furnished, settings(max_examples=150, stateful_step_count=60))


def worker_row(room: Room) -> dict[str, str]:
    """Return the export row of workers' lists."""

    def read(session: Session) -> dict[str, str]:
        rows = checklist_rows(session, Selection(role="case_worker"), room.now.date() + timedelta(days=9))
        [row] = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        assert wrong_when_folded(session) == 0
        return {column: row[column] for column in COLUMNS[6:] if row[column] not in ("0", "0,0")}

    return room.desk.run_now(read)


def test_what_the_chef_does_is_counted_on_the_workers_list(room: Room) -> None:
    anna, cecilia = sent(room), room.chat("cecilia")
    whole = {"begun": "1", "sent": "1", "complete": "1", "completion_pct": "100,0"}
    assert worker_row(room) == whole

    begins(cecilia).presses("Återlämna").presses("Återlämna", Kommentar="Påhittad kommentar")
    assert worker_row(room) == whole | {"returned": "1"}
    anna.types("vad saknas").presses("Skicka till chef")
    reads(cecilia.receives().presses("Fortsätt läsa")).presses("Visa skillnader").presses("Signera")
    assert worker_row(room) == whole | {"returned": "1", "signed": "1"}
    anna.types("ändra 1").presses("Nej")
    after = worker_row(room)
    assert (after["voided"], after.get("signed", "0")) == ("1", "0")
