"""Storage of chats: an append-only file of JSON lines, replayed into memory.

Stored: what the bot posted, updated and deleted, and what people typed. Not stored: invoke responses, which are one
person's view of a card, and what was filled in on cards.
"""

import json
import logging
import os
import pathlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

KEPT_PER_CONVERSATION = 300
log = logging.getLogger(__name__)


@dataclass
class Entry:
    """A message in a chat. activity: None once the bot has deleted it."""

    id: str
    author: str
    at: str
    activity: Json | None

    def to_json(self) -> Json:
        """Return the entry in the page's format."""
        return {"id": self.id, "author": self.author, "at": self.at, "activity": self.activity}


@dataclass
class Conversation:
    """A person's chat. opened: the bot has been told that she installed the app."""

    opened: bool = False
    entries: dict[str, Entry] = field(default_factory=dict)


class History:
    """All chats, on file and in memory. Only one process at a time may use a file."""

    def __init__(self, path: pathlib.Path) -> None:
        """Read `path` if it exists, rewrite it without replaced entries, and keep it open for appending.

        Unreadable lines are dropped, for instance a last line only partly written.
        """
        self._conversations: dict[str, Conversation] = {}
        self._newest_id = 0
        self._read(path)
        self._compact(path)
        self._file = path.open("a", encoding="utf-8")

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def conversation(self, conversation_id: str) -> Conversation:
        """Return the chat, an empty one if it is new."""
        return self._conversations.setdefault(conversation_id, Conversation())

    def open(self, conversation_id: str) -> None:
        """Record that the bot knows of the installation."""
        self._record({"do": "open", "in": conversation_id})

    def say(self, conversation_id: str, activity: Json) -> Entry:
        """Store what a person typed; repeating an activity changes nothing."""
        entries = self.conversation(conversation_id).entries
        if activity["id"] not in entries:
            self._record(
                {"do": "say", "in": conversation_id, "id": activity["id"], "at": activity["timestamp"]}, activity
            )
        return entries[activity["id"]]

    def unsay(self, conversation_id: str, activity_id: str) -> None:
        """Remove what a person typed, because the bot never received it."""
        self._record({"do": "unsay", "in": conversation_id, "id": activity_id})

    def post(self, conversation_id: str, activity: Json, at: str) -> Entry:
        """Store what the bot posted, under a new id in milliseconds, like those of Teams."""
        new_id = str(max(self._newest_id + 1, time.time_ns() // 1_000_000))
        self._record({"do": "post", "in": conversation_id, "id": new_id, "at": at}, activity)
        return self.conversation(conversation_id).entries[new_id]

    def update(self, conversation_id: str, activity_id: str, activity: Json) -> Entry | None:
        """Replace what the bot posted; None if the bot has no such activity."""
        entry = self._posted(conversation_id, activity_id)
        if entry:
            self._record({"do": "update", "in": conversation_id, "id": activity_id}, activity)
        return entry

    def delete(self, conversation_id: str, activity_id: str) -> Entry | None:
        """Mark what the bot posted as deleted; None if the bot has no such activity."""
        entry = self._posted(conversation_id, activity_id)
        if entry:
            self._record({"do": "delete", "in": conversation_id, "id": activity_id})
        return entry

    def _posted(self, conversation_id: str, activity_id: str) -> Entry | None:
        entry = self.conversation(conversation_id).entries.get(activity_id)
        return entry if entry and entry.author == "bot" and entry.activity is not None else None

    def _record(self, line: Json, activity: Json | None = None) -> None:
        if activity is not None:
            line["activity"] = activity
        self._file.write(_text(line))
        self._file.flush()
        self._play(line)

    def _play(self, line: Json) -> None:
        """Apply one line of the file in memory."""
        conversation = self.conversation(line["in"])
        entries = conversation.entries
        match line["do"]:
            case "open":
                conversation.opened = True
            case "say":
                entries[line["id"]] = Entry(line["id"], "person", line["at"], line["activity"])
            case "post":
                entries[line["id"]] = Entry(line["id"], "bot", line["at"], line.get("activity"))
                self._newest_id = max(self._newest_id, int(line["id"]))
            case "update":
                entries[line["id"]].activity = line["activity"]
            case "delete":
                entries[line["id"]].activity = None
            case "unsay":
                entries.pop(line["id"], None)

    def _read(self, path: pathlib.Path) -> None:
        if not path.exists():
            return
        for number, raw in enumerate(path.read_bytes().splitlines(), start=1):
            try:
                self._play(json.loads(raw))
            except (ValueError, KeyError, TypeError):
                log.warning("tryout.history.line_dropped line=%d", number)

    def _compact(self, path: pathlib.Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(path.name + ".new")
        fresh.touch(mode=0o600)
        with fresh.open("w", encoding="utf-8") as file:
            file.writelines(_text(line) for line in self._lines())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    def _lines(self) -> Iterator[Json]:
        for conversation_id, conversation in self._conversations.items():
            if conversation.opened:
                yield {"do": "open", "in": conversation_id}
            conversation.entries = dict(list(conversation.entries.items())[-KEPT_PER_CONVERSATION:])
            for entry in conversation.entries.values():
                line = {"do": "post" if entry.author == "bot" else "say", "in": conversation_id}
                line |= {"id": entry.id, "at": entry.at}
                yield line if entry.activity is None else line | {"activity": entry.activity}


def _text(line: Json) -> str:
    return json.dumps(line, separators=(",", ":")) + "\n"
