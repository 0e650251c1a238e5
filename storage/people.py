"""The people register: units, people, and the roles they hold in units between two dates."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import BindParameter, ColumnElement, Date, String, UniqueConstraint, and_, bindparam, or_
from sqlmodel import Field, Session, col, select

from checklists.access import Holding
from checklists.identity import address, entra_id
from checklists.model import Role
from checklists.unit_names import unit_key
from storage.prepared import prepared
from storage.rows import TableRow
from texts import Language

ORGANISATION = ""
"""The name of the unit that represents the whole organisation."""


class UnitRow(TableRow, table=True):
    """A unit. The one named ORGANISATION is the whole organisation; every other one has a parent.

    merged_into_id: the unit that took over everything; this row then only keeps a name that unit is also known by, and
    explains the trail. closed_on: the first day on which nobody works there; its figures stay.
    """

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)
    instead = {"name": "?", "merged_into_id": None, "closed_on": None}

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    name: str = Field(max_length=200)
    parent_id: int | None = Field(default=None, foreign_key="unit.id")
    merged_into_id: int | None = None
    closed_on: date | None = None


class PersonRow(TableRow, table=True):
    """A person, identified by Entra object id, or by e-mail alone until the first contact binds her object id.

    object_id: as `checklists.identity.entra_id` returns it; the database refuses an empty one. joined_into_id: the row
    that took over everything, since both were the same person (migration 0010); this one only explains the trail.
    """

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("tenant_id", "object_id"), UniqueConstraint("tenant_id", "email"))
    instead = {
        "object_id": None,
        "email": None,
        "name": "?",
        "language": "sv",
        "welcomed": True,
        "joined_into_id": None,
    }

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    object_id: str | None = Field(default=None, max_length=100)
    email: str | None = Field(default=None, max_length=320)
    name: str = Field(max_length=200)
    language: Language = Field(default="sv", sa_type=String(2))
    welcomed: bool = False
    joined_into_id: int | None = None


class RoleRow(TableRow, table=True):
    """A role that a person holds in a unit between two dates (inclusive; None: open-ended).

    stands_in_for_id: the chef a deputy covers for, None if not stated.
    """

    __tablename__ = "role"
    __table_args__ = (UniqueConstraint("person_id", "unit_id", "role"),)

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    unit_id: int = Field(foreign_key="unit.id")
    role: Role = Field(sa_type=String(40))
    valid_from: date | None = None
    valid_to: date | None = None
    stands_in_for_id: int | None = None


def by_object_id(session: Session, tenant_id: int, object_id: str) -> PersonRow | None:
    """Return the person with this Entra object id in this tenant, ignoring upper and lower case."""
    return session.exec(
        select(PersonRow).where(PersonRow.tenant_id == tenant_id, PersonRow.object_id == entra_id(object_id))
    ).first()


def by_email(session: Session, tenant_id: int, email: str) -> PersonRow | None:
    """Return the person with this e-mail in this tenant, ignoring upper and lower case."""
    return session.exec(
        select(PersonRow).where(PersonRow.tenant_id == tenant_id, PersonRow.email == address(email))
    ).first()


def unbound_emails_exist(session: Session, tenant_id: int) -> bool:
    """Return whether anyone in the register is still to be bound by e-mail at first contact."""
    unbound = and_(col(PersonRow.object_id).is_(None), col(PersonRow.email).is_not(None))
    waiting = select(PersonRow.id).where(PersonRow.tenant_id == tenant_id, unbound).limit(1)
    return session.exec(waiting).first() is not None


def bound_namesake(session: Session, tenant_id: int, name: str) -> PersonRow | None:
    """Return somebody of this name who is bound to an Entra object id."""
    query = select(PersonRow).where(PersonRow.tenant_id == tenant_id, col(PersonRow.object_id).is_not(None))
    return session.exec(query.where(PersonRow.name == name).order_by(col(PersonRow.id))).first()


def person(session: Session, tenant_id: int, person_id: int) -> PersonRow | None:
    """Return a person of this tenant by row id."""
    return session.exec(select(PersonRow).where(PersonRow.tenant_id == tenant_id, PersonRow.id == person_id)).first()


def joined_into(session: Session, person_id: int) -> Sequence[int]:
    """Return the row ids of those who turned out to be this person."""
    return session.exec(select(PersonRow.id).where(PersonRow.joined_into_id == person_id)).all()


def joined(session: Session, tenant_id: int) -> dict[int, int]:
    """Return who each row that was joined into another is now, by row id."""
    query = select(PersonRow.id, PersonRow.joined_into_id).where(PersonRow.tenant_id == tenant_id)
    rows = session.exec(query.where(col(PersonRow.joined_into_id).is_not(None))).all()
    return {row_id: into or row_id for row_id, into in rows}


def now(session: Session, ids: Collection[int]) -> dict[int, int]:
    """Return who those of some rows are now that were joined into another, by row id."""
    if not ids:
        return {}
    query = select(PersonRow.id, PersonRow.joined_into_id).where(col(PersonRow.id).in_(ids))
    rows = session.exec(query.where(col(PersonRow.joined_into_id).is_not(None))).all()
    return {row_id: into or row_id for row_id, into in rows}


def bind(row: PersonRow, object_id: str) -> None:
    """Bind an e-mail-only row to its Entra object id. Raises: ValueError: it is bound already, or the id is empty."""
    if row.object_id is not None:
        raise ValueError("bound already")
    if not entra_id(object_id):
        raise ValueError("the object id is empty")
    row.object_id = entra_id(object_id)


def roles_on(session: Session, person_id: int, day: date) -> Sequence[RoleRow]:
    """Return the roles a person holds on a day."""
    rows = session.exec(select(RoleRow).where(RoleRow.person_id == person_id)).all()
    return [row for row in rows if is_held(row, day)]


def roles_of(session: Session, person_id: int, name: Role) -> Sequence[RoleRow]:
    """Return a person's roles of one kind, past and future ones too, in order of their first day."""
    query = select(RoleRow).where(RoleRow.person_id == person_id, RoleRow.role == name)
    return session.exec(query.order_by(col(RoleRow.valid_from), col(RoleRow.id))).all()


def unit(session: Session, tenant_id: int, name: str) -> UnitRow:
    """Return the unit with this name, or that once had it, creating it under the organisation if it is new.

    See `unit_names`.
    """
    row = unit_called(session, tenant_id, name)
    if row is None:
        parent = None if name == ORGANISATION else unit(session, tenant_id, ORGANISATION).id
        row = UnitRow(tenant_id=tenant_id, name=name, parent_id=parent)
        session.add(row)
        session.flush()
    return row


def unit_called(session: Session, tenant_id: int, name: str) -> UnitRow | None:
    """Return the unit with this name, or that once had it, compared as names of units are; None if there is none."""
    found = units_called(session, tenant_id, name)
    row = next((one for one in found if one.name == name), found[0] if found else None)
    while row is not None and row.merged_into_id is not None:
        row = session.get_one(UnitRow, row.merged_into_id)
    return row


def present_name(session: Session, name: str) -> str | None:
    """Return what the unit with this name, or that once had it, is called now, in any tenant; None if none has it."""
    tenants = session.exec(select(UnitRow.tenant_id).distinct().order_by(col(UnitRow.tenant_id))).all()
    rows = [row for tenant_id in tenants if (row := unit_called(session, tenant_id, name)) is not None]
    return next((row.name for row in rows if row.name == name), rows[0].name if rows else None)


_UNITS = prepared(select(UnitRow).where(col(UnitRow.tenant_id) == bindparam("tenant_id")))


def unit_names(session: Session, tenant_id: int, *, former: bool = False) -> dict[int, str]:
    """Return the names of a tenant's units, by row id. former: also those of units that were merged, and old names."""
    rows = session.exec(_UNITS, params={"tenant_id": tenant_id}).all()
    return {row.id: row.name for row in rows if former or row.merged_into_id is None}


def unit_by_id(session: Session, tenant_id: int, unit_id: int) -> UnitRow | None:
    """Return a unit of this tenant that has not been merged into another, by row id; never the organisation."""
    row = session.exec(select(UnitRow).where(UnitRow.tenant_id == tenant_id, UnitRow.id == unit_id)).first()
    return row if row is not None and row.name != ORGANISATION and row.merged_into_id is None else None


def units_called(session: Session, tenant_id: int, name: str) -> list[UnitRow]:
    """Return the rows with this name, compared as names of units are; those of merged units too."""
    rows = session.exec(select(UnitRow).where(UnitRow.tenant_id == tenant_id).order_by(col(UnitRow.id))).all()
    return [row for row in rows if unit_key(row.name) == unit_key(name)]


def add_unit(session: Session, row: UnitRow) -> None:
    """Insert a unit."""
    session.add(row)
    session.flush()


def roles_in(session: Session, unit_id: int) -> Sequence[RoleRow]:
    """Return every role in a unit, whatever the dates."""
    return session.exec(select(RoleRow).where(RoleRow.unit_id == unit_id).order_by(col(RoleRow.id))).all()


def every_role_of(session: Session, person_id: int) -> Sequence[RoleRow]:
    """Return every role of a person, whatever the dates."""
    return session.exec(select(RoleRow).where(RoleRow.person_id == person_id).order_by(col(RoleRow.id))).all()


def is_known(row: PersonRow) -> bool:
    """Return whether a row identifies somebody; one that was joined, or disposed of, only explains the trail."""
    return bool(row.object_id or row.email)


def register(session: Session, tenant_id: int) -> Sequence[PersonRow]:
    """Return everyone in the register, in name order; not the rows that were joined into another, or disposed of."""
    known = or_(col(PersonRow.object_id).is_not(None), col(PersonRow.email).is_not(None))
    query = select(PersonRow).where(PersonRow.tenant_id == tenant_id, col(PersonRow.joined_into_id).is_(None), known)
    return session.exec(query.order_by(col(PersonRow.name), col(PersonRow.id))).all()


def delete_role(session: Session, held: RoleRow) -> None:
    """Delete the row of a role, such as one that was merged into another row."""
    session.delete(held)
    session.flush()


def role(session: Session, person_row_id: int, unit_id: int, name: Role) -> RoleRow | None:
    """Return a person's role in a unit, whatever its dates; None if there is none."""
    query = select(RoleRow).where(RoleRow.person_id == person_row_id, RoleRow.unit_id == unit_id, RoleRow.role == name)
    return session.exec(query).first()


def holders(session: Session, tenant_id: int, unit_id: int, name: Role, day: date) -> Sequence[PersonRow]:
    """Return the people who hold a role in a unit on a day, in name order."""
    return [person for person, held in held_in(session, tenant_id, name, unit_id) if is_held(held, day)]


def names_of(session: Session, tenant_id: int, ids: Iterable[int]) -> dict[int, str]:
    """Return the names of the people with these row ids, in one query."""
    query = select(PersonRow.id, PersonRow.name).where(PersonRow.tenant_id == tenant_id)
    return dict(session.exec(query.where(col(PersonRow.id).in_(list(ids)))).all())


def held_in(
    session: Session, tenant_id: int, name: Role, unit_id: int | None = None
) -> Sequence[tuple[PersonRow, RoleRow]]:
    """Return who holds a role in a unit (None: in any), whatever the dates, in name order."""
    query = (
        select(PersonRow, RoleRow)
        .join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
        .where(PersonRow.tenant_id == tenant_id, RoleRow.role == name)
        .order_by(col(PersonRow.name), col(RoleRow.id))
    )
    if unit_id is not None:
        query = query.where(RoleRow.unit_id == unit_id)
    return session.exec(query).all()


def everyone(session: Session, tenant_id: int) -> Sequence[tuple[PersonRow, RoleRow]]:
    """Return everyone with each of their roles, whatever the dates, in name order."""
    query = select(PersonRow, RoleRow).join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
    return session.exec(query.where(PersonRow.tenant_id == tenant_id).order_by(col(PersonRow.name))).all()


def save_role(session: Session, row: RoleRow) -> RoleRow:
    """Insert or update a role."""
    session.add(row)
    session.flush()
    return row


def end_role(session: Session, held: RoleRow, day: date) -> None:
    """End a role, so that `day` is the first day it is not held; a role that would never have begun is deleted."""
    if held.valid_from is not None and held.valid_from >= day:
        session.delete(held)
    else:
        held.valid_to = day - timedelta(days=1)
    session.flush()


def is_held(held: RoleRow, day: date) -> bool:
    """Return whether a role is held on a day; its first and last days are included."""
    return (held.valid_from or day) <= day <= (held.valid_to or day)


def held_on(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Return `is_held` as a query condition."""
    begun = or_(col(RoleRow.valid_from).is_(None), col(RoleRow.valid_from) <= day)
    return and_(begun, or_(col(RoleRow.valid_to).is_(None), col(RoleRow.valid_to) >= day))


_HOLDINGS = prepared(
    select(RoleRow.person_id, RoleRow.unit_id, RoleRow.role, RoleRow.stands_in_for_id)
    .where(col(RoleRow.tenant_id) == bindparam("tenant_id"), held_on(bindparam("day", type_=Date)))
    .order_by(col(RoleRow.id))
)


def holdings_on(session: Session, tenant_id: int, day: date) -> list[Holding]:
    """Return every role held in a tenant on a day, oldest first; as plain values, because there are many."""
    return [Holding(*row) for row in session.exec(_HOLDINGS, params={"tenant_id": tenant_id, "day": day}).all()]


def by_ids(session: Session, tenant_id: int, ids: Iterable[int]) -> list[PersonRow]:
    """Return the people with these row ids, in the order given; unknown ids are skipped."""
    found = (person(session, tenant_id, row_id) for row_id in ids)
    return [row for row in found if row is not None]
