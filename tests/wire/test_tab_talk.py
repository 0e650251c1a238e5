"""Cases in the tab and nothing of them in Teams: over HTTP, with everything the connector was sent kept."""

import json
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from bot.clock import Clock
from bot.tab.sessions import LASTS
from storage import people, tenants
from storage.answers import AnswerRow
from storage.cases import CaseRow
from storage.desk import Session
from storage.inbox import InboxRow
from tests.chat.card_hand import button, gathered
from tests.chat.harness import NORTH, REF, SOUTH, move_in, object_id
from tests.waiting import until
from tests.wire.bot_process import RecordingConnector
from tests.wire.door import TENANT
from tests.wire.in_process_bot import InProcessBot, activity, pressed
from tests.wire.issuer import Issuer
from tests.wire.tab_site import Visitor, tab_settings
from tests.wire.test_canaries import log_at_every_level
from texts import say

LINE, WHY, NUMBER = "kanarie-rad-7741", "Påhittad motivering kanarie-7742", "19121212-1212"
FACTS = {"violence": "nej", "child_placed": "nej", "intervention_decided": "nej", "child_communicated": "ja"}
MINE, OTHER = "SN 2026/0555", "SN 2026/0777"
"""Unlike REF, none stands in what is said beside the line."""
CLOSED = say("tab.chat_is_closed", "sv")


class Moved(Clock):
    """The time, which tests can move on."""

    passed = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.passed


@dataclass
class Town:
    """A municipality whose cases are in the tab."""

    bot: InProcessBot
    connector: RecordingConnector
    issuer: Issuer
    clock: Moved
    visitors: list[Visitor] = field(default_factory=list)

    def chooses(self, content: str) -> None:
        def work(session: Session) -> None:
            tenants.set_setting(tenants.known(session, TENANT), "content", content)

        self.bot.desk.run_now(work)

    async def says(self, name: str, kind: str = "message.text", **more: Any) -> str:
        """Say something in the chat; return what the connector was sent in reply."""
        before = len(self.connector.bodies)
        status, _ = await self.bot.posts(self._at(activity(kind, object_id(name), **more)))
        assert status == 200
        await until("a reply", lambda: _later(self.connector.bodies, before), bool)
        return "\n".join(self.connector.bodies[before:])

    async def presses_in_chat(self, name: str, data: dict[str, Any]) -> Any:
        status, body = await self.bot.posts(self._at(pressed(object_id(name), data)))
        assert status == 200
        return body

    def _at(self, made: dict[str, Any]) -> dict[str, Any]:
        return made | {"serviceUrl": self.connector.service_url}

    async def at_the_tab(self, name: str) -> Visitor:
        """Return somebody who has the app and has just opened the tab."""
        one = Visitor(self.bot, self.issuer, object_id(name))
        self.visitors.append(one)
        await self.says(name, text="hej")
        assert await one.signs_in() == 204
        await one.opens()
        return one

    def rows(self, table: type[Any]) -> int:
        from sqlmodel import func, select

        return self.bot.desk.run_now(lambda session: session.exec(select(func.count()).select_from(table)).one())

    def sent(self) -> str:
        """Return everything the connector was ever sent."""
        return "\n".join(self.connector.bodies)


async def _later(bodies: list[str], before: int) -> bool:
    return len(bodies) > before


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    clock = Moved()
    async with Issuer() as issuer, RecordingConnector() as connector:
        bot = InProcessBot(tmp_path, clock=clock, **tab_settings(tmp_path, issuer))
        move_in(bot.desk)
        made = Town(bot, connector, issuer, clock)
        made.chooses("tab")
        async with bot:
            yield made
            for one in made.visitors:
                await one.__aexit__()


async def opens_a_case(anna: Visitor, ref: str = REF) -> None:
    await anna.types(f"ny {ref}")
    await anna.presses("Spara", **{_field(anna, name): value for name, value in FACTS.items()})


async def answers_the_rest(anna: Visitor) -> None:
    for _ in range(40):
        if "Skicka till chef" in anna.page.titles:
            break
        if "f.motivation" in anna.page.html:
            await anna.presses("Spara", motivation=WHY)
        elif "Ja" in anna.page.titles:
            await anna.presses("Ja")
        else:  # a group of questions
            choices = {name.removeprefix("f."): "ja" for name in anna.page.forms[0].choices}
            await anna.presses("Spara", **choices)


def _field(visitor: Visitor, fact: str) -> str:
    return next(
        name.removeprefix("f.")
        for form in visitor.page.forms
        for name in sorted(form.named)
        if name.startswith(f"f.{fact}")
    )


async def test_a_line_in_the_chat_is_answered_by_the_way_to_the_tab_and_leaves_nothing(
    town: Town, tmp_path: Path
) -> None:
    with log_at_every_level() as log:
        for line in (LINE, f"ny {REF} {LINE}", "ja", NUMBER):
            said = await town.says("anna", text=line)
            assert "https://teams.microsoft.com/l/entity/" in said
            assert CLOSED in said
            assert LINE not in said
            assert NUMBER not in said
    assert town.rows(InboxRow) == 0
    kept = sqlite3.connect(tmp_path / "bot.db")
    tables = [name for (name,) in kept.execute("select name from sqlite_master where type = 'table'")]
    stored = "".join(map(repr, (row for name in tables for row in kept.execute(f'select * from "{name}"'))))
    kept.close()
    for where in (log.getvalue(), stored, town.sent()):
        assert LINE not in where
        assert NUMBER not in where


async def test_a_case_is_begun_answered_sent_and_read_in_the_tab_and_the_chat_only_calls(town: Town) -> None:
    anna, cecilia = await town.at_the_tab("anna"), await town.at_the_tab("cecilia")
    await opens_a_case(anna)
    await anna.presses("Nej")
    await anna.presses("Spara", motivation=WHY)
    await answers_the_rest(anna)
    assert WHY in anna.page.words
    called = len(town.connector.bodies)
    await anna.presses("Skicka till chef")
    await until("the chef to be called", lambda: _later(town.connector.bodies, called), bool)
    call = json.loads(town.connector.bodies[-1])["attachments"][0]["content"]
    assert say("tab.call", "sv") in json.dumps(call, ensure_ascii=False)

    home = await cecilia.opens()
    assert REF in home.words
    assert say("tab.told_lately", "sv") in home.words
    await cecilia.presses("Börja läsa")
    assert say("reading.title", "sv") in cecilia.page.words
    assert WHY not in cecilia.page.html

    for unwanted in (REF, WHY, NORTH, "Påhittad", "Ja", "Nej"):
        assert f'"{unwanted}' not in town.sent()
        assert unwanted in ("Ja", "Nej") or unwanted not in town.sent()


async def test_signing_in_again_after_an_hour_loses_nothing_of_what_was_written(town: Town) -> None:
    anna = await town.at_the_tab("anna")
    await opens_a_case(anna)
    await anna.presses("Nej")
    answered = town.rows(AnswerRow)
    town.clock.passed = LASTS
    page = await anna.presses("Spara", motivation=WHY)
    assert page.asks_to_sign_in
    assert town.rows(AnswerRow) == answered
    [form] = page.forms
    assert ("f.motivation", WHY) in form.fields

    anna.cookie = ""
    await anna.sends(form)  # without a cookie she is told so, and not asked for ever
    assert say("tab.no_cookie", "sv") in anna.page.words
    assert await anna.signs_in() == 204
    await anna.sends(form)
    assert town.rows(AnswerRow) == answered + 1
    await anna.types(f"vad saknas {REF}")
    assert WHY not in town.sent()

    town.clock.passed += LASTS  # the page she has by then is loaded again: she signs in, as the first time
    page = await anna.sends(form)
    assert page.asks_to_sign_in
    assert [name for name, _ in page.forms[0].fields].count("again") == 1


async def test_a_form_sent_twice_is_taken_once_and_gets_the_same_answer(town: Town) -> None:
    anna = await town.at_the_tab("anna")
    await opens_a_case(anna)
    form = anna.page.forms[0]
    no = next(one for one in form.buttons if one.title == "Nej")
    first = await anna.sends(form, no)
    answered = town.rows(AnswerRow)
    again = await anna.sends(form, no)
    assert town.rows(AnswerRow) == answered
    assert again.words == first.words

    await anna.opens()
    await anna.types(f"fortsätt {REF}")
    line = next(one for one in anna.page.forms if "line" in one.named)
    line.put("line", f"nej, {WHY}")
    await anna.sends(line)
    answered = town.rows(AnswerRow)
    await anna.sends(line)
    assert town.rows(AnswerRow) == answered
    line.put("line", "hjälp")  # back to the page before, and something else from there
    assert say("menu.help_title", "sv") in (await anna.sends(line)).words


async def test_two_answers_of_the_same_word_are_two(town: Town) -> None:
    anna = await town.at_the_tab("anna")
    await opens_a_case(anna)
    before = town.rows(AnswerRow)
    await anna.types("ja")
    await anna.types("ja")
    assert town.rows(AnswerRow) == before + 2


async def test_a_line_is_about_the_card_on_its_own_page_also_when_another_was_opened_since(town: Town) -> None:
    anna = await town.at_the_tab("anna")
    await opens_a_case(anna, MINE)
    first = anna.page
    await opens_a_case(anna, OTHER)
    second = anna.page

    anna.page = first
    assert MINE in (await anna.types("ja")).words
    anna.page = second
    page = await anna.types("tack")  # told beside the card of that page, and still about it
    assert (OTHER in page.words, MINE in page.words) == (True, False)
    page = await anna.types("nej")
    assert OTHER in page.words
    assert "f.motivation" in page.html
    anna.page = first
    page = await anna.types("vad saknas")
    assert (MINE in page.words, OTHER in page.words) == (True, False)

    anna.page = second
    page = await anna.presses("Vad räknas?")  # it only explains: a line is still about the question
    anna.page = first
    await anna.types("mina ärenden")
    anna.page = page
    assert OTHER in (await anna.types("ångra")).words


@pytest.mark.parametrize("row", ["0", "999999", "4294967296", "1 or 1", ""])
async def test_a_line_from_a_page_that_names_no_card_is_no_answer(town: Town, row: str) -> None:
    anna, bo = await town.at_the_tab("anna"), await town.at_the_tab("bo")
    await opens_a_case(bo, OTHER)
    await opens_a_case(anna, MINE)
    newest = row == "999999"  # later than all there is
    before = town.rows(AnswerRow)
    line = next(one for one in anna.page.forms if "line" in one.named)
    line.put("view", row)
    assert OTHER not in (await anna.types("ja")).words
    assert town.rows(AnswerRow) == before + newest


@pytest.mark.parametrize("last", ["nej", f"vad saknas {MINE}"])
async def test_a_case_that_is_no_longer_hers_is_not_shown_beside_a_refusal(town: Town, last: str) -> None:
    anna = await town.at_the_tab("anna")
    await opens_a_case(anna, MINE)
    assert MINE in (await anna.types(last)).words
    page = anna.page

    def to_bo(session: Session) -> None:
        case = session.exec(select(CaseRow)).one()
        bo = people.by_object_id(session, case.tenant_id, object_id("bo"))
        assert bo is not None
        case.lead_id = bo.id
        session.add(case)

    town.bot.desk.run_now(to_bo)
    no_such = say("common.no_such_case", "sv")
    assert (no_such in (await anna.types(f"fortsätt {MINE}")).words, MINE in anna.page.words) == (True, False)
    anna.page = page
    await anna.presses(next(one for one in page.titles if one in ("Spara", "Formulär") or one.startswith("Besvara")))
    assert (no_such in anna.page.words, MINE in anna.page.words) == (True, False)
    anna.page = page
    assert MINE not in (await anna.types("tack")).words


async def test_a_prompt_about_a_case_that_went_to_another_unit_is_not_told_any_more(town: Town) -> None:
    anna, cecilia = await town.at_the_tab("anna"), await town.at_the_tab("cecilia")
    await opens_a_case(anna, MINE)
    await answers_the_rest(anna)
    await anna.presses("Skicka till chef")
    assert MINE in (await cecilia.opens()).words
    assert say("tab.write_hint", "sv") not in cecilia.page.words  # she begins no case
    assert say("tab.told_lately", "sv") in cecilia.page.words

    def moves(session: Session) -> None:
        case = session.exec(select(CaseRow)).one()
        case.unit_id = people.unit(session, case.tenant_id, SOUTH).id
        session.add(case)

    town.bot.desk.run_now(moves)
    assert MINE not in (await cecilia.opens()).words


async def test_a_personal_number_is_refused_and_the_card_is_still_there(town: Town) -> None:
    anna = await town.at_the_tab("anna")
    await opens_a_case(anna)
    await anna.presses("Nej")
    before = town.rows(AnswerRow), town.rows(InboxRow)
    page = await anna.types(f"Mamman {NUMBER} ville inte")
    assert "Radera" in page.words or "personnummer" in page.words
    assert NUMBER not in page.html
    assert "f.motivation" in page.html
    assert (town.rows(AnswerRow), town.rows(InboxRow)) == (before[0], before[1] + 1), "only the reply is kept"
    page = await anna.presses("Spara", motivation=f"Mamman {NUMBER}", place="s. 4")
    assert NUMBER not in page.html
    assert town.rows(AnswerRow) == before[0]


async def test_what_was_posted_before_the_choice_gives_nothing_away_after_it(town: Town) -> None:
    town.chooses("chat")
    await town.says("anna", text=f"ny {REF}")
    message = next(
        one for one in town.connector.chats[f"a:personal-{object_id('anna')}"].values() if "attachments" in one
    )
    card = message["attachments"][0]["content"]
    town.chooses("tab")
    before = len(town.connector.bodies)
    body = await town.presses_in_chat("anna", gathered(card, button(card, "Spara"), {}))
    refreshed = await town.presses_in_chat("anna", card["refresh"]["action"]["data"])
    for said in (body, refreshed):
        assert REF not in json.dumps(said)
        assert CLOSED in json.dumps(said, ensure_ascii=False)
    anna = await town.at_the_tab("anna")
    await anna.types(f"fortsätt {REF}")
    assert REF in anna.page.words
    await anna.presses("Spara")
    await anna.types("paus")
    assert REF not in "\n".join(town.connector.bodies[before:])

    town.chooses("chat")  # and back: the case is where it was
    assert REF in await town.says("anna", text=f"fortsätt {REF}")
    assert say("tab.in_the_chat", "sv") in (await anna.opens()).words


async def test_somebody_the_bot_cannot_reach_is_asked_to_open_the_chat_first(town: Town) -> None:
    bo = Visitor(town.bot, town.issuer, object_id("bo"))
    town.visitors.append(bo)
    await bo.signs_in()
    assert say("tab.no_chat", "sv") in (await bo.opens()).words
    await town.says("bo", text="hej")
    assert "line" in {name for form in (await bo.opens()).forms for name in form.named}
