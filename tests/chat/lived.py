"""What many tests begin with is lived through once in each process, and then put back as it was."""

import sqlite3
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from tests.chat.harness import Room

P = ParamSpec("P")
R = TypeVar("R")
OF_ROOM = ("now", "ids", "refused", "_opened")
"""What a room itself remembers; its people's chats, and its rows, beside them."""


@dataclass(frozen=True)
class _Moment:
    """How a room was left: its rows, what it and its people's chats remember, and what was given back."""

    rows: sqlite3.Connection
    room: dict[str, Any]
    chats: dict[str, dict[str, Any]]
    given: Callable[["Room"], Any]


class Memory:
    """The moments of the rooms that begin with the same rows. forget: drops what the bot remembers of rows."""

    def __init__(self, connection: sqlite3.Connection, forget: Callable[[], None]) -> None:
        self._connection, self._forget = connection, forget
        self._moments: dict[object, _Moment] = {}
        self._untouched: object = None

    def clear(self) -> None:
        """Drop every moment: rooms begin with other rows from now on."""
        for moment in self._moments.values():
            moment.rows.close()
        self._moments.clear()

    def begins(self, room: "Room") -> None:
        """Note how a new room looks: a moment is put back only where nothing has happened since."""
        self._untouched = self._look(room)

    def live(self, room: "Room", key: object, act: Callable[[], R]) -> R:
        """Return what an act gives, living through it unless that was done before."""
        if self._look(room) != self._untouched:
            return act()
        if key not in self._moments:
            given = act()
            self._keep(key, room, given)
            return given
        moment = self._moments[key]
        moment.rows.backup(self._connection)
        self._forget()
        vars(room).update({name: copy(value) for name, value in moment.room.items()})
        for name, then in moment.chats.items():
            vars(room.chat(name)).update({of: copy(value) for of, value in then.items()})
        again: R = moment.given(room)
        return again

    def _keep(self, key: object, room: "Room", given: object) -> None:
        rows = sqlite3.connect(":memory:", check_same_thread=False)
        self._connection.backup(rows)
        of_room = {name: copy(vars(room)[name]) for name in OF_ROOM}
        chats = {
            name: {of: copy(value) for of, value in vars(chat).items() if of != "room"}
            for name, chat in room.chats.items()
        }
        self._moments[key] = _Moment(rows, of_room, chats, _giver(room, given))

    def _look(self, room: "Room") -> object:
        """Return what differs as soon as anything was said, stored or set: here, in a chat or in the bot."""
        of_room = (room, room.now, next(copy(room.ids)), set(room.refused), room.mint, room.pages_url)
        touched = [name for name, chat in room.chats.items() if vars(chat) != vars(type(chat)(room, name))]
        return of_room, touched, room.desk.keys, self._connection.total_changes


def lived_once(act: Callable[P, R]) -> Callable[P, R]:
    """Let a way to set a room up be lived through once, and then put back.

    In a room where something has happened already, and on PostgreSQL, it is lived through. It takes the room, or a chat
    of it, and plain values: their written form is the key it is remembered by. It gives one of these too.
    """

    @wraps(act)
    def lived(*args: P.args, **named: P.kwargs) -> R:
        room, key = _called(args, named)
        if room.memory is None:
            return act(*args, **named)
        key = (act.__module__, act.__qualname__, *key)
        return room.memory.live(room, key, lambda: act(*args, **named))

    return lived


def _called(args: tuple[Any, ...], named: dict[str, Any]) -> tuple["Room", tuple[str, ...]]:
    """Return the room that a way is called with, and how the call is written."""
    where, *plain = (*args, *named.values())
    room, who = (where.room, where.name) if hasattr(where, "room") else (where, "")
    return room, (who, repr(plain), *named)


def _giver(room: "Room", given: object) -> Callable[["Room"], Any]:
    """Return how to find in another room what an act gave in this one."""
    if given is room:
        return lambda other: other
    whose = next((name for name, chat in room.chats.items() if chat is given), None)
    return (lambda _: given) if whose is None else (lambda other: other.chat(whose))
