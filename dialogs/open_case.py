"""Opening a case: the reference, the facts card, and coming back to a case that is known."""

from collections.abc import Mapping
from datetime import date

from checklists.errors import BadChildren, BadDate, UserError
from checklists.files import all_facts
from checklists.references import normal_ref
from checklists.rights import OWN_CASE, Right
from dialogs import show, show_facts
from dialogs.basis import Basis, begin, load
from dialogs.doors import ask_ref, case_by_id, case_by_ref, closed_case, latest_case, maybe_ref
from dialogs.talk import Talk
from dialogs.views import AnyView, Line
from dialogs.words import Command, Press, Verb
from storage import cases, tenants
from storage.cases import CaseRow, FactRow, case_id
from storage.filled import filled_id

MOST_CHILDREN = 20

NEW = Right("new", "self", {"case_worker": ("lead", "co_worker", "own_unit", "other")})
CONTINUE = Right("continue", "case", OWN_CASE)
SAVE_FACTS = Right("save_facts", "case", OWN_CASE)
LISTS = {"decision_basis": "decision_basis", "beslutsunderlag": "decision_basis"}
"""Words for a list after `ny`."""


# --- commands ----------------------------------------------------------------------------------------------


def new(talk: Talk, rest: str) -> AnyView:
    """Open a case by its reference: a new one gets the facts card, a known one continues."""
    first, _, after = rest.partition(" ")
    if first.casefold() in LISTS:
        rest = after
    if not rest.strip():
        return ask_ref("ny")
    ref = normal_ref(rest, tenants.setting(talk.tenant, "case_ref_pattern"))
    if cases.find(talk.session, talk.tenant_id, ref) is not None:
        return _continue(talk, case_by_ref(talk, ref, CONTINUE))
    units = talk.units_as("case_worker")
    row = CaseRow(tenant_id=talk.tenant_id, ref=ref, unit_id=units[0], lead_id=talk.person_id)
    case = cases.add(talk.session, row)
    talk.record("case_opened", case=case)
    return show_facts.facts_card(talk, load(talk, case))


def _new_whole(talk: Talk, rest: str) -> bool:
    first, _, after = rest.partition(" ")
    return maybe_ref(talk, after if first.casefold() in LISTS else rest)


def continue_typed(talk: Talk, rest: str) -> AnyView:
    """Go on with a case at its first open question; without a reference, the case last touched."""
    if rest:
        return _continue(talk, case_by_ref(talk, rest, CONTINUE))
    case = latest_case(talk, CONTINUE)
    return _continue(talk, case) if case else ask_ref("fortsätt")


def continue_pressed(talk: Talk, press: Press) -> AnyView:
    """Go on with a case, from a button."""
    return _continue(talk, case_by_id(talk, press.claim.case, CONTINUE))


def _continue(talk: Talk, case: CaseRow) -> AnyView:
    basis = load(talk, case)
    if case.closed_on is not None:
        return closed_case(case)
    return show.go_on(talk, basis) if basis.sheets else show_facts.facts_card(talk, basis)


# --- the facts card ----------------------------------------------------------------------------------------


def save_facts(talk: Talk, press: Press) -> AnyView:
    """Keep the facts card. What is wrong on it is asked again; what is right is kept at once."""
    case = case_by_id(talk, press.claim.case, SAVE_FACTS)
    basis = load(talk, case)
    if case.closed_on is not None:
        return closed_case(case)
    child = int(press.claim.item.removeprefix("facts:"))
    if press.claim.revision != show_facts.revisions(basis, child) and _contradicts(basis, child, press.inputs):
        return show_facts.facts_card(talk, basis, (Line(say="facts.changed_meanwhile"),), child=child)
    _store_facts(talk, basis, child, press.inputs)
    problems = () if press.claim.filled else _store_case(talk, case, press.inputs)
    basis = load(talk, case)
    if problems:
        return show_facts.facts_card(talk, basis, problems, press.inputs.get("planned", ""), child)
    basis = begin(talk, basis)
    at = next((filled_id(sheet.filled) for sheet in basis.sheets if sheet.filled.child == child), 0)
    return show.go_on(talk, basis, at)


def _store_facts(talk: Talk, basis: Basis, child: int, inputs: Mapping[str, str]) -> None:
    """Store the facts that were chosen and differ; on first saving also those left empty, as unknown."""
    for fact_id, fact in all_facts().items():
        at_child = child if fact.per == "child" else cases.WHOLE_CASE
        old = basis.facts.get((at_child, fact_id))
        value = inputs.get(fact_id, "") or ("" if old else cases.UNKNOWN)
        if fact_id not in inputs and child > 1 and fact.per == "case":
            continue
        if value not in ("ja", "nej", cases.UNKNOWN) or (old and old.value == value):
            continue
        row = FactRow(
            tenant_id=talk.tenant_id,
            case_id=case_id(basis.case),
            child=at_child,
            name=fact_id,
            revision=old.revision + 1 if old else 1,
            value=value,
            author_id=talk.person_id,
            at=talk.turn.now,
        )
        cases.set_fact(talk.session, basis.case, row)
        talk.record("fact_set", case=basis.case, item_id=fact_id, revision=row.revision)


def _store_case(talk: Talk, case: CaseRow, inputs: Mapping[str, str]) -> tuple[Line, ...]:
    """Store the number of children, the planned date and the unit; return what is wrong with them."""
    problems = []
    for store in (_store_children, _store_planned, _store_unit):
        try:
            store(talk, case, inputs)
        except UserError as error:
            problems.append(Line(say=error.text_key, args=error.args_for_text))
    return tuple(problems)


def _store_children(talk: Talk, case: CaseRow, inputs: Mapping[str, str]) -> None:
    text = inputs.get("children", "").strip()
    if not text:
        return
    whole = text.removesuffix(".0")
    count = int(whole) if whole.isascii() and whole.isdigit() and len(whole) < 4 else 0
    if not 1 <= count <= MOST_CHILDREN:
        raise BadChildren(most=MOST_CHILDREN)
    if count < case.children and load(talk, case).sheets:
        raise BadChildren(most=MOST_CHILDREN)
    if count != case.children:
        case.children = count
        talk.record("children_set", case=case, detail=str(count))


def _store_planned(talk: Talk, case: CaseRow, inputs: Mapping[str, str]) -> None:
    text = inputs.get("planned", "").strip()
    if not text:
        return
    try:
        planned = date.fromisoformat(text)
    except ValueError:
        raise BadDate from None
    if planned != case.planned_decision_on:
        case.planned_decision_on = planned
        talk.record("planned_date_set", case=case, detail=planned.isoformat())


def _store_unit(talk: Talk, case: CaseRow, inputs: Mapping[str, str]) -> None:
    chosen = inputs.get("unit", "")
    if chosen in {str(unit_id) for unit_id in talk.units_as("case_worker")} and int(chosen) != case.unit_id:
        case.unit_id = int(chosen)
        talk.record("unit_set", case=case, detail=chosen)


def _contradicts(basis: Basis, child: int, inputs: Mapping[str, str]) -> bool:
    """Say whether an old facts card says something else than what was stored since."""
    return any(
        inputs.get(field.fact) and inputs[field.fact] != field.current
        for field in (show_facts.field(basis, fact_id, child) for fact_id in all_facts())
    )


def named_case(talk: Talk, press: Press) -> AnyView:
    """Do what was asked of a case, now that its reference is given on the card."""
    ref = press.inputs.get("case_ref", "").strip()
    if not ref:
        return ask_ref(press.claim.item)
    return talk.run_command(press.claim.item, ref)


VERBS = (
    Verb(SAVE_FACTS, save_facts),
    Verb(CONTINUE, continue_pressed, keeps=False),
    Verb(Right("named_case", "self", NEW.may), named_case, keeps=False),
)
COMMANDS = (
    Command("ny", ("nytt", "new"), new, NEW, _new_whole),
    Command("fortsätt", ("continue",), continue_typed, CONTINUE, maybe_ref),
)
