"""What could have been read in a period: which cases and fields, by whom; for incidents. Never what they held."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from checklists.exposure import (
    ANY_UNIT,
    FIELDS,
    NAME_ONLY,
    ON_DEVICE,
    SEALED,
    Field,
    Stretch,
    opens,
    sees_name,
    stretches,
)
from checklists.faults import Code, Refusal, fault, listed
from checklists.swedish_time import day_of, midnight
from storage import exposure, people
from storage.desk import Session
from storage.people import PersonRow, RoleRow
from storage.tenants import TenantRow
from texts import Language, say

OTHER_KEYS = ("secret", "trail")
"""BK_SECRET_KEY and BK_TRAIL_KEY: neither opens a text."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """One case, and the fields that could have been read.

    ref: empty if the case has protected identity or was disposed of.
    """

    case_id: int
    ref: str
    fields: frozenset[Field]
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Time:
    """From one Swedish day to another, both included."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        """The moment it begins."""
        return midnight(self.first)

    @property
    def before(self) -> datetime:
        """The moment it has ended."""
        return midnight(self.last + timedelta(days=1))


def to_person(session: Session, tenant: TenantRow, person: PersonRow, time: Time) -> list[Exposed]:
    """Return what somebody with a person's account could have read."""
    ids = frozenset((person.id, *people.joined_into(session, person.id)))
    roles = [*people.every_role_of(session, person.id), *exposure.roles_before(session, tenant.id, ids)]
    own_lists = exposure.lists_of_persons(session, ids, time.before)
    every = _cases(session, tenant.id, time.before)
    found: dict[int, set[Field]] = {}
    opened: list[tuple[int, Stretch]] = []
    for case_id, known in every.items():
        seen: set[Field] = set()
        for one in known.stretches:
            for held, until in _held(roles, one, time, ids):
                if opens(held, one):
                    seen |= {"reference", "unit", "dates", *known.until(until)}
                    opened.append((case_id, one))
                elif sees_name(held, one):
                    seen |= NAME_ONLY
        if case_id in own_lists and any(_is_held(roles, one, time, ids) for one in known.stretches):
            seen |= {"reference", *own_lists[case_id]}
        if seen:
            found[case_id] = seen
    for link in exposure.links_of(session, tenant.id):  # a case's card shows the number and unit of linked cases
        times = [one for case_id, one in opened if case_id == link.case_id and _meet(one, link, time)]
        others = every[link.other_id].stretches if link.other_id in every else ()
        if any(not other.protected_identity and _meet(one, other, time) for one in times for other in others):
            found[link.other_id] = found.get(link.other_id, set()) | NAME_ONLY
    return [every[case_id].as_exposed(case_id, found[case_id]) for case_id in every if case_id in found]


def _meet(one: Stretch, other: Stretch | exposure.Linked, time: Time) -> bool:
    """Return whether two stretches of time have a moment of the time asked about in common."""
    since = max(one.since, other.since, time.since)
    return since < min(one.before or time.before, other.before or time.before, time.before)


def on_device(session: Session, tenant: TenantRow, person: PersonRow, time: Time, days: int) -> list[Exposed]:
    """Return what a person's device held of her chat: the cases shown there in the time, or up to `days` before it."""
    ids = frozenset((person.id, *people.joined_into(session, person.id)))
    shown = exposure.shown_to(session, tenant.id, ids, time.since - timedelta(days=days), time.before)
    known = _cases(session, tenant.id, time.before)
    return [
        known[case_id].as_exposed(
            case_id, {"reference", "unit", "dates", *known[case_id].until(time.before)} & ON_DEVICE
        )
        for case_id in sorted(shown)
        if case_id in known
    ]


def by_key(session: Session, tenant: TenantRow, key: str, time: Time) -> list[Exposed]:
    """Return what a key opens in the database, or in a copy of it from that time. Raises: Refusal: no such key."""
    known_keys = exposure.master_keys(session)
    if key in OTHER_KEYS:
        return []
    if key not in known_keys:
        raise Refusal(fault(Code.NO_SUCH_KEY, allowed=listed((*sorted(known_keys), *OTHER_KEYS))))
    found = []
    for case_id, known in _cases(session, tenant.id, time.before).items():
        if known.gone_at is None or known.gone_at >= time.since:
            found.append(known.as_exposed(case_id, SEALED & known.until(time.before)))
    return [one for one in found if one.fields]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a case: its stretches, and which kinds of fields had anything in them."""

    stretches: Sequence[Stretch]
    since: Mapping[Field, datetime]
    ref: str
    gone_at: datetime | None

    def until(self, moment: datetime) -> frozenset[Field]:
        """Return the kinds of fields that had anything in them before a moment; for a case that is gone, all."""
        if self.gone_at is not None:
            return frozenset(FIELDS)
        return frozenset(field for field, since in self.since.items() if since < moment)

    def as_exposed(self, case_id: int, seen: "set[Field] | frozenset[Field]") -> Exposed:
        return Exposed(case_id, self.ref, frozenset(seen), self.gone_at is not None)


def _cases(session: Session, tenant_id: int, before: datetime) -> Mapping[int, _Known]:
    """Return every case that was opened before a moment, by row id; those disposed of too."""
    fields = exposure.fields_of(session, tenant_id, before)
    refs, units = exposure.refs_and_units(session, tenant_id)
    found = {}
    for case_id, events in exposure.events_of(session, tenant_id, before).items():
        gone = next((one.at for one in events if one.act == "disposed"), None)
        told = [one for one in events if one.act != "disposed"]
        moved = any(one.act == "unit_set" for one in told)
        at_first = ANY_UNIT if moved else units.get(case_id, ANY_UNIT)
        since = fields.get(case_id, {})
        found[case_id] = _Known(stretches(told, at_first), since, refs.get(case_id, ""), gone)
    return found


def _held(
    roles: Sequence[RoleRow], one: Stretch, time: Time, ids: frozenset[int]
) -> Iterator[tuple[Sequence["_AsHer"], datetime]]:
    """Yield the roles a person held while a stretch and the time overlap, each set once, and when it ended."""
    since, before = max(one.since, time.since), min(one.before or time.before, time.before)
    if since >= before:
        return
    first, last = day_of(since), day_of(before - timedelta(microseconds=1))
    turns = {first}
    for role in roles:
        for day in (role.valid_from, role.valid_to + timedelta(days=1) if role.valid_to else None):
            if day is not None and first < day <= last:
                turns.add(day)
    days = sorted(turns)
    for place, day in enumerate(days):
        held = [_AsHer(role, one, ids) for role in roles if people.is_held(role, day)]
        if held:
            yield held, midnight(days[place + 1]) if place + 1 < len(days) else before


def _is_held(roles: Sequence[RoleRow], one: Stretch, time: Time, ids: frozenset[int]) -> bool:
    return next(_held(roles, one, time, ids), None) is not None


class _AsHer:
    """A role, held under the row id by which the stretch names the person, if several rows are one person."""

    def __init__(self, role: RoleRow, one: Stretch, ids: frozenset[int]) -> None:
        named = [worker for worker in (one.lead_id, one.co_id) if worker in ids]
        self.person_id: int = named[0] or role.person_id if named else role.person_id
        self.unit_id, self.role, self.stands_in_for_id = role.unit_id, role.role, role.stands_in_for_id


# --- the draft -------------------------------------------------------------------------------------------------------


def draft(whom: str, time: Time, found: Sequence[Exposed], language: Language = "sv") -> list[str]:
    """Return the draft of a notice, line by line. whom: a role and a number, or a key; never a name."""
    counts = {field: sum(field in one.fields for one in found) for field in FIELDS}
    hidden = sum(not one.ref and not one.is_gone for one in found)
    lines = [
        say("exposed.title", language),
        say("exposed.is_draft", language),
        say("exposed.whom", language, whom=whom),
        say("exposed.time", language, first=time.first.isoformat(), last=time.last.isoformat()),
        say("exposed.cases", language, cases=len(found), hidden=hidden),
        *(
            say("exposed.count", language, field=say("exposed.field_" + field, language), cases=count)
            for field, count in counts.items()
            if count
        ),
        say("exposed.no_names", language),
        say("exposed.register", language),
        say("exposed.where", language),
        "",
        say("exposed.list", language),
    ]
    return lines + [_line(one, language) for one in found]


def _line(one: Exposed, language: Language) -> str:
    name = one.ref or say("exposed.gone" if one.is_gone else "exposed.hidden", language, number=one.case_id)
    return f"{name}: " + ", ".join(say("exposed.field_" + field, language) for field in FIELDS if field in one.fields)
