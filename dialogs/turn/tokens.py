"""The token on every button: what the bot offered to whom, signed, so that a card's data is never a claim of rights."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from dialogs.views.views import Claim

_TAG = 20


@dataclass(frozen=True, slots=True)
class Signed:
    """A claim that this bot signed, and for whom."""

    tenant_id: int
    person_id: int
    claim: Claim


class Mint:
    """Signs claims and reads them back, with HMAC-SHA256 over one secret."""

    def __init__(self, secret: bytes) -> None:
        """Take the secret, 32 bytes. Raises: ValueError: it is not."""
        if len(secret) != 32:
            raise ValueError("the secret for tokens is 32 bytes")
        self._secret = secret

    def sign(self, tenant_id: int, person_id: int, claim: Claim) -> str:
        """Return the token for a button shown to this person."""
        fields = [tenant_id, person_id, *claim.model_dump().values()]
        payload = json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode()
        return _encode(payload) + "." + _encode(self._tag(payload))

    def read(self, token: str) -> Signed | None:
        """Return what a token says, None if this bot did not sign it."""
        body, _, tag = token.partition(".")
        try:
            payload = urlsafe_b64decode(body + "=" * (-len(body) % 4))
            given = urlsafe_b64decode(tag + "=" * (-len(tag) % 4))
        except ValueError:
            return None
        # Written again and compared: base64 has several spellings of the same bytes, and a token has one.
        is_ours = hmac.compare_digest(given, self._tag(payload))
        if not is_ours or token != f"{_encode(payload)}.{_encode(given)}":
            return None
        tenant_id, person_id, *fields = json.loads(payload)
        return Signed(tenant_id, person_id, Claim(**dict(zip(Claim.model_fields, fields, strict=True))))

    def _tag(self, payload: bytes) -> bytes:
        return hmac.new(self._secret, payload, hashlib.sha256).digest()[:_TAG]


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
