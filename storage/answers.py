"""Answers, append-only: every change is a new revision, nothing is overwritten, and free text is sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple, Protocol, get_args

from sqlalchemy import String, UniqueConstraint, and_, bindparam, false, or_
from sqlalchemy import select as sql_select
from sqlalchemy import text as sql_text
from sqlmodel import Field, Session, col, func, select

from checklists.lifecycle import READER, WRITER
from checklists.model import OPEN, STORED_CHOICES, Answer, CaseType, ListId, Motivation, Role, Written
from checklists.swedish_time import midnight
from storage.cases import STANDS, CaseRow
from storage.filled import NO_ROUND, NOBODY, OWN, FilledRow
from storage.people import UnitRow
from storage.prepared import prepared
from storage.rows import TableRow
from storage.sealing import KeyGone, MasterGone, seal, unseal
from storage.times import Moment, swedish_day
from storage.unfit import UnknownAnswer

TextField = Literal["motivation", "place", "note", "raw", "method"]
TEXT_FIELDS: tuple[TextField, ...] = get_args(TextField)


class AnswerRow(TableRow, table=True):
    """One revision of one answer.

    choice: a Choice, `fritext` or `obesvarad`. option: comma-separated option ids. act: shared by the rows one act has
    stored. undo_of: the act this row undoes, else empty. follow_up: it concludes an item that was `pagaende` when the
    list was signed. day: the day asked for with the answer. Sealed: motivation, place (of the motivation, in the case
    file), note, raw (the cell of an import), and method (not among the options).
    """

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("filled_id", "item_id", "revision"),)
    alone = False
    holds = {"choice": STORED_CHOICES.__contains__}

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    filled_id: int = Field(foreign_key="filled_checklist.id")
    item_id: str = Field(max_length=60)
    revision: int
    choice: str = Field(max_length=20)
    option: str = Field(default="", max_length=60)
    answered_on: date | None = None
    day: date | None = None
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
    """A revision as raw driver values, without the ORM: an export reads thousands and changes none.

    answered_on, at, day: strings on SQLite.
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
    day: date | str | None


class OfCase(Protocol):
    """Something that belongs to a case, by row ids: what it takes to decrypt its texts."""

    @property
    def tenant_id(self) -> int: ...

    @property
    def case_id(self) -> int: ...


_LATEST = prepared(
    select(AnswerRow).where(
        col(AnswerRow.id).in_(
            select(func.max(col(AnswerRow.id)))
            .where(col(AnswerRow.filled_id) == bindparam("filled_id"))
            .group_by(col(AnswerRow.item_id))
        )
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
_LISTS = prepared(
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


def any_in(session: Session, case_id: int) -> bool:
    """Return whether anything is answered in any list of a case."""
    query = select(AnswerRow.id).join(FilledRow, col(FilledRow.id) == col(AnswerRow.filled_id))
    return session.exec(query.where(FilledRow.case_id == case_id).limit(1)).first() is not None


def any_of(session: Session, filled_id: int) -> bool:
    """Return whether anything was ever answered in a list, even if it was undone."""
    return session.exec(select(AnswerRow.id).where(AnswerRow.filled_id == filled_id).limit(1)).first() is not None


def newest_occasion(
    session: Session, case_id: int, checklist: str, reader_id: int = NOBODY
) -> list[tuple[FilledRow, dict[str, AnswerRow]]]:
    """Return the lists of a case's newest occasion with their newest answers, by child: the workers' and one reader's.

    One query, because nearly every turn starts with it.
    """
    named = {"case_id": case_id, "checklist": checklist, "person_id": reader_id}
    found: dict[int, tuple[FilledRow, dict[str, AnswerRow]]] = {}
    for row, answer in session.exec(_LISTS, params=named):
        _, given = found.setdefault(row.id, (row, {}))
        if answer is not None:
            given[answer.item_id] = answer
    return list(found.values())


_OWN = prepared(
    select(FilledRow, AnswerRow)
    .join(
        AnswerRow,
        and_(col(AnswerRow.filled_id) == col(FilledRow.id), col(AnswerRow.id).in_(_NEWEST)),
        isouter=True,
    )
    .where(
        col(FilledRow.case_id) == bindparam("case_id"),
        col(FilledRow.checklist) == bindparam("checklist"),
        col(FilledRow.role) == bindparam("role"),
        col(FilledRow.person_id) == bindparam("person_id"),
        col(FilledRow.round_id) == bindparam("round_id"),
    )
    .order_by(col(FilledRow.occasion), col(FilledRow.id))
)


def newest_own(
    session: Session, case_id: int, checklist: str, role: Role, person_id: int, round_id: int = NO_ROUND
) -> list[tuple[FilledRow, dict[str, AnswerRow]]]:
    """Return the lists of one role and person (NOBODY: the workers) with their newest answers.

    In the order they were begun, of the newest occasion, in one round or, with NO_ROUND, outside every round.
    """
    named = {"case_id": case_id, "checklist": checklist, "role": role, "person_id": person_id, "round_id": round_id}
    found: dict[int, tuple[FilledRow, dict[str, AnswerRow]]] = {}
    for row, answer in session.exec(_OWN, params=named):
        _, given = found.setdefault(row.id, (row, {}))
        if answer is not None:
            given[answer.item_id] = answer
    newest = max((row.occasion for row, _ in found.values()), default=0)
    return [one for one in found.values() if one[0].occasion == newest]


def newest_choices(session: Session, filled_id: int) -> dict[str, str]:
    """Return the newest choice of each answered item of a list."""
    query = select(AnswerRow.item_id, AnswerRow.choice).where(AnswerRow.filled_id == filled_id)
    return dict(session.exec(query.order_by(col(AnswerRow.revision))).all())


def newest_occasions(
    session: Session, case_ids: Sequence[int], checklist: str
) -> dict[int, list[tuple[FilledRow, dict[str, AnswerRow]]]]:
    """Return the workers' lists of the newest occasion of some cases, by case id, with their newest answers, by child.

    One query, however many cases.
    """
    of_these = (
        col(FilledRow.case_id).in_(case_ids),
        col(FilledRow.checklist) == checklist,
        col(FilledRow.role) == WRITER,
        col(FilledRow.person_id) == NOBODY,
    )
    occasion = col(FilledRow.occasion)
    last = (
        select(col(FilledRow.case_id).label("case_id"), func.max(occasion).label("occasion"))
        .where(*of_these)
        .group_by(col(FilledRow.case_id))
        .subquery()
    )
    newest = (
        select(func.max(col(AnswerRow.id)))
        .join(FilledRow, col(FilledRow.id) == col(AnswerRow.filled_id))
        .where(*of_these)
        .group_by(col(AnswerRow.filled_id), col(AnswerRow.item_id))
    )
    query = (
        select(FilledRow, AnswerRow)
        .join(last, and_(last.c.case_id == col(FilledRow.case_id), last.c.occasion == occasion))
        .join(
            AnswerRow,
            and_(col(AnswerRow.filled_id) == col(FilledRow.id), col(AnswerRow.id).in_(newest)),
            isouter=True,
        )
        .where(*of_these)
        .order_by(col(FilledRow.child), col(FilledRow.id))
    )
    found: dict[int, dict[int, tuple[FilledRow, dict[str, AnswerRow]]]] = {}
    for row, answer in session.exec(query):
        _, given = found.setdefault(row.case_id, {}).setdefault(row.id, (row, {}))
        if answer is not None:
            given[answer.item_id] = answer
    return {case_id: list(lists.values()) for case_id, lists in found.items()}


def latest(session: Session, filled: int) -> dict[str, AnswerRow]:
    """Return the newest revision of each item, by item id; {} for an unknown list."""
    rows = session.exec(_LATEST, params={"filled_id": filled})
    return {row.item_id: row for row in rows}


def history(session: Session, filled: int) -> Sequence[AnswerRow]:
    """Return every revision of every item, oldest first."""
    return session.exec(select(AnswerRow).where(AnswerRow.filled_id == filled).order_by(col(AnswerRow.id))).all()


def own_with_ongoing(session: Session, tenant_id: int) -> Sequence[FilledRow]:
    """Return the lists that one person answers alone and in which anything was ever answered `pagaende`, oldest first.

    Neither the decision basis nor a list that the workers of a case share is among them.
    """
    ongoing = select(AnswerRow.id).where(AnswerRow.filled_id == FilledRow.id, AnswerRow.choice == "pagaende")
    query = (
        select(FilledRow)
        .join(CaseRow, col(CaseRow.id) == col(FilledRow.case_id))
        .where(FilledRow.tenant_id == tenant_id, sql_text(OWN), FilledRow.person_id != NOBODY, STANDS, ongoing.exists())
    )
    return session.exec(query.order_by(col(FilledRow.id))).all()


@dataclass(frozen=True, slots=True)
class Said:
    """One answer, with the list it is in and the kind of its case."""

    checklist: ListId
    item: str
    role: Role
    case_type: CaseType
    choice: str
    option: str


def said_of(
    session: Session, tenant_id: int, places: Sequence[tuple[str, str]], first: date, last: date, unit: str = ""
) -> list[Said]:
    """Return the newest answers to some questions in the lists begun between two days.

    Only where an answer was given, and the question applies. places: list id and item id of each question. unit: its
    name; empty: all. Withdrawn cases are not counted.
    """
    asked = or_(*(and_(col(FilledRow.checklist) == one, col(AnswerRow.item_id) == item) for one, item in places))
    begun = col(FilledRow.begun_at)
    of_period = and_(
        col(FilledRow.tenant_id) == tenant_id,
        col(FilledRow.checklist).in_({one for one, _ in places}),
        begun >= midnight(first),
        begun < midnight(last + timedelta(days=1)),
    )
    newest = select(func.max(col(AnswerRow.id))).join(FilledRow, col(FilledRow.id) == col(AnswerRow.filled_id))
    newest = newest.where(of_period, asked).group_by(col(AnswerRow.filled_id), col(AnswerRow.item_id))
    columns = (
        *(col(FilledRow.checklist), col(AnswerRow.item_id), col(FilledRow.role), col(CaseRow.case_type)),
        *(col(AnswerRow.choice), col(AnswerRow.option)),
    )
    query = (
        sql_select(*columns)
        .join(FilledRow, col(FilledRow.id) == col(AnswerRow.filled_id))
        .join(CaseRow, col(CaseRow.id) == col(FilledRow.case_id))
        .join(UnitRow, col(UnitRow.id) == col(FilledRow.unit_id))
        .where(col(AnswerRow.id).in_(newest), STANDS, col(AnswerRow.choice).not_in((OPEN, "ej_tillampligt")))
    )
    query = query.where(col(UnitRow.name) == unit) if unit else query
    return [Said(*row) for row in session.connection().execute(query)]


def to_domain(row: AnswerRow | Stored) -> Answer:
    """Return a stored answer reduced to what the rules need. Raises: UnknownAnswer."""
    if row.choice not in STORED_CHOICES:
        raise UnknownAnswer
    has_method = bool(row.option) or row.method is not None
    return Answer(
        row.choice,
        row.revision,
        row.motivation_kind,
        noted=row.note is not None,
        has_method=has_method,
        option=row.option,
        only_here=row.motivation_kind == "text" and row.place is None,
    )


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
    """Insert one revision, sealing its texts.

    Raises: sqlalchemy.exc.IntegrityError (at flush): that revision exists already, from a concurrent transaction.
        UnknownAnswer: its choice could not be read back.
    """
    if written.choice not in STORED_CHOICES:
        raise UnknownAnswer
    row = AnswerRow(
        tenant_id=filled.tenant_id,
        filled_id=filled.id,
        item_id=item_id,
        revision=revision,
        choice=written.choice,
        option=written.option,
        answered_on=written.answered_on,
        day=written.day,
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
    """Decrypt one of the row's texts; "" if it has none. Raises: SealBroken, KeyGone."""
    sealed: bytes | None = getattr(row, name)
    if sealed is None:
        return ""
    return unseal(session, filled.tenant_id, filled.case_id, "answer." + name, _row(row), sealed)


def read(session: Session, filled: OfCase, row: AnswerRow) -> Written:
    """Return a stored revision with its texts decrypted. Raises: SealBroken, KeyGone."""
    texts = {name: text(session, filled, row, name) for name in TEXT_FIELDS}
    return replace(_in_clear(row, texts, row.answered_on), day=row.day)


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


def for_export(session: Session, filled: OfCase, row: AnswerRow | Stored) -> Written:
    """Return a stored revision for export; without its texts if the case's key was destroyed.

    Raises: SealBroken. MasterGone: the texts are recoverable, so a file without them must not pass as complete.
    """
    try:
        texts = {name: text(session, filled, row, name) for name in TEXT_FIELDS}
    except MasterGone:
        raise
    except KeyGone:  # disposed of: only the choices remain
        texts = {}
    return _in_clear(row, texts)


_NO_TEXTS = (None,) * len(TEXT_FIELDS)


def for_export_without_texts(choice: str, option: str, motivation_kind: Motivation) -> Written:
    """Return, for export, a revision known to have no texts."""
    return Written(choice, motivation_kind, option=option)


def has_texts(row: AnswerRow | Stored) -> bool:
    """Return whether a stored revision has sealed texts, which an export must decrypt."""
    texts = (row.motivation, row.place, row.note, row.raw, row.method)
    return texts != _NO_TEXTS


def day_of(row: AnswerRow | Stored) -> date:
    """Return the Swedish date of an answer: `answered_on` if stated, else the day it was stored."""
    told = row.answered_on
    if told is None:
        return swedish_day(row.at)
    return date.fromisoformat(told) if isinstance(told, str) else told


_REVISION = prepared(
    select(AnswerRow).where(
        col(AnswerRow.filled_id) == bindparam("filled_id"),
        col(AnswerRow.item_id) == bindparam("item_id"),
        col(AnswerRow.revision) == bindparam("revision"),
    )
)


def revision_of(session: Session, filled: int, item_id: str, revision: int) -> AnswerRow | None:
    """Return one revision of an answer, None if it does not exist."""
    named = {"filled_id": filled, "item_id": item_id, "revision": revision}
    return session.exec(_REVISION, params=named).first()


def revision_before(session: Session, row: AnswerRow) -> AnswerRow | None:
    """Return the revision that this one replaced, None for the first."""
    return revision_of(session, row.filled_id, row.item_id, row.revision - 1) if row.revision > 1 else None


def a_person_wrote(session: Session, filled: int) -> bool:
    """Return whether a person, rather than an import, wrote any revision of a list."""
    query = select(AnswerRow.id).where(AnswerRow.filled_id == filled, col(AnswerRow.author_id).is_not(None))
    return session.exec(query.limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class Act:
    """What one act of a person stored on a list. newest: row id of its newest row. undone: it has been undone since."""

    rows: tuple[AnswerRow, ...]
    newest: int
    undone: bool


def acts_of(session: Session, filled: int, author: int) -> list[Act]:
    """Return the author's acts on a list, newest first. Undoing is not an act of its own."""
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
