"""What `doctor` finds outside this machine: proxies, the channel's keys, a token, and the bot's own address."""

import asyncio
import ssl
from collections.abc import Mapping
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

import aiohttp

from bot.clock import Clock
from bot.commandline.common import actor
from bot.commandline.doctor_here import SOON, of_clock
from bot.commandline.doctor_lines import Line
from bot.door.key_ring import KeyRing
from bot.http_server import NAME
from bot.identity import endpoint_of, token_of
from bot.sending.sender import ChatAddress, Gone, Sender, SendError
from bot.sending.service_token import NoServiceToken, ServiceToken
from bot.settings import Settings
from checklists.faults import Code, Refusal, fault
from checklists.identity import address, entra_id
from storage import conversations, people, tenants, trail
from storage.desk import Desk, Session
from texts import say

_PATIENCE = aiohttp.ClientTimeout(total=10.0)
_PROXY_FORM = "it is to be written as http://HOST:PORT"
_FAILS = (aiohttp.ClientError, OSError, ValueError)  # TimeoutError is an OSError


async def look(settings: Settings, today: date) -> list[Line]:
    """Check everything outside this machine; return a line for each thing."""
    lines = await _proxies()
    async with _session(settings) as session:
        lines += await _keys(session, settings)
        lines += await _token_of(settings, session)
    return lines + await _public(settings, today)


def _session(settings: Settings) -> aiohttp.ClientSession:
    # A context made now: aiohttp made its own, with SSL_CERT_FILE as it was, when it was imported.
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context())
    return aiohttp.ClientSession(connector=connector, trust_env=settings.mode == "production", timeout=_PATIENCE)


def _host(url: str) -> str:
    """Return host and port: an address may hold a password before them."""
    return urlsplit(url).netloc.rpartition("@")[2]


def _why(error: BaseException) -> str:
    """Return why a call failed: the operating system's or TLS's own words, never a response's."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return _why(error.certificate_error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, aiohttp.ClientConnectorError):
        return error.os_error.strerror or type(error.os_error).__name__
    if isinstance(error, aiohttp.ClientHttpProxyError):
        wants = ", and wants a name and a password in its address" if error.status == 407 else ""
        return f"the proxy answers {error.status}{wants}"
    if isinstance(error, TimeoutError):
        return "no answer within ten seconds"
    return type(error).__name__


async def _proxies() -> list[Line]:
    """Return whether the proxies that are set can be reached."""
    lines = []
    for scheme, url in sorted(getproxies().items()):
        if scheme not in ("http", "https"):
            continue
        setting, has_scheme = f"{scheme.upper()}_PROXY", "://" in url
        whole = url if has_scheme else f"http://{url}"
        try:
            parts = urlsplit(whole)
            port = parts.port or (443 if parts.scheme == "https" else 80)
            async with asyncio.timeout(5.0):
                _, writer = await asyncio.open_connection(parts.hostname or "", port)
            writer.close()
            # curl accepts an address without http://, and many guides write it so; aiohttp does not.
            why = "" if has_scheme else _PROXY_FORM
        except ValueError:  # the port is not a number
            why = _PROXY_FORM
        except OSError as error:
            why = "no answer within five seconds" if isinstance(error, TimeoutError) else type(error).__name__
        if why:
            lines.append(Line("proxy", fault=fault(Code.PROXY_SILENT, host=_host(whole), setting=setting, why=why)))
        else:
            lines.append(Line("proxy", ok=f"{setting}: {parts.hostname}:{port} answers"))
    return lines or [Line("proxy", ok="none is set")]


async def _keys(session: aiohttp.ClientSession, settings: Settings) -> list[Line]:
    """Return whether the channel's keys can be fetched, and whether their server's clock agrees with this machine's."""
    url, host = settings.openid_metadata_url, _host(settings.openid_metadata_url)
    try:
        async with session.get(url, allow_redirects=False) as response:
            status, written = response.status, response.headers.get("Date", "")
    except _FAILS as error:
        return [Line("channel keys", fault=fault(Code.KEYS_UNREACHABLE, host=host, why=_why(error)))]
    lines = _clock(host, written)
    went_well: list[bool] = []
    await KeyRing(session, url, told=went_well.append).refresh()
    if went_well != [True]:
        why = f"status {status}" if status != 200 else "no usable keys in the answer"
        return [*lines, Line("channel keys", fault=fault(Code.KEYS_UNREACHABLE, host=host, why=why))]
    return [*lines, Line("channel keys", ok=f"{host} hands them out")]


def _clock(host: str, written: str) -> list[Line]:
    try:
        there = parsedate_to_datetime(written)
    except (ValueError, TypeError):  # the response has no date
        return []
    return [of_clock(host, (there - datetime.now(UTC)).total_seconds())]


async def _token_of(settings: Settings, session: aiohttp.ClientSession) -> list[Line]:
    try:
        token = token_of(settings, session)
    except Refusal:  # reported with the settings
        return [Line("token", left_out="the settings come first")]
    return [await _token(token, _host(endpoint_of(settings)))]


async def _token(token: ServiceToken, host: str) -> Line:
    try:
        await token.get()
    except NoServiceToken as none:
        why = none.args[0]
        if isinstance(why, int) and 400 <= why < 500:
            return Line("token", fault=fault(Code.TOKEN_REFUSED, host=host, why=f"status {why}"))
        return Line("token", fault=fault(Code.TOKEN_UNREACHABLE, host=host, why=str(why)))
    return Line("token", ok=f"{host} gives one")


# --- the bot's own address -------------------------------------------------------------------------------------------


async def _public(settings: Settings, today: date) -> list[Line]:
    """Return whether the bot answers at BK_PUBLIC_URL, and how long its certificate lasts."""
    if not settings.public_url:
        return [Line("public address", left_out="BK_PUBLIC_URL is not set; links and the Teams package need it")]
    url, host = f"{settings.public_url}/api/messages", _host(settings.public_url)
    shown: list[Mapping[str, Any]] = []

    class Looked(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            shown.append(self.getpeercert() or {})

    context = ssl.create_default_context()
    context.sslobject_class = Looked
    connector = aiohttp.TCPConnector(ssl=context)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, trust_env=True, timeout=_PATIENCE) as session,
            session.get(url, allow_redirects=False) as response,
        ):
            # The bot takes only POST here; any other answer is somebody else's.
            status, is_bot = response.status, response.status == 405
    except aiohttp.ClientConnectorCertificateError as error:
        return [Line("certificate", fault=fault(Code.CERTIFICATE_UNTRUSTED, host=host, why=_why(error)))]
    except _FAILS as error:
        return [Line("public address", fault=fault(Code.PUBLIC_SILENT, host=host, why=_why(error)))]
    lines = [_lasts(host, shown[-1], today)] if shown else []
    if not is_bot:
        return [*lines, Line("public address", fault=fault(Code.PUBLIC_IS_ANOTHER, url=url, status=status))]
    return [*lines, Line("public address", ok=f"{NAME} answers at {url}")]


def _lasts(host: str, certificate: Mapping[str, Any], today: date) -> Line:
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC).date()
    days = (ends - today).days
    if days < SOON:
        return Line("certificate", fault=fault(Code.CERTIFICATE_ENDS, host=host, day=ends, days=days))
    return Line("certificate", ok=f"that of {host} ends on {ends}, in {days} days")


# --- a message to oneself --------------------------------------------------------------------------------------------


async def send(settings: Settings, desk: Desk, who: str) -> Line:
    """Send a message without content to somebody in the register who has the app, and record that in the trail."""

    def find(session: Session) -> tuple[int, ChatAddress, str] | str | None:
        for tenant in tenants.everyone(session):
            if entra_id(tenant.entra_id) not in settings.tenants:
                continue
            row = people.by_object_id(session, tenant.id, entra_id(who)) or people.by_email(
                session, tenant.id, address(who)
            )
            if row is None:
                continue
            chat = conversations.chat_with(session, row.id)
            if chat is None:
                return ""
            words = say("common.sent_to_try", "en" if row.language == "en" else "sv")
            return tenant.id, ChatAddress(chat.service_url, chat.channel_id, tenant.entra_id), words
        return None

    found = desk.read_now(find)
    if found is None:
        return Line("send-test", fault=fault(Code.NOBODY_TO_SEND_TO))
    if isinstance(found, str):
        return Line("send-test", fault=fault(Code.HAS_NO_APP))
    tenant_id, chat, words = found
    try:
        async with _session(settings) as session:
            token = token_of(settings, session) if settings.mode == "production" else None
            sender = Sender(session, mode=settings.mode, service_hosts=settings.service_hosts, token=token)
            await sender.send(chat, {"type": "message", "text": words})
    except Gone:
        return Line("send-test", fault=fault(Code.HAS_NO_APP))
    except SendError as error:
        status = f" {error.status}" if error.status else ""
        return Line("send-test", fault=fault(Code.NOT_SENT, why=type(error).__name__ + status))
    now = Clock(settings.now).now()
    desk.run_now(lambda session: trail.record(session, tenant_id, now, actor(), "test_sent"))
    return Line("send-test", ok="the connector took the message; look in the chat")
