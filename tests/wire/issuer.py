"""A fake Bot Framework token issuer on 127.0.0.1: publishes keys, and signs valid and invalid tokens."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from functools import cache
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from jwt.algorithms import RSAAlgorithm

APP_ID = "22222222-2222-4222-8222-222222222222"
ISSUER = "https://api.botframework.com"
SERVICE_URL = "https://smba.trafficmanager.net/emea/"


@cache
def private_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """Return the key with this name, generated once per process."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def published(kid: str, key: rsa.RSAPrivateKey, **extra: Any) -> dict[str, Any]:
    """Return a key as JWK, the way the Bot Framework publishes it; endorsed for Teams by default."""
    jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {k: v for k, v in jwk.items() if k != "key_ops"} | {"kid": kid, "endorsements": ["msteams"]} | extra


def segment(part: Any) -> str:
    """Encode a token segment; strings are taken verbatim, so that tests can pass invalid JSON or duplicate keys."""
    text = part if isinstance(part, (str, bytes)) else json.dumps(part)
    raw = text.encode() if isinstance(text, str) else text
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def good_claims(**changed: Any) -> dict[str, Any]:
    """Return the claims Teams sends, with changes; None removes a claim."""
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": APP_ID, "serviceurl": SERVICE_URL, "nbf": now - 60, "exp": now + 3600} | changed
    return {name: value for name, value in claims.items() if value is not None}


def signed(header: Any, claims: Any, key: rsa.RSAPrivateKey) -> str:
    """Sign any header and claims with RS256, including ones no honest issuer would."""
    signing_input = f"{segment(header)}.{segment(claims)}"
    signature = key.sign(signing_input.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signing_input}.{segment(signature)}"


def signed_with_public_key(kid: str, key: rsa.RSAPrivateKey) -> str:
    """Forge a token by key confusion: HS256 with the public key as the secret."""
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    signing_input = f"{segment({'alg': 'HS256', 'kid': kid})}.{segment(good_claims())}"
    return f"{signing_input}.{segment(hmac.digest(pem, signing_input.encode(), hashlib.sha256))}"


class Issuer:
    """Serves the OpenID metadata and the keys, counts requests for both, and can fail or hang on demand."""

    def __init__(self) -> None:
        self.keys: dict[str, rsa.RSAPrivateKey] = {"one": private_key("one")}
        self.listed: list[Any] | None = None
        self.key_fetches = 0
        self.broken = False
        self.hanging = False
        self.asked = asyncio.Event()
        self._answer = asyncio.Event()
        app = web.Application()
        app.router.add_get("/openid", self._openid)
        app.router.add_get("/keys", self._publish)
        self._server = TestServer(app)

    async def __aenter__(self) -> Self:
        await self._server.start_server()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._answer.set()
        await self._server.close()

    @property
    def metadata_url(self) -> str:
        """The URL of the OpenID metadata."""
        return str(self._server.make_url("/openid"))

    def token(self, *, kid: str = "one", header: dict[str, Any] | None = None, **claims: Any) -> str:
        """Sign a valid token, with the given claims changed."""
        return signed(
            {"alg": "RS256", "typ": "JWT", "kid": kid} | (header or {}), good_claims(**claims), self.keys[kid]
        )

    async def stop(self) -> None:
        """Stop listening."""
        await self._server.close()

    async def _openid(self, _request: web.Request) -> web.Response:
        return web.json_response({"issuer": ISSUER, "jwks_uri": str(self._server.make_url("/keys"))})

    async def _publish(self, _request: web.Request) -> web.Response:
        self.key_fetches += 1
        self.asked.set()
        if self.hanging:
            await self._answer.wait()
        if self.broken:
            return web.Response(status=503, text="down")
        listed = [published(kid, key) for kid, key in self.keys.items()]
        return web.json_response({"keys": listed if self.listed is None else self.listed})
