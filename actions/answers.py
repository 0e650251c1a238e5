"""Give, motivate, comment on and undo answers. Each is a new revision with its event; nothing is overwritten."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from actions import signing
from actions.basis import Basis, Sheet
from actions.changes import NONE, Change, Changes, record
from actions.origin import Origin
from checklists import free_text
from checklists.case_dates import read_past_day
from checklists.errors import AnswerNotAllowed, DetailMissing, OnlyReference, UserError
from checklists.free_text import MOST_TEXT, MOST_WHERE, checked
from checklists.lifecycle import State
from checklists.model import NOTHING, How, Motivation, Written
from checklists.privacy import has_personal_number
from checklists.route import Stop, is_open
from storage import answers, drafts
from storage.answers import AnswerRow
from storage.desk import Session

MOST_UNDO = 10
"""How many of her own acts a person may undo, newest first."""


def give(session: Session, origin: Origin, sheet: Sheet, item_id: str, written: Written, undoes: str = "") -> Changes:
    """Store the next revision of one answer. The old note is carried over unless a new one is given.

    undoes: the act that this revision undoes, else empty.
    """
    old = sheet.rows.get(item_id)
    if written.note is None and old is not None and old.note is not None:
        written = replace(written, note=answers.text(session, sheet.filled, old, "note"))
    before = sheet.answers.get(item_id)
    if sheet.filled.status == State.SIGNED:
        signing.ask_before_answer(session, origin, sheet, item_id, written.answer, before)
    row = answers.add(
        session,
        sheet.filled,
        item_id,
        old.revision + 1 if old is not None else 1,
        written,
        author=origin.person_id,
        at=origin.now,
        act=origin.act,
        undo_of=undoes,
    )
    sheet.note(row)
    change = Change("answered", sheet.case, sheet.filled.id, item_id, row.revision)
    return record(session, origin, change) + signing.after_answer(session, origin, sheet, row, before)


def choose(session: Session, origin: Origin, sheet: Sheet, chosen: Mapping[str, str]) -> Changes:
    """Store choices by item id, all or none. An unchanged choice makes no new revision, unless the chef pointed at it.

    Raises: AnswerNotAllowed: one of them is not allowed for its item at present.
    """
    for item_id, choice in chosen.items():
        if choice not in sheet.applied.allowed(sheet.checklist.by_id[item_id]):
            raise AnswerNotAllowed
    if sheet.filled.status == State.SIGNED:
        _ask_before(session, origin, sheet, chosen)
    changes = NONE
    for item_id, choice in chosen.items():
        old = sheet.answers.get(item_id)
        if not sheet.may_choose(item_id):
            continue
        if old is None or old.choice != choice:
            changes += give(session, origin, sheet, item_id, Written(choice))
        elif old.returned:
            changes += give(session, origin, sheet, item_id, sheet.written(session, item_id))
    return changes


def motivation(
    origin: Origin, sheet: Sheet, how: Motivation, text: str, place: str, *, confirmed: bool = False
) -> Written:
    """Build the answer from what was written as a motivation here. Raises: see `free_text.motivation`."""
    is_protected = sheet.case.protected_identity
    try:
        written = free_text.motivation(how, text, place, sheet.motivation, origin.lets, confirmed=confirmed)
    except OnlyReference:
        raise (free_text.no_text() if is_protected else OnlyReference()) from None
    free_text.only_where(written.place, protected=is_protected)
    return written


def last_two(session: Session, sheet: Sheet, item_id: str) -> tuple[Written, Written]:
    """Return the newest content of an answer and the one before it, texts decrypted."""
    before = answers.revision_before(session, sheet.rows[item_id])
    return sheet.written(session, item_id), answers.read(session, sheet.filled, before) if before else NOTHING


def _ask_before(session: Session, origin: Origin, sheet: Sheet, chosen: Mapping[str, str]) -> None:
    """Stop all the choices of a card if one of them would void a signature. Raises: SignatureStands."""
    for item_id, choice in chosen.items():
        old = sheet.answers.get(item_id)
        if old is None or old.choice != choice:
            now = replace(Written(choice).answer, noted=old is not None and old.noted)
            signing.ask_before_answer(session, origin, sheet, item_id, now, old)


def motivate(session: Session, origin: Origin, sheet: Sheet, stop: Stop, written: Written) -> Changes:
    """Store a motivation (see `free_text.motivation`): as a motivation item's answer, or in the items' own rows."""
    changes = NONE
    for item_id in stop.items:
        changes += give(session, origin, sheet, item_id, row_content(sheet, stop, item_id, written))
    drafts.forget(session, sheet.filled, stop.items[0], origin.person_id or 0)
    return changes


def row_content(sheet: Sheet, stop: Stop, item_id: str, written: Written) -> Written:
    """Return the content of the row: a motivation item is answered ja or nej; an item's own row keeps its answer."""
    if stop.about:
        return written
    row = sheet.rows[item_id]
    return replace(written, choice=sheet.answers[item_id].choice, option=row.option, day=row.day)


@dataclass(frozen=True, slots=True)
class Detail:
    """What goes with an answer, as filled in. options: comma-separated ids; method: in words; day: as written."""

    options: str = ""
    method: str = ""
    day: str = ""


def set_note(session: Session, origin: Origin, sheet: Sheet, item_id: str, text: str) -> Changes:
    """Store a note on an answer; an empty text removes the old one.

    Raises: PersonalNumberInText, TextTooLong; OnlyReference: no text is kept of a protected identity.
    """
    note, old = free_text.checked(text, origin.lets), sheet.written(session, item_id)
    free_text.keep_none(note, protected=sheet.case.protected_identity, has_place=False)
    return give(session, origin, sheet, item_id, replace(old, note=note)) if note != (old.note or "") else NONE


def set_method(session: Session, origin: Origin, sheet: Sheet, item_id: str, option: str) -> Changes:
    """Store how an answer came about. Raises: UserError: there is no answer, or no such option."""
    how = sheet.checklist.by_id[item_id].ways
    if item_id not in sheet.rows or how is None or option not in {one.id for one in how.options}:
        raise UserError
    if sheet.rows[item_id].option == option:
        return NONE
    return give(session, origin, sheet, item_id, replace(sheet.written(session, item_id), option=option))


def set_detail(session: Session, origin: Origin, sheet: Sheet, item_id: str, given: Detail) -> Changes:
    """Store what goes with an answer. Raises: AnswerNotAllowed: there is no such answer or option.

    PersonalNumberInText, TextTooLong, and what `read_past_day` raises. DetailMissing: what is required is missing.
    OnlyReference: as `set_note`.
    """
    item, row = sheet.checklist.by_id[item_id], sheet.rows.get(item_id)
    if row is None or row.choice not in item.may_detail:
        raise AnswerNotAllowed
    how = item.ways if item.ways and row.choice in item.ways.answers else None
    known = [option.id for option in how.options] if how else []
    wanted = [option for option in given.options.split(",") if option]
    if not set(wanted) <= set(known) or (len(wanted) > 1 and not (how and how.several)):
        raise AnswerNotAllowed
    method = ""
    if how and how.other and (words := _in_words(how, checked(given.method, origin.lets))):
        # As in a file: the method in words names the other options too.
        named = [option.title for option in how.options if option.id in wanted and option.id != how.other]
        wanted, method = [*wanted, how.other], ", ".join([*named, words])
        free_text.keep_none(words, protected=sheet.case.protected_identity, has_place=False)
    if how and how.required and not wanted:
        raise DetailMissing
    asks_day = item.day is not None and row.choice in item.day.answers and (bool(wanted) or not item.day.after)
    if given.day.strip() and item.day is not None and item.day.after and not wanted:
        raise DetailMissing  # the day belongs to an option, and none is chosen
    day = read_past_day(given.day.strip(), origin.today, "day") if asks_day and given.day.strip() else None
    old = sheet.written(session, item_id)
    option = ",".join(one for one in known if one in wanted)
    if item.how is None and not wanted:
        option = old.option  # the source of a Ja (`Item.ways`) is not asked for together with a day: keep it
    now = replace(old, option=option, method=method, day=day)
    return give(session, origin, sheet, item_id, now) if now != old else NONE


def _in_words(how: How, text: str) -> str:
    """Return the parts of a text that are not the title of an option."""
    titles = {option.title.casefold() for option in how.options}
    return ", ".join(part for part in map(str.strip, text.split(",")) if part and part.casefold() not in titles)


def save_draft(session: Session, origin: Origin, sheet: Sheet, stop: Stop, text: str, place: str) -> bool:
    """Store a person's unfinished text as her private draft, which is no answer.

    Returns: whether anything was stored; an empty text, one with a personal number, or one about people with protected
    identity is not.
    """
    text, place = text.strip()[:MOST_TEXT], place.strip()[:MOST_TEXT]
    if sheet.case.protected_identity:
        text, place = "", place if len(place) <= MOST_WHERE else ""
    if (not text and not place) or any(has_personal_number(one, origin.lets) for one in (text, place)):
        return False
    drafts.keep(session, sheet.filled, stop.items[0], origin.person_id or 0, text, place)
    return True


# --- siblings --------------------------------------------------------------------------------------------------------


def sibling_with(session: Session, basis: Basis, sheet: Sheet, stop: Stop) -> tuple[Sheet, Written] | None:
    """Return the first other child's list whose answer to an open stop can be taken over, and that content.

    For a question, the content is the answer and how it came about; for a motivation, the text or where it is.
    """
    if stop.kind not in ("question", "motivation") or not is_open(stop, sheet.applied):
        return None
    item_id = stop.items[0]
    for other in basis.sheets:
        if other is sheet or item_id not in other.rows or other.filled.version != sheet.filled.version:
            continue
        found = other.written(session, item_id)
        if stop.kind == "question" and found.choice in sheet.applied.allowed(sheet.checklist.by_id[item_id]):
            return other, Written(found.choice, option=found.option, method=found.method, day=found.day)
        if (
            stop.kind == "motivation"
            and found.motivation_kind in _fitting(sheet)
            and (stop.about or _is_own(sheet, found, item_id))
        ):
            return other, replace(found, note=None, raw="")
    return None


def _fitting(sheet: Sheet) -> tuple[Motivation, ...]:
    """Return the kinds of motivation that may be taken over here."""
    kinds: dict[str, tuple[Motivation, ...]] = {"text": ("text",), "reference": ("reference",)}
    return kinds.get(sheet.motivation, ("text", "reference"))


def _is_own(sheet: Sheet, found: Written, item_id: str) -> bool:
    """Return whether a motivation in an item's own row belongs to the same answer as here."""
    return found.choice == sheet.answers[item_id].choice


def take_over(session: Session, origin: Origin, sheet: Sheet, stop: Stop, content: Written) -> Changes:
    """Store another child's answer as this list's; nothing else is taken over with it."""
    if stop.kind == "motivation":
        return motivate(session, origin, sheet, stop, content)
    return give(session, origin, sheet, stop.items[0], content)


# --- the fields of a card left unsaved -------------------------------------------------------------------------------


IN_WORDS = ("comment", "reason")
"""The fields of such cards that hold free text about the case; the same with `.place` says where in the file it is."""


def keep_fields(session: Session, origin: Origin, sheet: Sheet, card: str, fields: Mapping[str, str]) -> bool:
    """Keep what is filled in on a card that its author leaves unsaved, as her private draft beside a list of the case.

    Returns: whether it was kept; nothing is if a field is too long or holds a personal number, and with protected
    identity no text is.
    """
    given = {name: value.strip() for name, value in fields.items() if value.strip()}
    if sheet.case.protected_identity:
        places = [name for name in given if name.endswith(".place")]
        stories = {*IN_WORDS, *(name for name in places if len(given[name]) > MOST_WHERE)}
        given = {name: value for name, value in given.items() if name not in stories}
    if any(len(value) > MOST_TEXT or has_personal_number(value, origin.lets) for value in given.values()):
        return False
    text = json.dumps(given, ensure_ascii=False) if given else ""
    drafts.keep(session, sheet.filled, f"+{card}", origin.person_id or 0, text, "")
    return bool(given)


def kept_fields(session: Session, origin: Origin, sheet: Sheet, card: str) -> Mapping[str, str]:
    """Return what `keep_fields` kept of a card, by field."""
    text, _ = drafts.read(session, sheet.filled, f"+{card}", origin.person_id or 0)
    return dict(json.loads(text)) if text else {}


# --- a typed line that its author is asked about ---------------------------------------------------------------------


def ask_about(session: Session, origin: Origin, sheet: Sheet, stop: Stop, text: str) -> None:
    """Keep a typed line until its author has said whether it is meant as a motivation. It is no answer."""
    drafts.keep(session, sheet.filled, _asked_key(stop), origin.person_id or 0, text.strip()[:MOST_TEXT], "")


def asked_about(session: Session, origin: Origin, sheet: Sheet, stop: Stop) -> str:
    """Return the line its author was asked about, "" if there is none."""
    return drafts.read(session, sheet.filled, _asked_key(stop), origin.person_id or 0)[0]


def forget_asked(session: Session, origin: Origin, sheet: Sheet, stop: Stop) -> None:
    """Drop the line its author was asked about."""
    drafts.forget(session, sheet.filled, _asked_key(stop), origin.person_id or 0)


def _asked_key(stop: Stop) -> str:
    """Return the draft key of such a line: not that of the draft, which is the text being written on the card."""
    return f"?{stop.items[0]}"[:60]


# --- undo ------------------------------------------------------------------------------------------------------------


def act_to_undo(session: Session, person_id: int, basis: Basis, act: str = "") -> tuple[Sheet, list[AnswerRow]] | None:
    """Return the act a person may undo on a basis, with its sheet; rows newest first. None if there is none.

    act: the act to undo, if it still may be; empty: her newest that is not undone. Only her last MOST_UNDO acts count.
    """
    acts = [(done, sheet) for sheet in basis.sheets for done in answers.acts_of(session, sheet.filled.id, person_id)]
    acts.sort(key=lambda pair: pair[0].newest, reverse=True)
    for done, sheet in acts[:MOST_UNDO]:
        if not done.undone and act in ("", done.rows[0].act):
            return sheet, list(done.rows)
    return None


def leaves_choices(session: Session, rows: list[AnswerRow]) -> bool:
    """Return whether undoing an act changes no choice, because it only added to answers. rows: newest first."""
    first, last = {row.item_id: row for row in rows}, {row.item_id: row for row in reversed(rows)}
    before = {item_id: answers.revision_before(session, row) for item_id, row in first.items()}
    return all(was is not None and was.choice == last[item_id].choice for item_id, was in before.items())


def undo(session: Session, origin: Origin, sheet: Sheet, rows: list[AnswerRow]) -> Changes | None:
    """Restore the answers of one act to what they were before it; None if they have been changed since."""
    # One act may store an answer twice (`nej, TEXT`): rows come newest first, so these are its last and its first.
    last = {row.item_id: row for row in reversed(rows)}
    first = {row.item_id: row for row in rows}
    if not all(_stands(session, sheet.rows[item_id], row) for item_id, row in last.items()):
        return None
    changes = NONE
    for item_id, row in first.items():
        before = answers.revision_before(session, row)
        written = answers.read(session, sheet.filled, before) if before else NOTHING
        written = replace(written, note=written.note or "")  # a note that came with the act goes with it
        if sheet.case.protected_identity:
            written = _without_words(sheet, item_id, written, sheet.written(session, item_id))
        changes += give(session, origin, sheet, item_id, written, undoes=row.act)
    return changes


def _without_words(sheet: Sheet, item_id: str, before: Written, now: Written) -> Written:
    """Return an answer to restore without the words that are not there now: they are not written once more."""
    note = before.note if before.note == now.note else ""
    method = before.method if before.method == now.method else ""
    before = replace(before, note=note, method=method)
    if before.motivation in ("", now.motivation):
        return before
    if before.place:
        return replace(before, motivation="", motivation_kind="reference")
    choice = "nej" if sheet.checklist.by_id[item_id].motivates else before.choice
    return replace(before, choice=choice, motivation="", motivation_kind="missing")


def _stands(session: Session, newest: AnswerRow, row: AnswerRow) -> bool:
    """Return whether the answer is still as this row left it: everything that came later has been undone."""
    now: AnswerRow | None = newest
    while now is not None and now.undo_of:
        taken = now.undo_of
        while now is not None and now.act != taken:
            now = answers.revision_before(session, now)
        while now is not None and now.act == taken:
            now = answers.revision_before(session, now)
    return now is not None and now.id == row.id
