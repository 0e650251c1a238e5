"""Sealing: free text is encrypted before it reaches a table. AES-256-GCM, one key per case, wrapped by a master key.

A sealed value is bound to its location: tenant, case, field and row are associated data, so a value moved to another
row cannot be decrypted. Deleting a case key makes every text of the case unreadable (crypto-shredding).
"""

import hmac
import json
import os
import threading
import time
from base64 import b64decode
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlmodel import Field, Session, col, select

from checklists.faults import Code, Refusal, fault
from storage.held import note
from storage.rows import TableRow

_NONCE = 12
_JSON = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
_REMEMBERED = 4096
KEPT_SECONDS = 60.0
"""The lifetime of a cached key: for this long a running bot may still use one that another process has deleted.

It is then removed from memory, not only ignored: it takes 2.5 kB, and a key nobody needs is better gone.
"""
TENANT_ITSELF = 0
"""The case id of a tenant's own key, for what belongs to no case."""


HIDDEN = "…"
"""Shown in place of a text that cannot be decrypted."""


class SealBroken(Refusal):
    """A sealed value cannot be decrypted: the key is wrong, or the value was moved or altered."""

    def __init__(self) -> None:
        super().__init__(fault(Code.SEAL_BROKEN))


class KeyGone(Refusal):
    """The key of a case was deleted by disposal: its texts are gone for good."""


class MasterGone(KeyGone):
    """A master key in use is not configured. Nothing is lost: with the key restored, everything can be read again."""


class SealingKeyRow(TableRow, table=True):
    """The wrapped key of a case. case_id: 0 for the tenant's own key."""

    __tablename__ = "sealing_key"

    tenant_id: int = Field(primary_key=True, foreign_key="tenant.id")
    case_id: int = Field(primary_key=True)
    master_id: str = Field(max_length=40)
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class Opens:
    """Whether the master keys unwrap what they wrapped. count: how many keys they do unwrap.

    missing, missing_own: as in Rewrapped. wrong: master keys with the right id but the wrong bytes.
    """

    count: int
    missing: Mapping[str, int]
    missing_own: Mapping[str, int]
    wrong: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """The result of rewrapping: how many keys were, and by id of a missing master key, how many could not be.

    missing: case keys. missing_own: tenants' own keys, without which the bot cannot answer anyone of that tenant.
    """

    count: int
    missing: Mapping[str, int]
    missing_own: Mapping[str, int]


class Keys:
    """The master keys, and a cache of unwrapped case keys. One instance per process; thread-safe."""

    def __init__(self, masters: Mapping[str, bytes], trail: bytes, now: Callable[[], float] = time.monotonic) -> None:
        """Take the master keys by id, 32 bytes each, newest first: the first wraps, all unwrap.

        trail: the key of the trail, 32 bytes. now: a monotonic clock in seconds.

        Raises: ValueError: there is no key, or one is not 32 bytes long.
        """
        if not masters or any(len(key) != 32 for key in (*masters.values(), trail)):
            raise ValueError("there must be a master key, and every key must be 32 bytes long")
        self._masters = {key_id: AESGCM(key) for key_id, key in masters.items()}
        self.newest = next(iter(masters))
        self._trail = trail
        self._old_trail = {key_id: _derive(key, b"trail") for key_id, key in masters.items()}
        self._digest = {key_id: _derive(key, b"digest") for key_id, key in masters.items()}
        self.digest_key = self._digest[self.newest]
        """The HMAC key for digests of incoming content: without it a text cannot be confirmed by guessing."""
        self._now = now
        # As bytes: a cipher that is ready takes thirty times the memory, and a microsecond to make.
        self._opened: OrderedDict[tuple[int, int], tuple[bytes, float]] = OrderedDict()
        self._lock = threading.Lock()

    def trail_mac(self, content: Sequence[object]) -> str:
        """Return the MAC of something in the trail, in hex."""
        return hmac.digest(self._trail, canonical(content), "sha256").hex()

    def old_trail_mac(self, master_id: str, content: bytes) -> str:
        """Return the MAC as releases before the trail had a key of its own made it.

        Raises: MasterGone: that master key is not configured.
        """
        if master_id not in self._old_trail:
            raise _master_gone(master_id)
        return hmac.digest(self._old_trail[master_id], content, "sha256").hex()

    def digest_key_of(self, master_id: str) -> bytes:
        """Return the digest key of a given master key, for digests that are stored. Raises: MasterGone."""
        try:
            return self._digest[master_id]
        except KeyError:
            raise _master_gone(master_id) from None

    def make(self, session: Session, tenant_id: int, case_id: int) -> None:
        """Generate and store the key of a new case, or with TENANT_ITSELF of a new tenant."""
        wrapped = self._wrap(AESGCM.generate_key(256), tenant_id, case_id)
        session.add(SealingKeyRow(tenant_id=tenant_id, case_id=case_id, master_id=self.newest, wrapped=wrapped))

    def of(self, session: Session, tenant_id: int, case_id: int) -> AESGCM:
        """Return the unwrapped key of a case. Raises: KeyGone, MasterGone, SealBroken."""
        at = (tenant_id, case_id)
        mine: dict[tuple[int, int], bytes] = session.info.setdefault("opened_keys", {})
        with self._lock:
            key, until = self._opened.get(at, (None, 0.0))
            if key is not None and self._now() < until:
                return AESGCM(key)
        if at not in mine:
            row = _key_row(session, tenant_id, case_id)
            if row is None:
                raise KeyGone(fault(Code.KEY_GONE, row=case_id))
            mine[at] = self._unwrap(row)
        return AESGCM(mine[at])

    def taken_back(self, session: Session) -> None:
        """Drop the keys a transaction has opened: after a savepoint was rolled back, one may never have been stored."""
        session.info.pop("opened_keys", None)

    def forget(self, tenant_id: int, case_id: int) -> None:
        """Remove a key from the cache. To be called by whoever deletes its row."""
        with self._lock:
            self._opened.pop((tenant_id, case_id), None)

    def rewrap(self, session: Session) -> Rewrapped:
        """Rewrap every key with the newest master key; the case keys, and so everything sealed, are unchanged.

        Keys whose present master key is not configured are left as they are and reported.

        Raises: SealBroken: a master key has the right id but the wrong bytes.
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

    def look(self, session: Session) -> Opens:
        """Try to unwrap every stored key, changing nothing."""
        right, missing, missing_own, wrong = Counter[str](), Counter[str](), Counter[str](), set[str]()
        for row in session.exec(select(SealingKeyRow)):
            if row.master_id not in self._masters:
                (missing if row.case_id != TENANT_ITSELF else missing_own)[row.master_id] += 1
            elif self.unwraps(row.tenant_id, row.case_id, row.master_id, row.wrapped):
                right[row.master_id] += 1
            else:
                wrong.add(row.master_id)
        # A master key that unwraps others is right: what it does not unwrap is damaged, and named among the rows.
        return Opens(right.total(), missing, missing_own, frozenset(wrong - right.keys()))

    def unwraps(self, tenant_id: int, case_id: int, master_id: str, wrapped: bytes) -> bool:
        """Return whether a stored key is whole: true also where its master key is not here to tell."""
        master = self._masters.get(master_id)
        try:
            return master is None or bool(_open(master, wrapped, _wrap_data(tenant_id, case_id)))
        except SealBroken:
            return False

    def _wrap(self, key: bytes, tenant_id: int, case_id: int) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._masters[self.newest].encrypt(nonce, key, _wrap_data(tenant_id, case_id))

    def _unwrap(self, row: SealingKeyRow) -> bytes:
        master = self._masters.get(row.master_id)
        if master is None:
            raise _master_gone(row.master_id)
        return _open(master, row.wrapped, _wrap_data(row.tenant_id, row.case_id))

    def remember(self, session: Session) -> None:
        """Cache the keys that a transaction has unwrapped. To be called after its commit.

        Not earlier: the row id of a rolled-back case may be given to the next one, and a cached key of the former would
        seal texts of the latter that could never be decrypted.
        """
        now = self._now()
        with self._lock:
            for at, key in session.info.pop("opened_keys", {}).items():
                self._opened[at] = key, now + KEPT_SECONDS
                self._opened.move_to_end(at)  # the last to expire
            while self._opened and (len(self._opened) > _REMEMBERED or next(iter(self._opened.values()))[1] <= now):
                self._opened.popitem(last=False)


def keys_of(session: Session) -> Keys:
    """Return the session's keys, which the desk has attached to it."""
    keys: Keys = session.info["keys"]
    return keys


def prefetch_keys(session: Session, tenant_id: int, cases: Iterable[int]) -> None:
    """Announce the cases whose texts are read next, so that their keys are fetched in one query when first needed."""
    session.info["expected_keys"] = (tenant_id, frozenset(cases))


def _key_row(session: Session, tenant_id: int, case_id: int) -> SealingKeyRow | None:
    tenant, cases = session.info.pop("expected_keys", (tenant_id, ()))
    if cases:
        query = select(SealingKeyRow).where(SealingKeyRow.tenant_id == tenant, col(SealingKeyRow.case_id).in_(cases))
        session.info["key_rows"] = {(tenant, row.case_id): row for row in session.exec(query)}
    brought: dict[tuple[int, int], SealingKeyRow] = session.info.get("key_rows", {})
    if (tenant_id, case_id) in brought:
        return brought[tenant_id, case_id]
    return session.get(SealingKeyRow, (tenant_id, case_id))


def seal(session: Session, tenant_id: int, case_id: int, field: str, row: str, text: str) -> bytes:
    """Encrypt a text for one location. field: `table.column`. row: the row's natural key, revision included.

    Raises: KeyGone, MasterGone, SealBroken.
    """
    nonce = os.urandom(_NONCE)
    key = keys_of(session).of(session, tenant_id, case_id)
    return nonce + key.encrypt(nonce, text.encode(), _data(tenant_id, case_id, field, row))


def unseal(session: Session, tenant_id: int, case_id: int, field: str, row: str, sealed: bytes) -> str:
    """Decrypt a sealed text. Raises: SealBroken: it was altered or moved. KeyGone: its case was disposed of."""
    key = keys_of(session).of(session, tenant_id, case_id)
    return _open(key, sealed, _data(tenant_id, case_id, field, row)).decode()


def unseal_or_hide(session: Session, tenant_id: int, case_id: int, field: str, row: str, sealed: bytes) -> str:
    """Decrypt a text shown in lists; HIDDEN if it was altered or moved, which is noted for the log. Raises: KeyGone."""
    try:
        return unseal(session, tenant_id, case_id, field, row, sealed)
    except (SealBroken, TypeError):
        table, _, column = field.partition(".")
        note(session, table, row, column)
        return HIDDEN


def parse_keys(setting: str) -> dict[str, bytes]:
    """Parse `id:base64,id:base64`, newest first.

    Raises: Refusal: malformed, a repeated id, or a key that is not 32 bytes.
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


def canonical(content: Sequence[object]) -> bytes:
    """Return the bytes that a MAC in the trail covers."""
    return _JSON.encode(content).encode()


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"beslutskollen " + purpose).derive(key)


def _wrap_data(tenant_id: int, case_id: int) -> bytes:
    return f"key|{tenant_id}|{case_id}".encode()


def _data(tenant_id: int, case_id: int, field: str, row: str) -> bytes:
    return f"{tenant_id}|{case_id}|{field}|{row}".encode()
