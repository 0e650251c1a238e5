"""Imports the files that are put into a folder (BK_IMPORT_FOLDER), and sends the admins a receipt.

A file's name says what it holds: `people…csv`, `cases…csv`, `answers…csv`. A file such as `cases.columns` beside it may
map the columns of an export to ours. An imported file is moved to `done`, a refused one to `refused`, each with its
receipt. All rows of a file are imported, or none.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bot.clock import Clock
from checklists import cells
from checklists.columns import read_map, renamed
from checklists.faults import Code, Refusal, fault, listed
from checklists.privacy import has_personal_number
from checklists.swedish_time import day_of
from dialogs.messages.tell import tell
from dialogs.views.views import Line, MenuView
from imports import cases, people
from imports.common import Imported, Order, to_look_at
from imports.steps import KINDS, import_file
from storage import people as register
from storage import tenants
from storage.desk import Desk, Session
from texts import say

DONE, REFUSED = "done", "refused"
MOST_FAULTS = 10
"""The most faults of a refused file, and the most lines to look at of each kind, that the receipt in the chat lists;
the receipt beside the file lists all."""
_COLUMNS = {"people": people.COLUMNS, "cases": cases.COLUMNS, "answers": cells.COLUMNS}
_ACTOR = "import:folder"

log = logging.getLogger(__name__)
Seen = tuple[int, int]


class ImportFolder:
    """One folder. A file is imported once it has not changed between two looks, and so is fully written."""

    def __init__(
        self,
        folder: Path,
        desk: Desk,
        clock: Clock,
        allowed: frozenset[str],
        wake: Callable[[], None],
        rest: Callable[[float], None] = time.sleep,
    ) -> None:
        """allowed: the tenants that may be named. wake: called when a receipt waits to be sent. rest: between steps."""
        self._folder, self._desk, self._clock, self._allowed, self._wake = folder, desk, clock, allowed, wake
        self._rest = rest
        self._seen: dict[Path, Seen] = {}

    async def look(self) -> None:
        """Import the files that have not changed since the last look. Raises: Refusal: the folder cannot be read."""
        for path in await asyncio.to_thread(self._whole):
            await asyncio.to_thread(self._take, path)

    def _whole(self) -> list[Path]:
        try:
            found = sorted(path for path in self._folder.iterdir() if path.is_file() and path.suffix.lower() == ".csv")
            now = {path: _state(path) for path in found}
        except OSError as error:
            raise Refusal(fault(Code.FOLDER_UNREADABLE, folder=self._folder, why=error.strerror)) from None
        whole = [path for path, seen in now.items() if self._seen.get(path) == seen]
        self._seen = now
        return whole

    def _take(self, path: Path) -> None:
        """Import one file. If it changes or disappears meanwhile there is no receipt; a changed one is taken again."""
        imported, lines, is_partly = None, [], False
        try:
            imported = self._import(path)
        except Refusal as refused:
            lines = refused.told("sv")
            is_partly = any(one.code == Code.CHANGED_MEANWHILE for one in refused.faults)
        except FileNotFoundError:
            return
        if not path.is_file() or _state(path) != self._seen.get(path):
            return
        if imported is not None:
            self._receipt(path, DONE, [_counts(imported), *_to_look_at(imported)], imported)
        else:
            self._receipt(path, REFUSED, lines, None, is_partly=is_partly)

    def _import(self, path: Path) -> Imported:
        """Import one file. Raises: Refusal: names every bad row by its line; nothing is stored then, or all but those
        that somebody else has changed meanwhile.
        """
        if has_personal_number(path.name):
            raise Refusal(fault(Code.NUMBER_IN_NAME))
        kind = next((kind for name, kind in KINDS.items() if path.name.casefold().startswith(name)), None)
        if kind is None:
            raise Refusal(fault(Code.FILE_NOT_NAMED, allowed=listed(KINDS)))
        beside = self._folder / f"{kind.name}.columns"
        columns = {}
        if beside.is_file():
            columns = read_map(beside.read_text("utf-8-sig", "replace"), _COLUMNS[kind.name], beside.name)
        tenant = next(iter(self._allowed)) if len(self._allowed) == 1 else ""
        raw = renamed(path.read_bytes(), columns, tenant=tenant)
        done = import_file(self._desk, kind, raw, Order(self._allowed, self._clock.now(), _ACTOR), self._rest)
        if done.refused:
            raise Refusal(fault(Code.CHANGED_MEANWHILE, lines=listed(done.refused)))
        return done.imported

    def _receipt(
        self, path: Path, outcome: str, lines: list[str], imported: Imported | None, *, is_partly: bool = False
    ) -> None:
        """Move the file, write the outcome beside it, and tell the admins. is_partly: all but the rows named are in."""
        name = "…" if has_personal_number(path.name) else path.name
        to = self._folder / outcome
        to.mkdir(exist_ok=True)
        stamp = self._clock.now().strftime("%Y%m%dT%H%M%S")
        path.replace(to / f"{stamp}-{path.name}")
        (to / f"{stamp}-{path.name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._desk.run_now(partial(self._tell, name=name, lines=lines, imported=imported, is_partly=is_partly))
        log.info("a file of the import folder: %s, lines: %d", outcome, len(lines))
        self._wake()

    def _tell(
        self, session: Session, name: str, lines: list[str], imported: Imported | None, *, is_partly: bool
    ) -> None:
        now = self._clock.now()
        for tenant in tenants.everyone(session):
            admins = {
                row.id: row
                for row, role in register.held_in(session, tenant.id, "admin")
                if register.is_held(role, day_of(now))
            }
            if imported is not None:
                args: dict[str, str | int] = {
                    "added": imported.added,
                    "changed": imported.changed,
                    "unchanged": imported.unchanged,
                }
                said = [Line(say="folder.counts", args=args)]
                if imported.new_units:
                    said.append(Line(say="folder.new_units", args={"units": listed(imported.new_units)}))
                for name_of, at in to_look_at(imported).items():
                    first = listed(at[:MOST_FAULTS]) + (" …" if len(at) > MOST_FAULTS else "")
                    said.append(Line(say=f"folder.{name_of}", args={"lines": first}))
            else:
                said = [Line(say="folder.fault", args={"what": one}) for one in lines[:MOST_FAULTS]]
                said = said if is_partly else [Line(say="folder.nothing"), *said]
                if len(lines) > MOST_FAULTS:
                    said.append(Line(say="folder.more", args={"count": len(lines) - MOST_FAULTS}))
            outcome = "folder.taken" if imported is not None else "folder.partly" if is_partly else "folder.refused"
            title = Line(say=outcome, args={"file": name})
            view = MenuView(title=title, lines=tuple(said), buttons=())
            tell(session, admins.values(), view, now=now, kind="notice")


def _state(path: Path) -> Seen:
    """Return size and modification time, which show whether a file has been written to since."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _to_look_at(imported: Imported) -> list[str]:
    """Return what the receipts say of lines that a person should look at."""
    return [say(f"folder.{name}", "sv", lines=listed(lines)) for name, lines in to_look_at(imported).items()]


def _counts(imported: Imported) -> str:
    return f"added: {imported.added}, changed: {imported.changed}, unchanged: {imported.unchanged}"
