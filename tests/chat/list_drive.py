"""Fills in any list by typing, by pressing and by form, as whoever answers it would; the card in view decides."""

from collections.abc import Mapping

from sqlmodel import col, select

from checklists.loader import newest
from checklists.model import Item, ListId, Role
from storage import answers, people
from storage.answers import AnswerRow
from storage.calibrations import CalibrationRow
from storage.cases import CaseRow
from storage.desk import Session
from storage.filled import FilledRow
from storage.round_cases import RoundCaseRow
from storage.round_readings import ReadingRow
from storage.round_reviewers import ConsentRow
from storage.rounds import RoundRow
from tests.chat.harness import NORTH, TENANT, Chat, Room, move_in
from tests.chat.lived import lived_once
from tests.sql.import_files import import_cases
from texts import Language, say

ADULT_UNIT = "Relationsvåld vuxna (påhittad)"
OTHERS = (
    ("hugo", "Hugo Vuxenchef", ADULT_UNIT, "unit_manager"),
    ("ylva", "Ylva Vuxenhandläggare", ADULT_UNIT, "case_worker"),
    ("greta", "Greta Granskare", NORTH, "peer_reviewer"),
)
DEPUTY = ("dag", "Dag Ersättare", ADULT_UNIT, "deputy")
CHILD, ADULT = "SN 2026/0700", "RVT 2026/0042"
DAY = "2026-05-06"


@lived_once
def furnish(room: Room) -> None:
    """Add an adult unit, a reviewer, a deputy, a child's case with a lead and an adult's case with two children."""
    move_in(room.desk, *OTHERS)
    move_in(room.desk, DEPUTY, days="2026-05-01,2026-06-30")
    takes_in(
        room, case_ref=CHILD, unit=NORTH, lead_email="anna@example.invalid", intervention_decided="ja", violence="ja"
    )
    takes_in(room, case_ref=ADULT, unit=ADULT_UNIT, case_type="vuxen", lead_email="ylva@example.invalid", children="2")
    is_drawn(room, "greta", "peer_review_bou", CHILD)
    is_drawn(room, "greta", "rvt_self_check", ADULT)


def is_drawn(room: Room, name: str, checklist: ListId, ref: str) -> None:
    """Put a case into an open round for a reviewer who has calibrated and said that she has no tie to it."""

    def work(session: Session) -> None:
        case = session.exec(select(CaseRow).where(CaseRow.ref == ref)).one()
        person = people.by_email(session, 1, f"{name}@example.invalid")
        assert person is not None
        version, day = newest(checklist).version, room.now.date()
        made = RoundRow(
            **{"tenant_id": 1, "nonce": f"{name} {case.id}", "name": b"", "pool": b"", "checklist": checklist},
            **{"version": version, "first": day, "last": day, "method": "random", "seed": "1", "per_unit": 1},
            **{"opens_on": day, "closes_on": day, "state": "open", "made_by": person.id, "made_at": room.now},
        )
        session.add(made)
        session.flush()
        of = {"tenant_id": 1, "round_id": made.id}
        drawn = {"case_id": case.id, "unit_id": case.unit_id, "decided_on": day, "place": 1, "drawn": True}
        session.add(RoundCaseRow(**of, **drawn))
        session.add(ReadingRow(**of, case_id=case.id, person_id=person.id, declared="none", declared_at=room.now))
        at = {"person_id": person.id, "checklist": checklist, "version": version, "akt": "made_up"}
        session.add(CalibrationRow(**of, **at, at=room.now, choices="{}"))
        for side in ("lends", "borrows"):
            session.add(ConsentRow(**of, person_id=person.id, unit_id=case.unit_id, side=side, said="yes"))

    room.desk.run_now(work)


def takes_in(room: Room, **cells: str) -> None:
    """Import one case."""
    row = {"tenant_id": TENANT, **cells}
    raw = "\n".join((";".join(row), ";".join(row.values()))).encode()
    room.desk.run_now(lambda session: import_cases(session, raw, frozenset({TENANT}), room.now, "cli:test"))


def speaks(chat: Chat, language: Language) -> Chat:
    """Choose a language."""
    if language == "en":
        chat.types("språk en")
        chat.language = "en"
    return chat


def words(chat: Chat, key: str) -> str:
    """Return a sentence in the person's language."""
    return say(key, "en" if chat.language == "en" else "sv")


def begins(chat: Chat, checklist: ListId, ref: str, how: str = "press") -> Chat:
    """Begin a list by its command, and fill in the card before it, if there is one."""
    chat.types(f"{'new' if chat.language == 'en' else 'ny'} {checklist} {ref}")
    if chat.view is not None and chat.view.kind == "facts":
        starts(chat, how)
    return chat


def starts(chat: Chat, how: str = "press", *, title: str = "buttons.save") -> Chat:
    """Fill in the card before a list."""
    view = chat.view
    assert view is not None
    assert view.kind == "facts", chat.text
    fields = {field.fact: "ja" for field in view.fields}
    fields |= {"received_on": DAY} if view.received is not None else {}
    fields |= {"children": "2"} if view.asks_children else {}
    fields |= {"akt_part": view.parts[0]} if view.parts else {}
    if how == "type":
        order = [name for name in ("received_on", "children", "akt_part") if name in fields]
        return chat.types(" ".join(fields[name] for name in order + [field.fact for field in view.fields]))
    return chat.presses(words(chat, title), fields)


def presses_through(chat: Chat, given: Mapping[str, str] | None = None) -> Chat:
    """Answer each question by its button, and what goes with the answer on its card, until the summary."""
    for _ in range(60):
        view = chat.view
        assert view is not None
        if view.kind == "summary":
            return chat
        if view.kind == "question":
            choice = (given or {}).get(view.item.item, first_choice(chat, view.item.item))
            chat.presses(words(chat, f"answers.{choice}"))
        elif view.kind == "group":
            chosen = {row.item: words(chat, f"answers.{first_choice(chat, row.item)}") for row in view.items}
            chat.presses(words(chat, "buttons.save"), chosen)
        elif view.kind == "detail":
            chat.presses(words(chat, "buttons.save"), detail_of(view.checklist, view.version, view.item.item))
        else:
            assert view.kind == "motivation", f"{view.kind}: {chat.text}"
            why = {"motivation": "Påhittad motivering: det framgår inte", "place": "s. 4"}
            chat.presses(words(chat, "buttons.save"), why)
    raise AssertionError(chat.text)


def types_through(chat: Chat, given: Mapping[str, str] | None = None) -> Chat:
    """The same by typing."""
    for _ in range(60):
        view = chat.view
        assert view is not None
        if view.kind == "summary":
            return chat
        if view.kind == "question":
            choice = (given or {}).get(view.item.item, first_choice(chat, view.item.item))
            chat.types(words(chat, f"answers.{choice}"))
        elif view.kind == "group":
            chat.types(" ".join(words(chat, f"answers.{first_choice(chat, row.item)}") for row in view.items))
        elif view.kind == "detail":
            fields = detail_of(view.checklist, view.version, view.item.item, title=True)
            chat.types(", ".join(fields.values()))
        else:
            assert view.kind == "motivation", f"{view.kind}: {chat.text}"
            chat.types("Påhittad motivering som står i akten")
    raise AssertionError(chat.text)


def forms_through(chat: Chat, given: Mapping[str, str] | None = None) -> Chat:
    """The same by form, as often as something has come to apply."""
    for _ in range(12):
        view = chat.view
        assert view is not None
        if view.kind == "summary":
            return chat
        assert view.kind == "form", f"{view.kind}: {chat.text}"
        fields: dict[str, str] = {}
        for field in view.fields:
            for listed in field.items:
                if field.kind == "choice":
                    fields[listed.item] = (given or {}).get(listed.item, first_choice(chat, listed.item))
                elif field.kind == "motivation":
                    fields[f"{listed.item}.text"] = "Påhittad motivering från formuläret"
                else:
                    own = detail_of(view.checklist, view.version, listed.item)
                    fields |= {f"{listed.item}.{name}": value for name, value in own.items()}
        chat.presses(words(chat, "buttons.save"), fields)
    raise AssertionError(chat.text)


def first_choice(chat: Chat, item_id: str) -> str:
    """Return the first answer that the item allows."""
    view = chat.view
    assert view is not None
    return item_of(view, item_id).answers[0]


def item_of(view: object, item_id: str) -> Item:
    """Return an item of the list of a view."""
    return newest(str(getattr(view, "checklist"))).by_id[item_id]  # noqa: B009


def detail_of(checklist: str, version: int, item_id: str, *, title: bool = False) -> dict[str, str]:
    """Return fields for what goes with an answer: the first two ways, by id or title, and a day."""
    item = newest(checklist).by_id[item_id]
    assert newest(checklist).version == version
    found = {}
    if item.how:
        ways = [option.title if title else option.id for option in item.how.options]
        found["options"] = ", ".join(ways[:2] if item.how.several else ways[:1])
    if item.day:
        found["day"] = DAY
    return found


def rows_of(room: Room, checklist: ListId, role: Role, ref: str) -> dict[str, AnswerRow]:
    """Return the newest answers of the lists of a role in a case, by item."""
    case = room.case(ref)

    def work(session: object) -> dict[str, AnswerRow]:
        query = select(FilledRow).where(FilledRow.case_id == case.id, FilledRow.checklist == checklist)
        found: dict[str, AnswerRow] = {}
        for row in session.exec(query.where(FilledRow.role == role).order_by(col(FilledRow.id))).all():  # type: ignore[attr-defined]
            found |= answers.latest(session, row.id)  # type: ignore[arg-type]
        return found

    return room.desk.run_now(work)
