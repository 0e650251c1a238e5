"""`Turn` in, `Reply` out: plain data, independent of the channel's formats."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pydantic_core import to_json

from dialogs.views.parts import Data
from dialogs.views.views import AnyView
from texts import Language

TurnKind = Literal["text", "press", "refresh", "installed", "removed", "edited"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing a person did in the chat.

    kind: a typed message (`text`), a button (`press`), the client asking for a card's current content (`refresh`),
        the app `installed` or `removed`, or a message `edited` afterwards. tenant, object_id: the person, as vouched
        for by the channel. channel_id: the chat.
    data: what the card sent, as text by name: `verb`, `token` and the inputs. invoke: the answer goes back in the
        response. reply_to: the posted card that was pressed. quotes: the message that a typed one quotes. files: a file
        or picture is attached.
    on_phone: it came from a phone; None if the client does not say.
    tab: it was done in the tab, not in the chat. in_view: the inbox row of the card that the page showed; 0 for
        an unknown one, None if the page does not say. emails: the person's addresses, looked up when a register
        row is waiting to be bound.
    """

    kind: TurnKind
    tenant: str
    object_id: str
    channel_id: str
    channel_user: str
    activity_id: str
    now: datetime
    service_url: str = ""
    reference: str = "{}"
    text: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    invoke: bool = False
    reply_to: str = ""
    quotes: str = ""
    files: bool = False
    on_phone: bool | None = None
    tab: bool = False
    in_view: int | None = None
    emails: tuple[str, ...] = ()


class Reply(Data):
    """The answer before it is rendered: a view, in a language, for one person.

    Stored in its `canonical` form, so that a repeated press or delivery gets the same answer. submits: its buttons are
    `Action.Submit`, as on a phone.
    """

    tenant_id: int
    person_id: int
    channel_user: str
    language: Language
    view: AnyView
    submits: bool = False

    def canonical(self) -> str:
        """Return the canonical JSON of this reply: defaults are left out, but never the view's `kind`."""
        slim = self.model_dump(mode="json", exclude_defaults=True, by_alias=True)
        slim["view"] = {"kind": self.view.kind, **slim["view"]}
        return to_json(slim).decode()
