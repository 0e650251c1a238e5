"""Readiness and metrics, served on a loopback port for whoever operates the bot."""

import asyncio
import logging
from functools import partial

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.clock import Clock
from bot.logs import crash_line
from bot.metrics import Metrics
from storage import standing
from storage.desk import Desk
from storage.standing import Standing

READY_SECONDS = 4.0
"""A database that takes longer than this to answer counts as not ready."""

log = logging.getLogger(__name__)


def make_admin_app(desk: Desk, clock: Clock, metrics: Metrics) -> web.Application:
    """Return the web app with `/readyz` (200 or 503) and `/metrics` (200 even when the database is down)."""
    app = web.Application()

    async def readyz(_request: web.Request) -> web.Response:
        now = await _standing(desk, clock, may_write=True)
        age = now.oldest_message["waiting"] if now else None
        body = {"database": now is not None, "outbox_age_seconds": age}
        return web.json_response(body, status=200 if now else 503)

    async def show_metrics(_request: web.Request) -> web.Response:
        body = metrics.text(await _standing(desk, clock))
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", show_metrics)
    return app


async def _standing(desk: Desk, clock: Clock, *, may_write: bool = False) -> Standing | None:
    """Read the state of the system; None if the database does not answer in time.

    may_write: return None also when the database cannot commit, for instance because the disk is full.
    """

    def read() -> Standing | None:
        if may_write and not desk.is_ready():
            return None
        return desk.read_now(partial(standing.read, now=clock.now()))

    try:
        async with asyncio.timeout(READY_SECONDS):
            return await asyncio.to_thread(read)
    except Exception as error:
        log.warning("the database was not read: %s", crash_line(error))
        return None
