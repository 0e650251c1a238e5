"""HTTP: the messages endpoint, liveness, and on a loopback port readiness and metrics."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial

import aiohttp
from aiohttp import web

from bot.adapter import TeamsAdapter
from bot.background.chainer import chain_forever
from bot.background.outbox_worker import OutboxWorker
from bot.background.projector import project_forever
from bot.background.sweeper import Reminding
from bot.clock import Clock
from bot.door.bearer import BearerCheck
from bot.door.front_door import Gate, Refused, receive, refusal, server_options
from bot.door.key_ring import KeyRing
from bot.pages.links import add_links
from bot.pages.purposes import PURPOSES
from bot.sending.sender import Sender
from bot.sending.service_token import ServiceToken, token_endpoint
from bot.settings import Settings
from bot.turns import Turns
from dialogs.turn.tokens import Mint
from storage import conversations, outbox
from storage.desk import Desk
from texts import say

log = logging.getLogger(__name__)
_READY_SECONDS = 4.0
_dumps = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


@dataclass
class Office:
    """What the running bot is made of; built once."""

    settings: Settings
    desk: Desk
    clock: Clock
    adapter: TeamsAdapter
    gate: Gate
    turns: Turns


OFFICE = web.AppKey("office", Office)


def make_app(settings: Settings, desk: Desk, clock: Clock) -> web.Application:
    """Return the web app that answers the channel. Clients, session and workers live as long as it does."""
    app = web.Application(client_max_size=0)

    async def running(app: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(auto_decompress=True) as session:
            office, worker, keys = build(settings, desk, clock, session)
            app[OFFICE] = office
            reminding = Reminding(desk, clock, worker.wake)
            loops = (worker.run(), chain_forever(desk, clock), reminding.run(), project_forever(desk))
            tasks = [asyncio.create_task(loop) for loop in loops]
            yield
            await office.adapter.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if keys is not None:
                await keys.close()

    app.cleanup_ctx.append(running)
    app.router.add_post("/api/messages", messages)
    app.router.add_get("/healthz", healthz)
    add_links(app, desk, clock, PURPOSES)
    return app


def build(
    settings: Settings, desk: Desk, clock: Clock, session: aiohttp.ClientSession
) -> tuple[Office, OutboxWorker, KeyRing | None]:
    """Return what the running bot is made of; nothing of it runs yet."""
    token = bearer = keys = None
    if settings.mode == "production":
        tenant = settings.app_tenant_id if settings.app_type == "SingleTenant" else ""
        token = ServiceToken(
            session, app_id=settings.app_id, password=settings.app_password, endpoint=token_endpoint(tenant)
        )
        keys = KeyRing(session, settings.openid_metadata_url)
        bearer = BearerCheck(keys, app_id=settings.app_id, issuer=settings.token_issuer)
    sender = Sender(session, mode=settings.mode, service_hosts=settings.service_hosts, token=token)
    worker = OutboxWorker(desk, sender, clock)
    turns = Turns(desk, Mint(settings.secret()), sender, worker.wake, settings.pages_url)
    worker.turns = turns
    gate = Gate(settings.mode, settings.tenants, settings.service_hosts, bearer)
    return Office(settings, desk, clock, TeamsAdapter(sender, turns, clock), gate, turns), worker, keys


async def messages(request: web.Request) -> web.StreamResponse:
    """Take one activity. 2xx only after its commit; a database that cannot keep it gives 503, and Teams sends again."""
    office = request.app[OFFICE]
    try:
        inbound = await receive(request, office.gate)
    except Refused as refused:
        return refusal(refused)
    try:
        answer = await office.adapter.process(inbound)
    except Exception as error:
        log.error("turn failed: %s", type(error).__name__)
        body = {"error": "not_kept", "message": say("common.failed", "sv")}
        return web.json_response(body, status=503, headers={"Retry-After": "2"}, dumps=_dumps)
    if inbound.text and request.transport is not None and not request.transport.is_closing():
        office.turns.answered(inbound.conversation.id, inbound.text)
    if answer is None:
        return web.Response(status=200)
    return web.json_response(answer.body, status=answer.status, dumps=_dumps)


async def healthz(_request: web.Request) -> web.Response:
    """Say that the process lives."""
    return web.json_response({"alive": True})


def make_admin_app(desk: Desk, clock: Clock) -> web.Application:
    """Return the web app for whoever runs the bot; it is bound to loopback."""
    app = web.Application()

    async def readyz(_request: web.Request) -> web.Response:
        ready, age = await _ready(desk, clock)
        body = {"database": ready, "outbox_age_seconds": age}
        return web.json_response(body, status=200 if ready else 503)

    async def metrics(_request: web.Request) -> web.Response:
        age = await _outbox_age(desk, clock)
        counts = await desk.run(outbox.counts)
        unreachable = await desk.run(conversations.unreachable_people)
        lines = [
            "# HELP beslutskollen_outbox_age_seconds Age of the oldest message that still waits to be sent.",
            "# TYPE beslutskollen_outbox_age_seconds gauge",
            f"beslutskollen_outbox_age_seconds {age:.1f}",
            "# HELP beslutskollen_outbox_messages Messages in the outbox, by state.",
            "# TYPE beslutskollen_outbox_messages gauge",
            *(f'beslutskollen_outbox_messages{{state="{state}"}} {counts.get(state, 0)}' for state in outbox.STATES),
            "# HELP beslutskollen_unreachable_people People who had the app and cannot be reached by it any more.",
            "# TYPE beslutskollen_unreachable_people gauge",
            f"beslutskollen_unreachable_people {unreachable}",
        ]
        return web.Response(text="\n".join(lines) + "\n", content_type="text/plain", charset="utf-8")

    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)
    return app


async def _ready(desk: Desk, clock: Clock) -> tuple[bool, float | None]:
    """Return whether the database keeps what is written, and the outbox' age; what takes too long to say is a no."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_READY_SECONDS):
            if await asyncio.get_running_loop().run_in_executor(None, desk.is_ready):
                return True, await _outbox_age(desk, clock)
    return False, None


async def _outbox_age(desk: Desk, clock: Clock) -> float:
    oldest = await desk.run(outbox.oldest_waiting)
    return max(0.0, (clock.now() - oldest).total_seconds()) if oldest else 0.0


async def serve(app: web.Application, admin: web.Application, settings: Settings) -> None:
    """Serve both apps until the process is told to stop.

    Raises: OSError: an address is taken.
    """
    runners = [web.AppRunner(app, handle_signals=True, **server_options()), web.AppRunner(admin, access_log=None)]
    hosts = [(settings.host, settings.port), ("127.0.0.1", settings.admin_port)]
    stop = asyncio.Event()
    _stop_on_signals(stop)
    try:
        for runner, (host, port) in zip(runners, hosts, strict=True):
            await runner.setup()
            await web.TCPSite(runner, host, port).start()
        print(f"Beslutskollen answers on http://{settings.host}:{settings.port}/", flush=True)
        await stop.wait()
    finally:
        for runner in runners:
            await runner.cleanup()


def _stop_on_signals(stop: asyncio.Event) -> None:
    import signal

    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, stop.set)
        except NotImplementedError:  # Windows: Ctrl-C ends the process as usual
            return
