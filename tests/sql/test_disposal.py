"""Disposal: due cases vanish from every table and file; the trail and other cases remain."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Boolean, Date, Integer, LargeBinary, Table, insert, inspect, text
from sqlmodel import select

from actions import wrong_case
from actions.origin import Origin
from checklists.loader import checklist_version
from checklists.model import Written
from checklists.rates import NOT_ASKED
from reports.rates import rate_rows
from reports.selected import Selection
from storage import (
    answers,
    cases,
    conversations,
    disposal,
    filled,
    inbox,
    not_held,
    outbox,
    short_lived,
    tenants,
    trail,
)
from storage.cases import CaseRow
from storage.desk import Desk, Session
from storage.disposal import CLEARED, KEPT, case_columns, filled_columns
from storage.filled import FilledRow
from storage.held import is_json
from storage.inbox import InboxRow
from storage.outbox import SENT, WAITING, OutboxRow
from storage.scrub import NotScrubbed, scrub
from storage.sealing import KeyGone, unseal
from storage.tables import METADATA
from storage.tenants import TenantRow
from storage.times import Moment
from tests.sql.conftest import NOW, OpenDesk, World, change, make_world, on_postgresql, scalar, the_case, the_list
from tests.waiting import PATIENCE

CLOSED = date(2021, 1, 31)
TODAY = date(2026, 5, 12)
MONTHS = {"case_months": 60}


def tenant_of(session: Session, world: World) -> TenantRow:
    row = session.get(TenantRow, world.tenant)
    assert row is not None
    return row


def close(session: Session, world: World, closed: date | None = CLOSED, periods: dict[str, Any] = MONTHS) -> None:
    the_case(session, world).closed_on = closed
    tenants.set_setting(tenant_of(session, world), "retention", periods)


def dispose(session: Session, world: World) -> None:
    disposal.dispose_of(session, tenant_of(session, world), [the_case(session, world)], NOW, "cli:made-up")


def neighbour(session: Session, world: World, ref: str = "SN 2026/0002") -> World:
    """Create another case with a list, of the same people."""
    case = cases.add(session, CaseRow(tenant_id=world.tenant, ref=ref, unit_id=world.unit, lead_id=world.person))
    row = FilledRow(
        tenant_id=world.tenant,
        case_id=case.id,
        unit_id=world.unit,
        checklist="decision_basis",
        version=1,
        child=1,
        role="case_worker",
        begun_at=NOW,
    )
    filled.add(session, row)
    return World(world.tenant, world.unit, world.person, case.id, row.id)


# --- a row in every table, including tables added later --------------------------------------------------------------


def references(table: Table) -> dict[str, Callable[[World], int]]:
    """Map each column that refers to a case or a list to the id it is given."""
    found: dict[str, Callable[[World], int]] = {column.name: lambda w: w.case for column in case_columns(table)}
    return found | {column.name: lambda w: w.filled for column in filled_columns(table)}


AS_FIGURES_READ_IT = {
    "checklist": "decision_basis",
    "version": 1,
    "role": "case_worker",
    "letters": NOT_ASKED * len(checklist_version("decision_basis", 1).items),
    "marks": "",
}
"""Read at disposal, when the case's contributions to past periods are frozen."""


def plant(session: Session, world: World, number: int) -> dict[str, list[bytes]]:
    """Insert a row referring to the case into every table that can; return the bytes in it, by table."""
    ids = {"tenant": world.tenant, "unit": world.unit, "person": world.person}
    ids |= {"cases": world.case, "filled_checklist": world.filled}
    connection = session.connection()
    ids["review_round"], ids["finding"] = (
        belongs_to_none(session, world, name) for name in ("review_round", "finding")
    )
    held: dict[str, list[bytes]] = {}
    for table in METADATA.sorted_tables:
        named = references(table)
        parents = {key.parent.name: key.column.table.name for key in table.foreign_keys}
        of_parent = any(parent in held and parent not in CLEARED for parent in parents.values())
        if table.name in ids or table.name in KEPT or table.name == "sealing_key" or not (named or of_parent):
            continue
        row: dict[str, Any] = {}
        for column in table.columns:
            if column.name in named:
                row[column.name] = named[column.name](world)
            elif column.name in parents:
                row[column.name] = ids[parents[column.name]]
            elif not (column.primary_key and column.name == "id"):
                row[column.name] = a_word(table.name, column.name) or made_up(column.type, f"{table.name}-{number}")
        row |= AS_FIGURES_READ_IT if table.name == "counted" else {}
        key = connection.execute(insert(table).values(row)).inserted_primary_key
        assert key is not None
        ids[table.name] = key[0]
        held[table.name] = [value for value in row.values() if isinstance(value, bytes)]
    return held


def say_something(session: Session, world: World) -> None:
    """Give the case's reply and message words that can be read: what cannot be might name any case."""
    inbox.keep(session, session.exec(select(InboxRow).where(InboxRow.case_id == world.case)).one(), "Tack")
    outbox.put(session, session.exec(select(OutboxRow).where(OutboxRow.case_id == world.case)).one(), "Tack")


def belongs_to_none(session: Session, world: World, name: str) -> int:
    """Insert a round or a finding, which belongs to no case, though rows of cases name it."""
    table = METADATA.tables[name]
    row: dict[str, Any] = {
        column.name: made_up(column.type, "round") for column in table.columns if column.name != "id"
    }
    row |= {"tenant_id": world.tenant, "made_by": world.person}
    key = session.connection().execute(insert(table).values(row)).inserted_primary_key
    assert key is not None
    found: int = key[0]
    return found


def a_word(table: str, name: str) -> str | None:
    """Return one of the words that a column can hold; None where it may be any."""
    [kind] = [one for one in not_held.shapes() if one.table.name == table]
    for stored, one in zip(kind.columns, kind.check.columns, strict=True):
        if stored.name == name and (one.allowed is not None or one.more is not None):
            return str(max(one.allowed, key=str)) if one.allowed else "{}" if one.more is is_json else "ja"
    return None


def made_up(kind: Any, seed: str) -> Any:
    if isinstance(kind, Moment):
        return NOW
    values: dict[type, Any] = {Boolean: False, Integer: 9, Date: TODAY, LargeBinary: f"bytes-{seed}-{uuid4()}".encode()}
    found = [value for of, value in values.items() if isinstance(kind, of)]
    return found[0] if found else seed[: kind.length]


def naming(desk: Desk, world: World) -> dict[str, int]:
    """Count the rows that refer to the case or its list, for every table of the database."""

    def work(session: Session) -> dict[str, int]:
        connection = session.connection()
        found: dict[str, int] = {}
        for name in inspect(connection).get_table_names():
            for column in inspect(connection).get_columns(name):
                of = {"case_id": world.case, "filled_id": world.filled}
                value = next((of[one] for one in of if f"_{column['name']}".endswith(f"_{one}")), None)
                if value is not None:
                    query = text(f'select count(*) from "{name}" where "{column["name"]}" = :value')
                    found[name] = found.get(name, 0) + connection.execute(query, {"value": value}).scalar_one()
        return {name: count for name, count in found.items() if count}

    return desk.run_now(work)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let scrubbing wait for the other tests' transactions on the same server, which are slow on a busy machine."""
    monkeypatch.setattr("storage.scrub._WAIT", int(PATIENCE))


def test_no_table_that_names_a_case_is_forgotten_and_the_neighbour_keeps_all_of_its_own(
    desk: Desk, world: World
) -> None:
    other = desk.run_now(lambda session: neighbour(session, world))
    for number, at in enumerate((world, other)):
        desk.run_now(lambda session, at=at, number=number: plant(session, at, number))  # type: ignore[misc]
    desk.run_now(lambda session: say_something(session, other))
    before = naming(desk, other)
    assert {"answer", "draft", "fact", "extension", "signature", "returned", "inbox", "outbox"} <= before.keys()
    assert before.keys() >= {table.name for table in METADATA.sorted_tables if references(table)} - KEPT
    points = scalar(desk, "select count(*) from returned_point")

    desk.run_now(lambda session: dispose(session, world))

    assert naming(desk, world).keys() <= KEPT
    assert naming(desk, other) == before
    assert scalar(desk, "select count(*) from conversation") == 2, "chats belong to people and remain"
    assert (points, scalar(desk, "select count(*) from returned_point")) == (2, 1)
    assert scalar(desk, "select count(*) from cases where id = :id", id=world.case) == 0


def test_every_column_named_like_a_case_or_list_id_is_treated_as_one() -> None:
    sound = re.compile(r"(^|_)(case|filled|sheet|list)(_|$)")
    heard = {(table.name, column.name) for table in METADATA.sorted_tables for column in table.columns}
    heard = {(table, column) for table, column in heard if sound.search(column)}
    seen = {(table.name, column) for table in METADATA.sorted_tables for column in references(table)}

    assert ("tombstone", "last_filled_id") in heard
    assert heard - seen == {("cases", "case_type")}


# --- what is due -----------------------------------------------------------------------------------------------------


def due_refs(desk: Desk, world: World, today: date = TODAY) -> list[str]:
    return desk.run_now(
        lambda session: [case.ref for case in disposal.due_cases(session, tenant_of(session, world), today)]
    )


def test_nothing_of_a_case_is_due_until_the_municipality_has_set_a_period(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: close(session, world, periods={}))
    assert due_refs(desk, world, date(2999, 1, 1)) == []

    desk.run_now(lambda session: close(session, world))
    assert due_refs(desk, world, date(2026, 1, 30)) == []
    assert due_refs(desk, world, date(2026, 1, 31)) == ["SN 2026/0001"]


def test_an_open_case_and_another_municipalitys_are_not_due(desk: Desk, world: World) -> None:
    other = desk.run_now(lambda session: make_world(session, "two"))
    desk.run_now(lambda session: close(session, world, closed=None))
    desk.run_now(lambda session: close(session, other, periods={}))

    assert due_refs(desk, world) == due_refs(desk, other) == []


def test_a_case_that_was_opened_again_after_the_list_was_made_stays(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: close(session, world))
    listed = desk.run_now(lambda session: disposal.due_cases(session, tenant_of(session, world), TODAY))
    change(desk, "update cases set closed_on = null")

    still = desk.run_now(
        lambda session: disposal.still_due(session, tenant_of(session, world), [case.id for case in listed], TODAY)
    )
    assert (len(listed), list(still)) == (1, [])


# --- what remains ----------------------------------------------------------------------------------------------------


def test_events_stay_the_trail_holds_and_the_key_is_gone(desk: Desk, world: World) -> None:
    def write(session: Session) -> bytes:
        trail.record(session, world.tenant, NOW, f"person:{world.person}", "answered", case_id=world.case, item_id="x")
        written = Written("nej", "text", motivation="Påhittat")
        answers.add(session, the_list(session, world), "x", 1, written, author=world.person, at=NOW, act="a")
        session.flush()
        sealed = answers.latest(session, world.filled)["x"].motivation
        assert sealed is not None
        return sealed

    sealed = desk.run_now(write)
    desk.run_now(trail.chain_new)
    desk.run_now(lambda session: dispose(session, world))
    desk.run_now(trail.chain_new)

    verdict = desk.run_now(lambda session: trail.verify(session, world.tenant))
    assert (verdict.bad, verdict.chained, verdict.unchained) == (None, 2, 0)
    assert scalar(desk, "select count(*) from event where case_id = :id", id=world.case) == 2
    with pytest.raises(KeyGone):
        desk.run_now(
            lambda session: unseal(
                session, world.tenant, world.case, "answer.motivation", f"{world.filled}:x:1", sealed
            )
        )


def test_what_the_tenants_own_key_seals_goes_when_it_names_the_case_and_only_then(desk: Desk, world: World) -> None:
    def write(session: Session) -> None:
        chat = conversations.begin(session, world.tenant, world.person, "chat", "http://127.0.0.1/", "{}")
        chat.shown = '{"case_ref":"SN 2026/0001"}'
        for number, words in enumerate(("…SN 2026/0001…", "…SN 2026/0002…")):
            came = InboxRow(
                tenant_id=world.tenant, channel_id="c", activity_id=str(number), digest="d", reply=b"", at=NOW
            )
            inbox.keep(session, came, words)
            put_message(session, world, chat.id, words)

    desk.run_now(write)
    desk.run_now(lambda session: dispose(session, world))

    assert scalar(desk, "select activity_id from inbox") == "1"
    assert scalar(desk, "select count(*) from outbox") == 1
    assert scalar(desk, "select shown from conversation") == ""


@pytest.mark.parametrize("taken", [False, True])
def test_a_withdrawn_case_goes_under_the_number_people_knew_it_by_unless_another_has_it(
    desk: Desk, world: World, taken: bool
) -> None:
    def write(session: Session) -> None:
        case = the_case(session, world)
        wrong_case.withdraw(session, Origin(world.tenant, "cli:made-up", NOW), case)
        for number, words in enumerate(("…SN 2026/0001…", "…SN 2026/0002…")):
            came = InboxRow(
                tenant_id=world.tenant, channel_id="c", activity_id=str(number), digest="d", reply=b"", at=NOW
            )
            inbox.keep(session, came, words)
        if taken:
            neighbour(session, world, "SN 2026/0001")

    def go(session: Session) -> None:
        case = session.get_one(CaseRow, world.case)
        disposal.dispose_of(session, tenant_of(session, world), [case], NOW, "cli:made-up")

    desk.run_now(write)
    desk.run_now(go)

    assert scalar(desk, "select count(*) from inbox") == (2 if taken else 1)


def put_message(session: Session, world: World, chat: int, words: str, **more: Any) -> None:
    row = OutboxRow(
        tenant_id=world.tenant,
        kind="post",
        conversation_id=chat,
        nonce=uuid4().hex,
        view=b"",
        due_at=NOW,
        **({"created_at": NOW} | more),
    )
    outbox.put(session, row, words)


def test_the_row_id_of_a_disposed_case_and_of_its_lists_is_never_given_again(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: dispose(session, world))

    later = desk.run_now(lambda session: neighbour(session, world, "SN 2026/0003"))

    assert later.case > world.case
    assert later.filled > world.filled


# --- short-lived data ------------------------------------------------------------------------------------------------


def short_lived_rows(session: Session, world: World) -> None:
    the_case(session, world).closed_on = TODAY - timedelta(days=14)
    chats = [
        conversations.begin(session, world.tenant, world.person, name, "http://127.0.0.1/", "{}")
        for name in ("quiet", "busy")
    ]
    for chat in chats:
        chat.shown = "{}"
    for name, days in (("quiet", 91), ("busy", 1)):
        at = NOW - timedelta(days=days)
        row = InboxRow(tenant_id=world.tenant, channel_id=name, activity_id=name, digest="d", reply=b"", at=at)
        inbox.keep(session, row, "reply")
    old, first = NOW - timedelta(days=31), chats[0].id
    put_message(session, world, first, "gone", state=SENT, created_at=old)
    put_message(session, world, first, "emptied", state=SENT, created_at=old, once="key")
    put_message(session, world, first, "waits", state=WAITING, created_at=old)
    put_message(session, world, first, "young", state=SENT)


def test_replies_messages_and_what_a_chat_shows_go_after_short_periods_of_their_own(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: short_lived_rows(session, world))

    def purge(session: Session) -> dict[str, int]:
        periods = disposal.retention(tenant_of(session, world))
        return short_lived.purge(session, world.tenant, periods, NOW, TODAY)

    assert desk.run_now(purge) == {"replies": 1, "messages": 2, "chats": 1, "drafts": 0, "links": 0}
    assert desk.run_now(purge) == {"replies": 0, "messages": 0, "chats": 0, "drafts": 0, "links": 0}
    assert scalar(desk, "select channel_id from inbox") == "busy"
    assert scalar(desk, "select shown from conversation where channel_id = 'busy'") == "{}"
    assert scalar(desk, "select count(*) from outbox") == 3
    assert scalar(desk, "select length(view) from outbox where once = 'key'") == 0, (
        "the key alone prevents a second one"
    )
    assert scalar(desk, "select count(*) from outbox where state = 'waiting' and length(view) > 0") == 1


def test_a_draft_goes_some_days_after_its_case_was_closed(desk: Desk, world: World) -> None:
    from storage import drafts

    desk.run_now(lambda session: drafts.keep(session, the_list(session, world), "x", world.person, "begun", ""))

    def drafts_left(closed: date | None) -> int:
        def work(session: Session) -> None:
            the_case(session, world).closed_on = closed
            session.flush()
            short_lived.purge(session, world.tenant, disposal.retention(tenant_of(session, world)), NOW, TODAY)

        desk.run_now(work)
        return int(scalar(desk, "select count(*) from draft"))

    closings = (None, TODAY - timedelta(days=13), TODAY - timedelta(days=14))
    assert [drafts_left(closed) for closed in closings] == [1, 1, 0]


# --- T21: not a byte remains -----------------------------------------------------------------------------------------


def files_of(url: str) -> Iterator[bytes]:
    """Yield all bytes of the database's files: SQLite's three, or PostgreSQL's file of each table."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        yield from (file.read_bytes() for file in sorted(path.parent.glob(path.name + "*")))
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("checkpoint")
        for table in ("pg_statistic", *(table.name for table in METADATA.sorted_tables)):
            query = "select pg_read_binary_file(pg_relation_filepath(%s))"
            row = connection.execute(query, (table,)).fetchone()
            assert row is not None
            yield bytes(row[0])
            toast = "select reltoastrelid::regclass::text from pg_class where relname = %s and reltoastrelid <> 0"
            for (name,) in connection.execute(toast, (table,)).fetchall():
                found = connection.execute(query, (name,)).fetchone()
                yield bytes(found[0] if found else b"")


def test_after_disposal_no_byte_of_a_case_lies_in_the_files(
    desk: Desk, world: World, url: str, open_desk: OpenDesk
) -> None:
    kept = desk.run_now(lambda session: neighbour(session, world, "SN 2026/0777"))

    def write(session: Session) -> list[bytes]:
        for at, words in ((world, "mine"), (kept, "theirs")):
            for revision in range(1, 40):
                written = Written("nej", "text", motivation=f"{words} {revision} " * 20, note=words)
                row = filled.get(session, at.tenant, at.filled)
                assert row is not None
                answers.add(
                    session, row, "x", revision, written, author=at.person, at=NOW, act=f"act-{words}-{revision}"
                )
        session.flush()
        sealed = [row.motivation or b"" for row in answers.history(session, world.filled)]
        wrapped = session.connection().execute(
            text("select wrapped from sealing_key where case_id = :id"), {"id": world.case}
        )
        return [*sealed, bytes(wrapped.scalar_one()), b"SN 2026/0001", b"act-mine-7"]

    canaries = desk.run_now(write)
    planted = desk.run_now(lambda session: plant(session, world, 1))
    canaries += [value for values in planted.values() for value in values]
    found = b"".join(files_of(url))
    # SQLite splits long values over several pages, so only the beginning of each is searched for.
    assert all(canary[:60] in found for canary in canaries), "the search does not find anything"

    desk.run_now(lambda session: dispose(session, world))
    scrub(url)

    found = b"".join(files_of(url))
    assert [canary[:60] for canary in canaries if canary[:60] in found] == []
    assert b"SN 2026/0777" in found
    assert b"act-theirs-7" in found
    read = desk.run_now(lambda session: answers.latest(session, kept.filled)["x"].revision)
    assert read == 39, "the bot that had the database open can still read"


@on_postgresql
def test_when_someone_still_sees_what_was_deleted_that_is_said(
    desk: Desk, world: World, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, psycopg.connect(url) as reader:
        reader.execute("set transaction isolation level repeatable read")
        reader.execute("select 1 from cases")
        desk.run_now(lambda session: dispose(session, world))

        patch.setattr("storage.scrub._WAIT", 1)
        with pytest.raises(NotScrubbed, match="run dispose once more"):
            scrub(url)

    scrub(url)
    assert b"SN 2026/0001" not in b"".join(files_of(url))


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_the_figures_of_past_periods_stay_when_a_case_goes(desk: Desk, world: World) -> None:
    def answer(session: Session) -> None:
        row = the_list(session, world)
        answers.add(session, row, "child_heard", 1, Written("nej"), author=None, at=NOW, act="a")
        answers.add(session, row, "communication_boxes_filled", 1, Written("ja"), author=None, at=NOW, act="a")

    def figures() -> list[list[str]]:
        return desk.run_now(lambda session: list(rate_rows(session, Selection(), TODAY)))

    desk.run_now(answer)
    before = figures()
    assert {row[3]: row[9] for row in before}["communication_boxes_filled"] == "1"

    desk.run_now(lambda session: dispose(session, world))

    assert scalar(desk, "select count(*) from filled_checklist where case_id = :id", id=world.case) == 0
    assert figures() == before
