"""One process of the bot, wired as `bot/web.py` wires it, on a simulated machine."""

import asyncio
import random
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy.exc import OperationalError

from bot.adapter import Answer, TeamsAdapter
from bot.background import projector
from bot.background.chainer import Chainer
from bot.background.outbox_worker import OutboxWorker
from bot.background.presence import Presence
from bot.background.sweeper import Sweeper
from bot.door.inbound import Inbound
from bot.metrics import Metrics
from bot.sending.sender import Sender
from bot.turns import Turns
from dialogs.turn.exchange import Reply, Turn
from dialogs.turn.take_turn import Outcome
from dialogs.turn.tokens import Mint
from storage.desk import Session
from tests.year.channel import Channel
from tests.year.database import Database
from tests.year.machine import Killed, SimulatedClock, SimulatedDesk, SimulatedLoop

SECRET = bytes(range(32))
TAB = "https://tab.example.invalid/"
TURN = "the turn a transaction took"
SHOWN: ContextVar[tuple[Reply | None, str]] = ContextVar("SHOWN", default=(None, ""))
"""The reply being sent and the activity it answers, if any, for the simulated client that receives it."""


class Taken(NamedTuple):
    """What became of an activity: "taken", "not kept" (503) or "cut"; the response, and the reply in it."""

    state: str
    answer: Answer | None = None
    reply: Reply | None = None


class _NotedTurns(Turns):
    """Records in the session which turn it took, for the callback after the commit."""

    def _taken(self, turn: Turn, session: Session) -> Any:
        found = super()._taken(turn, session)
        session.info[TURN] = (turn, found[0])
        return found

    async def take(self, turn: Turn) -> Outcome:
        """Run one turn."""
        outcome = await super().take(turn)
        SHOWN.set((outcome.reply, turn.activity_id))
        return outcome


class _NotedWorker(OutboxWorker):
    async def _send(self, parcel: Any, *leaving: Any) -> Any:
        SHOWN.set((parcel.reply, ""))
        return await super()._send(parcel, *leaving)


class Stack:
    """A process. name: its own, new at each start. fate: counts down to where it is killed; None lets it live."""

    def __init__(
        self,
        name: str,
        database: Database,
        loop: SimulatedLoop,
        clock: SimulatedClock,
        chance: random.Random,
        channel: Channel,
        told: Callable[["Stack", Mapping[Any, Any]], None],
    ) -> None:
        self.name, self.clock, self.channel = name, clock, channel
        self.is_dead = False
        self.fate: tuple[int, str] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._database = database
        self.desk = SimulatedDesk(database.url, clock, loop, chance, self._fails, partial(told, self))
        self.metrics = Metrics()
        sender = Sender(channel, mode="dev", service_hosts=frozenset())  # type: ignore[arg-type]
        self.worker = _NotedWorker(self.desk, sender, clock, self.metrics, name)
        self.turns = _NotedTurns(self.desk, Mint(SECRET), sender, self.metrics, self.worker.awake.set, tab_url=TAB)
        self.worker.turns, self.turns.own_sends = self.turns, self.worker
        self.adapter = TeamsAdapter(sender, self.turns, clock)
        self._presence = Presence(self.desk, name, sender.share)
        self._sweeper = Sweeper(self.desk, clock, self.metrics, self.worker.awake.set)
        self._chainer = Chainer(self.desk, clock)

    def _fails(self, where: str) -> None:
        if self.is_dead:
            raise Killed
        if where == "begin" and self._database.is_away:
            raise OperationalError("begin", None, ConnectionError())
        if self.fate is not None and where == self.fate[1]:
            left = self.fate[0] - 1
            self.fate = (left, where)
            if left <= 0:
                self.is_dead = True
                raise Killed

    async def take(self, inbound: Inbound) -> Taken:
        """Take one activity as the web server does."""
        try:
            return await self._alone(self._process(inbound))  # type: ignore[no-any-return]
        except Killed:
            return Taken("cut")
        except Exception as error:
            return Taken(f"not kept: {type(error).__name__}")

    async def _process(self, inbound: Inbound) -> Taken:
        answer = await self.adapter.process(inbound, lambda: False)
        return Taken("taken", answer, SHOWN.get()[0])

    async def _alone(self, work: Any) -> Any:
        """Run something that dies with this process."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        try:
            found = await task
        finally:
            self._tasks.discard(task)
        if self.is_dead:
            raise Killed
        return found

    async def rounds(self, *names: str) -> list[str]:
        """Run rounds of the background loops, one after another. Returns: what failed, by name."""
        loops: dict[str, Callable[[], Any]] = {
            "replica": self._presence.beat,
            "reminders": self._sweeper.sweep_if_due,
            "outbox": self.worker.send_all,
            "trail": self._chainer.chain,
            "figures": lambda: projector.project(self.desk, self.clock, self.metrics),
        }
        failed: list[str] = []
        for name in names or loops:
            try:
                await self._alone(loops[name]())
            except Killed:
                return [*failed, f"{name} killed"]
            except Exception as error:
                failed.append(f"{name} {type(error).__name__}")
        return failed

    async def settle(self) -> None:
        """Wait for everything still under way: slow replies, updates of cards."""
        own = [*self.adapter._sending, *self.worker._in_flight]
        if own:
            await asyncio.wait(own)

    async def die(self) -> None:
        """End at once, whatever is under way."""
        self.is_dead = True
        own = [*self._tasks, *self.adapter._sending, *self.worker._in_flight]
        for task in own:
            task.cancel()
        await asyncio.gather(*own, return_exceptions=True)
        self.desk.drop()

    def now(self) -> datetime:
        """Return what its clock shows."""
        return self.clock.now()
