"""Strict parsing of a Teams activity: only the fields the bot uses, with normalized text."""

import html
import re
import unicodedata
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from bot.door import strict_json
from checklists.identity import entra_id

MAX_ID = 500
MAX_HTML = 100_000
"""The longest HTML, in characters, that is searched for a quote. Text has no limit but the body's: a person who writes
too much is told so (`dialogs/turn/take_turn.py`), which a refused request could not do.
"""
# No written language stacks this many combining marks on a letter. NFC sorts them in quadratic time: 50,000 blocked
# the process for four seconds.
MAX_MARKS = 30

_NUL_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_BEYOND_LATIN = re.compile(rf"[^\x00-\u02ff]{{{MAX_MARKS + 1}}}")  # all combining marks are in this range
_MENTION = re.compile(r"<at(?:\s[^<>]*)?>([^<]*)</at>", re.IGNORECASE)


_QUOTE = re.compile(
    r"<blockquote\b[^<>]{0,300}schema\.skype\.com/Reply[^<>]{0,300}?"
    r"itemid=[\"'](?P<id>[^\"'<>]{1,200})[\"'][^<>]{0,300}>.*?</blockquote>",
    re.DOTALL | re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"<quoted\b[^<>]{0,600}/?>(?:\s*</quoted>)?", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>|</p>\s*<p[^<>]{0,300}>", re.IGNORECASE)
_ANY_TAG = re.compile(r"</?[A-Za-z][^<>]{0,1000}>")
_NOT_FILES = (
    "text/html",
    "messageReference",
    "application/vnd.microsoft.card.",
    "application/vnd.microsoft.teams.card",
)


def _is_file(attachment: dict[str, Any]) -> bool:
    return not str(attachment["contentType"]).startswith(_NOT_FILES)


def clean_text(text: str) -> str:
    """Normalize text to a form both databases store identically: NFC, LF for CRLF, no NUL.

    Raises: ValueError: a lone surrogate, or more than MAX_MARKS combining marks in a row.
    """
    if "\0" in text or "\r" in text:
        text = text.replace("\0", "").replace("\r\n", "\n")
    if text.isascii():
        return text
    _refuse_surrogates(text)
    if _BEYOND_LATIN.search(text):
        _refuse_piled_marks(text)
    return unicodedata.normalize("NFC", text)


def clean_value(value: Any) -> Any:
    """Apply `clean_text` to every string value of a JSON tree; keys are left alone. Raises: ValueError."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {key: clean_text(of) if isinstance(of, str) else clean_value(of) for key, of in value.items()}
    if isinstance(value, list):
        return [clean_value(inner) for inner in value]
    return value


def _refuse_surrogates(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("lone surrogate") from None


def _refuse_piled_marks(text: str) -> None:
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        if marks > MAX_MARKS:
            raise ValueError("too many combining marks in a row")


def _none_to_empty(value: Any) -> Any:
    return () if value is None else value


Id = Annotated[str, Field(max_length=MAX_ID, pattern=r"^[^\x00-\x1f\x7f]*$")]
Name = Annotated[str, Field(max_length=MAX_ID), AfterValidator(clean_text)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel)


class Account(_Part):
    """A participant. id: the channel's own. aad_object_id: the Entra ID object id, which identifies a person."""

    id: Id = Field(min_length=1)
    name: Name | None = Field(None, repr=False)
    aad_object_id: Id | None = None


class Conversation(_Part):
    """The conversation of an activity. conversation_type: `personal`, `groupChat` or `channel`."""

    id: Id = Field(min_length=1)
    conversation_type: Id | None = None
    tenant_id: Id | None = None
    is_group: StrictBool | None = None


class _Tenant(_Part):
    id: Id | None = None


class _ChannelData(_Part):
    tenant: _Tenant | None = None
    event_type: Id | None = None


Accounts = Annotated[tuple[Account, ...], BeforeValidator(_none_to_empty)]


_PHONES = ("ios", "android")
"""Platforms, as Teams names them in `clientInfo`."""


class Inbound(_Part):
    """A parsed activity. Its repr contains no text, value or name.

    value: JSON with normalized strings. raw: the whole activity as received (without NUL), from which the conversation
    reference is stored exactly as the channel sent it.
    """

    type: Id = Field(min_length=1)
    id: Id | None = None
    name: Id | None = None
    reply_to_id: Id | None = None
    service_url: Annotated[str, Field(max_length=1000)] | None = None
    channel_id: Id | None = None
    from_: Account | None = Field(None, alias="from")
    recipient: Account | None = None
    conversation: Conversation
    locale: Id | None = None
    action: Id | None = None
    members_added: Accounts = ()
    members_removed: Accounts = ()
    channel_data: _ChannelData | None = Field(None, repr=False)
    entities: tuple[dict[str, Any], ...] | None = Field(None, repr=False)
    attachments: Annotated[tuple[dict[str, Any], ...], BeforeValidator(_none_to_empty)] = Field((), repr=False)
    # After `recipient` and `entities`, which its validator needs to recognize mentions of the bot.
    text: Annotated[str, AfterValidator(clean_text)] | None = Field(None, repr=False)
    value: Annotated[dict[str, Any], AfterValidator(clean_value)] | None = Field(None, repr=False)
    raw: dict[str, Any] = Field(repr=False)

    @property
    def tenant_id(self) -> str | None:
        """The tenant the channel states, as compared; None if it states none, or two that differ."""
        tenant = self.channel_data.tenant if self.channel_data else None
        named = {entra_id(named) for named in (tenant and tenant.id, self.conversation.tenant_id) if named}
        return named.pop() if len(named) == 1 else None

    @property
    def on_phone(self) -> bool | None:
        """Whether it came from Teams on a phone or tablet; None if the client does not say what it runs on."""
        for entity in self.entities or ():
            if entity.get("type") == "clientInfo" and isinstance(platform := entity.get("platform"), str) and platform:
                return platform.casefold() in _PHONES
        return None

    @property
    def is_edited(self) -> bool:
        """True when a message was edited, and not only brought back after it had been deleted."""
        event = self.channel_data.event_type if self.channel_data else None
        return event in (None, "", "editMessage")

    @property
    def quoted(self) -> str:
        """The id of the message this one quotes, empty if it quotes none."""
        for entity in self.entities or ():
            of = entity.get("quotedReply")
            if entity.get("type") == "quotedReply" and isinstance(of, dict) and isinstance(of.get("messageId"), str):
                return str(of["messageId"])[:MAX_ID]
        found = _QUOTE.search(self._html)
        return html.unescape(found["id"]) if found else ""

    @property
    def said(self) -> str:
        """The text without what it quotes, which was written before and perhaps by somebody else."""
        if _QUOTE.search(self._html):
            lines = _BREAK.sub("\n", _QUOTE.sub("", self._html))
            return clean_text(html.unescape(_ANY_TAG.sub("", lines)).strip())
        return _PLACEHOLDER.sub("", self.text or "").strip() if self.quoted else self.text or ""

    @property
    def brings_files(self) -> bool:
        """True when a file or a picture was sent along."""
        return any(isinstance(one.get("contentType"), str) and _is_file(one) for one in self.attachments)

    @property
    def _html(self) -> str:
        """The message as HTML, as Teams sends it beside the text; empty if it did not, or if it is too long."""
        found = [one.get("content") for one in self.attachments if one.get("contentType") == "text/html"]
        return next((one for one in found if isinstance(one, str) and len(one) <= MAX_HTML), "")

    @property
    def is_personal(self) -> bool:
        """True for a one-to-one chat with the bot."""
        return self.conversation.conversation_type == "personal" and not self.conversation.is_group

    @field_validator("text")
    @classmethod
    def _without_mentions(cls, text: str | None, info: ValidationInfo) -> str | None:
        return _strip_mentions(text, info.data.get("recipient"), info.data.get("entities") or ()) if text else text

    @model_validator(mode="after")
    def _acts_name_their_author(self) -> Self:
        if self.type in {"message", "invoke"} and not (self.id and self.from_):
            raise ValueError("a message or invoke needs an id and a sender")
        return self


class BadActivity(ValueError):
    """A body that is not an activity. reason: a fixed word, or the name of the wrong field; never its content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_activity(body: bytes) -> Inbound:
    """Parse a request body.

    Raises: BadActivity: not UTF-8, not strict JSON, not an object, or a field we use is missing, of the wrong type or
        too long.
    """
    try:
        text = body.decode()
        # PostgreSQL rejects NUL in text. Dropping it before parsing also covers names and the stored reference.
        tree = strict_json.loads(_NUL_ESCAPE.sub(r"\1", text) if r"\u0000" in text else text)
    except UnicodeDecodeError:
        raise BadActivity("not_utf8") from None
    except strict_json.NotStrict as bad:
        raise BadActivity(bad.reason) from None
    if not isinstance(tree, dict):
        raise BadActivity("not_an_object")
    try:
        return Inbound.model_validate({**tree, "raw": tree})
    except ValidationError as error:
        raise BadActivity(_wrong_field(error)) from None


def _wrong_field(error: ValidationError) -> str:
    """Return a code with the name of the first wrong field, always one of ours; `no_author` if it is no single one."""
    place = error.errors(include_url=False, include_context=False, include_input=False)[0]["loc"]
    return f"field_{place[0]}" if place else "no_author"


def _strip_mentions(text: str, bot: Account | None, entities: tuple[dict[str, Any], ...]) -> str:
    """Remove mentions of the bot from the text; replace other mentions by the bare name."""
    own = {f"<at>{bot.name}</at>"} if bot and bot.name else set()
    for entity in entities:
        mentioned, written = entity.get("mentioned"), entity.get("text")
        if bot and isinstance(mentioned, dict) and mentioned.get("id") == bot.id and isinstance(written, str):
            own.add(clean_text(written))
    stripped = _MENTION.sub(lambda match: "" if match[0] in own else match[1], text)
    return stripped if stripped == text else stripped.strip(" \t\n")
