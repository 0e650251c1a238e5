"""HTTP: the messages endpoint, liveness, and how the whole is put together and served."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

import aiohttp
from aiohttp import web

from bot.adapter import TeamsAdapter
from bot.background import chainer, outbox_worker, presence, projector, sweeper
from bot.background.chainer import Chainer
from bot.background.loop import Loop, run_forever
from bot.background.outbox_worker import OutboxWorker
from bot.background.sweeper import Reminding
from bot.clock import Clock
from bot.door.bearer import BearerCheck
from bot.door.front_door import Gate, Refused, receive, refusal, server_options
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
class Office:
    """What the running bot is made of; built once."""

    settings: Settings
    desk: Desk
    clock: Clock
    metrics: Metrics
    adapter: TeamsAdapter
    gate: Gate
    turns: Turns


FINISH_SECONDS = 8.0
"""How long requests under way may take when the bot is stopped."""
ARRIVE_SECONDS = 0.5
"""How long a request may be on its way over a connection that was accepted just before the stop."""
OFFICE = web.AppKey("office", Office)


def make_app(settings: Settings, desk: Desk, clock: Clock, metrics: Metrics) -> web.Application:
    """Return the web app that answers the channel. Clients, session and workers live as long as it does."""
    app = web.Application(client_max_size=0)

    async def running(app: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(auto_decompress=True) as session:
            replica = str(uuid4())
            office, worker, keys = build(settings, desk, clock, metrics, session, replica)
            app[OFFICE] = office
            here = presence.Presence(desk, replica, office.adapter.sender.share)
            await here.beat()  # before anything is leased: a lease is its replica's
            loops = (Loop("replica", here.beat, presence.EVERY), *_loops(office, worker))
            tasks = [asyncio.create_task(run_forever(loop, metrics)) for loop in loops]
            yield
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.gather(office.adapter.close(), worker.close())
            if keys is not None:
                await keys.close()
            with contextlib.suppress(Exception):  # a database that is away: the others notice within ten seconds
                await here.leave()

    app.cleanup_ctx.append(running)
    app.router.add_post("/api/messages", messages)
    app.router.add_get("/healthz", healthz)
    add_links(app, desk, clock, metrics, PURPOSES)
    return app


def _loops(office: Office, worker: OutboxWorker) -> tuple[Loop, ...]:
    desk, clock = office.desk, office.clock
    reminding = Reminding(desk, clock, office.metrics, worker.awake.set)
    return (
        Loop("outbox", worker.send_all, outbox_worker.EVERY, worker.awake),
        Loop("trail", Chainer(desk, clock).chain, chainer.EVERY),
        Loop("reminders", reminding.look, sweeper.EVERY),
        Loop("figures", partial(projector.project, desk), projector.EVERY),
    )


def build(
    settings: Settings, desk: Desk, clock: Clock, metrics: Metrics, session: aiohttp.ClientSession, replica: str
) -> tuple[Office, OutboxWorker, KeyRing | None]:
    """Return what the running bot is made of; nothing of it runs yet."""
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
    worker = OutboxWorker(desk, sender, clock, metrics, replica)
    turns = Turns(desk, Mint(settings.secret()), sender, metrics, worker.awake.set, settings.pages_url)
    worker.turns = turns
    gate = Gate(settings.mode, settings.tenants, settings.service_hosts, bearer)
    adapter = TeamsAdapter(sender, turns, clock)
    return Office(settings, desk, clock, metrics, adapter, gate, turns), worker, keys


class _Call:
    """A request until it is answered."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self.is_over = False

    def is_cut(self) -> bool:
        """Return whether whoever sent the request has closed the connection before its answer."""
        transport = self._request.transport
        return not self.is_over and (transport is None or transport.is_closing())


async def messages(request: web.Request) -> web.StreamResponse:
    """Take one activity. 2xx only after its commit; a database that cannot keep it gives 503, and Teams sends again."""
    office, call = request.app[OFFICE], _Call(request)
    try:
        inbound = await receive(request, office.gate)
    except Refused as refused:
        office.metrics.turned_away(refused.status, refused.reason or refused.code)
        return refusal(refused)
    try:
        answer = await office.adapter.process(inbound, call.is_cut)
    except Exception as error:
        office.metrics.failed("turn")
        log.error("turn failed: %s", crash_line(error))
        body = {"error": "not_kept", "message": say("common.failed", "sv")}
        return web.json_response(body, status=503, headers={"Retry-After": "2"}, dumps=_dumps)
    call.is_over = True
    if answer is None:
        return web.Response(status=200)
    return web.json_response(answer.body, status=answer.status, dumps=_dumps)


async def healthz(_request: web.Request) -> web.Response:
    """Say that the process lives."""
    return web.json_response({"alive": True})


async def serve(app: web.Application, admin: web.Application, settings: Settings) -> None:
    """Serve both apps until the process is told to stop; what is under way is then finished.

    Raises: OSError: an address is taken.
    """
    runners = [
        web.AppRunner(app, shutdown_timeout=FINISH_SECONDS, **server_options()),
        web.AppRunner(admin, access_log=None, shutdown_timeout=1.0),
    ]
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
        await _stop_accepting(runners[0])
        for runner in runners:
            await runner.cleanup()


async def _stop_accepting(runner: web.AppRunner) -> None:
    """Accept nothing more, and let connections that have just been accepted deliver their request."""
    await asyncio.sleep(0)  # accept whoever has knocked: closing the socket would reset them
    for site in runner.sites:
        await site.stop()
    await asyncio.sleep(ARRIVE_SECONDS)


def _stop_on_signals(stop: asyncio.Event) -> None:
    import signal

    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, stop.set)
        except NotImplementedError:  # Windows: Ctrl-C ends the process as usual
            return
