"""`egenkontroll`: rounds for whoever runs them, from the draw to a closing that accounts for what was not reviewed."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from actions import round_giving, round_pool, round_progress
from actions import rounds as acts
from actions.changes import Changes
from actions.round_reach import reviewer_units
from checklists.agreement import LEAST_PAIRS, agreement
from checklists.calibration import LEAST_OTHERS, akt, alike, questions
from checklists.case_dates import read_day
from checklists.errors import RoundCasesTaken, RoundDays, RoundMoved, UserError
from checklists.loader import checklist_version
from checklists.rights import READER, RELATIONS, ROUNDS, Right
from checklists.round_match import Availability, NoMatch
from dialogs.messages.tell import tell
from dialogs.rounds import new_round, round_card, year
from dialogs.rounds.people_of import managers_of, year_ago
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import OfRound, Page
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import command_button, refused
from dialogs.views.rounds import PanelRow, PanelView, decoded
from dialogs.views.views import AnyView, Button, Line, MenuView
from storage import answers, calibrations, people, round_lists, round_readings, round_reviewers, rounds, tenants
from storage.calibrations import CalibrationRow
from storage.people import PersonRow
from storage.round_reviewers import ConsentRow
from storage.rounds import RoundRow

MAY = ROUNDS
REVIEWS = Right("reviews", "self", MAY)
MOST_ROUNDS = 8
GONE = Line(say="errors.BK-156")


def reviews(context: TurnContext, _rest: str = "", notices: tuple[Line, ...] = ()) -> PanelView:
    """List the rounds that involve her units, newest first, including those she does not run."""
    own = set(new_round.units_of(context))
    every = rounds.every(context.session, context.tenant_id)
    found = [row for row in every if own & set(rounds.units_of(context.session, row.id))]
    new = Button(title=Line(say="buttons.new_round"), claim=claimed("round_new"))
    plan = Button(title=Line(say="buttons.year"), claim=claimed("year", Page(0)))
    late = year.late(context)
    return PanelView(
        notices=notices,
        title=Line(say="rounds.rounds_title"),
        lines=(
            Line(say="rounds.rounds" if found else "rounds.no_rounds"),
            *year.next_rounds(context),
            *((Line(say="year.late", args={"count": late}),) if late else ()),
        ),
        rows=tuple(_row(context, row) for row in found[:MOST_ROUNDS]),
        nav=(new, plan),
    )


def _row(context: TurnContext, row: RoundRow) -> PanelRow:
    name = rounds.name_of(context.session, row)
    lines = [Line(say="rounds.state_" + row.state)]
    runs = round_card.of_hers(context, row.id) is not None
    if not runs:
        lines.append(Line(say="rounds.of_others_too"))
    elif row.state == "open":
        now = round_progress.progress(context.session, row)
        done, total = round_progress.counted(now)
        lines.append(Line(say="rounds.reviewed_of", args={"done": done, "total": total}))
        lines.append(Line(say="rounds.closes", args={"date": row.closes_on.isoformat()}))
        lines += round_card.needing(context, row, now)
    if row.state == "closed":
        lines.append(Line(say="rounds.reviewed_of", args={"done": row.done, "total": row.readings}))
    if row.method == "first":
        lines.append(Line(say="rounds.not_random"))
    show = Button(title=Line(say="buttons.open"), claim=claimed("round_show", OfRound(row.id)), about=name)
    group = Button(title=Line(say="buttons.group_view"), claim=claimed("round_group", OfRound(row.id)), about=name)
    buttons = (show,) if runs else (group,) if row.state == "closed" else ()
    return PanelRow(title=Line(say="rounds.title", args={"name": name}), lines=tuple(lines), buttons=buttons)


def new(context: TurnContext, _press: Press[OfRound]) -> Reaction:
    """Show the form of a new round."""
    return new_round.form(context)


def save(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Make the round and draw its cases."""
    try:
        row, changes = acts.make(context.session, context.origin, new_round.read(context, press.inputs))
    except UserError as error:
        return new_round.form(context, refused(error), press.inputs)
    return Done(round_card.card(context, row), changes)


def show(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Show a round."""
    row = round_card.of_hers(context, press.what.round_id)
    return round_card.card(context, row, start=press.what.start) if row else reviews(context, notices=(GONE,))


def add(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Add the chosen reviewers, with their available time."""
    row = round_card.of_hers(context, press.what.round_id)
    if row is None:
        return reviews(context, notices=(GONE,))
    try:
        wanted = decoded(press.inputs.get("people", ""))
        changes = round_pool.add_reviewers(context.session, context.origin, row, wanted, _time(context, press.inputs))
    except UserError as error:
        return round_card.adding(context, row, refused(error), press.inputs)
    return Done(round_card.card(context, row), changes)


def _time(context: TurnContext, inputs: Mapping[str, str]) -> Availability:
    capacity = new_round.number(inputs, "capacity")
    days = [inputs.get(name, "").strip() for name in ("away_first", "away_last")]
    if not any(days):
        return Availability(capacity)
    if not all(days):
        raise RoundDays
    first, last = (read_day(day, context.today, "first") for day in days)
    if last < first:
        raise RoundDays
    return Availability(capacity, (first, last))


def drop(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Remove a reviewer from a round that has not started."""
    row = round_card.of_hers(context, press.what.round_id)
    if row is None:
        return reviews(context, notices=(GONE,))
    try:
        changes = round_pool.drop_reviewer(context.session, context.origin, row, press.what.about)
    except RoundMoved:
        return round_card.card(context, row, (GONE,))
    return Done(round_card.card(context, row), changes)


def start(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Match cases with reviewers, open the round and tell them; or explain why there is no match, and whom to ask."""
    row = round_card.of_hers(context, press.what.round_id)
    if row is None:
        return reviews(context, notices=(GONE,))
    try:
        found, changes = acts.start(context.session, context.origin, row, tenants.settings(context.tenant))
    except RoundCasesTaken:
        return round_card.taken(context, row)
    except UserError as error:
        return round_card.card(context, row, (Line(say=error.text_key),))
    if isinstance(found, NoMatch):
        return round_card.no_match(context, row, found)
    missed = _tell_reviewers(context, row, {person for _, person in found.pairs})
    notices = (round_card.matched(found), *_without_app(missed))
    return Done(round_card.card(context, row, notices), changes)


def _tell_reviewers(context: TurnContext, row: RoundRow, ids: set[int]) -> list[PersonRow]:
    args = {"name": rounds.name_of(context.session, row), "date": row.closes_on.isoformat()}
    view = MenuView(
        title=Line(say="rounds.drawn_for_you_title"),
        lines=(Line(say="rounds.drawn_for_you", args=args),),
        buttons=(command_button("granska", "buttons.review"),),
    )
    found = people.by_ids(context.session, context.tenant_id, sorted(ids))
    return tell(context.session, found, view, now=context.turn.now, kind="notice")


def _without_app(missed: list[PersonRow]) -> tuple[Line, ...]:
    names = ", ".join(one.name for one in missed)
    return (Line(say="rounds.without_app", args={"names": names}),) if missed else ()


# --- another unit's reviewers ----------------------------------------------------------------------------------------


def lend(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Ask the chefs of both units to let a reviewer from one review cases of the other."""
    row = round_card.of_hers(context, press.what.round_id)
    unit = int(press.what.said) if press.what.said.isdigit() else 0
    if row is None:
        return reviews(context, notices=(GONE,))
    own = {one for role in READER for one in context.units_as(role)}
    try:
        asked, changes = round_pool.ask_for(context.session, context.origin, row, press.what.about, unit, own)
        if press.what.about not in {one.person_id for one in round_reviewers.reviewers(context.session, row.id)}:
            at = (context.session, context.origin, row, [press.what.about])
            changes += round_pool.add_reviewers(*at, Availability())
    except UserError as error:
        return round_card.card(context, row, (Line(say=error.text_key, args=error.args_for_text),))
    missed = [person for one in asked if not one.said for person in _ask_chefs(context, row, one)]
    notices = (Line(say="rounds.chefs_asked"), *_without_app(missed))
    return Done(round_card.card(context, row, notices), changes)


def _ask_chefs(context: TurnContext, row: RoundRow, one: ConsentRow) -> list[PersonRow]:
    units = reviewer_units(context.session, context.origin).get(one.person_id, [])
    names = people.unit_names(context.session, context.tenant_id)
    who = people.names_of(context.session, context.tenant_id, [one.person_id])
    args = {
        "name": who.get(one.person_id, ""),
        "unit": names.get(one.unit_id, ""),
        "round": rounds.name_of(context.session, row),
    }
    view = MenuView(
        title=Line(say="rounds.loan_title"),
        lines=(Line(say="rounds.loan_" + one.side, args=args), Line(say="rounds.loan_means")),
        buttons=tuple(
            Button(title=Line(say="answers." + answer), claim=claimed("round_say", OfRound(row.id, one.id, said)))
            for answer, said in (("ja", "yes"), ("nej", "no"))
        ),
    )
    chefs = round_card.chefs_of(context, units if one.side == "lends" else [one.unit_id])
    return tell(context.session, chefs, view, now=context.turn.now, kind="notice")


def say(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Record a chef's answer about lending a reviewer, if her unit is asked; whoever runs the round is told."""
    one = round_reviewers.consent(context.session, context.tenant_id, press.what.about)
    row = rounds.get(context.session, context.tenant_id, one.round_id) if one is not None else None
    if one is None or row is None or row.state == "closed":
        return MenuView(title=Line(say="rounds.loan_title"), lines=(GONE,), buttons=())
    lenders = reviewer_units(context.session, context.origin).get(one.person_id, [])
    asked = lenders if one.side == "lends" else [one.unit_id]
    own = {unit for role in READER for unit in context.units_as(role)}
    if not own & set(asked):
        return MenuView(title=Line(say="rounds.loan_title"), lines=(Line(say="rounds.not_for_you"),), buttons=())
    yes = press.what.said == "yes"
    changes = round_pool.say(context.session, context.origin, one, yes=yes)
    names = people.names_of(context.session, context.tenant_id, [one.person_id])
    args = {"name": names.get(one.person_id, ""), "chef": context.person.name}
    told = Line(say="rounds.loan_yes" if yes else "rounds.loan_no", args=args)
    show_it = Button(title=Line(say="buttons.open"), claim=claimed("round_show", OfRound(row.id)))
    view = MenuView(title=Line(say="rounds.loan_title"), lines=(told,), buttons=(show_it,))
    runs = [one for one in managers_of(context.session, row, context.today) if one.id != context.person_id]
    tell(context.session, runs, view, now=context.turn.now, kind="notice")
    return Done(MenuView(title=Line(say="rounds.loan_title"), lines=(told,), buttons=()), changes)


# --- giving to another -----------------------------------------------------------------------------------------------


def move(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Ask who takes over a case."""
    row = round_card.of_hers(context, press.what.round_id)
    if row is None or row.state != "open":
        return reviews(context, notices=(GONE,))
    case_id = int(press.what.said) if press.what.said.isdigit() else 0
    reading = round_readings.reading(context.session, context.tenant_id, press.what.about)
    case_id = reading.case_id if reading is not None and reading.round_id == row.id else case_id
    if not round_card.open_readings(context, row, case_id):
        return round_card.card(context, row, (GONE,))
    return round_card.moving(context, row, case_id)


def give(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Give a reading to another reviewer without a new draw, and tell her."""
    row = round_card.of_hers(context, press.what.round_id)
    if row is None:
        return reviews(context, notices=(GONE,))
    open_ = round_card.open_readings(context, row, press.what.about)
    named = decoded(press.inputs.get("reading", "")) or tuple(one.id for one in open_[:1])
    reading = next((one for one in open_ if one.id in named), None)
    if reading is None:
        return round_card.card(context, row, (GONE,))
    try:
        person = sum(decoded(press.inputs.get("to", ""))[:1])
        settings = tenants.settings(context.tenant)
        changes = round_giving.move(context.session, context.origin, row, reading, person, settings)
    except UserError as error:
        told = Line(say=error.text_key, args=error.args_for_text)
        return round_card.moving(context, row, press.what.about, (told,))
    names = people.names_of(context.session, context.tenant_id, [person])
    missed = _tell_reviewers(context, row, {person})
    told = Line(say="rounds.moved", args={"name": names.get(person, "")})
    return Done(round_card.card(context, row, (told, *_without_app(missed))), changes)


def replace(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Replace a case with the next in the draw's order; without one named, every drawn case that no longer fits."""
    row = round_card.of_hers(context, press.what.round_id)
    if row is None:
        return reviews(context, notices=(GONE,))
    try:
        settings = tenants.settings(context.tenant)
        if not press.what.about:
            taken, short, changes = round_giving.renew(context.session, context.origin, row)
            told = Line(say="rounds.renewed", args={"taken": taken, "short": short})
            return Done(round_card.card(context, row, (told,)), changes)
        case, changes = round_giving.replace(context.session, context.origin, row, press.what.about, settings)
    except UserError as error:
        return round_card.card(context, row, (Line(say=error.text_key, args=error.args_for_text),))
    given = {one.person_id for one in round_readings.readings(context.session, row.id) if one.case_id == case.id}
    missed = _tell_reviewers(context, row, given)
    told = Line(say="rounds.replaced", args={"ref": case.ref})
    return Done(round_card.card(context, row, (told, *_without_app(missed))), changes)


# --- closing ---------------------------------------------------------------------------------------------------------


def close(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Close the round if everything is reviewed, otherwise ask why the rest is not."""
    row = round_card.of_hers(context, press.what.round_id)
    if row is None or row.state != "open":
        return reviews(context, notices=(GONE,))
    left = [one for one in round_progress.progress(context.session, row) if one.is_left]
    if left:
        return round_card.closing(context, row, left)
    return _closed(context, row, acts.close(context.session, context.origin, row, {}))


def end(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Close a round with the reasons given for what was not reviewed."""
    row = round_card.of_hers(context, press.what.round_id)
    if row is None:
        return reviews(context, notices=(GONE,))
    given = {
        int(name.removeprefix("why_")): value
        for name, value in press.inputs.items()
        if name.startswith("why_") and name.removeprefix("why_").isdigit()
    }
    try:
        changes = acts.close(context.session, context.origin, row, given)
    except RoundMoved:
        return round_card.card(context, row, (GONE,))
    except UserError as error:
        left = [one for one in round_progress.progress(context.session, row) if one.is_left]
        return round_card.closing(context, row, left, (Line(say=error.text_key, args=error.args_for_text),), given)
    return _closed(context, row, changes)


def _closed(context: TurnContext, row: RoundRow, changes: Changes) -> Reaction:
    args = {"done": row.done, "total": row.readings}
    return Done(round_card.card(context, row, (Line(say="rounds.closed", args=args),)), changes)


# --- agreement -------------------------------------------------------------------------------------------------------


def agree(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Show how far two readers agree, question by question, pooled over a year; never about a person."""
    row = round_card.of_hers(context, press.what.round_id)
    if row is None:
        return reviews(context, notices=(GONE,))
    return agreement_card(context, row)


def agreement_card(context: TurnContext, row: RoundRow) -> AnyView:
    """Return the agreement card: double readings, and calibrations compared with the quality lead's answers."""
    since = year_ago(context.turn.now)
    checklist = checklist_version(row.checklist, row.version)
    pairs: dict[str, list[tuple[str, str]]] = {item.id: [] for item in checklist.asked["peer_reviewer"]}
    read = {}
    loaded: dict[int, str] = {}
    for one, second in round_lists.twice_read(context.session, context.tenant_id, row.checklist, since):
        read[one.case_id, one.round_id, one.file_part, second] = answers.newest_choices(context.session, one.id)
        of = rounds.get(context.session, context.tenant_id, one.round_id)
        if of is not None and of.method == "first" and of.id not in loaded:
            loaded[of.id] = rounds.name_of(context.session, of) if round_card.of_hers(context, of.id) else "…"
    for (case_id, round_id, part, second), first in read.items():
        other = read.get((case_id, round_id, part, True))
        if not second and other is not None:
            for item_id, choice in first.items():
                if item_id in other and item_id in pairs:
                    pairs[item_id].append((choice, other[item_id]))
    done = calibrations.since(context.session, context.tenant_id, row.checklist, since)
    return PanelView(
        title=Line(say="rounds.agreement_title"),
        lines=(
            Line(say="rounds.agreement"),
            *((Line(say="rounds.agreement_first", args={"names": ", ".join(loaded.values())}),) if loaded else ()),
            *_drift(context, row),
        ),
        rows=tuple(
            PanelRow(
                title=Line(say="rounds.question", args={"item": f"{row.checklist}/{row.version}/{item_id}"}),
                lines=(*_alike(found), *_with_lead(item_id, done)),
            )
            for item_id, found in pairs.items()
        ),
        nav=(Button(title=Line(say="buttons.back_to_round"), claim=claimed("round_show", OfRound(row.id))),),
    )


def _alike(found: list[tuple[str, str]]) -> tuple[Line, ...]:
    told = agreement(found)
    if told.percent is None:
        return (Line(say="rounds.no_pairs"),)
    lines = [Line(say="rounds.alike", args={"same": told.same, "of": told.pairs, "percent": _whole(told.percent)})]
    if told.kappa is not None:
        lines.append(Line(say="rounds.kappa", args={"kappa": f"{float(told.kappa):.2f}".replace(".", ",")}))
    else:
        lines.append(Line(say="rounds.too_few_pairs" if told.pairs < LEAST_PAIRS else "rounds.skewed"))
    return tuple(lines)


def _with_lead(item_id: str, done: Sequence[CalibrationRow]) -> tuple[Line, ...]:
    answered = [
        one.answers[item_id] == of.key[item_id].answer
        for one in done
        if item_id in one.answers and (of := akt(one.checklist, one.akt)) is not None and item_id in of.key
    ]
    if len(answered) <= LEAST_OTHERS:
        return ()
    return (Line(say="rounds.alike_lead", args={"same": sum(answered), "of": len(answered)}),)


def _drift(context: TurnContext, row: RoundRow) -> tuple[Line, ...]:
    """Say how close the reviewers' calibrations came in this round and the one before; nothing if there are too few."""
    shares = []
    for one in rounds.every(context.session, context.tenant_id):
        if one.checklist == row.checklist and one.id <= row.id:
            of_round = calibrations.of_round(context.session, one.id)
            if len(of_round) > LEAST_OTHERS:
                shares.append(_share(of_round, one))
    if not shares:
        return ()
    if len(shares) == 1:
        return (Line(say="rounds.drift_first", args={"percent": _whole(shares[0])}),)
    return (Line(say="rounds.drift", args={"percent": _whole(shares[0]), "before": _whole(shares[1])}),)


def _share(done: Sequence[CalibrationRow], row: RoundRow) -> Fraction:
    same = total = 0
    for one in done:
        of = akt(one.checklist, one.akt)
        if of is not None:
            same += alike(of, one.answers)
            total += len(questions(of, row.version))
    return Fraction(100 * same, total or 1)


def _whole(percent: Fraction) -> int:
    return round(percent)


VERBS = (
    Verb(Right("round_new", "self", MAY), new, OfRound, keeps=False),
    Verb(Right("round_save", "self", MAY), save, OfRound),
    Verb(Right("round_show", "self", MAY), show, OfRound, keeps=False),
    Verb(Right("round_add", "self", MAY), add, OfRound),
    Verb(Right("round_drop", "self", MAY), drop, OfRound),
    Verb(Right("round_start", "self", MAY), start, OfRound),
    Verb(Right("round_lend", "self", MAY), lend, OfRound),
    Verb(Right("round_say", "self", dict.fromkeys(READER, RELATIONS)), say, OfRound),
    Verb(Right("round_move", "self", MAY), move, OfRound, keeps=False),
    Verb(Right("round_give", "self", MAY), give, OfRound),
    Verb(Right("round_replace", "self", MAY), replace, OfRound),
    Verb(Right("round_close", "self", MAY), close, OfRound),
    Verb(Right("round_end", "self", MAY), end, OfRound),
    Verb(Right("round_agree", "self", MAY), agree, OfRound, keeps=False),
)
_LEADS_HERE = ("new_round", "start_round", "close_round", "agreement")
COMMANDS = (Command("egenkontroll", ("reviews",), reviews, REVIEWS, titles=_LEADS_HERE),)
