"""The HTTP server: the messages endpoint, liveness, and the wiring of everything behind them."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial

import aiohttp
from aiohttp import web

from bot.adapter import TeamsAdapter
from bot.background import chainer, outbox_worker, projector, sweeper
from bot.background.chainer import Chainer
from bot.background.loop import Loop, run_forever
from bot.background.outbox_worker import OutboxWorker
from bot.background.sweeper import Sweeper
from bot.clock import Clock
from bot.door.bearer import BearerCheck
from bot.door.front_door import AdmissionPolicy, Refused, receive, refusal, server_options
from bot.door.key_ring import KeyRing
from bot.logs import crash_line
from bot.metrics import Metrics
from bot.pages.links import add_links
from bot.pages.purposes import PURPOSES
from bot.sending.sender import Sender
from bot.sending.service_token import ServiceToken, token_endpoint
from bot.settings import Settings
from bot.turns import Turns
from dialogs.turn.tokens import Mint
from storage.desk import Desk
from texts import say

log = logging.getLogger(__name__)
_dumps = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


@dataclass
class Services:
    """The parts of the running bot, created once per process."""

    settings: Settings
    desk: Desk
    clock: Clock
    metrics: Metrics
    adapter: TeamsAdapter
    admission: AdmissionPolicy
    turns: Turns


SERVICES = web.AppKey("services", Services)


def make_app(settings: Settings, desk: Desk, clock: Clock, metrics: Metrics) -> web.Application:
    """Return the public web app. The HTTP session and the background loops start and stop with it."""
    app = web.Application(client_max_size=0)

    async def running(app: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(auto_decompress=True) as session:
            services, worker, keys = build(settings, desk, clock, metrics, session)
            app[SERVICES] = services
            tasks = [asyncio.create_task(run_forever(loop, metrics)) for loop in _loops(services, worker)]
            yield
            await services.adapter.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await worker.close()
            if keys is not None:
                await keys.close()

    app.cleanup_ctx.append(running)
    app.router.add_post("/api/messages", messages)
    app.router.add_get("/healthz", healthz)
    add_links(app, desk, clock, metrics, PURPOSES)
    return app


def _loops(services: Services, worker: OutboxWorker) -> tuple[Loop, ...]:
    desk, clock = services.desk, services.clock
    sweeping = Sweeper(desk, clock, services.metrics, worker.awake.set)
    return (
        Loop("outbox", worker.send_all, outbox_worker.INTERVAL_SECONDS, worker.awake),
        Loop("trail", Chainer(desk, clock).chain, chainer.INTERVAL_SECONDS),
        Loop("reminders", sweeping.sweep_if_due, sweeper.INTERVAL_SECONDS),
        Loop("figures", partial(projector.project, desk), projector.INTERVAL_SECONDS),
    )


def build(
    settings: Settings, desk: Desk, clock: Clock, metrics: Metrics, session: aiohttp.ClientSession
) -> tuple[Services, OutboxWorker, KeyRing | None]:
    """Wire the parts together without starting any. The key ring is None in dev mode, where no token is checked."""
    token = bearer = keys = None
    if settings.mode == "production":
        tenant = settings.app_tenant_id if settings.app_type == "SingleTenant" else ""
        token = ServiceToken(
            session,
            app_id=settings.app_id,
            password=settings.app_password.get_secret_value(),
            endpoint=token_endpoint(tenant),
        )
        keys = KeyRing(session, settings.openid_metadata_url)
        bearer = BearerCheck(keys, app_id=settings.app_id, issuer=settings.token_issuer)
    sender = Sender(session, mode=settings.mode, service_hosts=settings.service_hosts, token=token)
    worker = OutboxWorker(desk, sender, clock, metrics)
    turns = Turns(desk, Mint(settings.secret()), sender, metrics, worker.awake.set, settings.pages_url)
    worker.turns = turns
    admission = AdmissionPolicy(settings.mode, settings.tenants, settings.service_hosts, bearer)
    adapter = TeamsAdapter(sender, turns, clock)
    return Services(settings, desk, clock, metrics, adapter, admission, turns), worker, keys


async def messages(request: web.Request) -> web.StreamResponse:
    """Process one activity. 2xx only after the commit; if that fails, 503, and Teams sends it again."""
    services = request.app[SERVICES]
    try:
        inbound = await receive(request, services.admission)
    except Refused as refused:
        services.metrics.turned_away(refused.status, refused.reason or refused.code)
        return refusal(refused)
    try:
        answer = await services.adapter.process(inbound)
    except Exception as error:
        services.metrics.failed("turn")
        log.error("turn failed: %s", crash_line(error))
        body = {"error": "not_kept", "message": say("common.failed", "sv")}
        return web.json_response(body, status=503, headers={"Retry-After": "2"}, dumps=_dumps)
    if inbound.text and request.transport is not None and not request.transport.is_closing():
        services.turns.mark_delivered(inbound.conversation.id, inbound.text)
    if answer is None:
        return web.Response(status=200)
    return web.json_response(answer.body, status=answer.status, dumps=_dumps)


async def healthz(_request: web.Request) -> web.Response:
    """Liveness: answers without touching the database."""
    return web.json_response({"alive": True})


async def serve(app: web.Application, admin: web.Application, settings: Settings) -> None:
    """Serve both apps until SIGINT or SIGTERM.

    Raises: OSError: an address is already in use.
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
