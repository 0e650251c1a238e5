"""Put right a case that was opened under a wrong reference, or by mistake; ask for one that somebody else has."""

from actions import cases as acts
from actions import linking, lists, signing
from actions.basis import written
from actions.changes import NONE, Change, Changes, Notice, record
from actions.facts import set_fact
from actions.origin import Origin
from checklists.case_dates import FIELDS, settle
from checklists.errors import CaseIsSent, RefTaken
from storage import answers, case_reasons, cases, extensions, filled, round_moves
from storage.cases import CaseRow, Facts
from storage.desk import Session


def rename(session: Session, origin: Origin, case: CaseRow, ref: str) -> Changes:
    """Give a case another reference. ref: normalised, and not in use. Its events and lists are the case's, and stay."""
    if case.ref == ref:
        return NONE
    was, case.ref = case.ref, ref
    return record(session, origin, Change("ref_changed", case, notice="renamed", was_ref=was))


def withdraw(session: Session, origin: Origin, case: CaseRow) -> Changes:
    """Withdraw a case that was opened by mistake: it counts in no figure, and its reference is free again.

    It is kept, closed, until its retention period is over. Raises: CaseIsSent: a list of it was sent or signed.
    """
    return _withdraw(session, origin, case, "withdrawn")


def _withdraw(session: Session, origin: Origin, case: CaseRow, notice: Notice | None = None) -> Changes:
    if is_sent(session, case):
        raise CaseIsSent
    changes = linking.end_all(session, origin, case)
    was = case.ref
    cases.free_ref(case)
    case.withdrawn, case.closed_on = True, origin.today
    return changes + record(session, origin, Change("withdrawn", case, notice=notice, was_ref=was))


def merge(session: Session, origin: Origin, case: CaseRow, empty: CaseRow) -> Changes:
    """Give a case the reference of another, empty one, and what is known of that one only; that one is withdrawn.

    Its links become the case's. Raises: RefTaken: something is written in it, it is closed or has been, or its
    dates contradict the other's. SignatureStands: a fact that is known of it, or more children, would void a signature.
    """
    days = {name: day for name in FIELDS if (day := getattr(empty, name)) and not getattr(case, name)}
    contradict = settle(cases.dates_of(case), days, origin.today).faults
    if contradict or is_begun(session, empty) or empty.closed_on or empty.earlier_closed_on:
        raise RefTaken
    ref, facts, children = empty.ref, cases.facts(session, case.id), max(case.children, empty.children)
    known = {
        at: fact.value
        for at, fact in cases.facts(session, empty.id).items()
        if fact.value in cases.KNOWN and at[0] <= children and not _is_known(facts, at)
    }
    if known or children > case.children:
        signing.ask_before_case(session, origin, case)
    changes = acts.set_type(session, origin, case, empty.case_type)
    changes += linking.follow(session, origin, empty, case)
    round_moves.follow(session, empty.id, case.id)
    changes += _withdraw(session, origin, empty)
    session.flush()  # the reference is free before it is taken
    changes += record(session, origin, _renamed_into(case, ref, empty))
    changes += acts.set_dates(session, origin, case, days).changes
    changes += acts.set_unit(session, origin, case, empty.unit_id)
    changes += acts.set_children(session, origin, case, children)
    for (child, name), value in known.items():
        changes += set_fact(session, origin, case, facts, child, name, value)
    if case.closed_on is None:
        changes += lists.begin_added(session, origin, written(session, case))
    return changes + acts.set_protected(
        session, origin, case, protected=case.protected_identity or empty.protected_identity
    )


def _renamed_into(case: CaseRow, ref: str, empty: CaseRow) -> Change:
    """Give a case the reference of an empty one; whoever had that one is to be told too."""
    was_ref, case.ref = case.ref, ref
    was = (empty.lead_id or 0, empty.co_id or 0)
    return Change("ref_changed", case, notice="renamed", was=was, was_ref=was_ref)


def _is_known(facts: Facts, at: tuple[int, str]) -> bool:
    return at in facts and facts[at].value in cases.KNOWN


def ask_for(session: Session, origin: Origin, case: CaseRow) -> Changes:
    """Record that somebody who may not open a case asks its chef for it."""
    return record(session, origin, Change("case_asked_for", case, notice="asked_for"))


def is_begun(session: Session, case: CaseRow) -> bool:
    """Return whether anything is answered or sent in a case, or it has an extension (with its text) or a reason."""
    if is_sent(session, case) or answers.any_in(session, case.id):
        return True
    return bool(extensions.of_case(session, case) or case_reasons.of_case(session, case.id))


def is_sent(session: Session, case: CaseRow) -> bool:
    """Return whether a list of a case was ever sent, read or signed."""
    return filled.any_sent(session, case.id)
