"""What a bot says in one lap of each conversation; our own cards as templates, which the floor fills in."""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from bench.peers import scripts
from bench.peers.channel import Channel
from bench.peers.ours import SETTINGS, at_rest
from bench.peers.processes import start
from tests.browser.real_bot import free_ports

Heard = list[tuple[str, str]]
"""What came, in order: `typed` (a reply to a line), `pressed` (the response to a press) or `put`, and its body."""
_STOPS = ("answer", "save_group", "motivate", "save_facts")
_TOKEN = re.compile('"token":"([^"]+)"')
_DIFFERS = ((r"SN 2031/\d+", "%(ref)s"), (r"29:bench-\d+", "%(user)s"), (r'"id":"out-\d+"', '"id":"%(card)s"'))
_IN_TOKENS = ((r'"bench-\d+"', '"%(activity)s"'), ('"[0-9a-f]{32}"', '"%(act)s"'))
_EVENT_OF = {
    "show_current": ((r'^\["","\d+"', '["","%(event)d"'),),
    "save_facts": ((r'\.\d+"', '.%(event)d"'),),
}
"""Where tokens name the newest event of the case."""


async def heard_from(words: Sequence[str], database: str, log: Path) -> Heard:
    """Start a bot on a database, let one person type a whole basis and press one, and return what the bot said."""
    heard: Heard = []
    async with AsyncExitStack() as stack:
        channel = await stack.enter_async_context(Channel())
        channel.use_token(True)
        channel.heard = lambda how, body: heard.append((how, body.decode()))
        port, admin = free_ports(2)
        settings = SETTINGS | channel.production | {"BK_DATABASE_URL": database, "BK_ADMIN_PORT": str(admin)}
        running = await start(words, settings, port, log)
        stack.push_async_callback(running.stop)
        await running.listens()
        [chat] = channel.chats(1, (running.url,))
        for script in (scripts.typed_basis, scripts.pressed_basis):
            await script(chat, _at_once)
        await at_rest(database)
    return heard


async def _at_once() -> None:
    """Nobody reads anything."""


def templates(heard: Heard) -> dict[str, Any]:
    """Return the cards by how they came and which stop they show, with markers where they differ from turn to turn."""
    return {f"{how} {_shows(how, body)}": _template(body) for how, body in heard}


def _shows(how: str, body: str) -> str:
    payloads = [_payload(token) for token in _TOKEN.findall(body)]
    if not payloads:
        return "moved"
    return next((str(item) for _, _, verb, _, _, item, *_ in payloads if verb in _STOPS), "summary")


def _template(body: str) -> dict[str, Any]:
    body = body.replace("%", "%%")
    for pattern, marker in _DIFFERS:
        body = re.sub(pattern, marker, body)
    tokens: dict[str, str] = {}
    for token in dict.fromkeys(_TOKEN.findall(body)):
        name = f"token{len(tokens)}"
        tokens[name] = _marked(*_payload(token))
        body = body.replace(token, f"%({name})s")
    return {"body": body, "tokens": tokens}


def _marked(_tenant: int, _person: int, verb: str, _case: int, filled: int, *rest: Any) -> str:
    told = json.dumps(rest, separators=(",", ":"), ensure_ascii=False)
    for pattern, marker in (*_IN_TOKENS, *_EVENT_OF.get(verb, ())):
        told = re.sub(pattern, marker, told)
    return f'[%(tenant)d,%(person)d,"{verb}",%(case)d,{"%(filled)d" if filled else 0},{told[1:]}'


def _payload(token: str) -> list[Any]:
    body = token.partition(".")[0]
    read: list[Any] = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return read
