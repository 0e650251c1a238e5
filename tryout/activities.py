"""Builds the Bot Framework JSON Teams sends for what a person does in her chat with the bot.

All are pure functions of an `Envelope`, so that building an act twice gives identical activities.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]

BOT_ID = "28:22222222-2222-4222-8222-222222222222"
STOCKHOLM = ZoneInfo("Europe/Stockholm")


@dataclass(frozen=True)
class Person:
    """A made-up person on the try-out page. title: shown under her name. roles: what she is offered to write."""

    tenant_id: str
    object_id: str
    name: str
    title: str
    roles: tuple[str, ...] = ()

    @property
    def user_id(self) -> str:
        """Her id on the channel, as used in `refresh.userIds` of cards."""
        return f"29:{self.object_id}"

    @property
    def conversation_id(self) -> str:
        """The id of her personal chat with the bot."""
        return f"a:tryout-{self.object_id}"


@dataclass(frozen=True)
class Envelope:
    """What all activities of an act have in common. id: a UUID chosen at the first attempt."""

    id: str
    at: datetime
    person: Person
    bot_name: str
    service_url: str


def text_message(envelope: Envelope, text: str) -> Json:
    """Return the message for a typed text."""
    return _client(envelope, "message") | {"text": text, "textFormat": "plain"}


def submit_message(envelope: Envelope, reply_to: str, value: Json) -> Json:
    """Return a press on `Action.Submit`: a message without text whose value is the data and inputs."""
    return _from_card(_client(envelope, "message"), reply_to, value)


def card_action(envelope: Envelope, reply_to: str, action: Json, *, automatic: bool) -> Json:
    """Return a press on `Action.Execute`. automatic: it is the refresh Teams sends when showing the card."""
    pressed = {key: action[key] for key in ("type", "id", "title", "verb", "data") if key in action}
    value: Json = {"action": pressed}
    if automatic:
        value["trigger"] = "automatic"
    return _from_card(_client(envelope, "invoke") | {"name": "adaptiveCard/action"}, reply_to, value)


def installation(envelope: Envelope) -> Json:
    """Return the installation of the app in her chat."""
    activity = _base(envelope, "installationUpdate") | {"action": "add"} | _locale()
    activity["channelData"] |= {
        "source": {"name": "message"},
        "settings": {"selectedChannel": {"id": envelope.person.conversation_id}},
    }
    return activity


def members_added(envelope: Envelope) -> Json:
    """Return the conversation update that follows an installation. Its id is derived from the act's."""
    person = envelope.person
    return _base(envelope, "conversationUpdate") | {
        "id": str(uuid.uuid5(uuid.UUID(envelope.id), "conversationUpdate")),
        "membersAdded": [{"id": person.user_id, "aadObjectId": person.object_id}, {"id": BOT_ID}],
    }


def utc_text(at: datetime) -> str:
    """Format a time like the channel: UTC, milliseconds, `Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _base(envelope: Envelope, kind: str) -> Json:
    person = envelope.person
    return {
        "type": kind,
        "id": envelope.id,
        "from": {"id": person.user_id, "aadObjectId": person.object_id},
        "timestamp": utc_text(envelope.at),
        "serviceUrl": envelope.service_url,
        "conversation": {
            "conversationType": "personal",
            "tenantId": person.tenant_id,
            "id": person.conversation_id,
        },
        "recipient": {"id": BOT_ID, "name": envelope.bot_name},
        "channelData": {"tenant": {"id": person.tenant_id}},
        "channelId": "msteams",
    }


def _client(envelope: Envelope, kind: str) -> Json:
    """Return what her client adds: name, local time, language."""
    activity = _base(envelope, kind) | _locale()
    activity["from"]["name"] = envelope.person.name
    activity["localTimestamp"] = envelope.at.astimezone(STOCKHOLM).isoformat(timespec="milliseconds")
    activity["localTimezone"] = STOCKHOLM.key
    activity["entities"][0] |= {"country": "SE", "platform": "Web", "timezone": STOCKHOLM.key}
    return activity


def _from_card(activity: Json, reply_to: str, value: Json) -> Json:
    activity["channelData"]["source"] = {"name": "message"}
    return activity | {"replyToId": reply_to, "value": value}


def _locale() -> Json:
    return {"locale": "sv-SE", "entities": [{"type": "clientInfo", "locale": "sv-SE"}]}
