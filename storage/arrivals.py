"""What every turn starts with, in one query: the person, her roles and chat, and whether this was handled before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from checklists.identity import entra_id as compared
from storage.conversations import ConversationRow
from storage.inbox import InboxRow
from storage.people import PersonRow, RoleRow, held_on
from storage.prepared import prepared
from storage.tenants import TenantRow


@dataclass(frozen=True, slots=True)
class Arrival:
    """A known person with the roles she holds today, and her chat if it is known.

    same: the stored reply to the same activity. pressed: the stored reply to the same press, possibly of another
    activity. newest: the newest stored reply of the chat, where it was asked for.
    """

    tenant: TenantRow
    person: PersonRow
    roles: Sequence[RoleRow]
    conversation: ConversationRow | None
    same: InboxRow | None
    pressed: InboxRow | None
    newest: InboxRow | None = None


_NAMED = aliased(TenantRow)
_OF_CHAT = aliased(InboxRow)
_NEWEST = aliased(InboxRow)
_NEWEST_ID = (
    select(func.max(col(_OF_CHAT.id)))
    .where(col(_OF_CHAT.tenant_id) == col(TenantRow.id), col(_OF_CHAT.channel_id) == bindparam("newest_of"))
    .correlate(TenantRow)
    .scalar_subquery()
)
_ARRIVAL: Any = prepared(
    select(TenantRow, PersonRow, RoleRow, ConversationRow, InboxRow, _NEWEST)
    .join(PersonRow, col(PersonRow.tenant_id) == col(TenantRow.id))
    .join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
    .join(
        ConversationRow,
        and_(
            col(ConversationRow.tenant_id) == col(TenantRow.id),
            col(ConversationRow.channel_id) == bindparam("channel_id"),
        ),
        isouter=True,
    )
    .join(
        InboxRow,
        and_(
            col(InboxRow.tenant_id) == col(TenantRow.id),
            or_(
                and_(
                    col(InboxRow.channel_id) == bindparam("channel_id"),
                    col(InboxRow.activity_id) == bindparam("activity_id"),
                ),
                col(InboxRow.press) == bindparam("press"),
            ),
        ),
        isouter=True,
    )
    # Not another condition of the join above: SQLite would then scan the tenant's whole inbox.
    .join(_NEWEST, col(_NEWEST.id) == _NEWEST_ID, isouter=True)
    .where(
        # Not by the tenant that is joined: SQLite would then search everybody for the person.
        col(PersonRow.tenant_id).in_(
            select(col(_NAMED.id)).where(func.lower(col(_NAMED.entra_id)) == bindparam("tenant"))
        ),
        col(PersonRow.object_id) == bindparam("object_id"),
        held_on(bindparam("day", type_=Date)),
    )
)


def find(
    session: Session,
    entra_id: str,
    object_id: str,
    day: date,
    channel_id: str,
    activity_id: str,
    press: str | None,
    *,
    with_newest: bool = False,
) -> Arrival | None:
    """Return the arrival, None if nobody known by this object id holds a role on that day.

    press: the digest of a press that must not be carried out twice, None for anything else. with_newest: the chat's
    newest stored reply as well.
    """
    if not compared(object_id):
        return None  # nobody, even if the register had a row with an empty id
    named = {
        "tenant": compared(entra_id),
        "object_id": compared(object_id),
        "channel_id": channel_id,
        "activity_id": activity_id,
        "newest_of": channel_id if with_newest else None,
    }
    rows = session.exec(_ARRIVAL, params={**named, "day": day, "press": press}).all()
    if not rows:
        return None
    roles = {role.id: role for _, _, role, *_ in rows}
    tenant, person, _, chat, _, newest = rows[0]
    kept = {row.id: row for *_, row, _ in rows if row is not None}.values()
    same = next((row for row in kept if (row.channel_id, row.activity_id) == (channel_id, activity_id)), None)
    pressed = next((row for row in kept if press is not None and row.press == press), None)
    # Sorted here: with an ORDER BY, SQLite would go through everybody's roles.
    in_order = [role for _, role in sorted(roles.items())]
    return Arrival(tenant, person, in_order, chat, same, pressed, newest)
