"""Free text is sealed before it reaches a table: AES-256-GCM, one key per case, wrapped by a master key.

A sealed value is bound to where it stands: tenant, case, field and row are associated data, so a value
moved to another row does not open. Dropping a case key makes every text of the case unreadable.
"""

import os
import threading
import time
from base64 import b64decode
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlmodel import Field, Session, SQLModel, col, select

from checklists.faults import Code, Refusal, fault

_NONCE = 12
_REMEMBERED = 4096
KEPT_SECONDS = 60.0
"""So long at most does a running bot open texts with a key that another process has dropped."""
TENANT_ITSELF = 0
"""The case id under which a tenant keeps the key for what belongs to no case."""


class SealBroken(Refusal):
    """A sealed value does not open: wrong key, moved, or changed."""

    def __init__(self) -> None:
        super().__init__(fault(Code.SEAL_BROKEN))


class KeyGone(Refusal):
    """The key of a case was dropped (disposal): its texts are gone for good."""


class MasterGone(KeyGone):
    """A master key that something is wrapped or chained with is not configured: put back, it opens again."""


class SealingKeyRow(SQLModel, table=True):
    """A case's key, wrapped. case_id 0 is the tenant's own."""

    __tablename__ = "sealing_key"

    tenant_id: int = Field(primary_key=True, foreign_key="tenant.id")
    case_id: int = Field(primary_key=True)
    master_id: str = Field(max_length=40)
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """How many keys were wrapped anew and, by master key that is not configured, how many could not be.

    missing: keys of cases. missing_own: keys of whole municipalities, without which nothing is answered there.
    """

    count: int
    missing: Mapping[str, int]
    missing_own: Mapping[str, int]


class Keys:
    """The master keys and the case keys opened lately. One per process."""

    def __init__(self, masters: Mapping[str, bytes], now: Callable[[], float] = time.monotonic) -> None:
        """Take the master keys, 32 bytes each, newest first: the first wraps, all unwrap. now: in seconds.

        Raises: ValueError: there is none, or one is not 32 bytes long.
        """
        if not masters or any(len(key) != 32 for key in masters.values()):
            raise ValueError("each master key is 32 bytes, and there must be one")
        self._masters = {key_id: AESGCM(key) for key_id, key in masters.items()}
        self.newest = next(iter(masters))
        self._trail = {key_id: _derive(key, b"trail") for key_id, key in masters.items()}
        self._digest = {key_id: _derive(key, b"digest") for key_id, key in masters.items()}
        self.digest_key = self._digest[self.newest]
        """The key for digests of what came in, so that a digest cannot be guessed back to a text."""
        self._now = now
        self._opened: OrderedDict[tuple[int, int], tuple[AESGCM, float]] = OrderedDict()
        self._lock = threading.Lock()

    def trail_key(self, master_id: str) -> bytes:
        """Return the key that chains the trail. Raises: MasterGone: that master key is not configured."""
        try:
            return self._trail[master_id]
        except KeyError:
            raise _master_gone(master_id) from None

    def digest_key_of(self, master_id: str) -> bytes:
        """Return the digest key of one master key, for digests that outlive it. Raises: MasterGone."""
        try:
            return self._digest[master_id]
        except KeyError:
            raise _master_gone(master_id) from None

    def make(self, session: Session, tenant_id: int, case_id: int) -> None:
        """Make and store the key of a new case (or of the tenant itself, case 0)."""
        wrapped = self._wrap(AESGCM.generate_key(256), tenant_id, case_id)
        session.add(SealingKeyRow(tenant_id=tenant_id, case_id=case_id, master_id=self.newest, wrapped=wrapped))

    def of(self, session: Session, tenant_id: int, case_id: int) -> AESGCM:
        """Return the opened key of a case. Raises: KeyGone, MasterGone, SealBroken."""
        at = (tenant_id, case_id)
        mine: dict[tuple[int, int], AESGCM] = session.info.setdefault("opened_keys", {})
        with self._lock:
            key, until = self._opened.get(at, (None, 0.0))
            if key is not None and self._now() < until:
                self._opened.move_to_end(at)
                return key
        if at not in mine:
            row = _key_row(session, tenant_id, case_id)
            if row is None:
                raise KeyGone(fault(Code.KEY_GONE, row=case_id))
            mine[at] = AESGCM(self._unwrap(row))
        return mine[at]

    def forget(self, tenant_id: int, case_id: int) -> None:
        """Let go of an opened key; the one who drops the row calls this."""
        with self._lock:
            self._opened.pop((tenant_id, case_id), None)

    def rewrap(self, session: Session) -> Rewrapped:
        """Wrap every key anew with the newest master key; the case keys, and so all that is sealed, stay as they are.

        Keys whose own master key is not configured are left as they are and reported.
        Raises: SealBroken: a master key has the right id and not the right bytes.
        """
        own = select(SealingKeyRow).where(SealingKeyRow.case_id == TENANT_ITSELF)
        for row in session.exec(own).all():
            if row.master_id in self._masters:
                self._unwrap(row)
        query = select(SealingKeyRow).where(SealingKeyRow.master_id != self.newest)
        count, missing, missing_own = 0, Counter[str](), Counter[str]()
        for row in session.exec(query).all():
            if row.master_id not in self._masters:
                (missing if row.case_id != TENANT_ITSELF else missing_own)[row.master_id] += 1
                continue
            row.wrapped = self._wrap(self._unwrap(row), row.tenant_id, row.case_id)
            row.master_id = self.newest
            count += 1
        return Rewrapped(count, missing, missing_own)

    def _wrap(self, key: bytes, tenant_id: int, case_id: int) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._masters[self.newest].encrypt(nonce, key, _wrap_data(tenant_id, case_id))

    def _unwrap(self, row: SealingKeyRow) -> bytes:
        master = self._masters.get(row.master_id)
        if master is None:
            raise _master_gone(row.master_id)
        return _open(master, row.wrapped, _wrap_data(row.tenant_id, row.case_id))

    def remember(self, session: Session) -> None:
        """Keep the keys a transaction opened, after its commit.

        Not earlier: a rolled-back case gives its row id to the next one, and a key remembered for it
        would seal texts that never open again.
        """
        until = self._now() + KEPT_SECONDS
        with self._lock:
            self._opened.update({at: (key, until) for at, key in session.info.pop("opened_keys", {}).items()})
            while len(self._opened) > _REMEMBERED:
                self._opened.popitem(last=False)


def keys_of(session: Session) -> Keys:
    """Return the keys this session works with; the desk put them there."""
    keys: Keys = session.info["keys"]
    return keys


def expect(session: Session, tenant_id: int, cases: Iterable[int]) -> None:
    """Say whose texts are read next: the first key that is asked for brings theirs along, in one query."""
    session.info["expected_keys"] = (tenant_id, frozenset(cases))


def _key_row(session: Session, tenant_id: int, case_id: int) -> SealingKeyRow | None:
    tenant, cases = session.info.pop("expected_keys", (tenant_id, ()))
    if cases:
        query = select(SealingKeyRow).where(SealingKeyRow.tenant_id == tenant, col(SealingKeyRow.case_id).in_(cases))
        session.info["key_rows"] = {(tenant, row.case_id): row for row in session.exec(query)}
    brought: dict[tuple[int, int], SealingKeyRow] = session.info.get("key_rows", {})
    if (tenant_id, case_id) in brought:
        return brought[tenant_id, case_id]
    one = select(SealingKeyRow).where(SealingKeyRow.tenant_id == tenant_id, SealingKeyRow.case_id == case_id)
    return session.exec(one).first()


def seal(session: Session, tenant_id: int, case_id: int, field: str, row: str, text: str) -> bytes:
    """Seal a text for one place: `field` names table and column, `row` the row's natural key with its revision."""
    nonce = os.urandom(_NONCE)
    key = keys_of(session).of(session, tenant_id, case_id)
    return nonce + key.encrypt(nonce, text.encode(), _data(tenant_id, case_id, field, row))


def unseal(session: Session, tenant_id: int, case_id: int, field: str, row: str, sealed: bytes) -> str:
    """Open a sealed text. Raises: SealBroken: it was changed or moved. KeyGone: it was disposed of."""
    key = keys_of(session).of(session, tenant_id, case_id)
    return _open(key, sealed, _data(tenant_id, case_id, field, row)).decode()


def parse_keys(setting: str) -> dict[str, bytes]:
    """Read `id:base64,id:base64`, newest first.

    Raises: Refusal: the shape is wrong, an id stands twice, or a key is not 32 bytes.
    """
    keys: dict[str, bytes] = {}
    for part in filter(None, (piece.strip() for piece in setting.split(","))):
        key_id, colon, encoded = part.partition(":")
        try:
            key = b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not colon or not key_id or key_id in keys or len(key) != 32:
            raise Refusal(fault(Code.KEYS_UNREADABLE))
        keys[key_id] = key
    return keys


def _master_gone(master_id: str) -> MasterGone:
    return MasterGone(fault(Code.MASTER_GONE, key=master_id))


def _open(key: AESGCM, sealed: bytes, data: bytes) -> bytes:
    try:
        return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], data)
    except (InvalidTag, ValueError):
        raise SealBroken from None


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"beslutskollen " + purpose).derive(key)


def _wrap_data(tenant_id: int, case_id: int) -> bytes:
    return f"key|{tenant_id}|{case_id}".encode()


def _data(tenant_id: int, case_id: int, field: str, row: str) -> bytes:
    return f"{tenant_id}|{case_id}|{field}|{row}".encode()
