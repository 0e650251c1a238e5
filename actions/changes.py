"""The changes an action has made, and what every change entails.

An action stores rows and returns its changes. Each change is recorded as an event in the trail, queues its case for
the figures, and may have to be notified to others (see `dialogs.messages.consequences`). Pressing a button again runs
it again if the first press changed nothing; otherwise it is answered with the stored reply.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from actions.origin import Origin
from checklists.events import EventName
from storage import projection_queue, trail
from storage.cases import CaseRow
from storage.desk import Session


@dataclass(frozen=True, slots=True)
class Point:
    """A question that a chef points at. list_id: row id of the filled-in list.

    revision: that of its answer at the time, 0 if unanswered.
    """

    list_id: int
    child: int
    item_id: str
    revision: int


Notice = Literal[
    "sent", "resent", "returned", "voided", "followed_up", "signed", "handed_over", "asked", "asked_for",
    "child_added", "renamed", "withdrawn",
    "link_asked", "link_refused", "linked", "unlinked", "link_ended", "joint", "joint_gone",
]  # fmt: skip
"""The kinds of change that others are notified of at once."""


@dataclass(slots=True)
class Change:
    """One thing that changed. detail: a code, never content. item_id, revision: of the answer or fact, if any.

    notice: what to notify others of at once, None for nothing. points: the questions a return points at. was: lead and
    co-worker before a case was handed over, 0 for nobody. was_ref: its reference before it was renamed or withdrawn.
    link: row id of the link of two cases that is asked for. other: the case that is linked to this one. event_id: row
    id of its event, set by `record`.
    """

    event: EventName
    case: CaseRow | None = None
    list_id: int | None = None
    item_id: str = ""
    revision: int | None = None
    detail: str = ""
    notice: Notice | None = None
    points: Sequence[Point] = ()
    was: tuple[int, int] = (0, 0)
    was_ref: str = ""
    link: int = 0
    other: CaseRow | None = None
    event_id: int = 0


Changes = tuple[Change, ...]
NONE: Changes = ()

_REFUSED: frozenset[EventName] = frozenset({"denied", "conflict"})
_MAY_RECUR: frozenset[EventName] = _REFUSED | {"differences_shown"}
_NOT_COUNTED: frozenset[EventName] = _REFUSED | {
    *("signature_shown", "differences_shown", "worker_asked", "void_confirmed", "still_ongoing"),
    *("deletion_asked", "deletion_withdrawn", "deletion_confirmed"),
    *("tie_declared", "raised", "raised_received", "raised_late"),
    *("cases_link_asked", "cases_link_refused", "cases_linked", "cases_unlinked", "joint_assessed", "joint_removed"),
    *("measure_made", "measure_done", "measure_checked", "measure_reopened", "feedback_told"),
}
"""Events about a case that do not affect any figure."""


def record(session: Session, origin: Origin, *changes: Change) -> Changes:
    """Record changes in the trail and queue their cases for the figures; return the changes."""
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
            projection_queue.enqueue(session, case_id=case_id)
    session.flush()
    for change, row in zip(changes, rows, strict=True):
        change.event_id = row.id
    return changes


def stored(changes: Changes) -> bool:
    """Return whether anything was stored that must not be stored twice; a logged refusal or look may be."""
    return any(change.event not in _MAY_RECUR for change in changes)
