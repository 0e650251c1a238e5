"""One turn, inside one transaction: identify the person, detect repeats, answer, and store the reply."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from actions import people as acts
from actions.changes import NONE, Change, Changes, record, stored
from actions.origin import Origin
from checklists.errors import BadCaseRef, PersonalNumberInText, SignatureStands, TextTooLong, UserError
from checklists.free_text import MOST_TEXT, MOST_TOGETHER
from checklists.identity import entra_id
from checklists.plain_text import is_nothing
from checklists.privacy import LetThrough, ends_in_day, goes_on, has_personal_number, without_split_numbers
from checklists.replies import is_polite, without_greeting
from checklists.swedish_time import day_of
from dialogs.chef import deputies, reading
from dialogs.messages import consequences, update
from dialogs.messages.neutral import open_the_tab
from dialogs.rounds import start_review
from dialogs.turn import commands, find_case, in_view, left_behind, menu, shown
from dialogs.turn.declared import Done, Reaction, parted
from dialogs.turn.exchange import Reply, Turn
from dialogs.turn.find_case import NoSuchCase, SeveralLists, no_such_case, which_list
from dialogs.turn.presses import Refreshing
from dialogs.turn.tokens import Mint, Signed
from dialogs.turn.turn_context import TurnContext
from dialogs.turn.typed import again, answer_typed, asks_motivation, asks_text, misunderstood, offered, overtaken
from dialogs.views.chef import DifferencesView
from dialogs.views.views import AnyView, ClosedView, Line, SayView, SummaryView
from dialogs.worker import anyway, open_case
from storage import arrivals, cases, conversations, inbox, people, tenants, trail
from storage.arrivals import Arrival
from storage.desk import Session
from storage.inbox import InboxRow
from storage.sealing import KeyGone, MasterGone
from storage.unfit import Skipped

RESENT_WITHIN = timedelta(seconds=10)
"""A text sent again within this time, before its reply was out, is a retry and not a second message."""
LOOKED_AT = frozenset({"unit_page", "details"})
"""The verbs that show a chef her unit's cases, and change nothing."""
_OURS = ("verb", "token")
"""The fields a card sends that nobody fills in."""
_MOST_ID = 500
_SOMEWHERE = "-"
_MOST_GREETING = 2
"""The most words after `hej` that are still part of the greeting."""
"""Stands for the id of a posted reply when the channel gave none."""


Result = Literal["answered", "denied", "conflict", "repeated", "unreadable", "failed"]
"""repeated: the stored reply was given again. conflict: a known activity id came with other content. unreadable: the
key to the case is gone. failed: the turn raised, and nothing of it was stored."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a turn.

    reply: None when there is nothing to say. posted: id of the activity under which the reply was already posted.
    may_bind: the object id has no role, but the register holds people waiting to be bound by e-mail.
    result: for the metrics. stored_as: row id in the inbox, 0 when the reply is not stored. skipped: cases left out of
    what the reply shows because of faulty data.
    """

    reply: Reply | None
    posted: str = ""
    may_bind: bool = False
    result: Result = "answered"
    stored_as: int = 0
    skipped: tuple[Skipped, ...] = ()

    @property
    def refusals(self) -> list[str]:
        """Return the codes of the refusals in the reply."""
        told = self.reply.view.notices if self.reply is not None else ()
        return [line.say.removeprefix("errors.").partition("_")[0] for line in told if line.say.startswith("errors.")]


@dataclass(frozen=True, slots=True)
class _Incoming:
    """What can be known of a turn before the database is read.

    turn: with A_NUMBER in each field that holds part of a personal number. digest: of its whole content. signed: the
    content of its button's token, None if this bot did not sign it. key: identifies a press that must not be carried
    out twice, None for anything else. too_long: the refusal, if it is longer than the bot reads. touched: something was
    filled in on the pressed card.
    """

    turn: Turn
    digest: str
    signed: Signed | None
    key: str | None
    too_long: UserError | None
    touched: bool = False


def take_turn(session: Session, turn: Turn, mint: Mint, pages_url: str = "", tab_url: str = "") -> Outcome:
    """Take one turn of one person. pages_url, tab_url: where people reach the bot's pages and open its tab; or empty.

    Raises: SQLAlchemy errors: the caller runs the whole turn again, or nothing of it is stored.
    """
    incoming = _read(session, turn, mint)
    turn = incoming.turn
    asked = (turn.tenant, turn.object_id, day_of(turn.now), turn.channel_id, turn.activity_id, incoming.key)
    may_be_resent = turn.kind == "text" and not turn.tab  # a page sent again has the same id
    found = arrivals.find(session, *asked, with_newest=may_be_resent)
    if found is None and _bind(session, turn):
        found = arrivals.find(session, *asked, with_newest=may_be_resent)
    if found is None:
        return _refused(session, turn)
    was_installed = found.conversation is not None and found.conversation.installed
    context = TurnContext(
        session, turn, found.tenant, found.person, found.roles, _chat(session, turn, found), pages_url, tab_url
    )
    if context.content != ("tab" if turn.tab else "chat") and not _looks(turn, incoming):
        return _elsewhere(context, was_installed=was_installed)
    if turn.kind in ("installed", "removed"):
        return _install(context, was_installed=was_installed)
    if turn.kind == "edited":
        return _edited(context, incoming)
    if turn.kind == "refresh":
        view, changes = _reaction(context, incoming.signed, _fields(turn))
        return Outcome(context.reply(_anchored(context, view, changes, "")))
    refused = incoming.too_long or (_number_typed(context) if turn.kind == "text" else None)
    if refused is not None:
        return _unread(context, found, incoming, refused)
    return _seen_before(context, found, incoming) or _act(context, incoming)


def _looks(turn: Turn, incoming: _Incoming) -> bool:
    """Return whether a page of the tab only shows the unit's cases, as it may even if the chat is used for cases."""
    verb = incoming.signed.claim.verb if incoming.signed is not None else ""
    return turn.tab and turn.kind == "refresh" and verb in LOOKED_AT


def _elsewhere(context: TurnContext, *, was_installed: bool) -> Outcome:
    """Answer a turn from the chat when the tab is used for cases, or the reverse; nothing of it is read or stored."""
    turn = context.turn
    if turn.tab:
        return Outcome(context.reply(SayView(notices=(Line(say="tab.in_the_chat"),))))
    called = Outcome(context.reply(open_the_tab(context.tab_url)))
    if turn.kind in ("installed", "removed"):
        return called if _install(context, was_installed=was_installed).reply is not None else Outcome(None)
    return Outcome(None) if turn.kind == "edited" else called


def _read(session: Session, turn: Turn, mint: Mint) -> _Incoming:
    signed = mint.read(turn.data["token"]) if "token" in turn.data else None
    given = {name: text for name, text in turn.data.items() if name not in _OURS}
    held = signed.held if signed is not None else ""
    touched = bool(held) and left_behind.is_touched(held, given)
    if held.startswith(left_behind.ALONE):
        turn = replace(turn, data={name: text for name, text in turn.data.items() if name in _OURS})
    # Without a signed token nothing is read: anyone could have sent it.
    written = {name: text for name, text in given.items() if signed is not None and name in turn.data}
    too_long = _too_long(turn, written)
    lets = LetThrough(day_of(turn.now))
    if too_long is None and written:
        split = without_split_numbers(written, lets)
        if split != written:
            written, turn = split, replace(turn, data={**turn.data, **split})
    # Not even a digest of a personal number is stored.
    kept = {} if too_long else {name: text for name, text in written.items() if not has_personal_number(text, lets)}
    ours = {name: turn.data[name] for name in _OURS if signed is not None and name in turn.data}
    data = [f"{name}={value}" for name, value in sorted({**ours, **kept}.items())]
    digest = inbox.digest(session, [turn.kind, "" if too_long else turn.text, *data])
    verb = commands.VERBS.get(turn.data.get("verb", ""))
    key = None
    if turn.kind == "press" and signed is not None and verb is not None and verb.keeps:
        key = inbox.digest(session, [str(signed.person_id), digest])
    return _Incoming(turn, digest, signed, key, too_long, touched)


def _too_long(turn: Turn, written: Mapping[str, str]) -> UserError | None:
    together = sum(map(len, written.values()))
    if len(turn.text) > MOST_TEXT:
        return TextTooLong(length=len(turn.text), most=MOST_TEXT, where="typed")
    is_over = together > MOST_TOGETHER
    return TextTooLong(length=together, most=MOST_TOGETHER, where="card") if is_over else None


def _number_typed(context: TurnContext) -> UserError | None:
    """Return the refusal of a typed personal number, even one split between this message and the last."""
    chat, text = context.conversation, context.turn.text
    if has_personal_number(text, context.origin.lets):
        return PersonalNumberInText(where="typed")
    if chat.day_weight is not None and goes_on(chat.day_weight, text):
        return PersonalNumberInText(where="two")
    chat.day_weight = ends_in_day(text)
    return None


def _unread(context: TurnContext, found: Arrival, incoming: _Incoming, refused: UserError) -> Outcome:
    """Return why a turn was not read and, after a typed line, the question that was shown, which still waits.

    What was sent leaves no trace, not even in the digest of its row; without a card there is no row either: answering
    twice does no harm.
    """
    line = Line(say=refused.text_key, args=refused.args_for_text)
    if context.turn.kind != "text":
        return Outcome(context.reply(SayView(notices=(line,))))
    incoming = replace(incoming, digest=inbox.digest(context.session, ["unread", refused.text_key]))
    before = _seen_before(context, found, incoming)
    if before is not None:
        return before
    in_view.go_back(context)
    view = _refusal(context, refused, line)
    return _kept(context, incoming, view, NONE) if hasattr(view, "refresh") else Outcome(context.reply(view))


# --- who -------------------------------------------------------------------------------------------------------------


def _chat(session: Session, turn: Turn, found: Arrival) -> conversations.ConversationRow:
    """Return the person's chat, with its address brought up to date."""
    if found.conversation is None:
        at = (turn.channel_id, turn.service_url, turn.reference)
        return conversations.begin(session, found.tenant.id, found.person.id, *at, on_phone=bool(turn.on_phone))
    now = (turn.service_url, turn.reference)
    on_phone = turn.on_phone if turn.kind != "refresh" else None  # which the client does, not the person
    conversations.bring_up_to_date(found.conversation, found.person.id, *now, on_phone=on_phone)
    return found.conversation


def _bind(session: Session, turn: Turn) -> bool:
    """Bind an e-mail-only register row to the person now known to own that address; return whether there was one."""
    tenant = tenants.find(session, turn.tenant) if turn.emails and entra_id(turn.object_id) else None
    if tenant is None:
        return False
    known = people.by_object_id(session, tenant.id, turn.object_id)
    for email in turn.emails:
        waiting = people.by_email(session, tenant.id, email)
        if waiting is None or waiting.object_id is not None:
            continue
        if known is not None:  # the admin decides whether she gets the second row's roles
            acts.second_row(session, Origin(tenant.id, "unknown", turn.now), waiting, known)
            return False
        acts.bind(session, Origin(tenant.id, f"person:{waiting.id}", turn.now, waiting.id), waiting, turn.object_id)
        return True
    return False


def _refused(session: Session, turn: Turn) -> Outcome:
    """Return the sentence for strangers, and whether an e-mail lookup might still identify the person."""
    tenant = tenants.find(session, turn.tenant)
    if turn.kind == "removed" or tenant is None:
        return Outcome(None if turn.kind == "removed" else _plain(turn, "common.stranger"), result="denied")
    is_somebody = bool(entra_id(turn.object_id))
    may_bind = is_somebody and not turn.emails and people.unbound_emails_exist(session, tenant.id)
    if turn.kind in ("text", "press", "refresh") and not may_bind:
        record(session, Origin(tenant.id, "unknown", turn.now), Change("denied", detail="stranger"))
    return Outcome(_plain(turn, "common.stranger"), may_bind=may_bind, result="denied")


def unreadable(turn: Turn, error: KeyGone) -> Reply:
    """Return the reply when the texts of a case cannot be opened; nothing of the turn was stored."""
    return _plain(turn, "keys.master_gone" if isinstance(error, MasterGone) else "keys.gone")


def not_worked_out(turn: Turn) -> Reply:
    """Return the reply for an error that a new attempt would meet again; nothing of the turn was stored."""
    return _plain(turn, "common.not_worked_out")


def _plain(turn: Turn, say: str) -> Reply:
    view = SayView(notices=(Line(say=say),))
    return Reply(tenant_id=0, person_id=0, channel_user=turn.channel_user, language="sv", view=view)


def _install(context: TurnContext, *, was_installed: bool) -> Outcome:
    context.conversation.installed = context.turn.kind == "installed"
    if not context.conversation.installed:
        return Outcome(None)
    welcomed = acts.welcome(context.session, context.origin, context.person)
    # She may have been named a deputy before there was anywhere to tell her.
    told = deputies.told(context) if welcomed or not was_installed else ()
    if welcomed:
        return Outcome(context.reply(menu.welcome(context, told)))
    return Outcome(context.reply(deputies.you_are(told)) if told else None)


def _edited(context: TurnContext, incoming: _Incoming) -> Outcome:
    """Say once per message that editing it changes nothing here; the new text is not read."""
    row = InboxRow(
        tenant_id=context.tenant_id,
        channel_id=context.turn.channel_id,
        activity_id=f"edited:{context.turn.activity_id}"[:_MOST_ID],
        digest=incoming.digest,
        reply=b"",
        at=context.turn.now,
    )
    if inbox.by_activity(context.session, row.tenant_id, row.channel_id, row.activity_id) is not None:
        return Outcome(None, result="repeated")
    reply = context.reply(SayView(notices=(Line(say="typed.edited"),)))
    inbox.keep(context.session, row, reply.canonical())
    return Outcome(reply)


# --- seen before -----------------------------------------------------------------------------------------------------


def _seen_before(context: TurnContext, found: Arrival, incoming: _Incoming) -> Outcome | None:
    """Return the stored reply if this turn repeats an earlier one, else None."""
    turn = context.turn
    if found.same is not None:
        if found.same.digest == incoming.digest:
            if incoming.signed is not None and _is_lost(context, incoming.signed):
                return Outcome(context.reply(no_such_case()), result="denied")
            return _stored(context, found.same)
        record(context.session, context.origin, Change("conflict", detail="same id, other content"))
        return Outcome(context.reply(SayView(notices=(Line(say="common.conflict"),))), result="conflict")
    row = found.pressed if incoming.signed is not None and incoming.signed.person_id == context.person_id else None
    newest = found.newest
    if row is None and newest is not None:
        is_same = newest.digest == incoming.digest and turn.now - newest.at <= RESENT_WITHIN
        # Once its answer is posted, the same words are a new message: her `ja` to the next question.
        row = newest if is_same and not _posted(turn, newest) else None
    if row is not None and incoming.signed is not None and _is_lost(context, incoming.signed):
        return None  # what was shown then is not shown again: the press is refused like any other
    return _stored(context, row) if row else None


def _is_lost(context: TurnContext, signed: Signed) -> bool:
    """Return whether a press is about a case that this person may no longer open."""
    verb = commands.VERBS.get(signed.claim.verb)
    if verb is None or verb.right.about != "case" or not signed.claim.case:
        return False
    case = cases.get(context.session, context.tenant_id, signed.claim.case)
    return case is not None and not find_case.has_any(context, case, verb.right)


def _stored(context: TurnContext, row: InboxRow) -> Outcome:
    reply = Reply.model_validate_json(inbox.reply_of(context.session, row))
    return Outcome(reply, _posted(context.turn, row), result="repeated", stored_as=row.id)


def _posted(turn: Turn, row: InboxRow) -> str:
    """Return the message a reply was posted as. That to a press was not: it took the place of the card pressed."""
    return row.posted if turn.kind == "text" else ""


# --- what is answered ------------------------------------------------------------------------------------------------


def _act(context: TurnContext, incoming: _Incoming) -> Outcome:
    if context.turn.kind == "text":
        in_view.go_back(context)
    fields = _fields(context.turn)
    view, changes = _reaction(context, incoming.signed, fields)
    if context.touched is not None and isinstance(view, DifferencesView):
        changes += reading.shown_again(context, context.touched, changes)
    told = consequences.follow(context.session, context.origin, changes, context.person)
    if context.turn.files:
        told = (Line(say="typed.file_not_kept"), *told)
    if incoming.touched and not fields.read:
        told = (*told, Line(say="fill.left_behind"))
    if told:
        # The view's own line about the voided signature would say the same thing twice.
        others = tuple(line for line in view.notices if line.say != "reading.voided")
        view = view.model_copy(update={"notices": (*told, *others)})
    return _kept(context, incoming, _without_lost(context, view, changes), changes)


def _without_lost(context: TurnContext, view: AnyView, changes: Changes) -> AnyView:
    """Return a view without the card of a case that this turn has taken from her: it could not even be refreshed."""
    case = context.touched
    if case is None or not any(change.event == "co_worker_set" for change in changes):
        return view
    if getattr(view, "refresh", None) is None or find_case.has_any(context, case, commands.RIGHTS["show_current"]):
        return view
    return SayView(notices=(*view.notices, Line(say="details.not_yours", args={"ref": case.ref})))


def _kept(context: TurnContext, incoming: _Incoming, view: AnyView, changes: Changes) -> Outcome:
    """Store the reply to a turn; return it."""
    turn = context.turn
    view = _anchored(context, view, changes, turn.activity_id)
    _keep_place(context, view)
    reply = context.reply(view)
    row = InboxRow(
        tenant_id=context.tenant_id,
        channel_id=turn.channel_id,
        activity_id=turn.activity_id,
        digest=incoming.digest,
        # A press that changed nothing may be repeated later, and must then show the state at that time.
        press=incoming.key if stored(changes) else None,
        case_id=context.touched.id if context.touched else 0,
        reply=b"",
        at=turn.now,
        # The card that was pressed shows this reply from now on: a line that quotes it is about this.
        posted=turn.reply_to[:_MOST_ID] if turn.kind == "press" and view.kind != "say" else "",
    )
    inbox.keep(context.session, row, reply.canonical())
    context.session.flush()
    result: Result = "denied" if any(change.event == "denied" for change in changes) else "answered"
    return Outcome(reply, result=result, stored_as=row.id, skipped=tuple(context.skipped))


def _anchored(context: TurnContext, view: AnyView, changes: Changes, made_by: str) -> AnyView:
    """Put into a moving card's refresh which turn made it, and the case's latest event at that time."""
    refresh = getattr(view, "refresh", None)
    case = context.touched
    if refresh is None or case is None or (not made_by and refresh.choice):
        return view
    newest = max((change.event_id for change in changes if change.case is case), default=0)
    at = Refreshing(made_by, newest or trail.newest_of_case(context.session, case.id))
    return view.model_copy(update={"refresh": refresh.model_copy(update=at.write())})


def _fields(turn: Turn) -> left_behind.Fields:
    return left_behind.Fields({name: value for name, value in turn.data.items() if name not in _OURS})


def _reaction(context: TurnContext, signed: Signed | None, fields: left_behind.Fields) -> tuple[AnyView, Changes]:
    """Carry out what was typed or pressed; return the view and the changes. A refusal is also returned as a view."""
    try:
        reaction = _typed(context) if context.turn.kind == "text" else _pressed(context, signed, fields)
    except NoSuchCase as error:
        context.touched = None
        change = Change("denied", error.case, detail=error.verb)
        pressed = signed.claim.case if signed is not None else 0
        instead = start_review.instead(context, pressed) if pressed else None
        view = instead or _refusal(context, error, *no_such_case().notices)
        view = menu.with_suggested(context, view, error.instead)
        # A refresh is no act of hers: her client asks when an old card comes into view.
        return view, NONE if context.turn.kind == "refresh" else record(context.session, context.origin, change)
    except SeveralLists as error:
        return which_list(context, error), NONE
    except UserError as error:
        return _refusal(context, error, Line(say=error.text_key, args=error.args_for_text)), NONE
    except SignatureStands as stands:
        return anyway.ask(context, stands), NONE
    return parted(reaction)


def _refusal(context: TurnContext, error: Exception, *lines: Line) -> AnyView:
    """Return why nothing was done and, after a typed line, the question that was shown, which still waits.

    A line refused as a command may be the motivation that was asked for: it is offered to be kept as one.
    """
    if context.turn.kind == "text":
        last, may_be_kept = _asked_last(context), not isinstance(error, PersonalNumberInText | TextTooLong)
        try:
            kept = offered(context, last, context.turn.text, *lines) if may_be_kept else None
            return kept or again(context, last, *lines)
        except NoSuchCase:  # of that question's case: it is hers no more
            context.touched = None
    return SayView(notices=lines)


def _pressed(context: TurnContext, signed: Signed | None, fields: left_behind.Fields) -> Reaction:
    verb = context.turn.data.get("verb", "")
    if signed is None or not _is_hers(context, signed, verb):
        view = SayView(notices=(Line(say="common.card_not_yours"),))
        return Done(view, record(context.session, context.origin, Change("denied", detail="token")))
    return commands.run_verb(context, signed.claim, fields)


def _is_hers(context: TurnContext, signed: Signed, verb: str) -> bool:
    named = (signed.tenant_id, signed.person_id, signed.claim.verb)
    return named == (context.tenant_id, context.person_id, verb) and verb in commands.VERBS


def _typed(context: TurnContext) -> Reaction:
    """Try a whole-line command, a bare reference, an answer to what was last shown, a button's title, then the rest.

    A greeting before any of these is left out; in a text that is asked for it is kept.
    """
    # Teams writes `&nbsp;` after a mention.
    text, shown_last = context.turn.text.replace("&nbsp;", " ").strip(), _asked_last(context)
    if is_nothing(text):
        # An attachment gets its own line in the answer.
        return SayView(notices=() if context.turn.files else (Line(say="typed.nothing_said"),))
    bare = without_greeting(text)
    found = commands.find_command(context, text, whole=True)
    if found is None and bare != text:
        found = commands.find_command(context, bare, whole=True)
    if found and not (asks_motivation(shown_last) and commands.is_not_hers(context, bare)):
        return commands.run_command(context, found[0].word, found[1])
    if shown_last is None or shown_last.kind != "ask_ref":
        case = find_case.bare(context, bare, open_case.CONTINUE)
        if case is not None:
            return open_case.continue_case(context, case)
    said = text if asks_text(shown_last) else bare
    is_overtaken = (context.is_overtaken or shown_last is None) and not context.turn.quotes
    answered = (overtaken if is_overtaken else answer_typed)(context, shown_last, said)
    if answered is not None:
        return answered
    found = commands.find_title(context, text)
    if found is None and is_polite(text):
        return SayView(notices=(Line(say="typed.polite"),))
    # `hej på dig` is a greeting; what is longer says something, and is told that it was not kept.
    line = text if len(bare.split()) <= _MOST_GREETING else bare
    found = found or commands.find_command(context, line, whole=False)
    if found is None:
        return misunderstood(context, shown_last, line)
    try:
        return commands.run_command(context, found[0].word, found[1])
    except BadCaseRef:
        near = commands.nearest(context, line)
        is_it = near is None or commands.is_command(found[0], near[0])
        if is_it and any(map(str.isdigit, found[1])):
            raise
        return misunderstood(context, shown_last, line)  # begins with a command by chance: `ändra planerat beslut`


def _asked_last(context: TurnContext) -> shown.Shown | None:
    """Return the card a typed line is about: the one it quotes, else the one last shown.

    Nothing is known of a quoted message that is no card of the bot's, so the person is asked which question she means.
    """
    quoted, chat = context.turn.quotes, context.conversation
    if not quoted or quoted == chat.card:
        return context.shown
    row = inbox.by_posted(context.session, context.tenant_id, chat.channel_id, quoted)
    if row is None:
        return None
    return shown.of(Reply.model_validate_json(inbox.reply_of(context.session, row)).view)


def _keep_place(context: TurnContext, view: AnyView) -> None:
    """Remember what is now shown, and update posted cards to match: moved, summary or emptied."""
    turn, chat, case = context.turn, context.conversation, context.touched
    if not shown.only_tells(view):
        place = shown.of(view)
        chat.shown = place.model_dump_json(exclude_defaults=True) if place else ""
    if case is None:
        return
    moves = hasattr(view, "refresh")
    if turn.kind == "press":
        if turn.invoke and isinstance(view, SummaryView | ClosedView):
            update.posted_card(context, turn.reply_to, view)
        if moves or isinstance(view, ClosedView):
            chat.card, chat.card_case_id = (turn.reply_to if moves else ""), case.id
    elif moves or isinstance(view, ClosedView):
        if chat.card and chat.card_case_id == case.id:
            update.posted_card(context, chat.card, ClosedView(case_ref=case.ref, line=Line(say="common.moved")))
        chat.card, chat.card_case_id = "", case.id if moves else None


def note_posted(session: Session, turn: Turn, outcome: Outcome, activity_id: str, *, answered: bool = True) -> None:
    """Store the id under which a reply was posted; a card that moves is found again by it.

    activity_id: empty when the channel did not say. answered: False when the request was cut off: its sender does not
    know that it was answered, so the same text soon after is a retry.
    """
    if outcome.reply is None:
        return
    if outcome.stored_as and answered:
        inbox.note_posted(session, outcome.stored_as, activity_id or _SOMEWHERE)
    if activity_id and hasattr(outcome.reply.view, "refresh"):
        conversations.note_card(session, outcome.reply.tenant_id, turn.channel_id, activity_id)
