"""A case worker on the try-out page in a real browser, with the whole bot."""

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.hands import ANNA, chat, chooses, presses, sees, writes
from tests.browser.real_bot import RealBot, running

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

REASON = "Barnet är för ungt för ett eget samtal, zq7-kanarie"


@pytest_asyncio.fixture(loop_scope="session")
async def bot(tmp_path: Path) -> AsyncIterator[RealBot]:
    async with running(tmp_path) as bot:
        yield bot


async def opens(page: Page, ref: str = "SN 2026/0123", **facts: str) -> None:
    await writes(page, f"ny {ref}")
    await sees(page, "Uppgifter som avgör")
    await chooses(page, **facts)
    await presses(page, "Spara")
    await sees(page, "Har barnet kommit till tals under utredning?")


FACTS = {
    "Är_det_ett_våldsärende?": "Ja",
    "Är_barnet_placerat?": "Nej",
    "Beslutas_om_insats?": "Ja",
    "Har_barnet_kommunicerats?": "Nej",
}


async def test_a_basis_is_filled_in_by_presses_over_a_kill_and_a_reload(bot: RealBot, chromium: Browser) -> None:
    page = await (await chromium.new_context(locale="sv-SE")).new_page()
    await page.goto(bot.url)
    await opens(page, **FACTS)
    await presses(page, "Nej")
    await chat(page).get_by_label("Motivering", exact=True).last.fill(REASON)
    await presses(page, "Spara")
    await sees(page, "Har barnet fått information om")
    await bot.kill()
    await bot.start()
    await page.reload()
    await sees(page, "Har barnet fått information om")
    await chooses(page, Orosanmälan="Ja", Utredning="Ja", Insats="Ja", Beslut="Pågår")
    await presses(page, "Spara")
    await sees(page, "kommuniceringsrutorna")
    await presses(page, "Ja")
    await sees(page, "Om inte barnet kommunicerats")
    await chat(page).get_by_label("Var i akten", exact=True).last.fill("Journalanteckning 12 maj")
    await presses(page, "Finns i akten")
    await sees(page, "Har beslut tagits kring polisanmälan?")
    await presses(page, "Ja")
    await sees(page, "Finns motivering till det beslutet?")
    await presses(page, "Motivering saknas")
    await sees(page, "ytterligare våld")
    await presses(page, "Ja")
    await sees(page, "Sammanfattning")
    await presses(page, "Skicka till chef")
    await sees(page, "Skickat till chef")

    printed = await bot.command("export", "--what", "answers")
    rows = {row["item"]: row for row in csv.DictReader(io.StringIO(printed), delimiter=";")}
    assert {item: row["answer"] for item, row in rows.items()} == {
        "child_heard": "nej",
        "child_not_heard_motivated": "ja",
        "child_informed_report": "ja",
        "child_informed_investigation": "ja",
        "child_informed_intervention": "ja",
        "child_informed_decision": "pagaende",
        "communication_boxes_filled": "ja",
        "child_not_communicated_motivated": "ja",
        "police_report_decided": "ja",
        "police_report_motivated": "nej",
        "further_violence_risk_assessed": "ja",
    }
    assert rows["child_not_heard_motivated"]["motivation"] == REASON
    assert rows["child_not_communicated_motivated"]["motivation"] == "Finns i akten: Journalanteckning 12 maj"
    assert b"zq7-kanarie" not in bot.files()
    assert "zq7-kanarie" not in bot.posted()


async def test_a_basis_is_filled_in_by_typing(bot: RealBot, page: Page) -> None:
    await page.goto(bot.url)
    for words, then in (
        ("ny SN 2026/0200", "Uppgifter som avgör"),
        ("nej nej ja ja", "Har barnet kommit till tals"),
        ("j", "Har barnet fått information om"),
        ("ja ja nej pågår", "Varför har barnet inte fått information om: Insats?"),
        ("Ny bedömning görs innan insatsen börjar", "kommuniceringsrutorna"),
        ("ja", "Har beslut tagits kring polisanmälan?"),
        ("et", "Sammanfattning"),
        ("skicka till chef", "Skickat till chef. Inget saknas."),
    ):
        await writes(page, words)
        await sees(page, then)

    printed = await bot.command(*["export", "--what", "answers"])
    assert "Ny bedömning görs innan insatsen börjar" in printed


async def test_a_basis_is_filled_in_on_the_form(bot: RealBot, page: Page) -> None:
    await page.goto(bot.url)
    await writes(page, "ny SN 2026/0300")
    await sees(page, "Uppgifter som avgör")
    await chooses(page, **{**FACTS, "Är_det_ett_våldsärende?": "Nej", "Har_barnet_kommunicerats?": "Ja"})
    await presses(page, "Formulär")
    await expect(chat(page).get_by_role("heading", name="Formulär")).to_be_visible()
    await chooses(
        page,
        **{"Har_barnet_kommit_till_tals_under_utredning?": "Nej"},
        Orosanmälan="Ja",
        Utredning="Ja",
        Insats="Ja",
        Beslut="Ja",
        **{"Är_kommuniceringsrutorna_på_sista_sidan_ifyllda?": "Ja", "Har_beslut_tagits_kring_polisanmälan?": "Ja"},
    )
    await presses(page, "Spara")
    await sees(page, "Det här är kvar")
    for place in range(2):
        await chat(page).get_by_label("Motivering", exact=True).nth(place).fill("Påhittad motivering")
    await presses(page, "Spara")
    await sees(page, "Inget saknas.")


async def test_the_same_person_goes_on_at_another_device(bot: RealBot, page: Page, chromium: Browser) -> None:
    await page.goto(bot.url)
    await opens(page, **FACTS)
    await presses(page, "Ja")
    await sees(page, "Har barnet fått information om")
    phone = await (await chromium.new_context(viewport={"width": 400, "height": 800}, locale="sv-SE")).new_page()
    await phone.goto(bot.url)
    await phone.get_by_role("button", name=ANNA).click()
    await sees(phone, "Har barnet fått information om")
    await chooses(phone, Orosanmälan="Ja", Utredning="Ja", Insats="Ja", Beslut="Ja")
    await presses(phone, "Spara")
    await sees(phone, "kommuniceringsrutorna")
    await chooses(page, Orosanmälan="Nej", Utredning="Ja", Insats="Ja", Beslut="Ja")
    await presses(page, "Spara")
    await sees(page, "Redan besvarad")
    await sees(page, "kommuniceringsrutorna")


async def test_a_no_after_something_else_was_shown_is_asked_about(bot: RealBot, page: Page) -> None:
    await page.goto(bot.url)
    await opens(page, **FACTS)
    await writes(page, "hjälp")
    await sees(page, "Det här kan du göra")
    await writes(page, "nej")
    await sees(page, "Vilken fråga svarar du på?")
    assert (await bot.command(*["export", "--what", "answers"])).count("\n") == 1
