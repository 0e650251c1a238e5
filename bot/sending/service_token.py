"""The access token for outgoing calls: fetched from Microsoft Entra ID, cached until shortly before it expires."""

import asyncio
import time
from collections.abc import Callable

import aiohttp

from bot.door.strict_json import read_json

SCOPE = "https://api.botframework.com/.default"
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
        password: str,
        endpoint: str,
        told: Callable[[bool], None] = lambda _went_well: None,
        time_out: float = 10.0,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """told: is called with whether a token could be fetched."""
        self._session = session
        self._told = told
        self._form = {
            "grant_type": "client_credentials",
            "client_id": app_id,
            "client_secret": password,
            "scope": SCOPE,
        }
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
                self._endpoint, data=self._form, timeout=self._time_out, allow_redirects=False
            ) as response:
                if response.status != 200:
                    raise NoServiceToken(response.status)
                answer = await read_json(response, _MAX_ANSWER)
            token, lifetime = str(answer["access_token"]), float(answer["expires_in"])
        except (aiohttp.ClientError, OSError, ValueError, TypeError, KeyError) as error:
            raise NoServiceToken(type(error).__name__) from None
        self._token, self._renew_at = token, self._ticks() + lifetime - EARLY_SECONDS
        return token
