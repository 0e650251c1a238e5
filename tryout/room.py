"""State shared by the try-out's handlers: people, chats, the bot's URL and clock, open pages."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp
from aiohttp import web

from tryout.activities import Json, Person
from tryout.clock import Clock, IsWorkingDay
from tryout.conversations import Entry, History

WAITING_EVENTS = 1000


class Pages:
    """The open pages. Each receives all events in order."""

    def __init__(self) -> None:
        self._queues: dict[asyncio.Queue[str], web.WebSocketResponse] = {}

    def join(self, page: web.WebSocketResponse) -> asyncio.Queue[str]:
        """Register a page and return its queue of events."""
        queue: asyncio.Queue[str] = asyncio.Queue(WAITING_EVENTS)
        self._queues[queue] = page
        return queue

    def leave(self, queue: asyncio.Queue[str]) -> None:
        """Unregister a page."""
        self._queues.pop(queue, None)

    def has(self, queue: asyncio.Queue[str]) -> bool:
        """Return whether the page still receives events."""
        return queue in self._queues

    def tell(self, event: Json) -> None:
        """Queue an event for every page. A page that stopped reading is dropped, and reconnects by itself."""
        for queue in list(self._queues):
            try:
                queue.put_nowait(json.dumps(event))
            except asyncio.QueueFull:
                self.leave(queue)

    async def close(self) -> None:
        """Close the connections to all pages, so that the server can stop at once."""
        going = [page.close(code=aiohttp.WSCloseCode.GOING_AWAY) for page in self._queues.values()]
        await asyncio.gather(*going)


@dataclass
class Room:
    """The state of a try-out: created by `add_routes`, completed by `start`."""

    people: tuple[Person, ...]
    bot_url: Callable[[], str]
    bot_name: str
    clock: Clock | None
    is_working_day: IsWorkingDay
    pages: Pages = field(default_factory=Pages)
    _history: History | None = None
    _session: aiohttp.ClientSession | None = None

    @property
    def history(self) -> History:
        """The chats. Only available while the app runs."""
        if self._history is None:
            raise RuntimeError("the try-out has not been started")
        return self._history

    @property
    def session(self) -> aiohttp.ClientSession:
        """The HTTP session for calls to the bot. Only available while the app runs."""
        if self._session is None:
            raise RuntimeError("the try-out has not been started")
        return self._session

    def start(self, history: History, session: aiohttp.ClientSession) -> None:
        """Set what lives as long as the app runs."""
        self._history, self._session = history, session

    def now(self) -> datetime:
        """Return the bot's time, or the real time if there is no clock to read."""
        return self.clock.now() if self.clock else datetime.now(UTC)

    def person(self, object_id: str) -> Person | None:
        """Return the person with this object id, or None."""
        return next((person for person in self.people if person.object_id == object_id), None)

    def owner(self, conversation_id: str) -> Person | None:
        """Return the person whose chat it is, or None."""
        return next((person for person in self.people if person.conversation_id == conversation_id), None)

    def service_url(self) -> str:
        """The serviceUrl the bot sends to."""
        return self.bot_url() + "/tryout/connector"

    def tell_entry(self, do: str, person: Person, entry: Entry) -> None:
        """Notify the pages of a new or changed message in a person's chat."""
        self.pages.tell({"do": do, "person": person.object_id, "entry": entry.to_json()})


ROOM = web.AppKey("tryout_room", Room)
