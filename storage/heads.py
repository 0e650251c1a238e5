"""Trail heads: the end of each tenant's hash chain, signed once a day, to be stored outside the database.

The chain reveals a change anywhere in it, but not that its end was cut off together with the events and its mark. A
head stored elsewhere does: it states a place in the chain and the hash there, signed with the key of the trail.
"""

import hmac
from dataclasses import dataclass
from datetime import date

from sqlmodel import Field, Session, col, func, select

from checklists.faults import Code, Fault, Refusal, fault, word
from storage import tenants
from storage.rows import TableRow
from storage.sealing import KeyGone, Keys, keys_of
from storage.tenants import TenantRow
from storage.trail import ChainRow, Verdict, end_of_chain, verify
from storage.trail_marks import OWN


class HeadRow(TableRow, table=True):
    """The head of one Swedish calendar date: the chain's last place and hash at the time of signing."""

    __tablename__ = "trail_head"

    tenant_id: int = Field(primary_key=True, foreign_key="tenant.id")
    day: date = Field(primary_key=True)
    place: int
    hash: str = Field(max_length=64)
    master_id: str = Field(max_length=40)
    signature: str = Field(max_length=64)


class BadHead(Refusal):
    """A head that is malformed, or belongs to no tenant here."""


@dataclass(frozen=True, slots=True)
class Head:
    """A signed head, as printed for storage elsewhere. tenant: the Entra tenant id."""

    tenant: str
    day: str
    place: int
    hash: str
    master_id: str
    signature: str

    def __str__(self) -> str:
        return ":".join((self.tenant, self.day, str(self.place), self.hash, self.master_id, self.signature))


def read_head(text: str) -> Head:
    """Parse a printed head; `verify_since` checks its signature. Raises: BadHead: malformed."""
    parts = text.strip().rsplit(":", 5)
    if len(parts) != 6 or not (parts[2].isascii() and parts[2].isdigit()):
        raise BadHead(fault(Code.HEAD_UNREADABLE))
    tenant, day, place, digest, master_id, signature = parts
    return Head(tenant, day, int(place), digest, master_id, signature)


def sign_new(session: Session, day: date) -> int:
    """Sign the head of a day for each tenant that has a chain and no head of that day; return how many. Idempotent."""
    signed = 0
    keys = keys_of(session)
    for tenant in tenants.everyone(session):
        tenant_id = tenant.id
        if session.get(HeadRow, (tenant_id, day)) is not None:
            continue
        place, digest = end_of_chain(session, tenant_id)
        if place:
            signature = _signature(keys, OWN, tenant.entra_id, day.isoformat(), place, digest)
            row = HeadRow(tenant_id=tenant_id, day=day, place=place, hash=digest, master_id=OWN, signature=signature)
            session.add(row)
            signed += 1
    return signed


def sign_now(session: Session, tenant: TenantRow, day: date) -> Head | None:
    """Return a head of a tenant's chain as it is now, to be stored elsewhere; None if the chain is empty."""
    place, digest = end_of_chain(session, tenant.id)
    if not place:
        return None
    signature = _signature(keys_of(session), OWN, tenant.entra_id, day.isoformat(), place, digest)
    return Head(tenant.entra_id, day.isoformat(), place, digest, OWN, signature)


def verify_with_heads(session: Session, tenant: TenantRow) -> Verdict:
    """Verify a tenant's trail, and that the heads in the database match it."""
    verdict = verify(session, tenant.id)
    if verdict.bad:
        return verdict
    rows = session.exec(select(HeadRow).where(HeadRow.tenant_id == tenant.id).order_by(col(HeadRow.day)))
    for row in rows.all():
        head = Head(tenant.entra_id, row.day.isoformat(), row.place, row.hash, row.master_id, row.signature)
        bad = _fault(session, tenant.id, head)
        if bad:
            return Verdict(bad, verdict.chained, verdict.unchained)
    return verdict


def verify_since(session: Session, head: Head) -> Verdict:
    """Verify the trail of a head's tenant, and that the head matches it. Raises: BadHead: no such tenant here."""
    tenant = tenants.find(session, head.tenant)
    if tenant is None:
        raise BadHead(fault(Code.HEAD_OF_ANOTHER, tenant=word(head.tenant)))
    verdict = verify_with_heads(session, tenant)
    bad = verdict.bad or _fault(session, tenant.id, head)
    return Verdict(bad, verdict.chained, verdict.unchained)


def _fault(session: Session, tenant_id: int, head: Head) -> Fault | None:
    """Return why a head does not match the trail, None if it does."""
    try:
        expected = _signature(keys_of(session), head.master_id, head.tenant, head.day, head.place, head.hash)
    except KeyGone:
        return fault(Code.HEAD_WITHOUT_KEY, day=word(head.day))
    if not hmac.compare_digest(expected.encode(), head.signature.encode()):
        return fault(Code.HEAD_FOREIGN, day=word(head.day))
    row = session.get(ChainRow, (tenant_id, head.place))
    if row is None:
        last = session.exec(select(func.max(col(ChainRow.place))).where(ChainRow.tenant_id == tenant_id)).one() or 0
        return fault(Code.TRAIL_CUT, place=last + 1, day=word(head.day), reached=head.place)
    same = hmac.compare_digest(row.hash.encode(), head.hash.encode())
    return None if same else fault(Code.HEAD_DIFFERS, place=head.place, day=word(head.day))


def _signature(keys: Keys, master_id: str, tenant: str, day: str, place: int, digest: str) -> str:
    if master_id == OWN:
        return keys.trail_mac(["head", tenant, day, place, digest])
    return keys.old_trail_mac(master_id, "\x1f".join(("head", tenant, day, str(place), digest)).encode())
