"""The context of one turn: the session, the person, the chat, and the case it is about."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from actions import round_seat
from actions.basis import BASIS, Basis, read, read_own
from actions.origin import Origin, of_person
from checklists import access
from checklists.access import Staff
from checklists.lifecycle import WRITER
from checklists.loader import newest
from checklists.model import ListId, Role
from checklists.tenant_settings import Content
from dialogs.turn.exchange import Reply, Turn
from dialogs.turn.shown import Shown
from dialogs.views.views import AnyView
from storage import conversations, filled, people, round_ties, tenants
from storage.cases import CaseRow, Facts
from storage.conversations import ConversationRow
from storage.desk import Session
from storage.people import PersonRow, RoleRow
from storage.tenants import TenantRow
from storage.unfit import Skipped
from texts import Language


@dataclass
class TurnContext:
    """One turn of one known person.

    pages_url: public address of the bot's pages, tab_url: of its tab in Teams; empty if there is none. content: see
    `TenantSettings`. touched: the case this turn is about; its key seals the stored reply. skipped: cases left out of a
    list because of faulty data. seen: the list last read; actions keep its sheets up to date with what is stored.
    """

    session: Session
    turn: Turn
    tenant: TenantRow
    person: PersonRow
    roles: Sequence[RoleRow]
    conversation: ConversationRow
    pages_url: str = ""
    tab_url: str = ""
    touched: CaseRow | None = None
    skipped: list[Skipped] = field(default_factory=list)
    seen: Basis | None = None
    origin: Origin = field(init=False)
    tenant_id: int = field(init=False)
    person_id: int = field(init=False)
    today: date = field(init=False)
    language: Language = field(init=False)
    content: Content = field(init=False)

    def __post_init__(self) -> None:
        settings = tenants.settings(self.tenant)
        self.content = settings.content
        self.origin = of_person(self.tenant.id, self.person.id, self.turn.now, settings.case_ref_pattern)
        self.tenant_id, self.person_id, self.today = self.tenant.id, self.person.id, self.origin.today
        self.language = "en" if self.person.language == "en" else "sv"

    @property
    def shown(self) -> Shown | None:
        """What was last shown in this chat."""
        return Shown.model_validate_json(self.conversation.shown) if self.conversation.shown else None

    @property
    def is_overtaken(self) -> bool:
        """Whether a message has come after what was last shown in this chat; a page of the tab still shows it."""
        return not self.turn.tab and conversations.is_overtaken(self.conversation)

    def units_as(self, role: Role) -> list[int]:
        """Return the ids of the units in which the person holds the role today."""
        return [row.unit_id for row in self.roles if row.role == role]

    def basis(self, case: CaseRow, facts: Facts, checklist: ListId = BASIS) -> Basis:
        """Return the latest occasion of a list as this person sees it; the case becomes the current one."""
        self.touched = case
        if self.turn.kind != "refresh":  # sent by the client on its own: the person has not moved to this case
            self.conversation.case_id = case.id
        self.seen = read(self.session, case, facts, checklist, self.reader_id(case))
        return self.seen

    def own_list(self, case: CaseRow, facts: Facts, checklist: ListId) -> Basis | None:
        """Return the latest occasion of a list other than the decision basis, None if this person may not answer it."""
        role = self.seat(case, checklist)
        if role is None:
            return None
        self.touched = case
        if self.turn.kind != "refresh":
            self.conversation.case_id = case.id
        person_id = filled.NOBODY if role == WRITER else self.person_id
        self.seen = read_own(
            self.session, case, facts, checklist, role, person_id, self.round_id(case, checklist, role)
        )
        return self.seen

    def seat(self, case: CaseRow, checklist: ListId) -> Role | None:
        """Return the role in which this person answers a list other than the decision basis, None if she may not."""
        role = access.seat(newest(checklist), self.roles, case)
        if role != "peer_reviewer":
            return role
        return role if not self.has_had(case) and self.round_seat(case, checklist).may_review else None

    def round_seat(self, case: CaseRow, checklist: ListId) -> round_seat.Seat:
        """Return this person's standing as a peer reviewer of a case, in the rounds of this list."""
        return round_seat.seat(self.session, self.origin, case, checklist)

    def round_version(self, case: CaseRow, checklist: ListId) -> int:
        """Return the list version used by the round in which this person reviews a case, 0 for none."""
        found = self.round_seat(case, checklist).round
        return found.version if found is not None else 0

    def round_id(self, case: CaseRow, checklist: ListId, role: Role) -> int:
        """Return the round in which this person reviews a case, NO_ROUND for none."""
        return self.round_seat(case, checklist).round_id if role == "peer_reviewer" else filled.NO_ROUND

    def has_had(self, case: CaseRow) -> bool:
        """Return whether this person has or has had a tie to a case, or has declared one; see `round_ties.ties`."""
        return self.person_id in round_ties.ties(self.session, [case.id]).get(case.id, ())

    def reader_id(self, case: CaseRow) -> int:
        """Return the person's own id if they read this case as chef or deputy, else `filled.NOBODY`."""
        return self.person_id if access.reads(self.roles, case) else filled.NOBODY

    def acting_as(self, case: CaseRow) -> str:
        """Return for whom the person acts as deputy, as written to the trail; empty for a chef of the unit."""
        if not access.reads_as_deputy(self.roles, case):
            return ""
        staff = Staff(people.holdings_on(self.session, self.tenant_id, self.today))
        return "deputy_for " + ",".join(map(str, staff.chefs_covered_by(case, self.person_id)))

    def reply(self, view: AnyView) -> Reply:
        """Return a view as the reply to this person, on what she uses now."""
        on_phone = self.conversation.on_phone if self.turn.on_phone is None else self.turn.on_phone
        return Reply(
            tenant_id=self.tenant_id,
            person_id=self.person_id,
            channel_user=self.turn.channel_user,
            language=self.language,
            view=view,
            submits=not self.turn.tab and tenants.settings(self.tenant).submits(on_phone=on_phone),
        )
