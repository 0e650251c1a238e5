"""The first screen of a report, held against figures counted by code of its own from what was put in."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random, randrange

from checklists.loader import checklist_version
from checklists.model import Role, Written
from checklists.periods import Period
from reports.overview import overview
from reports.selected import Selection
from reports.side_by_side import agreement, by_unit
from reports.summary import report_view
from reports.times import unit_times
from storage import aggregates, answers, filled, people
from storage.cases import CaseRow
from storage.desk import Desk, Session
from storage.filled import FilledRow
from tests.sql.conftest import World, add_case
from tests.sql.test_figures import noon

TODAY = date(2026, 11, 20)
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
UNITS = ("Öster (påhittad)", "Åkern (påhittad)", "Ängen (påhittad)")
ITEMS = ("child_heard", "child_informed_report", "communication_boxes_filled")


@dataclass(frozen=True)
class Made:
    """One made-up case. worker, chef: their answers, None without a list."""

    unit: str
    opened: date
    decided: date | None
    planned: date | None
    worker: dict[str, str] | None
    chef: dict[str, str] | None


def make(rng: Random) -> Made:
    opened = date(2026, 1, 1) + timedelta(days=rng.randrange(320))
    decided = opened + timedelta(days=rng.choice((60, 118, 125, 200)))
    has = rng.random() < 0.8
    worker = {item: rng.choice(("ja", "ja", "nej")) for item in ITEMS if rng.random() < 0.9} if has else None
    chef = (
        {item: rng.choice(("ja", "nej")) for item in ITEMS if rng.random() < 0.9}
        if has and rng.random() < 0.5
        else None
    )
    is_decided = decided <= TODAY and rng.random() < 0.7
    return Made(rng.choice(UNITS), opened, decided if is_decided else None, decided, worker, chef)


def store(session: Session, world: World, number: int, made: Made) -> None:
    unit_id = people.unit(session, world.tenant, made.unit).id or 0
    case = CaseRow(tenant_id=world.tenant, unit_id=unit_id, ref=f"SN 2026/{5000 + number}")
    case.opened_on, case.decided_on, case.planned_decision_on = made.opened, made.decided, made.planned
    add_case(session, case)
    whose: tuple[tuple[Role, dict[str, str] | None], ...] = (("case_worker", made.worker), ("unit_manager", made.chef))
    for role, given in whose:
        if given is None:
            continue
        begun = noon(made.opened + timedelta(days=3))
        row = FilledRow(
            tenant_id=world.tenant, case_id=case.id, unit_id=unit_id, checklist="decision_basis", version=1, child=1,
            role=role, begun_at=begun, seen_at=begun if role == "unit_manager" else None,
        )  # fmt: skip
        filled.add(session, row)
        for item, choice in given.items():
            answers.add(session, row, item, 1, Written(choice), author=None, at=begun, act="a")


def limit(opened: date) -> date:
    """The same day four months later; all made-up days up to the 28th have one."""
    month = opened.month + 4
    year, month = opened.year + (month > 12), (month - 1) % 12 + 1
    day = opened.day
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1


def test_every_number_of_the_first_screen_is_what_a_count_of_its_own_gives(desk: Desk, world: World) -> None:
    seed = randrange(10**9)
    print(f"seed {seed}")  # noqa: T201
    rng = Random(seed)
    town = [make(rng) for _ in range(90)]

    def fill(session: Session) -> None:
        for number, made in enumerate(town):
            store(session, world, number, made)

    desk.run_now(fill)
    for unit in ("", *UNITS):
        mine = [made for made in town if unit in ("", made.unit)]
        found = desk.run_now(lambda s, u=unit: overview(s, world.tenant, YEAR, TODAY, u))  # type: ignore[misc]
        tiles = {tile.name: tile.share for tile in found.tiles}

        decided = [made for made in mine if made.decided]
        assert (tiles["coverage"].k, tiles["coverage"].n) == (sum(m.worker is not None for m in decided), len(decided))
        ended = [made for made in decided if made.decided]
        open_late = [made for made in mine if not made.decided and limit(made.opened) < TODAY]
        in_time = sum(made.decided is not None and made.decided <= limit(made.opened) for made in ended)
        assert (tiles["in_time"].k, tiles["in_time"].n) == (in_time, len(ended) + len(open_late))

        both = [(m.worker, m.chef, item) for m in mine if m.worker is not None and m.chef is not None for item in ITEMS]
        answered = [(w[item], c[item]) for w, c, item in both if item in w and item in c]
        assert (tiles["agreed"].k, tiles["agreed"].n) == (sum(w == c for w, c in answered), len(answered))
        told = desk.run_now(lambda s, u=unit: agreement(s, world.tenant, YEAR, TODAY, u))  # type: ignore[misc]
        question = checklist_version("decision_basis", 1).by_id["child_heard"].question
        heard = [(w[i], c[i]) for w, c, i in both if i == "child_heard" and i in w and i in c]
        assert [one.same.n for one in told if one.title == question] == ([len(heard)] if heard else [])

        months: Counter[date] = Counter({date(2026, 5, 1): 1} if not unit else {})  # the world's own, unanswered
        yes: Counter[date] = Counter()
        for made in mine:
            if made.worker is not None:
                day = (made.opened + timedelta(days=3)).replace(day=1)
                if day < TODAY.replace(day=1):
                    months[day] += 1
                    yes[day] += made.worker.get("child_heard") == "ja"
        series = found.questions["child_heard"]
        assert [(d, s.k, s.n) for d, s in zip(series.months, series.points, strict=True)] == [
            (day, yes[day], months[day]) for day in sorted(months)
        ]


def test_a_headline_names_no_question_whose_fact_is_unknown_or_whose_follow_up_is_not_due(
    desk: Desk, world: World
) -> None:
    """Of no case is it known whether the child is placed; information about the decision is ongoing in each."""
    given = {"child_heard": "ja", "communication_boxes_filled": "ja", "police_report_decided": "nej"}
    given |= {f"child_informed_{what}": "ja" for what in ("report", "investigation", "intervention")}
    given["child_informed_decision"] = "pagaende"
    decided = date(2026, 6, 1)  # a Monday: asked for again on the 8th

    def work(session: Session) -> None:
        for number in range(6):
            store(session, world, number, Made(UNITS[0], date(2026, 3, 2), decided, None, given, None))

    desk.run_now(work)

    def lowest(day: date) -> str:
        view = desk.run_now(lambda s: report_view(s, world.tenant, Selection(unit=UNITS[0]), YEAR, day))
        return view.sentences[1]

    assert "polisanmälan" in lowest(date(2026, 6, 8)), "not the health check, and not what is ongoing"
    assert "information om beslutet" in lowest(date(2026, 6, 9)), "now it is due, and nobody has Ja"


def test_units_stand_in_swedish_order(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        for number, unit in enumerate(UNITS):
            store(session, world, number, Made(unit, date(2026, 3, 2), None, None, {"child_heard": "ja"}, None))

    desk.run_now(work)

    desk.run_now(aggregates.project_all)
    shown = desk.run_now(lambda s: [one.unit for one in by_unit(s, world.tenant, YEAR)])
    assert [unit for unit in shown if unit in UNITS] == [UNITS[1], UNITS[2], UNITS[0]]
    timed = desk.run_now(lambda s: [unit for unit, _ in unit_times(s, world.tenant, YEAR, Selection(), TODAY)])
    assert [*dict.fromkeys(timed)] == [UNITS[1], UNITS[2], UNITS[0]]
