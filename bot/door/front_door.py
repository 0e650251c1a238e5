"""What every activity passes before anything acts on it: size, time, type, token, shape, tenant, channel, address."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from aiohttp import hdrs, web

from bot.door.bearer import BadToken, BearerCheck, Caller
from bot.door.inbound import Inbound, read_activity
from bot.door.service_hosts import DEFAULT_SERVICE_HOSTS, Mode, may_call
from bot.logs import crash_line, places

MAX_BODY = 256 * 1024
READ_SECONDS = 10.0
CHANNEL = "msteams"

log = logging.getLogger(__name__)


class Refused(Exception):
    """An activity not let in. `status` is 400, 401, 403, 413 or 415; `code` and `reason` are fixed words of ours."""

    def __init__(self, status: int, code: str, reason: str = "") -> None:
        super().__init__(status, code, reason)
        self.status = status
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Gate:
    """Whom the front door lets in.

    Raises: ValueError: production without a token check or without tenants, which would open the bot to anyone.
    """

    mode: Mode
    tenants: frozenset[str]
    service_hosts: frozenset[str] = DEFAULT_SERVICE_HOSTS
    bearer: BearerCheck | None = None
    read_seconds: float = READ_SECONDS

    def __post_init__(self) -> None:
        if self.mode != "dev" and (self.bearer is None or not self.tenants):
            raise ValueError("production needs a token check and a tenant list")


async def receive(request: web.Request, gate: Gate) -> Inbound:
    """Read one activity from a request, or raise Refused. The token is checked before the body is read.

    Time: the body must be there within `gate.read_seconds`; the headers are the server's, see `server_options`.
    """
    _check_head(request)
    caller = await _check_token(request, gate)
    body = await _read_body(request, gate.read_seconds)
    try:
        inbound = read_activity(body)
    except ValueError:  # also UnicodeDecodeError and pydantic's ValidationError; all of them quote the body: dropped
        raise Refused(400, "body") from None
    _admit(inbound, gate, caller)
    return inbound


def refusal(refused: Refused) -> web.Response:
    """Log a refusal, as codes only, and make its answer: one shape for all, saying nothing that helps an attacker."""
    log.warning("activity refused: %d %s %s", refused.status, refused.code, refused.reason)
    headers = {hdrs.WWW_AUTHENTICATE: "Bearer"} if refused.status == 401 else None
    return web.json_response({"error": refused.code}, status=refused.status, headers=headers)


def server_options(read_seconds: float = READ_SECONDS) -> dict[str, Any]:
    """Give the keyword arguments for `web.AppRunner` that this door counts on.

    keepalive_timeout is aiohttp's only limit on half-sent headers, and closes idle connections too: a proxy in front
    must drop its own sooner. Bodies are taken as they come, so a small one cannot unpack into a large one. aiohttp logs
    (and by its access log repeats) what it could not parse, which may be a token, so it gets a logger that drops it.
    """
    return {
        "keepalive_timeout": read_seconds,
        "lingering_time": read_seconds,
        "auto_decompress": False,
        "access_log": None,
        "logger": _http_log(),
    }


def _check_head(request: web.Request) -> None:
    if (request.content_length or 0) > MAX_BODY:
        raise Refused(413, "too_large")
    kinds = request.headers.getall(hdrs.CONTENT_TYPE, [])
    if len(kinds) != 1 or not _is_json(kinds[0]) or hdrs.CONTENT_ENCODING in request.headers:
        raise Refused(415, "content_type")


def _is_json(content_type: str) -> bool:
    kind, *parameters = content_type.lower().split(";")
    named = [parameter.partition("=") for parameter in parameters]
    charsets = {value.strip().strip('"') for name, _, value in named if name.strip() == "charset"}
    return kind.strip() == "application/json" and charsets <= {"utf-8"}


async def _check_token(request: web.Request, gate: Gate) -> Caller | None:
    if gate.bearer is None:
        return None
    given = request.headers.getall(hdrs.AUTHORIZATION, [])
    try:
        return await gate.bearer.check(given[0] if len(given) == 1 else None)
    except BadToken as bad:
        raise Refused(401, "token", bad.reason) from None


async def _read_body(request: web.Request, seconds: float) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > MAX_BODY:
                    raise Refused(413, "too_large")
    except TimeoutError:
        raise Refused(400, "slow_body") from None
    except (web.RequestPayloadError, ConnectionError):
        raise Refused(400, "broken_body") from None
    return bytes(body)


def _admit(inbound: Inbound, gate: Gate, caller: Caller | None) -> None:
    if inbound.tenant_id not in gate.tenants:
        raise Refused(403, "tenant")
    if inbound.channel_id != CHANNEL:
        raise Refused(403, "channel")
    url = inbound.service_url
    if url is None or not may_call(url, mode=gate.mode, hosts=gate.service_hosts):
        raise Refused(403, "service_url")
    if caller is not None and caller.service_url != url:
        raise Refused(403, "service_url", "not_in_token")
    if caller is not None and CHANNEL not in caller.endorsements:
        raise Refused(403, "channel", "not_endorsed")


def _http_log() -> logging.Logger:
    quiet = logging.getLogger("bot.http")
    if not quiet.filters:
        quiet.addFilter(_only_the_crash)
    return quiet


def _only_the_crash(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    # What never came through our code is a request that aiohttp could not read: no crash.
    told = "error" if error is None else crash_line(error) if places(error) else type(error).__name__
    record.msg, record.args, record.exc_info, record.exc_text = f"http: {told}", (), None, None
    return True
