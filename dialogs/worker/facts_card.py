"""The facts card: the facts that decide which questions apply. Nothing is preselected."""

from collections.abc import Mapping

from actions.basis import Basis, Sheet
from checklists.case_dates import readable_day
from checklists.deadlines import finish_by
from checklists.loader import all_facts
from dialogs.turn.declared import claimed
from dialogs.turn.presses import OnFacts
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import command_button, open_button
from dialogs.views.views import Button, Claim, FactField, FactsView, Head, Line, MenuView
from dialogs.worker import start_card
from dialogs.worker.sheet_parts import head
from storage import cases, people, trail

NOTHING_TYPED: Mapping[str, str] = {}


def facts_card(
    context: TurnContext,
    basis: Basis,
    notices: tuple[Line, ...] = (),
    child: int = 1,
    *,
    typed: Mapping[str, str] = NOTHING_TYPED,
    form: bool = False,
) -> FactsView | MenuView:
    """Return the card with the facts of the case and of one child; for another list, the card that begins it.

    In an adult's case there is no decision basis to begin: the view says so.

    typed: what was filled in, even if refused: it is shown again where it can be, and no planned date is proposed over
    one that was typed. form: show the form next.
    """
    case = basis.case
    if not basis.is_for_case:
        return wrong_kind(basis, notices)
    if not basis.goes_to_chef:
        given = notices or (Line(say="lists.nothing_to_fill_in"),)
        return start_card.start_card(context, basis, notices, form=form) or _nothing_to_ask(basis, given)
    units = context.units_as("case_worker") if case.lead_id == context.person_id and not basis.sheets else []
    names = people.unit_names(context.session, context.tenant_id)
    newest = trail.newest_of_case(context.session, case.id)

    planned = typed.get("planned", "").strip()

    def save(*, form: bool) -> Claim:
        return claimed("save_facts", OnFacts(child, revisions(basis, child), newest, form), case=case.id)

    proposed = case.planned_decision_on or finish_by(case.opened_on or context.today)
    return FactsView(
        notices=notices,
        head=Head(case_ref=case.ref, child=child if case.children > 1 else 0),
        fields=tuple(field(basis, fact_id, child) for fact_id in all_facts()),
        children=start_card.typed_children(typed) or case.children,
        planned=readable_day(planned, context.today) if planned else proposed.isoformat(),
        planned_typed=bool(planned) and not readable_day(planned, context.today),
        units=tuple((unit_id, names[unit_id]) for unit_id in units) if len(units) > 1 else (),
        unit=case.unit_id,
        save=Button(title=Line(say="buttons.save"), claim=save(form=form)),
        nav=(Button(title=Line(say="buttons.form"), claim=save(form=True)),),
        refresh=claimed("show_current", case=case.id),
    )


def wrong_kind(basis: Basis, notices: tuple[Line, ...] = ()) -> MenuView:
    """Return the view of a list that is not for this kind of case: a child's in an adult's case, or the reverse."""
    if not basis.goes_to_chef:
        title = Line(say="lists.name", args={"list": basis.list_id})
        say = "lists.for_adults" if basis.checklist.case_type == "vuxen" else "lists.for_children"
        buttons: tuple[Button, ...] = ()
    else:
        title, say = Line(say="lists.adult_title", args={"ref": basis.case.ref}), "lists.adult"
        buttons = (Button(title=Line(say="buttons.details"), claim=claimed("details", case=basis.case.id)),)
    buttons += (command_button("mina ärenden", "buttons.my_cases"),)
    return MenuView(notices=notices, title=title, lines=(Line(say=say, args={"ref": basis.case.ref}),), buttons=buttons)


def _nothing_to_ask(basis: Basis, notices: tuple[Line, ...]) -> MenuView:
    """Return the view for a list that has nothing to ask before its first question."""
    button = open_button(basis.case.id, Line(say="buttons.continue"), checklist=basis.list_id)
    return MenuView(
        notices=notices, title=Line(say="lists.name", args={"list": basis.list_id}), lines=(), buttons=(button,)
    )


def child_facts(basis: Basis, sheet: Sheet, notices: tuple[Line, ...] = (), *, form: bool = False) -> FactsView:
    """Return the shorter facts card for the second child onwards: only that child's own facts."""
    child = sheet.filled.child
    save = claimed(
        "save_facts", OnFacts(child, revisions(basis, child), 0, form), case=basis.case.id, filled=sheet.filled.id
    )
    own = [fact_id for fact_id, fact in all_facts().items() if fact.per == "child"]
    return FactsView(
        notices=notices,
        head=head(sheet),
        fields=tuple(field(basis, fact_id, child) for fact_id in own),
        save=Button(title=Line(say="buttons.save"), claim=save),
        refresh=claimed("show_current", **sheet.at),
    )


def field(basis: Basis, fact_id: str, child: int) -> FactField:
    """Return one fact with its current value, empty if it was never given."""
    row = basis.facts.get((child if all_facts()[fact_id].per == "child" else cases.WHOLE_CASE, fact_id))
    return FactField(fact=fact_id, current=row.value if row else "")


def revisions(basis: Basis, child: int) -> tuple[int, ...]:
    """Return the latest revision of each fact on a child's card, 0 for one never given."""
    places = ((child if fact.per == "child" else cases.WHOLE_CASE, fact_id) for fact_id, fact in all_facts().items())
    return tuple(basis.facts[at].revision if at in basis.facts else 0 for at in places)
