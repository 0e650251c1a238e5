"""Two marks to compare the trail with: how far its chain had come, and where events without MACs end.

Both carry a MAC under BK_TRAIL_KEY: whoever can write to the database, but has no keys, can remove a mark or restore an
old one, but not forge one.
"""

import hmac

from sqlmodel import Field, Session

from storage.rows import TableRow
from storage.sealing import Keys

OWN = ""
"""Stands in place of a master key's id where the trail's own key was used; earlier releases used the master keys."""


class _Place(TableRow):
    """A place in a tenant's chain, and the hash there."""

    tenant_id: int = Field(primary_key=True, foreign_key="tenant.id")
    place: int
    hash: str = Field(max_length=64)
    mac: str = Field(max_length=64)


class TrailEndRow(_Place, table=True):
    """How far a tenant's chain has come. Rewritten by the chainer."""

    __tablename__ = "trail_end"


class CheckpointRow(_Place, table=True):
    """The place at which events without a MAC of their own end. Made once, by the migration."""

    __tablename__ = "trail_checkpoint"


Mark = TrailEndRow | CheckpointRow


def put_end(session: Session, keys: Keys, tenant_id: int, place: int, digest: str) -> None:
    """Remember how far a tenant's chain has come."""
    row = session.get(TrailEndRow, tenant_id) or TrailEndRow(tenant_id=tenant_id, place=0, hash="", mac="")
    row.place, row.hash, row.mac = place, digest, _mac(keys, "trail_end", tenant_id, place, digest)
    session.add(row)


def put_checkpoint(session: Session, keys: Keys, tenant_id: int, place: int, digest: str) -> None:
    """Mark the present end of a tenant's chain as the place after which every event needs a MAC."""
    mac = _mac(keys, "trail_checkpoint", tenant_id, place, digest)
    session.add(CheckpointRow(tenant_id=tenant_id, place=place, hash=digest, mac=mac))


def is_genuine(keys: Keys, mark: Mark) -> bool:
    """Return whether a mark was made with the trail's key."""
    expected = _mac(keys, str(mark.__tablename__), mark.tenant_id, mark.place, mark.hash)
    return hmac.compare_digest(mark.mac.encode(), expected.encode())


def _mac(keys: Keys, kind: str, tenant_id: int, place: int, digest: str) -> str:
    return keys.trail_mac([kind, tenant_id, place, digest])
