"""Maintain the people register: enter people, bind them to their Entra ids, appoint deputies; store preferences."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from actions import role_days, settings
from actions.changes import NONE, Change, Changes, record
from actions.origin import Origin
from checklists.errors import BadDeputy, BadEmail, BadPeriod, DatesOutOfOrder
from checklists.faults import Code, Refusal, fault, of_rule
from checklists.identity import entra_id
from checklists.model import Role
from storage import people, told_reminders
from storage.desk import Session
from storage.people import PersonRow, RoleRow
from storage.told_reminders import SnoozeRow
from texts import Language

Outcome = Literal["added", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a register file: who holds which role in which unit. Days are inclusive; None: open-ended.

    keeps: the days that it leaves as they are in the register.
    """

    object_id: str | None
    email: str | None
    name: str
    unit: str
    role: Role
    valid_from: date | None = None
    valid_to: date | None = None
    keeps: frozenset[str] = frozenset()


def entry_from_today(session: Session, origin: Origin, email: str, name: str, unit: str, role: Role) -> Entry:
    """Return the entry that gives a person a role from now on.

    A role she holds keeps its days; one that has ended begins again today.
    Raises: BadEmail: somebody with another name has the e-mail.
    """
    person = people.by_email(session, origin.tenant_id, email)
    if person is None:
        return Entry(None, email, name, unit, role)
    if person.name.casefold() not in (name.casefold(), email):
        raise BadEmail
    in_unit = people.units_called(session, origin.tenant_id, unit)
    held = people.role(session, person.id, people.unit(session, origin.tenant_id, unit).id, role) if in_unit else None
    if held is None or (held.valid_to or date.max) >= origin.today:
        return Entry(None, email, name, unit, role, keeps=frozenset({"valid_from", "valid_to"} if held else ()))
    return Entry(None, email, name, unit, role, valid_from=origin.today)


def enter(session: Session, origin: Origin, entry: Entry) -> tuple[Outcome, Changes]:
    """Update the register to match one entry. Raises: Refusal: its ids or days contradict the register.

    What the admin should look at is among the changes: `person_doubled`, `email_changed`.
    """
    person, what, odd, followed = _person(session, origin, entry)
    unit = people.unit(session, origin.tenant_id, entry.unit)
    held = people.role(session, person.id, unit.id, entry.role)
    if held is None:
        held = RoleRow(tenant_id=origin.tenant_id, person_id=person.id, unit_id=unit.id, role=entry.role)
        session.add(held)
        what = "added"
    first = held.valid_from if "valid_from" in entry.keeps else entry.valid_from
    last = held.valid_to if "valid_to" in entry.keeps else entry.valid_to
    if first and last and last < first:
        raise Refusal(of_rule(DatesOutOfOrder(earlier="valid_from", later="valid_to"), "valid_to"))
    if entry.role == "deputy" and not (first and last):
        raise Refusal(fault(Code.DAYS_NEEDED))
    if what == "unchanged" and (held.valid_from, held.valid_to) != (first, last):
        what = "changed"
    were = role_days.give(session, origin, held, first, last)
    if what == "unchanged":
        return what, NONE
    event = Change("person_added" if what == "added" else "person_changed", detail=f"{person.id}:{held.role}")
    return what, followed + were + record(session, origin, event, *odd)


def _person(session: Session, origin: Origin, entry: Entry) -> tuple[PersonRow, Outcome, Changes, Changes]:
    """Find, update or create the person; return her with the outcome and two kinds of changes: those the admin should
    look at, and those to settings that name her by e-mail."""
    tenant_id = origin.tenant_id
    object_id, email = entra_id(entry.object_id or "") or None, entry.email
    found = people.by_object_id(session, tenant_id, object_id) if object_id else None
    by_email = people.by_email(session, tenant_id, email) if email else None
    if found is not None and by_email is not None and found is not by_email:
        raise Refusal(fault(Code.TWO_PEOPLE))
    if found is None and by_email is not None and object_id and by_email.object_id:
        raise Refusal(fault(Code.OTHER_OBJECT_ID))
    found = found or by_email
    if found is None:
        name = entry.name or email or object_id or ""
        bound = people.bound_namesake(session, tenant_id, name) if object_id is None else None
        found = PersonRow(tenant_id=tenant_id, object_id=object_id, email=email, name=name)
        session.add(found)
        session.flush()
        return found, "added", (_doubled(found, bound),) if bound else NONE, NONE
    before = (found.object_id, found.email, found.name)
    odd = found.object_id and found.email and email and email != found.email
    followed = settings.follow_address(session, origin, found.email, email or found.email)
    found.object_id, found.email = found.object_id or object_id, email or found.email
    found.name = entry.name or found.name
    changed = before != (found.object_id, found.email, found.name)
    moved = (Change("email_changed", detail=str(found.id)),) if odd else NONE
    return found, "changed" if changed else "unchanged", moved, followed


def _doubled(second: PersonRow, first: PersonRow) -> Change:
    return Change("person_doubled", detail=f"{second.id}:{first.id}")


def first_admin(session: Session, origin: Origin, email: str) -> Changes:
    """Enter an admin if the municipality has none today, so that she can add the others."""
    admins = people.held_in(session, origin.tenant_id, "admin")
    if any(people.is_held(role, origin.today) for _, role in admins):
        return NONE
    entry = Entry(None, email, "", people.ORGANISATION, "admin")
    return enter(session, origin, entry)[1]


def second_row(session: Session, origin: Origin, waiting: PersonRow, known: PersonRow) -> Changes:
    """Record that a row known by e-mail alone belongs to a person who is bound already; the rows are not joined."""
    return record(session, origin, _doubled(waiting, known))


def bind(session: Session, origin: Origin, person: PersonRow, object_id: str) -> Changes:
    """Bind a person known only by e-mail to her Entra object id, once, at first contact.

    Raises: ValueError: she is bound already, or the id is empty.
    """
    people.bind(person, object_id)
    return record(session, origin, Change("bound"))


def welcome(session: Session, origin: Origin, person: PersonRow) -> Changes:
    """Record that a person has been welcomed. Idempotent."""
    if person.welcomed:
        return NONE
    person.welcomed = True
    return record(session, origin, Change("installed"))


def choose_language(session: Session, origin: Origin, person: PersonRow, language: Language) -> Changes:
    """Store the language a person has chosen."""
    person.language = language
    return record(session, origin, Change("language_set", detail=language))


def name_deputy(
    session: Session, origin: Origin, deputy: PersonRow, unit_id: int, chef: PersonRow, first: date, last: date
) -> Changes:
    """Appoint a deputy for a chef between two days, inclusive; a deputy of the unit already gets the new days and chef.

    Raises: BadDeputy: deputy and chef are the same person. BadPeriod: it ends before it begins, or before today.
    """
    if deputy.id == chef.id:
        raise BadDeputy
    if last < first or last < origin.today:
        raise BadPeriod
    held = people.role(session, deputy.id, unit_id, "deputy")
    if held is None:
        held = RoleRow(tenant_id=origin.tenant_id, person_id=deputy.id, unit_id=unit_id, role="deputy")
    changes = role_days.give(session, origin, held, first, last)
    held.stands_in_for_id = chef.id
    days = f"{first.isoformat()}/{last.isoformat()}"
    event = Change("deputy_named", detail=f"{deputy.id} for {chef.id} in {unit_id} {days}")
    return changes + record(session, origin, event)


def remove_deputy(session: Session, origin: Origin, held: RoleRow) -> Changes:
    """End a deputy's appointment at once."""
    detail = f"{held.person_id} in {held.unit_id}"
    changes = role_days.end(session, origin, held, origin.today)
    return changes + record(session, origin, Change("deputy_removed", detail=detail))


def snooze(session: Session, origin: Origin, bundle: str, until: date) -> Changes:
    """Postpone a bundle of reminders to a later day, when those still due are sent again."""
    row = SnoozeRow(person_id=origin.person_id or 0, bundle=bundle, tenant_id=origin.tenant_id, until=until)
    told_reminders.snooze(session, row)
    return record(session, origin, Change("snoozed", detail=until.isoformat()))
