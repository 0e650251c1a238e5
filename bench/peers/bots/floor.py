"""`floor [shared] FILE`: the least that our own conversation can cost: aiohttp, json and sqlite3, no SDK and no ORM.

It keeps what a turn of ours promises: the token of the request is checked; who she is, what she may and what is
answered is read from the database; every button carries its token; the checklist's rules say what is allowed and what
comes next; every row that our bot writes is written, sealed and signed as ours, in one commit that is on disk before
the reply, and events are chained after it. With `shared`, what waits shares a commit, as ours; else it has its own.

Left out: what is not in that conversation (other lines, lists, roles and languages, refusals, older cards), and the
figures: what they are to count is noted, and dropped. FILE: our cards (`bench/peers/recorded.py`).
"""

import asyncio
import json
import os
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
from aiohttp import web

from bench.peers.bots.floor_turn import Kept, Put, Turn
from bot.door.bearer import BearerCheck
from bot.door.key_ring import KeyRing

Waiting = tuple[Callable[[], Any], "asyncio.Future[Any]"]
CHAIN_EVERY = 0.5
MOST_SHARE = 16
JSON = {"Content-Type": "application/json; charset=utf-8"}
BATCH = "select id, tenant_id, mac from event where not sealed order by id limit 1000"
POSTED = "update inbox set posted = ? where id = ?"
CARD = "update conversation set card = ? where id = ? and card = ''"
REPLACED = "update outbox set state = 'sent', leased_until = null where id = ? and state = 'waiting'"


class Floor:
    """Runs what is to be stored, in the one thread that has the connection."""

    def __init__(self, kept: Kept, most: int) -> None:
        """most: how many works may share a commit."""
        self.kept, self._most = kept, most
        self._thread, self._waiting = ThreadPoolExecutor(1), deque[Waiting]()

    async def run(self, work: Callable[[], Any]) -> Any:
        """Return what the work returns, once it is on disk."""
        loop = asyncio.get_running_loop()
        self._waiting.append((work, done := loop.create_future()))
        for result, of in await loop.run_in_executor(self._thread, self._committed):
            of.set_result(result)
        return await done

    def _committed(self) -> list[tuple[Any, "asyncio.Future[Any]"]]:
        works = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._most))]
        if not works:
            return []
        with self.kept.db as db:
            db.execute("begin immediate")
            return [(work(), done) for work, done in works]

    def chain(self) -> None:
        """Give every new event its place in the chain; drop what figures would be made of."""
        db, keys = self.kept.db, self.kept.keys
        db.execute("delete from changed")
        if not (events := db.execute(BATCH).fetchall()):
            return
        tenant = events[0][1]
        end = db.execute("select place, hash from trail_end where tenant_id = ?", (tenant,)).fetchone()
        place, last = end or (0, "")
        for event, _, mac in events:
            place, last = place + 1, keys.trail_mac([last, place + 1, event, mac])
            self.kept.insert("event_seal", tenant_id=tenant, place=place, event_id=event, master_id="", hash=last)
        db.executemany("update event set sealed = 1 where id = ?", [(event,) for event, *_ in events])
        mac = keys.trail_mac(["trail_end", tenant, place, last])
        db.execute("replace into trail_end values (?, ?, ?, ?)", (tenant, place, last, mac))

    def posted(self, inbox: int, conversation: int, message: str) -> None:
        """Store under which id a reply was posted."""
        self.kept.db.execute(POSTED, (message, inbox))
        self.kept.db.execute(CARD, (message, conversation))

    def replaced(self, row: int) -> None:
        """Store that a posted card was replaced."""
        self.kept.db.execute(REPLACED, (row,))


FLOOR = web.AppKey("floor", Floor)
HTTP = web.AppKey("http", aiohttp.ClientSession)
BEARER = web.AppKey("bearer", BearerCheck)
LATER = web.AppKey("later", set["asyncio.Task[None]"])


async def messages(request: web.Request) -> web.Response:
    """Take one activity: a press is answered in the response, a line by a posted card; then a card is replaced."""
    floor, http, later = request.app[FLOOR], request.app[HTTP], request.app[LATER]
    caller = await request.app[BEARER].check(request.headers.get("Authorization"))
    activity = json.loads(await request.read())
    assert caller.service_url == activity["serviceUrl"]
    taken = await floor.run(Turn(floor.kept, activity).take)
    chat = quote(activity["conversation"]["id"], safe="")
    address = f"{caller.service_url.rstrip('/')}/v3/conversations/{chat}/activities"

    async def replace(put: Put) -> None:
        async with http.put(f"{address}/{put.card}", data=put.body.encode(), headers=JSON) as answer:
            await answer.read()
        await floor.run(partial(floor.replaced, put.row))

    if activity["type"] == "message":
        async with http.post(f"{address}/{activity['id']}", data=taken.reply.encode(), headers=JSON) as answer:
            message = json.loads(await answer.read())["id"]
        await floor.run(partial(floor.posted, taken.inbox, taken.conversation, message))
    if taken.put is not None:
        later.add(task := asyncio.create_task(replace(taken.put)))
        task.add_done_callback(later.discard)
    return web.Response(body=taken.reply.encode() if activity["type"] == "invoke" else b"", headers=JSON)


async def _running(app: web.Application) -> AsyncIterator[None]:
    async def chain() -> None:
        while True:
            await app[FLOOR].run(app[FLOOR].chain)
            await asyncio.sleep(CHAIN_EVERY)

    async with aiohttp.ClientSession() as session:
        settings = dict(os.environ)
        keys = KeyRing(session, settings["BK_OPENID_METADATA_URL"])
        app[HTTP], app[LATER] = session, set()
        app[BEARER] = BearerCheck(keys, app_id=settings["MicrosoftAppId"], issuer=settings["BK_TOKEN_ISSUER"])
        chaining = asyncio.create_task(chain())
        yield
        chaining.cancel()
        await keys.close()


def main() -> None:
    """Answer on PORT."""
    app = web.Application()
    *shared, file = sys.argv[1:]
    cards = json.loads(Path(file).read_text(encoding="utf-8"))
    app[FLOOR] = Floor(Kept(cards), MOST_SHARE if shared else 1)
    app.cleanup_ctx.append(_running)
    app.router.add_post("/api/messages", messages)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None, access_log=None)


if __name__ == "__main__":
    main()
