"""Readiness and metrics, for whoever operates the bot: on loopback, unless BK_ADMIN_HOST says otherwise."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.clock import Clock
from bot.logs import crash_line
from bot.metrics import Metrics
from storage import standing
from storage.desk import Desk
from storage.standing import Late

T = TypeVar("T")
READY_SECONDS = 4.0
"""A database that takes longer than this to answer counts as not ready."""

log = logging.getLogger(__name__)


def make_admin_app(desk: Desk, clock: Clock, metrics: Metrics) -> web.Application:
    """Return the web app with `/readyz` (503 without the database) and `/metrics` (always 200).

    A fault that still lets people be answered is no reason to take a replica out: `/readyz` reports it with 200.
    """
    app = web.Application()

    def look() -> tuple[float, frozenset[Late]] | None:
        # A full disk can still be read, so ask first whether a transaction could be committed.
        return desk.read_now(partial(standing.readiness, now=clock.now())) if desk.is_ready() else None

    async def readyz(_request: web.Request) -> web.Response:
        found = await _in_time(look)
        age, late = found if found is not None else (None, frozenset[Late]())
        reasons = sorted(metrics.troubles(late))
        status = "not_ready" if found is None else "degraded" if reasons else "ready"
        body = {"status": status, "reasons": reasons, "database": found is not None, "outbox_age_seconds": age}
        return web.json_response(body, status=503 if found is None else 200)

    async def show_metrics(_request: web.Request) -> web.Response:
        now = await _in_time(lambda: desk.read_now(partial(standing.read, now=clock.now())))
        return web.Response(body=metrics.text(now), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", show_metrics)
    return app


async def _in_time(read: Callable[[], T | None]) -> T | None:
    """Read from the database; None if it fails, or does not answer within READY_SECONDS."""
    try:
        async with asyncio.timeout(READY_SECONDS):
            return await asyncio.to_thread(read)
    except Exception as error:
        log.warning("the database was not read: %s", crash_line(error))
        return None
