"""The loopback port for whoever runs the bot: readiness and metrics."""

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
"""Longest wait for the database; one that takes longer to answer is not ready."""

log = logging.getLogger(__name__)


def make_admin_app(desk: Desk, clock: Clock, metrics: Metrics) -> web.Application:
    """Return the web app for the loopback port."""
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
    """Read how things stand; None when the database does not answer in time.

    may_write: also None when what is written would not be kept, as on a full disk.
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
