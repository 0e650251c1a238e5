"""One-time links over HTTP: viewing leaves them unused, rights are checked again, tokens leak nowhere (T16)."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from bot.clock import Clock
from bot.metrics import Metrics
from bot.pages.links import Purpose, add_links
from bot.pages.pages import HEADERS, file, html
from bot.pages.purposes import PURPOSES
from checklists.rights import OWN_CASE, Right
from dialogs.figures.addresses import link_url
from storage import links
from storage.desk import Desk, Session
from storage.links import Link
from storage.people import RoleRow
from storage.sealing import Keys
from tests.conftest import TRAIL
from tests.migrated import put_database
from tests.sql.conftest import KEYS, World, change, make_world, scalar
from tests.waiting import PATIENCE, patience
from texts import Language

START = datetime(2026, 5, 12, 8, 30, tzinfo=UTC)
MANAGERS = Right("report", "self", {"manager": ("other",)})


def report(_session: Session, link: Link, language: Language) -> web.Response:
    if link.scope.get("period") == "broken":
        raise RuntimeError("SN 2026/0001 could not be counted")
    return html("told.html", language, title="Påhittad rapport", lines=[f"{link.scope['period']} <b>"])


class Slow:
    """A report that is not finished until it may be. begun: set once it is being made."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()

    def __call__(self, session: Session, link: Link, language: Language) -> web.Response:
        self.begun.set()
        assert self.may_end.wait(PATIENCE)
        return report(session, link, language)


def export(_session: Session, _link: Link, _language: Language) -> web.Response:
    return file(b"unit;cases\r\n", "text/csv", "rates.csv")


REPORT = Purpose("report", "/rapport", MANAGERS, report)
EXPORT = Purpose("export", "/export", MANAGERS, export)


class StandingClock(Clock):
    """A clock that moves only on demand."""

    def __init__(self) -> None:
        super().__init__()
        self.time = START

    def now(self) -> datetime:
        return self.time


@dataclass
class Site:
    """A bot with link pages, a manager who may use them, and an HTTP client."""

    desk: Desk
    world: World
    clock: StandingClock
    client: "TestClient[web.Request, web.Application]"

    def token(self, purpose: str = "report", period: str = "2026") -> str:
        at, world = self.clock.now(), self.world
        scope = {"period": period}
        return self.desk.run_now(lambda session: links.make(session, world.tenant, world.person, purpose, scope, at))

    async def looks(self, token: str, path: str = "/rapport") -> ClientResponse:
        return await self.client.get(path, params={"l": token})

    async def presses(self, token: str, path: str = "/rapport") -> ClientResponse:
        return await self.client.post(path, data={"l": token})

    def acts(self) -> list[str]:
        def work(session: Session) -> list[str]:
            rows = session.connection().exec_driver_sql("select actor, act, detail from event order by id")
            return [" ".join(row) for row in rows]

        return self.desk.run_now(work)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    desk = Desk(put_database(tmp_path / "bot.db"), Keys(KEYS, TRAIL))
    world, clock = desk.run_now(make_world), StandingClock()

    def appoint(session: Session) -> None:
        session.add(
            RoleRow(
                tenant_id=world.tenant,
                person_id=world.person,
                unit_id=world.unit,
                role="manager",
                valid_to=date(2026, 5, 13),
            )
        )

    desk.run_now(appoint)
    app = web.Application(client_max_size=0)
    add_links(app, desk, clock, Metrics(), [REPORT, EXPORT])
    async with TestClient(TestServer(app)) as client:
        yield Site(desk, world, clock, client)
    desk.close()


async def test_get_shows_a_button_and_uses_nothing_up_post_gives_and_does(site: Site) -> None:
    token = site.token()
    for _ in range(3):
        shown = await site.looks(token)
        assert shown.status == 200
        assert "Påhittad rapport" not in await shown.text()
    assert (await site.client.head("/rapport", params={"l": token})).status == 200
    given = await site.presses(token)
    text = await given.text()

    assert given.status == 200
    assert "Påhittad rapport" in text
    assert "2026 &lt;b&gt;" in text
    assert [(await site.presses(token)).status, (await site.looks(token)).status] == [410, 410]
    assert site.acts() == [f"person:{site.world.person} link_used report"]


async def test_while_a_report_is_made_turns_are_taken_and_of_two_presses_one_gets_it(site: Site) -> None:
    slow = Slow()
    app = web.Application(client_max_size=0)
    add_links(app, site.desk, site.clock, Metrics(), [replace(REPORT, render=slow)])
    token = site.token()
    async with TestClient(TestServer(app)) as client:
        pressed = [asyncio.create_task(client.post("/rapport", data={"l": token})) for _ in range(2)]
        await asyncio.to_thread(slow.begun.wait, PATIENCE)
        async with patience("a turn beside the report"):
            await site.desk.run(lambda session: session.connection().exec_driver_sql("update unit set name = name"))
        slow.may_end.set()
        answers = await asyncio.gather(*pressed)
        texts = [await answer.text() for answer in answers]

    assert sorted(answer.status for answer in answers) == [200, 410]
    assert sum("Påhittad rapport" in text for text in texts) == 1
    assert sum("report" in act for act in site.acts()) == 1, "one use in the trail"


async def test_below_a_path_the_button_leads_below_it_too(site: Site) -> None:
    app = web.Application(client_max_size=0)
    add_links(app, site.desk, site.clock, Metrics(), [REPORT], "/kollen")
    token = site.token()
    async with TestClient(TestServer(app)) as client:
        shown = await client.get("/rapport", params={"l": token})
        assert 'action="/kollen/rapport"' in await shown.text()
        assert (await client.post("/kollen/rapport", data={"l": token})).status == 200


async def test_a_file_is_given_as_a_file(site: Site) -> None:
    given = await site.presses(site.token("export"), "/export")

    assert await given.read() == b"unit;cases\r\n"
    assert given.headers["Content-Disposition"] == 'attachment; filename="rates.csv"'
    assert given.headers["Cache-Control"] == "no-store"


async def test_ten_minutes_and_not_a_second_more(site: Site) -> None:
    late, just = site.token(), site.token()

    site.clock.time = START + timedelta(minutes=10) - timedelta(seconds=1)
    assert (await site.presses(just)).status == 200
    site.clock.time = START + timedelta(minutes=10, seconds=1)
    assert (await site.looks(late)).status == 410
    assert (await site.presses(late)).status == 410


async def test_rights_are_asked_again_when_the_link_is_used(site: Site) -> None:
    token, other = site.token(), site.token()
    assert (await site.looks(token)).status == 200
    change(site.desk, "update role set role = 'case_worker'")

    assert (await site.looks(token)).status == 410
    refused = await site.presses(token)
    assert refused.status == 410
    assert "Påhittad rapport" not in await refused.text()
    change(site.desk, "update role set role = 'manager'")
    assert (await site.presses(token)).status == 410, "the rejected attempt used up the link"
    assert (await site.presses(other)).status == 200
    assert site.acts() == [f"person:{site.world.person} {act}" for act in ("denied link:report", "link_used report")]


async def test_a_role_counts_on_its_swedish_days_only(site: Site) -> None:
    site.clock.time = datetime(2026, 5, 13, 21, 59, tzinfo=UTC)
    assert (await site.presses(site.token())).status == 200
    site.clock.time = datetime(2026, 5, 13, 22, 0, tzinfo=UTC)
    assert (await site.presses(site.token())).status == 410


async def test_a_link_is_for_its_own_purpose_and_no_form_field_changes_whose_it_is(site: Site) -> None:
    token = site.token()

    assert (await site.presses(token, "/export")).status == 410
    given = await site.client.post("/rapport", data={"l": token, "person_id": "99", "scope": '{"period": "1999"}'})
    assert "2026 &lt;b&gt;" in await given.text()


async def test_whatever_is_wrong_with_a_link_the_page_is_the_same(site: Site) -> None:
    used = site.token()
    await site.presses(used)
    pages = [await (await site.looks(token)).text() for token in ("", "å", "A" * 22 + "." + "A" * 43, used, "x" * 3000)]

    assert len(set(pages)) == 1
    assert "Be om en ny länk" in pages[0]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/x-www-form-urlencoded", 410),
        (b"l=\xff\x00&l=2", "application/x-www-form-urlencoded", 410),
        (b"&".join([b"l=1"] * 900), "application/x-www-form-urlencoded", 410),
        (b"l=" + b"1" * 5000, "application/x-www-form-urlencoded", 413),
        (b'{"l": 1}', "application/json", 415),
        (b"l=1", "text/plain", 415),
    ],
)
async def test_a_foreign_form_is_rejected_cleanly(site: Site, body: bytes, kind: str, status: int) -> None:
    answer = await site.client.post("/rapport", data=body, headers={"Content-Type": kind})

    assert answer.status == status
    assert answer.headers["Cache-Control"] == "no-store"


async def test_when_it_cannot_be_made_the_link_is_as_it_was_and_only_that_is_told(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    token = site.token(period="broken")
    failed = await site.presses(token)

    assert failed.status == 503
    assert "länken är inte förbrukad" in await failed.text()
    assert "0001" not in caplog.text + await failed.text()
    assert token not in caplog.text
    assert scalar(site.desk, "select count(*) from link where used_at is not null") == 0
    assert (await site.looks(token)).status == 200


async def test_every_page_has_strict_headers_and_no_external_content(site: Site) -> None:
    token = site.token()
    answers = [await site.looks(token), await site.presses(token), await site.looks(token)]
    answers += [await site.client.get("/sidor.css"), await site.client.post("/rapport", data=b"x")]
    for answer in answers:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, answer.url
        assert "Set-Cookie" not in answer.headers
        text = await answer.text()
        assert "<script" not in text
        assert "http" not in text.replace(str(site.client.make_url("")), "")
    policy = HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


async def test_a_page_is_in_her_language(site: Site) -> None:
    change(site.desk, "update person set language = 'en'")

    text = await (await site.looks(site.token())).text()
    assert '<html lang="en">' in text
    assert "Open what you asked for" in text


def test_single_cases_are_not_given_by_link() -> None:
    with pytest.raises(ValueError, match="sign-in"):
        Purpose("answers", "/answers", MANAGERS, report, case_level=True)
    with pytest.raises(ValueError, match="sign-in"):
        Purpose("case", "/case", Right("open", "case", OWN_CASE), report)
    assert not any(purpose.case_level for purpose in PURPOSES)


def test_the_address_of_a_link_is_the_public_one() -> None:
    assert link_url("https://bot.example.invalid/", REPORT.path, "a.b") == "https://bot.example.invalid/rapport?l=a.b"
