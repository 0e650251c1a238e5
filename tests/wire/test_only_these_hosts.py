"""The running service contacts the connector, the key host and the token host, and nobody else: no AI, no telemetry."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.browser.real_bot import RealBot, free_ports
from tests.waiting import until
from tests.wire.bot_process import Client, RecordingConnector, people_csv
from tests.wire.certificates import root_pem
from tests.wire.issuer import APP_ID, good_claims, private_key, signed
from tests.wire.test_commands import PRODUCTION
from tests.wire.test_own_roots import KEYS, TOKENS, BreakingProxy

RECORDER = """
import sys

LIST = open(__file__ + ".txt", "a", buffering=1)

def hook(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        LIST.write(f"{address[0]}:{address[1]}\\\\n" if isinstance(address, tuple) else "")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        LIST.write(f"{arguments[0]}\\\\n")

sys.addaudithook(hook)
""".replace("\\\\", "\\")
"""Put before everything else the service loads; Python tells it of every connection and every name looked up."""
PLANTED = """
import socket, threading

def ask():
    try:
        socket.create_connection(("ai.example.invalid", 443), timeout=1)
    except OSError:
        pass

threading.Thread(target=ask).start()
"""
REF = "SN 2026/0123"
READ = {
    "Har barnet kommit till tals under utredning?": "Ja",
    **dict.fromkeys(("Orosanmälan", "Utredning", "Insats", "Beslut"), "Ja"),
    "Är kommuniceringsrutorna på sista sidan ifyllda?": "Ja",
    "Har beslut tagits kring polisanmälan?": "Ej tillämpligt",
}


class Watched:
    """A service in production, and everybody it has turned to."""

    def __init__(self, folder: Path, proxy: BreakingProxy, connector: RecordingConnector, way_out: str) -> None:
        self._file, self._proxy, self._connector = folder / "sitecustomize.py", proxy, connector
        self._way_out = way_out.removeprefix("http://")
        self.bot: RealBot

    def contacted(self) -> set[str]:
        """Return the hosts contacted, those behind the proxy by name, the connector as "connector"."""
        told = self._file.with_name("sitecustomize.py.txt").read_text(encoding="utf-8").split()
        names = {self._way_out: "proxy", self._connector.service_url.removeprefix("http://"): "connector"}
        plain = {names.get(one, one) for one in told} - {"proxy", "None", "127.0.0.1", "localhost"}
        return plain | {host.partition(":")[0] for host in self._proxy.hosts}


@asynccontextmanager
async def watched(folder: Path, planted: str = "") -> AsyncIterator[tuple[Watched, RecordingConnector]]:
    """Run the service with the recorder in it. planted: what else it does."""
    proxy, (port, admin) = BreakingProxy(folder), free_ports(2)
    (folder / "roots.pem").write_bytes(root_pem())
    async with proxy.running() as way_out, RecordingConnector() as connector:
        (folder / "sitecustomize.py").write_text(RECORDER + planted, encoding="utf-8")
        settings = PRODUCTION | {
            "MicrosoftAppId": APP_ID,
            "BK_OPENID_METADATA_URL": f"https://{KEYS}/openid",
            "BK_SERVICE_HOSTS": "127.0.0.1",
            "SSL_CERT_FILE": str(folder / "roots.pem"),
            "PYTHONPATH": str(folder),
            **dict.fromkeys(("HTTPS_PROXY", "https_proxy"), way_out),
            **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost"),
        }
        seen = Watched(folder, proxy, connector, way_out)
        seen.bot = RealBot(folder, port, admin, settings, arguments=(), is_warm=False)  # sitecustomize
        people = people_csv(("anna",)) + "\n" + people_csv(("cecilia",), "unit_manager").partition("\n")[2]
        seen.bot.is_given(people)
        await seen.bot.start()
        try:
            yield seen, connector
        finally:
            await seen.bot.stop()


async def test_a_whole_conversation_goes_to_the_connector_and_two_hosts_for_keys_and_tokens(tmp_path: Path) -> None:
    async with watched(tmp_path) as (seen, connector):
        claims = good_claims(serviceurl=connector.service_url)
        token = signed({"alg": "RS256", "typ": "JWT", "kid": "one"}, claims, private_key("one"))
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
            anna, cecilia = (Client(seen.bot, connector, session, name) for name in ("anna", "cecilia"))
            await cecilia.types("hej")
            for line in (
                f"ny {REF}",
                "nej nej nej ja",
                "nej, påhittat: barnet är tre månader",
                "ja ja ja ja",
                "nej",
                "et",
            ):
                await anna.types(line)
            before = set(connector.chats[cecilia.chat])
            await anna.presses("Skicka till chef")
            await connector.posted_after(cecilia.chat, before)
            await cecilia.types("att läsa")
            await cecilia.presses("Börja läsa")
            await cecilia.presses("Spara", READ)
            await cecilia.presses("Visa skillnader")
            await cecilia.presses("Signera med brist")
            await cecilia.presses("Signera med brist", {"Skäl": "Påhittat skäl"})
            await cecilia.types("rapport")
        assert seen.contacted() == {"connector", KEYS, TOKENS}


async def test_a_call_to_anybody_else_is_seen(tmp_path: Path) -> None:
    async with watched(tmp_path, PLANTED) as (seen, _):

        async def contacted() -> set[str]:
            return seen.contacted()

        await until("the planted call", contacted, lambda found: "ai.example.invalid" in found)
