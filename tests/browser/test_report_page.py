"""The report in a real browser: accessible, readable at 320 pixels, wide and on paper, nothing fetched elsewhere."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from storage import links
from tests.browser.test_pages import check
from tests.sql.conftest import change
from tests.wire.report_site import NORTH, SOUTH, Site, report_site
from texts import LANGUAGES, Language

pytestmark = [pytest.mark.browser]
HEADINGS = {"sv": "Rapport för", "en": "Report for"}
BUTTONS = {"sv": "Öppna", "en": "Open"}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with report_site(tmp_path) as site:
        yield site


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_report_is_read_in_any_width_and_on_paper(
    page: Page, site: Site, node_modules: Path, language: Language
) -> None:
    site.holds("manager", SOUTH)
    change(site.desk, f"update person set language = '{language}'")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    home = str(site.client.make_url("/")).rstrip("/")

    await page.goto(f"{home}{links.REPORT_PATH}?l={site.link(NORTH)}")
    await page.get_by_role("button", name=BUTTONS[language]).press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text(f"{HEADINGS[language]} {NORTH}")
    await check(page)
    drawn = page.locator("figure .share")
    track = await page.locator("figure .track").first.bounding_box()
    first = await drawn.first.bounding_box()
    assert track is not None
    assert first is not None
    assert first["width"] == pytest.approx(0.8 * track["width"], rel=0.01), "8 of 10, drawn at 320 pixels"
    assert await drawn.first.evaluate("e => getComputedStyle(e).fill") == "rgb(31, 78, 95)", "the style came"

    for width in (600, 1280, 2560):
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.evaluate(OVERFLOW) <= 0
    await page.emulate_media(media="print")
    await page.set_viewport_size({"width": 718, "height": 1000})  # A4 with the browser's own margins
    assert await page.evaluate(OVERFLOW) <= 0, "nothing is cut off on paper"
    await expect(page.locator(".top")).to_be_hidden()
    await expect(page.locator(".screen")).to_be_hidden()
    assert {url.removeprefix(home).partition("?")[0] for url in asked} == {"/rapport", "/sidor.css"}


async def test_the_table_is_reached_and_scrolled_by_keyboard(page: Page, site: Site) -> None:
    site.holds("unit_manager", NORTH)
    await page.set_viewport_size({"width": 320, "height": 700})
    await page.goto(f"{site.client.make_url(links.REPORT_PATH)}?l={site.link(NORTH)}")
    await page.get_by_role("button", name="Öppna").press("Enter")
    table = page.get_by_role("region", name="Samma siffror som tabell")
    await table.focus()
    await page.keyboard.press("ArrowRight")
    await page.wait_for_function("document.querySelector('.wide').scrollLeft > 0")
