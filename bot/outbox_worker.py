"""Sends what the outbox holds: leases rows, sends, marks. It knows no rule of what is to be said."""

import asyncio
import logging
import random
from datetime import datetime, timedelta
from functools import partial

from bot.adapter import wire_message
from bot.clock import Clock
from bot.sender import Gone, Sender, SendError, Throttled, TooLarge, Unreachable
from bot.turns import Turns
from dialogs.turn import Reply
from storage import outbox
from storage.conversations import ConversationRow
from storage.desk import Desk, Session

HOLD = timedelta(seconds=60)
EVERY = 1.0
MOST_ATTEMPTS = 6
_BATCH = 20

log = logging.getLogger(__name__)


class OutboxWorker:
    """One per process; on PostgreSQL several processes share the table, each row leased to one."""

    def __init__(self, desk: Desk, sender: Sender, clock: Clock) -> None:
        self._desk = desk
        self._sender = sender
        self._clock = clock
        self._awake = asyncio.Event()
        self.turns: Turns | None = None

    def wake(self) -> None:
        """Look at once: a turn may have left something."""
        self._awake.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            try:
                while await self._send_some():
                    pass
            except Exception as error:
                log.error("outbox: %s", type(error).__name__)
            self._awake.clear()
            try:
                await asyncio.wait_for(self._awake.wait(), EVERY)
            except TimeoutError:
                continue

    async def _send_some(self) -> bool:
        leased = await self._desk.run(lambda session: _lease(session, self._clock.now()))
        for row_id, service_url, channel_id, activity_id, reply in leased:
            state, later = await self._send(service_url, channel_id, activity_id, reply)
            await self._desk.run(partial(_mark, row_id=row_id, state=state, due_at=later))
        return bool(leased)

    async def _send(
        self, service_url: str, channel_id: str, activity_id: str, reply: Reply
    ) -> tuple[str, datetime | None]:
        assert self.turns is not None
        message = wire_message(reply, self.turns)
        try:
            if activity_id:
                await self._sender.update(service_url, channel_id, activity_id, {**message, "id": activity_id})
            else:
                await self._sender.send(service_url, channel_id, message)
        except (Gone, TooLarge):
            return outbox.STOPPED, None
        except Throttled as throttled:
            return outbox.WAITING, self._later(throttled.retry_after)
        except Unreachable:
            return outbox.WAITING, self._later(None)
        except SendError:
            # Putting the same card twice does no harm; a message that may be out is not sent again.
            return (outbox.WAITING, self._later(None)) if activity_id else (outbox.UNCERTAIN, None)
        return outbox.SENT, None

    def _later(self, retry_after: float | None) -> datetime:
        seconds = retry_after if retry_after is not None else random.uniform(1, 30)
        return self._clock.now() + timedelta(seconds=seconds)


def _lease(session: Session, now: datetime) -> list[tuple[int, str, str, str, Reply]]:
    found = []
    for row in outbox.lease(session, now, HOLD, _BATCH):
        if row.attempts > MOST_ATTEMPTS:
            row.state = outbox.STOPPED
            continue
        chat = session.get(ConversationRow, row.conversation_id)
        assert chat is not None
        assert row.id is not None
        reply = Reply.model_validate_json(outbox.view_of(session, row))
        found.append((row.id, chat.service_url, chat.channel_id, row.activity_id, reply))
    return found


def _mark(session: Session, row_id: int, state: str, due_at: datetime | None) -> None:
    row = outbox.get(session, row_id)
    if row is not None:
        row.state, row.leased_until = state, None
        row.due_at = due_at or row.due_at
