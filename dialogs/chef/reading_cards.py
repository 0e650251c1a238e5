"""What a reader is shown: her questions, where her reading stands, the differences, what was signed. Stores nothing."""

from actions.basis import Basis, Sheet, reading, written
from dialogs.chef.compare import comparison, hash_of
from dialogs.turn.find_case import command_button
from dialogs.turn.turn_context import Talk, clock_words
from dialogs.views.chef import Comparison, DifferencesView, ReadingView, SignedView
from dialogs.views.views import AnyView, Button, Claim, Line, MenuView
from dialogs.worker import form_card as show_form
from dialogs.worker.summary_card import MOST_CHILDREN
from storage import people, signatures
from storage.cases import CaseRow
from storage.signatures import SignatureRow


def where(talk: Talk, mine: Basis, notices: tuple[Line, ...] = ()) -> AnyView:
    """Return the card a reader is at: the first questions that are open, else what can be done when all is read."""
    theirs = written(talk.session, mine.case, mine.checklist.id)
    if theirs.status == "signed":
        return signed_menu(talk, theirs)
    if not theirs.is_with_chef or not mine.sheets:
        return not_here(talk, theirs)
    found = mine.next_from()
    if found is not None:
        return questions(found[0], notices)
    if mine.status == "open":
        return _read_through(mine, notices)
    return differences(talk, mine, theirs, notices)


def questions(sheet: Sheet, notices: tuple[Line, ...] = ()) -> AnyView:
    """Return the form she reads by: all that applies, or what is open of it once she has begun."""
    still = tuple(stop for stop in sheet.way if sheet.is_open(stop))
    form = show_form.form(sheet, still or sheet.way, notices)
    ways_out = tuple(_button(verb, title, sheet.case) for verb, title in (("send_back", "return"), ("pause", "pause")))
    return form.model_copy(update={"nav": ways_out})


def _read_through(mine: Basis, notices: tuple[Line, ...]) -> ReadingView:
    verbs = [("differences", "differences"), ("send_back", "return")]
    if all(sheet.filled.seen_at is None for sheet in mine.sheets):
        verbs.append(("form", "form"))
    buttons = tuple(_button(verb, title, mine.case) for verb, title in verbs)
    line = Line(say="reading.read_through")
    refresh = _claim("show_current", mine.case)
    return ReadingView(notices=notices, head=mine.head, line=line, buttons=buttons, refresh=refresh)


def differences(
    talk: Talk, mine: Basis, theirs: Basis, notices: tuple[Line, ...] = (), first: int = 0
) -> DifferencesView:
    """Return both sets of answers, with what can be done: sign, sign with shortfall, send back."""
    seen = comparison(talk.session, mine, theirs)
    case, revision = theirs.case, hash_of(seen)
    sign = ("sign_shortfall", "sign_shortfall") if seen.gaps else ("sign", "sign")
    buttons = tuple(
        Button(title=Line(say="buttons." + title), claim=_claim(verb, case, revision))
        for verb, title in (sign, ("send_back", "return"))
    )
    more = more_children(seen, first)
    if more:
        buttons += (Button(title=Line(say="buttons.show_more"), claim=_claim("more_differences", case, choice=more)),)
    return DifferencesView(
        notices=notices, seen=seen, first=first, buttons=buttons, refresh=_claim("show_current", case)
    )


def more_children(seen: Comparison, first: int) -> str:
    """Return with which child the next card begins, empty when all fit on one."""
    if len(seen.sheets) <= MOST_CHILDREN:
        return ""
    return str(first + MOST_CHILDREN if first + MOST_CHILDREN < len(seen.sheets) else 0)


def not_here(talk: Talk, theirs: Basis) -> MenuView:
    """Return what is said of a case that is not with its chef: not sent yet, or sent back."""
    key = "reading.is_returned" if theirs.status == "returned" else "reading.not_sent"
    return MenuView(title=_title(theirs.case), lines=(Line(say=key),), buttons=(to_read_button(),))


def signed_menu(talk: Talk, theirs: Basis, notices: tuple[Line, ...] = ()) -> MenuView:
    """Return what is said of a signed case, with the way to what was seen then."""
    row = signatures.standing(talk.session, theirs.case.id, theirs.checklist.id, theirs.occasion)
    lines = (signed_line(talk, row), Line(say="reading.signing_means")) if row else ()
    buttons = tuple(seen_button(row, theirs.case) for _ in (1,) if row)
    more = (to_read_button(),) if talk.reads(theirs.case) else ()
    return MenuView(notices=notices, title=_title(theirs.case), lines=lines, buttons=(*buttons, *more))


def signed_line(talk: Talk, row: SignatureRow) -> Line:
    """Say who signed, when, and whether something was missing."""
    args: dict[str, str | int] = {"name": name_of(talk, row.signer_id), "time": clock_words(row.at, talk.turn.now)}
    if row.shortfall:
        return Line(say="reading.signed_shortfall", args=args)
    return Line(say="reading.signed", args=args)


def seen_button(row: SignatureRow | None, case: CaseRow) -> Button:
    """Return the button to what was seen at a signature."""
    assert row is not None
    claim = Claim(verb="seen_at_signing", case=case.id, choice=f"{row.id}/0")
    return Button(title=Line(say="buttons.seen_at_signing"), claim=claim)


def signed(talk: Talk, case: CaseRow, row: SignatureRow, first: int) -> SignedView:
    """Return what was seen at a signature, its hash counted again."""
    stored = signatures.view_of(talk.session, row)
    seen = Comparison.model_validate_json(stored)
    more = more_children(seen, first)
    claim = Claim(verb="seen_at_signing", case=case.id, choice=f"{row.id}/{more}")
    return SignedView(
        seen=seen,
        first=first,
        who=name_of(talk, row.signer_id),
        role=row.role,
        at=clock_words(row.at, talk.turn.now),
        voided=clock_words(row.voided_at, talk.turn.now) if row.voided_at else "",
        shortfall=row.shortfall,
        reason=signatures.reason_of(talk.session, row),
        hash=row.view_hash,
        is_whole=hash_of(seen) == row.view_hash == signatures.view_hash(stored),
        buttons=(Button(title=Line(say="buttons.show_more"), claim=claim),) if more else (),
    )


def name_of(talk: Talk, person_id: int) -> str:
    """Return a person's name."""
    row = people.person(talk.session, talk.tenant_id, person_id)
    return row.name if row else ""


def of_reader(talk: Talk, case: CaseRow) -> Basis:
    """Return her own reading of a case."""
    return reading(talk.session, case, "decision_basis", talk.person_id)


def _title(case: CaseRow) -> Line:
    return Line(say="reading.about", args={"ref": case.ref})


def to_read_button() -> Button:
    """Return the button to what waits for her."""
    return command_button("att läsa", "buttons.to_read")


def _claim(verb: str, case: CaseRow, revision: str = "", choice: str = "") -> Claim:
    return Claim(verb=verb, case=case.id, revision=revision, choice=choice)


def _button(verb: str, title: str, case: CaseRow) -> Button:
    return Button(title=Line(say="buttons." + title), claim=_claim(verb, case))
