"""Tombstones: what remains of a case disposed of is its row id and a keyed digest of its reference.

They are replayed after a restore, so that an old backup does not bring a disposed case back. Because a restore replaces
the database, they are also appended to a file outside it.
"""

import contextlib
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, col, select

from checklists.faults import Code, Refusal, fault
from checklists.swedish_time import day_of
from storage import private, tenants
from storage.cases import CaseRow
from storage.rows import TableRow
from storage.sealing import KeyGone, Keys, keys_of
from storage.tenants import TenantRow
from storage.times import Moment


class TombstoneRow(TableRow, table=True):
    """One disposed case. last_filled_id: the highest row id of its filled-in lists, 0 if it had none.

    digest: HMAC of tenant and reference with a key derived from master key `master_id`, so that it cannot be guessed.
    """

    __tablename__ = "tombstone"
    __table_args__ = (UniqueConstraint("tenant_id", "case_id", "digest"),)

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    case_id: int
    last_filled_id: int
    master_id: str = Field(max_length=40)
    digest: str = Field(max_length=64)
    at: datetime = Field(sa_type=Moment)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A tombstone as written to the file. tenant: Entra tenant id. key: id of the master key."""

    tenant: str
    case: int
    filled: int
    key: str
    digest: str
    at: str


class BadTombstones(Refusal):
    """The tombstone file cannot be read or written."""


def digest(keys: Keys, master_id: str, entra_id: str, ref: str) -> str:
    """Return the keyed digest of a case's reference. Raises: KeyGone: that master key is not configured."""
    whole = f"tombstone\x1f{entra_id}\x1f{ref}"
    return hmac.new(keys.digest_key_of(master_id), whole.encode(), hashlib.sha256).hexdigest()


def put(session: Session, tenant: TenantRow, case: CaseRow, last_filled_id: int, at: datetime) -> None:
    """Insert a tombstone for a case."""
    keys = keys_of(session)
    session.add(
        TombstoneRow(
            tenant_id=tenant.id,
            case_id=case.id,
            last_filled_id=last_filled_id,
            master_id=keys.newest,
            digest=digest(keys, keys.newest, tenant.entra_id, case.ref),
            at=at,
        )
    )


def masters(session: Session, tenant_id: int) -> Sequence[str]:
    """Return the ids of the master keys that a tenant's tombstones were made with."""
    return session.exec(select(TombstoneRow.master_id).where(TombstoneRow.tenant_id == tenant_id).distinct()).all()


def disposed_on(session: Session, tenant: TenantRow, ref: str, made_with: Iterable[str]) -> date | None:
    """Return the day a case with this reference was disposed of, the last one if there were several; None if none was.

    made_with: as `masters` returns them.
    One whose master key is not configured is not recognised.
    """
    digests = []
    for master_id in made_with:
        with contextlib.suppress(KeyGone):
            digests.append(digest(keys_of(session), master_id, tenant.entra_id, ref))
    same = select(TombstoneRow.at).where(TombstoneRow.tenant_id == tenant.id, col(TombstoneRow.digest).in_(digests))
    last = session.exec(same.order_by(col(TombstoneRow.at).desc()).limit(1)).first() if digests else None
    return None if last is None else day_of(last)


def known(session: Session) -> Sequence[Tombstone]:
    """Return every tombstone in the database, oldest first."""
    query = select(TombstoneRow, TenantRow).join(TenantRow, col(TenantRow.id) == col(TombstoneRow.tenant_id))
    return [
        Tombstone(tenant.entra_id, row.case_id, row.last_filled_id, row.master_id, row.digest, row.at.isoformat())
        for row, tenant in session.exec(query.order_by(col(TombstoneRow.id)))
    ]


def replay(session: Session, stone: Tombstone) -> CaseRow | None:
    """Insert a tombstone that this database lacks; return the case it is for, if a restore has brought it back.

    Row id and reference must both match: a case that shares only one of them is another case.

    Raises: KeyGone: the master key of its digest is not configured.
    """
    tenant = tenants.find(session, stone.tenant)
    if tenant is None:
        return None
    tenant_id = tenant.id
    same = select(TombstoneRow).where(
        TombstoneRow.tenant_id == tenant_id, TombstoneRow.case_id == stone.case, TombstoneRow.digest == stone.digest
    )
    if session.exec(same).first() is not None:
        return None
    session.add(
        TombstoneRow(
            tenant_id=tenant_id,
            case_id=stone.case,
            last_filled_id=stone.filled,
            master_id=stone.key,
            digest=stone.digest,
            at=datetime.fromisoformat(stone.at),
        )
    )
    case = session.exec(select(CaseRow).where(CaseRow.tenant_id == tenant_id, CaseRow.id == stone.case)).first()
    if case is None:
        return None
    digest_here = digest(keys_of(session), stone.key, stone.tenant, case.ref)
    return case if hmac.compare_digest(digest_here.encode(), stone.digest.encode()) else None


# --- the file --------------------------------------------------------------------------------------------------------


def read_file(path: Path) -> list[Tombstone]:
    """Return the tombstones in a file, [] if it does not exist. Raises: BadTombstones."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise BadTombstones(fault(Code.TOMBSTONES_UNREADABLE, file=path, why=error.strerror)) from None
    except UnicodeDecodeError:
        raise BadTombstones(fault(Code.NO_TOMBSTONE, line=1, file=path)) from None
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            stone = Tombstone(**json.loads(line))
            datetime.fromisoformat(stone.at)
        except (ValueError, TypeError):
            raise BadTombstones(fault(Code.NO_TOMBSTONE, line=number, file=path)) from None
        found.append(stone)
    return found


def write_file(path: Path, stones: Iterable[Tombstone]) -> int:
    """Append the tombstones that a file lacks, fsynced on return; return how many. Raises: BadTombstones.

    The file exists afterwards even if nothing was disposed of: a missing one always means that something is wrong.
    """
    there = set(read_file(path))
    missing = [stone for stone in stones if stone not in there]
    if missing or not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                private.tighten(path)
                file.writelines(json.dumps(asdict(stone), sort_keys=True) + "\n" for stone in missing)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise BadTombstones(fault(Code.CANNOT_WRITE, file=path, why=error.strerror)) from None
    return len(missing)
