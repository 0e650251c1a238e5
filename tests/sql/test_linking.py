"""What linking refuses whoever asks, when the card it was asked on is outdated."""

from datetime import timedelta

import pytest

from actions import linking
from actions.origin import Origin, of_person
from checklists.errors import LinkGone
from storage.case_links import CaseLinkRow
from storage.cases import CaseRow
from storage.desk import Desk, Session
from tests.sql.conftest import NOW, World, add_case, the_case


def by(world: World, days: int = 0) -> Origin:
    return of_person(world.tenant, world.person, NOW + timedelta(days))


def adult(session: Session, world: World, ref: str = "RVT 2026/0042") -> CaseRow:
    return add_case(session, CaseRow(tenant_id=world.tenant, ref=ref, unit_id=world.unit, case_type="vuxen"))


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
