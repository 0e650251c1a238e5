"""Web pages and the printed page in a real browser: accessible, usable at 320 pixels, no external requests."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, Request, expect

from bot.clock import Clock
from bot.metrics import Metrics
from bot.pages.addresses import PRIVACY, TERMS
from bot.pages.links import Purpose, add_links
from bot.pages.pages import add_style, html
from bot.pages.public_pages import add_public_pages
from bot.settings import read_settings
from checklists.rights import Right
from dialogs.figures.addresses import link_url
from reports.printed import pages_of
from storage import links
from storage.desk import Desk, Session
from storage.links import Link
from storage.sealing import Keys
from tests.browser.eyes import ENLARGED, SEEN, axe_faults, faults_to_others
from tests.conftest import TRAIL
from tests.migrated import put_database
from tests.sql.conftest import KEYS, World, make_world, the_case
from tests.sql.printed_world import fill_everything
from texts import Language

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def render(_session: Session, _link: Link, language: Language) -> web.Response:
    return html("told.html", language, title="Påhittad rapport", lines=["12 av 15 barn har kommit till tals."])


REPORT = Purpose("report", "/rapport", Right("report", "self", {"case_worker": ("other",)}), render)


@pytest.fixture
def made(tmp_path: Path) -> tuple[Desk, World]:
    desk = Desk(put_database(tmp_path / "bot.db"), Keys(KEYS, TRAIL))
    return desk, desk.run_now(make_world)


@pytest_asyncio.fixture(loop_scope="session")
async def address(made: tuple[Desk, World]) -> AsyncIterator[str]:
    """Yield a valid link on a running server."""
    from storage import people
    from storage.people import RoleRow

    desk, world = made
    clock = Clock()

    def prepare(session: Session) -> str:
        assert people.person(session, world.tenant, world.person)
        session.add(RoleRow(tenant_id=world.tenant, person_id=world.person, unit_id=world.unit, role="case_worker"))
        return links.make(session, world.tenant, world.person, "report", {}, clock.now())

    app = web.Application()
    add_links(app, desk, clock, Metrics(), [REPORT])
    async with TestServer(app) as server:
        yield link_url(str(server.make_url("")), REPORT.path, desk.run_now(prepare))
    desk.close()


async def check(page: Page) -> None:
    """Check accessibility, and that everything fits in 320 pixels, also enlarged and in forced colours."""
    await page.set_viewport_size({"width": 320, "height": 700})
    overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    assert await axe_faults(page) == []
    assert await faults_to_others(page) == []


async def test_a_link_is_opened_by_keyboard_and_works_once(page: Page, address: str, node_modules: Path) -> None:
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))

    await page.goto(address)
    await check(page)
    await expect(page.get_by_role("heading", name="Öppna det du bad om")).to_be_visible()
    await page.set_viewport_size(ENLARGED)
    await page.keyboard.press("Tab")
    button = page.get_by_role("button", name="Öppna")
    await expect(button).to_be_focused()
    assert await page.evaluate(SEEN) == []
    assert await button.evaluate("e => getComputedStyle(e).outlineStyle") == "solid", "no visible focus"
    assert await button.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(23, 73, 90)", (
        "the style sheet was loaded"
    )
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Påhittad rapport")).to_be_visible()
    await check(page)
    assert "?l=" not in page.url, "the address shown has no token in it"

    again = await page.context.new_page()  # a separate page, because the 410 shows up on its console
    answer = await again.goto(address)
    assert answer is not None
    assert answer.status == 410
    await expect(again.get_by_role("heading", name="Länken fungerar inte längre")).to_be_visible()
    await check(again)
    assert {request.url.partition("/rapport")[0].partition("/sidor")[0] for request in asked} == {
        address.partition("/rapport")[0]
    }


async def test_privacy_and_terms_can_be_read_by_everybody(
    page: Page, made: tuple[Desk, World], node_modules: Path
) -> None:
    desk, _ = made
    app = web.Application()
    settings = read_settings(mode="dev", tenants=frozenset({"made-up"}), municipality="Påhittade kommun")
    add_public_pages(app, settings, desk, Metrics())
    add_style(app, "")
    async with TestServer(app) as server:
        for path, heading, english in (
            (PRIVACY, "Så behandlar Beslutskollen personuppgifter", "How Beslutskollen handles personal data"),
            (TERMS, "Villkor för Beslutskollen", "Terms of Beslutskollen"),
        ):
            await page.goto(str(server.make_url(path)))
            await expect(page.get_by_role("heading", name=heading)).to_be_visible()
            await check(page)
            await page.get_by_role("link", name="In English").click()
            await expect(page.get_by_role("heading", name=english)).to_be_visible()
            await check(page)
    desk.close()


async def test_the_printed_page_is_accessible_and_needs_nothing_else(
    page: Page, made: tuple[Desk, World], tmp_path: Path, node_modules: Path
) -> None:
    desk, world = made

    def printed(session: Session) -> list[str]:
        fill_everything(session, world)
        return [html for _, html in pages_of(session, the_case(session, world), date(2026, 11, 24))]

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for number, text in enumerate(desk.run_now(printed)):
        file = tmp_path / f"{number}.html"
        file.write_text(text, encoding="utf-8")
        await page.goto(file.as_uri())
        await check(page)
        assert asked == [file.as_uri()]
        asked.clear()
    desk.close()
