"""Beginning a list other than the decision basis: `ny LIST REF`, and the card before its first question."""

from collections.abc import Mapping
from functools import partial

from actions import cases as acts
from actions import lists
from actions.basis import Basis
from actions.changes import NONE, Changes
from actions.facts import set_fact
from checklists.errors import BadChildren, UserError
from checklists.loader import newest
from checklists.model import MOST_CHILDREN, FilePart, ListId
from checklists.rights import LIST_HOLDER, Right
from dialogs.rounds import start_review
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb
from dialogs.turn.presses import OnFacts
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import REST_SAVED, begin_button
from dialogs.views.views import Line, MenuView
from dialogs.worker import facts_card, form_card, next_card, start_card
from dialogs.worker.case_details import store_dates
from dialogs.worker.landing import open_case
from dialogs.worker.wrong_case import taken
from storage import cases
from storage.cases import CaseRow

BEGIN = Right("begin_list", "case", LIST_HOLDER)
LISTED = Right("new", "case", LIST_HOLDER)
REPORT: ListId = "intake"
"""The list for receiving a report: it may open the case."""


def new_list(context: TurnContext, checklist: ListId, rest: str) -> Reaction:
    """Begin or continue a list of a case, asking first which case is meant where that is not certain."""
    opens = checklist == REPORT and bool(context.units_as("case_worker"))
    refs = find_case.uncertain(context, rest) if opens else ()
    return find_case.which_reference(refs, checklist) if refs else in_case(context, checklist, rest)


def in_case(context: TurnContext, checklist: ListId, named: str) -> Reaction:
    """Begin or continue a list of a case. Only the list for a report opens a case that does not exist yet.

    named: the reference of the case.
    """
    ref = find_case.reference(context, named)
    case, changes = cases.find(context.session, context.tenant_id, ref), NONE
    units = context.units_as("case_worker")
    if case is not None and units and checklist == REPORT and not context.seat(case, checklist):
        return taken(context, case)
    if case is None:
        if checklist != REPORT or not units:
            raise find_case.no_such(context, named, LISTED, partial(may_list, context, checklist=checklist))
        case, changes = acts.open_case(context.session, context.origin, ref, units[0], context.person_id)
    first = start_review.before_it(context, case, checklist)
    if first is not None:
        return _with(changes, first)
    basis = find_case.by_id(context, case.id, BEGIN, checklist)
    return _with(changes, begin(context, basis))


def may_list(context: TurnContext, case: CaseRow, checklist: ListId | None = None) -> bool:
    """Return whether this person answers any list of a case, or the one named."""
    return find_case.has_any(context, case, LISTED, checklist)


def of_role(context: TurnContext, case: CaseRow) -> Reaction | None:
    """Begin the list this person answers in a case; ask which if there are several, None if there is none."""
    lists_ = offered(context, case)
    if len(lists_) == 1:
        return in_case(context, lists_[0], case.ref)
    return choice(case, lists_) if lists_ else None


def offered(context: TurnContext, case: CaseRow) -> tuple[ListId, ...]:
    """Return the lists other than the decision basis that this person may answer in this case.

    A chef is not offered the list for a report: she reads the report itself, and can ask for the list by name.
    """
    found = []
    for one in _OTHERS:
        role = context.seat(case, one) if newest(one).is_for(case.case_type) else None
        if role and (one != REPORT or role == "case_worker"):
            found.append(one)
    return tuple(found)


_OTHERS: tuple[ListId, ...] = ("intake", "rvt_case_round", "rvt_self_check", "peer_review_bou", "sample_audit")


def choice(case: CaseRow, lists_: tuple[ListId, ...]) -> MenuView:
    """Ask which list to begin."""
    return MenuView(
        title=Line(say="lists.which_title", args={"ref": case.ref}),
        lines=(Line(say="lists.which"),),
        buttons=tuple(begin_button(one, case.ref) for one in lists_),
        chooses=True,
    )


def begin(context: TurnContext, basis: Basis) -> Reaction:
    """Continue a list already begun, else show the card that begins it, if it has anything to ask."""
    if not basis.is_for_case:
        return facts_card.wrong_kind(basis)
    if basis.is_closed:
        return find_case.closed_case(context, basis.case)
    if basis.sheets and (basis.next_from() or not start_card.open_parts(basis)):
        return next_card.go_on(context, basis)
    card = start_card.start_card(context, basis)
    return card if card is not None else _begun(context, basis, "", form=False)


def save(context: TurnContext, press: Press[OnFacts]) -> Reaction:
    """Store what was filled in on the card that begins a list, and begin it."""
    basis = open_case(context, press, BEGIN)
    if not isinstance(basis, Basis):
        return basis
    if basis.goes_to_chef:
        return next_card.go_on(context, basis)
    if not basis.is_for_case:
        return facts_card.wrong_kind(basis)
    changes, problems = _store(context, basis, press.inputs)
    part = press.inputs.get("akt_part", "") if basis.checklist.file_parts else ""
    if basis.checklist.file_parts and part not in basis.checklist.file_parts:
        problems += (Line(say="lists.choose_part"),)
    if start_card.asks_received(basis):
        problems += (Line(say="lists.needs_received"),) if not problems else ()
    if problems:
        basis = find_case.by_id(context, basis.case.id, BEGIN, basis.list_id)
        told = (*problems, *((REST_SAVED,) if changes else ()))
        again = start_card.start_card(context, basis, told, typed=press.inputs)
        return Done(again or next_card.go_on(context, basis), changes)
    basis = find_case.by_id(context, basis.case.id, BEGIN, basis.list_id)
    return _with(changes, _begun(context, basis, part, form=press.what.form))


def _begun(context: TurnContext, basis: Basis, part: FilePart | str, *, form: bool) -> Reaction:
    acting = context.acting_as(basis.case) if basis.role == "unit_manager" else ""
    version = context.round_version(basis.case, basis.list_id) if basis.round_id else 0
    basis, row, changes = lists.begin_own(context.session, context.origin, basis, acting, part, version)
    sheet = basis.sheet(row.id)
    if form and sheet is not None:
        return Done(form_card.form(sheet, sheet.way), changes)
    return Done(next_card.go_on(context, basis, row.id), changes)


def _store(context: TurnContext, basis: Basis, inputs: Mapping[str, str]) -> tuple[Changes, tuple[Line, ...]]:
    changes: Changes = NONE
    problems: tuple[Line, ...] = ()
    if start_card.asks_received(basis):
        changes, problems = store_dates(context, basis, {"received_on": inputs.get("received_on", "")})
    for fact_id in start_card.open_facts(basis):
        value = inputs.get(fact_id, "")
        at = (context.session, context.origin, basis.case, basis.facts, cases.WHOLE_CASE)
        changes += set_fact(*at, fact_id, value) if value else NONE
    try:
        changes += _store_children(context, basis, inputs)
    except UserError as error:
        problems += (Line(say=error.text_key, args=error.args_for_text),)
    unit = inputs.get("unit", "")
    if unit in {str(unit_id) for unit_id in context.units_as("case_worker")} and not basis.sheets:
        changes += acts.set_unit(context.session, context.origin, basis.case, int(unit))
    return changes, problems


def _store_children(context: TurnContext, basis: Basis, inputs: Mapping[str, str]) -> Changes:
    text = inputs.get("children", "").strip().removesuffix(".0")
    if not text or not start_card.asks_children(basis):
        return NONE
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise BadChildren(least=acts.least_children(basis.case), most=MOST_CHILDREN)
    return acts.set_children(context.session, context.origin, basis.case, int(text))


def _with(changes: Changes, reaction: Reaction) -> Reaction:
    if isinstance(reaction, Done):
        return Done(reaction.view, changes + reaction.changes)
    return Done(reaction, changes) if changes else reaction


VERBS = (Verb(BEGIN, save, OnFacts),)
COMMANDS: tuple[Command, ...] = ()
