"""A stranger's first ten minutes: starts the bot with nothing, looks around as everybody, on a phone as well."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.hands import ANNA, CECILIA, chat, presses, sees, shows, writes
from tests.browser.real_bot import RealBot, free_ports
from tests.migrated import put_database

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NOW = "2026-05-12T09:41:00+02:00"
ROLES = ("Handläggare", "Chef", "Granskare", "Verksamhetschef", "Revisor", "Systemförvaltare")
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest_asyncio.fixture(loop_scope="session")
async def bot(tmp_path: Path) -> AsyncIterator[RealBot]:
    """Yield the bot as `dev.py run` starts it: an empty database, so that it is given made-up cases."""
    port, admin = free_ports(2)
    bot = RealBot(tmp_path, port, admin, {"BK_NOW": NOW}, ("--demo",))
    put_database(tmp_path / "bot.db")
    await bot.start()
    yield bot
    await bot.stop()


async def test_a_stranger_finds_something_to_do_as_everybody(bot: RealBot, page: Page, chromium: Browser) -> None:
    assert "Done in" in (bot.folder / "bot.log").read_text(encoding="utf-8")
    await page.set_viewport_size({"width": 1400, "height": 900})
    await page.goto(bot.url)
    people = page.locator("#people button")
    await expect(people.nth(7)).to_be_visible()
    titles = " ".join(await people.all_inner_texts())
    assert not [role for role in ROLES if role not in titles]

    await sees(page, "Välkommen till Beslutskollen")
    assert await chat(page).locator(".ac-textBlock strong").count() >= 3, "the words to write are not marked"
    await chat(page).get_by_role("group", name="Förslag").get_by_role("button", name="mina ärenden").click()
    await sees(page, "SN 2026/0804")
    await sees(page, "Återlämnat av chefen")
    await writes(page, "fortsätt SN 2026/0801")
    await sees(page, "kommuniceringsrutorna")
    await presses(page, "Vad räknas?")
    await sees(page, "Räknas som Ja")
    await presses(page, "Ja")
    await sees(page, "Har beslut tagits kring polisanmälan?")

    chips = chat(page, CECILIA).get_by_role("group", name="Förslag")
    await expect(chips.get_by_role("button", name="mina ärenden")).to_have_count(0)
    await chips.get_by_role("button", name="att läsa").click()
    await sees(page, "SN 2026/0803", CECILIA)
    await presses(page, "Börja läsa", CECILIA)
    await sees(page, "Barnets delaktighet", CECILIA)

    await shows(page, "Eva Sagolik")
    await writes(page, "rapport", "Eva Sagolik")
    await expect(chat(page, "Eva Sagolik").get_by_text(re.compile(r"\d+ av \d+")).last).to_be_visible()
    await shows(page, "Henrik Hittepå")
    await sees(page, "Välkommen till Beslutskollen", "Henrik Hittepå")
    for person, own in (("Henrik Hittepå", "administrera"), ("Gun Låtsas", "granska")):
        await shows(page, person)
        await chat(page, person).get_by_role("group", name="Förslag").get_by_role("button", name=own).click()
        await expect(chat(page, person).get_by_text(own, exact=True).last).to_be_visible()
        await expect(chat(page, person).get_by_text("Det förstod jag inte")).to_have_count(0)

    phone = await (await chromium.new_context(viewport={"width": 320, "height": 640}, locale="sv-SE")).new_page()
    await phone.goto(bot.url)
    await expect(phone.locator("#people button").first).to_be_visible()
    assert await phone.evaluate(SIDEWAYS) <= 0
    await phone.get_by_role("button", name=ANNA).first.click()
    await writes(phone, "vad saknas SN 2026/0804")
    await presses(phone, "Besvara 7")
    await sees(phone, "kommuniceringsrutorna")
    assert await phone.evaluate(SIDEWAYS) <= 0

    assert (await bot.command("export", "--what", "checklists")).count("\n") > 2


async def test_the_made_up_cases_come_once_and_never_beside_others(bot: RealBot) -> None:
    before = await bot.command("export", "--what", "answers")
    await bot.stop()
    await bot.start()

    assert await bot.command("export", "--what", "answers") == before
    assert (bot.folder / "bot.log").read_text(encoding="utf-8").count("Done in") == 1
