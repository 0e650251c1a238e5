"""Outgoing rate limits of each tenant: one per conversation and one in total, shared fairly among waiting sends."""

import asyncio
import math
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

PER_CONVERSATION = 7
IN_TOTAL = 25
# Teams counts on arrival, and messages sent a second apart can arrive closer together: hence a tenth of a second more.
WINDOW_SECONDS = 1.1
# The others keep further below: what is held up on the way arrives together, so far a third of a second of it at most.
SPREAD = 1.4
# Room kept for replies: as many as a window has had of late, and a margin, since people do not write evenly.
REPLIES_SEEN_WINDOWS = 4
MORE_REPLIES = 1.3
ALWAYS_FREE = 2
OTHERS_AT_LEAST = 2


@dataclass(eq=False)
class _Slot:
    """One send. at: event loop time, in seconds."""

    at: float


@dataclass(eq=False)
class _Waiter:
    conversation: str
    turn: asyncio.Future[_Slot] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Paces:
    """A limiter per tenant, since Teams counts per app and tenant: the sends of one never hold up another's."""

    def __init__(self, make: "Callable[[], Pace]") -> None:
        self._make = make
        self._of: dict[str, Pace] = {}
        self._replicas = 1

    def share(self, replicas: int) -> None:
        """Use only one replica's part of every total rate. replicas: how many send side by side."""
        self._replicas = replicas
        for pace in self._of.values():
            pace.share(replicas)

    def of(self, tenant: str) -> "Pace":
        """Return a tenant's limiter. tenant: one of those the bot serves, so there are few."""
        if tenant not in self._of:
            self._of[tenant] = self._make()
            self._of[tenant].share(self._replicas)
        return self._of[tenant]


class Pace:
    """Sliding-window rate limiter of one tenant, per conversation and in total. window: seconds.

    A sliding window cannot be exceeded by a double burst, as a token bucket can. Replies go before reminders, each in
    order of arrival; a conversation at its limit blocks no other. Replies go at once while there is room. The
    others (reminders, updates of old cards) are spread evenly, at some 16 a second: a burst of them, delayed on
    the way, would collide with the next and leave no room for replies. While people write, the others get the room
    that replies have left of late, less a margin: in a window that they filled, each reply would have to wait until a
    slot expires. OTHERS_AT_LEAST per window keep going.
    Source: Microsoft's "Optimize your bot with rate limiting in Teams": 7 per second per conversation; 25 in total
        stays below the 30 per second per app and tenant stated there.
    """

    def __init__(
        self, per_conversation: int = PER_CONVERSATION, total: int = IN_TOTAL, window: float = WINDOW_SECONDS
    ) -> None:
        self._per_conversation = per_conversation
        self._window = window
        self._total = total
        self._recent: deque[_Slot] = deque(maxlen=total)
        self._replies: deque[_Slot] = deque(maxlen=total * REPLIES_SEEN_WINDOWS)
        self._others: deque[_Slot] = deque(maxlen=total)
        self._conversations: OrderedDict[str, deque[_Slot]] = OrderedDict()
        self._urgent: dict[_Waiter, None] = {}
        self._normal: dict[_Waiter, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    @property
    def remembered(self) -> int:
        """Number of conversations in memory: those with a send within one window of the latest turn."""
        return len(self._conversations)

    def share(self, replicas: int) -> None:
        """Use only one replica's part of the total rate. replicas: how many send side by side."""
        most = max(1, self._total // max(1, replicas))
        if self._recent.maxlen != most:
            self._recent = deque(self._recent, maxlen=most)

    async def turn(self, conversation: str, *, urgent: bool = False) -> None:
        """Wait until another send to this conversation may start. urgent: a person is waiting for it.

        Call it immediately before sending: the window is counted from its return.
        """
        waiter = _Waiter(conversation)
        (self._urgent if urgent else self._normal)[waiter] = None
        self._let_go()
        slot = await waiter.turn
        slot.at = asyncio.get_running_loop().time()  # the window starts now: a busy event loop may have resumed us late

    def _let_go(self) -> None:
        """Release every send that may start now, and schedule the next check."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._forget_idle(now)
        come_back = math.inf
        for spread, waiting in ((False, self._urgent), (True, self._normal)):
            all_wait_until: float | None = None  # worked out again after each send that starts
            for waiter in [*waiting]:
                if all_wait_until is None:
                    all_wait_until = self._all_wait_until(now, spread=spread)
                if all_wait_until > now:
                    come_back = min(come_back, all_wait_until)
                    break
                free_at = self._free_at(self._conversations.get(waiter.conversation), spread=spread)
                if free_at > now:
                    come_back = min(come_back, free_at)
                else:
                    self._take(waiter, now)
                    all_wait_until = None
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_at(come_back, self._let_go) if come_back < math.inf else None

    def _take(self, waiter: _Waiter, now: float) -> None:
        urgent = waiter in self._urgent
        (self._urgent if urgent else self._normal).pop(waiter)
        if waiter.turn.done():  # the caller was cancelled
            return
        slot = _Slot(now)
        self._recent.append(slot)
        (self._replies if urgent else self._others).append(slot)
        self._conversations.setdefault(waiter.conversation, deque(maxlen=self._per_conversation)).append(slot)
        self._conversations.move_to_end(waiter.conversation)
        waiter.turn.set_result(slot)

    def _all_wait_until(self, now: float, *, spread: bool) -> float:
        """Return when another send may start, whatever its conversation."""
        until = self._free_at(self._recent, spread=spread)
        return max(until, self._others_free_at(now)) if spread else until

    def _others_free_at(self, now: float) -> float:
        """Return when the room that replies leave lets another send start; earlier if fewer people write by then."""
        assert self._recent.maxlen is not None
        for slots, seen in ((self._replies, REPLIES_SEEN_WINDOWS * self._window), (self._others, self._window)):
            while slots and slots[0].at + seen <= now:
                slots.popleft()
        kept = ALWAYS_FREE + math.ceil(MORE_REPLIES * len(self._replies) / REPLIES_SEEN_WINDOWS)
        room = max(OTHERS_AT_LEAST, self._recent.maxlen - kept)
        if len(self._others) < room:
            return 0.0
        more_room = [self._replies[0].at + REPLIES_SEEN_WINDOWS * self._window] if self._replies else []
        return min([self._others[-room].at + self._window, *more_room])

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
