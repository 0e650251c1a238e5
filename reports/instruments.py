"""Rule and practice: the method the municipality has decided on, and in how many lists the answer names it."""

from collections import defaultdict
from dataclasses import dataclass
from typing import get_args

from checklists.instruments import Decided, item_of, questions, read_instruments, says, titles
from checklists.model import ListId, Role
from checklists.periods import Period
from checklists.rates import Share
from storage import answers, tenants
from storage.desk import Session
from texts import Language, say


@dataclass(frozen=True, slots=True)
class Practice:
    """One method in one kind of case, as one role answers one list. named: the lists that name it, of those answered.

    Lists of the period are those begun in it, as in all figures; those where the question is open are not counted.
    """

    decided: Decided
    checklist: ListId
    role: Role
    item: str
    named: Share


def practice(session: Session, tenant_id: int, period: Period, unit: str) -> tuple[Practice, ...]:
    """Return the practice for each method decided on, by list and role; () if nothing has been decided."""
    decided = read_instruments(tenants.settings(tenants.get(session, tenant_id)).instruments)
    if not decided:
        return ()
    counts: defaultdict[tuple[Decided, ListId, str, Role], list[bool]] = defaultdict(list)
    for of in answers.said_of(session, tenant_id, questions(), period.first, period.last, unit):
        for one in decided:
            offered = item_of(of.checklist, of.item).how
            if one.case_type == of.case_type and offered and one.option in {way.id for way in offered.options}:
                named = says(of.choice, of.option, (one.option,))
                counts[one, of.checklist, of.item, of.role].append(named)
    order = [*get_args(ListId)]
    return tuple(
        Practice(one, checklist, role, item, Share(sum(found), len(found)))
        for (one, checklist, item, role), found in sorted(
            counts.items(), key=lambda pair: (decided.index(pair[0][0]), order.index(pair[0][1]), pair[0][3])
        )
    )


def practice_words(found: Practice, language: Language) -> str:
    """Return the practice for one method as a sentence."""
    method = titles(item_of(found.checklist, found.item), (found.decided.option,))
    key = "figures.instrument_" + found.decided.case_type
    who = say("roles." + found.role, language).lower()
    return say(key, language, method=method, k=found.named.k, n=found.named.n, role=who)
