"""What comes in and what goes out, as plain data that knows nothing of the channel's formats."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from dialogs.views.views import AnyView
from texts import Language

TurnKind = Literal["text", "press", "refresh", "installed", "removed"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing a person did in her chat.

    kind: she wrote (`text`), pressed (`press`), her client asked what to show (`refresh`), the app was
        installed or removed. tenant, object_id: who, as the channel vouches. channel_id: the chat.
    data: what the card sent, as text by name: `verb`, `token` and the inputs. invoke: the answer goes
        back in the response. reply_to: the posted card she pressed on. emails: her addresses, when the
        register waits to bind one.
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
    emails: tuple[str, ...] = ()


class Reply(BaseModel):
    """What is said back, before it becomes a card: a view, in a language, for one person.

    Stored canonically (`canonical`) so that the same press or a second delivery is answered the same.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tenant_id: int
    person_id: int
    channel_user: str
    language: Language
    view: AnyView

    def canonical(self) -> str:
        """Return the one JSON text of this reply: short, but always with the word that says which view it is."""
        slim = self.model_dump(mode="json", exclude_defaults=True, by_alias=True)
        slim["view"] = {"kind": self.view.kind, **slim["view"]}
        return json.dumps(slim, ensure_ascii=False, separators=(",", ":"))
