"""A chef on the try-out page beside the worker and a deputy: reading, sending back, signing, and a later change."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.hands import ANNA, CECILIA, DAVID, chat, chooses, presses, sees, shows, writes
from tests.browser.real_bot import RealBot, running

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MONDAY = "2026-05-04T09:00:00+02:00"
REF = "SN 2026/0123"
REMARK = "Påhittad kommentar om rutorna, zq8-kanarie"
ALL_YES = {
    "Har_barnet_kommit_till_tals_under_utredning?": "Ja",
    "Orosanmälan": "Ja",
    "Utredning": "Ja",
    "Insats": "Ja",
    "Beslut": "Ja",
    "Är_kommuniceringsrutorna_på_sista_sidan_ifyllda?": "Ja",
    "Har_beslut_tagits_kring_polisanmälan?": "Ej tillämpligt",
}


@pytest_asyncio.fixture(loop_scope="session")
async def bot(tmp_path: Path) -> AsyncIterator[RealBot]:
    async with running(tmp_path, BK_NOW=MONDAY) as bot:
        yield bot


@pytest_asyncio.fixture(loop_scope="session")
async def three(bot: RealBot, chromium: Browser) -> AsyncIterator[Page]:
    """Yield a page wide enough for three people: a worker, her chef, and another unit's chef."""
    context = await chromium.new_context(viewport={"width": 1500, "height": 900}, locale="sv-SE")
    page = await context.new_page()
    await page.goto(bot.url)
    await page.get_by_role("button", name="3").click()
    await sees(page, "Välkommen till Beslutskollen", CECILIA)
    yield page
    await context.close()


async def sends(page: Page) -> None:
    """The worker sends a basis with one gap: the boxes are not filled in."""
    await writes(page, f"ny {REF}")
    await sees(page, "Uppgifter som avgör")
    await writes(page, "nej nej nej ja")
    await sees(page, "Har barnet kommit till tals")
    for answer, then in (
        ("j", "Har barnet fått information om"),
        ("ja ja ja ja", "kommuniceringsrutorna"),
        ("nej", "Har beslut tagits kring polisanmälan?"),
        ("et", "Sammanfattning"),
    ):
        await writes(page, answer)
        await sees(page, then)
    await presses(page, "Skicka till chef")


async def test_a_basis_is_read_sent_back_corrected_signed_and_changed(bot: RealBot, three: Page) -> None:
    page = three
    await sends(page)
    await sees(page, f"{REF} är skickat för läsning", CECILIA)
    await sees(page, "Är kommuniceringsrutorna på sista sidan ifyllda?", CECILIA)

    await presses(page, "Börja läsa", CECILIA)
    await sees(page, "Läsning", CECILIA)
    await expect(chat(page, CECILIA).get_by_role("button", name="Visa skillnader")).to_have_count(0)
    await chooses(page, CECILIA, **ALL_YES)
    await presses(page, "Spara", CECILIA)
    await presses(page, "Visa skillnader", CECILIA)
    await sees(page, "Svaren skiljer sig åt på 1 fråga", CECILIA)
    await expect(chat(page, CECILIA).get_by_role("button", name="Signera", exact=True)).to_have_count(0)

    await presses(page, "Återlämna", CECILIA)
    await chat(page, CECILIA).get_by_label("Kommentar", exact=True).last.fill(REMARK)
    pointed = chat(page, CECILIA).get_by_role("checkbox", name="7. Är kommuniceringsrutorna på sista sidan ifyllda?")
    await expect(pointed.last).to_be_checked()  # it is missing, so it is marked beforehand
    await presses(page, "Återlämna", CECILIA)
    await sees(page, "Återlämnat till handläggaren", CECILIA)

    await sees(page, f"{REF} är återlämnat")
    await presses(page, f"Fortsätt {REF}")
    await sees(page, REMARK)
    await presses(page, "Ja")
    await sees(page, "Inget saknas.")
    await presses(page, "Skicka till chef")

    await sees(page, "är skickat för läsning igen", CECILIA)
    await presses(page, "Fortsätt läsa", CECILIA)
    await chooses(page, CECILIA, **{"Är_kommuniceringsrutorna_på_sista_sidan_ifyllda?": "Ja"})
    await presses(page, "Spara", CECILIA)
    await presses(page, "Visa skillnader", CECILIA)
    await sees(page, "Inga skillnader", CECILIA)
    await presses(page, "Signera", CECILIA)
    await sees(page, "Signerat 09:0", CECILIA)

    await writes(page, "ändra 1")
    await sees(page, "Nu: Ja")
    await presses(page, "Nej")
    await sees(page, "Vill du ändra ändå?")
    await presses(page, "Ändra ändå")
    await sees(page, "behöver läsas om, och chefen har fått besked")
    await sees(page, f"{REF} behöver läsas om", CECILIA)
    assert b"zq8-kanarie" not in bot.files()
    assert "zq8-kanarie" not in bot.posted()


async def test_a_deputy_over_a_holiday_reads_instead_of_the_chef(bot: RealBot, three: Page) -> None:
    page = three
    await shows(page, DAVID)
    await writes(page, "ersättare", CECILIA)
    await sees(page, "Utse en ersättare", CECILIA)
    card = chat(page, CECILIA)
    await card.get_by_label("Ersättare", exact=True).last.select_option(label=DAVID)
    await card.get_by_label("Från och med", exact=True).last.fill("2026-05-04")
    await card.get_by_label("Till och med", exact=True).last.fill("2026-05-15")
    await presses(page, "Spara", CECILIA)
    await sees(page, f"{DAVID} ersätter {CECILIA}", CECILIA)
    await sees(page, "Du är utsedd till ersättare", DAVID)

    await shows(page, ANNA)
    await sends(page)
    await sees(page, f"{REF} är skickat för läsning", DAVID)
    await expect(chat(page, CECILIA).get_by_text("är skickat för läsning")).to_have_count(0)


async def next_working_morning(page: Page) -> None:
    """Move the clock to 08:05 on the next working day."""
    await page.get_by_role("button", name="Nästa arbetsdag 08:05").click()


async def test_gaps_are_reminded_of_on_the_right_mornings_and_no_other(three: Page) -> None:
    """Decision planned for Friday 8 May: the worker hears three working days before, the chef too on the last one."""
    page = three
    await writes(page, f"ny {REF}")
    await sees(page, "Uppgifter som avgör")
    await chat(page).get_by_label("Planerat beslutsdatum").last.fill("2026-05-08")
    facts = {"Är_det_ett_våldsärende?": "Nej", "Är_barnet_placerat?": "Nej", "Beslutas_om_insats?": "Nej"}
    await chooses(page, **facts, **{"Har_barnet_kommunicerats?": "Ja"})
    await presses(page, "Spara")
    await sees(page, "Har barnet kommit till tals")
    for answer, then in (
        ("j", "Har barnet fått information om"),
        ("ja ja ja ja", "kommuniceringsrutorna"),
        ("nej", "Har beslut tagits kring polisanmälan?"),
        ("nej", "Sammanfattning"),
    ):
        await writes(page, answer)
        await sees(page, then)
    await presses(page, "Skicka till chef")
    await sees(page, "Skickat till chef")

    gaps = "Beslut är planerat till 2026-05-08"
    reminded = {person: chat(page, person).get_by_text(gaps) for person in (ANNA, CECILIA)}
    unread = chat(page, CECILIA).get_by_text("Underlaget skickades till chef 2026-05-04 och är inte läst än.")
    await expect(reminded[ANNA]).to_have_count(0)

    await next_working_morning(page)  # Tuesday
    await expect(reminded[ANNA]).to_have_count(1)
    await sees(page, "Är kommuniceringsrutorna på sista sidan ifyllda?", ANNA)
    await sees(page, "Har beslut tagits kring polisanmälan?", ANNA)
    await expect(reminded[CECILIA]).to_have_count(0)

    await next_working_morning(page)  # Wednesday: two working days unread, and nothing more about the gaps
    await expect(unread).to_have_count(1)
    await expect(reminded[ANNA]).to_have_count(1)

    await next_working_morning(page)  # Thursday
    for person, times in ((ANNA, 2), (CECILIA, 1)):
        await expect(reminded[person]).to_have_count(times)
    await expect(unread).to_have_count(1)


async def test_the_figures_are_seen_in_the_chat_and_opened_as_a_page_once(three: Page) -> None:
    page = three
    await sends(page)
    await writes(page, "rapport", CECILIA)
    await sees(page, "0 av 1 påbörjade checklistor är kompletta.", CECILIA)
    await presses(page, "Exportera", CECILIA)
    async with page.context.expect_page() as opened:
        await chat(page, CECILIA).get_by_role("link", name="Rapporten som sida").last.click()
    report = await opened.value
    address = report.url
    await report.get_by_role("button").click()
    await expect(report.get_by_role("heading", level=1)).to_contain_text("Rapport för Barn och unga Nord (påhittad)")
    await expect(report.get_by_text("0 av 1 påbörjade checklistor är kompletta.")).to_be_visible()

    await report.goto(address)
    await expect(report.get_by_role("button")).to_have_count(0)
