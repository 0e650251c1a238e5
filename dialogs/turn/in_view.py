"""The card on a page of the tab: a typed line is about that card, even if another window has shown a newer one since.

A page names its card by the inbox row of the reply, so that nothing of the card itself is sent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from checklists import access
from dialogs.turn import shown
from dialogs.turn.exchange import Reply
from dialogs.turn.turn_context import TurnContext
from storage import cases, inbox
from storage.desk import Session
from storage.inbox import InboxRow
from storage.people import RoleRow
from storage.sealing import KeyGone, SealBroken

NEWEST = None
"""In place of a row: whatever was shown last."""
_LOOKED_BACK = 20
"""How many replies, counted back from a row, are searched."""


@dataclass(frozen=True, slots=True)
class InView:
    """A reply that is a card, and its row in the inbox."""

    row: InboxRow
    reply: Reply


def card(
    session: Session, person_id: int, roles: Sequence[RoleRow], tenant_id: int, channel_id: str, row_id: int | None
) -> InView | None:
    """Return the card a page shows, if it is of no case or of one she may open now. row_id: see `InView`, or NEWEST."""
    found = next(_cards(session, person_id, tenant_id, channel_id, row_id), None)
    is_hers = found is None or may_see(session, roles, tenant_id, found.row.case_id)
    return found if is_hers else None


def may_see(session: Session, roles: Sequence[RoleRow], tenant_id: int, case_id: int) -> bool:
    """Return whether stored content about a case may be shown to her now. case_id: 0 for content about no case."""
    case = cases.if_sound(session, tenant_id, case_id)
    return not case_id or (case is not None and access.may_open(roles, case))


def go_back(context: TurnContext) -> None:
    """Make the card of the page that a line was typed on count as last shown."""
    row_id, chat = context.turn.in_view, context.conversation
    if row_id is NEWEST:
        return
    newest = inbox.newest_in(context.session, context.tenant_id, chat.channel_id)
    if newest is not None and newest.id == row_id:
        return
    of = (context.session, context.person_id, context.tenant_id, chat.channel_id, row_id)
    found = next((one for one in _cards(*of) if not shown.only_tells(one.reply.view)), None)
    place = shown.of(found.reply.view) if found is not None else None
    chat.shown = place.model_dump_json(exclude_defaults=True) if place is not None else ""
    if found is not None and found.row.case_id:
        chat.case_id = found.row.case_id


def _cards(session: Session, person_id: int, tenant_id: int, channel_id: str, row_id: int | None) -> Iterator[InView]:
    """Return the replies to a person that are cards, newest first, from a row on."""
    for row in inbox.newest_few(session, tenant_id, channel_id, _LOOKED_BACK, row_id):
        try:
            reply = Reply.model_validate_json(inbox.reply_of(session, row))
        except (KeyGone, SealBroken, ValidationError):  # of a case that was disposed of, or of a newer release
            continue
        if reply.view.kind != "say" and reply.person_id == person_id:
            yield InView(row, reply)
