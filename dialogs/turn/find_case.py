"""Finding the case someone speaks of, and whether she may; the same words whether or not it exists."""

from actions.basis import BASIS, Basis
from checklists import access
from checklists.errors import UserError
from checklists.model import ListId
from checklists.references import normal_ref
from checklists.rights import READER, Right, VerbName
from dialogs.turn.declared import claimed
from dialogs.turn.presses import AsShown
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import command_button
from dialogs.views.views import Button, Line, MenuView, SayView
from storage import cases, tenants, trail
from storage.cases import CaseRow

REOPEN = Right("reopen", "case", {"case_worker": ("lead",), **READER})
"""Taking the closing of a case back: its lead, and its chef."""


class NoSuchCase(Exception):
    """There is no case by that reference that this person may open in this way. `case`: the one she may not open."""

    def __init__(self, case: CaseRow | None, verb: VerbName) -> None:
        super().__init__()
        self.case, self.verb = case, verb


def by_id(context: TurnContext, row_id: int, right: Right, checklist: ListId = BASIS) -> Basis:
    """Turn to the case a button names; return its newest occasion as she has it. Raises: NoSuchCase."""
    found = cases.with_facts(context.session, context.tenant_id, row_id)
    if found is None or not access.may_use(right, context.roles, found[0]):
        raise NoSuchCase(found[0] if found else None, right.verb)
    return context.basis(*found, checklist)


def by_ref(context: TurnContext, text: str, right: Right) -> Basis:
    """Turn to the case she named; return its newest occasion as she has it.

    Raises: UserError: the text is no reference. NoSuchCase: it does not exist, or is not hers to open.
    """
    case = cases.find(context.session, context.tenant_id, reference(context, text))
    if case is None:
        raise NoSuchCase(None, right.verb)
    return by_id(context, case.id, right)


def last_touched(context: TurnContext, right: Right) -> CaseRow | None:
    """Return the case she last touched, if it is still hers to open; without turning to it."""
    row_id = context.conversation.case_id
    case = cases.get(context.session, context.tenant_id, row_id) if row_id is not None else None
    return case if case is not None and access.may_use(right, context.roles, case) else None


def latest(context: TurnContext, right: Right) -> Basis | None:
    """Turn to the case she last touched, if it is still hers to open."""
    case = last_touched(context, right)
    return by_id(context, case.id, right) if case is not None else None


def named_or_latest(context: TurnContext, text: str, right: Right) -> Basis | None:
    """Turn to the case she named, else to the one last touched. Raises: see `by_ref`."""
    return by_ref(context, text, right) if text else latest(context, right)


def reference(context: TurnContext, text: str) -> str:
    """Return a reference as it is stored. Raises: PersonalNumberInText, BadCaseRef."""
    return normal_ref(text, tenants.settings(context.tenant).case_ref_pattern)


def maybe_ref(context: TurnContext, rest: str) -> bool:
    """Say whether what follows a command's word is nothing, or reads as a case reference."""
    try:
        return not rest or bool(reference(context, rest))
    except UserError:
        return False


def no_such_case() -> SayView:
    """Return the one answer for a case that does not exist and a case that is not hers."""
    return SayView(notices=(Line(say="common.no_such_case"),))


def closed_case(context: TurnContext, case: CaseRow) -> MenuView:
    """Return what is said when something would change a closed case, with the way back for whoever may open it."""
    closed = case.closed_on.isoformat() if case.closed_on else ""
    at = AsShown(closed, trail.newest_of_case(context.session, case.id))
    again = Button(title=Line(say="buttons.reopen"), claim=claimed("reopen", at, case=case.id))
    may_reopen = access.may_use(REOPEN, context.roles, case)
    return MenuView(
        title=Line(say="common.closed_title", args={"ref": case.ref}),
        lines=(Line(say="common.closed_case"),),
        buttons=(*((again,) if may_reopen else ()), command_button("mina ärenden", "buttons.my_cases")),
    )
