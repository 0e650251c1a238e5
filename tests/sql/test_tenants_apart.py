"""Two municipalities in one database: a query with one's id never returns the other's data."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from storage import access_log, cases, conversations, filled, inbox, people
from storage.desk import Desk, Session
from tests.sql.conftest import NOW, World, chat_with, make_world
from tests.sql.test_trail_chain import record

Asked = Callable[[Session, World, World], object]

ASKED: dict[str, Asked] = {
    "cases.find": lambda s, mine, theirs: cases.find(s, mine.tenant, "SN 9"),
    "cases.get": lambda s, mine, theirs: cases.get(s, mine.tenant, theirs.case),
    "cases.of_worker": lambda s, mine, theirs: s.exec(cases.of_worker(mine.tenant, theirs.person)).all(),
    "filled.get": lambda s, mine, theirs: filled.get(s, mine.tenant, theirs.filled),
    "people.person": lambda s, mine, theirs: people.person(s, mine.tenant, theirs.person),
    "people.by_object_id": lambda s, mine, theirs: people.by_object_id(s, mine.tenant, "object-two"),
    "people.by_email": lambda s, mine, theirs: people.by_email(s, mine.tenant, "two@example.invalid"),
    "people.holders": lambda s, mine, theirs: people.holders(s, mine.tenant, theirs.unit, "case_worker", NOW.date()),
    "conversations.find": lambda s, mine, theirs: conversations.find(s, mine.tenant, "a:two"),
    "inbox.by_activity": lambda s, mine, theirs: inbox.by_activity(s, mine.tenant, "a:two", "1"),
    "inbox.newest_in": lambda s, mine, theirs: inbox.newest_in(s, mine.tenant, "a:two"),
    "access_log.events": lambda s, mine, theirs: list(access_log.events(s, mine.tenant, case_id=theirs.case)),
    "access_log.names_and_roles": lambda s, mine, theirs: theirs.person in access_log.names_and_roles(s, mine.tenant),
}


@pytest.fixture
def two(desk: Desk, world: World) -> World:
    """A second municipality with a person, a case, a chat and events."""

    def work(session: Session) -> World:
        other = make_world(session, "two")
        person = people.person(session, other.tenant, other.person)
        case = cases.get(session, other.tenant, other.case)
        assert person is not None
        assert case is not None
        person.email, case.ref = "two@example.invalid", "SN 9"
        conversations.begin(session, other.tenant, other.person, "a:two", "http://127.0.0.1", "{}")
        row = inbox.InboxRow(
            tenant_id=other.tenant, channel_id="a:two", activity_id="1", digest="d", case_id=0, reply=b"", at=NOW
        )
        inbox.keep(session, row, "{}")
        role = people.RoleRow(tenant_id=other.tenant, person_id=other.person, unit_id=other.unit, role="case_worker")
        session.add(role)
        return other

    made = desk.run_now(work)
    record(desk, made, 2)
    return made


@pytest.mark.parametrize("name", ASKED)
def test_queries_never_return_the_other_municipalitys_data(desk: Desk, world: World, two: World, name: str) -> None:
    asked = ASKED[name]

    assert not desk.run_now(lambda session: asked(session, world, two))
    assert desk.run_now(lambda session: asked(session, two, two)), "the query finds nothing at all"


def test_a_chat_that_another_person_speaks_in_forgets_what_was_shown(desk: Desk, world: World) -> None:
    def work(session: Session) -> tuple[str, str, int | None, int]:
        other = people.PersonRow(tenant_id=world.tenant, object_id="someone-else", name="Bo Påhitt")
        session.add(other)
        session.flush()
        chat = conversations.begin(session, world.tenant, world.person, "a:one", "http://127.0.0.1", "{}")
        chat.shown, chat.card, chat.case_id, chat.card_case_id = "{}", "card-1", world.case, world.case
        session.flush()
        again = chat_with(session, replace(world, person=other.id), "a:one")
        return again.shown, again.card, again.case_id, again.person_id

    shown, card, case, person = desk.run_now(work)
    assert (shown, card, case) == ("", "", None)
    assert person != world.person
