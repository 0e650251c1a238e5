"""Verifies the token that TeamsJS gets for the person who has the tab open: who signed in, for this app, and when."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.door.bearer import LEEWAY_SECONDS, MAX_TOKEN, BadToken, key_id, seconds, signed_claims
from bot.door.key_ring import Key, KeyRing
from checklists.identity import entra_id

DEFAULT_METADATA_URL = "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration"
SCOPE = "access_as_user"
"""The permission the app registration exposes to Teams; a token that an app got for itself has none."""
_ISSUERS = ("https://login.microsoftonline.com/{}/v2.0", "https://sts.windows.net/{}/")
"""Of tokens of version 2 and of version 1; the app registration decides which."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who a valid token is about: the Entra ids of the person and of her tenant."""

    tenant: str
    object_id: str


class EntraCheck:
    """Verifies access tokens for one app, of people in the tenants that are served.

    Source: Microsoft's "Access tokens in the Microsoft identity platform" and "Enable SSO for tab apps".
    """

    def __init__(
        self,
        keys: KeyRing,
        *,
        app_id: str,
        resource: str,
        tenants: frozenset[str],
        now: Callable[[], float] = time.time,
    ) -> None:
        """resource: the app's Application ID URI, the audience of tokens of version 1; those of 2 have the app id."""
        if not app_id or not resource:
            raise ValueError("a sign-in needs an app id and its address")
        self.keys = keys
        self._audiences = {entra_id(app_id), resource.lower()}
        self._tenants = tenants
        self._now = now

    async def check(self, authorization: str | None) -> SignedIn:
        """Verify an Authorization header (None: absent or repeated). Raises: BadToken."""
        if authorization is None or len(authorization) > MAX_TOKEN:
            raise BadToken("missing" if authorization is None else "too_long")
        key = await self.keys.find(key_id(authorization))
        if key is None:
            raise BadToken("unknown_key")
        return self._read(signed_claims(authorization, key), key)

    def _read(self, claims: dict[str, Any], key: Key) -> SignedIn:
        tenant, object_id = (_guid(claims.get(name)) for name in ("tid", "oid"))
        if tenant not in self._tenants:
            raise BadToken("tenant")
        issuers = [form.format(tenant) for form in _ISSUERS]
        if str(claims.get("iss")).lower() not in issuers:
            raise BadToken("issuer")
        # Keys of every tenant are published in one place; each says whose tokens it may sign.
        of_key = str(key.jwk.get("issuer", "")).lower().replace("{tenantid}", tenant)
        if of_key and of_key not in issuers:
            raise BadToken("key_issuer")
        audience = claims.get("aud")
        if not isinstance(audience, str) or audience.lower() not in self._audiences:
            raise BadToken("audience")
        if SCOPE not in str(claims.get("scp", "")).split():
            raise BadToken("scope")
        now = self._now()
        if seconds(claims.get("exp")) + LEEWAY_SECONDS <= now:
            raise BadToken("expired")
        if seconds(claims.get("nbf")) - LEEWAY_SECONDS > now:
            raise BadToken("not_yet")
        if not object_id:
            raise BadToken("nobody")
        return SignedIn(tenant, object_id)


def _guid(claim: Any) -> str:
    return entra_id(claim) if isinstance(claim, str) else ""
