"""What a question means and what counts as Ja: on the question's own card, or by number. Stores nothing."""

from actions.basis import BASIS, Basis
from checklists.errors import BadCaseRef
from checklists.lifecycle import WRITER
from checklists.list_names import LISTS
from checklists.loader import newest
from checklists.model import Checklist, Role
from checklists.rights import ANYONE, LIST_HOLDER, Right
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Press, Reaction, Verb
from dialogs.turn.find_case import maybe_ref
from dialogs.turn.presses import OnCard
from dialogs.turn.shown import Shown
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import open_button
from dialogs.views.views import HelpView, Line, QuestionView, SayView
from dialogs.worker import next_card
from dialogs.worker.change import parts
from dialogs.worker.landing import open_case

WHAT_COUNTS = Right("what_counts", "case", LIST_HOLDER)
_OF_ONE = ("question", "motivation", "doubt", "detail", "comment")
"""The kinds of cards that are about one question."""
WHAT_IS = Right("what_is", "self", ANYONE)


def what_counts(context: TurnContext, press: Press[OnCard]) -> Reaction:
    """Show the question again with what counts as Ja or, if that was shown, without it."""
    basis = open_case(context, press, WHAT_COUNTS)
    if not isinstance(basis, Basis):
        return basis
    sheet = basis.sheet(press.filled)
    stop = sheet.stop(press.what.key) if sheet is not None else None
    if sheet is None or stop is None:
        return next_card.go_on(context, basis, notices=(Line(say="fill.not_asked_now"),))
    view = next_card.card(context, sheet, stop, basis=basis)
    return view.model_copy(update={"helps": press.what.choice != "hide"}) if isinstance(view, QuestionView) else view


def what_is(context: TurnContext, rest: str) -> Reaction:
    """Explain a question, by its number in the list in use; without a number, the question last shown.

    Raises: BadCaseRef: what follows is neither a number nor a case.
    """
    number, ref = parts(rest)
    if not number and not maybe_ref(context, ref):  # `vad betyder barnets bästa` names no question
        raise BadCaseRef
    basis = find_case.named_list(context, ref, WHAT_COUNTS)
    shown = context.shown
    sheet = None
    if basis is not None:
        sheet = (basis.sheet(shown.at.filled) if shown is not None else None) or next(iter(basis.sheets), None)
    if sheet is not None:
        checklist, role = sheet.checklist, sheet.filled.role
    else:
        checklist, role = _list_of(context) if basis is None else (basis.checklist, basis.role)
    asked = checklist.asked[role]
    by_number = {str(checklist.numbers[item.id]): item.id for item in asked}
    if not number and shown is not None:
        number = str(checklist.numbers.get(_asked_on(shown), ""))
    if not number:
        return SayView(notices=(Line(say="typed.which_number", args={"most": max(map(int, by_number))}),))
    item_id = by_number.get(number.lstrip("0"))
    if item_id is None:
        return SayView(notices=(Line(say="change.no_such_number", args={"most": max(map(int, by_number))}),))
    title = Line(say="buttons.continue_case", args={"ref": basis.case.ref if basis is not None else ""})
    return HelpView(
        checklist=checklist.id,
        version=checklist.version,
        item=item_id,
        number=int(number),
        buttons=(open_button(basis.case.id, title, checklist=basis.list_id),) if basis is not None else (),
    )


def _asked_on(shown: Shown) -> str:
    """Return the one question that a card asks, or asks about; "" if there are several or none."""
    return OnCard.read(shown.at).item_id if shown.kind in _OF_ONE else shown.named


def _list_of(context: TurnContext) -> tuple[Checklist, Role]:
    """Return the first list that one of her roles answers, and that role; by default the decision basis."""
    held = {"unit_manager" if one.role == "deputy" else one.role for one in context.roles}
    of_each = ((newest(one), role) for one in (BASIS, *LISTS) for role in newest(one).answered_by)
    return next((found for found in of_each if found[1] in held), (newest(BASIS), WRITER))


def _whole(context: TurnContext, rest: str) -> bool:
    number, ref = parts(rest)
    return bool(number or not rest) and maybe_ref(context, ref)


VERBS = (Verb(WHAT_COUNTS, what_counts, OnCard, keeps=False),)
COMMANDS = (Command("vad betyder", ("vad räknas", "vad är", "what is"), what_is, WHAT_IS, _whole),)
