"""T9 in the tab: the same verbs, roles and relations, pressed and typed there; and the other way than was chosen."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import func, select

from bot.cards.render import render_card, render_text
from dialogs.turn import commands
from dialogs.turn.exchange import Turn
from dialogs.turn.take_turn import LOOKED_AT, take_turn
from dialogs.views.views import Claim
from storage import tenants
from storage.answers import AnswerRow
from storage.desk import Session
from storage.inbox import InboxRow
from tests.wire.in_process_bot import InProcessBot
from tests.wire.test_rights_matrix import (
    BY_UNIT,
    CLAIMS,
    GENERAL,
    MINT,
    NOW,
    PAGES,
    Ward,
    Who,
    _outcome,
    cells,
    move_in,
    must,
)
from texts import say

ADDRESS = "https://teams.microsoft.com/l/entity/made-up/flik"


class TabWard(Ward):
    """The same people at the tab."""

    def chooses(self, content: str) -> None:
        def work(session: Session) -> None:
            for row in tenants.everyone(session):
                tenants.set_setting(row, "content", content)

        self.bot.desk.run_now(work)

    async def press(self, verb: str, who: Who, *, posted: bool = True, place: str = "tab") -> str:
        """Press a verb's button; place: `tab`, or `look` for a page where one only looks."""
        carried = CLAIMS.get(verb, {})
        if verb in BY_UNIT:
            carried = {"item": str(who.unit), "choice": "2026-01-01/2026-12-31"}
        claim = Claim(verb=verb, case=who.case, filled=who.filled, version=1, **{**GENERAL, **carried})
        data = {"verb": verb, "token": MINT.sign(who.tenant_row, who.person, claim), "case_ref": who.ref}
        kind = "refresh" if place == "look" else "press"
        return self._take(who, kind=kind, activity_id=f"flik:{verb} {who.name} {who.tenant}", data=data)

    def type(self, line: str, who: Who) -> str:
        """Type a line in the tab."""
        return self._take(who, kind="text", activity_id=f"flik:{line} {who.name} {who.tenant}", text=line)

    def _take(self, who: Who, **more: object) -> str:
        turn = Turn(
            tenant=who.tenant,
            object_id=who.name,
            channel_id=f"a:personal-{who.name}",
            channel_user=f"29:{who.name}",
            now=NOW,
            invoke=True,
            tab=True,
            **more,  # type: ignore[arg-type]
        )
        reply = self.bot.desk.run_now(lambda session: take_turn(session, turn, MINT, PAGES, ADDRESS)).reply
        assert reply is not None
        card = render_card(reply, MINT, private=True)
        return _outcome(card if card is not None else render_text(reply))


@pytest.fixture
async def ward(tmp_path: Path) -> AsyncIterator[TabWard]:
    bot = InProcessBot(tmp_path)
    ward = TabWard(bot, bot.desk.run_now(move_in))
    ward.chooses("tab")
    yield ward
    bot.desk.close()


async def matrix(ward: TabWard, step: int) -> None:
    wrong = []
    for verb, right, who in list(cells(ward))[::step]:
        wanted, before = must(right, who), ward.denied()
        got, rows = await ward.press(verb, who), ward.denied() - before
        if (got, rows) != (wanted, 0 if wanted == "allowed" else 1):
            wrong.append((verb, who.name, who.relation, wanted, got, rows))
    assert not wrong


async def test_verbs_do_in_the_tab_what_their_rights_say(ward: TabWard) -> None:
    await matrix(ward, 41)


@pytest.mark.slow
async def test_every_verb_does_in_the_tab_what_its_right_says(ward: TabWard) -> None:
    await matrix(ward, 1)


async def test_commands_do_in_the_tab_what_their_rights_say(ward: TabWard) -> None:
    wrong = []
    everyone = [(command, who) for command in commands.COMMANDS for who in ward.everyone if who.relation != "far"]
    for command, who in everyone[::29]:
        line = f"{command.word} {who.ref}" if command.right.about == "case" else command.word
        wanted, before = must(command.right, who), ward.denied()
        got, rows = ward.type(line, who), ward.denied() - before
        if (got, rows) != (wanted, 0 if wanted == "allowed" else 1):
            wrong.append((line, who.name, who.relation, wanted, got, rows))
    assert not wrong


async def test_where_cases_are_in_the_chat_the_tab_only_looks(ward: TabWard) -> None:
    ward.chooses("chat")
    in_the_chat = say("tab.in_the_chat", "sv")
    chef = next(who for who in ward.everyone if (who.role, who.relation) == ("unit_manager", "own_unit"))
    before = rows(ward)
    for verb in commands.VERBS:
        said = {place: await _said(ward, verb, chef, place) for place in ("tab", "look")}
        assert said["tab"] == in_the_chat
        assert (said["look"] == in_the_chat) == (verb not in LOOKED_AT)
    assert rows(ward) == before


def rows(ward: TabWard) -> list[int]:
    """Return how many answers and stored replies there are."""

    def work(session: Session) -> list[int]:
        return [session.exec(select(func.count()).select_from(table)).one() for table in (AnswerRow, InboxRow)]

    return ward.bot.desk.run_now(work)


async def _said(ward: TabWard, verb: str, who: Who, place: str) -> str:
    """Return what is answered as a plain sentence, empty for a card."""
    claim = Claim(verb=verb, case=who.case, filled=who.filled, version=1, **{**GENERAL, **CLAIMS.get(verb, {})})
    turn = Turn(
        kind="refresh" if place == "look" else "press",
        tenant=who.tenant,
        object_id=who.name,
        channel_id=f"a:personal-{who.name}",
        channel_user=f"29:{who.name}",
        activity_id=f"flik:{verb}",
        now=NOW,
        data={"verb": verb, "token": MINT.sign(who.tenant_row, who.person, claim)},
        invoke=True,
        tab=True,
    )
    reply = ward.bot.desk.run_now(lambda session: take_turn(session, turn, MINT, PAGES, ADDRESS)).reply
    assert reply is not None
    return render_text(reply) if render_card(reply, MINT, private=True) is None else ""
