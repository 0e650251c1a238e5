"""The conversation in the tab: a turn like any other, answered by its card as a page.

Nothing is decided here. Who may do what, what is stored and what comes next is up to the dialogs, as in the chat. But
the tab shows no messages above the card in view, so what is said beside a card is shown with the card.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Literal

from bot.cards.render import render_card, render_text
from bot.tab import elements
from bot.tab.elements import Shown
from bot.tab.forms import Sent
from bot.tab.sessions import Sessions
from bot.tab.standing import Chat, Standing
from bot.turns import Turns
from checklists.privacy import LetThrough, has_personal_number
from checklists.swedish_time import day_of
from dialogs.messages import reminder_content
from dialogs.turn import in_view, shown
from dialogs.turn.declared import claimed
from dialogs.turn.exchange import Reply, Turn
from dialogs.turn.in_view import InView
from dialogs.turn.presses import UnitPage
from dialogs.turn.shown import only_tells
from dialogs.turn.take_turn import LOOKED_AT
from dialogs.views.chef import PromptView
from dialogs.views.parts import Claim
from storage import outbox, people
from storage.desk import Session
from storage.sealing import KeyGone, SealBroken

MESSAGES_SINCE = timedelta(days=7)
MOST_MESSAGES = 10
_UNKNOWN = 0
"""Stands for no row of the inbox: it is not known what a line typed on that page is about."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is shown: sentences above, and the card; None if there is none. row: see `Turn.in_view`."""

    said: tuple[str, ...]
    card: Shown | None
    row: int | None = _UNKNOWN


@dataclass(frozen=True, slots=True)
class Message:
    """Something she was told. at: when. card: as it would be posted now."""

    at: datetime
    card: Shown


class Talk:
    """Takes turns of people in the tab."""

    def __init__(self, turns: Turns, sessions: Sessions) -> None:
        self._turns = turns
        self._sessions = sessions

    async def command(self, of: Standing, chat: Chat, command: str, now: datetime) -> Page:
        """Return what a typed command shows, as when the page is opened."""
        turn = _turn(of, chat, "text", now, activity_id=f"flik:{token_urlsafe(12)}", text=command)
        return await self._answered(of, turn, now)

    async def take(self, of: Standing, chat: Chat, what: Sent, now: datetime) -> Page:
        """Take what was pressed or typed. The same page sent again is the same turn, and gets the same answer."""
        activity_id = f"flik:{what.page}:{self._digest(what, now)}"
        if what.verb:
            data = {**what.inputs, "verb": what.verb, "token": what.token}
            turn = _turn(of, chat, "press", now, activity_id=activity_id, data=data)
        else:
            turn = _turn(of, chat, "text", now, activity_id=activity_id, text=what.line)
        return await self._answered(of, replace(turn, in_view=what.in_view), now)

    async def look(self, of: Standing, chat: Chat, what: Sent | None, now: datetime) -> Page:
        """Return the unit's cases, or one of them, to look at only; nothing is stored."""
        data: Mapping[str, str] = {"verb": what.verb, "token": what.token} if what else {}
        reply = await self._refreshed(of, chat, data or self._data(of, claimed("unit_page", UnitPage())), now)
        if reply is None:
            return Page((), None)
        card = render_card(reply, self._turns.mint, private=True)
        if card is None:
            return Page((render_text(reply),), None)
        return Page((), elements.shown(card, verbs=LOOKED_AT))

    def messages(self, session: Session, of: Standing, chat: Chat, now: datetime) -> list[Message]:
        """Return what she was told lately that still holds, newest first. Its transaction must not be committed."""
        found: list[Message] = []
        roles = people.roles_on(session, of.person_id, day_of(now))
        for row in outbox.told_lately(session, chat.row_id, now - MESSAGES_SINCE, MOST_MESSAGES):
            try:
                reply = reminder_content.content(session, row, now, [])
            except (KeyGone, SealBroken):
                continue  # the case was disposed of
            # A prompt names questions of the case. Others only say, for example, that the case is now somebody else's.
            case = row.case_id if reply is not None and isinstance(reply.view, PromptView) else 0
            if reply is None or not in_view.may_see(session, roles, of.tenant_id, case):
                continue
            card = render_card(reply, self._turns.mint, private=True)
            if card is not None:
                found.append(Message(row.created_at, elements.shown(card, level=3)))
        return found

    async def _answered(self, of: Standing, turn: Turn, now: datetime) -> Page:
        outcome = await self._turns.take(turn)
        reply = outcome.reply
        if reply is None:
            return Page((), None)
        card = render_card(reply, self._turns.mint, private=True)
        if card is not None:
            # A card that only explains does not take the place of the one before it.
            is_aside = only_tells(reply.view) and turn.in_view is not None
            return Page((), elements.shown(card), turn.in_view if is_aside else outcome.stored_as)
        said = (render_text(reply),)
        before = await self._turns.read(lambda session: _in_view(session, of, turn, now))
        if before is None:
            return Page(said, None, _UNKNOWN)
        now_shown = await self._current(of, before.reply, turn, now)
        card = render_card(now_shown, self._turns.mint, private=True)
        assert card is not None, "it was chosen for its card"
        lets = LetThrough(day_of(now))
        kept = {name: value for name, value in turn.data.items() if not has_personal_number(value, lets)}
        is_same = turn.data.get("token", "") in elements.tokens(card)
        # A typed line answers the card as it was; if the card has changed since, the line is asked about.
        row = before.row.id if shown.of(now_shown.view) == shown.of(before.reply.view) else _UNKNOWN
        return Page(said, elements.shown(elements.filled(card, kept) if is_same else card), row)

    async def _current(self, of: Standing, before: Reply, turn: Turn, now: datetime) -> Reply:
        """Return a card as it is now, as the refresh of a Teams client would."""
        refresh = getattr(before.view, "refresh", None)
        if refresh is None or turn.kind == "press":  # the pressed card stays, so that its fields can be corrected
            return before
        chat = Chat(0, turn.channel_id, turn.service_url, turn.reference, turn.channel_user)
        reply = await self._refreshed(of, chat, self._data(of, refresh), now)
        return before if reply is None or reply.view.kind == "say" else reply

    async def _refreshed(self, of: Standing, chat: Chat, data: Mapping[str, str], now: datetime) -> Reply | None:
        turn = _turn(of, chat, "refresh", now, activity_id="", data=data)
        return (await self._turns.take(turn)).reply

    def _data(self, of: Standing, claim: Claim) -> dict[str, str]:
        return {"verb": claim.verb, "token": self._turns.mint.sign(of.tenant_id, of.person_id, claim)}

    def _digest(self, what: Sent, now: datetime) -> str:
        """Return a digest that tells this from anything else sent from the same page, made of nothing that holds a
        personal number.
        """
        lets = LetThrough(day_of(now))
        said = [what.verb, what.token, what.line, *(f"{name}={text}" for name, text in sorted(what.inputs.items()))]
        return self._sessions.digest(*(one for one in said if not has_personal_number(one, lets)))


def _turn(
    of: Standing,
    chat: Chat,
    kind: Literal["text", "press", "refresh"],
    now: datetime,
    *,
    activity_id: str,
    text: str = "",
    data: Mapping[str, str] | None = None,
) -> Turn:
    return Turn(
        kind=kind,
        tenant=of.who.tenant,
        object_id=of.who.object_id,
        channel_id=chat.channel_id,
        channel_user=chat.user,
        activity_id=activity_id,
        now=now,
        service_url=chat.service_url,
        reference=chat.reference,
        text=text,
        data=data or {},
        invoke=True,
        tab=True,
    )


def _in_view(session: Session, of: Standing, turn: Turn, now: datetime) -> InView | None:
    """Return the card of the page that something was sent from, in her current language."""
    roles = people.roles_on(session, of.person_id, day_of(now))
    found = in_view.card(session, of.person_id, roles, of.tenant_id, turn.channel_id, turn.in_view)
    if found is None:
        return None
    return replace(found, reply=found.reply.model_copy(update={"language": of.language}))
