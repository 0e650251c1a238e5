"""Pushes events to open pages, in order, over one WebSocket per page."""

import asyncio
import contextlib
import json

from aiohttp import WSMsgType, web

from tryout.activities import Json, Person, utc_text
from tryout.clock import STEPS
from tryout.guard import json_object
from tryout.room import ROOM, Room


async def live(request: web.Request) -> web.WebSocketResponse:
    """Serve one page until it disconnects. It requests a chat with `{"show": OBJECT_ID}`.

    Whole chats go through the same queue as new events, so that the order is preserved.
    """
    room = request.app[ROOM]
    page = web.WebSocketResponse(heartbeat=20, timeout=2, max_msg_size=1024)
    await page.prepare(request)
    queue = room.pages.join(page)
    queue.put_nowait(json.dumps(_hello(room)))
    writer = asyncio.create_task(_write(room, page, queue))
    try:
        async for message in page:
            if message.type is WSMsgType.TEXT:
                _show(room, queue, message.data)
    finally:
        room.pages.leave(queue)
        writer.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            await writer
    return page


async def move_clock(request: web.Request) -> web.Response:
    """Move the bot's clock by one of the named steps, and notify all pages."""
    room = request.app[ROOM]
    step = STEPS.get(str((await json_object(request)).get("step")))
    if room.clock is None or step is None:
        raise web.HTTPNotFound(text="no such step, or no clock to move")
    room.clock.advance(step(room.now(), room.is_working_day))
    now = utc_text(room.now())
    room.pages.tell({"do": "clock", "now": now})
    return web.json_response({"now": now})


async def _write(room: Room, page: web.WebSocketResponse, queue: asyncio.Queue[str]) -> None:
    """Send queued events. A page dropped because it stopped reading is closed, and reconnects by itself."""
    while room.pages.has(queue):
        await page.send_str(await queue.get())
    await page.close()


def _show(room: Room, queue: asyncio.Queue[str], wish: str) -> None:
    with contextlib.suppress(ValueError, TypeError, KeyError, asyncio.QueueFull):
        person = room.person(json.loads(wish)["show"])
        if person:
            entries = room.history.conversation(person.conversation_id).entries.values()
            chat = {"do": "chat", "person": person.object_id, "entries": [entry.to_json() for entry in entries]}
            queue.put_nowait(json.dumps(chat))


def _hello(room: Room) -> Json:
    return {
        "do": "hello",
        "bot": room.bot_name,
        "people": [_listed(room, person) for person in room.people],
        "now": utc_text(room.now()),
        "movable": room.clock is not None,
    }


def _listed(room: Room, person: Person) -> Json:
    conversation = room.history.conversation(person.conversation_id)
    posted = [entry.id for entry in conversation.entries.values() if entry.author == "bot"]
    return {
        "id": person.object_id,
        "user": person.user_id,
        "name": person.name,
        "title": person.title,
        "roles": list(person.roles),
        "opened": conversation.opened,
        "newest": posted[-1] if posted else None,
    }
