"""Access to the try-out: from this machine only, and in browsers from our own page only."""

import ipaddress
import json
from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler

Check = Callable[[web.Request], None]

MAX_BODY = 256 * 1024
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def guarded(handler: Handler, *checks: Check) -> Handler:
    """Wrap a handler with access checks, and add the security headers to every response."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            this_machine(request)
            for check in checks:
                check(request)
            response = await handler(request)
        except web.HTTPException as refusal:
            refusal.headers.update(HEADERS)
            raise
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    return answer


def this_machine(request: web.Request) -> None:
    """Refuse other machines, and host names other than localhost that resolve to it (DNS rebinding)."""
    peer = request.transport.get_extra_info("peername") if request.transport else None
    if not peer or not ipaddress.ip_address(peer[0]).is_loopback:
        raise web.HTTPForbidden(text="the try-out answers this machine only")
    host = request.host.rpartition(":")[0] if not request.host.endswith("]") and ":" in request.host else request.host
    if host.lower() not in LOOPBACK_HOSTS:
        raise web.HTTPForbidden(text="the try-out answers to 127.0.0.1 and localhost only")


def own_page(request: web.Request) -> None:
    """Refuse requests that do not come from our own page."""
    if request.headers.get("Origin") != f"http://{request.host}":
        raise web.HTTPForbidden(text="only the try-out's own page may do this")


def no_page(request: web.Request) -> None:
    """Refuse all browsers: the connector is for the bot."""
    if "Origin" in request.headers or "Sec-Fetch-Site" in request.headers:
        raise web.HTTPForbidden(text="only the bot may do this")


async def json_object(request: web.Request) -> dict[str, object]:
    """Parse a JSON object of at most `MAX_BODY` bytes; otherwise 400, 413 or 415."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="JSON only")
    raw = bytearray()
    async for chunk in request.content.iter_any():
        raw += chunk
        if len(raw) > MAX_BODY:
            raise web.HTTPRequestEntityTooLarge(max_size=MAX_BODY, actual_size=len(raw))
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest(text="not JSON") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="not a JSON object")
    return body
