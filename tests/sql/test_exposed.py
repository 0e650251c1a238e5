"""What could have been read in a period, against a record kept by hand while everything happened."""

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from actions import answers, cases, facts, linking, lists, staff, units
from actions import people as people_acts
from actions.basis import read
from actions.origin import Origin
from actions.people import Entry
from checklists import access
from checklists.exposure import ANY_UNIT, FIELDS, Field, Happened, Stretch, opens, stretches
from checklists.faults import Refusal
from checklists.model import Written
from checklists.rights import OWN_CASE, Right
from checklists.swedish_time import local, midnight
from reports import exposed
from storage import cases as stored_cases
from storage import disposal, people, tenants
from storage.cases import CaseRow
from storage.desk import Desk, Session
from storage.people import PersonRow, RoleRow
from tests.sql.conftest import NOW

FIRST, DAYS, BREACHES = date(2026, 3, 2), 24, 100
UNITS = ("Norra (påhittad)", "Södra (påhittad)", "Västra (påhittad)")
WORDS = "Mormor (påhittad) hördes"
_WORKS = Right("open", "case", OWN_CASE)
Seen = dict[int, set[Field]]


class Municipality:
    """Forty days of a made-up municipality, and for every hour who could read what, written down by hand."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.lot = session, random.Random(seed)
        self.tenant = tenants.ensure(session, "made-up-exposed")
        self.now = midnight(FIRST) + timedelta(hours=8)
        self.people: list[PersonRow] = []
        self.cases: list[CaseRow] = []
        self.fields: dict[int, set[Field]] = {}
        self.could: list[tuple[datetime, int, int, frozenset[Field]]] = []

    def origin(self, person: PersonRow | None = None) -> Origin:
        actor = f"person:{person.id}" if person else "import"
        return Origin(self.tenant.id, actor, self.now, person.id if person else None)

    def moves_in(self) -> None:
        for number in range(9):
            role = ("case_worker", "case_worker", "unit_manager")[number % 3]
            entry = Entry(None, f"p{number}@example.invalid", f"P{number}", UNITS[number // 3], role)  # type: ignore[arg-type]
            people_acts.enter(self.session, self.origin(), entry)
            found = people.by_email(self.session, self.tenant.id, f"p{number}@example.invalid")
            assert found is not None
            self.people.append(found)

    def lives(self) -> None:
        deeds: list[Callable[[], None]] = [
            self.opens,
            self.opens,
            self.gives,
            self.gives_co,
            self.moves_case,
            self.answers,
            self.answers,
            self.fact,
            self.extends,
            self.changes_unit,
            self.leaves,
        ]
        for _ in range(DAYS):
            for _ in range(3):
                self.now += timedelta(minutes=self.lot.randrange(1, 120))
                self.lot.choice(deeds)()
                self.writes_down()
            self.now = midnight(local(self.now).date() + timedelta(1)) + timedelta(minutes=1)
            self.writes_down()
            self.now += timedelta(hours=8)

    def writes_down(self) -> None:
        """Write down who can read what now, asking the rights as the bot does."""
        self.session.flush()
        for person in self.people:
            held = people.roles_on(self.session, person.id, local(self.now).date())
            for case in self.cases:
                if access.may_use(_WORKS, held, case) or access.reads(held, case):
                    self.could.append((self.now, person.id, case.id, frozenset(self.fields[case.id])))

    def worker(self) -> PersonRow:
        return self.lot.choice([one for n, one in enumerate(self.people) if n % 3 < 2])

    def opens(self) -> None:
        unit = people.unit(self.session, self.tenant.id, self.lot.choice(UNITS)).id
        lead = self.worker()
        ref = f"SN 2026/{len(self.cases) + 1:04}"
        case, _ = cases.open_case(self.session, self.origin(lead), ref, unit, lead.id)
        self.cases.append(case)
        self.fields[case.id] = {"reference", "unit", "dates"}

    def any_case(self) -> CaseRow:
        if not self.cases:
            self.opens()
        return self.lot.choice(self.cases)

    def gives(self) -> None:
        case, to = self.any_case(), self.worker()
        if to.id != case.co_id:
            cases.hand_over(self.session, self.origin(), case, lead_id=to.id, co_id=None, acting="")

    def gives_co(self) -> None:
        case, to = self.any_case(), self.worker()
        if to.id != case.lead_id:
            acting = self.lot.choice(["", "deputy_for 1"])
            cases.hand_over(self.session, self.origin(), case, lead_id=None, co_id=to.id, acting=acting)

    def moves_case(self) -> None:
        unit = people.unit(self.session, self.tenant.id, self.lot.choice(UNITS)).id
        cases.set_unit(self.session, self.origin(), self.any_case(), unit)

    def answers(self) -> None:
        case = self.any_case()
        facts_of = stored_cases.facts(self.session, case.id)
        basis, _ = lists.begin(self.session, self.origin(), read(self.session, case, facts_of))
        text = self.lot.choice(["", WORDS])
        answers.give(self.session, self.origin(), basis.sheets[0], "child_heard", Written("nej", note=text))
        self.fields[case.id] |= {"answers", "notes"} if text else {"answers"}

    def fact(self) -> None:
        case, value = self.any_case(), self.lot.choice(["ja", "nej"])
        known = stored_cases.facts(self.session, case.id)
        if facts.set_fact(self.session, self.origin(), case, known, 0, "violence", value):
            self.fields[case.id].add("facts")

    def extends(self) -> None:
        case, today = self.any_case(), local(self.now).date()
        cases.extend(
            self.session,
            self.origin(self.people[0]),
            case,
            limit="4m",
            reason_class="grounds",
            decided_on=today,
            until=today,
            reason=WORDS,
        )
        self.fields[case.id].add("extensions")

    def changes_unit(self) -> None:
        person = self.lot.choice(self.people)
        unit = people.unit(self.session, self.tenant.id, self.lot.choice(UNITS)).id
        held = staff.moving(self.session, self.origin(), person, unit)
        first = local(self.now).date() + timedelta(self.lot.randrange(1, 4))
        if held is not None and (held.valid_from or date.min) < first and (held.valid_to or date.max) >= first:
            staff.move(self.session, self.origin(), person, held, unit, first)

    def leaves(self) -> None:
        if self.lot.random() < 0.2:
            last = local(self.now).date() + timedelta(self.lot.randrange(0, 3))
            staff.leave(self.session, self.origin(), self.lot.choice(self.people), last)

    def truth(self, person: PersonRow, time: exposed.Time) -> Seen:
        found: Seen = defaultdict(set)
        for at, who, case, fields in self.could:
            if who == person.id and time.since <= at < time.before:
                found[case] |= fields
        return dict(found)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_hundred_breaches_say_exactly_which_cases_and_fields(desk: Desk, seed: int) -> None:
    def work(session: Session) -> None:
        town = Municipality(session, seed)
        town.moves_in()
        town.lives()
        assert len(town.cases) > 10
        some = 0
        for _ in range(BREACHES // 2):
            person = town.lot.choice(town.people)
            first = FIRST + timedelta(town.lot.randrange(DAYS))
            time = exposed.Time(first, first + timedelta(town.lot.randrange(5)))
            found = exposed.to_person(session, town.tenant, person, time)

            assert {one.case_id: set(one.fields) for one in found} == town.truth(person, time)
            some += bool(found)
            told = "\n".join(exposed.draft(f"person:{person.id}", time, found))
            assert "Mormor" not in told
            assert person.name not in told.split()
        assert some > BREACHES // 8, "most breaches expose something"

    desk.run_now(work)


# --- odd ones --------------------------------------------------------------------------------------------------------

AT = [NOW + timedelta(hours=n) for n in range(9)]


def test_an_opening_that_does_not_say_the_unit_is_every_chefs() -> None:
    old = [Happened(AT[0], "case_opened", ""), Happened(AT[1], "unit_set", "7"), Happened(AT[2], "lead_set", "4")]
    first, second, third = stretches(old, ANY_UNIT)

    chef, worker = access.Holding(5, 9, "unit_manager"), access.Holding(4, 9, "case_worker")
    assert [opens([chef], one) for one in (first, second, third)] == [True, False, False]
    assert [opens([worker], one) for one in (first, second, third)] == [False, False, True]
    assert not opens([access.Holding(4, 9, "unit_manager")], Stretch(AT[0], ANY_UNIT, 4))
    assert stretches([Happened(AT[1], "co_worker_set", "none")], 3)[-1] == Stretch(AT[1], 3)


def test_what_a_merged_unit_had_is_counted_as_its_new_units_and_protected_identities_have_no_reference(
    desk: Desk,
) -> None:
    def work(session: Session) -> None:
        town = Municipality(session, 3)
        town.moves_in()
        for _ in range(4):
            town.opens()
        cases.set_protected(session, town.origin(), town.cases[0], protected=True)
        own = people.unit(session, town.tenant.id, UNITS[0])
        units.merge(session, town.origin(), own, people.unit(session, town.tenant.id, UNITS[1]))
        units.merge(
            session,
            town.origin(),
            people.unit(session, town.tenant.id, UNITS[1]),
            people.unit(session, town.tenant.id, UNITS[2]),
        )
        time = exposed.Time(FIRST, FIRST)
        chef = people.by_email(session, town.tenant.id, "p2@example.invalid")
        assert chef is not None
        found = exposed.to_person(session, town.tenant, chef, time)
        assert len(found) == 4
        assert next(one.ref for one in found) == ""
        assert "skyddade personuppgifter, nr" in "\n".join(exposed.draft("person:1", time, found))

        entry = Entry(None, "ada@example.invalid", "Ada", "", "admin")
        people_acts.enter(session, town.origin(), entry)
        ada = people.by_email(session, town.tenant.id, "ada@example.invalid")
        assert ada is not None
        named = exposed.to_person(session, town.tenant, ada, time)
        assert {field for one in named for field in one.fields} == {"reference", "unit"}

    desk.run_now(work)


def test_of_a_linked_case_its_number_and_unit_could_be_read_while_it_was_linked(desk: Desk) -> None:
    def work(session: Session) -> None:
        town = Municipality(session, 7)
        town.moves_in()
        anna, ylva = town.people[0], town.people[3]
        at = [people.unit(session, town.tenant.id, name).id for name in UNITS[:2]]
        child, _ = cases.open_case(session, town.origin(anna), "SN 2026/0901", at[0], anna.id)
        adult, _ = cases.open_case(session, town.origin(ylva), "RVT 2026/0901", at[1], ylva.id)
        cases.set_type(session, town.origin(ylva), adult, "vuxen")
        town.now += timedelta(days=2)
        linking.link(session, town.origin(anna), child, adult)
        town.now += timedelta(days=2)
        cases.set_protected(session, town.origin(ylva), adult, protected=True)
        town.now += timedelta(days=2)
        linking.end_all(session, town.origin(anna), child)

        def seen(day: int) -> dict[int, frozenset[Field]]:
            time = exposed.Time(FIRST + timedelta(day), FIRST + timedelta(day))
            return {one.case_id: one.fields for one in exposed.to_person(session, town.tenant, anna, time)}

        assert [adult.id in seen(day) for day in (1, 2, 3, 5, 7)] == [False, True, True, False, False]
        assert seen(3)[adult.id] == {"reference", "unit"}
        assert child.id in seen(7)

    desk.run_now(work)


def test_a_key_opens_what_is_sealed_and_a_device_holds_what_was_shown(desk: Desk) -> None:
    def work(session: Session) -> None:
        town = Municipality(session, 4)
        town.moves_in()
        town.opens()
        town.opens()
        town.extends()
        town.answers()
        today = FIRST
        time = exposed.Time(today, today)

        keyed = exposed.by_key(session, town.tenant, "first", time)
        assert keyed
        assert all(one.fields <= {"extensions", "notes", "motivations"} for one in keyed)
        assert exposed.by_key(session, town.tenant, "trail", time) == []
        with pytest.raises(Refusal, match="BK-499"):
            exposed.by_key(session, town.tenant, "no such key", time)
        assert (
            exposed.by_key(session, town.tenant, "first", exposed.Time(today - timedelta(9), today - timedelta(8)))
            == []
        )

        lead = people.person(session, town.tenant.id, town.cases[0].lead_id or 0)
        assert lead is not None
        held = exposed.on_device(session, town.tenant, lead, time, 3)
        assert town.cases[0].id in {one.case_id for one in held}
        assert not any(one.fields & {"notes", "extensions", "motivations"} for one in held)
        late = exposed.Time(today + timedelta(30), today + timedelta(31))
        assert exposed.on_device(session, town.tenant, lead, late, 3) == []

    desk.run_now(work)


def test_a_case_disposed_of_since_is_named_by_number_with_everything(desk: Desk) -> None:
    def work(session: Session) -> None:
        town = Municipality(session, 5)
        town.moves_in()
        town.opens()
        [case] = town.cases
        gone, lead = case.id, case.lead_id
        disposal.dispose_of(session, town.tenant, [case], AT[8] + timedelta(90), "cli:made-up")
        time = exposed.Time(FIRST, FIRST)
        person = people.person(session, town.tenant.id, lead or 0)
        assert person is not None
        tenant = tenants.get(session, town.tenant.id)

        [one] = exposed.to_person(session, tenant, person, time)

        assert (one.case_id, one.ref, one.is_gone, one.fields) == (gone, "", True, frozenset(FIELDS))
        assert f"gallrat ärende, nr {gone}" in "\n".join(exposed.draft("person:1", time, [one]))

    desk.run_now(work)


def _leaves_too_late(session: Session, origin: Origin, held: RoleRow) -> None:
    person = people.person(session, origin.tenant_id, held.person_id)
    assert person is not None
    staff.leave(session, origin, person, held.valid_from or date.min)


def _leaves_before_she_began(session: Session, origin: Origin, held: RoleRow) -> None:
    person = people.person(session, origin.tenant_id, held.person_id)
    assert person is not None
    staff.leave(session, origin, person, FIRST - timedelta(30))


def _is_removed(session: Session, origin: Origin, held: RoleRow) -> None:
    people_acts.remove_deputy(session, origin, held)


def _is_named_again(session: Session, origin: Origin, held: RoleRow) -> None:
    deputy, chef = people.by_ids(session, origin.tenant_id, [held.person_id, held.stands_in_for_id or 0])
    people_acts.name_deputy(session, origin, deputy, held.unit_id, chef, FIRST + timedelta(60), FIRST + timedelta(70))


def _is_dated_by_a_file(session: Session, origin: Origin, held: RoleRow) -> None:
    days = (FIRST + timedelta(60), FIRST + timedelta(70))
    people_acts.enter(session, origin, Entry(None, "dag@example.invalid", "Dag", UNITS[0], "deputy", *days))


def _has_another_row_with_later_days(session: Session, origin: Origin, held: RoleRow) -> None:
    days = (FIRST + timedelta(12), FIRST + timedelta(70))
    people_acts.enter(session, origin, Entry(None, "dag2@example.invalid", "Dag", UNITS[0], "deputy", *days))
    gone, stays = (people.by_email(session, origin.tenant_id, f"{one}@example.invalid") for one in ("dag2", "dag"))
    assert gone is not None
    assert stays is not None
    staff.join(session, origin, gone, stays)


@pytest.mark.parametrize(
    "then",
    [
        _leaves_too_late,
        _leaves_before_she_began,
        _is_removed,
        _is_named_again,
        _is_dated_by_a_file,
        _has_another_row_with_later_days,
    ],
)
def test_a_day_on_which_a_role_was_held_counts_whatever_is_done_to_the_role_since(
    desk: Desk, then: Callable[[Session, Origin, RoleRow], None]
) -> None:
    def work(session: Session) -> None:
        town = Municipality(session, 6)
        town.moves_in()
        unit, lead = people.unit(session, town.tenant.id, UNITS[0]), town.people[0]
        case, _ = cases.open_case(session, town.origin(lead), "SN 2026/0900", unit.id, lead.id)
        entry = Entry(None, "dag@example.invalid", "Dag", "", "auditor", FIRST, FIRST)
        people_acts.enter(session, town.origin(), entry)
        dag = people.by_email(session, town.tenant.id, "dag@example.invalid")
        assert dag is not None
        people_acts.name_deputy(session, town.origin(), dag, unit.id, town.people[2], FIRST, FIRST + timedelta(10))
        [held] = people.roles_of(session, dag.id, "deputy")
        town.now += timedelta(days=8)
        then(session, town.origin(), held)
        session.flush()
        dag = people.by_email(session, town.tenant.id, "dag@example.invalid")
        assert dag is not None

        for day, count in ((0, 1), (8, 1), (-1, 0), (11, 0)):
            time = exposed.Time(FIRST + timedelta(day), FIRST + timedelta(day))
            found = exposed.to_person(session, town.tenant, dag, time)
            assert [one.case_id for one in found] == [case.id] * count, day

    desk.run_now(work)
