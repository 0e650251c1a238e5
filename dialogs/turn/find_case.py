"""Finding the case a person means and checking access; the answer is the same whether or not the case exists."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from actions.basis import BASIS, Basis
from checklists import access, list_names
from checklists.errors import BadCaseRef, UserError
from checklists.lifecycle import READER as READS
from checklists.lifecycle import WRITER, turn
from checklists.model import ListId
from checklists.ref_pattern import DEFAULT_PATTERN, LONGEST
from checklists.references import (
    alone,
    is_unlikely,
    known_as,
    meant,
    near,
    read_ref,
    reads_as_ref,
    respaced,
)
from checklists.rights import LIST_HOLDER, OWN_CASE, READER, Right, VerbName
from dialogs.turn.declared import claimed
from dialogs.turn.presses import AsShown, OfCommand, OfRef
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import command_button
from dialogs.views.views import Button, Line, MenuView, SayView
from storage import cases, filled, tenants, trail
from storage.cases import CaseRow

REOPEN = Right("reopen", "case", {"case_worker": ("lead",), **READER})
"""Reopening a closed case: its lead and its chef."""


class NoSuchCase(Exception):
    """There is no such case, or this person may not open it in this way; then `case` is that case.

    named: the reference as typed. near: those of her own cases that are written almost like it. instead: the command
    that named it, with each of those.
    """

    def __init__(self, case: CaseRow | None, verb: VerbName) -> None:
        super().__init__()
        self.case, self.verb = case, verb
        self.named = ""
        self.near: tuple[str, ...] = ()
        self.instead: tuple[OfCommand, ...] = ()


class SeveralLists(Exception):
    """A command names a case in which this person has several lists open, and does not say which is meant."""

    def __init__(self, case: CaseRow, lists: tuple[ListId, ...], named: str) -> None:
        super().__init__()
        self.case, self.lists, self.named = case, lists, named


def by_id(context: TurnContext, row_id: int, right: Right, checklist: ListId = BASIS) -> Basis:
    """Return the latest occasion of the case a button names, as this person sees it. Raises: NoSuchCase.

    checklist: for one other than the decision basis, `access.seat` decides who answers it, not the right.
    """
    found = cases.with_facts(context.session, context.tenant_id, row_id)
    if checklist != BASIS:
        own = context.own_list(*found, checklist) if found is not None else None
        if own is None:
            raise NoSuchCase(found[0] if found else None, right.verb)
        return own
    if found is None or not access.may_use(right, context.roles, found[0]):
        raise NoSuchCase(found[0] if found else None, right.verb)
    return context.basis(*found, checklist)


def begun_last(context: TurnContext, row_id: int, right: Right) -> Basis:
    """Return the decision basis of a case or, if she may not use it, the list she began last. Raises: NoSuchCase."""
    case = cases.get(context.session, context.tenant_id, row_id)
    if case is None or access.may_use(right, context.roles, case):
        return by_id(context, row_id, right)
    return by_id(context, row_id, right, (BASIS, *begun_lists(context, case))[-1])


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
    with telling_near(context, text, right, lambda case: access.may_use(right, context.roles, case)):
        return by_id(context, _known(context, text, right).id, right)


def row_by_ref(context: TurnContext, text: str, right: Right) -> CaseRow:
    """Return the named case without its lists. Raises: see `by_ref`."""
    with telling_near(context, text, right, lambda case: may_be_named(context, case, right)):
        return row(context, _known(context, text, right).id, right)


def may_open(context: TurnContext, case: CaseRow) -> bool:
    """Return whether this person may open a case, or has a list in it."""
    return has_any(context, case, _OPENS)


def may_be_named(context: TurnContext, case: CaseRow, right: Right) -> bool:
    """Return whether a case this person may use can be named to her: an admin reads no protected identity's number."""
    is_named = not case.protected_identity or may_open(context, case)
    return is_named and (right.about == "self" or access.may_use(right, context.roles, case))


def _known(context: TurnContext, text: str, right: Right) -> CaseRow:
    """Return the case a text names. Raises: UserError: it is no reference. NoSuchCase."""
    case = named(context, text)
    if case is None:
        raise NoSuchCase(None, right.verb)
    return case


@contextmanager
def telling_near(context: TurnContext, text: str, right: Right, may: Callable[[CaseRow], bool]) -> Iterator[None]:
    """Add to a refusal which of her own cases a text almost names, be there a case of that name or not."""
    try:
        yield
    except (NoSuchCase, BadCaseRef) as refused:
        error = refused if isinstance(refused, NoSuchCase) else NoSuchCase(None, right.verb)
        error.named, error.near = text, _near(context, text, may)
        if not error.near:
            raise
        raise error from None


def no_such(
    context: TurnContext, text: str, right: Right, may: Callable[[CaseRow], bool], case: CaseRow | None = None
) -> NoSuchCase:
    """Return the refusal of a text that names no case of hers, with those it almost names. case: the one it names."""
    error = NoSuchCase(case, right.verb)
    error.named, error.near = text, _near(context, text, may)
    return error


def _near(context: TurnContext, text: str, may: Callable[[CaseRow], bool]) -> tuple[str, ...]:
    """Return the references of the cases this person may open that a text names but for spaces, marks and zeros."""
    try:
        refs = known_as(text)
    except UserError:
        return ()
    known = cases.known_among(context.session, context.tenant_id, {other for ref in refs for other in near(ref)})
    rows = (cases.find(context.session, context.tenant_id, ref) for ref in known)
    return tuple(row.ref for row in rows if row is not None and may(row))[:_MOST_NEAR]


def named(context: TurnContext, text: str) -> CaseRow | None:
    """Return the case a text names, even with words around the reference. Raises: UserError: it is no reference."""
    return _first(context, known_as(text, _pattern(context)))


def _first(context: TurnContext, refs: tuple[str, ...]) -> CaseRow | None:
    for ref in (*refs, *(other for one in refs for other in respaced(one))):
        case = cases.find(context.session, context.tenant_id, ref)
        if case is not None:
            return case
    return None


def bare(context: TurnContext, text: str, right: Right) -> CaseRow | None:
    """Return the case whose reference is the whole line, if this person may open it or has begun a list in it."""
    if len(text) > LONGEST or not any(map(str.isdigit, text)):
        return None
    try:
        case = _first(context, alone(text, _pattern(context)))
    except UserError:
        return None
    if case is None:
        return None
    return case if access.may_use(right, context.roles, case) or begun_lists(context, case) else None


def almost(context: TurnContext, text: str, may: Callable[[CaseRow], bool] | None = None) -> str:
    """Return the reference of a case that a text names but for spaces, marks and zeros; "" if there is none.

    may: which cases she may be told of; by default those she may open.
    """
    return next(iter(_near(context, text, may or (lambda case: may_open(context, case)))), "")


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
    if (
        pattern == DEFAULT_PATTERN
    ):  # any spaces, marks and zeros fit it, so a known case that differs in them alone is likely meant
        known = cases.known_among(context.session, context.tenant_id, near(exact))
        others += tuple(ref for ref in known if ref not in others)
    return (*others, exact) if others or is_unlikely(exact, pattern) else ()


def without_words(context: TurnContext, text: str) -> str:
    """Return the reference in a text that also holds other words, "" if the text is only a reference."""
    exact = reference_or_none(context, text)
    return next((ref for ref in meant(text, _pattern(context)) if ref != exact), "")


def reference_or_none(context: TurnContext, text: str) -> str | None:
    """Return a reference in its stored form, None if the whole text is not one."""
    try:
        return reference(context, text)
    except UserError:
        return None


def last_touched(context: TurnContext, right: Right) -> CaseRow | None:
    """Return the case last used in this chat, if this person may still open it; it does not become the current one."""
    row_id = context.conversation.case_id
    case = cases.if_sound(context.session, context.tenant_id, row_id)
    return case if case is not None and access.may_use(right, context.roles, case) else None


def latest(context: TurnContext, right: Right) -> Basis | None:
    """Return the case last used in this chat, if this person may still open it."""
    case = last_touched(context, right)
    return by_id(context, case.id, right) if case is not None else None


def named_or_latest(context: TurnContext, text: str, right: Right) -> Basis | None:
    """Return the named case, or the last used one if none is named. Raises: see `by_ref`."""
    return by_ref(context, text, right) if text else latest(context, right)


def named_list(context: TurnContext, text: str, right: Right) -> Basis | None:
    """Return the list meant by what follows a command: `[LIST] [REF]`; None if no case is meant.

    Raises: as `by_ref`. SeveralLists: the case has several lists open for this person, and none is named.
    """
    checklist, ref = list_names.split(without_child(text))
    if ref:
        with telling_near(context, ref, right, lambda case: has_any(context, case, right, checklist)):
            known = _known(context, ref, right)
            return by_id(context, known.id, right, checklist or _meant(context, known, ref))
    row_id = context.conversation.case_id
    case = cases.get(context.session, context.tenant_id, row_id) if row_id is not None else None
    if case is None or not has_any(context, case, right, checklist):
        return None
    meant_list = checklist or _meant(context, case, ref)
    return by_id(context, case.id, right, meant_list) if has_any(context, case, right, meant_list) else None


def without_child(text: str) -> str:
    """Return what follows a command without the child it names: `SN 2026/0123 barn 2`, `barn 2`, `4, barn 2`."""
    return " ".join(_CHILD.sub(" ", text).split()).strip(",")


def child_in(text: str) -> str:
    """Return the number of the child that is named in what follows a command, "" if none is."""
    found = _CHILD.search(text)
    return found["child"] if found else ""


def child_named(text: str, basis: Basis) -> tuple[int, tuple[Line, ...]]:
    """Return the list of the child that a command names, 0 for none, and a line if there is no such child."""
    named = child_in(text)
    if not named:
        return 0, ()
    child = int(named)
    row_id = next((sheet.filled.id for sheet in basis.sheets if sheet.filled.child == child), 0)
    wrong = Line(say="change.no_such_child", args={"child": str(child), "most": basis.case.children})
    return row_id, () if row_id else (wrong,)


def has_any(context: TurnContext, case: CaseRow, right: Right, checklist: ListId | None = None) -> bool:
    """Return whether this person may use a case, or has a list in it. checklist: only that list counts."""
    if checklist in (None, BASIS) and access.may_use(right, context.roles, case):
        return True
    named = (checklist,) if checklist else list_names.LISTS
    return any(one != BASIS and context.seat(case, one) for one in named)


def _meant(context: TurnContext, case: CaseRow, named: str) -> ListId:
    """Return the list that is meant when none is named: the one last shown, else the only one this person has open."""
    shown = context.shown
    if shown is not None and shown.at.case == case.id and shown.at.filled:
        return shown.at.list_id
    begun = begun_lists(context, case)
    if len(begun) == 1 and (begun[0] == BASIS or not _may_begin_basis(context, case)):
        return begun[0]
    still = tuple(one for one in begun if _is_open(context, case, one))
    if len(still) > 1:
        raise SeveralLists(case, still, named)
    if still:
        return still[0]
    return BASIS if BASIS in begun or not begun or _may_begin_basis(context, case) else begun[-1]


def begun_lists(context: TurnContext, case: CaseRow) -> tuple[ListId, ...]:
    """Return the lists of a case that this person has begun or is to read, in the order they were begun."""
    found: dict[ListId, None] = {}
    works, reads = access.may_use(_WORKS, context.roles, case), access.reads(context.roles, case)
    for row in filled.of_case_all(context.session, case.id):
        if row.checklist == BASIS:
            is_hers = works or (reads and (row.role == READS or turn(row.status) == "chef"))
        else:
            of = (filled.NOBODY, context.person_id)[row.role != WRITER]
            is_hers = row.person_id == of and context.seat(case, row.checklist) == row.role
        if is_hers:
            found[row.checklist] = None
    return tuple(found)


_MOST_NEAR = 3
"""How many cases may be meant by a reference that no case has."""
_WORKS = Right("open", "case", OWN_CASE)
_OPENS = Right("continue", "case", LIST_HOLDER)
_CHILD = re.compile(
    r"(?:^|[\s,]+)(?:(?:för|på|i|for|in|of)\s+)?(?:barn|child)\s+(?P<child>\d{1,2})(?=[\s,]|$)", re.IGNORECASE
)


def _may_begin_basis(context: TurnContext, case: CaseRow) -> bool:
    return case.case_type == cases.CHILD_CASE and access.may_use(_WORKS, context.roles, case)


def _is_open(context: TurnContext, case: CaseRow, checklist: ListId) -> bool:
    basis = by_id(context, case.id, _WORKS if not access.reads(context.roles, case) else access.READ, checklist)
    if not basis.goes_to_chef:
        return basis.next_from() is not None
    return basis.worker.waits_for_reader if basis.is_reading else not basis.is_handed_over


def reference(context: TurnContext, text: str) -> str:
    """Return a reference in its stored form. Raises: PersonalNumberInText, BadCaseRef."""
    return read_ref(text, _pattern(context))


def _pattern(context: TurnContext) -> str:
    return tenants.settings(context.tenant).case_ref_pattern


def maybe_ref(context: TurnContext, rest: str) -> bool:
    """Return whether what follows a command word is empty, reads as `[LIST] REF` or names a case she may open.

    Where it does not, the line is no whole command but a text that begins like one: `uppgifter i journal 12 maj`.
    """
    _, ref = list_names.split(without_child(rest))
    if not ref:
        return True
    try:
        if reads_as_ref(ref, _pattern(context)):
            return True
    except UserError:
        pass  # it may still name a case behind a word: `i SN 2026/0123`
    try:
        case = named(context, ref)
    except UserError:
        return False
    return case is not None and has_any(context, case, _OPENS)


def fits(context: TurnContext, text: str) -> bool:
    """Return whether the tenant's pattern lets a text through as a reference, likely or not."""
    try:
        return bool(meant(text, _pattern(context)))
    except UserError:
        return False


def no_such_case() -> SayView:
    """Return the answer for a case that does not exist and, in the same words, for one this person may not open."""
    return SayView(notices=(Line(say="common.no_such_case"),))


def which_reference(refs: tuple[str, ...], checklist: ListId = BASIS) -> MenuView:
    """Ask which reference is meant by a line that would open a case; nothing is opened yet.

    checklist: the list to begin in the case.
    """
    again = ("ny", "buttons.new_case") if checklist == BASIS else (f"ny {checklist}", "buttons.new_report")
    return MenuView(
        title=Line(say="cases.which_title"),
        lines=(Line(say="cases.which"),),
        buttons=(
            *(
                Button(
                    title=Line(say="buttons.open_case", args={"ref": ref}),
                    claim=claimed("open_ref", OfRef(ref), checklist=checklist),
                )
                for ref in refs
            ),
            command_button(*again),
        ),
        chooses=True,
    )


def which_list(context: TurnContext, found: SeveralLists) -> MenuView:
    """Ask which of her lists in a case is meant; the button runs the command with the list named."""
    text, ref = " ".join(context.turn.text.split()), found.case.ref
    child = child_in(text)
    buttons = []
    for one in found.lists:
        if context.turn.kind != "text":
            line = f"fortsätt {one} {ref}"
        elif found.named and found.named in text:
            line = text.replace(found.named, f"{one} {ref}", 1)
        else:
            line = f"{without_child(text)} {one} {ref}{f' barn {child}' if child else ''}"
        buttons.append(
            Button(title=Line(say="lists.name", args={"list": one}), claim=claimed("command", OfCommand(line)))
        )
    return MenuView(
        title=Line(say="lists.several_title", args={"ref": ref}),
        lines=(Line(say="lists.several"),),
        buttons=tuple(buttons),
        chooses=True,
    )


def closed_case(context: TurnContext, case: CaseRow) -> MenuView:
    """Return the closed-case view: with `Öppna igen`, and for its lead the way to a new investigation."""
    anew = Button(title=Line(say="buttons.begin_anew"), claim=claimed("details", case=case.id))
    may_reopen = access.may_use(REOPEN, context.roles, case)
    is_chefs = access.reads(context.roles, case)
    others = ("enhetens ärenden", "buttons.unit_cases") if is_chefs else ("mina ärenden", "buttons.my_cases")
    return MenuView(
        title=Line(say="common.closed_title", args={"ref": case.ref}),
        lines=(Line(say="common.closed_case"),),
        buttons=(
            *((reopen_button(context, case),) if may_reopen else ()),
            *((anew,) if may_begin_anew(context, case) else ()),
            command_button(*others),
        ),
    )


def reopen_button(context: TurnContext, case: CaseRow) -> Button:
    """Return the button that undoes the closing of a case."""
    closed = case.closed_on.isoformat() if case.closed_on else ""
    at = AsShown(closed, trail.newest_of_case(context.session, case.id))
    return Button(title=Line(say="buttons.reopen"), claim=claimed("reopen", at, case=case.id))


def may_begin_anew(context: TurnContext, case: CaseRow) -> bool:
    """Return whether this person may reopen a closed case by a day of a new investigation: its lead."""
    return access.may_use(REOPEN, context.roles, case) and access.may_use(_WORKS, context.roles, case)
