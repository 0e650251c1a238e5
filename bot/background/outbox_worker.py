"""Delivers the outbox: leases rows, sends them, records the outcome. Knows nothing about the content.

A new message is marked as sending, in a transaction of its own, just before it is sent. After a crash in between its
outcome is unknown, and it is not sent again. A card update is idempotent, and is retried: one that a turn puts in the
outbox is leased to this process in the turn's own transaction and sent right after it; its outcome is stored by the
next look.
"""

import asyncio
import logging
import random
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.adapter import wire_message
from bot.background import left_out
from bot.clock import Clock
from bot.logs import crash_line
from bot.metrics import Metrics
from bot.sending.sender import ChatAddress, Failed, Gone, Leaving, Sender, SendError, Throttled, TooLarge, Unreachable
from bot.turns import Turns
from dialogs.messages import reminder_content, stand_in
from dialogs.messages.neutral import is_neutral, neutral
from dialogs.turn.exchange import Reply
from storage import conversations, outbox, tenants
from storage.desk import Desk, Session
from storage.outbox import OutboxRow, Put
from storage.sealing import KeyGone, MasterGone, SealBroken
from storage.unfit import Skipped

LEASE_TIME = timedelta(seconds=150)
"""Lease time. Must exceed the longest send plus the clock skew between replicas."""
INTERVAL_SECONDS = 1.0
MAX_SENDS = 6
MAX_LEASES = 30
"""A row leased this many times without being sent is given up: something in it fails every time."""
HEAD_START = 1.0
"""Seconds to wait for a send's turn in the pace before the next one is begun: what is begun and has not left is
uncertain if the bot dies."""
IN_ORDER = 1.0
"""Seconds to wait for a send before the next one to the same chat is started, so that they arrive in order."""
MAX_IN_FLIGHT = 20
LONGEST_PAUSE = 300.0
SHUTDOWN_SECONDS = 5.0
"""Seconds that sends in progress may take to finish when the bot stops."""
_BATCH = 20

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Parcel:
    """What to send for one row, and where. activity_id: the card to update, empty for a new message.

    sends: how many times sending it has been tried, this time included.
    """

    row: int
    chat: ChatAddress
    activity_id: str
    reply: Reply
    sends: int


class OutboxWorker:
    """One per process; several processes on PostgreSQL share the table, each row leased to one of them."""

    def __init__(self, desk: Desk, sender: Sender, clock: Clock, metrics: Metrics, replica: str) -> None:
        self._desk = desk
        self._sender = sender
        self._clock = clock
        self._metrics = metrics
        self._replica = replica
        self._leased: dict[int, int] = {}
        """Rows leased but not yet begun, and the attempt of each."""
        self.awake = asyncio.Event()
        """Set after each commit that may have added rows to the outbox."""
        self._in_flight: dict[asyncio.Task[None], int] = {}
        """Sends in progress, with the row id of the chat."""
        self._sent: list[tuple[int, int, str, datetime | None]] = []
        """Outcomes of the updates that this process sent right after a turn, to be stored by the next look."""
        self.turns: Turns | None = None

    async def send_all(self) -> None:
        """Send until no row is due."""
        while await self.send_some():
            pass

    async def close(self) -> None:
        """Wait up to SHUTDOWN_SECONDS for sends in progress, then cancel them. Call when `send_all` no longer runs."""
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=SHUTDOWN_SECONDS)
        for task in self._in_flight:
            task.cancel()
        if self._leased or self._sent:
            ends = partial(_end, sent=tuple(self._sent), leased=list(self._leased.items()), now=self._clock.now())
            await self._desk.run(ends)

    def lease(self) -> tuple[str, datetime] | None:
        """Return the holder and the end of a lease on a turn's updates; None if too many sends are in progress."""
        is_full = len(self._in_flight) >= MAX_IN_FLIGHT
        return None if is_full else (self._replica, self._clock.now() + LEASE_TIME)

    def send_own(self, rows: Sequence[Put], tenant: str) -> None:
        """Send the updates of cards that a committed turn leased to this process; sending one twice is harmless.

        tenant: the Entra id of the turn's tenant.
        """
        for row, chat, reply in rows:
            self._leased[row.id] = row.attempts
            at = ChatAddress(chat.service_url, chat.channel_id, tenant)
            parcel = _Parcel(row.id, at, row.activity_id, reply, row.sends)
            self._start(self._deliver_own(parcel, row.attempts), row.conversation_id)

    async def _deliver_own(self, parcel: _Parcel, attempt: int) -> None:
        try:
            state, due_at = await self._send(parcel)
        except Exception as error:
            self._metrics.failed("outbox_message")
            log.error("outbox row %s failed: %s", parcel.row, crash_line(error))
            return
        self._leased.pop(parcel.row, None)
        self._sent.append((parcel.row, attempt, state, due_at))
        if state != outbox.SENT or len(self._sent) >= _BATCH:
            self.awake.set()

    async def send_some(self) -> bool:
        """Lease and send a batch, each begun when the one before it has left. Returns: whether any row was due."""
        sent = tuple(self._sent)
        leased = await self._desk.run(partial(_lease, sent=sent, now=self._clock.now(), replica=self._replica))
        del self._sent[: len(sent)]
        self._leased.update({row: attempt for row, attempt, _ in leased})
        for row, attempt, chat in leased:
            while len(self._in_flight) >= MAX_IN_FLIGHT:
                await asyncio.wait(self._in_flight, return_when=asyncio.FIRST_COMPLETED)
            if earlier := [task for task, to in self._in_flight.items() if to == chat]:
                await asyncio.wait(earlier, timeout=IN_ORDER)
            left: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            task = self._start(self._deliver(row, attempt, partial(left.set_result, None)), chat)
            await asyncio.wait({task, left}, timeout=HEAD_START, return_when=asyncio.FIRST_COMPLETED)
        return bool(leased)

    def _start(self, delivery: Coroutine[Any, Any, None], chat: int) -> "asyncio.Task[None]":
        task = asyncio.create_task(delivery)
        self._in_flight[task] = chat
        task.add_done_callback(self._in_flight.pop)
        return task

    async def _deliver(self, row: int, attempt: int, leaving: Leaving) -> None:
        """Send one row and record the outcome, unless the lease is lost or there is nothing left to send."""
        self._leased.pop(row, None)
        try:
            skipped: list[Skipped] = []
            tab = self.turns.tab_url if self.turns is not None else ""
            begins = partial(_begin, row=row, attempt=attempt, now=self._clock.now(), skipped=skipped, tab_url=tab)
            parcel = await self._desk.run(begins)
            left_out.report(self._metrics, "a message", skipped)
            if parcel is not None:
                state, due_at = await self._send(parcel, leaving)
                now = self._clock.now()
                await self._desk.run(partial(_settle, row=row, attempt=attempt, state=state, due_at=due_at, now=now))
        except Exception as error:
            self._metrics.failed("outbox_message")
            log.error("outbox row %s failed: %s", row, crash_line(error))

    async def _send(self, parcel: _Parcel, leaving: Leaving | None = None) -> tuple[str, datetime | None]:
        """Send. Returns: the row's next state, and when it is due again (None: never)."""
        assert self.turns is not None
        message = wire_message(parcel.reply, self.turns)
        try:
            if parcel.activity_id:
                card = {**message, "id": parcel.activity_id}
                await self._sender.update(parcel.chat, parcel.activity_id, card, leaving=leaving)
            else:
                await self._sender.send(parcel.chat, message, leaving=leaving)
        except SendError as error:
            log.warning("outbox row %d not sent: %s %s", parcel.row, type(error).__name__, error.status or "")
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
        """Schedule a retry: after Retry-After plus exponential backoff with full jitter, up to MAX_SENDS."""
        if sends >= MAX_SENDS:
            return outbox.STOPPED, None
        jitter = random.uniform(0, min(LONGEST_PAUSE, 2.0**sends))
        return outbox.WAITING, self._clock.now() + timedelta(seconds=(retry_after or 0.0) + jitter)


def _was_refused(error: SendError) -> bool:
    """Return whether nothing can have been delivered, and a retry may succeed."""
    return isinstance(error, Throttled | Unreachable) or error.status == 401


_Sent = Sequence[tuple[int, int, str, datetime | None]]
"""Rows with their attempt, its outcome, and when they are due again."""


def _lease(session: Session, sent: _Sent, now: datetime, replica: str) -> list[tuple[int, int, int]]:
    """Store what was sent. Return the rows now leased: id, attempt, and the row id of the chat."""
    for row, attempt, state, due_at in sent:
        _settle(session, row, attempt, state, due_at, now)
    outbox.mark_interrupted(session, now)
    due = outbox.lease(session, now, LEASE_TIME, _BATCH, replica)
    return [(row.id, row.attempts, row.conversation_id) for row in due]


def _end(session: Session, sent: _Sent, leased: Sequence[tuple[int, int]], now: datetime) -> None:
    """Store what was sent, and release the leases on what was not."""
    for row, attempt, state, due_at in sent:
        _settle(session, row, attempt, state, due_at, now)
    outbox.release(session, leased)


def _begin(
    session: Session, row: int, attempt: int, now: datetime, skipped: list[Skipped], tab_url: str
) -> _Parcel | None:
    """Render a row's current content and mark a new message as sending. Returns: None if it is not to be sent.

    skipped: receives the cases that are left out of it.
    """
    skipped.clear()  # the transaction may be a retry
    found = outbox.begin(session, row, attempt, now)
    if found is None:
        return None
    if found.sends > MAX_SENDS or found.attempts > MAX_LEASES:
        found.state = outbox.STOPPED
        return None
    chat = conversations.get(session, found.conversation_id)
    if not found.activity_id and conversations.reachable([chat]) is None:
        # The chat is unreachable, perhaps only since the row was added: try the person's other chats, then hand over.
        other = conversations.reachable(conversations.of_person(session, chat.person_id))
        if other is None:
            _gone(session, found, now)
            return None
        chat, found.conversation_id = other, other.id
    try:
        reply = reminder_content.content(session, found, now, skipped)
    except MasterGone:
        raise  # once the key is back in BK_KEYS, it can be sent
    except KeyGone:
        reply = None  # the case was disposed of
    except SealBroken as error:
        log.error("outbox row %d cannot be opened: %s", row, crash_line(error))
        found.state = outbox.STOPPED
        return None
    if reply is None:
        found.state = outbox.DROPPED
        return None
    if is_neutral(session, found.tenant_id):
        reply = neutral(reply, tab_url)
    if not found.activity_id:
        found.state = outbox.SENDING
    at = ChatAddress(chat.service_url, chat.channel_id, tenants.get(session, found.tenant_id).entra_id)
    return _Parcel(row, at, found.activity_id, reply, found.sends)


def _settle(session: Session, row: int, attempt: int, state: str, due_at: datetime | None, now: datetime) -> None:
    is_settled = outbox.settle(session, row, attempt, state, due_at)
    found = outbox.get(session, row) if is_settled and state == outbox.GONE else None
    if found is not None:
        conversations.get(session, found.conversation_id).unreachable_at = now
        _gone(session, found, now)


def _gone(session: Session, found: OutboxRow, now: datetime) -> None:
    found.state = outbox.GONE
    session.flush()
    stand_in.hand_over(session, found, now)
