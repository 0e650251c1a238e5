"""The life of a list: its states, what leads from one to the next, whose turn it is, and what a change does.

A worker's list is begun, sent, returned, signed, and voided when something signed changes. A reader's list
is begun, read once the differences were seen, and signed.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

from checklists.model import Answer, Role

WRITER: Role = "case_worker"
READER: Role = "unit_manager"
"""The roles in which a list is written and read; a deputy reads in the chef's."""


class State(StrEnum):
    """Where one filled-in list stands. The values are what is stored."""

    BEGUN = "open"
    SENT = "sent"
    RETURNED = "returned"
    VOIDED = "voided"
    READ = "seen"
    SIGNED = "signed"


class Act(StrEnum):
    """What moves a list from one state to another."""

    SEND = "send"
    RETURN = "return"
    SIGN = "sign"
    VOID = "void"
    FINISH_READING = "finish_reading"
    REOPEN_READING = "reopen_reading"


class NotNow(Exception):
    """The act does not follow from the state a list is in."""


TRANSITIONS: dict[tuple[State, Act], State] = {
    (State.BEGUN, Act.SEND): State.SENT,
    (State.RETURNED, Act.SEND): State.SENT,
    (State.SENT, Act.SEND): State.SENT,  # along with the list of a child that was added later
    (State.VOIDED, Act.SEND): State.SENT,
    (State.SENT, Act.RETURN): State.RETURNED,
    (State.VOIDED, Act.RETURN): State.RETURNED,
    (State.SENT, Act.SIGN): State.SIGNED,
    (State.VOIDED, Act.SIGN): State.SIGNED,
    (State.SIGNED, Act.VOID): State.VOIDED,
}
"""A worker's list."""
READING_TRANSITIONS: dict[tuple[State, Act], State] = {
    (State.BEGUN, Act.FINISH_READING): State.READ,
    (State.READ, Act.SIGN): State.SIGNED,
    (State.BEGUN, Act.REOPEN_READING): State.BEGUN,
    (State.READ, Act.REOPEN_READING): State.BEGUN,
    (State.SIGNED, Act.REOPEN_READING): State.BEGUN,
}
"""A reader's list."""

_LEAST_FAR_FIRST = (State.BEGUN, State.RETURNED, State.VOIDED, State.SENT, State.READ, State.SIGNED)


def after(state: State, act: Act, role: Role = WRITER) -> State:
    """Return the state an act leads to. Raises: NotNow: it does not follow from the state the list is in."""
    moved = (TRANSITIONS if role == WRITER else READING_TRANSITIONS).get((state, act))
    if moved is None:
        raise NotNow(f"{act} does not follow from {state}")
    return moved


def may(state: State | None, act: Act, role: Role = WRITER) -> bool:
    """Say whether an act follows from a state; nothing does where no list is begun."""
    return (state, act) in (TRANSITIONS if role == WRITER else READING_TRANSITIONS)


def together(states: Iterable[State]) -> State | None:
    """Return where the lists of several children stand together: the one that has come least far decides."""
    found = set(states)
    return next((state for state in _LEAST_FAR_FIRST if state in found), None)


def turn(state: State | None) -> Literal["worker", "chef", "nobody"]:
    """Say whose turn it is with a worker's list: the worker's to write, the chef's to read, nobody's once signed."""
    if state in (None, State.BEGUN, State.RETURNED):
        return "worker"
    return "nobody" if state == State.SIGNED else "chef"


WAITING = tuple(state for state in State if may(state, Act.SIGN))
"""The states in which a worker's list waits for its reader."""


def is_handed_over(state: State | None) -> bool:
    """Say whether a worker's list has been handed over: it is with the chef, or signed."""
    return turn(state) != "worker"


def may_be_signed(worker: State | None, reader: State | None, *, reading_is_whole: bool) -> bool:
    """Say whether a list may be signed: it waits, and the reader has read all of it and seen the differences."""
    return may(worker, Act.SIGN) and may(reader, Act.SIGN, READER) and reading_is_whole


def has_seen_answers(reader: State | None) -> bool:
    """Say whether a reader has seen what the workers answered."""
    return reader in (State.READ, State.SIGNED)


Effect = Literal["voids", "follow_up", "follow_up_at_once", "none"]
"""What a change does to a standing signature. `follow_up`: it stands, and the chef hears in her next bundle."""


def effect_of_change(signed: Answer | None, before: Answer | None, now: Answer, *, decided: bool) -> Effect:
    """Say what a new answer does to a signature that stands.

    What was `pagaende` when it was signed may get its answer: `ja` or `ej_tillampligt`, and after the decision `nej`,
    which the chef hears of at once. The reason for such a `nej` belongs to it, and taking a follow-up back leads to
    what was signed again. Any other change voids.

    signed: the answer in the signed view, None where the question was not answered or did not apply then. before: the
    newest answer before this one. decided: the decision has been taken.
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
    return (was.noted, was.told_how) == (now.noted, now.told_how)


def _same(one: Answer, other: Answer) -> bool:
    return (one.choice, one.motivation, one.noted, one.told_how) == (
        other.choice,
        other.motivation,
        other.noted,
        other.told_how,
    )
