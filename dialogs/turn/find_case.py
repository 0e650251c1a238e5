"""Finding the case a person means and checking access; the answer is the same whether or not the case exists."""

from actions.basis import BASIS, Basis
from checklists import access
from checklists.errors import UserError
from checklists.model import ListId
from checklists.ref_pattern import DEFAULT_PATTERN, LONGEST
from checklists.references import is_unlikely, meant, read_ref, respaced
from checklists.rights import READER, Right, VerbName
from dialogs.turn.declared import claimed
from dialogs.turn.presses import AsShown
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import command_button
from dialogs.views.views import Button, Line, MenuView, SayView
from storage import cases, tenants, trail
from storage.cases import CaseRow

REOPEN = Right("reopen", "case", {"case_worker": ("lead",), **READER})
"""Reopening a closed case: its lead and its chef."""


class NoSuchCase(Exception):
    """There is no such case, or this person may not open it in this way; then `case` is that case."""

    def __init__(self, case: CaseRow | None, verb: VerbName) -> None:
        super().__init__()
        self.case, self.verb = case, verb


def by_id(context: TurnContext, row_id: int, right: Right, checklist: ListId = BASIS) -> Basis:
    """Return the latest occasion of the case a button names, as this person sees it. Raises: NoSuchCase."""
    found = cases.with_facts(context.session, context.tenant_id, row_id)
    if found is None or not access.may_use(right, context.roles, found[0]):
        raise NoSuchCase(found[0] if found else None, right.verb)
    return context.basis(*found, checklist)


def row(context: TurnContext, row_id: int, right: Right) -> CaseRow:
    """Return a case without its lists. Raises: NoSuchCase."""
    case = cases.get(context.session, context.tenant_id, row_id)
    if case is None or not access.may_use(right, context.roles, case):
        raise NoSuchCase(case, right.verb)
    context.touched = case
    return case


def by_ref(context: TurnContext, text: str, right: Right) -> Basis:
    """Return the latest occasion of the named case, as this person sees it.

    Raises: UserError: the text is not a reference. NoSuchCase: the case does not exist, or this person may not open it.
    """
    case = named(context, text)
    if case is None:
        raise NoSuchCase(None, right.verb)
    return by_id(context, case.id, right)


def named(context: TurnContext, text: str) -> CaseRow | None:
    """Return the case a text names, also with words around the reference. Raises: UserError: it is no reference."""
    refs = meant(text, _pattern(context))
    for ref in (*refs, *(other for one in refs for other in respaced(one))):
        case = cases.find(context.session, context.tenant_id, ref)
        if case is not None:
            return case
    return None


def bare(context: TurnContext, text: str, right: Right) -> CaseRow | None:
    """Return the case whose reference is the whole line, if this person may open it."""
    if len(text) > LONGEST or not any(map(str.isdigit, text)):
        return None
    try:
        case = named(context, text)
    except UserError:
        return None
    return case if case is not None and access.may_use(right, context.roles, case) else None


def uncertain(context: TurnContext, text: str) -> tuple[str, ...]:
    """Return the references a text may mean when it is not certain which, or whether it is one; empty if it is certain.

    Raises: UserError: it is no reference at all.
    """
    pattern = _pattern(context)
    refs, exact = meant(text, pattern), reference_or_none(context, text)
    if exact is None:
        return refs
    if cases.find(context.session, context.tenant_id, exact) is not None:
        return ()
    others = tuple(ref for ref in refs if ref != exact)
    if pattern == DEFAULT_PATTERN:  # the spaces decide nothing here, so a known one with others is likely meant
        known = [ref for ref in respaced(exact) if cases.find(context.session, context.tenant_id, ref) is not None]
        others += tuple(ref for ref in known if ref not in others)
    return (*others, exact) if others or is_unlikely(exact, pattern) else ()


def reference_or_none(context: TurnContext, text: str) -> str | None:
    """Return a reference in its stored form, None if the text as it stands is none."""
    try:
        return reference(context, text)
    except UserError:
        return None


def last_touched(context: TurnContext, right: Right) -> CaseRow | None:
    """Return the case last used in this chat, if this person may still open it; it does not become the current one."""
    row_id = context.conversation.case_id
    case = cases.get(context.session, context.tenant_id, row_id) if row_id is not None else None
    return case if case is not None and access.may_use(right, context.roles, case) else None


def latest(context: TurnContext, right: Right) -> Basis | None:
    """Return the case last used in this chat, if this person may still open it."""
    case = last_touched(context, right)
    return by_id(context, case.id, right) if case is not None else None


def named_or_latest(context: TurnContext, text: str, right: Right) -> Basis | None:
    """Return the named case, or the last used one if none is named. Raises: see `by_ref`."""
    return by_ref(context, text, right) if text else latest(context, right)


def reference(context: TurnContext, text: str) -> str:
    """Return a reference in its stored form. Raises: PersonalNumberInText, BadCaseRef."""
    return read_ref(text, _pattern(context))


def _pattern(context: TurnContext) -> str:
    return tenants.settings(context.tenant).case_ref_pattern


def maybe_ref(context: TurnContext, rest: str) -> bool:
    """Say whether what follows a command word is empty or reads as a case reference."""
    try:
        return not rest or bool(meant(rest, _pattern(context)))
    except UserError:
        return False


def no_such_case() -> SayView:
    """Return the answer for a case that does not exist and, in the same words, for one this person may not open."""
    return SayView(notices=(Line(say="common.no_such_case"),))


def closed_case(context: TurnContext, case: CaseRow) -> MenuView:
    """Return the closed-case view, with `Öppna igen` for those who may reopen it."""
    closed = case.closed_on.isoformat() if case.closed_on else ""
    at = AsShown(closed, trail.newest_of_case(context.session, case.id))
    again = Button(title=Line(say="buttons.reopen"), claim=claimed("reopen", at, case=case.id))
    may_reopen = access.may_use(REOPEN, context.roles, case)
    return MenuView(
        title=Line(say="common.closed_title", args={"ref": case.ref}),
        lines=(Line(say="common.closed_case"),),
        buttons=(*((again,) if may_reopen else ()), command_button("mina ärenden", "buttons.my_cases")),
    )
