"""One-time links: a named person may fetch one thing, once, within ten minutes. The token itself is not stored.

A token is `selector.secret`. The selector finds the row; the secret is verified by a keyed digest that also covers
person, purpose, scope and times, so a row that was tampered with matches no token.
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Field, Session, select

from storage.held import is_json
from storage.rows import TableRow
from storage.sealing import KeyGone, keys_of
from storage.times import Moment

LASTS = timedelta(minutes=10)
SKEW = timedelta(seconds=90)
"""How far the clocks of two replicas may differ: a link created further in the future is rejected."""
Scope = Mapping[str, str]
_SHAPE = re.compile(r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}")


class LinkRow(TableRow, table=True):
    """One link. scope: JSON of what may be fetched (unit, period); never a single case."""

    __tablename__ = "link"
    holds = {"scope": is_json}

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    person_id: int = Field(foreign_key="person.id")
    purpose: str = Field(max_length=40)
    scope: str
    selector: str = Field(max_length=40, unique=True)
    master_id: str = Field(max_length=40)
    digest: str = Field(default="", max_length=64)
    made_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


@dataclass(frozen=True, slots=True)
class Link:
    """The content of a valid link. at: when it was used, or if it has not been, when it was made."""

    tenant_id: int
    person_id: int
    purpose: str
    scope: Scope
    at: datetime


def report_scope(unit: str, first: date, last: date) -> Scope:
    """Return the scope of a link to a report. unit: its name, "" for the whole organisation; days inclusive."""
    return {"unit": unit, "first": first.isoformat(), "last": last.isoformat()}


def make(session: Session, tenant_id: int, person_id: int, purpose: str, scope: Scope, now: datetime) -> str:
    """Create a link and return its token, to be shown to that person only."""
    selector, secret = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
    row = LinkRow(
        tenant_id=tenant_id,
        person_id=person_id,
        purpose=purpose,
        scope=json.dumps(dict(scope), ensure_ascii=False, sort_keys=True),
        selector=selector,
        master_id=keys_of(session).newest,
        made_at=now,
        expires_at=now + LASTS,
    )
    row.digest = _digest(session, row, secret)
    session.add(row)
    session.flush()
    return f"{selector}.{secret}"


def look(session: Session, token: str, purpose: str, now: datetime) -> Link | None:
    """Return the link of a token without consuming it; None if unknown, used, expired, or for another purpose."""
    row = _find(session, token, purpose, now)
    return _link(row) if row else None


def use(session: Session, token: str, purpose: str, now: datetime) -> Link | None:
    """Return the link of a token and consume it, so that it works once only; None as for `look`."""
    row = _find(session, token, purpose, now, lock=True)
    if row is None:
        return None
    row.used_at = now
    session.flush()
    return _link(row)


def _find(session: Session, token: str, purpose: str, now: datetime, *, lock: bool = False) -> LinkRow | None:
    if not _SHAPE.fullmatch(token):
        return None
    selector, _, secret = token.partition(".")
    query = select(LinkRow).where(LinkRow.selector == selector)
    row = session.exec(query.with_for_update() if lock else query).first()
    if row is None:
        return None
    try:
        fits = hmac.compare_digest(row.digest.encode(), _digest(session, row, secret).encode())
    except KeyGone:
        return None
    in_time = row.made_at - SKEW <= now < row.expires_at
    return row if fits and in_time and row.used_at is None and row.purpose == purpose else None


def _digest(session: Session, row: LinkRow, secret: str) -> str:
    bound = [secret, row.tenant_id, row.person_id, row.purpose, row.scope, row.selector]
    times = [moment.astimezone(UTC).isoformat() for moment in (row.made_at, row.expires_at)]
    key = keys_of(session).digest_key_of(row.master_id)
    return hmac.new(key, json.dumps(["link", *bound, *times]).encode(), hashlib.sha256).hexdigest()


def _link(row: LinkRow) -> Link:
    return Link(row.tenant_id, row.person_id, row.purpose, json.loads(row.scope), row.used_at or row.made_at)
