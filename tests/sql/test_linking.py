"""What linking refuses whoever asks, when the card it was asked on is outdated."""

from datetime import timedelta

import pytest

from actions import linking
from actions.origin import Origin, of_person
from checklists.errors import LinkGone
from storage import case_links
from storage.case_links import CaseLinkRow, JointRow
from storage.cases import CaseRow
from storage.desk import Desk, Session
from tests.sql.conftest import NOW, World, add_case, the_case


def by(world: World, days: int = 0) -> Origin:
    return of_person(world.tenant, world.person, NOW + timedelta(days))


def adult(session: Session, world: World, ref: str = "RVT 2026/0042") -> CaseRow:
    return add_case(session, CaseRow(tenant_id=world.tenant, ref=ref, unit_id=world.unit, case_type="vuxen"))


def child(session: Session, world: World, ref: str) -> CaseRow:
    return add_case(session, CaseRow(tenant_id=world.tenant, ref=ref, unit_id=world.unit, case_type="barn"))


def test_a_link_that_is_not_there_is_neither_answered_nor_undone_nor_assessed(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        case, stranger = the_case(session, world), adult(session, world, "RVT 2026/0001")
        asked = CaseLinkRow(
            tenant_id=world.tenant,
            adult_case_id=adult(session, world).id,
            child_case_id=case.id,
            state="asked",
            by_id=world.person,
            at=NOW,
        )
        for row in (None, asked):
            with pytest.raises(LinkGone):
                linking.say(session, by(world), row, case, yes=True)
            with pytest.raises(LinkGone):
                linking.unlink(session, by(world), row, case)
            with pytest.raises(LinkGone):
                linking.assess(session, by(world), row, case, day=NOW.date(), with_id=world.person)
        assert linking.other_of(session, asked, stranger) is None

    desk.run_now(work)


def test_a_case_takes_over_the_links_of_another_where_it_has_none_of_its_own(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        gone, stays = the_case(session, world), child(session, world, "SN 2026/0777")
        one, other, third = (adult(session, world, f"RVT 2026/{number}") for number in (1, 2, 3))
        for case in (one, other):
            linking.link(session, by(world), gone, case)
        linking.ask(session, by(world), gone, third)
        linking.ask(session, by(world), stays, one)
        linking.link(session, by(world), stays, other)
        for row in case_links.every_of(session, gone.id)[:2]:
            linking.assess(session, by(world), row, gone, day=NOW.date(), with_id=world.person)
        itself = {"adult_case_id": stays.id, "child_case_id": gone.id, "by_id": world.person, "at": NOW}
        case_links.add(session, CaseLinkRow(tenant_id=world.tenant, state="linked", **itself))
        case_links.add(session, JointRow(tenant_id=world.tenant, day=NOW.date(), with_id=world.person, **itself))

        linking.follow(session, by(world), gone, stays)

        linked = {one.id, other.id}
        assert {case.id for _, case in case_links.of_case(session, stays.id) if case.id != gone.id} == linked
        assert {row.adult_case_id for row in case_links.joint_of_case(session, stays.id)} == {*linked, stays.id}
        assert [row.adult_case_id for row in case_links.every_of(session, gone.id)] == [third.id, stays.id]
        linking.end_all(session, by(world), gone)
        assert case_links.every_of(session, gone.id) == []

    desk.run_now(work)


def test_a_question_about_a_case_that_was_withdrawn_meanwhile_is_gone(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        case, other = the_case(session, world), adult(session, world)
        linking.ask(session, by(world), other, case)
        [row] = case_links.every_of(session, case.id)
        other.withdrawn = True
        session.flush()
        with pytest.raises(LinkGone):
            linking.say(session, by(world), row, case, yes=True)

    desk.run_now(work)


def test_a_link_moves_to_a_case_that_has_no_link(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        gone, stays, other = the_case(session, world), child(session, world, "SN 2026/0777"), adult(session, world)
        linking.link(session, by(world), gone, other)

        linking.follow(session, by(world), gone, stays)

        assert [(row.adult_case_id, row.child_case_id) for row in case_links.every_of(session, other.id)] == [
            (other.id, stays.id)
        ]

    desk.run_now(work)
