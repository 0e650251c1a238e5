"""Finding the case someone speaks of, and whether she may; the same words whether or not it exists."""

from checklists import rights
from checklists.errors import UserError
from checklists.references import normal_ref
from checklists.rights import Right
from dialogs.turn.turn_context import Talk
from dialogs.views.views import AskRefView, Button, Claim, Line, MenuView, SayView
from storage import cases, tenants
from storage.cases import CaseRow


class NoSuchCase(Exception):
    """There is no case by that reference that this person may open so. `case`: the one she may not open."""

    def __init__(self, case: CaseRow | None, verb: str) -> None:
        super().__init__()
        self.case, self.verb = case, verb


def case_by_ref(talk: Talk, text: str, right: Right) -> CaseRow:
    """Return the case she named.

    Raises: UserError: the text is no reference. NoSuchCase: it does not exist, or is not hers to open.
    """
    ref = normal_ref(text, tenants.setting(talk.tenant, "case_ref_pattern"))
    return _checked(talk, cases.find(talk.session, talk.tenant_id, ref), right)


def case_by_id(talk: Talk, row_id: int, right: Right) -> CaseRow:
    """Return the case a token names. Raises: NoSuchCase."""
    return _checked(talk, cases.get(talk.session, talk.tenant_id, row_id), right)


def latest_case(talk: Talk, right: Right) -> CaseRow | None:
    """Return the case she last touched, if it is still hers to open."""
    if talk.conversation.case_id is None:
        return None
    try:
        return case_by_id(talk, talk.conversation.case_id, right)
    except NoSuchCase:
        return None


def _checked(talk: Talk, case: CaseRow | None, right: Right) -> CaseRow:
    if case is not None and rights.may(right, talk.standing(case)):
        return case
    raise NoSuchCase(case, right.verb)


def no_such_case() -> SayView:
    """Return the one answer for a case that does not exist and a case that is not hers."""
    return SayView(notices=(Line(say="common.no_such_case"),))


def ask_ref(command: str) -> AskRefView:
    """Return the card that asks which case."""
    return AskRefView(
        save=Button(title=Line(say="buttons.open"), claim=Claim(verb="named_case", item=command)),
    )


def command_button(word: str, title: str) -> Button:
    """Return a button that does what the typed command does."""
    return Button(title=Line(say=title), claim=Claim(verb="command", choice=word))


def closed_case(case: CaseRow) -> MenuView:
    """Return what is said when something would change a closed case."""
    return MenuView(
        title=Line(say="common.closed_title", args={"ref": case.ref}),
        lines=(Line(say="common.closed_case"),),
        buttons=(command_button("mina ärenden", "buttons.my_cases"),),
    )


def maybe_ref(talk: Talk, rest: str) -> bool:
    """Say whether what follows a command's word is nothing, or reads as a case reference."""
    try:
        return not rest or bool(normal_ref(rest, tenants.setting(talk.tenant, "case_ref_pattern")))
    except UserError:
        return False
