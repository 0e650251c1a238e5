"""Takes the screenshots in README and docs: `.venv/bin/python -m docs.make_pictures`.

Starts the bot with made-up people and figures, plays a worker, a chef and a manager, and captures what they see. The
text of each picture is stored beside it; a test replays everything and fails when the text has changed.
"""

import asyncio
import csv
import hashlib
import io
import json
import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from playwright.async_api import BrowserContext, Locator, Page, async_playwright

from docs import workbook_pictures
from tests.browser.hands import ANNA, CECILIA, chat, chooses, presses, sees, shows, writes
from tests.browser.real_bot import RealBot, running
from tests.chat.closed_round import closed
from tests.chat.harness import Room
from tests.conftest import CHROMIUM_ARGUMENTS, find_chromium
from texts import say

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
MADE_FROM = PICTURES / "made_from.json"
STYLES = ("tryout/page", "bot/pages/templates")
NOW = "2026-05-12T09:41:00+02:00"
EVA, GUN, FILIP, HENRIK = "Eva Sagolik", "Gun Låtsas", "Filip Overklig", "Henrik Hittepå"
UNIT = "Barn och unga Nord (påhittad)"
_TENANT = "11111111-1111-4111-8111-111111111111"
_INFORMED = ("report", "investigation", "intervention", "decision")
_READ = {
    "Har_barnet_kommit_till_tals_under_utredning?": "Ja",
    **dict.fromkeys(("Orosanmälan", "Utredning", "Insats", "Beslut"), "Ja"),
    "Är_kommuniceringsrutorna_på_sista_sidan_ifyllda?": "Ja",
    "Har_beslut_tagits_kring_polisanmälan?": "Ej tillämpligt",
}


class Picture(NamedTuple):
    """What to capture: a page or part of it, and its text."""

    name: str
    of: Page | Locator
    words: list[str]
    top: int = 0
    """Pixels from its top, when it is too tall for a page of text; 0: all of it."""


# --- made-up figures --------------------------------------------------------------------------------------------------


class _Case(NamedTuple):
    number: int
    opened: date

    @property
    def ref(self) -> str:
        return f"SN {self.opened.year}/{200 + self.number:04}"

    @property
    def is_violence(self) -> bool:
        return self.number % 3 == 0

    @property
    def decided(self) -> date:
        return self.opened + timedelta(days=150 if self.number % 7 == 3 else 80 + self.number % 30)


def _cases() -> list[_Case]:
    """Return cases with decisions in the two years before the day of the pictures."""
    return [_Case(number, date(2025, 1, 8) + timedelta(days=9 * number)) for number in range(44)]


def _case_rows() -> Iterator[dict[str, object]]:
    for case in _cases():
        yield {
            "tenant_id": _TENANT,
            "case_ref": case.ref,
            "unit": UNIT,
            "lead_email": "anna.pahittad@example.invalid",
            "received_on": case.opened - timedelta(days=16 if case.number % 9 == 4 else 6),
            "opened_on": case.opened,
            "decided_on": case.decided if case.decided <= date(2026, 5, 11) else "",
            "violence": "ja" if case.is_violence else "nej",
            **{"child_placed": "nej", "child_communicated": "ja", "intervention_decided": "ja"},
        }


def _answer_rows() -> Iterator[dict[str, object]]:
    for case in _cases():
        if case.decided > date(2026, 5, 11):
            continue
        of_year = case.opened.year == 2026 or case.number > 28
        said = {
            "child_heard": "Nej" if case.number % (7 if of_year else 3) == 1 else "Ja",
            **{
                f"child_informed_{what}": "Nej" if case.number % (4 + at) == at else "Ja"
                for at, what in enumerate(_INFORMED)
            },
            "communication_boxes_filled": "Nej" if case.number % 11 == 5 else "Ja",
            "police_report_decided": ("Ja" if case.number % 4 else "Nej") if case.is_violence else "E/T",
        }
        if case.is_violence:
            said["police_report_motivated"] = "Ja" if case.number % 5 else "Nej"
            said["further_violence_risk_assessed"] = "Nej" if case.number % 9 == 0 else "Ja"
        if said["child_heard"] == "Nej":
            said["child_not_heard_motivated"] = "Nej" if case.number % 4 == 0 else "Ja"
        for role in ("case_worker", "unit_manager"):
            for item, answer in said.items():
                differs = role == "unit_manager" and item == "child_informed_report" and case.number % 3 == 0
                yield {
                    **{"tenant_id": _TENANT, "case_ref": case.ref, "checklist": "decision_basis", "role": role},
                    **{"item": item, "answer": "Nej" if differs else answer, "answered_on": case.decided},
                }


async def _fill(bot: RealBot) -> None:
    """Import the made-up cases and answers, and name the municipality."""
    await bot.command("settings", _TENANT, "municipality=Påhittade kommunen")
    for command, rows in (("cases", list(_case_rows())), ("answers", list(_answer_rows()))):
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        file = bot.folder / f"{command}.csv"
        file.write_text(text.getvalue(), encoding="utf-8")
        await bot.command(command, "import", str(file))


# --- the pictures -----------------------------------------------------------------------------------------------------


async def pictures(bot: RealBot, context: BrowserContext) -> AsyncIterator[Picture]:
    """Play, and yield each picture at the moment to take it."""
    await _fill(bot)
    page = await context.new_page()
    await page.goto(bot.url)
    await sees(page, "Välkommen till Beslutskollen", CECILIA)
    for line, then in (
        ("ny SN 2026/0119", "Uppgifter som avgör"),
        ("nej nej nej ja", "Har barnet kommit till tals"),
        ("ja", "Har barnet fått information om"),
        ("ja ja ja ja", "kommuniceringsrutorna"),
        ("nej", "Har beslut tagits kring polisanmälan?"),
        ("et", "Sammanfattning"),
    ):
        await writes(page, line)
        await sees(page, then)
    await presses(page, "Skicka till chef")
    await presses(page, "Börja läsa", CECILIA)
    await sees(page, "Läsning", CECILIA)
    await chooses(page, CECILIA, **_READ)
    await presses(page, "Spara", CECILIA)
    await presses(page, "Visa skillnader", CECILIA)
    await sees(page, say("reading.differs_once", "sv", count=1), CECILIA)
    for line, then in (
        ("ny SN 2026/0123", "Uppgifter som avgör"),
        ("nej nej nej ja", "Har barnet kommit till tals"),
        ("nej", "finns en motivering till varför?"),
    ):
        await writes(page, line)
        await sees(page, then)
    await chat(page).get_by_label("Motivering", exact=True).last.fill("Barnet är tre månader")
    yield Picture("chat.png", page, [*await _words(_card(page, ANNA)), *await _words(_card(page, CECILIA))])
    for name, person in (("handlaggare.png", ANNA), ("chef.png", CECILIA)):
        yield Picture(name, _card(page, person), await _words(_card(page, person)))

    await page.set_viewport_size({"width": 1400, "height": 1400})  # a whole card in view
    await shows(page, EVA)
    await writes(page, "rapport 2026", EVA)
    await sees(page, "Andel Ja per fråga", EVA)
    yield Picture("verksamhetschef.png", _card(page, EVA), await _words(_card(page, EVA)), top=420)
    await presses(page, "Exportera", EVA)
    async with context.expect_page() as opened:
        await chat(page, EVA).get_by_role("link", name="Rapporten som sida").last.click()
    report = await opened.value
    await report.get_by_role("button", name="Öppna").click()
    await report.set_viewport_size({"width": 1400, "height": 1120})
    headline, first = report.get_by_role("heading", level=1), report.locator(".grid").first
    shown = (headline, first, report.locator("section[aria-labelledby=questions]"))
    yield Picture("report.png", report, [line for place in shown for line in await _words(place)])
    title = await _words(headline)
    await report.emulate_media(color_scheme="dark")
    await report.set_viewport_size({"width": 1400, "height": 900})
    yield Picture("report-dark.png", report, title)
    await report.emulate_media(color_scheme="light")
    for width, height in ((400, 1500), (320, 1500)):
        await report.set_viewport_size({"width": width, "height": height})
        yield Picture(f"report-{width}.png", report, title)
    await report.set_viewport_size({"width": 718, "height": 1016})  # A4 with the browser's own margins
    await report.emulate_media(media="print")
    yield Picture("report-print.png", report, title)
    await report.close()
    async for picture in _of_roles(page):
        yield picture
    async for picture in _of_a_closed_round(bot, page, context):
        yield picture


async def _of_roles(page: Page) -> AsyncIterator[Picture]:
    """Play a round up to what is drawn for its reviewer, an auditor's sample, and the cards of an admin."""
    await writes(page, "egenkontroll", EVA)
    await presses(page, "Ny omgång", EVA)
    round_ = chat(page, EVA)
    await round_.get_by_label("Namn", exact=True).last.fill("Våren 2026 (påhittad)")
    await round_.get_by_text("Kollegial egenkontroll, barn och unga", exact=True).last.click()
    await round_.get_by_text(UNIT, exact=True).last.click()
    await round_.get_by_label("Andel som läses av två, procent", exact=True).last.select_option(label="0")
    await round_.get_by_label("Ärenden per enhet", exact=True).last.select_option(label="2")
    await presses(page, "Dra ärenden", EVA)
    await round_.get_by_text(f"{GUN} ({UNIT})", exact=True).last.click()
    await presses(page, "Lägg till", EVA)
    await presses(page, "Starta omgång", EVA)
    await sees(page, "Omgången har startat", EVA)
    for name, person, line, then in (
        ("granskare.png", GUN, "granska", "Har haft ärendet"),
        ("revisor.png", FILIP, "ny stickprov SN 2025/0210", "Har utredning inletts utan dröjsmål?"),
        ("systemforvaltare.png", HENRIK, "administrera", "Lägg till person"),
    ):
        await shows(page, person)
        await writes(page, line, person)
        await sees(page, then, person)
        yield Picture(name, _card(page, person), await _words(_card(page, person)))


_ANSWERS = {
    "decision_motivation_clear": "jjjjjjjjjjjj",
    "child_heard_in_investigation": "jjjjjjjnnnnn",
    "best_interests_in_analysis": "jjjjjnnnnnnn",
    "child_view_on_intervention": "jjjjjjjjjnnn",
    "violence_police_report_made": "jjjjjjnnnnnn",
    "further_violence_risk_assessed": "jjjjnnnnnnnn",
}
"""What a made-up round found, case by case."""


def _close_a_round(bot: RealBot) -> None:
    """Put a closed round with its readings into the bot's database."""
    leads = ("pia", "pia", "per", "per", "pim", "paul") * 2
    said = [
        {item: "ja" if by_case[number] == "j" else "nej" for item, by_case in _ANSWERS.items()}
        for number in range(len(leads))
    ]
    with bot.database() as desk:
        room = Room(desk, now=datetime.fromisoformat(NOW))
        closed(room, leads, said, name="Vintern 2026 (påhittad)", home="Barn och unga Öst (påhittad)")


async def _of_a_closed_round(bot: RealBot, page: Page, context: BrowserContext) -> AsyncIterator[Picture]:
    """Play what comes of a round: the group view, a measure, what a workshop says, and the pages to print."""
    await asyncio.to_thread(_close_a_round, bot)
    await bot.command("settings", _TENANT, "findings=B2:kritik,B3:atgardskrav:2026-04-01,B4:uppfoljd:2026-03-01")
    await shows(page, EVA)
    await writes(page, "egenkontroll", EVA)
    await sees(page, "Vintern 2026 (påhittad)", EVA)
    await _card(page, EVA).get_by_role("button", name="Öppna").first.click()  # the newest is first
    await sees(page, "Gruppvy", EVA)
    await presses(page, "Gruppvy", EVA)
    await sees(page, "Att arbeta med", EVA)
    yield Picture("round-group.png", _card(page, EVA), await _words(_card(page, EVA)))
    await presses(page, "Per enhet", EVA)
    await presses(page, "Sidor att skriva ut", EVA)
    for name, link in (
        ("round-group-print.png", "Gruppens sida"),
        ("round-units-print.png", "Sidan per enhet"),
        ("round-board-print.png", "En sida för nämnden"),
        ("round-workshop-print.png", "Workshopens material"),
    ):
        async with context.expect_page() as opened:
            await chat(page, EVA).get_by_role("link", name=link).last.click()
        sheet = await opened.value
        await sheet.get_by_role("button", name="Öppna").click()
        await sheet.set_viewport_size({"width": 718, "height": 1016})  # A4 with the browser's own margins
        await sheet.emulate_media(media="print")
        yield Picture(name, sheet, await _words(sheet.get_by_role("main")))
        await sheet.close()


def _card(page: Page, person: str) -> Locator:
    return chat(page, person).locator(".card").last


async def _words(place: Locator) -> list[str]:
    """Return the visible lines of an element, without times of day and numbers of cases that a draw chooses."""
    lines = (
        re.sub(r"\d\d:\d\d|(?<=SN )202[56]/02\d\d", "", " ".join(line.split()))
        for line in (await place.inner_text()).splitlines()
    )
    return [line for line in lines if line]


def styles() -> str:
    """Return a hash of everything that determines how the pages look."""
    files = sorted(path for folder in STYLES for path in (ROOT / folder).glob("*.css"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()


async def open_context(browser: Any) -> BrowserContext:
    """Open a browser context for the pictures."""
    context: BrowserContext = await browser.new_context(
        viewport={"width": 1400, "height": 860}, locale="sv-SE", timezone_id="Europe/Stockholm"
    )
    return context


async def _take(picture: Picture) -> None:
    box = await picture.of.bounding_box() if isinstance(picture.of, Locator) and picture.top else None
    if isinstance(picture.of, Locator) and box is not None:
        part: Any = {"x": box["x"], "y": box["y"], "width": box["width"], "height": picture.top}
        await picture.of.page.screenshot(path=PICTURES / picture.name, clip=part)
    else:
        await picture.of.screenshot(path=PICTURES / picture.name)


async def workbook_pages(bot: RealBot) -> str:
    """Take the pictures of a workbook's pages, where the programs for it are; return what was done or left out."""
    if said := workbook_pictures.left_out():
        return said
    path = bot.folder / "figures.xlsx"
    await bot.command("export", "--what", "rates", "--format", "xlsx", "--out", str(path))
    return f"printed: {', '.join(workbook_pictures.take(path, PICTURES))}"


async def main() -> None:
    """Start the bot, play, take the pictures and store their text."""
    made: dict[str, object] = {"styles": styles()}
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder), BK_NOW=NOW) as bot, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=find_chromium(), args=[*CHROMIUM_ARGUMENTS])
            async for picture in pictures(bot, await open_context(browser)):
                await _take(picture)
                made[picture.name] = picture.words
            await browser.close()
            print(await workbook_pages(bot))  # noqa: T201
    MADE_FROM.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
