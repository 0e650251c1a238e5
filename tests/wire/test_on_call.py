"""For whoever is on call: each crash is one log line without values that locates it; and what `/metrics` counts."""

import asyncio
import inspect
import json
import logging
import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import NoReturn, get_args

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlmodel import select

from actions import deletions
from bot import logs
from bot.background import loop
from bot.background.loop import Loop, run_forever
from bot.background.sweeper import Sweeper
from bot.metrics import LoopName, Metrics, Where
from bot.pages.purposes import PURPOSES
from bot.settings import Settings
from dialogs.messages import case_state, reminder_content, sweep
from dialogs.turn import commands, take_turn
from dialogs.turn.exchange import Reply
from dialogs.views.views import Line, SayView
from storage import aggregates, import_jobs, links, outbox, replicas, trail
from storage.cases import CaseRow
from storage.conversations import ConversationRow
from storage.desk import Session
from storage.outbox import OutboxRow
from tests.sql.import_files import import_people
from tests.waiting import patience, until
from tests.wire.fuzzing import register
from tests.wire.in_process_bot import InProcessBot, activity, pressed
from tests.wire.test_outbox import Town, desk, move_in, town
from texts import say

__all__ = ["desk", "town"]
ROOT = Path(__file__).resolve().parents[2]
CANARY = "Kanariefågeln Påhittad 19121212-1212"


class Lines(logging.Handler):
    """Captured log lines."""

    def __init__(self) -> None:
        super().__init__()
        self.addFilter(logs.only_codes)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        self.lines: list[str] = []
        self._came = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))
        self._came.set()

    async def until(self, part: str) -> str:
        """Wait for a line containing this, and return the first."""
        async with patience(f"a line with {part!r}", lambda: self.lines[::-1]):
            while not (found := [line for line in self.lines if part in line]):
                self._came.clear()
                await self._came.wait()
        return found[0]


@pytest.fixture
async def log() -> AsyncIterator[Lines]:
    kept = Lines()
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.INFO)
    root.addHandler(kept)
    yield kept
    root.removeHandler(kept)
    root.setLevel(level)


@pytest.fixture
async def bot(tmp_path: Path, log: Lines) -> AsyncIterator[InProcessBot]:
    async with InProcessBot(tmp_path) as made:
        now = datetime.now(UTC)
        made.desk.run_now(lambda session: import_people(session, register().encode(), frozenset(), now, "cli:test"))
        assert (await made.posts(activity("message.text", "anna", text="ny SN 2026/0001")))[0] == 200
        yield made


# --- crashes in the log ------------------------------------------------------------------------------------


def crash(*_: object, **__: object) -> NoReturn:
    """Fail the way code does on unexpected input: with the input in the message."""
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        raise LookupError(CANARY) from error


CRASHED_AT = f"tests/wire/test_on_call.py:{inspect.getsourcelines(crash)[1] + 5}"


@dataclass(frozen=True)
class Planted:
    """A planted crash: where, how its log line begins, and the file that called the crashing code."""

    module: ModuleType
    function: str
    told: str
    caller: str


LOOPS = {
    "outbox": Planted(outbox, "lease", "ERROR bot.background.loop outbox failed", "bot/background/outbox_worker.py"),
    "trail": Planted(trail, "chain", "ERROR bot.background.loop trail failed", "storage/desk.py"),
    "reminders": Planted(
        sweep, "tenants_to_sweep", "ERROR bot.background.loop reminders failed", "bot/background/sweeper.py"
    ),
    "replica": Planted(replicas, "beat", "ERROR bot.background.loop replica failed", "bot/background/presence.py"),
    "figures": Planted(
        aggregates, "project_some", "ERROR bot.background.loop figures failed", "bot/background/projector.py"
    ),
    "imports": Planted(import_jobs, "oldest", "ERROR bot.background.loop imports failed", "storage/desk.py"),
    "deletions": Planted(deletions, "take_away", "ERROR bot.background.loop deletions failed", "storage/desk.py"),
}


def found_by(line: str, planted: Planted) -> None:
    """Check that a line states what crashed, where, and the caller, and nothing else."""
    assert line.startswith(planted.told), line
    assert "LookupError" in line
    assert CRASHED_AT in line, "where it happened"
    assert re.search(rf"{planted.caller}:\d+", line), "on whose behalf"


def test_a_crash_is_planted_in_every_loop_and_each_is_explained_to_operations() -> None:
    told = (ROOT / "docs" / "drift.md").read_text(encoding="utf-8")

    assert set(LOOPS) == set(get_args(LoopName))
    assert [where for where in (*get_args(LoopName), *get_args(Where)) if f"`{where}`" not in told] == []


@pytest.mark.parametrize("name", LOOPS)
async def test_a_crash_in_a_loop_is_found_by_its_line(
    bot: InProcessBot, log: Lines, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    planted = LOOPS[name]
    monkeypatch.setattr(planted.module, planted.function, crash)

    found_by(await log.until(f"{name} failed"), planted)

    assert sample(await bot.metrics(), "beslutskollen_failures_total", where=name) >= 1
    no_value_in(log)


async def test_a_crash_in_a_turn_is_found_by_its_line(
    bot: InProcessBot, log: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = Planted(commands, "find_command", "ERROR bot.turns turn failed", "dialogs/turn/take_turn.py")
    monkeypatch.setattr(planted.module, planted.function, crash)

    status, body = await bot.posts(activity("message.text", "anna", text=CANARY.replace("1", "x")))

    assert status == 200, "sent again, it would raise again"
    assert "LookupError" not in str(body)
    found_by(await log.until("turn failed"), planted)
    counted = await bot.metrics()
    assert sample(counted, "beslutskollen_failures_total", where="turn") == 1
    assert sample(counted, "beslutskollen_turns_total", kind="text", outcome="failed") == 1
    no_value_in(log)


async def test_a_crash_behind_a_press_is_found_by_its_line(
    bot: InProcessBot, log: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = Planted(take_turn, "_read", "ERROR bot.turns turn failed", "dialogs/turn/take_turn.py")
    monkeypatch.setattr(planted.module, planted.function, crash)

    status, body = await bot.posts(pressed("anna", {"verb": "answer", "token": CANARY}))

    assert status == 200
    assert say("common.not_worked_out", "sv") in json.dumps(body, ensure_ascii=False)
    found_by(await log.until("turn failed"), planted)
    no_value_in(log)


async def test_a_crash_behind_a_link_is_found_by_its_line(
    bot: InProcessBot, log: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = Planted(links, "look", "ERROR bot.pages.links link failed", "bot/pages/links.py")
    monkeypatch.setattr(planted.module, planted.function, crash)

    async with aiohttp.ClientSession() as session:
        address = f"http://127.0.0.1:{bot.port}{PURPOSES[0].path}"
        async with session.get(address, params={"l": "x"}) as answer:
            assert answer.status == 503

    found_by(await log.until("link failed"), planted)
    assert sample(await bot.metrics(), "beslutskollen_failures_total", where="link") == 1
    no_value_in(log)


async def test_a_crash_over_one_message_is_found_by_its_line(
    bot: InProcessBot, log: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = Planted(reminder_content, "content", "ERROR bot.background.outbox_worker", "bot/background/outbox_worker")
    monkeypatch.setattr(planted.module, planted.function, crash)

    row = put_message(bot)
    make_due(bot, row)

    line = await log.until("outbox row")
    assert f"outbox row {row} failed" in line
    assert CRASHED_AT in line
    assert sample(await bot.metrics(), "beslutskollen_failures_total", where="outbox_message") == 1
    no_value_in(log)


def put_message(bot: InProcessBot) -> int:
    """Put a message to the one person into the outbox, due tomorrow, and return its row id."""

    def put(session: Session) -> int:
        chat = session.exec(select(ConversationRow)).one()
        now = datetime.now(UTC)
        row = OutboxRow(
            tenant_id=chat.tenant_id,
            kind="reminder",
            conversation_id=chat.id,
            nonce="1",
            view=b"",
            due_at=now + timedelta(days=1),
            created_at=now,
        )
        view = SayView(notices=(Line(say="common.failed"),))
        reply = Reply(tenant_id=chat.tenant_id, person_id=1, channel_user="29:anna", language="sv", view=view)
        outbox.put(session, row, reply.canonical())
        session.flush()
        return row.id

    return bot.desk.run_now(put)


def make_due(bot: InProcessBot, row: int, **values: object) -> None:
    """Set columns of an outbox row, and have it sent."""

    def work(session: Session) -> None:
        found = session.get_one(OutboxRow, row)
        for name, value in values.items():
            setattr(found, name, value)
        found.due_at = datetime.now(UTC)

    bot.desk.run_now(work)


async def state_of(bot: InProcessBot, row: int) -> str:
    return await bot.desk.run(lambda session: session.get_one(OutboxRow, row).state)


async def test_a_message_whose_seal_is_broken_is_stopped_and_logged(bot: InProcessBot, log: Lines) -> None:
    row = put_message(bot)
    make_due(bot, row, view=b"damaged")

    assert "SealBroken" in await log.until(f"outbox row {row} cannot be opened")
    await until("the row to be stopped", lambda: state_of(bot, row), lambda state: state == outbox.STOPPED)


async def test_a_message_whose_master_key_is_missing_waits_for_it(
    bot: InProcessBot, log: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = put_message(bot)
    monkeypatch.setattr(bot.desk.keys, "_masters", {})
    monkeypatch.setattr(bot.desk.keys, "_opened", OrderedDict())  # as after a start without it
    make_due(bot, row)

    assert "MasterGone" in await log.until(f"outbox row {row} failed")
    assert await state_of(bot, row) == outbox.WAITING


async def test_a_message_and_a_reply_that_are_not_sent_are_logged(bot: InProcessBot, log: Lines) -> None:
    row = put_message(bot)
    make_due(bot, row)  # nobody listens at the address of anna's chat

    assert "Unreachable" in await log.until(f"outbox row {row} not sent")
    assert "Unreachable" in await log.until("reply not sent")
    assert sample(await bot.metrics(), "beslutskollen_failures_total", where="reply") >= 1


async def test_an_invoke_that_is_not_understood_is_logged_and_counted(bot: InProcessBot, log: Lines) -> None:
    status, _ = await bot.posts(activity("invoke.adaptiveCard-action", "anna", name="somethingElse"))

    assert status == 400
    await log.until("activity refused: 400 invoke")
    assert sample(await bot.metrics(), "beslutskollen_activities_refused_total", status="400", reason="invoke") == 1


async def test_of_a_librarys_log_line_only_the_place_of_the_crash_remains(log: Lines) -> None:
    try:
        crash()
    except LookupError:
        logging.getLogger("asyncio").exception("Task exception was never retrieved: %s", CANARY)
        logging.getLogger("bot.somewhere").exception("it failed")

    for line in (await log.until("asyncio"), await log.until("bot.somewhere")):
        assert "LookupError" in line
        assert CRASHED_AT in line
    no_value_in(log)


def no_value_in(log: Lines) -> None:
    written = "\n".join(log.lines)
    for part in (CANARY, *CANARY.split(), "invalid literal"):
        assert part not in written


# --- loops -------------------------------------------------------------------------------------------------


async def test_a_loop_that_keeps_failing_is_logged_once_and_goes_on_by_itself(log: Lines) -> None:
    rounds = 0

    async def failing_ten_times() -> None:
        nonlocal rounds
        rounds += 1
        if rounds <= 10:
            crash()

    running = asyncio.create_task(run_forever(Loop("figures", failing_ten_times, interval=0.0), Metrics()))
    told = await log.until("works again")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert "figures works again after 10 failures" in told
    assert len([line for line in log.lines if "figures failed" in line]) == 1


async def test_a_different_failure_and_a_lasting_one_are_logged_again(
    log: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "REPEAT_SECONDS", 0.0)
    rounds = 0

    async def failing() -> None:
        nonlocal rounds
        rounds += 1
        crash()

    running = asyncio.create_task(run_forever(Loop("figures", failing, interval=0.0), Metrics()))
    await log.until("figures failed (3 in a row)")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_wake_up_during_a_round_is_not_missed() -> None:
    awake, rounds = asyncio.Event(), 0
    done = asyncio.Event()

    async def woken_meanwhile() -> None:
        nonlocal rounds
        rounds += 1
        awake.set() if rounds == 1 else done.set()

    running = asyncio.create_task(run_forever(Loop("outbox", woken_meanwhile, 3600.0, awake), Metrics()))
    async with patience("the second round"):
        await done.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


# --- a case that cannot be processed -------------------------------------------------------------------------


async def test_one_case_that_cannot_be_worked_out_stops_nobody_elses_reminder(town: Town, log: Lines) -> None:
    move_in(town.desk, town.connector.service_url, 3)

    def spoil(session: Session) -> int:
        case = session.exec(select(CaseRow).where(CaseRow.ref == "SN 2026/1")).one()
        case.planned_decision_on = date(1, 1, 2)
        return case.id

    spoilt = town.desk.run_now(spoil)
    await town.sweeps()

    line = await log.until(f"reminders left out case {spoilt}:")
    assert "OverflowError" in line
    assert re.search(r"checklists/\w+\.py:\d+", line), "where it could not be worked out"
    assert sample(town.metrics.text(None).decode(), "beslutskollen_failures_total", where="skipped_case") == 1
    assert [town.told(name) for name in ("w0", "w1", "w2")] == [1, 0, 1]


async def test_a_case_that_cannot_be_read_stops_nobody_elses_reminder(town: Town, log: Lines) -> None:
    move_in(town.desk, town.connector.service_url, 3)
    change = text("update cases set planned_decision_on = 'i morgon' where ref = 'SN 2026/1'")
    town.desk.run_now(lambda session: session.execute(change))
    await town.sweeps()

    line = await log.until("reminders left out case")
    assert "planned_decision_on" in line
    assert "(BK-463) at dialogs/messages/sweep.py:" in line
    assert [town.told(name) for name in ("w0", "w1", "w2")] == [1, 0, 1]


async def test_one_report_that_cannot_be_worked_out_stops_nobody_elses_protection(
    town: Town, log: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_in(town.desk, town.connector.service_url, 2)
    today = town.clock.now().date()

    def receive(session: Session) -> None:
        for case in session.exec(select(CaseRow)).all():
            case.planned_decision_on, case.received_on = None, today

    town.desk.run_now(receive)
    real = case_state.is_protection_answered

    def spoilt(session: Session, case: CaseRow) -> bool:
        return crash() if case.ref == "SN 2026/0" else real(session, case)

    monkeypatch.setattr(sweep, "is_protection_answered", spoilt)
    sweeper = Sweeper(town.desk, town.clock, town.metrics, lambda: None)
    await sweeper.sweep_if_due()

    assert CRASHED_AT in await log.until("reminders left out case")
    assert [town.told(name) for name in ("w0", "w1")] == [0, 1]
    assert "skipped" in town.metrics.health.troubles()
    for _ in range(3):  # what the first look recorded is looked at again before nothing is new
        await sweeper.sweep_if_due()
        assert "skipped" in town.metrics.health.troubles(), "a look a second later takes it back"
    no_value_in(log)


# --- metrics -----------------------------------------------------------------------------------------------


def sample(text: str, name: str, **labels: str) -> float:
    """Return the value of one sample in the text of a scrape."""
    found = [
        one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
        if one.name == name and labels.items() <= one.labels.items()
    ]
    assert found, f"{name} {labels} is not there"
    return sum(found)


async def test_turns_refusals_and_the_front_door_are_counted(bot: InProcessBot) -> None:
    await bot.posts(activity("message.text", "anna", text="hjälp"))
    await bot.posts(activity("message.text", "anna", text="ny SN 2026/0002 19121212-1212"))
    again = activity("message.text", "anna", text="mina ärenden")
    await bot.posts(again)
    await bot.posts(again)
    await bot.posts(activity("message.text", "stranger", text="hej"))
    await bot.posts(pressed("anna", {"verb": "answer", "token": "forged"}))
    await bot.posts(b"{")
    text = await bot.metrics()

    turns = "beslutskollen_turns_total"
    assert sample(text, turns, kind="text", outcome="answered") == 4, "ny, hjälp, the number, mina ärenden"
    assert sample(text, turns, kind="text", outcome="repeated") == 1
    assert sample(text, turns, kind="text", outcome="denied") == 1
    assert sample(text, turns, kind="press", outcome="denied") == 1
    assert sample(text, "beslutskollen_turn_seconds_count", kind="text") == 6
    assert sample(text, "beslutskollen_refusals_total", code="BK-104") == 1
    assert sample(text, "beslutskollen_activities_refused_total", status="400", reason="not_json") == 1
    assert "19121212" not in text


async def test_gauges_are_read_from_the_database(bot: InProcessBot) -> None:
    text = await bot.metrics()

    assert sample(text, "beslutskollen_database_up") == 1
    for state in outbox.STATES:  # what they show: tests/sql/test_standing.py
        assert sample(text, "beslutskollen_outbox_messages", state=state) == 0


async def test_a_scrape_without_a_database_still_tells_the_counts() -> None:
    metrics = Metrics()
    metrics.turn_taken("press", "answered", 0.02)
    text = metrics.text(None).decode()

    assert sample(text, "beslutskollen_database_up") == 0
    assert sample(text, "beslutskollen_turns_total", kind="press", outcome="answered") == 1


def test_every_metric_is_explained_to_operations() -> None:
    metrics = Metrics()
    told = (ROOT / "docs" / "drift.md").read_text(encoding="utf-8")
    families = text_string_to_metric_families(metrics.text(None).decode())
    names = {family.name + "_total" * (family.type == "counter") for family in families}
    ours = {name for name in names if not name.startswith("beslutskollen_process_")}

    assert len(ours) > 10
    assert [name for name in sorted(ours) if f"`{name}" not in told] == []


# --- secrets -----------------------------------------------------------------------------------------------


def secrets() -> Iterator[tuple[str, str]]:
    yield "secret_key", "ab" * 32
    yield "keys", "k1:" + "QUFB" * 10 + "QUE="
    yield "MicrosoftAppPassword", "losen-pahittat-1"
    yield "database_url", "postgresql://bk:losen-pahittat-2@127.0.0.1/bk"


def test_no_secret_is_shown_when_settings_are_printed() -> None:
    given = dict(secrets())
    settings = Settings(**given)  # type: ignore[arg-type]

    assert settings.database == given["database_url"]
    for shown in (repr(settings), str(settings), str(settings.model_dump()), settings.model_dump_json()):
        for name, secret in given.items():
            assert secret not in shown, name
        assert "losen" not in shown


@pytest.mark.parametrize("turns", range(6))
async def test_a_loop_that_is_woken_as_it_is_stopped_stops(turns: int) -> None:
    awake, waits = asyncio.Event(), asyncio.Event()

    async def round_done() -> None:
        waits.set()

    running = asyncio.create_task(run_forever(Loop("outbox", round_done, 3600.0, awake), Metrics()))
    await waits.wait()
    await asyncio.sleep(0)  # lets it begin to wait
    await asyncio.sleep(0)
    awake.set()
    for _ in range(turns):  # the moment differs by steps of the event loop
        await asyncio.sleep(0)
    running.cancel()

    done, _ = await asyncio.wait({running}, timeout=10)
    running.cancel()
    assert done == {running}, "it went on as if nobody had stopped it"
