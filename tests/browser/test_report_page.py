"""The report in a real browser: accessible, usable at 320 pixels, wide and printed, no external requests."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from dialogs.figures import addresses
from storage.desk import Session
from tests.browser.test_pages import check
from tests.sql.conftest import change
from tests.sql.test_figures import begin
from tests.wire.report_site import NORTH, SOUTH, Site, report_site
from texts import LANGUAGES, Language

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
HEADINGS = {"sv": "Rapport för", "en": "Report for"}
BUTTONS = {"sv": "Öppna", "en": "Open"}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest_asyncio.fixture(loop_scope="session")
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with report_site(tmp_path) as site:
        yield site


async def opens(page: Page, language: Language = "sv") -> None:
    """Press the button, and wait for the next page with its style sheet: until then, all five tables are there."""
    async with page.expect_event("load"):
        await page.get_by_role("button", name=BUTTONS[language]).press("Enter")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_report_is_read_in_any_width_and_on_paper(
    page: Page, site: Site, node_modules: Path, language: Language
) -> None:
    site.holds("manager", SOUTH)
    change(site.desk, f"update person set language = '{language}'")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    home = str(site.client.make_url("/")).rstrip("/")

    await page.goto(f"{home}{addresses.PATHS['report']}?l={site.link(NORTH)}")
    await opens(page, language)
    await expect(page.get_by_role("heading", level=1)).to_contain_text(f"{HEADINGS[language]} {NORTH}")
    await check(page)
    drawn = page.locator("figure .share")
    track = await page.locator("figure .track").first.bounding_box()
    first = await drawn.first.bounding_box()
    assert track is not None
    assert first is not None
    assert first["width"] == pytest.approx(0.8 * track["width"], rel=0.01), "8 of 10, drawn at 320 pixels"
    assert await drawn.first.evaluate("e => getComputedStyle(e).fill") == "rgb(31, 78, 95)", (
        "the style sheet was loaded"
    )

    for width in (600, 1280, 2560):
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.evaluate(OVERFLOW) <= 0
    await page.emulate_media(media="print")
    await page.set_viewport_size({"width": 718, "height": 1000})  # A4 with the browser's own margins
    assert await page.evaluate(OVERFLOW) <= 0, "nothing is cut off on paper"
    await expect(page.locator(".top")).to_be_hidden()
    await expect(page.locator(".screen:visible")).to_have_count(0)
    assert {url.removeprefix(home).partition("?")[0] for url in asked} == {"/rapport", "/sidor.css"}


async def test_the_table_is_reached_and_scrolled_by_keyboard(page: Page, site: Site) -> None:
    site.holds("unit_manager", NORTH)
    await page.set_viewport_size({"width": 320, "height": 700})
    await page.goto(f"{site.client.make_url(addresses.PATHS['report'])}?l={site.link(NORTH)}")
    await opens(page)
    table = page.get_by_role("region", name="Samma siffror som tabell")
    await table.focus()
    await page.keyboard.press("ArrowRight")
    await page.wait_for_function("document.querySelector('.wide').scrollLeft > 0")


async def test_the_table_is_ordered_by_keyboard_and_one_order_is_shown_also_on_paper(page: Page, site: Site) -> None:
    site.holds("manager", SOUTH)

    def more(session: Session) -> None:
        for one in range(4):
            answers = {"child_heard": "nej", "child_informed_report": "ja"}
            begin(session, site.world, NORTH, date(2026, 5, 20 + one), answers)

    site.desk.run_now(more)
    await page.set_viewport_size({"width": 1200, "height": 900})
    await page.goto(f"{site.client.make_url(addresses.PATHS['report'])}?l={site.link(NORTH)}")
    await opens(page)
    shown = page.locator(".ordered:visible")
    await expect(shown).to_have_count(1)
    await expect(shown.locator("tbody td:first-child").first).to_have_text("1")
    await expect(shown.locator("th[aria-sort=ascending]")).to_have_text("Nr")

    await page.get_by_role("radio", name="Som i checklistan").focus()
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("radio", name="Lägst andel först")).to_be_checked()
    await expect(shown).to_have_count(1)
    await expect(shown.locator("caption")).to_have_text("Samma siffror som tabell – Lägst andel först")
    await expect(shown.locator("th[aria-sort=ascending]")).to_have_text("Ja av dem frågan gäller")
    await expect(shown.locator("tbody td:first-child").first).not_to_have_text("1")
    await check(page)
    await page.emulate_media(media="print")
    await expect(shown.locator("caption")).to_have_text("Samma siffror som tabell – Lägst andel först")
    await expect(page.get_by_role("radio").first).to_be_hidden()


async def test_another_unit_and_period_are_chosen_before_it_is_opened(page: Page, site: Site) -> None:
    site.holds("manager", SOUTH)
    await page.goto(f"{site.client.make_url(addresses.PATHS['report'])}?l={site.link(NORTH)}")
    await page.get_by_label("Period").fill("nästa vår")
    await opens(page)
    await expect(page.get_by_role("alert")).to_contain_text("Perioden kunde inte läsas.")
    await check(page)
    await page.get_by_label("Period").fill("2026 kv 1")
    await page.get_by_label("Enhet").select_option("Hela organisationen")
    await opens(page)
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "Rapport för hela organisationen, 2026-01-01–2026-03-31"
    )
