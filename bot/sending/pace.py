"""How fast the bot may send: a limit per conversation and one for everything, shared fairly by all who wait."""

import asyncio
import math
from collections import OrderedDict, deque
from dataclasses import dataclass, field

PER_CONVERSATION = 7
IN_TOTAL = 25
# One second and a tenth: what was sent a second apart may arrive closer together, and the limit applies on arrival.
WINDOW_SECONDS = 1.1
SPREAD = 1.1


@dataclass(eq=False)
class _Slot:
    """One send, at loop time `at`."""

    at: float


@dataclass(eq=False)
class _Waiter:
    conversation: str
    turn: asyncio.Future[_Slot] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Pace:
    """Lets at most so many sends start in any window, per conversation and in total.

    Windows slide, so there is never a double burst as with a refilled bucket. Replies go before reminders, each
    in order of arrival; a conversation that has used up its share blocks no other. A reply goes at once while there
    is room; reminders are spread evenly, a little slower than the limit: a burst of them delayed on the way would run
    into the next one, and leave no room for replies.
    Source: Microsoft's "Optimize your bot with rate limiting in Teams": 7 a second per conversation; 25 in total keeps
        below the 30 a second per app and tenant named there.
    """

    def __init__(
        self, per_conversation: int = PER_CONVERSATION, total: int = IN_TOTAL, window: float = WINDOW_SECONDS
    ) -> None:
        self._per_conversation = per_conversation
        self._window = window
        self._total = total
        self._recent: deque[_Slot] = deque(maxlen=total)
        self._conversations: OrderedDict[str, deque[_Slot]] = OrderedDict()
        self._urgent: dict[_Waiter, None] = {}
        self._normal: dict[_Waiter, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    @property
    def remembered(self) -> int:
        """Count the conversations remembered: those that sent within a window before the last turn."""
        return len(self._conversations)

    def share(self, replicas: int) -> None:
        """Take one part of the total rate: so many replicas send beside each other."""
        most = max(1, self._total // max(1, replicas))
        if self._recent.maxlen != most:
            self._recent = deque(self._recent, maxlen=most)

    async def turn(self, conversation: str, *, urgent: bool = False) -> None:
        """Wait until one more send to this conversation may start; `urgent` when a person waits for it.

        Call it just before sending: the window counts from when this returns.
        """
        waiter = _Waiter(conversation)
        (self._urgent if urgent else self._normal)[waiter] = None
        self._let_go()
        slot = await waiter.turn
        slot.at = asyncio.get_running_loop().time()  # a busy loop may have woken us late: the window starts here

    def _let_go(self) -> None:
        """Release everyone whose turn it is, and schedule the next turn."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._forget_idle(now)
        come_back = math.inf
        for waiter in [*self._urgent, *self._normal]:
            spread = waiter in self._normal
            all_wait_until = self._free_at(self._recent, spread=spread)
            if all_wait_until > now:
                come_back = min(come_back, all_wait_until)
                break
            free_at = self._free_at(self._conversations.get(waiter.conversation), spread=spread)
            if free_at > now:
                come_back = min(come_back, free_at)
            else:
                self._take(waiter, now)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_at(come_back, self._let_go) if come_back < math.inf else None

    def _take(self, waiter: _Waiter, now: float) -> None:
        self._urgent.pop(waiter, None)
        self._normal.pop(waiter, None)
        if waiter.turn.done():  # whoever waited has given up
            return
        slot = _Slot(now)
        self._recent.append(slot)
        self._conversations.setdefault(waiter.conversation, deque(maxlen=self._per_conversation)).append(slot)
        self._conversations.move_to_end(waiter.conversation)
        waiter.turn.set_result(slot)

    def _free_at(self, slots: deque[_Slot] | None, *, spread: bool) -> float:
        if not slots or slots.maxlen is None:
            return 0.0
        window_opens = slots[0].at + self._window if len(slots) == slots.maxlen else 0.0
        return max(window_opens, slots[-1].at + SPREAD * self._window / slots.maxlen) if spread else window_opens

    def _forget_idle(self, now: float) -> None:
        while self._conversations:
            oldest = next(iter(self._conversations.values()))
            if oldest[-1].at + self._window > now:
                return
            self._conversations.popitem(last=False)
