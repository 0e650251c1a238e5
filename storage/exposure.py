"""Queries for an incident: the history of cases, and which kinds of fields were filled in; never their content."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from checklists.exposure import Field, Happened
from checklists.rights import ROLES
from storage.answers import AnswerRow
from storage.case_reasons import CaseReasonRow
from storage.cases import CaseRow, FactRow
from storage.conversations import ConversationRow
from storage.extensions import ExtensionRow
from storage.filled import FilledRow
from storage.outbox import OutboxRow
from storage.people import RoleRow, UnitRow
from storage.returns import ReturnRow
from storage.sealing import SealingKeyRow
from storage.signatures import SignatureRow
from storage.times import earliest
from storage.trail import EventRow

_DECIDE = ("case_opened", "unit_set", "lead_set", "co_worker_set", "protected_identity_set", "disposed")


def events_of(session: Session, tenant_id: int, before: datetime) -> Mapping[int, list[Happened]]:
    """Return what decided who may open each case, before a moment, oldest first, by the case's row id.

    A unit that has been merged since is given as the one it is part of now, as in the register.
    """
    merged = _merged(session, tenant_id)
    query = select(EventRow.case_id, EventRow.at, EventRow.act, EventRow.detail).where(
        EventRow.tenant_id == tenant_id, col(EventRow.act).in_(_DECIDE), col(EventRow.case_id).is_not(None)
    )
    found: defaultdict[int, list[Happened]] = defaultdict(list)
    for case_id, at, act, detail in session.exec(query.order_by(col(EventRow.id))):
        if at < before or act == "disposed":
            found[case_id or 0].append(Happened(at, act, _now(act, detail, merged)))
    return {case_id: events for case_id, events in found.items() if any(one.act != "disposed" for one in events)}


@dataclass(frozen=True, slots=True)
class Linked:
    """A case was linked to another, in [since, before); before: None while it still is."""

    case_id: int
    other_id: int
    since: datetime
    before: datetime | None


def links_of(session: Session, tenant_id: int) -> list[Linked]:
    """Return which cases were linked, and when; each link from both sides."""
    query = select(EventRow.case_id, EventRow.at, EventRow.act, EventRow.detail).where(
        EventRow.tenant_id == tenant_id, col(EventRow.act).in_(("cases_linked", "cases_unlinked"))
    )
    since: dict[tuple[int, int], datetime] = {}
    found = []
    for case_id, at, act, detail in session.exec(query.order_by(col(EventRow.id))):
        pair = (case_id or 0, int(detail.partition(" ")[0].removeprefix("case:")))
        if act == "cases_linked":
            since.setdefault(pair, at)
        elif pair in since:
            found.append(Linked(*pair, since.pop(pair), at))
    return found + [Linked(*pair, at, None) for pair, at in since.items()]


def _now(act: str, detail: str, merged: Mapping[int, int]) -> str:
    number, space, rest = detail.partition(" ")
    if act not in ("case_opened", "unit_set") or not number.isdecimal():
        return detail
    return f"{merged.get(int(number), int(number))}{space}{rest}"


def _merged(session: Session, tenant_id: int) -> dict[int, int]:
    rows = session.exec(select(UnitRow).where(UnitRow.tenant_id == tenant_id)).all()
    into = {row.id: row.merged_into_id for row in rows if row.merged_into_id is not None}
    found = {}
    for unit in into:
        at = unit
        while at in into:
            at = into[at]
        found[unit] = at
    return found


def roles_before(session: Session, tenant_id: int, person_ids: Collection[int]) -> list[RoleRow]:
    """Return roles that these people once had and the register no longer shows, as rows that are not stored."""
    query = select(EventRow.detail).where(EventRow.tenant_id == tenant_id, EventRow.act == "role_was")
    merged, found = _merged(session, tenant_id), []
    for detail in session.exec(query.order_by(col(EventRow.id))):
        person, role, unit, days = detail.split(" ")
        if int(person) in person_ids:
            first, last = (date.fromisoformat(day) if day else None for day in days.split("/"))
            unit_id = merged.get(int(unit), int(unit))
            named = next(one for one in ROLES if one == role)
            was = RoleRow(tenant_id=tenant_id, person_id=int(person), unit_id=unit_id, role=named)
            was.valid_from, was.valid_to = first, last
            found.append(was)
    return found


def refs_and_units(session: Session, tenant_id: int) -> tuple[dict[int, str], dict[int, int]]:
    """Return the references of cases, empty with protected identity, and their units now, by row id."""
    query = select(CaseRow.id, CaseRow.ref, CaseRow.protected_identity, CaseRow.unit_id)
    rows = session.exec(query.where(CaseRow.tenant_id == tenant_id)).all()
    return {row: "" if hidden else ref for row, ref, hidden, _ in rows}, {row: unit for row, _, _, unit in rows}


Since = Mapping[Field, datetime]
"""Kinds of fields that are filled in, each with the moment it was first filled in."""


def fields_of(session: Session, tenant_id: int, before: datetime) -> Mapping[int, Since]:
    """Return which kinds of fields of each case were filled in before a moment, by the case's row id."""
    found: defaultdict[int, dict[Field, datetime]] = defaultdict(dict)
    rows = select(FilledRow.case_id, AnswerRow).join(FilledRow, col(FilledRow.id) == col(AnswerRow.filled_id))
    for case_id, answer in session.exec(rows.where(AnswerRow.tenant_id == tenant_id, col(AnswerRow.at) < before)):
        _note(found[case_id], _of_answer(answer), answer.at)
    dated: tuple[tuple[Any, Field], ...] = (
        (FactRow, "facts"),
        (CaseReasonRow, "facts"),
        (ExtensionRow, "extensions"),
        (ReturnRow, "returns"),
        (SignatureRow, "signed"),
    )
    for row, field in dated:
        since_when = earliest(session, row.case_id, row.at, row.tenant_id == tenant_id, row.at < before)
        for case_id, since in since_when.items():
            _note(found[case_id], {field}, since)
    return found


def _note(known: dict[Field, datetime], fields: set[Field], since: datetime) -> None:
    for field in fields:
        known[field] = min(known.get(field, since), since)


def _of_answer(answer: AnswerRow) -> set[Field]:
    fields: set[Field] = {"answers"}
    if answer.motivation or answer.place:
        fields.add("motivations")
    if answer.note or answer.raw or answer.method:
        fields.add("notes")
    return fields


def lists_of_persons(session: Session, person_ids: Collection[int], before: datetime) -> Mapping[int, frozenset[Field]]:
    """Return which kinds of fields a person has filled in alone, as a reviewer does, by the case's row id."""
    found: defaultdict[int, set[Field]] = defaultdict(set)
    rows = select(FilledRow.case_id, AnswerRow).join(FilledRow, col(FilledRow.id) == col(AnswerRow.filled_id))
    mine = rows.where(col(FilledRow.person_id).in_(person_ids), col(AnswerRow.at) < before)
    for case_id, answer in session.exec(mine):
        found[case_id] |= _of_answer(answer)
    return {case_id: frozenset(fields) for case_id, fields in found.items()}


def shown_to(
    session: Session, tenant_id: int, person_ids: Collection[int], since: datetime, before: datetime
) -> set[int]:
    """Return the cases shown in a person's chat, in [since, before): by what she did, or by what was sent to her."""
    acted = select(EventRow.case_id).where(
        EventRow.tenant_id == tenant_id,
        col(EventRow.actor).in_([f"person:{one}" for one in person_ids]),
        col(EventRow.at) >= since,
        col(EventRow.at) < before,
        EventRow.act != "denied",
    )
    sent = (
        select(OutboxRow.case_id)
        .join(ConversationRow, col(ConversationRow.id) == col(OutboxRow.conversation_id))
        .where(col(ConversationRow.person_id).in_(person_ids), OutboxRow.state == "sent")
        .where(col(OutboxRow.created_at) >= since, col(OutboxRow.created_at) < before)
    )
    return {case_id for query in (acted, sent) for case_id in session.exec(query) if case_id}


def master_keys(session: Session) -> set[str]:
    """Return the ids of the master keys that anything is sealed with."""
    return set(session.exec(select(SealingKeyRow.master_id).distinct()).all())
