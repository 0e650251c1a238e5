"""T18: a marker in every free text, secret and reference, in a whole conversation with errors and crashes.

No marker may appear in the log at any level, on standard error, in metrics, posted messages (except the case reference
on a card), notifications, events or file names.
"""

import asyncio
import io
import logging
import sqlite3
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot import logs
from storage import answers, trail
from storage.sealing import Keys
from tests.chat.card_hand import Card, button, gathered
from tests.conftest import TRAIL
from tests.sql.import_files import import_people
from tests.wire.bot_process import NEUTRAL, RecordingConnector
from tests.wire.fuzzing import register
from tests.wire.in_process_bot import SECRET, InProcessBot, activity, pressed
from texts import say

MASTER = bytes(range(100, 132))
REF = "KAN/REF-7781"
CHAT = "a:personal-anna"
TEXTS = {
    name: f"kanarie-{name}-5512"
    for name in ("motivation", "place", "comment", "reason", "draft", "unknown", "typed", "name", "refused", "crash")
}
SECRETS = {"secret key": SECRET.hex(), "master key": b64encode(MASTER).decode(), "master hex": MASTER.hex()}


class Spoken:
    """A person whose presses are answered in the HTTP response, as in Teams."""

    def __init__(self, bot: InProcessBot, connector: RecordingConnector) -> None:
        self.bot, self.connector = bot, connector
        self.card: Card = {}
        self.message = ""
        self.statuses: list[int] = []

    async def types(self, line: str) -> None:
        """Type a line, and look at the card posted in reply, if there is one."""
        before = set(self.posted)
        self.statuses.append((await self.bot.posts(self._activity("message.text", text=line)))[0])
        if self.statuses[-1] != 200:
            return
        message = await self.connector.posted_after(CHAT, before)
        if "attachments" in self.posted[message]:
            self.message, self.card = message, self.posted[message]["attachments"][0]["content"]

    async def presses(self, title: str, **fields: str) -> None:
        """Press a button on the card in view."""
        action = button(self.card, title)
        made = pressed("anna", gathered(self.card, action, fields), replyToId=self.message)
        status, body = await self.bot.posts(self._addressed(made))
        self.statuses.append(status)
        if status == 200 and isinstance(body["value"], dict):
            self.card = body["value"]

    @property
    def posted(self) -> dict[str, dict[str, Any]]:
        """Return the current messages of her chat."""
        return self.connector.chats[CHAT]

    def _activity(self, kind: str, **changes: Any) -> dict[str, Any]:
        return self._addressed(activity(kind, "anna", **changes))

    def _addressed(self, made: dict[str, Any]) -> dict[str, Any]:
        made["from"]["name"] = TEXTS["name"]
        return made | {"serviceUrl": self.connector.service_url}


@contextmanager
def log_at_every_level() -> Iterator[io.StringIO]:
    """Capture the log as `serve` writes it, at the most verbose level."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(logs.only_codes)
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield written
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


@pytest.fixture
async def anna(tmp_path: Path) -> AsyncIterator[Spoken]:
    async with InProcessBot(tmp_path, Keys({"kanarie": MASTER}, TRAIL)) as bot, RecordingConnector() as connector:
        now = datetime.now(UTC)
        bot.desk.run_now(lambda session: import_people(session, register().encode(), frozenset(), now, "cli:test"))
        yield Spoken(bot, connector)


async def converse(anna: Spoken, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use every input that takes free text, provoke errors, and make the bot crash while handling texts."""
    await anna.types(f"ny {REF}")
    await anna.presses("Spara", violence="ja", child_placed="ja")
    await anna.presses("Kommentera")
    await anna.presses("Spara", comment=TEXTS["comment"])
    await anna.presses("Nej")
    await anna.presses("Pausa", motivation=TEXTS["draft"])
    await anna.types(f"fortsätt {REF}")
    await anna.presses("Spara", motivation=TEXTS["motivation"], place=TEXTS["place"])
    await anna.types(TEXTS["unknown"])
    for line in (f"ändra 1 {REF}", "ja", f"ändra 1 {REF}", f"nej, {TEXTS['typed']}"):
        await anna.types(line)
    await anna.types(f"uppgifter {REF}")
    await anna.presses("Förläng")
    until = {"until": "2027-01-01", "limit": "4m", "reason_class": "grounds"}
    await anna.presses("Spara", reason=f"{TEXTS['refused']} 640823-3234", **until)
    await anna.presses("Spara", reason=TEXTS["reason"], **until)
    await anna.types(f"{TEXTS['refused']} 640823-3234")
    await anna.types(f"vad saknas {REF}")
    await anna.bot.posts(b'{"text": "' + TEXTS["refused"].encode() + b'", ')
    await anna.bot.posts({"type": "message", "text": TEXTS["refused"], "id": [TEXTS["refused"]]})

    def crash(*_: object, **__: object) -> None:
        logging.getLogger("some.library").error("could not take %s", TEXTS["crash"])
        try:
            raise ValueError(TEXTS["crash"])
        except ValueError as error:
            logging.getLogger("bot.made_up").exception("broken")
            raise RuntimeError(TEXTS["crash"]) from error

    await anna.types(f"ändra 1 {REF}")
    with monkeypatch.context() as patch:
        patch.setattr(answers, "add", crash)
        await anna.presses("Ja")
        patch.setattr(trail, "record", crash)
        await anna.types(f"ny {REF}-9")
        patch.setattr("bot.web.TeamsAdapter.process", crash)
        await anna.types("hej")
    asyncio.get_running_loop().call_exception_handler(
        {"message": TEXTS["crash"], "exception": ValueError(TEXTS["crash"])}
    )


async def test_no_canary_is_found_where_none_may_be(
    anna: Spoken, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with log_at_every_level() as log:
        await converse(anna, monkeypatch)
    metrics = await anna.bot.metrics()
    assert anna.statuses.count(503) == 3, "the bot should fail three times"

    captured = capfd.readouterr()
    rows, files, named = left_behind(tmp_path)
    assert [rows[name].count("\n") for name in ("answer", "extension")] >= [4, 0], "the texts were not stored"
    said_in = {
        "the log": log.getvalue(),
        "standard error and output": captured.err + captured.out,
        "the metrics": metrics,
        "the trail": rows["event"],
        "names of files": named,
    }
    words, posted = {**TEXTS, **SECRETS}, "\n".join(anna.connector.bodies)
    named_too = {**words, "ref": REF}
    found = {(place, name) for place, said in said_in.items() for name, word in named_too.items() if word in said}
    found |= {("a posted message", name) for name, word in words.items() if word in posted}
    del words["name"]  # her name may be in the register and the conversation reference
    found |= {("a table", name) for name, word in words.items() if any(word in said for said in rows.values())}
    found |= {("a file", name) for name, word in words.items() if word.encode() in files}
    assert not found
    assert "a library's line was left out" in log.getvalue(), "the log was not captured"
    assert "broken unexpected ValueError" in log.getvalue()
    assert posted.count(NEUTRAL) > 3


def left_behind(folder: Path) -> tuple[dict[str, str], bytes, str]:
    """Return the rows of each table as text, the bytes of all files, and the file names."""
    kept = sqlite3.connect(f"file:{folder / 'bot.db'}?mode=ro", uri=True)
    names = [row[0] for row in kept.execute("select name from sqlite_master where type = 'table'")]
    rows = {name: "\n".join(map(repr, kept.execute(f"select * from {name}"))) for name in names}
    kept.close()
    files = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    return rows, files, " ".join(path.name for path in folder.rglob("*"))


async def test_a_notification_tells_that_there_is_something_and_nothing_more(anna: Spoken) -> None:
    await anna.types(f"ny {REF}")
    posted = [m for m in anna.posted.values() if "attachments" in m]

    assert posted
    assert {(message["text"], message["summary"]) for message in posted} == {("", NEUTRAL)}


async def test_the_log_contains_them_without_the_filter(anna: Spoken, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "only_codes", lambda _record: True)
    with log_at_every_level() as log:
        await converse(anna, monkeypatch)

    assert TEXTS["crash"] in log.getvalue()


def test_a_crash_is_one_line_without_its_text() -> None:
    try:
        raise ValueError(TEXTS["crash"])
    except ValueError as error:
        line = logs.crash_line(error)

    assert line.startswith("unexpected ValueError at tests/wire/test_canaries.py:")
    assert TEXTS["crash"] not in line


# --- a missing key -----------------------------------------------------------------------------------------


async def test_a_case_without_its_key_gives_an_explanation_and_others_work(anna: Spoken) -> None:
    await anna.types("ny SN 2026/0001")
    await anna.presses("Spara", violence="nej")
    other = dict(anna.card)
    await anna.types("ny SN 2026/0002")
    await anna.presses("Spara", violence="nej")
    anna.bot.desk.run_now(
        lambda session: session.connection().exec_driver_sql("delete from sealing_key where case_id = 2")
    )
    anna.bot.desk.keys = Keys({"kanarie": MASTER}, TRAIL)  # as after a restart

    status, body = await anna.bot.posts(pressed("anna", button(anna.card, "Nej")["data"]))
    assert (status, body["value"]) == (200, say("keys.gone", "sv"))
    status, body = await anna.bot.posts(pressed("anna", button(other, "Nej")["data"]))
    assert (status, type(body["value"])) == (200, dict)


async def test_a_case_whose_master_key_is_missing_says_that_nothing_is_lost(anna: Spoken) -> None:
    await anna.types("ny SN 2026/0001")
    await anna.presses("Spara", violence="nej")
    anna.bot.desk.run_now(
        lambda session: session.connection().exec_driver_sql("update sealing_key set master_id = 'x' where case_id = 1")
    )
    anna.bot.desk.keys = Keys({"kanarie": MASTER}, TRAIL)

    status, body = await anna.bot.posts(pressed("anna", button(anna.card, "Nej")["data"]))
    assert (status, body["value"]) == (200, say("keys.master_gone", "sv"))
    assert anna.bot.desk.run_now(lambda s: s.connection().exec_driver_sql("select count(*) from answer").scalar()) == 0
