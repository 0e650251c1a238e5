"""The changes an action made, and what always follows from each of them.

An action stores rows and returns what changed. Each change is an event of the trail, puts its case into the queue
of the figures, and may be something others are to be told (see `dialogs.messages.consequences`). A press that
changed nothing may be made again; one that changed something is answered from what was stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from actions.origin import Origin
from checklists.events import EventName
from storage import changed, trail
from storage.cases import CaseRow
from storage.desk import Session


@dataclass(frozen=True, slots=True)
class Point:
    """A question a chef points at. list_id: row id of the filled-in list. revision: of its answer then, 0: none."""

    list_id: int
    child: int
    item_id: str
    revision: int


Tells = Literal["sent", "resent", "returned", "voided", "followed_up"]
"""What others are told of at once."""


@dataclass(slots=True)
class Change:
    """One thing that changed. detail: a code, never content. item_id and revision: of an answer or a fact.

    tells: what others are to hear of it at once; points: at what a return points. event_id: its place in the trail.
    """

    event: EventName
    case: CaseRow | None = None
    list_id: int | None = None
    item_id: str = ""
    revision: int | None = None
    detail: str = ""
    tells: Tells | None = None
    points: Sequence[Point] = ()
    event_id: int = 0


Changes = tuple[Change, ...]
NONE: Changes = ()

_REFUSED: frozenset[EventName] = frozenset({"denied", "conflict"})
_NOT_COUNTED: frozenset[EventName] = _REFUSED | {"signature_shown"}
"""Acts about a case that change nothing any figure counts."""


def keep(session: Session, origin: Origin, *changes: Change) -> Changes:
    """Put changes into the trail, and their cases into the queue of the figures; return them."""
    rows = []
    for change in changes:
        case_id = change.case.id if change.case is not None else None
        rows.append(
            trail.record(
                session,
                origin.tenant_id,
                origin.now,
                origin.actor,
                change.event,
                case_id=case_id,
                filled_id=change.list_id,
                item_id=change.item_id,
                revision=change.revision,
                detail=change.detail,
            )
        )
        if case_id is not None and change.event not in _NOT_COUNTED:
            changed.note(session, case_id=case_id)
    session.flush()
    for change, row in zip(changes, rows, strict=True):
        change.event_id = row.id
    return changes


def stored(changes: Changes) -> bool:
    """Say whether something was stored that must not be stored twice; a refusal alone is not."""
    return any(change.event not in _REFUSED for change in changes)
