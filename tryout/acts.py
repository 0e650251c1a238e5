"""Acts as Teams: turns what a person does on the page into activities sent to the bot.

The page sets the id and time of an act once and repeats them on a retry, so that the bot receives the same activity
and processes it once.
"""

import logging
import uuid
from datetime import datetime
from typing import Any

import aiohttp
from aiohttp import web

from tryout import activities
from tryout.activities import Envelope, Json
from tryout.guard import json_object
from tryout.room import ROOM, Room

PATIENCE = aiohttp.ClientTimeout(total=15)
log = logging.getLogger(__name__)


async def act(request: web.Request) -> web.Response:
    """Carry out one act. The response says whether the bot accepted it, and contains the bot's invoke response."""
    room = request.app[ROOM]
    body: Json = await json_object(request)
    envelope = _envelope(room, body)
    match body.get("kind"):
        case "open":
            answer = await _open(room, envelope)
        case "text":
            answer = await _say(room, envelope, _field(body, "text", str))
        case "submit":
            value = _field(body, "value", dict)
            answer = await _send(room, activities.submit_message(envelope, _field(body, "reply_to", str), value))
        case "execute":
            action, automatic = _field(body, "action", dict), bool(body.get("automatic"))
            invoke = activities.card_action(envelope, _field(body, "reply_to", str), action, automatic=automatic)
            answer = await _send(room, invoke)
        case _:
            raise web.HTTPBadRequest(text="unknown kind of act")
    return web.json_response(answer)


async def _open(room: Room, envelope: Envelope) -> Json:
    """Install the app. The bot may post a welcome before it responds, so the chat is open from the first request."""
    conversation = room.history.conversation(envelope.person.conversation_id)
    if conversation.opened:
        return {"ok": True, "invoke": None}
    conversation.opened = True
    answer: Json = {}
    for activity in (activities.installation(envelope), activities.members_added(envelope)):
        answer = await _send(room, activity)
        if not answer["ok"]:
            conversation.opened = False
            return answer
    room.history.open(envelope.person.conversation_id)
    room.pages.tell({"do": "open", "person": envelope.person.object_id})
    return answer


async def _say(room: Room, envelope: Envelope, text: str) -> Json:
    """Send a typed text. It is in the chat before the bot's reply, and removed if the bot never received it."""
    person, activity = envelope.person, activities.text_message(envelope, text)
    room.tell_entry("say", person, room.history.say(person.conversation_id, activity))
    answer = await _send(room, activity)
    if not answer["ok"]:
        room.history.unsay(person.conversation_id, envelope.id)
        room.pages.tell({"do": "unsay", "person": person.object_id, "id": envelope.id})
    return answer


async def _send(room: Room, activity: Json) -> Json:
    try:
        async with room.session.post(room.bot_url() + "/api/messages", json=activity, timeout=PATIENCE) as response:
            if not 200 <= response.status < 300:
                log.info("tryout.bot_refused type=%s status=%d", activity["type"], response.status)
                return {"ok": False, "status": response.status}
            invoke = await response.json(content_type=None) if activity["type"] == "invoke" else None
            return {"ok": True, "invoke": invoke}
    except (TimeoutError, aiohttp.ClientError, ValueError) as problem:
        log.info("tryout.bot_silent type=%s error=%s", activity["type"], type(problem).__name__)
        return {"ok": False, "status": None}


def _envelope(room: Room, body: Json) -> Envelope:
    person = room.person(_field(body, "person", str))
    if person is None:
        raise web.HTTPNotFound(text="no such person")
    try:
        act_id = str(uuid.UUID(_field(body, "id", str)))
        at = datetime.fromisoformat(_field(body, "at", str))
    except ValueError:
        raise web.HTTPBadRequest(text="id must be a UUID, and at a time with an offset") from None
    if at.tzinfo is None:
        raise web.HTTPBadRequest(text="at has no offset")
    return Envelope(act_id, at, person, room.bot_name, room.service_url())


def _field(body: Json, name: str, kind: type[Any]) -> Any:
    value = body.get(name)
    if not isinstance(value, kind):
        raise web.HTTPBadRequest(text=f"{name} is missing")
    return value
