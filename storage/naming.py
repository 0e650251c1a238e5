"""Which of the stored replies and messages name a case: any of them may, whatever case it is about.

A case is named where cases are listed, but also where somebody has typed its reference: in a question about another
case, in one that was refused, or before the case was opened. So there is no index of what replies name: all are read.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Table, delete
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, select

from checklists.ref_pattern import normal
from storage import inbox, outbox
from storage.conversations import ConversationRow
from storage.sealing import KeyGone, MasterGone, SealBroken, prefetch_keys
from storage.unindexed import unindexed

_PAGE = 500
_CORE = re.compile("[0-9/.:-]+")
_OVERLAP = 1000
"""How many of the newest rows are read again after an earlier look: some of them were being written during it."""
_SAID: Final[Mapping[str, Callable[[Session, Any], str]]] = {"inbox": inbox.reply_of, "outbox": outbox.view_of}
"""The tables that keep what was said, and what decrypts a row."""


@dataclass(frozen=True, slots=True)
class Naming:
    """What names some cases. rows: row ids by table. up_to: the newest row of each table that was read."""

    tenant_id: int
    refs: frozenset[str]
    rows: Mapping[str, frozenset[int]]
    up_to: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Names:
    """What to look for. whole: references, squeezed. cores: the digits of each, the same however it is typed.

    cores are looked for first: squeezing every text takes twice as long as decrypting it.
    """

    cores: frozenset[str]
    whole: frozenset[str]


def look(session: Session, tenant_id: int, refs: Iterable[str], before: Naming | None = None) -> Naming:
    """Return what names one of the cases.

    before: an earlier look; if it was for these cases, only newer rows are read. Raises: MasterGone.
    """
    wanted = frozenset(refs)
    names, rows, up_to = _names(wanted), {}, {}
    if before is not None and not (before.tenant_id == tenant_id and before.refs >= wanted):
        before = None
    for name, text_of in _SAID.items():
        table = SQLModel.metadata.tables[name]
        again, newest = (before.rows[name], before.up_to[name]) if before is not None else ((), 0)
        # What was found is read again: a row deleted since may have left its id to a new one.
        said = chain(_these(session, table, tenant_id, again), _newer(session, table, tenant_id, newest - _OVERLAP))
        found = set()
        for row in said:
            newest = max(newest, row.id)
            if _may_name(session, row, text_of, names):
                found.add(row.id)
        rows[name], up_to[name] = frozenset(found), newest
    return Naming(tenant_id, wanted, rows, up_to)


def forget(session: Session, tenant_id: int, refs: Iterable[str], before: Naming | None = None) -> None:
    """Delete each reply and message that names one of the cases, and clear what a chat shows if it does. See `look`."""
    found = look(session, tenant_id, refs, before)
    for name, ids in found.rows.items():
        table = SQLModel.metadata.tables[name]
        for some in _in_pages(ids):
            session.connection().execute(delete(table).where(table.c.id.in_(some)))
    names = _names(found.refs)
    for chat in session.exec(select(ConversationRow).where(ConversationRow.tenant_id == tenant_id)):
        if _names_one(chat.shown, names):
            chat.shown = ""
    session.flush()


def _newer(session: Session, table: Table, tenant_id: int, since: int) -> Iterator[Row[Any]]:
    """Yield the rows of a table that are newer than a row id, oldest first."""
    query = select_columns(table).where(_is_of(table, tenant_id)).order_by(table.c.id).limit(_PAGE)
    while True:
        page = session.connection().execute(query.where(table.c.id > since)).all()
        prefetch_keys(session, tenant_id, {row.case_id for row in page})
        yield from page
        if len(page) < _PAGE:
            return
        since = page[-1].id


def _these(session: Session, table: Table, tenant_id: int, ids: Collection[int]) -> Iterator[Row[Any]]:
    for some in _in_pages(ids):
        query = select_columns(table).where(_is_of(table, tenant_id), table.c.id.in_(some))
        yield from session.connection().execute(query).all()


def _is_of(table: Table, tenant_id: int) -> ColumnElement[bool]:
    return unindexed(table.c.tenant_id) == tenant_id


def _in_pages(ids: Collection[int]) -> Iterator[Sequence[int]]:
    listed = sorted(ids)
    return (listed[first : first + _PAGE] for first in range(0, len(listed), _PAGE))


def _may_name(session: Session, row: Row[Any], text_of: Callable[[Session, Any], str], names: _Names) -> bool:
    """Return whether a row names a case; True also if nobody can tell, as it does not decrypt. Raises: MasterGone."""
    sealed = row.reply if "reply" in row._fields else row.view
    if not sealed:
        return False
    try:
        return _names_one(text_of(session, row), names)
    except MasterGone:
        raise
    except (SealBroken, KeyGone, TypeError):
        return True


def _names_one(text: str, names: _Names) -> bool:
    if not any(core in text for core in names.cores):
        return False
    squeezed = _squeezed(text)
    return any(name in squeezed for name in names.whole)


def _names(refs: Iterable[str]) -> _Names:
    listed = tuple(refs)
    whole = {_squeezed(one) for ref in listed for one in (ref, json.dumps(ref)[1:-1])}
    return _Names(frozenset(max(_CORE.findall(ref), key=len, default="") for ref in listed), frozenset(whole))


def _squeezed(text: str) -> str:
    """Return a text without spaces and in upper case: people type references in their own way; replies repeat that."""
    return normal(text).replace(" ", "")
