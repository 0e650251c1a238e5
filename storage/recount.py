"""Recount everything from the answers, and compare the result with the stored aggregates."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, text
from sqlalchemy import select as select_columns
from sqlmodel import Session

from storage.aggregates import (
    AGGREGATES,
    BATCH,
    Cell,
    by_grain,
    cells,
    forget,
    keep,
    kept_contributions,
    project_all,
    sound,
)
from storage.contributions import RULES


@dataclass(frozen=True, slots=True)
class Recounted:
    """The result of a recount. wrong: the number of stored contributions and live aggregates that differed."""

    cases: int
    wrong: int


def recount(session: Session, tenant_id: int, *, repair: bool = False) -> Recounted:
    """Recount a tenant's figures from the answers, compare, and with `repair` correct what differs.

    It must come first in its transaction, so that everything is read from one snapshot. Without `repair` it writes
    nothing and blocks nobody; cases still in the projection queue are not errors, so their stored contributions are
    taken as correct. With `repair` the queue is emptied first. Frozen aggregates cannot be recounted and are untouched.
    """
    if repair:
        if session.get_bind().dialect.name == "postgresql":
            session.connection().execute(text("set transaction isolation level repeatable read"))
        project_all(session)
    connection = session.connection()
    waiting = _waiting(session)
    by_day: Counter[Cell] = Counter()
    seen = wrong = 0
    for ids in _case_batches(session, tenant_id):
        seen += len(ids)
        now, faulty = sound(session, [one for one in ids if one not in waiting])
        kept = kept_contributions(session, ids)
        as_kept = waiting | {one.case_id for one in faulty}  # faulty ones keep what they were last counted as
        now |= {key: part for key, part in kept.items() if key[0] in as_kept}
        for part in now.values():
            by_day.update(cells(part))
        if now != kept:
            wrong += sum(now.get(key) != kept.get(key) for key in now.keys() | kept.keys())
            if repair:
                forget(session, list(kept))
                keep(session, now)
    wrong += _orphans(session, tenant_id, repair=repair)
    should = {(grain, cell): n for grain, cell, n in by_grain(by_day)}
    live = (AGGREGATES.c.tenant_id == tenant_id, AGGREGATES.c.frozen.is_(False))
    columns = [AGGREGATES.c[name] for name in Cell._fields]
    rows = connection.execute(select_columns(AGGREGATES.c.grain, AGGREGATES.c.n, *columns).where(*live))
    stands = {(row[0], Cell(*row[2:])): row[1] for row in rows}
    off = [key for key in stands.keys() | should.keys() if stands.get(key, 0) != should.get(key, 0)]
    if repair and off:
        connection.execute(delete(AGGREGATES).where(*live))
        for some in _batches(should.items()):
            connection.execute(
                insert(AGGREGATES), [{**cell._asdict(), "grain": g, "frozen": False, "n": n} for (g, cell), n in some]
            )
    return Recounted(seen, wrong + len(off))


def _waiting(session: Session) -> set[int]:
    """Return the cases that are in the projection queue, or were projected by other rules."""
    found = session.connection().execute(
        text(
            "select case_id from changed where case_id > 0 union"
            " select f.case_id from changed c join filled_checklist f on f.id = c.filled_id union"
            " select case_id from counted where rules <> :rules"
        ),
        {"rules": RULES},
    )
    return set(found.scalars())


def _case_batches(session: Session, tenant_id: int) -> Iterator[list[int]]:
    last = 0
    statement = text("select id from cases where tenant_id = :tenant and id > :last order by id limit :many")
    while ids := list(
        session.connection().execute(statement, {"tenant": tenant_id, "last": last, "many": BATCH}).scalars()
    ):
        yield ids
        last = ids[-1]


def _orphans(session: Session, tenant_id: int, *, repair: bool) -> int:
    """Return the number of contributions whose case no longer exists; with `repair` delete them."""
    orphaned = "from counted where tenant_id = :tenant and case_id not in (select id from cases)"
    found: int = session.connection().execute(text(f"select count(*) {orphaned}"), {"tenant": tenant_id}).scalar_one()
    if found and repair:
        session.connection().execute(text(f"delete {orphaned}"), {"tenant": tenant_id})
    return found


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
