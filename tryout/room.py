"""What the try-out's handlers share: the people, their chats, the bot's address and clock, and the open pages."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp
from aiohttp import web

from tryout.activities import Json, Person
from tryout.clock import Clock
from tryout.conversations import Entry, History

WAITING_EVENTS = 1000


class Pages:
    """The pages that are open right now; each is told of everything, in order."""

    def __init__(self) -> None:
        """Begin with no page open."""
        self._queues: dict[asyncio.Queue[str], web.WebSocketResponse] = {}

    def join(self, page: web.WebSocketResponse) -> asyncio.Queue[str]:
        """Register a page and return its queue."""
        queue: asyncio.Queue[str] = asyncio.Queue(WAITING_EVENTS)
        self._queues[queue] = page
        return queue

    def leave(self, queue: asyncio.Queue[str]) -> None:
        """Forget a page."""
        self._queues.pop(queue, None)

    def has(self, queue: asyncio.Queue[str]) -> bool:
        """Say whether the page is still told of events."""
        return queue in self._queues

    def tell(self, event: Json) -> None:
        """Queue an event for every page; one that has stopped reading is dropped and will come back by itself."""
        for queue in list(self._queues):
            try:
                queue.put_nowait(json.dumps(event))
            except asyncio.QueueFull:
                self.leave(queue)

    async def close(self) -> None:
        """Say goodbye to all pages, so that the server can stop at once."""
        going = [page.close(code=aiohttp.WSCloseCode.GOING_AWAY) for page in self._queues.values()]
        await asyncio.gather(*going)


@dataclass
class Room:
    """One try-out: made once by `add_routes`, filled in when the app starts."""

    people: tuple[Person, ...]
    bot_url: Callable[[], str]
    bot_name: str
    clock: Clock | None
    pages: Pages = field(default_factory=Pages)
    _history: History | None = None
    _session: aiohttp.ClientSession | None = None

    @property
    def history(self) -> History:
        """The chats; only between start and stop."""
        if self._history is None:
            raise RuntimeError("the try-out has not been started")
        return self._history

    @property
    def session(self) -> aiohttp.ClientSession:
        """For talking to the bot; only between start and stop."""
        if self._session is None:
            raise RuntimeError("the try-out has not been started")
        return self._session

    def start(self, history: History, session: aiohttp.ClientSession) -> None:
        """Take what lives as long as the app runs."""
        self._history, self._session = history, session

    def now(self) -> datetime:
        """The bot's time, or the real time when the bot's clock is not ours to read."""
        return self.clock.now() if self.clock else datetime.now(UTC)

    def person(self, object_id: str) -> Person | None:
        """Find a person by her object id."""
        return next((person for person in self.people if person.object_id == object_id), None)

    def owner(self, conversation_id: str) -> Person | None:
        """Find whose chat it is."""
        return next((person for person in self.people if person.conversation_id == conversation_id), None)

    def service_url(self) -> str:
        """Where the bot sends what it has to say."""
        return self.bot_url() + "/tryout/connector"

    def tell_entry(self, do: str, person: Person, entry: Entry) -> None:
        """Tell the pages of a new or changed line in someone's chat."""
        self.pages.tell({"do": do, "person": person.object_id, "entry": entry.to_json()})


ROOM = web.AppKey("tryout_room", Room)
