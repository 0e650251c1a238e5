"""The HTTP server, quieter than aiohttp's: no version in `Server`, and error pages that repeat nothing of a request."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import hdrs, web
from aiohttp.web_protocol import RequestHandler

NAME = "Beslutskollen"
HTTPS_ONLY: Mapping[str, str] = {hdrs.STRICT_TRANSPORT_SECURITY: "max-age=31536000"}
"""For a bot whose address is https: browsers that have been there do not try http for a year."""


class Runner(web.AppRunner):
    """Runs an app. headers: sent with every response, including those that no handler made."""

    def __init__(self, app: web.Application, *, headers: Mapping[str, str] | None = None, **options: Any) -> None:
        super().__init__(app, **options)
        self.headers = {hdrs.SERVER: NAME, **(headers or {})}

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        self._own = _Server(made, self.headers)
        return self._own

    def say_close(self) -> None:
        """Close each connection after its next response, so that clients that keep one open reconnect elsewhere."""
        self._own.closes = True

    @property
    def listener(self) -> web.Server:
        """What a listening socket hands its connections to, once the runner is set up."""
        assert self.server is not None, "it is set up"
        return self.server


class _Server(web.Server):
    """Replaces the server that aiohttp made: the same, but with our own protocol class."""

    def __init__(self, made: web.Server, headers: Mapping[str, str]) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(made.request_handler, request_factory=made.request_factory, loop=loop, **made._kwargs)
        self._headers = headers
        self.closes = False
        """Whether the next response on a connection is its last."""

    def __call__(self) -> RequestHandler:
        return _Protocol(self, self._headers, **self._kwargs)


class _Protocol(RequestHandler):
    """One connection."""

    def __init__(self, server: _Server, headers: Mapping[str, str], **options: Any) -> None:
        super().__init__(server, loop=asyncio.get_running_loop(), **options)
        self._own = server
        self._always = headers

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Log a request that could not be read, or a handler that failed, and return a page that quotes neither."""
        super().handle_error(request, status, exc, "")
        page = _page(status)
        page.force_close()
        return page

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send a response; an error page made by aiohttp is replaced by our own with the same status."""
        if isinstance(resp, web.HTTPException):
            ours = _page(resp.status)
            about_body = (hdrs.CONTENT_TYPE, hdrs.CONTENT_LENGTH)
            ours.headers.extend((name, value) for name, value in resp.headers.items() if name not in about_body)
            resp = ours
        if resp is not None and not resp.prepared:
            resp.headers.update(self._always)
            if self._own.closes:
                resp.force_close()
        return await super().finish_response(request, resp, start_time)


def _page(status: int) -> web.Response:
    return web.Response(status=status, text=f"{status}: {HTTPStatus(status).phrase}\n", content_type="text/plain")
