"""What a closed round showed: for the group without people or cases, for management by unit, and as pages to print."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from actions import round_results as acts
from actions.changes import NONE, Change, Changes, record
from checklists.rates import Share
from checklists.rights import READER, RELATIONS, ROUNDS, Right
from checklists.round_results import Found, side_of
from checklists.swedish_time import clock
from dialogs.figures.addresses import PATHS, ROUND, ROUND_FILE, link_url
from dialogs.messages.tell import tell
from dialogs.rounds import manage, round_card
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import OfRound
from dialogs.turn.turn_context import TurnContext
from dialogs.views.figures import LinkRow, LinksView, What
from dialogs.views.ready_made import command_button
from dialogs.views.rounds import PanelRow, PanelView
from dialogs.views.views import AnyView, Button, Line, MenuView
from reports.round_results import Results, UnitResult, measures_by_unit, results
from storage import links, people, round_readings, rounds
from storage.desk import Session
from storage.rounds import RoundRow

GROUP_ROLES = ("case_worker", "peer_reviewer", *READER)
SHOW_GROUP = Right("round_group", "self", dict.fromkeys((*GROUP_ROLES, "manager"), RELATIONS))
TELL_GROUP = Right("round_show_group", "self", ROUNDS)
MANAGEMENT = Right("round_management", "self", ROUNDS)
LINKS = Right("round_links", "self", ROUNDS)
PAGES: tuple[What, ...] = ("group_page", "management_page", "board_page", "workshop_page")
MOST_UNITS = 6


def closed_round(context: TurnContext, round_id: int, roles: Sequence[str]) -> RoundRow | None:
    """Return a closed round that this person may see the results of, None for any other.

    A manager sees every round; others those of a unit where they hold one of the roles, or in which they reviewed.
    """
    row = rounds.get(context.session, context.tenant_id, round_id)
    if row is None or row.state != "closed":
        return None
    own = {one.unit_id for one in context.roles if one.role in roles}
    is_of_unit = own & set(rounds.units_of(context.session, row.id))
    reviewed = "peer_reviewer" in roles and any(
        one.person_id == context.person_id for one in round_readings.readings(context.session, row.id)
    )
    return row if is_of_unit or reviewed or context.units_as("manager") else None


def units_seen(context: TurnContext, row: RoundRow) -> set[str]:
    """Return the names of a round's units whose figures this person sees: all for a manager, else her own."""
    names = people.unit_names(context.session, context.tenant_id)
    own = {unit for role in READER for unit in context.units_as(role)}
    of = rounds.units_of(context.session, row.id)
    return {names[one] for one in of if one in own or context.units_as("manager")}


def _gone(context: TurnContext) -> AnyView:
    return MenuView(title=Line(say="results.title_none"), lines=(manage.GONE,), buttons=())


# --- the group -------------------------------------------------------------------------------------------------------


def group(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Show the group the results of a round, or that there are too few answers to show any."""
    row = closed_round(context, press.what.round_id, GROUP_ROLES)
    return group_card(context, row) if row is not None else _gone(context)


def group_card(context: TurnContext, row: RoundRow, notices: tuple[Line, ...] = ()) -> PanelView:
    """Return the group view: the strengths, then the faults, each in the order of the list."""
    of = results(context.session, row)
    runs = round_card.of_hers(context, row.id) is not None
    reads = any(context.units_as(role) for role in ROUNDS)
    tell_it = round_card.button(context, "round_show_group", "buttons.show_group", row)
    by_unit = Button(title=Line(say="buttons.management_view"), claim=claimed("round_management", OfRound(row.id)))
    show_it = Button(title=Line(say="buttons.back_to_round"), claim=claimed("round_show", OfRound(row.id)))
    return PanelView(
        notices=notices,
        title=Line(say="results.group_title", args={"name": of.name}),
        lines=_about(of),
        rows=tuple(
            PanelRow(title=question(of, one.item_id), lines=(*said_of(one),)) for one in in_order(of.found) if one.side
        ),
        nav=(
            *((tell_it,) if runs and of.found else ()),
            *((by_unit,) if reads else ()),
            *((show_it,) if runs else (command_button("hjälp", "buttons.help"),)),
        ),
    )


def _about(of: Results) -> tuple[Line, ...]:
    if not of.found:
        return (Line(say="results.not_shown"),)
    few = sum(one.side is None for one in of.found)
    lines = [
        Line(say="results.about", args={"list": of.checklist.id, "count": of.reviewed}),
        Line(say="results.sides"),
    ]
    lines += [Line(say="results.too_few", args={"count": few})] if few else []
    lines += [Line(say="results.left_out")] if of.left_out else []
    return tuple(lines)


def in_order(found: Sequence[Found]) -> list[Found]:
    """Return strengths before faults; within each, the order of the list, so that the order implies no ranking."""
    return [one for side in ("strength", "fault", None) for one in found if one.side == side]


def said_of(one: Found) -> tuple[Line, ...]:
    """Return what is said of a question: strength or fault, and the count where it may be shown."""
    if one.side is None:
        return (Line(say="results.few"),)
    side = Line(say="results." + one.side)
    return (side, _share(one.share)) if one.share is not None else (side, Line(say="results.side_" + one.side))


def _share(share: Share) -> Line:
    return Line(say="results.ja_of", args={"k": share.k, "n": share.n})


def question(of: Results, item_id: str) -> Line:
    """Return a question of a round's list."""
    return Line(say="rounds.question", args={"item": f"{of.checklist.id}/{of.checklist.version}/{item_id}"})


def show_group(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Tell everyone who works in the round's units, and its reviewers, where the results are."""
    row = round_card.of_hers(context, press.what.round_id)
    if row is None or row.state != "closed":
        return _gone(context)
    if not results(context.session, row).found:
        return group_card(context, row)
    units = rounds.units_of(context.session, row.id)
    held = people.holdings_on(context.session, context.tenant_id, context.today)
    some = [one.person_id for one in held if one.unit_id in units and one.role in GROUP_ROLES]
    some += [one.person_id for one in round_readings.readings(context.session, row.id)]
    told = [one for one in dict.fromkeys(some) if one != context.person_id]
    show_it = Button(title=Line(say="buttons.show"), claim=claimed("round_group", OfRound(row.id)))
    view = MenuView(
        title=Line(say="results.group_title", args={"name": rounds.name_of(context.session, row)}),
        lines=(Line(say="results.for_group"),),
        buttons=(show_it,),
    )
    found = people.by_ids(context.session, context.tenant_id, told)
    missed = tell(context.session, found, view, now=context.turn.now, kind="notice")
    changes = acts.shown(context.session, context.origin, row, len(told) - len(missed))
    said = Line(say="results.group_told", args={"count": len(told) - len(missed)})
    return Done(group_card(context, row, (said,)), changes)


# --- management ------------------------------------------------------------------------------------------------------


def management(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Show the figures by unit, for the units whose figures she may see."""
    row = closed_round(context, press.what.round_id, tuple(READER))
    if row is None:
        return _gone(context)
    of, seen = results(context.session, row), units_seen(context, row)
    shown = [unit for unit in of.units if unit.name in seen]
    start = press.what.start
    after = start + MOST_UNITS if start + MOST_UNITS < len(shown) else 0
    more = Button(title=Line(say="buttons.show_more"), claim=claimed("round_management", OfRound(row.id, start=after)))
    counted = measures_by_unit(context.session, of, context.today)
    lines = [Line(say="results.by_unit", args={"list": of.checklist.id})]
    if context.units_as("manager") and of.together and len(of.units) > 1:
        lines.append(Line(say="results.together", args={"faults": _faults(of, of.together), "count": of.reviewed}))
    return PanelView(
        title=Line(say="results.management_title", args={"name": of.name}),
        lines=tuple(lines),
        words=_named(context, of, shown),
        rows=tuple(_unit(of, unit, counted.get(unit.name, {})) for unit in shown[start : start + MOST_UNITS]),
        nav=(
            *((more,) if len(shown) > MOST_UNITS else ()),
            Button(title=Line(say="buttons.group_view"), claim=claimed("round_group", OfRound(row.id))),
            Button(title=Line(say="buttons.round_pages"), claim=claimed("round_links", OfRound(row.id))),
        ),
    )


def _unit(of: Results, unit: UnitResult, counted: Mapping[str, int]) -> PanelRow:
    lines = [Line(say="rounds.reviewed_of", args={"done": unit.reviewed, "total": unit.drawn})]
    if unit.shares:
        lines.append(Line(say="results.unit_faults", args={"faults": _faults(of, unit.shares)}))
    else:
        lines.append(Line(say="results.unit_not_shown"))
    done = counted.get("done", 0) + counted.get("checked", 0)
    args = {"count": sum(counted.values()), "done": done, "late": counted.get("late", 0)}
    lines.append(Line(say="results.unit_measures", args=args))
    return PanelRow(title=Line(say="results.unit", args={"name": unit.name}), lines=tuple(lines))


def _named(context: TurnContext, of: Results, units: Sequence[UnitResult]) -> tuple[str, ...]:
    """Return the questions that are a fault in some of the units shown, each with its number."""
    found = {item for unit in units for item, share in unit.shares.items() if side_of(share) == "fault"}
    asked = {item: of.checklist.by_id[item] for item in of.checklist.numbers if item in found}
    is_english = context.language == "en"
    return tuple(
        f"{of.checklist.numbers[item]}. " + ((one.alone_en or one.ask_en) if is_english else (one.alone or one.ask))
        for item, one in asked.items()
    )


def _faults(of: Results, shares: Mapping[str, Share]) -> str:
    """Return the questions that are faults, by number, each with its figures; a dash for none."""
    numbers = of.checklist.numbers
    found = [f"{numbers[item]} ({one.k}/{one.n})" for item, one in shares.items() if side_of(one) == "fault"]
    return ", ".join(found) or "–"


# --- pages and files -------------------------------------------------------------------------------------------------


def pages(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Offer the pages to print and the files, each through a personal link that works once."""
    row = closed_round(context, press.what.round_id, tuple(READER))
    if row is None:
        return _gone(context)
    rows, changes = _links(context, row) if context.turn.invoke and context.pages_url else ((), NONE)
    notices = () if rows or not context.turn.invoke else (Line(say="report.no_pages"),)
    show_it = Button(title=Line(say="buttons.group_view"), claim=claimed("round_group", OfRound(row.id)))
    title = Line(say="results.pages_title", args={"name": rounds.name_of(context.session, row)})
    return Done(LinksView(notices=notices, title=title, links=rows, buttons=(show_it,)), changes)


def _links(context: TurnContext, row: RoundRow) -> tuple[tuple[LinkRow, ...], Changes]:
    names = people.unit_names(context.session, context.tenant_id)
    units = "\n".join(names[one] for one in rounds.units_of(context.session, row.id))
    scope = {"round": str(row.id), "units": units}
    whats: list[tuple[What, str, dict[str, str]]] = [(what, ROUND, {"what": what}) for what in PAGES]
    whats += [("csv", ROUND_FILE, {"format": "csv"}), ("xlsx", ROUND_FILE, {"format": "xlsx"})]
    found, events = [], []
    for what, purpose, more in whats:
        whose = (context.tenant_id, context.person_id)
        token = links.make(context.session, *whose, purpose, scope | more, context.turn.now)
        found.append(LinkRow(what=what, address=link_url(context.pages_url, PATHS[purpose], token)))
        events.append(Change("link_made", detail=purpose))
    return tuple(found), record(context.session, context.origin, *events)


def tell_fetched(session: Session, tenant_id: int, person_id: int, round_id: int, file: str, now: datetime) -> None:
    """Post a receipt for a fetched file of a round: if someone else used the link, this is how she finds out."""
    row, person = rounds.get(session, tenant_id, round_id), people.person(session, tenant_id, person_id)
    if row is not None and person is not None:
        title = Line(say="report.link_csv" if file == "csv" else "report.link_xlsx")
        of = Line(say="results.fetched", args={"name": rounds.name_of(session, row)})
        at = Line(say="report.fetched_at", args={"at": clock(now)})
        tell(session, [person], MenuView(title=title, lines=(of, at), buttons=()), now=now)


VERBS = (
    Verb(SHOW_GROUP, group, OfRound, keeps=False),
    Verb(TELL_GROUP, show_group, OfRound),
    Verb(MANAGEMENT, management, OfRound, keeps=False),
    Verb(LINKS, pages, OfRound, keeps=False),
)
COMMANDS: tuple[Command, ...] = ()
