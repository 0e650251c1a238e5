"""A case's details: facts, protected identity, dates, co-worker."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date

from actions import cases as acts
from actions import lists, signing
from actions.basis import Basis
from actions.changes import NONE, Changes
from actions.facts import set_fact
from checklists.case_dates import FIELDS, calendar_day, read_day, readable_day
from checklists.errors import BadChildren, BadPeople, UserError
from checklists.loader import all_facts
from checklists.model import MOST_CHILDREN
from checklists.rights import LIST_HOLDER, OWN_CASE, Right, VerbName
from dialogs.chef.unit_case import unit_case
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.find_case import maybe_ref
from dialogs.turn.presses import Nothing, OnDetails
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import REST_SAVED, ask_ref
from dialogs.views.views import AnyView, Button, DetailsView, Head, Line
from dialogs.worker import facts_card, start_card
from dialogs.worker.facts_card import NOTHING_TYPED
from dialogs.worker.filled_in import Kept
from dialogs.worker.linked_lines import linked_lines
from storage import case_reasons, cases, people, tenants, trail
from storage.cases import CaseRow

DETAILS = Right("details", "case", LIST_HOLDER)
SAVE_DETAILS = Right("save_details", "case", OWN_CASE)
_HINTS = {
    "open:case_worker": "details.decides_open_case_worker",
    "open:senior_case_worker": "details.decides_open_senior_case_worker",
    "open:unit_manager": "details.decides_open_unit_manager",
    "open:together": "details.decides_open_together",
    "not_open:case_worker": "details.decides_not_open_case_worker",
    "not_open:senior_case_worker": "details.decides_not_open_senior_case_worker",
    "not_open:unit_manager": "details.decides_not_open_unit_manager",
    "not_open:together": "details.decides_not_open_together",
    "decided_by_chef": "details.decided_by_chef",
    "two_workers": "details.two_workers",
    "with_police": "details.with_police",
}
"""The sentence of each thing a municipality may have decided."""
_MOST_DIGITS = 4
DATES = tuple(name for name in FIELDS if name != "closed_on")
"""The dates on the card; closing a case has its own button."""
BEGINS = ("received_on", "opened_on")
"""The dates with which a new investigation begins, in a case that was closed."""


def details_typed(context: TurnContext, rest: str) -> Reaction:
    """Show the details of the named case, or of the last one the person worked on."""
    basis = find_case.named_or_latest(context, rest, DETAILS)
    return details(context, basis) if basis else ask_ref("uppgifter")


def details(
    context: TurnContext, basis: Basis, notices: tuple[Line, ...] = (), typed: Mapping[str, str] = NOTHING_TYPED
) -> AnyView:
    """Return the details card of a case; for its chef the unit's card, and for a closed case the closed-case view.

    typed: what was filled in, even if refused; it is shown again where it can be.
    """
    case = basis.case
    if basis.is_reading:
        return unit_case(context, basis, notices)
    if case.closed_on is not None:
        return _closed(context, basis, notices)
    newest = trail.newest_of_case(context.session, case.id)
    # Includes the newest event, so that setting a date back and forth is not mistaken for a repeated press.
    at = OnDetails(shown(basis), newest)
    verbs: tuple[tuple[str, VerbName], ...] = (
        ("save", "save_details"),
        ("extend", "extend"),
        ("close", "close"),
        ("wrong_case", "wrong_case"),
        ("linked", "linked"),
    )
    claims = [(title, claimed(verb, at, case=case.id)) for title, verb in verbs]
    shared = [(cases.WHOLE_CASE, fact_id) for fact_id, fact in all_facts().items() if fact.per == "case"]
    own = [(n + 1, f) for n in range(case.children) for f, fact in all_facts().items() if fact.per == "child"]
    names = _mates(context, basis)
    reasons = tuple((row.reason, row.day.isoformat()) for row in case_reasons.of_case(context.session, case.id))
    return DetailsView(
        notices=notices,
        head=Head(case_ref=case.ref),
        facts=tuple((at, facts_card.field(basis, fact_id, at or 1)) for at, fact_id in shared + own),
        children=start_card.typed_children(typed) or case.children,
        adult=case.case_type != cases.CHILD_CASE,
        protected=case.protected_identity,
        dates=tuple((name, _day_shown(context, case, name, typed)) for name in DATES),
        hints=hints(context, basis),
        linked=linked_lines(context.session, context.roles, case),
        workers=tuple((row_id, name) for row_id, name in names.items() if row_id != case.lead_id),
        co_worker=names.get(case.co_id or 0, ""),
        reasons=reasons,
        choices=tenants.settings(context.tenant).reasons,
        adds=_refused_reason(context, reasons, typed),
        buttons=tuple(Button(title=Line(say="buttons." + title), claim=claim) for title, claim in claims),
        refresh=claimed("show_current", case=case.id),
    )


def _closed(context: TurnContext, basis: Basis, notices: tuple[Line, ...]) -> AnyView:
    """Return the details of a closed case: the days with which a new investigation begins, for those who may reopen it.

    They are empty: those of the investigation that was closed cannot be changed, and one that was refused would stand
    in the way of `Öppna igen`.
    """
    case = basis.case
    if not find_case.may_begin_anew(context, case):
        return find_case.closed_case(context, case).model_copy(update={"notices": notices})
    at = OnDetails(shown(basis), trail.newest_of_case(context.session, case.id))
    return DetailsView(
        notices=notices,
        head=Head(case_ref=case.ref),
        facts=(),
        protected=case.protected_identity,
        dates=tuple((name, "") for name in BEGINS),
        closed=case.closed_on.isoformat() if case.closed_on else "",
        buttons=(
            Button(title=Line(say="buttons.save"), claim=claimed("save_details", at, case=case.id)),
            find_case.reopen_button(context, case),
        ),
        refresh=claimed("show_current", case=case.id),
    )


def begin_anew(context: TurnContext, basis: Basis, inputs: Mapping[str, str]) -> Reaction:
    """Reopen a closed case for a new investigation, by a day after it was closed; the old closing is kept."""
    closed = basis.case.closed_on
    given: dict[str, str] = {}
    problems = tuple[Line, ...]()
    for name in BEGINS:
        text = inputs.get(name, "").strip()
        day = calendar_day(text)
        if day is not None and closed is not None and day <= closed:
            problems += (Line(say="details.before_closing", args={"field": name, "date": closed.isoformat()}),)
        else:
            given[name] = text
    changes, refused = store_dates(context, basis, given)
    told = (*problems, *refused)
    if changes:
        told = (Line(say="details.begun_anew"), *told)
    return Done(details(context, basis, told or (Line(say="details.not_begun"),), inputs), changes)


def hints(context: TurnContext, basis: Basis) -> tuple[Line, ...]:
    """Return what the municipality has settled about who decides and, in a violence case, how it is handled."""
    settings = tenants.settings(context.tenant)
    said: list[str] = list(settings.decides)
    fact = basis.facts.get((cases.WHOLE_CASE, cases.VIOLENCE))
    if fact is not None and fact.value == "ja":
        said += settings.violence_cases
    return tuple(Line(say=_HINTS[name]) for name in said)


def _day_shown(context: TurnContext, case: CaseRow, name: str, typed: Mapping[str, str]) -> str:
    day = getattr(case, name)
    return readable_day(typed.get(name, "").strip(), context.today) or (day.isoformat() if day else "")


def _refused_reason(
    context: TurnContext, kept: tuple[tuple[str, str], ...], typed: Mapping[str, str]
) -> tuple[str, str]:
    """Return the reason and the day that were filled in and not stored. kept: those of the case."""
    reason, written = typed.get("case_reason", ""), typed.get("reason_on", "").strip()
    day = readable_day(written, context.today) if written else context.today.isoformat()
    if reason not in ("", *tenants.settings(context.tenant).reasons) or (reason, day) in kept:
        return "", ""
    return reason, day if written else ""


def _mates(context: TurnContext, basis: Basis) -> dict[int, str]:
    unit = basis.case.unit_id
    held = people.holders(context.session, context.tenant_id, unit, "case_worker", context.today)
    return {mate.id: mate.name for mate in held}


def shown(basis: Basis) -> str:
    """Return a digest of what the card showed: an outdated card must not undo what others have changed since."""
    case = basis.case
    # started_on counts only once it is set, so that cards from a release without it stay valid.
    dates = [getattr(case, name) for name in FIELDS if name != "started_on" or case.started_on is not None]
    # The number of children counts only if it is not one, so that cards from a release without it stay valid.
    stands = [case.co_id, case.protected_identity, *dates, *([case.children] if case.children != 1 else [])]
    revisions = sorted((at, name, row.revision) for (at, name), row in basis.facts.items())
    return hashlib.sha256(repr((stands, revisions)).encode()).hexdigest()[:16]


def save_details(context: TurnContext, press: Press[OnDetails]) -> Reaction:
    """Store what was filled in; an invalid field does not stop the others."""
    basis = find_case.by_id(context, press.case, SAVE_DETAILS)
    if press.what.shown != shown(basis):
        return details(context, basis, (Line(say="facts.changed_meanwhile"),))
    if basis.case.closed_on is not None:
        return begin_anew(context, basis, press.inputs)
    changes, problems = _store(context, basis, press.inputs)
    told = (*problems, REST_SAVED) if problems else (Line(say="details.kept"),)
    return Done(details(context, basis, told, press.inputs), changes)


def keep(context: TurnContext, basis: Basis, press: Press[OnDetails]) -> tuple[Kept, AnyView | None]:
    """Store what was filled in on the card when another of its buttons is pressed, as `Spara` would.

    Returns: what was kept, and the card to show again if something was not.
    """
    if not press.inputs or not press.what.shown:  # not from the details card, or from one of an older release
        return Kept(), None
    if press.what.shown != shown(basis):
        return Kept(), details(context, basis, (Line(say="facts.changed_meanwhile"),))
    changes, problems = _store(context, basis, press.inputs)
    if problems:
        return Kept(changes), details(context, basis, (*problems, REST_SAVED), press.inputs)
    return Kept(changes, (Line(say="details.kept"),) if changes else ()), None


def _store(context: TurnContext, basis: Basis, inputs: Mapping[str, str]) -> tuple[Changes, tuple[Line, ...]]:
    """Store the valid fields; return the changes, and a line for each that was refused.

    Raises: SignatureStands: before anything is stored, if children's lists would be begun beside signed ones.
    """
    if lists.lacks(basis):
        signing.ask_before_case(context.session, context.origin, basis.case)
    changes, problems = NONE, tuple[Line, ...]()

    def tries(*parts: Callable[[], Changes]) -> None:
        nonlocal changes, problems
        for store in parts:
            try:
                changes += store()
            except UserError as error:
                problems += (Line(say=error.text_key, args=error.args_for_text),)

    # The children first: a new number may need her confirmation, which must come before anything is stored.
    tries(lambda: store_children(context, basis, inputs))
    changes += _store_facts(context, basis, inputs) + _store_protected(context, basis, inputs)
    dated, refused = store_dates(context, basis, {name: inputs.get(name, "") for name in DATES})
    changes += dated
    problems += refused
    tries(
        lambda: _store_co_worker(context, basis, inputs.get("co_worker", "")),
        lambda: _remove_reason(context, basis, inputs),
        lambda: _store_reason(context, basis, inputs),
        lambda: lists.begin_added(context.session, context.origin, _read_again(context, basis)),
    )
    return changes, problems


def store_children(context: TurnContext, basis: Basis, inputs: Mapping[str, str]) -> Changes:
    """Store the number of children, if one is given. Raises: BadChildren, ChildHasAnswers."""
    text = inputs.get("children", "").strip().removesuffix(".0")
    if not text:
        return NONE
    if not (text.isascii() and text.isdigit() and len(text) < _MOST_DIGITS):
        raise BadChildren(least=acts.least_children(basis.case), most=MOST_CHILDREN)
    changes = acts.set_children(context.session, context.origin, basis.case, int(text))
    if changes:  # the facts about removed children are gone
        basis.facts.update(cases.facts(context.session, basis.case.id))
    return changes


def _read_again(context: TurnContext, basis: Basis) -> Basis:
    return context.basis(basis.case, basis.facts) if lists.lacks(basis) else basis


def _store_facts(context: TurnContext, basis: Basis, inputs: Mapping[str, str]) -> Changes:
    changes = NONE
    for fact_id, fact in all_facts().items():
        places = range(1, basis.case.children + 1) if fact.per == "child" else (cases.WHOLE_CASE,)
        for at in places:
            value = inputs.get(f"{fact_id}.{at}", "")
            changes += set_fact(context.session, context.origin, basis.case, basis.facts, at, fact_id, value)
    return changes


def store_dates(context: TurnContext, basis: Basis, typed: Mapping[str, str]) -> tuple[Changes, tuple[Line, ...]]:
    """Store the valid dates; return the changes, and one line for each date that was refused."""
    given: dict[str, date | None] = {}
    faults: dict[str, UserError] = {}
    for name, text in typed.items():
        if text.strip():
            try:
                given[name] = read_day(text.strip(), context.today, name)
            except UserError as error:
                faults[name] = error
    dated = acts.set_dates(context.session, context.origin, basis.case, given)
    faults |= dated.faults
    said = [Line(say=error.text_key, args=error.args_for_text) for error in faults.values()]
    return dated.changes, tuple(line for place, line in enumerate(said) if line not in said[:place])


def _store_protected(context: TurnContext, basis: Basis, inputs: Mapping[str, str]) -> Changes:
    chosen = inputs.get("protected_identity", "")
    if chosen not in ("ja", "nej"):
        return NONE
    return acts.set_protected(context.session, context.origin, basis.case, protected=chosen == "ja")


def _store_co_worker(context: TurnContext, basis: Basis, chosen: str) -> Changes:
    """Store the co-worker chosen from the unit's case workers; `0` means none. Raises: BadPeople."""
    if not chosen:
        return NONE
    if chosen != "0" and chosen not in {str(mate) for mate in _mates(context, basis)}:
        raise BadPeople
    return acts.set_workers(context.session, context.origin, basis.case, co_id=int(chosen))


def _store_reason(context: TurnContext, basis: Basis, inputs: Mapping[str, str]) -> Changes:
    """Store another reason for the case, if a reason or a day is given."""
    reason, day = inputs.get("case_reason", ""), inputs.get("reason_on", "")
    if not reason and not day.strip():
        return NONE
    return acts.add_reason(context.session, context.origin, basis.case, reason, day)


def _remove_reason(context: TurnContext, basis: Basis, inputs: Mapping[str, str]) -> Changes:
    """Remove the reason marked as a mistake, if any."""
    day, _, reason = inputs.get("reason_gone", "").partition(" ")
    return acts.remove_reason(context.session, context.origin, basis.case, reason, day) if reason else NONE


def details_pressed(context: TurnContext, press: Press[Nothing]) -> Reaction:
    """Show the details, from a button."""
    return details(context, find_case.by_id(context, press.case, DETAILS))


VERBS = (Verb(DETAILS, details_pressed, keeps=False), Verb(SAVE_DETAILS, save_details, OnDetails))
_TITLES = ("extend", "close", "reopen", "decided", "begin_anew")
COMMANDS = (Command("uppgifter", ("details",), details_typed, DETAILS, maybe_ref, _TITLES),)
