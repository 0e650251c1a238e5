"""Runs a person's turns: one transaction each, off the event loop, then what follows from the commit."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from bot.logs import crash_line
from bot.metrics import Metrics, TurnResult
from bot.sending.sender import Sender, SendError
from dialogs.turn.exchange import Turn
from dialogs.turn.take_turn import Outcome, note_posted, take_turn, unreadable
from dialogs.turn.tokens import Mint
from storage.desk import Desk
from storage.sealing import KeyGone

log = logging.getLogger(__name__)


class Turns:
    """Takes turns at the desk. `wake` is called after each commit, for whoever sends what it left to send."""

    def __init__(
        self,
        desk: Desk,
        mint: Mint,
        sender: Sender,
        metrics: Metrics,
        wake: Callable[[], None],
        pages_url: str = "",
    ) -> None:
        self.mint = mint
        self._pages_url = pages_url
        self._metrics = metrics
        self._desk = desk
        self._sender = sender
        self._wake = wake

    async def take(self, turn: Turn) -> Outcome:
        """Take one turn; it is committed when this returns.

        Raises: sqlalchemy errors when the database cannot keep it: nothing of the turn is stored then.
        """
        begun = time.perf_counter()
        result: TurnResult = "failed"
        try:
            outcome = await self._run(turn)
            if outcome.may_bind:
                emails = await self._emails(turn)
                # An address that is nobody's makes the refusal final, so that the trail has it.
                outcome = await self._run(replace(turn, emails=emails or ("",)))
            result = outcome.result
        finally:
            self._metrics.turn_taken(turn.kind, result, time.perf_counter() - begun)
        if result == "answered":
            for code in outcome.refusals:
                self._metrics.refused(code)
        self._wake()
        return outcome

    async def posted(self, turn: Turn, outcome: Outcome, is_cut: Callable[[], bool], activity_id: str) -> None:
        """Keep the id under which a reply went out, and whether the request it answers was still there."""
        if outcome.reply is not None and outcome.reply.person_id:
            noted = partial(note_posted, turn=turn, outcome=outcome, activity_id=activity_id, answered=not is_cut())
            await self._desk.run(noted)

    async def _run(self, turn: Turn) -> Outcome:
        serial = f"{turn.tenant}|{turn.channel_id}"
        try:
            return await self._desk.run(lambda session: take_turn(session, turn, self.mint, self._pages_url), serial)
        except KeyGone as error:
            # Trying again changes nothing, so this is an answer and not a fault.
            log.error("turn not taken: %s", crash_line(error))
            return Outcome(unreadable(turn, error), result="unreadable")

    async def _emails(self, turn: Turn) -> tuple[str, ...]:
        """Ask the channel who she is; a guest, or someone of another tenant, is nobody we bind."""
        try:
            member = await self._sender.member(turn.service_url, turn.channel_id, turn.channel_user)
        except SendError:
            return ()
        return _own_addresses(member or {}, turn)


def _own_addresses(member: dict[str, Any], turn: Turn) -> tuple[str, ...]:
    said_to_be = member.get("aadObjectId") or member.get("objectId")
    tenant = member.get("tenantId")
    if (said_to_be and said_to_be != turn.object_id) or (tenant and tenant != turn.tenant):
        return ()
    addresses = [member.get(name) for name in ("email", "userPrincipalName")]
    found = tuple(address for address in addresses if isinstance(address, str) and address)
    is_guest = member.get("userRole") == "guest" or any("#ext#" in address.casefold() for address in found)
    return () if is_guest else found
