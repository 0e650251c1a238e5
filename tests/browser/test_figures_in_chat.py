"""Figures in a chef's chat on the try-out page: card, custom period, report page, file and receipt."""

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.hands import ANNA, CECILIA, DAVID, chat, presses, sees, shows, writes
from tests.browser.real_bot import RealBot, running

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MONDAY = "2026-05-04T09:00:00+02:00"


@pytest_asyncio.fixture(loop_scope="session")
async def bot(tmp_path: Path) -> AsyncIterator[RealBot]:
    async with running(tmp_path, BK_NOW=MONDAY) as bot:
        yield bot


@pytest_asyncio.fixture(loop_scope="session")
async def david(bot: RealBot, chromium: Browser) -> AsyncIterator[Page]:
    """Yield the page with a worker who has begun a basis, and a chef of two units."""
    context = await chromium.new_context(viewport={"width": 1500, "height": 900}, locale="sv-SE")
    page = await context.new_page()
    await page.goto(bot.url)
    await page.get_by_role("button", name="2").first.click()
    await writes(page, "ny SN 2026/0123", ANNA)
    await sees(page, "Uppgifter som avgör", ANNA)
    await writes(page, "nej nej nej ja", ANNA)
    await sees(page, "Har barnet kommit till tals", ANNA)
    await writes(page, "ja", ANNA)
    await sees(page, "Har barnet fått information om", ANNA)
    await shows(page, DAVID)
    await sees(page, "Välkommen till Beslutskollen", DAVID)
    yield page
    await context.close()


async def test_from_the_card_to_the_page_to_the_file_and_back_to_the_chat(david: Page) -> None:
    await writes(david, "rapport", DAVID)
    await sees(david, "Rapport: Barn och unga Nord (påhittad)", DAVID)
    await sees(david, "0 av 1 påbörjade checklistor är kompletta.", DAVID)
    period = chat(david, DAVID).get_by_label("Period").last
    await period.fill("i våras")
    await presses(david, "Visa", DAVID)
    await sees(david, "Perioden kunde inte läsas.", DAVID)
    await chat(david, DAVID).get_by_label("Period").last.fill("2026 kv 2")
    await presses(david, "Visa", DAVID)
    await sees(david, "Period: 2026-04-01–2026-06-30", DAVID)
    await presses(david, "Exportera", DAVID)
    await sees(david, "Varje länk är din egen", DAVID)

    async with david.context.expect_page() as opened:
        await chat(david, DAVID).get_by_role("link", name="Rapporten som sida").last.click()
    page = await opened.value
    await expect(page.get_by_label("Period")).to_have_value("2026-04-01–2026-06-30")
    await expect(page.get_by_label("Enhet").get_by_role("option")).to_have_count(2)
    await page.get_by_role("button", name="Öppna").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Barn och unga Nord (påhittad)")
    await expect(page.get_by_text("1 av 1").first).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("Länken fungerar inte längre")).to_be_visible()

    async with david.context.expect_page() as opened:
        await chat(david, DAVID).get_by_role("link", name="Siffrorna som CSV").last.click()
    page = await opened.value
    async with page.expect_download() as fetched:
        await page.get_by_role("button", name="Öppna").click()
    text = (await (await fetched.value).path()).read_text(encoding="utf-8-sig")
    heard = [row for row in csv.DictReader(io.StringIO(text), delimiter=";") if row["item"] == "child_heard"]
    assert [(row["unit"], row["ja"], row["cases"]) for row in heard] == [("Barn och unga Nord (påhittad)", "1", "1")]
    await sees(david, "Hämtat för Barn och unga Nord (påhittad), 2026-04-01–2026-06-30.", DAVID)
    await sees(david, "Var det inte du?", DAVID)
    await expect(chat(david, CECILIA).get_by_text("Hämtat för")).to_have_count(0)
