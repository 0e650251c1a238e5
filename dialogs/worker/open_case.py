"""Opening a case: the reference, the facts card, and coming back to a case that is known."""

from collections.abc import Mapping
from datetime import date

from actions import void as changes
from actions.basis import Basis, begin, load
from checklists.errors import BadChildren, BadDate, UserError
from checklists.files import all_facts
from checklists.references import normal_ref
from checklists.rights import LIST_HOLDER, OWN_CASE, Right
from dialogs.chef.reading import enter
from dialogs.turn.declared import Command, Press, Verb
from dialogs.turn.find_case import ask_ref, case_by_id, case_by_ref, closed_case, latest_case, maybe_ref
from dialogs.turn.turn_context import Talk
from dialogs.views.views import AnyView, Button, Claim, Line, MenuView
from dialogs.worker import facts_card as show_facts
from dialogs.worker import form_card as show_form
from dialogs.worker import next_card as show
from dialogs.worker.summary_card import open_claim
from storage import cases, tenants
from storage.cases import CaseRow, FactRow

MOST_CHILDREN = 20

NEW = Right("new", "self", {"case_worker": ("lead", "co_worker", "own_unit", "other")})
CONTINUE = Right("continue", "case", LIST_HOLDER)
NEW_OCCASION = Right("new_occasion", "case", OWN_CASE)
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
        return _again(talk, case_by_ref(talk, ref, NEW_OCCASION))
    units = talk.units_as("case_worker")
    row = CaseRow(tenant_id=talk.tenant_id, ref=ref, unit_id=units[0], lead_id=talk.person_id)
    case = cases.add(talk.session, row)
    talk.record("case_opened", case=case)
    return show_facts.facts_card(talk, load(talk, case))


def _again(talk: Talk, case: CaseRow) -> AnyView:
    """Go on with a known case; when its newest basis is signed, offer a new one."""
    basis = load(talk, case)
    if not basis.sheets or any(sheet.filled.status != "signed" for sheet in basis.sheets) or case.closed_on:
        return _continue(talk, case)
    claim = Claim(verb="new_occasion", case=case.id, revision=str(basis.sheets[0].filled.occasion))
    return MenuView(
        title=Line(say="facts.signed_title", args={"ref": case.ref}),
        lines=(Line(say="facts.signed"),),
        buttons=(
            Button(title=Line(say="buttons.new_occasion"), claim=claim),
            Button(title=Line(say="buttons.open"), claim=open_claim(case, "open")),
        ),
    )


def new_occasion(talk: Talk, press: Press) -> AnyView:
    """Begin a new basis on a case whose newest one is signed; the signed one stays as it is."""
    case = case_by_id(talk, press.claim.case, NEW_OCCASION)
    basis = load(talk, case)
    if case.closed_on is not None:
        return closed_case(case)
    if not basis.sheets or str(basis.sheets[0].filled.occasion) != press.claim.revision:
        return _continue(talk, case)
    basis = begin(talk, Basis(case, basis.checklist, basis.facts, ()), int(press.claim.revision) + 1)
    return show_facts.facts_card(talk, basis)


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
    if basis.is_reading:
        return enter(talk, case)
    return show.go_on(talk, basis) if basis.sheets else show_facts.facts_card(talk, basis)


# --- the facts card ----------------------------------------------------------------------------------------


def save_facts(talk: Talk, press: Press) -> AnyView:
    """Keep the facts card. What is wrong on it is asked again; what is right is kept at once."""
    case = case_by_id(talk, press.claim.case, SAVE_FACTS)
    basis = load(talk, case)
    if case.closed_on is not None:
        return closed_case(case)
    child = int(press.claim.item.removeprefix("facts:"))
    is_old = press.claim.revision.partition(".")[0] != show_facts.revisions(basis, child)
    if is_old and _contradicts(basis, child, press.inputs):
        return show_facts.facts_card(talk, basis, (Line(say="facts.changed_meanwhile"),), child=child)
    _store_facts(talk, basis, child, press.inputs)
    problems = () if press.claim.filled else _store_case(talk, case, press.inputs)
    basis = load(talk, case)
    if problems:
        return show_facts.facts_card(talk, basis, problems, press.inputs.get("planned", ""), child)
    basis = begin(talk, basis)
    sheet = next((sheet for sheet in basis.sheets if sheet.filled.child == child), basis.sheets[0])
    if press.claim.choice == "form":
        return show_form.form(sheet, sheet.way)
    return show.go_on(talk, basis, sheet.filled.id)


def _store_facts(talk: Talk, basis: Basis, child: int, inputs: Mapping[str, str]) -> None:
    """Store the facts on the card of a child; one that is left empty the first time is unknown."""
    for fact_id, fact in all_facts().items():
        at = child if fact.per == "child" else cases.WHOLE_CASE
        first_time = (at, fact_id) not in basis.facts and (fact_id in inputs or child == 1 or fact.per == "child")
        store_fact(talk, basis, at, fact_id, inputs.get(fact_id, "") or (cases.UNKNOWN if first_time else ""))


def store_fact(talk: Talk, basis: Basis, at: int, fact_id: str, value: str) -> None:
    """Store a fact of a child (0 the case) as its next revision, if it says something new."""
    old = basis.facts.get((at, fact_id))
    if value not in ("ja", "nej", cases.UNKNOWN) or (old and old.value == value):
        return
    row = FactRow(
        tenant_id=talk.tenant_id,
        case_id=basis.case.id,
        child=at,
        name=fact_id,
        revision=old.revision + 1 if old else 1,
        value=value,
        author_id=talk.person_id,
        at=talk.turn.now,
    )
    cases.set_fact(talk.session, basis.case, row)
    talk.record("fact_set", case=basis.case, item_id=fact_id, revision=row.revision, detail=f"child {at}" if at else "")
    changes.case_changed(talk.cause, basis.case)


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
        changes.case_changed(talk.cause, case)


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
    Verb(NEW_OCCASION, new_occasion),
    Verb(Right("named_case", "self", NEW.may), named_case, keeps=False),
)
COMMANDS = (
    Command("ny", ("nytt", "new"), new, NEW, _new_whole),
    Command("fortsätt", ("continue",), continue_typed, CONTINUE, maybe_ref),
)
