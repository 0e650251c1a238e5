"""What was said that names a case is found under any key, however it is typed, in one look or two."""

import pytest
from sqlmodel import select

from storage import conversations, inbox, naming
from storage.desk import Desk, Session
from storage.inbox import InboxRow
from storage.naming import Naming
from storage.sealing import TENANT_ITSELF, MasterGone
from tests.sql.conftest import NOW, OpenDesk, World, change, make_world
from tests.sql.test_disposal import neighbour, put_message

REF = "SN 2026/0001"


def say(session: Session, world: World, activity: str, words: str, case: int = TENANT_ITSELF) -> None:
    of = {"tenant_id": world.tenant, "channel_id": "c", "activity_id": activity, "digest": "d", "at": NOW}
    inbox.keep(session, InboxRow(**of, reply=b"", case_id=case), words)


def left(session: Session) -> list[str]:
    return sorted(row.activity_id for row in session.exec(select(InboxRow)).all())


def look(session: Session, world: World, before: Naming | None = None) -> Naming:
    return naming.look(session, world.tenant, [REF], before)


def forget(session: Session, world: World, before: Naming | None = None) -> None:
    naming.forget(session, world.tenant, [REF], before)


@pytest.mark.parametrize("page", [1, 3, 500])
def test_it_is_found_whatever_key_seals_it_and_however_it_is_typed(
    desk: Desk, world: World, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.naming._PAGE", page)
    other = desk.run_now(lambda session: neighbour(session, world))
    elsewhere = desk.run_now(lambda session: make_world(session, "two"))

    def write(session: Session) -> None:
        for at in (TENANT_ITSELF, other.case):
            for number, words in enumerate((f"…{REF}…", "sn2026/0001", "Sn  2026/0001.")):
                say(session, world, f"names {at} {number}", words, at)
            for number, words in enumerate(("SN 2026/0002", "2026/0001", "SN", "")):
                say(session, world, f"not {at} {number}", words, at)
        say(session, elsewhere, "not ours", REF)
        for channel, shown in (("one", '{"case_ref":"SN 2026/0001"}'), ("two", '{"case_ref":"SN 2026/0002"}')):
            chat = conversations.begin(session, world.tenant, world.person, channel, "http://127.0.0.1/", "{}")
            chat.shown = shown
            put_message(session, world, chat.id, shown, case_id=other.case)

    desk.run_now(write)
    desk.run_now(lambda session: forget(session, world))

    found = desk.run_now(left)
    assert [one for one in found if one.startswith("names")] == []
    assert len(found) == 9
    shown = "select count(*) from conversation where shown <> ''"
    messages = "select count(*) from outbox"
    for query in (shown, messages):
        assert desk.run_now(lambda session, query=query: session.connection().exec_driver_sql(query).scalar()) == 1  # type: ignore[misc]


def test_after_an_earlier_look_what_is_newer_is_read_and_what_was_found_is_read_again(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.naming._OVERLAP", 0)
    for activity, words in (("a", REF), ("b", "Tack"), ("c", REF)):
        desk.run_now(lambda session, activity=activity, words=words: say(session, world, activity, words))  # type: ignore[misc]
    early = desk.read_now(lambda session: look(session, world))
    of_another = desk.read_now(lambda session: naming.look(session, world.tenant, ["SN 2026/0002"]))
    assert [len(one.rows["inbox"]) for one in (early, of_another)] == [2, 0]

    def say_more(session: Session) -> None:
        row = session.exec(select(InboxRow).where(InboxRow.activity_id == "c")).one()
        inbox.keep(session, row, "Tack")  # as if the id of a deleted row had gone to this one
        say(session, world, "d", REF)

    desk.run_now(say_more)
    for before in (early, of_another, None):
        found = desk.read_now(lambda session, before=before: look(session, world, before))  # type: ignore[misc]
        assert len(found.rows["inbox"]) == 2, "a and d"

    desk.run_now(lambda session: forget(session, world, early))
    assert desk.run_now(left) == ["b", "c"]
    later = desk.read_now(lambda session: look(session, world, early))
    assert later.up_to["inbox"] >= early.up_to["inbox"]


def test_what_nobody_can_read_goes_too_but_not_for_want_of_a_master_key(
    desk: Desk, world: World, open_desk: OpenDesk
) -> None:
    other = desk.run_now(lambda session: neighbour(session, world))
    for activity, at in (("a", TENANT_ITSELF), ("b", other.case), ("c", other.case)):
        desk.run_now(lambda session, activity=activity, at=at: say(session, world, activity, "Tack", at))  # type: ignore[misc]
    change(desk, "update inbox set channel_id = 'moved' where activity_id = 'b'")
    change(desk, "update inbox set case_id = 987 where activity_id = 'c'")
    with pytest.raises(MasterGone):
        open_desk({"another": b"2" * 32}).read_now(lambda session: look(session, world))

    desk.run_now(lambda session: forget(session, world))

    assert desk.run_now(left) == ["a"]
