"""A stub bot behind `/api/messages` with the try-out mounted beside it, for testing the try-out alone.

Like the real bot, it asks three questions on a card that is updated, and it can fail on demand.
"""

import asyncio
import pathlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web

from checklists.workdays import Workdays
from tests.waiting import News
from tryout.channel import Person, add_routes

Json = dict[str, Any]

TENANT = "11111111-1111-4111-8111-111111111111"
ROOT = pathlib.Path(__file__).parents[2]
RENDERER = ROOT / "node_modules/adaptivecards/dist/adaptivecards.min.js"
QUESTIONS = (
    "Har barnet kommit till tals under utredning?",
    "Har barnet fått information om utredningen?",
    "Har risken för ytterligare våld bedömts?",
)


def object_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


PEOPLE = tuple(
    Person(TENANT, object_id(number), name, title)
    for number, (name, title) in enumerate(
        (
            ("Anna Påhittad", "Handläggare, Enhet Barn Nord"),
            ("Cecilia Fiktiv", "Chef, Enhet Barn Nord"),
            ("Bo Exempel", "Handläggare och granskare, Enhet Barn Nord"),
            ("David Provsson", "Chef, Enhet Barn Nord och Syd"),
            ("Eva Sagolik", "Verksamhetschef"),
            ("Filip Overklig", "Revisor"),
        ),
        start=1,
    )
)
ANNA, CECILIA, BO = PEOPLE[:3]


def card(*body: Json, actions: tuple[Json, ...] = (), refresh_for: str | None = None, step: int = 0) -> Json:
    """Return an adaptive card. refresh_for: the user for whom Teams refreshes it when it comes into view."""
    made: Json = {"type": "AdaptiveCard", "version": "1.5", "lang": "sv", "body": [*body]}
    if actions:
        made["actions"] = [*actions]
    if refresh_for:
        made["refresh"] = {"action": execute("Visa", "show_current", step=step), "userIds": [refresh_for]}
    return made


def heading(text: str) -> Json:
    return {"type": "TextBlock", "text": text, "style": "heading", "wrap": True}


def text(words: str, **more: object) -> Json:
    return {"type": "TextBlock", "text": words, "wrap": True, **more}


def execute(title: str, verb: str, **data: object) -> Json:
    return {"type": "Action.Execute", "title": title, "verb": verb, "data": data}


def question_card(step: int, user: str) -> Json:
    """Return question `step` (from 0) of three, the second with a motivation, or the summary after the last."""
    if step == len(QUESTIONS):
        return card(heading("Sammanställning"), text("SN 2026/0123 · 3 av 3 besvarade"), refresh_for=user, step=step)
    answers = (execute("Ja", "answer", step=step, value="ja"), execute("Nej", "answer", step=step, value="nej"))
    body = [heading(QUESTIONS[step]), text(f"SN 2026/0123 · {step} av {len(QUESTIONS)}", isSubtle=True, size="small")]
    if step == 1:
        body.append({"type": "Input.Text", "id": "comment", "label": "Kommentar", "isMultiline": True})
    return card(*body, actions=answers, refresh_for=user, step=step)


def message_with(content: Json, summary: str = "Ett kort om SN 2026/0123") -> Json:
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": content}
    return {"type": "message", "summary": summary, "attachments": [attachment]}


class MovedClock:
    """A clock that stands still until moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, step: timedelta) -> None:
        self.at += step


class StubBot:
    """Records what it is sent and each person's progress; survives a restart of its server."""

    def __init__(self) -> None:
        self.got: list[Json] = []
        self.steps: dict[str, int] = {}
        self.posted: dict[str, str] = {}
        self.refuse: set[str] = set()
        self.hold: asyncio.Event | None = None
        self.holds: Callable[[Json], bool] = lambda activity: True
        self.news = News()
        self.replies: dict[str, Json] = {}
        self.answers: dict[str, Json] = {}

    async def messages(self, request: web.Request) -> web.Response:
        activity = await request.json()
        self.got.append(activity)
        await self.news.tell()
        refused = activity["type"] in self.refuse
        answer = await self.invoked(activity) if activity["type"] == "invoke" and not refused else None
        if self.hold and self.holds(activity):
            await self.hold.wait()
        if activity["type"] == "message" and not refused:
            await self.heard(activity)
        return web.Response(status=500) if refused else web.json_response(answer)

    async def heard(self, activity: Json) -> None:
        user, words = activity["from"]["id"], activity.get("text", "")
        if words in self.replies:
            await self.post(activity, self.replies[words])
        elif words.startswith("ny"):
            self.steps[user] = 0
            self.posted[user] = await self.post(activity, message_with(question_card(0, user)))
        else:
            await self.post(activity, {"type": "message", "text": f"Jag hörde: {words or activity['value']}"})

    async def invoked(self, activity: Json) -> Json:
        user, action = activity["from"]["id"], activity["value"]["action"]
        if action["verb"] in self.answers:
            return self.answers[action["verb"]]
        if action["verb"] == "answer" and action["data"]["step"] == self.steps[user]:
            self.steps[user] += 1
            if self.steps[user] == len(QUESTIONS):
                await self.put(activity, self.posted[user], message_with(question_card(self.steps[user], user)))
        shown = question_card(self.steps[user], user)
        return {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": shown}

    async def post(self, activity: Json, answer: Json) -> str:
        reply = await self.connector("POST", activity, f"/{activity['id']}", answer)
        return str(reply["id"])

    async def put(self, activity: Json, posted: str, answer: Json) -> None:
        await self.connector("PUT", activity, f"/{posted}", answer)

    async def connector(self, method: str, activity: Json, path: str, body: Json) -> Json:
        conversation = activity["conversation"]["id"]
        url = f"{activity['serviceUrl']}/v3/conversations/{conversation}/activities{path}"
        async with aiohttp.ClientSession() as session, session.request(method, url, json=body) as response:
            assert response.status == 200, response.status
            got: Json = await response.json()
            return got

    async def until(self, wanted: Callable[[Json], bool], count: int = 1) -> list[Json]:
        """Wait for `count` activities that match `wanted`, and return them."""
        await self.news.until(f"{count} such activities", lambda: sum(map(wanted, self.got)) >= count, lambda: self.got)
        return [activity for activity in self.got if wanted(activity)]


class TryOut:
    """A server that can be stopped and restarted on the same port, with the same history."""

    def __init__(self, bot: StubBot, history: pathlib.Path, clock: MovedClock | None) -> None:
        self.bot, self.history, self.clock = bot, history, clock
        self.port = 0
        self.renderer = RENDERER
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/api/messages", self.bot.messages)
        add_routes(
            app,
            people=PEOPLE,
            bot_url=lambda: self.url,
            history=self.history,
            renderer=self.renderer,
            bot_name="Beslutskollen",
            clock=self.clock,
            is_working_day=Workdays().is_working,
        )
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()
            self._runner = None


SUNDAY_NIGHT = datetime(2026, 11, 22, 1, 7, tzinfo=UTC)
