"""The chef's decision on what she has read: sign, sign with a shortfall, or send back; and what she saw then."""

from uuid import uuid4

from actions.basis import Basis, load, written
from checklists.errors import CommentMissing, PersonalNumberInText, TextTooLong, UserError
from checklists.privacy import refuse_personal_numbers
from checklists.rights import OWN_CASE, READER, Right
from dialogs.chef import reading_cards as show_reading
from dialogs.chef.compare import canonical, comparison, hash_of, revisions
from dialogs.chef.reading import enter
from dialogs.messages import prompts
from dialogs.turn.declared import Press, Verb
from dialogs.turn.find_case import case_by_id, closed_case
from dialogs.turn.turn_context import Talk
from dialogs.views.chef import ReturnView, ShortfallView
from dialogs.views.views import AnyView, Button, Claim, ClosedView, GapRow, Line
from dialogs.worker import next_card as show
from dialogs.worker.landing import MOST_TEXT
from dialogs.worker.summary_card import MOST_GAPS, gap_row
from storage import cases, returns, signatures
from storage.returns import ReturnRow
from storage.signatures import SignatureRow

SIGN = Right("sign", "case", READER)
SHORTFALL = Right("sign_shortfall", "case", READER)
SAVE_SHORTFALL = Right("save_shortfall", "case", READER)
SEND_BACK = Right("send_back", "case", READER)
SAVE_RETURN = Right("save_return", "case", READER)
SEEN = Right("seen_at_signing", "case", {**OWN_CASE, **READER})
PERSON_READS = ("sent", "voided")


# --- signing -----------------------------------------------------------------------------------------------


def sign(talk: Talk, press: Press) -> AnyView:
    """Sign: read according to the checklist, nothing missing, and she has seen what she signs."""
    mine, theirs, stop = _ready(talk, press, SIGN)
    if stop is not None:
        return stop
    if any(True for _ in theirs.all_gaps()):
        return show_reading.differences(talk, mine, theirs, (Line(say="reading.gaps_left"),))
    return _signed(talk, mine, theirs, "")


def sign_shortfall(talk: Talk, press: Press) -> AnyView:
    """Ask why she signs although something is missing."""
    mine, theirs, stop = _ready(talk, press, SHORTFALL)
    return stop if stop is not None else _shortfall(talk, mine, theirs, (), "")


def _shortfall(talk: Talk, mine: Basis, theirs: Basis, notices: tuple[Line, ...], text: str) -> ShortfallView:
    gaps = [gap_row(sheet, gap) for sheet, gap in theirs.all_gaps()]
    case = theirs.case
    claim = Claim(verb="save_shortfall", case=case.id, revision=hash_of(comparison(talk.session, mine, theirs)))
    back = Button(title=Line(say="buttons.back"), claim=Claim(verb="read", case=case.id))
    return ShortfallView(
        notices=notices,
        head=theirs.head,
        checklist=theirs.checklist.id,
        version=theirs.sheets[0].filled.version,
        gaps=tuple(gaps[:MOST_GAPS]),
        more_gaps=len(gaps[MOST_GAPS:]),
        text=text,
        buttons=(Button(title=Line(say="buttons.sign_shortfall"), claim=claim), back),
        refresh=Claim(verb="show_current", case=case.id),
    )


def save_shortfall(talk: Talk, press: Press) -> AnyView:
    """Sign with the shortfall named and her reason kept."""
    mine, theirs, stop = _ready(talk, press, SAVE_SHORTFALL)
    if stop is not None:
        return stop
    text = press.inputs.get("reason", "").strip()
    try:
        _check(text)
    except UserError as error:
        kept = "" if isinstance(error, PersonalNumberInText) else text[:MOST_TEXT]
        return _shortfall(talk, mine, theirs, (Line(say=error.text_key, args=error.args_for_text),), kept)
    return _signed(talk, mine, theirs, text)


def _check(text: str) -> None:
    """Raises: PersonalNumberInText, TextTooLong, CommentMissing."""
    refuse_personal_numbers(text)
    if len(text) > MOST_TEXT:
        raise TextTooLong(length=len(text), most=MOST_TEXT)
    if not text:
        raise CommentMissing


def _ready(talk: Talk, press: Press, right: Right) -> tuple[Basis, Basis, AnyView | None]:
    """Return both sets of answers, locked; a view instead when they are not as she saw them when she pressed."""
    case = case_by_id(talk, press.claim.case, right)
    talk.touched = case
    cases.lock(talk.session, case)
    mine, theirs = load(talk, case), written(talk.session, case)
    if case.closed_on is not None:
        return mine, theirs, closed_case(case)
    if theirs.status == "signed":
        return mine, theirs, show_reading.signed_menu(talk, theirs, (Line(say="reading.already_signed"),))
    if theirs.status not in PERSON_READS or mine.status != "seen" or mine.next_from() is not None:
        return mine, theirs, enter(talk, case)
    if hash_of(comparison(talk.session, mine, theirs)) != press.claim.revision:
        notices = (Line(say="reading.changed_since_seen"),)
        return mine, theirs, show_reading.differences(talk, mine, theirs, notices)
    return mine, theirs, None


def _signed(talk: Talk, mine: Basis, theirs: Basis, reason: str) -> AnyView:
    case = theirs.case
    acting = talk.acting_as(case)
    row = SignatureRow(
        tenant_id=talk.tenant_id,
        case_id=case.id,
        checklist=theirs.checklist.id,
        version=theirs.sheets[0].filled.version,
        occasion=theirs.occasion,
        signer_id=talk.person_id,
        role="deputy" if acting else "unit_manager",
        at=talk.turn.now,
        shortfall=bool(reason),
        nonce=uuid4().hex,
        view=b"",
        view_hash="",
        bound="",
    )
    seen = canonical(comparison(talk.session, mine, theirs))
    signatures.add(talk.session, row, seen, reason, revisions(mine, theirs))
    for sheet in (*theirs.sheets, *mine.sheets):
        sheet.filled.status = "signed"
    for sheet in theirs.sheets:
        sheet.filled.return_id = None
    act = "signed_with_shortfall" if reason else "signed"
    talk.record(act, case=case, filled_id=theirs.sheets[0].filled.id, detail=acting)
    line = show_reading.signed_line(talk, row)
    return ClosedView(
        case_ref=case.ref, line=line, buttons=(show_reading.seen_button(row, case), show_reading.to_read_button())
    )


# --- sending back ------------------------------------------------------------------------------------------


def send_back(talk: Talk, press: Press) -> AnyView:
    """Ask for a comment, and at which questions she points."""
    case = case_by_id(talk, press.claim.case, SEND_BACK)
    mine, theirs = load(talk, case), written(talk.session, case)
    if theirs.status not in PERSON_READS or case.closed_on is not None:
        return enter(talk, case) if case.closed_on is None else closed_case(case)
    return _return(mine, theirs, (), "")


def _return(mine: Basis, theirs: Basis, notices: tuple[Line, ...], text: str) -> ReturnView:
    case = theirs.case
    claim = Claim(verb="save_return", case=case.id, revision=_sending(theirs))
    back = Button(title=Line(say="buttons.back"), claim=Claim(verb="read", case=case.id))
    return ReturnView(
        notices=notices,
        head=mine.head,
        checklist=theirs.checklist.id,
        version=theirs.sheets[0].filled.version,
        questions=_questions(mine, theirs),
        text=text,
        buttons=(Button(title=Line(say="buttons.return"), claim=claim), back),
        refresh=Claim(verb="show_current", case=case.id),
    )


def _questions(mine: Basis, theirs: Basis) -> tuple[tuple[int, int, str], ...]:
    """Return what she may point at: list, child and item. Until she has seen the answers, what she herself is asked."""
    basis = theirs if mine.status == "seen" else mine
    children = {sheet.filled.child: sheet for sheet in theirs.sheets}
    return tuple(
        (children[sheet.filled.child].filled.id, sheet.shown_child, item_id)
        for sheet in basis.sheets
        for stop in sheet.way
        if stop.kind != "motivation" or stop.about
        for item_id in stop.items
    )


def _sending(theirs: Basis) -> str:
    """Return a name for this time the list was sent: a second return of the same one is the same act."""
    return ",".join(f"{s.filled.id}:{s.filled.sent_at}:{s.filled.return_id}" for s in theirs.sheets)


def save_return(talk: Talk, press: Press) -> AnyView:
    """Send the list back with her comment; the questions she points at open for the worker."""
    case = case_by_id(talk, press.claim.case, SAVE_RETURN)
    talk.touched = case
    cases.lock(talk.session, case)
    mine, theirs = load(talk, case), written(talk.session, case)
    if case.closed_on is not None:
        return closed_case(case)
    if theirs.status not in PERSON_READS or press.claim.revision != _sending(theirs):
        return enter(talk, case)
    text = press.inputs.get("comment", "").strip()
    try:
        _check(text)
    except UserError as error:
        kept = "" if isinstance(error, PersonalNumberInText) else text[:MOST_TEXT]
        return _return(mine, theirs, (Line(say=error.text_key, args=error.args_for_text),), kept)
    points = _pointed(mine, theirs, press.inputs.get("items", ""))
    row = ReturnRow(
        tenant_id=talk.tenant_id,
        case_id=case.id,
        checklist=theirs.checklist.id,
        occasion=theirs.occasion,
        person_id=talk.person_id,
        role="deputy" if talk.acting_as(case) else "unit_manager",
        at=talk.turn.now,
        nonce=uuid4().hex,
        comment=b"",
    )
    returns.add(talk.session, row, text, points)
    for sheet in theirs.sheets:
        sheet.filled.status, sheet.filled.return_id = "returned", row.id
    detail = f"return {row.id} {talk.acting_as(case)}".strip()
    talk.record("returned", case=case, filled_id=theirs.sheets[0].filled.id, detail=detail)
    theirs = written(talk.session, case)
    prompts.to_workers(talk, theirs, _rows(theirs, points))
    return ClosedView(
        case_ref=case.ref,
        line=Line(say="reading.sent_back", args={"count": len(points)}),
        buttons=(show_reading.to_read_button(),),
    )


def _pointed(mine: Basis, theirs: Basis, chosen: str) -> list[tuple[int, str, int]]:
    """Return what she pointed at, with the revision each answer has now; what was not offered does not count."""
    offered = {f"{row_id}/{item_id}": (row_id, item_id) for row_id, _, item_id in _questions(mine, theirs)}
    found = []
    for row_id, item_id in (offered[key] for key in dict.fromkeys(chosen.split(",")) if key in offered):
        sheet = theirs.sheet(row_id)
        rows = sheet.rows if sheet else {}
        found.append((row_id, item_id, rows[item_id].revision if item_id in rows else 0))
    return found


def _rows(theirs: Basis, points: list[tuple[int, str, int]]) -> list[GapRow]:
    sheets = {sheet.filled.id: sheet for sheet in theirs.sheets}
    return [GapRow(child=sheets[row_id].shown_child, of="item", id=item, why="") for row_id, item, _ in points]


# --- what she saw ------------------------------------------------------------------------------------------


def seen_at_signing(talk: Talk, press: Press) -> AnyView:
    """Show what was seen at a signature, with its hash counted again."""
    case = case_by_id(talk, press.claim.case, SEEN)
    basis = load(talk, case)
    row_id, _, first = press.claim.choice.partition("/")
    row = signatures.get(talk.session, talk.tenant_id, int(row_id))
    if row is None or row.case_id != case.id:
        return show.go_on(talk, basis, notices=(Line(say="fill.card_is_old"),))
    if talk.reads(case) and row.voided_at is not None and row.signer_id != talk.person_id:
        return enter(talk, case)  # what another saw would show her answers she has not come to yet
    talk.record("signature_shown", case=case, detail=f"signature {row.id}")
    return show_reading.signed(talk, case, row, int(first or 0))


VERBS = (
    Verb(SIGN, sign),
    Verb(SHORTFALL, sign_shortfall, keeps=False),
    Verb(SAVE_SHORTFALL, save_shortfall),
    Verb(SEND_BACK, send_back, keeps=False),
    Verb(SAVE_RETURN, save_return),
    Verb(SEEN, seen_at_signing, keeps=False),
)
COMMANDS = ()
