"""The end of a list: every answer, what is missing, and sending it to the chef."""

from actions.basis import Basis, load, written
from checklists.rights import LIST_HOLDER, OWN_CASE, Right
from dialogs.chef import reading_cards as show_reading
from dialogs.messages import prompts
from dialogs.turn.declared import Command, Press, Verb
from dialogs.turn.find_case import ask_ref, case_by_id, case_by_ref, closed_case, latest_case, maybe_ref
from dialogs.turn.turn_context import Talk
from dialogs.views.views import AnyView
from dialogs.worker import facts_card as show_facts
from dialogs.worker import next_card as show
from dialogs.worker import summary_card as show_summary

MISSING = Right("missing", "case", LIST_HOLDER)
SEND = Right("send", "case", OWN_CASE)
OPEN = Right("open", "case", OWN_CASE)
MORE_CHILDREN = Right("more_children", "case", OWN_CASE)
MORE_GAPS = Right("more_gaps", "case", OWN_CASE)


def missing_typed(talk: Talk, rest: str) -> AnyView:
    """Say what is missing, with a button straight to each gap."""
    case = case_by_ref(talk, rest, MISSING) if rest else latest_case(talk, MISSING)
    if case is None:
        return ask_ref("vad saknas")
    basis = load(talk, case)
    if basis.is_reading:
        return _missing_to_reader(talk, basis)
    return show_summary.missing(talk, basis) if basis.sheets else show_facts.facts_card(talk, basis)


def _missing_to_reader(talk: Talk, mine: Basis) -> AnyView:
    """Name the questions a list still lacks; what was answered to them she sees when she has read."""
    theirs = written(talk.session, mine.case)
    if not theirs.is_with_chef:
        return show_reading.not_here(talk, theirs)
    return show_summary.missing(talk, theirs, reader=True, has_seen=mine.status in ("seen", "signed"))


def send(talk: Talk, press: Press) -> AnyView:
    """Store every child's list as sent to the chef. Gaps do not stop it; they are told."""
    case = case_by_id(talk, press.claim.case, SEND)
    basis = load(talk, case)
    if case.closed_on is not None:
        return closed_case(case)
    if not basis.sheets:
        return show_facts.facts_card(talk, basis)
    if basis.is_with_chef:
        return show_summary.sent_card(talk, basis)
    again = any(sheet.filled.sent_at for sheet in basis.sheets)
    for sheet in basis.sheets:
        sheet.filled.status, sheet.filled.sent_at = "sent", talk.turn.now
        talk.record("sent", case=case, filled_id=sheet.filled.id)
    talk.session.flush()
    prompts.to_readers(talk.cause, basis, "resent" if again else "sent")
    return show_summary.sent_card(talk, basis)


def open_pressed(talk: Talk, press: Press) -> AnyView:
    """Show the whole of a case's list, wherever it stands."""
    basis = load(talk, case_by_id(talk, press.claim.case, OPEN))
    if not basis.sheets:
        return show_facts.facts_card(talk, basis)
    return show_summary.summary(talk, basis) if basis.is_with_chef else show.go_on(talk, basis)


def more_children(talk: Talk, press: Press) -> AnyView:
    """Show the summary of the next children."""
    basis = load(talk, case_by_id(talk, press.claim.case, MORE_CHILDREN))
    if not basis.sheets:
        return show_facts.facts_card(talk, basis)
    return show_summary.summary(talk, basis, first=int(press.claim.choice))


def more_gaps(talk: Talk, press: Press) -> AnyView:
    """Say what else is missing."""
    basis = load(talk, case_by_id(talk, press.claim.case, MORE_GAPS))
    if not basis.sheets:
        return show_facts.facts_card(talk, basis)
    return show_summary.missing(talk, basis, int(press.claim.choice))


VERBS = (
    Verb(SEND, send),
    Verb(OPEN, open_pressed, keeps=False),
    Verb(MORE_CHILDREN, more_children, keeps=False),
    Verb(MORE_GAPS, more_gaps, keeps=False),
)
COMMANDS = (Command("vad saknas", ("saknas", "missing"), missing_typed, MISSING, maybe_ref),)
