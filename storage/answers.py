"""Answers as revisions: every answer is a new row, nothing is overwritten, free text is sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple, Protocol, get_args

from sqlalchemy import String, UniqueConstraint, and_, bindparam, false, or_
from sqlmodel import Field, Session, SQLModel, col, func, select

from checklists.lifecycle import READER, WRITER
from checklists.model import Answer, Motivation, Written
from storage.filled import NOBODY, FilledRow
from storage.sealing import KeyGone, MasterGone, seal, unseal
from storage.times import Moment, swedish_day

TextField = Literal["motivation", "place", "note", "raw", "method"]
TEXT_FIELDS: tuple[TextField, ...] = get_args(TextField)


class AnswerRow(SQLModel, table=True):
    """One revision of one answer.

    choice: a Choice, `fritext` or `obesvarad`. act: rows stored by one press share it. undo_of: the act
    this row takes back. follow_up: it says how what was `pagaende` at the signature went. option: ids of options,
    by commas. The five texts are sealed: the motivation, where in the file it stands, the reservation, the raw cell
    of an import, and a method that is no option.
    """

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("filled_id", "item_id", "revision"),)

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    filled_id: int = Field(foreign_key="filled_checklist.id")
    item_id: str = Field(max_length=60)
    revision: int
    choice: str = Field(max_length=20)
    option: str = Field(default="", max_length=60)
    answered_on: date | None = None
    motivation_kind: Motivation = Field(default="", sa_type=String(10))
    motivation: bytes | None = None
    place: bytes | None = None
    note: bytes | None = None
    raw: bytes | None = None
    method: bytes | None = None
    author_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    at: datetime = Field(sa_type=Moment)
    act: str = Field(max_length=40)
    undo_of: str = Field(default="", max_length=40)
    follow_up: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Stored(NamedTuple):
    """A revision as its driver gives it, read past the session: an export holds thousands, and changes none of them.

    answered_on and at: on SQLite texts.
    """

    filled_id: int
    item_id: str
    revision: int
    choice: str
    option: str
    answered_on: date | str | None
    motivation_kind: Motivation
    motivation: bytes | None
    place: bytes | None
    note: bytes | None
    raw: bytes | None
    method: bytes | None
    at: datetime | str


class OfCase(Protocol):
    """A filled-in list, as far as opening its texts needs it."""

    @property
    def tenant_id(self) -> int:
        """Return the tenant's row id."""

    @property
    def case_id(self) -> int:
        """Return the case's row id."""


_LATEST = select(AnswerRow).where(
    col(AnswerRow.id).in_(
        select(func.max(col(AnswerRow.id)))
        .where(col(AnswerRow.filled_id) == bindparam("filled_id"))
        .group_by(col(AnswerRow.item_id))
    )
)


_NEWEST = (
    select(func.max(col(AnswerRow.id)))
    .join(FilledRow, col(FilledRow.id) == col(AnswerRow.filled_id))
    .where(col(FilledRow.case_id) == bindparam("case_id"), col(FilledRow.checklist) == bindparam("checklist"))
    .group_by(col(AnswerRow.filled_id), col(AnswerRow.item_id))
)
_OCCASION = (
    select(func.max(col(FilledRow.occasion)))
    .where(
        col(FilledRow.case_id) == bindparam("case_id"),
        col(FilledRow.checklist) == bindparam("checklist"),
        col(FilledRow.role) == WRITER,
    )
    .scalar_subquery()
)
_LISTS = (
    select(FilledRow, AnswerRow)
    .join(
        AnswerRow,
        and_(col(AnswerRow.filled_id) == col(FilledRow.id), col(AnswerRow.id).in_(_NEWEST)),
        isouter=True,
    )
    .where(
        col(FilledRow.case_id) == bindparam("case_id"),
        col(FilledRow.checklist) == bindparam("checklist"),
        col(FilledRow.occasion) == _OCCASION,
        or_(
            and_(col(FilledRow.role) == WRITER, col(FilledRow.person_id) == NOBODY),
            and_(col(FilledRow.role) == READER, col(FilledRow.person_id) == bindparam("person_id")),
        ),
    )
    .order_by(col(FilledRow.child), col(FilledRow.id))
)


def newest_occasion(
    session: Session, case_id: int, checklist: str, reader_id: int = NOBODY
) -> list[tuple[FilledRow, dict[str, AnswerRow]]]:
    """Return the lists of a case's newest occasion with their newest answers, by child: the workers' and one reader's.

    Read at once: this is what nearly every turn begins with.
    """
    named = {"case_id": case_id, "checklist": checklist, "person_id": reader_id}
    found: dict[int, tuple[FilledRow, dict[str, AnswerRow]]] = {}
    for row, answer in session.exec(_LISTS, params=named):
        _, given = found.setdefault(row.id, (row, {}))
        if answer is not None:
            given[answer.item_id] = answer
    return list(found.values())


def latest(session: Session, filled: int) -> dict[str, AnswerRow]:
    """Return the newest revision per item; an unknown list gives an empty dict."""
    rows = session.exec(_LATEST, params={"filled_id": filled})
    return {row.item_id: row for row in rows}


def history(session: Session, filled: int) -> Sequence[AnswerRow]:
    """Return every revision of every item, in the order they were given."""
    return session.exec(select(AnswerRow).where(AnswerRow.filled_id == filled).order_by(col(AnswerRow.id))).all()


def to_domain(row: AnswerRow | Stored) -> Answer:
    """Return what the rules need to know of a stored answer."""
    told_how = bool(row.option) or row.method is not None
    return Answer(row.choice, row.revision, row.motivation_kind, noted=row.note is not None, told_how=told_how)


def add(
    session: Session,
    filled: FilledRow,
    item_id: str,
    revision: int,
    written: Written,
    *,
    author: int | None,
    at: datetime,
    act: str,
    undo_of: str = "",
) -> AnswerRow:
    """Store one revision, texts sealed.

    Raises: sqlalchemy.exc.IntegrityError (at flush): someone else stored that revision first.
    """
    row = AnswerRow(
        tenant_id=filled.tenant_id,
        filled_id=filled.id,
        item_id=item_id,
        revision=revision,
        choice=written.choice,
        option=written.option,
        answered_on=written.answered_on,
        motivation_kind=written.motivation_kind,
        author_id=author,
        at=at,
        act=act,
        undo_of=undo_of,
    )
    for name in TEXT_FIELDS:
        text = getattr(written, name)
        if text:
            setattr(row, name, seal(session, filled.tenant_id, filled.case_id, "answer." + name, _row(row), text))
    session.add(row)
    return row


def text(session: Session, filled: OfCase, row: AnswerRow | Stored, name: TextField) -> str:
    """Open one of the row's sealed texts; empty when there is none. Raises: SealBroken, KeyGone."""
    sealed: bytes | None = getattr(row, name)
    if sealed is None:
        return ""
    return unseal(session, filled.tenant_id, filled.case_id, "answer." + name, _row(row), sealed)


def read(session: Session, filled: OfCase, row: AnswerRow) -> Written:
    """Return a stored revision with its texts in clear. Raises: SealBroken, KeyGone."""
    texts = {name: text(session, filled, row, name) for name in TEXT_FIELDS}
    return _in_clear(row, texts, row.answered_on)


def _in_clear(row: AnswerRow | Stored, texts: Mapping[TextField, str], day: date | None = None) -> Written:
    return Written(
        row.choice,
        row.motivation_kind,
        motivation=texts.get("motivation", ""),
        place=texts.get("place", ""),
        note=texts.get("note", ""),
        raw=texts.get("raw", ""),
        option=row.option,
        answered_on=day,
        method=texts.get("method", ""),
    )


def told(session: Session, filled: OfCase, row: AnswerRow | Stored) -> Written:
    """Return a stored revision as it is written to a file; without texts when the case's key was dropped.

    Raises: SealBroken. MasterGone: its texts can be had again, and a file without them would pass for a whole one.
    """
    try:
        texts = {name: text(session, filled, row, name) for name in TEXT_FIELDS}
    except MasterGone:
        raise
    except KeyGone:  # disposed of; what was answered stays
        texts = {}
    return _in_clear(row, texts)


_NO_TEXTS = (None,) * len(TEXT_FIELDS)


def told_without_texts(choice: str, option: str, motivation_kind: Motivation) -> Written:
    """Return a revision that has no texts as it is written to a file."""
    return Written(choice, motivation_kind, option=option)


def is_told_in_texts(row: AnswerRow | Stored) -> bool:
    """Say whether anything of a stored revision is sealed, and so has to be opened to be told."""
    texts = (row.motivation, row.place, row.note, row.raw, row.method)
    return texts != _NO_TEXTS


def day_of(row: AnswerRow | Stored) -> date:
    """Return the day an answer was given: as it was told, else the day it was stored, in Sweden."""
    told = row.answered_on
    if told is None:
        return swedish_day(row.at)
    return date.fromisoformat(told) if isinstance(told, str) else told


def revision_of(session: Session, filled: int, item_id: str, revision: int) -> AnswerRow | None:
    """Return one revision of an answer, None when there is no such."""
    query = select(AnswerRow).where(
        AnswerRow.filled_id == filled, AnswerRow.item_id == item_id, AnswerRow.revision == revision
    )
    return session.exec(query).first()


def revision_before(session: Session, row: AnswerRow) -> AnswerRow | None:
    """Return the revision that this one replaced."""
    return revision_of(session, row.filled_id, row.item_id, row.revision - 1)


def a_person_wrote(session: Session, filled: int) -> bool:
    """Say whether any revision of a list is a person's; an import has no author."""
    query = select(AnswerRow.id).where(AnswerRow.filled_id == filled, col(AnswerRow.author_id).is_not(None))
    return session.exec(query.limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class Act:
    """What one press of one person stored on a list. newest: row id of its newest row. undone: taken back since."""

    rows: tuple[AnswerRow, ...]
    newest: int
    undone: bool


def acts_of(session: Session, filled: int, author: int) -> list[Act]:
    """Return the author's acts on a list, newest first; takings-back are not acts of their own."""
    query = select(AnswerRow).where(AnswerRow.filled_id == filled, AnswerRow.author_id == author)
    rows = session.exec(query.order_by(col(AnswerRow.id).desc())).all()
    undone = {row.undo_of for row in rows if row.undo_of}
    acts: dict[str, list[AnswerRow]] = {}
    for row in rows:
        if not row.undo_of:
            acts.setdefault(row.act, []).append(row)
    return [Act(tuple(found), found[0].id or 0, act in undone) for act, found in acts.items()]


def _row(row: AnswerRow | Stored) -> str:
    return f"{row.filled_id}:{row.item_id}:{row.revision}"
