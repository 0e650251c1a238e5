"""Everything one turn works with: the session, who speaks, in which chat, and what to record."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import uuid4

from actions.cause import Cause
from checklists.rights import READER, Relation, Right, may
from checklists.swedish_time import STOCKHOLM, day_of
from dialogs.figures.reporting import Reporting
from dialogs.turn.exchange import Reply, Turn
from dialogs.turn.shown import Shown
from dialogs.views.views import AnyView, Line, without_texts
from storage import outbox, people, trail
from storage.cases import CaseRow
from storage.conversations import ConversationRow
from storage.desk import Session
from storage.outbox import OutboxRow
from storage.people import PersonRow, RoleRow
from storage.tenants import TenantRow
from storage.trail import EventRow
from texts import Language

READ = Right("read", "case", READER)
"""Reading a list by its own checklist, before signing it or sending it back."""


@dataclass
class Talk:
    """One turn of one known person. `act` names what this turn stores, so that it can be taken back whole."""

    session: Session
    turn: Turn
    tenant: TenantRow
    person: PersonRow
    roles: Sequence[RoleRow]
    conversation: ConversationRow
    act: str = field(default_factory=lambda: uuid4().hex)
    touched: CaseRow | None = None
    """The case this turn is about; its key seals the stored reply."""
    stores: bool = False
    """Whether this turn has stored something that must not be stored twice."""
    last_event: EventRow | None = None
    """The last event this turn recorded about that case."""
    aftermath: list[Line] = field(default_factory=list)
    """What else came of this turn, told above whatever it answers."""
    commands: "Callable[[Talk, str, str], AnyView] | None" = None
    """Runs a typed command; set by dialogs/commands.py, which knows them all."""
    reporting: Reporting | None = None
    """The reports; handed in with the turn."""

    @property
    def cause(self) -> Cause:
        """Return this turn as the cause of what it has for consequences."""
        return Cause(self.session, self.tenant_id, self.turn.now, self.record, self.act, self.aftermath)

    def run_command(self, word: str, rest: str) -> AnyView:
        """Do what a typed command does."""
        assert self.commands is not None
        return self.commands(self, word, rest)

    @property
    def reports(self) -> Reporting:
        """Return the reports."""
        assert self.reporting is not None
        return self.reporting

    @property
    def shown(self) -> Shown | None:
        """Return what was last shown in this chat."""
        return Shown.model_validate_json(self.conversation.shown) if self.conversation.shown else None

    @property
    def tenant_id(self) -> int:
        """Return the tenant's row id."""
        return self.tenant.id

    @property
    def person_id(self) -> int:
        """Return the person's row id."""
        return self.person.id

    @property
    def language(self) -> Language:
        """Return the language she chose; Swedish unless she chose English."""
        return "en" if self.person.language == "en" else "sv"

    @property
    def today(self) -> date:
        """Return the Swedish calendar date of the turn."""
        return day_of(self.turn.now)

    def units_as(self, role: str) -> list[int]:
        """Return the ids of the units in which she holds the role today."""
        return [row.unit_id for row in self.roles if row.role == role]

    def standing(self, case: CaseRow) -> list[tuple[str, Relation]]:
        """Return how she stands to a case, for each role she holds."""
        return [(row.role, self._relation(row, case)) for row in self.roles]

    def _relation(self, row: RoleRow, case: CaseRow) -> Relation:
        if case.lead_id == self.person_id:
            return "lead"
        if case.co_id == self.person_id:
            return "co_worker"
        return "own_unit" if row.unit_id == case.unit_id else "other"

    def reads(self, case: CaseRow) -> bool:
        """Say whether she meets the case as its reader: a chef of its unit or who stands in for one."""
        return may(READ, self.standing(case))

    def acting_as(self, case: CaseRow) -> str:
        """Return for whom she stands in, for the trail: she reads as a deputy. Empty for a chef of the unit."""
        if case.unit_id in self.units_as("unit_manager"):
            return ""
        mine = [row for row in self.roles if row.role == "deputy" and row.unit_id == case.unit_id]
        named = {row.stands_in_for_id for row in mine if row.stands_in_for_id}
        chefs = people.holders(self.session, self.tenant_id, case.unit_id, "unit_manager", self.today)
        return "deputy_for " + ",".join(str(row) for row in sorted(named or {row.id for row in chefs}))

    def record(
        self,
        act: str,
        *,
        case: CaseRow | None = None,
        filled_id: int | None = None,
        item_id: str = "",
        revision: int | None = None,
        detail: str = "",
    ) -> None:
        """Put an event in the trail, in this turn's transaction."""
        self.stores = self.stores or act not in ("denied", "conflict")
        event = trail.record(
            self.session,
            self.tenant_id,
            self.turn.now,
            f"person:{self.person_id}",
            act,
            case_id=case.id if case else None,
            filled_id=filled_id,
            item_id=item_id,
            revision=revision,
            detail=detail,
        )
        if case is not None and case is self.touched:
            self.last_event = event

    def newest_event(self) -> int:
        """Return the id of the newest event about the case this turn is about."""
        self.session.flush()
        assert self.touched is not None
        if self.last_event is not None and self.last_event.id is not None:
            return self.last_event.id
        return trail.newest_of_case(self.session, self.touched.id)

    def reply(self, view: AnyView) -> Reply:
        """Return a view as the reply to this person."""
        return Reply(
            tenant_id=self.tenant_id,
            person_id=self.person_id,
            channel_user=self.turn.channel_user,
            language=self.language,
            view=view,
        )

    def update_posted(self, activity_id: str, view: AnyView) -> None:
        """Have a posted card in this chat replaced after the commit; nothing anyone wrote stands in it."""
        if not activity_id:
            return
        row = OutboxRow(
            tenant_id=self.tenant_id,
            kind="update",
            conversation_id=self.conversation.id,
            activity_id=activity_id,
            case_id=self.touched.id if self.touched else 0,
            nonce=uuid4().hex,
            view=b"",
            due_at=self.turn.now,
            created_at=self.turn.now,
        )
        outbox.put(self.session, row, self.reply(without_texts(view)).canonical())


def clock_words(moment: datetime, now: datetime) -> str:
    """Return a moment as people say it in Sweden: `10:42` today, `2026-05-12 10:42` on another day."""
    local, today = moment.astimezone(STOCKHOLM), day_of(now)
    return f"{local:%H:%M}" if local.date() == today else f"{local:%Y-%m-%d %H:%M}"
