"""Opening a case by its reference, the facts card, and continuing an existing case."""

from collections.abc import Callable, Mapping
from functools import partial

from actions import cases as acts
from actions import lists
from actions.basis import BASIS, Basis
from actions.changes import NONE, Changes
from actions.facts import set_fact
from checklists import access, list_names
from checklists.access import OWN_LISTS
from checklists.errors import BadCaseRef, UserError
from checklists.lifecycle import State
from checklists.loader import all_facts
from checklists.model import ListId
from checklists.rights import LIST_HOLDER, OWN_CASE, RELATIONS, Right
from dialogs.chef.reading import enter
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.find_case import maybe_ref
from dialogs.turn.presses import AsShown, Nothing, OfRef, OnFacts
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import REST_SAVED, ask_ref, open_button
from dialogs.views.views import Button, Line, MenuView
from dialogs.worker import begin_list, facts_card, form_card, next_card
from dialogs.worker.case_details import hints, store_children, store_dates
from dialogs.worker.landing import open_case
from dialogs.worker.wrong_case import taken
from storage import cases
from storage.cases import CaseRow

NEW = Right("new", "self", dict.fromkeys(OWN_LISTS, RELATIONS))
OPEN_REF = Right("open_ref", "self", {"case_worker": RELATIONS})
CONTINUE = Right("continue", "case", LIST_HOLDER)
NEW_OCCASION = Right("new_occasion", "case", OWN_CASE)
SAVE_FACTS = Right("save_facts", "case", OWN_CASE)
_NEW_CASE = ("nytt ärende", "new case")
"""The title of the button, typed before a reference."""


# --- commands --------------------------------------------------------------------------------------------------------


def new(context: TurnContext, rest: str) -> Reaction:
    """Open a case by its reference: a new case shows the facts card, an existing one continues.

    rest: `[LIST] REF`. Somebody who does not open cases begins the list she answers herself.
    """
    checklist, rest = list_names.split(rest)
    if not rest:
        return ask_ref(f"ny {checklist}" if checklist else "ny")
    if checklist not in (None, BASIS):
        return begin_list.new_list(context, checklist, rest)
    if not context.units_as("case_worker"):
        return _known(context, checklist, rest)
    try:
        refs = find_case.uncertain(context, rest)
    except BadCaseRef as error:
        return ask_ref("ny").model_copy(update={"notices": (Line(say=error.text_key),)})
    return find_case.which_reference(refs) if refs else _open(context, find_case.reference(context, rest))


def _known(context: TurnContext, checklist: ListId | None, rest: str) -> Reaction:
    """Begin the list that somebody who does not open cases answers in a case, or continue her reading of it.

    checklist: the decision basis, if she named it. Raises: NoSuchCase, UserError: see `find_case.by_ref`.
    """
    case = cases.find(context.session, context.tenant_id, find_case.reference(context, rest))
    if case is None:
        raise find_case.no_such(context, rest, begin_list.LISTED, partial(begin_list.may_list, context))
    begun = begin_list.of_role(context, case) if checklist is None else None
    return begun or _continue(context, find_case.by_id(context, case.id, CONTINUE))


def open_ref(context: TurnContext, press: Press[OfRef]) -> Reaction:
    """Open a case by the reference she chose, with the list she named."""
    if press.checklist != BASIS:
        return begin_list.in_case(context, press.checklist, press.what.name)
    return _open(context, find_case.reference(context, press.what.name))


def _open(context: TurnContext, ref: str) -> Reaction:
    found = cases.find(context.session, context.tenant_id, ref)
    if found is not None and access.reads(context.roles, found):
        return _continue(context, find_case.by_id(context, found.id, CONTINUE))
    if found is not None and not access.may_use(NEW_OCCASION, context.roles, found):
        return taken(context, found)
    if found is not None:
        return _again(context, find_case.by_id(context, found.id, NEW_OCCASION))
    unit_id = context.units_as("case_worker")[0]
    case, changes = acts.open_case(context.session, context.origin, ref, unit_id, context.person_id)
    return Done(facts_card.facts_card(context, context.basis(case, {})), changes)


def _again(context: TurnContext, basis: Basis) -> Reaction:
    """Continue an existing case, or offer a new basis if the latest one is signed."""
    case = basis.case
    if basis.state != State.SIGNED or case.closed_on:
        return _continue(context, basis)
    claim = claimed("new_occasion", AsShown(str(basis.occasion)), case=case.id)
    return MenuView(
        title=Line(say="facts.signed_title", args={"ref": case.ref}),
        lines=(Line(say="facts.signed"),),
        buttons=(
            Button(title=Line(say="buttons.new_occasion"), claim=claim),
            open_button(case.id, Line(say="buttons.open"), "open"),
        ),
        asks=True,
    )


def new_occasion(context: TurnContext, press: Press[AsShown]) -> Reaction:
    """Begin a new basis in a case whose latest one is signed; the signed one is left unchanged."""
    basis = open_case(context, press, NEW_OCCASION)
    if not isinstance(basis, Basis):
        return basis
    if not basis.sheets or str(basis.occasion) != press.what.state:
        return _continue(context, basis)
    basis, changes = lists.new_occasion(context.session, context.origin, basis)
    return Done(facts_card.facts_card(context, basis), changes)


def continue_typed(context: TurnContext, rest: str) -> Reaction:
    """Continue the named or last used case at its first open question."""
    basis = find_case.named_list(context, rest, CONTINUE)
    if basis is None:
        return ask_ref("fortsätt")
    row_id, wrong = find_case.child_named(rest, basis)
    return _continue(context, basis, row_id, wrong)


def continue_case(context: TurnContext, case: CaseRow) -> Reaction:
    """Continue a case she may open, or the list she began in it last."""
    return _continue(context, find_case.begun_last(context, case.id, CONTINUE))


def continue_pressed(context: TurnContext, press: Press[Nothing]) -> Reaction:
    """Continue a case, from a button."""
    return _continue(context, find_case.by_id(context, press.case, CONTINUE, press.checklist))


def _continue(context: TurnContext, basis: Basis, row_id: int = 0, notices: tuple[Line, ...] = ()) -> Reaction:
    if basis.is_closed:
        return find_case.closed_case(context, basis.case)
    if basis.is_reading:
        return enter(context, basis)
    return next_card.go_on(context, basis, row_id, notices=notices)


# --- the facts card --------------------------------------------------------------------------------------------------


def save_facts(context: TurnContext, press: Press[OnFacts]) -> Reaction:
    """Store the valid fields of the facts card and ask for the others again."""
    basis = open_case(context, press, SAVE_FACTS)
    if not isinstance(basis, Basis):
        return basis
    if not basis.is_for_case:
        return facts_card.facts_card(context, basis)
    child, inputs = press.what.child, press.inputs
    is_old = press.what.revisions != facts_card.revisions(basis, child)
    if is_old and _contradicts(basis, child, inputs):
        return facts_card.facts_card(context, basis, (Line(say="facts.changed_meanwhile"),), child=child)
    changes = _store_facts(context, basis, child, inputs)
    problems: tuple[Line, ...] = ()
    if not press.filled:
        stored, problems = _store_case(context, basis, inputs)
        changes += stored
    if problems:
        told = (*problems, REST_SAVED)
        again = facts_card.facts_card(context, basis, told, child, typed=inputs)
        return Done(again, changes)
    basis, begun = lists.begin(context.session, context.origin, _read_again(context, basis))
    sheet = next((sheet for sheet in basis.sheets if sheet.filled.child == child), basis.sheets[0])
    if press.what.form:
        return Done(form_card.form(sheet, sheet.way), changes + begun)
    # Shown once, when violence is first stated: who decides in such a case.
    is_news = any(change.item_id == cases.VIOLENCE for change in changes)
    told = hints(context, basis) if is_news and _is_violence(basis) else ()
    return Done(next_card.go_on(context, basis, sheet.filled.id, notices=told), changes + begun)


def _is_violence(basis: Basis) -> bool:
    fact = basis.facts.get((cases.WHOLE_CASE, cases.VIOLENCE))
    return fact is not None and fact.value == "ja"


def _read_again(context: TurnContext, basis: Basis) -> Basis:
    return context.basis(basis.case, basis.facts)


def _store_facts(context: TurnContext, basis: Basis, child: int, inputs: Mapping[str, str]) -> Changes:
    """Store the facts on a child's card; one left empty the first time becomes unknown."""
    changes = NONE
    for fact_id, fact in all_facts().items():
        at = child if fact.per == "child" else cases.WHOLE_CASE
        first_time = (at, fact_id) not in basis.facts and (fact_id in inputs or child == 1 or fact.per == "child")
        value = inputs.get(fact_id, "") or (cases.UNKNOWN if first_time else "")
        changes += set_fact(context.session, context.origin, basis.case, basis.facts, at, fact_id, value)
    return changes


def _store_case(context: TurnContext, basis: Basis, inputs: Mapping[str, str]) -> tuple[Changes, tuple[Line, ...]]:
    """Store the number of children, the planned date and the unit; return what is wrong with them."""
    changes, problems = store_dates(context, basis, {"planned_decision_on": inputs.get("planned", "")})
    store: Callable[[TurnContext, Basis, Mapping[str, str]], Changes]
    for store in (store_children, _store_unit):
        try:
            changes += store(context, basis, inputs)
        except UserError as error:
            problems = (Line(say=error.text_key, args=error.args_for_text), *problems)
    return changes, problems


def _store_unit(context: TurnContext, basis: Basis, inputs: Mapping[str, str]) -> Changes:
    chosen = inputs.get("unit", "")
    if chosen not in {str(unit_id) for unit_id in context.units_as("case_worker")}:
        return NONE
    return acts.set_unit(context.session, context.origin, basis.case, int(chosen))


def _contradicts(basis: Basis, child: int, inputs: Mapping[str, str]) -> bool:
    """Return whether an outdated facts card contradicts what has been stored since: of the facts, or of the case."""
    planned = basis.case.planned_decision_on
    stands = {"children": str(basis.case.children), "unit": str(basis.case.unit_id)}
    stands |= {"planned": planned.isoformat()} if planned else {}
    given = {name: inputs.get(name, "").strip().removesuffix(".0") for name in stands}
    return any(value and value != stands[name] for name, value in given.items()) or any(
        inputs.get(field.fact) and inputs[field.fact] != field.current
        for field in (facts_card.field(basis, fact_id, child) for fact_id in all_facts())
    )


VERBS = (
    Verb(OPEN_REF, open_ref, OfRef),
    Verb(SAVE_FACTS, save_facts, OnFacts),
    Verb(CONTINUE, continue_pressed, keeps=False),
    Verb(NEW_OCCASION, new_occasion, AsShown),
)
COMMANDS = (
    Command("ny", ("nytt", "new", *_NEW_CASE), new, NEW, maybe_ref, ("new_case", "new_occasion")),
    Command("fortsätt", ("continue",), continue_typed, CONTINUE, maybe_ref, ("continue", "open")),
)
