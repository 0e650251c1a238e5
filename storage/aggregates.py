"""The figures as a projection: every case's contribution is summed incrementally into counts that reports read.

A change only queues its case (storage/projection_queue). One projector at a time computes what the case contributes
now, subtracts what it contributed before (stored in `counted`) and adds the difference to the aggregates (`tally`), by
day and by month, so that a report on any period reads few rows however many lists there are. The live aggregates are
the sum of the stored contributions, and equal a recount from the answers once the queue is empty. The frozen ones are
the contributions of cases disposed of.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Index,
    Integer,
    Select,
    String,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    inspect,
    or_,
    text,
    update,
)
from sqlalchemy import select as select_columns
from sqlmodel import Field, Session, col

from checklists.loader import all_checklists, checklist_version
from checklists.model import AnyRole
from checklists.rates import item_figures
from storage import people
from storage import skipped as skipped_cases
from storage.among import among
from storage.contributions import RULES, Contribution, Key, of_cases
from storage.filled import FilledRow
from storage.held import UNREAD, Check, note
from storage.prepared import prepared
from storage.projection_queue import ChangedRow, clear_enqueued
from storage.rows import TableRow, shape
from storage.session import many
from storage.unfit import UNFIT, Skipped

_LOCK = 0x72617465  # PostgreSQL advisory lock: one projector at a time
BATCH = 500
DAY, MONTH = "d", "m"


class AggregateRow(TableRow, table=True):
    """The count `n` of one cell, on one day or in one month (`day` is then its first).

    item: empty for figures of whole lists and of cases; those of cases have no checklist either. value: the number of
    days, for figures that are durations. frozen: contributed by cases disposed of.
    """

    __tablename__ = "tally"
    __table_args__ = {"sqlite_with_rowid": False}

    tenant_id: int = Field(primary_key=True)
    grain: str = Field(primary_key=True, max_length=1)
    day: date = Field(primary_key=True)
    unit_id: int = Field(primary_key=True)
    checklist: str = Field(primary_key=True, max_length=60)
    version: int = Field(primary_key=True)
    role: AnyRole = Field(primary_key=True, sa_type=String(40))
    item: str = Field(primary_key=True, max_length=60)
    code: str = Field(primary_key=True, max_length=30)
    value: int = Field(primary_key=True)
    frozen: bool = Field(primary_key=True)
    n: int


class ContributionRow(TableRow, table=True):
    """What a case (filled_id 0) or one of its lists contributes to the aggregates, as last projected.

    item_states, marks: see checklists.rates. rules: the version of the counting rules (storage.contributions.RULES).
    """

    __tablename__ = "counted"
    __table_args__ = (Index("ix_counted_tenant_id", "tenant_id"), Index("ix_counted_rules", "rules"))

    case_id: int = Field(primary_key=True)
    filled_id: int = Field(primary_key=True)
    tenant_id: int
    unit_id: int
    checklist: str = Field(max_length=60)
    version: int
    role: AnyRole = Field(sa_type=String(40))
    begun: date | None = None
    item_states: str = Field(max_length=300, sa_column_kwargs={"name": "letters"})
    marks: str
    rules: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


AGGREGATES: Table = AggregateRow.__table__  # type: ignore[attr-defined]
_CONTRIBUTIONS: Table = ContributionRow.__table__  # type: ignore[attr-defined]
_COLUMNS = [inspect(ContributionRow).columns[name] for name in ("case_id", "filled_id", *Contribution._fields)]
_KEY = tuple(column.name for column in AGGREGATES.primary_key)


class Cell(NamedTuple):
    """The key of an aggregate, without its grain and whether it is frozen."""

    tenant_id: int
    day: date
    unit_id: int
    checklist: str
    version: int
    role: AnyRole
    item: str
    code: str
    value: int


def cells(part: Contribution) -> Iterator[Cell]:
    """Yield each cell that a contribution adds one to."""
    of = (part.unit_id, part.checklist, part.version, part.role)
    if part.begun is not None:
        for item, code in item_figures(checklist_version(part.checklist, part.version), part.item_states):
            yield Cell(part.tenant_id, part.begun, *of, item, code, 0)
    for mark in part.marks.split():
        code, value, day = mark.split(":")
        yield Cell(part.tenant_id, date.fromisoformat(day), *of, "", code, int(value))


# --- projection ------------------------------------------------------------------------------------------------------


def project_new(session: Session, *, wait: bool = True) -> int:
    """Project a batch as `project_some` does; return how many."""
    return project_some(session, wait=wait)[0]


def project_some(session: Session, *, wait: bool = True, today: date | None = None) -> tuple[int, tuple[Skipped, ...]]:
    """Project a batch of queued cases, oldest first; once the queue is empty, cases projected by older rules.

    A case that cannot be worked out keeps what it was last counted as, and is put on the admin's list.
    wait: for another projector to finish, so that a report that projects first misses nothing committed before it;
    otherwise return 0 at once. today: the day to enter on that list; None for today in UTC.
    Returns: the number of queue rows, or of cases, processed, 0: nothing is left; and the cases left out.
    """
    if not _lock_projector(session, wait=wait):
        return 0, ()
    today = today or datetime.now(UTC).date()
    queued = session.exec(_QUEUED, params={"most": BATCH})
    notes = queued.all()
    if notes or queued.left_out:
        lists = [filled_id for _, _, filled_id in notes if filled_id]
        ids = {case_id for _, case_id, _ in notes if case_id}
        if lists:
            ids |= {case_id for (case_id,) in session.exec(_CASES_OF, params={"lists": lists})}
        skipped = _project(session, sorted(ids))
        skipped_cases.note_figures(session, today, ids, skipped)
        taken = [row_id for row_id, _, _ in notes] + [int(one.row) for one in queued.left_out]
        session.exec(_TAKEN, params={"ids": taken})
        clear_enqueued(session)
        return len(taken), skipped
    behind = _projected_by_older_rules(session)
    skipped = _project(session, behind) if behind else ()
    if skipped:
        skipped_cases.note_figures(session, today, behind, skipped)
    return len(behind), skipped


_CHANGED: Table = ChangedRow.__table__  # type: ignore[attr-defined]
_QUEUED: Any = prepared(
    select_columns(_CHANGED.c.id, _CHANGED.c.case_id, _CHANGED.c.filled_id)
    .order_by(_CHANGED.c.id)
    .limit(bindparam("most", type_=Integer))
)
_CASES_OF: Any = prepared(select_columns(col(FilledRow.case_id)).where(among(col(FilledRow.id), "lists")))
_TAKEN = prepared(delete(_CHANGED).where(among(_CHANGED.c.id, "ids")))
_OLDER: Any = prepared(
    select_columns(_CONTRIBUTIONS.c.case_id)
    .where(_CONTRIBUTIONS.c.rules < bindparam("rules"))
    .order_by(_CONTRIBUTIONS.c.rules)
    .limit(bindparam("most", type_=Integer))
)
"""Cases projected by older rules, a batch of rows. Every report runs this, and mostly finds none, so the index on the
rules must answer it without reading every list."""


def by_older_rules() -> Select[Any]:
    """Return the query for cases projected by older rules."""
    query: Select[Any] = _OLDER.params(rules=RULES, most=BATCH)
    return query


def _projected_by_older_rules(session: Session) -> list[int]:
    """Return a batch of cases projected by older rules: by the previous release, which may still be running."""
    return sorted({case_id for (case_id,) in session.exec(_OLDER, params={"rules": RULES, "most": BATCH})})


def project_all(session: Session) -> None:
    """Project every queued case. In a read-only transaction nothing is done: figures are as of the last projection."""
    if session.info.get("only_reads"):
        return
    session.flush()
    while project_new(session):
        pass


def waiting(session: Session) -> int:
    """Return the length of the projection queue."""
    return session.connection().execute(select_columns(func.count()).select_from(ChangedRow)).scalar_one()


def sound(session: Session, case_ids: Sequence[int]) -> tuple[dict[Key, Contribution], tuple[Skipped, ...]]:
    """Return the present contributions of these cases, and the cases whose data are faulty."""
    return _of_sound(of_cases, session, case_ids)


def _of_sound(
    read: Callable[[Session, Sequence[int]], dict[Key, Contribution]], session: Session, case_ids: Sequence[int]
) -> tuple[dict[Key, Contribution], tuple[Skipped, ...]]:
    """Return what `read` gives for these cases, read one at a time if any is faulty, and the faulty ones."""
    try:
        return read(session, case_ids), ()
    except UNFIT:
        pass
    parts: dict[Key, Contribution] = {}
    skipped: list[Skipped] = []
    for case_id in case_ids:
        try:
            parts |= read(session, [case_id])
        except UNFIT as error:
            skipped.append(Skipped(case_id, error))
    return parts, tuple(skipped)


def _project(session: Session, case_ids: Sequence[int]) -> tuple[Skipped, ...]:
    now, skipped = sound(session, case_ids)
    gone = {one.case_id for one in skipped}
    # A case whose stored contribution cannot be read is left out too: a recount repairs it.
    before, unread = _of_sound(kept_contributions, session, [one for one in case_ids if one not in gone])
    skipped = (*skipped, *unread)
    faulty = {one.case_id for one in skipped}
    now = {key: part for key, part in now.items() if key[0] not in faulty}
    difference = Counter(cell for part in now.values() for cell in cells(part))
    difference.subtract(Counter(cell for part in before.values() for cell in cells(part)))
    _apply(session, difference, frozen=False)
    changed = {key: part for key, part in now.items() if before.get(key) != part}
    forget(session, [key for key in before if now.get(key) != before[key]])
    keep(session, changed)
    session.exec(_BY_NOW, params={"cases": case_ids, "now": RULES})
    return skipped


_OF_CASES = among(_CONTRIBUTIONS.c.case_id, "cases")
_BY_NOW = prepared(
    update(_CONTRIBUTIONS).where(_OF_CASES, _CONTRIBUTIONS.c.rules != bindparam("now")).values(rules=bindparam("now"))
)
_KEPT: Any = prepared(select_columns(*_COLUMNS).where(_OF_CASES))
_FORGET = prepared(
    delete(_CONTRIBUTIONS).where(
        _CONTRIBUTIONS.c.case_id == bindparam("of_case"), _CONTRIBUTIONS.c.filled_id == bindparam("of_list")
    )
)
_KEEP = prepared(
    insert(_CONTRIBUTIONS)
    .inline()
    .values({one.name: bindparam(one.name) for one in (*_COLUMNS, _CONTRIBUTIONS.c.rules)})
)


def freeze(session: Session, tenant_id: int, case_ids: Sequence[int]) -> None:
    """Turn the contributions of cases about to be disposed of into frozen aggregates: numbers per unit and day.

    Called in the transaction of the disposal, before the caller deletes the cases.
    """
    _lock_projector(session)
    session.flush()
    _project(session, case_ids)
    kept = Counter(cell for part in kept_contributions(session, case_ids).values() for cell in cells(part))
    assert all(cell.tenant_id == tenant_id for cell in kept)
    _apply(session, kept, frozen=True)
    _apply(session, Counter({cell: -n for cell, n in kept.items()}), frozen=False)
    session.connection().execute(delete(ContributionRow).where(col(ContributionRow.case_id).in_(case_ids)))


def move_unit(session: Session, tenant_id: int, was: int, now: int) -> None:
    """Count everything of one unit as another's: the contributions of cases, and the aggregates, live and frozen."""
    _lock_projector(session)
    session.flush()
    connection = session.connection()
    mine = and_(AGGREGATES.c.tenant_id == tenant_id, AGGREGATES.c.unit_id == was)
    names = [AGGREGATES.c[name] for name in Cell._fields]
    for frozen in (False, True):
        daily = select_columns(*names, AGGREGATES.c.n).where(mine, AGGREGATES.c.grain == DAY)
        rows = connection.execute(daily.where(AGGREGATES.c.frozen.is_(frozen))).all()
        _apply(session, {Cell(*row[:-1])._replace(unit_id=now): row[-1] for row in rows}, frozen=frozen)
    connection.execute(delete(AGGREGATES).where(mine))
    ours = and_(_CONTRIBUTIONS.c.tenant_id == tenant_id, _CONTRIBUTIONS.c.unit_id == was)
    connection.execute(update(_CONTRIBUTIONS).where(ours).values(unit_id=now))


def _lock_projector(session: Session, *, wait: bool = True) -> bool:
    """Take the projector's lock until the transaction ends; return whether it was obtained, always True with `wait`."""
    if session.get_bind().dialect.name != "postgresql":
        return True  # on SQLite a writing transaction is exclusive as it is
    if wait:
        session.connection().execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        return True
    return bool(session.connection().execute(text("select pg_try_advisory_xact_lock(:lock)"), {"lock": _LOCK}).scalar())


def kept_contributions(session: Session, case_ids: Sequence[int]) -> dict[Key, Contribution]:
    """Return the stored contributions of these cases and their lists."""
    rows = session.exec(_KEPT, params={"cases": case_ids}).whole()
    return {(row[0], row[1]): Contribution(*row[2:]) for row in rows}


def forget(session: Session, keys: Sequence[Key]) -> None:
    """Delete stored contributions, without adjusting the aggregates."""
    if keys:
        many(session, _FORGET, [{"of_case": case, "of_list": filled} for case, filled in keys])


def keep(session: Session, parts: Mapping[Key, Contribution]) -> None:
    """Insert contributions, without adjusting the aggregates."""
    if parts:
        names = [column.name for column in _COLUMNS]
        rows = [{**dict(zip(names, (*key, *part), strict=True)), "rules": RULES} for key, part in parts.items()]
        many(session, _KEEP, rows)


def by_grain(counts: Mapping[Cell, int]) -> Iterator[tuple[str, Cell, int]]:
    """Yield (grain, cell, count) for the given daily counts, and for their sums by month."""
    months: Counter[Cell] = Counter()
    for cell, n in counts.items():
        yield DAY, cell, n
        months[cell._replace(day=cell.day.replace(day=1))] += n
    for cell, n in months.items():
        yield MONTH, cell, n


def _apply(session: Session, difference: Mapping[Cell, int], *, frozen: bool) -> None:
    """Add a difference to the aggregates; rows whose count becomes 0 are deleted."""
    rows = [
        {**cell._asdict(), "grain": grain, "frozen": frozen, "n": n} for grain, cell, n in by_grain(difference) if n
    ]
    if not rows:
        return
    rows.sort(key=lambda row: tuple(str(row[name]) for name in _KEY))  # deterministic: independent of hash order
    many(session, _adding(session.get_bind().dialect.name), rows)
    fewer = [{"b_" + name: row[name] for name in _KEY} for row in rows if row["n"] < 0]
    if fewer:
        many(session, _EMPTIED, fewer)


@cache
def _adding(dialect: str) -> Any:
    """Return the insert that adds to a row that is there: each dialect has its own."""
    # Imported here: a bot on SQLite need not load the dialect of PostgreSQL.
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_or
    else:
        from sqlalchemy.dialects.sqlite import insert as insert_or  # type: ignore[assignment]
    upsert: Any = insert_or(AGGREGATES).inline().values({one.name: bindparam(one.name) for one in AGGREGATES.columns})
    return prepared(upsert.on_conflict_do_update(index_elements=_KEY, set_={"n": AGGREGATES.c.n + upsert.excluded.n}))


_EMPTIED = prepared(
    delete(AGGREGATES).where(*[AGGREGATES.c[name] == bindparam("b_" + name) for name in _KEY], AGGREGATES.c.n == 0)
)


# --- queries ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Count:
    """The sum `n` of a cell over a period."""

    unit_id: int
    checklist: str
    version: int
    role: AnyRole
    item: str
    code: str
    value: int
    n: int


def read(
    session: Session,
    tenant_id: int,
    first: date,
    last: date,
    *,
    of: Literal["items", "lists", "cases"],
    checklist: str = "",
    role: AnyRole = "",
    codes: Sequence[str] = (),
    by_place: bool | None = None,
) -> list[Count]:
    """Return the counts of a period (both days included), live and frozen together, optionally of one list or role.

    codes: only these, if any are given. by_place: only, or none of, the figures of single questions, which have codes
    of the form `CODE.PLACE` (see checklists.rates); None for both.

    Changes still in the queue are not included: call `project_all` first.
    """
    what = {
        "items": AGGREGATES.c.item != "",
        "lists": and_(AGGREGATES.c.item == "", AGGREGATES.c.checklist != ""),
        "cases": AGGREGATES.c.checklist == "",
    }[of]
    named = [
        AGGREGATES.c.unit_id,
        *(AGGREGATES.c[name] for name in ("checklist", "version", "role", "item", "code", "value")),
    ]
    query = (
        select_columns(*named, func.sum(AGGREGATES.c.n))
        .where(AGGREGATES.c.tenant_id == tenant_id, what, _within(first, last))
        .group_by(*named)
        .order_by(*named)
    )
    if checklist:
        query = query.where(AGGREGATES.c.checklist == checklist)
    if role:
        query = query.where(AGGREGATES.c.role == role)
    if codes:
        query = query.where(AGGREGATES.c.code.in_(codes))
    if by_place is not None:
        has_place = AGGREGATES.c.code.contains(".")
        query = query.where(has_place if by_place else ~has_place)
    rows: Sequence[Sequence[Any]] = session.connection().execute(query).all()
    names = tuple(one.name for one in fields(Count))
    return [Count(*row) for row in _without_invalid(session, tenant_id, names, rows)]


def by_month(
    session: Session,
    tenant_id: int,
    first: date,
    last: date,
    checklist: str,
    role: AnyRole,
    unit_ids: Sequence[int] = (),
) -> Sequence[tuple[date, str, str, int]]:
    """Return (first day of the month, item or "", code, n) of whole months, oldest first, over all versions.

    unit_ids: only these, if any are given. Durations and the figures of single questions (`CODE.PLACE`) are left out.
    """
    cells = AGGREGATES.c
    query = (
        select_columns(cells.day, cells.item, cells.code, func.sum(cells.n))
        .where(cells.tenant_id == tenant_id, cells.grain == MONTH, cells.day >= first, cells.day <= last)
        .where(cells.checklist == checklist, cells.role == role, cells.value == 0)
        .group_by(cells.day, cells.item, cells.code)
        .order_by(cells.day, cells.item, cells.code)
    )
    if unit_ids:
        query = query.where(cells.unit_id.in_(unit_ids))
    rows: Sequence[Any] = session.connection().execute(query).all()
    sound = _without_invalid(session, tenant_id, ("day", "item", "code", "n"), rows, checklist)
    return [(day, item, code, n) for day, item, code, n in sound if "." not in code]


def versions_begun(
    session: Session, tenant_id: int, checklist: str, role: AnyRole, unit_ids: Sequence[int] = ()
) -> Sequence[tuple[int, date]]:
    """Return (version, first day of the first month in which a list of it was begun). unit_ids: as `by_month`."""
    cells = AGGREGATES.c
    query = (
        select_columns(cells.version, func.min(cells.day))
        .where(cells.tenant_id == tenant_id, cells.grain == MONTH)
        .where(cells.checklist == checklist, cells.role == role, cells.item == "", cells.code == "begun")
        .group_by(cells.version)
        .order_by(cells.version)
    )
    if unit_ids:
        query = query.where(cells.unit_id.in_(unit_ids))
    return [(version, day) for version, day in session.connection().execute(query)]


def _without_invalid(
    session: Session, tenant_id: int, names: Sequence[str], rows: Sequence[Sequence[Any]], checklist: str = ""
) -> list[Sequence[Any]]:
    """Return the counts that something can be said about; each other one is noted as an invalid row, and left out.

    Invalid is also a unit that has been merged into another or is none, and a question that no checklist has: what
    counts for them is somewhere else by now, and `recount` puts it right. names: the columns of each row. checklist:
    whose questions they are, if that is none of the columns.
    """
    kind = shape(AggregateRow)
    of = dict(zip(kind.names, kind.check.columns, strict=True))
    check = Check([of[name] for name in names])
    known: dict[str, Collection[Any]] = {}
    if "unit_id" in names:
        known["unit_id"] = people.unit_names(session, tenant_id)
    if "checklist" in names:
        known["checklist"] = _questions()
    places = [(names.index(name), values) for name, values in known.items()]
    item_at = names.index("item")
    list_at = names.index("checklist") if "checklist" in names else None
    sound = []
    for row in rows:
        bad = [] if check.fits(tuple(row)) else [names[at] for at in check.misfits(row)]
        bad = bad or [names[at] for at, values in places if row[at] not in values]
        if not bad and row[item_at] not in _questions()[row[list_at] if list_at is not None else checklist]:
            bad = ["item"]
        if bad:
            told = {"tenant_id": tenant_id, **dict(zip(names, row, strict=True)), **dict.fromkeys(bad, UNREAD)}
            note(session, kind.table.name, kind.key_of([told.get(name, UNREAD) for name in kind.names]), *bad)
        else:
            sound.append(row)
    return sound


@cache
def _questions() -> Mapping[str, frozenset[str]]:
    """Return the questions of every checklist, in any version, with "" for whole lists; "" is the cases' checklist."""
    found = {"": {""}}
    for (checklist, _), one in all_checklists().items():
        found.setdefault(checklist, {""}).update(one.by_id)
    return {checklist: frozenset(items) for checklist, items in found.items()}


def _within(first: date, last: date) -> ColumnElement[bool]:
    spans = [
        and_(AGGREGATES.c.grain == grain, AGGREGATES.c.day >= start, AGGREGATES.c.day <= end)
        for grain, start, end in spans_of(first, last)
    ]
    return or_(*spans)


def spans_of(first: date, last: date) -> Iterator[tuple[str, date, date]]:
    """Split a period into (grain, first, last) spans: its whole months, and the days before and after them."""
    first, last = min(first, _END), min(last, _END)
    start = first if first.day == 1 else _next_month(first)
    end = _next_month(last) if (last + timedelta(days=1)).day == 1 else last.replace(day=1)
    if start >= end:
        yield DAY, first, last
        return
    yield MONTH, start, end - timedelta(days=1)
    if first < start:
        yield DAY, first, start - timedelta(days=1)
    if end <= last:
        yield DAY, end, last


_END = date(9998, 12, 31)  # `_next_month` must stay within date.max


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def units_counted(session: Session, tenant_id: int, last: date) -> set[int]:
    """Return the units, not merged into another, for which anything was counted up to the end of a month."""
    query = select_columns(AGGREGATES.c.unit_id).distinct()
    query = query.where(AGGREGATES.c.tenant_id == tenant_id, AGGREGATES.c.grain == MONTH, AGGREGATES.c.day <= last)
    return set(session.connection().execute(query).scalars()) & people.unit_names(session, tenant_id).keys()


def first_day(session: Session, tenant_id: int) -> date | None:
    """Return the earliest day with a count, None if there is none."""
    of_tenant = and_(AGGREGATES.c.tenant_id == tenant_id, AGGREGATES.c.grain == DAY)
    try:
        return session.connection().execute(select_columns(func.min(AGGREGATES.c.day)).where(of_tenant)).scalar()
    except UNFIT:  # one row's day is not a date; the others can be read
        query = select_columns(AGGREGATES.c.day).distinct().where(of_tenant).order_by(AGGREGATES.c.day)
        texts: Any = session.connection().execute(query).cursor
        days = [day for (text_of_day,) in texts.fetchall() if (day := _read_day(text_of_day)) is not None]
        return min(days, default=None)


def _read_day(stored: Any) -> date | None:
    try:
        return date.fromisoformat(stored)
    except (TypeError, ValueError):
        return None
