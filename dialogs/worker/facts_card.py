"""The facts card: what decides which questions apply. Nothing on it is chosen beforehand."""

from actions.basis import Basis, Sheet
from checklists.deadlines import finish_by
from checklists.files import all_facts
from dialogs.turn.turn_context import Talk
from dialogs.views.views import Button, Claim, FactField, FactsView, Head, Line
from storage import cases, people, trail


def facts_card(
    talk: Talk, basis: Basis, notices: tuple[Line, ...] = (), planned_typed: str = "", child: int = 1, then: str = ""
) -> FactsView:
    """Return the card with the facts of the case and of one child. Nothing on it is chosen beforehand."""
    case = basis.case
    units = talk.units_as("case_worker") if case.lead_id == talk.person_id and not basis.sheets else []
    names = people.unit_names(talk.session, talk.tenant_id)
    # With the newest event: a planned date set back and forth is a new press each time, not the first one again.
    revision = f"{revisions(basis, child)}.{trail.newest_of_case(talk.session, case.id)}"
    claim = Claim(verb="save_facts", case=case.id, item=f"facts:{child}", revision=revision)
    proposed = case.planned_decision_on or finish_by(case.opened_on or talk.today)
    return FactsView(
        notices=notices,
        head=Head(case_ref=case.ref, child=child if case.children > 1 else 0),
        fields=tuple(field(basis, fact_id, child) for fact_id in all_facts()),
        children=case.children,
        planned=planned_typed or proposed.isoformat(),
        planned_typed=bool(planned_typed),
        units=tuple((unit_id, names[unit_id]) for unit_id in units) if len(units) > 1 else (),
        unit=case.unit_id,
        save=Button(title=Line(say="buttons.save"), claim=claim.model_copy(update={"choice": then})),
        nav=(Button(title=Line(say="buttons.form"), claim=claim.model_copy(update={"choice": "form"})),),
        refresh=Claim(verb="show_current", case=case.id),
    )


def child_facts(talk: Talk, basis: Basis, sheet: Sheet, notices: tuple[Line, ...] = (), then: str = "") -> FactsView:
    """Return the small facts card of a further child: only what is about that child."""
    child, case = sheet.filled.child, basis.case
    revision = revisions(basis, child)
    claim = Claim(verb="save_facts", case=case.id, filled=sheet.filled.id, item=f"facts:{child}", revision=revision)
    own = [fact_id for fact_id, fact in all_facts().items() if fact.per == "child"]
    return FactsView(
        notices=notices,
        head=sheet.head,
        fields=tuple(field(basis, fact_id, child) for fact_id in own),
        save=Button(title=Line(say="buttons.save"), claim=claim.model_copy(update={"choice": then})),
        refresh=sheet.claim("show_current"),
    )


def field(basis: Basis, fact_id: str, child: int) -> FactField:
    """Return one fact as the card shows it."""
    row = basis.facts.get((child if all_facts()[fact_id].per == "child" else cases.WHOLE_CASE, fact_id))
    return FactField(fact=fact_id, current=row.value if row else "")


def revisions(basis: Basis, child: int) -> str:
    """Return the newest revision of each fact on a child's card, joined by commas."""
    places = ((child if fact.per == "child" else cases.WHOLE_CASE, fact_id) for fact_id, fact in all_facts().items())
    return ",".join(str(basis.facts[at].revision if at in basis.facts else 0) for at in places)
