"""Set facts about a case and its children, as revisions."""

from actions import signing
from actions.changes import NONE, Change, Changes, record
from actions.origin import Origin
from storage import cases
from storage.cases import CaseRow, FactRow, Facts
from storage.desk import Session

VALUES = (*cases.KNOWN, cases.UNKNOWN)


def set_fact(
    session: Session, origin: Origin, case: CaseRow, facts: Facts, child: int, fact_id: str, value: str
) -> Changes:
    """Store the next revision of a fact if its value differs. A value outside VALUES, such as "", is ignored.

    Raises: SignatureStands: it would void a signature, and the author has not yet been asked whether it may.
    child: 0 for a fact about the whole case. facts: the newest revisions; the new one is added to it.
    """
    old = facts.get((child, fact_id))
    if value not in VALUES or (old is not None and old.value == value):
        return NONE
    return _store(session, origin, case, facts, child, fact_id, value)


def forget_fact(session: Session, origin: Origin, case: CaseRow, facts: Facts, child: int, fact_id: str) -> Changes:
    """Reset a fact to unasked, when its child is taken out of the case.

    Raises: SignatureStands: as `set_fact`.
    """
    if facts[child, fact_id].value == cases.UNASKED:
        return NONE
    return _store(session, origin, case, facts, child, fact_id, cases.UNASKED)


def _store(
    session: Session, origin: Origin, case: CaseRow, facts: Facts, child: int, fact_id: str, value: str
) -> Changes:
    old = facts.get((child, fact_id))
    signing.ask_before_case(session, origin, case)
    row = FactRow(
        tenant_id=origin.tenant_id,
        case_id=case.id,
        child=child,
        name=fact_id,
        revision=old.revision + 1 if old else 1,
        value=value,
        author_id=origin.person_id,
        at=origin.now,
    )
    cases.set_fact(session, case, row)
    facts[child, fact_id] = row
    event = Change("fact_set", case, item_id=fact_id, revision=row.revision, detail=f"child {child}" if child else "")
    return record(session, origin, event) + signing.after_case(session, origin, case)
