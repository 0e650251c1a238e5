"""Who could have opened a case, and when: the stretches of time in which its unit and its workers were the same.

During a stretch, the access policy (`checklists/access`) applies with the roles that somebody held on each day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from checklists import access
from checklists.access import Held
from checklists.rights import OWN_CASE, Right

Field = Literal[
    "reference", "unit", "dates", "facts", "answers", "motivations", "notes", "extensions", "returns", "signed"
]
FIELDS: tuple[Field, ...] = (
    *("reference", "unit", "dates", "facts", "answers", "motivations", "notes", "extensions", "returns", "signed"),
)
NAME_ONLY: frozenset[Field] = frozenset({"reference", "unit"})
"""What managers and admins see of a case."""
ON_DEVICE: frozenset[Field] = frozenset({"reference", "unit", "dates", "facts", "answers"})
"""What posted cards hold, which a device keeps: never a motivation, a note or a reason."""
SEALED: frozenset[Field] = frozenset({"motivations", "notes", "extensions", "returns", "signed"})
"""What a master key opens."""
_WORKS = Right("open", "case", OWN_CASE)
ANY_UNIT = 0
"""The unit of a stretch whose unit is no longer known: it counts as every chef's."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A case from a moment on. before: the moment it changed again, None if it has not."""

    since: datetime
    unit_id: int
    lead_id: int | None = None
    co_id: int | None = None
    protected_identity: bool = False
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of a case that affects who may open it."""

    at: datetime
    act: str
    detail: str


def stretches(events: Iterable[Happened], unit_at_first: int) -> list[Stretch]:
    """Return a case's stretches, oldest first. unit_at_first: its first unit, if the opening event does not say."""
    found: list[Stretch] = []
    for one in events:
        number, _, rest = one.detail.partition(" ")
        if one.act == "case_opened":
            lead = int(rest) if rest.isdecimal() else 0
            unit = int(number) if number.isdecimal() else unit_at_first
            found.append(Stretch(one.at, unit, lead or None))
            continue
        if not found:
            found.append(Stretch(one.at, unit_at_first))
        now = found[-1]
        row = int(number) if number.isdecimal() else None
        changed = {
            "unit_set": replace(now, unit_id=row or ANY_UNIT),
            "lead_set": replace(now, lead_id=row),
            "co_worker_set": replace(now, co_id=row),
            "protected_identity_set": replace(now, protected_identity=not now.protected_identity),
        }[one.act]
        found[-1] = replace(now, before=one.at)
        found.append(replace(changed, since=one.at, before=None))
    return found


def opens(held: Sequence[Held], stretch: Stretch) -> bool:
    """Return whether somebody with these roles may open a case in full, as its worker or its reader."""
    if access.may_use(_WORKS, held, stretch):
        return True
    own = any(one.person_id in (stretch.lead_id, stretch.co_id) for one in held)
    if stretch.unit_id == ANY_UNIT:
        return not own and any(one.role in access.READ.may for one in held)
    return access.reads(held, stretch)


def sees_name(held: Iterable[Held], stretch: Stretch) -> bool:
    """Return whether somebody with these roles sees that a case exists: its reference and its unit."""
    return not stretch.protected_identity and any(one.role in ("manager", "admin") for one in held)
