"""Reads what a page of the tab sends, and says whether it was this bot's page that sent it."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from bot.door.inbound import clean_text
from bot.tab.elements import ALONE, IDS, INPUT, PRESS
from bot.tab.frame import HEADERS

MOST = 256 * 1024
_MOST_FIELDS = 2000
_READ_SECONDS = 10.0
_ROW = re.compile("[0-9]{1,10}")
_FORM = "application/x-www-form-urlencoded"
Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent: a button with its inputs, or a line.

    form: see `Sessions.form`. page: a random id of the page. verb, token: of the button, empty for a line.
    in_view: see `Turn.in_view`. again: she has just signed in to send it.
    """

    form: str
    page: str
    verb: str = ""
    token: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    line: str = ""
    in_view: int | None = None
    again: bool = False


def is_ours(request: web.Request, address: str) -> bool:
    """Return whether a request comes from a page of this bot. address: BK_PUBLIC_URL.

    Every browser that Teams runs in says so, in one header or the other.
    """
    said = request.headers.get("Sec-Fetch-Site")
    if said is not None:
        return said == "same-origin"
    origin = urlsplit(request.headers.get("Origin", ""))
    return bool(origin.netloc) and origin.netloc in (request.host, urlsplit(address).netloc)


async def fields_of(request: web.Request) -> Fields:
    """Return the fields of a form, normalized like what is typed in the chat.

    Raises: web.HTTPError: wrong content type, too large, too slow, or text that cannot be kept.
    """
    if request.content_type != _FORM:
        raise web.HTTPUnsupportedMediaType(headers=HEADERS)
    body = bytearray()
    try:
        async with asyncio.timeout(_READ_SECONDS):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > MOST:
                    raise web.HTTPRequestEntityTooLarge(MOST, len(body), headers=HEADERS)
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
        return [(clean_text(name), clean_text(value)) for name, value in pairs]
    except (TimeoutError, ValueError):
        raise web.HTTPBadRequest(headers=HEADERS) from None


def sent(fields: Fields) -> Sent:
    """Return what a form says; inputs are left out where the button sends none."""
    last = dict(fields)
    inputs: dict[str, str] = {}
    pressed = last.get(PRESS) or last.get(ALONE, "")
    if PRESS in last:
        # A Teams client also sends what a browser leaves out, such as an empty choice.
        inputs = dict(pair.partition("=")[::2] for pair in last.get(IDS, "").split())
        for name, value in fields:
            key = name.removeprefix(INPUT)
            if key != name:
                several = [other for at, other in fields if at == name]
                inputs[key] = ",".join(several) if len(several) > 1 else value
    verb, _, token = pressed.partition(" ")
    return Sent(
        form=last.get("form", ""),
        page=last.get("page", "")[:40],
        verb=verb,
        token=token,
        inputs=inputs,
        line=last.get("line", "").strip(),
        in_view=_row(last["view"]) if "view" in last else None,
        again="again" in last,
    )


def _row(text: str) -> int:
    row = int(text) if _ROW.fullmatch(text) else 0
    return row if row < 2**31 else 0  # as large as a row's id can be
