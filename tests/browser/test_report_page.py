"""The report in a real browser: accessible, usable at 320 pixels, wide and printed, no external requests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from dialogs.figures import addresses
from tests.browser.test_pages import check
from tests.sql.conftest import change
from tests.waiting import until
from tests.wire.report_site import NORTH, SOUTH, Site, report_site
from texts import LANGUAGES, Language

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
HEADINGS = {"sv": "Rapport för", "en": "Report for"}
BUTTONS = {"sv": "Öppna", "en": "Open"}
LONGEST = 2620
"""Pixels of the page of one list on a wide screen."""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest_asyncio.fixture(loop_scope="session")
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with report_site(tmp_path) as site:
        yield site


async def opens(page: Page, language: Language = "sv") -> None:
    """Press the button, and wait for the next page with its style sheet."""
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
    drawn = page.locator(".bars .share")
    track = await page.locator(".bars .track").first.bounding_box()
    first = await drawn.first.bounding_box()
    assert track is not None
    assert first is not None
    assert first["width"] == pytest.approx(0.8 * track["width"], rel=0.01), "8 of 10, drawn at 320 pixels"
    assert await drawn.first.evaluate("e => getComputedStyle(e).fill") == "rgb(31, 78, 95)", (
        "the style sheet was loaded"
    )

    for width in (400, 600, 1400, 2560):
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.evaluate(OVERFLOW) <= 0
        if width == 1400:
            assert await page.evaluate("document.documentElement.scrollHeight") <= LONGEST
    await page.locator("#along").press("Enter")
    await page.emulate_media(color_scheme="dark")
    await check(page)
    await page.emulate_media(color_scheme="light")
    await page.emulate_media(media="print")
    await page.set_viewport_size({"width": 718, "height": 1000})  # A4 with the browser's own margins
    assert await page.evaluate(OVERFLOW) <= 0, "nothing is cut off on paper"
    await expect(page.locator(".top")).to_be_hidden()
    await expect(page.locator(".screen:visible")).to_have_count(0)
    pages = (await page.pdf(format="A4")).count(b"/Type /Page\n")
    assert 0 < pages <= 4
    assert {url.removeprefix(home).partition("?")[0] for url in asked} == {"/rapport", "/sidor.css"}


async def test_all_numbers_are_opened_and_scrolled_by_keyboard_and_tables_are_cards_on_a_phone(
    page: Page, site: Site
) -> None:
    site.holds("unit_manager", NORTH)
    await page.set_viewport_size({"width": 320, "height": 700})
    await page.goto(f"{site.client.make_url(addresses.PATHS['report'])}?l={site.link(NORTH)}")
    await opens(page)
    await page.get_by_text("Alla tal som tabell").press("Enter")
    await check(page)
    table = page.get_by_role("region", name="Alla tal som tabell")
    await table.focus()
    await page.keyboard.press("ArrowRight")
    await until("it to scroll", lambda: table.evaluate("e => e.scrollLeft"), lambda left: left > 0)
    assert await page.locator(".stack td").first.evaluate("e => getComputedStyle(e, '::before').content") != "none"
    assert await page.locator(".stack thead").first.evaluate("e => e.getBoundingClientRect().width") <= 1


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
