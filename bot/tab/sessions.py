"""The session after sign-in: a cookie this bot has signed, so that every replica can read it and none stores it.

It says who signed in and until when, never what she may do: roles are read from the register at every request.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.tab.entra import SignedIn

LASTS = timedelta(hours=1)
COOKIE = "__Host-bk-flik"
_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=None; Partitioned"
"""The page is shown in a frame of Teams, so the cookie has to be sent there; partitioned: in that frame only."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A session: who, and until when."""

    who: SignedIn
    ends: datetime


class Sessions:
    """Signs sessions and forms: HMAC-SHA256 with a key of its own, derived from the bot's secret."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"bot/tab", "sha256")

    def begin(self, who: SignedIn, now: datetime) -> str:
        """Return the value of Set-Cookie for somebody who has just signed in."""
        payload = json.dumps([who.tenant, who.object_id, int((now + LASTS).timestamp())]).encode()
        value = f"{_text(payload)}.{_text(self._tag(b'visit', payload))}"
        return f"{COOKIE}={value}; Max-Age={int(LASTS.total_seconds())}; {_ATTRIBUTES}"

    def read(self, cookie: str, now: datetime) -> Visit | None:
        """Return the session of a cookie; None if this bot did not sign it, or it has ended."""
        body, _, tag = cookie.partition(".")
        try:
            payload = urlsafe_b64decode(body + "=" * (-len(body) % 4))
            given = tag.encode("ascii")
        except ValueError:
            return None
        if _text(payload) != body or not hmac.compare_digest(given, _text(self._tag(b"visit", payload)).encode()):
            return None
        tenant, object_id, ends = json.loads(payload)
        at = datetime.fromtimestamp(ends, now.tzinfo)
        return Visit(SignedIn(tenant, object_id), at) if now < at else None

    def form(self, who: SignedIn) -> str:
        """Return the mark that every form of hers carries: no other page can know it, and it outlives the session."""
        return _text(self._tag(b"form", f"{who.tenant}|{who.object_id}".encode()))

    def is_form(self, who: SignedIn, given: str) -> bool:
        """Return whether a form was made for her."""
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.form(who).encode())

    def digest(self, *parts: str) -> str:
        """Return a keyed digest that tells one submission from another."""
        return self._tag(b"act", "\x1f".join(parts).encode("utf-8", "replace")).hex()[:24]

    def _tag(self, what: bytes, payload: bytes) -> bytes:
        return hmac.digest(self._key, what + b"|" + payload, "sha256")


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
