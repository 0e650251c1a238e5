"""Made-up people chatting with the bot: turns in, replies out, on a real database.

`Chat` simulates a person and her Teams client: it shows posted messages, refreshes cards as Teams does, replaces a
pressed card by the response, and applies updates. Every card is checked by the oracle, in both languages.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import inspect, text
from sqlmodel import col, select

from bot.cards.render import neutral_summary, render_card, render_text
from checklists.lifecycle import WRITER
from checklists.loader import all_facts, newest
from checklists.model import Written
from checklists.replies import read_answer
from dialogs.messages import reminder_content, sweep
from dialogs.rounds import raising
from dialogs.turn.exchange import Reply, Turn
from dialogs.turn.take_turn import Outcome, note_posted, take_turn
from dialogs.turn.tokens import Mint
from dialogs.views.views import AnyView
from storage import answers, cases, filled, outbox
from storage.answers import AnswerRow
from storage.cases import CaseRow
from storage.conversations import ConversationRow
from storage.desk import Desk, Session
from storage.filled import FilledRow
from storage.inbox import InboxRow
from storage.outbox import OutboxRow
from storage.trail import EventRow
from tests.asked import applicable, gaps, state
from tests.chat.card_hand import Card, button, gathered, titles, words
from tests.chat.card_oracle import check_card
from tests.chat.lived import Memory
from tests.sql.import_files import import_people
from texts import LANGUAGES, say

TENANT = "11111111-1111-4111-8111-111111111111"
STOCKHOLM = ZoneInfo("Europe/Stockholm")
NORTH, SOUTH = "Barn och unga Nord (påhittad)", "Barn och unga Syd (påhittad)"
REF = "SN 2026/0123"
SECRET = bytes(range(32))
DRAWN = re.compile(r"[0-9a-f]{32,64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Ids and hashes. Whoever looks for a few digits in what is stored takes them away first."""
LOOKED_OVER: set[tuple[str, str, frozenset[str], frozenset[str]]] = set()
"""The replies whose every rendering held, with whom they were for and what had been written."""
LIST = newest("decision_basis")
REGISTER = (
    ("anna", "Anna Påhittad", NORTH, "case_worker"),
    ("bo", "Bo Exempel", NORTH, "case_worker"),
    ("doris", "Doris Uppdiktad", SOUTH, "case_worker"),
    ("eva", "Eva Tvåenheter", NORTH, "case_worker"),
    ("eva", "Eva Tvåenheter", SOUTH, "case_worker"),
    ("cecilia", "Cecilia Fiktiv", NORTH, "unit_manager"),
    ("vera", "Vera Revisorsson", "", "auditor"),
)


def object_id(name: str) -> str:
    """Return a made-up person's Entra object id."""
    return f"00000000-0000-4000-8000-{int.from_bytes(name.encode()[:6]):012x}"


def people_csv(*people: tuple[str, str, str, str], days: str = ",") -> bytes:
    """Return a register file of people (name, full name, unit, role). days: "from,to" for all of them."""
    rows = [
        f"{TENANT},{object_id(name)},{name}@example.invalid,{full},{unit},{role},{days}"
        for name, full, unit, role in people
    ]
    return "\n".join(["tenant_id,object_id,email,name,unit,role,valid_from,valid_to", *rows]).encode()


def move_in(desk: Desk, *people: tuple[str, str, str, str], days: str = ",") -> None:
    """Import made-up people into the register; everyone in PEOPLE by default."""
    at = datetime(2026, 5, 1, 8, tzinfo=STOCKHOLM)
    raw = people_csv(*(people or REGISTER), days=days)
    desk.run_now(lambda session: import_people(session, raw, frozenset({TENANT}), at, "cli:test"))


@dataclass
class Room:
    """The bot with its database, and a shared clock."""

    desk: Desk
    mint: Mint = field(default_factory=lambda: Mint(SECRET))
    now: datetime = datetime(2026, 5, 12, 10, 42, tzinfo=STOCKHOLM)
    ids: Iterator[int] = field(default_factory=lambda: count(1))
    pages_url: str = "https://bot.example.invalid"
    refused: set[str] = field(default_factory=set)
    """Free text that was sent, stored or not, and must never be in a posted card."""
    chats: dict[str, "Chat"] = field(default_factory=dict)
    memory: Memory | None = field(default=None, compare=False)
    _opened: dict[int, set[str]] = field(default_factory=dict)

    def chat(self, name: str) -> "Chat":
        """Return a person's chat with the bot, the same one each time. name: need not be registered."""
        return self.chats.setdefault(name, Chat(self, name))

    def later(self, **step: float) -> None:
        """Advance the clock."""
        self.now += timedelta(**step)

    def sweeps(self) -> None:
        """Run the background work: the day's sweep if the office is open, and SKYDD at any time."""
        self.desk.run_now(lambda session: sweep.tell_of_protection(session, self.now))
        self.desk.run_now(lambda session: raising.tell_of_late(session, self.now))
        for tenant_id in self.desk.run_now(lambda session: sweep.tenants_to_sweep(session, self.now, ())):
            while self.desk.run_now(partial(sweep.step, tenant_id=tenant_id, now=self.now)).more:
                continue

    def case(self, ref: str = REF) -> CaseRow:
        """Return a case by reference."""
        return self.desk.run_now(lambda session: session.exec(select(CaseRow).where(CaseRow.ref == ref)).one())

    def count(self, *tables: type[Any]) -> int:
        """Return the total number of rows in these tables; in `answer` by default."""
        return self.desk.run_now(
            lambda session: sum(len(session.exec(select(table)).all()) for table in tables or (AnswerRow,))
        )

    def events(self, act: str = "") -> list[EventRow]:
        """Return the trail, oldest first; only these acts, if given."""
        rows = self.desk.run_now(lambda session: session.exec(select(EventRow).order_by(col(EventRow.id))).all())
        return [row for row in rows if act in ("", row.act)]

    def written(self) -> set[str]:
        """Return all free text ever stored or sent."""

        def work(session: Session) -> None:
            for row in session.exec(select(AnswerRow).where(col(AnswerRow.id) > max(self._opened, default=0))):
                of = session.get_one(FilledRow, row.filled_id)
                texts = answers.read(session, of, row)
                self._opened[row.id or 0] = {texts.motivation, texts.place, texts.note or ""}

        if self.scalar("select coalesce(max(id), 0) from answer") != max(self._opened, default=0):
            self.desk.run_now(work)
        return set().union(self.refused, *self._opened.values()) - {""}

    def scalar(self, statement: str) -> Any:
        """Return the single value of a query; on SQLite without the cost of a session."""
        if self.desk.dialect == "sqlite":
            return self.raw.execute(statement).fetchone()[0]
        return self.desk.run_now(lambda session: session.connection().execute(text(statement)).scalar())

    @cached_property
    def raw(self) -> Any:
        """Return the driver's connection. SQLite only, which has a single one."""
        # Not by a transaction, as it is asked for in the midst of others; not engine.raw_connection(): returning it to
        # the pool would roll back another thread's.
        assert self.desk._writer is not None
        return self.desk._writer.connection.driver_connection

    def content(self) -> dict[str, list[str]]:
        """Return all rows of all tables as text, to check that nothing was stored."""
        return self.content_but()

    def kept_text(self) -> str:
        """Return all that is stored as one text without ids and hashes: in those a few digits occur by chance."""
        return DRAWN.sub("", str(self.content()))

    def content_but(self, *tables: str) -> dict[str, list[str]]:
        """Return all rows as text, except those of these tables."""

        def work(session: Session) -> dict[str, list[str]]:
            connection = session.connection()
            names = [name for name in inspect(connection).get_table_names() if name not in tables]
            return {name: sorted(map(str, connection.execute(text(f'select * from "{name}"')))) for name in names}

        return self.desk.run_now(work)


class Chat:
    """A person at her Teams client. card: the card in view. said: the latest plain text reply."""

    def __init__(self, room: Room, name: str) -> None:
        self.room = room
        self.name = name
        self.channel_id = f"a:personal-{name}"
        self.user = f"29:{name}"
        self.posted: dict[str, Card | str] = {}
        self.at = ""
        """Id of the message in view."""
        self.said = ""
        self.last_id = ""
        """Id of her latest activity."""
        self.received: list[Reply] = []
        """Messages the bot sent on its own initiative, oldest first."""
        self.view: AnyView | None = None
        self.language = "sv"
        self.presses_made = 0
        self.refreshing = True
        """Whether her client refreshes cards in view automatically."""
        self.asked_first = False
        """She stops when asked whether to change what is signed; otherwise she says yes at once."""
        self.on_phone: bool | None = None
        """What her client says it runs on."""
        self.replays = False
        """She presses again what she pressed before: the stored reply comes, and the refresh may move on from it."""

    # --- actions ----------------------------------------------------------------------------------------------

    def types(self, line: str, *, again: str = "", cut: bool = False, quotes: str = "", files: bool = False) -> "Chat":
        """Type a line. again: id of an earlier activity, for a redelivery by the channel.

        quotes: id of the message it quotes. files: a file or a picture is sent along.

        cut: the request is given up before its response, so that she does not know it was taken.
        """
        said = read_answer(line)
        self.room.refused |= {said.text} if said and said.text else set()
        self._message(self._turn("text", again, text=line, quotes=quotes, files=files), cut=cut)
        return self._goes_on()

    def edits(self, activity_id: str = "") -> str:
        """Edit a message, the latest if none is named; return what is said about it, "" if nothing is."""
        reply = self._taken(self._turn("edited", activity_id or self.last_id))
        return render_text(reply) if reply is not None else ""

    def presses(
        self,
        title: str,
        fields: Mapping[str, str] | None = None,
        *,
        on: "Shown | None" = None,
        again: str = "",
        nth: int = 0,
        **more: str,
    ) -> "Chat":
        """Press a button by title, with fields filled in by label. on: an earlier card instead of the one in view."""
        shown = on or self.shown
        action = button(shown.card, title, nth)
        data = gathered(shown.card, action, {**(fields or {}), **more})
        return self.sends(data, reply_to=shown.message, again=again, invoke=action["type"] != "Action.Submit")

    def sends(self, data: Mapping[str, str], *, reply_to: str = "", again: str = "", invoke: bool = True) -> "Chat":
        """Send raw card data: what a client would submit, or a tampered version."""
        self.room.refused |= {value for name, value in data.items() if is_free_text(name)}
        self.presses_made += 1
        turn = self._turn("press", again, data=data, invoke=invoke, reply_to=reply_to or self.at)
        if invoke:
            self._invoked(turn)
        else:
            self._message(turn)
        return self._goes_on()

    def _goes_on(self) -> "Chat":
        """Say yes to changing what is signed, as most do."""
        title = say("buttons.change_anyway", "en" if self.language == "en" else "sv")
        if self.asked_first or self.replays or self.kind_or_nothing() != "menu" or title not in self.buttons:
            return self
        self.presses_made -= 1
        return self.presses(title)

    def kind_or_nothing(self) -> str:
        """Return the kind of the card in view, empty if a plain sentence was said or nothing yet."""
        return self.view.kind if self.view is not None and not self.said else ""

    def submits(self, title: str, fields: Mapping[str, str] | None = None) -> "Chat":
        """Press like an older client: Action.Submit, which arrives as a message."""
        action = button(self.card, title)["fallback"]
        return self.sends(gathered(self.card, action, fields or {}), invoke=False)

    def refreshes(self, on: "Shown | None" = None) -> "Chat":
        """Refresh a card, as her client does automatically when a card comes into view."""
        shown = on or self.shown
        refresh = shown.card.get("refresh")
        if refresh is None:
            return self
        before = self._changes()
        turn = self._turn("refresh", "", data=refresh["action"]["data"], invoke=True, reply_to=shown.message)
        reply = self._taken(turn)
        assert before == self._changes(), "a refresh stored something"
        assert reply is not None
        card = render_card(reply, self.room.mint, private=True)
        if card is not None:
            self.posted[shown.message] = card
            self.view = reply.view if shown.message == self.at else self.view
        return self

    def installs(self) -> "Chat":
        """Install the app."""
        reply = self._taken(self._turn("installed", ""))
        if reply is not None:
            self._post(reply)
        return self

    def removes(self) -> None:
        """Remove the app."""
        assert self._taken(self._turn("removed", "")) is None

    def arrives(self) -> int:
        """Deliver her messages in the outbox, as the worker would; return how many."""

        def work(session: Session) -> list[Reply]:
            query = select(OutboxRow).join(ConversationRow, col(ConversationRow.id) == col(OutboxRow.conversation_id))
            query = query.where(ConversationRow.channel_id == self.channel_id, OutboxRow.activity_id == "")
            found = []
            for row in session.exec(query.where(OutboxRow.state == outbox.WAITING).order_by(col(OutboxRow.id))).all():
                reply = reminder_content.content(session, row, self.room.now, [])
                row.state = outbox.SENT if reply else outbox.DROPPED
                found += [reply] if reply else []
            return found

        replies = self.room.desk.run_now(work)
        for reply in replies:
            self._look_over(reply, self.room.written())
            self._post(reply)
            self.received.append(reply)
        return len(replies)

    def reminded(self) -> int:
        """Receive the bot's own messages; return the number of reminders among them."""
        before = len(self.received)
        self.arrives()
        return sum(reply.view.kind == "reminder" for reply in self.received[before:])

    def receives(self) -> "Chat":
        """Receive the bot's own messages, and look at the latest."""
        if not self.arrives():
            assert self.received, "nothing was sent to her"
            self._post(self.received[-1])
        return self

    def prompts(self) -> list[Reply]:
        """Receive the bot's own messages without looking at them; return them all, oldest first."""
        before = self.at, self.view, self.said
        self.arrives()
        self.at, self.view, self.said = before
        return self.received

    # --- what is shown ----------------------------------------------------------------------------------------

    @property
    def card(self) -> Card:
        """Return the card in view."""
        card = self.posted[self.at]
        assert isinstance(card, dict), f"a plain sentence was said last: {card}"
        return card

    @property
    def shown(self) -> "Shown":
        """Return a snapshot of the card in view, to press it later as an old card."""
        return Shown(self.at, self.card)

    @property
    def text(self) -> str:
        """Return what she can read: the latest text and the card in view."""
        card = self.posted.get(self.at, "")
        return self.said + "\n" + (words(card) if isinstance(card, dict) else card)

    @property
    def buttons(self) -> list[str]:
        """Return the titles of the buttons on the card in view."""
        return titles(self.card)

    def sees(self, *texts: str) -> "Chat":
        """Assert that she can read these words."""
        for wanted in texts:
            assert wanted in self.text, f"{wanted!r} is not among:\n{self.text}"
        return self

    def sees_no(self, *texts: str) -> "Chat":
        """Assert that she cannot read any of these words."""
        for unwanted in texts:
            assert unwanted not in self.text, f"{unwanted!r} is among:\n{self.text}"
        return self

    def is_asked(self, item_id: str) -> "Chat":
        """Assert that the card in view asks for an item: a question, a motivation, or a group by its first item."""
        assert self.view is not None
        assert asked(self.view) == item_id, f"asked is {asked(self.view)!r}: {self.text}"
        return self

    def kind(self) -> str:
        """Return the kind of the card in view."""
        assert self.view is not None
        return self.view.kind

    # --- what is stored ---------------------------------------------------------------------------------------

    def stored(self, item_id: str, *, ref: str = REF, child: int = 1) -> str:
        """Return the latest stored answer to an item, empty if there never was one."""
        row = self.row(item_id, ref=ref, child=child)
        return row.choice if row else ""

    def row(self, item_id: str, *, ref: str = REF, child: int = 1) -> AnswerRow | None:
        """Return the latest revision of an answer, None if there is none."""
        return self.sheet(ref, child)[1].get(item_id)

    def written(self, item_id: str, *, ref: str = REF, child: int = 1) -> Written:
        """Return the latest revision of an answer, decrypted."""

        return self.all_written(ref=ref, child=child)[item_id]

    def all_written(self, *, ref: str = REF, child: int = 1) -> dict[str, Written]:
        """Return the latest revision of every answer, decrypted."""

        def work(session: Session) -> dict[str, Written]:
            sheet, rows, _ = self._read(session, ref, child)
            return {item: answers.read(session, sheet, row) for item, row in rows.items()}

        return self.room.desk.run_now(work)

    def counted(self, item_id: str, *, ref: str = REF, child: int = 1) -> str:
        """Return the state of an answer in figures and exports."""
        _, rows, facts = self.sheet(ref, child)
        domain = {name: answers.to_domain(row) for name, row in rows.items()}
        return state(LIST, LIST.by_id[item_id], facts, domain)

    def gaps(self, *, ref: str = REF, child: int = 1) -> list[str]:
        """Return the ids of items and facts that are gaps."""
        _, rows, facts = self.sheet(ref, child)
        domain = {name: answers.to_domain(row) for name, row in rows.items()}
        return [gap.id for gap in gaps(LIST, WRITER, facts, domain, tuple(all_facts()))]

    def applicable(self, *, ref: str = REF, child: int = 1) -> int:
        """Return how many questions apply."""
        _, rows, facts = self.sheet(ref, child)
        return len(applicable(LIST, WRITER, facts, {name: answers.to_domain(row) for name, row in rows.items()}))

    def facts(self, *, ref: str = REF, child: int = 1) -> dict[str, str]:
        """Return the known facts of a child."""
        case = self.room.case(ref)
        return self.room.desk.run_now(lambda session: cases.known_facts(session, case.id, child))

    def revisions(self, item_id: str, *, ref: str = REF, child: int = 1) -> list[str]:
        """Return every stored choice of an item, oldest first."""

        def work(session: Session) -> list[str]:
            sheet = self._read(session, ref, child)[0]
            query = select(AnswerRow).where(AnswerRow.filled_id == sheet.id, AnswerRow.item_id == item_id)
            return [row.choice for row in session.exec(query.order_by(col(AnswerRow.revision)))]

        return self.room.desk.run_now(work)

    def sheet(self, ref: str, child: int) -> tuple[FilledRow, dict[str, AnswerRow], dict[str, str]]:
        return self.room.desk.run_now(lambda session: self._read(session, ref, child))

    def _read(self, session: Session, ref: str, child: int) -> tuple[FilledRow, dict[str, AnswerRow], dict[str, str]]:
        case = session.exec(select(CaseRow).where(CaseRow.ref == ref)).one()
        rows = [row for row in filled.of_case(session, case.id, LIST.id, WRITER) if row.child == child]
        return rows[-1], answers.latest(session, rows[-1].id), cases.known_facts(session, case.id, child)

    # --- the client -------------------------------------------------------------------------------------------

    def _turn(self, kind: Any, again: str, **more: Any) -> Turn:
        activity_id = again or f"in-{next(self.room.ids)}"
        if kind != "refresh":
            self.last_id = activity_id
        return Turn(
            kind=kind,
            tenant=TENANT,
            object_id=object_id(self.name),
            channel_id=self.channel_id,
            channel_user=self.user,
            activity_id=activity_id,
            now=self.room.now,
            service_url="http://127.0.0.1:1/",
            on_phone=self.on_phone,
            **more,
        )

    def _taken(self, turn: Turn) -> Reply | None:
        return self._outcome(turn).reply

    def _outcome(self, turn: Turn) -> Outcome:
        outcome = self.room.desk.run_now(self._take(turn), turn.channel_id)
        if outcome.reply is not None:
            said_ja = frozenset(name for name, value in turn.data.items() if value == "ja")
            self._look_over(outcome.reply, self.room.written(), said_ja)
        return replace(outcome, reply=None) if outcome.posted else outcome

    def _take(self, turn: Turn) -> Callable[[Session], Outcome]:
        return lambda session: take_turn(session, turn, self.room.mint, self.room.pages_url)

    def _message(self, turn: Turn, *, cut: bool = False) -> None:
        """Handle a message as the adapter does: post the reply, or update the pressed card with it."""
        outcome = self._outcome(turn)
        reply = outcome.reply
        if reply is None:
            return
        if turn.kind == "press" and render_card(reply, self.room.mint, private=False) is not None:
            self._show(turn.reply_to, reply, private=False)
        else:
            message = self._post(reply)
            if reply.person_id:
                self.room.desk.run_now(lambda session: note_posted(session, turn, outcome, message, answered=not cut))
        self._obey_updates()
        self._come_into_view()

    def _invoked(self, turn: Turn) -> None:
        """Handle the response to a press as a client does: a card replaces the pressed one, text is shown below it."""
        reply = self._taken(turn)
        assert reply is not None, "a press was not answered"
        self.said = ""
        if render_card(reply, self.room.mint, private=True) is None:
            self.said = render_text(reply)
            self.view = reply.view
        else:
            self._show(turn.reply_to, reply, private=True)
        self._obey_updates()
        self._come_into_view()

    def _post(self, reply: Reply) -> str:
        """Post a reply and return its id."""
        message = f"out-{next(self.room.ids)}"
        self.said = ""
        self._show(message, reply, private=False)
        return message

    def _show(self, message: str, reply: Reply, *, private: bool) -> None:
        card = render_card(reply, self.room.mint, private=private)
        self.posted[message] = card if card is not None else render_text(reply)
        self.at, self.view, self.language = message, reply.view, reply.language
        if card is None:
            self.said = render_text(reply)

    def _come_into_view(self) -> None:
        card = self.posted.get(self.at)
        if self.refreshing and isinstance(card, dict) and not self.said:
            view = self.view
            self.refreshes()
            assert self.replays or asked(self.view) == asked(view), (
                f"the refresh led from {asked(view)} to {asked(self.view)}"
            )

    def _obey_updates(self) -> None:
        """Apply the card updates in the outbox for this chat, as the worker would."""

        def work(session: Session) -> list[tuple[str, Reply]]:
            query = select(OutboxRow, ConversationRow).join(
                ConversationRow, col(ConversationRow.id) == col(OutboxRow.conversation_id)
            )
            found = []
            for row, chat in session.exec(query.where(OutboxRow.state == outbox.WAITING)).all():
                if chat.channel_id == self.channel_id and row.activity_id:
                    row.state = outbox.SENT
                    found.append((row.activity_id, Reply.model_validate_json(outbox.view_of(session, row))))
            return found

        if not self.room.scalar("select count(*) from outbox where state = 'waiting'"):
            return
        for message, reply in self.room.desk.run_now(work):
            self._look_over(reply, self.room.written())
            card = render_card(reply, self.room.mint, private=False)
            assert card is not None
            assert message in self.posted, "an update of a card that was never posted"
            self.posted[message] = card

    def _look_over(self, reply: Reply, written: set[str], said_ja: frozenset[str] = frozenset()) -> None:
        """Check every rendering of a reply with the oracle: public and private, in both languages.

        The same reply to the same person with the same texts written is looked over once in a process: people meet the
        same cards in every test. Of two renderings that are the same, the public one is checked: what holds for a
        private one is asked of it too. said_ja: the fields in which she has just chosen Ja herself.
        """
        asked_about = (reply.model_dump_json(), self.user, frozenset(written), said_ja)
        if asked_about in LOOKED_OVER:
            return
        for language in LANGUAGES:
            said = reply.model_copy(update={"language": language})
            private, public = (render_card(said, self.room.mint, private=private) for private in (True, False))
            for card in (public, private if private != public else None):
                if card is not None:
                    public_one = card is public
                    check_card(
                        card, language=language, user=self.user, public=public_one, written=written, said_ja=said_ja
                    )
            plain = render_text(said) if said.view.kind == "say" else neutral_summary(said)
            assert plain.strip()
            assert not [text for text in written if len(text) > 3 and text in plain]
        LOOKED_OVER.add(asked_about)

    def _changes(self) -> object:
        if self.room.desk.dialect == "sqlite":
            return self.room.raw.total_changes
        return self.room.count(AnswerRow, EventRow, InboxRow, OutboxRow, ConversationRow)


@dataclass(frozen=True)
class Shown:
    """A snapshot of a card, and the id of its message."""

    message: str
    card: Card


def asked(view: AnyView | None) -> str:
    """Return what a view asks for: an item id, a facts card's child, or else just its kind."""
    if view is None:
        return ""
    if view.kind == "question":
        return view.item.item
    if view.kind == "group":
        return view.items[0].item
    if view.kind == "motivation":
        return view.items[0] if view.about else f"motivation of {','.join(view.items)}"
    return view.kind


def is_free_text(input_id: str) -> bool:
    """Return whether a field takes what may never stand in a posted card."""
    return input_id in ("motivation", "place", "comment", "reason", "text") or input_id.endswith(
        (".text", ".place", ".method")
    )
