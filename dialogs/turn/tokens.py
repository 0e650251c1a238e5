"""The signed token on every button: what the bot offered to whom. A card's data alone never grants anything."""

import hmac
import json
from base64 import urlsafe_b64decode
from binascii import b2a_base64
from dataclasses import dataclass
from operator import attrgetter

from pydantic_core import to_json

from dialogs.views.views import Claim

_TAG = 20
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_FIELDS = attrgetter(*Claim.model_fields)


@dataclass(frozen=True, slots=True)
class Signed:
    """A claim signed by this bot, and for whom. held: what its card's fields held (`dialogs/turn/left_behind.py`)."""

    tenant_id: int
    person_id: int
    claim: Claim
    held: str = ""


class Mint:
    """Signs claims and reads them back, with HMAC-SHA256 over one secret."""

    def __init__(self, secret: bytes) -> None:
        """Take the secret. Raises: ValueError: it is not 32 bytes."""
        if len(secret) != 32:
            raise ValueError("the secret for tokens is 32 bytes")
        self._secret = secret

    def sign(self, tenant_id: int, person_id: int, claim: Claim, held: str = "") -> str:
        """Return the token for a button shown to this person. held: see `Signed`; an older release does not read it."""
        fields = (tenant_id, person_id, *_FIELDS(claim))
        if held:
            fields = (*fields, held)
        elif not claim.checklist:
            fields = fields[:-1]  # as the release before wrote and reads them
        return self._token(to_json(fields))

    def read(self, token: str) -> Signed | None:
        """Return the content of a token, None if this bot did not sign it."""
        body = token.partition(".")[0]
        try:
            payload, given = urlsafe_b64decode(body + "=" * (-len(body) % 4)), token.encode()
        except ValueError:
            return None
        # Compare the whole token: base64 can spell the same bytes in several ways, a token only in one.
        if not hmac.compare_digest(given, self._token(payload).encode()):
            return None
        tenant_id, person_id, *fields = json.loads(payload)
        claim = Claim(**dict(zip(Claim.model_fields, fields, strict=False)))
        return Signed(tenant_id, person_id, claim, "".join(fields[len(Claim.model_fields) :]))

    def _token(self, payload: bytes) -> str:
        tag = hmac.digest(self._secret, payload, "sha256")[:_TAG]
        # As base64.urlsafe_b64encode does it, in one go: a card has a dozen tokens.
        token = b2a_base64(payload, newline=False).rstrip(b"=") + b"." + b2a_base64(tag, newline=False)[:-1]
        return token.translate(_URL_SAFE).decode()
