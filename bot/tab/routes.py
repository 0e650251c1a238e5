"""The pages of the personal tab: sign-in, the conversation, the unit's cases, the figures and the files of them.

A page is for whoever has signed in with the account of the Teams client and has a role in the register now. Without a
session it is the sign-in page, which then repeats the request, also a form, so that nothing written is lost.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from secrets import token_hex
from urllib.parse import parse_qsl, urlencode

from aiohttp import hdrs, web

from bot.clock import Clock
from bot.door.bearer import BadToken
from bot.logs import crash_line, name_request
from bot.metrics import Metrics
from bot.pages.addresses import TAB
from bot.settings import Settings
from bot.tab import figures
from bot.tab.entra import EntraCheck, SignedIn
from bot.tab.forms import Fields, Sent, fields_of, is_ours, sent
from bot.tab.frame import HEADERS, Way, page, told
from bot.tab.sessions import COOKIE, Sessions
from bot.tab.standing import Standing, standing
from bot.tab.talk import Message, Page, Talk
from bot.turns import Turns
from checklists.swedish_time import day_of, stamp
from storage.aggregates import project_new
from storage.desk import Desk, Session
from texts import Language, say

FIRST, SIGN_IN, CASES, REPORT, EXPORT = (f"/{TAB}{more}" for more in ("", "-in", "-arenden", "-rapport", "-export"))
SCRIPT, TEAMS, STYLE = (f"/{TAB}{more}" for more in (".js", "-teams.js", ".css"))
_SECONDS = re.compile("[0-9]{1,12}")
_FILES = Path(__file__).parent / "files"
_SINCE_SIGN_IN = "again"
"""A field added to the address or the form: when she was asked to sign in for it, in seconds since 1970."""
_NO_COOKIE = timedelta(minutes=2)
"""If she has to sign in again within this time, her client kept no cookie; after it, a session has ended once more."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Door:
    """What the pages need of the running bot."""

    check: EntraCheck
    turns: Turns


DOOR = web.AppKey("tab_door", Door)


def add_tab(app: web.Application, settings: Settings, desk: Desk, clock: Clock, metrics: Metrics) -> None:
    """Add the routes. `DOOR` has to be set before the first request.

    Each route exists with and without the path of BK_PUBLIC_URL, which a proxy in front may strip.
    """
    tab = _Tab(settings, desk, clock, metrics)
    files = (
        (SCRIPT, (_FILES / "flik.js").read_text(encoding="utf-8"), "text/javascript"),
        (STYLE, (_FILES / "flik.css").read_text(encoding="utf-8"), "text/css"),
        (TEAMS, Path(settings.teams_js).read_text(encoding="utf-8"), "text/javascript"),
    )
    for base in sorted({"", settings.base_path}):
        for path, text, kind in files:
            app.router.add_get(base + path, partial(_file, text=text, kind=kind))
        app.router.add_post(base + SIGN_IN, tab.guarded(tab.sign_in))
        for path, get in ((FIRST, tab.first), (CASES, tab.cases), (REPORT, tab.report), (EXPORT, tab.export)):
            app.router.add_get(base + path, tab.guarded(get))
        for path, post in ((FIRST, tab.take), (CASES, tab.look)):
            app.router.add_post(base + path, tab.guarded(post))


async def _file(_request: web.Request, *, text: str, kind: str) -> web.Response:
    return web.Response(text=text, content_type=kind, charset="utf-8", headers=HEADERS)


Handler = Callable[[web.Request], Awaitable[web.Response]]


class _Tab:
    """The handlers of the tab's requests."""

    def __init__(self, settings: Settings, desk: Desk, clock: Clock, metrics: Metrics) -> None:
        self._settings = settings
        self._desk = desk
        self._clock = clock
        self._metrics = metrics
        self._sessions = Sessions(settings.secret())

    def guarded(self, handler: Handler) -> Handler:
        """Wrap a handler: if it fails, that is logged and counted, and a page says so."""

        async def handle(request: web.Request) -> web.Response:
            name_request(request.headers, request.remote)
            try:
                return await handler(request)
            except web.HTTPException:
                raise
            except Exception as error:
                self._metrics.failed("link")
                log.error("page of the tab failed: %s", crash_line(error))
                return told("sv", "pages.failed_title", "tab.failed", status=503)

        return handle

    # --- signing in ---------------------------------------------------------------------------------------------------

    async def sign_in(self, request: web.Request) -> web.Response:
        """Begin a session for whoever the token is about. Another site's page cannot send such a header."""
        given = request.headers.getall(hdrs.AUTHORIZATION, [])
        try:
            who = await request.app[DOOR].check.check(given[0] if len(given) == 1 else None)
        except BadToken as bad:
            self._metrics.turned_away(401, bad.reason)
            log.warning("sign-in refused: %s", bad.reason)
            headers = {**HEADERS, hdrs.WWW_AUTHENTICATE: "Bearer"}
            return web.json_response({"error": "token"}, status=401, headers=headers)
        cookie = self._sessions.begin(who, self._clock.now())
        return web.Response(status=204, headers={**HEADERS, hdrs.SET_COOKIE: cookie})

    def _who(self, request: web.Request, now: datetime) -> SignedIn | None:
        visit = self._sessions.read(request.cookies.get(COOKIE, ""), now)
        return visit.who if visit is not None else None

    def _ask_to_sign_in(self, request: web.Request, fields: Fields | None = None) -> web.Response:
        """Return the page that signs her in and then repeats the request.

        Its status is no error: a Teams client may show a page of its own in place of one.
        """
        path, now = request.path.rpartition("/")[2], self._clock.now().timestamp()
        asked = fields if fields is not None else parse_qsl(request.query_string, keep_blank_values=True)
        before = [int(value) for name, value in asked if name == _SINCE_SIGN_IN and _SECONDS.fullmatch(value)]
        if any(now - at < _NO_COOKIE.total_seconds() for at in before):
            return told("sv", "tab.no_cookie_title", "tab.no_cookie")
        again = [*(pair for pair in asked if pair[0] != _SINCE_SIGN_IN), (_SINCE_SIGN_IN, str(int(now)))]
        return page(
            "flik-in.html",
            "sv",
            title=say("tab.signing_in", "sv"),
            words={name: say("tab." + name, "sv") for name in ("needs_script", "not_signed_in", "try_again")},
            sign_in=SIGN_IN.removeprefix("/"),
            next=f"{path}?{urlencode(again)}" if fields is None else "",
            action=path,
            fields=again if fields is not None else [],
        )

    async def _standing(self, who: SignedIn, now: datetime) -> Standing | None:
        def work(session: Session) -> Standing | None:
            return standing(session, who, now, day_of(now))

        return await self._desk.read(work)

    async def _hers(
        self, request: web.Request, show: Callable[[Standing, datetime], Awaitable[web.Response]]
    ) -> web.Response:
        """Show a page to whoever has signed in and has a role today."""
        now = self._clock.now()
        who = self._who(request, now)
        if who is None:
            return self._ask_to_sign_in(request)
        of = await self._standing(who, now)
        return _stranger() if of is None else await show(of, now)

    # --- the conversation ---------------------------------------------------------------------------------------------

    async def first(self, request: web.Request) -> web.Response:
        """Show what waits for her; where cases are in the chat, the figures, or else a page that points to the chat."""

        async def show(of: Standing, now: datetime) -> web.Response:
            if of.content == "tab":
                return await self._home(request, of, now)
            if of.sees_figures:
                return await self._figures(of, {}, now)
            return told(of.language, "tab.in_the_chat_title", "tab.in_the_chat", ways=_ways(of, FIRST))

        return await self._hers(request, show)

    async def _home(self, request: web.Request, of: Standing, now: datetime) -> web.Response:
        if of.chat is None:
            return told(of.language, "tab.no_chat_title", "tab.no_chat", ways=_ways(of, FIRST))
        talk, chat = self._talk(request), of.chat

        def told_of(session: Session) -> list[Message]:
            return talk.messages(session, of, chat, now)

        messages = await self._desk.run(told_of, keep=False)
        found = await talk.command(of, chat, of.first_command, now)
        return self._shown(of, found, FIRST, messages)

    async def take(self, request: web.Request) -> web.Response:
        """Take what was pressed or typed."""

        async def answer(of: Standing, what: Sent, now: datetime) -> web.Response:
            if of.chat is None or of.content != "tab":
                return told(of.language, "tab.in_the_chat_title", "tab.in_the_chat", ways=_ways(of, FIRST))
            if not what.verb and not what.line:
                return await self._home(request, of, now)
            return self._shown(of, await self._talk(request).take(of, of.chat, what, now), FIRST)

        return await self._answered(request, answer)

    async def _answered(
        self, request: web.Request, answer: Callable[[Standing, Sent, datetime], Awaitable[web.Response]]
    ) -> web.Response:
        """Answer a form, if this bot made it for the person who has signed in."""
        if not is_ours(request, self._settings.pages_url):
            self._metrics.turned_away(403, "not_from_here")
            return told("sv", "tab.not_from_here_title", "tab.not_from_here", status=403)
        fields = await fields_of(request)
        now = self._clock.now()
        who = self._who(request, now)
        if who is None:
            return self._ask_to_sign_in(request, fields)
        of, what = await self._standing(who, now), sent(fields)
        if of is None:
            return _stranger()
        if not self._sessions.is_form(who, what.form):
            self._metrics.turned_away(403, "not_from_here")
            return told(of.language, "tab.not_from_here_title", "tab.not_from_here", ways=_ways(of, FIRST), status=403)
        return await answer(of, what, now)

    def _talk(self, request: web.Request) -> Talk:
        return Talk(request.app[DOOR].turns, self._sessions)

    def _shown(
        self, of: Standing, found: Page, path: str, messages: list[Message] | None = None, *, may_write: bool = True
    ) -> web.Response:
        card, language = found.card, of.language
        return page(
            "flik.html",
            language,
            _ways(of, path),
            who=of.who.object_id,
            title=(card.title if card else "") or say("tab.title", language),
            has_heading=bool(card and card.title),
            said=found.said,
            card=card,
            messages=[(stamp(one.at), one.card) for one in messages or ()],
            words={name: say("tab." + name, language) for name in _WORDS},
            hint=say("tab.write_hint" if "case_worker" in of.roles else "tab.write_hint_other", language),
            form=self._sessions.form(of.who),
            page=token_hex(8),
            view=found.row,
            action=(FIRST if may_write else path).removeprefix("/"),
            may_write=may_write,
        )

    # --- the unit's cases ---------------------------------------------------------------------------------------------

    async def cases(self, request: web.Request) -> web.Response:
        """Show the open cases of her units to a chef or her deputy."""
        return await self._hers(request, lambda of, now: self._cases(request, of, None, now))

    async def look(self, request: web.Request) -> web.Response:
        """Show another page of the unit's cases, or one case."""
        return await self._answered(request, lambda of, what, now: self._cases(request, of, what, now))

    async def _cases(self, request: web.Request, of: Standing, what: Sent | None, now: datetime) -> web.Response:
        if not of.reads:
            return told(of.language, "tab.not_yours_title", "tab.not_yours", ways=_ways(of, CASES), status=403)
        if of.chat is None:
            return told(of.language, "tab.no_chat_title", "tab.no_chat", ways=_ways(of, CASES))
        if of.content == "tab":
            return self._shown(of, await self._talk(request).command(of, of.chat, "enhetens ärenden", now), CASES)
        found = await self._talk(request).look(of, of.chat, what, now)
        return self._shown(of, found, CASES, may_write=False)

    # --- the figures --------------------------------------------------------------------------------------------------

    async def report(self, request: web.Request) -> web.Response:
        """Show the figures of the unit and period in the address."""
        return await self._hers(request, lambda of, now: self._figures(of, request.query, now))

    async def _figures(self, of: Standing, chosen: Mapping[str, str], now: datetime) -> web.Response:
        while await self._desk.run(project_new):  # first bring the figures up to date, which a read cannot do
            pass

        def work(session: Session) -> web.Response:
            return figures.report(session, of, chosen, _ways(of, REPORT), now)

        made = await self._desk.read(work)
        if made.status == 403:
            await self._desk.run(lambda session: figures.note(session, of, "denied", "tab:report", now))
        return made

    async def export(self, request: web.Request) -> web.Response:
        """Return the figures as a file."""

        async def give(of: Standing, now: datetime) -> web.Response:
            while await self._desk.run(project_new):
                pass
            made = await self._desk.read(lambda session: figures.export(session, of, request.query, now))
            event = "denied" if made is None else "export"
            await self._desk.run(lambda session: figures.note(session, of, event, "tab:export", now))
            refused = partial(told, of.language, "tab.not_yours_title", "tab.not_yours", ways=_ways(of, EXPORT))
            return refused(status=403) if made is None else made

        return await self._hers(request, give)


_WORDS = ("write", "send", "told_lately")


def _stranger() -> web.Response:
    return told("sv", "tab.stranger_title", "common.stranger", status=403)


def _ways(of: Standing, here: str) -> tuple[Way, ...]:
    """Return the links at the top, to the pages that have something for her."""
    ways = [(FIRST, "tab.way_first")] if of.content == "tab" else []
    if of.sees_figures:
        ways.append((REPORT, "tab.way_report"))
    if of.reads:
        ways.append((CASES, "tab.way_cases"))
    language: Language = of.language
    return tuple(Way(path.removeprefix("/"), say(title, language), path == here) for path, title in ways)
