"""One turn, inside one transaction: who is it, was it seen before, what is answered, what is kept of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from checklists.errors import UserError
from checklists.privacy import has_personal_number
from checklists.swedish_time import day_of
from dialogs.figures.reporting import Reporting
from dialogs.turn import commands, menu, shown
from dialogs.turn.exchange import Reply, Turn
from dialogs.turn.find_case import NoSuchCase, no_such_case
from dialogs.turn.tokens import Mint, Signed
from dialogs.turn.turn_context import Talk
from dialogs.turn.typed import answer_typed
from dialogs.views.views import AnyView, ClosedView, Line, SayView, SummaryView
from storage import conversations, inbox, people, tenants, trail
from storage.desk import Session
from storage.inbox import InboxRow
from storage.people import PersonRow, RoleRow
from storage.sealing import KeyGone, MasterGone
from storage.tenants import TenantRow

RESENT_WITHIN = timedelta(seconds=10)
"""A text sent again this soon, while the first was not answered for, is the same text and not a second one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a turn came to.

    reply: None when nothing is said. posted: the reply is out already, under this id. may_bind: nobody by
    this object id, but the register holds people who wait to be bound by e-mail.
    """

    reply: Reply | None
    posted: str = ""
    may_bind: bool = False


def take_turn(session: Session, turn: Turn, mint: Mint, reporting: Reporting | None = None) -> Outcome:
    """Take one turn of one person. reporting: the reports, which a turn about figures needs.

    Raises: sqlalchemy errors, on which the whole turn is run again or nothing of it is kept.
    """
    today = day_of(turn.now)
    known = people.known(session, turn.tenant, turn.object_id, today) or _bound(session, turn, today)
    if known is None:
        return _refused(session, turn)
    tenant, person, roles = known
    conversation = conversations.ensure(
        session, tenant.id, person.id, turn.channel_id, turn.service_url, turn.reference
    )
    talk = Talk(session, turn, tenant, person, roles, conversation, commands=commands.run_command, reporting=reporting)
    if turn.kind in ("installed", "removed"):
        return _install(talk)
    if turn.kind == "refresh":
        return Outcome(talk.reply(_anchored(talk, _pressed(talk, mint)[0], "")))
    if turn.kind == "text" and has_personal_number(turn.text):
        # Not a trace of it: no inbox row either; saying it twice does no harm.
        return Outcome(talk.reply(SayView(notices=(Line(say="errors.BK-104_typed"),))))
    return _seen_before(talk, mint) or _act(talk, mint)


# --- who ---------------------------------------------------------------------------------------------------


def _bound(session: Session, turn: Turn, today: date) -> tuple[TenantRow, PersonRow, Sequence[RoleRow]] | None:
    """Bind a row that has only an e-mail to the person who was just found to own it; once, at first contact."""
    tenant = tenants.find(session, turn.tenant) if turn.emails else None
    if tenant is None or people.by_object_id(session, tenant.id, turn.object_id) is not None:
        return None
    for email in turn.emails:
        waiting = people.by_email(session, tenant.id, email)
        if waiting is not None and waiting.object_id is None:
            people.bind(waiting, turn.object_id)
            trail.record(session, tenant.id, turn.now, f"person:{waiting.id}", "bound")
            session.flush()
            return people.known(session, turn.tenant, turn.object_id, today)
    return None


def _refused(session: Session, turn: Turn) -> Outcome:
    """Return the one polite sentence, and whether her e-mail might still tell who she is."""
    tenant = tenants.find(session, turn.tenant)
    if turn.kind == "removed" or tenant is None:
        return Outcome(None if turn.kind == "removed" else _stranger(turn))
    is_new = people.by_object_id(session, tenant.id, turn.object_id) is None
    may_bind = is_new and not turn.emails and people.unbound_emails_exist(session, tenant.id)
    if turn.kind in ("text", "press", "refresh") and not may_bind:
        trail.record(session, tenant.id, turn.now, "unknown", "denied", detail="stranger")
    return Outcome(_stranger(turn), may_bind=may_bind)


def unreadable(turn: Turn, error: KeyGone) -> Reply:
    """Return what is said when what a turn is about cannot be opened; nothing of the turn was stored."""
    return _plain(turn, "keys.master_gone" if isinstance(error, MasterGone) else "keys.gone")


def _stranger(turn: Turn) -> Reply:
    return _plain(turn, "common.stranger")


def _plain(turn: Turn, say: str) -> Reply:
    view = SayView(notices=(Line(say=say),))
    return Reply(tenant_id=0, person_id=0, channel_user=turn.channel_user, language="sv", view=view)


def _install(talk: Talk) -> Outcome:
    if talk.turn.kind == "removed":
        talk.conversation.installed = False
        return Outcome(None)
    talk.conversation.installed = True
    if talk.person.welcomed:
        return Outcome(None)
    talk.person.welcomed = True
    talk.record("installed")
    return Outcome(talk.reply(menu.welcome(talk)))


# --- seen before -------------------------------------------------------------------------------------------


def _digest(talk: Talk) -> str:
    turn = talk.turn
    # Of a personal number not even a digest is kept.
    data = [f"{name}={value}" for name, value in sorted(turn.data.items()) if not has_personal_number(value)]
    return inbox.digest(talk.session, [turn.kind, turn.text, *data])


def _press_key(talk: Talk) -> str | None:
    verb = commands.VERBS.get(talk.turn.data.get("verb", ""))
    if talk.turn.kind != "press" or verb is None or not verb.keeps:
        return None
    return inbox.digest(talk.session, [str(talk.person_id), _digest(talk)])


def _seen_before(talk: Talk, mint: Mint) -> Outcome | None:
    """Return the stored reply when this act is a repetition of one that was acted upon."""
    turn = talk.turn
    key = _press_key(talk)
    row, pressed = inbox.seen(talk.session, talk.tenant_id, turn.channel_id, turn.activity_id, key)
    if row is not None:
        if row.digest == _digest(talk):
            return _stored(talk, row)
        talk.record("conflict", detail="same id, other content")
        return Outcome(talk.reply(SayView(notices=(Line(say="common.conflict"),))))
    row = pressed
    if row is None and turn.kind == "text" and turn.resent:
        newest = inbox.newest_in(talk.session, talk.tenant_id, turn.channel_id)
        soon = newest is not None and turn.now - newest.at <= RESENT_WITHIN
        row = newest if newest is not None and soon and newest.digest == _digest(talk) else None
    return _stored(talk, row) if row else None


def _stored(talk: Talk, row: InboxRow) -> Outcome:
    return Outcome(Reply.model_validate_json(inbox.reply_of(talk.session, row)), row.posted)


# --- what is answered --------------------------------------------------------------------------------------


def _act(talk: Talk, mint: Mint) -> Outcome:
    view, key = _pressed(talk, mint) if talk.turn.kind == "press" else (_typed(talk), None)
    view = view.model_copy(update={"notices": (*talk.aftermath, *view.notices)}) if talk.aftermath else view
    view = _anchored(talk, view, talk.turn.activity_id)
    _keep_place(talk, view)
    reply = talk.reply(view)
    row = InboxRow(
        tenant_id=talk.tenant_id,
        channel_id=talk.turn.channel_id,
        activity_id=talk.turn.activity_id,
        digest=_digest(talk),
        press=key,
        case_id=talk.touched.id if talk.touched else 0,
        reply=b"",
        at=talk.turn.now,
    )
    inbox.keep(talk.session, row, reply.canonical())
    return Outcome(reply)


def _anchored(talk: Talk, view: AnyView, made_by: str) -> AnyView:
    """Have a moving card's refresh name the turn that made it, and how far the case had come then."""
    refresh = getattr(view, "refresh", None)
    if refresh is None or talk.touched is None or (not made_by and refresh.choice):
        return view
    newest = talk.newest_event()
    anchored = refresh.model_copy(update={"choice": made_by, "revision": str(newest)})
    return view.model_copy(update={"refresh": anchored})


def _pressed(talk: Talk, mint: Mint) -> tuple[AnyView, str | None]:
    """Do what a press asks; with the key of the press when what it did must not be done twice."""
    data = dict(talk.turn.data)
    signed = mint.read(data.pop("token", ""))
    verb = data.pop("verb", "")
    if not _is_hers(talk, signed, verb):
        talk.record("denied", detail="token")
        return SayView(notices=(Line(say="common.card_not_yours"),)), None
    assert signed is not None
    view = _guarded(talk, lambda: commands.run_verb(talk, signed.claim, data))
    # A press that changed nothing may be made again later, and is then to show how things stand by then.
    return view, _press_key(talk) if talk.stores else None


def _is_hers(talk: Talk, signed: Signed | None, verb: str) -> bool:
    return (
        signed is not None
        and signed.tenant_id == talk.tenant_id
        and signed.person_id == talk.person_id
        and signed.claim.verb == verb
        and verb in commands.VERBS
    )


def _typed(talk: Talk) -> AnyView:
    return _guarded(talk, lambda: _typed_view(talk, talk.turn.text.strip()))


def _typed_view(talk: Talk, text: str) -> AnyView:
    """A whole-line command wins; then what was last shown; then a command with a faulty rest; then the nearest."""
    found = commands.find_command(talk, text, whole=True)
    if found:
        return commands.run_command(talk, found[0].word, found[1])
    answered = answer_typed(talk, talk.shown, text)
    if answered is not None:
        return answered
    found = commands.find_command(talk, text, whole=False)
    if found:
        return commands.run_command(talk, found[0].word, found[1])
    return commands.not_understood(talk, text)


def _guarded(talk: Talk, act: Callable[[], AnyView]) -> AnyView:
    try:
        return act()
    except NoSuchCase as error:
        talk.record("denied", case=error.case, detail=error.verb)
        talk.touched = None
        return no_such_case()
    except UserError as error:
        return SayView(notices=(Line(say=error.text_key, args=error.args_for_text),))


def _keep_place(talk: Talk, view: AnyView) -> None:
    """Remember what is shown now, and bring posted cards in line: moved, summed up, emptied."""
    turn, chat = talk.turn, talk.conversation
    if not _only_told(view):
        place = shown.of(view)
        chat.shown = place.model_dump_json(exclude_defaults=True) if place else ""
    if talk.touched is None:
        return
    moves = hasattr(view, "refresh")
    if turn.kind == "press":
        if turn.invoke and isinstance(view, SummaryView | ClosedView):
            talk.update_posted(turn.reply_to, view)
        if moves or isinstance(view, ClosedView):
            chat.card, chat.card_case_id = (turn.reply_to if moves else ""), talk.touched.id
    elif moves or isinstance(view, ClosedView):
        if chat.card and chat.card_case_id == talk.touched.id:
            moved = ClosedView(case_ref=talk.touched.ref, line=Line(say="common.moved"))
            talk.update_posted(chat.card, moved)
        chat.card, chat.card_case_id = "", talk.touched.id if moves else None


def _only_told(view: AnyView) -> bool:
    """Say whether the view only tells how to answer what was shown: that is then still the last thing shown."""
    return isinstance(view, SayView) and all(line.say.startswith(("typed.", "errors.")) for line in view.notices)


def note_posted(session: Session, turn: Turn, reply: Reply, activity_id: str) -> None:
    """Remember, after a reply was posted, under which id it is out; a card that moves is found again by it."""
    row = inbox.by_activity(session, reply.tenant_id, turn.channel_id, turn.activity_id)
    if row is not None:
        row.posted = activity_id
    chat = conversations.find(session, reply.tenant_id, turn.channel_id)
    if chat is not None and hasattr(reply.view, "refresh") and not chat.card:
        chat.card = activity_id
