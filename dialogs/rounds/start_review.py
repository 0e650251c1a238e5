"""What stands before a list that a peer reviewer begins of a case drawn for her."""

from checklists import access
from checklists.loader import newest
from checklists.model import ListId
from dialogs.rounds.review_card import review_card
from dialogs.turn.turn_context import TurnContext
from dialogs.views.rounds import PanelView
from dialogs.views.views import Line
from storage.cases import CaseRow


def before_it(context: TurnContext, case: CaseRow, checklist: ListId) -> PanelView | None:
    """Return what she has to do first, to say whether she has had the case or to calibrate; None: nothing."""
    if access.seat(newest(checklist), context.roles, case) != "peer_reviewer" or context.has_had(case):
        return None
    standing = context.round_seat(case, checklist).standing
    told = {"undeclared": "rounds.declare_first", "uncalibrated": "rounds.calibrate_first"}.get(standing)
    return review_card(context, (Line(say=told),)) if told else None
