"""Converts activities to Turns and Replies to activities. The only file that imports the Bot Framework SDK.

A button press is answered in the response to its own HTTP request, bypassing the SDK: a person is waiting for it.
Typed messages go through botbuilder-core: ActivityHandler dispatches, TurnContext sends. The SDK's HTTP clients are
not used, because it creates two per turn; everything is sent over one shared session (bot/sending/sender).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any, Literal, NamedTuple

from botbuilder.core import ActivityHandler, BotAdapter, TurnContext
from botbuilder.schema import Activity, ChannelAccount, ConversationAccount, ConversationReference, ResourceResponse
from pydantic_core import to_json

from bot.cards.render import neutral_summary, render_card, render_text
from bot.clock import Clock
from bot.door.inbound import Inbound
from bot.logs import crash_line
from bot.sending.sender import ChatAddress, Sender, SendError
from bot.turns import Turns
from checklists.identity import entra_id
from dialogs.turn.exchange import Reply, Turn, TurnKind
from texts import say

CARD = "application/vnd.microsoft.card.adaptive"
MESSAGE = "application/vnd.microsoft.activity.message"
PATIENCE = 2.0
"""Seconds a request waits for its reply to be sent; after that, sending continues in the background."""
SHUTDOWN_SECONDS = 5.0
"""Seconds that replies in progress may take to go out when the bot stops."""
_INBOUND, _IS_CUT, _POSTED = "inbound", "is_cut", "posted"

Posted = Callable[[str], Awaitable[None]]
"""Called with the id under which a reply was posted."""

log = logging.getLogger(__name__)


class Answer(NamedTuple):
    """The response to an invoke activity."""

    status: HTTPStatus
    body: Mapping[str, Any]


class TeamsAdapter(BotAdapter):
    """Runs a turn for each incoming activity, and sends replies with our own Sender."""

    def __init__(self, sender: Sender, turns: Turns, clock: Clock) -> None:
        super().__init__()
        self.sender = sender
        self._turns = turns
        self._clock = clock
        self._handler = _Handler(turns, clock)
        self._sending: set[asyncio.Task[Any]] = set()

    async def process(self, inbound: Inbound, is_cut: Callable[[], bool]) -> Answer | None:
        """Process one activity. Returns: the response to an invoke, else None. The turn is committed by then.

        is_cut: whether the caller has closed the connection, so that the response reaches nobody.

        Raises: whatever `Turns.take` raises; nothing of the turn is stored then.
        """
        if inbound.type == "invoke":
            return await self._invoked(inbound)
        context = TurnContext(self, _activity(inbound))
        context.turn_state[_INBOUND] = inbound
        context.turn_state[_IS_CUT] = is_cut
        await self.run_pipeline(context, self._handler.on_turn)
        return None

    async def _invoked(self, inbound: Inbound) -> Answer:
        action = (inbound.value or {}).get("action")
        if inbound.name != "adaptiveCard/action" or not isinstance(action, dict):
            return Answer(HTTPStatus.BAD_REQUEST, {"error": "invoke"})
        if not inbound.is_personal:
            return _shown(MESSAGE, say("common.not_personal", "sv"))
        data = action.get("data")
        strings = _strings(data if isinstance(data, dict) else {})
        # The verb is normally in the data as well; some clients send only the action's own.
        strings.setdefault("verb", str(action.get("verb", "")))
        kind: Literal["refresh", "press"] = "refresh" if strings["verb"] == "show_current" else "press"
        outcome = await self._turns.take(_turn(inbound, self._clock, kind, data=strings, invoke=True))
        if outcome.reply is None:
            return Answer(HTTPStatus.OK, {})
        card = render_card(outcome.reply, self._turns.mint, private=True)
        return _shown(CARD, card) if card else _shown(MESSAGE, render_text(outcome.reply))

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[ResourceResponse]:
        """Send activities to the conversation of the turn. An id is empty if the send failed or is still running."""
        return [ResourceResponse(id=await self._patiently(self._post(context, activity))) for activity in activities]

    async def _post(self, context: TurnContext, activity: Activity) -> str:
        """Post an activity and store its id with the reply, even if the request has long been answered.

        Raises: SendError.
        """
        inbound: Inbound = context.turn_state[_INBOUND]
        sent = await self.sender.send_now(_chat(inbound), _wire(activity))
        posted: Posted | None = context.turn_state.get(_POSTED)
        if posted is not None:
            try:
                await posted(sent)
            except Exception as error:  # the turn is committed and the reply sent: there is nothing to retry
                log.error("reply not noted: %s", crash_line(error))
        return sent

    async def update_activity(self, context: TurnContext, activity: Activity) -> ResourceResponse:
        """Replace the content of a posted message."""
        inbound: Inbound = context.turn_state[_INBOUND]
        await self._patiently(self.sender.update(_chat(inbound), activity.id, _wire(activity), urgent=True))
        return ResourceResponse(id=activity.id)

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> None:
        """Delete a posted message."""
        inbound: Inbound = context.turn_state[_INBOUND]
        await self._patiently(self.sender.delete(_chat(inbound), reference.activity_id))

    async def close(self) -> None:
        """Wait up to SHUTDOWN_SECONDS for sends in progress."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=SHUTDOWN_SECONDS)

    async def _patiently(self, call: Awaitable[str | None]) -> str:
        """Wait up to PATIENCE for a send, so that a hanging connector cannot block the request.

        Returns: the call's result; "" if it failed or is still running.
        """
        task = asyncio.ensure_future(self._logged(call))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
        done, _ = await asyncio.wait({task}, timeout=PATIENCE)
        return task.result() if done else ""

    async def _logged(self, call: Awaitable[str | None]) -> str:
        """Send; log and count a failure. The turn is committed: `fortsätt` shows it again."""
        try:
            return await call or ""
        except SendError as error:
            self._turns.metrics.failed("reply")
            log.warning("reply not sent: %s %s", type(error).__name__, error.status or "")
            return ""


class _Handler(ActivityHandler):
    """Maps the SDK's activity types to turns, and sends the replies."""

    def __init__(self, turns: Turns, clock: Clock) -> None:
        self._turns = turns
        self._clock = clock

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        inbound: Inbound = turn_context.turn_state[_INBOUND]
        if not inbound.is_personal:
            await _say(turn_context, _text_activity(say("common.not_personal", "sv")))
            return
        pressed = inbound.value is not None and not (inbound.text or "").strip()
        kind: Literal["press", "text"] = "press" if pressed else "text"
        turn = _turn(inbound, self._clock, kind, data=_strings(inbound.value or {}))
        outcome = await self._turns.take(turn)
        if outcome.reply is None or outcome.posted:
            return
        activity = message_activity(outcome.reply, self._turns)
        if pressed and turn.reply_to and activity.attachments:
            activity.id = turn.reply_to
            await turn_context.update_activity(activity)
        else:
            is_cut: Callable[[], bool] = turn_context.turn_state[_IS_CUT]
            turn_context.turn_state[_POSTED] = partial(self._turns.posted, turn, outcome, is_cut)
            await _say(turn_context, activity)

    async def on_message_update_activity(self, turn_context: TurnContext) -> None:
        inbound: Inbound = turn_context.turn_state[_INBOUND]
        if not inbound.is_personal or inbound.from_ is None or not inbound.id or not inbound.is_edited:
            return
        outcome = await self._turns.take(_turn(inbound, self._clock, "edited"))
        if outcome.reply is not None and outcome.result != "repeated":
            await _say(turn_context, message_activity(outcome.reply, self._turns))

    async def on_installation_update(self, turn_context: TurnContext) -> None:
        inbound: Inbound = turn_context.turn_state[_INBOUND]
        await self._install(turn_context, inbound, "removed" if inbound.action == "remove" else "installed")

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        inbound: Inbound = turn_context.turn_state[_INBOUND]
        if inbound.members_added:
            await self._install(turn_context, inbound, "installed")

    async def _install(
        self, turn_context: TurnContext, inbound: Inbound, kind: Literal["installed", "removed"]
    ) -> None:
        if not inbound.is_personal or inbound.from_ is None:
            return
        outcome = await self._turns.take(_turn(inbound, self._clock, kind))
        is_stranger_again = inbound.type != "installationUpdate" and outcome.reply and not outcome.reply.person_id
        if outcome.reply is not None and not is_stranger_again:
            await _say(turn_context, message_activity(outcome.reply, self._turns))


def _chat(inbound: Inbound) -> ChatAddress:
    return ChatAddress(inbound.service_url or "", inbound.conversation.id, inbound.tenant_id or "")


def _turn(
    inbound: Inbound,
    clock: Clock,
    kind: TurnKind,
    *,
    data: Mapping[str, str] | None = None,
    invoke: bool = False,
) -> Turn:
    sender = inbound.from_
    return Turn(
        kind=kind,
        tenant=inbound.tenant_id or "",
        object_id=entra_id((sender.aad_object_id if sender else None) or ""),
        channel_id=inbound.conversation.id,
        channel_user=sender.id if sender else "",
        activity_id=inbound.id or "",
        now=clock.now(),
        service_url=inbound.service_url or "",
        on_phone=inbound.on_phone,
        reference=_reference(inbound.raw),
        text=inbound.said if kind == "text" else "",
        data=data or {},
        invoke=invoke,
        reply_to=inbound.reply_to_id or "",
        quotes=inbound.quoted if kind == "text" else "",
        files=kind == "text" and inbound.brings_files,
    )


def message_activity(reply: Reply, turns: Turns) -> Activity:
    """Return a reply as a message to post: a card with all free text left out, or plain text."""
    card = render_card(reply, turns.mint, private=False)
    if card is None:
        return _text_activity(render_text(reply))
    attachment = {"contentType": CARD, "content": card}
    return Activity(type="message", text="", summary=neutral_summary(reply), attachments=[attachment])


def wire_message(reply: Reply, turns: Turns) -> dict[str, Any]:
    """Return a reply as message JSON, for sending outside a turn."""
    return _wire(message_activity(reply, turns))


async def _say(context: TurnContext, activity: Activity) -> None:
    """Send an activity as it is. The SDK's own method would copy the whole card to fill in an address we have."""
    await context.adapter.send_activities(context, [activity])


def _activity(inbound: Inbound) -> Activity:
    """Build the SDK's activity from the fields it needs; the SDK's deserializer drops the conversation's tenant."""
    return Activity(
        type=inbound.type,
        id=inbound.id,
        name=inbound.name,
        text=inbound.text,
        value=inbound.value,
        action=inbound.action,
        channel_id=inbound.channel_id,
        service_url=inbound.service_url,
        reply_to_id=inbound.reply_to_id,
        from_property=ChannelAccount(id=inbound.from_.id) if inbound.from_ else None,
        recipient=ChannelAccount(id=inbound.recipient.id) if inbound.recipient else None,
        conversation=ConversationAccount(
            id=inbound.conversation.id, conversation_type=inbound.conversation.conversation_type
        ),
        members_added=[ChannelAccount(id=member.id) for member in inbound.members_added],
    )


def _wire(activity: Activity) -> dict[str, Any]:
    """Return an outgoing activity as JSON. The SDK's serializer would cost more than the rest of the turn."""
    wire: dict[str, Any] = {"type": activity.type, "text": activity.text or ""}
    if activity.attachments:
        wire |= {"attachments": activity.attachments, "summary": activity.summary}
    if activity.id:
        wire["id"] = activity.id
    return wire


def _text_activity(words: str) -> Activity:
    return Activity(type="message", text=words)


def _shown(kind: str, value: Any) -> Answer:
    return Answer(HTTPStatus.OK, {"statusCode": 200, "type": kind, "value": value})


def _strings(data: Mapping[str, Any]) -> dict[str, str]:
    """Return a card's submitted values as strings by name; nested values and nulls are dropped."""
    found = {}
    for name, value in data.items():
        if isinstance(value, bool):
            found[name] = "true" if value else "false"
        elif isinstance(value, str | int | float):
            found[name] = str(value)
    return found


def _reference(raw: Mapping[str, Any]) -> str:
    """Return the conversation reference as JSON, copied from the raw activity so that it does not depend on the SDK."""
    names = {"user": "from", "bot": "recipient", "conversation": "conversation"}
    kept = {name: raw.get(source) for name, source in names.items()}
    kept |= {name: raw.get(name) for name in ("channelId", "serviceUrl", "locale")}
    return to_json(kept).decode()
