"""Import a file in short transactions, yet all rows or none, so that the chat never waits long for it.

First every row is tried and rolled back; a file with a bad row goes no further. Then its rows are saved, sealed, as a
job, in one transaction: from then on the import will be completed whatever happens to this process, because any other
completes an unfinished job. Then the rows are stored. Rows about one subject (a case, a person) are never split up.

See docs/decisions/0018.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from pydantic import TypeAdapter

from checklists.csv_in import BadCsv, CsvRow
from checklists.faults import Fault
from imports.answers import ANSWERS
from imports.cases import CASES
from imports.common import Imported, Kind, Order
from imports.people import PEOPLE
from storage import import_jobs, tenants
from storage.desk import Desk, Session
from storage.sealing import keys_of

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (PEOPLE, CASES, ANSWERS)}
STEP_SECONDS = 0.05
"""How long a step begins new groups; the last one it finishes. SQLite has one writer: a turn may wait for a step."""
REST_SECONDS = 0.05
"""The least time between two steps, for others to write: a waiting process tries again at intervals of up to 0.1 s."""
_NOTHING = Imported(0, 0, 0)

Groups = list[list[CsvRow]]


@dataclass(frozen=True, slots=True)
class Done:
    """The outcome of a file. refused: lines that were valid when tried but not when stored; all others are stored."""

    imported: Imported = _NOTHING
    refused: tuple[int, ...] = ()


_ROWS = TypeAdapter(list[list[CsvRow]])
_DONE = TypeAdapter(Done)


def import_file(desk: Desk, kind: Kind, raw: bytes, order: Order, rest: Callable[[float], None] = time.sleep) -> Done:
    """Import a file, after completing the imports that other processes left unfinished.

    Raises: BadCsv: with every bad row; nothing is stored then.
    """
    finish(desk, rest)
    read = kind.read(raw, order.at)
    if not read.rows and not read.faults:
        return Done()
    groups = desk.run_now(lambda session: kind.together(session, read.rows))
    # Also where a row could not be read: whoever puts the file right is told of all of it at once.
    _try_all(desk, kind, groups, order, rest, read.faults)
    return _store(desk, desk.run_now(lambda session: _keep(session, kind, groups, order)), rest)


def finish(desk: Desk, rest: Callable[[float], None] = time.sleep) -> None:
    """Complete the imports that other processes began. Two processes may do so at the same time."""
    while (place := desk.run_now(import_jobs.oldest)) is not None:
        _store(desk, place.job_id, rest)


def _try_all(
    desk: Desk, kind: Kind, groups: Groups, order: Order, rest: Callable[[float], None], unread: Sequence[Fault]
) -> None:
    """Import every group and roll it back. unread: the rows not among them. Raises: BadCsv: with every bad row."""
    faults = [*unread]
    begun = 0
    while begun < len(groups):
        some = partial(step, kind=kind, order=order, groups=groups[begun:])
        began = time.monotonic()
        tried = desk.run_now(some, keep=False)
        rest(max(REST_SECONDS, time.monotonic() - began))
        faults += tried.faults
        begun += tried.groups
    if faults:
        raise BadCsv(*sorted(faults, key=lambda one: one.line))


def _keep(session: Session, kind: Kind, groups: Groups, order: Order) -> int:
    """Save the rows of a file as a job; return its row id."""
    first = groups[0][0].cells["tenant_id"]
    rows = _ROWS.dump_json(groups).decode()
    job = import_jobs.add(session, tenants.ensure(session, first).id, kind.name, order.at, order.actor, rows)
    kind.announce(session, [row for group in groups for row in group], order)
    return job.id


def _store(desk: Desk, job_id: int, rest: Callable[[float], None]) -> Done:
    """Store what is left of a job. The outcome includes what other processes store of it meanwhile."""
    groups: list[list[CsvRow]] = []
    done = Done()
    while True:
        began = time.monotonic()
        after = desk.run_now(lambda session: store_some(session, job_id, groups))
        if after is None:
            return done
        done = after
        rest(max(REST_SECONDS, time.monotonic() - began))


def store_some(session: Session, job_id: int, groups: list[list[CsvRow]]) -> Done | None:
    """Store some groups of a job and return the outcome so far; with none left, delete the job and return None.

    groups: those of the job; an empty list is filled in.
    """
    job = import_jobs.locked(session, job_id)
    if job is None:
        return None
    if not groups:
        groups += _ROWS.validate_json(import_jobs.rows_of(session, job))
    if job.taken == len(groups):
        import_jobs.end(session, job)
        return None
    # The trial run has checked that every tenant is allowed, and every new unit no misspelling.
    order = Order(frozenset(), job.at, job.actor, may_be_near=True)
    some = step(session, KINDS[job.kind], order, groups[job.taken :])
    kept = import_jobs.done_of(session, job)
    before = _DONE.validate_json(kept) if kept else Done()
    lines = tuple(sorted({fault.line for fault in some.faults}))
    done = Done(before.imported + some.imported, before.refused + lines)
    import_jobs.keep(session, job, job.taken + some.groups, _DONE.dump_json(done).decode())
    return done


@dataclass(frozen=True, slots=True)
class Step:
    """The outcome of some groups. groups: how many were processed, refused ones included."""

    groups: int
    imported: Imported
    faults: tuple[Fault, ...]


def step(session: Session, kind: Kind, order: Order, groups: Groups) -> Step:
    """Import the first of the groups, as many as there is time for; one with a bad row is rolled back alone."""
    until = time.monotonic() + STEP_SECONDS
    taken, imported = 0, _NOTHING
    faults: list[Fault] = []
    take = kind.taker(session, order)
    for group in groups:
        try:
            with session.begin_nested():
                imported += take(group)
        except BadCsv as bad:
            faults += bad.faults
            # What it looked up, and the keys it opened, may have been rolled back.
            take = kind.taker(session, order)
            keys_of(session).taken_back(session)
        taken += 1
        if time.monotonic() >= until:
            break
    return Step(taken, imported, tuple(faults))
