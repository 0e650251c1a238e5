"""A stored value that the model cannot hold, in each column of each table: nobody's turn crashes, and it is listed.

A column at a time is damaged by SQL in a row about Bo and his case; then everybody does what she does every day, the
reminders are swept, the figures counted, the files written. What was damaged is left out, and all of it is taken back.
"""

import argparse
import io
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any

import pytest
from sqlalchemy import Boolean, Date, Integer, LargeBinary, String, insert, select, text
from sqlmodel import AutoString, Session

from bot.commandline import exports
from bot.logs import places
from checklists.loader import newest
from dialogs.messages import sweep
from dialogs.rounds import raising
from dialogs.turn.take_turn import take_turn
from reports.selected import Selection
from storage import aggregates, not_held, outbox, skipped, standing
from storage.contributions import RULES
from storage.conversations import ConversationRow
from storage.desk import opened
from storage.held import Column
from storage.rows import Shape
from storage.sealing import TENANT_ITSELF, KeyGone, Keys, SealBroken, seal
from storage.times import Moment
from storage.unfit import UNFIT
from tests.chat.conftest import KEYS
from tests.chat.drive import opens
from tests.chat.harness import NORTH, REF, Room, move_in
from tests.chat.test_sending import ALL
from tests.conftest import TRAIL, new_database

LONG = os.environ.get("BK_SLOW") == "1"
OTHER = "SN 2026/0299"
MORE = (
    ("mona", "Mona Verksamhetschef", "", "manager"),
    ("ada", "Ada Förvaltare", "", "admin"),
    ("cia", "Cia Granskare", NORTH, "peer_reviewer"),
    ("dag", "Dag Ersättare", NORTH, "deputy"),
)
SAYS = {
    "anna": ("mina ärenden", f"fortsätt {REF}", "vad saknas"),
    "bo": ("hjälp", "mina ärenden"),
    "cecilia": ("att läsa", "enhetens ärenden", "åtgärder"),
    "mona": ("egenkontroll", "radering", "loggkontroll"),
    "ada": ("administrera bo",),
    "vera": ("mina ärenden",),
    "cia": ("granska",),
}
FIGURES = {"tally", "counted", "unit", "tenant", "person", "cases", "filled_checklist", "answer", "fact", "measure"}
FIGURES |= {"finding", "signature", "calibration", "extension", "closed_investigation", "duty"}
"""The tables that reports read: for the others, only the files of rows are written."""
ABOUT_IT = (("bo", f"fortsätt {OTHER}"), ("bo", f"uppgifter {OTHER}"), ("bo", f"koppla {OTHER}"))
LIST = newest("decision_basis")
WORDS = {
    "choice": "ja",
    "item_id": "child_heard",
    "item": "child_heard",
    "code": "ja",
    "role": "case_worker",
    "letters": "0" * len(LIST.items),
    "value": "ja",
}
WORDS |= {
    "checklist": LIST.id,
    "rule": "GAP",
    "marks": "",
    "grain": "d",
    "name": "violence",
    "once": "x",
    "months": "3",
}
NUMBERS = {"version": LIST.version, "occasion": 1, "revision": 7, "child": 0, "rules": RULES}
"""What a planted row has to hold to be valid."""


@dataclass
class Town:
    """The room, and the row of each table that is damaged: its key by column."""

    room: Room
    victims: dict[str, dict[str, Any]] = field(default_factory=dict)


def shapes() -> dict[str, Shape]:
    return {one.table.name: one for one in not_held.shapes()}


ALSO_ON_POSTGRES = ("cases", "filled_checklist", "measure", "outbox", "review_round")
"""The tables that are damaged on PostgreSQL too in the short form; the long form damages every one on both."""


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def town(request: pytest.FixtureRequest, furnished: Any) -> Iterator[Town]:
    with ExitStack() as ends:
        room = furnished.room()
        if request.param != "sqlite":
            url = ends.enter_context(new_database(request.getfixturevalue("_newest_schema")))
            room = Room(ends.enter_context(opened(url, Keys(KEYS, TRAIL))))
            move_in(room.desk)
        move_in(room.desk, *MORE, days="2026-01-01,2026-12-31")
        for name in SAYS:
            room.chat(name).installs()
        opens(room.chat("anna"), **ALL)
        opens(room.chat("bo"), OTHER, **ALL)
        room.chat("bo").presses("Nej")
        made = Town(room)
        room.desk.run_now(partial(plant, town=made))
        yield made


def plant(session: Session, town: Town) -> None:
    """Put a row about Bo's case into each table that has none, and note which row of each table is damaged."""
    connection = session.connection()

    def one(statement: str) -> int:
        return int(connection.execute(text(statement)).scalar_one())

    case = one(f"select id from cases where ref = '{OTHER}'")
    person = one("select id from person where name = 'Bo Exempel'")
    ids = {
        "tenant": 1,
        "unit": one(f"select id from unit where name = '{NORTH}'"),
        "person": person,
        "cases": case,
        "filled_checklist": one(f"select id from filled_checklist where case_id = {case}"),
        "conversation": one(f"select id from conversation where person_id = {person}"),
        "event": one("select max(id) from event"),
        "role": one(f"select id from role where person_id = {person}"),
        "answer": one("select max(id) from answer"),
    }
    chat = session.get_one(ConversationRow, ids["conversation"]).channel_id
    for name, kind in sorted(shapes().items(), key=lambda at: [*_order()].index(at[0])):
        if name in ids:
            town.victims[name] = {"id": ids[name]}
            continue
        if there := _there(session, kind, ids):
            town.victims[name] = there
            continue
        columns = kind.check.columns
        row = {one.name: _made_up(stored, one, ids, town) for stored, one in zip(kind.columns, columns, strict=True)}
        row = {stored.name: row[name] for stored, name in zip(kind.columns, kind.names, strict=True)}
        if kind.serial:
            del row["id"]
        row |= {"channel_id": chat} if name == "inbox" else {}
        nonce = row.get("nonce", "")
        at = {"inbox": f"{chat}:{row.get('activity_id')}"}.get(name, nonce)
        if name == "draft":
            at = f"{row['filled_id']}:{row['item_id']}:{person}"
        for column in kind.columns:
            if isinstance(column.type, LargeBinary):
                of = (
                    row["case_id"]
                    if name in ("outbox", "extension", "returned", "signature", "inbox")
                    else TENANT_ITSELF
                )
                of = case if name == "draft" else of
                row[column.name] = seal(session, 1, of, f"{name}.{column.name}", at, "Påhittad text")
        key = connection.execute(insert(kind.table).values(row)).inserted_primary_key
        assert key is not None
        ids.setdefault(name, key[0])
        town.victims[name] = dict(zip([column.name for column in kind.table.primary_key], key, strict=True))


def _there(session: Session, kind: Shape, ids: Mapping[str, int]) -> dict[str, Any] | None:
    """Return the key of the newest row about the case, the list or Bo, or just the newest; None if there is none."""
    table, keys = kind.table, list(kind.table.primary_key)
    of = {"case_id": ids["cases"], "filled_id": ids["filled_checklist"], "person_id": ids["person"]}
    wanted = [table.c[name] == value for name, value in of.items() if name in table.c][:1]
    row = session.connection().execute(select(*keys).where(*wanted).order_by(*[one.desc() for one in keys])).first()
    return dict(row._mapping) if row is not None else None


def _order() -> Iterator[str]:
    from storage.tables import METADATA

    return (table.name for table in METADATA.sorted_tables)


def _made_up(stored: Any, one: Column, ids: Mapping[str, int], town: Town) -> Any:
    parents = [key.column.table.name for key in stored.foreign_keys]
    if parents:
        return ids[parents[0]]
    ends = {
        "case_id": ids["cases"],
        "filled_id": ids["filled_checklist"],
        "person_id": ids["person"],
        "unit_id": ids["unit"],
    }
    for end, value in ends.items():
        if f"_{stored.name}".endswith("_" + end):
            return value if not stored.nullable else None
    if stored.nullable:
        return None
    if isinstance(stored.type, Moment):
        return town.room.now
    if isinstance(stored.type, Date):
        return town.room.now.date()
    if isinstance(stored.type, Boolean):
        return False
    if isinstance(stored.type, LargeBinary):
        return b""
    if isinstance(stored.type, Integer):
        return NUMBERS.get(stored.name, 1)
    if stored.name in WORDS and (one.allowed is None or WORDS[stored.name] in one.allowed):
        return WORDS[stored.name]
    if one.more is not None:
        return "{}"
    return min(one.allowed) if one.allowed else f"{stored.table.name}-{stored.name}"[: stored.type.length]


def damage(stored: Any, one: Column, dialect: str) -> list[tuple[str, str]]:
    """Return values the column cannot hold, as far as the database takes them: of what kind, and the SQL of it."""
    odd = []
    if one.allowed is not None:
        odd.append(("word", "'kanske'" if (stored.type.length or 20) >= 6 else "'x'"))
    if one.more is not None:
        odd.append(("json", "'{'"))
    if isinstance(stored.type, LargeBinary):
        odd.append(("sealed", "x'00ff'" if dialect == "sqlite" else r"'\x00ff'"))
    if dialect == "sqlite":
        for of, value in ((Date, "'2026-02-30'"), (Moment, "'nonsense'"), (Integer, "'x'"), (Boolean, "'x'")):
            odd += [(of.__name__, value)] if isinstance(stored.type, of) else []
        # In order of letters "nonsense" is the last of all days: what asks for the first, or the last, meets only one.
        odd += [("first", "'0000-00-00'")] if isinstance(stored.type, Date | Moment) else []
        odd += [("bytes", "'text'")] if isinstance(stored.type, LargeBinary) else []
        odd += [] if odd else [("text", "x'ff00'")]
        odd += [("utf8", "cast(x'41ff' as text)")] if isinstance(stored.type, String | AutoString) else []
    return odd


def crashes(town: Town, table: str, column: str, value: str) -> list[str]:
    """Damage one column, let everybody do her day, and return what crashed; then it is all taken back."""
    room, found = town.room, []

    def work(session: Session) -> None:
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            connection.execute(text("set local session_replication_role = replica"))
        else:
            connection.execute(text("pragma defer_foreign_keys = on"))
            for name in (
                connection.execute(text("select name from sqlite_master where type = 'trigger'")).scalars().all()
            ):
                connection.execute(text(f"drop trigger {name}"))
        key = town.victims[table]
        where = " and ".join(f'"{name}" = :{name}' for name in key)
        done = connection.execute(text(f'update "{table}" set "{column}" = {value} where {where}'), key)
        assert done.rowcount == 1
        connection.execute(text(f'select "{column}" from "{table}"')).all()  # bytes that are no text raise here, once

        def tries(what: str, part: Callable[[], Any], *, about_it: bool = False) -> None:
            session.expunge_all()
            allowed = (*UNFIT, KeyGone, SealBroken) if about_it else ()
            try:
                with session.begin_nested():
                    part()
                    session.flush()
            except allowed:
                return
            except Exception as error:
                found.append(
                    f"{table}.{column}={value}: {what}: {type(error).__name__} {str(error)[:90]!r} at {places(error)}"
                )

        tries("look", lambda: _listed(session, table))
        tries("skipped", lambda: json.dumps([(one.ref, one.what) for one in skipped.listed(session, 1)]))
        said = [(name, line, False) for name, lines in SAYS.items() for line in lines]
        for name, line, about_it in [*said, *((*one, True) for one in ABOUT_IT)]:
            turn = room.chat(name)._turn("text", "", text=line)
            tries(f"{name} {line}", partial(take_turn, session, turn, room.mint, room.pages_url), about_it=about_it)
        tries("protection", lambda: sweep.tell_of_protection(session, room.now))
        tries("late", lambda: raising.tell_of_late(session, room.now))
        tries("sweep", lambda: _sweeps(session, room.now))
        tries("lease", lambda: outbox.lease(session, room.now, timedelta(1), 20, "r"))
        tries("standing", lambda: (standing.read(session, room.now), standing.readiness(session, room.now)))
        tries("figures", lambda: aggregates.project_some(session))
        if table in FIGURES:
            turn = room.chat("mona")._turn("text", "", text="rapport")
            tries("rapport", lambda: take_turn(session, turn, room.mint, room.pages_url))
        for what in (*exports.ROWS, *(exports.FIGURES if table in FIGURES else exports.PAGES)):
            tries(what, partial(_exported, session, what, room.now.date()))

    room.desk.run_now(work, keep=False)
    return found


def _sweeps(session: Session, now: datetime) -> None:
    for tenant in sweep.tenants_to_sweep(session, now, ()):
        for _ in range(100):
            if not sweep.step(session, tenant, now).more:
                return
        raise AssertionError("the sweep does not end")


def _exported(session: Session, what: str, day: date) -> None:
    def run(work: Callable[[Session], Any]) -> Any:
        return work(session)

    if what in exports.ROWS:
        exports.write_rows(run, Selection(), io.BytesIO(), what, "csv")
        return
    _, rows = exports._figure_rows(Selection(), argparse.Namespace(what=what, for_publication=False), day)
    list(rows(session))


def _listed(session: Session, table: str) -> None:
    found, _ = not_held.look(session)
    assert [one for one in found if one.table == table], "not listed"


@pytest.mark.parametrize("table", sorted(shapes()))
def test_nobodys_turn_crashes_and_the_row_is_listed(town: Town, table: str) -> None:
    if town.room.desk.dialect == "postgresql" and not LONG and table not in ALSO_ON_POSTGRES:
        pytest.skip("needs time (set BK_SLOW=1)")
    kind = shapes()[table]
    planned: list[tuple[str, str, str]] = []
    for stored, one in zip(kind.columns, kind.check.columns, strict=True):
        is_key = stored.primary_key and len(kind.keys) == 1 and isinstance(stored.type, Integer)
        if not is_key and not stored.foreign_keys:  # those the database itself keeps whole
            planned += [(what, stored.name, value) for what, value in damage(stored, one, town.room.desk.dialect)]
    found = [crashes(town, table, column, value) for _, column, value in (planned if LONG else _some(planned, table))]
    assert not any(found), "\n".join(chain(*found))


def _some(planned: Sequence[tuple[str, str, str]], table: str) -> Sequence[tuple[str, str, str]]:
    """Return two of them, four where figures are counted: of different kinds, and of others in the next table."""
    kinds = sorted({what for what, *_ in planned})
    at = sorted(shapes()).index(table)
    turns = [kinds[(at + step) % len(kinds)] for step in range(min(4 if table in FIGURES else 2, len(kinds)))]
    return [next(one for one in planned if one[0] == what) for what in turns]


def test_where_nothing_is_damaged_nothing_is_refused(town: Town) -> None:
    found = crashes(town, "unit", "closed_on", "null")
    assert [one for one in found if "not listed" not in one] == []
    assert town.room.desk.read_now(not_held.look)[0] == []
