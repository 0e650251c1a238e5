"""Faults to plant in the simulated bot, each as a change of its code in this process alone.

A simulation that did not find these would prove nothing.
"""

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import checklists.deadlines
from actions import answers, people, wrong_case
from bot import adapter
from bot.background import outbox_worker
from bot.cards import parts
from checklists import rates, reminder_rules
from checklists.access import Staff
from checklists.tenant_settings import TenantSettings
from checklists.workdays import Workdays
from dialogs.rounds import manage
from dialogs.turn.turn_context import TurnContext
from dialogs.worker import fill_checklist
from imports import answers as import_of_answers
from storage import aggregates, naming, projection_queue, tenants, told_reminders

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


def left_in_a_merged_unit() -> list[Change]:
    """What a unit had in the figures before it became part of another stays its own."""
    return [(aggregates, "move_unit", lambda *_: None)]


def withdrawn_and_counted() -> list[Change]:
    """A case that was opened by mistake goes on to count."""
    real = wrong_case.withdraw

    def withdraw(session: Any, origin: Any, case: Any) -> Any:
        changes = real(session, origin, case)
        case.withdrawn = False
        return changes

    return [(wrong_case, "withdraw", withdraw)]


def imported_again() -> list[Change]:
    """A file that says what is stored already makes new revisions of it."""
    return [(import_of_answers._Import, "_is_said_already", lambda *_: False)]


def setting_ignored() -> list[Change]:
    """People are reminded at the default times, whatever the municipality has decided."""
    real = reminder_rules._On
    usual = reminder_rules.Thresholds()
    return [(reminder_rules, "_On", lambda state, day, _thresholds, workdays: real(state, day, usual, workdays))]


def language_not_kept() -> list[Change]:
    """Whoever chooses a language is answered in it once, and then as before."""
    real = people.choose_language

    def choose_language(session: Any, origin: Any, person: Any, language: Any) -> Any:
        before, changes = person.language, real(session, origin, person, language)
        person.language = before
        return changes

    return [(people, "choose_language", choose_language)]


def told_otherwise_in_english() -> list[Change]:
    """In English, people are told that the day of a planned decision has passed when it has not."""
    real = parts.line_words  # type: ignore[attr-defined]

    def line_words(line: Any, language: Any) -> str:
        if language == "en" and line.say == "reminders.gaps":
            line = line.model_copy(update={"say": "reminders.decision"})
        return str(real(line, language))

    return [(parts, "line_words", line_words)]


def a_day_lost_in_english() -> list[Change]:
    """A sentence in English leaves out the day that it names in Swedish."""
    real = parts.line_words  # type: ignore[attr-defined]

    def line_words(line: Any, language: Any) -> str:
        said = str(real(line, language))
        return re.sub(r" (on|by) \d{4}-\d\d-\d\d", "", said) if language == "en" else said

    return [(parts, "line_words", line_words)]


def free_days_ignored() -> list[Change]:
    """The days on which a municipality is closed are working days like others."""
    real = Workdays.is_working
    return [(Workdays, "is_working", lambda _self, day: real(Workdays(), day))]


def hours_ignored() -> list[Change]:
    """The offices are open at the default hours, whatever the municipality has decided."""
    real, usual = TenantSettings.in_office_hours, TenantSettings()

    def in_office_hours(self: TenantSettings, at: Any) -> bool:
        return real(replace(usual, free_days=self.free_days), at)

    return [(TenantSettings, "in_office_hours", in_office_hours)]


def put_off_for_ever() -> list[Change]:
    """Whoever asks to be reminded again tomorrow never is."""
    return [(told_reminders, "snoozed", lambda *_: set())]


def not_yet_for_ever() -> list[Change]:
    """Whoever says `Inte än` is never asked again."""
    return [(reminder_rules.UnderWay, "turn", property(lambda self: "" if self.not_yet else reminder_rules.FIRST))]


def any_form_taken() -> list[Change]:
    """A motivation is taken in any form, whatever the municipality has decided."""
    return [(tenants, "motivation_by", lambda *_: "either")]


def told_in_a_closed_chat() -> list[Change]:
    """What is sent says what it always says, although cases are read and written in the tab."""
    return [(outbox_worker, "is_neutral", lambda *_: False)]


def counted_as_in_the_file() -> list[Change]:
    """A motivation that is a text in the bot alone counts as one in the case file."""
    return [(rates, "FIGURES_OF", {**rates.FIGURES_OF, "b": ("ja",)})]


def less_told_on_postgresql() -> list[Change]:
    """On PostgreSQL nobody is told what stands above a card."""
    real = TurnContext.reply

    def reply(self: TurnContext, view: Any, *more: Any, **named: Any) -> Any:
        if self.session.get_bind().dialect.name == "postgresql" and view.kind != "say" and hasattr(view, "notices"):
            view = view.model_copy(update={"notices": ()})
        return real(self, view, *more, **named)

    return [(TurnContext, "reply", reply)]


def all_agree() -> list[Change]:
    """Two reviewers agree whatever they said."""
    real = manage.agreement  # type: ignore[attr-defined]
    return [(manage, "agreement", lambda pairs: real([(one, one) for one, _ in pairs]))]


@dataclass(frozen=True)
class Planted:
    """A fault to plant. shows: what the simulation says when it finds this one and no other. weeks: long enough.

    postgres: it is one of PostgreSQL alone.
    """

    plant: Callable[[], list[Change]]
    shows: str
    weeks: int = 2
    postgres: bool = False

    def is_in(self, fault: str) -> bool:
        """Return whether a fault that was found is this one."""
        return re.search(self.shows, fault) is not None


PLANTED = {
    "a lost update": Planted(lost_update, "it is"),
    "a doubled reminder": Planted(doubled_reminder, "told twice of|a second bundle"),
    "a leaked motivation": Planted(leaked_motivation, "holds what somebody wrote"),
    "a figure off by one after undo": Planted(figure_off_after_undo, "figures of"),
    "a deadline off by a day": Planted(deadline_off_by_a_day, "14D"),
    "a number left after disposal": Planted(left_in_replies, "which is gone"),
    "a protected identity named": Planted(named_to_a_manager, "TYST|mona"),
    "figures left in a merged unit": Planted(left_in_a_merged_unit, "figures of"),
    "a withdrawn case that counts": Planted(withdrawn_and_counted, r" of 20|\(draget \d+\)"),
    "answers imported twice": Planted(imported_again, r"the same answers of|, [2-9]\), it should be"),
    "a setting that is ignored": Planted(setting_ignored, "which is not due|was not reminded of|told twice of"),
    "a language not kept": Planted(language_not_kept, "languages|who reads|in sv, she reads|in en, she reads"),
    "told otherwise in English": Planted(told_otherwise_in_english, "of (LUCKOR|BESLUT) in"),
    "a day lost in English": Planted(a_day_lost_in_english, "in English has"),
    "free days ignored": Planted(free_days_ignored, "when nobody works|which is not due|was not reminded"),
    "office hours ignored": Planted(hours_ignored, "offices are closed|was not reminded of"),
    "put off for ever": Planted(put_off_for_ever, "was not reminded of"),
    "not yet for ever": Planted(not_yet_for_ever, "was not reminded of", weeks=8),
    "any form of motivation taken": Planted(any_form_taken, "_motivated: it is|child_informed_.*: it is"),
    "told in a closed chat": Planted(told_in_a_closed_chat, "in the chat, which is closed|was called to"),
    "counted as in the case file": Planted(counted_as_in_the_file, "figures of"),
    "less told on PostgreSQL": Planted(less_told_on_postgresql, "^on SQLite", weeks=1, postgres=True),
    "reviewers who always agree": Planted(all_agree, "read by two", weeks=6),
}


@contextlib.contextmanager
def planted(name: str) -> Iterator[None]:
    """Plant one of them for as long as the block runs; "" plants none."""
    made = PLANTED[name].plant() if name else []
    kept = [(where, what, getattr(where, what)) for where, what, _ in made]
    for where, what, new in made:
        setattr(where, what, new)
    try:
        yield
    finally:
        for where, what, old in kept:
            setattr(where, what, old)
