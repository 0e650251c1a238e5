"""What a peer reviewer must do before she begins the list of a case drawn for her."""

from collections.abc import Mapping

from actions.round_seat import Standing
from checklists import access
from checklists.loader import newest
from checklists.model import ListId
from dialogs.rounds.review_card import review_card
from dialogs.turn.turn_context import TurnContext
from dialogs.views.rounds import PanelView
from dialogs.views.views import Line
from storage import round_readings
from storage.cases import CaseRow

FIRST: Mapping[Standing, str] = {
    "elsewhere": "rounds.elsewhere",
    "undeclared": "rounds.declare_first",
    "uncalibrated": "rounds.calibrate_first",
}
"""What a reviewer who may not begin yet is told."""


def before_it(context: TurnContext, case: CaseRow, checklist: ListId) -> PanelView | None:
    """Return what she has to do first: declare whether she has a tie to the case, or calibrate; None for nothing."""
    if access.seat(newest(checklist), context.roles, case) != "peer_reviewer" or context.has_had(case):
        return None
    standing = context.round_seat(case, checklist).standing
    told = FIRST.get(standing)
    return review_card(context, (Line(say=told),)) if told else None


def instead(context: TurnContext, case_id: int) -> PanelView | None:
    """Return what to tell a reviewer who presses a card for a case that is no longer hers; None if it never was."""
    if not context.units_as("peer_reviewer"):
        return None
    if not round_readings.was_given(context.session, case_id, context.person_id):
        return None
    return review_card(context, (Line(say="rounds.not_yours_now"),))
