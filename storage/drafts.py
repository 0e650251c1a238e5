"""Unfinished texts left with Pausa or Tillbaka: sealed, visible to their author only, deleted once saved."""

from sqlalchemy import bindparam
from sqlmodel import Field, Session, col, delete, select

from storage.filled import FilledRow
from storage.prepared import prepared
from storage.rows import TableRow
from storage.sealing import seal, unseal


class DraftRow(TableRow, table=True):
    """An unfinished text. item_id: of the motivation; or a key with a prefix for other texts, see `actions.answers`."""

    __tablename__ = "draft"
    instead = {"text": b"", "place": b""}

    filled_id: int = Field(primary_key=True, foreign_key="filled_checklist.id")
    item_id: str = Field(primary_key=True, max_length=60)
    person_id: int = Field(primary_key=True, foreign_key="person.id")
    text: bytes
    place: bytes


def keep(session: Session, filled: FilledRow, item_id: str, person_id: int, text: str, place: str) -> None:
    """Store a draft, replacing an earlier one. If text and place are both empty the draft is deleted."""
    forget(session, filled, item_id, person_id)
    if not text and not place:
        return
    at = f"{filled.id}:{item_id}:{person_id}"
    sealed = [
        seal(session, filled.tenant_id, filled.case_id, field, at, value)
        for field, value in (("draft.text", text), ("draft.place", place))
    ]
    session.add(DraftRow(filled_id=filled.id, item_id=item_id, person_id=person_id, text=sealed[0], place=sealed[1]))
    session.flush()


def read(session: Session, filled: FilledRow, item_id: str, person_id: int) -> tuple[str, str]:
    """Return the drafted text and place, "" if there is no draft. Raises: SealBroken, KeyGone."""
    row = _find(session, filled, item_id, person_id)
    if row is None:
        return "", ""
    at = f"{filled.id}:{item_id}:{person_id}"
    return (
        unseal(session, filled.tenant_id, filled.case_id, "draft.text", at, row.text),
        unseal(session, filled.tenant_id, filled.case_id, "draft.place", at, row.place),
    )


def forget(session: Session, filled: FilledRow, item_id: str, person_id: int) -> None:
    """Delete a draft, if there is one."""
    session.exec(_FORGET, params={"filled_id": filled.id, "item_id": item_id, "person_id": person_id})


def forget_all(session: Session, filled: FilledRow) -> None:
    """Delete every draft in a list."""
    session.exec(delete(DraftRow).where(col(DraftRow.filled_id) == filled.id))


def _find(session: Session, filled: FilledRow, item_id: str, person_id: int) -> DraftRow | None:
    named = {"filled_id": filled.id, "item_id": item_id, "person_id": person_id}
    return session.exec(_FIND, params=named).first()


_OF_KEY = (
    col(DraftRow.filled_id) == bindparam("filled_id"),
    col(DraftRow.item_id) == bindparam("item_id"),
    col(DraftRow.person_id) == bindparam("person_id"),
)
_FORGET = prepared(delete(DraftRow).where(*_OF_KEY))
_FIND = prepared(select(DraftRow).where(*_OF_KEY))
