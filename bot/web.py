"""The HTTP server: the messages endpoint, liveness, and the wiring of everything behind them."""

import asyncio
import contextlib
import errno
import gc
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.request import getproxies
from uuid import uuid4

import aiohttp
from aiohttp import hdrs, web
from pydantic_core import to_json

from bot.adapter import TeamsAdapter
from bot.background import chainer, deleter, importer, left_out, outbox_worker, presence, projector, sweeper
from bot.background.chainer import Chainer
from bot.background.deleter import Deleter
from bot.background.importer import Importer
from bot.background.loop import Loop, run_forever
from bot.background.outbox_worker import OutboxWorker
from bot.background.sweeper import Sweeper
from bot.background.watch import watch
from bot.clock import Clock
from bot.door.bearer import BearerCheck
from bot.door.front_door import AdmissionPolicy, Refused, receive, refusal, server_options
from bot.door.key_ring import KeyRing
from bot.http_server import HTTPS_ONLY, Runner
from bot.identity import proof_ends, token_of
from bot.logs import crash_line, name_request
from bot.metrics import Metrics
from bot.pages.links import add_links
from bot.pages.public_pages import add_public_pages
from bot.pages.purposes import PURPOSES
from bot.sending.sender import Sender
from bot.sending.service_token import ServiceToken
from bot.settings import Settings, tombstones_beside
from bot.stopping import FINISH_SECONDS, stop_accepting
from bot.tab.entra import EntraCheck
from bot.turns import Turns
from checklists.faults import Code, Refusal, fault
from dialogs.turn.tokens import Mint
from storage.desk import Desk
from texts import say

_JSON: Mapping[str, str] = {str(hdrs.CONTENT_TYPE): "application/json; charset=utf-8"}
log = logging.getLogger(__name__)


class CannotListen(Refusal):
    """The bot cannot listen on the address it is given."""


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
    tab: EntraCheck | None


SERVICES = web.AppKey("services", Services)


def make_app(settings: Settings, desk: Desk, clock: Clock, metrics: Metrics) -> web.Application:
    """Return the public web app. The HTTP session and the background loops start and stop with it."""
    app = web.Application(client_max_size=0)

    async def running(app: web.Application) -> AsyncIterator[None]:
        # A municipality's proxy is for outgoing traffic; in dev mode all of it stays on this machine. Without a proxy,
        # trust_env is off: with it, aiohttp reads the whole environment, and any netrc file, for every message.
        proxied = settings.mode == "production" and bool(getproxies())
        # Nor does a cookie of the channel mean anything to the bot.
        jar = aiohttp.DummyCookieJar()
        async with aiohttp.ClientSession(auto_decompress=True, trust_env=proxied, cookie_jar=jar) as session:
            replica = str(uuid4())
            services, worker, proofs = build(settings, desk, clock, metrics, session, replica)
            desk.noticed = partial(left_out.row, metrics)
            app[SERVICES] = services
            if services.tab is not None:
                from bot.tab.routes import DOOR, Door

                app[DOOR] = Door(services.tab, services.turns)
            here = presence.Presence(desk, replica, services.adapter.sender.share)
            await here.beat()  # before anything is leased: a lease belongs to a registered replica
            loops = (Loop("replica", here.beat, presence.INTERVAL_SECONDS), *_loops(services, worker, settings))
            tasks = [asyncio.create_task(run_forever(loop, metrics)) for loop in loops]
            if proofs is not None:
                tasks.append(asyncio.create_task(watch(*proofs)))
            yield
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.gather(services.adapter.close(), worker.close())
            if proofs is not None:
                await proofs[0].close()
            if services.tab is not None:
                await services.tab.keys.close()
            with contextlib.suppress(Exception):  # the database may be down: the others notice within ten seconds
                await here.leave()

    app.cleanup_ctx.append(running)
    # A proxy may strip the path of BK_PUBLIC_URL, or pass it on.
    for base in sorted({"", settings.base_path}):
        app.router.add_post(f"{base}/api/messages", messages)
        app.router.add_get(f"{base}/healthz", healthz)
    add_links(app, desk, clock, metrics, PURPOSES, settings.base_path)
    add_public_pages(app, settings, desk, metrics)
    if settings.tab_resource:
        from bot.tab.routes import add_tab  # as below: what a bot is not set up for, it does not load

        add_tab(app, settings, desk, clock, metrics)
    return app


def _loops(services: Services, worker: OutboxWorker, settings: Settings) -> tuple[Loop, ...]:
    desk, clock = services.desk, services.clock
    left = Importer(desk).finish_left
    rounds: list[Callable[[], Awaitable[object]]] = [left]
    if settings.import_folder:
        from bot.background.import_folder import ImportFolder

        folder = Path(settings.import_folder)
        rounds.append(ImportFolder(folder, desk, clock, settings.tenants, worker.awake.set).look)
    sweeping = Sweeper(desk, clock, services.metrics, worker.awake.set)
    deleting = Deleter(desk, clock, tombstones_beside(settings.database))
    return (
        Loop("outbox", worker.send_all, outbox_worker.INTERVAL_SECONDS, worker.awake),
        Loop("trail", Chainer(desk, clock).chain, chainer.INTERVAL_SECONDS),
        Loop("reminders", sweeping.sweep_if_due, sweeper.INTERVAL_SECONDS),
        Loop("figures", partial(projector.project, desk, services.clock, services.metrics), projector.INTERVAL_SECONDS),
        Loop("imports", partial(_one_after_another, rounds), importer.INTERVAL_SECONDS),
        Loop("deletions", deleting.take_away, deleter.INTERVAL_SECONDS),
    )


async def _one_after_another(rounds: Sequence[Callable[[], Awaitable[object]]]) -> None:
    for one in rounds:
        await one()


def build(
    settings: Settings, desk: Desk, clock: Clock, metrics: Metrics, session: aiohttp.ClientSession, replica: str
) -> tuple[Services, OutboxWorker, tuple[KeyRing, ServiceToken] | None]:
    """Wire the parts together without starting any. Keys and token are None in dev mode, where neither is used."""
    token = bearer = proofs = None
    if settings.mode == "production":
        token = token_of(settings, session, metrics.health.told("token"))
        metrics.proof_ends(proof_ends(settings))
        keys = KeyRing(session, settings.openid_metadata_url, told=metrics.health.told("keys"))
        proofs = keys, token
        bearer = BearerCheck(keys, app_id=settings.app_id, issuer=settings.token_issuer)
    told = metrics.health.told("sends")
    sender = Sender(session, mode=settings.mode, service_hosts=settings.service_hosts, token=token, told=told)
    worker = OutboxWorker(desk, sender, clock, metrics, replica)
    turns = Turns(
        desk, Mint(settings.secret()), sender, metrics, worker.awake.set, settings.pages_url, settings.tab_url
    )
    worker.turns, turns.own_sends = turns, worker
    admission = AdmissionPolicy(settings.mode, settings.tenants, settings.service_hosts, bearer)
    adapter = TeamsAdapter(sender, turns, clock)
    tab = None
    if settings.tab_resource:
        of_people = KeyRing(session, settings.tab_metadata_url)
        tab = EntraCheck(of_people, app_id=settings.app_id, resource=settings.tab_resource, tenants=settings.tenants)
    return Services(settings, desk, clock, metrics, adapter, admission, turns, tab), worker, proofs


@dataclass(slots=True)
class _Call:
    """A request being answered. is_over: it has been processed, and is about to get its response."""

    request: web.Request
    is_over: bool = False

    def is_cut(self) -> bool:
        """Return whether the client has closed the connection before being answered."""
        transport = self.request.transport
        return not self.is_over and (transport is None or transport.is_closing())


async def messages(request: web.Request) -> web.StreamResponse:
    """Process one activity. 2xx only after the commit; if that fails, 503, and Teams sends it again."""
    services, call = request.app[SERVICES], _Call(request)
    name_request(request.headers, request.remote)
    try:
        inbound = await receive(request, services.admission)
    except Refused as refused:
        services.metrics.turned_away(refused.status, refused.reason or refused.code)
        return refusal(refused)
    try:
        answer = await services.adapter.process(inbound, call.is_cut)
    except Exception as error:
        services.metrics.failed("turn")
        log.error("turn failed: %s", crash_line(error))
        body = {"error": "not_kept", "message": say("common.failed", "sv")}
        return _json_response(body, 503, {**_JSON, "Retry-After": "2"})
    call.is_over = True
    if answer is not None and answer.status == HTTPStatus.BAD_REQUEST:
        services.metrics.turned_away(answer.status, "invoke")
        log.warning("activity refused: 400 invoke")
    if answer is None:
        return web.Response(status=200)
    return _json_response(answer.body, answer.status)


def _json_response(body: Mapping[str, Any], status: int, headers: Mapping[str, str] = _JSON) -> web.Response:
    """Return a response, written in a quarter of the time that `web.json_response` takes for a card."""
    return web.Response(body=to_json(body), status=status, headers=headers)


async def healthz(_request: web.Request) -> web.Response:
    """Liveness: answers without touching the database."""
    return web.json_response({"alive": True})


async def serve(app: web.Application, admin: web.Application, settings: Settings) -> None:
    """Serve both apps until SIGINT or SIGTERM; requests in progress are then finished.

    Raises: CannotListen: an address is in use, or not one of this machine's.
    """
    headers = HTTPS_ONLY if settings.public_url.lower().startswith("https://") else None
    options = server_options(keep_alive=settings.keep_alive_seconds)
    public = Runner(app, headers=headers, shutdown_timeout=FINISH_SECONDS, **options)
    runners = [public, Runner(admin, access_log=None, shutdown_timeout=1.0)]
    stop = asyncio.Event()
    _stop_on_signals(stop)
    try:
        for runner in runners:
            await runner.setup()
        server = public.listener
        with _told(settings.host, settings.port, "BK_HOST", "PORT"):
            listening = await asyncio.get_running_loop().create_server(server, _every(settings.host), settings.port)
        with contextlib.closing(listening):
            with _told(settings.admin_host, settings.admin_port, "BK_ADMIN_HOST", "BK_ADMIN_PORT"):
                await web.TCPSite(runners[1], _every(settings.admin_host), settings.admin_port).start()
            shown = f"[{settings.host}]" if ":" in settings.host else settings.host
            gc.freeze()  # what has been created so far stays: spare the collector from scanning it over and over
            print(f"Beslutskollen answers on http://{shown}:{settings.port}/", flush=True)
            await stop.wait()
            public.say_close()
            await stop_accepting(listening, server)
    finally:
        for runner in runners:
            await runner.cleanup()


def _every(host: str) -> str | None:
    """Return the host to give asyncio: `::` means every address to us, but only those of IPv6 to asyncio."""
    return None if host == "::" else host


@contextlib.contextmanager
def _told(host: str, port: int, host_setting: str, port_setting: str) -> Iterator[None]:
    """Raise CannotListen, which names the setting, in place of the system's error."""
    try:
        yield
    except OSError as error:
        address = f"{host}:{port}"
        if error.errno == errno.EADDRINUSE:
            raise CannotListen(fault(Code.CANNOT_LISTEN, address=address, setting=port_setting)) from None
        setting = port_setting if error.errno == errno.EACCES else host_setting
        raise CannotListen(fault(Code.ADDRESS_NOT_HERE, address=address, setting=setting)) from None


def _stop_on_signals(stop: asyncio.Event) -> None:
    import signal

    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, stop.set)
        except NotImplementedError:  # Windows: Ctrl-C ends the process as usual
            return
