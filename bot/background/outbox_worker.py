"""Sends what the outbox holds: leases rows, sends, settles. It knows no rule about the content.

A new message is marked as being sent, in a commit of its own, just before it leaves. A crash in between leaves it
uncertain: it may have been sent, and is not sent again. An update of a card may be repeated, and is.
"""

import asyncio
import logging
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.adapter import wire_message
from bot.clock import Clock
from bot.logs import crash_line
from bot.metrics import Metrics
from bot.sending.sender import Failed, Gone, Sender, SendError, Throttled, TooLarge, Unreachable
from bot.turns import Turns
from dialogs.messages import reminder_content, stand_in
from dialogs.turn.exchange import Reply
from storage import conversations, outbox
from storage.desk import Desk, Session
from storage.outbox import OutboxRow
from storage.sealing import KeyGone, SealBroken

HOLD = timedelta(seconds=150)
"""Longer than a send may take plus the difference of two replicas' clocks."""
EVERY = 1.0
MOST_SENDS = 6
YOUNG = 1.0
"""Seconds a send may hold back the next one; one that takes longer is overtaken."""
MOST_IN_FLIGHT = 20
LONGEST_PAUSE = 300.0
CLOSING = 5.0
"""Seconds for sends under way when the bot is stopped."""
_BATCH = 20

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Parcel:
    """What one row sends now, and where to. activity_id: the card to update; empty for a new message.

    sends: how often it was tried, this time counted.
    """

    service_url: str
    channel_id: str
    activity_id: str
    reply: Reply
    sends: int


class OutboxWorker:
    """One per process; on PostgreSQL several processes share the table, each row leased to one."""

    def __init__(self, desk: Desk, sender: Sender, clock: Clock, metrics: Metrics, replica: str) -> None:
        self._desk = desk
        self._sender = sender
        self._clock = clock
        self._metrics = metrics
        self._replica = replica
        self._leased: dict[int, int] = {}
        """Rows leased and not begun: the attempt of each."""
        self.awake = asyncio.Event()
        """Set when a turn may have put something into the outbox."""
        self._in_flight: set[asyncio.Task[None]] = set()
        self.turns: Turns | None = None

    async def send_all(self) -> None:
        """Send until nothing is due."""
        while await self.send_some():
            pass

    async def close(self) -> None:
        """Give sends under way a moment to finish; call when nothing leases any more."""
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=CLOSING)
        for task in self._in_flight:
            task.cancel()
        if self._leased:
            await self._desk.run(partial(outbox.release, leased=list(self._leased.items())))

    async def send_some(self) -> bool:
        """Lease some rows and send them, one young send at a time; say whether there were any."""
        leased = await self._desk.run(partial(_lease, now=self._clock.now(), replica=self._replica))
        self._leased.update(leased)
        for row, attempt in leased:
            while len(self._in_flight) >= MOST_IN_FLIGHT:
                await asyncio.wait(self._in_flight, return_when=asyncio.FIRST_COMPLETED)
            task = asyncio.create_task(self._deliver(row, attempt))
            self._in_flight.add(task)
            task.add_done_callback(self._in_flight.discard)
            await asyncio.wait({task}, timeout=YOUNG)
        return bool(leased)

    async def _deliver(self, row: int, attempt: int) -> None:
        """Send one row, if its lease still holds and there is something to say."""
        self._leased.pop(row, None)
        try:
            parcel = await self._desk.run(partial(_begin, row=row, attempt=attempt, now=self._clock.now()))
            if parcel is not None:
                state, due_at = await self._send(parcel)
                now = self._clock.now()
                await self._desk.run(partial(_settle, row=row, attempt=attempt, state=state, due_at=due_at, now=now))
        except Exception as error:
            self._metrics.failed("outbox_message")
            log.error("outbox row %s failed: %s", row, crash_line(error))

    async def _send(self, parcel: _Parcel) -> tuple[str, datetime | None]:
        """Send, and return the row's next state and when it is due again."""
        assert self.turns is not None
        message = wire_message(parcel.reply, self.turns)
        at = (parcel.service_url, parcel.channel_id)
        try:
            if parcel.activity_id:
                await self._sender.update(*at, parcel.activity_id, {**message, "id": parcel.activity_id})
            else:
                await self._sender.send(*at, message)
        except SendError as error:
            return self._after(error, parcel.sends, is_update=bool(parcel.activity_id))
        return outbox.SENT, None

    def _after(self, error: SendError, sends: int, *, is_update: bool) -> tuple[str, datetime | None]:
        if isinstance(error, Gone):
            return outbox.STOPPED if is_update else outbox.GONE, None
        if isinstance(error, TooLarge):
            return outbox.STOPPED, None
        if _was_refused(error) or is_update:
            retry_after = error.retry_after if isinstance(error, Throttled) else None
            return self._again(sends, retry_after)
        if isinstance(error, Failed) and error.status is not None and error.status < 500:
            return outbox.STOPPED, None
        return outbox.UNCERTAIN, None

    def _again(self, sends: int, retry_after: float | None) -> tuple[str, datetime | None]:
        """Wait at least Retry-After, and a random part of a pause that doubles with each attempt."""
        if sends >= MOST_SENDS:
            return outbox.STOPPED, None
        jitter = random.uniform(0, min(LONGEST_PAUSE, 2.0**sends))
        return outbox.WAITING, self._clock.now() + timedelta(seconds=(retry_after or 0.0) + jitter)


def _was_refused(error: SendError) -> bool:
    """Say whether it is certain that nothing was delivered, and worth another try."""
    return isinstance(error, Throttled | Unreachable) or error.status == 401


def _lease(session: Session, now: datetime, replica: str) -> list[tuple[int, int]]:
    outbox.mark_interrupted(session, now)
    return [(row.id or 0, row.attempts) for row in outbox.lease(session, now, HOLD, _BATCH, replica)]


def _begin(session: Session, row: int, attempt: int, now: datetime) -> _Parcel | None:
    """Work out what a row says now and mark it as being sent; None when it is not sent."""
    found = outbox.begin(session, row, attempt, now)
    if found is None:
        return None
    if found.sends > MOST_SENDS:
        found.state = outbox.STOPPED
        return None
    chat = conversations.get(session, found.conversation_id)
    if not found.activity_id and conversations.reachable([chat]) is None:
        # Known to be gone, perhaps since the row was added: try the person's other chats, else tell someone else.
        other = conversations.reachable(conversations.of_person(session, chat.person_id))
        if other is None:
            _gone(session, found, now)
            return None
        chat, found.conversation_id = other, other.id
    try:
        reply = reminder_content.content(session, found, now)
    except (KeyGone, SealBroken):
        reply = None  # the case was disposed of
    if reply is None:
        found.state = outbox.DROPPED
        return None
    if not found.activity_id:
        found.state = outbox.SENDING
    return _Parcel(chat.service_url, chat.channel_id, found.activity_id, reply, found.sends)


def _settle(session: Session, row: int, attempt: int, state: str, due_at: datetime | None, now: datetime) -> None:
    found = outbox.settle(session, row, attempt, state, due_at)
    if found is not None and state == outbox.GONE:
        conversations.get(session, found.conversation_id).unreachable_at = now
        _gone(session, found, now)


def _gone(session: Session, found: OutboxRow, now: datetime) -> None:
    found.state = outbox.GONE
    session.flush()
    stand_in.hand_over(session, found, now)
