"""The access token for outgoing calls: fetched from Microsoft Entra ID, cached until shortly before it expires."""

import asyncio
import time
from collections.abc import Callable

import aiohttp

from bot.door.strict_json import read_json
from bot.sending.proofs import Proof, by_secret

RESOURCE = "https://api.botframework.com"
SCOPE = RESOURCE + "/.default"
MULTI_TENANT = "botframework.com"
EARLY_SECONDS = 300.0
_MAX_ANSWER = 64 * 1024


class NoServiceToken(Exception):
    """No token could be fetched, so nothing was sent. Carries a status or an error class, never a response's text."""


def token_endpoint(tenant: str = "") -> str:
    """Return the token endpoint of a single-tenant bot; of a multi-tenant one if `tenant` is empty."""
    return f"https://login.microsoftonline.com/{tenant or MULTI_TENANT}/oauth2/v2.0/token"


class ServiceToken:
    """The client-credentials token of one app. Not used in dev mode, where the sender gets None."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        app_id: str,
        password: str = "",
        endpoint: str,
        proof: Proof | None = None,
        told: Callable[[bool], None] = lambda _went_well: None,
        time_out: float = 10.0,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """proof: how the bot proves who it is, if not by password. told: called with whether a token was fetched."""
        self._session = session
        self._told = told
        self._form = {
            "grant_type": "client_credentials",
            "client_id": app_id,
            "scope": SCOPE,
        }
        self._proof = proof or by_secret(password)
        self._endpoint = endpoint
        self._time_out = aiohttp.ClientTimeout(total=time_out)
        self._ticks = ticks
        self._token = ""
        self._renew_at = 0.0
        self._fetching: asyncio.Task[str] | None = None

    @property
    def is_from_stand_in(self) -> bool:
        """True if the token endpoint is plain http, i.e. a local stand-in."""
        return self._endpoint.startswith("http://")

    async def get(self) -> str:
        """Return a token, normally valid for at least EARLY_SECONDS more. Concurrent callers share one fetch.

        Raises: NoServiceToken.
        """
        if self._token and self._ticks() < self._renew_at:
            return self._token
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._fetch())
            self._fetching.add_done_callback(self._fetched)
        return await asyncio.shield(self._fetching)

    def forget(self) -> None:
        """Discard the cached token, because the connector rejected it."""
        self._token = ""

    def _fetched(self, task: asyncio.Task[str]) -> None:
        self._fetching = None
        if not task.cancelled():
            task.exception()  # retrieved, so that asyncio does not warn when every caller was cancelled

    async def _fetch(self) -> str:
        try:
            token = await self._ask()
        except NoServiceToken:
            self._told(False)
            raise
        self._told(True)
        return token

    async def _ask(self) -> str:
        try:
            async with self._session.post(
                self._endpoint, data=self._form | dict(self._proof()), timeout=self._time_out, allow_redirects=False
            ) as response:
                if response.status != 200:
                    raise NoServiceToken(response.status)
                answer = await read_json(response, _MAX_ANSWER)
            token, lifetime = str(answer["access_token"]), float(answer["expires_in"])
        except (aiohttp.ClientError, OSError, ValueError, TypeError, KeyError) as error:
            raise NoServiceToken(type(error).__name__) from None
        self._token, self._renew_at = token, self._ticks() + lifetime - EARLY_SECONDS
        return token


METADATA_SERVICE = "http://169.254.169.254/metadata/identity/oauth2/token"


class ManagedToken(ServiceToken):
    """The token of a managed identity: handed out by the machine in Azure that the bot runs on, without any secret.

    Source: Microsoft's "How to use managed identities on an Azure VM to acquire an access token" and, for App Service
    and Container Apps, "REST endpoint reference" under managed identities.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        app_id: str,
        endpoint: str = "",
        header: str = "",
        told: Callable[[bool], None] = lambda _went_well: None,
        time_out: float = 10.0,
    ) -> None:
        """endpoint, header: IDENTITY_ENDPOINT and IDENTITY_HEADER where Azure sets them, else the machine's own."""
        super().__init__(session, app_id=app_id, endpoint=endpoint or METADATA_SERVICE, told=told, time_out=time_out)
        version = "2019-08-01" if endpoint else "2018-02-01"
        self._query = {"api-version": version, "resource": RESOURCE, "client_id": app_id}
        self._headers = {"X-IDENTITY-HEADER": header} if endpoint else {"Metadata": "true"}

    @property
    def is_from_stand_in(self) -> bool:
        """False: it is fetched by plain http, on the machine itself, but it is the real one."""
        return False

    async def _ask(self) -> str:
        try:
            # A session of its own: this address is the machine's, and must never be asked for at a proxy.
            async with (
                aiohttp.ClientSession(trust_env=False) as own,
                own.get(
                    self._endpoint,
                    params=self._query,
                    headers=self._headers,
                    timeout=self._time_out,
                    allow_redirects=False,
                ) as response,
            ):
                if response.status != 200:
                    raise NoServiceToken(response.status)
                answer = await read_json(response, _MAX_ANSWER)
            token, ends = str(answer["access_token"]), float(answer["expires_on"])
        except (aiohttp.ClientError, OSError, ValueError, TypeError, KeyError) as error:
            raise NoServiceToken(type(error).__name__) from None
        self._token, self._renew_at = token, self._ticks() + ends - time.time() - EARLY_SECONDS
        return token
