"""A reviewer's own part of a round: `granska`, declaring ties, and the calibration."""

from collections.abc import Mapping

from actions import round_reviewing, round_seat
from actions.changes import Changes
from checklists import calibration
from checklists.errors import RoundMoved, UserError
from checklists.rights import RELATIONS, Right
from dialogs.messages.tell import tell
from dialogs.rounds.people_of import managers_of, year_ago
from dialogs.rounds.review_card import REVIEW, review_card
from dialogs.rounds.start_review import FIRST
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import OfRound
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import command_button
from dialogs.views.rounds import Option, PanelField, PanelRow, PanelView
from dialogs.views.views import Button, Line, MenuView
from dialogs.worker import begin_list
from storage import calibrations, round_readings, rounds
from storage.calibrations import CalibrationRow
from storage.cases import CaseRow
from storage.round_readings import ReadingRow
from storage.rounds import RoundRow

BEGIN = Right("review_begin", "self", {"peer_reviewer": RELATIONS})
TIE = Right("review_tie", "self", {"peer_reviewer": RELATIONS})
CALIBRATE = Right("calibrate", "self", {"peer_reviewer": RELATIONS})
CALIBRATED = Right("save_calibration", "self", {"peer_reviewer": RELATIONS})
GONE = Line(say="errors.BK-156")


def review(context: TurnContext, _rest: str) -> Reaction:
    """Show the cases drawn for her."""
    return review_card(context)


def hers(context: TurnContext, reading_id: int) -> tuple[RoundRow, CaseRow, ReadingRow] | None:
    """Return a reading of hers in an open round, None if it is not, or no longer, hers."""
    found = round_readings.of_reviewer(context.session, context.tenant_id, context.person_id)
    return next(((row, case, one) for one, case, row in found if one.id == reading_id), None)


def begin(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Begin or continue the list of a drawn case."""
    found = hers(context, press.what.about)
    if found is None:
        return review_card(context, (GONE,))
    row, case, _ = found
    standing = context.round_seat(case, row.checklist).standing
    if standing != "reviews" or context.has_had(case):
        return review_card(context, (Line(say=FIRST.get(standing, GONE.say)),))
    return begin_list.begin(context, find_case.by_id(context, case.id, begin_list.BEGIN, row.checklist))


def tie(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Record whether she has had the case. If she has, whoever runs the round is told, and gives it to another."""
    found = hers(context, press.what.about)
    if found is None:
        return review_card(context, (GONE,))
    row, case, reading = found
    had = press.what.said == "had"
    try:
        changes = round_reviewing.declare(context.session, context.origin, case, reading, had=had)
    except RoundMoved:
        return review_card(context, (GONE,))
    if had:
        _tell_of_tie(context, row, case, reading)
        return Done(review_card(context, (Line(say="rounds.had_it", args={"ref": case.ref}),)), changes)
    if not round_seat.calibrated(context.session, context.origin, row):
        return Done(_calibration(context, row, (Line(say="rounds.no_tie_kept"),)), changes)
    return Done(review_card(context, (Line(say="rounds.no_tie_kept"),)), changes)


def _tell_of_tie(context: TurnContext, row: RoundRow, case: CaseRow, reading: ReadingRow) -> None:
    claim = claimed("round_move", OfRound(row.id, reading.id))
    view = MenuView(
        title=Line(say="rounds.needs_other_title"),
        lines=(Line(say="rounds.needs_other", args={"ref": case.ref, "name": rounds.name_of(context.session, row)}),),
        buttons=(Button(title=Line(say="buttons.other_reviewer"), claim=claim),),
    )
    told = managers_of(context.session, row, context.today)
    tell(context.session, told, view, now=context.turn.now, case=case.id, kind="notice")


# --- calibration -----------------------------------------------------------------------------------------------------


def _waiting(context: TurnContext, round_id: int) -> RoundRow | None:
    """Return the named round if she reviews in it and has not calibrated for it, else None."""
    found = [row for _, _, row in round_readings.of_reviewer(context.session, context.tenant_id, context.person_id)]
    open_ = [row for row in found if not round_seat.calibrated(context.session, context.origin, row)]
    return next((row for row in open_ if row.id == round_id), None)


def calibrate(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Show the made-up file and its questions."""
    row = _waiting(context, press.what.round_id)
    return _calibration(context, row) if row is not None else review_card(context, (Line(say="rounds.calibrated"),))


def _akt(context: TurnContext, row: RoundRow) -> calibration.Akt:
    done = calibrations.of_person(context.session, context.person_id, row.checklist)
    found = calibration.next_akt(row.checklist, [one.akt for one in done])
    assert found is not None, "a list without made-up files needs no calibration"
    return found


def _calibration(
    context: TurnContext, row: RoundRow, notices: tuple[Line, ...] = (), given: dict[str, str] | None = None
) -> PanelView:
    akt = _akt(context, row)
    english = context.language == "en"
    name = akt.title_en if english else akt.title
    return PanelView(
        notices=notices,
        title=Line(say="rounds.calibration_title", args={"akt": name}),
        lines=(Line(say="rounds.calibration"),),
        words=akt.text_en if english else akt.text,
        fields=tuple(
            PanelField(
                id=item.id,
                kind="choice",
                item=f"{row.checklist}/{row.version}/{item.id}",
                options=tuple(Option(value=one, line=Line(say="answers." + one)) for one in calibration.choices(item)),
                value=(given or {}).get(item.id, ""),
            )
            for item in calibration.questions(akt, row.version)
        ),
        buttons=(
            Button(
                title=Line(say="buttons.save"),
                claim=claimed("save_calibration", OfRound(row.id, said=akt.id, made_by=context.origin.act)),
            ),
        ),
    )


def save(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Keep her answers about the made-up file, and compare them with the quality lead's and the others'."""
    row = _waiting(context, press.what.round_id)
    if row is None:
        return review_card(context, (Line(say="rounds.calibrated"),))
    akt = calibration.akt(row.checklist, press.what.said) or _akt(context, row)
    try:
        changes = round_reviewing.calibrate(context.session, context.origin, row, akt, press.inputs)
    except UserError as error:
        told = Line(say=error.text_key, args=error.args_for_text)
        return _calibration(context, row, (told,), dict(press.inputs))
    return _compared(context, row, akt, changes)


def _compared(context: TurnContext, row: RoundRow, akt: calibration.Akt, changes: Changes) -> Reaction:
    mine = calibrations.of_person(context.session, context.person_id, row.checklist)[-1].answers
    others = [
        one
        for one in calibrations.since(context.session, context.tenant_id, row.checklist, year_ago(context.turn.now))
        if one.akt == akt.id and one.version == row.version and one.person_id != context.person_id
    ]
    asked = calibration.questions(akt, row.version)
    args: dict[str, str | int] = {"same": calibration.alike(akt, mine), "of": len(asked)}
    view = PanelView(
        title=Line(say="rounds.compared_title"),
        lines=(Line(say="rounds.compared", args=args),),
        rows=tuple(_row(context, row, akt, item.id, mine, others) for item in asked),
        nav=(command_button("granska", "buttons.review"),),
    )
    return Done(view, changes)


def _row(
    context: TurnContext,
    row: RoundRow,
    akt: calibration.Akt,
    item_id: str,
    mine: Mapping[str, str],
    others: list[CalibrationRow],
) -> PanelRow:
    key = akt.key[item_id]
    at = f"{row.checklist}/{row.version}/{item_id}"
    why = key.why_en if context.language == "en" else key.why
    lines = [Line(say="rounds.your_answer", args={"choice": mine[item_id]})]
    if mine[item_id] == key.answer:
        lines.append(Line(say="rounds.same_as_lead", args={"why": why}))
    else:
        lines.append(Line(say="rounds.lead_answer", args={"choice": key.answer, "why": why}))
    if len(others) >= calibration.LEAST_OTHERS:
        same = sum(one.answers.get(item_id) == mine[item_id] for one in others)
        lines.append(Line(say="rounds.others_same", args={"same": same, "of": len(others)}))
    return PanelRow(title=Line(say="rounds.question", args={"item": at}), lines=tuple(lines))


VERBS = (
    Verb(BEGIN, begin, OfRound),
    Verb(TIE, tie, OfRound),
    Verb(CALIBRATE, calibrate, OfRound, keeps=False),
    Verb(CALIBRATED, save, OfRound),
)
_LEADS_HERE = ("begin_review", "calibrate", "back_to_review")
COMMANDS = (Command("granska", ("review",), review, REVIEW, titles=_LEADS_HERE),)
