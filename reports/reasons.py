"""The reasons for cases: how often each was a case's first reason, and how often it is the present one."""

from collections import Counter
from dataclasses import dataclass

from checklists.periods import Period
from checklists.swedish_order import swedish_order
from storage import case_reasons
from storage.desk import Session
from texts import Language, say


@dataclass(frozen=True, slots=True)
class Reasons:
    """cases: how many of those received in the period have a reason. first, now: the number of cases by reason."""

    cases: int
    first: Counter[str]
    now: Counter[str]


def reasons(session: Session, tenant_id: int, period: Period, unit: str) -> Reasons:
    """Return the reasons of the cases received in a period. unit: its name, "" for all."""
    found = case_reasons.of_period(session, tenant_id, period.first, period.last, unit)
    return Reasons(len(found), Counter(one[0] for one in found), Counter(one[-1] for one in found))


def reasons_words(found: Reasons, language: Language) -> tuple[str, ...]:
    """Return the reasons as one sentence, in alphabetical order; () if no case has any."""
    if not found.cases:
        return ()
    names = sorted({*found.first, *found.now}, key=swedish_order)
    rows = [
        say("figures.reason_row", language, reason=name, first=found.first[name], now=found.now[name]) for name in names
    ]
    return (say("figures.reasons", language, n=found.cases, rows="; ".join(rows)),)
