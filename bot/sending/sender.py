"""Bot Connector REST client: rate-limited, with failures classified by what the caller can do about them.

SendError
├── Gone         403, 404: not installed, blocked, or deleted
├── TooLarge     413
├── Throttled    429, 412: nothing was done; retry, but not before `retry_after`
├── Uncertain    502, 503, 504, timeout, connection reset: it may have arrived
└── Failed       any other status, or a URL the bot may not call
    └── Unreachable   nothing left the bot

Source: Microsoft's "Bot Connector REST API reference", v3; for the status codes "Send proactive messages".
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

import aiohttp
from pydantic_core import to_json
from yarl import URL

from bot.door.service_hosts import Mode, may_call
from bot.door.strict_json import read_json
from bot.sending.pace import Pace, Paces
from bot.sending.service_token import NoServiceToken, ServiceToken

TIME_OUT = 10.0
REPLY_DEADLINE = 8.0
ATTEMPTS = 6
_FIRST_PAUSE = 0.5
_MAX_ANSWER = 64 * 1024
Leaving = Callable[[], None]
"""Called when a message's turn in the pace has come, just before it is sent."""


class SendError(Exception):
    """A failed call. status: HTTP status of the response, None if there was none."""

    def __init__(self, status: int | None = None) -> None:
        super().__init__(status)
        self.status = status


class Gone(SendError):
    """The person, conversation or message cannot be reached: not installed or blocked (403), or not found (404)."""


class TooLarge(SendError):
    """The message exceeds the size limit of Teams."""


class Throttled(SendError):
    """Rate limit exceeded; nothing was sent. retry_after: seconds, None if the response had no Retry-After."""

    def __init__(self, status: int | None, retry_after: float | None) -> None:
        super().__init__(status)
        self.retry_after = retry_after


class Uncertain(SendError):
    """The request was sent and may have taken effect. A retry could duplicate it: there is no idempotency key."""


class Failed(SendError):
    """Any other status, or a URL the bot may not call: a retry would not help."""


class Unreachable(Failed):
    """Nothing left the bot (no connection, or no token): safe to retry."""


class ChatAddress(NamedTuple):
    """Where a chat is. tenant: the Entra id of the tenant whose limits its messages count against."""

    service_url: str
    conversation_id: str
    tenant: str


class Sender:
    """Sends over one shared session, one attempt per call except `send_now`. time_out: seconds per call."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        mode: Mode,
        service_hosts: frozenset[str],
        token: ServiceToken | None = None,
        pace: Callable[[], Pace] = Pace,
        told: Callable[[bool], None] = lambda _went_well: None,
        time_out: float = TIME_OUT,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """pace: makes a tenant's limits. told: called with whether Teams took a message; somebody who has blocked the
        bot is no failure.
        """
        if mode != "dev" and token is None:
            raise ValueError("production sends with a token")
        self._session = session
        self._told = told
        self._mode = mode
        self._service_hosts = service_hosts
        self._token = token
        self._paces = Paces(pace)
        # Connecting gets half the time, so that a total timeout can only mean that the request was written.
        # (aiohttp rounds timeouts above ceil_threshold up to whole seconds.)
        self._time_out = aiohttp.ClientTimeout(total=time_out, connect=time_out / 2, ceil_threshold=time_out + 1)
        self._sleep = sleep

    def share(self, replicas: int) -> None:
        """Send at a rate that keeps this many replicas together within the limits."""
        self._paces.share(replicas)

    async def send(
        self,
        chat: ChatAddress,
        activity: Mapping[str, Any],
        reply_to: str | None = None,
        *,
        urgent: bool = False,
        leaving: Leaving | None = None,
    ) -> str:
        """Post an activity. reply_to: activity id to reply to. urgent: a person is waiting, so it goes before others.

        Returns: the new activity's id; "" if the connector accepted the message but returned none. Raises: SendError.
        """
        path = ["activities", reply_to] if reply_to else ["activities"]
        answer = await self._call("POST", chat, path, activity, urgent=urgent, leaving=leaving)
        new_id = answer.get("id") if isinstance(answer, dict) else None
        return new_id if isinstance(new_id, str) else ""

    async def update(
        self,
        chat: ChatAddress,
        activity_id: str,
        activity: Mapping[str, Any],
        *,
        urgent: bool = False,
        leaving: Leaving | None = None,
    ) -> None:
        """Replace the content of a posted message; as `send`. Raises: SendError."""
        await self._call("PUT", chat, ["activities", activity_id], activity, urgent=urgent, leaving=leaving)

    async def delete(self, chat: ChatAddress, activity_id: str) -> None:
        """Delete a posted message. Raises: SendError."""
        await self._call("DELETE", chat, ["activities", activity_id])

    async def member(self, chat: ChatAddress, member_id: str) -> dict[str, Any] | None:
        """Fetch a member's profile (e-mail, UPN, tenant); None if the channel has no such member.

        Raises: SendError; Failed also when a 200 response is not a JSON object.
        """
        try:
            answer = await self._call("GET", chat, ["members", member_id], urgent=True)
        except Gone as gone:
            if gone.status == 404:
                return None
            raise
        if not isinstance(answer, dict):
            raise Failed(200)
        return answer

    async def send_now(
        self,
        chat: ChatAddress,
        activity: Mapping[str, Any],
        reply_to: str | None = None,
        *,
        deadline: float = REPLY_DEADLINE,
    ) -> str:
        """Send to a person who is waiting: like `send`, but retries when throttled. deadline: seconds, all included.

        At most six attempts, none before Retry-After; without that header, exponential backoff with full jitter.
        Raises: SendError: as `send`; Throttled when the deadline or the attempts run out; Uncertain when the deadline
            interrupts an attempt.
        """
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + deadline
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with asyncio.timeout_at(give_up_at):
                    return await self.send(chat, activity, reply_to, urgent=True)
            except TimeoutError:
                raise Uncertain from None
            except Throttled as throttled:
                pause = throttled.retry_after
                if pause is None:
                    pause = random.uniform(0, _FIRST_PAUSE * 2 ** (attempt - 1))
                if attempt == ATTEMPTS or loop.time() + pause >= give_up_at:
                    raise
            await self._sleep(pause)
        raise AssertionError  # unreachable: the last attempt returns or raises

    async def _call(
        self,
        method: str,
        chat: ChatAddress,
        path: list[str],
        body: Mapping[str, Any] | None = None,
        *,
        urgent: bool = False,
        leaving: Leaving | None = None,
    ) -> Any:
        try:
            answer = await self._exchange(method, chat, path, body, urgent=urgent, leaving=leaving)
        except (Gone, TooLarge):
            raise
        except SendError:
            self._told(False)
            raise
        self._told(True)
        return answer

    async def _exchange(
        self,
        method: str,
        chat: ChatAddress,
        path: list[str],
        body: Mapping[str, Any] | None,
        *,
        urgent: bool,
        leaving: Leaving | None,
    ) -> Any:
        if not may_call(chat.service_url, mode=self._mode, hosts=self._service_hosts):
            raise Failed
        url = _address(chat, path)
        headers = await self._headers(url)
        data = None if body is None else to_json(body)
        await self._paces.of(chat.tenant).turn(chat.conversation_id, urgent=urgent)
        if leaving is not None:
            leaving()
        try:
            async with self._session.request(
                method, url, data=data, headers=headers, timeout=self._time_out, allow_redirects=False
            ) as response:
                self._raise_for(response)
                return await _read_answer(response)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise Unreachable from None
        except (aiohttp.ClientError, OSError):  # TimeoutError is an OSError
            raise Uncertain from None

    async def _headers(self, url: URL) -> dict[str, str]:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        # Plain http can only be a local stand-in for Teams, which must never see the real token.
        if self._token is not None and (url.scheme == "https" or self._token.is_from_stand_in):
            try:
                headers["Authorization"] = f"Bearer {await self._token.get()}"
            except NoServiceToken:
                raise Unreachable from None
        return headers

    def _raise_for(self, response: aiohttp.ClientResponse) -> None:
        status = response.status
        if 200 <= status < 300:
            return
        if status in {403, 404}:
            raise Gone(status)
        if status == 413:
            raise TooLarge(status)
        if status in {412, 429}:
            raise Throttled(status, _retry_after(response))
        if status in {502, 503, 504}:
            raise Uncertain(status)
        if status == 401 and self._token is not None:
            self._token.forget()
        raise Failed(status)


def _address(chat: ChatAddress, path: Sequence[str]) -> URL:
    """Build a URL from untrusted parts, each escaped to remain a single path segment. Raises: Failed."""
    segments = "/".join(map(_segment, ("v3", "conversations", chat.conversation_id, *path)))
    return URL(f"{chat.service_url.rstrip('/')}/{segments}", encoded=True)


@lru_cache(maxsize=1000)
def _segment(part: str) -> str:
    """Return a part as one segment of a path; chats write many times in a row. Raises: Failed."""
    if part in {"", ".", ".."}:
        raise Failed
    return quote(part, safe="")


async def _read_answer(response: aiohttp.ClientResponse) -> Any:
    """Parse the body of a successful response; None if it is empty or not JSON, which is not an error."""
    try:
        return await read_json(response, _MAX_ANSWER)
    except ValueError:
        return None


def _retry_after(response: aiohttp.ClientResponse) -> float | None:
    """Return Retry-After (seconds or a date, RFC 9110) as seconds from now; None if absent or malformed."""
    written = response.headers.get("Retry-After", "").strip()
    if written.isascii() and written.isdigit():
        return float(written)
    try:
        return max(0.0, (parsedate_to_datetime(written) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
