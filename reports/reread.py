"""`export --what reread`, and the same beside the shares of Ja: how many a blind second reading of random cases found.

Two kinds of Ja are read again: a case worker's, by a peer reviewer of the drawn case, who does not see her answers,
where both lists ask the same; and a reviewer's, where a case is read by two.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from checklists.lifecycle import WRITER
from checklists.model import AnyRole, ListId
from checklists.periods import Period
from checklists.rates import Share, wilson
from checklists.reread import counterpart, reread, together
from checklists.swedish_time import day_of
from reports.figures import decimal, percent, period_of, places_of, question
from reports.selected import Selection, tenant_ids
from storage import answers, people, round_lists
from storage.desk import Session
from storage.filled import FilledRow

COLUMNS = (
    "unit",
    "period",
    "checklist",
    "role",
    "item",
    "question",
    "reread",
    "reread_ja",
    "reread_pct",
    "low_pct",
    "high_pct",
)
HERS: tuple[ListId, ...] = ("decision_basis", "intake")
"""The lists a case worker answers."""
REVIEWER: AnyRole = "peer_reviewer"
Key = tuple[int, ListId, AnyRole, str]
"""Unit, checklist, role and item."""


def rereads(session: Session, tenant_id: int, period: Period) -> dict[Key, Share]:
    """Return the shares read again, of lists begun in a period, by unit and question; no share has n = 0."""
    found: defaultdict[Key, list[tuple[str, str]]] = defaultdict(list)
    by_case: defaultdict[tuple[int, int, str], list[tuple[FilledRow, bool]]] = defaultdict(list)
    for row, second in round_lists.read_at_random(session, tenant_id):
        by_case[row.round_id, row.case_id, row.file_part].append((row, second))
    for read in by_case.values():
        first = next((row for row, second in read if not second), None)
        again = next((row for row, second in read if second), None)
        if first is None:
            continue
        now = answers.newest_choices(session, first.id)
        if again is not None and _is_in(first, period):
            then = answers.newest_choices(session, again.id)
            for item_id, choice in now.items():
                found[first.unit_id, first.checklist, REVIEWER, item_id].append((choice, then.get(item_id, "")))
        for list_id in HERS:
            _add_hers(session, first, list_id, now, period, found)
    shares = {key: reread(pairs) for key, pairs in found.items()}
    return {key: share for key, share in shares.items() if share.n}


def _add_hers(
    session: Session,
    read: FilledRow,
    list_id: ListId,
    now: dict[str, str],
    period: Period,
    found: defaultdict[Key, list[tuple[str, str]]],
) -> None:
    """Add a case worker's answers about a case, each with the reviewer's to the same question."""
    own = [row for row in round_lists.own_lists(session, read.case_id, list_id) if _is_in(row, period)]
    said = together([answers.newest_choices(session, row.id) for row in own])
    for item_id, choice in said.items():
        other = counterpart(list_id, item_id, read.checklist)
        if other in now:
            found[own[0].unit_id, list_id, WRITER, item_id].append((choice, now[other]))


def _is_in(row: FilledRow, period: Period) -> bool:
    return period.first <= day_of(row.begun_at) <= period.last


def reread_in(session: Session, tenant_id: int, period: Period, selection: Selection) -> dict[str, Share]:
    """Return the shares read again of one checklist and role, by question, in the selected unit or in all together."""
    names = people.unit_names(session, tenant_id)
    found: dict[str, Share] = {}
    for (unit_id, checklist, role, item), share in rereads(session, tenant_id, period).items():
        if selection.unit in ("", names[unit_id]) and (checklist, role) == (selection.checklist, selection.role):
            known = found.get(item, Share(0, 0))
            found[item] = Share(known.k + share.k, known.n + share.n)
    return found


def reread_rows(session: Session, selection: Selection, today: date) -> Iterator[list[str]]:
    """Yield one row per unit, checklist, role and question with a Ja that was read again."""
    everyone = tenant_ids(session, selection)
    period = period_of(session, everyone, selection, today)
    for tenant_id in everyone:
        names = people.unit_names(session, tenant_id)
        found = rereads(session, tenant_id, period)
        for unit_id, checklist, role, item in sorted(found, key=lambda key: (names[key[0]], *key[1:3], _place(key))):
            share = found[unit_id, checklist, role, item]
            wanted = selection.unit in ("", names[unit_id]) and selection.checklist in ("", checklist)
            if wanted and selection.role in ("", role):
                about = [names[unit_id], str(period), checklist, role, item, question(checklist, item)]
                yield [*about, str(share.n), str(share.k), percent(share), *map(decimal, wilson(share))]


def _place(key: Key) -> int:
    return places_of(key[1])[key[3]]
