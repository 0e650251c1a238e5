"""The card that begins a list other than the decision basis: what has to be known before its first question."""

from collections.abc import Mapping

from actions.basis import Basis
from checklists.case_dates import readable_day
from checklists.loader import all_facts
from checklists.model import FilePart
from dialogs.turn.declared import claimed
from dialogs.turn.presses import OnFacts
from dialogs.turn.turn_context import TurnContext
from dialogs.views.views import Button, Claim, FactField, FactsView, Head, Line
from dialogs.worker.sheet_parts import named
from storage import cases, people, trail

_MOST_DIGITS = 3


def start_card(
    context: TurnContext,
    basis: Basis,
    notices: tuple[Line, ...] = (),
    *,
    form: bool = False,
    typed: Mapping[str, str] | None = None,
) -> FactsView | None:
    """Return the card, None when there is nothing to ask. form: show the form next.

    typed: what was filled in where some of it was refused; it is shown again where it can be, and nothing is proposed.
    """
    case, newest = basis.case, trail.newest_of_case(context.session, basis.case.id)
    facts, parts, units = open_facts(basis), open_parts(basis), _units(context, basis)
    day = context.today.isoformat() if typed is None else readable_day(typed.get("received_on", ""), context.today)
    part = (typed or {}).get("akt_part", "")
    asks = (facts, parts, units, asks_received(basis), asks_children(basis))
    if not any(asks) and not notices:
        return None

    def save(*, form: bool) -> Claim:
        revisions = tuple(basis.facts[at].revision if (at := (0, one)) in basis.facts else 0 for one in facts)
        return claimed("begin_list", OnFacts(0, revisions, newest, form), case=case.id, checklist=basis.list_id)

    return FactsView(
        notices=notices,
        head=Head(
            case_ref=case.ref,
            checklist=named(basis.list_id, basis.checklist.version),
            by_hand=basis.role == "auditor",
        ),
        fields=tuple(FactField(fact=fact_id) for fact_id in facts),
        received=day if asks_received(basis) else None,
        children=typed_children(typed or {}) or case.children,
        asks_children=asks_children(basis),
        parts=parts,
        part=part if part in parts else "",
        units=units,
        unit=case.unit_id,
        save=Button(title=Line(say="buttons.save"), claim=save(form=form)),
        nav=(Button(title=Line(say="buttons.form"), claim=save(form=True)),),
        refresh=claimed("show_current", case=case.id, checklist=basis.list_id),
    )


def typed_children(typed: Mapping[str, str]) -> int:
    """Return the number of children as typed, 0 if it is none that the field can show."""
    text = typed.get("children", "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0


def open_facts(basis: Basis) -> tuple[str, ...]:
    """Return the facts about the case that the list depends on and that are not known yet."""
    used = basis.checklist.facts_used(basis.role)
    known = {
        fact_id for (at, fact_id), row in basis.facts.items() if at == cases.WHOLE_CASE and row.value in cases.KNOWN
    }
    return tuple(
        fact_id
        for fact_id, fact in all_facts().items()
        if fact_id in used and fact.per == "case" and fact_id not in known
    )


def open_parts(basis: Basis) -> tuple[FilePart, ...]:
    """Return the parts of the case file that have no list yet."""
    begun = {sheet.filled.file_part for sheet in basis.sheets}
    return tuple(part for part in basis.checklist.file_parts if part not in begun)


def asks_received(basis: Basis) -> bool:
    """Return whether the day the report came in is asked: the list for a report needs it."""
    return basis.list_id == "intake" and basis.case.received_on is None


def asks_children(basis: Basis) -> bool:
    """Return whether the number of children is asked: before an adult's list whose questions depend on it."""
    asking = any(
        leaf.children
        for item in basis.checklist.items
        for condition in (item.when, item.unless, *item.only.values())
        if condition
        for leaf in condition.leaves()
    )
    return asking and not basis.sheets


def _units(context: TurnContext, basis: Basis) -> tuple[tuple[int, str], ...]:
    mine = context.units_as("case_worker")
    is_new = basis.case.lead_id == context.person_id and basis.case.received_on is None and not basis.sheets
    if not is_new or len(mine) < 2:
        return ()
    names = people.unit_names(context.session, context.tenant_id)
    return tuple((unit_id, names[unit_id]) for unit_id in mine)
