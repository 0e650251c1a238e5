"""The state machine of a filled-in list: its states and transitions, whose turn it is, and what a change voids.

A worker's list is begun, sent, perhaps returned, and signed; it becomes voided when something signed is changed. A
reader's list is begun, read (once the reader has seen the differences), and signed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from checklists.model import Answer, Role

WRITER: Role = "case_worker"
READER: Role = "unit_manager"
"""The role in which a list is written, and the one in which it is read. A deputy reads in the chef's role."""


class State(StrEnum):
    """The state of one filled-in list. The values are stored in the database."""

    BEGUN = "open"
    SENT = "sent"
    RETURNED = "returned"
    VOIDED = "voided"
    READ = "seen"
    SIGNED = "signed"


class Act(StrEnum):
    """A transition of a list."""

    SEND = "send"
    RETURN = "return"
    SIGN = "sign"
    VOID = "void"
    FINISH_READING = "finish_reading"
    REOPEN_READING = "reopen_reading"


class NotNow(Exception):
    """The list's state does not allow the act."""


TRANSITIONS: dict[tuple[State, Act], State] = {
    (State.BEGUN, Act.SEND): State.SENT,
    (State.RETURNED, Act.SEND): State.SENT,
    (State.SENT, Act.SEND): State.SENT,  # sent again together with the list of a child that was added later
    (State.VOIDED, Act.SEND): State.SENT,
    (State.SENT, Act.RETURN): State.RETURNED,
    (State.VOIDED, Act.RETURN): State.RETURNED,
    (State.SENT, Act.SIGN): State.SIGNED,
    (State.VOIDED, Act.SIGN): State.SIGNED,
    (State.SIGNED, Act.VOID): State.VOIDED,
}
"""The transitions of a worker's list."""
READING_TRANSITIONS: dict[tuple[State, Act], State] = {
    (State.BEGUN, Act.FINISH_READING): State.READ,
    (State.READ, Act.SIGN): State.SIGNED,
    (State.SIGNED, Act.VOID): State.READ,  # of a child that the change did not concern: read, and to be signed again
    (State.BEGUN, Act.REOPEN_READING): State.BEGUN,
    (State.READ, Act.REOPEN_READING): State.BEGUN,
    (State.SIGNED, Act.REOPEN_READING): State.BEGUN,
}
"""The transitions of a reader's list."""

_LEAST_FAR_FIRST = (State.BEGUN, State.RETURNED, State.VOIDED, State.SENT, State.READ, State.SIGNED)


def after(state: State, act: Act, role: Role = WRITER) -> State:
    """Return the state an act leads to. Raises: NotNow: the state does not allow it."""
    moved = (TRANSITIONS if role == WRITER else READING_TRANSITIONS).get((state, act))
    if moved is None:
        raise NotNow(f"{act} does not follow from {state}")
    return moved


def may(state: State | None, act: Act, role: Role = WRITER) -> bool:
    """Return whether a state allows an act; state None, no list begun, allows none."""
    return (state, act) in (TRANSITIONS if role == WRITER else READING_TRANSITIONS)


def together(states: Iterable[State]) -> State | None:
    """Return the joint state of several children's lists: that of the least advanced. None if there are none."""
    found = set(states)
    return next((state for state in _LEAST_FAR_FIRST if state in found), None)


def turn(state: State | None) -> Literal["worker", "chef", "nobody"]:
    """Return whose turn it is with a worker's list: the worker's to write, the chef's to read, nobody's once signed."""
    if state in (None, State.BEGUN, State.RETURNED):
        return "worker"
    return "nobody" if state == State.SIGNED else "chef"


WAITING = tuple(state for state in State if may(state, Act.SIGN))
"""The states in which a worker's list is waiting for its reader."""


def is_handed_over(state: State | None) -> bool:
    """Return whether a worker's list has been handed over: it is with the chef, or signed."""
    return turn(state) != "worker"


SITTING = timedelta(hours=2)
"""How long after an answer was given taking it back still counts as part of giving it."""


def asks_before_undo(state: State | None, given_at: datetime, now: datetime) -> bool:
    """Return whether a person is asked before her last answer is taken back: it is old, or others have the list."""
    return is_handed_over(state) or now - given_at > SITTING


def may_be_signed(worker: State | None, reader: State | None, *, reading_is_whole: bool) -> bool:
    """Return whether a list may be signed: it is waiting, and the reader has read all of it and seen the differences.

    reading_is_whole: the reader has a list for each of the workers' lists.
    """
    return may(worker, Act.SIGN) and may(reader, Act.SIGN, READER) and reading_is_whole


def has_seen_answers(reader: State | None) -> bool:
    """Return whether a reader has been shown the workers' answers."""
    return reader in (State.READ, State.SIGNED)


Effect = Literal["voids", "follow_up", "follow_up_at_once", "none"]
"""What a change does to a valid signature.

`follow_up`: the signature stands and the chef is told in her next daily bundle; `follow_up_at_once`: told at once.
"""


def effect_of_change(signed: Answer | None, before: Answer | None, now: Answer, *, decided: bool) -> Effect:
    """Return what a new answer does to a valid signature.

    An item signed as `pagaende` may be concluded without voiding it: with `ja` or `ej_tillampligt`, or after the
    decision with `nej`, which the chef is told of at once. Motivating such a `nej`, and undoing a follow-up so that
    the signed answer is restored, have no effect either. Every other change voids the signature.

    signed: the answer in the signed view; None if the item was unanswered or did not apply at the time. before: the
    newest answer before this one. decided: the decision in the case has been taken.
    """
    if signed is None or signed.choice != "pagaende":
        return "voids"
    was = before or signed
    if now.choice == was.choice:
        return "none" if was.choice == "nej" and _same_but_motivation(was, now) else "voids"
    if was.choice == "pagaende":
        if now.choice in ("ja", "ej_tillampligt"):
            return "follow_up"
        return "follow_up_at_once" if now.choice == "nej" and decided else "voids"
    return "none" if _same(now, signed) else "voids"


def _same_but_motivation(was: Answer, now: Answer) -> bool:
    return (was.noted, was.has_method) == (now.noted, now.has_method)


def _same(one: Answer, other: Answer) -> bool:
    return (one.choice, one.motivation, one.noted, one.has_method) == (
        other.choice,
        other.motivation,
        other.noted,
        other.has_method,
    )
