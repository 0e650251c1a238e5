"""Who has the tab open, as the register has it now: read at every request, never from the session."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.tab.entra import SignedIn
from checklists.model import Role
from checklists.rights import FIGURES, READER
from checklists.tenant_settings import Content
from storage import conversations, people, tenants
from storage.desk import Session
from texts import Language

_FIRST: dict[Role, str] = {
    "case_worker": "mina ärenden",
    "unit_manager": "att läsa",
    "deputy": "att läsa",
    "peer_reviewer": "granska",
    "auditor": "mina ärenden",
    "admin": "administrera",
    "manager": "egenkontroll",
}
"""What the tab opens with, by role; for a person with several roles, the first of them here."""


@dataclass(frozen=True, slots=True)
class Chat:
    """Her chat with the bot, in which she is told that something waits."""

    row_id: int
    channel_id: str
    service_url: str
    reference: str
    user: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody in the register with a role today. chat: None until the app is installed for her."""

    who: SignedIn
    tenant_id: int
    person_id: int
    language: Language
    roles: frozenset[Role]
    content: Content
    chat: Chat | None

    @property
    def sees_figures(self) -> bool:
        """Whether there are figures she may see."""
        return not self.roles.isdisjoint(FIGURES)

    @property
    def reads(self) -> bool:
        """Whether she reads the cases of a unit."""
        return not self.roles.isdisjoint(READER)

    @property
    def first_command(self) -> str:
        """What the tab opens with."""
        return next((command for role, command in _FIRST.items() if role in self.roles), "hjälp")


def standing(session: Session, who: SignedIn, now: datetime, today: date) -> Standing | None:
    """Look up a person who has signed in; None if she has no role today."""
    tenant = tenants.find(session, who.tenant)
    person = people.by_object_id(session, tenant.id, who.object_id) if tenant is not None else None
    if tenant is None or person is None:
        return None
    roles = frozenset(row.role for row in people.roles_on(session, person.id, today))
    if not roles:
        return None
    row = conversations.chat_with(session, person.id)
    chat = None
    if row is not None:
        chat = Chat(row.id, row.channel_id, row.service_url, row.reference, conversations.user_of(row))
    language: Language = "en" if person.language == "en" else "sv"
    return Standing(who, tenant.id, person.id, language, roles, tenants.settings(tenant).content, chat)
