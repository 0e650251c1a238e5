"""The pages on privacy and terms that the Teams package links to: open to everybody, without a word about any case.

The retention periods on them are those that the municipality has set, read at most once a minute, as anybody may fetch
the pages.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from aiohttp import web

from bot.logs import crash_line, name_request
from bot.metrics import Metrics
from bot.pages import pages
from bot.pages.addresses import PRIVACY, TERMS
from bot.settings import Settings
from checklists.retention import Retention
from storage import disposal, tenants
from storage.desk import Desk, Session
from texts import LANGUAGES, Language, say

FRESH_SECONDS = 60.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and the paragraphs below it."""

    title: str
    lines: tuple[str, ...]


@dataclass(slots=True)
class _Periods:
    """The periods of the one municipality served; None if there are several, who each have their own."""

    desk: Desk
    served: frozenset[str]
    ticks: Callable[[], float] = time.monotonic
    _found: Retention | None = field(default=None, init=False)
    _until: float = field(default=float("-inf"), init=False)

    async def now(self) -> Retention | None:
        """Return the periods in force. Raises: SQLAlchemy errors: the database cannot be read."""
        if self.ticks() >= self._until:
            self._found = await self.desk.read(self._read)
            self._until = self.ticks() + FRESH_SECONDS
        return self._found

    def _read(self, session: Session) -> Retention | None:
        if len(self.served) != 1:
            return None
        [served] = self.served
        tenant = tenants.find(session, served)
        return disposal.retention(tenant) if tenant is not None else None


def add_public_pages(app: web.Application, settings: Settings, desk: Desk, metrics: Metrics) -> None:
    """Add the two pages, with and without the path of BK_PUBLIC_URL, which a proxy in front may strip."""
    periods = _Periods(desk, settings.tenants)
    for before in sorted({"", settings.base_path}):
        privacy = partial(_privacy, settings=settings, periods=periods, metrics=metrics)
        app.router.add_get(before + PRIVACY, privacy)
        app.router.add_get(before + TERMS, partial(_terms, settings=settings))


async def _privacy(request: web.Request, *, settings: Settings, periods: _Periods, metrics: Metrics) -> web.Response:
    name_request(request.headers, request.remote)
    language = _language(request)
    try:
        kept = await periods.now()
    except Exception as error:
        metrics.failed("link")
        log.error("page failed: %s", crash_line(error))
        kept = None  # the page then says less, but nothing untrue
    parts = privacy_parts(settings, kept, language)
    return _page(request, language, "public.privacy_title", "public.privacy_about", parts)


async def _terms(request: web.Request, *, settings: Settings) -> web.Response:
    language = _language(request)
    parts = terms_parts(settings, language)
    return _page(request, language, "public.terms_title", "public.terms_about", parts)


def privacy_parts(settings: Settings, kept: Retention | None, language: Language) -> list[Part]:
    """Return the sections of the page on privacy. kept: the retention periods; None if they are not known."""
    part = partial(_part, language)
    return [
        _who(settings, language),
        part("public.kept", "public.kept_cases", "public.kept_staff", "public.kept_not"),
        part("public.seen", "public.seen_by", "public.seen_where"),
        Part(say("public.period", language), _kept_for(kept, language)),
        part("public.removed", "public.removed_how", "public.removed_rights"),
    ]


def terms_parts(settings: Settings, language: Language) -> list[Part]:
    """Return the sections of the page with the terms."""
    part = partial(_part, language)
    return [
        part("public.terms_who", "public.terms_who_is"),
        part("public.terms_what", "public.terms_what_is"),
        part("public.terms_write", "public.terms_write_is"),
        part("public.terms_free", "public.terms_free_is"),
        _who(settings, language),
    ]


def _who(settings: Settings, language: Language) -> Part:
    name, contact = settings.municipality, settings.privacy_contact
    if name and contact:
        said = say("public.who_is", language, municipality=name, contact=contact)
    elif name:
        said = say("public.who_named", language, municipality=name)
    elif contact:
        said = say("public.who_contact", language, contact=contact)
    else:
        said = say("public.who_unnamed", language)
    return Part(say("public.who", language), (said,))


def _kept_for(kept: Retention | None, language: Language) -> tuple[str, ...]:
    if kept is None:
        return (say("public.period_own", language),)
    if kept.case_months is None:
        cases = say("public.period_case_none", language)
    else:
        cases = say("public.period_case", language, months=kept.case_months)
    if kept.leaver_months is None:
        staff = say("public.period_staff_none", language)
    else:
        staff = say("public.period_staff", language, months=kept.leaver_months)
    rest = say(
        "public.period_rest",
        language,
        replies=kept.reply_days,
        messages=kept.message_days,
        chats=kept.chat_days,
        drafts=kept.draft_days,
    )
    return cases, staff, rest


def _part(language: Language, title: str, *lines: str) -> Part:
    return Part(say(title, language), tuple(say(line, language) for line in lines))


def _language(request: web.Request) -> Language:
    """Return the language asked for with `?lang=en`; Swedish otherwise, whatever the browser prefers."""
    return "en" if request.query.get("lang") == "en" else "sv"


def _page(request: web.Request, language: Language, title: str, about: str, parts: list[Part]) -> web.Response:
    [other] = set(LANGUAGES) - {language}
    name = request.path.rpartition("/")[2]
    return pages.html(
        "everybody.html",
        language,
        title=say(title, language),
        about=say(about, language),
        parts=parts,
        other=other,
        other_url=f"{name}?lang={other}",
        other_words=say("public.language_other", language),
    )
