"""The try-out page for people without Teams, mounted in the bot's web app: routes, startup and shutdown.

It talks to the bot over HTTP, as Teams does, and imports none of it.
"""

import pathlib
from collections.abc import AsyncIterator, Callable, Sequence

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler

from tryout import acts, connector, live
from tryout.activities import Person
from tryout.clock import Clock, IsWorkingDay
from tryout.conversations import History
from tryout.guard import Check, guarded, no_page, own_page
from tryout.room import ROOM, Room

__all__ = ["Clock", "Person", "add_routes"]

PAGE = pathlib.Path(__file__).with_name("page")
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
CONNECTOR = "/tryout/connector/v3/conversations"


def add_routes(
    app: web.Application,
    *,
    people: Sequence[Person],
    bot_url: Callable[[], str],
    history: pathlib.Path,
    renderer: pathlib.Path,
    bot_name: str,
    clock: Clock | None,
    is_working_day: IsWorkingDay,
) -> None:
    """Add the page at `/` and the channel under `/tryout/` to `app`, for this machine only.

    Args: bot_url: returns the URL under which `/api/messages` is, without a trailing slash. Called at each use, as the
            port may not be known yet.
        history: the file of chats; created if missing, read and compacted at startup.
        renderer: Microsoft's `adaptivecards.min.js`; if missing, the page says so.
        clock: the bot's clock, if it may be moved; if None, the page hides the control.
        is_working_day: by the bot's calendar; the clock may be moved to the next working morning.
    """
    app[ROOM] = Room(tuple(people), bot_url, bot_name, clock, is_working_day)

    async def running(app: web.Application) -> AsyncIterator[None]:
        kept = History(history)
        async with aiohttp.ClientSession() as session:
            app[ROOM].start(kept, session)
            yield
        kept.close()

    async def stopping(app: web.Application) -> None:
        await app[ROOM].pages.close()

    app.cleanup_ctx.append(running)
    app.on_shutdown.append(stopping)
    _page_routes(app, renderer)
    _connector_routes(app)


def _page_routes(app: web.Application, renderer: pathlib.Path) -> None:
    _add(app, "GET", "/", _file(PAGE / "index.html"))
    for path in sorted(PAGE.iterdir()):
        _add(app, "GET", f"/tryout/page/{path.name}", _file(path))
    _add(app, "GET", "/tryout/adaptivecards.js", _file(renderer))
    _add(app, "GET", "/tryout/live", live.live, own_page)
    _add(app, "POST", "/tryout/acts", acts.act, own_page)
    _add(app, "POST", "/tryout/clock", live.move_clock, own_page)


def _connector_routes(app: web.Application) -> None:
    one = CONNECTOR + "/{conversation}/activities"
    _add(app, "POST", CONNECTOR, connector.create_conversation, no_page)
    _add(app, "POST", one, connector.post_activity, no_page)
    _add(app, "POST", one + "/{activity}", connector.post_activity, no_page)
    _add(app, "PUT", one + "/{activity}", connector.put_activity, no_page)
    _add(app, "DELETE", one + "/{activity}", connector.delete_activity, no_page)
    _add(app, "GET", CONNECTOR + "/{conversation}/members/{member}", connector.get_member, no_page)
    _add(app, "GET", CONNECTOR + "/{conversation}/pagedmembers", connector.get_members, no_page)


def _add(app: web.Application, method: str, path: str, handler: Handler, *checks: Check) -> None:
    app.router.add_route(method, path, guarded(handler, *checks))


def _file(path: pathlib.Path) -> Handler:
    content_type = TYPES[path.suffix] + "; charset=utf-8"

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.FileResponse(path, headers={"Content-Type": content_type})

    return answer
