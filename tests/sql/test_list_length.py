"""Questions that twelve months have shown to be of no use are proposed for removal; for the whole organisation only."""

from datetime import UTC, date, datetime
from typing import Any

from bot.pages.report_page import render
from checklists.loader import newest
from checklists.periods import year_of
from reports.list_length import proposals
from storage import aggregates, links, measures
from storage.aggregates import DAY, MONTH, AggregateRow
from storage.desk import Desk, Session
from storage.links import Link
from storage.measures import MeasureRow
from tests.sql.conftest import World

TODAY = date(2026, 5, 12)
GIVEN = {
    "child_heard": {"ja": 15, "nej": 9},
    "child_informed_report": {"ja": 24},
    "child_informed_decision": {"ja": 20, "pagaende": 4},
    "police_report_decided": {"ja": 19},
}
BOTH = {"child_informed_decision": (8, 16), "child_heard": (22, 2)}
"""How often worker and chef said the same, and not."""


def fill(session: Session, world: World, began: date) -> None:
    places = {item.id: place for place, item in enumerate(newest("decision_basis").items)}
    cells: list[dict[str, Any]] = [
        {"day": day, "role": "case_worker", "item": item, "code": code, "n": n}
        for day, some in ((began, {"child_heard": {"ja": 1}}), (date(2026, 3, 1), GIVEN))
        for item, counts in some.items()
        for code, n in counts.items()
    ]
    cells += [
        {"day": date(2026, 3, 1), "role": "unit_manager", "item": "", "code": f"{code}.{places[item]}", "n": n}
        for item, counts in BOTH.items()
        for code, n in zip(("lika", "olika"), counts, strict=True)
    ]
    of = {"tenant_id": world.tenant, "unit_id": world.unit, "checklist": "decision_basis", "version": 1, "value": 0}
    session.add_all(AggregateRow(**of, **one, grain=grain, frozen=False) for one in cells for grain in (DAY, MONTH))


def take(session: Session, world: World, n: int, **about: Any) -> None:
    for number in range(n):
        made = {"tenant_id": world.tenant, "nonce": f"{about}{number}"[-40:], "unit_id": world.unit, "due_on": TODAY}
        made |= {"owner_id": world.person, "made_by": world.person, "made_at": datetime(2026, 2, 1, tzinfo=UTC)}
        measures.add(session, MeasureRow(**made, **about, what=b""))


def proposed(desk: Desk, world: World) -> dict[str, list[str]]:
    found = desk.run_now(lambda session: proposals(session, world.tenant, TODAY))
    return {one.item: [why.why for why in one.reasons] for one in found}


def test_what_shows_no_use_for_a_year_is_proposed_and_why(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: fill(session, world, date(2025, 5, 1)))
    assert proposed(desk, world) == {"child_informed_report": ["same"], "child_informed_decision": ["disagree"]}

    basis = {"checklist": "decision_basis", "version": 1}
    desk.run_now(lambda session: take(session, world, 3, **basis, item_id="child_heard"))
    desk.run_now(lambda session: take(session, world, 1, code="B4"))
    desk.run_now(lambda session: take(session, world, 2, checklist="intake", version=1, item_id="violence_suspected"))
    assert "no_measure" not in str(proposed(desk, world)), "four about this list say nothing yet"
    desk.run_now(lambda session: take(session, world, 1, code="B3"))
    assert proposed(desk, world) == {
        "child_informed_report": ["same", "no_measure"],
        "child_informed_decision": ["no_measure", "disagree"],
    }


def test_nothing_is_proposed_before_a_year_has_been_counted(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: fill(session, world, date(2025, 6, 1)))
    assert proposed(desk, world) == {}


def test_the_page_says_it_of_the_whole_organisation_only(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: fill(session, world, date(2025, 5, 1)))
    desk.run_now(aggregates.project_all)

    def page(unit: str) -> str:
        scope = links.report_scope(unit, year_of(2026).first, year_of(2026).last)
        link = Link(world.tenant, world.person, "report", scope, datetime(2026, 5, 12, 9, tzinfo=UTC))
        return str(desk.run_now(lambda session: render(session, link, "sv")).text)

    assert "Är listan för lång?" in page("")
    assert "alla 24 svar var Ja" in page("")
    assert "handläggare och chef svarade lika 8\xa0av\xa024 gånger" in page("")
    assert "Är listan för lång?" not in page("Barn och unga Nord (påhittad)")
