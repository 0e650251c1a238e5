"""Runs turns: one transaction each, off the event loop, followed by what must wait for the commit."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from bot.logs import crash_line
from bot.metrics import Metrics
from bot.sending.sender import ChatAddress, Sender, SendError
from checklists.identity import own_addresses
from dialogs.turn.exchange import Turn
from dialogs.turn.take_turn import Outcome, Result, not_worked_out, note_posted, take_turn, unreadable
from dialogs.turn.tokens import Mint
from storage import outbox
from storage.desk import Desk, Session
from storage.outbox import OwnSends, Put
from storage.sealing import KeyGone, SealBroken
from storage.unfit import UNFIT

T = TypeVar("T")
log = logging.getLogger(__name__)


class _Notes:
    """What the next transaction will store about posted replies. written: done when it has been committed."""

    def __init__(self, write: Callable[["_Notes"], Coroutine[Any, Any, None]]) -> None:
        self._notes: list[Callable[[Session], None]] = []
        self._begun = False
        self._lock = threading.Lock()
        self.written = asyncio.ensure_future(write(self))

    def take(self, note: Callable[[Session], None]) -> bool:
        """Add a note. Returns: False if it is too late, because the transaction has begun."""
        with self._lock:
            if not self._begun:
                self._notes.append(note)
            return not self._begun

    def work(self, session: Session) -> None:
        """Store the notes; no more can be added from now on."""
        with self._lock:
            self._begun = True
        for note in self._notes:
            note(session)


class Turns:
    """Runs turns at the desk. wake: called after each commit that put something in the outbox, to send it at once."""

    def __init__(
        self,
        desk: Desk,
        mint: Mint,
        sender: Sender,
        metrics: Metrics,
        wake: Callable[[], None],
        pages_url: str = "",
        tab_url: str = "",
    ) -> None:
        self.mint = mint
        self._pages_url = pages_url
        self.tab_url = tab_url
        self.metrics = metrics
        self._desk = desk
        self._sender = sender
        self._wake = wake
        self.own_sends: OwnSends | None = None
        """Sends the updates of a turn right after its commit; None: the outbox worker finds them."""
        self._notes: _Notes | None = None

    async def take(self, turn: Turn) -> Outcome:
        """Run one turn; it is committed when this returns.

        Raises: SQLAlchemy errors when the database cannot commit; nothing of the turn is stored then.
        """
        begun = time.perf_counter()
        result: Result = "failed"
        try:
            outcome = await self._run(turn)
            if outcome.may_bind:
                emails = await self._emails(turn)
                # With an address that matches nobody, the refusal is final and recorded in the trail.
                outcome = await self._run(replace(turn, emails=emails or ("",)))
            result = outcome.result
            for one in outcome.skipped:
                self.metrics.failed("skipped_case")
                log.error("a list left out case %d: %s", one.case_id, crash_line(one.error))
        finally:
            self.metrics.turn_taken(turn.kind, result, time.perf_counter() - begun)
        if result == "answered":
            for code in outcome.refusals:
                self.metrics.refused(code)
        return outcome

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run a function that only reads, concurrently with the turns."""
        return await self._desk.read(work)

    def _taken(self, turn: Turn, session: Session) -> tuple[Outcome, bool, Sequence[Put]]:
        """Take the turn.

        Returns: its outcome, whether it put anything in the outbox, and which updates of it this process sends itself.
        """
        session.info[outbox.OWN] = self.own_sends
        outcome = take_turn(session, turn, self.mint, self._pages_url, self.tab_url)
        return outcome, outbox.PUT in session.info, session.info.get(outbox.PUT_OWN, ())

    async def posted(self, turn: Turn, outcome: Outcome, is_cut: Callable[[], bool], activity_id: str) -> None:
        """Store the id under which a reply was posted, and whether the request it answers was still open.

        Replies posted while the desk is busy share one transaction. Raises: whatever that transaction raises.
        """
        if outcome.reply is None or not outcome.reply.person_id:
            return
        note = partial(note_posted, turn=turn, outcome=outcome, activity_id=activity_id, answered=not is_cut())
        if self._notes is None or not self._notes.take(note):
            self._notes = _Notes(self._write)
            self._notes.take(note)
        await asyncio.shield(self._notes.written)

    async def _write(self, notes: _Notes) -> None:
        await self._desk.run(notes.work, shares=True)

    async def _run(self, turn: Turn) -> Outcome:
        serial = f"{turn.tenant}|{turn.channel_id}"
        try:
            outcome, has_put, own = await self._desk.run(partial(self._taken, turn), serial, shares=True)
            if has_put:
                self._wake()
            if own and self.own_sends is not None:
                self.own_sends.send_own(own, turn.tenant)
            return outcome
        except KeyGone as error:
            # A retry cannot succeed, so the person gets a reply rather than a 503, which Teams would retry.
            log.error("turn not taken: %s", crash_line(error))
            return Outcome(unreadable(turn, error), result="unreadable")
        except (*UNFIT, SealBroken) as error:
            # A retry cannot succeed here either, and in the chat a 503 looks like no answer at all.
            self.metrics.failed("turn")
            log.error("turn failed: %s", crash_line(error))
            return Outcome(not_worked_out(turn), result="failed")

    async def _emails(self, turn: Turn) -> tuple[str, ...]:
        """Ask the channel for the sender's addresses; empty for guests, other tenants, and when the call fails."""
        chat = ChatAddress(turn.service_url, turn.channel_id, turn.tenant)
        try:
            member = await self._sender.member(chat, turn.channel_user)
        except SendError:
            return ()
        return own_addresses(member or {}, turn.tenant, turn.object_id)
