"""Data of the release with schema 0007 reads the same after migration: exports, replies, buttons, signatures."""

import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text
from sqlmodel import col, select

from checklists.cells import DETAILS
from checklists.loader import newest
from dialogs.turn.exchange import Turn
from dialogs.turn.take_turn import Outcome, take_turn
from dialogs.turn.tokens import Mint
from reports import answers, checklists, rates
from reports.csv_out import write_csv
from reports.selected import Selection
from storage import extensions, inbox, migrate, signatures, tenants, trail
from storage.aggregates import project_all
from storage.answers import AnswerRow
from storage.cases import CaseRow
from storage.desk import Desk, Session, opened
from storage.extensions import ExtensionRow
from storage.recount import recount
from storage.sealing import Keys
from storage.signatures import SignatureRow
from storage.trail_marks import CheckpointRow
from tests.conftest import TRAIL
from tests.sql.conftest import KEYS, lift_guards, told
from tests.sql.test_clocks_migrated import to

LEFT = Path(__file__).parent / "release_0007"
"""Its database as SQL, the exports it made from it, a press with its reply, and a button not yet pressed."""
DAY = date(2026, 5, 26)
MINT = Mint(bytes(range(32)))
CONVERSATION = json.loads((LEFT / "conversation.json").read_text(encoding="utf-8"))


@pytest.fixture
def desk(empty_url: str) -> Iterator[Desk]:
    """Yield a desk on that database, migrated to the current schema."""
    with opened(empty_url, Keys(KEYS, TRAIL)) as made:
        to(made, "0007")
        made.run_now(_fill)
        migrate.upgrade(made)
        yield made


def _fill(session: Session) -> None:
    connection = session.connection()
    statements = (LEFT / "database.sql").read_text(encoding="utf-8")
    if connection.dialect.name == "postgresql":
        statements = re.sub(r"x'([0-9a-f]*)'", r"'\\x\1'", statements)
    for statement in statements.split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement)
    if connection.dialect.name == "postgresql":
        for table in inspect(connection).get_table_names():
            _go_on_numbering(connection, table)


def _go_on_numbering(connection: Any, table: str) -> None:
    """Set the id sequence after the highest inserted id."""
    if any(column["name"] == "id" for column in inspect(connection).get_columns(table)):
        newest = f'(select max(id) from "{table}")'
        connection.execute(text(f"select setval(pg_get_serial_sequence('{table}', 'id'), {newest})"))


def exported(name: str) -> str:
    """Return a file as exported then, line endings included, but with the questions in the wording they have now."""
    raw = (LEFT / name).read_bytes().decode()
    for item in newest("decision_basis").items:
        if item.alone is not None:
            raw = raw.replace(f'"{item.ask}"', item.ask).replace(item.ask, item.alone)
    return raw


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO(newline="")
    write_csv(out, columns, rows)
    return out.getvalue()


def comes(desk: Desk, name: str, activity_id: str, **press: Any) -> Outcome:
    """Run a press by a person of that database."""
    turn = Turn(
        kind="press",
        invoke=True,
        tenant="11111111-1111-4111-8111-111111111111",
        object_id=f"00000000-0000-4000-8000-{int.from_bytes(name.encode()[:6]):012x}",
        channel_user=f"29:{name}",
        activity_id=activity_id,
        now=datetime.fromisoformat("2026-05-26T09:00:00+02:00"),
        service_url="http://127.0.0.1:1/",
        **press,
    )
    return desk.run_now(lambda session: take_turn(session, turn, MINT))


def test_answers_rates_and_checklists_are_exported_to_the_byte_as_before(desk: Desk) -> None:
    desk.run_now(project_all)

    found = desk.read_now(lambda session: list(rates.rate_rows(session, Selection(), DAY, for_publication=False)))
    # A sum has no interval now. An E/T from a file on a question that applies is free text, as on any other question.
    then = re.sub(r"(;\*;.*;)[\d,]*;[\d,]*\r\n", r"\1;\r\n", exported("rates.csv"))
    for item, was, now in (
        ("health_check_done;", ";1;1;0;0,0;0;0;0;0;0;0;0;1;0;0,0;", ";1;1;1;100,0;0;0;0;0;1;0;0;0;0;0,0;"),
        ("*;", ";12;10;0;0,0;0;0;0;0;0;0;2;10;0;", ";12;10;1;10,0;0;0;0;0;1;0;2;9;0;"),
    ):
        lines = then.split("\r\n")
        place = next(n for n, line in enumerate(lines) if "Syd" in line and was in line and item in line)
        lines[place] = lines[place].replace(was, now)
        then = "\r\n".join(lines)
    assert as_csv(rates.COLUMNS, found) == then
    found = desk.read_now(
        lambda session: list(checklists.checklist_rows(session, Selection(), DAY, for_publication=False))
    )
    assert as_csv(checklists.COLUMNS, found) == exported("checklists.csv")
    # It had no columns for what goes with an answer; without them it is the same file.
    before = [place for place, name in enumerate(answers.COLUMNS) if name not in DETAILS]
    old = [[row[place] for place in before] for row in answers.answer_rows(desk.read_now, Selection())]
    assert as_csv([answers.COLUMNS[place] for place in before], old) == exported("answers.csv")
    assert desk.read_now(lambda session: recount(session, 1)).wrong == 0


def test_a_press_of_the_old_release_gets_the_identical_stored_reply(desk: Desk) -> None:
    pressed = CONVERSATION["pressed"]

    outcome = comes(desk, "cecilia", **pressed)

    def kept(session: Session) -> str:
        row = inbox.by_activity(session, 1, pressed["channel_id"], pressed["activity_id"])
        assert row is not None
        return inbox.reply_of(session, row)

    assert outcome.reply is not None
    assert outcome.reply.canonical() == CONVERSATION["reply"] == desk.run_now(kept)


def test_a_button_from_before_still_answers(desk: Desk) -> None:
    outcome = comes(desk, "anna", "in-new", **CONVERSATION["open_card"])

    assert outcome.reply is not None
    assert outcome.reply.view.kind == "motivation"
    query = select(AnswerRow.choice, AnswerRow.revision, AnswerRow.follow_up).order_by(col(AnswerRow.id).desc())
    assert desk.run_now(lambda session: session.exec(query).first()) == ("nej", 1, False)


def test_the_details_and_the_extension_from_before_can_still_be_saved(desk: Desk) -> None:
    for name, filled_in in (
        ("extend_card", {"limit": "4m", "reason_class": "grounds", "until": "2026-11-01", "reason": "Påhittat skäl"}),
        ("details_card", {"decided_on": "2026-05-20"}),
    ):
        card = CONVERSATION[name]
        outcome = comes(desk, "anna", f"in-{name}", **card | {"data": card["data"] | filled_in})
        assert outcome.reply is not None
        assert not [line for line in outcome.reply.view.notices if line.say.startswith(("facts.", "errors."))]

    def work(session: Session) -> tuple[list[date], date | None]:
        rows = session.exec(select(ExtensionRow).order_by(col(ExtensionRow.id))).all()
        case = session.exec(select(CaseRow).where(CaseRow.ref == "SN 2026/0102")).one()
        return [row.until for row in rows], case.decided_on

    assert desk.run_now(work) == ([date(2026, 10, 1), date(2026, 11, 1)], date(2026, 5, 20))


def test_signature_texts_and_chain_from_before_are_whole(desk: Desk) -> None:
    def work(session: Session) -> None:
        signature = session.exec(select(SignatureRow)).one()
        seen = signatures.view_of(session, signature)
        assert signatures.view_hash(seen) == signature.view_hash == CONVERSATION["signed"]
        assert signatures.reason_of(session, signature) == "Påhittat skäl: rutorna ligger i en bilaga"
        longer = session.exec(select(ExtensionRow)).one()
        assert extensions.reason(session, longer) == "Påhittat skäl till förlängning"
        assert longer.decided_on == date(2026, 5, 12)
        [tenant] = tenants.everyone(session)
        before = trail.verify(session, tenant.id)
        assert (before.bad, before.unchained) == (None, 0)
        assert before.chained > 0

    desk.run_now(work)


# --- the trail from before events had MACs ----------------------------------------------------------------------------


def found_wrong(desk: Desk) -> str | None:
    return told(desk.run_now(lambda session: trail.verify(session, 1)).bad)


def test_the_trail_from_before_is_closed_and_goes_on(desk: Desk) -> None:
    closed = desk.run_now(lambda session: session.get_one(CheckpointRow, 1).place)
    comes(desk, "anna", "in-new", **CONVERSATION["open_card"])
    while desk.run_now(trail.chain_new):
        pass

    assert found_wrong(desk) is None
    assert desk.run_now(lambda session: trail.end_of_chain(session, 1))[0] > closed > 0


def test_what_is_closed_still_names_the_master_key_it_was_chained_with(desk: Desk) -> None:
    desk.keys = Keys({"other": b"o" * 32}, TRAIL)

    assert "names a master key that is not configured" in (found_wrong(desk) or "")


def test_no_event_is_slipped_in_as_one_from_before(desk: Desk) -> None:
    def slip_in(session: Session) -> None:
        lift_guards(session)
        statement = (
            "insert into event (tenant_id, at, actor, act, item_id, detail, sealed) "
            "select tenant_id, at, actor, 'signed', '', '', false from event limit 1"
        )
        session.connection().execute(text(statement))

    desk.run_now(slip_in)
    desk.run_now(trail.chain_new)

    assert "was not recorded by this bot" in (found_wrong(desk) or "")


@pytest.mark.parametrize(
    "statement",
    [
        "update trail_checkpoint set place = place + 1",
        "update trail_checkpoint set mac = 'x'",
        "update event set act = 'x' where id = (select event_id from event_seal where place = 2)",
        "delete from trail_checkpoint",
    ],
)
def test_what_is_closed_stays_closed(desk: Desk, statement: str) -> None:
    def tamper(session: Session) -> None:
        lift_guards(session)
        session.connection().execute(text(statement))

    desk.run_now(tamper)

    assert found_wrong(desk) is not None
