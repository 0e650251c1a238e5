"""Charts over time: what is known to have changed is marked where it can show, on the page and in the workbook."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl

from bot.pages.report_page import render
from checklists.months import months_on
from checklists.periods import Period
from reports.overview import overview
from reports.selected import Selection
from reports.workbook import Wanted, write_workbook
from storage import links, measures, people
from storage.aggregates import DAY, MONTH, AggregateRow
from storage.desk import Desk, Session
from storage.links import Link
from storage.measures import MeasureRow
from tests.sql.conftest import World

TODAY = date(2026, 5, 12)
FIRST = date(2024, 6, 1)
MONTHS = [months_on(FIRST, number) for number in range(23)]
CHANGED, NEW_VERSION = date(2025, 6, 1), date(2025, 10, 1)
NORR, SYD, VAST = "Norr (påhittad)", "Syd (påhittad)", "Väst (påhittad)"
PERIOD = Period(date(2025, 1, 1), date(2026, 4, 30))


def fill(session: Session, world: World) -> None:
    """Store ten lists a month in two units, more of them complete from a day on; in a third, none is."""
    for unit, lists in ((NORR, 10), (SYD, 10), (VAST, 12)):
        unit_id = people.unit(session, world.tenant, unit).id or 0
        for number, month in enumerate(MONTHS):
            complete = 0 if unit == VAST else (3 if month < CHANGED else 8) + number % 2
            counts = {("", "begun"): lists, ("", "complete"): complete}
            counts |= {("child_heard", "ja"): complete, ("child_heard", "nej"): lists - complete}
            for grain in (DAY, MONTH):
                of = {"tenant_id": world.tenant, "grain": grain, "day": month, "unit_id": unit_id, "value": 0}
                of |= {"checklist": "decision_basis", "version": 1 + (month >= NEW_VERSION), "role": "case_worker"}
                session.add_all(
                    AggregateRow(**of, item=item, code=code, frozen=False, n=n)
                    for (item, code), n in counts.items()
                    if n
                )
    norr = people.unit(session, world.tenant, NORR).id or 0
    done: Sequence[tuple[datetime | None, dict[str, Any]]] = (
        (datetime(2025, 5, 20, 9, tzinfo=UTC), {"checklist": "decision_basis", "version": 1, "item_id": "child_heard"}),
        (datetime(2025, 8, 31, 23, tzinfo=UTC), {"code": "B4"}),  # in Sweden it is September
        (datetime(2025, 11, 3, 9, tzinfo=UTC), {"checklist": "intake", "version": 1, "item_id": "violence_suspected"}),
        (None, {}),
    )
    for number, (at, about) in enumerate(done):
        made = {"tenant_id": world.tenant, "nonce": f"n{number}", "unit_id": norr, "owner_id": world.person}
        made |= {"due_on": TODAY, "made_by": world.person, "made_at": datetime(2025, 2, 1, tzinfo=UTC), "done_at": at}
        measures.add(session, MeasureRow(**made, **about, what=b""), "påhittad åtgärd")


def marked(changes: Sequence[tuple[int, Any]]) -> list[tuple[str, str]]:
    return [(f"{MONTHS[place]:%Y-%m}", one.kind) for place, one in changes]


def test_versions_and_measures_are_marked_in_the_month_they_can_show(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: fill(session, world))

    whole = desk.run_now(lambda session: overview(session, world.tenant, PERIOD, TODAY))
    north = desk.run_now(lambda session: overview(session, world.tenant, PERIOD, TODAY, NORR))
    south = desk.run_now(lambda session: overview(session, world.tenant, PERIOD, TODAY, SYD))

    everything = [("2025-05", "measure"), ("2025-09", "measure"), ("2025-10", "version")]
    assert marked(whole.complete.changes) == marked(north.complete.changes) == everything
    assert marked(south.complete.changes) == [("2025-10", "version")], "its own measures only"
    heard = north.questions["child_heard"]
    assert marked(heard.changes) == [("2025-05", "measure"), ("2025-10", "version")], "B4 is about other questions"
    assert north.complete.since == CHANGED


def test_the_page_draws_the_marks_and_the_funnel(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: fill(session, world))
    at = datetime(2026, 5, 12, 9, tzinfo=UTC)
    scope = links.report_scope("", PERIOD.first, PERIOD.last)
    link = Link(world.tenant, world.person, "report", scope, at)
    page = str(desk.run_now(lambda session: render(session, link, "sv")).text)

    assert page.count('class="known"') == 3 + 2, "the whole lists, and the one question"
    assert "v2: version 2 av checklistan togs i bruk i oktober 2025." in page
    assert page.count("Å: en åtgärd blev klar i maj 2025.") == 2 * 2, "beneath each chart, and in its words"
    assert "Över tid: förändring sedan juni 2025." in page
    assert page.count('class="limit"') == 2
    assert "3. Väst (påhittad)" in page
    assert page.index("1. Norr (påhittad)") < page.index("2. Syd (påhittad)") < page.index("3. Väst (påhittad)")
    assert "lägre än slumpen ger" in page


def test_the_workbook_has_run_charts_of_the_same_numbers(desk: Desk, world: World, tmp_path: Path) -> None:
    desk.run_now(lambda session: fill(session, world))
    path = tmp_path / "a.xlsx"
    write_workbook(desk.read_now, str(path), Wanted(Selection(first=PERIOD.first, last=PERIOD.last), TODAY))
    book = openpyxl.load_workbook(path)
    whole = desk.run_now(lambda session: overview(session, world.tenant, PERIOD, TODAY))

    numbers = book["Serier"]
    charts = book["Över tid"]._charts
    series = [whole.complete, whole.questions["child_heard"]]
    assert len(charts) == len(series)
    for chart, one in zip(charts, series, strict=True):
        line, middle, marks = chart.series
        assert one.chart is not None
        assert [cell.value for (cell,) in rows(numbers, line.val.numRef.f)] == [p.tenths / 10 for p in one.points]
        assert {cell.value for (cell,) in rows(numbers, middle.val.numRef.f)} == {round(100 * one.chart.middle, 1)}
        at = [place for place, (cell,) in enumerate(rows(numbers, marks.val.numRef.f)) if cell.value == 100]
        assert at == sorted({place for place, _ in one.changes} | {one.months.index(CHANGED)})
    said = [cell for row in book["Över tid"].iter_rows(values_only=True) for cell in row if cell]
    assert any("förändring sedan juni 2025" in text and "version 2" in text for text in said)
    [funnel] = book["Enheter"]._charts
    assert [cell.value for (cell,) in rows(book["Enheter"], funnel.series[-1].xVal.numRef.f)] == [160, 160, 192]
    assert not book["Enheter"].auto_filter.ref


def rows(sheet: Any, reference: str) -> Any:
    return sheet[reference.rpartition("!")[2].replace("$", "")]
