"""Signatures: who signed which occasion, what the signer was shown, and whether the signature is still valid."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Row, String, bindparam, text
from sqlmodel import Field, Session, col, select

from checklists.model import Role
from storage.held import is_json
from storage.prepared import prepared
from storage.rows import TableRow
from storage.sealing import seal, unseal
from storage.times import Moment

Revisions = Mapping[str, Mapping[str, int]]
"""The newest revision by item id, by row id of the filled-in list (as text, for JSON): what a signature is bound to."""


class SignatureRow(TableRow, table=True):
    """One signature, "read according to the checklist", of all lists of one occasion of a case.

    role: `unit_manager` or `deputy`. bound: JSON of the revisions of the workers' and the reader's answers. view:
    sealed canonical JSON of what was shown; view_hash: its SHA-256. reason: sealed, if signed with shortfall.
    voided_at: when a later change voided it. An occasion has at most one signature that is not voided.
    """

    __tablename__ = "signature"
    __table_args__ = (
        Index(
            "uq_signature_standing",
            "case_id",
            "checklist",
            "occasion",
            unique=True,
            sqlite_where=text("voided_at is null"),
        ),
    )
    alone = False
    holds = {"bound": is_json}

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    case_id: int = Field(foreign_key="cases.id", index=True)
    checklist: str = Field(max_length=60)
    version: int
    occasion: int
    signer_id: int = Field(foreign_key="person.id")
    role: Role = Field(sa_type=String(40))
    at: datetime = Field(sa_type=Moment)
    shortfall: bool = False
    nonce: str = Field(max_length=40)
    reason: bytes | None = None
    view: bytes
    view_hash: str = Field(max_length=64)
    bound: str
    voided_at: datetime | None = Field(default=None, sa_type=Moment)


def add(session: Session, row: SignatureRow, view: str, reason: str, bound: Revisions) -> SignatureRow:
    """Insert a signature, sealing view and reason. row: without them.

    Raises: sqlalchemy.exc.IntegrityError: the occasion has a valid signature already.
    """
    at = (row.tenant_id, row.case_id)
    row.view = seal(session, *at, "signature.view", row.nonce, view)
    row.reason = seal(session, *at, "signature.reason", row.nonce, reason) if reason else None
    row.view_hash = view_hash(view)
    row.bound = json.dumps(bound, separators=(",", ":"), sort_keys=True)
    session.add(row)
    session.flush()
    return row


def view_hash(view: str) -> str:
    """Return the SHA-256 of a view's canonical JSON, in hex."""
    return hashlib.sha256(view.encode()).hexdigest()


_STANDING = prepared(
    select(SignatureRow).where(
        col(SignatureRow.case_id) == bindparam("case_id"),
        col(SignatureRow.checklist) == bindparam("checklist"),
        col(SignatureRow.occasion) == bindparam("occasion"),
        col(SignatureRow.voided_at).is_(None),
    )
)


def standing(session: Session, case_id: int, checklist: str, occasion: int) -> SignatureRow | None:
    """Return the valid signature of an occasion, None if there is none."""
    named = {"case_id": case_id, "checklist": checklist, "occasion": occasion}
    return session.exec(_STANDING, params=named).first()


_OF_CASE = prepared(
    select(SignatureRow).where(col(SignatureRow.case_id) == bindparam("case_id")).order_by(col(SignatureRow.id).desc())
)


def of_case(session: Session, case_id: int) -> Sequence[SignatureRow]:
    """Return every signature of a case, voided ones included, newest first."""
    return session.exec(_OF_CASE, params={"case_id": case_id}).all()


def get(session: Session, tenant_id: int, row_id: int) -> SignatureRow | None:
    """Return a signature of this tenant by row id."""
    query = select(SignatureRow).where(SignatureRow.tenant_id == tenant_id, SignatureRow.id == row_id)
    return session.exec(query).first()


def bound_of(row: SignatureRow | Row[Any]) -> Revisions:
    """Return the revisions a signature is bound to: by list, also one without answers. row: with the column `bound`."""
    found: Revisions = json.loads(row.bound)
    return found


def view_of(session: Session, row: SignatureRow) -> str:
    """Decrypt the signed view. Raises: SealBroken, KeyGone."""
    return unseal(session, row.tenant_id, row.case_id, "signature.view", row.nonce, row.view)


def reason_of(session: Session, row: SignatureRow) -> str:
    """Decrypt the reason for signing with shortfall, "" if there is none. Raises: SealBroken, KeyGone."""
    if row.reason is None:
        return ""
    return unseal(session, row.tenant_id, row.case_id, "signature.reason", row.nonce, row.reason)
