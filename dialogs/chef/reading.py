"""The chef's reading: what waits for her, her own answers before she sees the worker's, and then the differences."""

from actions.basis import Basis, begin_reading, load, reading, written
from checklists.rights import READER, RELATIONS, Right
from dialogs.chef import reading_cards as show_reading
from dialogs.chef.reading_cards import where
from dialogs.turn.declared import Command, Press, Verb
from dialogs.turn.find_case import case_by_id
from dialogs.turn.turn_context import READ, Talk, clock_words
from dialogs.views.views import AnyView, Button, CaseLine, CasesView, Claim, Line
from storage import cases, filled
from storage.cases import CaseRow

PAGE = 5
TO_READ = Right("to_read", "self", dict.fromkeys(READER, RELATIONS))
MORE = Right("more_to_read", "self", TO_READ.may)
DIFFERENCES = Right("differences", "case", READER)
MORE_DIFFERENCES = Right("more_differences", "case", READER)


# --- what waits --------------------------------------------------------------------------------------------


def to_read(talk: Talk, _rest: str) -> AnyView:
    """List what waits for her reading or signature, oldest first."""
    return _page(talk, 0)


def more(talk: Talk, press: Press) -> AnyView:
    """List the next five."""
    return _page(talk, int(press.claim.choice or 0))


def _page(talk: Talk, start: int) -> AnyView:
    found = waiting(talk)
    end = start + PAGE
    claim = Claim(verb="more_to_read", choice=str(end))
    return CasesView(
        title=Line(say="reading.waiting_title"),
        notices=() if found else (Line(say="reading.nothing_waits"),),
        cases=tuple(_line(talk, case) for case in found[start:end]),
        more=Button(title=Line(say="buttons.show_more"), claim=claim) if len(found) > end else None,
    )


def waiting(talk: Talk) -> list[CaseRow]:
    """Return the cases that wait for her, oldest first; never one she is lead or co-worker of."""
    units = sorted({unit for role in READER for unit in talk.units_as(role)})
    rows = filled.waiting_in(talk.session, talk.tenant_id, units, "decision_basis")
    ids = dict.fromkeys(row.case_id for row in rows)
    found = (cases.get(talk.session, talk.tenant_id, row_id) for row_id in ids)
    return [case for case in found if case is not None and talk.reads(case)]


def _line(talk: Talk, case: CaseRow) -> CaseLine:
    theirs = written(talk.session, case)
    mine = reading(talk.session, case, theirs.checklist.id, talk.person_id)
    sent = [sheet.filled.sent_at for sheet in theirs.sheets if sheet.filled.sent_at]
    args: dict[str, str | int] = {"time": clock_words(min(sent), talk.turn.now)} if sent else {"time": ""}
    status = Line(say="reading.read_again") if theirs.status == "voided" else Line(say="reading.sent_at", args=args)
    gaps = sum(1 for _ in theirs.all_gaps())
    lines = [Line(say="cases.gaps" if gaps != 1 else "cases.one_gap", args={"gaps": gaps})]
    if case.planned_decision_on:
        lines.append(Line(say="cases.date_planned", args={"date": case.planned_decision_on.isoformat()}))
    button = Button(title=Line(say="buttons." + _title(mine)), claim=Claim(verb="read", case=case.id))
    return CaseLine(case_ref=case.ref, status=status, lines=tuple(lines), button=button)


def _title(mine: Basis) -> str:
    if not mine.sheets:
        return "start_reading"
    return "continue_reading" if mine.next_from() else "open"


# --- reading -----------------------------------------------------------------------------------------------


def read(talk: Talk, press: Press) -> AnyView:
    """Begin or go on with her reading; what she has read is shown where she left it."""
    return enter(talk, case_by_id(talk, press.claim.case, READ))


def enter(talk: Talk, case: CaseRow) -> AnyView:
    """Return the card a reader meets when she comes to a case, her reading begun if it is there to be read."""
    load(talk, case)
    theirs = written(talk.session, case)
    if theirs.status in ("sent", "voided"):
        return where(talk, begin_reading(talk, case, theirs))
    return where(talk, show_reading.of_reader(talk, case))


def differences(talk: Talk, press: Press) -> AnyView:
    """End her reading and show both sets of answers, differences first; also when there are none."""
    case = case_by_id(talk, press.claim.case, DIFFERENCES)
    mine = load(talk, case)
    theirs = written(talk.session, case)
    if theirs.status not in ("sent", "voided") or not _is_whole(mine, theirs) or mine.next_from() is not None:
        return enter(talk, case)
    ended = [sheet for sheet in mine.sheets if sheet.filled.status == "open"]
    for sheet in ended:
        sheet.filled.status, sheet.filled.seen_at = "seen", talk.turn.now
    if ended:
        talk.record("differences_seen", case=case, filled_id=ended[0].filled.id, detail=talk.acting_as(case))
    return show_reading.differences(talk, mine, theirs)


def _is_whole(mine: Basis, theirs: Basis) -> bool:
    """Say whether she has a sheet for every child."""
    return {sheet.filled.child for sheet in mine.sheets} == {sheet.filled.child for sheet in theirs.sheets}


def more_differences(talk: Talk, press: Press) -> AnyView:
    """Show the next children, once she has ended her reading."""
    case = case_by_id(talk, press.claim.case, MORE_DIFFERENCES)
    mine, theirs = load(talk, case), written(talk.session, case)
    if mine.status not in ("seen", "signed") or not _is_whole(mine, theirs):
        return enter(talk, case)
    return show_reading.differences(talk, mine, theirs, first=int(press.claim.choice or 0))


VERBS = (
    Verb(READ, read, keeps=False),
    Verb(DIFFERENCES, differences, keeps=False),
    Verb(MORE_DIFFERENCES, more_differences, keeps=False),
    Verb(MORE, more, keeps=False),
)
COMMANDS = (Command("att läsa", ("to read",), to_read, TO_READ),)
