"""A case's details: facts, protected identity, dates, co-worker, extending a time limit, closing."""

import hashlib
from collections.abc import Mapping
from datetime import date
from uuid import uuid4

from actions.basis import Basis, load
from checklists.deadlines import finish_by
from checklists.errors import BadDate, BadPeople, TextTooLong, UserError
from checklists.files import all_facts
from checklists.privacy import refuse_personal_numbers
from checklists.rights import OWN_CASE, Right
from dialogs.turn.declared import Command, Press, Verb
from dialogs.turn.find_case import ask_ref, case_by_id, case_by_ref, closed_case, command_button, latest_case, maybe_ref
from dialogs.turn.turn_context import Talk
from dialogs.views.views import AnyView, Button, Claim, CloseView, DetailsView, ExtendView, Head, Line, MenuView
from dialogs.worker import facts_card as show_facts
from dialogs.worker.landing import MOST_TEXT
from dialogs.worker.open_case import store_fact
from storage import cases, extensions, people, trail
from storage.cases import CaseRow
from storage.extensions import ExtensionRow

DETAILS = Right("details", "case", OWN_CASE)
SAVE_DETAILS = Right("save_details", "case", OWN_CASE)
EXTEND = Right("extend", "case", OWN_CASE)
SAVE_EXTENSION = Right("save_extension", "case", OWN_CASE)
CLOSE = Right("close", "case", OWN_CASE)
SAVE_CLOSING = Right("save_closing", "case", OWN_CASE)
DATES = ("received_on", "assigned_on", "opened_on", "planned_decision_on", "decided_on")
LIMITS = ("14d", "4m")
REASON_CLASSES = ("grounds", "organisation")


def details_typed(talk: Talk, rest: str) -> AnyView:
    """Show the details of the case named, else of the one last touched."""
    case = case_by_ref(talk, rest, DETAILS) if rest else latest_case(talk, DETAILS)
    return _details(talk, load(talk, case)) if case else ask_ref("uppgifter")


def _details(talk: Talk, basis: Basis, notices: tuple[Line, ...] = ()) -> AnyView:
    case = basis.case
    if case.closed_on is not None:
        return closed_case(case)
    claims = (("save", _save_claim(talk, basis)), *((verb, _claim(basis, verb)) for verb in ("extend", "close")))
    shared = [(cases.WHOLE_CASE, fact_id) for fact_id, fact in all_facts().items() if fact.per == "case"]
    own = [(n + 1, f) for n in range(case.children) for f, fact in all_facts().items() if fact.per == "child"]
    mates = people.holders(talk.session, talk.tenant_id, case.unit_id, "case_worker", talk.today)
    names = {mate.id: mate.name for mate in mates}
    return DetailsView(
        notices=notices,
        head=Head(case_ref=case.ref),
        facts=tuple((at, show_facts.field(basis, fact_id, at or 1)) for at, fact_id in shared + own),
        protected=case.protected_identity,
        dates=tuple((name, day.isoformat() if (day := getattr(case, name)) else "") for name in DATES),
        workers=tuple((row_id, name) for row_id, name in names.items() if row_id != case.lead_id),
        co_worker=names.get(case.co_id or 0, ""),
        buttons=tuple(Button(title=Line(say="buttons." + title), claim=claim) for title, claim in claims),
        refresh=_claim(basis, "show_current"),
    )


def _claim(basis: Basis, verb: str) -> Claim:
    return Claim(verb=verb, case=basis.case.id, revision=_state(basis) if verb.startswith("save") else "")


def _save_claim(talk: Talk, basis: Basis) -> Claim:
    """Return the claim of Spara; with the newest event, so that a date set back and forth is a new press each time."""
    newest = trail.newest_of_case(talk.session, basis.case.id)
    return Claim(verb="save_details", case=basis.case.id, revision=f"{_state(basis)}.{newest}")


def _state(basis: Basis) -> str:
    """Return a digest of what the card showed, so that an old card does not undo what others changed since."""
    case = basis.case
    shown = [case.co_id, case.protected_identity, *(getattr(case, name) for name in DATES), case.closed_on]
    revisions = sorted((at, name, row.revision) for (at, name), row in basis.facts.items())
    return hashlib.sha256(repr((shown, revisions)).encode()).hexdigest()[:16]


def save_details(talk: Talk, press: Press) -> AnyView:
    """Keep what was filled in; one bad field stops only itself."""
    basis = load(talk, case_by_id(talk, press.claim.case, SAVE_DETAILS))
    if basis.case.closed_on is not None:
        return closed_case(basis.case)
    if press.claim.revision.partition(".")[0] != _state(basis):
        return _details(talk, basis, (Line(say="facts.changed_meanwhile"),))
    problems = []
    _store_facts(talk, basis, press.inputs)
    for store in (_store_dates, _store_protected, _store_co_worker):
        try:
            store(talk, basis.case, press.inputs)
        except UserError as error:
            problems.append(Line(say=error.text_key, args=error.args_for_text))
    talk.session.flush()
    return _details(talk, load(talk, basis.case), tuple(problems) or (Line(say="details.kept"),))


def _store_facts(talk: Talk, basis: Basis, inputs: Mapping[str, str]) -> None:
    for fact_id, fact in all_facts().items():
        places = range(1, basis.case.children + 1) if fact.per == "child" else (cases.WHOLE_CASE,)
        for at in places:
            store_fact(talk, basis, at, fact_id, inputs.get(f"{fact_id}.{at}", ""))


def _store_dates(talk: Talk, case: CaseRow, inputs: Mapping[str, str]) -> None:
    read: dict[str, date] = {}
    for name in DATES:
        text = inputs.get(name, "").strip()
        try:
            read |= {name: date.fromisoformat(text)} if text else {}
        except ValueError:
            raise BadDate from None
    for name, day in read.items():
        if getattr(case, name) != day:
            setattr(case, name, day)
            talk.record(name + "_set", case=case, detail=day.isoformat())


def _store_protected(talk: Talk, case: CaseRow, inputs: Mapping[str, str]) -> None:
    chosen = inputs.get("protected_identity", "")
    if chosen in ("ja", "nej") and case.protected_identity != (chosen == "ja"):
        case.protected_identity = chosen == "ja"
        talk.record("protected_identity_set", case=case, detail=chosen)


def _store_co_worker(talk: Talk, case: CaseRow, inputs: Mapping[str, str]) -> None:
    chosen = inputs.get("co_worker", "")
    if not chosen:
        return
    if chosen == "0":
        case.co_id = None
        talk.record("co_worker_set", case=case, detail="none")
        return
    mates = people.holders(talk.session, talk.tenant_id, case.unit_id, "case_worker", talk.today)
    if chosen not in {str(mate.id) for mate in mates if mate.id != case.lead_id}:
        raise BadPeople
    if str(case.co_id) != chosen:
        case.co_id = int(chosen)
        talk.record("co_worker_set", case=case, detail=chosen)


# --- extending and closing ---------------------------------------------------------------------------------


def extend(talk: Talk, press: Press) -> AnyView:
    """Show the card that asks for an extension's limit, class, reason and new last day."""
    basis = load(talk, case_by_id(talk, press.claim.case, EXTEND))
    return closed_case(basis.case) if basis.case.closed_on else _extension(basis, (), "")


def _extension(basis: Basis, notices: tuple[Line, ...], text: str) -> ExtendView:
    case = basis.case
    limits = [("14d", ""), ("4m", finish_by(case.opened_on).isoformat() if case.opened_on else "")]
    save = Button(title=Line(say="buttons.save"), claim=_claim(basis, "save_extension"))
    back = Button(title=Line(say="buttons.back"), claim=_claim(basis, "details"))
    return ExtendView(
        notices=notices,
        head=Head(case_ref=case.ref),
        limits=tuple(limits),
        text=text,
        buttons=(save, back),
        refresh=_claim(basis, "show_current"),
    )


def save_extension(talk: Talk, press: Press) -> AnyView:
    """Keep an extension. Workload, organisation and staffing are recorded, and the case still counts as late."""
    basis = load(talk, case_by_id(talk, press.claim.case, SAVE_EXTENSION))
    case, inputs = basis.case, press.inputs
    if case.closed_on is not None:
        return closed_case(case)
    reason = inputs.get("reason", "").strip()
    try:
        refuse_personal_numbers(reason)
    except UserError as error:
        return _extension(basis, (Line(say=error.text_key),), "")
    if len(reason) > MOST_TEXT:
        raise TextTooLong(length=len(reason), most=MOST_TEXT)
    try:
        until = date.fromisoformat(inputs.get("until", "").strip())
    except ValueError:
        return _extension(basis, (Line(say=BadDate().text_key),), reason)
    limit, reason_class = inputs.get("limit", ""), inputs.get("reason_class", "")
    if limit not in LIMITS or reason_class not in REASON_CLASSES or not reason:
        return _extension(basis, (Line(say="details.extension_incomplete"),), reason)
    row = ExtensionRow(
        tenant_id=talk.tenant_id,
        case_id=case.id,
        limit=limit,
        reason_class=reason_class,
        until=until,
        nonce=uuid4().hex,
        reason=b"",
        author_id=talk.person_id,
        at=talk.turn.now,
    )
    extensions.add(talk.session, row, reason)
    talk.record("extended", case=case, detail=f"{limit} {reason_class} {until.isoformat()}")
    line = Line(say="details.extended_" + reason_class, args={"date": until.isoformat()})
    return _details(talk, load(talk, case), (line,))


def close(talk: Talk, press: Press) -> AnyView:
    """Ask once before closing, with the consequence named."""
    basis = load(talk, case_by_id(talk, press.claim.case, CLOSE))
    case = basis.case
    if case.closed_on is not None:
        return closed_case(case)
    save = Button(title=Line(say="buttons.close"), claim=_claim(basis, "save_closing"))
    back = Button(title=Line(say="buttons.back"), claim=_claim(basis, "details"))
    return CloseView(
        head=Head(case_ref=case.ref),
        day=talk.today.isoformat(),
        buttons=(save, back),
        refresh=_claim(basis, "show_current"),
    )


def save_closing(talk: Talk, press: Press) -> AnyView:
    """Close the case on the day given; nothing in it can be changed after that."""
    case = case_by_id(talk, press.claim.case, SAVE_CLOSING)
    load(talk, case)
    if case.closed_on is not None:
        return closed_case(case)
    try:
        case.closed_on = date.fromisoformat(press.inputs.get("closed_on", "").strip() or talk.today.isoformat())
    except ValueError:
        raise BadDate from None
    talk.record("closed", case=case, detail=case.closed_on.isoformat())
    return MenuView(
        title=Line(say="common.closed_title", args={"ref": case.ref}),
        lines=(Line(say="details.closed", args={"date": case.closed_on.isoformat()}),),
        buttons=(command_button("mina ärenden", "buttons.my_cases"),),
    )


def details_pressed(talk: Talk, press: Press) -> AnyView:
    """Show the details again, from a card."""
    return _details(talk, load(talk, case_by_id(talk, press.claim.case, DETAILS)))


VERBS = (
    Verb(DETAILS, details_pressed, keeps=False),
    Verb(SAVE_DETAILS, save_details),
    Verb(EXTEND, extend, keeps=False),
    Verb(SAVE_EXTENSION, save_extension),
    Verb(CLOSE, close, keeps=False),
    Verb(SAVE_CLOSING, save_closing),
)
COMMANDS = (Command("uppgifter", ("details",), details_typed, DETAILS, maybe_ref),)
