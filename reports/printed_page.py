"""The content of the printed page of a filled-in checklist, loaded from storage as plain data."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from checklists.cells import method_words
from checklists.events import EventName
from checklists.lifecycle import WRITER
from checklists.loader import all_facts, checklist_version
from checklists.model import OPEN, Checklist
from checklists.rules import Applied
from checklists.swedish_time import stamp
from reports.printed_words import WORDS, answer_word, code_word
from storage import answers, cases, extensions, people, returns, signatures, trail
from storage.answers import AnswerRow
from storage.cases import CaseRow
from storage.desk import Session
from storage.filled import FilledRow
from texts import say

Named = tuple[str, str]
"""(heading, text): the text may have several lines."""


@dataclass(frozen=True, slots=True)
class Row:
    """One printed answer. who: author and time, on two lines."""

    number: int
    question: str
    answer: str
    who: str = ""
    texts: Sequence[Named] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A decision about the case or the list: an extension or a return."""

    title: str
    who: str
    texts: Sequence[Named]


@dataclass(frozen=True, slots=True)
class Seen:
    """One child's answers as shown to the signer. child: 0 if there is only one, or the list is about the case."""

    child: int
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature, with what the signer was shown. exact: the canonical JSON that was hashed."""

    title: str
    texts: Sequence[Named]
    sheets: Sequence[Seen]
    exact: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on one page. answers: the newest. earlier: the revisions that were replaced."""

    title: str
    ref: str
    filed: str
    protected: bool
    head: Sequence[Named]
    facts: Sequence[Named]
    answers: Sequence[Row]
    earlier: Sequence[Row]
    extensions: Sequence[Note] = ()
    returns: Sequence[Note] = ()
    signatures: Sequence[Signature] = ()
    language: str = field(default="sv", init=False)


def gather(session: Session, case: CaseRow, row: FilledRow, day: date) -> Page:
    """Return the page of one filled-in list. day: the date printed. Raises: SealBroken, KeyGone."""
    checklist = checklist_version(row.checklist, row.version)
    newest, earlier = _answers(session, case, row, checklist)
    return Page(
        title=checklist.title,
        ref=case.ref,
        filed=say("printed.filed", "sv", day=day.isoformat()),
        protected=case.protected_identity,
        head=_head(session, case, row),
        facts=_facts(session, case, row),
        answers=newest,
        earlier=earlier,
        extensions=_extensions(session, case),
        returns=_returns(session, case, row, checklist),
        signatures=_signatures(session, case, row, checklist),
    )


def _head(session: Session, case: CaseRow, row: FilledRow) -> list[Named]:
    role = code_word("role_", row.role)
    if row.person_id:
        role = say("printed.and_person", "sv", role=role, name=_name(session, row.tenant_id, row.person_id))
    found = {
        "case": case.ref,
        "unit": people.unit_names(session, row.tenant_id)[row.unit_id],
        "child": str(row.child) if row.child and case.children > 1 else "",
        "filled_by": role,
        "version": str(row.version),
        "occasion": str(row.occasion),
        "file_part": code_word("part_", row.file_part) if row.file_part else "",
        "begun": _time(row.begun_at),
        "sent": _time(row.sent_at) if row.sent_at else "",
        "status": code_word("status_", row.status),
    }
    dates = [(code_word("date_", name), getattr(case, name)) for name in cases.KEPT_DATES]
    return [(WORDS[name], value) for name, value in found.items() if value] + [
        (title, value.isoformat()) for title, value in dates if value
    ]


def _facts(session: Session, case: CaseRow, row: FilledRow) -> list[Named]:
    known = cases.known_facts(session, case.id, row.child)
    return [
        (fact.ask, answer_word(known.get(fact.id, cases.UNKNOWN)))
        for fact in all_facts().values()
        if fact.per == "case" or row.child
    ]


def _answers(session: Session, case: CaseRow, row: FilledRow, checklist: Checklist) -> tuple[list[Row], list[Row]]:
    """Return the newest answers, one per question, and the earlier revisions."""
    history = answers.history(session, row.id)
    newest = {answer.item_id: answer for answer in history}
    known = cases.known_facts(session, case.id, row.child)
    domain = {item_id: answers.to_domain(answer) for item_id, answer in newest.items()}
    applied = Applied(checklist, known, domain)
    standing = []
    for item in checklist.asked[row.role]:
        counted, answer = applied.state(item.id), newest.get(item.id)
        standing.append(_row(session, row, checklist, item.id, counted, answer))
    earlier = [
        _row(session, row, checklist, answer.item_id, answer.choice, answer)
        for answer in history
        if answer is not newest[answer.item_id]
    ]
    return standing, earlier


def _row(
    session: Session, row: FilledRow, checklist: Checklist, item_id: str, counted: str, answer: AnswerRow | None
) -> Row:
    item = checklist.by_id[item_id]
    texts, who = [], ""
    if answer is not None:
        written = answers.read(session, row, answer)
        if answer.choice not in (counted, OPEN):
            gave = answer_word(answer.choice)
            texts.append((WORDS["last"], say("printed.last_given", "sv", answer=gave)))
        found = {
            item.ways.ask if item.ways else WORDS["answer"]: method_words(item, written),
            item.day.ask if item.day else "": written.day.isoformat() if written.day else "",
            WORDS["answered_on"]: answer.answered_on.isoformat() if answer.answered_on else "",
            WORDS["motivation"]: written.motivation or _kind(written.motivation_kind),
            WORDS["place"]: written.place,
            WORDS["note"]: written.note or "",
            WORDS["raw"]: written.raw,
        }
        texts += [(name, value) for name, value in found.items() if value]
        who = f"{_name(session, row.tenant_id, answer.author_id)}\n{_time(answer.at)}"
    return Row(checklist.numbers[item_id], item.ask, answer_word(counted), who, texts)


def _kind(motivation_kind: str) -> str:
    return {"reference": WORDS["in_file"], "missing": WORDS["no_motivation"]}.get(motivation_kind, "")


def _extensions(session: Session, case: CaseRow) -> list[Note]:
    return [
        Note(
            say(
                "printed.extension",
                "sv",
                limit=code_word("limit_", one.limit),
                until=one.until.isoformat(),
                reason_class=code_word("class_", one.reason_class),
            ),
            f"{_name(session, case.tenant_id, one.author_id)}, {_time(one.at)}",
            [(WORDS["reason"], extensions.reason(session, one))],
        )
        for one in extensions.of_case(session, case)
    ]


def _returns(session: Session, case: CaseRow, row: FilledRow, checklist: Checklist) -> list[Note]:
    """Return the returns of its occasion that returned this list too: one that was added later was not among them."""
    moments = [row.begun_at]
    if row.role == WRITER:  # an import may date its beginning back; what is returned has been sent
        sent: Sequence[EventName] = ("sent",)
        moments = [event.at for event in trail.of_lists(session, (case.id,), sent) if event.filled_id == row.id]
    notes = []
    for one in returns.of_case(session, case.id):
        was_there = any(moment <= one.at for moment in moments)
        if was_there and (one.checklist, one.occasion) == (row.checklist, row.occasion):
            points = sorted(checklist.numbers[item] for item in returns.points(session, one.id or 0, row.id))
            about = say("printed.points", "sv", numbers=", ".join(map(str, points)))
            title = about if points else WORDS["returns"]
            who = f"{_name(session, one.tenant_id, one.person_id)}, {_time(one.at)}"
            notes.append(Note(title, who, [(WORDS["note"], returns.comment_of(session, one))]))
    return notes


def _signatures(session: Session, case: CaseRow, row: FilledRow, checklist: Checklist) -> list[Signature]:
    """Return the signatures that are bound to this list, newest first: one that was added later was not signed."""
    found = []
    for one in reversed(signatures.of_case(session, case.id)):
        if str(row.id) not in signatures.bound_of(one):
            continue
        name, role = _name(session, one.tenant_id, one.signer_id), code_word("role_", one.role)
        view = signatures.view_of(session, one)
        texts = [(WORDS["with_shortfall"], signatures.reason_of(session, one))] if one.shortfall else []
        if one.voided_at:
            texts.append((WORDS["status"], say("printed.voided", "sv", at=_time(one.voided_at))))
        texts.append((WORDS["checksum"], one.view_hash))
        title = say("printed.signed", "sv", name=name, role=role, at=_time(one.at))
        found.append(Signature(title, texts, list(_seen(json.loads(view), checklist)), view))
    return found


def _seen(view: object, checklist: Checklist) -> Iterator[Seen]:
    """Yield the answers in a signed view, as far as its format is known; the exact JSON is printed in any case."""
    sheets = view.get("sheets") if isinstance(view, Mapping) else None
    for sheet in sheets if isinstance(sheets, list) else ():
        rows = [
            Row(checklist.numbers[one["item"]], checklist.by_id[one["item"]].ask, answer_word(one["state"]), "", t)
            for one in sheet.get("rows", ())
            if one.get("item") in checklist.by_id and isinstance(one.get("state"), str)
            for t in [_seen_texts(one)]
        ]
        yield Seen(sheet.get("head", {}).get("child", 0), rows)


def _seen_texts(row: Mapping[str, str]) -> list[Named]:
    found = {
        WORDS["motivation"]: row.get("text") or _kind(row.get("motivation", "")),
        WORDS["place"]: row.get("place", ""),
        WORDS["note"]: row.get("note", ""),
    }
    return [(name, value) for name, value in found.items() if value]


def _name(session: Session, tenant_id: int, person_id: int | None) -> str:
    if person_id is None:
        return WORDS["import"]
    person = people.person(session, tenant_id, person_id)
    return person.name if person else WORDS["somebody"]


def _time(at: datetime) -> str:
    return stamp(at)
