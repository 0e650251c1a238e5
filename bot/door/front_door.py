"""Checks every incoming request: size, time, content type, token, shape, tenant, channel, serviceUrl."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from aiohttp import hdrs, web

from bot.door.bearer import BadToken, BearerCheck, Caller
from bot.door.inbound import BadActivity, Inbound, read_activity
from bot.door.service_hosts import DEFAULT_SERVICE_HOSTS, Mode, may_call
from bot.logs import crash_line, places

MAX_BODY = 256 * 1024
READ_SECONDS = 10.0
CHANNEL = "msteams"

log = logging.getLogger(__name__)


class Refused(Exception):
    """A refused request. status: 400, 401, 403, 413 or 415. code and reason: fixed words, safe to log."""

    def __init__(self, status: int, code: str, reason: str = "") -> None:
        super().__init__(status, code, reason)
        self.status = status
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class AdmissionPolicy:
    """Which requests the front door admits. bearer: None in dev mode, where tokens are not checked.

    Raises: ValueError: production without a token check or tenants, which would open the bot to anyone.
    """

    mode: Mode
    tenants: frozenset[str]
    service_hosts: frozenset[str] = DEFAULT_SERVICE_HOSTS
    bearer: BearerCheck | None = None
    read_seconds: float = READ_SECONDS

    def __post_init__(self) -> None:
        if self.mode != "dev" and (self.bearer is None or not self.tenants):
            raise ValueError("production needs a token check and a tenant list")


async def receive(request: web.Request, policy: AdmissionPolicy) -> Inbound:
    """Read one activity from a request. The token is checked before the body is read.

    The body must arrive within `policy.read_seconds`; for the headers see `server_options`. Raises: Refused.
    """
    _check_head(request)
    caller = await _check_token(request, policy)
    body = await _read_body(request, policy.read_seconds)
    try:
        inbound = read_activity(body)
    except BadActivity as bad:  # dropped, because what caused it may quote the body
        raise Refused(400, "body", bad.reason) from None
    _admit(inbound, policy, caller)
    return inbound


def refusal(refused: Refused) -> web.Response:
    """Log a refusal and return its response. The body is the bare code, so that it tells an attacker nothing more."""
    log.warning("activity refused: %d %s %s", refused.status, refused.code, refused.reason)
    headers = {hdrs.WWW_AUTHENTICATE: "Bearer"} if refused.status == 401 else None
    return web.json_response({"error": refused.code}, status=refused.status, headers=headers)


def server_options(read_seconds: float = READ_SECONDS, keep_alive: float = READ_SECONDS) -> dict[str, Any]:
    """Return the keyword arguments for `web.AppRunner` that the checks here depend on.

    keep_alive: seconds until an idle connection is closed, so a proxy in front must close its own sooner; aiohttp has
    no other limit on half-sent headers. Bodies are not decompressed: a small one could expand to a huge one. aiohttp
    logs requests it cannot parse, which may contain a token, so the access log is off and the error log filtered.
    """
    return {
        "keepalive_timeout": keep_alive,
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


async def _check_token(request: web.Request, policy: AdmissionPolicy) -> Caller | None:
    if policy.bearer is None:
        return None
    given = request.headers.getall(hdrs.AUTHORIZATION, [])
    try:
        return await policy.bearer.check(given[0] if len(given) == 1 else None)
    except BadToken as bad:
        raise Refused(401, "token", bad.reason) from None


async def _read_body(request: web.Request, seconds: float) -> bytes:
    content, body = request.content, bytearray()
    try:
        if content.is_eof() and content.exception() is None:  # it came with the headers, as nearly always
            body += content.read_nowait()
        else:
            async with asyncio.timeout(seconds):
                async for chunk in content.iter_any():
                    body += chunk
                    if len(body) > MAX_BODY:
                        break
    except TimeoutError:
        raise Refused(400, "slow_body") from None
    except (web.RequestPayloadError, ConnectionError):
        raise Refused(400, "broken_body") from None
    if len(body) > MAX_BODY:
        raise Refused(413, "too_large")
    return bytes(body)


def _admit(inbound: Inbound, policy: AdmissionPolicy, caller: Caller | None) -> None:
    if inbound.tenant_id not in policy.tenants:
        raise Refused(403, "tenant")
    if inbound.channel_id != CHANNEL:
        raise Refused(403, "channel")
    url = inbound.service_url
    if url is None or not may_call(url, mode=policy.mode, hosts=policy.service_hosts):
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
    # A traceback without our code is a request aiohttp could not parse, not a crash.
    told = "error" if error is None else crash_line(error) if places(error) else type(error).__name__
    record.msg, record.args, record.exc_info, record.exc_text = f"http: {told}", (), None, None
    return True
