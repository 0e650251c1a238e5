"""Nothing reads a whole table that grows: how SQLite finds the rows of each statement that a simulated week runs.

A query that reads every case, list, answer or event is fast in every test and slow in a town that has used the bot for
years. SQLite's plans depend on the statement and the indexes alone, so an empty database shows them.
"""

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from actions.basis import BASIS
from storage import cases, filled, standing
from storage.desk import Session, opened
from storage.sealing import Keys
from storage.unfit import readable
from tests.conftest import ROOT, TRAIL
from tests.migrated import put_database
from tests.year.simulate import year

NOW = datetime(2026, 5, 12, 8, tzinfo=UTC)
GROWS = {
    "answer", "cases", "closed_investigation", "counted", "draft", "event", "event_seal", "extension", "fact",
    "filled_checklist", "inbox", "outbox", "returned", "signature", "told",
}  # fmt: skip
"""The tables with rows for each case, act or message."""
MAY = {
    "FROM event_seal WHERE event_seal.tenant_id = ? ORDER BY event_seal.place DESC LIMIT": "the last place alone",
    "FROM event WHERE event.tenant_id = ? ORDER BY event.id LIMIT": "the first event alone",
    "AND checklist <> 'decision_basis' AND": "once a day, the lists that one person answers alone: few",
    "FROM inbox WHERE inbox.tenant_id = ? AND inbox.at <=": "an administrator's command",
    "FROM outbox WHERE outbox.tenant_id = ? AND outbox.state !=": "an administrator's command",
    "DELETE FROM inbox WHERE inbox.case_id IN": "disposal, in steps; such rows are kept for some weeks",
    "DELETE FROM outbox WHERE outbox.case_id IN": "disposal, as above",
    "SET unit_id=? WHERE": "units merged into one: all of one's rows are changed",
    "INSERT INTO changed (case_id, filled_id) SELECT cases.id": "a setting by which every case is counted anew",
    "FROM draft WHERE draft.filled_id IN (SELECT": "an administrator's command",
    "cases.closed_on <= ? GROUP BY": "an administrator's list of what is due for disposal",
    "FROM outbox GROUP BY outbox.state": "/metrics, from an index alone",
    "FROM case_reason JOIN cases": "a report, on the reader's thread",
}
"""Statements that may read all of one, by a part of them, and why."""
_WHOLE = re.compile(r"SCAN (\w+)(?! VIRTUAL| USING INDEX ix_event_unsealed)|SEARCH (\w+) USING .*\(tenant_id=\?\)$")


_ON_ROWS = re.compile(r"\s*(select|insert|update|delete|with)\b", re.IGNORECASE)


@pytest.fixture
def ran() -> Iterator[dict[str, Any]]:
    """The statements that are run from now on, each with parameters it had."""
    found: dict[str, Any] = {}

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        found[statement] = parameters

    event.listen(Engine, "before_cursor_execute", note)
    yield found
    event.remove(Engine, "before_cursor_execute", note)


_PRINT_PREPARED = """
import importlib, json, pkgutil, storage
from sqlalchemy.dialects import sqlite
from storage.prepared import PREPARED, Ready
for module in pkgutil.iter_modules(storage.__path__, "storage."):
    importlib.import_module(module.name)
print(json.dumps([Ready(one.query, sqlite.dialect(paramstyle="qmark")).sql for one in PREPARED.values()]))
"""


def prepared() -> list[str]:
    """Return the statements that our modules prepare, from a process that knows nothing of what other tests prepare."""
    printed = subprocess.run([sys.executable, "-c", _PRINT_PREPARED], check=True, stdout=subprocess.PIPE, cwd=ROOT)
    found: list[str] = json.loads(printed.stdout)
    assert len(found) > 50
    return found


def asked_daily(session: Session) -> None:
    """Ask what people and machines ask every day, whether somebody did in the week or not."""
    standing.read(session, NOW)
    standing.readiness(session, NOW)
    for query in (cases.of_worker(1, 1), cases.in_units(1, [1, 2])):
        readable(session, query)
    cases.protected_in_units(session, 1, [1, 2])
    filled.of_person(session, 1, 1)
    filled.waiting_in(session, 1, [1, 2], BASIS)
    filled.cases_with(session, 1, [1, 2], BASIS)


def whole_tables(database: sqlite3.Connection, statement: str, parameters: Any) -> list[str]:
    """Return the tables that grow and of which the statement reads every row, at least of a tenant."""
    if isinstance(parameters, list) and parameters and isinstance(parameters[0], tuple | dict):
        parameters = parameters[0]  # run for many rows
    steps = [row[3] for row in database.execute("explain query plan " + statement, parameters)]
    read = [match.group(1) or match.group(2) for match in map(_WHOLE.match, steps) if match]
    return [name for name in read if name in GROWS]


@pytest.mark.parametrize("seed", [3, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 2, *range(4, 13)))])
def test_no_statement_of_a_week_reads_all_there_is(seed: int, tmp_path: Path, ran: dict[str, Any]) -> None:
    """Nor does any that is prepared, whether the week runs it or not."""
    url = put_database(tmp_path / "empty.db")  # migrated before, if nothing was yet
    ran.clear()
    assert year(seed, weeks=3).fault == ""
    with opened(url, Keys({"none": bytes(32)}, TRAIL)) as desk:
        desk.run_now(asked_daily)
    statements = dict(ran)
    for one in prepared():
        if "hashtext" not in one:  # PostgreSQL's
            statements.setdefault(one, ["[]" if "json_each" in one else 1] * one.count("?"))
    assert len(statements) > 250
    slow: dict[str, list[str]] = {}
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        for statement, parameters in statements.items():
            if _ON_ROWS.match(statement) and (found := whole_tables(database, statement, parameters)):
                slow[" ".join(statement.split())] = found
    assert {one: found for one, found in slow.items() if not any(known in one for known in MAY)} == {}
