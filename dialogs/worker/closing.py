"""The end of an investigation: extending a time limit, recording the decision, closing and reopening the case."""

from collections.abc import Mapping
from typing import get_args

from actions import answers
from actions import cases as acts
from actions.basis import Basis
from actions.changes import NONE
from checklists.case_dates import read_day, read_past_day, readable_day
from checklists.deadlines import Deadline, Limit, clocks, finish_by
from checklists.errors import CommentMissing, UserError
from checklists.free_text import checked, shown_again
from checklists.rights import LIST_HOLDER, OWN_CASE, Right, VerbName
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import AsShown, Nothing, OfCard, OnDetails
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import REST_SAVED, open_button, refused
from dialogs.views.views import AnyView, Button, CloseView, DecidedView, ExtendView, Head, Line, MenuView
from dialogs.worker.case_details import BEGINS, begin_anew, details, keep, shown, store_dates
from dialogs.worker.landing import open_case
from storage import cases, extensions, tenants, trail
from storage.cases import CaseRow
from storage.extensions import ReasonClass

EXTEND = Right("extend", "case", LIST_HOLDER)
SAVE_EXTENSION = Right("save_extension", "case", LIST_HOLDER)
CLOSE = Right("close", "case", OWN_CASE)
SAVE_CLOSING = Right("save_closing", "case", OWN_CASE)
DECIDED = Right("decided", "case", OWN_CASE)
DECIDED_TODAY = Right("decided_today", "case", OWN_CASE)
SAVE_DECIDED = Right("save_decided", "case", OWN_CASE)
BACK_TO_DETAILS = Right("back_to_details", "case", LIST_HOLDER)
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "extend": ("limit", "reason_class", "reason", "reason.place", "decided_on", "until"),
    "close": ("closed_on",),
}
"""The fields of each card from which one can go back to the details."""
LIMITS: tuple[Limit, ...] = ("14d", "4m")


# --- extending -------------------------------------------------------------------------------------------------------


def extend(context: TurnContext, press: Press[OnDetails]) -> Reaction:
    """Show the extension card: limit, class and text of the reason, date of the decision, new last day."""
    basis = open_case(context, press, EXTEND)
    if not isinstance(basis, Basis):
        return basis
    kept, again = keep(context, basis, press)
    typed = _kept(context, basis, "extend")
    return Done(again, kept.changes) if again else kept.before(_extension(context, basis, (), typed))


def _extension(context: TurnContext, basis: Basis, notices: tuple[Line, ...], typed: Mapping[str, str]) -> ExtendView:
    case = basis.case
    limits = [("14d", ""), ("4m", finish_by(case.opened_on).isoformat() if case.opened_on else "")]
    save = claimed("save_extension", _as_shown(context, basis), case=case.id)
    return ExtendView(
        notices=notices,
        head=Head(case_ref=case.ref),
        limits=tuple(limits),
        limit=_limit(typed) or "",
        reason_class=_reason_class(typed) or "",
        decided=readable_day(typed.get("decided_on", context.today.isoformat()).strip(), context.today),
        until=readable_day(typed.get("until", "").strip(), context.today),
        text=shown_again(typed.get("reason.place" if case.protected_identity else "reason", ""), context.origin.lets),
        in_file=case.protected_identity,
        buttons=(Button(title=Line(say="buttons.save"), claim=save), _back(case, "extend")),
        refresh=claimed("show_current", case=case.id),
    )


def save_extension(context: TurnContext, press: Press[AsShown]) -> Reaction:
    """Record an extension. Workload, organisation and staffing are recorded, but the case still counts as late."""
    basis = open_case(context, press, SAVE_EXTENSION)
    if not isinstance(basis, Basis):
        return basis
    inputs = press.inputs
    reason, place = inputs.get("reason", ""), inputs.get("reason.place", "")
    limit, reason_class = _limit(inputs), _reason_class(inputs)
    try:
        for text in (reason, place):
            checked(text, context.origin.lets)
        # A card from an earlier release has no such field; an emptied field is refused.
        given = inputs.get("decided_on", context.today.isoformat())
        decided_on = read_past_day(given.strip(), context.today, "extension_decided_on")
        until = read_day(inputs.get("until", "").strip(), context.today, "until")
        if limit is None or reason_class is None:
            raise CommentMissing
        changes = acts.extend(
            context.session,
            context.origin,
            basis.case,
            limit=limit,
            reason_class=reason_class,
            decided_on=decided_on,
            until=until,
            reason=reason,
            place=place,
            acting=context.acting_as(basis.case) if basis.is_reading else "",
        )
    except CommentMissing:
        return _extension(context, basis, (Line(say="details.extension_incomplete"),), inputs)
    except UserError as error:
        return _extension(context, basis, refused(error), inputs)
    _keep(context, basis, "extend", {})
    args = {"date": until.isoformat()}
    clock = _clock(context, basis.case, limit)
    if clock is not None and clock.limit == "at_once":
        line = Line(say="details.extended_at_once", args={**args, "last": str(clock.last_day)})
    elif reason_class == "grounds" and clock is not None and clock.last_day != until:
        line = Line(say="details.extended_not_counted", args={**args, "last": str(clock.last_day)})
    else:
        line = Line(say="details.extended_" + reason_class, args=args)
    return Done(details(context, basis, (line,)), changes)


def _clock(context: TurnContext, case: CaseRow, limit: Limit) -> Deadline | None:
    """Return the clock an extension is about, with the extensions that count; None if it does not run.

    With known violence, `at_once` is in the place of the fourteen days.
    """
    session = context.session
    dates = cases.dates_of(case, cases.violence_known(session, case))
    rules = extensions.as_rules(extensions.of_case(session, case))
    found = clocks(dates, rules, tenants.settings(context.tenant).workdays)
    meant = (limit, "at_once") if limit == "14d" else (limit,)
    return next((clock for clock in found if clock.limit in meant), None)


def _limit(typed: Mapping[str, str]) -> Limit | None:
    return next((one for one in LIMITS if one == typed.get("limit")), None)


def _reason_class(typed: Mapping[str, str]) -> ReasonClass | None:
    return next((one for one in get_args(ReasonClass) if one == typed.get("reason_class")), None)


# --- the decision ----------------------------------------------------------------------------------------------------


def decided(context: TurnContext, press: Press[Nothing]) -> Reaction:
    """Ask whether the decision has been taken: today, on another day, or not yet, with a new planned day."""
    basis = open_case(context, press, DECIDED)
    return _decided(context, basis, ()) if isinstance(basis, Basis) else basis


def _decided(context: TurnContext, basis: Basis, notices: tuple[Line, ...]) -> DecidedView:
    case = basis.case
    at = _as_shown(context, basis)
    buttons: tuple[tuple[str, VerbName], ...] = (("today", "decided_today"), ("save", "save_decided"))
    return DecidedView(
        notices=notices,
        head=Head(case_ref=case.ref),
        planned=case.planned_decision_on.isoformat() if case.planned_decision_on else "",
        buttons=tuple(
            Button(title=Line(say="buttons." + title), claim=claimed(verb, at, case=case.id)) for title, verb in buttons
        ),
        refresh=claimed("show_current", case=case.id),
    )


def decided_today(context: TurnContext, press: Press[AsShown]) -> Reaction:
    """Record today as the day of the decision; a planned day filled in on the same card is stored too."""
    planned = press.inputs.get("planned_decision_on", "")
    typed = {"decided_on": context.today.isoformat(), "planned_decision_on": planned}
    return _save_decided(context, press, DECIDED_TODAY, typed)


def save_decided(context: TurnContext, press: Press[AsShown]) -> Reaction:
    """Store the day of the decision, or a new planned day."""
    typed = {name: press.inputs.get(name, "") for name in ("decided_on", "planned_decision_on")}
    return _save_decided(context, press, SAVE_DECIDED, typed)


def _save_decided(context: TurnContext, press: Press[AsShown], right: Right, typed: dict[str, str]) -> Reaction:
    basis = open_case(context, press, right)
    if not isinstance(basis, Basis):
        return basis
    case = basis.case
    changes, problems = store_dates(context, basis, typed)
    if problems or not changes:
        told = (*problems, REST_SAVED) if problems else (Line(say="details.nothing_said"),)
        return Done(_decided(context, basis, told), changes)
    if any(change.event == "decided_on_set" for change in changes) and case.decided_on is not None:
        line = Line(say="details.decided", args={"date": case.decided_on.isoformat()})
    else:
        planned = case.planned_decision_on.isoformat() if case.planned_decision_on else ""
        line = Line(say="details.planned_anew", args={"date": planned})
    title = Line(say="buttons.continue_case", args={"ref": case.ref})
    view = MenuView(
        title=Line(say="details.about", args={"ref": case.ref}), lines=(line,), buttons=(open_button(case.id, title),)
    )
    return Done(view, changes)


# --- closing ---------------------------------------------------------------------------------------------------------


def close(context: TurnContext, press: Press[OnDetails]) -> Reaction:
    """Ask for confirmation before closing, and say what closing means."""
    basis = open_case(context, press, CLOSE)
    if not isinstance(basis, Basis):
        return basis
    kept, again = keep(context, basis, press)
    day = readable_day(_kept(context, basis, "close").get("closed_on", ""), context.today) or context.today.isoformat()
    return Done(again, kept.changes) if again else kept.before(_closing(context, basis, (), day))


def _closing(context: TurnContext, basis: Basis, notices: tuple[Line, ...], day: str) -> CloseView:
    case = basis.case
    save = claimed("save_closing", _as_shown(context, basis), case=case.id)
    return CloseView(
        notices=notices,
        head=Head(case_ref=case.ref),
        day=day,
        buttons=(Button(title=Line(say="buttons.close"), claim=save), _back(case, "close")),
        refresh=claimed("show_current", case=case.id),
    )


def save_closing(context: TurnContext, press: Press[AsShown]) -> Reaction:
    """Close the case as of the given day; nothing in it can be changed until it is reopened."""
    basis = open_case(context, press, SAVE_CLOSING)
    if not isinstance(basis, Basis):
        return basis
    case = basis.case
    text = press.inputs.get("closed_on", "").strip()
    try:
        day = read_day(text, context.today, "closed_on")
        changes = acts.close(context.session, context.origin, case, day)
    except UserError as error:
        return _closing(context, basis, refused(error), readable_day(text, context.today))
    said = find_case.closed_case(context, case)
    return Done(
        said.model_copy(update={"lines": (Line(say="details.closed", args={"date": day.isoformat()}),)}), changes
    )


def reopen(context: TurnContext, press: Press[AsShown]) -> Reaction:
    """Reopen the case; everything is as it was when it was closed."""
    basis = find_case.by_id(context, press.case, find_case.REOPEN)
    case = basis.case
    if case.closed_on is not None and any(press.inputs.get(name, "").strip() for name in BEGINS):
        return begin_anew(context, basis, press.inputs)
    changes = acts.reopen(context.session, context.origin, case) if case.closed_on is not None else ()
    verb: VerbName = "read" if basis.is_reading else "continue"
    button = open_button(case.id, Line(say="buttons.open_case", args={"ref": case.ref}), verb)
    title = Line(say="details.about", args={"ref": case.ref})
    view: AnyView = MenuView(title=title, lines=(Line(say="details.reopened"),), buttons=(button,))
    return Done(view, changes)


def _as_shown(context: TurnContext, basis: Basis) -> AsShown:
    return AsShown(shown(basis), trail.newest_of_case(context.session, basis.case.id))


def _back(case: CaseRow, card: str) -> Button:
    return Button(title=Line(say="buttons.back"), claim=claimed("back_to_details", OfCard(card), case=case.id))


def back_to_details(context: TurnContext, press: Press[OfCard]) -> Reaction:
    """Go back to the details; what was filled in is on the card again when it is reopened."""
    basis = find_case.by_id(context, press.case, BACK_TO_DETAILS)
    card = press.what.name
    fields = {name: press.inputs.get(name, "") for name in _FIELDS.get(card, ())}
    return Done(details(context, basis, _keep(context, basis, card, fields)), NONE)


def _keep(context: TurnContext, basis: Basis, card: str, fields: Mapping[str, str]) -> tuple[Line, ...]:
    """Keep what is filled in on a card as a draft beside a list of an open case; return what to tell her."""
    if not basis.worker.sheets or basis.case.closed_on is not None:
        return ()
    kept = answers.keep_fields(context.session, context.origin, basis.worker.sheets[0], card, fields)
    return (Line(say="details.fields_kept"),) if kept else ()


def _kept(context: TurnContext, basis: Basis, card: str) -> Mapping[str, str]:
    sheets = basis.worker.sheets
    return answers.kept_fields(context.session, context.origin, sheets[0], card) if sheets else {}


VERBS = (
    Verb(EXTEND, extend, OnDetails),
    Verb(SAVE_EXTENSION, save_extension, AsShown),
    Verb(BACK_TO_DETAILS, back_to_details, OfCard, keeps=False),
    Verb(CLOSE, close, OnDetails),
    Verb(SAVE_CLOSING, save_closing, AsShown),
    Verb(find_case.REOPEN, reopen, AsShown),
    Verb(DECIDED, decided, keeps=False),
    Verb(DECIDED_TODAY, decided_today, AsShown),
    Verb(SAVE_DECIDED, save_decided, AsShown),
)
COMMANDS: tuple[Command, ...] = ()
