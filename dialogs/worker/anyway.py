"""Asking before a change voids a signature: she is told the consequence, and nothing is stored until she confirms."""

import re
from collections.abc import Mapping

from actions import signing
from actions.changes import Changes
from checklists import access
from checklists.errors import SignatureStands
from checklists.replies import read_answer
from checklists.rights import OWN_CASE, Right
from dialogs.turn import find_case
from dialogs.turn.declared import claimed
from dialogs.turn.presses import Anyway, OnCard
from dialogs.turn.turn_context import TurnContext
from dialogs.views.parts import Claim
from dialogs.views.ready_made import command_button, open_button
from dialogs.views.views import AnyView, Button, Line, MenuView
from dialogs.worker import next_card
from storage.cases import CaseRow

ANYWAY = Right("change_anyway", "case", OWN_CASE)
AGAIN = (
    "answer", "no_motivation", "how", "undo", "comment", "command", "save_group", "save_form", "save_facts",
    "save_details", "drop_list",
)  # fmt: skip
"""The verbs that are carried out when she confirms; for any other, which involves a text, she gets the card again."""
_CHOSEN = re.compile(r"[a-z_]{1,20}|\d{1,6}|\d{4}-\d\d-\d\d", re.ASCII)
_TEXTS = ("motivation", "place", "comment", "reason")


def ask(context: TurnContext, stands: SignatureStands) -> MenuView:
    """Ask whether she wants to make the change although it voids the signature.

    Only whoever works on the case may; a chef or an admin who puts its number right is told so instead.
    """
    case, what = context.session.get_one(CaseRow, stands.case_id), Anyway(stands.signature_id)
    title = Line(say="change.signed_title", args={"ref": case.ref})
    if not access.may_use(ANYWAY, context.roles, case):
        return MenuView(
            title=title, lines=(Line(say="change.signed_others"),), buttons=(command_button("hjälp", "buttons.help"),)
        )
    if isinstance(stands.pressed, tuple):
        claim, inputs = stands.pressed
        what = Anyway(stands.signature_id, claim, _chosen(inputs))
    yes = Button(title=Line(say="buttons.change_anyway"), claim=claimed("change_anyway", what, case=case.id))
    return MenuView(
        title=title,
        lines=(Line(say="change.signed"), *_text_again(context, what.claim)),
        buttons=(yes, open_button(case.id, Line(say="buttons.leave_it"), "open")),
        asks=True,
    )


def _text_again(context: TurnContext, claim: Claim | None) -> tuple[Line, ...]:
    """Return that a text typed after the answer is to be written again: what is confirmed is the answer alone."""
    said = read_answer(context.turn.text) if context.turn.kind == "text" else None
    is_answer = claim is not None and claim.verb in ("answer", "save_group")
    return (Line(say="change.text_again"),) if is_answer and said is not None and said.text else ()


def _chosen(inputs: Mapping[str, str]) -> dict[str, str]:
    """Return what was chosen on a card, without anything anyone wrote."""
    return {
        name: value
        for name, value in inputs.items()
        if name not in _TEXTS and not name.endswith((".text", ".place")) and _CHOSEN.fullmatch(value)
    }


def confirmed(context: TurnContext, case_id: int, what: Anyway) -> Changes:
    """Record that she was asked and confirmed."""
    basis = find_case.by_id(context, case_id, ANYWAY)
    return signing.confirm(context.session, context.origin, basis.case, what.signature_id)


def card_again(context: TurnContext, case_id: int, claim: Claim | None) -> AnyView:
    """Return the card she was on, so that she can make the change; the summary if it was not a question's card."""
    basis, told = find_case.by_id(context, case_id, ANYWAY), (Line(say="change.now_you_may"),)
    sheet = basis.sheet(claim.filled) if claim is not None else None
    stop = sheet.stop(OnCard.read(claim).key) if sheet is not None and claim is not None else None
    if sheet is None or stop is None:
        return next_card.go_on(context, basis, notices=told)
    return next_card.card(context, sheet, stop, told)
