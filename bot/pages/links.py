"""One-time links: GET shows a page with a button and leaves the link unused, POST uses it up and returns the content.

Each kind of content is a Purpose: who may fetch it, and how it is rendered from the link's scope. Only aggregates: data
about single cases requires a sign-in, which a link is not, so such a purpose is rejected.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from urllib.parse import parse_qs

from aiohttp import web

from bot.clock import Clock
from bot.logs import crash_line, name_request
from bot.metrics import Metrics
from bot.pages import pages
from checklists import rights
from checklists.errors import UserError
from checklists.model import Role
from checklists.privacy import has_personal_number
from checklists.rights import Right
from checklists.swedish_time import day_of
from storage import links, people, trail
from storage.aggregates import project_new
from storage.desk import Desk, Session
from storage.links import Link, Scope
from texts import Language, say

_MOST = 4096
_READ_SECONDS = 10.0
_FORM = "application/x-www-form-urlencoded"
log = logging.getLogger(__name__)

Render = Callable[[Session, Link, Language], web.Response]
"""Renders the response in a transaction that only reads, before the link is used up: if it fails, the link works."""


@dataclass(frozen=True, slots=True)
class Field:
    """An input on the page with the button. options: value and label; empty for a text field."""

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class Purpose:
    """Content that can be fetched by link.

    right: who may fetch it; must not be about a case. Checked again when the link is used.
    allows: whether a person with these roles (role, unit name) may see what the scope selects, in a municipality with
        these units. Checked whenever `right` is, on the scope as chosen.
    act: the trail event of its use.
    fields: the inputs on the page, filled in from the scope.
    choose: the scope with what was chosen in the form or the query string, given today. Raises: UserError: invalid.
    receipt: notifies others of its use, in the same transaction.

    Raises: ValueError: it is about single cases.
    """

    name: str
    path: str
    right: Right
    render: Render
    case_level: bool = False
    allows: Callable[[Collection[tuple[Role, str]], Collection[str], Scope], bool] = lambda _held, _units, _scope: True
    act: str = "link_used"
    fields: Callable[[Session, Link, Language], Sequence[Field]] = lambda _session, _link, _language: ()
    choose: Callable[[Scope, Mapping[str, str], date], Scope] = lambda scope, _chosen, _today: scope
    receipt: Callable[[Session, Link, datetime], None] = lambda _session, _link, _now: None

    def __post_init__(self) -> None:
        if self.case_level or self.right.about == "case":
            raise ValueError(f"{self.name}: single cases are not given by link; that needs a sign-in")


def add_links(
    app: web.Application, desk: Desk, clock: Clock, metrics: Metrics, purposes: Iterable[Purpose], base: str = ""
) -> None:
    """Add routes for the style sheet and for each purpose. base: the path that people see before the purpose's own.

    Each route exists with and without it, because a proxy in front may strip it.
    """
    for before in sorted({"", base}):
        pages.add_style(app, before)
    for purpose in purposes:
        show = partial(_show, desk=desk, clock=clock, metrics=metrics, purpose=purpose, base=base)
        give = partial(_give, desk=desk, clock=clock, metrics=metrics, purpose=purpose, base=base)
        for before in sorted({"", base}):
            app.router.add_get(before + purpose.path, show)
            app.router.add_post(before + purpose.path, give)


async def _show(
    request: web.Request, *, desk: Desk, clock: Clock, metrics: Metrics, purpose: Purpose, base: str
) -> web.Response:
    """Show the page with the button. A mere visit, as by link previews and mail scanners, leaves the link unused."""
    name_request(request.headers, request.remote)
    try:
        return await desk.read(partial(_page, chosen=request.query, purpose=purpose, now=clock.now(), base=base))
    except Exception as error:
        return _failed(error, metrics)


def _page(session: Session, chosen: Mapping[str, str], purpose: Purpose, now: datetime, base: str) -> web.Response:
    """Return the page with the button and the inputs, filled in with what was chosen so far."""
    token = chosen.get("l", "")
    link = links.look(session, token, purpose.name, now)
    if link is None:
        return _gone()
    asked, wrong = link, ""
    try:
        asked = replace(link, scope=purpose.choose(link.scope, chosen, _day(now)))
    except UserError as error:
        wrong = error.text_key
    if not may(session, asked, purpose, now):
        return _gone()
    language = _language(session, link)
    return pages.html(
        "link.html",
        language,
        title=say("pages.open_title", language),
        lines=[say("pages.open_once", language)],
        wrong=say(wrong, language) if wrong else "",
        fields=[
            replace(field, value=_as_written(field, chosen)) if wrong else field
            for field in purpose.fields(session, asked, language)
        ],
        button=say("pages.open_button", language),
        action=base + purpose.path,
        token=token,
    )


async def _give(
    request: web.Request, *, desk: Desk, clock: Clock, metrics: Metrics, purpose: Purpose, base: str
) -> web.Response:
    """Render the content in a transaction that only reads, then use up the link; only then hand the content out."""
    name_request(request.headers, request.remote)
    chosen, now = await _form(request), clock.now()

    def render(session: Session) -> web.Response | None:
        link = links.look(session, chosen.get("l", ""), purpose.name, now)
        if link is None:
            return None
        asked = replace(link, scope=purpose.choose(link.scope, chosen, _day(now)), at=now)
        return purpose.render(session, asked, _language(session, link)) if may(session, asked, purpose, now) else None

    def use_up(session: Session, made: web.Response | None) -> web.Response | None:
        link = links.use(session, chosen.get("l", ""), purpose.name, now)
        if link is None:
            return None
        actor = f"person:{link.person_id}"
        asked = replace(link, scope=purpose.choose(link.scope, chosen, _day(now)))
        if not may(session, asked, purpose, now):
            if may(session, link, purpose, now):
                raise _NotAllowed(link)
            _denied(session, link, purpose, now)
            return None
        trail.record(session, link.tenant_id, now, actor, purpose.act, detail=purpose.name)
        purpose.receipt(session, asked, now)
        assert made is not None, "it became hers to see just now"  # rolled back: the link still works
        return made

    async def give() -> web.Response:
        try:
            while await desk.run(project_new):  # first bring the figures up to date, which a read cannot do
                pass
            made = await desk.read(render)
            return await desk.run(partial(use_up, made=made)) or _gone()
        except _NotAllowed as refused:
            await desk.run(partial(_denied, link=refused.link, purpose=purpose, now=now))
            return _gone()
        except UserError:  # rolled back, so the link still works; the page says what is wrong
            return await desk.read(partial(_page, chosen=chosen, purpose=purpose, now=now, base=base))

    try:
        return await give()
    except Exception as error:
        return _failed(error, metrics)


class _NotAllowed(Exception):
    """The link is valid, but the person may not see what was chosen. Rolls back, so that the link still works."""

    def __init__(self, link: Link) -> None:
        super().__init__()
        self.link = link


def _denied(session: Session, link: Link, purpose: Purpose, now: datetime) -> None:
    actor = f"person:{link.person_id}"
    trail.record(session, link.tenant_id, now, actor, "denied", detail="link:" + purpose.name)


def _as_written(field: Field, chosen: Mapping[str, str]) -> str:
    """Return the rejected input so that it can be corrected; never a personal number."""
    written = chosen.get(field.name, field.value)
    return field.value if has_personal_number(written) else written


def _day(now: datetime) -> date:
    return day_of(now)


async def _form(request: web.Request) -> Mapping[str, str]:
    """Read the form's fields. Raises: web.HTTPError: wrong content type, too large or too slow."""
    if request.content_type != _FORM:
        raise web.HTTPUnsupportedMediaType(headers=pages.HEADERS)
    body = b""
    try:
        async with asyncio.timeout(_READ_SECONDS):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > _MOST:
                    raise web.HTTPRequestEntityTooLarge(_MOST, len(body), headers=pages.HEADERS)
    except TimeoutError:
        raise web.HTTPBadRequest(headers=pages.HEADERS) from None
    fields = parse_qs(body.decode("ascii", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


def may(session: Session, link: Link, purpose: Purpose, now: datetime) -> bool:
    """Return whether the person's roles today give access to the link's scope."""
    held = people.roles_on(session, link.person_id, _day(now))
    names = people.unit_names(session, link.tenant_id)
    return rights.may(purpose.right, ((role.role, "other") for role in held)) and purpose.allows(
        [(role.role, names[role.unit_id]) for role in held], set(names.values()), link.scope
    )


def _language(session: Session, link: Link) -> Language:
    person = people.person(session, link.tenant_id, link.person_id)
    return "en" if person is not None and person.language == "en" else "sv"


def _gone() -> web.Response:
    """Return the page for links that do not work, the same whatever the reason, so that it reveals nothing."""
    return pages.html(
        "told.html",
        "sv",
        status=410,
        title=say("pages.gone_title", "sv"),
        lines=[say("pages.gone_why", "sv"), say("pages.gone_how", "sv")],
    )


def _failed(error: Exception, metrics: Metrics) -> web.Response:
    """Log a failure and return a page saying that the link still works."""
    metrics.failed("link")
    log.error("link failed: %s", crash_line(error))
    told = [say("pages.failed_why", "sv")]
    return pages.html("told.html", "sv", status=503, title=say("pages.failed_title", "sv"), lines=told)
