"""Rounds on both databases, by their actions alone: who has a tie, what an action refuses, what goes with a case."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import SQLModel, select

from actions import cases as case_acts
from actions import (
    round_giving,
    round_matching,
    round_pool,
    round_progress,
    round_raising,
    round_reviewing,
    round_seat,
    round_unfit,
    rounds,
    units,
    wrong_case,
)
from actions.origin import Origin, of_person
from actions.rounds import Plan
from checklists.calibration import akts, questions
from checklists.csv_in import CsvRow
from checklists.errors import NoReplacement, NoReviewer, NothingDrawn, RoundCasesTaken, RoundMoved, RoundOver
from checklists.frame_file import COLUMNS, redrawn
from checklists.model import Role
from checklists.periods import Period
from checklists.round_match import Availability, Match, NoMatch
from checklists.tenant_settings import TenantSettings
from reports.rounds import round_rows
from reports.selected import Selection
from storage import (
    disposal,
    log_checks,
    people,
    raised,
    round_cases,
    round_readings,
    round_reviewers,
    round_ties,
    tenants,
    trail,
)
from storage import rounds as stored
from storage.cases import CaseRow, ref_before
from storage.desk import Desk, Session
from storage.filled import FilledRow
from storage.log_checks import LogCheckRow
from storage.people import PersonRow, RoleRow
from storage.round_reviewers import ConsentRow
from storage.rounds import RoundRow
from tests.sql.conftest import NOW, add_case

TODAY = NOW.date()
SETTINGS = TenantSettings()


@dataclass(frozen=True)
class Town:
    """Row ids of a made-up municipality: two units, people by name, cases in the order they were decided."""

    tenant: int
    north: int
    south: int
    people: dict[str, int]
    cases: tuple[int, ...]

    def origin(self, name: str) -> Origin:
        return of_person(self.tenant, self.people[name], NOW)


def town(session: Session, count: int = 3) -> Town:
    tenant = tenants.ensure(session, "made-up-rounds").id
    north, south = (people.unit(session, tenant, name).id for name in ("Nord (påhittad)", "Syd (påhittad)"))
    found: dict[str, int] = {}
    who: list[tuple[str, Role, int]] = [("mona", "manager", north), ("lena", "case_worker", north)]
    who += [(name, "peer_reviewer", north) for name in ("cia", "dan", "elsa")] + [("sven", "peer_reviewer", south)]
    for name, role, unit in who:
        row = PersonRow(tenant_id=tenant, object_id=name, name=name.capitalize())
        session.add(row)
        session.flush()
        session.add(RoleRow(tenant_id=tenant, person_id=row.id, unit_id=unit, role=role))
        found[name] = row.id
    made = []
    for number in range(count):
        day = TODAY - timedelta(days=60 + number)
        case = CaseRow(tenant_id=tenant, ref=f"SN {number}", unit_id=north, lead_id=found["lena"], decided_on=day)
        made.append(add_case(session, case).id)
    session.flush()
    return Town(tenant, north, south, found, tuple(made))


def plan(at: Town, **more: object) -> Plan:
    period = Period(TODAY - timedelta(days=100), TODAY)
    usual = {"name": "Våren", "checklist": "peer_review_bou", "units": (at.north,), "period": period, "per_unit": 2}
    usual |= {"opens_on": TODAY, "closes_on": TODAY + timedelta(days=30), "seed": "frö", **more}
    return Plan(**usual)  # type: ignore[arg-type]


def begun(session: Session, at: Town, *names: str, **more: object) -> RoundRow:
    row, _ = rounds.make(session, at.origin("mona"), plan(at, **more))
    wanted = [at.people[name] for name in names]
    round_pool.add_reviewers(session, at.origin("mona"), row, wanted, Availability())
    found, _ = rounds.start(session, at.origin("mona"), row, SETTINGS)
    assert isinstance(found, Match)
    return row


def test_the_names_are_sealed_and_the_same_seed_draws_the_same(desk: Desk) -> None:
    def work(session: Session) -> None:
        at = town(session, 12)
        one, _ = rounds.make(session, at.origin("mona"), plan(at, pool="Barnrättsgruppen", per_unit=5))
        other, _ = rounds.make(session, at.origin("mona"), plan(at, per_unit=5))
        third, _ = rounds.make(session, at.origin("mona"), plan(at, per_unit=5, seed=""))
        drawn = [[case.ref for _, case in round_cases.drawn_of(session, row.id)] for row in (one, other, third)]
        assert drawn[0] == drawn[1]
        assert len(drawn[2]) == 5
        assert third.seed.isalpha()
        assert len(third.seed) == 16
        assert (stored.name_of(session, one), stored.pool_of(session, one)) == ("Våren", "Barnrättsgruppen")
        assert b"Barnr" not in one.pool

    desk.run_now(work)


def test_a_tie_is_lead_co_worker_opener_signer_or_said_so(desk: Desk) -> None:
    def work(session: Session) -> None:
        at = town(session)
        case, _ = case_acts.open_case(session, at.origin("cia"), "SN 2026/9001", at.north, at.people["lena"])
        case.decided_on = TODAY - timedelta(days=50)
        session.flush()
        assert round_ties.ties(session, [case.id])[case.id] == {at.people["cia"], at.people["lena"]}
        row = begun(session, at, "dan", "elsa", per_unit=4)
        given = next(one for one in round_readings.readings(session, row.id) if one.person_id == at.people["dan"])
        of = session.get_one(CaseRow, given.case_id)
        round_reviewing.declare(session, at.origin("dan"), of, given, had=True)
        assert at.people["dan"] in round_ties.ties(session, [of.id])[of.id]
        with pytest.raises(RoundMoved):
            round_reviewing.declare(session, at.origin("dan"), of, given, had=False)
        assert round_seat.seat(session, at.origin("dan"), of, "peer_review_bou").standing == "not_hers"
        assert round_seat.seat(session, at.origin("dan"), of, "sample_audit").standing == "undrawn"
        assert round_matching.candidates(session, at.origin("mona"), row, of.id, SETTINGS) == (at.people["elsa"],)
        round_giving.move(session, at.origin("mona"), row, given, at.people["elsa"], SETTINGS)
        for again in (given, next(one for one in round_readings.readings(session, row.id) if one.case_id == of.id)):
            with pytest.raises((RoundMoved, NoReviewer)):
                round_giving.move(session, at.origin("mona"), row, again, at.people["elsa"], SETTINGS)
        with pytest.raises(RoundMoved):
            round_giving._present(None)

    desk.run_now(work)


def test_a_loan_is_asked_once_and_needs_both_sides(desk: Desk) -> None:
    def work(session: Session) -> None:
        at = town(session)
        mona = at.origin("mona")
        row, _ = rounds.make(session, mona, plan(at))
        round_pool.add_reviewers(session, mona, row, [at.people["sven"]], Availability())
        for person, unit in (("cia", at.north), ("lena", at.north), ("sven", at.south)):
            with pytest.raises(NoReviewer):
                round_pool.ask_for(session, mona, row, at.people[person], unit, ())
        found = round_matching.try_match(session, mona, row, SETTINGS)
        assert isinstance(found, NoMatch)
        assert found.reason == "ties"
        near = {at.people[name] for name in ("cia", "dan", "elsa")}
        ask = round_matching.whom_to_ask(session, mona, row, found.cases)
        assert {person for person, _ in ask[:3]} == near
        assert ask[3] == (at.people["sven"], at.north)

        asked, changes = round_pool.ask_for(session, mona, row, at.people["sven"], at.north, {at.north})
        assert [(one.side, one.said) for one in asked] == [("lends", ""), ("borrows", "yes")]
        assert len(changes) == 1
        assert round_pool.ask_for(session, mona, row, at.people["sven"], at.north, ()) == ((), ())
        round_pool.say(session, mona, asked[0], yes=False)
        assert isinstance(round_matching.try_match(session, mona, row, SETTINGS), NoMatch)
        round_pool.say(session, mona, asked[0], yes=True)
        assert isinstance(round_matching.try_match(session, mona, row, SETTINGS), Match)

    desk.run_now(work)


def test_what_has_moved_on_is_refused_and_the_next_case_is_taken_with_its_readers(desk: Desk) -> None:
    def work(session: Session) -> None:
        at = town(session)
        mona = at.origin("mona")
        row = begun(session, at, "cia", "dan", twice=100)
        drawn = [case.id for _, case in round_cases.drawn_of(session, row.id)]
        left = next(one for one in at.cases if one not in drawn)
        with pytest.raises(RoundMoved):
            round_giving.replace(session, mona, row, left, SETTINGS)
        case, _ = round_giving.replace(session, mona, row, drawn[0], SETTINGS)
        assert case.id == left
        every = round_readings.readings(session, row.id)
        readers = [(one.second, one.person_id) for one in every if one.case_id == left]
        assert [second for second, _ in readers] == [False, True]
        assert {person for _, person in readers} == {at.people["cia"], at.people["dan"]}
        with pytest.raises(NoReplacement):
            round_giving.replace(session, mona, row, drawn[1], SETTINGS)
        with pytest.raises(RoundMoved):
            rounds.start(session, mona, row, SETTINGS)
        rounds.close(session, mona, row, dict.fromkeys([left, drawn[1]], "no_time"))
        assert (row.done, row.readings) == (0, 2)
        with pytest.raises(RoundMoved):
            rounds.close(session, mona, row, {})
        with pytest.raises(RoundMoved):
            round_pool.drop_reviewer(session, mona, row, at.people["cia"])

    desk.run_now(work)


def test_what_is_raised_twice_is_one_matter_and_only_who_was_told_receives_it(desk: Desk) -> None:
    def work(session: Session) -> None:
        at = town(session)
        row = begun(session, at, "cia", "dan")
        case = session.get_one(CaseRow, at.cases[0])
        mona, cia = at.people["mona"], at.origin("cia")
        one, changes = round_raising.raise_now(session, cia, row, case, [mona], SETTINGS)
        assert len(changes) == 1
        assert round_raising.raise_now(session, cia, row, case, [mona], SETTINGS) == (one, ())
        assert one.due_at - NOW >= timedelta(hours=2)
        with pytest.raises(RoundMoved):
            round_raising.receive(session, at.origin("lena"), one, case)
        assert raised.overdue(session, one.due_at - timedelta(seconds=1)) == []
        assert raised.overdue(session, one.due_at) == [one]
        assert round_raising.receive(session, at.origin("mona"), one, case)
        assert round_raising.receive(session, at.origin("mona"), one, case) == ()
        assert raised.overdue(session, one.due_at) == []

    desk.run_now(work)


def test_a_calibration_counts_for_its_version_alone_and_for_a_year(desk: Desk) -> None:
    def work(session: Session) -> None:
        at = town(session)
        row = begun(session, at, "cia", "dan")
        cia, akt = at.origin("cia"), akts("peer_review_bou")[0]
        assert not round_seat.calibrated(session, cia, row)
        given = {item.id: akt.key[item.id].answer for item in questions(akt, row.version)}
        round_reviewing.calibrate(session, cia, row, akt, given)
        assert round_seat.calibrated(session, cia, row)
        later = of_person(at.tenant, at.people["cia"], NOW + timedelta(days=366))
        assert not round_seat.calibrated(session, later, row)
        row.version = 1
        assert not round_seat.calibrated(session, cia, row)

    desk.run_now(work)


def test_a_disposed_case_takes_its_part_of_every_round_with_it(desk: Desk) -> None:
    def work(session: Session) -> None:
        at = town(session)
        row = begun(session, at, "cia", "dan")
        case = session.get_one(CaseRow, round_cases.drawn_of(session, row.id)[0][1].id)
        one, _ = round_raising.raise_now(session, at.origin("cia"), row, case, [at.people["mona"]], SETTINGS)
        disposal.dispose_of(session, tenants.get(session, at.tenant), [case], NOW, "cli:test")
        assert len(round_cases.drawn_of(session, row.id)) == 1
        assert len(round_readings.readings(session, row.id)) == 1
        assert raised.get(session, at.tenant, one.id) is None

    desk.run_now(work)


def test_a_draft_whose_cases_changed_is_not_started_before_others_are_taken_in_their_place(desk: Desk) -> None:
    def work(session: Session) -> None:
        at = town(session, 8)
        mona = at.origin("mona")
        cases = {one: session.get_one(CaseRow, one) for one in at.cases}
        first, _ = rounds.make(session, mona, plan(at, per_unit=7, twice=0, seed="ett"))
        begun(session, at, "cia", "dan", per_unit=1, seed="två")
        busy = next(iter(round_cases.under_way(session, at.cases, "peer_review_bou")))
        drawn = [case.id for _, case in round_cases.drawn_of(session, first.id) if case.id != busy]
        wrong_case.withdraw(session, mona, cases[drawn[0]])
        cases[drawn[1]].protected_identity = True
        cases[drawn[2]].unit_id = at.south
        paper = {"tenant_id": at.tenant, "unit_id": at.north, "checklist": "peer_review_bou", "version": 2}
        session.add(FilledRow(**paper, case_id=drawn[3], role="peer_reviewer", begun_at=NOW))
        session.flush()
        in_it = {case.id for _, case in round_cases.drawn_of(session, first.id)}
        wanted = dict(zip(drawn, ("withdrawn", "protected", "elsewhere", "recent"), strict=False))
        wanted |= {busy: "under_way"} if busy in in_it else {}

        assert round_unfit.unfit(session, mona, first) == wanted
        round_pool.add_reviewers(session, mona, first, [at.people["elsa"]], Availability())
        with pytest.raises(RoundCasesTaken):
            rounds.start(session, mona, first, SETTINGS)
        taken, short, changes = round_giving.renew(session, mona, first)
        assert taken + short == len(changes) == len(wanted)
        assert taken == (0 if busy not in in_it else 1), "one of eight is left, unless that one is taken"
        assert round_unfit.unfit(session, mona, first) == {}
        assert round_giving.renew(session, mona, first) == (0, 0, ())
        for _, case in round_cases.drawn_of(session, first.id):
            case.protected_identity = True
        round_giving.renew(session, mona, first)
        with pytest.raises(NothingDrawn):
            rounds.start(session, mona, first, SETTINGS)
        assert {ref_before(one) for one in cases.values()} == {f"SN {number}" for number in range(8)}

    desk.run_now(work)


def test_a_round_whose_last_day_has_passed_is_not_started_and_one_under_way_can_still_be_given_to_another(
    desk: Desk,
) -> None:
    def work(session: Session) -> None:
        at = town(session)
        mona, saturday = at.origin("mona"), TODAY + timedelta(days=(5 - TODAY.weekday()) % 7 or 7)
        draft, _ = rounds.make(session, mona, plan(at, closes_on=saturday))
        round_pool.add_reviewers(session, mona, draft, [at.people["cia"]], Availability())
        row = begun(session, at, "cia", "dan", closes_on=saturday, seed="annat")
        later = of_person(at.tenant, at.people["mona"], NOW + timedelta(days=20))
        with pytest.raises(RoundOver):
            rounds.start(session, later, draft, SETTINGS)
        reading = round_readings.readings(session, row.id)[0]
        assert round_matching.candidates(session, later, row, reading.case_id, SETTINGS)

    desk.run_now(work)


def test_who_is_of_another_unit_waits_for_both_chefs_and_what_cannot_be_reviewed_is_closed_as_that(desk: Desk) -> None:
    def work(session: Session) -> None:
        at = town(session, 4)
        mona, cia = at.origin("mona"), at.origin("cia")
        row = begun(session, at, "cia", per_unit=4)
        cases = [case for _, case in round_cases.drawn_of(session, row.id)]
        cases[0].unit_id = at.south
        session.flush()
        assert round_seat.seat(session, cia, cases[0], "peer_review_bou").standing == "elsewhere"
        asked, _ = round_pool.ask_for(session, mona, row, at.people["cia"], at.south, ())
        for one in asked:
            round_pool.say(session, mona, one, yes=True)
        assert round_seat.seat(session, cia, cases[0], "peer_review_bou").standing == "undeclared"
        cases[1].protected_identity = True
        wrong_case.withdraw(session, mona, cases[2])
        assert round_seat.seat(session, cia, cases[1], "peer_review_bou").standing == "undrawn"
        assert len(round_readings.lost_by(session, at.tenant, at.people["cia"])) == 2
        assert len(round_progress.readings_left(session, row)) == 2
        rounds.close(session, mona, row, dict.fromkeys([cases[0].id, cases[3].id], "no_time"))
        assert (row.done, row.readings) == (0, 3)
        said = [one.why_not for one, _ in round_cases.drawn_of(session, row.id)]
        assert said == ["no_time", "protected", "withdrawn", "no_time"]

    desk.run_now(work)


def test_the_draw_is_repeated_after_all_that_can_happen_to_its_cases_and_units(desk: Desk) -> None:
    def work(session: Session) -> None:
        at = town(session, 12)
        mona, cases = at.origin("mona"), [session.get_one(CaseRow, one) for one in at.cases]
        for number, case in enumerate(cases):
            case.unit_id = (at.north, at.south)[number % 2]
        session.flush()
        for method in ("random", "first"):
            more = {"units": (at.north, at.south), "method": method, "per_unit": 4, "quota": 2, "twice": 40}
            rounds.make(session, mona, plan(at, **more, seed=f"frö {method}"))
        before = exported(session)
        assert repeated(before) == before
        assert len(before) == 24

        wrong_case.withdraw(session, mona, cases[0])
        cases[1].protected_identity = True
        wrong_case.rename(session, mona, cases[2], "SN 9999")
        disposal.dispose_of(session, tenants.get(session, at.tenant), [cases[3]], NOW, "cli:test")
        north, south = (people.unit_by_id(session, at.tenant, one) for one in (at.north, at.south))
        assert north is not None
        assert south is not None
        units.merge(session, mona, north, south)
        session.flush()

        after = exported(session)
        assert repeated(after) == after
        assert len(after) == 24
        assert sum(not row["case_ref"] for row in after) == 8
        assert {row["unit"] for row in after} == {"Syd (påhittad) (1)", "Syd (påhittad) (2)"}
        hidden = {"SN 0", "SN 1", "SN 2", "SN 3", "SN 9999"}
        assert not [row for row in after if set(row.values()) & hidden]
        turned = [row | {"drawn": "ja"} for row in after]
        assert repeated(turned) != turned

    desk.run_now(work)


def exported(session: Session) -> list[dict[str, str]]:
    """Return the rows of `export --what rounds`."""
    return [dict(zip(COLUMNS, row, strict=True)) for row in round_rows(session, Selection())]


def repeated(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the rows with the draw worked out anew."""
    return redrawn([CsvRow(line, dict(row)) for line, row in enumerate(rows, start=2)])


def test_a_unit_that_is_merged_is_named_in_no_row_and_whoever_ran_its_round_still_does(desk: Desk) -> None:
    def work(session: Session) -> None:
        at = town(session)
        mona, north = at.origin("mona"), people.unit_by_id(session, at.tenant, at.north)
        south = people.unit_by_id(session, at.tenant, at.south)
        assert north is not None
        assert south is not None
        row = begun(session, at, "cia", "dan")
        both, _ = rounds.make(session, mona, plan(at, units=(at.north, at.south), seed="båda"))
        for unit_id in (at.north, at.south):  # the same loan from each: when they are merged, one of the two stays
            for side in ("lends", "borrows"):
                loan = {"round_id": both.id, "person_id": at.people["elsa"], "unit_id": unit_id, "side": side}
                round_reviewers.put_consent(session, ConsentRow(tenant_id=at.tenant, **loan))
        alone = {"round_id": row.id, "person_id": at.people["sven"], "unit_id": at.north, "side": "lends"}
        round_reviewers.put_consent(session, ConsentRow(tenant_id=at.tenant, **alone))
        event = trail.record(session, at.tenant, NOW, f"person:{at.people['lena']}", "answered", case_id=at.cases[0])
        session.flush()
        drawn = LogCheckRow(tenant_id=at.tenant, month=TODAY.replace(day=1), unit_id=at.north, event_id=event.id)
        log_checks.keep(session, [drawn])

        units.merge(session, mona, north, south)
        session.flush()

        assert [stored.units_of(session, one.id) for one in (row, both)] == [[at.south], [at.south]]
        assert {one.unit_id for one, _ in round_cases.frame_of(session, row.id)} == {at.south}
        assert [(one.person_id, one.unit_id) for one in round_reviewers.consents(session, row.id)] == [
            (at.people["sven"], at.south)
        ]
        assert len(round_reviewers.consents(session, both.id)) == 2
        assert len(log_checks.drawn(session, at.tenant, drawn.month, at.south)) == 1
        assert not naming_unit(session, at.north)

    desk.run_now(work)


def naming_unit(session: Session, unit_id: int) -> list[str]:
    """Return the tables in which a row names a unit, except that of the units themselves."""
    found = []
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns if table.name != "unit" else ():
            if (
                column.name.endswith("unit_id")
                and session.connection().execute(select(column).where(column == unit_id).limit(1)).all()
            ):
                found.append(f"{table.name}.{column.name}")
    return found
