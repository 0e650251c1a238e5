"""A whole basis and a whole reading by keyboard alone, 320 pixels wide, in both languages and in forced colours."""

import re
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from checklists.loader import all_facts, newest
from tests.browser.eyes import ENLARGED, SEEN, WIDE
from tests.browser.real_bot import RealBot, running
from texts import LANGUAGES, Language, sentences

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MONDAY = "2026-05-04T09:00:00+02:00"
ANNA, CECILIA = "Anna Påhittad", "Cecilia Fiktiv"
HEARD, BOXES, POLICE = (
    "Har barnet kommit till tals under utredning?",
    "Är kommuniceringsrutorna på sista sidan ifyllda?",
    "Har beslut tagits kring polisanmälan?",
)
INFORMED = ("Orosanmälan", "Utredning", "Insats", "Beslut")
TABS = 60
"""More than what can be reached on the page in any of these states."""

CLICKS = "window.clicks ?? 0"
COUNTS_CLICKS = "addEventListener('click', () => { window.clicks = (window.clicks ?? 0) + 1; }, true)"


class Host(NamedTuple):
    """How somebody has set up her screen."""

    language: Language
    height: int
    media: dict[str, Any]


HOSTS = {
    "sv-forced-colours": Host("sv", 640, {"forced_colors": "active"}),
    "en-zoomed-to-400": Host("en", ENLARGED["height"], {"reduced_motion": "reduce"}),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RealBot]:
    async with running(tmp_path_factory.mktemp("keyboard"), BK_NOW=MONDAY) as bot:
        yield bot


class Fingers:
    """Somebody without a mouse, in one person's chat; looks where the focus is after each step."""

    def __init__(self, page: Page, language: Language) -> None:
        self.page, self.language = page, language
        self.person = ANNA
        english = {sentence: sentences("en")[key] for key, sentence in sentences("sv").items()}
        basis = newest("decision_basis")
        items = basis.items
        english |= {group.title: group.title_en for group in basis.groups}
        english |= {fact.ask: fact.ask_en for fact in all_facts().values()}
        english |= {item.ask: item.ask_en for item in items} | {str(item.label): str(item.label_en) for item in items}
        self._said = english if language == "en" else {}

    def words(self, swedish: str) -> str:
        """Return the bot's words in her language."""
        return self._said.get(swedish, swedish)

    @property
    def card(self) -> Locator:
        return self.chat.locator(".card").last

    @property
    def chat(self) -> Locator:
        return self.page.get_by_role("region", name=self.person, exact=True)

    async def to(self, target: Locator, key: str = "Tab") -> None:
        """Move the focus until it is there. Fails: it never comes there, or cannot be seen."""
        for _ in range(TABS):
            await self.page.keyboard.press(key)
            if await target.evaluate_all("these => these.includes(document.activeElement)"):
                assert await self.page.evaluate(SEEN) == []
                return
        raise AssertionError(f"{key} never came to {target}")

    async def opens_the_chat_of(self, person: str) -> None:
        self.person = person
        await self.to(self.page.get_by_role("navigation").get_by_role("button", name=person))
        await self.page.keyboard.press("Enter")
        await expect(self.chat).to_be_visible()

    async def back_to_the_people(self) -> None:
        await self.to(
            self.chat.get_by_role(
                "button", name={"sv": "Tillbaka till personer", "en": "Back to people"}[self.language]
            ),
            "Shift+Tab",
        )
        await self.page.keyboard.press("Enter")

    async def types(self, line: str) -> None:
        await self.to(self.chat.locator(".composer textarea"))
        await self.page.keyboard.type(line)
        await self.page.keyboard.press("Enter")

    async def presses(self, title: str, key: str = "Tab") -> None:
        """Press a button of the newest card; once more if the bot has replaced the card in the same moment."""
        before = await self.page.evaluate(CLICKS)
        for _ in range(3):
            await self.to(self.card.get_by_role("button", name=self.words(title), exact=True), key)
            await self.page.keyboard.press("Enter")
            if await self.page.evaluate(CLICKS) > before:
                return
        raise AssertionError(f"{title} could not be pressed")

    async def chooses(self, label: str, answer: str, key: str = "Tab") -> None:
        """Choose in a group of radio buttons: one of them by Space, another by the arrows."""
        group = self.card.get_by_role("radiogroup", name=self.words(label), exact=True)
        radios = group.get_by_role("radio")
        titles = [title.strip() for title in await group.locator("label").all_inner_texts()]
        wanted = radios.nth(titles.index(self.words(answer)))
        await self.to(radios, key)
        await self.page.keyboard.press("Space")
        for _ in titles:
            if await wanted.is_checked():
                return
            await self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows never came to {answer}")

    async def sees(self, words: str) -> None:
        await expect(
            self.chat.get_by_text(re.compile(re.escape(self.words(words).partition("{")[0]))).filter(visible=True).last
        ).to_be_visible()
        assert await self.page.evaluate(WIDE) == []


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
async def test_a_whole_basis_and_a_whole_reading_by_keyboard(bot: RealBot, chromium: Browser, host: Host) -> None:
    context = await chromium.new_context(viewport={"width": 320, "height": host.height}, locale="sv-SE")
    page = await context.new_page()
    await page.emulate_media(**host.media)
    await page.add_init_script(COUNTS_CLICKS)
    await page.goto(bot.url)
    await expect(page.locator("#people button").first).to_be_visible()
    hand = Fingers(page, host.language)
    ref = f"SN 2026/0{100 + LANGUAGES.index(host.language)}"
    if host.language == "en":
        await hand.to(page.get_by_role("button", name="English"))
        await page.keyboard.press("Enter")
        await expect(page.locator("html")).to_have_attribute("lang", "en")
    assert await page.evaluate(WIDE) == []

    await hand.opens_the_chat_of(ANNA)
    if host.language == "en":
        await hand.types("språk en")
        await hand.sees("English")
    await hand.types(f"ny {ref}")
    await hand.sees("Är det ett våldsärende?")
    await hand.chooses("Är det ett våldsärende?", "Nej", "Shift+Tab")
    for fact, answer in (
        ("Är barnet placerat?", "Nej"),
        ("Beslutas om insats?", "Nej"),
        ("Har barnet kommunicerats?", "Ja"),
    ):
        await hand.chooses(fact, answer)
    await hand.presses("Spara")
    await hand.sees(HEARD)
    await hand.presses("Nej")
    await hand.sees("Om inte, finns en motivering till varför?")
    await hand.to(hand.card.get_by_role("textbox").first)
    await page.keyboard.type("Påhittad: barnet är tre månader")
    await hand.presses("Spara")
    await hand.sees("Har barnet fått information om")
    for label in INFORMED:
        await hand.chooses(label, "Ja")
    await hand.presses("Spara")
    await hand.sees(BOXES)
    dots = hand.card.get_by_role("button", name={"sv": "Fler val", "en": "More options"}[host.language])
    await hand.to(dots)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem").first).to_be_focused()
    assert await page.evaluate(SEEN) == []
    await page.keyboard.press("Escape")
    await expect(dots).to_be_focused()
    await hand.presses("Ja", "Shift+Tab")
    await hand.sees(POLICE)
    await hand.presses("Ej tillämpligt")
    await hand.sees("Sammanfattning")
    await hand.presses("Skicka till chef")
    await hand.sees("Skickat till chef")
    await hand.back_to_the_people()

    await hand.opens_the_chat_of(CECILIA)
    if host.language == "en":
        await hand.types("språk en")
        await hand.sees("English")
    await hand.types("att läsa")
    await hand.sees("Börja läsa")
    await hand.presses("Börja läsa", "Shift+Tab")
    await hand.sees("Läsning")
    await hand.chooses(HEARD, "Ja")
    for label in INFORMED:
        await hand.chooses(label, "Ja")
    await hand.chooses(BOXES, "Ja")
    await hand.chooses(POLICE, "Ej tillämpligt")
    await hand.presses("Spara")
    await hand.presses("Visa skillnader")
    await hand.sees("Skillnader")
    await hand.presses("Signera")
    await hand.sees("Signerat")
    await context.close()
