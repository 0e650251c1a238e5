"""How long questions take is told per unit and quarter or not at all: nothing narrows it to a person.

Two hundred filters are drawn in each run; the seed is printed when one of them tells too much.
"""

import csv
import io
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random, randrange

import pytest

from checklists.model import Role, Written
from reports import checklists, measures, pace, rates, reread, rounds, times
from reports.answers import COLUMNS as ANSWER_COLUMNS
from reports.answers import answer_rows
from reports.csv_out import write_csv
from reports.selected import Selection
from reports.table import one_after_another, tables
from storage import aggregates, answers, filled, people
from storage.cases import CaseRow
from storage.desk import Desk, Session
from storage.filled import FilledRow
from storage.people import PersonRow
from storage.tables import METADATA
from tests.sql.conftest import World, add_case

TODAY = date(2026, 5, 12)
ITEMS = ("child_heard", "child_informed_report", "communication_boxes_filled")
MANY, FEW, ONE, RUNNING = "Många (påhittad)", "Få (påhittad)", "Ensam (påhittad)", "Pågående (påhittad)"
UNITS = {MANY: (6, 26), FEW: (4, 30), ONE: (7, 24), RUNNING: (6, 24)}
"""How many people and lists each unit has; in ONE, one of the people gives nearly all of the answers."""
FILTERS = 200

Put = dict[tuple[str, str], list[tuple[int, int, float]]]
"""(list, person, seconds) of every answer, by unit and quarter."""


def fill(session: Session, world: World, rng: Random) -> Put:
    """Store lists answered by several people, each at a pace of their own."""
    put: Put = defaultdict(list)
    for place, (unit, (heads, lists)) in enumerate(UNITS.items()):
        unit_id = people.unit(session, world.tenant, unit).id or 0
        staff = [
            PersonRow(tenant_id=world.tenant, email=f"p{place}{number}@example.invalid", name=f"Hemlig {place}{number}")
            for number in range(heads)
        ]
        session.add_all(staff)
        session.flush()
        paces = [rng.randrange(1, 90) for _ in staff]
        for number in range(lists):
            who = 0 if unit == ONE and number >= heads else number % heads
            first = date(2026, 4, 10) if unit == RUNNING else date(2026, 1, 10)
            at = datetime(first.year, first.month, first.day, 7, tzinfo=UTC)
            at += timedelta(days=number % 20, hours=number % 9)
            case = CaseRow(tenant_id=world.tenant, unit_id=unit_id, ref=f"SN 2026/9{place}{number:03}")
            add_case(session, case)
            row = FilledRow(
                tenant_id=world.tenant, case_id=case.id, unit_id=unit_id, checklist="decision_basis", version=1,
                child=1, role="case_worker", begun_at=at,
            )  # fmt: skip
            filled.add(session, row)
            for item in ITEMS:
                seconds = paces[who] + rng.random()
                at += timedelta(seconds=seconds)
                written = Written(rng.choice(("ja", "nej")))
                answers.add(session, row, item, 1, written, author=staff[who].id, at=at, act=f"{number}{item}")
                span = f"{at.year}-{'01-01' if at.month < 4 else '04-01'}"
                put[unit, span].append((row.id, staff[who].id, seconds))
    return put


def by_hand(put: Put) -> dict[tuple[str, str], list[str]]:
    """Return what may be told: of quarters that are over, with five people, twenty lists, and nobody over half."""
    told = {}
    for (unit, first), given in put.items():
        heads = Counter(person for _, person, _ in given)
        enough = len(heads) >= 5 and len({of for of, _, _ in given}) >= 20 and 2 * max(heads.values()) <= len(given)
        if first == "2026-04-01":
            continue  # the quarter is not over
        if not enough:
            told[unit, first] = ["..", "..", ".."]
            continue
        taken = [seconds for _, _, seconds in given]
        quick = sum(one <= 3 for one in taken)
        lists = len({of for of, _, _ in given})
        told[unit, first] = [str(lists), f"{statistics.median(taken):.0f}", f"{100 * quick / len(taken):.0f}"]
    return told


FIGURES: dict[str, tuple[Sequence[str], Callable[[Session, Selection, date], Iterator[list[str]]]]] = {
    "pace": (pace.COLUMNS, pace.pace_rows),
    "rates": (rates.COLUMNS, rates.rate_rows),
    "checklists": (checklists.COLUMNS, checklists.checklist_rows),
    "times": (times.COLUMNS, times.time_rows),
    "measures": (measures.COLUMNS, measures.measure_rows),
    "reread": (reread.COLUMNS, reread.reread_rows),
}


def exported(desk: Desk, what: str, selection: Selection) -> tuple[Sequence[str], list[list[str]]]:
    """Return one of the exports, as it is written."""
    if what == "answers":
        return ANSWER_COLUMNS, [list(row) for row in answer_rows(desk.read_now, selection)]
    if what == "table":
        header, *lines = one_after_another(tables(desk.read_now, selection))
        return header, [list(line) for line in lines]
    if what == "rounds":
        return rounds.COLUMNS, desk.read_now(lambda session: list(rounds.round_rows(session, selection)))
    columns, rows = FIGURES[what]
    return columns, desk.read_now(lambda session: list(rows(session, selection, TODAY)))


WHAT = ("pace", "pace", "pace", "rates", "checklists", "times", "rounds", "measures", "reread", "answers", "table")
ROLES: tuple[Role | str, ...] = ("", "case_worker", "unit_manager", "peer_reviewer")


def drawn(rng: Random) -> Iterator[tuple[str, Selection]]:
    for _ in range(FILTERS):
        first = rng.choice((None, TODAY - timedelta(days=rng.randrange(900))))
        last = rng.choice((None, (first or date(2026, 1, 1)) + timedelta(days=rng.choice((0, 1, 30, 89, 90, 400)))))
        unit, checklist = rng.choice(("", *UNITS)), rng.choice(("", "decision_basis", "intake"))
        yield rng.choice(WHAT), Selection(checklist, unit, rng.choice(ROLES), first, last)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_two_hundred_filters_tell_nothing_of_a_person(desk: Desk, world: World) -> None:
    seed = randrange(10**9)
    print(f"seed {seed}")  # noqa: T201
    rng = Random(seed)
    put = desk.run_now(lambda session: fill(session, world, rng))
    desk.run_now(aggregates.project_all)
    may = by_hand(put)
    assert [may[MANY, "2026-01-01"] != [".."] * 3, may[FEW, "2026-01-01"], may[ONE, "2026-01-01"]] == [
        *(True, [".."] * 3, [".."] * 3)
    ]

    told: set[tuple[str, str]] = set()
    for what, selection in drawn(rng):
        columns, rows = exported(desk, what, selection)
        out = io.StringIO()
        write_csv(out, columns, rows)
        text = out.getvalue()
        assert not re.search(r"Hemlig|@example|\d\d:\d\d", text), (what, selection)
        assert (
            not [name for name in columns if re.search(r"person|name|author|second(?!s_pct)", name)] or what == "pace"
        )
        if what == "pace":
            for unit, span, *cells in list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))[1:]:
                assert cells == may[unit, span[:10]], (selection, unit, span)
                told.add((unit, span[:10]))
    assert told == set(may), "every row that there is was asked for by some filter, and was always the same"


def test_no_column_keeps_how_long_anybody_took() -> None:
    """Moments are kept, as the trail needs them; how long something took is in no table, and no figure has a person."""
    named = [f"{table.name}.{column.name}" for table in METADATA.sorted_tables for column in table.columns]
    assert [name for name in named if re.search(r"seconds|duration|elapsed|took|pace|minutes|millis", name)] == []
    figures = {column.name for column in METADATA.tables["tally"].columns}
    assert figures == {
        *("tenant_id", "grain", "day", "unit_id", "checklist", "version", "role", "item", "code", "value", "frozen"),
        "n",
    }
