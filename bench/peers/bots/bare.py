"""`bare [FILE]`: the form with aiohttp and json alone, kept in a dictionary or in SQLite (WAL, synchronous=FULL).

The least that a form can cost: no SDK, no token, no rights, no audit trail.
"""

import asyncio
import json
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import aiohttp
from aiohttp import web

from bench.peers.bots import words

State = dict[str, Any]
ASKED = (words.WHICH_KIND, words.WHICH_CASE, words.WAS_HEARD, words.WHY_NOT, words.SAVE)


class Kept:
    """The open forms, by conversation."""

    def __init__(self, path: str = "") -> None:
        """Open it. path: an SQLite file; empty to keep them in memory."""
        self._forms: dict[str, State] = {}
        self._thread = ThreadPoolExecutor(1)
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None) if path else None
        for line in ("pragma journal_mode=wal", "pragma synchronous=full", "create table form (id primary key, said)"):
            if self._database is not None:
                self._database.execute(line).close()

    async def take(self, chat: str, step: Callable[[State], State]) -> State:
        """Change a form by one step; if forms are kept in a file, it is on disk when this returns."""
        if self._database is None:
            self._forms[chat] = step(self._forms.get(chat, {}))
            return self._forms[chat]
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._stored, chat, step)

    def _stored(self, chat: str, step: Callable[[State], State]) -> State:
        assert self._database is not None
        self._database.execute("begin immediate")
        row = self._database.execute("select said from form where id = ?", (chat,)).fetchone()
        form = step(json.loads(row[0]) if row else {})
        self._database.execute("replace into form values (?, ?)", (chat, json.dumps(form)))
        self._database.execute("commit")
        return form


KEPT = web.AppKey("kept", Kept)
HTTP = web.AppKey("http", aiohttp.ClientSession)


def stepped(form: State, said: str) -> State:
    """Return the form after one more line; after the last one a new form begins."""
    lines = [*form.get("lines", ()), said]
    return {"lines": lines[-1:] if len(lines) > len(ASKED) + 1 else lines}


async def messages(request: web.Request) -> web.Response:
    """Take one line of the form, and reply with the next question."""
    activity = json.loads(await request.read())
    form = await request.app[KEPT].take(activity["conversation"]["id"], lambda old: stepped(old, activity["text"]))
    lines = form["lines"]
    asked = ASKED[len(lines) - 1 :][:1] if len(lines) <= len(ASKED) else (words.THANKS, words.saved(lines[2]))
    for text in asked:
        await reply(request.app, activity, text)
    return web.Response(status=201)


async def reply(app: web.Application, activity: dict[str, Any], text: str) -> None:
    """Post a reply to the connector."""
    said = {"type": "message", "text": text, "from": activity["recipient"], "recipient": activity["from"]}
    where = {name: activity[name] for name in ("conversation", "channelId", "serviceUrl")}
    chat, message = quote(activity["conversation"]["id"]), quote(activity["id"])
    address = f"{activity['serviceUrl'].rstrip('/')}/v3/conversations/{chat}/activities/{message}"
    body = json.dumps(said | where | {"replyToId": activity["id"]})
    async with app[HTTP].post(address, data=body, headers={"Content-Type": "application/json"}) as answer:
        await answer.read()
        answer.raise_for_status()


async def _session(app: web.Application) -> AsyncIterator[None]:
    async with aiohttp.ClientSession() as session:
        app[HTTP] = session
        yield


def main() -> None:
    """Answer on PORT."""
    app = web.Application()
    app[KEPT] = Kept(*sys.argv[1:2])
    app.cleanup_ctx.append(_session)
    app.router.add_post("/api/messages", messages)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None, access_log=None)


if __name__ == "__main__":
    main()
