"""The public keys the Bot Framework signs with: refreshed in the background, kept while the key host is down."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import InvalidKeyError
from jwt.algorithms import RSAAlgorithm

from bot.door.service_hosts import is_safe_source
from bot.door.strict_json import read_json

DEFAULT_METADATA_URL = "https://login.botframework.com/v1/.well-known/openidconfiguration"
REFRESH_SECONDS = 24 * 3600.0
QUIET_SECONDS = 60.0
QUIET_WITHOUT_KEYS = 10.0
_MAX_ANSWER = 1024 * 1024
_MIN_BITS = 2048

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Key:
    """A signing key and the channels it is endorsed for. Compared by identity: a changed key is a new object."""

    public: RSAPublicKey
    endorsements: frozenset[str]
    jwk: dict[str, Any]


class KeyRing:
    """Signing keys by key id. The old set stays in use during a refresh and for as long as refreshing fails."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        metadata_url: str = DEFAULT_METADATA_URL,
        *,
        told: Callable[[bool], None] = lambda _went_well: None,
        fetch_seconds: float = 5.0,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """told: called with whether a fetch went well."""
        self._session = session
        self._told = told
        self._metadata_url = metadata_url
        self._fetch_seconds = fetch_seconds
        self._ticks = ticks
        self._keys: dict[str, Key] = {}
        self._fetching: asyncio.Task[None] | None = None
        self._stale_at = 0.0
        self._quiet_until = 0.0

    async def find(self, kid: str) -> Key | None:
        """Return the key with this id, or None. An unknown id triggers a fetch, at most once a minute. Never raises."""
        now = self._ticks()
        if kid in self._keys:
            if now >= self._stale_at and self._fetching is None:
                self._start_fetch()
            return self._keys[kid]
        fetching = self._fetching
        if fetching is None:
            if now < self._quiet_until:
                return None
            if self._keys:
                self._quiet_until = now + QUIET_SECONDS
            fetching = self._start_fetch()
        await asyncio.shield(fetching)
        return self._keys.get(kid)

    async def refresh(self) -> None:
        """Fetch the keys if there are none, or they are due. Never raises."""
        if self._fetching is None and (not self._keys or self._ticks() >= self._stale_at):
            await asyncio.shield(self._start_fetch())

    async def close(self) -> None:
        """Cancel a fetch in progress; call before closing the session."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait({self._fetching})

    def _start_fetch(self) -> asyncio.Task[None]:
        self._fetching = asyncio.create_task(self._fetch())
        return self._fetching

    async def _fetch(self) -> None:
        try:
            async with asyncio.timeout(self._fetch_seconds):
                self._keys = await self._load()
            self._stale_at = self._ticks() + REFRESH_SECONDS
            self._told(True)
        except (aiohttp.ClientError, OSError, ValueError) as error:  # TimeoutError is an OSError
            self._told(False)
            log.warning("signing keys not fetched: %s", type(error).__name__)
            self._stale_at = self._ticks() + QUIET_SECONDS
            self._quiet_until = self._ticks() + (QUIET_SECONDS if self._keys else QUIET_WITHOUT_KEYS)
        finally:
            self._fetching = None

    async def _load(self) -> dict[str, Key]:
        metadata = await self._get(self._metadata_url)
        address = metadata.get("jwks_uri")
        if not isinstance(address, str):
            raise ValueError("no jwks_uri")
        listed = (await self._get(address)).get("keys")
        keys = dict(pair for jwk in listed if (pair := self._key(jwk))) if isinstance(listed, list) else {}
        if not keys:
            raise ValueError("no usable key")
        return keys

    async def _get(self, url: str) -> dict[str, Any]:
        if not is_safe_source(url):
            raise ValueError("keys from a URL that is not safe")
        async with self._session.get(url, allow_redirects=False) as response:
            if response.status != 200:
                raise ValueError("key host refused")
            answer = await read_json(response, _MAX_ANSWER)
        if not isinstance(answer, dict):
            raise ValueError("not an object")
        return answer

    def _key(self, jwk: Any) -> tuple[str, Key] | None:
        """Parse one published key; None unless it is an RSA signing key with an id and at least 2048 bits."""
        if not isinstance(jwk, dict) or not isinstance(kid := jwk.get("kid"), str) or jwk.get("use", "sig") != "sig":
            return None
        known = self._keys.get(kid)
        if known is not None and known.jwk == jwk:
            return kid, known
        try:
            public = RSAAlgorithm.from_jwk(jwk)
        except (InvalidKeyError, ValueError, TypeError, KeyError):
            return None
        if not isinstance(public, RSAPublicKey) or public.key_size < _MIN_BITS:
            return None
        listed = jwk.get("endorsements")
        endorsements = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
        return kid, Key(public, frozenset(endorsements), jwk)
