"""`export --what case`: everything stored about one case, for a register extract; also with protected identity.

People who did something are given by role. A reading is what a chef or reviewer answered herself; `access` is every
event of the case in the trail, this extract among them.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from checklists.errors import UserError
from checklists.faults import Code, Refusal, fault
from checklists.loader import checklist_version
from checklists.references import normal_ref
from checklists.swedish_time import local
from storage import (
    access_log,
    answers,
    case_extract,
    case_links,
    case_reasons,
    cases,
    closed_investigations,
    drafts,
    extensions,
    measures,
    outbox,
    people,
    returns,
    signatures,
    tenants,
    trail,
)
from storage.answers import AnswerRow
from storage.cases import CaseRow
from storage.desk import Session
from storage.filled import FilledRow
from storage.tenants import TenantRow

COLUMNS = ("kind", "what", "value", "by_role", "at")
Row = list[str]


class NoSuchCase(Refusal):
    """No municipality has a case with this reference."""

    def __init__(self) -> None:
        super().__init__(fault(Code.NO_CASE_OR_UNIT))


class InSeveral(Refusal):
    """Several municipalities have a case with this reference: their rows are never put into one file."""

    def __init__(self) -> None:
        super().__init__(fault(Code.CASE_IN_SEVERAL))


def case_rows(session: Session, ref: str, tenant: str, actor: str, now: datetime) -> Iterator[Row]:
    """Record in the trail that the extract is made, and yield its rows.

    tenant: the municipality's Entra id; "" if only one has the case. actor: who makes it.

    Raises: NoSuchCase, InSeveral, SealBroken, MasterGone.
    """
    found = [
        (one, case)
        for one in tenants.everyone(session)
        if tenant.casefold() in ("", one.entra_id.casefold()) and (case := _case(session, one, ref))
    ]
    if not found:
        raise NoSuchCase
    if len(found) > 1:
        raise InSeveral
    [(municipality, case)] = found
    trail.record(session, municipality.id, now, actor, "export", case_id=case.id, detail="case")
    session.flush()
    return rows_of(session, case)


def _case(session: Session, tenant: TenantRow, ref: str) -> CaseRow | None:
    try:
        return cases.find(session, tenant.id, normal_ref(ref, tenants.setting(tenant, "case_ref_pattern")))
    except UserError:
        return None


def rows_of(session: Session, case: CaseRow, unseen: Collection[int] = ()) -> Iterator[Row]:
    """Yield the rows of one case: what it is, facts, lists with answers, extensions, signatures, messages, accesses.

    unseen: row ids of lists whose answers are left out.
    """
    made = _Extract(session, case, access_log.names_and_roles(session, case.tenant_id))
    yield from made.case_itself()
    for row in case_extract.lists(session, case.id):
        yield from made.of_list(row)
        if row.id not in unseen:
            yield from made.answers_in(row)
    yield from made.decisions()
    yield from made.rounds()
    yield from made.linked()
    yield from made.measures()
    yield from made.told()
    yield from made.accesses()


@dataclass(frozen=True, slots=True)
class _Extract:
    session: Session
    case: CaseRow
    who: dict[int, tuple[str, str]]
    """Name and roles by person row id."""

    def case_itself(self) -> Iterator[Row]:
        case = self.case
        about = {
            "case_ref": case.ref,
            "unit": people.unit_names(self.session, case.tenant_id)[case.unit_id],
            "case_type": case.case_type,
            "children": str(case.children),
            "protected_identity": "ja" if case.protected_identity else "nej",
            "lead": self._name(case.lead_id),
            "co_worker": self._name(case.co_id),
        }
        yield from (["case", what, value, "", ""] for what, value in about.items() if value)
        for name in cases.KEPT_DATES:
            if day := getattr(case, name):
                yield ["date", name, day.isoformat(), "", ""]
        for number, closed in enumerate(closed_investigations.of_case(self.session, case.id), start=1):
            for name in cases.KEPT_DATES:
                if day := getattr(closed, name):
                    yield ["date", f"{name} (closed investigation {number})", day.isoformat(), "", ""]
        for fact in case_extract.facts(self.session, case.id):
            what = _of_child(fact.name, fact.child)
            yield ["fact", what, fact.value or cases.UNKNOWN, self._role(fact.author_id), _at(fact.at)]

    def of_list(self, row: FilledRow) -> Iterator[Row]:
        kind = "list" if row.role == "case_worker" else "reading"
        what = _of_child(f"{row.checklist} v{row.version}, occasion {row.occasion}", row.child)
        moments = (("begun", row.begun_at), ("sent", row.sent_at), ("read", row.seen_at))
        yield from ([kind, what, act, row.role, _at(moment)] for act, moment in moments if moment)
        yield [kind, what, f"status: {row.status}", row.role, ""]

    def answers_in(self, row: FilledRow) -> Iterator[Row]:
        for answer in answers.history(self.session, row.id):
            yield from self._answer(row, answer)
        for draft in case_extract.drafts(self.session, row.id):
            text, place = drafts.read(self.session, row, draft.item_id, draft.person_id)
            value = " | ".join(filter(None, (text, place)))
            yield ["draft", _question(row, draft.item_id), value, row.role, ""]

    def _answer(self, row: FilledRow, answer: AnswerRow) -> Iterator[Row]:
        written = answers.read(self.session, row, answer)
        what = f"{_question(row, answer.item_id)} (revision {answer.revision})"
        by = row.role if answer.author_id else "import"
        kind = "answer" if row.role == "case_worker" else "reading"
        texts = {
            "": answer.choice,
            "option": answer.option,
            "answered_on": _day(answer.answered_on),
            "on": _day(answer.day),
            "motivation": written.motivation,
            "motivated": "" if written.motivation else answer.motivation_kind,
            "place": written.place,
            "note": written.note or "",
            "method": written.method,
            "raw": written.raw or "",
        }
        for name, value in texts.items():
            if value:
                yield [kind, f"{what}: {name}" if name else what, value, by, _at(answer.at)]

    def decisions(self) -> Iterator[Row]:
        session, case = self.session, self.case
        for one in extensions.of_case(session, case):
            what = f"{one.limit}, {one.reason_class}, until {one.until}, decided {_day(one.decided_on)}"
            yield ["extension", what, extensions.reason(session, one), self._role(one.author_id), _at(one.at)]
        for reason in case_reasons.of_case(session, case.id):
            yield ["reason", reason.reason, reason.day.isoformat(), self._role(reason.author_id), _at(reason.at)]
        for sent_back in returns.of_case(session, case.id):
            what = f"{sent_back.checklist}, occasion {sent_back.occasion}"
            yield ["return", what, returns.comment_of(session, sent_back), sent_back.role, _at(sent_back.at)]
        for signed in signatures.of_case(session, case.id):
            what = f"{signed.checklist}, occasion {signed.occasion}"
            parts = {
                "signed": "with shortfall" if signed.shortfall else "whole",
                "reason": signatures.reason_of(session, signed) if signed.shortfall else "",
                "hash": signed.view_hash,
                "view": signatures.view_of(session, signed),
                "voided": _at(signed.voided_at) if signed.voided_at else "",
            }
            for name, value in parts.items():
                if value:
                    yield ["signature", f"{what}: {name}", value, signed.role, _at(signed.at)]

    def rounds(self) -> Iterator[Row]:
        for one, row in case_extract.rounds(self.session, self.case.id):
            what = f"round {row.id}, {row.checklist} v{row.version}, decided {row.first} to {row.last}"
            what += ", the first decided, not drawn at random" if row.method == "first" else ""
            value = "drawn" if one.drawn else "replaced" if one.replaced else "in the frame"
            value += f", not reviewed: {one.why_not}" if one.why_not else ""
            yield ["review", what, value, self._role(row.made_by), _at(row.made_at)]

    def linked(self) -> Iterator[Row]:
        """Yield the number and unit of each linked case; if it has protected identity, its unit alone."""
        units, own = people.unit_names(self.session, self.case.tenant_id), self.case.id
        for link, other in case_links.of_case(self.session, own):
            ref = "protected identity" if other.protected_identity else other.ref
            yield ["linked", ref, units[other.unit_id], self._role(link.by_id), _at(link.at)]
        for one in case_links.joint_of_case(self.session, own):
            who = f"{self._role(one.by_id)}, {self._role(one.with_id)}"
            yield ["joint", "bedömning i samråd med BoU", one.day.isoformat(), who, _at(one.at)]

    def measures(self) -> Iterator[Row]:
        for row in measures.of_case(self.session, self.case.id):
            what = f"{row.checklist} v{row.version}, {row.item_id}, due {_day(row.due_on)}"
            for value, by, at in (
                (f"made, to {self._role(row.owner_id)}", row.made_by, row.made_at),
                ("done", row.owner_id, row.done_at),
                ("checked", row.checked_by, row.checked_at),
            ):
                if at is not None:
                    yield ["measure", what, value, self._role(by), _at(at)]

    def told(self) -> Iterator[Row]:
        for row in case_extract.messages(self.session, self.case.tenant_id, self.case.id):
            yield [
                "message",
                f"{row.kind}, {row.state}",
                self._said(outbox.view_of(self.session, row)),
                "system",
                _at(row.created_at),
            ]
        for told in case_extract.reminders(self.session, self.case.id):
            yield ["reminder", told.rule, f"to {self._role(told.person_id)}", "system", told.day.isoformat()]

    def _said(self, text: str) -> str:
        """Return a stored message, without the number of another case if that case now has protected identity."""
        reply = json.loads(text)
        unnamed = reply["view"].pop("unnamed", None)
        if unnamed is None:
            return text
        other = {unnamed["case"]} - {self.case.id}
        if cases.protected_among(self.session, other):
            reply["view"]["lines"] = unnamed.get("lines", [])
        return json.dumps(reply, ensure_ascii=False, separators=(",", ":"))

    def accesses(self) -> Iterator[Row]:
        for row in access_log.events(self.session, self.case.tenant_id, case_id=self.case.id):
            kind, _, number = row.event.actor.partition(":")
            by = self._role(int(number)) if kind == "person" and number.isdigit() else kind
            value = ", ".join(filter(None, (row.event.item_id, row.event.detail)))
            yield ["access", row.event.act, value, by, _at(row.event.at)]

    def _name(self, person_id: int | None) -> str:
        return self.who.get(person_id or 0, ("", ""))[0]

    def _role(self, person_id: int | None) -> str:
        return self.who.get(person_id or 0, ("", ""))[1]


def _question(row: FilledRow, item_id: str) -> str:
    item = checklist_version(row.checklist, row.version).by_id.get(item_id)
    return _of_child(item.question if item else item_id, row.child)


def _of_child(what: str, child: int) -> str:
    return f"{what}, barn {child}" if child else what


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _at(moment: datetime) -> str:
    return local(moment).isoformat(timespec="seconds")
