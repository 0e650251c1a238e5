"""`export --what pace`: how long the questions of the decision basis take, per unit and quarter, never per person.

Only past quarters, and nothing narrower than a unit, so that no two exports can be subtracted from each other.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from checklists.pace import pace
from checklists.periods import Period, quarter
from checklists.swedish_order import swedish_order
from checklists.swedish_time import midnight
from reports.figures import BASIS
from reports.published import HIDDEN
from reports.selected import Selection, tenant_ids
from storage import given_answers, people
from storage.desk import Session

COLUMNS = ("unit", "period", "lists", "median_seconds", "within_seconds_pct")
QUARTERS = 8
"""How many quarters back; older ones change when their cases are disposed of."""


def pace_rows(session: Session, selection: Selection, today: date) -> Iterator[list[str]]:
    """Yield one row per unit and quarter that lies within the selection; `..` if too few people are behind it.

    Only the selection's unit, dates and tenant are used.
    """
    for tenant_id in tenant_ids(session, selection):
        names, joined = people.unit_names(session, tenant_id), people.joined(session, tenant_id)
        for unit_id, unit in sorted(names.items(), key=lambda one: (swedish_order(one[1]), one[0])):
            if unit and selection.unit in ("", unit):
                for span in _quarters(selection, today):
                    yield from _row(session, unit_id, unit, span, joined)


def _row(session: Session, unit_id: int, unit: str, span: Period, joined: Mapping[int, int]) -> Iterator[list[str]]:
    """Yield the row of a unit and quarter if anybody answered. joined: from `people.joined`, to count people once."""
    ends = midnight(span.first), midnight(span.last + timedelta(days=1))
    answers = [
        one._replace(person_id=joined.get(one.person_id, one.person_id))
        for one in given_answers.given(session, unit_id, BASIS, *ends)
    ]
    if answers:
        found = pace(answers)
        cells = [HIDDEN] * 3 if found is None else [str(found.lists), str(found.seconds), str(found.at_once)]
        yield [unit, str(span), *cells]


def _quarters(selection: Selection, today: date) -> Iterator[Period]:
    """Yield those of the last QUARTERS past quarters that lie within the selection, oldest first."""
    number = today.year * 4 + (today.month - 1) // 3
    for at in range(number - QUARTERS, number):
        span = quarter(at // 4, at % 4 + 1)
        if (selection.first or span.first) <= span.first and span.last <= (selection.last or span.last):
            yield span
