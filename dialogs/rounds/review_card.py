"""`granska`: a reviewer's drawn cases, and what she has to do before the first of them."""

from collections.abc import Collection

from actions import round_progress, round_seat, round_unfit
from actions.round_reach import reviewer_units
from checklists.rights import RELATIONS, Right
from dialogs.turn.declared import claimed
from dialogs.turn.presses import OfRound
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import command_button
from dialogs.views.rounds import PanelRow, PanelView
from dialogs.views.views import Button, Line
from storage import cases, people, round_lists, round_readings, rounds
from storage.cases import CaseRow
from storage.people import ORGANISATION
from storage.round_readings import ReadingRow
from storage.rounds import RoundRow

REVIEW = Right("review", "self", {"peer_reviewer": RELATIONS})
MOST_ROWS = 10
"""What fits on a card of 24 KB with its buttons."""


def review_card(context: TurnContext, notices: tuple[Line, ...] = ()) -> PanelView:
    """Show a reviewer's cases in open rounds: only the reference until she has said that she has no tie."""
    found = round_readings.of_reviewer(context.session, context.tenant_id, context.person_id)
    if not found:
        return PanelView(
            notices=notices,
            title=Line(say="rounds.review_title"),
            lines=(Line(say="rounds.nothing_drawn"), *_lost(context, ())),
            nav=(command_button("hjälp", "buttons.help"),),
        )
    every = {row.id: row for _, _, row in found}
    waiting = [row for row in every.values() if not round_seat.calibrated(context.session, context.origin, row)]
    done = {case.id for reading, case, row in found if is_done(context, case, row, reading)}
    lines = [_about(context, row, sum(one.id == row.id for _, _, one in found)) for row in every.values()]
    loaded = [rounds.name_of(context.session, row) for row in every.values() if row.method == "first"]
    lines += [Line(say="rounds.yours_first", args={"names": ", ".join(loaded)})] if loaded else []
    lines += [Line(say="rounds.calibrate_first")] if waiting else []
    rows = tuple(_row(context, *one, is_ready=one[2] not in waiting, is_done=one[1].id in done) for one in found)
    left = [one for one, (_, case, _) in zip(rows, found, strict=True) if case.id not in done]
    shown = [*left, *(one for one in rows if one not in left)][:MOST_ROWS]
    return PanelView(
        notices=notices,
        title=Line(say="rounds.review_title"),
        lines=(
            *lines,
            Line(say="rounds.reviewed_of", args={"done": len(done), "total": len(found)}),
            *_lost(context, {case.id for _, case, _ in found}),
        ),
        rows=tuple(shown),
        nav=tuple(_calibrate(row) for row in waiting[:1]),
    )


def _lost(context: TurnContext, still: Collection[int]) -> list[Line]:
    """Say which cases were drawn for her but are no longer hers, and why. still: the cases she has."""
    found = round_readings.lost_by(context.session, context.tenant_id, context.person_id)
    by_why: dict[str, list[str]] = {}
    for case in {case.id: case for _, case in found if case.id not in still}.values():
        by_why.setdefault(round_unfit.stopped(case) or "moved", []).append(cases.ref_before(case))
    return [
        Line(say="rounds.lost_" + why, args={"count": len(refs)} if why == "protected" else {"refs": ", ".join(refs)})
        for why, refs in by_why.items()
    ]


def _about(context: TurnContext, row: RoundRow, count: int) -> Line:
    name, pool = rounds.name_of(context.session, row), rounds.pool_of(context.session, row)
    args: dict[str, str | int] = {"name": name, "count": count, "date": row.closes_on.isoformat(), "pool": pool}
    return Line(say="rounds.yours_in_pool" if pool else "rounds.yours", args=args)


def _calibrate(row: RoundRow) -> Button:
    return Button(title=Line(say="buttons.calibrate"), claim=claimed("calibrate", OfRound(row.id)))


def _row(
    context: TurnContext, reading: ReadingRow, case: CaseRow, row: RoundRow, *, is_ready: bool, is_done: bool
) -> PanelRow:
    # New for each card: repeating the button of an earlier card would give the stored reply, where she was then.
    ref = Line(say="rounds.case", args={"ref": case.ref})
    about = OfRound(row.id, reading.id, made_by=context.origin.act)
    if not is_done and context.has_had(case):
        return PanelRow(title=ref, lines=(Line(say="rounds.tied_now"),))
    if not is_done and context.round_seat(case, row.checklist).standing == "elsewhere":
        return PanelRow(title=ref, lines=(Line(say="rounds.elsewhere"),))
    if not reading.declared:
        lines = [Line(say="rounds.say_first")]
        if not is_near(context, case):
            lines.append(Line(say="rounds.authorised"))
        titles = (("none", "buttons.no_tie"), ("had", "buttons.had_it"))
        buttons = tuple(
            Button(
                title=Line(say=title),
                claim=claimed("review_tie", OfRound(row.id, reading.id, said), case=case.id),
                about=case.ref,
            )
            for said, title in titles
        )
        return PanelRow(title=ref, lines=tuple(lines), buttons=buttons)
    if not is_ready:
        return PanelRow(title=ref, lines=(Line(say="rounds.after_calibration"),))
    begun = _is_begun(context, case, row)
    say = "buttons.open" if is_done else "buttons.continue" if begun else "buttons.begin_review"
    state = "rounds.is_done" if is_done else "rounds.is_begun" if begun else "rounds.to_review"
    begin = Button(title=Line(say=say), claim=claimed("review_begin", about, case=case.id), about=case.ref)
    return PanelRow(title=ref, lines=(Line(say=state),), buttons=(begin,))


def _is_begun(context: TurnContext, case: CaseRow, row: RoundRow) -> bool:
    lists = round_lists.lists_of(context.session, row)
    return any(one.case_id == case.id and one.person_id == context.person_id for one in lists)


def is_done(context: TurnContext, case: CaseRow, row: RoundRow, reading: ReadingRow) -> bool:
    """Return whether this reviewer has finished reviewing a case."""
    is_hers = _is_begun(context, case, row) and reading.declared == "none"
    return is_hers and round_progress.is_done(context.session, row, case, context.person_id)


def is_near(context: TurnContext, case: CaseRow) -> bool:
    """Return whether a case is in one of the reviewer's own units: every unit, if hers is the whole organisation."""
    names = people.unit_names(context.session, context.tenant_id)
    own = reviewer_units(context.session, context.origin).get(context.person_id, [])
    return case.unit_id in own or any(names.get(unit) == ORGANISATION for unit in own)
