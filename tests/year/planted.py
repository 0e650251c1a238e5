"""Faults to plant in the simulated bot, each as a change of its code in this process alone.

A simulation that did not find these would prove nothing.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import checklists.deadlines
from actions import answers
from bot import adapter
from bot.background import outbox_worker
from checklists.access import Staff
from dialogs.worker import fill_checklist
from storage import naming, projection_queue

Change = tuple[Any, str, Any]


def lost_update() -> list[Change]:
    """A card that is out of date still answers: whoever answered in between is overwritten without a word."""
    real = fill_checklist.landed  # type: ignore[attr-defined]

    def landed(context: Any, press: Any, right: Any) -> Any:
        return real(context, replace(press, what=replace(press.what, revisions=())), right)

    return [(fill_checklist, "landed", landed)]


def doubled_reminder() -> list[Change]:
    """A message that may or may not have arrived is sent again."""
    return [(outbox_worker, "_was_refused", lambda _error: True)]


def leaked_motivation() -> list[Change]:
    """A posted card holds what only a response may: what somebody wrote."""
    real = adapter.render_card  # type: ignore[attr-defined]
    return [(adapter, "render_card", lambda reply, mint, **_: real(reply, mint, private=True))]


def figure_off_after_undo() -> list[Change]:
    """An answer that is undone stays in the figures."""
    real_undo, real_enqueue = answers.undo, projection_queue.enqueue
    within: list[bool] = []

    def undo(*given: Any) -> Any:
        within.append(True)
        try:
            return real_undo(*given)
        finally:
            within.pop()

    def enqueue(*given: Any, **more: Any) -> None:
        if not within:
            real_enqueue(*given, **more)

    return [(answers, "undo", undo), (projection_queue, "enqueue", enqueue)]


def deadline_off_by_a_day() -> list[Change]:
    """The time limit of fourteen days is fifteen."""
    return [(checklists.deadlines, "ASSESSMENT_DAYS", 15)]


def left_in_replies() -> list[Change]:
    """What is disposed of stays in the replies and messages that are kept."""
    return [(naming, "forget", lambda *_: None)]


def named_to_a_manager() -> list[Change]:
    """The managers are told of an unread case whatever its people's identities are."""

    def managers_of(staff: Staff, case: Any) -> list[int]:
        return staff.managers()

    return [(Staff, "managers_of", managers_of)]


PLANTED = {
    "a lost update": lost_update,
    "a doubled reminder": doubled_reminder,
    "a leaked motivation": leaked_motivation,
    "a figure off by one after undo": figure_off_after_undo,
    "a deadline off by a day": deadline_off_by_a_day,
    "a number left after disposal": left_in_replies,
    "a protected identity named": named_to_a_manager,
}


@contextlib.contextmanager
def planted(name: str) -> Iterator[None]:
    """Plant one of them for as long as the block runs; "" plants none."""
    made = PLANTED[name]() if name else []
    kept = [(where, what, getattr(where, what)) for where, what, _ in made]
    for where, what, new in made:
        setattr(where, what, new)
    try:
        yield
    finally:
        for where, what, old in kept:
            setattr(where, what, old)
