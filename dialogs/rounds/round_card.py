"""One round as whoever runs it sees it: before it is started, under way, and closed. It never holds an answer."""

from collections.abc import Mapping, Sequence

from actions import round_matching, round_progress, round_unfit
from actions import rounds as acts
from actions.round_reach import reach, reviewer_units
from checklists.free_text import fields_again
from checklists.rights import READER, VerbName
from checklists.round_match import Match, NoMatch, Reason
from checklists.swedish_time import day_of
from dialogs.rounds.new_round import number_field, units_of
from dialogs.turn.declared import claimed
from dialogs.turn.presses import OfMeasure, OfRound
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import command_button
from dialogs.views.rounds import Option, PanelField, PanelRow, PanelView, coded
from dialogs.views.views import Button, Line
from storage import cases, people, raised, round_cases, round_readings, round_reviewers, round_ties, rounds, tenants
from storage.people import ORGANISATION
from storage.rounds import RoundRow

MOST_ROWS = 8
"""What fits on a card of 24 KB with its buttons; `Visa fler` shows the rest."""
MOST_NAMED, MOST_NEAR, MOST_LENT = 8, 4, 2
_WHY_NO_MATCH: Mapping[Reason, str] = {
    "nobody": "rounds.no_match_nobody",
    "ties": "rounds.no_match_ties",
    "load": "rounds.no_match_load",
}


def of_hers(context: TurnContext, round_id: int) -> RoundRow | None:
    """Return a round if this person runs it, that is, every unit in it; else None."""
    row = rounds.get(context.session, context.tenant_id, round_id)
    is_hers = row is not None and set(rounds.units_of(context.session, row.id)) <= set(units_of(context))
    return row if is_hers else None


def button(
    context: TurnContext, verb: VerbName, title: str, row: RoundRow, about: int = 0, said: str = "", *, of: str = ""
) -> Button:
    """Return a button for a round that is valid once. of: what distinguishes it from others with the same title."""
    at = OfRound(row.id, about, said, made_by=context.origin.act)
    return Button(title=Line(say=title), claim=claimed(verb, at), about=of)


def card(context: TurnContext, row: RoundRow, notices: tuple[Line, ...] = (), start: int = 0) -> PanelView:
    """Return the card of a round, according to its state."""
    if row.state == "draft":
        return _draft(context, row, notices)
    return _begun(context, row, notices, start)


def adding(context: TurnContext, row: RoundRow, notices: tuple[Line, ...], typed: Mapping[str, str]) -> PanelView:
    """Return the card on which reviewers are added, after a refusal. typed: what was filled in."""
    if row.state == "draft":
        return _draft(context, row, notices, typed)
    return PanelView(
        notices=notices,
        title=_title(context, row),
        fields=reviewer_fields(context, typed),
        buttons=(button(context, "round_add", "buttons.add_reviewers", row),),
        nav=(_show(row, "buttons.back_to_round"),),
    )


def _title(context: TurnContext, row: RoundRow) -> Line:
    return Line(say="rounds.title", args={"name": rounds.name_of(context.session, row)})


def about(context: TurnContext, row: RoundRow) -> tuple[Line, ...]:
    """Return what a round is about: its list, units and period, the cases it was drawn from, and how it was drawn."""
    names = people.unit_names(context.session, context.tenant_id)
    units = ", ".join(names.get(one, "") for one in rounds.units_of(context.session, row.id))
    drawn = round_cases.drawn_of(context.session, row.id)
    what = {"list": row.checklist, "units": units, "first": row.first.isoformat(), "last": row.last.isoformat()}
    out = {"total": row.total, "protected": row.protected, "recent": row.recent, "under_way": row.under_way}
    gone = len(round_cases.gone_from(context.session, row.id))
    how = {"count": len(drawn), "seed": row.seed, "twice": sum(one.twice for one, _ in drawn)}
    open_ = {"first": row.opens_on.isoformat(), "last": row.closes_on.isoformat()}
    baseline = rounds.if_sound(context.session, context.tenant_id, row.baseline_id)
    follows = {"name": rounds.name_of(context.session, baseline)} if baseline is not None else None
    return (
        *((Line(say="rounds.follows", args=follows),) if follows else ()),
        Line(say="rounds.about", args=what),
        Line(say="rounds.frame", args=out),
        Line(say="rounds.drawn_" + row.method, args=how),
        *((Line(say="rounds.gone", args={"count": gone}),) if gone else ()),
        Line(say="rounds.open_days", args=open_),
    )


# --- before it is started --------------------------------------------------------------------------------------------


def _draft(
    context: TurnContext, row: RoundRow, notices: tuple[Line, ...], typed: Mapping[str, str] | None = None
) -> PanelView:
    members = round_reviewers.reviewers(context.session, row.id)
    names = people.names_of(context.session, context.tenant_id, [one.person_id for one in members])
    now, units = reach(context.session, context.origin, row.id), rounds.units_of(context.session, row.id)
    near = round_matching.in_reach(now, members, units)
    rows = tuple(
        PanelRow(
            title=Line(say="rounds.person", args={"name": (name := names.get(one.person_id, ""))}),
            lines=(
                *_time_of(one.capacity, one.away_first, one.away_last),
                *(
                    ()
                    if one.person_id in near
                    else (Line(say="rounds.is_far" if one.person_id in now.units else "rounds.has_left"),)
                ),
            ),
            buttons=(
                button(context, "round_drop", "buttons.remove", row, one.person_id, of=name),
                *_lends(context, row, one.person_id, name),
            ),
        )
        for one in members
    )
    most = MOST_ROWS * 2
    tail = (Line(say="rounds.and_more", args={"count": len(rows) - most}),) if len(rows) > most else ()
    chosen = Line(say="rounds.reviewers_are" if rows else "rounds.choose_reviewers")
    buttons = [button(context, "round_add", "buttons.add_reviewers", row)]
    return PanelView(
        notices=notices,
        title=_title(context, row),
        lines=(*about(context, row), chosen, *tail),
        rows=rows[:most],
        fields=reviewer_fields(context, typed),
        buttons=tuple(buttons),
        nav=(
            *((button(context, "round_start", "buttons.start_round", row),) if rows else ()),
            command_button("egenkontroll", "buttons.reviews"),
        ),
    )


def _time_of(capacity: int, first: object, last: object) -> tuple[Line, ...]:
    lines = [Line(say="rounds.capacity", args={"percent": capacity})]
    if first and last:
        lines.append(Line(say="rounds.away", args={"first": str(first), "last": str(last)}))
    return tuple(lines)


def reviewer_fields(context: TurnContext, typed: Mapping[str, str] | None = None) -> tuple[PanelField, ...]:
    """Return the fields for adding reviewers: who, how much time, and days away. typed: what was refused."""
    given = fields_again(typed, context.origin.lets)
    units = reviewer_units(context.session, context.origin)
    names, unit_names = (
        people.names_of(context.session, context.tenant_id, units),
        people.unit_names(context.session, context.tenant_id),
    )

    def title(person: int) -> str:
        at = ", ".join(unit_names.get(unit, "") for unit in units[person] if unit_names.get(unit) != ORGANISATION)
        return f"{names[person]} ({at})" if at else names[person]

    options = sorted((Option(value=coded(one), name=title(one)) for one in names), key=lambda one: one.name)[:100]
    return (
        PanelField(
            id="people",
            kind="choice",
            label=Line(say="rounds.field_people"),
            options=tuple(options),
            several=True,
            value=given.get("people", ""),
        ),
        number_field("capacity", given.get("capacity", "")),
        *(
            PanelField(id=name, kind="date", label=Line(say="rounds.field_" + name), value=given.get(name, ""))
            for name in ("away_first", "away_last")
        ),
    )


def taken(context: TurnContext, row: RoundRow) -> PanelView:
    """Say which drawn cases can no longer be reviewed in this round, and why, and offer the next ones instead."""
    bad = round_unfit.unfit(context.session, context.origin, row)
    refs = {case.id: cases.ref_before(case) for _, case in round_cases.drawn_of(context.session, row.id)}
    busy = round_cases.under_way(context.session, list(bad), row.checklist)
    lines = []
    for why in dict.fromkeys(sorted(bad.values())):
        some = [case_id for case_id in bad if bad[case_id] == why]
        args: dict[str, str | int] = {"refs": ", ".join(refs[one] for one in some[:MOST_NAMED]), "count": len(some)}
        if why == "under_way":
            others = {busy[one].id: busy[one] for one in some}
            seen = [rounds.name_of(context.session, one) for one in others.values() if of_hers(context, one.id)]
            args["name"] = ", ".join(seen)
        lines.append(Line(say="rounds.unfit_" + (why if args.get("name", why) else "under_way_elsewhere"), args=args))
    return PanelView(
        title=Line(say="rounds.taken_title"),
        lines=(*lines, Line(say="rounds.taken")),
        nav=(
            button(context, "round_replace", "buttons.next_case", row),
            _show(row, "buttons.back_to_round"),
        ),
    )


def _whom_to_ask(context: TurnContext, row: RoundRow, case_ids: Sequence[int]) -> list[PanelRow]:
    """Return a row for each person without a tie who could review the cases: from their own units, and from others."""
    every = round_matching.whom_to_ask(context.session, context.origin, row, case_ids)
    units = people.unit_names(context.session, context.tenant_id)
    own = reviewer_units(context.session, context.origin)
    near = [pair for pair in every if pair[1] in own.get(pair[0], ())][:MOST_NEAR]
    ask = [*near, *[pair for pair in every if pair[1] not in own.get(pair[0], ())][: MOST_NAMED - MOST_NEAR]]
    names = people.names_of(context.session, context.tenant_id, [person for person, _ in ask])
    said = {(one.person_id, one.unit_id) for one in round_reviewers.consents(context.session, row.id)}
    rows = []
    for person, unit in ask:
        args = {"name": names.get(person, ""), "unit": units.get(unit, "")}
        is_near = unit in own.get(person, ())
        how = "rounds.ask_own" if is_near else "rounds.ask_asked" if (person, unit) in said else "rounds.ask_other"
        lend = (
            () if is_near or (person, unit) in said else (_lend(context, row, person, unit, ", ".join(args.values())),)
        )
        rows.append(
            PanelRow(title=Line(say="rounds.person", args=args), lines=(Line(say=how, args=args),), buttons=lend)
        )
    return rows


def no_match(context: TurnContext, row: RoundRow, why: NoMatch) -> PanelView:
    """Say that the cases cannot be matched with the reviewers, why, and whom to ask; the round is not started."""
    refs = {one.case_id: case.ref for one, case in round_cases.drawn_of(context.session, row.id)}
    named = [refs[one] for one in why.cases][:MOST_NAMED]
    rows = _whom_to_ask(context, row, why.cases)
    lines = [Line(say=_WHY_NO_MATCH[why.reason], args={"refs": ", ".join(named)})]
    lines += [Line(say="rounds.whom_to_ask" if rows else "rounds.nobody_to_ask")]
    return PanelView(
        title=Line(say="rounds.no_match_title"),
        lines=tuple(lines),
        rows=tuple(rows),
        nav=(_show(row, "buttons.back_to_round"),),
    )


def _lends(context: TurnContext, row: RoundRow, person: int, name: str) -> list[Button]:
    """Return the buttons that ask the chefs for a reviewer from outside the round's units, unless already asked."""
    now = reach(context.session, context.origin, row.id)
    units = rounds.units_of(context.session, row.id)
    if person not in now.units or any(now.covers(person, unit) for unit in units):
        return []
    said = {(one.person_id, one.unit_id) for one in round_reviewers.consents(context.session, row.id)}
    names = people.unit_names(context.session, context.tenant_id)
    free = [unit for unit in units if (person, unit) not in said][:MOST_LENT]
    return [_lend(context, row, person, unit, f"{name}, {names.get(unit, '')}") for unit in free]


def _lend(context: TurnContext, row: RoundRow, person: int, unit: int, of: str) -> Button:
    return button(context, "round_lend", "buttons.ask_chefs", row, person, str(unit), of=of)


def _show(row: RoundRow, title: str, start: int = 0) -> Button:
    return Button(title=Line(say=title), claim=claimed("round_show", OfRound(row.id, start=start)))


def matched(found: Match) -> Line:
    """Return the sentence that says how the readings are distributed among the reviewers."""
    loads: dict[int, int] = {}
    for _, person in found.pairs:
        loads[person] = loads.get(person, 0) + 1
    args = {"readings": len(found.pairs), "least": min(loads.values()), "most": max(loads.values())}
    return Line(say="rounds.started", args=args)


# --- under way, and closed -------------------------------------------------------------------------------------------


def _begun(context: TurnContext, row: RoundRow, notices: tuple[Line, ...], start: int) -> PanelView:
    now = round_progress.progress(context.session, row)
    done, total = round_progress.counted(now)
    is_open = row.state == "open"
    names = people.names_of(context.session, context.tenant_id, {r.person_id for one in now for r in one.readings})
    counted = {"done": row.done, "total": row.readings} if not is_open else {"done": done, "total": total}
    lines = [*about(context, row), Line(say="rounds.reviewed_of", args=counted)]
    late = [one for one in raised.of_round(context.session, row.id) if one.received_at is None]
    lines += [Line(say="rounds.raised_waiting", args={"count": len(late)})] if late else []
    lines += needing(context, row, now)
    if not is_open:
        lines += [Line(say="rounds.closed_on", args={"date": str(row.closed_at and day_of(row.closed_at))})]
    ordered = sorted(now, key=lambda one: _is_reviewed(row, one))
    shown = ordered[start : start + MOST_ROWS]
    far = far_from(context, row, now)
    rows = tuple(_case_row(context, row, one, names, far) for one in shown)
    after = start + MOST_ROWS if start + MOST_ROWS < len(ordered) else 0
    more = (_show(row, "buttons.show_more", after),) if len(ordered) > MOST_ROWS else ()
    close = (button(context, "round_close", "buttons.close_round", row),) if is_open else ()
    agree = Button(title=Line(say="buttons.agreement"), claim=claimed("round_agree", OfRound(row.id)))
    if not is_open:
        close = (Button(title=Line(say="buttons.follow_up_round"), claim=claimed("round_follow", OfRound(row.id))),)
    if not is_open and row.baseline_id:
        title = Line(say="buttons.compare_rounds")
        close = (Button(title=title, claim=claimed("round_compare", OfRound(row.id))), *close)
    return PanelView(
        notices=notices,
        title=_title(context, row),
        lines=tuple(lines),
        rows=rows,
        buttons=() if is_open else _results(context, row),
        nav=(*more, *close, agree, command_button("egenkontroll", "buttons.reviews")),
    )


def far_from(context: TurnContext, row: RoundRow, now: Sequence[round_progress.CaseProgress]) -> dict[int, str]:
    """Return the readings that their reviewers can no longer do, by id, with the text key that says why."""
    if row.state != "open":
        return {}
    of_today = reach(context.session, context.origin, row.id)
    ties = round_ties.ties(context.session, [one.case.id for one in now if one.is_left])
    found: dict[int, str] = {}
    for one in now:
        for reading in one.readings if one.is_left else ():
            if reading in one.done:
                continue
            if reading.person_id not in of_today.units:
                found[reading.id] = "rounds.reviewer_left"
            elif reading.person_id in ties.get(one.case.id, ()):
                found[reading.id] = "rounds.reviewer_tied"
            elif not of_today.covers(reading.person_id, one.case.unit_id):
                found[reading.id] = "rounds.reviewer_far"
    return found


def needing(context: TurnContext, row: RoundRow, now: Sequence[round_progress.CaseProgress]) -> list[Line]:
    """Return the sentence that says how many cases of an open round wait for another reviewer, if any do."""
    if row.state != "open":
        return []
    far = far_from(context, row, now)
    count = sum(
        one.is_left and (len(one.readings) < _wanted(one) or any(reading.id in far for reading in one.readings))
        for one in now
    )
    return [Line(say="rounds.need_others", args={"count": count})] if count else []


def _wanted(one: round_progress.CaseProgress) -> int:
    return 2 if one.row.twice else 1


def _results(context: TurnContext, row: RoundRow) -> tuple[Button, ...]:
    """Return what can be done with the results of a closed round."""
    at, measure = OfRound(row.id), OfMeasure("round", row.id, made_by=context.origin.act)
    return (
        Button(title=Line(say="buttons.group_view"), claim=claimed("round_group", at)),
        Button(title=Line(say="buttons.management_view"), claim=claimed("round_management", at)),
        Button(title=Line(say="buttons.workshop"), claim=claimed("workshop", at)),
        Button(title=Line(say="buttons.round_pages"), claim=claimed("round_links", at)),
        Button(title=Line(say="buttons.new_measure"), claim=claimed("measure_new", measure)),
    )


def _is_reviewed(row: RoundRow, one: round_progress.CaseProgress) -> bool:
    """Return whether a case is reviewed; in a closed round, as it was when the round closed, which is what counts."""
    return one.is_reviewed if row.state == "open" else not one.row.why_not


def _case_row(
    context: TurnContext, row: RoundRow, one: round_progress.CaseProgress, names: dict[int, str], far: dict[int, str]
) -> PanelRow:
    hidden, stopped = one.case.protected_identity, round_unfit.stopped(one.case)
    ref = cases.ref_before(one.case)
    title = Line(say="rounds.hidden_case") if hidden else Line(say="rounds.case", args={"ref": ref})
    lines = [Line(say="rounds.is_done" if _is_reviewed(row, one) else "rounds.not_done_" + row.state)]
    lines += [Line(say="rounds.is_" + stopped)] if stopped else []
    lines += [Line(say="rounds.twice", args={"done": len(one.done)})] if one.row.twice else []
    who = ", ".join(names.get(reading.person_id, "") for reading in one.readings)
    lines += [Line(say="rounds.reviewer_is", args={"names": who})] if who else []
    lines += [
        Line(say=far[reading.id], args={"name": names.get(reading.person_id, "")})
        for reading in one.readings
        if reading.id in far
    ]
    lacks = one.is_left and len(one.readings) < _wanted(one) and row.state == "open"
    lines += [Line(say="rounds.lacks_reviewer")] if lacks else []
    given = one.row.why_not if one.row.why_not != stopped else ""
    lines += [Line(say="rounds.why_" + given)] if given else []
    buttons: tuple[Button, ...] = ()
    of = "" if hidden else ref
    if row.state == "open" and one.is_left:
        claim = claimed("round_move", OfRound(row.id, said=str(one.case.id)))
        buttons = (Button(title=Line(say="buttons.other_reviewer"), claim=claim, about=of),)
    elif row.state == "open" and not one.is_reviewed:
        buttons = (button(context, "round_replace", "buttons.next_case", row, one.case.id, of=of),)
    return PanelRow(title=title, lines=tuple(lines), buttons=buttons)


def closing(
    context: TurnContext,
    row: RoundRow,
    left: Sequence[round_progress.CaseProgress],
    notices: tuple[Line, ...] = (),
    chosen: Mapping[int, str] | None = None,
) -> PanelView:
    """Ask why each case that was not reviewed was not; the round is not closed without the reasons.

    chosen: the reasons given so far, by case.
    """
    fields = tuple(
        PanelField(
            id=f"why_{one.case.id}",
            kind="choice",
            label=Line(say="rounds.why_label", args={"ref": one.case.ref}),
            value=next((code for code in acts.WHY_NOT if code == (chosen or {}).get(one.case.id)), ""),
            options=tuple(Option(value=code, line=Line(say="rounds.why_" + code)) for code in acts.WHY_NOT),
        )
        for one in left
    )
    return PanelView(
        notices=notices,
        title=Line(say="rounds.closing_title"),
        lines=(Line(say="rounds.closing", args={"count": len(left)}),),
        fields=fields,
        buttons=(button(context, "round_end", "buttons.close_round", row),),
        nav=(_show(row, "buttons.back_to_round"),),
    )


def moving(context: TurnContext, row: RoundRow, case_id: int, notices: tuple[Line, ...] = ()) -> PanelView:
    """Ask who takes over a reading of a case, least busy first; or offer the next case in the order."""
    settings = tenants.settings(context.tenant)
    ref = next((case.ref for one, case in round_cases.drawn_of(context.session, row.id) if one.case_id == case_id), "")
    able = round_matching.candidates(context.session, context.origin, row, case_id, settings)
    names = people.names_of(context.session, context.tenant_id, able)
    loads = round_matching.standing(context.session, context.origin, row, settings).loads
    options = tuple(
        Option(
            value=coded(one),
            line=Line(say="rounds.has_readings", args={"name": names[one], "count": loads.get(one, 0)}),
        )
        for one in able
    )
    vacant = open_readings(context, row, case_id)
    current = people.names_of(context.session, context.tenant_id, [one.person_id for one in vacant])
    fields: list[PanelField] = []
    if options:
        fields.append(PanelField(id="to", kind="choice", label=Line(say="rounds.field_to"), options=options))
    if len(vacant) > 1:
        which = tuple(Option(value=coded(one.id), name=current.get(one.person_id, "")) for one in vacant)
        fields.append(PanelField(id="reading", kind="choice", label=Line(say="rounds.field_from"), options=which))
    give = button(context, "round_give", "buttons.give_to", row, case_id)
    ask = () if options else tuple(_whom_to_ask(context, row, [case_id]))
    return PanelView(
        notices=notices,
        title=Line(say="rounds.move_title", args={"ref": ref}),
        lines=(Line(say="rounds.move" if options else "rounds.nobody_can"),),
        rows=ask,
        fields=tuple(fields) if options else reviewer_fields(context),
        buttons=(give,) if options else (button(context, "round_add", "buttons.add_reviewers", row),),
        nav=(
            button(context, "round_replace", "buttons.next_case", row, case_id),
            _show(row, "buttons.back_to_round"),
        ),
    )


def open_readings(context: TurnContext, row: RoundRow, case_id: int) -> list[round_readings.ReadingRow]:
    """Return the readings of a case that may be given to another: not done, or given up because of a tie."""
    for one in round_progress.progress(context.session, row):
        if one.case.id == case_id:
            given_up = round_readings.given_up(context.session, row.id, case_id)
            taken = {reading.second for reading in one.readings}
            vacant = [reading for reading in given_up if reading.second not in taken]
            return [*vacant, *(reading for reading in one.readings if reading not in one.done)]
    return []


def chefs_of(context: TurnContext, units: Sequence[int]) -> list[people.PersonRow]:
    """Return the chefs of some units and their deputies."""
    held = people.holdings_on(context.session, context.tenant_id, context.today)
    found = [one.person_id for one in held if one.unit_id in units and one.role in READER]
    return people.by_ids(context.session, context.tenant_id, dict.fromkeys(found))
