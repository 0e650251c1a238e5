"""Verifies the bearer token Teams sends with every activity: signature, issuer, audience, validity period."""

import hashlib
import re
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jwt import PyJWS
from jwt.exceptions import InvalidTokenError

from bot.door import strict_json
from bot.door.key_ring import Key, KeyRing
from checklists.identity import entra_id

DEFAULT_ISSUER = "https://api.botframework.com"
LEEWAY_SECONDS = 300
MAX_TOKEN = 8000
_REMEMBERED = 1000
_BEARER = re.compile(r"bearer +([\w-]+)\.[\w-]+\.[\w-]+", re.IGNORECASE | re.ASCII)
_RS256 = PyJWS(algorithms=["RS256"])


class BadToken(Exception):
    """The token is not valid. reason: a fixed code, safe to log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Caller:
    """What a valid token proves: the caller's serviceUrl, and the channels its key is endorsed for."""

    service_url: str
    endorsements: frozenset[str]


@dataclass(frozen=True)
class _Verified:
    kid: str
    key: Key
    expires: float
    not_before: float
    service_url: str


class BearerCheck:
    """Verifies tokens of one issuer for one app.

    Teams sends the same token with many activities, so verified tokens are cached by digest. The validity period is
    checked every time, and a cached token is verified again when its key changes.
    Source: Microsoft's "Authenticate requests from the Bot Connector service to your bot".
    """

    def __init__(
        self, keys: KeyRing, *, app_id: str, issuer: str = DEFAULT_ISSUER, now: Callable[[], float] = time.time
    ) -> None:
        if not app_id or not issuer:
            raise ValueError("a token check needs an app id and an issuer")
        self._keys = keys
        self._app_id = entra_id(app_id)
        self._issuer = issuer
        self._now = now
        self._verified: dict[bytes, _Verified] = {}  # oldest first

    async def check(self, authorization: str | None) -> Caller:
        """Verify an Authorization header (None: absent or repeated) and return what it proves.

        The caller must still compare the activity's serviceUrl and channel with the result. Raises: BadToken.
        """
        if authorization is None or len(authorization) > MAX_TOKEN:
            raise BadToken("missing" if authorization is None else "too_long")
        digest = hashlib.sha256(authorization.encode(errors="surrogateescape")).digest()
        known = self._verified.get(digest)
        kid = known.kid if known else key_id(authorization)
        key = await self._keys.find(kid)
        if key is None:
            raise BadToken("unknown_key")
        if known is None or known.key is not key:
            known = self._remember(digest, self._read_claims(signed_claims(authorization, key), kid, key))
        now = self._now()
        if known.expires + LEEWAY_SECONDS <= now:
            raise BadToken("expired")
        if known.not_before - LEEWAY_SECONDS > now:
            raise BadToken("not_yet")
        return Caller(known.service_url, key.endorsements)

    def _remember(self, digest: bytes, verified: _Verified) -> _Verified:
        self._verified[digest] = verified
        if len(self._verified) > _REMEMBERED:
            del self._verified[next(iter(self._verified))]
        return verified

    def _read_claims(self, claims: dict[str, Any], kid: str, key: Key) -> _Verified:
        if claims.get("iss") != self._issuer:
            raise BadToken("issuer")
        audience = claims.get("aud")
        # A list is refused as well: a token for several audiences is for nobody in particular.
        if not isinstance(audience, str) or entra_id(audience) != self._app_id:
            raise BadToken("audience")
        service_url = claims.get("serviceurl")
        if not isinstance(service_url, str) or not service_url:
            raise BadToken("no_service_url")
        return _Verified(kid, key, seconds(claims.get("exp")), seconds(claims.get("nbf")), service_url)


def key_id(authorization: str) -> str:
    """Read only the key id from a token's header.

    Key URLs (jku, x5u) are never followed; any critical extension (crit) is refused. Raises: BadToken.
    """
    match = _BEARER.fullmatch(authorization)
    if match is None:
        raise BadToken("not_bearer")
    header = _segment(match[1])
    kid = header.get("kid")
    if not isinstance(kid, str) or "crit" in header:
        raise BadToken("header")
    return kid


def signed_claims(authorization: str, key: Key) -> dict[str, Any]:
    """Return the claims of a token whose signature this key verifies. Raises: BadToken."""
    token = authorization.split()[1]
    try:
        _RS256.decode(token, key.public, algorithms=["RS256"])
    except InvalidTokenError:
        raise BadToken("signature") from None
    return _segment(token.split(".")[1])


def _segment(encoded: str) -> dict[str, Any]:
    try:
        read = strict_json.loads(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode())
    except ValueError:
        raise BadToken("malformed") from None
    if not isinstance(read, dict):
        raise BadToken("malformed")
    return read


def seconds(claim: Any) -> float:
    """Return a claim that is a time, in seconds since 1970. Raises: BadToken: it is not a number."""
    if isinstance(claim, bool) or not isinstance(claim, (int, float)):
        raise BadToken("no_times")
    return float(claim)
