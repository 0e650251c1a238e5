"""Files being imported in steps: what is left of one after a crash, so that any process can complete it."""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from sqlmodel import Field, Session, col, select

from storage.rows import TableRow
from storage.sealing import TENANT_ITSELF, seal, unseal
from storage.times import Moment


class ImportJobRow(TableRow, table=True):
    """A file whose rows were found valid and are being stored.

    tenant_id: that of its first row, whose key seals the job. rows: sealed JSON of its groups of rows. done: sealed
    JSON of the outcome so far. taken: how many groups have been processed.
    """

    __tablename__ = "import_job"

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    kind: str = Field(max_length=20)
    at: datetime = Field(sa_type=Moment)
    actor: str = Field(max_length=100)
    nonce: str = Field(max_length=40)
    rows: bytes
    done: bytes
    taken: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """How far a job has come."""

    job_id: int
    taken: int


def add(session: Session, tenant_id: int, kind: str, at: datetime, actor: str, rows: str) -> ImportJobRow:
    """Store a new job. rows: its groups of rows, as JSON."""
    nonce = token_hex(16)
    sealed = seal(session, tenant_id, TENANT_ITSELF, "import_job.rows", nonce, rows)
    job = ImportJobRow(tenant_id=tenant_id, kind=kind, at=at, actor=actor, nonce=nonce, rows=sealed, done=b"")
    session.add(job)
    session.flush()
    return job


def oldest(session: Session) -> Place | None:
    """Return the oldest job, None if there is none."""
    found = session.exec(select(ImportJobRow.id, ImportJobRow.taken).order_by(col(ImportJobRow.id)).limit(1)).first()
    return None if found is None else Place(*found)


def locked(session: Session, job_id: int) -> ImportJobRow | None:
    """Return a job, locked until the transaction ends; None if it was completed, and so deleted."""
    return session.exec(select(ImportJobRow).where(ImportJobRow.id == job_id).with_for_update()).first()


def rows_of(session: Session, job: ImportJobRow) -> str:
    """Return a job's rows, as JSON. Raises: SealBroken, KeyGone."""
    return unseal(session, job.tenant_id, TENANT_ITSELF, "import_job.rows", job.nonce, job.rows)


def done_of(session: Session, job: ImportJobRow) -> str:
    """Return a job's outcome so far, as JSON, empty at first. Raises: SealBroken, KeyGone."""
    if not job.done:
        return ""
    return unseal(session, job.tenant_id, TENANT_ITSELF, "import_job.done", job.nonce, job.done)


def keep(session: Session, job: ImportJobRow, taken: int, done: str) -> None:
    """Store how far a job has come, and its outcome so far."""
    job.taken = taken
    job.done = seal(session, job.tenant_id, TENANT_ITSELF, "import_job.done", job.nonce, done)
    session.add(job)


def end(session: Session, job: ImportJobRow) -> None:
    """Delete a completed job."""
    session.delete(job)
