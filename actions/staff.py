"""What happens to people in the register: somebody starts, leaves, changes unit, has two rows, gets a new e-mail.

A person is added by `actions.people.enter`. Nobody is deleted: the trail names her.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from actions import cases as case_acts
from actions import role_days, settings
from actions.changes import NONE, Change, Changes, record
from actions.origin import Origin
from checklists.errors import BadEmail, BadPeriod, LastAdmin, NotTwoAccounts, NoWorkerThere
from checklists.identity import address, is_address
from checklists.model import Role
from checklists.privacy import refuse_personal_numbers
from storage import joining, people
from storage.cases import CaseRow
from storage.desk import Session
from storage.people import PersonRow, RoleRow

_MOST = 200
IN_A_UNIT: tuple[Role, ...] = ("case_worker", "unit_manager")
"""The roles with which somebody changes unit."""


def leave(session: Session, origin: Origin, person: PersonRow, last: date) -> Changes:
    """End every role of a person after a day; one that would begin later is deleted. Her cases stay hers.

    Raises: BadPeriod: the day is before the one of a role that has begun. LastAdmin: nobody else administers the bot.
    """
    held = [row for row in people.every_role_of(session, person.id) if (row.valid_to or date.max) > last]
    if any(row.role == "admin" for row in held) and not _another_admin(session, origin, person, last):
        raise LastAdmin
    if not held:
        return NONE
    changes = NONE
    for row in held:
        changes += role_days.end(session, origin, row, last + timedelta(days=1))
    return changes + record(session, origin, Change("person_left", detail=f"{person.id} {last.isoformat()}"))


def _another_admin(session: Session, origin: Origin, person: PersonRow, last: date) -> bool:
    after = last + timedelta(days=1)
    admins = people.held_in(session, origin.tenant_id, "admin")
    return any(row.id != person.id and people.is_held(role, after) for row, role in admins)


def moving(session: Session, origin: Origin, person: PersonRow, unit_id: int) -> RoleRow | None:
    """Return the role with which a person would move to a unit: the newest she holds elsewhere, None if none."""
    held = [row for row in people.every_role_of(session, person.id) if row.role in IN_A_UNIT]
    held = [row for row in held if row.unit_id != unit_id and (row.valid_to or date.max) >= origin.today]
    return held[-1] if held else None


def move(session: Session, origin: Origin, person: PersonRow, was: RoleRow, unit_id: int, first: date) -> Changes:
    """Move a person's role to another unit from a day on; she holds it in the old one until the day before.

    was: the role she has. Raises: BadPeriod: it has ended by then.
    """
    if was.unit_id == unit_id:
        return NONE
    if was.valid_to is not None and was.valid_to < first:
        raise BadPeriod
    role, until = was.role, was.valid_to
    changes = role_days.end(session, origin, was, first)
    held = people.role(session, person.id, unit_id, role)
    if held is None:
        held = RoleRow(tenant_id=origin.tenant_id, person_id=person.id, unit_id=unit_id, role=role, valid_from=first)
    begins = held.valid_from if people.is_held(held, first - timedelta(days=1)) else first
    changes += role_days.give(session, origin, held, begins, until)
    return changes + record(session, origin, Change("person_changed", detail=f"{person.id}:{role} in {unit_id}"))


def join(session: Session, origin: Origin, gone: PersonRow, stays: PersonRow) -> Changes:
    """Join two rows of the register that are the same person; `stays` keeps its own account and address.

    Raises: NotTwoAccounts: they are one already, or one of them was joined into another.
    """
    if gone.id == stays.id or gone.joined_into_id is not None or stays.joined_into_id is not None:
        raise NotTwoAccounts
    gone_id, stays_id, changes = gone.id, stays.id, NONE
    for held in people.every_role_of(session, gone_id):
        own = people.role(session, stays_id, held.unit_id, held.role)
        if own is not None:
            changes += role_days.unite(session, origin, own, held)
        else:
            held.person_id = stays_id
    was = gone.email
    joining.join(session, gone, stays)
    kept = people.by_ids(session, origin.tenant_id, [stays_id])[0]
    changes += settings.follow_address(session, origin, was, kept.email)
    return changes + record(session, origin, Change("person_joined", detail=f"{gone_id}:{stays_id}"))


def change_email(session: Session, origin: Origin, person: PersonRow, email: str) -> Changes:
    """Give a person another e-mail. Raises: BadEmail: it is invalid, or somebody else's. PersonalNumberInText."""
    new = address(refuse_personal_numbers(email, origin.lets))
    if not is_address(new) or len(new) > _MOST:
        raise BadEmail
    if new == person.email:
        return NONE
    if people.by_email(session, origin.tenant_id, new) is not None:
        raise BadEmail
    changes = settings.follow_address(session, origin, person.email, new)
    person.email = new
    return changes + record(session, origin, Change("email_changed", detail=str(person.id)))


def hand_over(
    session: Session, origin: Origin, rows: Sequence[CaseRow], leaver: PersonRow, to: PersonRow
) -> tuple[int, Changes]:
    """Give cases of one person to another who is a case worker of their unit; return how many were given.

    The others stay as they are. Raises: NoWorkerThere: none could be given.
    """
    units = {row.unit_id for row in people.roles_on(session, to.id, origin.today) if row.role == "case_worker"}
    changes, count = NONE, 0
    for case in rows:
        if case.unit_id not in units or to.id == leaver.id:
            continue
        if case.lead_id == leaver.id:
            changes += case_acts.hand_over(session, origin, case, lead_id=to.id, co_id=None, acting="")
        else:
            co_id = 0 if case.lead_id == to.id else to.id
            changes += case_acts.hand_over(session, origin, case, lead_id=None, co_id=co_id, acting="")
        count += 1
    if not count:
        raise NoWorkerThere
    return count, changes
