"""What `migrate` tells the admin: what it joined, and what looks wrong and was left as it is."""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from checklists.faults import listed
from checklists.privacy import has_personal_number
from storage import doubts
from storage.desk import Session

MOST = 100
"""How many cases with impossible dates are named; the others are counted."""


def lines(session: Session, today: date) -> Iterator[str]:
    """Yield a line for each thing to look at."""
    for tenant, row, into in doubts.joined_people(session):
        yield f"{tenant}: person {row} was joined into person {into}: one object id in two cases"
    for ids in doubts.doubled_tenants(session):
        yield f"one tenant in two cases, not changed: {listed(ids)}"
    for tenant, names in doubts.doubled_units(session):
        yield f"{tenant}: units that look the same, not changed: {listed(map(_quoted, names))}"
    wrong = doubts.impossible_dates(session, today)
    for case in islice(wrong, MOST):
        yield f"{case.tenant}: case {case.row} {case.ref}".rstrip() + f": impossible {listed(case.fields)}, not changed"
    if more := sum(1 for _ in wrong):
        yield f"{more} more cases with impossible dates, not changed"


def _quoted(name: str) -> str:
    shown = "…" if has_personal_number(name) else name
    return '"' + "".join(letter if letter.isprintable() else "…" for letter in shown) + '"'
