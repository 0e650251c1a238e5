"""No second person by accident: ids in any case, new e-mails of people already bound, and nobody at all."""

from dataclasses import replace

import pytest
from sqlmodel import select

from dialogs.turn.exchange import Turn
from dialogs.turn.take_turn import Outcome, take_turn
from dialogs.turn.tokens import Mint
from imports.common import Imported
from imports.people import COLUMNS
from storage.desk import Desk, Session
from storage.trail import EventRow
from tests.sql.conftest import NOW, World
from tests.sql.import_files import import_people

TENANT = "made-up-one"
HERS = "aaaaaaaa-0000-4000-8000-00000000000b"
MINT = Mint(bytes(32))


def imports(desk: Desk, *lines: str) -> Imported:
    raw = "\n".join([",".join(COLUMNS), *lines]).encode()
    return desk.run_now(lambda session: import_people(session, raw, frozenset({TENANT}), NOW, "cli:test"))


def row(object_id: str, email: str, name: str, role: str = "case_worker", until: str = "") -> str:
    return f"{TENANT},{object_id},{email},{name},Påhittade enheten,{role},,{until}"


def says(desk: Desk, object_id: str, *emails: str, tenant: str = TENANT) -> Outcome:
    turn = Turn("text", tenant, object_id, f"chat-{object_id}", "29:x", object_id + "".join(emails), NOW, text="hej")
    return desk.run_now(lambda session: take_turn(session, replace(turn, emails=emails), MINT))


def events(desk: Desk, act: str) -> list[str]:
    def work(session: Session) -> list[str]:
        return [event.detail for event in session.exec(select(EventRow).where(EventRow.act == act)).all()]

    return desk.read_now(work)


def test_one_id_in_two_cases_is_one_person(desk: Desk, world: World) -> None:
    again = row(HERS.upper(), "", "Mira Påhitt", "auditor").replace(TENANT, "MADE-UP-One")
    done = imports(desk, row(HERS, "", "Mira Påhitt"), again)

    assert (done.added, done.doubled, done.moved) == (2, (), ())
    assert says(desk, HERS.upper(), tenant=TENANT.upper()).result == "answered"


@pytest.mark.parametrize("nobody", ["", " ", "\t"])
def test_an_activity_without_an_id_is_nobody_and_binds_nothing(desk: Desk, world: World, nobody: str) -> None:
    imports(desk, row("", "chef@example.invalid", "Siri Påhitt", "unit_manager"))

    assert not says(desk, nobody).may_bind
    assert says(desk, nobody, "chef@example.invalid").result == "denied"
    assert says(desk, nobody).result == "denied"
    assert says(desk, HERS, "chef@example.invalid").result == "answered", "she herself is bound"


def test_a_new_email_of_someone_bound_is_told(desk: Desk, world: World) -> None:
    imports(desk, row(HERS, "old@example.invalid", "Mira Påhitt"))
    done = imports(
        desk,
        row(HERS, "new@example.invalid", "Mira Påhitt"),
        row("", "third@example.invalid", "Mira Påhitt"),
        row("", "other@example.invalid", "Siri Påhitt"),
    )

    assert (done.moved, done.doubled) == ((2,), (3,))
    assert len(events(desk, "email_changed")) == len(events(desk, "person_doubled")) == 1


def test_a_second_row_of_someone_bound_is_told_when_she_writes_and_gives_her_nothing(desk: Desk, world: World) -> None:
    imports(desk, row(HERS, "", "Mira Påhitt", until="2026-01-31"), row("", "new@example.invalid", "M. Påhitt"))

    assert says(desk, HERS).may_bind
    assert says(desk, HERS, "new@example.invalid").result == "denied"
    assert len(events(desk, "person_doubled")) == 1
    assert says(desk, HERS, "old@example.invalid").result == "denied"
    assert len(events(desk, "person_doubled")) == 1
