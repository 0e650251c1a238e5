"""Generates request bodies no channel would send: activities with fields of wrong types, and corrupted recordings."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Self

from dialogs.turn.tokens import Mint
from dialogs.views.views import Claim
from tests.wire.door import RECORDED, TENANT
from tests.wire.in_process_bot import SECRET, activity, pressed

KINDS = sorted(path.stem for path in RECORDED.glob("*.json") if path.stem != "request-headers")
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 2**63 - 1, 2**63, 1e308, "", " ", "\0", "\u202e", "a" * 501, "å" * 5000),
    *("😀", "<at>x</at>", "../../x", "'; drop table answer; --", "640823-3234", "ja", "\x7f", "e" + "\u0301" * 31),
    *([], {}, [[]], {"": ""}, {"py/object": "x"}, [None] * 50, {"id": {}}, "null", "[]", "\r\n\r\nX: y"),
)
_FIELDS = "type id name text value from conversation recipient channelData channelId locale serviceUrl replyToId"
FIELDS = (*_FIELDS.split(), "entities", "membersAdded", "action", "attachments", "timestamp", "__proto__")
SIGNED: dict[str, dict[str, str]] = {
    **{verb: {"item": "question:child_heard"} for verb in ("answer", "comment", "save_comment", "back", "pause")},
    **{verb: {} for verb in ("continue", "go_to", "save_details", "show_current", "save_extension", "send")},
    "save_facts": {"item": "facts:1"},
    "command": {"choice": "hjälp"},
}
"""Token claims of these verbs, besides the case."""


def generated(seed: int, count: int) -> Iterator[bytes]:
    """Yield bodies, half of them activities with odd fields, half corrupted bytes. Deterministic for a given seed."""
    chance = random.Random(seed)
    for _ in range(count):
        body = json.dumps(_odd_activity(chance), ensure_ascii=chance.random() < 0.5).encode(errors="surrogatepass")
        yield body if chance.random() < 0.5 else _damaged(chance, body)


def _odd_activity(chance: random.Random) -> Any:
    made: Any
    if chance.random() < 0.5:
        made = pressed(chance.choice(("anna", "nobody")), _data(chance))
    else:
        kind = chance.choice(KINDS)
        made = activity(kind, "anna")
        # Replies are rate-limited, so only a few messages are valid enough to get one.
        if made["type"] != "invoke" and chance.random() < 0.99:
            made["serviceUrl"] = "https://smba.trafficmanager.net/emea/"
    for _ in range(chance.choice((0, 1, 1, 2, 5))):
        _change(chance, made)
    return made


def _data(chance: random.Random) -> dict[str, Any]:
    verb = chance.choice(list(SIGNED))
    claim = Claim(verb=verb, case=1, filled=1, version=1, **SIGNED[verb])
    data: dict[str, Any] = {"verb": verb, "token": Mint(SECRET).sign(1, 1, claim)}
    for name in chance.sample(("violence", "children", "planned", "item", "motivation", "place", "reason", "until"), 3):
        data[name] = deepcopy(chance.choice(ODD))  # copied, because mutations would accumulate in a shared value
    return data


def _change(chance: random.Random, tree: dict[str, Any]) -> None:
    """Change, remove or add one field somewhere in the tree."""
    node = tree
    while True:
        inner = [value for value in node.values() if isinstance(value, dict) and value]
        if not inner or chance.random() < 0.4:
            break
        node = chance.choice(inner)
    name = chance.choice([*node, *FIELDS])
    act = chance.random()
    if act < 0.2:
        node.pop(name, None)
    elif act < 0.3:
        node[name] = [deepcopy(node.get(name))] * chance.choice((1, 2, 30))
    else:
        node[name] = deepcopy(chance.choice(ODD))


def _damaged(chance: random.Random, body: bytes) -> bytes:
    made = bytearray(body)
    for _ in range(chance.choice((1, 1, 2, 8))):
        at = chance.randrange(len(made) + 1)
        act = chance.randrange(6)
        if act == 0:
            del made[at : at + chance.choice((1, 4, 100))]
        elif act == 1:
            made[at:at] = bytes(chance.choices(range(256), k=chance.choice((1, 4))))
        elif act == 2 and made:
            made[at % len(made)] ^= 1 << chance.randrange(8)
        elif act == 3:
            made[at:at] = chance.choice((b"{", b"[", b'"', b"\\u0000", b"\\ud800", b"\xff", b"1e999", b"NaN", b"," * 9))
        elif act == 4:
            made[at:at] = made[: chance.choice((10, 1000))]
        else:
            del made[at:]
        made = made or bytearray(b"{")
    return bytes(made)


HEAD = b"POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "


class Line:
    """A keep-alive connection with hand-written HTTP: a client library would cost more than the bot."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> Self:
        """Connect to a port on this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def post(self, body: bytes) -> tuple[int, bytes]:
        """Post a body; return status and response body."""
        self._writer.write(HEAD + f"{len(body)}\r\n\r\n".encode() + body)
        raw = await self._reader.readuntil(b"\r\n\r\n")
        lines = raw.decode().lower().split("\r\n")
        length = next(int(line.partition(":")[2]) for line in lines if line.startswith("content-length:"))
        return int(lines[0].split()[1]), await self._reader.readexactly(length)

    def close(self) -> None:
        """Close the connection."""
        self._writer.close()


async def bombard(port: int, seed: int, count: int, lines: int = 4) -> tuple[Counter[int], list[bytes]]:
    """Post generated bodies over several connections; return the statuses, and the bodies that caused a 5xx."""
    bodies, seen = generated(seed, count), Counter[int]()
    bad: list[bytes] = []

    async def one() -> None:
        line = await Line.open(port)
        for body in bodies:
            status, _ = await line.post(body)
            seen[status] += 1
            if status >= 500:
                bad.append(body)
            if status >= 500 or status == 413:  # the server closes after an internal error or an unread body
                line.close()
                line = await Line.open(port)
        line.close()

    await asyncio.gather(*(one() for _ in range(lines)))
    return seen, bad


def resident_bytes() -> int:
    """Return this process's resident memory in bytes; 0 if not on Linux."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
            return int(file.read().split()[1]) * 4096
    except OSError:
        return 0


def register() -> str:
    """Return a register file with the one person the bodies come from."""
    return f"tenant_id,object_id,name,unit,role\n{TENANT},anna,Anna Påhittad,Enhet (påhittad),case_worker\n"
