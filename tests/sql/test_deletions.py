"""One case deleted on the committee's decision: two persons, its number, and nothing of it left, on both databases."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlmodel import select

from actions import cases as case_acts
from actions import deletions, staff, wrong_case
from actions.changes import Change, record
from actions.origin import Origin, of_person
from checklists.errors import (
    BadDecisionNumber,
    DeletionChanged,
    DeletionGone,
    OtherDecision,
    SamePerson,
    UserError,
)
from storage import deletions as kept
from storage import people, trail
from storage.deletions import DeletionRow
from storage.desk import Desk, Session
from storage.people import PersonRow
from storage.trail import EventRow
from tests.sql.conftest import NOW, World, change, scalar, the_case
from tests.sql.test_disposal import naming, neighbour, plant, say_something

NUMBER = "SN § 45/2026"


def admin(world: World, minutes: int = 0) -> Origin:
    return of_person(world.tenant, world.person, NOW + timedelta(minutes=minutes))


def manager(session: Session, world: World) -> Origin:
    found = session.exec(select(PersonRow).where(PersonRow.name == "Mona Påhittad")).first()
    if found is None:
        found = PersonRow(tenant_id=world.tenant, email="mona@example.invalid", name="Mona Påhittad")
        session.add(found)
        session.flush()
    return of_person(world.tenant, found.id, NOW)


def ask(session: Session, world: World, number: str = NUMBER) -> DeletionRow:
    deletions.ask(session, admin(world), the_case(session, world), number)
    row = kept.of_case(session, world.tenant, world.case)
    assert row is not None
    return row


def refused(session: Session, origin: Origin, row_id: int, number: str = NUMBER) -> type[UserError]:
    with pytest.raises(UserError) as caught:
        deletions.confirm(session, origin, row_id, number)
    return type(caught.value)


def acts(session: Session) -> Sequence[str]:
    return [row.act for row in session.exec(select(EventRow).order_by(EventRow.id))]  # type: ignore[arg-type]


def test_two_persons_and_the_number_take_the_case_away_and_the_trail_says_so(desk: Desk, world: World) -> None:
    other = desk.run_now(lambda session: neighbour(session, world))
    for number, at in enumerate((world, other)):
        desk.run_now(lambda session, at=at, number=number: plant(session, at, number))  # type: ignore[misc]
    change(desk, "delete from deletion")
    desk.run_now(lambda session: say_something(session, other))
    before = naming(desk, other)

    def decide(session: Session) -> str:
        row = ask(session, world)
        [done] = deletions.confirm(session, manager(session, world), row.id, "sn §45 / 2026")
        assert (done.event, done.detail) == ("deletion_confirmed", NUMBER)
        return manager(session, world).actor

    assert desk.read_now(deletions.look) is None
    confirmer = desk.run_now(decide)
    looked = desk.read_now(deletions.look)
    assert looked is not None
    assert looked.refs == {"SN 2026/0001"}
    assert scalar(desk, "select count(*) from cases where id = :id", id=world.case) == 1, "the bot takes it away"
    assert desk.run_now(lambda session: deletions.take_away(session, NOW, looked))
    assert not desk.run_now(lambda session: deletions.take_away(session, NOW))

    assert set(naming(desk, world)) <= {"event", "event_seal", "tombstone"}
    assert naming(desk, other) == before
    assert desk.run_now(acts) == ["deletion_asked", "deletion_confirmed", "disposed"]
    assert scalar(desk, "select actor from event where act = 'disposed'") == confirmer
    assert scalar(desk, "select count(*) from event where detail like '%2026/0001%'") == 0
    desk.run_now(trail.chain_new)
    assert desk.run_now(lambda session: trail.verify(session, world.tenant)).bad is None


def test_neither_confirms_alone_nor_with_another_number_nor_after_a_change(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        mona = manager(session, world)
        row = ask(session, world)
        assert refused(session, admin(world, 5), row.id) is SamePerson
        for number in ("", "SN § 54/2026", "45"):
            assert refused(session, mona, row.id, number) is OtherDecision
        record(session, mona, Change("access_log", the_case(session, world)))
        assert not deletions.is_changed(session, row), "to look at a case does not change it"
        case_acts.set_type(session, admin(world), the_case(session, world), "vuxen")
        assert refused(session, mona, row.id) is DeletionChanged
        assert refused(session, mona, row.id + 7) is DeletionGone
        assert "deletion_confirmed" not in acts(session)
        assert not deletions.take_away(session, NOW)

        again = ask(session, world)  # asked anew, it counts again
        assert deletions.confirm(session, mona, again.id, NUMBER)
        assert refused(session, mona, again.id) is DeletionGone, "it is confirmed already"
        with pytest.raises(DeletionGone):
            deletions.withdraw(session, admin(world), again.id)
        assert deletions.ask(session, admin(world), the_case(session, world), "77") == (), "confirmed: nothing to ask"

    desk.run_now(work)


def test_asked_twice_it_stands_once_with_another_number_it_is_asked_anew(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        ask(session, world)
        assert deletions.ask(session, admin(world), the_case(session, world), " sn § 45/2026") == ()
        row = ask(session, world, "SN § 46/2026")
        assert [one.number for one in kept.listed(session, world.tenant)] == ["SN § 46/2026"]
        assert refused(session, manager(session, world), row.id) is OtherDecision
        with pytest.raises(BadDecisionNumber):
            ask(session, world, "ja")
        assert deletions.withdraw(session, manager(session, world), row.id)[0].event == "deletion_withdrawn"
        with pytest.raises(DeletionGone):
            deletions.withdraw(session, admin(world), row.id)
        assert list(kept.listed(session, world.tenant)) == []

    desk.run_now(work)
    assert scalar(desk, "select count(*) from cases") == 1


def test_another_municipality_confirms_nothing_here(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        row = ask(session, world)
        elsewhere = Origin(world.tenant + 1, "person:9", NOW)
        assert refused(session, elsewhere, row.id) is DeletionGone
        with pytest.raises(DeletionGone):
            deletions.withdraw(session, elsewhere, row.id)

    desk.run_now(work)


def test_a_case_that_the_release_before_disposed_of_leaves_no_request(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        row = ask(session, world)
        deletions.confirm(session, manager(session, world), row.id, NUMBER)
        row.case_id = world.case + 9
        session.flush()

    desk.run_now(work)
    assert desk.run_now(lambda session: deletions.take_away(session, NOW))
    assert scalar(desk, "select count(*) from deletion") == 0
    assert scalar(desk, "select count(*) from cases") == 1


def test_who_had_two_accounts_does_not_confirm_what_she_asked_for_with_the_other(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        row = ask(session, world)
        mona = manager(session, world)
        gone, stays = (people.person(session, world.tenant, one or 0) for one in (world.person, mona.person_id))
        assert gone is not None
        assert stays is not None
        staff.join(session, mona, gone, stays)
        assert refused(session, mona, row.id) is SamePerson

    desk.run_now(work)


def test_what_is_asked_of_a_case_that_is_withdrawn_is_not_confirmed_and_can_be_taken_back(
    desk: Desk, world: World
) -> None:
    def work(session: Session) -> None:
        mona, row = manager(session, world), ask(session, world)
        wrong_case.withdraw(session, admin(world), the_case(session, world))
        assert refused(session, mona, row.id) is DeletionChanged
        assert deletions.withdraw(session, mona, row.id)
        assert kept.of_case(session, world.tenant, world.case) is None

    desk.run_now(work)


def test_what_is_confirmed_is_carried_out_although_the_case_is_withdrawn_meanwhile(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        row = ask(session, world)
        deletions.confirm(session, manager(session, world), row.id, NUMBER)
        wrong_case.withdraw(session, admin(world), the_case(session, world))

    desk.run_now(work)
    assert desk.run_now(lambda session: deletions.take_away(session, NOW))
    assert scalar(desk, "select count(*) from cases where id = :id", id=world.case) == 0
    assert scalar(desk, "select count(*) from deletion") == 0
